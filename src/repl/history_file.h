/* SPDX-License-Identifier: ISC */
/*
 * The history file: 0600, one entry a line, shared by rungs that run side by
 * side. Recalling entries is the editor's job.
 */
#ifndef RUNG_REPL_PAST_H
#define RUNG_REPL_PAST_H

#include "rung/err.h"

/* The newest so many are kept. */
#define HISTORY_MAX 10000
/* A longer entry is remembered, but not in the file. */
#define HISTORY_ENTRY_MAX ((size_t)64 << 10)

struct history_file {
	char *path;       /* NULL: there is no file */
	struct buf fresh; /* entries that are not yet in the file */
};

/*
 * Finds $XDG_STATE_HOME/rung/history and makes its directories (0700).
 * Result: 0, also where there is nowhere to keep it; -1 and *e.
 */
int history_file_init(struct history_file *, struct err *e);
void history_file_fini(struct history_file *);
/* Each entry of a file, oldest first. Result: 0, or -1 and *e. */
int history_file_load(const char *path,
		      void (*each)(void *ctx, struct bytes entry), void *ctx,
		      struct err *e);
/* For history_file_save(). */
void history_file_add(struct history_file *, struct bytes entry);
/* Appends what was added to the file. Result: 0, or -1 and *e. */
int history_file_save(struct history_file *, struct err *e);
/* Cuts the file to the newest HISTORY_MAX. Result: 0, or -1 and *e. */
int history_file_trim(struct history_file *, struct err *e);

#endif
