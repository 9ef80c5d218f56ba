/* SPDX-License-Identifier: ISC */
/*
 * Explains why a template was not found: repeats the search, chooses the try
 * that came furthest, and compares the step that failed with the data.
 * template_match.c tries a position.
 */
#include "template_step.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A try that failed. */
struct failed_try {
	size_t start;
	size_t failed; /* index of the step that failed */
	size_t agreed; /* number of this step's bytes that matched */
};

static void set_reason(struct match_miss *out, const char *fmt, ...)
    RUNG_PRINTF(2, 3);
static void set_reason(struct match_miss *out, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(out->reason, sizeof(out->reason), fmt, args);
	va_end(args);
}

/* Returns how many bytes of the step that failed matched. */
static size_t agreed_bytes(const struct template_search *s)
{
	const struct step *step = &s->matcher->step[s->failed];
	struct bytes in = bytes_skip(s->window, step->at);

	if (step->kind == ITEM_BYTES)
		return bytes_common(step->bytes, in);
	return step->len < in.len ? step->len : in.len;
}

/* Replaces *best by the last try if that came further. */
static void keep_furthest(const struct template_search *s,
			  struct failed_try *best)
{
	size_t agreed;

	if (s->start && s->failed < best->failed)
		return;
	agreed = agreed_bytes(s);
	effort_add(s->effort, agreed / EFFORT_BYTES, 0);
	if (!s->start || s->failed > best->failed || agreed > best->agreed)
		*best = (struct failed_try){s->start, s->failed, agreed};
}

/* Tries the positions that a search tries. Result: false: one of them matches,
 * or the first is too costly. */
static bool find_furthest(struct template_search *s, bool begins,
			  struct failed_try *best)
{
	*best = (struct failed_try){.start = 0};
	for (size_t start = 0; start < s->window.len || !start; start++) {
		enum match_result r = template_try(s, start);

		if (r == MATCH_YES || r == MATCH_FAIL)
			return r == MATCH_FAIL && start > 0;
		keep_furthest(s, best);
		if (r == MATCH_PARTIAL || begins ||
		    effort_is_over(s->effort, false))
			break;
	}
	return true;
}

static void explain_sum(const struct sum *sum, uint64_t expected, uint64_t bits,
			struct match_miss *out)
{
	int digits = 2 * (int)sum->width;

	set_reason(out, "expected %0*" PRIx64 ", received %0*" PRIx64, digits,
		   expected, digits, bits);
}

/* Compares a sum with that of the bytes received. */
static void explain_received_sum(const struct template_search *s,
				 const struct step *step,
				 struct match_miss *out)
{
	const struct sum *sum = step->item->sum;
	size_t from, len;

	template_covered(s, step, &from, &len);

	uint32_t state = sum_add(sum, sum->begin,
				 bytes_of(s->window.at + from, len));

	explain_sum(sum, sum_end(sum, state), step->bits, out);
}

/* Compares a length with that of the bytes received. If both are equal, the
 * number is a varint that is longer than necessary. */
static void explain_received_length(const struct template_search *s,
				    const struct step *step,
				    struct match_miss *out)
{
	const struct form *form = step->item->form;
	char received[FORM_TEXT_MAX];
	size_t from, len;
	uint64_t bits;

	template_covered(s, step, &from, &len);
	form_print(form, step->bits, received);
	if (!form_count(form, len, &bits, NULL) && bits == step->bits)
		set_reason(out,
			   "expected the shortest form of %zu, received %zu "
			   "bytes",
			   len, step->len);
	else
		set_reason(out, "expected %zu, received %s", len, received);
}

/* Compares the numbers if the constant is a number or a sum. Result: false: it
 * is not, or no number was received. */
static bool explain_number(const struct step *step, struct bytes in,
			   struct match_miss *out)
{
	const struct item *item = step->item;
	char expected[FORM_TEXT_MAX], received[FORM_TEXT_MAX];
	uint64_t bits;

	if (!item->form || form_get(item->form, in, &bits) <= 0)
		return false;
	if (item->value == VALUE_SUM) {
		explain_sum(item->sum, step->bits, bits, out);
		return true;
	}
	form_print(item->form, step->bits, expected);
	form_print(item->form, bits, received);
	set_reason(out, "expected %s, received %s", expected, received);
	return true;
}

