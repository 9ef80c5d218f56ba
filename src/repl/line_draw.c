/* SPDX-License-Identifier: ISC */
/*
 * Draws a half-typed line: the prompt, or LAYOUT_MARK, and the visible part of
 * the line. line_layout.c selects the rows and escapes characters.
 */
#include "line_draw.h"

/* Sets `at` to column 0. Result: the terminal's number of rows. */
static unsigned at_the_left(struct spot *at)
{
	unsigned columns, rows;

	layout_terminal_size(&columns, &rows);
	spot_init(at, columns);
	return rows;
}

static void find_window(struct line_draw *d, const char *prompt,
			struct bytes line, size_t point)
{
	struct spot begin;
	unsigned rows = at_the_left(&begin);

	spot_text(&begin, bytes_str(prompt));
	layout_window(&d->shown, &begin, line, point, rows);
}

/* Appends the prompt or LAYOUT_MARK, and the visible part of the line. */
static void put(struct line_draw *d, struct buf *out, const char *prompt,
		struct bytes line, size_t point)
{
	const struct window *w = &d->shown;
	struct spot at;
	struct buf head;

	at_the_left(&at);
	buf_init(&head, BUF_SMALL);
	if (w->above)
		buf_printf(&head, LAYOUT_MARK " ", w->above);
	else
		buf_puts(&head, prompt);
	spot_text(&at, buf_bytes(&head));
	layout_prompt(out, buf_cstr(&head));
	buf_fini(&head);
	layout_draw(out, &at, bytes_skip(bytes_head(line, w->to), w->from),
		    point - w->from);
	d->row = at.row;
}

void line_draw_update(struct line_draw *d, struct buf *out, const char *prompt,
		      struct bytes line, size_t point)
{
	line_draw_erase(d, out);
	find_window(d, prompt, line, point);
	put(d, out, prompt, line, point);
}

void line_draw_finish(struct line_draw *d, struct buf *out, const char *prompt,
		      struct bytes line)
{
	line_draw_erase(d, out);
	find_window(d, prompt, line, line.len);
	if (d->shown.from <= LAYOUT_UNSEEN_MAX)
		d->shown = (struct window){.to = line.len};
	put(d, out, prompt, line, line.len);
	buf_puts(out, "\r\n");
	line_draw_forget(d);
}

void line_draw_erase(struct line_draw *d, struct buf *out)
{
	layout_erase(out, d->row);
	line_draw_forget(d);
}

void line_draw_resize(struct line_draw *d, const char *prompt,
		      struct bytes line, size_t point)
{
	struct buf as_it_is;

	buf_init(&as_it_is, BUF_SMALL);
	put(d, &as_it_is, prompt, line, point);
	buf_fini(&as_it_is);
}

void line_draw_forget(struct line_draw *d)
{
	*d = (struct line_draw){0};
}
