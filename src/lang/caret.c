/* SPDX-License-Identifier: ISC */
/*
 * Prints a line of the source, and a caret under one of its columns.
 */
#include "rung/text.h"
#include "rung/words.h"

#include <string.h>

enum { WIDTH_MAX = 72, BEFORE = 40, ESCAPED = 4 };

/* Bytes and columns of one character; a tab counts as one column here. */
struct caret_view {
	size_t len, width;
	bool prints;
};

static struct caret_view next(struct bytes in)
{
	uint32_t rune;
	int len = utf8_next(in, &rune);

	if (len == 1 && rune == '\t')
		return (struct caret_view){1, 1, true};
	if (len > 0 && utf8_is_printable(rune))
		return (struct caret_view){(size_t)len, utf8_width(rune), true};
	return (struct caret_view){1, ESCAPED, false};
}

static struct bytes line_of(struct bytes text, unsigned line)
{
	size_t from = 0, end;

	for (; line > 1; line--) {
		end = bytes_find_byte(text, '\n', from);
		if (end == BYTES_NOT_FOUND)
			return BYTES_NONE;
		from = end + 1;
	}
	end = bytes_find_byte(text, '\n', from);
	text = bytes_skip(bytes_head(text, end), from);
	if (text.len && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* Returns the offset at which to start printing, so that the column is visible
 * and no character is split. */
static size_t cut_before(struct bytes line, size_t at)
{
	size_t from = at > BEFORE + 10 ? at - BEFORE : 0;

	for (int i = 0; from && i < 3 && (line.at[from] & 0xC0) == 0x80; i++)
		from++;
	/* Escapes of unprintable bytes take more columns than bytes. */
	for (size_t width = 0, to = from; to < at;) {
		struct caret_view c = next(bytes_skip(line, to));

		to += c.len;
		width += c.width;
		for (; width > BEFORE + 10; width -= c.width) {
			c = next(bytes_skip(line, from));
			from += c.len;
		}
	}
	return from;
}

void words_caret(struct bytes text, unsigned line, unsigned col,
		 struct buf *out)
{
	struct bytes all = line_of(text, line);
	size_t at = col ? col - 1 : 0;
	size_t width = 0;
	struct buf under;

	if (at > all.len)
		at = all.len;
	buf_init(&under, BUF_SMALL);

	size_t from = at < all.len ? cut_before(all, at) : 0;

	if (at == all.len && at > BEFORE + 10)
		from = cut_before(all, at - 1);
	if (from) {
		buf_puts(out, "...");
		buf_puts(&under, "   ");
	}
	while (from < all.len && width < WIDTH_MAX) {
		struct caret_view c = next(bytes_skip(all, from));

		if (c.prints)
			buf_put(out, bytes_of(all.at + from, c.len));
		else
			buf_printf(out, "\\x%02x", all.at[from]);
		/* A tab under a tab stays aligned with any tab stops. */
		for (size_t i = 0; from + c.len <= at && i < c.width; i++)
			buf_putc(&under, all.at[from] == '\t' ? '\t' : ' ');
		from += c.len;
		width += c.width;
	}
	buf_puts(out, from < all.len ? "...\n" : "\n");
	buf_put(out, buf_bytes(&under));
	buf_puts(out, "^\n");
	buf_fini(&under);
}
