/* SPDX-License-Identifier: ISC */
/*
 * Builds the bytes of a template: constants, values of variables, numbers in
 * their forms, lengths and sums. template_match.c matches received bytes.
 */
#include "escape.h"
#include "item.h"

#include <stdlib.h>

static const size_t STORE_MAX = (size_t)1 << 30;

struct build_state {
	const struct template *t;
	const struct lookup *lookup;
	struct cells *cells;
	size_t *bad;
	struct err *e;
};

int template_variable(const struct lookup *lookup, struct bytes name,
		      const struct brace *brace, struct buf *out, struct err *e)
{
	char brief[ESCAPE_BRIEF];

	if (brace)
		return brace_expand(name, brace, lookup, out, e);
	if (lookup)
		return lookup->get(lookup, name, out, e);
	return err_set(e, ERR_USAGE, 0, "$%s is not set",
		       escape_brief(name, brief));
}

static int fail_at(struct build_state *w, size_t at)
{
	if (w->bad)
		*w->bad = at;
	return -1;
}

static int too_long(struct build_state *w, size_t at)
{
	err_set(w->e, ERR_LIMIT, 0,
		"the template builds too many bytes (at most %zu)", STORE_MAX);
	return fail_at(w, at);
}

static struct bytes cell_bytes(const struct cells *cells, size_t i)
{
	return bytes_head(
	    bytes_skip(buf_bytes(&cells->store), cells->cell[i].at),
	    cells->cell[i].len);
}

/* Sets the cell's bytes to those in the store from offset `from` on. */
static void set_known(struct build_state *w, size_t i, size_t from)
{
	struct cell *cell = &w->cells->cell[i];

	cell->known = cell->sized = true;
	cell->at = from;
	cell->len = buf_len(&w->cells->store) - from;
}

static int set_number(struct build_state *w, size_t i, uint64_t bits)
{
	struct buf *store = &w->cells->store;
	size_t from = buf_len(store);
	uint8_t out[FORM_BYTES_MAX];
	size_t len = form_put(w->t->item[i].form, bits, out);

	if (buf_put(store, bytes_of(out, len)))
		return too_long(w, w->t->item[i].at);
	set_known(w, i, from);
	w->cells->cell[i].bits = bits;
	return 0;
}

/* Puts the variable's name before the error's text. */
static int fail_variable(struct build_state *w, const struct item *item)
{
	char brief[ESCAPE_BRIEF];

	if (w->e)
		err_set(w->e, w->e->kind, w->e->code, "$%s: %s",
			escape_brief(item->ref, brief), w->e->text);
	return fail_at(w, item->value_at);
}

static int take_variable(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	struct buf value;
	uint64_t bits;
	int bad;

	buf_init(&value, BUF_SMALL);
	if (template_variable(w->lookup, item->ref, item->brace, &value,
			      w->e)) {
		buf_fini(&value);
		return fail_at(w, item->value_at);
	}
	bad = form_read(item->form, bytes_trim(buf_bytes(&value)), &bits, w->e);
	buf_fini(&value);
	return bad ? fail_variable(w, item) : set_number(w, i, bits);
}

static int take_text(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	struct buf *store = &w->cells->store;
	size_t from = buf_len(store);

	for (size_t n = 0; n < item->parts; n++) {
		const struct part *part = &item->part[n];

		if (!part->variable) {
			if (buf_put(store, part->bytes))
				return too_long(w, item->at);
		} else if (template_variable(w->lookup, part->bytes,
					     part->brace, store, w->e)) {
			return fail_at(w, part->at);
		}
	}
	set_known(w, i, from);
	return 0;
}

/* Sets the length of `body:len` if `len` is a variable. */
static int take_length(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	char brief[ESCAPE_BRIEF];
	struct buf value;
	uint64_t count;
	int bad;

	buf_init(&value, BUF_SMALL);
	if (template_variable(w->lookup, item->ref, item->brace, &value,
			      w->e)) {
		buf_fini(&value);
		err_set(w->e, ERR_USAGE, 0,
			"'%s' is not a number named earlier, a variable or a "
			"type (u8, u16be, u16le, ...)",
			escape_brief(item->ref, brief));
		return fail_at(w, item->value_at);
	}
	bad = parse_number(bytes_trim(buf_bytes(&value)), &count, w->e);
	buf_fini(&value);
	if (!bad && count > TEMPLATE_PIECE_MAX)
		bad = err_set(w->e, ERR_USAGE, 0,
			      "%llu bytes are too many (at most %zu)",
			      (unsigned long long)count, TEMPLATE_PIECE_MAX);
	if (bad)
		return fail_variable(w, item);
	w->cells->cell[i].sized = true;
	w->cells->cell[i].len = (size_t)count;
	return 0;
}

