/* SPDX-License-Identifier: ISC */
/*
 * The variable in `${…}`: a name, optionally with a key, a default or
 * alternative text, or a `#` for the length. Private to lang.
 */
#ifndef RUNG_LANG_BRACE_H
#define RUNG_LANG_BRACE_H

#include "arena.h"

struct brace;

/*
 * Reads a variable; `in` begins with its `$` and must outlive the result.
 * Result:  the number of bytes read, *name, and *brace (NULL if there is only a
 *          name); -1 and *e, *bad: the offset of the error in `in`.
 * Limits:  braces nest 16 deep.
 */
int brace_read(struct arena *, struct bytes in, struct bytes *name,
	       const struct brace **brace, size_t *bad, struct err *e);
/* Returns the length of the `${…}` at the start of `in`; 0: none, or malformed.
 */
size_t brace_length(struct bytes in);
/*
 * Appends the value of the variable `name` as changed by the braces, which may
 * be NULL. The values of variables in a key are never parsed.
 * Result:  0, or -1 and *e.
 */
int brace_expand(struct bytes name, const struct brace *, const struct lookup *,
		 struct buf *out, struct err *e);

#endif
