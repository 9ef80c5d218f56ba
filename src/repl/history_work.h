/* SPDX-License-Identifier: ISC */
/*
 * Reads and writes the history file in a thread, because its lock or a slow
 * disk would delay the sessions. history_file.h has the functions for the file.
 */
#ifndef RUNG_REPL_HISTORY_WORK_H
#define RUNG_REPL_HISTORY_WORK_H

#include "history_file.h"
#include "rung/work.h"

struct history_job;

struct history {
	struct history_file file; /* path NULL: not loaded yet, or none */
	struct buf text;          /* content of the file after the load */
	bool loaded;
	struct work work;
	struct history_job *job; /* NULL: idle */
	/* Called from the loop after the load, and after a save that failed.
	 * `e`: NULL, or why. */
	void (*done)(struct history *, const struct err *e);
};

void history_init(struct history *);
/* Discards what is not saved yet. */
void history_fini(struct history *);
/* Finds the file, trims it and reads its text. */
void history_load(struct history *, struct loop *);
/* Starts to save the new entries, unless a job runs. */
void history_save(struct history *, struct loop *);
/*
 * Saves the remaining entries at the end of the program, and trims the file,
 * without the loop. A signal ends the wait for a running job; nothing is saved
 * then.
 * Result:  0, or -1 and *e.
 */
int history_finish(struct history *, struct loop *, struct err *e);

#endif
