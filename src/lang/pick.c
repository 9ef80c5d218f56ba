/* SPDX-License-Identifier: ISC */
/*
 * Copies bound arguments from one table of parameters to another, by name.
 * param.c binds the arguments of commands.
 */
#include "rung/param.h"

#include "rung/match.h"

#include <string.h>

static size_t params_count(const struct param *params)
{
	size_t n = 0;
	while (params && params[n].kind != PARAM_END)
		n++;
	return n;
}

/* Returns the values of the parameter with that name; NULL: not given. */
static const struct arg *arg_named(const struct args *a, const char *name)
{
	size_t n = a ? params_count(a->params) : 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a->params[i].name, name) == 0 && a->arg[i].n)
			return &a->arg[i];
	return NULL;
}

/* Appends a copy of the bytes to the store, which has room. */
static void store_bytes(struct args *a, struct bytes *b)
{
	size_t at = buf_len(&a->store);
	if (!b->at)
		return;
	buf_put(&a->store, *b);
	*b = bytes_head(bytes_skip(buf_bytes(&a->store), at), b->len);
}

static void copy_arg(struct args *a, struct arg *to, const struct arg *from)
{
	struct value *values = a->values + a->count;
	*to = (struct arg){.n = from->n, .at = values};
	for (size_t i = 0; i < from->n; i++) {
		values[i] = from->at[i];
		values[i].body = NULL;
		values[i].varies = NULL;
		if (values[i].match)
			match_ref(values[i].match);
		store_bytes(a, &values[i].text);
		store_bytes(a, &values[i].key);
	}
	a->count += from->n;
}

void args_pick(struct args *a, const struct param *params,
	       const struct args *from)
{
	size_t n = params_count(params), values = 0, bytes = 1;
	for (size_t i = 0; i < n; i++) {
		const struct arg *arg = arg_named(from, params[i].name);
		for (size_t k = 0; arg && k < arg->n; k++)
			bytes += arg->at[k].text.len + arg->at[k].key.len;
		values += arg ? arg->n : 0;
	}
	args_fini(a);
	a->params = params;
	a->own = xalloc((n + 1) * sizeof *a->own);
	a->arg = a->own;
	a->params_room = n + 1;
	a->values = xalloc((values + 1) * sizeof *a->values);
	a->room = values + 1;
	buf_init(&a->store, SIZE_MAX / 8);
	/* The copied values point into the store, so it must not move. */
	if (!buf_reserve(&a->store, bytes))
		return;
	for (size_t i = 0; i < n; i++) {
		const struct arg *arg = arg_named(from, params[i].name);
		if (arg)
			copy_arg(a, &a->own[i], arg);
	}
}
