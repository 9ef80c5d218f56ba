/* SPDX-License-Identifier: ISC */
/*
 * Copies bound arguments from one table of parameters to another, by name.
 * param.c binds the arguments of commands.
 */
#include "rung/param.h"

#include "rung/match.h"
#include "usage.h"
#include "value.h"

#include <string.h>

/* The sources of the values. */
struct picking {
	const struct args *from;
	const struct named_value *more;
	size_t count; /* number of values in `more` */
};

static size_t params_count(const struct param *params)
{
	size_t n = 0;
	while (params && params[n].kind != PARAM_END)
		n++;
	return n;
}

const struct arg *args_named(const struct args *a, const char *name)
{
	size_t n = a ? params_count(a->params) : 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(a->params[i].name, name) == 0 && a->arg[i].n)
			return &a->arg[i];
	return NULL;
}

/* Returns the first text for the parameter `name`, from index `at` on; NULL:
 * none. */
static const struct named_value *next_text(const struct picking *p, size_t at,
					   const char *name)
{
	for (size_t i = at; i < p->count; i++)
		if (strcmp(p->more[i].name, name) == 0)
			return &p->more[i];
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

/* Copies the values of an argument. `again`: reads their texts again, because
 * they were bound as another kind. Result: 0, or -1 and *e. */
static int copy_arg(struct args *a, const struct param *param, bool again,
		    struct arg *to, const struct arg *from, struct err *e)
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
	for (size_t i = 0; again && i < from->n; i++)
		if (value_read(param, &values[i], e))
			return usage_of(param, e);
	return 0;
}

/* Gives the parameter its texts, as if a user had quoted them: all if it has
 * PARAM_REPEATED, else the first. Result: 0, or -1 and *e. */
static int read_texts(struct args *a, struct arg *to, const struct picking *p,
		      const struct param *param, struct err *e)
{
	const struct named_value *text = next_text(p, 0, param->name);
	to->at = a->values + a->count;
	while (text) {
		struct value *value = a->values + a->count++;
		*value = (struct value){.text = text->value, .quoted = true};
		store_bytes(a, &value->text);
		to->n++;
		if (value_read(param, value, e))
			return usage_of(param, e);
		text = param->flags & PARAM_REPEATED
			   ? next_text(p, (size_t)(text - p->more) + 1,
				       param->name)
			   : NULL;
	}
	return 0;
}

/* Allocates memory for the values of n parameters. Result: 0; -1: no memory. */
static int make_room(struct args *a, const struct picking *p, size_t n)
{
	/* Each text becomes at most one value. */
	size_t values = p->count, bytes = 1;
	for (size_t i = 0; i < p->count; i++)
		bytes += p->more[i].value.len;
	for (size_t i = 0; i < n; i++) {
		const char *name = a->params[i].name;
		const struct arg *arg = args_named(p->from, name);
		for (size_t k = 0; arg && k < arg->n; k++)
			bytes += arg->at[k].text.len + arg->at[k].key.len;
		values += arg ? arg->n : 0;
	}
	a->own = xalloc((n + 1) * sizeof *a->own);
	a->arg = a->own;
	a->params_room = n + 1;
	a->values = xalloc((values + 1) * sizeof *a->values);
	a->room = values + 1;
	/* The copied values point into the store, so it must not move. */
	buf_init(&a->store, SIZE_MAX / 8);
	return buf_reserve(&a->store, bytes) ? 0 : -1;
}

int args_pick(struct args *a, const struct param *params,
	      const struct args *from, const struct named_value *more,
	      size_t count, struct err *e)
{
	const struct picking p = {from, more, count};
	size_t n = params_count(params);
	args_fini(a);
	a->params = params;
	if (make_room(a, &p, n))
		return err_set(e, ERR_LIMIT, 0, "no memory for the arguments");
	for (size_t i = 0; i < n; i++) {
		const struct arg *arg = args_named(from, params[i].name);
		int status;
		if (arg)
			status = copy_arg(a, &params[i],
					  from->params[arg - from->arg].kind !=
					      params[i].kind,
					  &a->own[i], arg, e);
		else
			status = read_texts(a, &a->own[i], &p, &params[i], e);
		if (status)
			return -1;
	}
	return 0;
}
