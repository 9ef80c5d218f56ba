/* SPDX-License-Identifier: ISC */
/*
 * Connects: resolves a name and races its addresses until one opens.
 * transport.c runs the open link.
 *
 * RFC 8305: interleaves the families (§4), and starts the next attempt 250 ms
 * after the previous one, or as soon as that has failed (§5). The first attempt
 * to open wins.
 */
#include "dial.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTEMPT_NS (250 * NS_PER_MS)
/* Delay before another attempt on a Unix listener with a full backlog:
 * connect(2) returns EAGAIN at once. */
#define RETRY_NS (10 * NS_PER_MS)
static void dial_next(struct dialing *);

static void attempt_end(struct attempt *a)
{
	struct transport *t = a->dialing->t;
	int fd = a->watch.fd;

	if (fd < 0)
		return;
	loop_unwatch(t->net->loop, &a->watch);
	if (t->owns_path)
		unix_unlink(t, fd);
	close(fd);
	a->watch.fd = -1;
}

static void dialing_free(struct dialing *d)
{
	struct loop *loop = d->t->net->loop;

	loop_disarm(loop, &d->next);
	if (d->resolve)
		resolve_cancel(d->resolve);
	for (size_t i = 0; i < d->count; i++)
		attempt_end(&d->attempts[i]);
	if (d->proxy_dial)
		proxy_dial_free(d->proxy_dial);
	d->t->dialing = NULL;
	free(d->attempts);
	free(d);
}

void dial_stop(struct transport *t)
{
	dialing_free(t->dialing);
}

/* Reports the result of one attempt as a detail. */
static void note(const struct attempt *a, const char *fate)
{
	struct transport *t = a->dialing->t;
	uint64_t spent = loop_now(t->net->loop) - a->begun;
	struct buf who;

	buf_init(&who, BUF_SMALL);
	addr_print_url_escaped(&a->to, t->ops->scheme, &who);
	link_note(t, true, "%.200s: %s after %llu.%01llu ms", buf_cstr(&who),
		  fate, (unsigned long long)(spent / NS_PER_MS),
		  (unsigned long long)(spent % NS_PER_MS / 100000));
	buf_fini(&who);
}

void dial_fail(struct dialing *d, enum err_class kind, int code,
	       struct buf *text)
{
	struct transport *t = d->t;
	struct err why;

	err_set(&why, kind, code, "%s", buf_cstr(text));
	buf_fini(text);
	t->error = code;
	link_finish(t, CAUSE_FAILED, &why);
}

/* Reports one error for all failed attempts. */
static void all_lost(struct dialing *d)
{
	enum err_class kind;
	struct buf text;
	int code;

	buf_init(&text, BUF_SMALL);
	kind = dial_put_loss(d, &code, &text);
	for (size_t i = 0; i < d->count; i++)
		if (d->attempts[i].code == code)
			d->t->peer = d->attempts[i].to;
	dial_fail(d, kind, code, &text);
}

void dial_open(struct dialing *d, int fd)
{
	struct transport *t = d->t;

	dialing_free(d);
	link_open(t, fd);
	t->phases.connected = loop_now(t->net->loop);
	link_opened(t);
}

static void attempt_won(struct attempt *a)
{
	struct dialing *d = a->dialing;
	struct transport *t = d->t;
	int fd = a->watch.fd;

	loop_unwatch(t->net->loop, &a->watch);
	a->watch.fd = -1;
	note(a, "open");
	for (size_t i = 0; i < d->begun; i++)
		if (d->attempts[i].watch.fd >= 0) {
			note(&d->attempts[i],
			     "cancelled (another address connected first)");
			attempt_end(&d->attempts[i]);
		}
	t->peer = a->to;
	t->phases.attempted = a->begun;
	loop_disarm(t->net->loop, &d->next);
	if (d->proxy_dial)
		proxy_dial_begin(d->proxy_dial, fd);
	else
		dial_open(d, fd);
}

static void attempt_lost(struct attempt *a, int code)
{
	a->code = code;
	attempt_end(a);
	note(a, attempt_strerror(a));
}

static void attempt_ready(struct watch *w, short got)
{
	struct attempt *a = list_entry(w, struct attempt, watch);
	int code = 0;
	socklen_t len = sizeof(code);

	(void)got;
	if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
		code = errno;
	if (!code) {
		attempt_won(a);
		return;
	}
	attempt_lost(a, code);
	dial_next(a->dialing);
}

