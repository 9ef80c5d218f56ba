/* SPDX-License-Identifier: ISC */
/*
 * The table of all kinds of rungs, made from rung_table.h.
 */
#include "rung/plan.h"

#define RUNG(name) extern const struct rung_ops name##_rung;
#include "rung_table.h"
#undef RUNG

#define RUNG(name) &name##_rung,
const struct rung_ops *const rung_table[] = {
#include "rung_table.h"
    NULL,
};
#undef RUNG

const struct rung_ops *rung_find(const struct rung_ops *const *table,
				 struct bytes name)
{
	for (; *table; table++)
		if (bytes_is(name, (*table)->name))
			return *table;
	return NULL;
}
