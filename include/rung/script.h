/* SPDX-License-Identifier: ISC */
/*
 * Runs scripts: texts, files and standard input, one after the other, without a
 * prompt. The shell runs the commands.
 */
#ifndef RUNG_SCRIPT_H
#define RUNG_SCRIPT_H

#include "rung/bytes.h"
#include "rung/err.h"
#include "rung/out.h"

struct script;
struct shell;

/*
 * Makes a script, which the caller frees.
 * Lends:   the `out` for shell_init(): payload to stdout, diagnostics to
 *          stderr. The caller sets its colour, quiet and verbose.
 */
struct script *script_new(void);
void script_free(struct script *);
struct out *script_out(struct script *);

/* Queues commands to run, script_text() from a text and script_file() from a
 * file; the commands run in the order of the calls. Reads the whole file during
 * the call. Result: 0, or -1 and *e: io (no such file, a directory…), usage
 * (not text), limit. */
int script_text(struct script *, struct bytes text, const char *source,
		struct err *e);
int script_file(struct script *, const char *path, struct err *e);
/* Queues standard input, after the texts and files. Reads a regular file during
 * the call; reads anything else later, line by line, and only while no command
 * runs. */
int script_input(struct script *, struct err *e);

/*
 * Starts the queued commands, which run in the turns of the shell's loop. Call
 * after the screen's hook was added to the loop.
 * Result:  0, or -1 and *e.
 */
int script_start(struct script *, struct shell *, struct err *e);
/* Returns true if all commands have run, or the shell ended early. */
bool script_done(const struct script *);
/* Writes the rest of the output and stops catching signals; sets the shell's
 * status if writing to stdout fails. Call before shell_fini(). */
void script_stop(struct script *);

#endif
