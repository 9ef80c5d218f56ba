/* SPDX-License-Identifier: ISC */
/*
 * The prompt or a script, with all the rooms that it takes; and what the
 * program says itself, for those that have no front end.
 */
#ifndef RUNG_PROGRAM_H
#define RUNG_PROGRAM_H

#include "rung/options.h"

/* Result: the exit code. */
int program_run(const struct options *);

/* A line for people on stderr; control characters in `words` are escaped. */
void print_error_line(const char *who, const char *words);
/* `rung: ` and the error. Result: its exit code. */
int print_error(const struct err *);
/* A text on stdout. Result: the exit code: 0; 141 where nobody reads it; or
 * that of the failure, which is told. */
int print_text(const struct buf *);

#endif
