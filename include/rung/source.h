/* SPDX-License-Identifier: ISC */
/*
 * Files of commands: `source FILE`, `--serve FILE`, the rc file, `rung FILE`.
 * Reads files whole and checks them; shell.h parses and runs them.
 */
#ifndef RUNG_SOURCE_H
#define RUNG_SOURCE_H

#include "rung/err.h"
#include "rung/file.h"

/* A longer file is no file of commands. */
#define SOURCE_MAX ((size_t)64 << 20)

/* A file that is read through the loop. Zeroed before its first use. */
struct source {
	struct file file;
	char *path;
	void (*read)(struct source *);
};

/* Reads a file; calls read() from the loop when source_take() has a result. */
void source_start(struct source *, struct loop *, struct bytes path,
		  void (*read)(struct source *));
/* True if there is a result; it may be known before read() is called. */
bool source_is_read(const struct source *);
/* The result: 0 and its text appended to `out`, or -1 and *e (io, limit, usage
 * for a binary). */
int source_take(struct source *, struct buf *out, struct err *e);
/* Harmless on one that was not started. */
void source_cancel(struct source *);

/* Reads a descriptor whole, and blocks: for before the loop's first turn.
 * Result: as source_take(). */
int source_read_now(int fd, const char *name, struct buf *out, struct err *e);
/* Refuses text with a NUL; `line`: of its first line. Typed text has no `name`
 * (""). Result: 0, or -1 and *e (usage). */
int source_check(struct bytes text, const char *name, unsigned line,
		 struct err *e);

#endif
