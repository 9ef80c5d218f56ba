/* SPDX-License-Identifier: ISC */
/*
 * Links: the functions that owners call, and the steps that all kinds share.
 * tcp.c, udp.c, unix.c, exec.c and hosted.c have the kinds.
 */
#include "child_own.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void net_init(struct net *net, struct loop *loop)
{
	*net = (struct net){.loop = loop};
	rio_in_init(&net->in, RIO_CHUNK);
	net->in.read = stream_read;
	list_init(&net->paused);
	list_init(&net->paces);
	list_init(&net->children);
}

void net_fini(struct net *net)
{
	assert(list_empty(&net->paused));
	children_fini(net);
	rio_in_fini(&net->in);
}

int net_start(struct net *net, struct clock *clock, struct err *e)
{
	struct loop *loop = loop_start(clock, e);

	if (!loop)
		return -1;
	net_init(net, loop);
	return 0;
}

void net_stop(struct net *net)
{
	net_fini(net);
	loop_free(net->loop);
}

int link_fd(const struct transport *t)
{
	if (is_datagram_peer(t))
		return ((const struct peer *)t->extra)->listener->watch.fd;
	return t->watch.fd;
}

void link_init(struct transport *t, struct net *net,
	       const struct transport_ops *ops,
	       const struct transport_sink *sink)
{
	size_t limit = t->out.buf.limit ? t->out.buf.limit : QUEUE_LIMIT;
	struct account *account = t->out.buf.account;

	*t = (struct transport){.ops = ops, .sink = sink, .net = net};
	t->watch.fd = -1;
	rio_out_init(&t->out, limit);
	t->out.buf.account = account;
	t->out.write = stream_write;
	t->phases.begun = loop_now(net->loop);
}

void link_note(struct transport *t, bool detail, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	t->sink->note(t, detail, text);
}

struct extra *link_extra(struct transport *t)
{
	struct extra *extra = t->extra;

	if (!extra)
		t->extra = extra = calloc(1, sizeof(*extra));
	return extra;
}

void link_up(struct transport *t, const struct unit *unit)
{
	if (!t->phases.first_up)
		t->phases.first_up = loop_now(t->net->loop);
	t->sink->received(t, unit);
}

static bool wants_input(const struct transport *t)
{
	return t->sink->wants_input(t);
}

/*
 * Returns the events to wait for after a write error: only input matters, but
 * POLLOUT makes the loop return even without input.
 */
static short broken_want(const struct transport *t)
{
	if (t->ended[DIR_UP] || wants_input(t))
		return POLLIN | POLLOUT;
	return 0;
}

static short link_want(struct watch *w)
{
	const struct transport *t = list_entry(w, struct transport, watch);
	short wants = 0;

	if (t->state == LINK_LISTENING)
		return listen_want(t);
	if (t->state != LINK_OPEN)
		return 0;
	if (t->error)
		return broken_want(t);
	if (!t->ended[DIR_UP] && wants_input(t))
		wants |= POLLIN;
	if (rio_queued(&t->out) && !pace_waits(t))
		wants |= POLLOUT;
	/* Without any interest the loop would not see a reset. */
	if (t->ended[DIR_UP] && t->ops->kind->resets)
		wants |= POLLPRI;
	return wants;
}

static void open_ready(struct transport *t, short got)
{
	short ill = got & (POLLERR | POLLHUP | POLLNVAL);

	if (t->error) {
		if (t->ended[DIR_UP])
			link_failed(t, t->error, NULL);
		else if (wants_input(t))
			t->ops->kind->receive(t);
		return;
	}
	if ((got & POLLERR) && t->ended[DIR_UP] && t->ops->kind->resets) {
		stream_reset(t);
		return;
	}
	if (((got & POLLOUT) || ill) && rio_queued(&t->out) && !link_flush(t))
		return;
	if (!((got & POLLIN) || ill) || t->ended[DIR_UP] || !wants_input(t))
		return;
	t->ops->kind->receive(t);
	if ((got & POLLERR) && t->state == LINK_OPEN && t->ops->kind->trouble)
		t->ops->kind->trouble(t);
}

static void link_ready(struct watch *w, short got)
{
	struct transport *t = list_entry(w, struct transport, watch);

	if (t->state == LINK_LISTENING)
		listen_ready(t, got);
	else if (t->state == LINK_OPEN)
		open_ready(t, got);
}

static bool link_try_read(struct watch *w)
{
	struct transport *t = list_entry(w, struct transport, watch);

	return t->ops->kind->receive(t);
}

