/* SPDX-License-Identifier: ISC */
/*
 * Runs the prompt or a script with all modules that they need; prints the
 * output of modes that have no front end.
 */
#ifndef RUNG_PROGRAM_H
#define RUNG_PROGRAM_H

#include "rung/options.h"

/* Runs the prompt or a script as the options say. Result: the exit code. */
int program_run(const struct options *);

/* Prints `who` and `words` as one line to stderr; control characters in `words`
 * are escaped. */
void print_error_line(const char *who, const char *words);
/* Prints `rung: ` and the error. Result: its exit code. */
int print_error(const struct err *);
/* Prints a text to stdout. Result: an exit code: 0; 141 if the reader of stdout
 * is gone; or that of another error, which is printed. */
int print_text(const struct buf *);

#endif
