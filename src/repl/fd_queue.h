/* SPDX-License-Identifier: ISC */
/*
 * A queue in front of standard output or standard error, so that a stopped
 * terminal or a reader that does not read delays no session. tty_queue.h is its
 * counterpart for the terminal of a prompt.
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
	int own;   /* the pipe reopened non-blocking; -1: none */
	bool slow; /* not a regular file: a write may block */
	/* Called after a write from the loop: the queue is empty, or the write
	 * failed with `code`. */
	void (*drained)(struct fd_queue *);
	void (*failed)(struct fd_queue *, int code);
};

void fd_queue_init(struct fd_queue *, int fd);
void fd_queue_fini(struct fd_queue *);
/* Makes the loop write what fd_queue_put() leaves. */
void fd_queue_start(struct fd_queue *, struct loop *);
/*
 * Writes what the descriptor accepts now, and queues the rest.
 * Limits:  with more than 64 MiB queued, waits for the reader.
 * Result:  0, or -1 and errno; EINTR: a signal came during the wait.
 */
int fd_queue_put(struct fd_queue *, struct bytes);
/* Waits until everything is written. Result: as fd_queue_put(). */
int fd_queue_finish(struct fd_queue *);
size_t fd_queue_len(const struct fd_queue *);
/* Returns true if both write to the same pipe, terminal or device. */
bool fd_queue_same(const struct fd_queue *, const struct fd_queue *);
/* Discards the queue. */
void fd_queue_clear(struct fd_queue *);

#endif
