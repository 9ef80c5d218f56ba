/* SPDX-License-Identifier: ISC */
/*
 * The sums that guard bytes: sum8, crc16, crc32, adler32. Which bytes, and in
 * which form the sum stands, templates say. Private to lang.
 */
#ifndef RUNG_LANG_SUMS_H
#define RUNG_LANG_SUMS_H

#include "rung/bytes.h"

struct sum {
	const char *name;
	unsigned width; /* bytes */
	uint32_t begin; /* the state before the first byte */
	uint32_t end;   /* inverted in the result */
	uint32_t (*add)(uint32_t state, struct bytes);
};

/* Result: NULL: no such sum. */
const struct sum *sum_find(struct bytes name);
/* Over bytes in pieces: from sum->begin on, then sum_end(). */
uint32_t sum_add(const struct sum *, uint32_t state, struct bytes);
uint32_t sum_end(const struct sum *, uint32_t state);

#endif
