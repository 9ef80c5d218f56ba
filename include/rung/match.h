/* SPDX-License-Identifier: ISC */
/*
 * Patterns over a stream of bytes: literal text, regular expressions, templates
 * (which template.h makes). Finds matches; does not wait for data or consume
 * data.
 */
#ifndef RUNG_MATCH_H
#define RUNG_MATCH_H

#include "rung/err.h"

struct match;

#define MATCH_GROUPS 10

enum match_result {
	MATCH_NO,
	MATCH_YES,
	MATCH_PARTIAL, /* the last bytes may begin a match */
	MATCH_MORE,    /* no search steps left: call again in the next turn */
	MATCH_FAIL,    /* *e: the pattern is too costly on this input */
};

/* A named part: (?<name>…) of an expression, name:… of a template. */
struct capture {
	struct bytes name, value; /* value.at NULL: not matched */
};

/* A match in the window. `group` points into the window; `named` is valid until
 * the next search with the same pattern. */
struct match_found {
	struct bytes group[MATCH_GROUPS]; /* [0]: the whole match; .at NULL: not
					     matched */
	size_t start, end;
	const struct capture *named;
	size_t named_count;
};

/* Makes a pattern that finds this text; copies the text. Errors: usage, if the
 * text is empty. */
struct match *match_literal(struct bytes text, struct err *e);
/*
 * Compiles the regular expression /source/flags with PCRE2, for bytes; `flags`:
 * any of i m s x. NUL is an ordinary byte, also in `source`.
 * Errors:  usage; e->code is the offset of the error in `source`.
 */
struct match *match_regex(struct bytes source, struct bytes flags,
			  struct err *e);
struct match *match_ref(struct match *);
void match_unref(struct match *); /* NULL is fine */

/*
 * Searches `window` from `*from` on.
 * `final`: no more bytes will follow: `$` matches at the end, and the result is
 *          never PARTIAL.
 * Result:  YES and *out: the leftmost match. PARTIAL if an earlier position may
 *          still match, or if more bytes could undo the match, as with \b or
 *          (?!…); a match that more bytes could only lengthen is YES. If not
 *          YES, *from is the position where the next search must start after
 *          bytes were added, so that a stream is searched only once; bytes
 *          before match_keep_from(m, *from) are no longer needed.
 * Limits:  128 Mi steps a search (about a second), of these 8 Mi (less than 100
 *          ms) at one start position; a search that exceeds this is FAIL with
 *          class limit. The length of a match is unlimited.
 */
enum match_result match_find(struct match *, struct bytes window, size_t *from,
			     bool final, struct match_found *out,
			     struct err *e);
/* The cost of a search that is made in several calls. */
struct match_steps {
	uint64_t taken; /* in the calls so far; 0 before the first */
	/* Steps that all searches of a turn may still take; lent, shared by
	 * them. Without steps left each call still takes some, so that small
	 * searches do not wait for large ones. */
	uint64_t *left;
};

/* Does the same as match_find(), in several calls: returns MORE if no steps are
 * left, and the next call continues. */
enum match_result match_find_on(struct match *, struct bytes window,
				size_t *from, bool final, struct match_steps *,
				struct match_found *out, struct err *e);
/*
 * Matches only at the start of `window`; otherwise like match_find(). PARTIAL:
 * the window may begin a match. `left`: as in match_steps, or NULL: not
 * counted.
 */
enum match_result match_begins(struct match *, struct bytes window, bool final,
			       uint64_t *left, struct match_found *out,
			       struct err *e);
/* Data in which a pattern was not found. */
struct match_data {
	struct bytes window;
	bool final;  /* no more bytes will follow */
	bool begins; /* the pattern was expected at the start of the window */
};

enum { MATCH_PART_MAX = 64, MATCH_REASON_MAX = 128 };

/* The place at which a pattern came closest to a match. */
struct match_miss {
	size_t at; /* offset of the first byte that differs or is missing */
	size_t matched; /* number of bytes that matched before it */
	int expected;   /* the byte expected at `at`; -1: not a constant */
	/* Source of the template's part that failed; "": not a template. */
	char part[MATCH_PART_MAX];
	char reason[MATCH_REASON_MAX]; /* why it failed */
};

/*
 * Explains why a search of the data found no match.
 * `left`:  as in match_steps.
 * Result:  false: the data matches, or no byte of the literal was found in it,
 *          or the pattern is an expression.
 * Limits:  tries as many positions as *left allows.
 */
bool match_explain(struct match *, const struct match_data *, uint64_t *left,
		   struct match_miss *);
/* Returns how much of a window searched up to `from` can be discarded: all but
 * the bytes of the expression's lookbehind. */
size_t match_keep_from(const struct match *, size_t from);
/*
 * Sets the maximum length of a window, 16 MiB by default. A template does not
 * match at a position if a length that it reads there exceeds the maximum.
 * Other patterns ignore the maximum.
 */
void match_set_max_length(struct match *, size_t most);
/* Appends the pattern as a user would type it: /…/i, "…" or <…>. */
void match_print(const struct match *, struct buf *out);
/* Returns true for literal text. */
bool match_is_literal(const struct match *);
/* Returns the bytes of a literal, the constant bytes at the start of a
 * template, or BYTES_NONE for an expression. */
struct bytes match_text(const struct match *);

#endif
