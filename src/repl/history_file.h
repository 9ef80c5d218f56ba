/* SPDX-License-Identifier: ISC */
/*
 * The history file: mode 0600, one entry a line, shared by all running
 * processes of rung. The console files recall entries.
 */
#ifndef RUNG_REPL_HISTORY_FILE_H
#define RUNG_REPL_HISTORY_FILE_H

#include "rung/err.h"

/* Maximum number of entries in the file. */
#define HISTORY_MAX 10000
/* Maximum length of a saved entry. A longer entry can be recalled, but is not
 * saved. */
#define HISTORY_ENTRY_MAX ((size_t)64 << 10)

struct history_file {
	char *path;       /* NULL: no file */
	struct buf fresh; /* entries to append to the file */
};

/*
 * Finds the history file, rung/history in $XDG_STATE_HOME or ~/.local/state,
 * and creates its directories (0700). Result: 0, also if neither XDG_STATE_HOME
 * nor HOME is set; -1 and *e.
 */
int history_file_init(struct history_file *, struct err *e);
void history_file_fini(struct history_file *);
/* Reads the text of a file; *out stays empty if there is no file. Result: 0, or
 * -1 and *e. */
int history_file_read(const char *path, struct buf *out, struct err *e);
/* Calls each() for all entries of a text, oldest first. */
void history_file_each(struct bytes text,
		       void (*each)(void *ctx, struct bytes entry), void *ctx);
/* Queues an entry for history_file_save(). */
void history_file_add(struct history_file *, struct bytes entry);
/* Appends the queued entries to the file. Result: 0, or -1 and *e. */
int history_file_save(struct history_file *, struct err *e);
/* Shortens the file to the newest HISTORY_MAX entries. Result: 0, or -1 and *e.
 */
int history_file_trim(struct history_file *, struct err *e);

#endif
