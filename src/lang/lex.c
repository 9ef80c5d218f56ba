/* SPDX-License-Identifier: ISC */
/*
 * Splits text into words: blanks, quotes, escapes, variables. words.c knows the
 * commands, expand.c expands the words.
 */
#include "lex.h"

#include "brace.h"
#include "escape.h"

#include <limits.h>
#include <string.h>

static size_t map_out(const struct map *map, size_t at)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (map->cuts[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return map->base + at + low;
}

void lex_where(struct lex *lex, size_t at, unsigned *line, unsigned *col)
{
	struct parse *p = lex->parse;

	for (const struct map *m = lex->map; m; m = m->outer)
		at = map_out(m, at);
	if (at < p->line_at) {
		p->line_at = p->seen = 0;
		p->line = p->first;
	}
	while (p->seen < at) {
		const uint8_t *from = p->text.at + p->seen;
		const uint8_t *end = memchr(from, '\n', at - p->seen);

		if (!end) {
			p->seen = at;
			break;
		}
		p->seen += (size_t)(end - from) + 1;
		p->line_at = p->seen;
		p->line++;
	}
	*line = p->line;
	*col = (unsigned)(at - p->line_at) + 1;
}

enum words_result lex_bad_as(struct lex *lex, size_t at, const struct err *e)
{
	struct parse *p = lex->parse;

	lex_where(lex, at, p->line_out, p->col_out);
	if (p->e)
		*p->e = *e;
	return WORDS_BAD;
}

enum words_result lex_bad(struct lex *lex, size_t at, const char *fmt, ...)
{
	struct err e;
	va_list args;

	va_start(args, fmt);
	err_vset(&e, ERR_USAGE, 0, fmt, args);
	va_end(args);
	return lex_bad_as(lex, at, &e);
}

enum words_result lex_too_much(struct lex *lex, size_t at)
{
	struct err e;

	err_set(&e, ERR_LIMIT, 0, "the commands need too much memory");
	return lex_bad_as(lex, at, &e);
}

enum words_result lex_open(struct lex *lex, size_t at, const char *what)
{
	enum words_result bad = lex_bad(lex, at, "%s", what);

	return lex->part || lex->parse->last ? bad : WORDS_MORE;
}

size_t lex_line_end(const struct lex *lex, size_t at)
{
	if (at < lex->end && lex->at[at] == '\r')
		return at + 1 < lex->end ? (lex->at[at + 1] == '\n') * 2
					 : !lex->part;
	return at < lex->end && lex->at[at] == '\n';
}

bool lex_ends(const struct lex *lex, size_t at)
{
	return at == lex->end || lex->at[at] == ' ' || lex->at[at] == '\t' ||
	       lex->at[at] == ';' || lex_line_end(lex, at);
}

/* Returns the length of a backslash and the line end after it; 0: none. */
static size_t joint(const struct lex *lex, size_t at)
{
	if (at == lex->end || lex->at[at] != '\\')
		return 0;
	if (at + 1 == lex->end)
		return !lex->part;

	size_t end = lex_line_end(lex, at + 1);

	return end ? 1 + end : 0;
}

/* Skips a backslash and line end of `n` bytes. If the whole text ends there,
 * the result is that of lex_open(). */
static enum words_result join(struct lex *lex, size_t n)
{
	size_t at = lex->pos;

	lex->pos += n;
	if (lex->pos == lex->end && !lex->part)
		return lex_open(
		    lex, at, "nothing follows the '\\' at the end of the line");
	return WORDS_OK;
}

void lex_blank(struct lex *lex)
{
	if (lex->pos < lex->end &&
	    (lex->at[lex->pos] == ' ' || lex->at[lex->pos] == '\t'))
		lex->pos++;
}

enum words_result lex_blanks(struct lex *lex)
{
	for (;;) {
		size_t n;

		while (lex->pos < lex->end &&
		       (lex->at[lex->pos] == ' ' || lex->at[lex->pos] == '\t'))
			lex->pos++;
		n = joint(lex, lex->pos);
		if (!n)
			return WORDS_OK;

		enum words_result r = join(lex, n);

		if (r != WORDS_OK)
			return r;
	}
}

void lex_comment(struct lex *lex)
{
	struct bytes rest = bytes_of(lex->at, lex->end);
	size_t end = bytes_find_byte(rest, '\n', lex->pos);

	lex->pos = end == BYTES_NOT_FOUND ? lex->end : end;
}

struct bytes lex_bare(const struct lex *lex, bool *whole)
{
	size_t at = lex->pos, n;

	for (; !lex_ends(lex, at); at++) {
		uint8_t c = lex->at[at];

		if (c == '\'' || c == '"' || c == '\\' || c == '$')
			break;
	}

	size_t end = at;

	while ((n = joint(lex, end)))
		end += n;
	*whole = lex_ends(lex, end);
	return bytes_of(lex->at + lex->pos, at - lex->pos);
}

/* The word that is being built; its pieces are on top of the stacks. */
struct joined {
	size_t pieces, value; /* offsets of the word's first piece and byte */
};

/* Appends to the last piece, or starts a piece with the bytes. */
static enum words_result add_bytes(struct lex *lex, const struct joined *j,
				   size_t at, struct bytes add)
{
	struct parse *p = lex->parse;
	size_t top = buf_len(&p->pieces);
	struct piece *last = NULL;

	if (top > j->pieces)
		last = (void *)(p->pieces.data + top - sizeof(*last));
	if (buf_put(&p->value, add))
		return lex_too_much(lex, at);
	if (last && last->kind == PIECE_BYTES) {
		last->bytes.len += add.len;
		return WORDS_OK;
	}

	struct piece piece = {.kind = PIECE_BYTES, .bytes.len = add.len};

	lex_where(lex, at, &piece.line, &piece.col);
	if (buf_put(&p->pieces, bytes_of(&piece, sizeof(piece))))
		return lex_too_much(lex, at);
	return WORDS_OK;
}

/* Appends [from, to) unchanged, but without CRs at line ends. */
static enum words_result add_lines(struct lex *lex, const struct joined *j,
				   size_t from, size_t to)
{
	enum words_result r = WORDS_OK;

	while (from < to && r == WORDS_OK) {
		const uint8_t *cr = memchr(lex->at + from, '\r', to - from);
		size_t stop = cr ? (size_t)(cr - lex->at) : to;
		size_t next = stop;

		if (cr && lex_line_end(lex, stop))
			next = stop + 1;
		else if (cr)
			next = ++stop;
		if (stop > from)
			r = add_bytes(lex, j, from,
				      bytes_of(lex->at + from, stop - from));
		from = next;
	}
	return r;
}

static enum words_result take_single(struct lex *lex, const struct joined *j)
{
	size_t open = lex->pos;
	size_t close = bytes_find_byte(bytes_of(lex->at, lex->end), '\'',
				       open + 1);

	if (close == BYTES_NOT_FOUND)
		return lex_open(lex, open, "unmatched '");
	lex->pos = close + 1;
	return add_lines(lex, j, open + 1, close);
}

static enum words_result take_escape(struct lex *lex, const struct joined *j)
{
	size_t at = lex->pos, used = 0, n = joint(lex, at);
	uint8_t out[4];
	struct err e;

	if (n)
		return join(lex, n);
	if (at + 1 == lex->end)
		return lex_bad(lex, at, "lone backslash; write \\\\");

	int len = escape_read(bytes_of(lex->at + at + 1, lex->end - at - 1),
			      out, &used, &e);

	if (len < 0)
		return lex_bad_as(lex, at, &e);
	lex->pos += 1 + used;
	return add_bytes(lex, j, at, bytes_of(out, (size_t)len));
}

static enum words_result take_variable(struct lex *lex)
{
	size_t at = lex->pos, bad = 0;
	struct bytes in = bytes_of(lex->at + at, lex->end - at);
	struct piece piece = {.kind = PIECE_VARIABLE};
	struct err e;
	int used = brace_read(lex->parse->arena, in, &piece.bytes, &piece.brace,
			      &bad, &e);

	if (used < 0)
		return lex_bad_as(lex, at + bad, &e);
	lex_where(lex, at, &piece.line, &piece.col);
	lex->pos += (size_t)used;
	if (buf_put(&lex->parse->pieces, bytes_of(&piece, sizeof(piece))))
		return lex_too_much(lex, at);
	return WORDS_OK;
}

static enum words_result take_double(struct lex *lex, const struct joined *j)
{
	size_t open = lex->pos++;
	enum words_result r = WORDS_OK;

	while (r == WORDS_OK && lex->pos < lex->end) {
		size_t from = lex->pos;
		uint8_t c = 0;

		for (; lex->pos < lex->end; lex->pos++) {
			c = lex->at[lex->pos];
			if (c == '"' || c == '\\' || c == '$')
				break;
		}
		r = add_lines(lex, j, from, lex->pos);
		if (r != WORDS_OK || lex->pos == lex->end)
			break;
		if (c == '"') {
			lex->pos++;
			return WORDS_OK;
		}
		r = c == '$' ? take_variable(lex) : take_escape(lex, j);
	}
	if (r == WORDS_OK)
		return lex_open(lex, open, "unmatched \"");
	return r;
}

/* Moves a word's pieces from the stacks to the arena. */
static enum words_result lex_keep_piece(struct lex *lex, size_t at,
					const struct joined *j,
					struct word *out)
{
	struct parse *p = lex->parse;
	size_t size = buf_len(&p->pieces) - j->pieces;
	size_t len = buf_len(&p->value) - j->value;
	struct piece *piece = arena_take(p->arena, size);
	uint8_t *value = arena_take(p->arena, len);

	if (!piece || !value)
		return lex_too_much(lex, at);
	if (size)
		memcpy(piece, p->pieces.data + j->pieces, size);
	if (len)
		memcpy(value, p->value.data + j->value, len);
	out->piece = piece;
	out->pieces = size / sizeof(*piece);
	for (size_t i = 0; i < out->pieces; i++)
		if (piece[i].kind == PIECE_BYTES) {
			piece[i].bytes.at = value;
			value += piece[i].bytes.len;
		}
	buf_truncate(&p->pieces, j->pieces);
	buf_truncate(&p->value, j->value);
	return WORDS_OK;
}

enum words_result lex_keep(struct lex *lex, struct bytes bytes,
			   struct word *out)
{
	struct piece *piece = arena_take(lex->parse->arena, sizeof(*piece));

	if (!piece)
		return lex_too_much(lex, lex->pos);
	*piece = (struct piece){.kind = PIECE_BYTES,
				.bytes = bytes,
				.line = out->line,
				.col = out->col};
	out->piece = piece;
	out->pieces = 1;
	return WORDS_OK;
}

static enum words_result take_piece(struct lex *lex, const struct joined *j,
				    struct word *out)
{
	bool whole;
	struct bytes bare = lex_bare(lex, &whole);
	size_t at = lex->pos;

	if (bare.len) {
		lex->pos += bare.len;
		out->wild += bytes_wildcards(bare);
		return add_bytes(lex, j, at, bare);
	}
	switch (lex->at[at]) {
	case '\'':
		out->quotes++;
		return take_single(lex, j);
	case '"':
		out->quotes++;
		return take_double(lex, j);
	case '$':
		return take_variable(lex);
	default:
		return take_escape(lex, j);
	}
}

/* Starts a word at pos, which may be the end of the text. */
static void lex_begin(struct lex *lex, struct bytes bare, struct word *out)
{
	*out = (struct word){.kind = WORD_TEXT, .bare = bare.len};
	lex_where(lex, lex->pos, &out->line, &out->col);
	if (!bare.len && lex->pos < lex->end)
		out->quoted = lex->at[lex->pos] == '\'' ||
			      lex->at[lex->pos] == '"';
}

enum words_result lex_word(struct lex *lex, struct word *out)
{
	struct parse *p = lex->parse;
	bool whole;
	struct bytes bare = lex_bare(lex, &whole);
	size_t start = lex->pos;
	const struct joined j = {buf_len(&p->pieces), buf_len(&p->value)};

	lex_begin(lex, bare, out);
	if (lex_ends(lex, start + bare.len)) {
		lex->pos += bare.len;
		out->wild = bytes_wildcards(bare);
		return lex_keep(lex, bare, out);
	}
	while (!lex_ends(lex, lex->pos)) {
		enum words_result r = take_piece(lex, &j, out);

		if (r != WORDS_OK)
			return r;
	}
	return lex_keep_piece(lex, start, &j, out);
}

size_t lex_line_stop(struct lex *lex)
{
	size_t stop;

	if (lex->pos < lex->line[0] || lex->pos >= lex->line[1]) {
		struct lex rest = *lex;

		lex_comment(&rest);
		lex->line[0] = lex->pos;
		lex->line[1] = rest.pos;
	}
	stop = lex->line[1] < lex->end ? lex->line[1] : lex->end;
	if (stop > lex->pos && lex->at[stop - 1] == '\r' &&
	    lex_line_end(lex, stop - 1))
		return stop - 1;
	return stop;
}

enum words_result lex_rest(struct lex *lex, bool continues, struct word *out)
{
	size_t start = lex->pos, end = lex_line_stop(lex);

	while (continues && end > start &&
	       (lex->at[end - 1] == '\\' || lex->at[end - 1] == '^')) {
		lex->pos = end + lex_line_end(lex, end);
		if (lex->pos >= lex->end)
			return lex_open(lex, start, "the next line is missing");
		end = lex_line_stop(lex);
	}
	lex_begin(lex, BYTES_NONE, out);
	lex->pos = end;
	if (end == start)
		return WORDS_OK;
	return lex_keep(lex, bytes_of(lex->at + start, end - start), out);
}
