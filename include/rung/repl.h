/* SPDX-License-Identifier: ISC */
/*
 * The prompt: a console and a shell, and what passes between them. Which editor
 * there is, is the console's affair; what commands do, the shell's.
 */
#ifndef RUNG_REPL_H
#define RUNG_REPL_H

#include "rung/bytes.h"
#include "rung/err.h"
#include "rung/out.h"

struct repl;
struct shell;

/*
 * Owns:    the REPL. Signals, fd 0 and fd 1 are its own from repl_start() on.
 * Lends:   the out for shell_init(), whose colour, quiet and verbose are the
 *          caller's to set.
 */
struct repl *repl_new(void);
void repl_free(struct repl *);
struct out *repl_out(struct repl *);

/* Commands to run before the first prompt, behind the user's rc; an error in
 * one does not keep the next from running. Result: 0, or -1 and *e: the file,
 * or what cannot be text. */
int repl_text(struct repl *, struct bytes text, const char *source,
	      struct err *e);
int repl_file(struct repl *, const char *path, struct err *e);

/*
 * Takes the terminal, or where there is none lines from fd 0; the shell becomes
 * interactive and tells here. The shell's `ended` says when it is over, its
 * status with what exit code. The screen's chore must be in the loop already.
 * `banner`: one line; NULL: none.
 * Result:  0, or -1 and *e.
 */
int repl_start(struct repl *, struct shell *, const char *banner,
	       struct err *e);
/* Gives the terminal back and keeps the history; before shell_fini(). The
 * shell's status is final only now. */
void repl_stop(struct repl *);

#endif
