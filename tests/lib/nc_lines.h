/* SPDX-License-Identifier: ISC */
/*
 * A fixture for tests of nc's and ncat's command lines: one parsed line, or its
 * error.
 */
#ifndef TESTS_LIB_NC_LINES_H
#define TESTS_LIB_NC_LINES_H

#include "rung/nc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NC(...)   nc_lines_parse(NC_OPENBSD, (char *[]){"nc", __VA_ARGS__, NULL})
#define NCAT(...) nc_lines_parse(NC_NCAT, (char *[]){"ncat", __VA_ARGS__, NULL})

/* The line parsed last. */
extern struct nc_options parsed;
extern struct err parse_error;

/* Parses at most 31 words, the program's name included. Result: that of
 * nc_parse(). */
int nc_lines_parse(enum nc_dialect, char **argv);
int nc_lines_teardown(void **state);
/* Expects an error whose text begins with `text`. */
void nc_lines_rejected(int bad, const char *text);

#endif
