/* SPDX-License-Identifier: ISC */
/*
 * The handshake with a connected proxy. Consumes no byte after the proxy's
 * reply, because later bytes belong to the session. dial.c connects to the
 * proxy, src/codec has the protocols.
 */
#include "dial.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Limit of a read, bytes. */
#define REPLY_MAX 1024

static struct transport *link_of(const struct proxy_dial *pd)
{
	return pd->dialing->t;
}

void proxy_dial_put(const struct proxy_dial *pd, struct buf *out)
{
	buf_printf(out, ": proxy %s", pd->name);
}

bool proxy_dial_put_state(const struct proxy_dial *pd, struct buf *out)
{
	if (!pd->begun)
		return false;
	buf_printf(out, "%s, connected but no reply", pd->name);
	return true;
}

static void proxy_dial_fail(struct proxy_dial *pd, enum err_class kind,
			    int code, const char *words)
{
	struct dialing *d = pd->dialing;
	struct buf text;

	buf_init(&text, BUF_SMALL);
	dial_put_target(d, &text);
	buf_printf(&text, ": %s", words);
	dial_fail(d, kind, code, &text);
}

/* ---- request ---- */

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

/* Returns the host to request. An empty host means this machine, as in other
 * addresses. */
static const char *host_of(const struct endpoint *to)
{
	if (*to->host)
		return to->host;
	if (to->family == AF_UNSPEC)
		return "localhost";
	return to->family == AF_INET ? "127.0.0.1" : "::1";
}

/* Builds the first request. `host`: the target's name or address, as the
 * protocol needs. */
static int build_request(struct proxy_dial *pd, const char *host, struct err *e)
{
	const struct proxy *p = pd->proxy;
	struct addr port;
	struct err why;
	int bad;

	if (resolve_literal("127.0.0.1", pd->target.port, AF_INET, SOCK_STREAM,
			    false, &port, 1, e) < 0)
		return -1;

	struct proxy_request request = {.kind = proxy_dial_kind_of(p),
					.host = bytes_str(host),
					.port = addr_port(&port),
					.user = bytes_str(p->user),
					.password = bytes_str(p->password)};

	bad = handshake_start(&pd->shake, &request, &pd->out, &why);
	proxy_fini(pd->proxy);
	free(pd->proxy);
	pd->proxy = NULL;
	return bad ? err_set(e, why.kind, why.code, "%s: %s", pd->name,
			     why.text)
		   : 0;
}

static void looked_up(void *owner, const struct addr *found, size_t n,
		      const struct err *why)
{
	struct proxy_dial *pd = owner;
	struct buf host;
	struct err e;

	pd->resolve = NULL;
	if (!n) {
		proxy_dial_fail(pd, why->kind, why->code, why->text);
		return;
	}
	buf_init(&host, BUF_SMALL);
	addr_print_host(found, &host);
	if (build_request(pd, buf_cstr(&host), &e) < 0 ||
	    dial_find(pd->dialing, &e) < 0)
		proxy_dial_fail(pd, e.kind, e.code, e.text);
	buf_fini(&host);
}

static const struct resolve_sink sink_looked_up = {.answer = looked_up};

static int look_up_target(struct proxy_dial *pd, struct err *e)
{
	struct transport *t = link_of(pd);

	pd->resolve = resolve_start(t->net->loop, host_of(&pd->target),
				    pd->target.port, AF_INET, SOCK_STREAM,
				    false, &sink_looked_up, pd, e);
	if (!pd->resolve)
		return -1;
	t->state = LINK_RESOLVING;
	return 0;
}

/* Checks that a proxy can carry this address. Result: 0, or -1 and *e. */
static int proxy_dial_check(const struct endpoint *to, const struct proxy *p,
			    int literals, struct err *e)
{
	const char *scheme = to->ops->scheme;
	/* A SOCKS 4 request holds an IPv4 address, so rung resolves the name
	 * itself. */
	bool ours = p->kind == PROXY_SOCKS4 && to->family == AF_INET;

	if (to->ops->kind != &kind_tcp)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s: a proxy carries TCP only; connect without one",
		    scheme);
	if (strchr(to->host, '%'))
		return err_set(e, ERR_USAGE, 0,
			       "%.100s: an IPv6 zone cannot be sent to a proxy",
			       to->host);
	if (!literals && *to->host && to->family != AF_UNSPEC && !ours)
		return err_set(e, ERR_USAGE, 0,
			       "%s://%.100s: the proxy resolves the name and "
			       "chooses the family; write tcp://",
			       scheme, to->host);
	return 0;
}

static int proxy_dial_prepare(struct proxy_dial *pd, const struct proxy *p,
			      struct err *e)
{
	const struct endpoint *to = &pd->target;
	struct addr ip;
	struct buf host;
	int n = resolve_literal(host_of(to), to->port, AF_UNSPEC, SOCK_STREAM,
				false, &ip, 1, e);
	int bad;

