/* SPDX-License-Identifier: ISC */
/*
 * Queues output for a terminal and writes it, if possible without blocking.
 * paint.c and the console files produce the output.
 */
#include "tty_queue.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* Maximum length of the queue: room for the largest paint and the line below
 * it. */
#define QUEUE_MAX ((size_t)64 << 20)
/* Memory kept between paints. */
#define QUEUE_KEEP ((size_t)1 << 20)
/* Maximum number of bytes per write if a write may block. */
#define PIECE ((size_t)256)

/* Opens the terminal again, as /dev/tty, which works even if the terminal's
 * device belongs to another user (su). */
static int open_anew(void)
{
	const int flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

	return tcgetpgrp(STDOUT_FILENO) < 0 ? -1 : open("/dev/tty", flags);
}

void tty_queue_init(struct tty_queue *o, int signals)
{
	*o = (struct tty_queue){.signals = signals};
	rio_out_init(&o->queue, QUEUE_MAX);
	o->own = open_anew();
}

void tty_queue_fini(struct tty_queue *o)
{
	if (o->draw_stream)
		fclose(o->draw_stream);
	free(o->drawn);
	o->draw_stream = NULL;
	o->drawn = NULL;
	rio_out_fini(&o->queue);
	if (o->own >= 0)
		close(o->own);
	o->own = -1;
}

FILE *tty_queue_draw_stream(struct tty_queue *o)
{
	if (!o->draw_stream)
		o->draw_stream = open_memstream(&o->drawn, &o->room);
	return o->draw_stream;
}

static void queue(struct tty_queue *o, struct bytes b)
{
	if (rio_put(&o->queue, b) == 0)
		return;
	/* Make room and try again; if that fails, the output is lost. */
	if (tty_queue_finish(o) == RIO_MORE)
		(void)rio_put(&o->queue, b);
}

/* Queues the output that the draw stream has buffered, and rewinds the stream.
 */
static void collect(struct tty_queue *o)
{
	off_t len;

	if (!o->draw_stream || fflush(o->draw_stream) != 0)
		return;
	len = ftello(o->draw_stream);
	if (len <= 0)
		return;
	rewind(o->draw_stream);
	queue(o, bytes_of(o->drawn, (size_t)len));
}

void tty_queue_put(struct tty_queue *o, struct bytes b)
{
	collect(o);
	queue(o, b);
}

/* Writes the queue to fd 1. Other processes share fd 1, so it stays blocking: a
 * write waits until the terminal has accepted the whole piece. */
static enum rio drain_shared(struct tty_queue *o)
{
	while (rio_queued(&o->queue)) {
		struct bytes b = bytes_head(buf_bytes(&o->queue.buf), PIECE);

		if (!tty_queue_open())
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
 * Writes the queue to the reopened terminal, which expands a newline to two
 * bytes and a tab to more. If the terminal's free space is too small for that,
 * poll(2) still reports the terminal writable. A NUL, which terminals ignore,
 * then uses up the space.
 */
static enum rio drain_own(struct tty_queue *o)
{
	size_t before = rio_queued(&o->queue);
	enum rio took = rio_drain(&o->queue, o->own);

	if (took == RIO_WAIT && rio_queued(&o->queue) == before &&
	    tty_queue_open()) {
		ssize_t n = write(o->own, "", 1);

		(void)n; /* on failure the terminal is full already */
	}
	return took;
}

enum rio tty_queue_drain(struct tty_queue *o)
{
	enum rio took;

	collect(o);
	took = o->own < 0 ? drain_shared(o) : drain_own(o);
	buf_free_idle(&o->queue.buf, QUEUE_KEEP);
	return took;
}

bool tty_queue_await(const struct tty_queue *o)
{
	struct pollfd both[] = {{.fd = STDOUT_FILENO, .events = POLLOUT},
				{.fd = o->signals, .events = POLLIN}};
	int n;

	do
		n = poll(both, 2, TTY_QUEUE_WAIT_MS);
	while (n < 0 && errno == EINTR);
	return n > 0 && both[0].revents;
}

enum rio tty_queue_finish(struct tty_queue *o)
{
	enum rio took;

	do
		took = tty_queue_drain(o);
	while (took == RIO_WAIT && tty_queue_await(o));
	return took;
}

bool tty_queue_open(void)
{
	struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&room, 1, 0) != 0;
}

void tty_queue_release(void)
{
	if (tty_queue_open())
		return;
	/* tcflow() resumes only output that tcflow() has suspended. */
	tcflow(STDOUT_FILENO, TCOOFF);
	tcflow(STDOUT_FILENO, TCOON);
}