static void explain_bytes(const struct step *step, struct bytes in,
			  const struct failed_try *try, struct match_miss *out)
{
	if (try->agreed == in.len || !explain_number(step, in, out))
		match_explain_bytes(step->bytes, in, try->agreed, out);
}

/* Explains a length that the template takes from a number. */
static void explain_length(const struct template_search *s,
			   const struct step *step, struct match_miss *out)
{
	const struct step *number = &s->matcher->step[step->item->of];
	size_t used = step->at - s->start, bound = s->matcher->match.bound;
	char received[FORM_TEXT_MAX];
	uint64_t count;

	form_print(number->item->form, number->bits, received);
	if (!form_length(number->item->form, number->bits, &count))
		set_reason(out, "the length %s is negative", received);
	else
		set_reason(out, "the length %s is more than %zu", received,
			   used < bound ? bound - used : 0);
}

static void explain_partial_number(const struct form *form, struct bytes in,
				   struct match_miss *out)
{
	uint64_t bits;

	if (form->width) {
		match_explain_missing(in.len, form->width, out);
		return;
	}
	if (form_get(form, in, &bits) < 0) {
		set_reason(out, "not a varint of at most 64 bits");
		return;
	}
	out->at += in.len;
	set_reason(out, "missing at least 1 byte");
}

/* Explains a step that is neither constant nor checked. */
static void explain_open(const struct template_search *s,
			 const struct step *step, struct bytes in,
			 struct match_miss *out)
{
	switch (step->kind) {
	case ITEM_BYTES:
	case ITEM_TEXT:
		return;
	case ITEM_NUMBER:
		explain_partial_number(step->item->form, in, out);
		return;
	case ITEM_ANY:
		match_explain_missing(in.len, step->len, out);
		return;
	case ITEM_BY:
		if (in.len < step->len)
			match_explain_missing(in.len, step->len, out);
		else
			explain_length(s, step, out);
		return;
	case ITEM_REST:
		out->at += in.len;
		if (s->final)
			set_reason(out, "missing %zu of %zu bytes after it",
				   step->count - in.len, step->count);
		else
			set_reason(out, "ends only with the stream");
		return;
	}
}

/* Returns true if not even the template's first byte was found. */
static bool found_nothing(const struct template_search *s,
			  const struct failed_try *best)
{
	return s->window.len && s->matcher->step->kind == ITEM_BYTES &&
	       !best->failed && !best->agreed;
}

static void print_part(const struct template *t, size_t i,
		       struct match_miss *out)
{
	struct buf text;
	size_t len;

	buf_init(&text, SIZE_MAX);
	template_print_item(t, i, &text);
	/* A comma or colon separates hex bytes. */
	for (len = buf_len(&text);
	     len && strchr(",:", text.data[text.head + len - 1]);)
		buf_truncate(&text, --len);
	buf_shorten(&text, sizeof(out->part) - sizeof("..."));
	snprintf(out->part, sizeof(out->part), "%s", buf_cstr(&text));
	buf_fini(&text);
}

static void explain_try(struct template_search *s, const struct failed_try *try,
			struct match_miss *out)
{
	bool checked = s->checked != NO_ITEM;
	size_t i = checked ? s->checked : try->failed;
	const struct step *step = &s->matcher->step[i];
	struct bytes in = bytes_skip(s->window, step->at);

	print_part(s->matcher->t, i, out);
	out->at = step->at;
	out->expected = -1;
	if (checked && step->item->value == VALUE_SUM)
		explain_received_sum(s, step, out);
	else if (checked)
		explain_received_length(s, step, out);
	else if (step->kind == ITEM_BYTES)
		explain_bytes(step, in, try, out);
	else
		explain_open(s, step, in, out);
	out->matched = out->at - s->start;
}

bool template_explain(struct match *m, const struct match_data *data,
		      struct effort *effort, struct match_miss *out)
{
	struct template_search s = {.matcher = (struct template_matcher *)m,
				    .window = data->window,
				    .final = data->final,
				    .effort = effort};
	struct failed_try best;

	if (!find_furthest(&s, data->begins, &best))
		return false;

	/* Sets the steps again, as the best try set them. */
	struct effort again = effort_begin(0, UINT64_MAX);

	s.effort = &again;
	template_try(&s, best.start);
	explain_try(&s, &best, out);
	if (!data->begins && found_nothing(&s, &best)) {
		out->at = SIZE_MAX;
		out->expected = -1;
		set_reason(out, "not found");
	}
	return true;
}
