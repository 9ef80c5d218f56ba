/* SPDX-License-Identifier: ISC */
/*
 * Parses and expands `${NAME}`, `${NAME[KEY]}`, `${NAME:-TEXT}`,
 * `${NAME:+TEXT}` and `${#NAME}`. The caller's lookup returns the values.
 */
#include "brace.h"

#include "escape.h"
#include "variable.h"

#include <limits.h>
#include <stdarg.h>

enum { DEPTH_MAX = 16 };

/* A part of a text: bytes, or a variable if `name` is set. */
struct stretch {
	struct bytes bytes, name;
	const struct brace *brace;
};

struct stretches {
	const struct stretch *at;
	size_t count;
};

struct brace {
	struct bytes name;
	bool keyed, length;
	uint8_t otherwise; /* byte after the colon, '-' or '+'; 0: none */
	struct stretches key, text;
};

struct brace_scan {
	struct arena *arena;
	struct bytes in;
	size_t pos;
	unsigned depth;
	size_t *bad;
	struct err *e;
};

RUNG_PRINTF(3, 4)
static int bad_at(struct brace_scan *s, size_t at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(s->e, ERR_USAGE, 0, fmt, args);
	va_end(args);
	*s->bad = at;
	return -1;
}

static int too_much(struct brace_scan *s)
{
	*s->bad = s->pos;
	return err_set(s->e, ERR_LIMIT, 0, "the commands need too much memory");
}

static uint8_t peek(const struct brace_scan *s)
{
	return s->pos < s->in.len ? s->in.at[s->pos] : 0;
}

/* Returns true at the end of the line or of the text. */
static bool is_over(const struct brace_scan *s)
{
	return s->pos >= s->in.len || peek(s) == '\n';
}

static int read_any(struct brace_scan *s, struct bytes *name,
		    const struct brace **out);

static int take_variable(struct brace_scan *s, struct buf *list)
{
	struct stretch got = {.brace = NULL};

	if (s->depth == DEPTH_MAX)
		return bad_at(s, s->pos, "${} nested too deep (at most %d)",
			      DEPTH_MAX);
	s->depth++;

	int r = read_any(s, &got.name, &got.brace);

	s->depth--;
	if (!r && buf_put(list, bytes_of(&got, sizeof(got))))
		return too_much(s);
	return r;
}

static int take_escape(struct brace_scan *s, uint8_t until, struct buf *list)
{
	size_t at = s->pos++, used = 1;
	uint8_t out[4] = {peek(s)};
	int len = 1;

	if (is_over(s))
		return bad_at(s, at, "lone backslash; write \\\\");
	/* An escaped end byte stands for itself. */
	if (out[0] != until)
		len = escape_read(bytes_skip(s->in, s->pos), out, &used, s->e);
	if (len < 0) {
		*s->bad = at;
		return -1;
	}
	s->pos += used;

	struct stretch got = {
	    .bytes = {arena_copy(s->arena, out, (size_t)len), (size_t)len}};

	if (!got.bytes.at || buf_put(list, bytes_of(&got, sizeof(got))))
		return too_much(s);
	return 0;
}

/* Reads up to the next byte with a special meaning. */
static int take_plain(struct brace_scan *s, uint8_t until, uint8_t quote,
		      struct buf *list)
{
	size_t start = s->pos;

	for (; !is_over(s); s->pos++) {
		uint8_t c = peek(s);
		bool special = c == '$' || c == '\\' || c == '"' ||
			       (!quote && (c == '\'' || c == until));

		if (quote == '\'' ? c == quote : special)
			break;
	}

	struct stretch got = {
	    .bytes = bytes_of(s->in.at + start, s->pos - start)};

	if (got.bytes.len && buf_put(list, bytes_of(&got, sizeof(got))))
		return too_much(s);
	return 0;
}

/* Reads and consumes text up to `until`. `begun`: offset of the opening
 * bracket, for errors. */
