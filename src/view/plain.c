/* SPDX-License-Identifier: ISC */
/*
 * The text view: prints lines unchanged, but escapes control characters. The
 * line view also prints the line ends.
 */
#include "rows.h"
#include "view_table.h"

static size_t text_body(struct bytes data, uint64_t offset, bool final,
			struct text *out)
{
	size_t done = 0;

	(void)offset;
	for (;;) {
		struct bytes rest = bytes_skip(data, done);
		struct bytes row = bytes_head(rest, row_next(rest, final));

		if (!row.len)
			return done;
		text_escape_lines(out, row);
		if (!row_end(row))
			text_puts(out, "\n");
		done += row.len;
	}
}

const struct view_ops view_text = {
    .name = "text",
    .brief = "lines unchanged, except that control characters are escaped",
    .by_type = true,
    .row = VIEW_LINE,
    .body = text_body,
};
