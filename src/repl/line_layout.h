/* SPDX-License-Identifier: ISC */
/*
 * Shared by the consoles with an editor: computes where a half-typed line is on
 * the screen and which part is visible, clears it for text above, and splits
 * input into lines.
 */
#ifndef RUNG_REPL_LINE_LAYOUT_H
#define RUNG_REPL_LINE_LAYOUT_H

#include "rung/console.h"

#include <wchar.h>

/* A position on a screen of `columns` columns; row and col count from 0. */
struct spot {
	unsigned columns, col;
	size_t row;
};

void spot_init(struct spot *, unsigned columns);
/* Moves over a character as an editor draws it: wrapped at the last column, a
 * wide one never split, tabs and control characters expanded. */
void spot_put(struct spot *, wchar_t);
/* Moves over text in the locale's encoding; text between \1 and \2, readline's
 * marks, has no width. */
void spot_text(struct spot *, struct bytes);

/*
 * Appends output that draws a text from `at` on, as spot_put() moves over it,
 * and then moves the cursor to its byte `point`; sets `at` to that position.
 */
void above_draw(struct buf *out, struct spot *at, struct bytes text,
		size_t point);
enum { ABOVE_PLACES_MAX = 4 };
/* Appends the text for an editor that draws it. Characters that would control
 * the terminal or reverse the text are escaped; ASCII is left to the editor.
 * Converts `at`, offsets in the text, to offsets in what is appended. */
void above_escape(struct buf *out, struct bytes text, size_t *const at[],
		  size_t count);
/* Appends a prompt without the marks described at spot_text(). */
void above_prompt(struct buf *out, const char *prompt);

/* Printed in place of a prompt that is not visible: the number of hidden rows
 * above. */
#define ABOVE_MARK "(%zu rows above)"
/* A finished line is drawn whole unless more bytes than this were hidden. */
#define ABOVE_UNSEEN_MAX ((size_t)64 << 10)

/* The visible part of a text that may be taller than the screen. */
struct window {
	size_t above;    /* hidden rows before it */
	size_t from, to; /* offsets of the visible bytes */
};

/*
 * Selects the rows around the cursor, which is before the byte `point`; all
 * rows if they fit. `begin`: position of the text, after its prompt. Leaves
 * room for a mark of less than a row in place of the prompt, and for a cursor
 * below the last row.
 */
void above_window(struct window *, const struct spot *begin, struct bytes text,
		  size_t point, size_t rows);

/* Returns the terminal's size; 80 by 24 if it is unknown. */
void above_size(unsigned *columns, unsigned *rows);
/* Appends output that clears a text with the cursor in its row `row`. */
void above_erase(struct buf *out, size_t row);
/* Clears the cursor's row and moves to its beginning. */
void above_erase_row(struct console *);
/* Moves to the beginning of a row; of the next one unless the cursor is in
 * column 0. Another program may have left it anywhere. */
void above_fresh_row(struct console *);
/* Passes each line of typed or pasted text to the sink. */
void above_lines(struct console *, struct bytes);

#endif
