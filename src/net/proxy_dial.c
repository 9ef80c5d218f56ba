/* SPDX-License-Identifier: ISC */
/*
 * A proxy that is connected is asked for the target, and its answer read: not a
 * byte more, for what follows is the session's. How its addresses are tried is
 * dial.c's, what is said codec/'s.
 */
#include "dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How much is looked at in one go. */
#define REPLY_MAX 1024

static struct transport *transport_of(const struct proxy_dial *th)
{
	return th->dialing->t;
}

void proxy_dial_put(const struct proxy_dial *th, struct buf *out)
{
	buf_printf(out, ": proxy %s", th->name);
}

bool proxy_dial_put_state(const struct proxy_dial *th, struct buf *out)
{
	if (!th->begun)
		return false;
	buf_printf(out, "%s, which was connected to and has not agreed",
		   th->name);
	return true;
}

static void proxy_dial_fail(struct proxy_dial *th, enum err_class kind,
			    int code, const char *words)
{
	struct dialing *d = th->dialing;
	struct buf text;

	buf_init(&text, BUF_SMALL);
	dial_put_target(d, &text);
	buf_printf(&text, ": %s", words);
	dial_fail(d, kind, code, &text);
}

/* ---- what is asked ---- */

static enum handshake_kind proxy_dial_kind_of(const struct proxy *p)
{
	switch (p->kind) {
	case PROXY_HTTP:
		return HANDSHAKE_HTTP;
	case PROXY_SOCKS4:
		return HANDSHAKE_SOCKS4;
	case PROXY_SOCKS4A:
		return HANDSHAKE_SOCKS4A;
	case PROXY_SOCKS5:
		break;
	}
	return HANDSHAKE_SOCKS5;
}

/* Without a host it is this machine, as everywhere. */
static const char *host_of(const struct endpoint *to)
{
	if (*to->host)
		return to->host;
	if (to->family == AF_UNSPEC)
		return "localhost";
	return to->family == AF_INET ? "127.0.0.1" : "::1";
}

/* What is said first, now that the host is known as it will be told. */
static int ask_for(struct proxy_dial *th, const char *host, struct err *e)
{
	const struct proxy *p = th->proxy;
	struct addr port;
	struct err why;
	int bad;

	if (resolve_literal("127.0.0.1", th->target.port, AF_INET, SOCK_STREAM,
			    false, &port, 1, e) < 0)
		return -1;

	struct proxy_request request = {.kind = proxy_dial_kind_of(p),
					.host = bytes_str(host),
					.port = addr_port(&port),
					.user = bytes_str(p->user),
					.password = bytes_str(p->password)};

	bad = handshake_start(&th->shake, &request, &th->out, &why);
	proxy_fini(th->proxy);
	free(th->proxy);
	th->proxy = NULL;
	return bad ? err_set(e, why.kind, why.code, "%s: %s", th->name,
			     why.text)
		   : 0;
}

static void looked_up(void *owner, const struct addr *found, size_t n,
		      const struct err *why)
{
	struct proxy_dial *th = owner;
	struct buf host;
	struct err e;

	th->resolve = NULL;
	if (!n) {
		proxy_dial_fail(th, why->kind, why->code, why->text);
		return;
	}
	buf_init(&host, BUF_SMALL);
	addr_print_host(found, &host);
	if (ask_for(th, buf_cstr(&host), &e) < 0 ||
	    dial_find(th->dialing, &e) < 0)
		proxy_dial_fail(th, e.kind, e.code, e.text);
	buf_fini(&host);
}

static const struct resolve_sink sink_looked_up = {.answer = looked_up};

bool proxy_dial_looks_up(const struct proxy_dial *th)
{
	return th->proxy != NULL;
}

int proxy_dial_look_up(struct proxy_dial *th, struct err *e)
{
	struct transport *t = transport_of(th);

	th->resolve = resolve_start(t->net->loop, host_of(&th->target),
				    th->target.port, AF_INET, SOCK_STREAM,
				    false, &sink_looked_up, th, e);
	if (!th->resolve)
		return -1;
	t->state = LINK_RESOLVING;
	return 0;
}

