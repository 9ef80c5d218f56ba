/* SPDX-License-Identifier: ISC */
/*
 * Text on its way to a shell: whole texts one after the other, and lines that
 * become commands. Where lines come from is the front ends' business.
 */
#ifndef RUNG_REPL_INTAKE_H
#define RUNG_REPL_INTAKE_H

#include "rung/shell.h"

/* A script, or a command over many lines. */
#define INTAKE_MAX ((size_t)64 << 20)

struct intake {
	struct shell *shell;
	struct list parts; /* texts that wait for their turn */
	struct list done;  /* those fed: programs quote their names */
	struct buf open;   /* the lines of a command that is not whole */
	unsigned line;     /* of the next line */
	unsigned first;    /* of the first one in `open` */
	const char *source;
};

/* `source`: what lines are from; static. */
void intake_init(struct intake *, const char *source);
void intake_fini(struct intake *);

/* Queues a copy. Result: 0, or -1 and *e: usage (binary), limit. */
int intake_text(struct intake *, struct bytes text, const char *source,
		struct err *e);
/* Reads a file whole, from where it stands, and queues it. Result: as above,
 * or io. */
int intake_file(struct intake *, const char *path, struct err *e);
int intake_fd(struct intake *, int fd, const char *source, struct err *e);
/* Gives the shell the next text. Result: false: there is none. */
bool intake_next(struct intake *);
/* Lets go of the texts that wait. */
void intake_cancel(struct intake *);

/*
 * A line for the shell.
 * Result: MORE: the command goes on in the next line.
 */
enum words_result intake_line(struct intake *, struct bytes line);
/* Whether lines wait for the rest of their command. */
bool intake_is_open(const struct intake *);
/* No more will come: what is open is an error, and told. */
void intake_end(struct intake *);
/* Lets go of them. */
void intake_drop(struct intake *);

#endif
