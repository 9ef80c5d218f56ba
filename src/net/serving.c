/* SPDX-License-Identifier: ISC */
/*
 * The environment of a command: rung's, the entries of the options, and the
 * variables that ncat sets for a command that serves a peer. child.c starts the
 * command.
 */
#include "child_own.h"

#include <string.h>

extern char **environ;

/* Source: ncat(1), "NCAT_REMOTE_ADDR, ...". */
static const char prefix[] = "NCAT_";

/* Returns the number of entries; a NUL ends each. */
static size_t count(struct bytes made)
{
	size_t n = 0;

	for (size_t i = 0; i < made.len; i++)
		n += !made.at[i];
	return n;
}

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n) == 0 && (b[n] == '=' || !b[n]);
}

/* Returns true if one of the entries has the variable's name. */
static bool is_among(const char *variable, const char *const *env)
{
	for (; env && *env; env++)
		if (same_name(variable, *env))
			return true;
	return false;
}

/* Returns true if the variable is not passed on: a new entry replaces it, or it
 * begins with `prefix` and the command serves a peer. */
static bool is_replaced(const char *variable, const struct dial_options *o)
{
	if (o->serves && !strncmp(variable, prefix, sizeof(prefix) - 1))
		return true;
	return is_among(variable, o->env);
}

static void put_end(const char *which, const struct addr *a, struct buf *out)
{
	struct buf host = {.limit = BUF_SMALL};

	addr_print_host(a, &host);
	/* An abstract name may contain a NUL, which ends the value. */
	buf_printf(out, "%s%s_ADDR=%s", prefix, which, buf_cstr(&host));
	buf_putc(out, '\0');
	buf_fini(&host);
	buf_printf(out, "%s%s_PORT=", prefix, which);
	if (a->len && a->u.sa.sa_family != AF_UNIX)
		buf_printf(out, "%u", addr_port(a));
	buf_putc(out, '\0');
}

static const char *protocol(const struct transport_ops *ops)
{
	if (ops->family == AF_UNIX)
		return "UNIX";
	return ops->socktype == SOCK_DGRAM ? "UDP" : "TCP";
}

static void put_serving(const struct serving *serving, struct buf *out)
{
	put_end("REMOTE", &serving->remote, out);
	put_end("LOCAL", &serving->local, out);
	buf_printf(out, "%sPROTO=%s", prefix, protocol(serving->ops));
	buf_putc(out, '\0');
}

/* Allocates one block: the pointers, then the text of the new entries. */
char **child_environ(const struct dial_options *options)
{
	size_t n = 0, i = 0, made;
	struct buf text;
	char **all, *at;

	while (environ[n])
		n++;
	buf_init(&text, SIZE_MAX);
	if (options->serves)
		put_serving(options->serves, &text);
	for (const char *const *e = options->env; e && *e; e++)
		if (!is_among(*e, e + 1)) {
			buf_puts(&text, *e);
			buf_putc(&text, '\0');
		}
	made = count(buf_bytes(&text));
	all = xalloc((n + made + 1) * sizeof(*all) + buf_len(&text));
	at = (char *)(all + n + made + 1);
	if (buf_len(&text))
		memcpy(at, buf_bytes(&text).at, buf_len(&text));
	buf_fini(&text);
	for (char **e = environ; *e; e++)
		if (!is_replaced(*e, options))
			all[i++] = *e;
	for (size_t k = 0; k < made; k++) {
		all[i++] = at;
		at += strlen(at) + 1;
	}
	return all;
}
