/* SPDX-License-Identifier: ISC */
/*
 * Jobs: commands that run in the background (`&`), timers, handlers and
 * servers. Each job has a number, and ends by itself or by the command
 * `cancel`.
 */
#ifndef RUNG_JOB_H
#define RUNG_JOB_H

#include "rung/shell.h"

enum job_kind { JOB_BACKGROUND, JOB_TIMER, JOB_HANDLER, JOB_SERVER };

/* First member of each kind of job; linked in shell->jobs. */
struct job {
	enum job_kind kind;
	struct list at; /* link in shell->jobs */
	struct shell *shell;
	struct scope *scope; /* scope of the starting task; a reference */
	unsigned number;
	char *text;    /* command as typed */
	uint64_t runs; /* number of runs started */
	/* Frees the job and all that it owns. */
	void (*stop)(struct job *);
};

/* Events of a session that a handler can wait for. */
enum handler_event { ON_OPEN, ON_MESSAGE, ON_EOF, ON_CLOSE, ON_PEER };
extern const char *const handler_event_names[]; /* NULL-terminated */

/*
 * Checks the limit of jobs. Call before job_new_timer(), job_new_handler() and
 * job_new_server(), which do not check it.
 * Result: 0, or -1 and *e (limit): too many jobs.
 */
int job_check_limit(const struct shell *, struct err *e);
/* Runs a body every `period` ns, or once after `period`. If a run has not
 * finished when the next is due, the next is skipped. The body runs in the
 * task's scope. `on`: current session of the body, or NULL. */
struct job *job_new_timer(struct task *, struct program *, uint64_t period,
			  bool once, struct session *on, const char *text);
/* The events that a handler handles. ON_MESSAGE with a kind: the units of that
 * kind, which may be control units. Lent for the call. */
struct handler_filter {
	enum handler_event event;
	const struct unit_kind *kind; /* NULL: messages of any kind */
	struct bytes name;   /* attribute `name` of the units; .at NULL: any */
	struct match *match; /* NULL: any message */
	bool last;           /* gets only what no other handler takes */
};
/*
 * Runs a body for each such event of a session, or of every peer of a listener.
 * Messages are handled one at a time and consumed; control units are handled in
 * the same order, but not consumed. The first handler that matches gets the
 * unit as $message. The body runs in the task's scope.
 */
struct job *job_new_handler(struct task *, struct session *,
			    const struct handler_filter *, struct program *,
			    const char *text);
/* Runs a body for each peer of a listener. The body has its own variables, and
 * the peer is its current session. Closes the peer after the run. */
struct job *job_new_server(struct task *, struct session *listener,
			   struct program *, const char *text);

/* Returns true for a handler whose session has ended: no event reaches the
 * handler until `reconnect` opens the session again. */
bool job_is_dormant(const struct job *);
/* Requests a check for handlers that no event can reach; for a command that
 * released a session. */
void jobs_review(struct shell *);
/* Lets a session that hub_reconnect() made take the place of the old one:
 * hub_follow(), and the handlers, the timers and the current session of all
 * tasks. */
void jobs_follow(struct shell *, struct session *now, struct session *old);
/* Returns the session that a handler is on; NULL for all other jobs. */
const struct session *job_session(const struct job *);
/* Finds a job that has not ended. Result: NULL if no such job has that number.
 */
struct job *job_find(const struct shell *, unsigned number);
/* Returns true if the task belongs to the job. Handlers and servers own no
 * task. */
bool job_owns_task(const struct job *, const struct task *);
/* Returns true if the task cannot wait for the job, because the job would wait
 * for the task: the job owns the task, or the task handles or serves a session
 * for the job. */
bool job_involves_task(const struct job *, const struct task *);
/* Ends a job now, and its commands that run, except those of the task `by`
 * (NULL: none). `by` must not be a task that the job owns. */
void job_cancel(struct job *, const struct task *by);
/* Ends all jobs that were started in the task's scope, or in the scopes of
 * peers that a server of that scope serves; except the task's own job. */
void jobs_cancel(const struct task *);
/* Gets the result of a job that has ended. Result: false if the job still runs,
 * is unknown, or a later result has replaced its own (see JOB_ENDINGS). */
bool job_result(const struct shell *, unsigned number, struct err *out);
/* Forgets that a job of the scope failed, after a command has reported it. */
void job_failure_reported(struct scope *, unsigned number);

#endif
