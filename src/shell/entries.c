/* SPDX-License-Identifier: ISC */
/*
 * A hash table from name and key to bytes. Keys may come from peers, so the
 * hash is keyed and the total size has a limit. env.c has the variables without
 * a key.
 */
#include "entries.h"

#include "rung/sip.h"

#include <stdlib.h>

struct table_entry {
	struct table_entry *next;
	uint64_t hash;
	size_t name; /* length of the name that begins the label */
	struct buf label, value;
};

struct entries {
	struct table_entry **slots;
	size_t room, count; /* room: a power of two */
	size_t held;
	struct account *account;
	uint8_t secret[SIP_KEY];
};

struct entries *entries_new(struct account *account)
{
	struct entries *all = xalloc(sizeof *all);
	all->account = account;
	all->room = 16;
	all->slots = xalloc(all->room * sizeof *all->slots);
	sip_key(all->secret);
	return all;
}

static size_t cost(const struct table_entry *x)
{
	return buf_len(&x->label) + buf_len(&x->value) + ENTRY_COST;
}

static void entry_free(struct table_entry *x)
{
	buf_fini(&x->label);
	buf_fini(&x->value);
	free(x);
}

void entries_free(struct entries *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->room; i++)
		while (all->slots[i]) {
			struct table_entry *x = all->slots[i];
			all->slots[i] = x->next;
			entry_free(x);
		}
	account_release(all->account, all->held);
	free(all->slots);
	free(all);
}

static bool has_name(const struct table_entry *x, struct bytes name)
{
	return x->name == name.len && bytes_starts(buf_bytes(&x->label), name);
}

/* Hashes the key alone: names are few and chosen by the user. */
static uint64_t hash(const struct entries *all, struct bytes key)
{
	return sip_hash(all->secret, key);
}

/* Returns the address of the pointer to an entry or, if there is none, of the
 * pointer at which to insert it. */
static struct table_entry **entries_place(const struct entries *all, uint64_t h,
					  struct bytes name, struct bytes key)
{
	struct table_entry **at = &all->slots[h & (all->room - 1)];
	while (
	    *at &&
	    ((*at)->hash != h || !has_name(*at, name) ||
	     !bytes_equal(bytes_skip(buf_bytes(&(*at)->label), name.len), key)))
		at = &(*at)->next;
	return at;
}

static void entries_link(struct entries *all, struct table_entry *x)
{
	struct table_entry **slot = &all->slots[x->hash & (all->room - 1)];
	x->next = *slot;
	*slot = x;
}

static void entries_grow(struct entries *all)
{
	struct table_entry **old = all->slots;
	size_t room = all->room;
	all->room *= 2;
	all->slots = xalloc(all->room * sizeof *all->slots);
	for (size_t i = 0; i < room; i++)
		while (old[i]) {
			struct table_entry *x = old[i];
			old[i] = x->next;
			entries_link(all, x);
		}
	free(old);
}

bool entries_get(const struct entries *all, struct bytes name, struct bytes key,
		 struct bytes *out)
{
	const struct table_entry *x = NULL;
	if (all)
		x = *entries_place(all, hash(all, key), name, key);
	if (x)
		*out = buf_bytes(&x->value);
	return x != NULL;
}

static void entries_add(struct entries *all, struct table_entry *x)
{
	if (all->count == all->room)
		entries_grow(all);
	entries_link(all, x);
	all->count++;
	all->held += cost(x);
	account_charge(all->account, cost(x));
}

/* Removes an entry without freeing it. */
static struct table_entry *entries_take(struct entries *all,
					struct table_entry **at)
{
	struct table_entry *x = *at;
	*at = x->next;
	all->count--;
	all->held -= cost(x);
	account_release(all->account, cost(x));
	return x;
}

static int report_limit(struct bytes name, size_t most, struct err *e)
{
	return err_set(e, ERR_LIMIT, 0,
		       "%.*s[…]: entries would exceed %zu bytes; raise 'set "
		       "entries' or remove some with 'unset'",
		       (int)(name.len < 60 ? name.len : 60),
		       (const char *)name.at, most);
}

int entries_put(struct entries *all, struct bytes name, struct bytes key,
		struct bytes value, size_t most, struct err *e)
{
	if (key.len > ENTRY_KEY_MAX)
		return err_set(e, ERR_LIMIT, 0,
			       "key too long: %zu bytes (maximum %zu)", key.len,
			       ENTRY_KEY_MAX);
	uint64_t h = hash(all, key);
	struct table_entry **at = entries_place(all, h, name, key), *old = *at;
	size_t need = name.len + key.len + ENTRY_COST;
	size_t others = all->held - (old ? cost(old) : 0);
	if (others > most || most - others < need ||
	    most - others - need < value.len)
		return report_limit(name, most, e);
	if (!account_fits(all->account, need + value.len))
		return err_set(e, ERR_LIMIT, 0,
			       "%.*s[…]: not enough memory for %zu bytes; "
			       "raise 'set memory'",
			       (int)(name.len < 60 ? name.len : 60),
			       (const char *)name.at, value.len);
	struct table_entry *x = xalloc(sizeof *x);
	*x = (struct table_entry){.hash = h,
				  .name = name.len,
				  .label = {.limit = SIZE_MAX},
				  .value = {.limit = SIZE_MAX}};
	if (buf_put(&x->label, name) || buf_put(&x->label, key) ||
	    buf_put(&x->value, value)) {
		entry_free(x);
		return err_set(e, ERR_LIMIT, 0, "out of memory for %zu bytes",
			       value.len);
	}
	if (old)
		entry_free(entries_take(all, at));
	entries_add(all, x);
	return 0;
}

void entries_drop(struct entries *all, struct bytes name, struct bytes key)
{
	struct table_entry **at = entries_place(all, hash(all, key), name, key);
	if (*at)
		entry_free(entries_take(all, at));
}

/* Returns the address of the pointer to the next entry of that name in a slot,
 * from `at` on. */
static struct table_entry **next_of(struct table_entry **at, struct bytes name)
{
	while (*at && !has_name(*at, name))
		at = &(*at)->next;
	return at;
}

void entries_clear(struct entries *all, struct bytes name)
{
	for (size_t i = 0; i < all->room; i++)
		for (struct table_entry **at = &all->slots[i];
		     *(at = next_of(at, name)) != NULL;)
			entry_free(entries_take(all, at));
}

void entries_move(struct entries *from, struct entries *to, struct bytes name)
{
	for (size_t i = 0; i < from->room; i++)
		for (struct table_entry **at = &from->slots[i];
		     *(at = next_of(at, name)) != NULL;) {
			struct table_entry *x = entries_take(from, at);
			struct bytes label = buf_bytes(&x->label);
			x->hash = hash(to, bytes_skip(label, x->name));
			entries_add(to, x);
		}
}

bool entries_any(const struct entries *all, struct bytes name)
{
	for (size_t i = 0; all && i < all->room; i++)
		if (*next_of(&all->slots[i], name))
			return true;
	return false;
}
