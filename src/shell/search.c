/* SPDX-License-Identifier: ISC */
/*
 * Searches a session's inbox for patterns, and discards data that no pattern
 * needs any more. A stream is searched only once; messages are searched one by
 * one. lang/match.c searches a window for one pattern. search_report.c
 * reports a search that failed.
 */
#include "rung/search.h"

#include <stdlib.h>

/* Length of the first step of a search for several patterns in a stream. Each
 * further step is twice as long. */
#define STEP ((size_t)64 << 10)

void search_init(struct search *k, struct session *from,
		 const struct arg *patterns, uint64_t *left)
{
	*k = (struct search){
	    .from = from,
	    .patterns = patterns,
	    .wanted = patterns->n,
	    .begin = session_inbox_offset(from),
	    .ladder_generation = from->ladder_generation,
	    .winner = SIZE_MAX,
	    .steps = {.left = left},
	};
	if (patterns->n > SEARCH_INLINE)
		k->many = xalloc(patterns->n * sizeof *k->many);
}

int search_filter(struct search *k, const struct rung_ops *const *table,
		  struct err *e)
{
	const struct value *v = k->patterns->at;
	size_t skip = 1;
	if (!k->patterns->n || v->quoted || !match_is_literal(v->match))
		return 0;
	int found = session_find_kind(k->from, table, match_text(v->match),
				      &k->kind, e);
	if (found <= 0)
		return found;
	if (k->kind->flags & KIND_NAMED && k->patterns->n > 1 &&
	    match_is_literal(v[1].match) && !search_is_end(&v[1])) {
		k->name = match_text(v[1].match);
		skip = 2;
	}
	k->rest = (struct arg){.n = k->patterns->n - skip, .at = v + skip};
	k->patterns = &k->rest;
	k->wanted = k->rest.n;
	return 0;
}

void search_exclude(struct search *k, const struct arg *patterns)
{
	size_t n = k->wanted + patterns->n;
	if (!patterns->n)
		return;
	k->all = xalloc(n * sizeof *k->all);
	for (size_t i = 0; i < n; i++)
		k->all[i] = i < k->wanted ? k->patterns->at[i]
					  : patterns->at[i - k->wanted];
	k->rest = (struct arg){.n = n, .at = k->all};
	k->patterns = &k->rest;
	if (n > SEARCH_INLINE) {
		free(k->many);
		k->many = xalloc(n * sizeof *k->many);
	}
}

void search_fini(struct search *k)
{
	free(k->many);
	free(k->all);
	k->many = NULL;
	k->all = NULL;
}

static void set_matched(struct search *k, size_t i)
{
	k->matched = i;
	k->excluded = i >= k->wanted;
}

static size_t *places(struct search *k)
{
	return k->many ? k->many : k->few;
}

static bool is_word(const struct value *v, const char *word)
{
	return !v->quoted && bytes_is(match_text(v->match), word);
}

bool search_is_end(const struct value *v)
{
	return is_word(v, "eof") || is_word(v, "close");
}

static enum search_result found_end(struct search *k, size_t i,
				    struct search_hit *out)
{
	bool whole;
	set_matched(k, i);
	*out = (struct search_hit){.end = true};
	out->origin = session_origin(k->from, 0);
	if (inbox_front(&k->from->inbox, &out->window, &whole))
		out->taken = out->window;
	out->found.start = out->found.end = out->window.len;
	out->found.group[0] = bytes_of("", 0);
	return SEARCH_FOUND;
}

static enum search_result match_end(struct search *k, struct search_hit *out)
{
	for (size_t i = 0; i < k->patterns->n; i++) {
		const struct value *v = &k->patterns->at[i];
		if (is_word(v, "close") ||
		    (is_word(v, "eof") && !session_error(k->from)))
			return found_end(k, i, out);
	}
	return SEARCH_ENDED;
}

/* Returns the result of a search without a match. */
static enum search_result no_match(struct search *k, struct search_hit *out)
{
	if (inbox_ended(&k->from->inbox))
		return match_end(k, out);
	return session_has_room(k->from) ? SEARCH_NOT_YET : SEARCH_FULL;
}

