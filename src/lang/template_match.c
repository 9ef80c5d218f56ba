/* SPDX-License-Identifier: ISC */
/*
 * Finds a template in a stream. template_build.c computes the parts that do not
 * depend on the stream, template_compile.c makes the steps, and
 * template_explain.c names the step that failed.
 *
 * From a start position on, the end of each part follows from the parts before
 * it, so a try never backtracks. The search stops at the first position where
 * all parts match, or may match with more bytes, so a stream gives the same
 * match however it is split into reads. A length from the peer makes the match
 * wait only if that many bytes can ever be in a window
 * (match_set_max_length()); otherwise the position does not match, and the
 * search continues.
 */
#include "template_step.h"

#include <string.h>

enum { SUM_BYTES = 4 }; /* bytes summed in one step */

static size_t left(const struct template_search *s)
{
	return s->window.len - s->pos;
}

void template_covered(const struct template_search *s, const struct step *step,
		      size_t *from, size_t *len)
{
	size_t of = step->item->of;

	*from = s->start;
	*len = step->at - s->start;
	if (of != ALL_ITEMS) {
		*from = s->matcher->step[of].at;
		*len = s->matcher->step[of].len;
	}
}

/* Returns true if the number equals the length that it stands for, and is
 * encoded as rung encodes it. */
static bool length_holds(const struct template_search *s,
			 const struct step *step)
{
	const struct item *item = step->item;
	uint8_t out[FORM_BYTES_MAX];
	size_t from, len;
	uint64_t bits;

	template_covered(s, step, &from, &len);
	return !form_count(item->form, len, &bits, NULL) &&
	       bits == step->bits &&
	       form_put(item->form, bits, out) == step->len;
}

/* Checks the number against the sum. Result: YES or NO; FAIL: too costly. */
static enum match_result sum_holds(struct template_search *s,
				   const struct step *step)
{
	const struct item *item = step->item;
	uint8_t out[FORM_BYTES_MAX];
	size_t from, len;
	uint32_t sum;

	template_covered(s, step, &from, &len);
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

/* Checks the step's length or sum. */
static enum match_result check_value(struct template_search *s, size_t i)
{
	const struct step *step = &s->matcher->step[i];
	enum match_result r;

	if (step->item->value == VALUE_SUM)
		r = sum_holds(s, step);
	else
		r = length_holds(s, step) ? MATCH_YES : MATCH_NO;
	if (r == MATCH_NO)
		s->checked = i;
	return r;
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
	return check_value(s, i);
}

/* Runs the checks of earlier steps that cover this one: lengths as soon as this
 * step's length is known, sums once its bytes have arrived. */
static enum match_result check_late(struct template_search *s, size_t i,
				    enum value_kind value)
{
	enum match_result r = MATCH_YES;

	for (size_t n = 0; n < s->matcher->lates && r == MATCH_YES; n++) {
		size_t late = s->matcher->late[n];
		const struct item *item = s->matcher->step[late].item;

		if (item->of == i && item->value == value)
			r = check_value(s, late);
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
	step->len = 0;
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

enum match_result template_try(struct template_search *s, size_t start)
{
	s->start = s->pos = start;
	s->checked = NO_ITEM;
	s->effort->place = s->effort->steps;
	for (size_t i = 0; i < s->matcher->steps; i++) {
		enum match_result r = template_match_take(s, i);

		effort_add(s->effort, 1, 0);
		s->failed = i;
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

enum match_result template_find(struct match *m, struct bytes window,
				size_t *from, bool final, struct effort *effort,
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

		enum match_result r = template_try(&s, *from);

		if (r == MATCH_PARTIAL && *from == window.len)
			r = MATCH_NO;
		if (r == MATCH_YES)
			return give(&s, out);
		if (r != MATCH_NO || *from == window.len)
			return r;
	}
}

enum match_result template_begins(struct match *m, struct bytes window,
				  bool final, struct effort *effort,
				  struct match_found *out)
{
	struct template_search s = {.matcher = (struct template_matcher *)m,
				    .window = window,
				    .final = final,
				    .effort = effort};
	enum match_result r = template_try(&s, 0);

	return r == MATCH_YES ? give(&s, out) : r;
}
