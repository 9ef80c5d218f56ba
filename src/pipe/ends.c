/* SPDX-License-Identifier: ISC */
/*
 * The ends of a pair: standard input and output, and links. After a stream
 * opens, its socket is taken from the transport; a link with message boundaries
 * or rungs keeps its transport. flow.c decides when to read and write.
 */
#include "pipe_own.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* RFC 768 and 791: the largest payload of an IPv4 datagram. */
#define UDP_MAX ((size_t)65507)
/* Maximum number of extra peers of a datagram listener. */
#define EXTRA_PEERS_MAX 1000

size_t end_longest(const struct end *end)
{
	if (!end->messages)
		return 0;
	if (end->rungs)
		return end_message_max(end);
	return end->link.ops->family == AF_UNIX ? MESSAGE_MAX : UDP_MAX;
}

/* ---- descriptors ---- */

static enum fd_kind ends_kind_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return FD_OTHER;
	if (S_ISSOCK(st.st_mode))
		return FD_SOCKET;
	if (S_ISFIFO(st.st_mode))
		return FD_FIFO;
	return S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? FD_FILE : FD_OTHER;
}

/*
 * Opens a pipe or a terminal again, with O_NONBLOCK. The flag must not be set
 * on the original open file, which other processes may share. If reopening
 * fails, writes are small (small_writes).
 */
