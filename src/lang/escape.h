/* SPDX-License-Identifier: ISC */
/*
 * Escapes: the only table of the characters that may follow a backslash. The
 * lexer decides where escapes are allowed.
 */
#ifndef RUNG_LANG_ESCAPE_H
#define RUNG_LANG_ESCAPE_H

#include "rung/err.h"

/*
 * Reads one escape; `in` begins after the backslash and is not empty.
 * Result:  number of bytes written to out (1 to 4) and *used, the number of
 *          bytes read; -1 and *e (usage).
 */
int escape_read(struct bytes in, uint8_t out[4], size_t *used, struct err *e);

/* Size of the text that escape_brief() writes, about 40 columns. */
#define ESCAPE_BRIEF 64

/*
 * Prints received bytes for a message: on one line, escaped, and truncated if
 * long.
 * Result: out.
 */
const char *escape_brief(struct bytes, char out[ESCAPE_BRIEF]);

#endif
