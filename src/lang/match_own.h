/* SPDX-License-Identifier: ISC */
/*
 * What the kinds of patterns share: the head of each, and what each must do.
 * Private to lang: others take match.h.
 */
#ifndef RUNG_LANG_KIND_H
#define RUNG_LANG_KIND_H

#include "effort.h"
#include "rung/match.h"

/* The four of match.h that a kind does its own way; the window's `at` is never
 * NULL, and nobody else holds what is freed. */
struct match_kind {
	/* Counts what it does in *effort, and returns MORE if that is over. On
	 * FAIL match_find() words the error. */
	enum match_result (*find)(struct match *, struct bytes window,
				  size_t *from, bool final, struct effort *,
				  struct match_found *);
	enum match_result (*begins)(struct match *, struct bytes window,
				    bool final, struct effort *,
				    struct match_found *);
	void (*print)(const struct match *, struct buf *out);
	void (*free)(struct match *);
	const char *hint; /* how a pattern becomes less costly */
};

/* Embedded first in each kind. */
struct match {
	const struct match_kind *kind;
	unsigned refs;
	size_t reach; /* how far before a place it may look */
	size_t bound; /* what match_set_max_length() told; 0: does not care */
	struct bytes text; /* what match_text() tells */
};

/* Fills *out with [start, end) and no groups. Result: YES. */
enum match_result match_give(struct bytes window, size_t start, size_t end,
			     struct match_found *out);

#endif
