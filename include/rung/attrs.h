/* SPDX-License-Identifier: ISC */
/*
 * Attributes: named values that belong to a unit (a status, a path, the id of a
 * request). Immutable once shared, and reference-counted, so that an inbox and
 * the log can keep the same attributes.
 */
#ifndef RUNG_ATTRS_H
#define RUNG_ATTRS_H

#include "rung/bytes.h"

/* Limit of attrs_size(): the bytes of all names and values, and 8 bytes for
 * each pair. */
#define ATTRS_MAX ((size_t)64 << 10)

struct attrs;

/* Makes empty attributes with one reference, which the caller owns. */
struct attrs *attrs_new(void);
/* Returns its argument with one more reference; NULL for NULL. */
struct attrs *attrs_ref(struct attrs *);
/* Removes a reference; the last one frees. NULL: does nothing. */
void attrs_unref(struct attrs *);
/*
 * Adds a copy of the name and the value. A name may be added more than once
 * (repeated headers); attrs_get() finds the first. Only the sole owner may add.
 * Result:  0; -1, nothing was added: more than ATTRS_MAX bytes, or no memory.
 */
int attrs_put(struct attrs *, const char *name, struct bytes value);
/* Finds the first value of that name, and ignores case, as names of header
 * fields have none. Lends it as long as the attributes live. NULL attributes
 * are empty. Result: false: none, and *value is unchanged. */
bool attrs_get(const struct attrs *, const char *name, struct bytes *value);
/* Does the same as attrs_get(), for a name that may contain any bytes. */
bool attrs_find(const struct attrs *, struct bytes name, struct bytes *value);
/* Gets the entry at *at, which is 0 for the first call, and sets *at to the
 * next entry. Result: false: there is none. */
bool attrs_next(const struct attrs *, size_t *at, struct bytes *name,
		struct bytes *value);
/*
 * Gets the nth entry (0: the first), in the order of addition.
 * Result:  false: there is none.
 */
bool attrs_at(const struct attrs *, size_t nth, struct bytes *name,
	      struct bytes *value);
/* Returns the bytes that count toward ATTRS_MAX. */
size_t attrs_size(const struct attrs *);

#endif
