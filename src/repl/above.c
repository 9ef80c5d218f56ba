/* SPDX-License-Identifier: ISC */
/*
 * Where a half-typed line stands on the screen, what of it is seen, and how to
 * make room above it. Drawing the line itself is the editor's job.
 */
#include "above.h"

#include "outlet.h"

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

static void steps(struct spot *s, unsigned count)
{
	while (count--)
		step(s, 1);
}

void spot_put(struct spot *s, wchar_t c)
{
	int width = wcwidth(c);

	if (c == L'\n') {
		s->row++;
		s->col = 0;
	} else if (c == L'\t') {
		do
			step(s, 1);
		while (s->col % 8);
	} else if (c >= 0 && c < 0x100 && iswcntrl((wint_t)c)) {
		steps(s, 2); /* ^X */
	} else if (width >= 0) {
		step(s, (unsigned)width);
	} else {
		steps(s, c > 0xffff ? 8 : 7); /* \U+XXXX */
	}
}

/* The character at byte `i`. Result: its length in bytes. */
static size_t take(struct bytes text, size_t i, wchar_t *c)
{
	mbstate_t state = {0};
	size_t n;

	if (text.at[i] >= 0x20 && text.at[i] < 0x7f) {
		*c = text.at[i];
		return 1;
	}
	n = mbrtowc(c, (const char *)text.at + i, text.len - i, &state);
	if (n != (size_t)-1 && n != (size_t)-2)
		return n ? n : 1;
	*c = L'?';
	return 1;
}

void spot_text(struct spot *s, struct bytes text)
{
	bool hidden = false;

	for (size_t i = 0; i < text.len;) {
		wchar_t c;

		i += take(text, i, &c);
		if (c == L'\1' || c == L'\2')
			hidden = c == L'\1' && !hidden;
		else if (!hidden)
			spot_put(s, c);
	}
}

/* Steps over the text, to its end or where that row begins. Result: how far. */
static size_t walk(struct spot *s, struct bytes text, size_t row)
{
	size_t i = 0;

	while (i < text.len) {
		wchar_t c;
		size_t n = take(text, i, &c);

		spot_put(s, c);
		if (s->row >= row)
			return s->col ? i : i + n;
		i += n;
	}
	return i;
}

void above_window(struct window *w, const struct spot *begin, struct bytes text,
		  size_t point, size_t rows)
{
	struct spot at = *begin;
	size_t cursor, height = rows - 2, step = height / 2;

	*w = (struct window){.to = text.len};
	walk(&at, bytes_head(text, point), SIZE_MAX);
	cursor = at.row;
	walk(&at, bytes_skip(text, point), SIZE_MAX);
	if (at.row < rows || rows < 4)
		return;

	/* It moves by half a screen. */
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

void above_size(unsigned *columns, unsigned *rows)
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

void above_erase(struct buf *out, size_t row)
{
	unsigned columns, rows;

	above_size(&columns, &rows);
	/* What is taller than the screen has scrolled away. */
	if (row >= rows)
		row = rows - 1;
	if (row)
		buf_printf(out, "\033[%zuA", row);
	buf_puts(out, "\r\033[J");
}

void above_erase_row(struct console *c)
{
	outlet_put(c->outlet, BYTES("\r\033[J"));
}

void above_fresh_row(struct console *c)
{
	unsigned columns, rows;
	struct buf blanks;

	above_size(&columns, &rows);
	buf_init(&blanks, BUF_SMALL);
	/* A whole row of blanks ends where it began, or in the next row. */
	buf_printf(&blanks, "%*s\r", (int)columns, "");
	outlet_put(c->outlet, buf_bytes(&blanks));
	buf_fini(&blanks);
}

void above_lines(struct console *c, struct bytes typed)
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
