/* SPDX-License-Identifier: ISC */
/*
 * Entries: NAME[KEY] to bytes, those of one scope. Private to this room.
 */
#ifndef RUNG_SHELL_ENTRIES_H
#define RUNG_SHELL_ENTRIES_H

#include "rung/budget.h"
#include "rung/err.h"

/* A key has at most so many bytes. */
#define ENTRY_KEY_MAX ((size_t)64 << 10)
/* What an entry counts besides its bytes. */
#define ENTRY_COST ((size_t)128)

struct entries;

/* The account counts what they hold; NULL: none. */
struct entries *entries_new(struct account *);
void entries_free(struct entries *); /* NULL is fine */
/* NULL has none. Lends *out until the next change. Result: false: not set. */
bool entries_get(const struct entries *, struct bytes name, struct bytes key,
		 struct bytes *out);
/*
 * Limits:  all of them together hold at most `most` bytes, ENTRY_COST each
 *          included; what is over is an error and changes nothing.
 */
int entries_put(struct entries *, struct bytes name, struct bytes key,
		struct bytes value, size_t most, struct err *e);
void entries_drop(struct entries *, struct bytes name, struct bytes key);
/* All of that name. */
void entries_clear(struct entries *, struct bytes name);
/* Those of that name go over to `to`, whatever they hold. */
void entries_move(struct entries *from, struct entries *to, struct bytes name);
bool entries_any(const struct entries *, struct bytes name);

#endif
