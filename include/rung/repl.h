/* SPDX-License-Identifier: ISC */
/*
 * The prompt: connects a console to a shell. The console files drive the
 * editor, the shell runs the commands.
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
 * Owns:    the REPL, which uses signals, fd 0 and fd 1 from repl_start() on.
 * Lends:   the out for shell_init(); the caller sets its colour, quiet and
 *          verbose.
 */
struct repl *repl_new(void);
void repl_free(struct repl *);
struct out *repl_out(struct repl *);

/* Both functions queue commands to run before the first prompt, after the
 * user's rc file; an error in one text or file does not stop the next. Result:
 * 0, or -1 and *e: the file cannot be read, or is not text. */
int repl_text(struct repl *, struct bytes text, const char *source,
	      struct err *e);
int repl_file(struct repl *, const char *path, struct err *e);

/*
 * Takes over the terminal, or reads lines from fd 0 if that is not a terminal;
 * makes the shell interactive and prints its output. The shell's `ended` is set
 * at the end, and its `status` is the exit code. The screen's hook must be in
 * the loop already. `banner`: one line; NULL: none.
 * Result:  0, or -1 and *e.
 */
int repl_start(struct repl *, struct shell *, const char *banner,
	       struct err *e);
/* Restores the terminal and saves the history; call before shell_fini(). The
 * shell's status is not final before this call. */
void repl_stop(struct repl *);

#endif
