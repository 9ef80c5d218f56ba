/* SPDX-License-Identifier: ISC */
/*
 * Runs the prompt or a script with all modules it needs; prints for modes that
 * have no front end.
 */
#ifndef RUNG_PROGRAM_H
#define RUNG_PROGRAM_H

#include "rung/options.h"

/* Result: the exit code. */
int program_run(const struct options *);

/* Prints a line to stderr; control characters in `words` are escaped. */
void print_error_line(const char *who, const char *words);
/* Prints `rung: ` and the error. Result: its exit code. */
int print_error(const struct err *);
/* Prints a text to stdout. Result: the exit code: 0; 141 if the reader is gone;
 * or that of the error, which is printed. */
int print_text(const struct buf *);

#endif
