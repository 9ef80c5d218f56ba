/* SPDX-License-Identifier: ISC */
/*
 * Draws a half-typed line for console_libedit.c, which does not use libedit's
 * own drawing.
 */
#ifndef RUNG_REPL_LINE_DRAW_H
#define RUNG_REPL_LINE_DRAW_H

#include "line_layout.h"

/* The line on the screen. All zero: nothing is drawn, and the cursor is in
 * column 0. */
struct line_draw {
	struct window shown;
	size_t row; /* row of the cursor, counted from the line's first */
};

/* `out`: buffer to which output for the terminal is appended. `prompt`: text
 * with the marks described at spot_text(). */

/* Draws the line, or its visible part, in place of the drawn one. */
void line_draw_update(struct line_draw *, struct buf *out, const char *prompt,
		      struct bytes line, size_t point);
/* Draws the finished line, with the hidden part if that is not too long, and
 * moves to the next row. */
void line_draw_finish(struct line_draw *, struct buf *out, const char *prompt,
		      struct bytes line);
void line_draw_erase(struct line_draw *, struct buf *out);

/* Updates the cursor's row after a resize; assumes that the terminal has
 * wrapped the drawn line to the new width. */
void line_draw_resize(struct line_draw *, const char *prompt, struct bytes line,
		      size_t point);
/* Marks the line as not drawn: the line has left the screen, or must stay
 * there. */
void line_draw_forget(struct line_draw *);

#endif
