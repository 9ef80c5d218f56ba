/* SPDX-License-Identifier: ISC */
/*
 * A queue for standard output or standard error, so that no session waits for a
 * stopped terminal or a slow reader. tty_queue.h has the queue for the terminal
 * of a prompt.
 */
#ifndef RUNG_REPL_FD_QUEUE_H
#define RUNG_REPL_FD_QUEUE_H

#include "rung/loop.h"
#include "rung/rio.h"

struct fd_queue {
	struct rio_out queue;
	struct watch watch;
	struct loop *loop; /* NULL: not started, each write blocks */
	int fd;
	int own;   /* non-blocking descriptor of the same pipe; -1: none */
	bool slow; /* not a regular file: a write may block */
	/* Called after a write from the loop: drained() if the queue is empty,
	 * failed() with the errno of a failed write. */
	void (*drained)(struct fd_queue *);
	void (*failed)(struct fd_queue *, int code);
};

void fd_queue_init(struct fd_queue *, int fd);
void fd_queue_fini(struct fd_queue *);
/* Lets the loop write the data that fd_queue_put() queues. */
void fd_queue_start(struct fd_queue *, struct loop *);
/*
 * Writes what the descriptor accepts now, and queues the rest.
 * Limits:  none; the callers print no more while much is queued.
 * Result:  0, or -1 and errno.
 */
int fd_queue_put(struct fd_queue *, struct bytes);
/* Waits until everything is written. Result: 0, or -1 and errno; EINTR: a
 * signal came during the wait. */
int fd_queue_finish(struct fd_queue *);
size_t fd_queue_len(const struct fd_queue *);
/* Returns true if both queues write to the same pipe, terminal or device. */
bool fd_queue_same(const struct fd_queue *, const struct fd_queue *);
/* Discards the queue. */
void fd_queue_clear(struct fd_queue *);

#endif
