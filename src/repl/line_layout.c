/* SPDX-License-Identifier: ISC */
/*
 * Computes the rows of a half-typed line and their visible part, and clears the
 * line to print text above it. line_draw.c and console_readline.c draw the
 * line.
 */
#include "line_layout.h"

#include "rung/text.h"
#include "tty_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wctype.h>

void spot_init(struct spot *s, unsigned columns)
{
	*s = (struct spot){.columns = columns ? columns : 80};
}

static void step(struct spot *s, unsigned width)
{
	if (s->col + width > s->columns) {
		s->row++;
		s->col = 0;
	}
	s->col += width;
	if (s->col >= s->columns) {
		s->row++;
		s->col = 0;
	}
}

/* Returns true for printable ASCII, which needs no slow test of the locale: a
 * pasted line may have a million characters. */
static bool is_plain(wchar_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Formats the replacement of a character that is not drawn as it is. Result:
 * the replacement's width; 0: no replacement. */
static unsigned stand_in(const struct spot *s, wchar_t c, char out[12])
{
	if (c == L'\t') {
		unsigned to_stop = 8 - s->col % 8, left = s->columns - s->col;

		return (unsigned)snprintf(
		    out, 12, "%*s", (int)(left < to_stop ? left : to_stop), "");
	}
	if (c >= 0 && c < 0x100 && iswcntrl((wint_t)c))
		return (unsigned)snprintf(out, 12, "^%c",
					  c == 0x7f ? '?' : (c & 0x1f) | '@');
	if (wcwidth(c) < 0 || !utf8_is_printable((uint32_t)c))
		return (unsigned)snprintf(out, 12, "\\U+%04lX",
					  (unsigned long)c & 0xfffff);
	return 0;
}

void spot_put(struct spot *s, wchar_t c)
{
	char shown[12];
	unsigned width;

	if (c == L'\n') {
		s->row++;
		s->col = 0;
		return;
	}
	if (is_plain(c)) {
		step(s, 1);
		return;
	}
	width = stand_in(s, c, shown);
	if (!width)
		step(s, (unsigned)wcwidth(c));
	while (width--)
		step(s, 1);
}

/* Decodes the character at byte `i`. Result: its length in bytes. */
static size_t line_layout_take(struct bytes text, size_t i, wchar_t *c)
{
	mbstate_t state = {0};
	size_t n;

	if (is_plain(text.at[i])) {
		*c = text.at[i];
		return 1;
	}
	n = mbrtowc(c, (const char *)text.at + i, text.len - i, &state);
	if (n != (size_t)-1 && n != (size_t)-2)
		return n ? n : 1;
	*c = L'?';
	return 1;
}

/* Returns the length of a printable UTF-8 character that the locale does not
 * know, as in the C locale; 0: the locale decides. Terminals display UTF-8 in
 * any locale. */
static size_t foreign_utf8(struct bytes text)
{
	uint32_t rune;
	int n = MB_CUR_MAX > 1 ? 0 : utf8_next(text, &rune);

	return n > 1 && utf8_is_printable(rune) ? (size_t)n : 0;
}

void layout_escape(struct buf *out, struct bytes text, size_t *const at[],
		   size_t count)
{
	size_t from = buf_len(out), i = 0, to[LAYOUT_PLACES_MAX] = {0};

	while (i <= text.len) {
		const struct spot s = {.columns = 80};
		char shown[12];
		wchar_t c = 0;
		size_t n;

		for (size_t j = 0; j < count; j++)
			if (*at[j] >= i)
				to[j] = buf_len(out) - from;
		if (i == text.len)
			break;
		n = foreign_utf8(bytes_skip(text, i));
		if (!n)
			n = line_layout_take(text, i, &c);
		if (c >= 0x80 && stand_in(&s, c, shown))
			buf_puts(out, shown);
		else if (c == L'?')
			buf_putc(out, '?');
		else
			buf_put(out, bytes_of(text.at + i, n));
		i += n;
	}
	for (size_t j = 0; j < count; j++)
		*at[j] = to[j];
}

void spot_text(struct spot *s, struct bytes text)
{
	bool hidden = false;

	for (size_t i = 0; i < text.len;) {
		wchar_t c;

		i += line_layout_take(text, i, &c);
		if (c == L'\1' || c == L'\2')
			hidden = c == L'\1';
		else if (!hidden)
			spot_put(s, c);
	}
}

/* Appends output that draws the text. A terminal wraps after a full row only at
 * the next character, so an extra newline ends a row that is full at the end of
 * a line or of the text. */
static void draw(struct buf *out, struct spot *at, struct bytes text)
{
	bool full = false;

	for (size_t i = 0; i < text.len;) {
		const struct spot before = *at;
		char shown[12];
		wchar_t c;
		size_t n = line_layout_take(text, i, &c);

		if (c == L'\n')
			buf_puts(out, full ? "\r\n\r\n" : "\r\n");
		else if (stand_in(at, c, shown))
			buf_puts(out, shown);
		else if (c == L'?')
			buf_putc(out, '?');
		else
			buf_put(out, bytes_of(text.at + i, n));
		spot_put(at, c);
		if (at->col != before.col || at->row != before.row)
			full = !at->col && c != L'\n';
		i += n;
	}
	if (full)
		buf_puts(out, "\r\n");
}

void layout_draw(struct buf *out, struct spot *at, struct bytes text,
		 size_t point)
{
	struct spot end;

	draw(out, at, bytes_head(text, point));
	end = *at;
	draw(out, &end, bytes_skip(text, point));
	if (end.row > at->row)
		buf_printf(out, "\033[%zuA", end.row - at->row);
	buf_putc(out, '\r');
	if (at->col)
		buf_printf(out, "\033[%uC", at->col);
}

void layout_prompt(struct buf *out, const char *prompt)
{
	for (; *prompt; prompt++)
		if (*prompt != '\1' && *prompt != '\2')
			buf_putc(out, (uint8_t)*prompt);
}

/* Moves over the text, to its end or the beginning of row `row`. Result: number
 * of bytes passed. */
static size_t walk(struct spot *s, struct bytes text, size_t row)
{
	size_t i = 0;

	while (i < text.len) {
		wchar_t c;
		size_t n = line_layout_take(text, i, &c);

		spot_put(s, c);
		if (s->row >= row)
			return s->col ? i : i + n;
		i += n;
	}
	return i;
}

void layout_window(struct window *w, const struct spot *begin,
		   struct bytes text, size_t point, size_t rows)
{
	struct spot at = *begin;
	size_t cursor, height = rows - 2, step = height / 2;

	*w = (struct window){.to = text.len};
	walk(&at, bytes_head(text, point), SIZE_MAX);
	cursor = at.row;
	walk(&at, bytes_skip(text, point), SIZE_MAX);
	if (at.row < rows || rows < 4)
		return;

	/* The window scrolls by half a screen. */
	w->above = cursor < step ? 0 : (cursor / step - 1) * step;
	if (w->above > at.row + 1 - height)
		w->above = at.row + 1 - height;
	at = *begin;
	w->from = w->above ? walk(&at, text, w->above) : 0;
	at = *begin;
	w->to = walk(&at, text, w->above + height);
	if (w->to < text.len && text.at[w->to - 1] == '\n')
		w->to--;
}

void layout_terminal_size(unsigned *columns, unsigned *rows)
{
	struct winsize size = {0};

	*columns = *rows = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		*columns = size.ws_col;
		*rows = size.ws_row;
	}
	if (!*columns)
		*columns = 80;
	if (!*rows)
		*rows = 24;
}