static int scan_text(struct brace_scan *s, size_t begun, uint8_t until,
		     struct buf *list)
{
	size_t opened = begun;
	uint8_t quote = 0;
	int r = 0;

	while (!r) {
		uint8_t c = peek(s);

		if (is_over(s) && quote)
			return bad_at(s, opened, "unmatched %c", quote);
		if (is_over(s))
			return bad_at(s, begun, "%s without %c",
				      until == ']' ? "[" : "${", until);
		if (!quote && c == until) {
			s->pos++;
			return 0;
		}
		if (quote ? c == quote : c == '\'' || c == '"') {
			opened = s->pos++;
			quote = quote ? 0 : c;
		} else if (quote != '\'' && c == '$') {
			r = take_variable(s, list);
		} else if (quote != '\'' && c == '\\') {
			r = take_escape(s, quote ? quote : until, list);
		} else {
			r = take_plain(s, until, quote, list);
		}
	}
	return r;
}

static int read_text(struct brace_scan *s, size_t begun, uint8_t until,
		     struct stretches *out)
{
	struct buf list = {.limit = SIZE_MAX};
	int r = scan_text(s, begun, until, &list);

	if (!r && buf_len(&list)) {
		out->at = arena_copy(s->arena, buf_bytes(&list).at,
				     buf_len(&list));
		out->count = buf_len(&list) / sizeof(*out->at);
		if (!out->at)
			r = too_much(s);
	}
	buf_fini(&list);
	return r;
}

static int read_key(struct brace_scan *s, struct brace *b, size_t start)
{
	size_t at = s->pos++;

	for (size_t i = 0; i < b->name.len; i++)
		if (!name_byte(b->name.at[i]))
			return bad_at(s, start + i,
				      "a name with a key may contain only "
				      "letters, digits and _");
	b->keyed = true;
	return read_text(s, at, ']', &b->key);
}

static int read_inside(struct brace_scan *s, size_t open, struct brace *b)
{
	size_t start;

	b->length = peek(s) == '#';
	s->pos += b->length;
	start = s->pos;
	while (!is_over(s) && peek(s) != '[' && peek(s) != ':' &&
	       peek(s) != '}')
		s->pos++;
	b->name = bytes_of(s->in.at + start, s->pos - start);
	if (is_over(s))
		return bad_at(s, open, "${ without }");
	if (!b->name.len)
		return bad_at(s, open, "${} has no variable name");
	if (peek(s) == '[' && read_key(s, b, start))
		return -1;
	if (peek(s) == ':') {
		b->otherwise = s->pos + 1 < s->in.len ? s->in.at[s->pos + 1]
						      : 0;
		if (b->otherwise != '-' && b->otherwise != '+')
			return bad_at(
			    s, s->pos,
			    "expected :-TEXT, :+TEXT or } after the name");
		s->pos += 2;
		return read_text(s, open, '}', &b->text);
	}
	if (is_over(s))
		return bad_at(s, open, "${ without }");
	if (peek(s) != '}')
		return bad_at(
		    s, s->pos,
		    "expected }, :- or :+ after the ]; quote a ] in the key");
	s->pos++;
	return 0;
}

/* Reads a variable; pos is at its `$`. */
static int read_any(struct brace_scan *s, struct bytes *name,
		    const struct brace **out)
{
	size_t open = s->pos++;
	struct brace b = {.length = false}, *kept;

	*out = NULL;
	if (peek(s) != '{') {
		int used = variable_read(bytes_skip(s->in, s->pos), name, s->e);

		*s->bad = open;
		s->pos += used < 0 ? 0 : (size_t)used;
		return used < 0 ? -1 : 0;
	}
	s->pos++;
	if (read_inside(s, open, &b))
		return -1;
	*name = b.name;
	if (!b.keyed && !b.length && !b.otherwise)
		return 0;
	kept = arena_take(s->arena, sizeof(*kept));
	if (!kept)
		return too_much(s);
	*kept = b;
	*out = kept;
	return 0;
}

