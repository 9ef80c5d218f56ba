/* SPDX-License-Identifier: ISC */
/*
 * Finds a template in a stream. template_build.c computes the parts that do not
 * depend on the stream.
 *
 * From a start position on, the end of each part follows from the parts before
 * it, so a try never backtracks. The search stops at the first position where
 * all parts match, or may match with more bytes, so a stream gives the same
 * match however it is split into reads. A length from the peer makes the match
 * wait only if that many bytes can ever be in a window
 * (match_set_max_length()); otherwise the position does not match, and the
 * search continues.
 */
#include "item.h"
#include "match_own.h"

#include <stdlib.h>
#include <string.h>

enum {
	SUM_BYTES = 4, /* bytes summed in one step */
	ANCHOR_MAX = 256,
};

struct step {
	enum item_kind kind; /* ITEM_BYTES if all bytes are known in advance */
	const struct item *item;
	struct bytes bytes;
	size_t count; /* length of a part of fixed length, else 0; for REST, the
			 sum of these lengths over all later steps */
	/* Set by the current try. */
	size_t at, len;
	uint64_t bits;
};

struct template_matcher {
	struct match match;
	struct template *t;
	size_t steps;
	struct step *step;
	size_t *late; /* indices of steps that check a later step */
	size_t lates;
	uint8_t *store;      /* bytes of the steps, in order */
	struct bytes anchor; /* constant bytes to search for, and their offset
				from the start of a match */
	size_t anchor_at;
	struct capture *named;
	size_t names;
	char (*digits)[FORM_TEXT_MAX];
};

/* One search. */
struct template_search {
	struct template_matcher *matcher;
	struct bytes window;
	bool final;
	size_t start, pos; /* start of the current try, and position in it */
	struct effort *effort;
};

static size_t left(const struct template_search *s)
{
	return s->window.len - s->pos;
}

/* Returns true if the number equals the length that it stands for, and is
 * encoded as rung encodes it. */
static bool length_holds(const struct template_search *s,
			 const struct step *step)
{
	const struct item *item = step->item;
	size_t len = step->at - s->start;
	uint8_t out[FORM_BYTES_MAX];
	uint64_t bits;

	if (item->of != ALL_ITEMS)
		len = s->matcher->step[item->of].len;
	return !form_count(item->form, len, &bits, NULL) &&
	       bits == step->bits &&
	       form_put(item->form, bits, out) == step->len;
}

/* Checks the number against the sum. Result: YES or NO; FAIL: too costly. */
static enum match_result sum_holds(struct template_search *s,
				   const struct step *step)
{
	const struct item *item = step->item;
	size_t from = s->start, len = step->at - s->start;
	uint8_t out[FORM_BYTES_MAX];
	uint32_t sum;

	if (item->of != ALL_ITEMS) {
		from = s->matcher->step[item->of].at;
		len = s->matcher->step[item->of].len;
	}
	/* Sums of overlapping pieces can take quadratic time. */
	effort_add(s->effort, len / SUM_BYTES, len);
	if (effort_fails(s->effort))
		return MATCH_FAIL;
	sum = sum_end(item->sum, sum_add(item->sum, item->sum->begin,
					 bytes_of(s->window.at + from, len)));
	return sum == step->bits && form_put(item->form, sum, out) == step->len
		   ? MATCH_YES
		   : MATCH_NO;
}

/* Checks the step's length or sum, if the items that it covers precede the
 * step. */
static enum match_result check_own(struct template_search *s, size_t i)
{
	const struct step *step = &s->matcher->step[i];
	const struct item *item = step->item;

	if (step->kind != ITEM_NUMBER || !item_is_computed(item) ||
	    (item->of != ALL_ITEMS && item->of > i))
		return MATCH_YES;
	if (item->value == VALUE_SUM)
		return sum_holds(s, step);
	return length_holds(s, step) ? MATCH_YES : MATCH_NO;
}

/* Runs the checks of earlier steps that cover this one: lengths as soon as this
 * step's length is known, sums once its bytes have arrived. */
static enum match_result check_late(struct template_search *s, size_t i,
				    enum value_kind value)
{
	enum match_result r = MATCH_YES;

	for (size_t n = 0; n < s->matcher->lates && r == MATCH_YES; n++) {
		const struct step *step =
		    &s->matcher->step[s->matcher->late[n]];

		if (step->item->of != i || step->item->value != value)
			continue;
		if (value == VALUE_SUM)
			r = sum_holds(s, step);
		else
			r = length_holds(s, step) ? MATCH_YES : MATCH_NO;
	}
	return r;
}

/* Sets the step's length from the value of its number, an earlier step. Result:
 * YES; NO: negative, or the match would be longer than its limit. */
static enum match_result measure_by(const struct template_search *s,
				    struct step *step)
{
	const struct item *item = step->item;
	const struct step *number = &s->matcher->step[item->of];
	size_t bound = s->matcher->match.bound, used = s->pos - s->start;
	uint64_t count;

	if (!form_length(number->item->form, number->bits, &count) ||
	    used > bound || count > bound - used)
		return MATCH_NO;
	step->len = (size_t)count;
	return MATCH_YES;
}

