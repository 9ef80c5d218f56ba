/* SPDX-License-Identifier: ISC */
/*
 * Makes a pattern from a template: the steps of a try, and the constant bytes
 * to search for. template_match.c searches.
 */
#include "template_step.h"

#include <stdlib.h>
#include <string.h>

enum { ANCHOR_MAX = 256 };

static void print_match(const struct match *m, struct buf *out)
{
	template_print_source(((const struct template_matcher *)m)->t, out);
}

static void free_match(struct match *m)
{
	struct template_matcher *search = (struct template_matcher *)m;

	template_unref(search->t);
	free(search->step);
	free(search->late);
	free(search->store);
	free(search->named);
	free(search->digits);
	free(search);
}

static const struct match_kind template_kind = {
    .find = template_find,
    .begins = template_begins,
    .explain = template_explain,
    .print = print_match,
    .free = free_match,
    .hint = "begin the template with constant bytes",
};

static struct template_matcher *template_match_make(struct template *t,
						    size_t bytes)
{
	struct template_matcher *search = calloc(1, sizeof(*search));

	if (!search)
		return NULL;
	search->match = (struct match){
	    .kind = &template_kind, .refs = 1, .bound = TEMPLATE_PIECE_MAX};
	search->t = template_ref(t);
	search->steps = t->items;
	for (size_t i = 0; i < t->items; i++)
		search->names += t->item[i].name.len > 0;
	search->step = calloc(t->items + 1, sizeof(*search->step));
	search->late = calloc(t->items + 1, sizeof(*search->late));
	search->store = malloc(bytes + 1);
	search->named = calloc(search->names + 1, sizeof(*search->named));
	search->digits = calloc(search->names + 1, sizeof(*search->digits));
	if (search->step && search->late && search->store && search->named &&
	    search->digits)
		return search;
	free_match(&search->match);
	return NULL;
}

static void set_step(struct template_matcher *search, size_t i,
		     const struct cells *cells, uint8_t **store)
{
	const struct item *item = &search->t->item[i];
	const struct cell *cell = &cells->cell[i];
	struct step *step = &search->step[i];

	*step = (struct step){.kind = item->kind,
			      .item = item,
			      .count = cell->len,
			      .bits = cell->bits};
	if (cell->known) {
		step->kind = ITEM_BYTES;
		step->bytes = bytes_of(*store, cell->len);
		if (cell->len)
			memcpy(*store, cells->store.data + cell->at, cell->len);
		*store += cell->len;
	} else if (item->kind == ITEM_BY && cell->sized) {
		step->kind = ITEM_ANY;
	} else if (item->kind == ITEM_REST) {
		step->count = 0;
		for (size_t n = i + 1; n < search->steps; n++)
			step->count += cells->cell[n].len;
	} else if (item_is_computed(item) && item->of != ALL_ITEMS &&
		   item->of > i) {
		search->late[search->lates++] = i;
	}
}

/* Sets the anchor to the longest run of constant bytes with a fixed offset. */
static void set_anchor(struct template_matcher *search)
{
	struct bytes run = BYTES_NONE;
	size_t at = 0, run_at = 0;

	for (size_t i = 0; i < search->steps; i++) {
		const struct step *step = &search->step[i];
		size_t len = step->kind == ITEM_BYTES ? step->bytes.len
						      : step->count;

		if (step->kind == ITEM_BY || step->kind == ITEM_REST ||
		    (step->kind == ITEM_NUMBER && !step->count))
			break;
		if (step->kind != ITEM_BYTES) {
			run = BYTES_NONE;
		} else if (!run.len) {
			run = step->bytes;
			run_at = at;
		} else {
			run.len += step->bytes.len;
		}
		at += len;
		if (run.len > search->anchor.len) {
			search->anchor = run;
			search->anchor_at = run_at;
		}
		if (!run_at)
			search->match.text = run.len ? run : search->match.text;
	}
	search->anchor = bytes_head(search->anchor, ANCHOR_MAX);
}

/* Returns true if the template can match an empty text, which is found at every
 * position. */
static bool can_be_empty(const struct template_matcher *search)
{
	for (size_t i = 0; i < search->steps; i++) {
		const struct step *step = &search->step[i];

		if (step->bytes.len || step->kind == ITEM_NUMBER ||
		    step->kind == ITEM_ANY || step->kind == ITEM_BY)
			return false;
	}
	return true;
}

static struct template_matcher *
compile(struct template *t, const struct cells *cells, struct err *e)
{
	struct template_matcher *search = template_match_make(
	    t, buf_len(&cells->store));
	uint8_t *store = search ? search->store : NULL;
	size_t names = 0;

	if (!search) {
		err_set(e, ERR_LIMIT, 0, "no memory for the template");
		return NULL;
	}
	for (size_t i = 0; i < t->items; i++) {
		set_step(search, i, cells, &store);
		if (t->item[i].name.len)
			search->named[names++].name = t->item[i].name;
	}
	set_anchor(search);
	if (!can_be_empty(search))
		return search;
	err_set(e, ERR_USAGE, 0,
		"the template may be empty and would match everywhere; add "
		"bytes or a number");
	free_match(&search->match);
	return NULL;
}

struct match *match_template(struct template *t, const struct lookup *lookup,
			     size_t *bad, struct err *e)
{
	struct cells cells;
	struct template_matcher *search = NULL;

	if (bad)
		*bad = 0;
	if (!cells_init(&cells, t, lookup, bad, e))
		search = compile(t, &cells, e);
	cells_fini(&cells);
	return search ? &search->match : NULL;
}
