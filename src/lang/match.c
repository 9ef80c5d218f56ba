/* SPDX-License-Identifier: ISC */
/*
 * The interface to patterns of all kinds, and the simplest kind: literal text.
 * regex.c has expressions, template_match.c templates.
 */
#include "match_own.h"

#include "escape.h"
#include "rung/words.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NEAR_MAX = 64,   /* limit of comparisons in near_end() */
	SHOWN_MAX = 120, /* bytes of a pattern printed in an error */
	PRINTED_MAX = 8 << 20,
};

struct literal {
	struct match match;
	uint8_t store[];
};

struct match *match_ref(struct match *m)
{
	m->refs++;
	return m;
}

void match_unref(struct match *m)
{
	if (m && !--m->refs)
		m->kind->free(m);
}

enum match_result match_give(struct bytes window, size_t start, size_t end,
			     struct match_found *out)
{
	*out = (struct match_found){.start = start, .end = end};
	out->group[0] = bytes_of(window.at + start, end - start);
	return MATCH_YES;
}

/* Fills *e with the pattern and a hint. */
static enum match_result too_costly(const struct match *m, struct err *e)
{
	struct buf text;

	buf_init(&text, PRINTED_MAX);
	match_print(m, &text);
	buf_shorten(&text, SHOWN_MAX);
	err_set(e, ERR_LIMIT, 0, "%s is too costly on this input; %s",
		buf_cstr(&text), m->kind->hint);
	buf_fini(&text);
	return MATCH_FAIL;
}

static enum match_result find_counted(struct match *m, struct bytes window,
				      size_t *from, bool final,
				      struct effort *effort,
				      struct match_found *out, struct err *e)
{
	enum match_result r;

	if (!window.at)
		window = BYTES("");
	assert(*from <= window.len);
	r = m->kind->find(m, window, from, final, effort, out);
	return r == MATCH_FAIL ? too_costly(m, e) : r;
}

enum match_result match_find(struct match *m, struct bytes window, size_t *from,
			     bool final, struct match_found *out, struct err *e)
{
	struct effort effort = effort_begin(0, UINT64_MAX);

	return find_counted(m, window, from, final, &effort, out, e);
}

enum match_result match_find_on(struct match *m, struct bytes window,
				size_t *from, bool final,
				struct match_steps *steps,
				struct match_found *out, struct err *e)
{
	struct effort effort = effort_begin(steps->taken, *steps->left);
	enum match_result r = find_counted(m, window, from, final, &effort, out,
					   e);

	effort_end(&effort, steps->taken, steps->left);
	steps->taken = r == MATCH_MORE ? effort.steps : 0;
	return r;
}

enum match_result match_begins(struct match *m, struct bytes window, bool final,
			       uint64_t *left, struct match_found *out,
			       struct err *e)
{
	struct effort effort = effort_begin(0, UINT64_MAX);
	enum match_result r;

	if (!window.at)
		window = BYTES("");
	r = m->kind->begins(m, window, final, &effort, out);
	if (left)
		effort_end(&effort, 0, left);
	return r == MATCH_FAIL ? too_costly(m, e) : r;
}

/* Prints a byte in hex, and as a character if it is visible. */
static void print_byte(uint8_t byte, char out[8])
{
	bool visible = byte > ' ' && byte < 0x7F;

	snprintf(out, 8, visible ? "%02x '%c'" : "%02x", byte, byte);
}

void match_explain_missing(size_t received, size_t wanted,
			   struct match_miss *out)
{
	out->at += received;
	snprintf(out->reason, sizeof(out->reason), "missing %zu of %zu byte%s",
		 wanted - received, wanted, wanted == 1 ? "" : "s");
}

void match_explain_bytes(struct bytes expected, struct bytes in, size_t common,
			 struct match_miss *out)
{
	char wanted[8], received[8];

	out->expected = expected.at[common];
	if (common == in.len) {
		match_explain_missing(common, expected.len, out);
		return;
	}
	out->at += common;
	print_byte(expected.at[common], wanted);
	print_byte(in.at[common], received);
	snprintf(out->reason, sizeof(out->reason), "expected %s, received %s",
		 wanted, received);
}

