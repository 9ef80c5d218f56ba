/* SPDX-License-Identifier: ISC */
/*
 * Built-in variables of a task: $0 to $9, $match, $before, $last, $message,
 * $body, $status and $which. Every match sets most of these variables, so they
 * are in an array, not in a table of names. env.c has the variables that users
 * name.
 */
#include "rung/codec/json.h"
#include "shell_own.h"

#include <string.h>

/* An error lists no more attributes once its list has this many bytes. */
enum { ATTRIBUTES_SHOWN = 100 };

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
    [BUILTIN_BODY] = "body",
    [BUILTIN_STATUS] = "status",
    [BUILTIN_WHICH] = "which",
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

bool builtins_may_be_hidden(int which)
{
	return which == BUILTIN_BODY || which == BUILTIN_STATUS;
}

bool builtins_hold_message(int which)
{
	return which == BUILTIN_MATCH || which == BUILTIN_LAST ||
	       which == BUILTIN_MESSAGE || which == BUILTIN_BODY;
}

void builtins_came_from(struct builtins *c, int which,
			const struct origin *from)
{
	struct origin *at = &c->origin[which - BUILTIN_MATCH];
	struct attrs *old = at->attrs;
	*at = from ? *from : (struct origin){.rung = NULL};
	account_charge(c->account, attrs_size(attrs_ref(at->attrs)));
	account_release(c->account, attrs_size(old));
	attrs_unref(old);
}

/* Returns the message that a value came from; NULL: none. */
static const struct origin *origin_of(const struct builtins *c, int which)
{
	if (which < BUILTIN_MATCH || !c->set[which])
		return NULL;
	const struct origin *from = &c->origin[which - BUILTIN_MATCH];
	return from->rung ? from : NULL;
}

/* Returns true for a JSON Pointer to a value in the variable's text. */
static bool is_pointer(const struct builtins *c, int which, struct bytes key)
{
	return builtins_hold_message(which) && c->set[which] && key.len &&
	       key.at[0] == '/';
}

/* Returns the text that a JSON Pointer points into: of a message with a head
 * its body. */
static struct bytes pointed_text(const struct builtins *c, int which)
{
	const struct origin *from = origin_of(c, which);
	struct bytes text = buf_bytes(&c->value[which]);
	if (!from || which == BUILTIN_MATCH || from->flags & UNIT_REST)
		return text;
	return bytes_skip(text, unit_head_len(from->kind, text));
}

int builtins_entry(const struct builtins *c, int which, struct bytes key,
		   struct buf *out)
{
	const struct origin *from = origin_of(c, which);
	struct bytes value;
	int full = 0;
	if (is_pointer(c, which, key)) {
		if (json_pointer(pointed_text(c, which), key, &value, NULL))
			return 0;
		full = json_put_value(value, out);
	} else if (!from) {
		return 0;
	} else if (bytes_is(key, "kind")) {
		unit_kind_print(from->kind, from->flags, out);
	} else if (bytes_is(key, "rung")) {
		full = buf_puts(out, from->rung);
	} else if (bytes_is(key, "number")) {
		full = buf_printf(out, "%llu",
				  (unsigned long long)from->number);
	} else if (attrs_find(from->attrs, key, &value)) {
		full = buf_put(out, value);
	} else {
		return 0;
	}
	return full ? -1 : 1;
}

/* Sets *e for a pointer without a value. Result: -1. */
static int report_pointer(const struct builtins *c, int which, struct bytes key,
			  struct err *e)
{
	struct bytes value;
	struct err why;
	err_clear(&why);
	json_pointer(pointed_text(c, which), key, &value, &why);
	return err_set(e, why.kind, 0, "$%s: %s", names[which], why.text);
}

void builtins_each_entry(const struct builtins *c, int which,
			 void (*fn)(void *, struct bytes key), void *ctx)
{
	const struct origin *from = origin_of(c, which);
	struct bytes name, value;
	fn(ctx, BYTES("kind"));
	fn(ctx, BYTES("rung"));
	fn(ctx, BYTES("number"));
	for (size_t at = 0;
	     from && attrs_next(from->attrs, &at, &name, &value);)
		fn(ctx, name);
}

int builtins_no_entry(const struct builtins *c, int which, struct bytes key,
		      struct err *e)
{
	const struct origin *from = origin_of(c, which);
	struct text have;
	struct bytes name, value;
	if (!builtins_hold_message(which))
		return err_set(e, ERR_USAGE, 0, "$%s has no entries",
			       names[which]);
	if (is_pointer(c, which, key))
		return report_pointer(c, which, key, e);
	if (!from)
		return err_set(e, ERR_USAGE, 0, "$%s is not set: no %s yet",
			       names[which],
			       which == BUILTIN_MATCH ? "match" : "message");
	text_init(&have, BUF_SMALL, false);
	text_puts(&have, "kind, rung, number");
	for (size_t at = 0; text_bytes(&have).len < ATTRIBUTES_SHOWN &&
			    attrs_next(from->attrs, &at, &name, &value);) {
		text_puts(&have, ", ");
		text_escape(&have, bytes_head(name, ATTRIBUTES_SHOWN));
	}
	err_set(e, ERR_USAGE, 0, "$%s has no attribute '%.*s'; it has %s",
		names[which], (int)bytes_head(key, 60).len,
		(const char *)key.at, buf_cstr(&have.buf));
	text_fini(&have);
	return -1;
}

void builtins_set(struct builtins *c, int which, struct bytes value)
{
	struct buf *at = &c->value[which];
	if (which >= BUILTIN_MATCH)
		builtins_came_from(c, which, NULL);
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
	for (int i = 0; i < BUILTIN_COUNT; i++) {
		if (i >= BUILTIN_MATCH)
			builtins_came_from(c, i, NULL);
		if (c->set[i])
			buf_fini(&c->value[i]);
	}
	memset(c->set, 0, sizeof c->set);
}
