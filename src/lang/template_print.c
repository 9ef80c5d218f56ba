/* SPDX-License-Identifier: ISC */
/*
 * Prints bytes as templates, and a template's source on one line. template.c
 * parses templates.
 */
#include "escape.h"
#include "item.h"
#include "rung/text.h"
#include "rung/words.h"

enum { TEXT_LEAST = 4 }; /* shorter text among other bytes is printed in hex */

/* Returns the length of the text at the start: printable characters, tabs and
 * line ends. */
static size_t text_length(struct bytes in)
{
	size_t n = 0;
	unsigned marks = 0;

	while (n < in.len) {
		uint32_t rune;
		int len = utf8_next(bytes_skip(in, n), &rune);

		if (len <= 0 || (!utf8_shows(rune, &marks) && rune != '\t' &&
				 rune != '\r' && rune != '\n'))
			break;
		n += (size_t)len;
	}
	return n;
}

bool template_is_text(struct bytes in)
{
	return text_length(in) == in.len;
}

void template_print(struct bytes in, struct buf *out)
{
	size_t all = in.len;

	buf_putc(out, '<');
	if (!all)
		buf_puts(out, "\"\"");
	while (in.len) {
		size_t text = text_length(in);

		if (in.len < all)
			buf_putc(out, ' ');
		if (text >= TEXT_LEAST || text == all) {
			words_quote_text(bytes_head(in, text), out);
			in = bytes_skip(in, text);
			continue;
		}
		buf_printf(out, "%02x", in.at[0]);
		in = bytes_skip(in, 1);
	}
	buf_putc(out, '>');
}

/* Prints one character of a template's source; escapes an unprintable one, and
 * omits a CR. Result: its length in bytes. */
static size_t print_quoted(struct bytes in, struct buf *out)
{
	uint32_t rune;
	int len = utf8_next(in, &rune);

	if (len > 0 && utf8_is_printable(rune)) {
		buf_put(out, bytes_head(in, (size_t)len));
		return (size_t)len;
	}
	if (in.at[0] == '\n')
		buf_puts(out, "\\n");
	else if (in.at[0] != '\r')
		buf_printf(out, "\\x%02x", in.at[0]);
	return 1;
}

/* Prints a `${…}` with the quotes in it. Result: the input after it. */
static struct bytes print_brace(struct bytes in, size_t len, struct buf *out)
{
	for (size_t end = in.len - len; in.len > end;)
		in = bytes_skip(in, print_quoted(in, out));
	return in;
}

static void print_items(struct bytes in, struct buf *out)
{
	uint8_t quote = 0;
	bool blank = false, any = false;

	while (in.len) {
		uint8_t c = in.at[0];
		bool escape = quote != '\'' && c == '\\' && in.len > 1;
		size_t brace = quote == '\'' ? 0 : brace_length(in);

		if (!quote && (c == ' ' || c == '\t' || c == '\n' ||
			       c == '\r' || c == '\\')) {
			blank = true;
			in = bytes_skip(in, 1);
			continue;
		}
		if (blank && any)
			buf_putc(out, ' ');
		blank = false;
		any = true;
		if (brace) {
			in = print_brace(in, brace, out);
			continue;
		}
		if (escape && in.at[1] != '\n' && in.at[1] != '\r')
			buf_putc(out, '\\');
		if (escape)
			in = bytes_skip(in, 1);
		else if (c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		if (escape && bytes_starts(in, BYTES("\r\n")))
			in = bytes_skip(in, 2);
		else if (escape && in.at[0] == '\n')
			in = bytes_skip(in, 1);
		else
			in = bytes_skip(in, print_quoted(in, out));
	}
}

void template_print_source(const struct template *t, struct buf *out)
{
	buf_putc(out, '<');
	print_items(bytes_trim(t->text), out);
	buf_putc(out, '>');
}

void template_print_item(const struct template *t, size_t i, struct buf *out)
{
	size_t end = i + 1 < t->items ? t->item[i + 1].at : t->text.len;
	struct bytes in = bytes_head(t->text, end);

	print_items(bytes_trim(bytes_skip(in, t->item[i].at)), out);
}