static int reopen(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

void end_standard(struct end *end)
{
	end->standard = true;
	end->opened = true;
	end->in = STDIN_FILENO;
	end->out = STDOUT_FILENO;
	end->in_kind = ends_kind_of(end->in);
	end->out_kind = ends_kind_of(end->out);
	snprintf(end->name, sizeof(end->name), "standard input or output");
	if (end->out_kind != FD_FIFO && isatty(end->out) != 1)
		return;
	end->reopened = reopen(end->out);
	if (end->reopened >= 0)
		end->out = end->reopened;
	else
		end->small_writes = true;
}

void end_shared(struct end *end, const struct end *owner)
{
	end->standard = true;
	end->fed = true;
	end->opened = true;
	end->out = owner->out;
	end->in_kind = FD_OTHER;
	end->out_kind = owner->out_kind;
	end->small_writes = owner->small_writes;
	memcpy(end->name, owner->name, sizeof(end->name));
}

enum rio end_read(struct end *end, uint8_t *at, size_t most, size_t *n,
		  int *code)
{
	ssize_t r;

	do {
		if (end->in_kind == FD_SOCKET)
			r = recv(end->in, at, most, MSG_DONTWAIT);
		else
			r = read(end->in, at, most);
	} while (r < 0 && errno == EINTR);
	if (r > 0) {
		*n = (size_t)r;
		return RIO_MORE;
	}
	if (!r)
		return RIO_END;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return RIO_WAIT;
	*code = errno;
	return RIO_FAIL;
}

static bool has_room(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

enum rio end_write(struct end *end, struct bytes data, size_t *n, int *code)
{
	ssize_t r;

	if (end->small_writes) {
		if (!has_room(end->out))
			return RIO_WAIT;
		data = bytes_head(data, _POSIX_PIPE_BUF);
	}
	do {
		if (end->out_kind == FD_SOCKET)
			r = send(end->out, data.at, data.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);
		else
			r = write(end->out, data.at, data.len);
	} while (r < 0 && errno == EINTR);
	if (r > 0) {
		*n = (size_t)r;
		return RIO_MORE;
	}
	if (r < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return RIO_WAIT;
	*code = r ? errno : EIO;
	return RIO_FAIL;
}

static short in_want(struct watch *w)
{
	const struct end *end = list_entry(w, struct end, in_watch);

	return end->reads && flow_wants_input(end->reads) ? POLLIN : 0;
}

static void in_ready(struct watch *w, short got)
{
	struct end *end = list_entry(w, struct end, in_watch);

	(void)got;
	flow_step(end->reads, true);
}

/* Returns the events to wait for. A FIFO is polled even if no POLLOUT is
 * wanted, because POLLERR reports that its reader has gone. Other kinds of
 * descriptors do not report this. */
static short out_want(struct watch *w)
{
	const struct end *end = list_entry(w, struct end, out_watch);
	short errors = end->standard && end->out_kind == FD_FIFO ? POLLPRI : 0;

	if (!end->pair || end->pair->over)
		return 0;
	return end->writes && end->writes->blocked ? errors | POLLOUT : errors;
}

static void out_ready(struct watch *w, short got)
{
	struct end *end = list_entry(w, struct end, out_watch);

	if (end->standard && end->out_kind == FD_FIFO && (got & POLLERR)) {
		pair_unread(end->pair);
		return;
	}
	end->writes->blocked = false;
	flow_step(end->writes, false);
}

static const struct watch_ops in_ops = {.want = in_want, .ready = in_ready};
static const struct watch_ops out_ops = {.want = out_want, .ready = out_ready};

void end_watch(struct end *end)
{
	struct loop *loop = end->pair->pipe->net->loop;

	if (end->linked)
		return;
	if (end->in >= 0)
		loop_watch(loop, &end->in_watch, end->in, &in_ops);
	loop_watch(loop, &end->out_watch, end->out, &out_ops);
}

/* ---- links ---- */

static struct end *end_of(const struct transport *t)
{
	return list_entry(t, struct end, link);
}

static void child_ended(struct child *c, void *owner, const struct err *why)
{
	struct end *end = owner;

	end->child = end->gone ? NULL : child_keep_group(c);
	pipe_child_ended(end->pair->pipe, why);
}

static const struct child_sink end_child_sink = {.ended = child_ended};

static void orphan_ended(struct child *c, void *owner, const struct err *why)
{
	(void)c;
	pipe_child_ended(owner, why);
}

static const struct child_sink orphan_sink = {.ended = orphan_ended};

/* Detaches the child, whose exit is still reported to the pipe. The child's
 * process group gets SIGTERM after a second, unless the child has closed its
 * output. */
static void detach_child(struct end *end)
{
	if (!end->child)
		return;
	child_set_sink(end->child, &orphan_sink, end->pair->pipe);
	child_detach(end->child, end->in, end->gone, false);
	end->child = NULL;
}

/* Takes the socket of a stream from its transport, because flow.c reads and
 * writes the socket itself. */
static void take_over(struct end *end)
{
	if (!end->linked) {
		end->in = end->out = transport_release(&end->link);
		end->in_kind = end->out_kind = FD_SOCKET;
		assert(end->in >= 0);
		end->in_watch.fd = end->in;
	}
	end->opened = true;
}

static void link_state_changed(struct transport *t, const struct err *why)
{
	struct end *end = end_of(t);
	struct err e;

	switch (t->state) {
	case LINK_NEW:
	case LINK_RESOLVING:
	case LINK_CONNECTING:
	case LINK_LISTENING:
		return;
	case LINK_OPEN:
		if (end->rungs) {
			end_link_opened(end);
			return;
		}
		take_over(end);
		pair_opened(end);
		return;
	case LINK_CLOSED:
		break;
	}
	if (end->pair->over)
		return;
	if (!why && (t->cause == CAUSE_PEER || t->cause == CAUSE_BOTH)) {
		flow_end(end->reads);
		return;
	}
	if (!why)
		err_set(&e, ERR_CLOSED, 0, "%s: closed", end->name);
	pair_lost(end, why ? why : &e);
}

static void link_received(struct transport *t, const struct unit *unit)
{
	struct end *end = end_of(t);

	if (end->pair->over)
		return;
	if (end->rungs) {
		end_up(end, unit);
		return;
	}
	if (unit->flags & UNIT_END) {
		flow_end(end->reads);
		return;
	}
	end->reply_to = t;
	flow_feed(end->reads, unit->data);
}

static void link_drained(struct transport *t)
{
	struct end *end = end_of(t);

	pair_busy(end->pair);
	end_link_drained(end);
	if (end->pair->over)
		return;
	end->writes->blocked = false;
	flow_step(end->writes, false);
}

static bool link_wants_input(const struct transport *t)
{
	return end_wants_input(end_of(t));
}

static void link_note(struct transport *t, bool detail, const char *text)
{
	pipe_note(end_of(t)->pair->pipe, detail, text);
}

static const struct transport_sink link_sink = {
    .state_changed = link_state_changed,
    .received = link_received,
    .drained = link_drained,
    .wants_input = link_wants_input,
    .note = link_note,
};

static void put_name(struct end *end, const struct buf *name)
{
	struct bytes b = bytes_head(buf_bytes(name), sizeof(end->name) - 1);

	if (b.at)
		memcpy(end->name, b.at, b.len);
	end->name[b.len] = '\0';
}

static void set_shape(struct end *end, enum shape link)
{
	end->linked = end->messages = link != SHAPE_BYTES;
	end->reply_to = end->linked ? &end->link : NULL;
}

int end_dial(struct end *end, const struct endpoint *to,
	     const struct serving *serves, struct err *e)
{
	const struct pipe_options *o = end->pair->pipe->o;
	struct net *net = end->pair->pipe->net;
	struct dial_options how = {
	    .from = o->listens ? NULL : o->from,
	    .socket_options = &o->socket_options,
	    .serves = serves,
	};
	struct buf name;

	if (to->ops->runs)
		how.from = NULL;
	if (o->proxied && endpoint_is_tcp(to))
		how.proxy = &o->proxy;
	end->at = to;
	set_shape(end, to->ops->shape);
	buf_init(&name, BUF_SMALL);
	endpoint_print_escaped(to, NULL, &name);
	put_name(end, &name);
	buf_fini(&name);
	if (end_climb(end, to->ops->shape,
		      to == &o->at ? o->at_rungs : o->to_rungs, e) ||
	    transport_connect(&end->link, net, to, &how, &link_sink, e))
		return -1;
	end->runs = to->ops->runs;
	end->child = transport_child(&end->link, &end_child_sink, end);
	end->pair->pipe->children += end->child != NULL;
	return 0;
}

struct transport *end_accept(struct end *end, struct transport *listener,
			     int fd, const struct addr *peer)
{
	const struct pipe_options *o = end->pair->pipe->o;
	struct buf name;
	struct err e;
	int bad;

	set_shape(end, listener->ops->shape);
	buf_init(&name, BUF_SMALL);
	addr_print_url_escaped(peer, listener->ops->scheme, &name);
	put_name(end, &name);
	buf_fini(&name);
	bad = end_climb(end, listener->ops->shape, o->at_rungs, &e);
	transport_adopt(&end->link, listener, fd, peer, &link_sink);
	if (bad)
		pair_lost(end, &e);
	else if (end->rungs)
		end_link_accepted(end);
	else
		take_over(end);
	return &end->link;
}

/* ---- further peers of a datagram listener; they share one end ---- */

static struct extra_peer *extra_of(const struct transport *t)
{
	return list_entry(t, struct extra_peer, link);
}

static void extra_state_changed(struct transport *t, const struct err *why)
{
	struct extra_peer *extra = extra_of(t);
	struct end *end = extra->end;

	(void)why;
	if (t->state != LINK_CLOSED)
		return;
	if (end->reply_to == t)
		end->reply_to = end->link.state == LINK_OPEN ? &end->link
							     : NULL;
}

/* Receives a message of a further peer. Replies go to the peer that sent last.
 */
static void extra_received(struct transport *t, const struct unit *unit)
{
	struct extra_peer *extra = extra_of(t);

	if (extra->end->pair->over || (unit->flags & UNIT_END))
		return;
	extra->end->reply_to = t;
	flow_feed(extra->end->reads, unit->data);
}

static void extra_drained(struct transport *t)
{
	link_drained(&extra_of(t)->end->link);
}

static bool extra_wants_input(const struct transport *t)
{
	return flow_wants_input(extra_of(t)->end->reads);
}

static void extra_notice(struct transport *t, bool detail, const char *text)
{
	link_note(&extra_of(t)->end->link, detail, text);
}

static const struct transport_sink extra_sink = {
    .state_changed = extra_state_changed,
    .received = extra_received,
    .drained = extra_drained,
    .wants_input = extra_wants_input,
    .note = extra_notice,
};

/* Returns a new entry; above EXTRA_PEERS_MAX reuses the oldest peer's entry. */
static struct extra_peer *new_extra_peer(struct end *end)
{
	struct list *ring = &end->pair->extra_peers;
	struct extra_peer *extra;
	unsigned n = 0;

	list_each (it, ring)
		n++;
	if (n < EXTRA_PEERS_MAX) {
		extra = xalloc(sizeof(*extra));
		list_init(&extra->at);
	} else {
		extra = list_entry(ring->next, struct extra_peer, at);
		transport_close(&extra->link, false);
		list_remove(&extra->at);
		memset(&extra->link, 0, sizeof(extra->link));
	}
	extra->end = end;
	list_append(ring, &extra->at);
	return extra;
}

struct transport *end_extra_peer(struct end *end, struct transport *listener,
				 const struct addr *peer)
{
	struct extra_peer *extra = new_extra_peer(end);

	transport_adopt(&extra->link, listener, -1, peer, &extra_sink);
	return &extra->link;
}

/* ---- closing ---- */

/* Shuts down the sending side. Result: 0 or an errno. ENOTCONN means that a
 * reset has arrived and was not read yet: the result is then ECONNRESET. */
static int half_close(int fd)
{
	if (shutdown(fd, SHUT_WR) == 0)
		return 0;
	return errno == ENOTCONN ? ECONNRESET : errno;
}

/*
 * Closes standard output for a client that keeps sending (-k), so that the
 * reader of its output sees the end. Descriptor 1 is then opened on /dev/null,
 * because otherwise the next socket would get the number 1.
 */
static void close_output(struct end *end)
{
	const struct pipe_options *o = end->pair->pipe->o;
	int null;

	if (!o->keep_open || o->listens)
		return;
	loop_unwatch(end->pair->pipe->net->loop, &end->out_watch);
	if (end->reopened >= 0)
		close(end->reopened);
	end->reopened = -1;
	end->out = STDOUT_FILENO;
	/* If standard input is the same socket, the socket stays open: shut it
	 * down. */
	if (end->out_kind == FD_SOCKET)
		shutdown(end->out, SHUT_WR);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		close(null);
	}
}

int end_half(struct end *end)
{
	struct err e;

	if (end->standard) {
		close_output(end);
		return 0;
	}
	if (!end->linked)
		return half_close(end->out);
	if (end->rungs)
		return end_half_rungs(end);
	/* A datagram socket cannot signal the end of the data. */
	if (end->link.ops->shape == SHAPE_MESSAGES &&
	    transport_shut_write(&end->link, &e))
		return e.code ? e.code : EPIPE;
	return 0;
}

void end_close(struct end *end, bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	struct loop *loop = end->pair->pipe->net->loop;

	loop_unwatch(loop, &end->out_watch);
	if (end->reopened >= 0)
		close(end->reopened);
	end->reopened = -1;
	if (end->standard) {
		loop_unwatch(loop, &end->in_watch);
		return;
	}
	detach_child(end);
	if (end->in >= 0) {
		if (reset)
			setsockopt(end->in, SOL_SOCKET, SO_LINGER, &now,
				   sizeof(now));
		loop_close(loop, &end->in_watch);
		end->in = end->out = -1;
	}
	end_rungs_close(end, reset);
	transport_close(&end->link, reset);
}

void end_free(struct end *end)
{
	struct list *ring = &end->pair->extra_peers;

	end_rungs_free(end);
	while (!list_empty(ring)) {
		struct extra_peer *extra = list_entry(ring->next,
						      struct extra_peer, at);

		transport_close(&extra->link, false);
		list_remove(&extra->at);
		free(extra);
	}
}
