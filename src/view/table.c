/* SPDX-License-Identifier: ISC */
/*
 * The list of views, in the order that help and completion give them.
 */
#include "table.h"

const struct view_ops *const view_table[] = {
    &view_line, &view_text, &view_hex, &view_raw, &view_json, &view_off, NULL,
};

const struct view_ops *view_find(struct bytes name)
{
	for (size_t i = 0; view_table[i]; i++)
		if (bytes_is(name, view_table[i]->name))
			return view_table[i];
	return NULL;
}
