/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes sockets with message boundaries: datagrams and sequenced
 * packets. In the queue, each message is preceded by its length.
 */
#include "net_own.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

typedef uint32_t length;

bool is_worth_a_note(unsigned long times)
{
	while (times >= 10 && times % 10 == 0)
		times /= 10;
	return times == 1;
}

void message_dropped(struct transport *t, struct extra *extra, const char *why)
{
	if (!is_worth_a_note(++extra->dropped))
		return;
	if (extra->dropped == 1)
		link_note(t, false, "a datagram was dropped: %s", why);
	else
		link_note(t, false, "%lu datagrams dropped so far: %s",
			  extra->dropped, why);
}

/* Reports datagrams that the kernel dropped. The kernel counts them in 32 bits
 * since the socket was created. */
static void note_missed(struct transport *t, const struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct extra *extra;
	uint32_t total, more;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
		return;
	memcpy(&total, CMSG_DATA(c), sizeof(total));
	/* Most links lose nothing; they need no `extra` for the counter. */
	extra = total ? link_extra(t) : NULL;
	if (!extra)
		return;
	more = total - extra->missed;
	extra->missed = total;
	if (more)
		link_note(t, false,
			  "the kernel dropped %lu datagrams before this one "
			  "(receive buffer full)",
			  (unsigned long)more);
}

static enum rio no_message(struct transport *t, int code)
{
	if (code == EAGAIN || code == EWOULDBLOCK)
		return RIO_WAIT;
	t->net->in.error = code;
	return RIO_FAIL;
}

/*
 * Returns true if a recv(2) of 0 bytes was the end, not an empty message:
 * poll(2) reports POLLRDHUP or POLLHUP, and nothing is left to read.
 */
static bool is_end(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};
	int left = 0;

	if (poll(&p, 1, 0) >= 0 && !(p.revents & (POLLRDHUP | POLLHUP)))
		return false;
	return ioctl(fd, FIONREAD, &left) < 0 || !left;
}

enum rio message_take(struct transport *t, struct addr *from, struct unit *unit)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(uint32_t))];
	} control;
	struct buf *buf = &t->net->in.buf;
	uint8_t *at = buf_reserve(buf, RIO_CHUNK);
	struct iovec iov = {.iov_base = at, .iov_len = RIO_CHUNK};
	struct msghdr msg = {.msg_name = from ? &from->u : NULL,
			     .msg_namelen = from ? sizeof(from->u) : 0,
			     .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.room,
			     .msg_controllen = sizeof(control.room)};
	ssize_t n;

	if (!at)
		return no_message(t, ENOMEM);
	/* Without space for control data the kernel closes descriptors that a
	 * Unix peer sends. */
	if (t->ops->family == AF_UNIX)
		msg.msg_controllen = 0;
	do
		n = recvmsg(t->watch.fd, &msg, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return no_message(t, errno);
	if (from)
		from->len = msg.msg_namelen;
	if (!n && t->ops->shape == SHAPE_MESSAGES && is_end(t->watch.fd))
		return RIO_END;
	*unit = (struct unit){.data = bytes_of(at, (size_t)n)};
	if (msg.msg_flags & MSG_TRUNC) {
		unit->flags |= UNIT_CUT;
		link_note(t, false,
			  "message longer than %zu bytes; the kernel dropped "
			  "the rest",
			  RIO_CHUNK);
	}
	note_missed(t, &msg);
	return RIO_MORE;
}

/* Receives one message. Result: true: a message came, and the link is still
 * open. *code: errno of this read or of an earlier failed write, or 0. */
static bool take_one(struct transport *t, int *code)
{
	struct unit unit;
	enum rio r = message_take(t, NULL, &unit);

	*code = 0;
	if (r == RIO_MORE) {
		if (t->ops->shape == SHAPE_DATAGRAMS)
			unit.peer = &t->peer;
		link_up(t, &unit);
		return t->state == LINK_OPEN;
	}
	if (r == RIO_FAIL)
		*code = t->net->in.error;
	else if (t->error)
		*code = t->error;
	else if (r == RIO_END)
		link_ended_up(t);
	t->net->in.error = 0;
	return false;
}

