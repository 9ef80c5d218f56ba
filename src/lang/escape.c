/* SPDX-License-Identifier: ISC */
/*
 * Reads escapes, and prints bytes so that the parser reads them back. lex.c
 * splits words.
 */
#include "escape.h"

#include "rung/percent.h"
#include "rung/text.h"
#include "rung/words.h"

#include <stdio.h>
#include <string.h>

/* Pairs of a letter and its byte. SPEC.md §2. */
static const char letters[] = "a\ab\be\033f\fn\nr\rt\tv\v0\0\\\\\"\"''$$##;;  ";

static int read_byte(struct bytes in, uint8_t out[4], size_t *used,
		     struct err *e)
{
	int high = in.len > 1 ? hex_value(in.at[1]) : -1;
	int low = in.len > 2 ? hex_value(in.at[2]) : -1;

	if (high < 0 || low < 0)
		return err_set(e, ERR_USAGE, 0,
			       "\\x needs two hex digits, as in \\x0d");
	out[0] = (uint8_t)(high << 4 | low);
	*used = 3;
	return 1;
}

static int read_rune(struct bytes in, uint8_t out[4], size_t *used,
		     struct err *e)
{
	uint32_t rune = 0;
	size_t n = 2;
	int digit;

	if (in.len < 2 || in.at[1] != '{')
		return err_set(e, ERR_USAGE, 0,
			       "\\u needs braces, as in \\u{20ac}");
	for (; n < in.len && (digit = hex_value(in.at[n])) >= 0; n++)
		if (rune <= 0x10FFFF)
			rune = rune << 4 | (uint32_t)digit;
	if (n == 2 || n == in.len || in.at[n] != '}')
		return err_set(e, ERR_USAGE, 0,
			       "\\u{ needs hex digits and a }");

	int len = utf8_put(rune, out);

	if (!len)
		return err_set(
		    e, ERR_USAGE, 0,
		    "\\u{...} is not a character (0 to d7ff, e000 to 10ffff)");
	*used = n + 1;
	return len;
}

int escape_read(struct bytes in, uint8_t out[4], size_t *used, struct err *e)
{
	if (in.at[0] == 'x')
		return read_byte(in, out, used, e);
	if (in.at[0] == 'u')
		return read_rune(in, out, used, e);
	for (size_t i = 0; i + 1 < sizeof(letters); i += 2)
		if ((uint8_t)letters[i] == in.at[0]) {
			out[0] = (uint8_t)letters[i + 1];
			*used = 1;
			return 1;
		}

	char brief[ESCAPE_BRIEF];
	uint32_t rune;
	int len = utf8_next(in, &rune);

	return err_set(
	    e, ERR_USAGE, 0, "unknown escape \\%s; write \\\\ for a backslash",
	    escape_brief(bytes_head(in, len > 0 ? (size_t)len : 1), brief));
}

/* Returns the length of the first character. *prints: the character may be
 * printed as it is. `marks`: see utf8_shows(). */
static size_t next_rune(struct bytes in, bool *prints, unsigned *marks)
{
	uint32_t rune;
	int len = utf8_next(in, &rune);

	*prints = len > 0 && utf8_shows(rune, marks);
	if (!*prints)
		*marks = 0;
	return len > 0 ? (size_t)len : 1;
}

const char *escape_brief(struct bytes in, char out[ESCAPE_BRIEF])
{
	const size_t most =
	    ESCAPE_BRIEF - 20; /* room for \xHH four times, "..." and the NUL */
	size_t n = 0;
	unsigned marks = 0;

	while (in.len && n < most) {
		bool prints;
		size_t len = next_rune(in, &prints, &marks);

		if (prints) {
			memcpy(out + n, in.at, len);
			n += len;
			in = bytes_skip(in, len);
			continue;
		}
		for (; len; len--, in = bytes_skip(in, 1))
			n += (size_t)sprintf(out + n, "\\x%02x", in.at[0]);
	}
	strcpy(out + n, in.len ? "..." : "");
	return out;
}

/* Returns true if the parser reads the unquoted bytes as one word with this
 * text, never as an option, a target, a comment or the start of a pattern. The
 * word may still be a keyword. */
static bool can_be_bare(struct bytes text)
{
	static const char never[] = " ;'\"\\$";
	static const char not_first[] = "#@!</-&";
	unsigned marks = 0;

	if (!text.len || strchr(not_first, text.at[0]))
		return false;
	for (struct bytes rest = text; rest.len;) {
		bool prints;
		size_t len = next_rune(rest, &prints, &marks);

		if (!prints || (len == 1 && strchr(never, rest.at[0])))
			return false;
		rest = bytes_skip(rest, len);
	}
	return true;
}

/* Returns the escape letter of an unprintable byte, or 0. */
static char letter_of(uint8_t byte)
{
	static const char short_ones[] = "abefnrtv0";

	for (size_t i = 0; i + 1 < sizeof(letters); i += 2)
		if ((uint8_t)letters[i + 1] == byte &&
		    strchr(short_ones, letters[i]))
			return letters[i];
	return 0;
}

static void quote_rune(struct bytes rune, bool prints, unsigned *marks,
		       struct buf *out)
{
	if (prints) {
		if (rune.len == 1 && strchr("\"\\$", rune.at[0])) {
			buf_putc(out, '\\');
			*marks = 0;
		}
		buf_put(out, rune);
		return;
	}
	for (size_t i = 0; i < rune.len; i++) {
		char letter = letter_of(rune.at[i]);

		if (letter)
			buf_printf(out, "\\%c", letter);
		else
			buf_printf(out, "\\x%02x", rune.at[i]);
	}
}

void words_quote_text(struct bytes text, struct buf *out)
{
	unsigned marks = 0;

	buf_putc(out, '"');
	while (text.len) {
		bool prints;
		size_t len = next_rune(text, &prints, &marks);

		quote_rune(bytes_head(text, len), prints, &marks, out);
		text = bytes_skip(text, len);
	}
	buf_putc(out, '"');
}

void words_quote(struct bytes text, struct buf *out)
{
	if (can_be_bare(text))
		buf_put(out, text);
	else
		words_quote_text(text, out);
}
