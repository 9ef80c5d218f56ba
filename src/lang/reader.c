/* SPDX-License-Identifier: ISC */
/*
 * Reads the tokens of a template: blanks, words, quoted text, bytes in hex.
 * template.c has the grammar.
 */
#include "reader.h"

#include "brace.h"
#include "escape.h"
#include "rung/percent.h"
#include "variable.h"

#include <stdarg.h>
#include <string.h>

enum { ITEMS_MAX = 4096 };

int reader_bad(struct reader *r, size_t at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(r->e, ERR_USAGE, 0, fmt, args);
	va_end(args);
	*r->bad = at;
	return -1;
}

int reader_bad_as(struct reader *r, size_t at)
{
	*r->bad = at;
	return -1;
}

int reader_too_much(struct reader *r)
{
	*r->bad = r->pos;
	return err_set(r->e, ERR_LIMIT, 0, "no memory for the template");
}

struct bytes reader_rest(const struct reader *r)
{
	return bytes_skip(r->text, r->pos);
}

uint8_t reader_peek(const struct reader *r)
{
	return r->pos < r->text.len ? r->text.at[r->pos] : 0;
}

/* Returns the length of a line end, including a CR; 0: none. */
static size_t line_end(const struct reader *r, size_t at)
{
	if (bytes_starts(bytes_skip(r->text, at), BYTES("\r\n")))
		return 2;
	return at < r->text.len && r->text.at[at] == '\n';
}

/* Returns the length of a blank, or of a backslash and line end, at pos. */
static size_t blank(const struct reader *r)
{
	uint8_t c = reader_peek(r);
	size_t joint;

	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return 1;
	joint = c == '\\' ? line_end(r, r->pos + 1) : 0;
	return joint ? joint + 1 : 0;
}

void reader_blanks(struct reader *r)
{
	for (size_t n; (n = blank(r)) > 0;)
		r->pos += n;
}

bool reader_ends(const struct reader *r)
{
	return r->pos == r->text.len || blank(r);
}

struct bytes reader_word(struct reader *r)
{
	struct bytes in = reader_rest(r);
	size_t n = 0;

	while (n < in.len && name_byte(in.at[n]))
		n++;
	r->pos += n;
	return bytes_head(in, n);
}

static struct item *last_item(struct reader *r)
{
	size_t len = buf_len(&r->items);

	if (!len)
		return NULL;
	return (struct item *)(void *)(r->items.data + len -
				       sizeof(struct item));
}

int reader_add(struct reader *r, const struct item *item)
{
	if (buf_len(&r->items) / sizeof(*item) == ITEMS_MAX)
		return reader_bad(r, item->at,
				  "too many parts in the template (at most %d)",
				  ITEMS_MAX);
	if (buf_put(&r->items, bytes_of(item, sizeof(*item))))
		return reader_too_much(r);
	return 0;
}

/* Adds constant bytes: extends the last item if it and the new item are
 * constants without a name, else adds an item. r->bytes holds the bytes in the
 * order of the items; point_bytes() sets their addresses after the last item is
 * read. */
static int add_constant(struct reader *r, const struct item *item)
{
	struct item *last = last_item(r);

	if (!last || last->kind != ITEM_BYTES || last->name.len ||
	    item->name.len)
		return reader_add(r, item);
	last->bytes.len += item->bytes.len;
	return 0;
}

static int add_byte(struct reader *r, size_t at, uint8_t byte)
{
	struct item item = {
	    .kind = ITEM_BYTES, .at = at, .bytes.len = 1, .of = NO_ITEM};

	if (buf_putc(&r->bytes, byte))
		return reader_too_much(r);
	return add_constant(r, &item);
}

int reader_any(struct reader *r, size_t at, uint64_t count)
{
	struct item item = {
	    .kind = ITEM_ANY, .at = at, .count = count, .of = NO_ITEM};

	return reader_add(r, &item);
}

/* Adds a part to the text that is being read; joins adjacent constants. */
static int add_part(struct reader *r, size_t from, struct part part)
{
	size_t top = buf_len(&r->parts);
	struct part *last = NULL;

	if (top > from)
		last = (void *)(r->parts.data + top - sizeof(*last));
	if (!part.variable && buf_put(&r->bytes, part.bytes))
		return reader_too_much(r);
	if (last && !part.variable && !last->variable) {
		last->bytes.len += part.bytes.len;
		return 0;
	}
	if (!part.variable)
		part.bytes.at = NULL;
	if (buf_put(&r->parts, bytes_of(&part, sizeof(part))))
		return reader_too_much(r);
	return 0;
}

int reader_variable(struct reader *r, struct bytes *name,
		    const struct brace **brace)
{
	size_t bad = 0;
	int used = brace_read(r->arena, reader_rest(r), name, brace, &bad,
			      r->e);

	if (used < 0)
		return reader_bad_as(r, r->pos + bad);
	r->pos += (size_t)used;
	return 0;
}

static int take_escape(struct reader *r, size_t from)
{
	size_t at = r->pos++, used = 0, joint = line_end(r, r->pos);
	uint8_t out[4];

	if (joint) {
		r->pos += joint;
		return 0;
	}
	if (r->pos == r->text.len)
		return reader_bad(r, at, "lone backslash; write \\\\");

	int len = escape_read(reader_rest(r), out, &used, r->e);

	if (len < 0)
		return reader_bad_as(r, at);
	r->pos += used;
	return add_part(r, from,
			(struct part){.bytes = bytes_of(out, (size_t)len)});
}

