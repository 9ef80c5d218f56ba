/* SPDX-License-Identifier: ISC */
/*
 * Standard output and standard error of a front end without a prompt. Above a
 * limit messages are discarded, but payload is kept. fd_queue.h has the queues.
 */
#ifndef RUNG_REPL_STREAMS_H
#define RUNG_REPL_STREAMS_H

#include "fd_queue.h"
#include "rung/out.h"

struct streams {
	struct fd_queue out, err;
	uint64_t discarded; /* bytes of messages discarded, not yet reported */
	bool same;          /* messages go to the queue of stdout */
	bool out_failed;    /* discard output to stdout */
	bool err_failed;    /* discard output to stderr */
	bool interrupted;   /* a signal ended the wait for a reader */
	/* Called once, after a write to stdout failed with `code`. */
	void (*failed)(struct streams *, int code);
	/* Called when a queue is empty again. */
	void (*drained)(struct streams *);
};

/* Sets the queues up. If stdout and stderr are the same pipe, terminal or
 * device, messages share the queue of stdout, which keeps the order. */
void streams_init(struct streams *);
/* Discards what is still queued. */
void streams_fini(struct streams *);
/* Makes the loop write the queues. */
void streams_start(struct streams *, struct loop *);
/* Writes payload to stdout, and queues what its reader does not accept. */
void streams_put(struct streams *, struct bytes);
/*
 * Writes a message, or queues the part that is not accepted at once.
 * Limits:  discards and counts the message if the queue is not empty and would
 *          exceed 1 MiB.
 */
void streams_put_diag(struct streams *, struct bytes);
/* Writes an error to stderr, even if messages go to stdout. */
void streams_put_error(struct streams *, struct bytes);
/* Prints a notice of how much was discarded, if anything. */
void streams_note_discarded(struct streams *, struct out *);
/* Returns true while so much payload is unread that tasks that print have to
 * wait. */
bool streams_unread(const struct streams *);
/* Returns true while payload is queued. */
bool streams_queued(const struct streams *);
/* Discards queued output, and all later output to the same descriptors, because
 * a signal came and their readers do not read. */
void streams_abandon(struct streams *);
/* Writes the queues and ends them; prints to `out` how much was discarded. A
 * signal ends the wait for a reader. */
void streams_finish(struct streams *, struct out *out);

#endif
