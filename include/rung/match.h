/* SPDX-License-Identifier: ISC */
/*
 * Patterns over a stream of bytes: literal text, regular expressions, templates
 * (made by template.h). Finds matches; does not wait for data or consume it.
 */
#ifndef RUNG_MATCH_H
#define RUNG_MATCH_H

#include "rung/err.h"

struct match;

#define MATCH_GROUPS 10

enum match_result {
	MATCH_NO,
	MATCH_YES,
	MATCH_PARTIAL, /* the available bytes may begin a match */
	MATCH_MORE, /* the allowance is used up: call again in the next turn */
	MATCH_FAIL, /* *e: the pattern is too costly on this input */
};

/* A named part: (?<name>…) of an expression, name:… of a template. */
struct capture {
	struct bytes name, value; /* value.at NULL: not matched */
};

/* A match in the window. Lends: bytes of the window; the captures until the
 * next search with the same pattern. */
struct match_found {
	struct bytes group[MATCH_GROUPS]; /* [0]: the whole; .at NULL: unset */
	size_t start, end;
	const struct capture *named;
	size_t named_count;
};

/* Makes a pattern that finds this text; copies it. Errors: usage, if the text
 * is empty. */
struct match *match_literal(struct bytes text, struct err *e);
/*
 * Compiles /source/flags: PCRE2 on bytes, `flags` any of i m s x. NUL is an
 * ordinary byte, in the source too.
 * Errors:  usage; e->code is the offset of the error in `source`.
 */
struct match *match_regex(struct bytes source, struct bytes flags,
			  struct err *e);
struct match *match_ref(struct match *);
void match_unref(struct match *); /* NULL is fine */

/*
 * Searches `window` from `*from` on.
 * `final`: nothing will follow, so that `$` matches at the end and nothing is
 *          PARTIAL.
 * Result:  YES and *out: the leftmost match. PARTIAL if an earlier position may
 *          still match, or if more bytes could undo the match, as with \b or
 *          (?!…); a match that more bytes could only lengthen is YES. If not
 *          YES, *from is the position at which the next search must start once
 *          bytes are added, so that a stream is searched once; nothing before
 *          match_keep_from(m, *from) is needed any more.
 * Limits:  128 Mi steps a search (about a second), of these 8 Mi (less than 100
 *          ms) at one start position; else FAIL with class limit. The length of
 *          a match is unlimited.
 */
enum match_result match_find(struct match *, struct bytes window, size_t *from,
			     bool final, struct match_found *out,
			     struct err *e);
/*
 * Does the same as match_find(), in several calls: returns MORE if the
 * allowance is used up, and the next call continues. `*steps`: set to 0 before
 * the first call; counts the steps taken so far.
 */
enum match_result match_find_on(struct match *, struct bytes window,
				size_t *from, bool final, uint64_t *steps,
				struct match_found *out, struct err *e);
/*
 * Sets the number of steps that all calls of match_find_on() may take until the
 * next match_allow(); unlimited by default. Without an allowance each call
 * still takes some steps, so that small searches do not wait for large ones.
 */
void match_allow(uint64_t steps);
/* Returns true if the allowance is not used up. */
bool match_allowed(void);
/*
 * Matches only at the start of `window`; otherwise like match_find(). PARTIAL:
 * the window may begin a match.
 */
enum match_result match_begins(struct match *, struct bytes window, bool final,
			       struct match_found *out, struct err *e);
/* Returns how much of a window searched up to `from` can be discarded: all but
 * the bytes of the expression's lookbehind. */
size_t match_keep_from(const struct match *, size_t from);
/*
 * Sets the maximum length of a window, 16 MiB by default. If a template reads a
 * length from the stream that exceeds the maximum, that position does not
 * match. Other patterns ignore this.
 */
void match_set_max_length(struct match *, size_t most);
/* Appends the pattern in the form that a user would type: /…/i, "…" or <…>. */
void match_print(const struct match *, struct buf *out);
/* Returns the literal's bytes, the constant bytes at the start of a template,
 * or BYTES_NONE for an expression. For displaying near misses. */
struct bytes match_text(const struct match *);

#endif
