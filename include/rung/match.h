/* SPDX-License-Identifier: ISC */
/*
 * Patterns over a stream of bytes: literal text, regular expressions, templates
 * (template.h makes these). Finds where; who waits for it and what is taken is
 * not its job.
 */
#ifndef RUNG_MATCH_H
#define RUNG_MATCH_H

#include "rung/err.h"

struct match;

#define MATCH_GROUPS 10

enum match_result {
	MATCH_NO,
	MATCH_YES,
	MATCH_PARTIAL, /* what is there may be the beginning of one */
	MATCH_MORE, /* the allowance is used up: call again in the next turn */
	MATCH_FAIL, /* *e: the pattern is too costly on this input */
};

/* A part with a name: (?<name>…) of an expression, name:… of a template. */
struct capture {
	struct bytes name, value; /* value.at NULL: it took no part */
};

/* Where it is, in the window that was searched; lent as long as the window, and
 * the captures until the next search of the same match. */
struct match_found {
	struct bytes group[MATCH_GROUPS]; /* [0]: the whole; .at NULL: unset */
	size_t start, end;
	const struct capture *named;
	size_t named_count;
};

/* Finds this text. Copies it. An empty text is refused. */
struct match *match_literal(struct bytes text, struct err *e);
/*
 * Compiles /source/flags: PCRE2 on bytes, `flags` any of i m s x. NUL is an
 * ordinary byte, in the source too.
 * Errors:  usage; e->code is the offset in `source` that is wrong.
 */
struct match *match_regex(struct bytes source, struct bytes flags,
			  struct err *e);
struct match *match_ref(struct match *); /* counts a holder */
void match_unref(struct match *);        /* frees with the last; NULL is fine */

/*
 * Searches `window` from `*from` on.
 * `final`: nothing will follow, so that `$` holds at the end and nothing is
 * PART.
 * Result:  YES and *out (the leftmost, so an earlier place where one may still
 *          begin is PART first; a match that could become longer is not waited
 *          for, but one that more bytes could undo, as by \b or (?!…), is).
 *          Otherwise *from is where the next search has to begin when bytes
 *          are added, so that a stream is searched once; and nothing before
 *          match_keep_from(m, *from) is needed any more.
 * Limits:  128 Mi steps a search (about a second), of these 8 Mi (less than
 *          100 ms) for a match that begins at one place; more is FAIL with
 * class limit. None on the length of a match.
 */
enum match_result match_find(struct match *, struct bytes window, size_t *from,
			     bool final, struct match_found *out,
			     struct err *e);
/*
 * The same as one of several calls: MORE if the allowance is used up, and the
 * next call goes on. `*steps`: 0 before the first call; those taken so far.
 */
enum match_result match_find_on(struct match *, struct bytes window,
				size_t *from, bool final, uint64_t *steps,
				struct match_found *out, struct err *e);
/*
 * Sets how many steps all calls of match_find_on() may take until this is
 * called again; not called: any number. A search that begins without allowance
 * still takes some steps, so that small searches do not wait for large ones.
 */
void match_allow(uint64_t steps);
/* Returns true if not all of it is used up. */
bool match_allowed(void);
/*
 * Whether `window` begins with a match. As match_find() but for what comes
 * later in the window; PART: what is there may be the beginning of one.
 */
enum match_result match_begins(struct match *, struct bytes window, bool final,
			       struct match_found *out, struct err *e);
/* How much of a window searched up to `from` can be let go: the lookbehind of
 * the expression stays. */
size_t match_keep_from(const struct match *, size_t from);
/*
 * The most bytes that a window can come to hold. A template takes a length from
 * the wire that says more for no match, rather than to wait for what cannot
 * come; 16 MiB unless told. To others it is nothing.
 */
void match_set_max_length(struct match *, size_t most);
/* Appends it as a user would write it: /…/i, "…" or <…>. */
void match_print(const struct match *, struct buf *out);
/* The literal's bytes; the constant ones that a template begins with;
 * BYTES_NONE for an expression. For showing near misses. */
struct bytes match_text(const struct match *);

#endif
