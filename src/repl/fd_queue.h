/* SPDX-License-Identifier: ISC */
/*
 * A queue before standard output or standard error, so that a reader that does
 * not read, or a stopped terminal, holds up no session. outlet.h does this for
 * the terminal of a prompt.
 */
#ifndef RUNG_REPL_FD_QUEUE_H
#define RUNG_REPL_FD_QUEUE_H

#include "rung/loop.h"
#include "rung/rio.h"

struct fd_queue {
	struct rio_out queue;
	struct watch watch;
	struct loop *loop; /* NULL: not started, each write waits */
	int fd;
	int own;   /* the pipe opened again, non-blocking; -1: none */
	bool slow; /* it is no file: a write may wait */
	/* Called after a later write, all of which was taken, or failed with
	 * `code`. */
	void (*drained)(struct fd_queue *);
	void (*failed)(struct fd_queue *, int code);
};

void fd_queue_init(struct fd_queue *, int fd);
void fd_queue_fini(struct fd_queue *);
/* From here on the loop writes what a put leaves. */
void fd_queue_start(struct fd_queue *, struct loop *);
/*
 * Writes what the descriptor takes now, and queues the rest.
 * Limits:  if more than 64 MiB were queued, it waits for the reader.
 * Result:  0, or -1 and errno; EINTR: a signal came while it waited.
 */
int fd_queue_put(struct fd_queue *, struct bytes);
/* Waits until all is written. Result: as fd_queue_put(). */
int fd_queue_finish(struct fd_queue *);
size_t fd_queue_len(const struct fd_queue *);
/* Returns true if both write to the same pipe, terminal or device. */
bool fd_queue_same(const struct fd_queue *, const struct fd_queue *);
/* Discards what is queued. */
void fd_queue_clear(struct fd_queue *);

#endif