int brace_read(struct arena *arena, struct bytes in, struct bytes *name,
	       const struct brace **brace, size_t *bad, struct err *e)
{
	struct brace_scan s = {.arena = arena, .in = in, .bad = bad, .e = e};

	*bad = 0;
	if (read_any(&s, name, brace))
		return -1;
	if (s.pos > INT_MAX)
		return err_set(e, ERR_USAGE, 0,
			       "variable name too long (%zu bytes)", s.pos);
	return (int)s.pos;
}

size_t brace_length(struct bytes in)
{
	const struct brace *brace;
	struct arena *arena;
	struct bytes name;
	size_t bad;
	int used;

	if (!bytes_starts(in, BYTES("${")))
		return 0;
	arena = arena_new();
	used = arena ? brace_read(arena, in, &name, &brace, &bad, NULL) : -1;
	if (arena)
		arena_unref(arena);
	return used < 0 ? 0 : (size_t)used;
}

static int expand_text(const struct stretches *text,
		       const struct lookup *lookup, struct buf *out,
		       struct err *e)
{
	for (size_t i = 0; i < text->count; i++) {
		const struct stretch *part = &text->at[i];

		if (part->name.len) {
			if (brace_expand(part->name, part->brace, lookup, out,
					 e))
				return -1;
		} else if (buf_put(out, part->bytes)) {
			return err_set(
			    e, ERR_LIMIT, 0,
			    "expanded words too long (limit %zu bytes)",
			    out->limit);
		}
	}
	return 0;
}

static int no_value(struct bytes name, const struct bytes *key, struct err *e)
{
	char names[ESCAPE_BRIEF], keys[ESCAPE_BRIEF];

	escape_brief(name, names);
	if (!key)
		return err_set(e, ERR_USAGE, 0, "$%s is not set", names);
	return err_set(e, ERR_USAGE, 0,
		       "${%s[%s]} is not set; use 'let %s[KEY] VALUE', or "
		       "${%s[KEY]:-TEXT} for a default",
		       names, escape_brief(*key, keys), names, names);
}

/* Appends the value. Result: 1: appended; 0: not set, and `need` is false; -1
 * and *e. */
static int brace_look(const struct brace *b, const struct lookup *lookup,
		      bool need, struct buf *out, struct err *e)
{
	struct buf store = {.limit = out->limit};
	struct bytes key;
	int r = 0;

	if (!b->keyed && need)
		return lookup->get(lookup, b->name, out, e) ? -1 : 1;
	if (!b->keyed)
		return lookup->find
			   ? lookup->find(lookup, b->name, NULL, out, e)
			   : 0;
	if (expand_text(&b->key, lookup, &store, e)) {
		buf_fini(&store);
		return -1;
	}
	key = buf_bytes(&store);
	if (lookup->find)
		r = lookup->find(lookup, b->name, &key, out, e);
	if (r == 0 && need && lookup->lacks)
		r = lookup->lacks(lookup, b->name, key, e);
	if (r == 0 && need)
		r = no_value(b->name, &key, e);
	buf_fini(&store);
	return r;
}

int brace_expand(struct bytes name, const struct brace *b,
		 const struct lookup *lookup, struct buf *out, struct err *e)
{
	size_t from = buf_len(out), len;

	if (!lookup)
		return no_value(name, NULL, e);
	if (!b)
		return lookup->get(lookup, name, out, e);

	int found = brace_look(b, lookup, !b->otherwise, out, e);

	if (found < 0)
		return -1;
	len = buf_len(out) - from;
	if (found && b->length) {
		buf_truncate(out, from);
		if (buf_printf(out, "%zu", len))
			return err_set(
			    e, ERR_LIMIT, 0,
			    "expanded words too long (limit %zu bytes)",
			    out->limit);
		len = 1;
	}
	if (!b->otherwise || (len > 0) == (b->otherwise == '-'))
		return 0;
	buf_truncate(out, from);
	return expand_text(&b->text, lookup, out, e);
}
