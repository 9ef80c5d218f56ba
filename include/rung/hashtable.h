/* SPDX-License-Identifier: ISC */
/*
 * An intrusive hash table: a link is embedded in each entry. The caller hashes
 * and compares the keys; the table owns its slots only.
 */
#ifndef RUNG_HASHTABLE_H
#define RUNG_HASHTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_link {
	struct hash_link *next;
	uint64_t hash;
};

struct hashtable {
	struct hash_link **slots;
	size_t slot_count; /* a power of two */
	size_t count;
};

void hashtable_init(struct hashtable *);
/* Frees the slots, not the entries. */
void hashtable_fini(struct hashtable *);
/* Adds an entry, which may have the same hash as others. Lookups get slower if
 * there is no memory for more slots. */
void hashtable_add(struct hashtable *, struct hash_link *, uint64_t hash);
void hashtable_remove(struct hashtable *, struct hash_link *);
/* hashtable_find() returns the first entry with that hash, hashtable_again()
 * the next one; NULL: there is none. */
struct hash_link *hashtable_find(const struct hashtable *, uint64_t hash);
struct hash_link *hashtable_again(const struct hash_link *);
/* Returns the next entry, in no particular order: the first one if the argument
 * is NULL; NULL after the last. */
struct hash_link *hashtable_next(const struct hashtable *,
				 const struct hash_link *);

/* Visits each entry of that hash. */
#define hashtable_each_of(it, table, hash)                             \
	for (struct hash_link *it = hashtable_find(table, hash); (it); \
	     it = hashtable_again(it))

/* Visits each entry; the body may remove the current one, but add none. */
#define hashtable_each(it, table)                                            \
	for (struct hash_link *it = hashtable_next(table, NULL), *it##_next; \
	     (it) && (it##_next = hashtable_next(table, it), true);          \
	     it = it##_next)

#endif