/* Result: 0, or -1 and *e: no proxy carries that. */
static int proxy_dial_check(const struct endpoint *to, const struct proxy *p,
			    int literals, struct err *e)
{
	const char *scheme = to->ops->scheme;
	/* Its requests hold addresses of IPv4: we look the name up. */
	bool ours = p->kind == PROXY_SOCKS4 && to->family == AF_INET;

	if (to->ops->kind != &kind_tcp)
		return err_set(e, ERR_USAGE, 0,
			       "%s: a proxy carries TCP only; connect without "
			       "it",
			       scheme);
	if (strchr(to->host, '%'))
		return err_set(e, ERR_USAGE, 0,
			       "%.100s: a zone means nothing to a proxy",
			       to->host);
	if (!literals && *to->host && to->family != AF_UNSPEC && !ours)
		return err_set(e, ERR_USAGE, 0,
			       "%s://%.100s: the proxy looks the name up, and "
			       "chooses the family; write tcp://",
			       scheme, to->host);
	return 0;
}

static int proxy_dial_prepare(struct proxy_dial *th, const struct proxy *p,
			      struct err *e)
{
	const struct endpoint *to = &th->target;
	struct addr ip;
	struct buf host;
	int n = resolve_literal(host_of(to), to->port, AF_UNSPEC, SOCK_STREAM,
				false, &ip, 1, e);
	int bad;

	if (n < 0 || proxy_dial_check(to, p, n, e) < 0 || proxy_check(p, e) < 0)
		return -1;
	if (n) {
		buf_init(&host, BUF_SMALL);
		addr_print_host(&ip, &host);
		bad = ask_for(th, buf_cstr(&host), e);
		buf_fini(&host);
		return bad;
	}
	return p->kind == PROXY_SOCKS4 ? 0 : ask_for(th, host_of(to), e);
}

struct proxy_dial *proxy_dial_new(struct dialing *d,
				  const struct endpoint *target,
				  const struct proxy *p, struct err *e)
{
	struct proxy_dial *th = calloc(1, sizeof(*th));
	struct proxy *copy = malloc(sizeof(*copy));
	struct buf name, shown;

	if (!th || !copy) {
		free(th);
		free(copy);
		err_set(e, ERR_LIMIT, ENOMEM, "%s", err_strerror(ENOMEM));
		return NULL;
	}
	*copy = *p;
	th->dialing = d;
	th->target = *target;
	th->proxy = copy;
	th->watch.fd = -1;
	buf_init(&th->out, BUF_SMALL);
	buf_init(&name, BUF_SMALL);
	buf_init(&shown, BUF_SMALL);
	proxy_print(p, &name);
	put_escaped(&shown, buf_bytes(&name));
	snprintf(th->name, sizeof(th->name), "%.100s", buf_cstr(&shown));
	buf_fini(&name);
	buf_fini(&shown);
	if (proxy_dial_prepare(th, p, e) == 0)
		return th;
	proxy_dial_free(th);
	return NULL;
}

void proxy_dial_free(struct proxy_dial *th)
{
	if (th->resolve)
		resolve_cancel(th->resolve);
	if (th->watch.fd >= 0) {
		loop_unwatch(transport_of(th)->net->loop, &th->watch);
		close(th->watch.fd);
	}
	if (th->proxy)
		proxy_fini(th->proxy);
	free(th->proxy);
	if (th->out.data)
		explicit_bzero(th->out.data, th->out.cap);
	buf_fini(&th->out);
	handshake_fini(&th->shake);
	free(th);
}

/* ---- the talk ---- */

/* For `info`; what cannot be kept is not told. */
static void keep_facts(struct proxy_dial *th)
{
	struct transport *t = transport_of(th);
	size_t size = strlen(th->name) + 1;
	struct proxied *facts = calloc(1, sizeof(*facts) + size);

	t->proxied = true;
	if (!facts)
		return;
	facts->spent = loop_now(t->net->loop) - th->begun;
	memcpy(facts->by, th->name, size);
	t->extra = facts;
}

