/* SPDX-License-Identifier: ISC */
/*
 * Jobs run beside the foreground: background commands (`&`), timers, handlers
 * and servers. Each job has a number and ends by itself or by the command
 * `cancel`.
 */
#ifndef RUNG_JOB_H
#define RUNG_JOB_H

#include "rung/shell.h"

enum job_kind { JOB_BACKGROUND, JOB_TIMER, JOB_HANDLER, JOB_SERVER };

/* First member of each kind of job; linked in shell->jobs. */
struct job {
	enum job_kind kind;
	struct list at; /* shell->jobs */
	struct shell *shell;
	struct scope *scope; /* scope of the starting task; counted */
	unsigned number;
	char *text;    /* as typed */
	uint64_t runs; /* number of runs started */
	/* Frees the job and all that it owns. */
	void (*stop)(struct job *);
};

/* Events of a session that a handler can wait for. */
enum handler_event { ON_OPEN, ON_MESSAGE, ON_EOF, ON_CLOSE, ON_PEER };
extern const char *const handler_event_names[]; /* NULL-terminated */

/*
 * Checks the limit of jobs. Call before each of the next three functions, which
 * do not check it.
 * Result: 0, or -1 and *e (limit): too many jobs.
 */
int job_check_limit(const struct shell *, struct err *e);
/* Runs a body every `period` ns, or once after it. If a run has not finished
 * when the next is due, the next is skipped. The task gives the
 * scope. `on`: session of the body, or NULL. */
struct job *job_new_timer(struct task *, struct program *, uint64_t period,
			  bool once, struct session *on, const char *text);
/*
 * Runs a body on an event of a session, or of each peer of a listener. Messages
 * are handled one at a time and consumed. The first handler whose pattern
 * matches (NULL: any) gets the message as $message. The task gives the scope.
 */
struct job *job_new_handler(struct task *, struct session *, enum handler_event,
			    struct match *, struct program *, const char *text);
/* Runs a body for each peer of a listener, with variables of its own and the
 * peer as current session; closes the peer afterwards. */
struct job *job_new_server(struct task *, struct session *listener,
			   struct program *, const char *text);

/* Finds a running job. Result: NULL if there is none of that number. */
struct job *job_find(const struct shell *, unsigned number);
/* Returns true if the job started the task. False for handlers and servers. */
bool job_owns_task(const struct job *, const struct task *);
/* Returns true if the task must not wait for the job, because it would wait for
 * itself: the job owns the task, or the task handles or serves a session for
 * the job. */
bool job_involves_task(const struct job *, const struct task *);
/* Ends a job now; must not be called from a task of the same job. */
void job_cancel(struct job *);
/* Gets the result of one of the last 64 jobs that ended. Result: false if the
 * job still runs or is unknown. */
bool job_result(const struct shell *, unsigned number, struct err *out);

#endif
