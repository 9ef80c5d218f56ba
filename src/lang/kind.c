/* SPDX-License-Identifier: ISC */
/*
 * The names of kinds of units, as users type and read them. The rungs have the
 * tables of kinds.
 */
#include "rung/unit.h"

const struct unit_kind *unit_kind_find(const struct unit_kind *table,
				       struct bytes name)
{
	for (; table && table->name; table++)
		if (bytes_is(name, table->name))
			return table;
	return NULL;
}

bool unit_kind_split(struct bytes text, struct bytes *rung, struct bytes *kind)
{
	size_t dot = bytes_find_byte(text, '.', 0);
	*rung = bytes_head(text, dot);
	*kind = bytes_skip(text, dot == BYTES_NOT_FOUND ? text.len : dot + 1);
	return dot != BYTES_NOT_FOUND;
}

void unit_kind_print(const struct unit_kind *kind, unsigned flags,
		     struct buf *out)
{
	if (flags & UNIT_RAW)
		buf_puts(out, "raw");
	else if (kind)
		buf_printf(out, "%s.%s", kind->rung, kind->name);
	else
		buf_puts(out, "data");
}