static short attempt_want(struct watch *w)
{
	(void)w;
	return POLLOUT;
}

static const struct watch_ops attempt_ops = {.want = attempt_want,
					     .ready = attempt_ready};

/* Returns the address to bind for an attempt of `family`. */
static struct addr from_of(const struct dialing *d, int family)
{
	struct addr a = {.len = sizeof(a.u.in6)};

	if (!d->from_port_only || family == AF_INET)
		return d->from;
	a.u.in6.sin6_family = AF_INET6;
	a.u.in6.sin6_addr = in6addr_any;
	a.u.in6.sin6_port = d->from.u.in.sin_port;
	return a;
}

static int bind_at(struct dialing *d, int fd, const struct addr *from)
{
	int on = 1;

	if (from->u.sa.sa_family == AF_UNIX)
		return unix_bind(d->t, fd, from, &d->bind_error);
	/* Bind IPv6 only, because an attempt over IPv4 may bind the same port.
	 */
	if (from->u.sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (d->to.ops->connects)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &from->u.sa, from->len) == 0)
		return 0;
	return bind_failed(d->t, from, errno, NULL, &d->bind_error);
}

/* Binds the attempt's socket. Result: 0, or an errno and d->bind_error. */
static int bind_from(struct dialing *d, int fd, int family)
{
	struct addr from = from_of(d, family);
	struct err *e = &d->bind_error;

	if (!from.len) {
		if (d->to.ops->kind->name)
			d->to.ops->kind->name(fd);
		return 0;
	}
	if (bind_at(d, fd, &from) == 0)
		return 0;
	err_set(e, e->kind, e->code, "from %s", e->text);
	return e->code;
}

/* Replaces errnos of connect(2) whose usual meaning would mislead. */
static int connect_code(const struct dialing *d, int family, int code)
{
	if (family == AF_UNIX)
		return code;
	/* EAGAIN means a full backlog only for Unix sockets; here no local port
	 * is free. */
	if (code == EAGAIN)
		return EADDRNOTAVAIL;
	/* Linux returns EINVAL for a blackhole route, and also if the bound
	 * address cannot reach the target; the latter case keeps its errno. */
	if (code == EINVAL && (!d->from.len || d->from_port_only))
		return ENETUNREACH;
	return code;
}

/* Returns true if EACCES came because the target is a broadcast address: a
 * second connect, with SO_BROADCAST, then succeeds. Connecting a UDP socket
 * sends nothing. */
static bool is_broadcast(const struct attempt *a, int fd, int code)
{
	int on = 1;

	return code == EACCES && a->to.u.sa.sa_family == AF_INET &&
	       a->dialing->to.ops->kind == &kind_udp &&
	       !setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) &&
	       !connect(fd, &a->to.u.sa, a->to.len);
}

/* Starts an attempt. Result: 0: open; EINPROGRESS: watched; another errno:
 * failed. */
static int attempt_begin(struct attempt *a)
{
	struct dialing *d = a->dialing;
	struct transport *t = d->t;
	int family = a->to.u.sa.sa_family;
	int type = t->ops->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(family, type, 0);
	int code;

	a->begun = loop_now(t->net->loop);
	t->phases.attempted = a->begun;
	t->phases.attempts++;
	if (fd < 0)
		return errno;
	a->watch.fd = fd;
	t->ops->kind->prepare(fd, family, false);
	code = socket_options_apply(&d->socket_options, fd, family);
	if (code)
		return code;
	code = bind_from(d, fd, family);
	a->cannot_bind = code != 0;
	if (code)
		return code;
	if (connect(fd, &a->to.u.sa, a->to.len) == 0)
		return 0;
	code = errno;
	if (code != EINPROGRESS && code != EINTR) {
		a->broadcast = is_broadcast(a, fd, code);
		a->no_socket = code == ECONNREFUSED && family == AF_UNIX &&
			       unix_is_other(&a->to);
		return connect_code(d, family, code);
	}
	loop_watch(t->net->loop, &a->watch, fd, &attempt_ops);
	return EINPROGRESS;
}

static void retry_soon(struct dialing *d, struct attempt *a)
{
	struct loop *loop = d->t->net->loop;

	if (!d->full)
		note(a, "backlog full, retrying");
	d->full = true;
	attempt_end(a);
	d->begun--;
	loop_arm(loop, &d->next, loop_now(loop) + RETRY_NS);
}

