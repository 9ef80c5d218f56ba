/* SPDX-License-Identifier: ISC */
/*
 * What stands in `${…}`: a name, and maybe a key, a text instead, or the wish
 * for its length. Private to lang.
 */
#ifndef RUNG_LANG_BRACE_H
#define RUNG_LANG_BRACE_H

#include "arena.h"

struct brace;

/*
 * Reads what a `$` begins; `in` begins with that, and stays.
 * Result:  how many bytes that took, *name, and *brace, NULL where the name is
 *          all; -1 and *e, *bad: the offset in `in` that is wrong.
 * Limits:  braces in braces 16 deep.
 */
int brace_read(struct arena *, struct bytes in, struct bytes *name,
	       const struct brace **brace, size_t *bad, struct err *e);
/* How long the `${…}` is that `in` begins with; 0: none, or a wrong one. */
size_t brace_length(struct bytes in);
/*
 * Appends what `name` and `brace` are worth. A key is taken as it is: what
 * variables in it hold is never read as anything.
 * Result:  0, or -1 and *e.
 */
int brace_expand(struct bytes name, const struct brace *, const struct lookup *,
		 struct buf *out, struct err *e);

#endif
