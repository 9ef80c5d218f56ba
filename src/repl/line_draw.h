/* SPDX-License-Identifier: ISC */
/*
 * Draws a half-typed line for an editor that does not draw it itself. The
 * console decides when, and what the line contains.
 */
#ifndef RUNG_REPL_LINE_DRAW_H
#define RUNG_REPL_LINE_DRAW_H

#include "line_layout.h"

/* All zero: nothing is drawn, and the cursor is in column 0. */
struct drawn {
	struct window shown;
	size_t row; /* row of the cursor, counted from the line's first */
};

/* Functions with a parameter `out` append output for the terminal to it.
 * Prompts contain the marks described at spot_text(). */

/* Draws the line, or its visible part, over what is drawn. */
void drawn_line(struct drawn *, struct buf *out, const char *prompt,
		struct bytes line, size_t point);
/* Draws the finished line whole, if not too much of it is hidden, and goes to
 * the next row. */
void drawn_done(struct drawn *, struct buf *out, const char *prompt,
		struct bytes line);
void drawn_erase(struct drawn *, struct buf *out);

/* Updates the cursor's row after a resize; assumes that the terminal has
 * wrapped the drawn line to the new width. */
void drawn_resized(struct drawn *, const char *prompt, struct bytes line,
		   size_t point);
/* Forgets what is drawn: it is gone from the screen, or must stay there. */
void drawn_gone(struct drawn *);

#endif
