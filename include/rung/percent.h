/* SPDX-License-Identifier: ISC */
/*
 * Hexadecimal digits and percent-encoding.
 * Source: RFC 3986 §2.1.
 */
#ifndef RUNG_PERCENT_H
#define RUNG_PERCENT_H

#include "rung/bytes.h"

/* Returns the value of a hexadecimal digit; -1 for another character. */
int hex_value(uint8_t c);
/* Returns the byte that %XX at the start of `in` encodes; -1: none is there. */
int percent_value(struct bytes in);
/* Appends a letter, a digit or one of the characters `kept` as it is, any other
 * byte as %XX. Result: 0; -1: the buf is full. */
int percent_put(uint8_t c, const char *kept, struct buf *out);

#endif
