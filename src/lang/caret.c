/* SPDX-License-Identifier: ISC */
/*
 * Pointing into a text: the line and a caret under the column, as a terminal
 * lays them out. Where the error is, others know.
 */
#include "rung/text.h"
#include "rung/words.h"

#include <string.h>

enum { WIDTH_MAX = 72, BEFORE = 40, ESCAPED = 4 };

struct range {
	uint32_t from, to;
};

/* Runes that take two columns, and none: the blocks that matter. The C
 * library's table needs a locale, which scripts may not have. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
static const struct range narrow[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
    {0x064B, 0x065F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},
    {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

static bool within(uint32_t rune, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rune >= ranges[i].from && rune <= ranges[i].to)
			return true;
	return false;
}

static size_t width_of(uint32_t rune)
{
	if (within(rune, narrow, sizeof(narrow) / sizeof(*narrow)))
		return 0;
	return within(rune, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
}

/* One character: how many bytes and columns; a tab is one of each here. */
struct shown {
	size_t len, width;
	bool prints;
};

static struct shown next(struct bytes in)
{
	uint32_t rune;
	int len = utf8_next(in, &rune);

	if (len == 1 && rune == '\t')
		return (struct shown){1, 1, true};
	if (len > 0 && utf8_prints(rune))
		return (struct shown){(size_t)len, width_of(rune), true};
	return (struct shown){1, ESCAPED, false};
}

static struct bytes line_of(struct bytes text, unsigned line)
{
	size_t from = 0, end;

	for (; line > 1; line--) {
		end = bytes_find_byte(text, '\n', from);
		if (end == BYTES_NOWHERE)
			return BYTES_NONE;
		from = end + 1;
	}
	end = bytes_find_byte(text, '\n', from);
	text = bytes_skip(bytes_head(text, end), from);
	if (text.len && text.at[text.len - 1] == '\r')
		text.len--;
	return text;
}

/* Where to begin, so that the column is in sight and no character is halved. */
static size_t cut_before(struct bytes line, size_t at)
{
	size_t from = at > BEFORE + 10 ? at - BEFORE : 0;

	for (int i = 0; from && i < 3 && (line.at[from] & 0xC0) == 0x80; i++)
		from++;
	/* What does not print takes more columns than bytes. */
	for (size_t width = 0, to = from; to < at;) {
		struct shown c = next(bytes_skip(line, to));

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
		struct shown c = next(bytes_skip(all, from));

		if (c.prints)
			buf_put(out, bytes_of(all.at + from, c.len));
		else
			buf_printf(out, "\\x%02x", all.at[from]);
		/* A tab under a tab keeps in step whatever its stops are. */
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
