/* SPDX-License-Identifier: ISC */
/*
 * Runs the prompt or a script, with the modules that it needs. Also prints the
 * output of modes without a prompt or a script, such as --help.
 */
#ifndef RUNG_PROGRAM_H
#define RUNG_PROGRAM_H

#include "rung/options.h"

/* Runs the prompt or a script as the options say. Result: the exit code. */
int program_run(const struct options *);

/* Prints `who` and `words` as one line to stderr; escapes control characters in
 * `words`. */
void print_error_line(const char *who, const char *words);
/* Prints `rung: ` and the error to stderr. Result: the exit code of the error.
 */
int program_error(const struct err *);
/* Prints a text to stdout. Result: the exit code: 0; 141 if stdout is a closed
 * pipe; or the exit code of another error, which was printed. */
int print_text(const struct buf *);

#endif
