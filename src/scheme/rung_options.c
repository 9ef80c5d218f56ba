/* SPDX-License-Identifier: ISC */
/*
 * Joins command tables with the options of rungs, and checks that each option
 * belongs to a rung that is added.
 */
#include "rung/scheme.h"

#include <assert.h>
#include <string.h>

static const struct param *find_param(const struct param *params,
				      const char *name)
{
	for (; params && params->kind != PARAM_END; params++)
		if (strcmp(params->name, name) == 0)
			return params;
	return NULL;
}

/* Appends the rung's options that the table does not have yet. `side`:
 * PARAM_OF_CLIENT or PARAM_OF_SERVER, if all rungs of the command have it. */
static size_t add_options(struct param *table, size_t n,
			  const struct param *options, unsigned side)
{
	const unsigned sides = PARAM_OF_CLIENT | PARAM_OF_SERVER;
	for (; options && options->kind != PARAM_END; options++) {
		if (!param_is_option(options) ||
		    find_param(table, options->name))
			continue;
		assert(n < PARAMS_MAX);
		table[n] = *options;
		/* Only the rung itself can require its option. */
		table[n].flags &= ~(unsigned)PARAM_REQUIRED;
		table[n].flags |= PARAM_OF_RUNG;
		if (side && options->flags & sides & ~side)
			table[n].flags |= PARAM_UNLISTED;
		table[++n].kind = PARAM_END;
	}
	return n;
}

struct param *rung_options_join(const struct param *own,
				const struct protocols *p)
{
	size_t n = 0;
	bool kinds = false;
	for (; own && own[n].kind != PARAM_END && own[n].kind != PARAM_RUNGS;
	     n++)
		kinds |= (own[n].flags & PARAM_OR_KIND) != 0;
	bool options = own && own[n].kind == PARAM_RUNGS;
	if (!options && !kinds)
		return NULL;
	unsigned side = options ? own[n].flags : 0;
	struct param *table = xalloc((PARAMS_MAX + 1) * sizeof *table);
	for (size_t i = 0; i < n; i++) {
		table[i] = own[i];
		if (own[i].flags & PARAM_OR_KIND)
			table[i].context = p;
	}
	for (size_t i = 0; options && p->rungs[i]; i++)
		n = add_options(table, n, p->rungs[i]->params, side);
	return table;
}

static bool plan_has_option(const struct rung_plan *plan, unsigned skip,
			    const char *name)
{
	for (unsigned i = skip; plan && i < plan->count; i++)
		if (find_param(plan->spec[i].ops->params, name))
			return true;
	return false;
}

int rung_options_check(const struct protocols *p, const struct args *given,
		       const struct rung_plan *plan, unsigned skip,
		       const struct rung_plan *other, struct err *e)
{
	const struct param *param = given ? given->params : NULL;
	for (size_t i = 0; param && param[i].kind != PARAM_END; i++) {
		const char *name = param[i].name;
		size_t owner = 0;
		if (!(param[i].flags & PARAM_OF_RUNG) || !given->arg[i].n ||
		    plan_has_option(plan, skip, name) ||
		    plan_has_option(other, 0, name))
			continue;
		while (!find_param(p->rungs[owner]->params, name))
			owner++;
		return err_usage(
		    e, "%s belongs to the rung %s, which is not added here",
		    name, p->rungs[owner]->name);
	}
	return 0;
}
