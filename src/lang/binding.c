/* SPDX-License-Identifier: ISC */
/*
 * Keeping what a command is bound to, in its program's arena. When that may be
 * done is decided by the parser and the binder.
 */
#include "binding.h"

#include "rung/match.h"

struct binding {
	struct arena *arena;
	const struct param *params;
	const struct arg *arg; /* NULL: nothing is kept */
	bool again;            /* it has run before */
};

struct binding *binding_new(struct arena *arena)
{
	struct binding *b = arena_take(arena, sizeof(*b));

	if (b)
		b->arena = arena;
	return b;
}

const struct arg *binding_args(const struct binding *b,
			       const struct param *params)
{
	return b && b->params == params ? b->arg : NULL;
}

/* A copy of what is in the args' store; all other bytes are the program's or
 * ours for good. Result: false: no memory. */
static bool keep_bytes(struct arena *arena, const struct args *a,
		       struct bytes *b)
{
	const uint8_t *store = a->store.data;

	if (b->at && store && b->at >= store && b->at < store + a->store.cap)
		b->at = arena_copy(arena, b->at, b->len);
	return b->at || !b->len;
}

static bool keep_value(struct arena *arena, const struct args *a,
		       struct value *v)
{
	if (v->match && !arena_keep(arena, match_hold(v->match), NULL))
		return false;
	return keep_bytes(arena, a, &v->text) && keep_bytes(arena, a, &v->key);
}

void binding_keep(struct binding *b, const struct args *a, unsigned params)
{
	struct arg *arg;
	struct value *values;

	if (!b->again) {
		b->again = true;
		return;
	}
	if (b->arg)
		return;
	arg = arena_copy(b->arena, a->own, params * sizeof(*arg));
	values = arena_copy(b->arena, a->values, a->count * sizeof(*values));
	if (!arg || !values)
		return;
	for (unsigned i = 0; i < params; i++)
		if (arg[i].n)
			arg[i].at = values + (arg[i].at - a->values);
	for (size_t i = 0; i < a->count; i++)
		if (!keep_value(b->arena, a, &values[i]))
			return;
	b->params = a->params;
	b->arg = arg;
}
