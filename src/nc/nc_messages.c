/* SPDX-License-Identifier: ISC */
/*
 * Formats events as the messages of nc and ncat, which some programs parse.
 * nc.c prints the messages.
 */
#include "nc_own.h"
#include "rung/clock.h"
#include "rung/text.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static bool is_path(const struct nc_options *o)
{
	return o->pipe.at.ops->family == AF_UNIX;
}

/* Appends the path, escaped, because a newline in the path would break the
 * line. */
static void put_path(const struct nc_options *o, struct buf *out)
{
	struct text path;

	text_init(&path, BUF_SMALL, false);
	text_escape(&path, bytes_str(o->host));
	buf_put(out, text_bytes(&path));
	text_fini(&path);
}

static const char *proto(const struct nc_options *o)
{
	return o->pipe.at.ops->socktype == SOCK_DGRAM ? "udp" : "tcp";
}

/* Appends `HOST`, or `HOST (ADDR)` if the two differ. */
static void put_target(const struct nc_options *o, const struct addr *a,
		       struct buf *out)
{
	struct buf host = {.limit = BUF_SMALL};

	buf_puts(out, o->host);
	if (a && a->len && !o->pipe.proxied) {
		addr_print_host(a, &host);
		if (!bytes_is(buf_bytes(&host), o->host))
			buf_printf(out, " (%s)", buf_cstr(&host));
	}
	buf_fini(&host);
}

static const char *service(const struct nc_options *o, const char *port)
{
	int number = htons((uint16_t)atoi(port));
	struct servent *s = o->numeric ? NULL : getservbyport(number, proto(o));

	return s ? s->s_name : "*";
}

/* ---- nc ---- */

static void nc_open(const struct nc_options *o, const char *port,
		    const struct addr *a, struct buf *out)
{
	if (is_path(o))
		return;
	buf_puts(out, "Connection to ");
	put_target(o, a, out);
	buf_printf(out, " %s port [%s/%s] succeeded!", port, proto(o),
		   service(o, port));
}

/* Returns the text of the errno if the error has one (for a reset, always that
 * of ECONNRESET), else rung's own text. */
static const char *reason(const struct err *why)
{
	if (why->kind == ERR_RESET)
		return strerror(ECONNRESET);
	return why->code ? strerror(why->code) : why->text;
}

/* Returns the resolver's text for a name error, as nc and ncat print it. */
static const char *resolver_error(const struct err *why)
{
	const char *at = why->text;

	if (strstr(at, "no such host"))
		return gai_strerror(EAI_NONAME);
	if (strstr(at, "no such service"))
		return gai_strerror(EAI_SERVICE);
	for (const char *next = at; (next = strstr(next, ": ")) != NULL;)
		at = next += 2;
	return at;
}

/* Appends nc's line for a failure. Without -v, nc prints nothing if a direct
 * connect over IP fails. */
static void nc_fail(const struct nc_options *o, const char *port,
		    const struct addr *a, const struct err *why, bool opened,
		    struct buf *out)
{
	if (why->kind == ERR_DNS && !o->pipe.proxied) {
		buf_printf(out, "nc: getaddrinfo for host \"%s\" port %s: %s",
			   o->host, port, resolver_error(why));
	} else if (opened || o->pipe.listens || o->pipe.proxied ||
		   why->kind == ERR_LIMIT) {
		buf_printf(out, "nc: %s", why->text);
	} else if (is_path(o)) {
		buf_puts(out, "nc: ");
		put_path(o, out);
		buf_printf(out, ": %s", reason(why));
	} else if (o->source.ops && why->kind == ERR_IO) {
		buf_printf(out, "nc: bind failed: %s", reason(why));
	} else if (o->verbose) {
		buf_puts(out, "nc: connect to ");
		put_target(o, a, out);
		buf_printf(out, " port %s (%s) ", port, proto(o));
		if (why->kind == ERR_CONNECT_TIMEOUT)
			buf_puts(out, "timed out: Operation now in progress");
		else
			buf_printf(out, "failed: %s", reason(why));
	}
}

