/* SPDX-License-Identifier: ISC */
/*
 * Scripts: texts, files and standard input, run one after the other without a
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
 * Makes a script.
 * Owns:    the script.
 * Lends:   the out for shell_init(): payload to stdout, diagnostics to stderr.
 *          The caller sets its colour, quiet and verbose.
 */
struct script *script_new(void);
void script_free(struct script *);
struct out *script_out(struct script *);

/* Queue a text or a file to run, in the order of the calls. A file is read
 * completely during the call. Result: 0, or -1 and *e: io (no such file, a
 * directory…), usage (not text), limit. */
int script_text(struct script *, struct bytes text, const char *source,
		struct err *e);
int script_file(struct script *, const char *path, struct err *e);
/* Queues standard input, after the texts and files: a regular file is read
 * during the call; anything else line by line, and only while no command runs.
 */
int script_input(struct script *, struct err *e);

/*
 * Starts the queued texts; they run in the turns of the shell's loop. The
 * screen's hook must be in the loop already.
 * Result:  0, or -1 and *e.
 */
int script_start(struct script *, struct shell *, struct err *e);
/* Returns true if everything has run, or the shell has ended early. */
bool script_done(const struct script *);
/* Writes the rest of the output and stops catching signals; call before
 * shell_fini(). The shell's status is not final before this call, which also
 * sets it if writing to stdout fails. */
void script_stop(struct script *);

#endif