void layout_erase(struct buf *out, size_t row)
{
	unsigned columns, rows;

	layout_terminal_size(&columns, &rows);
	/* Rows above the screen have scrolled away. */
	if (row >= rows)
		row = rows - 1;
	if (row)
		buf_printf(out, "\033[%zuA", row);
	buf_puts(out, "\r\033[J");
}

void layout_erase_row(struct console *c)
{
	tty_queue_put(c->tty_queue, BYTES("\r\033[J"));
}

void layout_fresh_row(struct console *c)
{
	unsigned columns, rows;
	struct buf blanks;

	layout_terminal_size(&columns, &rows);
	buf_init(&blanks, BUF_SMALL);
	/* If the cursor was in column 0, a row of blanks and \r end in column 0
	 * of the same row, else of the next row. */
	buf_printf(&blanks, "%*s\r", (int)columns, "");
	tty_queue_put(c->tty_queue, buf_bytes(&blanks));
	buf_fini(&blanks);
}

void layout_split_lines(struct console *c, struct bytes typed)
{
	do {
		size_t end = 0;

		while (end < typed.len && typed.at[end] != '\n' &&
		       typed.at[end] != '\r')
			end++;
		c->sink->line(c, bytes_head(typed, end));
		if (end + 1 < typed.len && typed.at[end] == '\r' &&
		    typed.at[end + 1] == '\n')
			end++;
		typed = bytes_skip(typed, end + 1);
	} while (typed.len);
}