static const struct watch_ops link_ops = {
    .want = link_want,
    .ready = link_ready,
    .try_read = link_try_read,
};

void link_open(struct transport *t, int fd)
{
	loop_watch(t->net->loop, &t->watch, fd, &link_ops);
}

void link_opened(struct transport *t)
{
	t->state = LINK_OPEN;
	t->sink->state_changed(t, NULL);
	if (t->state == LINK_OPEN &&
	    (rio_queued(&t->out) || t->shut_when_flushed))
		link_flush(t);
}

static enum cause orderly_cause(const struct transport *t)
{
	return t->ended[DIR_DOWN] ? CAUSE_BOTH : CAUSE_PEER;
}

/* Handles the end of the peer's direction; finishes the link if both directions
 * have ended. */
void link_ended_up(struct transport *t)
{
	struct unit end = {.flags = UNIT_END};

	if (t->ops->kind->gone) {
		t->ops->kind->gone(t, 0);
		return;
	}
	t->ended[DIR_UP] = true;
	if (t->ops->shape == SHAPE_DATAGRAMS)
		end.peer = &t->peer;
	link_up(t, &end);
	if (t->state == LINK_OPEN && t->ended[DIR_DOWN])
		link_finish(t, CAUSE_BOTH, NULL);
}

static void failure_error(const struct transport *t, int code,
			  const char *words, struct err *e)
{
	struct buf who;

	buf_init(&who, BUF_SMALL);
	if (t->ops->kind->put_name)
		t->ops->kind->put_name(t, &who);
	else
		addr_print_url_escaped(&t->peer, t->ops->scheme, &who);
	if (t->proxied)
		buf_puts(&who, " (the proxy)");
	err_set(e, err_of_link_errno(code, ERR_SEND_TIMEOUT), code,
		"%.140s: %s", buf_cstr(&who),
		words ? words : transport_strerror(code));
	buf_fini(&who);
}

void link_failed(struct transport *t, int code, const char *words)
{
	struct err why;

	if (t->ops->kind->gone && (code == ECONNRESET || code == EPIPE)) {
		t->ops->kind->gone(t, code);
		return;
	}
	t->error = code;
	failure_error(t, code, words, &why);
	link_finish(
	    t, code == ECONNRESET || code == EPIPE ? CAUSE_RESET : CAUSE_FAILED,
	    &why);
}

void link_finish(struct transport *t, enum cause cause, const struct err *why)
{
	struct net *net = t->net;
	int fd = t->watch.fd;

	if (t->state == LINK_CLOSED || t->state == LINK_NEW)
		return;
	pace_end(t);
	if (listening_of(t))
		listen_stop(t);
	if (t->dialing)
		dial_stop(t);
	if (t->ops->kind->stop)
		t->ops->kind->stop(t, cause);
	if (fd >= 0) {
		if (t->owns_path)
			unix_unlink(t, fd);
		loop_close(net->loop, &t->watch);
		t->watch.fd = -1;
		listen_resume(net);
	} else if (is_datagram_peer(t)) {
		peers_remove(t);
	}
	free(t->extra);
	t->extra = NULL;
	t->state = LINK_CLOSED;
	t->cause = cause;
	t->sink->state_changed(t, why);
	/* state_changed() may still ask for the unsent bytes, so the queue is
	 * freed after the call. */
	if (t->state == LINK_CLOSED) {
		rio_out_fini(&t->out);
		t->awaited = 0;
	}
}

/* Closes the link or shuts down the sending side, if that had to wait until the
 * queue was flushed. Result: true if the link goes on. */
static bool flushed(struct transport *t)
{
	if (t->close_when_flushed) {
		transport_close(t, false);
		return false;
	}
	if (!t->shut_when_flushed || t->ended[DIR_DOWN])
		return true;
	t->ended[DIR_DOWN] = true;
	if (t->ended[DIR_UP]) {
		link_finish(t, CAUSE_PEER, NULL);
		return false;
	}
	/* ENOTCONN: a reset arrived and was not read yet. */
	if (shutdown(t->watch.fd, SHUT_WR) < 0) {
		t->error = errno == ENOTCONN ? ECONNRESET : errno;
		loop_touch(t->net->loop, &t->watch);
	} else if (t->sink->write_shut) {
		t->sink->write_shut(t);
	}
	return t->state == LINK_OPEN;
}

