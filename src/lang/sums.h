/* SPDX-License-Identifier: ISC */
/*
 * Checksums: sum8, crc16, crc32, adler32. The template gives the bytes and the
 * form of the sum. Private to lang.
 */
#ifndef RUNG_LANG_SUMS_H
#define RUNG_LANG_SUMS_H

#include "rung/bytes.h"

struct sum {
	const char *name;
	unsigned width; /* bytes */
	uint32_t begin; /* initial state */
	uint32_t end;   /* XORed with the result */
	uint32_t (*add)(uint32_t state, struct bytes);
};

/* Result: NULL: no such sum. */
const struct sum *sum_find(struct bytes name);
/* Adds bytes in pieces: start with sum->begin, finish with sum_end(). */
uint32_t sum_add(const struct sum *, uint32_t state, struct bytes);
uint32_t sum_end(const struct sum *, uint32_t state);

#endif
