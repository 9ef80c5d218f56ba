/* SPDX-License-Identifier: ISC */
/*
 * Files of commands: `source FILE`, `--serve FILE`, the rc file, `rung FILE`.
 * Reads files whole and checks them; the shell parses and runs them.
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

/* Starts to read a file; calls read() once source_take() has a result. */
void source_start(struct source *, struct loop *, struct bytes path,
		  void (*read)(struct source *));
/* Returns true if source_take() has a result, which may be before read() is
 * called. */
bool source_is_read(const struct source *);
/* Appends the text to `out`. Result: 0, or -1 and *e (io, limit, usage for a
 * binary file). */
int source_take(struct source *, struct buf *out, struct err *e);
/* Cancels the read; does nothing if none was started. */
void source_cancel(struct source *);

/*
 * Reads a descriptor to its end; blocks. For use before the first turn of the
 * loop.
 * Result:  as of source_take().
 */
int source_read_now(int fd, const char *name, struct buf *out, struct err *e);
/* Rejects text with a NUL. `line`: number of the first line; `name`: "" for
 * typed text. Result: 0, or -1 and *e (usage). */
int source_check(struct bytes text, const char *name, unsigned line,
		 struct err *e);

#endif