bool match_explain(struct match *m, const struct match_data *data,
		   uint64_t *left, struct match_miss *out)
{
	struct effort effort = effort_begin(0, *left);
	struct match_data at = *data;
	bool explained;

	if (!m->kind->explain)
		return false;
	if (!at.window.at)
		at.window = BYTES("");
	explained = m->kind->explain(m, &at, &effort, out);
	effort_end(&effort, 0, left);
	return explained;
}

size_t match_keep_from(const struct match *m, size_t from)
{
	return from > m->reach ? from - m->reach : 0;
}

void match_set_max_length(struct match *m, size_t most)
{
	if (m->bound && most)
		m->bound = most;
}

void match_print(const struct match *m, struct buf *out)
{
	m->kind->print(m, out);
}

struct bytes match_text(const struct match *m)
{
	return m->text;
}

/* Finds the first position where the window's end may begin the literal. */
static enum match_result near_end(const struct match *m, struct bytes window,
				  size_t *from)
{
	size_t at = window.len < m->text.len ? 0 : window.len - m->text.len + 1;
	unsigned tried = 0;

	if (at < *from)
		at = *from;
	for (; at < window.len; at++) {
		at = bytes_find_byte(window, m->text.at[0], at);
		if (at == BYTES_NOT_FOUND)
			break;
		*from = at;
		/* After NEAR_MAX comparisons, assume a partial match, so that
		 * the cost stays proportional to the window. */
		if (++tried > NEAR_MAX ||
		    bytes_starts(m->text, bytes_skip(window, at)))
			return MATCH_PARTIAL;
	}
	*from = window.len;
	return MATCH_NO;
}

static enum match_result find_literal(struct match *m, struct bytes window,
				      size_t *from, bool final,
				      struct effort *effort,
				      struct match_found *out)
{
	size_t at = bytes_find(window, m->text, *from);

	/* Charge a sixteenth of the usual steps: bytes_find() reads at memory
	 * speed. */
	effort_add(effort, 1 + (window.len - *from) / 16 / EFFORT_BYTES, 0);

	if (at != BYTES_NOT_FOUND)
		return match_give(window, at, at + m->text.len, out);
	if (!final)
		return near_end(m, window, from);
	*from = window.len;
	return MATCH_NO;
}

static enum match_result begins_literal(struct match *m, struct bytes window,
					bool final, struct effort *effort,
					struct match_found *out)
{
	effort_add(effort, 1, 0);
	if (bytes_starts(window, m->text))
		return match_give(window, 0, m->text.len, out);
	return !final && bytes_starts(m->text, window) ? MATCH_PARTIAL
						       : MATCH_NO;
}

static bool explain_literal(struct match *m, const struct match_data *data,
			    struct effort *effort, struct match_miss *out)
{
	size_t best = 0;

	*out = (struct match_miss){.at = 0};
	for (size_t at = 0; at < data->window.len || !at; at++) {
		size_t common = bytes_common(m->text,
					     bytes_skip(data->window, at));

		if (common == m->text.len)
			return false;
		if (common > best) {
			best = common;
			out->at = at;
		}
		effort_add(effort, 1 + common / EFFORT_BYTES, 0);
		if (data->begins || effort_is_over(effort, false))
			break;
	}
	out->matched = best;
	match_explain_bytes(m->text, bytes_skip(data->window, out->at), best,
			    out);
	return best || data->begins;
}

static void print_literal(const struct match *m, struct buf *out)
{
	words_quote_text(m->text, out);
}

static void free_literal(struct match *m)
{
	free(m);
}

static const struct match_kind literal_kind = {
    .find = find_literal,
    .begins = begins_literal,
    .explain = explain_literal,
    .print = print_literal,
    .free = free_literal,
};

bool match_is_literal(const struct match *m)
{
	return m->kind == &literal_kind;
}

struct match *match_literal(struct bytes text, struct err *e)
{
	struct literal *m;

	if (!text.len) {
		err_set(e, ERR_USAGE, 0,
			"empty pattern; give at least one byte");
		return NULL;
	}
	m = malloc(sizeof(*m) + text.len);
	if (!m) {
		err_set(e, ERR_LIMIT, 0, "no memory for the pattern");
		return NULL;
	}
	memcpy(m->store, text.at, text.len);
	m->match = (struct match){.kind = &literal_kind,
				  .refs = 1,
				  .text = bytes_of(m->store, text.len)};
	return &m->match;
}
