/* SPDX-License-Identifier: ISC */
/*
 * Hints for words of other tools, such as `spawn` of expect and `listen -l` of
 * nc: the command of rung that does the same.
 */
#ifndef RUNG_HINTS_H
#define RUNG_HINTS_H

#include "rung/err.h"

struct buf;
struct command;
struct shell;

struct hint {
	/* A command, and optionally one of its words. A word such as `-l` also
	 * matches in joined options (-lp); a final `*` matches any rest. */
	const char *words;
	const char *purpose; /* the user's likely aim: "to listen" */
	const char *command; /* complete commands that do it; with `!`, at the
				prompt only. `localhost` and its port stand
				for what the user typed */
};

/* Ended by a row without words. If several rows match, the first counts. */
extern const struct hint hints[];

/* Finds the hint for a command as typed; its bare words count. Result: NULL:
 * there is none. */
const struct hint *hint_find(const struct command *);
/* Finds the hint for a word alone. */
const struct hint *hint_find_word(struct bytes word);
/* Appends the hint's command, with the host and the port of the typed command
 * if it has them. */
void hint_put_command(const struct hint *, const struct command *,
		      struct buf *out);
/* Puts a hint into a usage error of the command: that of the table, or how to
 * name the session if its name stands in the place of a command or an event.
 */
void hint_add(const struct shell *, const struct command *, struct err *e);

#endif
