/* SPDX-License-Identifier: ISC */
/*
 * struct match and its callbacks, which all kinds of patterns share. Private to
 * lang: other modules use match.h.
 */
#ifndef RUNG_LANG_MATCH_OWN_H
#define RUNG_LANG_MATCH_OWN_H

#include "effort.h"
#include "rung/match.h"

/* The functions of match.h that each kind implements. The window's `at` is
 * never NULL. free() is called after the last reference is released. */
struct match_kind {
	/* Counts its steps in *effort. A kind that tries position by position
	 * returns MORE if effort_is_over(). After FAIL the caller sets the
	 * error. */
	enum match_result (*find)(struct match *, struct bytes window,
				  size_t *from, bool final, struct effort *,
				  struct match_found *);
	enum match_result (*begins)(struct match *, struct bytes window,
				    bool final, struct effort *,
				    struct match_found *);
	/* NULL: never explains. */
	bool (*explain)(struct match *, const struct match_data *,
			struct effort *, struct match_miss *);
	void (*print)(const struct match *, struct buf *out);
	void (*free)(struct match *);
	const char *hint; /* how to make a pattern less costly */
};

/* The first member of the struct of each kind of pattern. */
struct match {
	const struct match_kind *kind;
	unsigned refs;
	size_t reach;      /* bytes that find() may read before a position */
	size_t bound;      /* limit of a match in bytes; 0: not used */
	struct bytes text; /* result of match_text() */
};

/* Fills *out with [start, end) and group 0; no other group is set. Result: YES.
 */
enum match_result match_give(struct bytes window, size_t start, size_t end,
			     struct match_found *out);
/* Explains why the data at out->at, `in`, does not begin with the expected
 * bytes. `common`: number of bytes that match. */
void match_explain_bytes(struct bytes expected, struct bytes in, size_t common,
			 struct match_miss *out);
/* Explains bytes that were expected at out->at: only `received` of `wanted`
 * bytes have arrived. */
void match_explain_missing(size_t received, size_t wanted,
			   struct match_miss *out);

#endif
