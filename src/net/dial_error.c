/* SPDX-License-Identifier: ISC */
/*
 * Errors of connecting: the addresses tried, the result of each, and a hint.
 * dial.c makes the attempts.
 */
#include "dial.h"

#include "rung/param.h"

#include <errno.h>

/* Length in bytes after which the list of addresses in an error ends with `and
 * N more`. */
#define LIST_MAX ((size_t)110)

/* Returns true if no local address reaches the target, or no local port is
 * free. */
static bool no_local_address(const struct attempt *a)
{
	return a->code == EADDRNOTAVAIL && !addr_port(&a->dialing->from);
}

/* Returns true if the given local port is already connected to the target. */
static bool is_port_taken(const struct attempt *a)
{
	return a->code == EADDRNOTAVAIL && addr_port(&a->dialing->from);
}

/* Returns true if the given local address cannot reach the target; a loopback
 * address, for example, cannot reach other hosts. */
static bool cannot_reach(const struct attempt *a)
{
	return a->code == EINVAL && a->dialing->from.len;
}

/* Returns the class of a failure. A missing Unix path (ENOENT) counts as
 * unreachable. */
static enum err_class attempt_class(const struct attempt *a)
{
	if (a->cannot_bind)
		return a->dialing->bind_error.kind;
	if (a->code == ENOENT || no_local_address(a) || cannot_reach(a))
		return ERR_UNREACHABLE;
	return err_of_errno(a->code);
}

/* Returns the rank of a failure; the error reports the highest. */
static int weight(const struct attempt *a)
{
	static const enum err_class rising[] = {
	    ERR_UNREACHABLE, ERR_CONNECT_TIMEOUT, ERR_RESET, ERR_REFUSED};
	int n = (int)(sizeof(rising) / sizeof(rising[0]));

	if (a->code == EAFNOSUPPORT || a->code == EADDRNOTAVAIL)
		return 0;
	for (int i = 0; i < n; i++)
		if (attempt_class(a) == rising[i])
			return i + 1;
	return n + 1;
}

const char *attempt_strerror(const struct attempt *a)
{
	if (a->cannot_bind)
		return a->dialing->bind_error.text;
	if (no_local_address(a))
		return "no usable local address or port";
	if (is_port_taken(a))
		return "local port already connected to this target";
	if (cannot_reach(a))
		return "not reachable from this local address";
	if (a->broadcast)
		return "a broadcast address";
	if (a->code == ENOENT)
		return "no such socket";
	if (a->no_socket)
		return "not a socket";
	if (a->code == EPROTOTYPE)
		return "the socket has another type";
	return net_strerror(a->code);
}

/* Appends a hint, if there is one. */
static void put_hint(const struct attempt *a, struct buf *out)
{
	const char *search = a->dialing->to.ops->kind->list_command;
	bool six = a->to.u.sa.sa_family == AF_INET6;
	int code = a->code;

	if (a->no_socket)
		buf_puts(out, "; try 'ls -l'");
	else if (code == EACCES && a->to.u.sa.sa_family == AF_UNIX)
		buf_puts(out, "; needs write access to the socket and search "
			      "access to its directories");
	else if (code == ECONNREFUSED || code == ENOENT)
		buf_printf(out, "; is the server listening? try '%s'", search);
	else if (code == EPROTOTYPE)
		buf_printf(out, "; try '%s'", search);
	else if (code == ENETUNREACH || code == EHOSTUNREACH)
		buf_printf(out, "; is there a route? try 'ip %sroute'",
			   six ? "-6 " : "");
	else if (cannot_reach(a) || no_local_address(a))
		buf_puts(out, "; 'ip address' lists local addresses");
	else if (is_port_taken(a))
		buf_puts(out, "; try 'ss -tun'");
	else if (a->broadcast)
		buf_puts(out, "; use 'rung nc -u -b'");
	else if (code == EAFNOSUPPORT)
		buf_puts(out, "; is IPv6 disabled?");
}

