/* SPDX-License-Identifier: ISC */
/*
 * A queue of output for the terminal, so that nothing else waits if the
 * terminal accepts nothing (Ctrl-S) or little. paint.c and the console files
 * produce the output.
 */
#ifndef RUNG_REPL_TTY_QUEUE_H
#define RUNG_REPL_TTY_QUEUE_H

#include "rung/rio.h"

#include <stdbool.h>
#include <stdio.h>

/* Maximum wait for a terminal that accepts nothing. */
#define TTY_QUEUE_WAIT_MS 1000

struct tty_queue {
	struct rio_out queue;
	/* Non-blocking descriptor of the terminal, because other processes
	 * share fd 1 and its flags. -1: none; write to fd 1. */
	int own;
	int signals;       /* readable while a signal is pending */
	FILE *draw_stream; /* memory stream for an editor's output */
	char *drawn;       /* buffer of draw_stream */
	size_t room;
};

/* Sets the queue up for the terminal on fd 1. */
void tty_queue_init(struct tty_queue *, int signals);
/* Discards what is still queued. */
void tty_queue_fini(struct tty_queue *);
/* Returns the stream for an editor's output, lent until tty_queue_fini(); NULL:
 * out of memory. */
FILE *tty_queue_draw_stream(struct tty_queue *);

/* Queues `b` after the output of the draw stream. Waits for the terminal if the
 * queue is full. */
void tty_queue_put(struct tty_queue *, struct bytes);
/* Writes until the terminal accepts no more. Result: like rio_drain(). */
enum rio tty_queue_drain(struct tty_queue *);
/*
 * Writes the queue. Waits as long as the terminal keeps accepting data and no
 * signal is pending.
 * Result: MORE (all written), WAIT (the rest stays queued), FAIL.
 */
enum rio tty_queue_finish(struct tty_queue *);

/* Returns true if the terminal accepts data now. */
bool tty_queue_open(void);
/* Waits until the terminal accepts data. Returns false if a signal comes first,
 * or after TTY_QUEUE_WAIT_MS. */
bool tty_queue_await(const struct tty_queue *);
/* Resumes a terminal that was stopped, as Ctrl-Q does. */
void tty_queue_release(void);

#endif
