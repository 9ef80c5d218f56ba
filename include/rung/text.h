/* SPDX-License-Identifier: ISC */
/*
 * Text for a screen: safe, and styled where styles are on. The one place that
 * turns foreign bytes into what a terminal may be given.
 */
#ifndef RUNG_TEXT_H
#define RUNG_TEXT_H

#include "rung/bytes.h"

enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_UP,   /* what came */
	STYLE_DOWN, /* what was sent */
	STYLE_NOTE,
	STYLE_BAD,
};

struct text {
	struct buf buf;
	bool colour; /* false: text_style() adds nothing */
};

void text_init(struct text *, size_t limit, bool colour);
void text_fini(struct text *);
void text_style(struct text *, enum style);
/* Our own words: nothing foreign goes through these two. */
void text_puts(struct text *, const char *);
void text_printf(struct text *, const char *fmt, ...) RUNG_PRINTF(2, 3);
/*
 * Foreign bytes on one line: valid UTF-8 that prints stands as it is, the rest
 * as escapes that the command language reads back (\r \n \t \e \xHH, \\ for a
 * backslash, \u{H} for C1, bidi and unseen ones). No newline comes out.
 */
void text_escape(struct text *, struct bytes);
/* As text_escape, but newlines and tabs stand; a CR before LF goes. */
void text_safe(struct text *, struct bytes);
struct bytes text_bytes(const struct text *);
/* How many columns a terminal gives what these made on one line. */
size_t text_width(struct bytes);
/* How many bytes of such a line fit so many columns. */
size_t text_fit(struct bytes, size_t width);

/*
 * The next character of `in`.
 * Result:  its length in bytes (1 to 4) and *rune; 0 if `in` is empty;
 *          -1 if its first byte starts no valid UTF-8 (RFC 3629 §4);
 *          -2 if `in` ends inside a character that is valid so far.
 */
int utf8_next(struct bytes in, uint32_t *rune);
/* Result: bytes written to out[4]; 0 for a surrogate or past U+10FFFF. */
int utf8_put(uint32_t rune, uint8_t out[4]);
/* Appends \uHHHH, of a rune past the first plane two of them: surrogates
 * (RFC 8259 §7). */
void utf8_escape(uint32_t rune, struct buf *out);
bool utf8_valid(struct bytes);
/* How many bytes stand before a character that is valid so far and that the end
 * cuts: all, where it cuts none. */
size_t utf8_whole(struct bytes);
/* Whether a terminal may be given the rune as it is: no C0, C1, DEL or bidi
 * control, and none that cannot be seen (a byte order mark, a tag...). */
bool utf8_prints(uint32_t rune);
/* How many columns a terminal gives one that it is given: 0, 1 or 2. By a table
 * of our own: the C library's needs a locale, which scripts may not have. */
unsigned utf8_width(uint32_t rune);

#endif
