/* SPDX-License-Identifier: ISC */
/*
 * Feeds commands to a shell: whole texts, one after the other, and lines, which
 * are joined to commands. The front ends read the lines.
 */
#ifndef RUNG_REPL_INTAKE_H
#define RUNG_REPL_INTAKE_H

#include "rung/shell.h"
#include "rung/source.h"

struct intake {
	struct shell *shell;
	struct list parts; /* texts not yet fed */
	struct list done;  /* texts fed; programs refer to their names */
	struct buf open;   /* lines of an incomplete command; at most SOURCE_MAX
			    */
	unsigned line;     /* number of the next line */
	unsigned first;    /* number of the first line in `open`; 0: none */
	const char *source;
};

/* Creates an empty intake. `source`: name of the input that lines come from;
 * static. */
void intake_init(struct intake *, const char *source);
void intake_fini(struct intake *);

/* Queues a copy of a text. Result: 0, or -1 and *e: usage (binary), limit. */
int intake_text(struct intake *, struct bytes text, const char *source,
		struct err *e);
/* Reads a file to its end, and queues the text. intake_fd() begins at the
 * current offset. Result: like intake_text(), or io. */
int intake_file(struct intake *, const char *path, struct err *e);
int intake_fd(struct intake *, int fd, const char *source, struct err *e);
/* Queues the text of a file ahead of all other texts, after the file was read.
 * Result: as for source_take(). */
int intake_first(struct intake *, struct source *, struct err *e);
/* Feeds the next text to the shell. Returns false if there is none. */
bool intake_next(struct intake *);
/* Discards the texts not yet fed. */
void intake_cancel(struct intake *);

/*
 * Feeds a line to the shell.
 * Result: MORE: the command continues in the next line.
 */
enum words_result intake_line(struct intake *, struct bytes line);
/* Returns true if a command is incomplete. */
bool intake_is_open(const struct intake *);
/* Ends the input; reports an incomplete command as an error. */
void intake_end(struct intake *);
/* Discards an incomplete command. */
void intake_drop(struct intake *);

#endif
