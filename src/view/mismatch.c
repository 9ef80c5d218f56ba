/* SPDX-License-Identifier: ISC */
/*
 * Prints received data that did not match: hex rows, with a mark under the
 * first byte that differs. lang/match.c finds that byte.
 */
#include "hex.h"

#include "rung/view.h"

static void put_mark(int expected, size_t column, uint64_t offset,
		     struct text *out)
{
	size_t indent = hex_digits(offset) + HEX_FIRST + 3 * column +
			(column >= HEX_ROW / 2);

	text_printf(out, "%*s", (int)indent, "");
	text_style(out, STYLE_ERROR);
	text_puts(out, "^^");
	if (expected >= 0)
		text_printf(out, " expected %02x", expected);
	if (expected > ' ' && expected < 0x7F)
		text_printf(out, " '%c'", expected);
	text_style(out, STYLE_PLAIN);
	text_puts(out, "\n");
}

void view_mismatch(struct bytes data, uint64_t offset, size_t mark,
		   int expected, struct text *out)
{
	for (size_t from = 0; from < data.len; from += HEX_ROW) {
		struct bytes row = bytes_head(bytes_skip(data, from), HEX_ROW);
		size_t end = from + row.len;

		view_hex_row(row, offset + from, out);
		if (mark >= from &&
		    (mark < end || (mark == end && end == data.len)))
			put_mark(expected, mark - from, offset + from, out);
	}
}
