/* SPDX-License-Identifier: ISC */
/*
 * Functions for consoles with an editor: compute the rows of a half-typed line
 * and their visible part, clear the line to print text above it, and split
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
/* Moves over a character as an editor draws it: wraps at the last column, never
 * splits a wide character, and expands tabs and control characters. */
void spot_put(struct spot *, wchar_t);
/* Moves over text in the locale's encoding; text between \1 and \2, readline's
 * marks, has no width. */
void spot_text(struct spot *, struct bytes);

/*
 * Appends output that draws a text at the position `at`, in the columns that
 * spot_put() computes, and then moves the cursor to the text's byte `point`.
 * Sets `at` to the cursor's position.
 */
void layout_draw(struct buf *out, struct spot *at, struct bytes text,
		 size_t point);
enum { LAYOUT_PLACES_MAX = 4 };
/* Appends the text for an editor that draws it. Escapes characters that would
 * control the terminal or reverse the text, but leaves ASCII to the editor.
 * Converts `at`, offsets in the text, to offsets in the appended text. */
void layout_escape(struct buf *out, struct bytes text, size_t *const at[],
		   size_t count);
/* Appends a prompt without the marks described at spot_text(). */
void layout_prompt(struct buf *out, const char *prompt);

/* Text that replaces a hidden prompt: the number of hidden rows. */
#define LAYOUT_MARK "(%zu rows above)"
/* Maximum number of hidden bytes of a finished line that is still drawn whole.
 */
#define LAYOUT_UNSEEN_MAX ((size_t)64 << 10)

/* The visible part of a text that may be taller than the screen. */
struct window {
	size_t above;    /* number of hidden rows above */
	size_t from, to; /* offsets of the visible bytes */
};

/*
 * Selects all rows if they fit, else the rows around the cursor, which is
 * before the byte `point`. `begin`: position of the text, after its prompt.
 * Leaves room for LAYOUT_MARK, and for a cursor below the last row.
 */
void layout_window(struct window *, const struct spot *begin, struct bytes text,
		   size_t point, size_t rows);

/* Returns the terminal's size; 80 by 24 if it is unknown. */
void layout_terminal_size(unsigned *columns, unsigned *rows);
/* Appends output that clears a text; `row`: the row of the text that the cursor
 * is in. */
void layout_erase(struct buf *out, size_t row);
/* Moves to the beginning of the cursor's row, and clears this row and all rows
 * below. */
void layout_erase_row(struct console *);
/* Moves to the beginning of the next row, unless the cursor is in column 0.
 * Another program may have left the cursor anywhere. */
void layout_fresh_row(struct console *);
/* Passes each line of typed or pasted text to the sink. */
void layout_split_lines(struct console *, struct bytes);

#endif