/* Searches the first `end` bytes of a window for one pattern. */
static enum match_result find_one(struct search *k, size_t i,
				  struct bytes window, size_t end, bool final,
				  struct match_found *out, struct err *e)
{
	struct match *match = k->patterns->at[i].match;
	size_t *at = &places(k)[i];
	if (search_is_end(&k->patterns->at[i])) {
		*at = end;
		return MATCH_NO;
	}
	if (*at > end)
		return MATCH_NO;
	match_set_max_length(match, inbox_limit(&k->from->inbox));
	return match_find_on(match, bytes_head(window, end), at,
			     final && end == window.len, &k->steps, out, e);
}

/* Searches the first `end` bytes of a window for all patterns. A call after
 * MATCH_MORE searches again only for the best pattern so far and for the
 * patterns from k->pattern on. */
static enum match_result find_first(struct search *k, struct bytes window,
				    size_t end, bool final,
				    struct match_found *out, struct err *e)
{
	enum match_result result = MATCH_NO;
	struct match_found found;
	uint64_t taken = k->steps.taken;
	k->steps.taken = 0;
	for (size_t i = 0; i < k->patterns->n; i++) {
		if (i < k->pattern && i != k->winner)
			continue;
		if (i == k->pattern)
			k->steps.taken = taken;
		enum match_result r = find_one(k, i, window, end, final, &found,
					       e);
		if (r == MATCH_FAIL)
			return r;
		if (r == MATCH_MORE) {
			k->busy = true;
			k->pattern = i;
			return r;
		}
		if (r != MATCH_YES || (result == MATCH_YES && found.end >= end))
			continue;
		/* Another pattern wins only if its match ends earlier. */
		*out = found;
		end = found.end;
		result = MATCH_YES;
		k->winner = i;
	}
	k->busy = false;
	k->pattern = 0;
	set_matched(k, k->winner);
	k->winner = SIZE_MAX;
	return result;
}

static enum match_result search(struct search *k, struct bytes window,
				bool final, struct match_found *out,
				struct err *e)
{
	size_t step = k->patterns->n > 1 ? STEP : window.len;
	enum match_result result;
	do {
		if (!k->busy)
			k->end = window.len - k->searched > step
				     ? k->searched + step
				     : window.len;
		result = find_first(k, window, k->end, final, out, e);
		if (result == MATCH_MORE)
			return result;
		k->searched = k->end;
		step *= 2;
	} while (result == MATCH_NO && k->searched < window.len);
	return result;
}

/* Returns true if searched data may be discarded: if `discard` is set, or if
 * the inbox of a live session is full. */
static bool can_discard(const struct search *k)
{
	const struct session *s = k->from;
	bool full = s->display.live && !session_has_room(s);
	return (k->discard || full) && !inbox_ended(&s->inbox);
}

/* Discards data that no pattern needs any more: all of that data if `discard`
 * is set, else the oldest data of a live session until there is room. */
static void discard_searched(struct search *k)
{
	const struct inbox *inbox = &k->from->inbox;
	/* If the inbox itself has room, only memory is short: discard all
	 * searched data. */
	bool all = k->discard || inbox_has_room(inbox, 1);
	size_t room = all ? k->searched
			  : inbox_len(inbox) + 1 - inbox->in.buf.limit;
	size_t len = room < k->searched ? room : k->searched;
	for (size_t i = 0; i < k->patterns->n; i++) {
		size_t keep = match_keep_from(k->patterns->at[i].match,
					      places(k)[i]);
		len = keep < len ? keep : len;
	}
	if (!len)
		return;
	for (size_t i = 0; i < k->patterns->n; i++)
		places(k)[i] -= len;
	k->searched -= len;
	k->begin += len;
	if (k->discard)
		inbox_consume(&k->from->inbox, len);
	else
		session_evict(k->from, len);
	session_touch(k->from);
}

/* Maps the result of a match; NOT_YET: the window has no match. `whole`: a
 * match consumes the whole window. */
static enum search_result matched(enum match_result result, struct bytes window,
				  bool whole, struct search_hit *out)
{
	switch (result) {
	case MATCH_YES:
		out->window = window;
		out->taken = whole ? window
				   : bytes_head(window, out->found.end);
		return SEARCH_FOUND;
	case MATCH_MORE:
		return SEARCH_MORE;
	case MATCH_FAIL:
		return SEARCH_FAILED;
	case MATCH_NO:
	case MATCH_PARTIAL:
		break;
	}
	return SEARCH_NOT_YET;
}