static bool any_pending(const struct dialing *d)
{
	for (size_t i = 0; i < d->begun; i++)
		if (d->attempts[i].watch.fd >= 0)
			return true;
	return false;
}

/* Starts the next attempt, and more while they fail at once. */
static void dial_next(struct dialing *d)
{
	struct loop *loop = d->t->net->loop;

	loop_disarm(loop, &d->next);
	while (d->begun < d->count) {
		struct attempt *a = &d->attempts[d->begun++];
		int code = attempt_begin(a);

		if (!code) {
			attempt_won(a);
			return;
		}
		if (code == EAGAIN) {
			retry_soon(d, a);
			return;
		}
		if (code == EINPROGRESS) {
			if (d->begun < d->count)
				loop_arm(loop, &d->next,
					 loop_now(loop) + ATTEMPT_NS);
			return;
		}
		attempt_lost(a, code);
	}
	if (!any_pending(d))
		all_lost(d);
}

static void next_fires(struct timer *timer)
{
	dial_next(list_entry(timer, struct dialing, next));
}

static bool is_loopback(const struct addr *a)
{
	if (a->u.sa.sa_family == AF_INET)
		return ntohl(a->u.in.sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&a->u.in6.sin6_addr);
}

/*
 * Returns the family to try first: that of the resolver's first address (RFC
 * 6724). Datagram sockets cannot race, because no handshake shows which address
 * works: if all addresses are loopback, IPv4 goes first, as for listeners
 * without a host.
 */
static int first_family(const struct dialing *d, const struct addr *found,
			size_t n)
{
	if (d->to.ops->connects)
		return found[0].u.sa.sa_family;
	for (size_t i = 0; i < n; i++)
		if (!is_loopback(&found[i]))
			return found[0].u.sa.sa_family;
	return AF_INET;
}

/* Finds the first address of the family from index `at` on; with `same` false,
 * the first one of another family. Result: its index; n: none. */
static size_t find_family(const struct addr *found, size_t n, size_t at,
			  int family, bool same)
{
	while (at < n && (found[at].u.sa.sa_family == family) != same)
		at++;
	return at;
}

/* Alternates the families, and keeps the order within each. */
static void interleave(struct dialing *d, const struct addr *found, size_t n)
{
	int family = first_family(d, found, n);
	size_t at[2] = {find_family(found, n, 0, family, true),
			find_family(found, n, 0, family, false)};
	size_t turn = 0;

	for (size_t i = 0; i < n; i++) {
		if (at[turn] == n)
			turn = !turn;
		d->attempts[i].to = found[at[turn]];
		d->attempts[i].dialing = d;
		d->attempts[i].watch.fd = -1;
		at[turn] = find_family(found, n, at[turn] + 1, family, !turn);
		turn = !turn;
	}
	d->count = n;
}

static int set_found(struct dialing *d, const struct addr *found, size_t n)
{
	d->attempts = calloc(n, sizeof(*d->attempts));
	if (!d->attempts)
		return -1;
	interleave(d, found, n);
	return 0;
}

static void resolved(void *owner, const struct addr *found, size_t n,
		     const struct err *why)
{
	struct dialing *d = owner;
	struct transport *t = d->t;
	struct buf text;

	d->resolve = NULL;
	t->phases.resolved = loop_now(t->net->loop);
	if (n && set_found(d, found, n) == 0) {
		t->state = LINK_CONNECTING;
		t->sink->state_changed(t, NULL);
		if (t->state == LINK_CONNECTING)
			dial_next(d);
		return;
	}
	buf_init(&text, BUF_SMALL);
	dial_put_target(d, &text);
	buf_printf(&text, ": %s", n ? err_strerror(ENOMEM) : why->text);
	dial_fail(d, n ? ERR_LIMIT : why->kind, n ? ENOMEM : why->code, &text);
}

static const struct resolve_sink sink_resolved = {.answer = resolved};

