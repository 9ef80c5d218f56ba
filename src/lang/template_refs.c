/* SPDX-License-Identifier: ISC */
/*
 * Resolves the names in a template: finds the piece that each name refers to,
 * orders the computed items, and rejects cycles. Computes no values.
 */
#include "arena.h"
#include "escape.h"
#include "reader.h"
#include "rung/suggest.h"

#include <stdlib.h>

static size_t template_refs_find(const struct template *t, struct bytes name)
{
	for (size_t i = 0; i < t->items; i++)
		if (t->item[i].name.len && bytes_equal(t->item[i].name, name))
			return i;
	return NO_ITEM;
}

static int twice(struct reader *r, const struct template *t)
{
	char brief[ESCAPE_BRIEF];

	for (size_t i = 0; i < t->items; i++) {
		const struct item *item = &t->item[i];

		if (item->name.len && template_refs_find(t, item->name) < i)
			return reader_bad(r, item->at,
					  "two pieces are named '%s'",
					  escape_brief(item->name, brief));
	}
	return 0;
}

/* Returns the name of a piece that a misspelt name may mean, or "". */
static const char *nearest(const struct template *t, struct bytes name,
			   char out[ESCAPE_BRIEF])
{
	const char *const names[] = {out, NULL};

	for (size_t i = 0; i < t->items; i++) {
		escape_brief(t->item[i].name, out);
		if (suggest_name(name, names))
			return out;
	}
	out[0] = '\0';
	return out;
}

/* Resolves the piece in len(x) or crc32(x). */
static int resolve_function(struct reader *r, const struct template *t,
			    struct item *item)
{
	char brief[ESCAPE_BRIEF], near[ESCAPE_BRIEF];

	if (bytes_is(item->ref, "all")) {
		item->of = ALL_ITEMS;
		return 0;
	}
	item->of = template_refs_find(t, item->ref);
	if (item->of != NO_ITEM)
		return 0;
	nearest(t, item->ref, near);
	return reader_bad(r, item->value_at, "no piece is named '%s'%s%s%s",
			  escape_brief(item->ref, brief),
			  near[0] ? ", did you mean '"
				  : "; name one, as in x:\"text\"",
			  near, near[0] ? "'?" : "");
}

/* Resolves x in body:x: a number before the body, or a variable. */
static int resolve_length(struct reader *r, const struct template *t,
			  struct item *item)
{
	size_t here = (size_t)(item - t->item),
	       of = template_refs_find(t, item->ref);
	char brief[ESCAPE_BRIEF];

	item->of = of;
	if (of == NO_ITEM)
		return 0;
	escape_brief(item->ref, brief);
	if (t->item[of].kind != ITEM_NUMBER ||
	    t->item[of].form->kind == FORM_FLOAT)
		return reader_bad(
		    r, item->value_at,
		    "'%s' is not a whole number and cannot be a length", brief);
	if (of > here)
		return reader_bad(r, item->value_at,
				  "'%s' is a length and must precede the bytes",
				  brief);
	return 0;
}

/* Returns true if the item's length is known before its bytes. */
static bool is_fixed(const struct item *item)
{
	return item->kind != ITEM_NUMBER || item->form->width ||
	       !item_is_computed(item);
}

static int check_rest(struct reader *r, const struct template *t)
{
	const struct item *open = NULL;

	for (size_t i = 0; i < t->items; i++) {
		const struct item *item = &t->item[i];
		bool moves = item->kind == ITEM_REST || item->kind == ITEM_BY ||
			     (item->kind == ITEM_NUMBER && !item->form->width);

		if (open && moves)
			return reader_bad(r, item->at,
					  "only parts of fixed length may "
					  "follow a piece that takes the rest");
		if (item->kind == ITEM_REST)
			open = item;
	}
	return 0;
}

static bool has_variable(const struct item *item)
{
	/* ITEM_TEXT always has a variable: other text is ITEM_BYTES. */
	return item->kind == ITEM_TEXT || item->value == VALUE_VARIABLE ||
	       (item->kind == ITEM_BY && item->of == NO_ITEM);
}

/* Returns true if all values that the item is computed from are known. */
static bool is_ready(const struct template *t, size_t i, const bool *done)
{
	const struct item *item = &t->item[i];
	bool len = item->value == VALUE_LEN;

	if (item->of != ALL_ITEMS)
		return done[item->of] || (len && is_fixed(&t->item[item->of]));
	for (size_t n = 0; n < i; n++)
		if (!done[n] && !(len && is_fixed(&t->item[n])))
			return false;
	return true;
}

/* Orders the computed items by dependency. A template has few of them, so the
 * loop simply repeats until no more item is ready. */
static int set_order(struct reader *r, struct template *t)
{
	size_t *order = arena_take(r->arena, t->items * sizeof(*order));
	bool *done = arena_take(r->arena, t->items * sizeof(*done));
	size_t left = 0, count = 0, before;

	if (!order || !done)
		return reader_bad(r, 0, "no memory for the template");
	for (size_t i = 0; i < t->items; i++) {
		done[i] = !item_is_computed(&t->item[i]);
		left += !done[i];
	}
	t->order = order;
	t->computed = left;
	do {
		before = count;
		for (size_t i = 0; i < t->items; i++)
			if (!done[i] && is_ready(t, i, done)) {
				done[i] = true;
				order[count++] = i;
			}
	} while (count > before);
	if (count == left)
		return 0;
	for (size_t i = 0;; i++)
		if (!done[i])
			return reader_bad(
			    r, t->item[i].value_at,
			    "circular value: computed from itself");
}

int template_resolve(struct reader *r, struct template *t, struct item *item)
{
	if (twice(r, t))
		return -1;
	t->constant = true;
	for (size_t i = 0; i < t->items; i++) {
		if (item_is_computed(&item[i]) &&
		    resolve_function(r, t, &item[i]))
			return -1;
		if (item[i].kind == ITEM_BY && resolve_length(r, t, &item[i]))
			return -1;
		if (has_variable(&item[i]))
			t->constant = false;
	}
	return check_rest(r, t) || set_order(r, t) ? -1 : 0;
}
