/* SPDX-License-Identifier: ISC */
/*
 * Signed decimal integers of 64 bits: reading, printing, arithmetic without
 * overflow.
 */
#ifndef RUNG_INTEGER_H
#define RUNG_INTEGER_H

#include "rung/err.h"

/* digits of 64 bits, with the sign */
#define INTEGER_DIGITS 20

/* Reads `-?[0-9]+`. Result: false if `text` is something else or exceeds 64
 * bits. */
bool integer_read(struct bytes text, int64_t *out);
/* Reads the value of `name`. Result: 0, or -1 and *e (usage), which quotes at
 * most 40 bytes of the text. */
int integer_read_as(struct bytes name, struct bytes text, int64_t *out,
		    struct err *e);
/* Formats `n` into `text`. Lends from `text`. */
struct bytes integer_print(int64_t n, char text[INTEGER_DIGITS]);
/*
 * Computes a OP b. `op`: one of + - * / %. A quotient is rounded towards 0; a
 * remainder has the sign of `a`.
 * Result:  0, or -1 and *e (usage): the result would exceed 64 bits, or a
 *          division by zero.
 */
int integer_compute(int64_t a, char op, int64_t b, int64_t *out, struct err *e);

#endif