/* Sets the step's offset and length at the current position. */
static enum match_result measure(const struct template_search *s,
				 struct step *step)
{
	int used;

	step->at = s->pos;
	switch (step->kind) {
	case ITEM_BYTES:
	case ITEM_TEXT:
		step->len = step->bytes.len;
		return MATCH_YES;
	case ITEM_NUMBER:
		used = form_get(step->item->form, bytes_skip(s->window, s->pos),
				&step->bits);
		step->len = used > 0 ? (size_t)used : 0;
		return used < 0 ? MATCH_NO : used ? MATCH_YES : MATCH_PARTIAL;
	case ITEM_ANY:
		step->len = step->count;
		return MATCH_YES;
	case ITEM_BY:
		return measure_by(s, step);
	case ITEM_REST:
		if (!s->final)
			return MATCH_PARTIAL;
		if (left(s) < step->count)
			return MATCH_NO;
		step->len = left(s) - step->count;
		return MATCH_YES;
	}
	return MATCH_NO;
}

/* Compares the bytes that have arrived. */
static enum match_result compare(struct template_search *s,
				 const struct step *step)
{
	size_t n = step->len < left(s) ? step->len : left(s);

	effort_add(s->effort, n / EFFORT_BYTES, n);
	if (effort_fails(s->effort))
		return MATCH_FAIL;
	if (n && memcmp(s->window.at + s->pos, step->bytes.at, n) != 0)
		return MATCH_NO;
	return MATCH_YES;
}

static enum match_result template_match_take(struct template_search *s,
					     size_t i)
{
	struct step *step = &s->matcher->step[i];
	enum match_result r = measure(s, step);

	if (r == MATCH_YES)
		r = check_late(s, i, VALUE_LEN);
	if (r == MATCH_YES && step->kind == ITEM_BYTES)
		r = compare(s, step);
	if (r == MATCH_YES && step->len > left(s))
		r = MATCH_PARTIAL;
	if (r != MATCH_YES)
		return r;
	s->pos += step->len;
	r = check_own(s, i);
	return r == MATCH_YES ? check_late(s, i, VALUE_SUM) : r;
}

static enum match_result try_at(struct template_search *s, size_t start)
{
	s->start = s->pos = start;
	s->effort->place = s->effort->steps;
	for (size_t i = 0; i < s->matcher->steps; i++) {
		enum match_result r = template_match_take(s, i);

		effort_add(s->effort, 1, 0);
		if (r != MATCH_YES)
			return r == MATCH_PARTIAL && s->final ? MATCH_NO : r;
	}
	return MATCH_YES;
}

/* Returns the first start position >= `at` at which the anchor is in place, or
 * may still arrive. */
static size_t next_place(const struct template_search *s, size_t at)
{
	const struct template_matcher *search = s->matcher;
	size_t need = search->anchor_at + search->anchor.len, end;

	if (!search->anchor.len || s->window.len - at < need)
		return at;

	size_t found = bytes_find(s->window, search->anchor,
				  at + search->anchor_at);

	if (found != BYTES_NOT_FOUND)
		return found - search->anchor_at;
	end = s->window.len - need + 1;
	return s->final ? s->window.len : end;
}

static enum match_result give(struct template_search *s,
			      struct match_found *out)
{
	struct template_matcher *search = s->matcher;
	size_t n = 0;

	match_give(s->window, s->start, s->pos, out);
	for (size_t i = 0; i < search->steps; i++) {
		const struct step *step = &search->step[i];
		struct capture *named = &search->named[n];

		if (!step->item->name.len)
			continue;
		named->value = bytes_of(s->window.at + step->at, step->len);
		if (step->item->form) {
			form_print(step->item->form, step->bits,
				   search->digits[n]);
			named->value = bytes_str(search->digits[n]);
		}
		n++;
	}
	out->named = search->named;
	out->named_count = n;
	return MATCH_YES;
}

static enum match_result find_template(struct match *m, struct bytes window,
				       size_t *from, bool final,
				       struct effort *effort,
				       struct match_found *out)
{
	struct template_search s = {.matcher = (struct template_matcher *)m,
				    .window = window,
				    .final = final,
				    .effort = effort};
	size_t begin = *from;

	/* At the end of the window a partial match has no bytes yet, and is
	 * ignored. */
	for (;; ++*from) {
		if (effort_is_over(effort, *from == begin))
			return effort_fails(effort) ? MATCH_FAIL : MATCH_MORE;
		*from = next_place(&s, *from);

		enum match_result r = try_at(&s, *from);

		if (r == MATCH_PARTIAL && *from == window.len)
			r = MATCH_NO;
		if (r == MATCH_YES)
			return give(&s, out);
		if (r != MATCH_NO || *from == window.len)
			return r;
	}
}

static enum match_result begins_template(struct match *m, struct bytes window,
					 bool final, struct effort *effort,
					 struct match_found *out)
{
	struct template_search s = {.matcher = (struct template_matcher *)m,
				    .window = window,
				    .final = final,
				    .effort = effort};
	enum match_result r = try_at(&s, 0);

	return r == MATCH_YES ? give(&s, out) : r;
}

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
    .find = find_template,
    .begins = begins_template,
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
