/* SPDX-License-Identifier: ISC */
/*
 * Random bytes, by getrandom(2).
 */
#include "rung/random.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/* getrandom(2) returns up to 256 bytes without interruption. */
#define PIECE ((size_t)256)

void random_bytes(void *at, size_t n)
{
	uint8_t *to = at;

	while (n) {
		size_t piece = n < PIECE ? n : PIECE;

		/* A key must not be predictable, so do not go on. */
		if (getrandom(to, piece, 0) != (ssize_t)piece)
			abort();
		to += piece;
		n -= piece;
	}
}