bool link_flush(struct transport *t)
{
	size_t queued = rio_queued(&t->out);
	enum rio r = t->ops->kind->flush(t);

	if (r == RIO_WAIT)
		return true;
	if (r != RIO_MORE) {
		t->error = t->out.error;
		if (t->watch.fd < 0)
			peers_wait(t);
		return true;
	}
	if (queued) {
		buf_free_idle(&t->out.buf, 0);
		t->sink->drained(t);
		if (t->state != LINK_OPEN || rio_queued(&t->out))
			return t->state == LINK_OPEN;
	}
	return flushed(t);
}

int transport_connect(struct transport *t, struct net *net,
		      const struct endpoint *to,
		      const struct dial_options *options,
		      const struct transport_sink *sink, struct err *e)
{
	struct err bad;

	err_clear(&bad);
	if (to->any)
		err_set(&bad, ERR_USAGE, 0,
			"cannot connect to '*'; use a host, or :%s for this "
			"machine",
			to->port);
	else if (to->ops->kind->by_name && !strcmp(to->port, "0"))
		err_set(&bad, ERR_USAGE, 0, "cannot connect to port 0");
	if (bad.kind != ERR_NONE)
		return endpoint_failed(to, &bad, e);
	link_init(t, net, to->ops, sink);
	if (to->ops->kind->open)
		return to->ops->kind->open(t, to, options, e);
	return dial_start(t, to, options, e);
}

void transport_adopt(struct transport *t, struct transport *listener, int fd,
		     const struct addr *peer, const struct transport_sink *sink)
{
	link_init(t, listener->net, listener->ops, sink);
	t->peer = *peer;
	t->state = LINK_OPEN;
	if (fd >= 0)
		link_open(t, fd);
	else
		peers_add(listener, t);
}

static int closed(const char *why, struct err *e)
{
	return err_set(e, ERR_CLOSED, 0, "%s", why);
}

/* Checks that the link can send. Result: 0, or -1 and *e. */
static int may_send(const struct transport *t, struct err *e)
{
	switch (t->state) {
	case LINK_NEW:
		return closed("not connected", e);
	case LINK_LISTENING:
		return err_set(
		    e, ERR_USAGE, 0,
		    "cannot send to a listener; send to one of its peers");
	case LINK_CLOSED:
		return closed("the link is closed", e);
	case LINK_RESOLVING:
	case LINK_CONNECTING:
	case LINK_OPEN:
		break;
	}
	if (t->ended[DIR_DOWN] || t->shut_when_flushed || t->close_when_flushed)
		return closed("sending side is shut down", e);
	if (t->watch.fd < 0 && is_datagram_peer(t) && !peers_can_answer(t))
		return err_set(
		    e, ERR_IO, 0,
		    "cannot reply: the peer's socket has no address");
	if (t->error)
		return err_set(e, err_of_link_errno(t->error, ERR_SEND_TIMEOUT),
			       t->error, "%s", transport_strerror(t->error));
	return 0;
}

static int queue_full(const struct transport *t, size_t len, struct err *e)
{
	return err_set(e, ERR_LIMIT, 0,
		       "%zu bytes do not fit in the send queue (%zu of %zu "
		       "used); see 'set queue'",
		       len, rio_queued(&t->out), t->out.buf.limit);
}

static int send_failed(struct transport *t, size_t len, struct err *e)
{
	int code = t->out.error;

	if (is_passing(t, code))
		return err_set(e, ERR_LIMIT, code, "message of %zu bytes: %s",
			       len, net_strerror(code));
	t->error = code;
	if (t->watch.fd < 0)
		peers_wait(t);
	else
		loop_touch(t->net->loop, &t->watch);
	failure_error(t, code, NULL, e);
	return -1;
}

/* Returns the limit of a unit; 0: none. */
static size_t unit_limit(const struct transport *t)
{
	const struct addr *a = &t->peer;

	if (a->len && a->u.sa.sa_family == AF_INET6 && !addr_is_mapped(a))
		return t->ops->kind->longest6;
	return t->ops->kind->longest;
}

static int send_data(struct transport *t, struct bytes data, struct err *e)
{
	const struct transport_kind *kind = t->ops->kind;

	if (may_send(t, e) < 0)
		return -1;
	if (!data.len && t->ops->shape == SHAPE_BYTES)
		return 0;
	if (!data.len && t->ops->shape == SHAPE_MESSAGES)
		return err_set(e, ERR_USAGE, 0,
			       "cannot send an empty message: the peer would "
			       "read the end of the connection");
	if (unit_limit(t) && data.len > unit_limit(t))
		return err_set(
		    e, ERR_LIMIT, EMSGSIZE,
		    "%zu bytes: too long for a %s datagram (limit %zu)",
		    data.len, t->ops->scheme, unit_limit(t));
	switch (kind->send(t, data)) {
	case RIO_MORE:
	case RIO_END:
		return 0;
	case RIO_WAIT:
		if (t->watch.fd >= 0)
			loop_touch(t->net->loop, &t->watch);
		return 0;
	case RIO_FULL:
		return queue_full(t, data.len, e);
	case RIO_FAIL:
		break;
	}
	return send_failed(t, data.len, e);
}