	if (n < 0 || proxy_dial_check(to, p, n, e) < 0)
		return -1;
	if (pd->auth_path)
		return 0; /* the request needs the password */
	if (proxy_check(p, e) < 0)
		return -1;
	if (n) {
		buf_init(&host, BUF_SMALL);
		addr_print_host(&ip, &host);
		bad = build_request(pd, buf_cstr(&host), e);
		buf_fini(&host);
		return bad;
	}
	return p->kind == PROXY_SOCKS4 ? 0 : build_request(pd, host_of(to), e);
}

/* ---- password ---- */

const char *proxy_dial_reads(const struct proxy_dial *pd)
{
	return pd->auth_path;
}

static bool auth_is_read(const struct proxy_dial *pd)
{
	return file_is_full(&pd->auth) ||
	       proxy_auth_is_whole(rio_peek(&pd->auth.in));
}

/* Takes the password that was read, and goes on. Result: 0, or -1 and *e. */
static int take_password(struct proxy_dial *pd, struct err *e)
{
	struct proxy_auth auth = {.path = pd->auth_path,
				  .text = rio_peek(&pd->auth.in)};
	int code = pd->auth.error;
	int bad = code ? err_set(e, err_of_errno(code), code,
				 "proxy: %.160s: %s", auth.path,
				 err_strerror(code))
		       : proxy_take_auth(pd->proxy, &auth, e);

	file_cancel(&pd->auth);
	free(pd->auth_path);
	pd->auth_path = NULL;
	if (bad || proxy_dial_prepare(pd, pd->proxy, e) < 0)
		return -1;
	return pd->proxy ? look_up_target(pd, e) : dial_find(pd->dialing, e);
}

static void auth_moved(struct file *file)
{
	struct proxy_dial *pd = list_entry(file, struct proxy_dial, auth);
	struct err e;

	if (!auth_is_read(pd))
		file_want(file);
	else if (take_password(pd, &e) < 0)
		proxy_dial_fail(pd, e.kind, e.code, e.text);
}

static int read_password(struct proxy_dial *pd, struct err *e)
{
	struct transport *t = link_of(pd);

	t->state = LINK_RESOLVING;
	pd->auth.secret = true;
	file_read(&pd->auth, t->net->loop, pd->auth_path, PROXY_AUTH_MAX,
		  auth_moved);
	file_want(&pd->auth);
	return auth_is_read(pd) ? take_password(pd, e) : 0;
}

int proxy_dial_start(struct proxy_dial *pd, struct err *e)
{
	if (pd->auth_path)
		return read_password(pd, e);
	return pd->proxy ? look_up_target(pd, e) : dial_find(pd->dialing, e);
}

struct proxy_dial *proxy_dial_new(struct dialing *d,
				  const struct endpoint *target,
				  const struct dial_options *options,
				  struct err *e)
{
	const struct proxy *p = options->proxy;
	struct proxy_dial *pd = calloc(1, sizeof(*pd));
	struct proxy *copy = malloc(sizeof(*copy));
	struct buf name, shown;

	if (!pd || !copy) {
		free(pd);
		free(copy);
		err_set(e, ERR_LIMIT, ENOMEM, "%s", err_strerror(ENOMEM));
		return NULL;
	}
	*copy = *p;
	pd->dialing = d;
	pd->target = *target;
	pd->proxy = copy;
	pd->watch.fd = -1;
	if (options->proxy_auth)
		pd->auth_path = xstrdup(options->proxy_auth);
	buf_init(&pd->out, BUF_SMALL);
	buf_init(&name, BUF_SMALL);
	buf_init(&shown, BUF_SMALL);
	proxy_print(p, &name);
	put_escaped(&shown, buf_bytes(&name));
	snprintf(pd->name, sizeof(pd->name), "%.100s", buf_cstr(&shown));
	buf_fini(&name);
	buf_fini(&shown);
	if (proxy_dial_prepare(pd, p, e) == 0)
		return pd;
	proxy_dial_free(pd);
	return NULL;
}

void proxy_dial_free(struct proxy_dial *pd)
{
	if (pd->resolve)
		resolve_cancel(pd->resolve);
	file_cancel(&pd->auth);
	free(pd->auth_path);
	if (pd->watch.fd >= 0) {
		loop_unwatch(link_of(pd)->net->loop, &pd->watch);
		close(pd->watch.fd);
	}
	if (pd->proxy)
		proxy_fini(pd->proxy);
	free(pd->proxy);
	if (pd->out.data)
		explicit_bzero(pd->out.data, pd->out.cap);
	buf_fini(&pd->out);
	handshake_fini(&pd->shake);
	free(pd);
}

