/* SPDX-License-Identifier: ISC */
/*
 * Jobs: what a shell does beside its front. Commands with `&`, clockwork,
 * handlers and servers; each has a number and ends by itself or by `cancel`.
 */
#ifndef RUNG_JOB_H
#define RUNG_JOB_H

#include "rung/shell.h"

/* Embedded first in its kind's struct; owned by its shell. */
struct job {
	struct list at; /* shell->jobs */
	struct shell *shell;
	struct scope *scope; /* of who began it; held by its kind */
	unsigned number;
	char *text;    /* as it was said */
	uint64_t runs; /* begun so far */
	/* Lets go of what the kind holds, and frees it. */
	void (*stop)(struct job *);
};

/* What a session's handlers can wait for. */
enum handler_event { ON_OPEN, ON_MESSAGE, ON_EOF, ON_CLOSE, ON_PEER };
extern const char *const handler_event_names[]; /* NULL-ended */

/* Result: -1 and *e (limit): there are too many. Asked before one is begun with
 * the three below, which have no room of their own. */
int job_check_limit(const struct shell *, struct err *e);
/* Runs a body every `period` ns, or once after it. A run that is still on when
 * the next is due lets that one go by. `on`: what it works on, or NULL. */
struct job *job_new_timer(struct shell *, struct program *, uint64_t period,
			  bool once, struct session *on, const char *text);
/*
 * Runs a body when that happens on a session, or on each peer of a listener.
 * Messages are handed to the handlers one after the other, in their order, and
 * taken: the first whose pattern (NULL: any) is found in one has it, as
 * $message.
 */
struct job *job_new_handler(struct shell *, struct session *,
			    enum handler_event, struct match *,
			    struct program *, const char *text);
/* Runs a body for each peer of a listener, with variables of its own and the
 * peer as its current session; then the peer is closed. */
struct job *job_new_server(struct shell *, struct session *listener,
			   struct program *, const char *text);

/* Result: NULL: no such job is on. */
struct job *job_find(const struct shell *, unsigned number);
/* Whether the task is one of the job's. */
bool job_owns_task(const struct job *, const struct task *);
/* The same, or the task handles or serves a session for the job: it would wait
 * for itself. */
bool job_involves_task(const struct job *, const struct task *);
/* Ends it now; not from a task of its own. */
void job_cancel(struct job *);
/* How a job ended, for the last 64. Result: false: it is on, or long gone. */
bool job_result(const struct shell *, unsigned number, struct err *out);

#endif
