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

size_t unit_head_len(const struct unit_kind *kind, struct bytes data)
{
	size_t at = 0, lf;
	if (!kind || !(kind->flags & KIND_HEADED))
		return 0;
	while ((lf = bytes_find_byte(data, '\n', at)) != BYTES_NOT_FOUND) {
		size_t len = lf - at;
		if (len == 0 || (len == 1 && data.at[at] == '\r'))
			return lf + 1;
		at = lf + 1;
	}
	return data.len;
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
