/* SPDX-License-Identifier: ISC */
/*
 * The memory of a program: one arena for a text and all bodies in it, let go of
 * as a whole. Private to the parsers.
 */
#ifndef RUNG_LANG_PROGRAM_H
#define RUNG_LANG_PROGRAM_H

#include "rung/words.h"

struct template;

/*
 * An arena with one holder. Holding a program, or a body in it, holds the
 * arena; what the last one drops is freed with the matches and templates in it.
 * Result: NULL: no memory.
 */
struct arena *arena_new(void);
void arena_unref(struct arena *);
/* Zeroed, aligned for anything, never moved. Result: NULL: over the limit. */
void *arena_take(struct arena *, size_t n);
/* A copy. Result: NULL: over the limit. `from` may be NULL if n is 0. */
void *arena_copy(struct arena *, const void *from, size_t n);
/* Takes over a holder of each; either may be NULL. Result: false: no memory;
 * they were dropped. */
bool arena_keep(struct arena *, struct match *, struct template *);

#endif
