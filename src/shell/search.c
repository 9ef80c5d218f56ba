/* SPDX-License-Identifier: ISC */
/*
 * Searching a session's inbox for patterns: how a stream is searched once and
 * messages one by one, and what may be let go. Finding a pattern in a window is
 * match.h's job.
 */
#include "rung/search.h"

#include <stdlib.h>

/* The first of the steps in which several patterns search a stream. */
#define STEP ((size_t)64 << 10)

void search_init(struct search *k, struct session *from,
		 const struct arg *patterns)
{
	*k = (struct search){
	    .from = from,
	    .patterns = patterns,
	    .begin = session_inbox_offset(from),
	    .ladder_generation = from->ladder_generation,
	    .winner = SIZE_MAX,
	};
	if (patterns->n > SEARCH_INLINE)
		k->many = xalloc(patterns->n * sizeof *k->many);
}

void search_fini(struct search *k)
{
	free(k->many);
	k->many = NULL;
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

static enum search_result found_end(struct search *k, struct search_hit *out)
{
	bool whole;
	*out = (struct search_hit){.end = true};
	if (inbox_front(&k->from->inbox, &out->window, &whole))
		out->taken = out->window;
	out->found.start = out->found.end = out->window.len;
	out->found.group[0] = bytes_of("", 0);
	return SEARCH_FOUND;
}

static enum search_result look_at_end(struct search *k, struct search_hit *out)
{
	for (size_t i = 0; i < k->patterns->n; i++) {
		const struct value *v = &k->patterns->at[i];
		if (is_word(v, "close") ||
		    (is_word(v, "eof") && !k->from->end_error))
			return found_end(k, out);
	}
	return SEARCH_ENDED;
}

/* Nothing that is there matches. */
static enum search_result not_there(struct search *k, struct search_hit *out)
{
	if (inbox_ended(&k->from->inbox))
		return look_at_end(k, out);
	return session_has_room(k->from) ? SEARCH_NOT_YET : SEARCH_FULL;
}

/* One pattern over the start of a window, up to `end`. */
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
	match_set_max_length(match, k->from->inbox.in.buf.limit);
	return match_find_on(match, bytes_head(window, end), at,
			     final && end == window.len, &k->steps, out, e);
}

/* All patterns over the start of a window, up to `end`; after MORE those that
 * are left, and again the one that was found. */
