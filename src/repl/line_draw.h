/* SPDX-License-Identifier: ISC */
/*
 * A half-typed line as it is drawn where the editor does not draw it. What is
 * in it, and when it is drawn, is the console's job.
 */
#ifndef RUNG_REPL_DRAWN_H
#define RUNG_REPL_DRAWN_H

#include "line_layout.h"

/* All zero: nothing is, and the cursor is at the beginning of a row. */
struct drawn {
	struct window shown;
	size_t row; /* the cursor's, from the line's first one */
};

/* Each appends what the terminal is to be sent. Prompts are marked as for
 * spot_text(). */

/* Draws the line, or what of it is seen, in the place of what is drawn. */
void drawn_line(struct drawn *, struct buf *out, const char *prompt,
		struct bytes line, size_t point);
/* The line is done: all of it, where that is not too much, and the next row. */
void drawn_done(struct drawn *, struct buf *out, const char *prompt,
		struct bytes line);
void drawn_erase(struct drawn *, struct buf *out);

/* The terminal has another width, and has wrapped most likely what is drawn:
 * this line. */
void drawn_resized(struct drawn *, const char *prompt, struct bytes line,
		   size_t point);
/* It is not there any more, or not to be touched. */
void drawn_gone(struct drawn *);

#endif
