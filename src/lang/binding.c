/* SPDX-License-Identifier: ISC */
/*
 * Caches a command's bound arguments in its program's arena. param.c decides
 * which commands are cached.
 */
#include "binding.h"

#include "rung/match.h"

struct binding {
	struct arena *arena;
	const struct param *params; /* NULL: nothing is cached */
	struct cached_args kept;
	bool again; /* the command was bound before */
};

struct binding *binding_new(struct arena *arena)
{
	struct binding *b = arena_take(arena, sizeof(*b));

	if (b)
		b->arena = arena;
	return b;
}

const struct cached_args *binding_kept(const struct binding *b,
				       const struct param *params)
{
	return b && b->params && b->params == params ? &b->kept : NULL;
}

/* Copies the bytes if they are in the args' store; all other bytes belong to
 * the program or are static. Result: false: no memory. */
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
	if (v->varies) {
		v->match = NULL;
		v->text = v->key = BYTES_NONE;
		return true;
	}
	if (v->match && !arena_keep(arena, match_ref(v->match), NULL))
		return false;
	return keep_bytes(arena, a, &v->text) && keep_bytes(arena, a, &v->key);
}

void binding_keep(struct binding *b, const struct args *a, unsigned params)
{
	struct arg *arg;
	struct value *value;
	bool varies = false;

	if (!b->again) {
		b->again = true;
		return;
	}
	if (b->params)
		return;
	arg = arena_copy(b->arena, a->own, params * sizeof(*arg));
	value = arena_copy(b->arena, a->values, a->count * sizeof(*value));
	if (!arg || !value)
		return;
	for (unsigned i = 0; i < params; i++)
		if (arg[i].n)
			arg[i].at = value + (arg[i].at - a->values);
	for (size_t i = 0; i < a->count; i++) {
		varies = varies || value[i].varies;
		if (!keep_value(b->arena, a, &value[i]))
			return;
	}
	b->params = a->params;
	b->kept = (struct cached_args){arg, value, a->count, varies};
}
