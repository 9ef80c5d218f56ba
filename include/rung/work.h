/* SPDX-License-Identifier: ISC */
/*
 * Work that may block, in a thread: its end is reported by the loop. resolve.h
 * looks names up with it, file.h reads and writes files.
 */
#ifndef RUNG_WORK_H
#define RUNG_WORK_H

#include "rung/loop.h"

#include <stdatomic.h>

/*
 * Embedded in what a thread works on. The job has one reference for its owner
 * and one for the thread: an owner that stops waiting leaves the rest to the
 * thread.
 */
struct work_job {
	/* Called in a thread: uses nothing but the job. */
	void (*run)(struct work_job *);
	/* Called after the last reference, in either thread. */
	void (*free)(struct work_job *);
	/* work.c's own: */
	struct list at; /* in the queue until a thread takes the job */
	atomic_int refs;
	atomic_bool done;
	int fd; /* the thread's end of the pipe */
};

/* Embedded in the owner, zeroed before its first use. */
struct work {
	struct watch watch; /* watches the loop's end of the pipe */
	struct loop *loop;
	struct work_job *job; /* NULL: no work is started */
	void (*done)(struct work *);
};

void work_job_init(struct work_job *, void (*run)(struct work_job *),
		   void (*free)(struct work_job *));
/* Gives the owner's reference back. */
void work_job_unref(struct work_job *);

/*
 * Runs the job in a thread, then calls done() from the loop. The job may be
 * started again after that. A fake clock stands still meanwhile.
 * Result:  0, or an errno: not started.
 * Limits:  at most 64 jobs run at once; further ones wait.
 */
int work_start(struct work *, struct loop *, struct work_job *,
	       void (*done)(struct work *));
/* Stops waiting: done() is not called. Harmless if no work is started. */
void work_cancel(struct work *);

#endif