static void agreed(struct proxy_dial *th)
{
	struct transport *t = transport_of(th);
	uint64_t spent = loop_now(t->net->loop) - th->begun;
	int fd = th->watch.fd;

	loop_unwatch(t->net->loop, &th->watch);
	th->watch.fd = -1;
	link_note(t, true, "proxy %s: agreed after %llu.%01llu ms", th->name,
		  (unsigned long long)(spent / NS_PER_MS),
		  (unsigned long long)(spent % NS_PER_MS / 100000));
	keep_facts(th);
	dial_open(th->dialing, fd);
}

static void ended(struct proxy_dial *th, int code)
{
	bool within = buf_len(&th->shake.reply);
	enum err_class kind = ERR_EOF_EARLY;
	char words[160];

	if (code)
		kind = code == EPIPE ? ERR_RESET : err_of_errno(code);
	if (kind == ERR_EOF_EARLY || kind == ERR_RESET)
		snprintf(words, sizeof(words), "it %s %s answer",
			 kind == ERR_RESET ? "reset the connection" : "closed",
			 within ? "in the middle of its" : "without an");
	else
		snprintf(words, sizeof(words), "%s%s", err_strerror(code),
			 within ? ", in the middle of its answer" : "");
	proxy_dial_fail(th, kind, code, words);
}

/* A write that fails says less than what there may be to read. */
static void proxy_dial_print(struct proxy_dial *th)
{
	while (buf_len(&th->out)) {
		struct bytes all = buf_bytes(&th->out);
		ssize_t n = send(th->watch.fd, all.at, all.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			th->broken = errno;
		buf_drop(&th->out, n < 0 ? all.len : (size_t)n);
	}
}

/* Takes out of the kernel what was only looked at before. A reset may have
 * taken it first. Result: 0 or an errno. */
static int skip(struct proxy_dial *th, size_t n)
{
	uint8_t bytes[REPLY_MAX];
	ssize_t got;

	do
		got = recv(th->watch.fd, bytes, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got >= 0 && (size_t)got == n)
		return 0;
	return got < 0 ? errno : ECONNRESET;
}

/* Result: whether there may be more to hear now. */
static bool proxy_dial_on_event(struct proxy_dial *th)
{
	enum handshake_result r;
	uint8_t bytes[REPLY_MAX];
	struct err e;
	size_t took;
	int code;
	ssize_t n = recv(th->watch.fd, bytes, sizeof(bytes),
			 MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (n <= 0) {
		ended(th, n < 0 ? errno : th->broken);
		return false;
	}
	r = handshake_feed(&th->shake, bytes_of(bytes, (size_t)n), &took,
			   &th->out, &e);
	code = r == HANDSHAKE_BAD ? 0 : skip(th, took);
	if (r == HANDSHAKE_BAD)
		proxy_dial_fail(th, e.kind, e.code, e.text);
	else if (code)
		ended(th, code);
	else if (r == HANDSHAKE_DONE)
		agreed(th);
	else
		proxy_dial_print(th);
	return r == HANDSHAKE_MORE && !code;
}

static short proxy_dial_want(struct watch *w)
{
	const struct proxy_dial *th = list_entry(w, struct proxy_dial, watch);

	return buf_len(&th->out) ? POLLIN | POLLOUT : POLLIN;
}

static void proxy_dial_ready(struct watch *w, short got)
{
	struct proxy_dial *th = list_entry(w, struct proxy_dial, watch);

	(void)got;
	proxy_dial_print(th);
	while (proxy_dial_on_event(th))
		;
}

static const struct watch_ops proxy_dial_ops = {.want = proxy_dial_want,
						.ready = proxy_dial_ready};

void proxy_dial_begin(struct proxy_dial *th, int fd)
{
	struct loop *loop = transport_of(th)->net->loop;

	th->begun = loop_now(loop);
	loop_watch(loop, &th->watch, fd, &proxy_dial_ops);
	proxy_dial_print(th);
}
