/* SPDX-License-Identifier: ISC */
/*
 * Hexadecimal digits and percent-encoding. Private to codec.
 * Source: RFC 3986 §2.1.
 */
#ifndef RUNG_CODEC_PERCENT_H
#define RUNG_CODEC_PERCENT_H

#include "rung/bytes.h"

/* Returns the value of a hexadecimal digit; -1 for another character. */
int hex_value(uint8_t c);
/* Returns the byte that %XX at the start of `in` encodes; -1: none is there. */
int percent_value(struct bytes in);

#endif
