/* SPDX-License-Identifier: ISC */
/*
 * Runs blocking work in threads; the loop calls the owner when the work is
 * done.
 */
#ifndef RUNG_WORK_H
#define RUNG_WORK_H

#include "rung/loop.h"

#include <stdatomic.h>

/*
 * Embedded in the data that a thread works on. The owner and the thread have
 * one reference each; the one that drops its reference last frees the job.
 */
struct work_job {
	/* Does the work, in a thread. May use only the job. */
	void (*run)(struct work_job *);
	/* Frees the job after the last reference is dropped, in the loop's
	 * thread or in that of the job. */
	void (*free)(struct work_job *);
	/* Private to work.c: */
	struct list at; /* link in the queue, until a thread takes the job */
	atomic_int refs;
	atomic_bool done;
	int fd; /* the thread's end of the pipe */
};

/* Embedded in the owner, zeroed before its first use. */
struct work {
	struct watch watch; /* watches the loop's end of the pipe */
	struct loop *loop;
	struct work_job *job; /* NULL: idle */
	void (*done)(struct work *);
};

void work_job_init(struct work_job *, void (*run)(struct work_job *),
		   void (*release)(struct work_job *));
/* Drops the owner's reference. */
void work_job_unref(struct work_job *);

/*
 * Runs the job in a thread, then calls done() from the loop. After done() the
 * job may be started again. A fake clock stands still while the job runs.
 * Result:  0, or an errno: not started.
 * Limits:  at most 64 jobs run at once; more are queued.
 */
int work_start(struct work *, struct loop *, struct work_job *,
	       void (*done)(struct work *));
/* Cancels the work: done() will not be called. Does nothing if no job runs. */
void work_cancel(struct work *);

#endif
