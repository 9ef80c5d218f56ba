/* SPDX-License-Identifier: ISC */
/*
 * What job.c and handler.c share. Private to this room.
 */
#ifndef RUNG_SHELL_JOB_OWN_H
#define RUNG_SHELL_JOB_OWN_H

#include "rung/job.h"
#include "shell_own.h"

/* Gives it its number and puts it among the shell's; what it is holds the
 * scope. */
void job_begin(struct job *, struct scope *, const char *text,
	       void (*stop)(struct job *));
/* Takes it out, remembers how it ended (NULL: in order), stops it. */
void job_end(struct job *, const struct err *why);
/* What handlers and servers left behind. */
void handlers_end(struct shell *);
/* Peers that were born meet their handlers; handlers of what is gone end. */
void handlers_reap(struct shell *);

#endif