static void nc_where(const struct nc_options *o, const char *what,
		     const struct addr *a, struct buf *out)
{
	if (!o->verbose)
		return;
	buf_printf(out, "%s ", what);
	if (is_path(o)) {
		put_path(o, out);
		return;
	}
	addr_print_host(a, out);
	buf_printf(out, " %u", addr_port(a));
}

static void nc_event(const struct nc_options *o, const char *port,
		     const struct pipe_event *n, struct buf *out)
{
	bool datagrams = o->pipe.at.ops->socktype == SOCK_DGRAM;

	switch (n->kind) {
	case PIPE_LISTENS:
		nc_where(o, datagrams ? "Bound on" : "Listening on", n->addr,
			 out);
		return;
	case PIPE_CANNOT_LISTEN:
		if (n->why->kind == ERR_DNS)
			buf_printf(out, "nc: getaddrinfo: %s",
				   resolver_error(n->why));
		else
			buf_printf(out, "nc: %s", reason(n->why));
		return;
	case PIPE_ACCEPTS:
		nc_where(o, "Connection received on", n->addr, out);
		return;
	case PIPE_OPENS:
		if (o->verbose)
			nc_open(o, port, n->addr, out);
		return;
	case PIPE_FAILS:
		nc_fail(o, port, n->addr, n->why, n->opened, out);
		return;
	case PIPE_DENIES:
	case PIPE_REFUSES:
	case PIPE_ENDS:
		return;
	}
}

/* ---- ncat ---- */

static void put_place(const struct nc_options *o, const struct addr *a,
		      struct buf *out)
{
	if (is_path(o)) {
		put_path(o, out);
		return;
	}
	addr_print_host(a, out);
	buf_printf(out, ":%u.", addr_port(a));
	if (o->pipe.listens)
		buf_truncate(out, buf_len(out) - 1);
}

static void ncat_unknown(const struct nc_options *o, const struct err *why,
			 struct buf *out)
{
	buf_printf(out,
		   "Ncat: Could not resolve hostname \"%s\": %s. QUITTING.",
		   o->host ? o->host : o->pipe.at.host, resolver_error(why));
}

static void ncat_unbound(const struct nc_options *o, const struct err *why,
			 struct buf *out)
{
	const struct endpoint *at = &o->pipe.at;
	const char *any = at->family == AF_INET ? "0.0.0.0" : "::";

	if (why->kind == ERR_DNS) {
		ncat_unknown(o, why, out);
		return;
	}
	buf_puts(out, "Ncat: bind to ");
	if (is_path(o))
		put_path(o, out);
	else
		buf_printf(out, "%s:%s", at->any ? any : at->host, at->port);
	buf_printf(out, ": %s. QUITTING.", reason(why));
}

static bool is_tls_error(const struct err *why)
{
	return why->kind == ERR_TLS_HANDSHAKE || why->kind == ERR_TLS_VERIFY ||
	       why->kind == ERR_TLS_ALERT;
}

/* Appends ncat's lines for a failed handshake. With -v, and for a wrong name,
 * the first line has the reason. */
static void ncat_handshake(const struct nc_options *o, const struct err *why,
			   struct buf *out)
{
	const char *start = strstr(why->text, "tls: ");
	const char *at = start ? start + strlen("tls: ") : why->text;
	const char *end = strstr(at, ": certificate ");

	if (why->kind == ERR_TLS_VERIFY && o->verbose)
		buf_printf(out,
			   "Ncat: Certificate verification failed (%.*s).\n",
			   (int)(end ? (size_t)(end - at) : strlen(at)), at);
	else if (o->verbose)
		buf_printf(out, "Ncat: %s.\n", at);
	buf_puts(out, "Ncat: Input/output error.");
}

static void ncat_fail(const struct nc_options *o, const struct err *why,
		      bool opened, struct buf *out)
{
	if (o->scans && !o->verbose && why->kind != ERR_DNS &&
	    why->kind != ERR_LIMIT)
		return;
	if (why->kind == ERR_DNS && !o->pipe.proxied)
		ncat_unknown(o, why, out);
	else if (why->kind == ERR_RECV_TIMEOUT && !why->code)
		buf_printf(out, "Ncat: Idle timeout expired (%llu ms).",
			   (unsigned long long)(o->pipe.idle / NS_PER_MS));
	else if (why->kind == ERR_CONNECT_TIMEOUT && !o->pipe.proxied)
		buf_puts(out, "Ncat: Connection timed out.");
	else if (opened || o->pipe.listens)
		buf_printf(out, "Ncat: %s.", why->text);
	else if (is_tls_error(why))
		ncat_handshake(o, why, out);
	else if (o->pipe.proxied)
		buf_printf(out, "Ncat: %s.", why->text);
	else
		buf_printf(out, "Ncat: %s.", reason(why));
}

