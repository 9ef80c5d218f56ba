/* SPDX-License-Identifier: ISC */
/*
 * The json view: JSON laid out in rows, anything else as in the text view.
 * jansson only validates; the rows are made from the received text, which
 * preserves the order of keys, duplicate keys and the form of numbers and
 * strings.
 */
#include "rows.h"
#include "rung/codec/json_write.h"
#include "view_table.h"

#include <jansson.h>

/* Maximum number of bytes to keep while the end of a document has not arrived.
 */
#define WAIT_MAX ((size_t)1 << 20)
/* Maximum length of a document laid out in rows: GROWTH_MIN plus GROWTH_MAX
 * times the document's length. A document that would exceed it is nested so
 * deep that its rows are too long to read, and is printed as text. */
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

/* Returns true if no further data can be part of the document. A number or word
 * is not closed: digits or letters may follow. */
static bool is_closed(struct bytes document)
{
	uint8_t last = document.at[document.len - 1];

	return last == '}' || last == ']' || last == '"';
}

/* Looks for a document (RFC 8259 §2) at the start of `in`. `final`: no more
 * data will follow. */
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
		/* Return FOUND_PART also if the data ends inside a character or
		 * a word such as `true`. */
		return code == json_error_premature_end_of_input ||
			       at + TOKEN_MAX > in.len
			   ? FOUND_PART
			   : FOUND_NONE;
	}
	json_decref(value);
	*out = bytes_head(in, at);
	return final || at < in.len || is_closed(*out) ? FOUND : FOUND_PART;
}

/* Prints the rest of a string, after its opening quote. Escapes only characters
 * that must not reach a terminal, in JSON's form. Result: the length of this
 * rest in `in`. */
static size_t put_string(struct bytes in, struct buf *out)
{
	size_t at = 0;
	unsigned marks = 0;

	while (at < in.len) {
		struct bytes rest = bytes_skip(in, at);
		uint32_t rune;
		int n = utf8_next(rest, &rune);

		if (n <= 0) {
			rune = 0xFFFD;
			n = 1;
		}
		/* Copy both bytes of an escape, because the second may be a
		 * quote. */
		if (rune == '\\' && rest.len > 1)
			n = 2;
		if (utf8_shows(rune, &marks))
			buf_put(out, bytes_head(rest, (size_t)n));
		else
			json_put_escape(rune, out);
		if (rune == '\\' || rune == '"')
			marks = 0;
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

/*
 * Prints an opening bracket. Prints the closing bracket too if only blanks are
 * between them.
 * Result: the length of the printed brackets in `in`.
 */
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

/* Prints one token of a valid document. Result: the token's length in `in`. */
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

/* Appends the document in rows. Result: false: the rows exceed `most` bytes,
 * and nothing was appended. */
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

/* Prints the documents at the start of `in`. Result: the length of the
 * documents, including the blanks between them. *rest: kind of the data after
 * them; FOUND: there is none. */
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
    .brief = "indented JSON; other data as text",
    .row = VIEW_WHOLE,
    .body = json_body,
};