/* Computes the item, or only its length, if that needs no other item. */
static int take_item(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	struct cell *cell = &w->cells->cell[i];
	size_t from = buf_len(&w->cells->store);

	switch (item->kind) {
	case ITEM_BYTES:
		if (buf_put(&w->cells->store, item->bytes))
			return too_long(w, item->at);
		set_known(w, i, from);
		return 0;
	case ITEM_TEXT:
		return take_text(w, i);
	case ITEM_NUMBER:
		cell->len = item->form->width;
		cell->sized = cell->len > 0;
		if (item->value == VALUE_CONSTANT)
			return set_number(w, i, item->bits);
		return item->value == VALUE_VARIABLE ? take_variable(w, i) : 0;
	case ITEM_ANY:
		cell->sized = true;
		cell->len = (size_t)item->count;
		return 0;
	case ITEM_BY:
		return item->of == NO_ITEM ? take_length(w, i) : 0;
	case ITEM_REST:
		return 0;
	}
	return 0;
}

/* Sets *first and *end to the range of items that an item is computed from. */
static void range_of(const struct item *item, size_t i, size_t *first,
		     size_t *end)
{
	bool all = item->of == ALL_ITEMS;

	*first = all ? 0 : item->of;
	*end = all ? i : item->of + 1;
}

static int compute_length(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	uint64_t bits, len = 0;
	size_t n, end;

	for (range_of(item, i, &n, &end); n < end; n++) {
		if (!w->cells->cell[n].sized)
			return 0;
		len += w->cells->cell[n].len;
	}
	if (form_count(item->form, len, &bits, w->e))
		return fail_at(w, item->value_at);
	return set_number(w, i, bits);
}

static int compute_sum(struct build_state *w, size_t i)
{
	const struct item *item = &w->t->item[i];
	uint32_t state = item->sum->begin;
	size_t n, end;

	for (range_of(item, i, &n, &end); n < end; n++) {
		if (!w->cells->cell[n].known)
			return 0;
		state = sum_add(item->sum, state, cell_bytes(w->cells, n));
	}
	return set_number(w, i, sum_end(item->sum, state));
}

int cells_init(struct cells *cells, const struct template *t,
	       const struct lookup *lookup, size_t *bad, struct err *e)
{
	struct build_state w = {t, lookup, cells, bad, e};

	buf_init(&cells->store, STORE_MAX);
	cells->cell = calloc(t->items, sizeof(*cells->cell));
	if (!cells->cell) {
		err_set(e, ERR_LIMIT, 0, "no memory for the template");
		return fail_at(&w, 0);
	}
	for (size_t i = 0; i < t->items; i++)
		if (take_item(&w, i))
			return -1;
	for (size_t n = 0; n < t->computed; n++) {
		size_t i = t->order[n];
		bool len = t->item[i].value == VALUE_LEN;

		if (len ? compute_length(&w, i) : compute_sum(&w, i))
			return -1;
	}
	return 0;
}

void cells_fini(struct cells *cells)
{
	free(cells->cell);
	buf_fini(&cells->store);
	cells->cell = NULL;
}

/* Sets the error for a part that can only be expected, not sent. */
static int no_value(const struct item *item, struct err *e)
{
	char name[ESCAPE_BRIEF];

	escape_brief(item->name, name);
	if (item->kind == ITEM_NUMBER)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s:%s has no value to send; write %s:%s=5, =$var "
		    "or =len(part)",
		    name, item->form->name, name, item->form->name);
	if (item->name.len)
		return err_set(e, ERR_USAGE, 0,
			       "%s has a length but no bytes to send; write "
			       "%s:\"text\" or %s:$var",
			       name, name, name);
	return err_set(e, ERR_USAGE, 0,
		       "wildcards cannot be sent; write the bytes");
}

static int append(struct build_state *w, struct buf *out)
{
	const struct template *t = w->t;

	for (size_t i = 0; i < t->items; i++)
		if (buf_put(out, cell_bytes(w->cells, i))) {
			err_set(
			    w->e, ERR_LIMIT, 0,
			    "the template builds too many bytes (at most %zu)",
			    out->limit);
			return fail_at(w, t->item[i].at);
		}
	return 0;
}

int template_build(const struct template *t, const struct lookup *lookup,
		   struct buf *out, size_t *bad, struct err *e)
{
	struct cells cells;
	struct build_state w = {t, lookup, &cells, bad, e};
	size_t before = buf_len(out);
	int failed = cells_init(&cells, t, lookup, bad, e);

	for (size_t i = 0; !failed && i < t->items; i++) {
		const struct item *item = &t->item[i];
		bool computed = item->value == VALUE_LEN ||
				item->value == VALUE_SUM;

		/* Skip computed values: they are unknown only if another value
		 * is missing, which is reported instead. */
		if (!cells.cell[i].known && !computed) {
			no_value(item, e);
			failed = fail_at(&w, item->at);
		}
	}
	if (!failed)
		failed = append(&w, out);
	cells_fini(&cells);
	if (failed)
		buf_truncate(out, before);
	return failed;
}
