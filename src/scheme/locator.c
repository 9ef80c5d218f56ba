/* SPDX-License-Identifier: ISC */
/*
 * Parses locators, and makes plans of their rungs. src/net/endpoint.c parses
 * the link's address in a locator.
 */
#include "rung/scheme.h"
#include "rung/suggest.h"
#include "rung/text.h"

#include <stdlib.h>

/* Appends text that a user typed, escaped and shortened. */
static void put_shown(struct bytes b, struct buf *out)
{
	struct text text;
	text_init(&text, BUF_SMALL, false);
	text_escape(&text, bytes_head(b, 64));
	buf_put(out, buf_bytes(&text.buf));
	if (b.len > 64)
		buf_puts(out, "...");
	text_fini(&text);
}

/* Reports what is wrong with a part of the address. Result: -1. */
static int bad(const struct scheme_row *row, struct bytes part, const char *why,
	       struct err *e)
{
	struct buf shown = {.limit = BUF_SMALL};
	put_shown(part, &shown);
	err_usage(e, "%s://: %.100s%s%s", row->name, buf_cstr(&shown),
		  part.len ? ": " : "", why);
	buf_fini(&shown);
	return -1;
}

static int unknown_scheme(const struct protocols *p, struct bytes scheme,
			  struct err *e)
{
	struct buf shown = {.limit = BUF_SMALL}, all = {.limit = BUF_SMALL};
	const char **names;
	size_t n = 0;
	while (p->schemes[n].name)
		n++;
	names = xalloc((n + 1) * sizeof *names);
	for (size_t i = 0; i < n; i++) {
		names[i] = p->schemes[i].name;
		buf_printf(&all, " %s", names[i]);
	}
	const char *near = suggest_name(scheme, names);
	put_shown(scheme, &shown);
	err_usage(e, "%.40s://: no such scheme; %s%s%s", buf_cstr(&shown),
		  near ? "did you mean " : "use one of",
		  near ? near : buf_cstr(&all), near ? "://?" : "");
	free(names);
	buf_fini(&shown);
	buf_fini(&all);
	return -1;
}

/* Finds the scheme of an address, and the text after `://`. Result: 0, or -1
 * and *e. */
static int find_scheme(const struct protocols *p, struct bytes text,
		       const struct scheme_row **row, struct bytes *rest,
		       struct err *e)
{
	size_t mark = bytes_find(text, BYTES("://"), 0);
	struct bytes scheme = bytes_head(text, mark);
	*rest = text;
	if (bytes_starts(text, BYTES("exec:")))
		scheme = BYTES("exec");
	else if (mark == BYTES_NOT_FOUND)
		scheme = bytes_str(p->schemes->name);
	else
		*rest = bytes_skip(text, mark + 3);
	*row = protocols_scheme(p, scheme);
	return *row ? 0 : unknown_scheme(p, scheme, e);
}

static int read_user(struct bytes *authority, struct locator *l, struct err *e)
{
	size_t at = bytes_find_byte(*authority, '@', 0);
	if (at == BYTES_NOT_FOUND)
		return 0;
	l->user = bytes_head(*authority, at);
	*authority = bytes_skip(*authority, at + 1);
	if (bytes_find_byte(l->user, ':', 0) != BYTES_NOT_FOUND)
		return bad(l->scheme, BYTES_NONE,
			   "a password is not allowed in an address", e);
	if (!l->scheme->user)
		return bad(l->scheme, l->user, "the scheme takes no USER@", e);
	return 0;
}

/* Splits path and query. `text`: all after the host and the port. */
static int locator_path(struct bytes text, struct locator *l, struct err *e)
{
	const struct scheme_row *row = l->scheme;
	size_t mark = bytes_find_byte(text, '?', 0);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] == 0x7F)
			return bad(row, text,
				   "write blanks and control characters as %XX",
				   e);
	if (bytes_find_byte(text, '#', 0) != BYTES_NOT_FOUND)
		return bad(row, text, "a fragment (#) is never sent", e);
	l->path = row->query ? bytes_head(text, mark) : text;
	if (row->query && mark != BYTES_NOT_FOUND)
		l->query = bytes_skip(text, mark + 1);
	if (row->path)
		return 0;
	if (mark != BYTES_NOT_FOUND && !row->query)
		return bad(row, text, "the scheme takes no query", e);
	if (l->path.len && !bytes_is(l->path, "/"))
		return bad(row, l->path, "the scheme takes no path", e);
	l->path = BYTES_NONE;
	return 0;
}

