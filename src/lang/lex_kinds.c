/* SPDX-License-Identifier: ISC */
/*
 * Reads the kinds of words with rules of their own: /expressions/, <templates>
 * and quoted bodies. lex.c reads plain words.
 */
#include "brace.h"
#include "escape.h"
#include "lex.h"
#include "rung/match.h"
#include "rung/template.h"

#include <string.h>

/* Returns the offset of the closing `/`, or if there is none, of the end of the
 * line or text. Adds the number of `\/` before it to *escaped. */
static size_t find_slash(const struct lex *lex, size_t at, size_t *escaped)
{
	for (; at < lex->end && !lex_line_end(lex, at); at++) {
		if (lex->at[at] == '/')
			break;
		if (lex->at[at] != '\\' || at + 1 == lex->end ||
		    lex_line_end(lex, at + 1))
			continue;
		at++;
		*escaped += lex->at[at] == '/';
	}
	return at;
}

/* Copies the source, without the backslash of each `\/`. NULL: no memory. */
static const uint8_t *unescape(struct lex *lex, struct bytes in, size_t *len)
{
	uint8_t *out = arena_take(lex->parse->arena, in.len);
	size_t n = 0;

	for (size_t i = 0; out && i < in.len; i++) {
		if (in.at[i] == '\\' && i + 1 < in.len) {
			if (in.at[++i] != '/')
				out[n++] = '\\';
		}
		out[n++] = in.at[i];
	}
	*len = n;
	return out;
}

/* Converts an offset in the unescaped source to one in the raw source. */
static size_t raw_offset(struct bytes raw, size_t offset)
{
	size_t i = 0;

	while (i < raw.len && offset) {
		size_t n = raw.at[i] == '\\' && i + 1 < raw.len ? 2 : 1;
		size_t len = n == 2 && raw.at[i + 1] == '/' ? 1 : n;

		if (len > offset)
			return i + offset;
		i += n;
		offset -= len;
	}
	return i;
}

static enum words_result compile(struct lex *lex, size_t open, size_t close,
				 bool escaped, struct bytes flags,
				 struct word *out)
{
	struct bytes raw = bytes_of(lex->at + open + 1, close - open - 1);
	struct bytes source = raw;
	struct err e;

	if (escaped) {
		source.at = unescape(lex, raw, &source.len);
		if (!source.at)
			return lex_too_much(lex, open);
	}
	out->match = match_regex(source, flags, &e);
	if (!out->match)
		return lex_bad_as(
		    lex, open + 1 + raw_offset(raw, (size_t)e.code), &e);
	if (!arena_keep(lex->parse->arena, out->match, NULL))
		return lex_too_much(lex, open);
	return WORDS_OK;
}

enum words_result lex_regex(struct lex *lex, struct word *out)
{
	size_t open = lex->pos, escaped = 0;
	size_t close = find_slash(lex, open + 1, &escaped), end = close + 1;

	*out = (struct word){.kind = WORD_REGEX};
	lex_where(lex, open, &out->line, &out->col);
	if (close == lex->end || lex->at[close] != '/')
		return lex_bad(lex, open,
			       "expression without closing /; quote the word "
			       "to match it as text");
	while (end < lex->end && memchr("imsx", lex->at[end], 4))
		end++;
	if (!lex_ends(lex, end)) {
		char brief[ESCAPE_BRIEF];

		lex->pos = end;
		return lex_bad(
		    lex, end,
		    "unknown flag '%s' (i, m, s, x); write \\/ for a / in the "
		    "expression, or quote the word to match it as text",
		    escape_brief(bytes_of(lex->at + end, 1), brief));
	}

	enum words_result r = lex_keep(
	    lex, bytes_of(lex->at + open, end - open), out);

	if (r != WORDS_OK)
		return r;
	lex->pos = end;
	return compile(lex, open, close, escaped > 0,
		       bytes_of(lex->at + close + 1, end - close - 1), out);
}

/* Returns the offset of the closing `>`, or the end. A `>` in quotes does not
 * close the template; quotes in `${…}` belong to the variable. */
static size_t find_close(const struct lex *lex, size_t at)
{
	uint8_t quote = 0;
	bool wrong = false; /* after a malformed brace, no other is scanned */

	for (; at < lex->end; at++) {
		uint8_t c = lex->at[at];
		struct bytes rest = bytes_of(lex->at + at, lex->end - at);
		bool brace = quote != '\'' && !wrong &&
			     bytes_starts(rest, BYTES("${"));
		size_t used = brace ? brace_length(rest) : 0;

		wrong |= brace && !used;
		if (used)
			at += used - 1;
		else if (quote == '"' && c == '\\')
			at++;
		else if (quote && c == quote)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (!quote && c == '>')
			return at;
	}
	return lex->end;
}

/* Keeps the source as pieces in which columns are consecutive: a piece ends at
 * a line end and at a removed backslash of a body. */
static enum words_result keep_source(struct lex *lex, size_t from, size_t to,
				     struct word *out)
{
	struct buf *pieces = &lex->parse->pieces;
	size_t base = buf_len(pieces), size;
	struct piece piece = {.kind = PIECE_BYTES};

