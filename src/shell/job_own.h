/* SPDX-License-Identifier: ISC */
/*
 * Functions shared by job.c, handler.c, dispatcher.c and shell.c. Private to
 * this module.
 */
#ifndef RUNG_SHELL_JOB_OWN_H
#define RUNG_SHELL_JOB_OWN_H

#include "rung/job.h"
#include "shell_own.h"

/* Gives the job a number and adds it to the shell's jobs. Takes no reference to
 * the scope. */
void job_begin(struct job *, enum job_kind, struct scope *, const char *text,
	       void (*stop)(struct job *));
/* Removes the job, records how it ended (NULL: success) and stops it. */
void job_end(struct job *, const struct err *why);
/* Wakes the calls that wait for jobs. */
void jobs_notify(struct shell *);
/* Makes `now` the target of the handlers on `old`, and the current session of
 * dispatchers. */
void handlers_follow(struct shell *, struct session *now,
		     const struct session *old);
/* Makes `now` the current session of the task, if that is `old`. */
void task_follow(struct task *, struct session *now, const struct session *old);
/* Ends the commands that dispatchers run for the job, except those of the task
 * `by` (NULL: none). A server then closes its peers. */
void dispatchers_stop(struct shell *, unsigned job, const struct task *by);
/* Frees all dispatchers. */
void handlers_end(struct shell *);
/* Attaches handlers to new sessions, and ends handlers that no event can reach.
 */
void handlers_reap(struct shell *);

#endif
