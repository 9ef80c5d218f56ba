/* SPDX-License-Identifier: ISC */
/*
 * Prints numbers for users: sizes with units, counts with commas.
 */
#include "rung/view.h"

#include <inttypes.h>
#include <stdio.h>

/* Maximum size that is printed exactly, so that users can compare it with a
 * protocol's lengths. Larger sizes are rounded. */
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

void view_count(uint64_t n, struct text *out)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_putc(&out->buf, ',');
		buf_putc(&out->buf, digits[i]);
	}
}