	for (size_t at = from; at < to; at++) {
		unsigned line, col;

		lex_where(lex, at, &line, &col);
		if (line == piece.line && col == piece.col + piece.bytes.len) {
			piece.bytes.len++;
			continue;
		}
		if (piece.line &&
		    buf_put(pieces, bytes_of(&piece, sizeof(piece))))
			return lex_too_much(lex, at);
		piece.bytes = bytes_of(lex->at + at, 1);
		piece.line = line;
		piece.col = col;
	}
	if (buf_put(pieces, bytes_of(&piece, sizeof(piece))))
		return lex_too_much(lex, from);
	size = buf_len(pieces) - base;
	out->piece = arena_copy(lex->parse->arena, pieces->data + base, size);
	out->pieces = size / sizeof(piece);
	buf_truncate(pieces, base);
	return out->piece ? WORDS_OK : lex_too_much(lex, from);
}

/* Prepares a template without variables: compiles a pattern, or builds the
 * bytes to send. Result: 0, or -1 and *e, *bad. */
static int prepare_template(struct lex *lex, bool pattern, struct word *out,
			    size_t *bad, struct err *e)
{
	struct buf built;

	if (!template_constant(out->template))
		return 0;
	if (pattern) {
		out->match = match_template(out->template, NULL, bad, e);
		return out->match ? 0 : -1;
	}
	buf_init(&built, SIZE_MAX);

	int failed = template_build(out->template, NULL, &built, bad, e);

	if (!failed) {
		out->built = bytes_of(
		    arena_copy(lex->parse->arena, built.data, buf_len(&built)),
		    buf_len(&built));
		if (!out->built.at)
			failed = err_set(e, ERR_LIMIT, 0,
					 "the commands need too much memory");
	}
	buf_fini(&built);
	return failed;
}

enum words_result lex_template(struct lex *lex, bool pattern, struct word *out)
{
	size_t open = lex->pos, close = find_close(lex, open + 1), bad = 0;
	enum words_result r;
	struct err e;

	*out = (struct word){.kind = WORD_TEMPLATE};
	lex_where(lex, open, &out->line, &out->col);
	if (close == lex->end)
		return lex_open(
		    lex, open,
		    "the > that closes this < is missing; to send a "
		    "< itself, quote the word");
	if (!lex_ends(lex, close + 1))
		return lex_bad(lex, close + 1,
			       "expected a blank or ; after the closing >");
	out->template = template_parse(
	    bytes_of(lex->at + open + 1, close - open - 1), &bad, &e);
	if (!out->template)
		return lex_bad_as(lex, open + 1 + bad, &e);

	int failed = prepare_template(lex, pattern, out, &bad, &e);

	if (!arena_keep(lex->parse->arena, out->match, out->template))
		return lex_too_much(lex, open);
	if (failed)
		return lex_bad_as(lex, open + 1 + bad, &e);
	r = keep_source(lex, open, close + 1, out);
	lex->pos = close + 1;
	return r;
}

/* Returns true if a backslash at `at` is removed from a body in double quotes:
 * before `"`, `\` and `$`, as in a shell. */
static bool is_removed(struct bytes in, size_t at)
{
	return in.at[at] == '\\' && at + 1 < in.len &&
	       memchr("\"\\$", in.at[at + 1], 3);
}

/* Returns the offset of the closing `"`, or of the end of the text. Adds the
 * number of backslashes to remove to *escapes. */
static size_t find_double(const struct lex *lex, size_t at, size_t *escapes)
{
	struct bytes in = bytes_of(lex->at, lex->end);

	for (; at < lex->end && lex->at[at] != '"'; at++)
		if (is_removed(in, at)) {
			++*escapes;
			at++;
		}
	return at;
}

/* Sets up the lexer of a body in double quotes that contains `escapes` such
 * backslashes. Result: false: no memory. */
static bool unquote(struct lex *lex, struct bytes in, size_t base,
		    size_t escapes, struct map *map, struct lex *inner)
{
	uint8_t *out = arena_take(lex->parse->arena, in.len);
	size_t *cuts = arena_take(lex->parse->arena, escapes * sizeof(*cuts));
	size_t n = 0, count = 0;

	if (!out || !cuts)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		if (is_removed(in, i)) {
			cuts[count++] = n;
			i++;
		}
		out[n++] = in.at[i];
	}
	*map = (struct map){
	    .outer = lex->map, .base = base, .cuts = cuts, .count = count};
	inner->at = out;
	inner->pos = 0;
	inner->end = n;
	inner->map = map;
	return true;
}

enum words_result lex_body(struct lex *lex, struct map *map, struct lex *inner,
			   struct word *out)
{
	size_t open = lex->pos, close, escapes = 0;
	bool single = lex->at[open] == '\'';

	*out = (struct word){.kind = WORD_BODY, .quoted = true};
	lex_where(lex, open, &out->line, &out->col);
	if (single) {
		close = bytes_find_byte(bytes_of(lex->at, lex->end), '\'',
					open + 1);
		if (close == BYTES_NOT_FOUND)
			close = lex->end;
	} else {
		close = find_double(lex, open + 1, &escapes);
	}
	if (close == lex->end)
		return lex_open(lex, open,
				single ? "unmatched '" : "unmatched \"");
	if (!lex_ends(lex, close + 1))
		return lex_bad(lex, close + 1,
			       "expected a blank or ; after the closing quote");
	*inner = *lex;
	inner->pos = open + 1;
	inner->end = close;
	inner->line[1] = 0; /* the body has no scanned line yet */
	inner->part = true;
	inner->depth++;
	lex->pos = close + 1;

	struct bytes in = bytes_of(lex->at + open + 1, close - open - 1);

	if (escapes && !unquote(lex, in, open + 1, escapes, map, inner))
		return lex_too_much(lex, open);
	return lex_keep(lex, in, out);
}