static enum search_result search_stream(struct search *k, struct bytes window,
					bool final, struct search_hit *out,
					struct err *e)
{
	enum match_result r = search(k, window, final, &out->found, e);
	enum search_result result = matched(r, window, false, out);
	if (result != SEARCH_NOT_YET)
		return result;
	if (can_discard(k))
		discard_searched(k);
	return no_match(k, out);
}

/* Returns the result of search_start() if no pattern matches. */
static enum search_result no_start(struct search *k, struct bytes window,
				   bool final, struct search_hit *out)
{
	k->busy = false;
	if (!k->partial)
		return window.len ? SEARCH_MISMATCH : no_match(k, out);
	/* With the data that arrived meanwhile, the first patterns may match.
	 */
	if (k->end != window.len || k->ended != final)
		return SEARCH_MORE;
	return session_has_room(k->from) ? SEARCH_NOT_YET : SEARCH_FULL;
}

/* Matches the patterns at the start of the stream only (`next`). */
static enum search_result search_start(struct search *k, struct bytes window,
				       bool final, struct search_hit *out,
				       struct err *e)
{
	out->window = window;
	if (!k->busy) {
		k->pattern = 0;
		k->end = window.len;
		k->ended = final;
		k->partial = false;
	}
	for (; k->pattern < k->patterns->n; k->pattern++) {
		const struct value *v = &k->patterns->at[k->pattern];
		enum match_result r;
		if (search_is_end(v))
			continue;
		/* match_begins() cannot be interrupted: wait for a turn with
		 * search steps left. */
		k->busy = true;
		match_set_max_length(v->match, inbox_limit(&k->from->inbox));
		if (*k->steps.left == 0)
			return SEARCH_MORE;
		r = match_begins(v->match, window, final, k->steps.left,
				 &out->found, e);
		k->partial |= r == MATCH_PARTIAL;
		if (r != MATCH_YES && r != MATCH_FAIL)
			continue;
		k->busy = false;
		set_matched(k, k->pattern);
		out->taken = out->found.group[0];
		return r == MATCH_YES ? SEARCH_FOUND : SEARCH_FAILED;
	}
	return no_start(k, window, final, out);
}

/* Consumes the first `nth` messages. */
static void take_before(struct session *s, size_t nth)
{
	for (size_t i = 0; i < nth; i++)
		inbox_pop(&s->inbox);
	session_touch(s);
}

/* Discards searched messages: all of them if `discard` is set, else the oldest.
 */
static void discard_messages(struct search *k)
{
	struct session *s = k->from;
	size_t before = inbox_count(&s->inbox);
	if (k->discard)
		take_before(s, k->message);
	else
		session_evict(s, 1);
	k->message -= before - inbox_count(&s->inbox);
	k->begin = session_inbox_offset(s);
	session_touch(s);
}

bool search_wants(const struct search *k, const struct unit_kind *kind,
		  const struct attrs *attrs)
{
	struct bytes name;
	if (!k->kind)
		return true;
	return k->kind == kind &&
	       (!k->name.at || (attrs_get(attrs, "name", &name) &&
				bytes_equal(name, k->name)));
}

/* Matches the whole unit: the search has a kind, and no pattern is wanted. */
static enum match_result match_any(struct search *k, struct bytes data,
				   struct match_found *out)
{
	*out = (struct match_found){.end = data.len};
	out->group[0] = data.at ? data : BYTES("");
	k->matched = 0;
	k->excluded = false;
	return MATCH_YES;
}

/* Searches one message or control unit. */
static enum match_result search_unit(struct search *k, struct bytes data,
				     struct match_found *out, struct err *e)
{
	if (!k->patterns->n)
		return match_any(k, data, out);
	if (!k->busy) {
		for (size_t i = 0; i < k->patterns->n; i++)
			places(k)[i] = 0;
		k->pattern = 0;
		k->winner = SIZE_MAX;
		k->steps.taken = 0;
	}
	enum match_result r = find_first(k, data, data.len, true, out, e);
	return r == MATCH_NO && !k->wanted ? match_any(k, data, out) : r;
}

