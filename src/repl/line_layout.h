/* SPDX-License-Identifier: ISC */
/*
 * What the consoles with an editor share: where a half-typed line stands on
 * the screen, what of it is seen, making room above it, and cutting what was
 * typed into lines.
 */
#ifndef RUNG_REPL_ABOVE_H
#define RUNG_REPL_ABOVE_H

#include "rung/console.h"

#include <wchar.h>

/* A place on a screen of so many columns; row and col count from 0. */
struct spot {
	unsigned columns, col;
	size_t row;
};

void spot_init(struct spot *, unsigned columns);
/* Steps over a character as an editor draws it: wrapped at the last column, a
 * wide one never split, tabs and control characters expanded. */
void spot_put(struct spot *, wchar_t);
/* The same for text in the locale's encoding; what stands between \1 and \2, as
 * readline marks it, takes no room. */
void spot_text(struct spot *, struct bytes);

/*
 * Appends what draws a text from `at` on, as spot_put() steps over it, and goes
 * to its byte `point`, where `at` is then.
 */
void above_draw(struct buf *out, struct spot *at, struct bytes text,
		size_t point);
/* Appends a prompt without the marks that spot_text() knows. */
/* Appends the text for an editor that draws it. Characters that would drive the
 * terminal, or turn the text around, are escaped; ASCII is left to the editor.
 * Offsets in the text become offsets in what is appended. */
enum { ABOVE_PLACES_MAX = 4 };
void above_escape(struct buf *out, struct bytes text, size_t *const at[],
		  size_t count);
void above_prompt(struct buf *out, const char *prompt);

/* Instead of the prompt, before a part of the text: how many rows are not
 * drawn. */
#define ABOVE_MARK "(%zu rows above)"
/* Once it is done it is drawn as a whole, unless so much of it was not. */
#define ABOVE_UNSEEN_MAX ((size_t)64 << 10)

/* What is drawn of a text that may be taller than the screen. */
struct window {
	size_t above;    /* so many rows of it are not, before */
	size_t from, to; /* the bytes that are */
};

/*
 * The rows around the cursor, which is before the byte `point`; all of them
 * where they fit. `begin` is where the text begins, behind its prompt. A mark
 * of less than a row, instead of the prompt, and a cursor behind the last row
 * find room.
 */
void above_window(struct window *, const struct spot *begin, struct bytes text,
		  size_t point, size_t rows);

/* The terminal's size, with a fallback of 80 by 24. */
void above_size(unsigned *columns, unsigned *rows);
/* Appends what clears a text whose cursor stands in its row `row`. */
void above_erase(struct buf *out, size_t row);
/* Clears the row that the cursor is in, and goes to its beginning. */
void above_erase_row(struct console *);
/* Goes to the beginning of a row, the next one unless it is at one: whoever had
 * the terminal may have left the cursor anywhere. */
void above_fresh_row(struct console *);
/* Gives the sink the lines of what was typed or pasted. */
void above_lines(struct console *, struct bytes);

#endif
