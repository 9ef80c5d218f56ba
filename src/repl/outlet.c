/* SPDX-License-Identifier: ISC */
/*
 * The queue of what is drawn, and how a terminal is written to that must not
 * make us wait. Nothing here knows what a prompt or a paint is.
 */
#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* The largest paint and the line below it find room. */
#define QUEUE_MAX ((size_t)64 << 20)
/* Memory kept from one paint to the next. */
#define QUEUE_KEEP ((size_t)1 << 20)
/* Where a write may wait for room: what goes in one. */
#define PIECE ((size_t)256)

/* By this name the terminal that controls us is open to us, whoever it belongs
 * to by its own (su). */
static int open_anew(void)
{
	const int flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

	return tcgetpgrp(STDOUT_FILENO) < 0 ? -1 : open("/dev/tty", flags);
}

void outlet_init(struct outlet *o, int signals)
{
	*o = (struct outlet){.signals = signals};
	rio_out_init(&o->queue, QUEUE_MAX);
	o->own = open_anew();
}

void outlet_fini(struct outlet *o)
{
	if (o->pen)
		fclose(o->pen);
	free(o->drawn);
	o->pen = NULL;
	o->drawn = NULL;
	rio_out_fini(&o->queue);
	if (o->own >= 0)
		close(o->own);
	o->own = -1;
}

FILE *outlet_pen(struct outlet *o)
{
	if (!o->pen)
		o->pen = open_memstream(&o->drawn, &o->room);
	return o->pen;
}

static void queue(struct outlet *o, struct bytes b)
{
	if (rio_put(&o->queue, b) == 0)
		return;
	/* Once more, when there is room: else it is lost. */
	if (outlet_finish(o) == RIO_MORE)
		(void)rio_put(&o->queue, b);
}

/* Queues what the pen has drawn, which begins anew. */
static void collect(struct outlet *o)
{
	off_t len;

	if (!o->pen || fflush(o->pen) != 0)
		return;
	len = ftello(o->pen);
	if (len <= 0)
		return;
	rewind(o->pen);
	queue(o, bytes_of(o->drawn, (size_t)len));
}

void outlet_put(struct outlet *o, struct bytes b)
{
	collect(o);
	queue(o, b);
}

/* fd 1 is shared with others, and stays as they want it: a write to it waits
 * until the terminal has taken the whole piece. */
static enum rio drain_shared(struct outlet *o)
{
	while (rio_queued(&o->queue)) {
		struct bytes b = bytes_head(buf_bytes(&o->queue.buf), PIECE);

		if (!outlet_open())
			return RIO_WAIT;
		if (rio_writen(STDOUT_FILENO, b) < 0) {
			o->queue.error = errno;
			return RIO_FAIL;
		}
		buf_drop(&o->queue.buf, b.len);
	}
	return RIO_MORE;
}

/*
 * A newline becomes two bytes on its way, a tab maybe more. What is left of the
 * room, too little for it, makes poll(2) say that there is some: it is filled
 * with NULs, which terminals pass over.
 */
static enum rio drain_own(struct outlet *o)
{
	size_t before = rio_queued(&o->queue);
	enum rio took = rio_drain(&o->queue, o->own);

	if (took == RIO_WAIT && rio_queued(&o->queue) == before &&
	    outlet_open()) {
		ssize_t n = write(o->own, "", 1);

		(void)n; /* now it has none: as well */
	}
	return took;
}

enum rio outlet_drain(struct outlet *o)
{
	enum rio took;

	collect(o);
	took = o->own < 0 ? drain_shared(o) : drain_own(o);
	buf_relax(&o->queue.buf, QUEUE_KEEP);
	return took;
}

bool outlet_await(const struct outlet *o)
{
	struct pollfd both[] = {{.fd = STDOUT_FILENO, .events = POLLOUT},
				{.fd = o->signals, .events = POLLIN}};
	int n;

	do
		n = poll(both, 2, OUTLET_PATIENCE_MS);
	while (n < 0 && errno == EINTR);
	return n > 0 && both[0].revents;
}

enum rio outlet_finish(struct outlet *o)
{
	enum rio took;

	do
		took = outlet_drain(o);
	while (took == RIO_WAIT && outlet_await(o));
	return took;
}

bool outlet_open(void)
{
	struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&room, 1, 0) != 0;
}

void outlet_release(void)
{
	if (outlet_open())
		return;
	/* What a key has stopped is started only after a call has. */
	tcflow(STDOUT_FILENO, TCOOFF);
	tcflow(STDOUT_FILENO, TCOON);
}
