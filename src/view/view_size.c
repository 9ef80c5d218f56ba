/* SPDX-License-Identifier: ISC */
/*
 * Prints sizes with units.
 */
#include "rung/view.h"

/* Sizes up to this are printed exactly, to be compared with a protocol's
 * lengths. */
#define EXACT_MAX ((size_t)99999)

void view_size(size_t n, struct text *out)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	size_t unit = 0;

	if (n <= EXACT_MAX) {
		text_printf(out, "%zuB", n);
		return;
	}
	while (n >> 20 && unit < sizeof(units) / sizeof(*units) - 1) {
		n >>= 10;
		unit++;
	}

	size_t tenths = (n & 1023) * 10 >> 10;

	if (tenths)
		text_printf(out, "%zu.%zu%s", n >> 10, tenths, units[unit]);
	else
		text_printf(out, "%zu%s", n >> 10, units[unit]);
}