static const char *family_name(int family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* Checks that the local address is of the target's family. A name passes,
 * because its family is unknown before the lookup. Result: 0, or -1 and *e. */
static int check_family(const struct dialing *d, const struct endpoint *from,
			struct err *e)
{
	int ours = d->from.u.sa.sa_family, family = d->to.family;
	const char *host = d->to.host;
	struct addr a;
	struct err bad;

	if (family == AF_UNSPEC && *host &&
	    resolve_literal(host, "1", AF_UNSPEC, d->to.ops->socktype, false,
			    &a, 1, &bad) > 0)
		family = a.u.sa.sa_family;
	if (family == AF_UNSPEC || family == ours)
		return 0;
	return err_set(
	    e, ERR_USAGE, 0,
	    "from %.60s: an %s address cannot reach %s://%.100s (%s)",
	    from->host, family_name(ours), d->to.ops->scheme, host,
	    family_name(family));
}

/* Parses the local address to connect from. Result: 0, or -1 and *e if it
 * cannot be used. */
static int read_from(struct dialing *d, const struct endpoint *from,
		     struct err *e)
{
	const struct transport_kind *kind = d->to.ops->kind;
	int n;

	if (from->ops->kind->by_name != kind->by_name)
		return err_set(e, ERR_USAGE, 0,
			       "a local %s:// address cannot connect to %s://",
			       from->ops->scheme, d->to.ops->scheme);
	if (!kind->by_name) {
		d->from = endpoint_unix(from);
		return 0;
	}
	/* Without a host only the port is bound. */
	if (!*from->host) {
		d->from_port_only = true;
		n = resolve_literal("0.0.0.0", from->port, AF_INET,
				    d->to.ops->socktype, true, &d->from, 1, e);
	} else {
		n = resolve_literal(from->host, from->port, AF_UNSPEC,
				    d->to.ops->socktype, true, &d->from, 1, e);
	}
	if (!n)
		err_set(e, ERR_USAGE, 0,
			"from %s: use a local IP address, not a name",
			from->host);
	if (n <= 0)
		return -1;
	return d->from_port_only ? 0 : check_family(d, from, e);
}

/* Uses addresses that need no lookup; the loop starts the attempts. */
static int have_found(struct dialing *d, const struct addr *found, size_t n,
		      struct err *e)
{
	struct transport *t = d->t;
	struct loop *loop = t->net->loop;

	if (set_found(d, found, n) < 0)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	t->state = LINK_CONNECTING;
	loop_arm(loop, &d->next, loop_now(loop));
	return 0;
}

/* Uses a Unix path, or starts a lookup; the loop starts the attempts. */
int dial_find(struct dialing *d, struct err *e)
{
	struct transport *t = d->t;
	struct loop *loop = t->net->loop;
	struct addr path;

	if (d->to.ops->kind->by_name) {
		/* If the local address has a family, only target addresses of
		 * that family can be reached. */
		int family = d->to.family;

		if (family == AF_UNSPEC && d->from.len && !d->from_port_only)
			family = d->from.u.sa.sa_family;
		d->resolve = resolve_start(loop, d->to.host, d->to.port, family,
					   d->to.ops->socktype, false,
					   &sink_resolved, d, e);
		t->state = LINK_RESOLVING;
		return d->resolve ? 0 : -1;
	}
	path = endpoint_unix(&d->to);
	return have_found(d, &path, 1, e);
}

static int dial_begin(struct dialing *d, const struct dial_options *options,
		      struct err *e)
{
	struct buf text;
	struct err bad;
	int r;

	if (options && options->known)
		r = have_found(d, options->known, options->known_count, &bad);
	else if (d->proxy_dial)
		r = proxy_dial_start(d->proxy_dial, &bad);
	else
		r = dial_find(d, &bad);
	if (r == 0)
		return 0;
	buf_init(&text, BUF_SMALL);
	dial_put_target(d, &text);
	err_set(e, bad.kind, bad.code, "%s: %s", buf_cstr(&text), bad.text);
	buf_fini(&text);
	return -1;
}

int dial_start(struct transport *t, const struct endpoint *to,
	       const struct dial_options *options, struct err *e)
{
	struct dialing *d = calloc(1, sizeof(*d));

	if (!d)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	d->t = t;
	d->to = *to;
	d->next.fire = next_fires;
	t->dialing = d;
	if (options && options->socket_options)
		d->socket_options = *options->socket_options;
	if (options && options->proxy) {
		d->proxy_dial = proxy_dial_new(d, to, options, e);
		if (!d->proxy_dial)
			goto fail;
		d->to = options->proxy->at;
	}
	if (options && options->from && read_from(d, options->from, e) < 0)
		goto fail;
	if (dial_begin(d, options, e) == 0)
		return 0;
fail:
	dialing_free(d);
	t->state = LINK_NEW;
	return -1;
}
