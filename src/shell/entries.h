/* SPDX-License-Identifier: ISC */
/*
 * Entries: values of NAME[KEY] in one scope. Private to this module.
 */
#ifndef RUNG_SHELL_ENTRIES_H
#define RUNG_SHELL_ENTRIES_H

#include "rung/budget.h"
#include "rung/err.h"

/* Longest key in bytes. */
#define ENTRY_KEY_MAX ((size_t)64 << 10)
/* Overhead of an entry in bytes, which counts towards the limit. */
#define ENTRY_COST ((size_t)128)

struct entries;

/* Makes an empty table. The account (NULL: none) counts its entries. */
struct entries *entries_new(struct account *);
void entries_free(struct entries *); /* NULL is allowed */
/* Finds an entry; the table may be NULL. Lends *out until the next change.
 * Result: false: not set. */
bool entries_get(const struct entries *, struct bytes name, struct bytes key,
		 struct bytes *out);
/*
 * Sets an entry. After an error nothing has changed.
 * Limits:  `most` bytes for all entries, with ENTRY_COST for each.
 */
int entries_put(struct entries *, struct bytes name, struct bytes key,
		struct bytes value, size_t most, struct err *e);
void entries_drop(struct entries *, struct bytes name, struct bytes key);
/* Removes all entries of that name. */
void entries_clear(struct entries *, struct bytes name);
/* Moves all entries of that name to `to`; no limit applies. */
void entries_move(struct entries *from, struct entries *to, struct bytes name);
bool entries_any(const struct entries *, struct bytes name);

#endif