/* Reads quoted text up to a byte of `until` or a CR LF. Skips the CR, so that
 * every line end becomes LF. */
static int take_plain(struct reader *r, size_t from, const char *until)
{
	size_t start = r->pos;

	while (r->pos < r->text.len && !strchr(until, r->text.at[r->pos]) &&
	       line_end(r, r->pos) != 2)
		r->pos++;

	struct part part = {
	    .bytes = bytes_of(r->text.at + start, r->pos - start)};

	if (line_end(r, r->pos) == 2)
		r->pos++;
	return add_part(r, from, part);
}

static int take_quoted(struct reader *r, size_t from)
{
	size_t open = r->pos;
	uint8_t quote = r->text.at[r->pos++];
	int bad = 0;

	while (!bad && r->pos < r->text.len) {
		struct part part = {.variable = true, .at = r->pos};
		uint8_t c = reader_peek(r);

		if (c == quote) {
			r->pos++;
			return 0;
		}
		if (quote == '"' && c == '\\') {
			bad = take_escape(r, from);
		} else if (quote == '"' && c == '$') {
			bad = reader_variable(r, &part.bytes, &part.brace);
			if (!bad)
				bad = add_part(r, from, part);
		} else {
			bad = take_plain(r, from, quote == '"' ? "\"\\$" : "'");
		}
	}
	if (bad)
		return -1;
	return reader_bad(r, open, "unmatched %c", quote);
}

int reader_text(struct reader *r, struct item *item)
{
	size_t from = buf_len(&r->parts), before = buf_len(&r->bytes);
	struct part part = {.variable = true, .at = r->pos};

	if (reader_peek(r) != '$') {
		if (take_quoted(r, from))
			return -1;
	} else if (reader_variable(r, &part.bytes, &part.brace) ||
		   add_part(r, from, part)) {
		return -1;
	}

	size_t size = buf_len(&r->parts) - from;
	const struct part *parts = NULL;

	if (size)
		parts = (void *)(r->parts.data + from);
	item->kind = ITEM_TEXT;
	item->parts = size / sizeof(*parts);
	if (item->parts > 1 || (parts && parts->variable))
		return reader_add(r, item);
	/* Without a variable, the text is a constant. */
	buf_truncate(&r->parts, from);
	item->kind = ITEM_BYTES;
	item->parts = 0;
	item->bytes.len = buf_len(&r->bytes) - before;
	return add_constant(r, item);
}

bool reader_is_hex(struct bytes word)
{
	if (bytes_starts(word, BYTES("0x")) || bytes_starts(word, BYTES("0X")))
		word = bytes_skip(word, 2);
	for (size_t i = 0; i < word.len; i++)
		if (hex_value(word.at[i]) < 0)
			return false;
	return word.len > 0;
}

/* Reads `de`, `dead`, `0xde`, `??` or `de??ad`; `behind`: the comma or colon
 * before it. */
static int take_hex(struct reader *r, uint8_t behind)
{
	struct bytes in = reader_rest(r);
	size_t start = r->pos, first = start;

	if (in.len > 2 && in.at[0] == '0' && (in.at[1] | 0x20) == 'x')
		r->pos += 2;
	for (;; first = r->pos) {
		in = bytes_head(reader_rest(r), 2);
		if (bytes_is(in, "??")) {
			r->pos += 2;
			if (reader_any(r, first, 1))
				return -1;
			continue;
		}

		int high = in.len ? hex_value(in.at[0]) : -1;
		int low = in.len > 1 ? hex_value(in.at[1]) : -1;

		if (high < 0)
			break;
		if (low < 0)
			return reader_bad(
			    r, r->pos, "a byte needs two hex digits, as in 0%c",
			    in.at[0]);
		r->pos += 2;
		if (add_byte(r, first, (uint8_t)(high << 4 | low)))
			return -1;
	}
	if (r->pos == start)
		return reader_bad(r, start,
				  "expected a hex byte after the '%c'", behind);
	return 0;
}

/* Returns true if no hex byte is next: the `de:` before was probably meant as a
 * name. */
static bool names_piece(struct reader *r)
{
	size_t at = r->pos;
	struct bytes word = reader_word(r);

	r->pos = at;
	return reader_peek(r) != '?' && (!reader_is_hex(word) || word.len == 1);
}

int reader_hex(struct reader *r)
{
	size_t start = r->pos;
	uint8_t c = 0;

	for (bool first = true;; first = false) {
		size_t before = r->pos;

		if (take_hex(r, c))
			return -1;
		c = reader_peek(r);
		if (c != ',' && c != ':')
			return 0;
		size_t len = r->pos - before;

		r->pos++;
		if (c == ',')
			reader_blanks(r);
		else if (first && names_piece(r))
			return reader_bad(
			    r, start,
			    "'%.*s' is hex bytes, not a name; a name needs a "
			    "letter other than a to f",
			    len < 40 ? (int)len : 40,
			    (const char *)r->text.at + start);
	}
}
