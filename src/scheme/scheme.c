/* SPDX-License-Identifier: ISC */
/*
 * Finds schemes and rungs by name, and makes plans of a scheme's rungs.
 */
#include "rung/scheme.h"

#include <assert.h>

const struct scheme_row *protocols_scheme(const struct protocols *p,
					  struct bytes name)
{
	for (const struct scheme_row *row = p->schemes; row->name; row++)
		if (bytes_is(name, row->name))
			return row;
	return NULL;
}

const struct rung_ops *protocols_rung(const struct protocols *p,
				      struct bytes name)
{
	return rung_find(p->rungs, name);
}

const char *scheme_brief(const struct scheme_row *row)
{
	return row->brief ? row->brief
			  : transport_find(bytes_str(row->transport))->brief;
}

/* Takes the first name of the list. Result: false if the list is empty. */
static bool next_name(struct bytes *names, struct bytes *name)
{
	*names = bytes_trim(*names);
	*name = bytes_head(*names, bytes_find_byte(*names, ' ', 0));
	*names = bytes_skip(*names, name->len);
	return name->len > 0;
}

const struct rung_ops *scheme_top_rung(const struct protocols *p,
				       const struct scheme_row *row)
{
	struct bytes names = bytes_str(row->rungs ? row->rungs : ""), name;
	const struct rung_ops *top = NULL;
	while (next_name(&names, &name))
		top = protocols_rung(p, name);
	return top;
}

/* Returns true if the scheme's lowest n rungs are these. */
static bool begins_with(const struct scheme_row *row,
			const struct rung_ops *const *rungs, size_t n)
{
	struct bytes names = bytes_str(row->rungs ? row->rungs : ""), name;
	for (size_t i = 0; i < n; i++)
		if (!next_name(&names, &name) ||
		    !bytes_is(name, rungs[i]->name))
			return false;
	return true;
}

unsigned scheme_rungs_present(const struct scheme_row *row,
			      const struct rung_ops *const *have, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (begins_with(row, have + k, n - k))
			return (unsigned)(n - k);
	return 0;
}

/* Maximum number of arguments that a locator and its scheme add to rungs. */
enum { NAMED_MAX = 8 };

int scheme_add_rungs(const struct protocols *p, const struct scheme_row *row,
		     unsigned skip, enum side side, const struct args *args,
		     const struct named_value *more, size_t n,
		     struct rung_plan *plan, struct err *e)
{
	struct bytes names = bytes_str(row->rungs ? row->rungs : ""), name;
	struct named_value values[NAMED_MAX];
	size_t count = n;
	assert(n < NAMED_MAX);
	for (size_t i = 0; i < n; i++)
		values[i] = more[i];
	if (row->alpn)
		values[count++] = (struct named_value){"--alpn",
						       bytes_str(row->alpn)};
	for (unsigned i = 0; next_name(&names, &name); i++) {
		const struct rung_ops *ops = protocols_rung(p, name);
		if (!ops)
			return err_usage(e, "%s://: there is no rung '%.*s'",
					 row->name, (int)name.len,
					 (const char *)name.at);
		if (i >= skip &&
		    rung_plan_add(plan, ops, side, args, values, count, e))
			return -1;
	}
	return 0;
}
