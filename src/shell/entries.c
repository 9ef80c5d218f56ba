/* SPDX-License-Identifier: ISC */
/*
 * A table from name and key to bytes. Keys may come from peers, so the hash
 * uses a secret and the total size has a limit. env.c has the variables without
 * a key.
 */
#include "entries.h"

#include "rung/hashtable.h"
#include "rung/list.h"
#include "rung/sip.h"

#include <stdlib.h>

struct table_entry {
	struct hash_link link;
	size_t name; /* length of the name that begins the label */
	struct buf label, value;
};

struct entries {
	struct hashtable table;
	size_t held;
	struct account *account;
	uint8_t secret[SIP_KEY];
};

struct entries *entries_new(struct account *account)
{
	struct entries *all = xalloc(sizeof *all);
	all->account = account;
	hashtable_init(&all->table);
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
	hashtable_each (it, &all->table)
		entry_free(list_entry(it, struct table_entry, link));
	account_release(all->account, all->held);
	hashtable_fini(&all->table);
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

static struct table_entry *entries_find(const struct entries *all, uint64_t h,
					struct bytes name, struct bytes key)
{
	hashtable_each_of (it, &all->table, h) {
		struct table_entry *x = list_entry(it, struct table_entry,
						   link);
		struct bytes label = buf_bytes(&x->label);
		if (has_name(x, name) &&
		    bytes_equal(bytes_skip(label, name.len), key))
			return x;
	}
	return NULL;
}

bool entries_get(const struct entries *all, struct bytes name, struct bytes key,
		 struct bytes *out)
{
	const struct table_entry *x = NULL;
	if (all)
		x = entries_find(all, hash(all, key), name, key);
	if (x)
		*out = buf_bytes(&x->value);
	return x != NULL;
}

static void entries_add(struct entries *all, struct table_entry *x, uint64_t h)
{
	hashtable_add(&all->table, &x->link, h);
	all->held += cost(x);
	account_charge(all->account, cost(x));
}

/* Removes an entry without freeing it. */
static void entries_take(struct entries *all, struct table_entry *x)
{
	hashtable_remove(&all->table, &x->link);
	all->held -= cost(x);
	account_release(all->account, cost(x));
}

static void entries_remove(struct entries *all, struct table_entry *x)
{
	entries_take(all, x);
	entry_free(x);
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
	struct table_entry *old = entries_find(all, h, name, key);
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
	*x = (struct table_entry){.name = name.len,
				  .label = {.limit = SIZE_MAX},
				  .value = {.limit = SIZE_MAX}};
	if (buf_put(&x->label, name) || buf_put(&x->label, key) ||
	    buf_put(&x->value, value)) {
		entry_free(x);
		return err_set(e, ERR_LIMIT, 0, "out of memory for %zu bytes",
			       value.len);
	}
	if (old)
		entries_remove(all, old);
	entries_add(all, x, h);
	return 0;
}

void entries_drop(struct entries *all, struct bytes name, struct bytes key)
{
	struct table_entry *x = entries_find(all, hash(all, key), name, key);
	if (x)
		entries_remove(all, x);
}

void entries_clear(struct entries *all, struct bytes name)
{
	hashtable_each (it, &all->table) {
		struct table_entry *x = list_entry(it, struct table_entry,
						   link);
		if (has_name(x, name))
			entries_remove(all, x);
	}
}

void entries_move(struct entries *from, struct entries *to, struct bytes name)
{
	hashtable_each (it, &from->table) {
		struct table_entry *x = list_entry(it, struct table_entry,
						   link);
		struct bytes label = buf_bytes(&x->label);
		if (!has_name(x, name))
			continue;
		entries_take(from, x);
		entries_add(to, x, hash(to, bytes_skip(label, x->name)));
	}
}

bool entries_any(const struct entries *all, struct bytes name)
{
	if (!all)
		return false;
	hashtable_each (it, &all->table)
		if (has_name(list_entry(it, struct table_entry, link), name))
			return true;
	return false;
}
