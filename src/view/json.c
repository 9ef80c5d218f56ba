/* SPDX-License-Identifier: ISC */
/*
 * The json view: JSON laid out in rows, anything else as the text view shows
 * it. jansson only checks; what is shown is the wire's own text, so that the
 * order of keys, doubled ones, and the forms of numbers and strings stay.
 */
#include "rows.h"
#include "view_table.h"

#include <jansson.h>

/* A document that has not ended is waited for up to this length. */
#define WAIT_MAX ((size_t)1 << 20)
/* Deep nesting makes rows long: past so many times the length it is no help. */
#define GROWTH_MAX ((size_t)16)
#define GROWTH_MIN ((size_t)4096)

enum { INDENT = 2, TOKEN_MAX = 8 };

enum json_found { FOUND, FOUND_PART, FOUND_NONE };

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct bytes skip_blanks(struct bytes in)
{
	while (in.len && is_blank(in.at[0]))
		in = bytes_skip(in, 1);
	return in;
}

/* A number or a word may go on in what is yet to come. */
static bool is_closed(struct bytes document)
{
	uint8_t last = document.at[document.len - 1];

	return last == '}' || last == ']' || last == '"';
}

/* Is there a document (RFC 8259 §2) at the start of `in`? `final`: nothing will
 * be added to it. */
static enum json_found find_document(struct bytes in, bool final,
				     struct bytes *out)
{
	const size_t flags = JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY |
			     JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *value = json_loadb((const char *)in.at, in.len, flags, &error);
	size_t at = error.position > 0 ? (size_t)error.position : 0;

	if (!value) {
		enum json_error_code code = json_error_code(&error);

		if (final)
			return FOUND_NONE;
		/* Or a character or a word that the end cuts in two. */
		return code == json_error_premature_end_of_input ||
			       at + TOKEN_MAX > in.len
			   ? FOUND_PART
			   : FOUND_NONE;
	}
	json_decref(value);
	*out = bytes_head(in, at);
	return final || at < in.len || is_closed(*out) ? FOUND : FOUND_PART;
}

/* The rest of a string behind its first quote. Only what a terminal must not
 * be given is written in JSON's own escapes. Result: its length. */
static size_t put_string(struct bytes in, struct buf *out)
{
	size_t at = 0;

	while (at < in.len) {
		struct bytes rest = bytes_skip(in, at);
		uint32_t rune;
		int n = utf8_next(rest, &rune);

		if (n <= 0) {
			rune = 0xFFFD;
			n = 1;
		}
		/* An escape goes as a pair: the second is no quote. */
		if (rune == '\\' && rest.len > 1)
			n = 2;
		if (utf8_is_printable(rune))
			buf_put(out, bytes_head(rest, (size_t)n));
		else
			utf8_escape(rune, out);
		at += (size_t)n;
		if (rune == '"')
			break;
	}
	return at;
}

static void put_break(struct buf *out, size_t depth)
{
	buf_putc(out, '\n');
	for (size_t i = 0; i < INDENT * depth; i++)
		buf_putc(out, ' ');
}

/* Writes an opening bracket. Result: how much of `in` that was: with nothing
 * between them the closing one goes with it. */
static size_t put_opening(struct bytes in, struct buf *out, size_t *depth)
{
	struct bytes next = skip_blanks(bytes_skip(in, 1));
	bool empty = next.len && (next.at[0] == '}' || next.at[0] == ']');

	buf_putc(out, in.at[0]);
	if (empty) {
		buf_putc(out, next.at[0]);
		return in.len - next.len + 1;
	}
	put_break(out, ++*depth);
	return 1;
}

/* Writes one token of a valid document. Result: its length. */
static size_t put_token(struct bytes in, struct buf *out, size_t *depth)
{
	uint8_t c = in.at[0];

	if (is_blank(c))
		return 1;
	if (c == '{' || c == '[')
		return put_opening(in, out, depth);
	if (c == '}' || c == ']')
		put_break(out, --*depth);
	buf_putc(out, c);
	if (c == ',')
		put_break(out, *depth);
	if (c == ':')
		buf_putc(out, ' ');
	if (c == '"')
		return 1 + put_string(bytes_skip(in, 1), out);
	return 1;
}

/* Result: false: more than `most` bytes, nothing was added. */
static bool lay_out(struct bytes document, size_t most, struct buf *out)
{
	size_t from = buf_len(out);
	size_t depth = 0;

	while (document.len) {
		size_t n = put_token(document, out, &depth);

		document = bytes_skip(document, n);
		if (buf_len(out) - from > most) {
			buf_truncate(out, from);
			return false;
		}
	}
	buf_putc(out, '\n');
	return true;
}

static void put_document(struct bytes document, struct text *out)
{
	size_t most = GROWTH_MIN + GROWTH_MAX * document.len;

	if (!lay_out(document, most, &out->buf))
		view_text.body(document, 0, true, out);
}

/* Shows the documents that `in` begins with. Result: how many bytes they have;
 * *rest: what stands behind them (FOUND: nothing). */
static size_t put_documents(struct bytes in, bool final, struct text *out,
			    enum json_found *rest)
{
	size_t len = 0;

	for (;;) {
		struct bytes next = skip_blanks(bytes_skip(in, len));
		struct bytes document;

		if (!next.len) {
			*rest = len ? FOUND : FOUND_NONE;
			return in.len;
		}
		*rest = find_document(next, final, &document);
		if (*rest != FOUND)
			return len;
		put_document(document, out);
		len = in.len - next.len + document.len;
	}
}

static size_t json_body(struct bytes data, uint64_t offset, bool final,
			struct text *out)
{
	size_t from = buf_len(&out->buf);
	enum json_found rest;
	size_t len = put_documents(data, final, out, &rest);

	if (rest == FOUND || (len && !final))
		return len;
	if (rest == FOUND_PART && data.len < WAIT_MAX)
		return 0;
	buf_truncate(&out->buf, from);
	return view_text.body(data, offset, final, out);
}

const struct view_ops view_json = {
    .name = "json",
    .brief = "JSON laid out in rows, the rest as text",
    .row = VIEW_WHOLE,
    .body = json_body,
};
