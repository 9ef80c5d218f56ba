/* SPDX-License-Identifier: ISC */
/*
 * Escapes: the one table of what stands behind a backslash. Where one may stand
 * is for the lexer to know.
 */
#ifndef RUNG_LANG_ESCAPE_H
#define RUNG_LANG_ESCAPE_H

#include "rung/err.h"

/* Result: 0 to 15, or -1: no hex digit. */
int escape_hex(uint8_t c);
/*
 * Reads one escape; `in` begins behind the backslash and is not empty.
 * Result:  bytes written to out (1 to 4) and *used, how many of `in` it took;
 *          -1 and *e (usage).
 */
int escape_read(struct bytes in, uint8_t out[4], size_t *used, struct err *e);

/* Room for what escape_brief() writes: 40 columns or so of it. */
#define ESCAPE_BRIEF 64

/* Foreign bytes as a message can quote them: on one line, printable, cut.
 * Result: out. */
const char *escape_brief(struct bytes, char out[ESCAPE_BRIEF]);

#endif