/* ---- handshake ---- */

/* Keeps the proxy's name and the duration for `info`, unless out of memory. */
static void keep_info(struct proxy_dial *pd)
{
	struct transport *t = link_of(pd);
	size_t size = strlen(pd->name) + 1;
	struct proxied *facts = calloc(1, sizeof(*facts) + size);

	t->proxied = true;
	if (!facts)
		return;
	facts->spent = loop_now(t->net->loop) - pd->begun;
	memcpy(facts->by, pd->name, size);
	t->extra = facts;
}

static void handshake_done(struct proxy_dial *pd)
{
	struct transport *t = link_of(pd);
	uint64_t spent = loop_now(t->net->loop) - pd->begun;
	int fd = pd->watch.fd;

	loop_unwatch(t->net->loop, &pd->watch);
	pd->watch.fd = -1;
	link_note(t, true, "proxy %s: connected after %llu.%01llu ms", pd->name,
		  (unsigned long long)(spent / NS_PER_MS),
		  (unsigned long long)(spent % NS_PER_MS / 100000));
	keep_info(pd);
	dial_open(pd->dialing, fd);
}

static void handshake_broken(struct proxy_dial *pd, int code)
{
	bool within = buf_len(&pd->shake.reply);
	enum err_class kind = ERR_EOF_EARLY;
	char words[160];

	if (code)
		kind = err_of_link_errno(code, ERR_CONNECT_TIMEOUT);
	if (kind == ERR_EOF_EARLY || kind == ERR_RESET)
		snprintf(words, sizeof(words), "%s %s reply",
			 kind == ERR_RESET ? "connection reset"
					   : "connection closed",
			 within ? "during the" : "before a");
	else
		snprintf(words, sizeof(words), "%s%s", err_strerror(code),
			 within ? " during the reply" : "");
	proxy_dial_fail(pd, kind, code, words);
}

/* Sends the queued bytes. Keeps a write error until the next read, which may
 * report a better reason. */
static void proxy_dial_send(struct proxy_dial *pd)
{
	while (buf_len(&pd->out)) {
		struct bytes all = buf_bytes(&pd->out);
		ssize_t n = send(pd->watch.fd, all.at, all.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			pd->broken = errno;
		buf_drop(&pd->out, n < 0 ? all.len : (size_t)n);
	}
}

/* Consumes bytes that were peeked at; fails if a reset has discarded them
 * since. Result: 0 or an errno. */
static int consume(struct proxy_dial *pd, size_t n)
{
	uint8_t bytes[REPLY_MAX];
	ssize_t got;

	do
		got = recv(pd->watch.fd, bytes, n, MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got >= 0 && (size_t)got == n)
		return 0;
	return got < 0 ? errno : ECONNRESET;
}

/* Passes received bytes to the handshake. Result: true: more may be available.
 */
static bool proxy_dial_read(struct proxy_dial *pd)
{
	enum handshake_result r;
	uint8_t bytes[REPLY_MAX];
	struct err e;
	size_t took;
	int code;
	ssize_t n = recv(pd->watch.fd, bytes, sizeof(bytes),
			 MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	if (n <= 0) {
		handshake_broken(pd, n < 0 ? errno : pd->broken);
		return false;
	}
	r = handshake_feed(&pd->shake, bytes_of(bytes, (size_t)n), &took,
			   &pd->out, &e);
	code = r == HANDSHAKE_BAD ? 0 : consume(pd, took);
	if (r == HANDSHAKE_BAD)
		proxy_dial_fail(pd, e.kind, e.code, e.text);
	else if (code)
		handshake_broken(pd, code);
	else if (r == HANDSHAKE_DONE)
		handshake_done(pd);
	else
		proxy_dial_send(pd);
	return r == HANDSHAKE_MORE && !code;
}

static short proxy_dial_want(struct watch *w)
{
	const struct proxy_dial *pd = list_entry(w, struct proxy_dial, watch);

	return buf_len(&pd->out) ? POLLIN | POLLOUT : POLLIN;
}

static void proxy_dial_ready(struct watch *w, short got)
{
	struct proxy_dial *pd = list_entry(w, struct proxy_dial, watch);

	(void)got;
	proxy_dial_send(pd);
	while (proxy_dial_read(pd))
		;
}

static const struct watch_ops proxy_dial_ops = {.want = proxy_dial_want,
						.ready = proxy_dial_ready};

void proxy_dial_begin(struct proxy_dial *pd, int fd)
{
	struct loop *loop = link_of(pd)->net->loop;

	pd->begun = loop_now(loop);
	loop_watch(loop, &pd->watch, fd, &proxy_dial_ops);
	proxy_dial_send(pd);
}
