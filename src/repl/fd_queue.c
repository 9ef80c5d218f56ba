/* SPDX-License-Identifier: ISC */
/*
 * Queues output that standard output or standard error does not accept at once,
 * and writes it when the loop reports the descriptor writable. streams.c
 * decides what may be discarded, and when tasks wait.
 */
#include "fd_queue.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUEUE_KEEP ((size_t)64 << 10)

static bool is_slow(int fd)
{
	struct stat it;

	return fstat(fd, &it) == 0 && !S_ISREG(it.st_mode);
}

void fd_queue_init(struct fd_queue *q, int fd)
{
	*q = (struct fd_queue){.fd = fd, .slow = is_slow(fd)};
	rio_out_init(&q->queue, SIZE_MAX);
	q->own = rio_reopen(fd);
}

void fd_queue_fini(struct fd_queue *q)
{
	if (q->loop)
		loop_unwatch(q->loop, &q->watch);
	q->loop = NULL;
	rio_out_fini(&q->queue);
	if (q->own >= 0)
		close(q->own);
	q->own = -1;
}

static int target(const struct fd_queue *q)
{
	return q->own < 0 ? q->fd : q->own;
}

static enum rio drain(struct fd_queue *q)
{
	enum rio r = q->own < 0 ? rio_drain_shared(&q->queue, q->fd)
				: rio_drain(&q->queue, q->own);

	buf_free_idle(&q->queue.buf, QUEUE_KEEP);
	return r;
}

static short want_write(struct watch *w)
{
	const struct fd_queue *q = list_entry(w, struct fd_queue, watch);

	return fd_queue_len(q) ? POLLOUT : 0;
}

static void on_writable(struct watch *w, short got)
{
	struct fd_queue *q = list_entry(w, struct fd_queue, watch);
	enum rio r;

	(void)got;
	if (!fd_queue_len(q))
		return;
	r = drain(q);
	if (r == RIO_FAIL) {
		fd_queue_clear(q);
		q->failed(q, q->queue.error);
	} else if (r == RIO_MORE) {
		q->drained(q);
	}
}

static const struct watch_ops write_ops = {.want = want_write,
					   .ready = on_writable};

void fd_queue_start(struct fd_queue *q, struct loop *loop)
{
	if (!q->slow)
		return;
	q->loop = loop;
	loop_watch(loop, &q->watch, target(q), &write_ops);
}

int fd_queue_finish(struct fd_queue *q)
{
	struct bytes b = buf_bytes(&q->queue.buf);
	int status = 0;

	if (b.len)
		status = rio_writen_until(target(q), b, loop_signals(q->loop));
	fd_queue_clear(q);
	return status;
}

int fd_queue_put(struct fd_queue *q, struct bytes b)
{
	bool idle = !fd_queue_len(q);
	enum rio r = RIO_MORE;

	if (!q->loop)
		return rio_writen(q->fd, b);
	if (rio_put(&q->queue, b) < 0) {
		errno = ENOMEM;
		return -1;
	}
	if (idle)
		r = drain(q);
	loop_touch(q->loop, &q->watch);
	if (r != RIO_FAIL)
		return 0;
	fd_queue_clear(q);
	errno = q->queue.error;
	return -1;
}

size_t fd_queue_len(const struct fd_queue *q)
{
	return rio_queued(&q->queue);
}

bool fd_queue_same(const struct fd_queue *a, const struct fd_queue *b)
{
	struct stat one, other;

	return fstat(a->fd, &one) == 0 && fstat(b->fd, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

void fd_queue_clear(struct fd_queue *q)
{
	buf_clear(&q->queue.buf);
	if (q->loop)
		loop_touch(q->loop, &q->watch);
}
