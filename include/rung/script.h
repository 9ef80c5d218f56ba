/* SPDX-License-Identifier: ISC */
/*
 * Scripts: texts, files and standard input, run one after the other without a
 * prompt. What commands do is the shell's affair.
 */
#ifndef RUNG_SCRIPT_H
#define RUNG_SCRIPT_H

#include "rung/bytes.h"
#include "rung/err.h"
#include "rung/out.h"

struct script;
struct shell;

/*
 * Owns:    the script.
 * Lends:   the out for shell_init(): payload to stdout, talk to stderr. Its
 *          colour, quiet and verbose are the caller's to set.
 */
struct script *script_new(void);
void script_free(struct script *);
struct out *script_out(struct script *);

/* What to run, in this order. A file is read now and whole. Result: 0, or -1
 * and *e: io (no such file, a directory…), usage (no text), limit. */
int script_text(struct script *, struct bytes text, const char *source,
		struct err *e);
int script_file(struct script *, const char *path, struct err *e);
/* Standard input, behind the others: a file is read now; else line by line as
 * it comes, and only when nothing runs. */
int script_input(struct script *, struct err *e);

/*
 * Runs them with the turns of the shell's loop. The screen's chore must be in
 * the loop already.
 * Result:  0, or -1 and *e.
 */
int script_start(struct script *, struct shell *, struct err *e);
/* All has run, or the shell has ended before. */
bool script_done(const struct script *);
/* Writes what is left and lets go of the signals; before shell_fini(). The
 * shell's status is final only now: it says too if stdout took nothing. */
void script_stop(struct script *);

#endif
