/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes finding secrets: each one is inside the text, is not empty, and begins
 * after the end of the previous one. Covers base/secret.c.
 */
#include "rung/secret.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret s = {.end = 0};
	for (size_t from = 0; secret_next(bytes_of(data, size), from, &s);
	     from = s.end)
		if (s.at < from || s.at >= s.end || s.end > size)
			abort();
	return 0;
}
