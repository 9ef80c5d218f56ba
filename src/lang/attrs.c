/* SPDX-License-Identifier: ISC */
/*
 * Attributes: entries of a name and a value in one buffer, in order. Units have
 * few of them, so a linear search is enough.
 */
#include "rung/attrs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An entry begins with the lengths of its name and its value. */
struct entry_head {
	uint32_t name, value;
};
static_assert(sizeof(struct entry_head) == 8, "counted in ATTRS_MAX");

struct attrs {
	unsigned refs;
	struct buf entries;
};

struct attrs *attrs_new(void)
{
	struct attrs *a = xalloc(sizeof *a);
	a->refs = 1;
	buf_init(&a->entries, ATTRS_MAX);
	return a;
}

struct attrs *attrs_ref(struct attrs *a)
{
	if (a)
		a->refs++;
	return a;
}

void attrs_unref(struct attrs *a)
{
	if (!a || --a->refs)
		return;
	buf_fini(&a->entries);
	free(a);
}

int attrs_put(struct attrs *a, const char *name, struct bytes value)
{
	struct bytes key = bytes_str(name);
	size_t room = ATTRS_MAX - buf_len(&a->entries);
	struct entry_head head;
	assert(a->refs == 1);
	if (key.len > room || value.len > room ||
	    sizeof head + key.len + value.len > room)
		return -1;
	head = (struct entry_head){(uint32_t)key.len, (uint32_t)value.len};
	size_t before = buf_len(&a->entries);
	if (buf_put(&a->entries, bytes_of(&head, sizeof head)) ||
	    buf_put(&a->entries, key) || buf_put(&a->entries, value)) {
		buf_truncate(&a->entries, before);
		return -1;
	}
	return 0;
}

/* Takes the entry at the front of *rest. */
static bool next_entry(struct bytes *rest, struct bytes *name,
		       struct bytes *value)
{
	struct entry_head head;
	if (!rest->len)
		return false;
	memcpy(&head, rest->at, sizeof head);
	*rest = bytes_skip(*rest, sizeof head);
	*name = bytes_head(*rest, head.name);
	*rest = bytes_skip(*rest, head.name);
	*value = bytes_head(*rest, head.value);
	*rest = bytes_skip(*rest, head.value);
	return true;
}

bool attrs_next(const struct attrs *a, size_t *at, struct bytes *name,
		struct bytes *value)
{
	struct bytes all = a ? buf_bytes(&a->entries) : BYTES_NONE;
	struct bytes rest = bytes_skip(all, *at);
	bool found = next_entry(&rest, name, value);
	*at = all.len - rest.len;
	return found;
}

bool attrs_at(const struct attrs *a, size_t nth, struct bytes *name,
	      struct bytes *value)
{
	struct bytes rest = a ? buf_bytes(&a->entries) : BYTES_NONE;
	for (; next_entry(&rest, name, value); nth--)
		if (nth == 0)
			return true;
	return false;
}

bool attrs_get(const struct attrs *a, const char *name, struct bytes *value)
{
	return attrs_find(a, bytes_str(name), value);
}

bool attrs_find(const struct attrs *a, struct bytes name, struct bytes *value)
{
	struct bytes rest = a ? buf_bytes(&a->entries) : BYTES_NONE;
	struct bytes key, found;
	while (next_entry(&rest, &key, &found))
		if (bytes_equal_caseless(key, name)) {
			*value = found;
			return true;
		}
	return false;
}

size_t attrs_size(const struct attrs *a)
{
	return a ? buf_len(&a->entries) : 0;
}