/* Appends `(tried A, B and 3 more)`; `reasons`: with the reason of each. */
static void put_tried(const struct dialing *d, bool reasons, struct buf *out)
{
	size_t start = buf_len(out);

	buf_puts(out, " (tried ");
	for (size_t i = 0; i < d->count; i++) {
		const struct attempt *a = &d->attempts[i];

		if (i && buf_len(out) - start > LIST_MAX) {
			buf_printf(out, " and %zu more", d->count - i);
			break;
		}
		if (i)
			buf_puts(out, ", ");
		addr_print_escaped(&a->to, out);
		if (reasons)
			buf_printf(out, " %s", attempt_strerror(a));
	}
	buf_putc(out, ')');
}

static void put_begun(const struct dialing *d, struct buf *out)
{
	if (d->proxy_dial && proxy_dial_put_state(d->proxy_dial, out))
		return;
	for (size_t i = 0; i < d->begun; i++) {
		const struct attempt *a = &d->attempts[i];

		buf_puts(out, i ? ", " : "");
		addr_print_escaped(&a->to, out);
		buf_printf(out, " %s",
			   a->watch.fd < 0 ? attempt_strerror(a) : "silent");
	}
}

int transport_timeout_error(const struct transport *t, const char *where,
			    uint64_t within, struct err *e)
{
	struct buf time = {.limit = BUF_SMALL}, tried = {.limit = BUF_SMALL};
	const struct proxy_dial *pd = t->dialing ? t->dialing->proxy_dial
						 : NULL;

	print_duration(within, &time);
	if (pd && proxy_dial_reads(pd)) {
		err_set(e, ERR_CONNECT_TIMEOUT, 0,
			"proxy: %.160s: no line read within %s",
			proxy_dial_reads(pd), buf_cstr(&time));
		buf_fini(&time);
		return -1;
	}
	if (t->dialing)
		put_begun(t->dialing, &tried);
	err_set(e, ERR_CONNECT_TIMEOUT, 0, "%.100s: %s within %s%s%.110s%s",
		where,
		t->state == LINK_RESOLVING ? "the name was not resolved"
					   : "no answer",
		buf_cstr(&time), buf_len(&tried) ? " (tried " : "",
		buf_cstr(&tried), buf_len(&tried) ? ")" : "");
	buf_fini(&time);
	buf_fini(&tried);
	return -1;
}

/* Shortens a long target, to leave space for the error. */
void dial_put_target(const struct dialing *d, struct buf *out)
{
	struct buf whole;

	buf_init(&whole, BUF_SMALL);
	endpoint_print_escaped(d->proxy_dial ? &d->proxy_dial->target : &d->to,
			       NULL, &whole);
	buf_put(out, bytes_head(buf_bytes(&whole), 120));
	if (buf_len(&whole) > 120)
		buf_puts(out, "...");
	buf_fini(&whole);
	if (d->proxy_dial)
		proxy_dial_put(d->proxy_dial, out);
}

/* Returns true if the list of addresses says more than the target as written.
 */
static bool has_more_detail(const struct dialing *d)
{
	struct buf one, target;
	bool same;

	if (!d->to.ops->kind->by_name)
		return false;
	buf_init(&one, BUF_SMALL);
	buf_init(&target, BUF_SMALL);
	addr_print_url(&d->attempts[0].to, d->to.ops->scheme, &one);
	endpoint_print(&d->to, NULL, &target);
	same = bytes_equal(buf_bytes(&one), buf_bytes(&target));
	buf_fini(&one);
	buf_fini(&target);
	return d->count > 1 || !same;
}

enum err_class dial_put_loss(const struct dialing *d, int *code,
			     struct buf *out)
{
	const struct attempt *most = &d->attempts[0];
	bool differ = false;

	for (size_t i = 1; i < d->count; i++) {
		const struct attempt *a = &d->attempts[i];

		differ |= a->code != d->attempts[0].code;
		if (weight(a) > weight(most))
			most = a;
	}
	*code = most->code;
	dial_put_target(d, out);
	buf_printf(out, ": %s", attempt_strerror(most));
	/* The text of a failed bind is complete. */
	if (most->cannot_bind)
		return attempt_class(most);
	if (has_more_detail(d))
		put_tried(d, differ, out);
	put_hint(most, out);
	return attempt_class(most);
}
