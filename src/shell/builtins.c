/* SPDX-License-Identifier: ISC */
/*
 * Built-in variables of a task: $0 to $9, $match, $before, $last and $message.
 * Every match sets most of these variables, so they are in an array, not in a
 * table of names. env.c has the variables that users name.
 */
#include "shell_own.h"

#include <string.h>

static const char *const names[BUILTIN_COUNT] = {
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    [BUILTIN_MATCH] = "match",
    [BUILTIN_BEFORE] = "before",
    [BUILTIN_LAST] = "last",
    [BUILTIN_MESSAGE] = "message",
};

int builtins_find(struct bytes name)
{
	if (name.len == 1)
		return name.at[0] >= '0' && name.at[0] <= '9' ? name.at[0] - '0'
							      : -1;
	for (int i = MATCH_GROUPS; i < BUILTIN_COUNT; i++)
		if (name.len && name.at[0] == (uint8_t)names[i][0] &&
		    bytes_is(name, names[i]))
			return i;
	return -1;
}

void builtins_set(struct builtins *c, int which, struct bytes value)
{
	struct buf *at = &c->value[which];
	if (!c->set[which]) {
		buf_init(at, SIZE_MAX);
		at->account = c->account;
	}
	c->set[which] = true;
	buf_clear(at);
	buf_put(at, value);
}

bool builtins_get(const struct builtins *c, int which, struct bytes *out)
{
	if (c->set[which])
		*out = buf_bytes(&c->value[which]);
	return c->set[which];
}

void builtins_match(struct builtins *c, const struct match_found *found)
{
	for (int i = 0; i < MATCH_GROUPS; i++)
		if (found->group[i].at || i == 0)
			builtins_set(c, i, found->group[i]);
		else if (c->set[i])
			buf_clear(&c->value[i]);
}

void builtins_each(const struct builtins *c, void (*fn)(void *, const char *),
		   void *ctx)
{
	for (int i = 0; i < BUILTIN_COUNT; i++)
		if (c->set[i])
			fn(ctx, names[i]);
}

void builtins_fini(struct builtins *c)
{
	for (int i = 0; i < BUILTIN_COUNT; i++)
		if (c->set[i])
			buf_fini(&c->value[i]);
	memset(c->set, 0, sizeof c->set);
}
