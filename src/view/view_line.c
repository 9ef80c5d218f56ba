/* SPDX-License-Identifier: ISC */
/*
 * The line view: prints each line as a row, with unprintable bytes escaped and
 * the line end visible. The ladder decides where messages begin.
 */
#include "rows.h"
#include "view_table.h"

#include <string.h>

/* RUN_MAX: maximum length of a run of printable ASCII that is copied at once.
 */
enum { RUN_MAX = 4096, STEP = 8 };

#define EACH_BYTE(c) (0x0101010101010101u * (c))

/* Returns eight bytes as a little-endian number. */
static uint64_t load_eight(const uint8_t *at)
{
	uint64_t x;

	memcpy(&x, at, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

/*
 * Sets the high bit of each byte that needs an escape: control, DEL, backslash,
 * or not ASCII. Borrows and carries may also set bits of higher bytes, so only
 * the lowest set bit, or a result of 0, is reliable.
 */
static uint64_t eight_need_care(uint64_t x)
{
	uint64_t slash = (x ^ EACH_BYTE('\\')) - EACH_BYTE(1);
	uint64_t odd = x | (x - EACH_BYTE(0x20)) | (x + EACH_BYTE(1)) | slash;

	return odd & EACH_BYTE(0x80);
}

static bool needs_care(uint8_t c)
{
	return c < 0x20 || c > 0x7E || c == '\\';
}

/*
 * Copies the bytes before the first byte that needs an escape. `to` needs room
 * for all of `in`. Result: number of bytes copied.
 */
static size_t copy_run(uint8_t *to, struct bytes in)
{
	size_t i = 0;

	for (; in.len - i >= STEP; i += STEP) {
		uint64_t odd = eight_need_care(load_eight(in.at + i));

		memcpy(to + i, in.at + i, STEP);
		if (odd)
			return i + (size_t)__builtin_ctzll(odd) / 8;
	}
	for (; i < in.len && !needs_care(in.at[i]); i++)
		to[i] = in.at[i];
	return i;
}

/* Returns the leading bytes that need an escape. Does not split a character,
 * because all bytes of a multibyte character need an escape. */
static struct bytes care_run(struct bytes in)
{
	size_t n = 0;

	while (n < in.len && needs_care(in.at[n]))
		n++;
	return bytes_head(in, n);
}

static void put_content(struct text *out, struct bytes in)
{
	while (in.len) {
		size_t most = in.len < RUN_MAX ? in.len : RUN_MAX;
		uint8_t *to = buf_reserve(&out->buf, most);

		if (!to) {
			/* Not enough room for all: escape up to the limit. */
			text_escape(out, in);
			return;
		}

		size_t n = copy_run(to, bytes_head(in, most));

		buf_commit(&out->buf, n);
		in = bytes_skip(in, n);
		if (n < most) {
			struct bytes care = care_run(in);

			if (n && to[n - 1] != ' ')
				text_escape_after(out, care);
			else
				text_escape(out, care);
			in = bytes_skip(in, care.len);
		}
	}
}

static void view_line_put_row(struct text *out, struct bytes row)
{
	size_t end = row_end(row);
	struct bytes content = bytes_head(row, row.len - end);
	/* Without a line end after it, a blank would not be visible. */
	bool blank = !end && content.len && content.at[content.len - 1] == ' ';

	content.len -= blank;
	put_content(out, content);
	if (blank)
		text_puts(out, "\\x20");
	if (end) {
		text_style(out, STYLE_DIM);
		text_puts(out, end == 2 ? "\\r\\n" : "\\n");
		text_style(out, STYLE_PLAIN);
	}
	text_puts(out, "\n");
}

/*
 * Prints the rows in the first RUN_MAX bytes of `in`, up to the first row that
 * needs an escape or is incomplete. Most data consists of printable rows, so
 * this function has to be fast.
 * Result:  number of bytes printed as rows; 0: none, or no room.
 */
static size_t put_plain_rows(struct buf *out, struct bytes in)
{
	size_t len = in.len < RUN_MAX ? in.len : RUN_MAX;
	size_t done = 0;
	/* A row grows at most threefold: an LF alone becomes `\n` and a
	 * newline. */
	uint8_t *begin = buf_reserve(out, 3 * len);
	uint8_t *to = begin;

	while (to && done < len) {
		struct bytes rest = {in.at + done, len - done};
		size_t n = copy_run(to, rest);

		if (n < rest.len && rest.at[n] == '\n') {
			memcpy(to + n, "\\n\n", 3);
			to += n + 3;
			done += n + 1;
		} else if (rest.len - n > 1 && rest.at[n] == '\r' &&
			   rest.at[n + 1] == '\n') {
			memcpy(to + n, "\\r\\n\n", 5);
			to += n + 5;
			done += n + 2;
		} else {
			break;
		}
	}
	if (done)
		buf_commit(out, (size_t)(to - begin));
	return done;
}

static size_t line_body(struct bytes data, uint64_t offset, bool final,
			struct text *out)
{
	size_t done = 0;

	(void)offset;
	for (;;) {
		if (!out->colour)
			done += put_plain_rows(&out->buf,
					       bytes_skip(data, done));

		struct bytes rest = bytes_skip(data, done);
		struct bytes row = bytes_head(rest, row_next(rest, final));

		if (!row.len)
			return done;
		view_line_put_row(out, row);
		done += row.len;
	}
}

const struct view_ops view_line = {
    .name = "line",
    .brief = "one row per line, with unprintable bytes escaped",
    .by_type = true,
    .row = VIEW_LINE,
    .body = line_body,
};