/* Searches the control units that were received. */
static enum search_result search_controls(struct search *k,
					  struct search_hit *out, struct err *e)
{
	struct session *s = k->from;
	struct control_unit u;
	for (; session_control(s, k->control, &u); k->control = u.number + 1) {
		if (u.number != k->control)
			k->busy = false; /* this unit is gone */
		k->control = u.number;
		if (!search_wants(k, u.kind, u.attrs))
			continue;
		enum match_result r = search_unit(k, u.data, &out->found, e);
		enum search_result result = matched(r, u.data, true, out);
		if (result == SEARCH_FOUND) {
			out->control = true;
			out->origin = (struct origin){.kind = u.kind,
						      .attrs = u.attrs,
						      .rung = u.kind->rung,
						      .number = u.number};
		}
		if (result != SEARCH_NOT_YET)
			return result;
		if (k->next)
			return SEARCH_MISMATCH;
	}
	return no_match(k, out);
}

static enum search_result search_messages(struct search *k,
					  struct search_hit *out, struct err *e)
{
	struct session *s = k->from;
	struct bytes data;
	for (; inbox_message(&s->inbox, k->message, &data) &&
	       inbox_is_whole(&s->inbox, k->message);
	     k->message++) {
		struct origin from = session_origin(s, k->message);
		if (session_take_rung_error(s, k->message, e))
			return SEARCH_FAILED;
		if (!search_wants(k, from.kind, from.attrs))
			continue;
		enum match_result r = search_unit(k, data, &out->found, e);
		enum search_result result = matched(r, data, true, out);
		out->origin = from;
		if (result != SEARCH_NOT_YET)
			return result;
		if (k->next)
			return SEARCH_MISMATCH;
	}
	if (k->message && can_discard(k))
		discard_messages(k);
	return no_match(k, out);
}

/* Starts the search again if other code consumed data or the ladder changed. */
static void restart_if_changed(struct search *k)
{
	uint64_t begin = session_inbox_offset(k->from);
	if (begin == k->begin &&
	    k->ladder_generation == k->from->ladder_generation)
		return;
	for (size_t i = 0; i < k->patterns->n; i++)
		places(k)[i] = 0;
	k->searched = k->message = k->pattern = 0;
	k->winner = SIZE_MAX;
	k->steps.taken = 0;
	k->busy = false;
	k->begin = begin;
	k->ladder_generation = k->from->ladder_generation;
}

/* Matches all data that has arrived: the search has no pattern and no kind. */
static enum search_result search_any(struct search *k, struct search_hit *out)
{
	bool whole;
	if (!inbox_count(&k->from->inbox))
		return no_match(k, out);
	inbox_front(&k->from->inbox, &out->window, &whole);
	matched(match_any(k, out->window, &out->found), out->window, true, out);
	return SEARCH_FOUND;
}

enum search_result search_run(struct search *k, struct search_hit *out,
			      struct err *e)
{
	struct bytes window;
	bool final;
	restart_if_changed(k);
	out->end = out->control = false;
	out->origin = session_origin(k->from, SIZE_MAX);
	if (!k->patterns->n && !k->kind)
		return search_any(k, out);
	if (unit_is_control(k->kind))
		return search_controls(k, out, e);
	if (!inbox_is_stream(&k->from->inbox))
		return search_messages(k, out, e);
	if (!inbox_front(&k->from->inbox, &window, &final)) {
		if (!inbox_ended(&k->from->inbox))
			return no_match(k, out);
		/* Some patterns match empty data. */
		window = BYTES("");
		final = true;
	}
	/* The data of a stream has no kind. */
	if (k->kind)
		return no_match(k, out);
	if (k->next)
		return search_start(k, window, final, out, e);
	return search_stream(k, window, final, out, e);
}

void search_take(struct search *k, const struct search_hit *what)
{
	struct inbox *inbox = &k->from->inbox;
	if (what->control)
		session_take_controls(k->from, what->origin.number);
	else if (what->end)
		while (inbox_count(inbox))
			inbox_pop(inbox);
	else if (inbox_is_stream(inbox))
		inbox_consume(inbox, what->found.end);
	else
		take_before(k->from, k->message + 1);
	session_touch(k->from);
}
