/* SPDX-License-Identifier: ISC */
/*
 * Checksums: sum8, crc16, crc32, adler32. Private to lang.
 */
#ifndef RUNG_LANG_SUMS_H
#define RUNG_LANG_SUMS_H

#include "rung/bytes.h"

struct sum {
	const char *name;
	unsigned width; /* bytes */
	uint32_t begin; /* initial state */
	uint32_t end;   /* XORed with the last state */
	uint32_t (*add)(uint32_t state, struct bytes);
};

/* Returns the sum with this name, or NULL. */
const struct sum *sum_find(struct bytes name);
/* Adds bytes, in one call or several. The first call gets sum->begin; sum_end()
 * converts the last state to the sum. */
uint32_t sum_add(const struct sum *, uint32_t state, struct bytes);
uint32_t sum_end(const struct sum *, uint32_t state);

#endif