bool message_receive(struct transport *t)
{
	unsigned came = 0;
	int code = 0;

	while (came < TURN_MAX && take_one(t, &code))
		if (++came < TURN_MAX && !t->sink->wants_input(t))
			return true;
	if (code && (!t->ops->kind->trouble || t->ops->kind->trouble(t)) &&
	    !is_passing(t, code))
		link_failed(t, code, NULL);
	return came || code || t->ended[DIR_UP];
}

static ssize_t put_out(const struct transport *t, struct bytes data)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	ssize_t n;

	do {
		if (t->watch.fd >= 0)
			n = send(t->watch.fd, data.at, data.len, flags);
		else
			n = sendto(link_fd(t), data.at, data.len, flags,
				   &t->peer.u.sa, t->peer.len);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Sends one message. Result: MORE or WAIT; FAIL: out.error is set. */
static enum rio put_one(struct transport *t, struct bytes data)
{
	if (put_out(t, data) >= 0)
		return RIO_MORE;
	t->out.error = errno;
	return errno == EAGAIN || errno == EWOULDBLOCK ? RIO_WAIT : RIO_FAIL;
}

static enum rio put_queue(struct transport *t, struct bytes data)
{
	length n = (length)data.len;
	uint8_t *at;

	if (data.len > UINT32_MAX)
		return RIO_FULL;
	at = buf_reserve(&t->out.buf, sizeof(n) + data.len);
	if (!at)
		return RIO_FULL;
	memcpy(at, &n, sizeof(n));
	if (data.len)
		memcpy(at + sizeof(n), data.at, data.len);
	buf_commit(&t->out.buf, sizeof(n) + data.len);
	t->awaited++;
	if (t->state == LINK_OPEN && t->watch.fd < 0)
		peers_wait(t);
	return RIO_WAIT;
}

enum rio message_send(struct transport *t, struct bytes data)
{
	enum rio r = RIO_WAIT;

	if (t->state == LINK_OPEN && t->watch.fd < 0)
		peers_used(t);
	if (t->state == LINK_OPEN && !rio_queued(&t->out))
		r = put_one(t, data);
	return r == RIO_WAIT ? put_queue(t, data) : r;
}

/* Returns the first message of the queue. */
static struct bytes first_queued(struct bytes queue)
{
	length n;

	assert(queue.len >= sizeof(n));
	memcpy(&n, queue.at, sizeof(n));
	assert(queue.len - sizeof(n) >= n);
	return bytes_of(queue.at + sizeof(n), n);
}

enum rio message_flush(struct transport *t)
{
	while (rio_queued(&t->out)) {
		struct bytes one = first_queued(buf_bytes(&t->out.buf));
		enum rio r = put_one(t, one);

		if (r == RIO_FAIL && is_passing(t, t->out.error)) {
			link_note(t, false, "message of %zu bytes dropped: %s",
				  one.len, net_strerror(t->out.error));
			r = RIO_MORE;
		}
		if (r != RIO_MORE)
			return r;
		buf_drop(&t->out.buf, sizeof(length) + one.len);
		t->awaited--;
	}
	return RIO_MORE;
}

bool is_passing(const struct transport *t, int code)
{
	if (t->ops->shape == SHAPE_BYTES)
		return false;
	return code == EMSGSIZE || code == ENOBUFS || code == ENOMEM;
}

void transport_peer_left(struct transport *t)
{
	assert(t->ops->shape == SHAPE_DATAGRAMS);
	t->ended[DIR_UP] = true;
}

size_t message_queued(const struct transport *t)
{
	return rio_queued(&t->out) - t->awaited * sizeof(length);
}
