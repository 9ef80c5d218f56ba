/* SPDX-License-Identifier: ISC */
/*
 * The memory of a program: one arena for a text and all bodies in it, freed as
 * a whole. Private to the parsers.
 */
#ifndef RUNG_LANG_ARENA_H
#define RUNG_LANG_ARENA_H

#include "rung/words.h"

struct template;

/*
 * Returns an arena with one reference. A reference to a program, or to a body
 * in it, is a reference to its arena. The last arena_unref() also releases the
 * references to the matches and templates in it.
 * Result: NULL: no memory.
 */
struct arena *arena_new(void);
void arena_unref(struct arena *);
/* Takes memory from the arena. Result: zeroed memory, aligned for any type,
 * which never moves; NULL: no memory, or over the limit. */
void *arena_take(struct arena *, size_t n);
/* Returns a copy; NULL: no memory, or over the limit. `from` may be NULL if n
 * is 0. */
void *arena_copy(struct arena *, const void *from, size_t n);
/* Takes over one reference to the match and one to the template; either may be
 * NULL. Result: false: no memory; the references are released. */
bool arena_keep(struct arena *, struct match *, struct template *);

#endif