static enum match_result find_first(struct search *k, struct bytes window,
				    size_t end, bool final,
				    struct match_found *out, struct err *e)
{
	enum match_result result = MATCH_NO;
	struct match_found found;
	uint64_t steps = k->steps;
	k->steps = 0;
	for (size_t i = 0; i < k->patterns->n; i++) {
		if (i < k->pattern && i != k->winner)
			continue;
		if (i == k->pattern)
			k->steps = steps;
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
		/* The others must be complete before that. */
		*out = found;
		end = found.end;
		result = MATCH_YES;
		k->winner = i;
	}
	k->busy = false;
	k->pattern = 0;
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

/* Whether what was searched in vain may go: that was asked for, or it fills a
 * live inbox. */
static bool may_let_go(const struct search *k)
{
	const struct session *s = k->from;
	bool full = s->display.live && !session_has_room(s);
	return (k->discard || full) && !inbox_ended(&s->inbox);
}

/* What no pattern needs any more goes: all of it where that was asked for, else
 * the oldest of what a live session has shown, until there is room. */
static void search_let_go(struct search *k)
{
	const struct inbox *inbox = &k->from->inbox;
	/* If only memory is short, all that was searched. */
	bool all = k->discard || inbox_has_room(inbox, 1);
	size_t room = all ? k->searched
			  : inbox_len(inbox) + 1 - inbox->in.buf.limit;
	size_t go = room < k->searched ? room : k->searched;
	for (size_t i = 0; i < k->patterns->n; i++) {
		size_t keep = match_keep_from(k->patterns->at[i].match,
					      places(k)[i]);
		go = keep < go ? keep : go;
	}
	if (!go)
		return;
	for (size_t i = 0; i < k->patterns->n; i++)
		places(k)[i] -= go;
	k->searched -= go;
	k->begin += go;
	if (k->discard)
		inbox_consume(&k->from->inbox, go);
	else
		session_evict(k->from, go);
	session_touch(k->from);
}

static enum search_result look_at_stream(struct search *k, struct bytes window,
					 bool final, struct search_hit *out,
					 struct err *e)
{
	out->window = window;
	switch (search(k, window, final, &out->found, e)) {
	case MATCH_YES:
		out->taken = bytes_head(window, out->found.end);
		return SEARCH_FOUND;
	case MATCH_MORE:
		return SEARCH_MORE;
	case MATCH_NO:
	case MATCH_PARTIAL:
		break;
	case MATCH_FAIL:
		return SEARCH_FAILED;
	}
	if (may_let_go(k))
		search_let_go(k);
	return not_there(k, out);
}

/* The stream must go on with a match. */
static enum search_result look_at_start(struct search *k, struct bytes window,
					bool final, struct search_hit *out,
					struct err *e)
{
	bool part = false;
	/* A beginning is searched in one go: when it is the first in a turn. */
	if (!match_allowed())
		return SEARCH_MORE;
	out->window = window;
	for (size_t i = 0; i < k->patterns->n; i++) {
		if (search_is_end(&k->patterns->at[i]))
			continue;
		switch (match_begins(k->patterns->at[i].match, window, final,
				     &out->found, e)) {
		case MATCH_YES:
			out->taken = out->found.group[0];
			return SEARCH_FOUND;
		case MATCH_PARTIAL:
			part = true;
			break;
		case MATCH_NO:
		case MATCH_MORE:
			break;
		case MATCH_FAIL:
			return SEARCH_FAILED;
		}
	}
	if (!part)
		return window.len ? SEARCH_MISMATCH : not_there(k, out);
	return session_has_room(k->from) ? SEARCH_NOT_YET : SEARCH_FULL;
}

/* Takes the messages before one. */
static void take_before(struct session *s, size_t nth)
{
	for (size_t i = 0; i < nth; i++)
		inbox_pop(&s->inbox);
	session_touch(s);
}

/* All were searched. */
static void let_messages_go(struct search *k)
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

static enum search_result
look_at_messages(struct search *k, struct search_hit *out, struct err *e)
{
	struct session *s = k->from;
	struct bytes data;
	for (; inbox_message(&s->inbox, k->message, &data); k->message++) {
		if (session_take_frame_error(s, k->message, e))
			return SEARCH_FAILED;
		for (size_t i = 0; i < k->patterns->n && !k->busy; i++)
			places(k)[i] = 0;
		switch (find_first(k, data, data.len, true, &out->found, e)) {
		case MATCH_YES:
			out->window = out->taken = data;
			return SEARCH_FOUND;
		case MATCH_MORE:
			return SEARCH_MORE;
		case MATCH_NO:
		case MATCH_PARTIAL:
			break;
		case MATCH_FAIL:
			return SEARCH_FAILED;
		}
		if (k->next)
			return SEARCH_MISMATCH;
	}
	if (k->message && may_let_go(k))
		let_messages_go(k);
	return not_there(k, out);
}

/* Somebody else took from the inbox: begin again. */
static void keep_pace(struct search *k)
{
	uint64_t begin = session_inbox_offset(k->from);
	if (begin == k->begin &&
	    k->ladder_generation == k->from->ladder_generation)
		return;
	for (size_t i = 0; i < k->patterns->n; i++)
		places(k)[i] = 0;
	k->searched = k->message = k->pattern = 0;
	k->winner = SIZE_MAX;
	k->steps = 0;
	k->busy = false;
	k->begin = begin;
	k->ladder_generation = k->from->ladder_generation;
}

enum search_result search_run(struct search *k, struct search_hit *out,
			      struct err *e)
{
	struct bytes window;
	bool final;
	keep_pace(k);
	out->end = false;
	if (!inbox_is_stream(&k->from->inbox))
		return look_at_messages(k, out, e);
	if (!inbox_front(&k->from->inbox, &window, &final)) {
		if (!inbox_ended(&k->from->inbox))
			return not_there(k, out);
		/* Some patterns are found in nothing, too. */
		window = BYTES("");
		final = true;
	}
	if (k->next)
		return look_at_start(k, window, final, out, e);
	return look_at_stream(k, window, final, out, e);
}

void search_take(struct search *k, const struct search_hit *what)
{
	struct inbox *inbox = &k->from->inbox;
	if (what->end)
		while (inbox_count(inbox))
			inbox_pop(inbox);
	else if (inbox_is_stream(inbox))
		inbox_consume(inbox, what->found.end);
	else
		take_before(k->from, k->message + 1);
	session_touch(k->from);
}
