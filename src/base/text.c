/* SPDX-License-Identifier: ISC */
/*
 * Text for a screen: style codes, and the escaping of untrusted bytes.
 */
#include "rung/text.h"

#include <stdio.h>
#include <string.h>

void text_init(struct text *t, size_t limit, bool colour)
{
	buf_init(&t->buf, limit);
	t->colour = colour;
}

void text_fini(struct text *t)
{
	buf_fini(&t->buf);
}

/*
 * Returns the escape sequence of a style. Each sequence begins with a reset, so
 * that styles do not accumulate.
 * Source:  ECMA-48 §8.3.117 SGR.
 */
static const char *style_codes(enum style style)
{
	switch (style) {
	case STYLE_PLAIN:
		return "\033[0m";
	case STYLE_DIM:
		return "\033[0;2m";
	case STYLE_BOLD:
		return "\033[0;1m";
	case STYLE_RECEIVED:
		return "\033[0;32m";
	case STYLE_SENT:
		return "\033[0;36m";
	case STYLE_NOTICE:
		return "\033[0;33m";
	case STYLE_ERROR:
		return "\033[0;31m";
	}
	return "";
}

void text_style(struct text *t, enum style style)
{
	if (t->colour)
		buf_puts(&t->buf, style_codes(style));
}

void text_puts(struct text *t, const char *s)
{
	buf_puts(&t->buf, s);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&t->buf, fmt, args);
	va_end(args);
}

#define EACH_BYTE(c) (0x0101010101010101u * (c))

/* Returns true if the eight bytes are printable ASCII without a backslash. */
static bool eight_plain(const uint8_t *at)
{
	uint64_t x;

	memcpy(&x, at, sizeof(x));

	/* Each term of `odd` sets the high bit of bytes that are not plain:
	 * above 0x7F, below 0x20, DEL, backslash. */
	uint64_t slash = (x ^ EACH_BYTE('\\')) - EACH_BYTE(1);
	uint64_t odd = x | (x - EACH_BYTE(0x20)) | (x + EACH_BYTE(1)) | slash;

	return !(odd & EACH_BYTE(0x80));
}

/* Returns how many bytes at the start of `in` need no escape. `marks`: see
 * utf8_shows(). */
static size_t plain_run(struct bytes in, unsigned *marks)
{
	size_t i = 0;

	for (;;) {
		while (in.len - i >= 8 && eight_plain(in.at + i)) {
			i += 8;
			*marks = in.at[i - 1] == ' ' ? 0 : UTF8_MARKS_MAX;
		}

		uint32_t rune;
		int n = utf8_next(bytes_skip(in, i), &rune);

		if (n <= 0 || rune == '\\' || !utf8_shows(rune, marks))
			return i;
		i += (size_t)n;
	}
}

/* The letter of each byte's escape; 0: none. */
static const char letters[UINT8_MAX + 1] = {
    ['\0'] = '0', ['\a'] = 'a', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n',
    ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r', [0x1B] = 'e', ['\\'] = '\\',
};

/* Escapes the first character of `in`. Result: its length in bytes. */
static size_t escape_one(struct buf *out, struct bytes in)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t c = in.at[0];
	char letter = letters[c];
	uint32_t rune;
	int n = utf8_next(in, &rune);

	if (letter) {
		buf_put(out, bytes_of((const char[]){'\\', letter}, 2));
		return 1;
	}
	if (n > 1) {
		buf_printf(out, "\\u{%x}", (unsigned)rune);
		return (size_t)n;
	}

	const char hex[] = {'\\', 'x', digits[c >> 4], digits[c & 15]};

	buf_put(out, bytes_of(hex, sizeof(hex)));
	return 1;
}

/* Appends as much of the run as fits within the limit. */
static void put_run(struct buf *out, struct bytes run)
{
	if (!buf_put(out, run))
		return;

	size_t held = buf_len(out);

	run = bytes_head(run, held < out->limit ? out->limit - held : 0);
	/* Never cut inside a character: its second half would become an
	 * escape. */
	buf_put(out, bytes_head(run, utf8_complete_len(run)));
}

static void put_foreign(struct buf *out, struct bytes in, bool lines,
			unsigned marks)
{
	while (in.len) {
		size_t n = plain_run(in, &marks);

		if (n) {
			put_run(out, bytes_head(in, n));
			in = bytes_skip(in, n);
			continue;
		}
		marks = 0;
		if (!lines) {
			n = escape_one(out, in);
		} else if (in.at[0] == '\n' || in.at[0] == '\t') {
			buf_putc(out, in.at[0]);
			n = 1;
		} else if (bytes_starts(in, BYTES("\r\n"))) {
			n = 1;
		} else {
			n = escape_one(out, in);
		}
		in = bytes_skip(in, n);
	}
}

void text_escape(struct text *t, struct bytes b)
{
	put_foreign(&t->buf, b, false, 0);
}

void text_escape_after(struct text *t, struct bytes b)
{
	put_foreign(&t->buf, b, false, UTF8_MARKS_MAX);
}

void text_escape_lines(struct text *t, struct bytes b)
{
	put_foreign(&t->buf, b, true, 0);
}

struct bytes text_bytes(const struct text *t)
{
	return buf_bytes(&t->buf);
}

/* Returns the length in bytes of the first character or style sequence.
 * `width`: its width in columns. */
static size_t next_shown(struct bytes in, size_t *width)
{
	uint32_t rune;
	int n;

	*width = 1;
	if (in.at[0] >= ' ' && in.at[0] < 0x7F)
		return 1;
	n = utf8_next(in, &rune);
	if (n == 1 && rune == 0x1B) {
		size_t end = bytes_find_byte(in, 'm', 0);

		*width = 0;
		return end == BYTES_NOT_FOUND ? in.len : end + 1;
	}
	if (n <= 0)
		return 1;
	*width = utf8_width(rune);
	return (size_t)n;
}

size_t text_width(struct bytes line)
{
	size_t width = 0, next;

	while (line.len) {
		line = bytes_skip(line, next_shown(line, &next));
		width += next;
	}
	return width;
}

size_t text_fit(struct bytes line, size_t width)
{
	size_t fits = 0, next;

	while (fits < line.len) {
		size_t n = next_shown(bytes_skip(line, fits), &next);

		if (next > width)
			break;
		width -= next;
		fits += n;
	}
	return fits;
}

const char *text_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}
