/* SPDX-License-Identifier: ISC */
/*
 * The prompt: connects a console to a shell. The console edits lines; the shell
 * runs the commands.
 */
#ifndef RUNG_REPL_H
#define RUNG_REPL_H

#include "rung/bytes.h"
#include "rung/err.h"
#include "rung/out.h"

struct repl;
struct shell;

/*
 * Makes a REPL.
 * Lends:   the `out` for shell_init(); the caller sets its colour, quiet and
 *          verbose.
 * Owns:    the caller owns the REPL, which uses signals, fd 0 and fd 1 from
 *          repl_start() on.
 */
struct repl *repl_new(void);
void repl_free(struct repl *);
struct out *repl_out(struct repl *);

/* Queues commands, repl_text() from a text and repl_file() from a file, to run
 * before the first prompt and after the user's rc file. An error in one text or
 * file does not stop the next. Result: 0, or -1 and *e: the file cannot be
 * read, or is not text. */
int repl_text(struct repl *, struct bytes text, const char *source,
	      struct err *e);
int repl_file(struct repl *, const char *path, struct err *e);

/*
 * Takes over the terminal, or reads lines from fd 0 if that is not a terminal;
 * makes the shell interactive and prints its output. At the end, shell->ended
 * is set and shell->status is the exit code. Call after the screen's hook was
 * added to the loop. `banner`: one line; NULL: none.
 * Result:  0, or -1 and *e.
 */
int repl_start(struct repl *, struct shell *, const char *banner,
	       struct err *e);
/* Restores the terminal and saves the history; may change the shell's status.
 * Call before shell_fini(). */
void repl_stop(struct repl *);

#endif
