/* SPDX-License-Identifier: ISC */
/*
 * Reads files of commands (`source FILE`, `--serve FILE`, the rc file, `rung
 * FILE`) whole, and checks them. The shell parses and runs them.
 */
#ifndef RUNG_SOURCE_H
#define RUNG_SOURCE_H

#include "rung/err.h"
#include "rung/file.h"

/* Limit of a file's size; a larger one is rejected. */
#define SOURCE_MAX ((size_t)64 << 20)

/* Reads a file through the loop. Must be zeroed before the first use. */
struct source {
	struct file file;
	char *path;
	void (*read)(struct source *);
};

/* Starts to read a file; calls read() from the loop when source_take() has a
 * result. If the start fails, source_is_read() returns true at once, and read()
 * is not called. */
void source_start(struct source *, struct loop *, struct bytes path,
		  void (*read)(struct source *));
/* Returns true if source_take() has a result; this may be before the call of
 * read(). */
bool source_is_read(const struct source *);
/* Appends the text of the file to `out`. Result: 0, or -1 and *e (io, limit,
 * usage: a binary file). */
int source_take(struct source *, struct buf *out, struct err *e);
/* Cancels the read; does nothing if none was started. */
void source_cancel(struct source *);

/*
 * Reads a descriptor to its end; blocks. For use before the first turn of the
 * loop.
 * Result:  as for source_take().
 */
int source_read_now(int fd, const char *name, struct buf *out, struct err *e);
/* Checks that text contains no NUL. `line`: number of the first line; `name`:
 * "" for typed text. Result: 0, or -1 and *e (usage). */
int source_check(struct bytes text, const char *name, unsigned line,
		 struct err *e);

#endif