int transport_send(struct transport *t, const struct unit *unit, struct err *e)
{
	bool end = unit->flags & UNIT_END;

	if (t->watch.fd < 0 && t->ops && t->ops->kind->send_unit)
		return may_send(t, e) < 0 ? -1
					  : t->ops->kind->send_unit(t, unit, e);
	if (unit->data.len || !end)
		if (send_data(t, unit->data, e) < 0)
			return -1;
	return end ? transport_shut_write(t, e) : 0;
}

int transport_check_shut_write(const struct transport *t, struct err *e)
{
	if (t->state == LINK_NEW || t->state == LINK_CLOSED)
		return closed("the link is closed", e);
	if (!t->ops->kind->halves || t->state == LINK_LISTENING)
		return err_set(
		    e, ERR_USAGE, 0, "%s has no half-close; close the session",
		    t->state == LINK_LISTENING ? "a listener" : t->ops->scheme);
	return 0;
}

bool transport_is_full(const struct transport *t, const struct err *why)
{
	/* ERR_LIMIT with an errno has a cause other than a full queue. */
	return why->kind == ERR_LIMIT && !why->code && transport_queued(t);
}

int transport_shut_write(struct transport *t, struct err *e)
{
	if (transport_check_shut_write(t, e) < 0)
		return -1;
	if (t->shut_when_flushed)
		return 0;
	t->shut_when_flushed = true;
	if (t->state == LINK_OPEN && !t->error && !rio_queued(&t->out))
		flushed(t);
	return 0;
}

static void set_reset(const struct transport *t)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	if (t->ops->kind->resets && t->watch.fd >= 0)
		setsockopt(t->watch.fd, SOL_SOCKET, SO_LINGER, &now,
			   sizeof(now));
}

void transport_close(struct transport *t, bool reset)
{
	enum cause cause = CAUSE_LOCAL;

	pace_end(t);
	if (t->state == LINK_OPEN && !reset && !t->error) {
		t->ops->kind->flush(t);
		if (t->ended[DIR_UP] && !rio_queued(&t->out))
			cause = orderly_cause(t);
	}
	if (t->state == LINK_OPEN && reset) {
		set_reset(t);
		cause = CAUSE_LOCAL_RESET;
	}
	link_finish(t, cause, NULL);
}

int transport_release(struct transport *t)
{
	int fd = t->watch.fd;

	if (t->state != LINK_OPEN || fd < 0)
		return -1;
	assert(!rio_queued(&t->out));
	if (t->owns_path)
		unix_unlink(t, fd);
	loop_unwatch(t->net->loop, &t->watch);
	t->watch.fd = -1;
	if (t->ops->kind->stop)
		t->ops->kind->stop(t, CAUSE_LOCAL);
	free(t->extra);
	t->extra = NULL;
	rio_out_fini(&t->out);
	t->state = LINK_CLOSED;
	t->cause = CAUSE_LOCAL;
	return fd;
}

void transport_touch(struct transport *t)
{
	if (t->state != LINK_OPEN && t->state != LINK_LISTENING)
		return;
	if (t->watch.fd >= 0)
		loop_touch(t->net->loop, &t->watch);
	else if (t->ops->kind->touch)
		t->ops->kind->touch(t);
	else
		peers_used(t);
}

void transport_try_first(struct transport *t)
{
	if (t->watch.fd >= 0 && t->state == LINK_OPEN)
		loop_try_first(t->net->loop, &t->watch);
}

size_t transport_queued(const struct transport *t)
{
	if (t->watch.fd < 0 && t->ops && t->ops->kind->queued)
		return t->ops->kind->queued(t);
	if (t->ops && t->ops->shape != SHAPE_BYTES)
		return message_queued(t);
	return rio_queued(&t->out);
}

struct addr transport_local(const struct transport *t)
{
	struct addr a = {.len = 0};
	int fd = link_fd(t);

	if ((t->state != LINK_OPEN && t->state != LINK_LISTENING) ||
	    t->ops->runs || fd < 0)
		return a;
	a.len = sizeof(a.u);
	if (getsockname(fd, &a.u.sa, &a.len) < 0)
		a.len = 0;
	return a;
}
