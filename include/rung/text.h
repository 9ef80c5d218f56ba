/* SPDX-License-Identifier: ISC */
/*
 * Text for a terminal: escaped, and styled if styles are on. A peer's bytes
 * reach a terminal only through these functions, except in the view `raw`.
 */
#ifndef RUNG_TEXT_H
#define RUNG_TEXT_H

#include "rung/bytes.h"

enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_RECEIVED,
	STYLE_SENT,
	STYLE_NOTICE,
	STYLE_ERROR,
};

struct text {
	struct buf buf;
	bool colour; /* false: text_style() appends nothing */
};

void text_init(struct text *, size_t limit, bool colour);
void text_fini(struct text *);
void text_style(struct text *, enum style);
/* Appends rung's own text as it is, like text_printf(). Never use these two
 * functions for a peer's bytes. */
void text_puts(struct text *, const char *);
void text_printf(struct text *, const char *fmt, ...) RUNG_PRINTF(2, 3);
/*
 * Appends bytes of any kind on one line: printable UTF-8 as it is, all other
 * bytes as escapes that the command language reads back (\r \n \t \e \xHH,
 * \\ for a backslash, \u{H} for C1, bidi and invisible characters). Escapes
 * marks that would combine with an escape. The appended text has no newline.
 */
void text_escape(struct text *, struct bytes);
/* Does the same for text after a visible character of the same data, which may
 * combine with a mark at the start of the text. */
void text_escape_after(struct text *, struct bytes);
/* Appends bytes like text_escape(), but keeps newlines and tabs, and
 * removes a CR before an LF. */
void text_escape_lines(struct text *, struct bytes);
struct bytes text_bytes(const struct text *);
/* Returns the number of columns that one line of escaped text needs. */
size_t text_width(struct bytes);
/* Returns the number of bytes of a line of escaped text that fit into `width`
 * columns. */
size_t text_fit(struct bytes, size_t width);
/* Returns the end of an English noun after a number: "" after 1, else "s". */
const char *text_plural(uint64_t);

/*
 * Decodes the first character of `in`.
 * Result:  its length in bytes (1 to 4) and *rune; 0 if `in` is empty; -1 if
 *          its first byte starts no valid UTF-8 (RFC 3629 §4); -2 if `in` ends
 *          inside a character that is valid so far.
 */
int utf8_next(struct bytes in, uint32_t *rune);
/* Encodes a character. Result: number of bytes written to out[4]; 0 for a
 * surrogate or a value above U+10FFFF. */
int utf8_put(uint32_t rune, uint8_t out[4]);
bool utf8_valid(struct bytes);
/* A check of text that comes in pieces; zeroed at its start. */
struct utf8_check {
	uint8_t left;      /* missing bytes of the character; 0: the text may
			      end here */
	uint8_t low, high; /* range of the first missing byte */
};
/*
 * Checks the next piece.
 * Result:  index of the first byte with which no valid text can begin or go on;
 *          BYTES_NOT_FOUND if there is none. After an error the check starts
 *          anew.
 */
size_t utf8_check_next(struct utf8_check *, struct bytes);
/* Returns the length of the text without an incomplete character at its end. */
size_t utf8_complete_len(struct bytes);
/* Returns true if the character may be sent to a terminal as it is: no C0, C1,
 * DEL or bidi control, no blank but the space, and no invisible character (a
 * byte order mark, a tag...). */
bool utf8_is_printable(uint32_t rune);
/* Maximum number of combining marks on one character. */
#define UTF8_MARKS_MAX 4u
/*
 * Returns true if the character may be sent to a terminal after the characters
 * before it: it is printable, and if it has no width, it follows a visible
 * character. After an escape it would alter the escape.
 * `marks`: number of characters without width that may still follow; 0 at the
 *          start of a text and after an escape.
 */
bool utf8_shows(uint32_t rune, unsigned *marks);
/* Returns the number of columns that a terminal uses for a printable character:
 * 0, 1 or 2. The table is rung's own, because the C library's table needs a
 * locale, which may be missing. */
unsigned utf8_width(uint32_t rune);

#endif
