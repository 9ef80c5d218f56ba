/* SPDX-License-Identifier: ISC */
/*
 * Draws a half-typed line: the prompt, or ABOVE_MARK, and the visible part of
 * the line. line_layout.c selects the rows and escapes characters.
 */
#include "line_draw.h"

/* Sets `at` to column 0. Result: the terminal's number of rows. */
static unsigned at_the_left(struct spot *at)
{
	unsigned columns, rows;

	above_size(&columns, &rows);
	spot_init(at, columns);
	return rows;
}

static void find_window(struct drawn *d, const char *prompt, struct bytes line,
			size_t point)
{
	struct spot begin;
	unsigned rows = at_the_left(&begin);

	spot_text(&begin, bytes_str(prompt));
	above_window(&d->shown, &begin, line, point, rows);
}

/* Appends the prompt or ABOVE_MARK, and the visible part of the line. */
static void put(struct drawn *d, struct buf *out, const char *prompt,
		struct bytes line, size_t point)
{
	const struct window *w = &d->shown;
	struct spot at;
	struct buf head;

	at_the_left(&at);
	buf_init(&head, BUF_SMALL);
	if (w->above)
		buf_printf(&head, ABOVE_MARK " ", w->above);
	else
		buf_puts(&head, prompt);
	spot_text(&at, buf_bytes(&head));
	above_prompt(out, buf_cstr(&head));
	buf_fini(&head);
	above_draw(out, &at, bytes_skip(bytes_head(line, w->to), w->from),
		   point - w->from);
	d->row = at.row;
}

void drawn_line(struct drawn *d, struct buf *out, const char *prompt,
		struct bytes line, size_t point)
{
	drawn_erase(d, out);
	find_window(d, prompt, line, point);
	put(d, out, prompt, line, point);
}

void drawn_done(struct drawn *d, struct buf *out, const char *prompt,
		struct bytes line)
{
	drawn_erase(d, out);
	find_window(d, prompt, line, line.len);
	if (d->shown.from <= ABOVE_UNSEEN_MAX)
		d->shown = (struct window){.to = line.len};
	put(d, out, prompt, line, line.len);
	buf_puts(out, "\r\n");
	drawn_gone(d);
}

void drawn_erase(struct drawn *d, struct buf *out)
{
	above_erase(out, d->row);
	drawn_gone(d);
}

void drawn_resized(struct drawn *d, const char *prompt, struct bytes line,
		   size_t point)
{
	struct buf as_it_is;

	buf_init(&as_it_is, BUF_SMALL);
	put(d, &as_it_is, prompt, line, point);
	buf_fini(&as_it_is);
}

void drawn_gone(struct drawn *d)
{
	*d = (struct drawn){0};
}