/* Returns true if the address has a port after the host. Only an IPv6 address
 * in brackets has colons of its own. */
static bool has_port(struct bytes authority)
{
	size_t close = authority.at[0] == '['
			   ? bytes_find_byte(authority, ']', 0)
			   : 0;
	return bytes_find_byte(authority, ':',
			       close == BYTES_NOT_FOUND ? 0 : close) !=
	       BYTES_NOT_FOUND;
}

/* Result: -1 and *e. */
static int no_port(const struct scheme_row *row, struct bytes host,
		   struct err *e)
{
	struct buf shown = {.limit = BUF_SMALL};
	put_shown(host, &shown);
	err_usage(e, "%s://%.100s: the port is missing; write %s://HOST:PORT",
		  row->name, buf_cstr(&shown), row->name);
	buf_fini(&shown);
	return -1;
}

/* Parses host and port as the address of the scheme's transport. `port`: a port
 * given separately, or NULL. `usual`: the default port, or empty: none. */
static int read_link(struct bytes authority, const struct bytes *port,
		     struct bytes usual, struct locator *l, struct err *e)
{
	const struct scheme_row *row = l->scheme;
	struct buf text = {.limit = SIZE_MAX / 8};
	int status;
	if (!authority.len)
		return bad(row, BYTES_NONE,
			   "the host is missing; write SCHEME://HOST", e);
	if (!port && !usual.len && !has_port(authority))
		return no_port(row, authority, e);
	buf_printf(&text, "%s://", row->transport);
	buf_put(&text, authority);
	if (!port && has_port(authority))
		status = endpoint_parse(buf_bytes(&text), &l->at, e);
	else
		status = endpoint_pair(buf_bytes(&text), port ? *port : usual,
				       &l->at, e);
	buf_fini(&text);
	return status;
}

/* `usual`: the default port of a scheme that has none; NULL: an error. */
static int parse(const struct protocols *p, struct bytes text,
		 const struct bytes *port, const char *usual, struct locator *l,
		 struct err *e)
{
	struct bytes rest;
	*l = (struct locator){.user = BYTES_NONE};
	if (find_scheme(p, text, &l->scheme, &rest, e))
		return -1;
	if (!l->scheme->rungs)
		return port ? endpoint_pair(text, *port, &l->at, e)
			    : endpoint_parse(text, &l->at, e);
	struct bytes authority = bytes_before(rest, "/?#");
	rest = bytes_skip(rest, authority.len);
	if (read_user(&authority, l, e) || locator_path(rest, l, e))
		return -1;
	if (l->scheme->port)
		usual = l->scheme->port;
	return read_link(authority, port, bytes_str(usual ? usual : ""), l, e);
}

int locator_parse(const struct protocols *p, struct bytes text,
		  struct locator *l, struct err *e)
{
	return parse(p, text, NULL, NULL, l, e);
}

int locator_parse_name(const struct protocols *p, struct bytes text,
		       struct locator *l, struct err *e)
{
	if (parse(p, text, NULL, "1", l, e))
		return -1;
	if (l->scheme->rungs)
		return 0;
	return err_usage(
	    e,
	    "no rung of this address uses a name; give one such as tls://NAME");
}

int locator_pair(const struct protocols *p, struct bytes host,
		 struct bytes port, struct locator *l, struct err *e)
{
	return parse(p, host, &port, NULL, l, e);
}

/* Adds the part if it has a name and a value. */
static void add_part(struct named_value *parts, size_t *n, const char *name,
		     struct bytes value)
{
	if (name && value.len)
		parts[(*n)++] = (struct named_value){name, value};
}

struct rung_plan *locator_plan(const struct protocols *p,
			       const struct locator *l, enum side side,
			       const struct args *options, struct err *e)
{
	const struct scheme_row *row = l->scheme;
	struct named_value parts[4];
	size_t n = 0;
	add_part(parts, &n, row->user, l->user);
	add_part(parts, &n, row->path, l->path);
	add_part(parts, &n, row->query, l->query);
	add_part(parts, &n, side == SIDE_CLIENT ? "--sni" : NULL,
		 bytes_str(l->at.host));
	struct rung_plan *plan = rung_plan_new();
	if (scheme_add_rungs(p, row, 0, side, options, parts, n, plan, e) ==
	    0) {
		plan->scheme = row->rungs ? row->name : NULL;
		plan->scheme_count = plan->count;
		return plan;
	}
	rung_plan_unref(plan);
	return NULL;
}
