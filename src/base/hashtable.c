/* SPDX-License-Identifier: ISC */
/*
 * A hash table with a chain of entries in each slot; the number of slots grows
 * with the entries. bytes_hash() and sip_hash() make the hashes.
 */
#include "rung/hashtable.h"

#include "rung/bytes.h"

#include <stdlib.h>

#define SLOTS_FIRST ((size_t)16)

void hashtable_init(struct hashtable *t)
{
	t->slots = xalloc(SLOTS_FIRST * sizeof(*t->slots));
	t->slot_count = SLOTS_FIRST;
	t->count = 0;
}

void hashtable_fini(struct hashtable *t)
{
	free(t->slots);
	*t = (struct hashtable){.slots = NULL};
}

static struct hash_link **slot_of(const struct hashtable *t, uint64_t hash)
{
	return &t->slots[hash & (t->slot_count - 1)];
}

static void prepend(struct hashtable *t, struct hash_link *link)
{
	struct hash_link **slot = slot_of(t, link->hash);

	link->next = *slot;
	*slot = link;
}

static void grow(struct hashtable *t)
{
	struct hashtable wider = {.slot_count = t->slot_count * 2};

	wider.slots = calloc(wider.slot_count, sizeof(*wider.slots));
	if (!wider.slots)
		return;
	wider.count = t->count;
	hashtable_each (it, t)
		prepend(&wider, it);
	free(t->slots);
	*t = wider;
}

void hashtable_add(struct hashtable *t, struct hash_link *link, uint64_t hash)
{
	if (t->count == t->slot_count)
		grow(t);
	link->hash = hash;
	prepend(t, link);
	t->count++;
}

void hashtable_remove(struct hashtable *t, struct hash_link *link)
{
	struct hash_link **at = slot_of(t, link->hash);

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	t->count--;
}

struct hash_link *hashtable_find(const struct hashtable *t, uint64_t hash)
{
	struct hash_link *link = *slot_of(t, hash);

	while (link && link->hash != hash)
		link = link->next;
	return link;
}

struct hash_link *hashtable_again(const struct hash_link *link)
{
	struct hash_link *next = link->next;

	while (next && next->hash != link->hash)
		next = next->next;
	return next;
}

struct hash_link *hashtable_next(const struct hashtable *t,
				 const struct hash_link *link)
{
	struct hash_link *const *end = t->slots + t->slot_count;
	struct hash_link *const *slot = t->slots;

	if (link && link->next)
		return link->next;
	if (link)
		slot = slot_of(t, link->hash) + 1;
	while (slot != end && !*slot)
		slot++;
	return slot == end ? NULL : *slot;
}