static void ncat_accepts(const struct addr *a, struct buf *out)
{
	if (a->u.sa.sa_family == AF_UNIX) {
		buf_puts(out, "Ncat: Connection from a client on Unix domain "
			      "socket.");
		return;
	}
	buf_puts(out, "Ncat: Connection from ");
	addr_print_host(a, out);
	buf_puts(out, ".\nNcat: Connection from ");
	addr_print_host(a, out);
	buf_printf(out, ":%u.", addr_port(a));
}

static void ncat_event(const struct nc_options *o, const struct pipe_event *n,
		       uint64_t spent, struct buf *out)
{
	if (n->kind == PIPE_FAILS)
		ncat_fail(o, n->why, n->opened, out);
	if (n->kind == PIPE_CANNOT_LISTEN)
		ncat_unbound(o, n->why, out);
	if (!o->verbose)
		return;
	switch (n->kind) {
	case PIPE_LISTENS:
		buf_puts(out, "Ncat: Listening on ");
		put_place(o, n->addr, out);
		/* ncat opens a second socket for IPv4, and prints a line for
		 * it. */
		if (o->pipe.at.any && o->pipe.at.family == AF_UNSPEC)
			buf_printf(out, "\nNcat: Listening on 0.0.0.0:%u",
				   addr_port(n->addr));
		return;
	case PIPE_ACCEPTS:
		ncat_accepts(n->addr, out);
		return;
	case PIPE_DENIES:
		ncat_accepts(n->addr, out);
		buf_puts(out, "\nNcat: New connection denied: not allowed");
		return;
	case PIPE_REFUSES:
		ncat_accepts(n->addr, out);
		buf_printf(out,
			   "\nNcat: New connection denied: connection limit "
			   "reached (%u)",
			   o->pipe.max_peers ? o->pipe.max_peers : 1);
		return;
	case PIPE_OPENS:
		buf_puts(out, o->pipe.at_rungs ? "Ncat: SSL connection to "
					       : "Ncat: Connected to ");
		put_place(o, n->addr, out);
		if (is_path(o))
			buf_puts(out, ".");
		return;
	case PIPE_ENDS:
		if (!o->pipe.listens)
			buf_printf(out,
				   "Ncat: %llu bytes sent, %llu bytes received "
				   "in %.2f seconds.",
				   (unsigned long long)n->sent,
				   (unsigned long long)n->received,
				   (double)spent / 1e9);
		return;
	case PIPE_FAILS:
	case PIPE_CANNOT_LISTEN:
		return;
	}
}

/* ---- both ---- */

void messages_event(const struct nc_options *o, const char *port,
		    const struct pipe_event *n, uint64_t spent, struct buf *out)
{
	if (o->dialect == NC_NCAT)
		ncat_event(o, n, spent, out);
	else
		nc_event(o, port, n, out);
}

void messages_open(const struct nc_options *o, const char *port,
		   const struct addr *a, uint64_t spent, struct buf *out)
{
	bool asked = o->pipe.at.ops->shape == SHAPE_DATAGRAMS;
	struct pipe_event opens = {.kind = PIPE_OPENS, .addr = a};
	struct pipe_event ends = {.kind = PIPE_ENDS, .sent = asked};

	messages_event(o, port, &opens, spent, out);
	if (o->dialect != NC_NCAT || !o->verbose)
		return;
	buf_puts(out, asked ? "\nNcat: UDP packet sent successfully\n" : "\n");
	messages_event(o, port, &ends, spent, out);
}

void messages_fail(const struct nc_options *o, const char *port,
		   const struct addr *a, const struct err *why, struct buf *out)
{
	struct pipe_event event = {.kind = PIPE_FAILS, .addr = a, .why = why};

	messages_event(o, port, &event, 0, out);
}
