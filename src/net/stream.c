/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes stream sockets of any family. transport.c handles the end
 * and the errors of a link.
 */
#include "net_own.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

/* Calls recv(2), which costs the kernel less than read(2). For the same reason
 * stream_write() calls send(2). */
ssize_t stream_read(int fd, void *at, size_t n)
{
	return recv(fd, at, n, 0);
}

ssize_t stream_write(int fd, const void *at, size_t n)
{
	return send(fd, at, n, 0);
}

/* Reads only once per turn, so that a busy link does not delay others. */
bool stream_receive(struct transport *t)
{
	struct rio_in *in = &t->net->in;
	enum rio r;
	int error;

	if (budget_is_tight(t->net->budget))
		in->ask = 0;
	r = rio_fill(in, t->watch.fd);
	error = in->error;

	/* The reader is shared: clear the state of this link. */
	in->ended = false;
	in->error = 0;

	if (r == RIO_MORE) {
		struct unit unit = {.data = rio_peek(in)};

		link_up(t, &unit);
		rio_skip(in, unit.data.len);
		return true;
	}
	assert(r != RIO_FULL);
	if (r == RIO_FAIL)
		link_failed(t, error, NULL);
	else if (t->error)
		link_failed(t, t->error, NULL);
	else if (r == RIO_END)
		link_ended_up(t);
	return r != RIO_WAIT;
}

enum rio stream_send(struct transport *t, struct bytes data)
{
	if (t->state == LINK_OPEN && t->paced)
		return rio_put(&t->out, data) < 0 ? RIO_FULL : pace_flush(t);
	if (t->state == LINK_OPEN)
		return rio_send(&t->out, t->watch.fd, data);
	return rio_put(&t->out, data) < 0 ? RIO_FULL : RIO_MORE;
}

enum rio stream_flush(struct transport *t)
{
	return t->paced ? pace_flush(t) : rio_drain(&t->out, t->watch.fd);
}

void stream_reset(struct transport *t)
{
	int code = 0;
	socklen_t len = sizeof(code);

	if (getsockopt(t->watch.fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0 ||
	    (code != ECONNRESET && code != EPIPE))
		return;
	link_failed(t, ECONNRESET,
		    "reset by the peer after its FIN; sent data may be lost");
}
