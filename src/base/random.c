/* SPDX-License-Identifier: ISC */
/*
 * Random bytes, by getrandom(2).
 */
#include "rung/random.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

/* getrandom(2) is never interrupted if it is asked for no more bytes. */
#define PIECE ((size_t)256)

void random_bytes(void *at, size_t n)
{
	uint8_t *to = at;

	while (n) {
		size_t piece = n < PIECE ? n : PIECE;

		/* Keys of zeros would be worse than no rung. */
		if (getrandom(to, piece, 0) != (ssize_t)piece)
			abort();
		to += piece;
		n -= piece;
	}
}
