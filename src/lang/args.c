/* SPDX-License-Identifier: ISC */
/*
 * The memory of bound arguments: the values of each parameter, and the store of
 * their texts. param.c binds them.
 */
#include "args.h"

#include "rung/match.h"

#include <stdlib.h>
#include <string.h>

static const size_t STORE_MAX = (size_t)1 << 30;
static const size_t VALUES_MAX = SIZE_MAX / 4 / sizeof(struct value);

void args_init(struct args *a)
{
	*a = (struct args){.params = NULL};
	buf_init(&a->store, STORE_MAX);
}

void args_clear(struct args *a)
{
	for (size_t i = 0; i < a->count; i++)
		match_unref(a->values[i].match);
	a->count = 0;
}

void args_fini(struct args *a)
{
	args_clear(a);
	free(a->own);
	free(a->values);
	buf_fini(&a->store);
	args_init(a);
}

bool args_reserve(struct args *a, size_t count)
{
	size_t room = a->room ? a->room : 8;
	struct value *values = NULL;

	if (count <= a->room)
		return true;
	while (room < count)
		room *= 2;
	if (room <= VALUES_MAX)
		values = realloc(a->values, room * sizeof(*values));
	if (!values)
		return false;
	a->values = values;
	a->room = room;
	return true;
}

struct value *args_insert(struct args *a, unsigned param, bool again)
{
	size_t at = 0;

	for (unsigned i = 0; i <= param; i++)
		at += a->own[i].n;
	/* If an option is given twice, the last one counts. */
	if (again && a->own[param].n) {
		match_unref(a->values[at - 1].match);
		return &a->values[at - 1];
	}
	if (!args_reserve(a, a->count + 1))
		return NULL;
	memmove(&a->values[at + 1], &a->values[at],
		(a->count - at) * sizeof(*a->values));
	a->count++;
	a->own[param].n++;
	return &a->values[at];
}

void args_in_store(struct args *a, struct value *v, size_t from)
{
	v->text = (struct bytes){NULL, buf_len(&a->store) - from};
	v->number = from;
}

void args_point_texts(struct args *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct value *v = &a->values[i];

		if (v->text.at)
			continue;
		v->text.at = v->text.len ? a->store.data + v->number
					 : (const uint8_t *)"";
		v->number = 0;
	}
}

struct bytes args_text_now(const struct args *a, const struct value *v)
{
	if (v->text.at)
		return v->text;
	return bytes_head(bytes_skip(buf_bytes(&a->store), v->number),
			  v->text.len);
}

struct bytes args_last_text(const struct args *a, unsigned param)
{
	size_t at = 0;

	for (unsigned i = 0; i <= param; i++)
		at += a->own[i].n;
	return args_text_now(a, &a->values[at - 1]);
}

struct bytes args_text(const struct args *a, unsigned param)
{
	return a->arg[param].n ? a->arg[param].at->text : BYTES_NONE;
}

uint64_t args_number(const struct args *a, unsigned param, uint64_t otherwise)
{
	return a->arg[param].n ? a->arg[param].at->number : otherwise;
}
