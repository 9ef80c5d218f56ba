/* SPDX-License-Identifier: ISC */
/*
 * Gives the messages and control units of a session to its handlers, in order,
 * one at a time. dispatcher.c calls this when the dispatcher's task is idle.
 */
#include "handler_own.h"

bool dispatcher_handles(struct dispatcher *d, bool control)
{
	struct handler *h = NULL;
	while ((h = handler_next(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (handler_handles(h, ON_MESSAGE) &&
		    unit_is_control(h->kind) == control)
			return true;
	return false;
}

/* The next unit for the handlers: the first message of the inbox, or a control
 * unit. */
struct occurrence {
	struct bytes data;
	struct origin from;
	bool control;
};

/* Finds the oldest unit that some handler may want. A stream's data has no
 * number and comes first. Result: false: there is none. */
static bool next_occurrence(struct dispatcher *d, struct occurrence *out)
{
	struct session *s = d->session;
	struct control_unit u;
	bool whole;
	bool message = d->waiter.consumes &&
		       inbox_front(&s->inbox, &out->data, &whole);
	bool control = dispatcher_handles(d, true) &&
		       session_control(s, d->control, &u);
	out->from = session_origin(s, 0);
	out->control = control && (!message || u.number < out->from.number);
	if (!out->control)
		return message;
	out->data = u.data;
	out->from = (struct origin){.kind = u.kind,
				    .attrs = u.attrs,
				    .rung = u.kind->rung,
				    .number = u.number,
				    .log_id = session_log_id(s)};
	return true;
}

/* Consumes a message. A control unit stays for `expect`, but is not handled
 * again. */
static void occurrence_done(struct dispatcher *d, const struct occurrence *o)
{
	struct session *s = d->session;
	if (o->control) {
		d->control = o->from.number + 1;
		return;
	}
	if (session_take_rung_error(s, 0, NULL))
		hub_notice(s->hub, s, false, "%s", session_rung_error(s)->text);
	inbox_pop(&s->inbox);
	session_touch(s);
}

/* Returns true if the handler is for units like this one. */
static bool handles_unit(const struct handler *h, const struct occurrence *o)
{
	struct bytes name;
	if (!handler_handles(h, ON_MESSAGE))
		return false;
	if (!h->kind)
		return !o->control;
	return h->kind == o->from.kind &&
	       (!h->name || (attrs_get(o->from.attrs, "name", &name) &&
			     bytes_is(name, h->name)));
}

static void note_costly(const struct dispatcher *d, const struct handler *h,
			const struct err *why)
{
	struct out *out = d->task.shell->out;
	struct buf line = {.limit = BUF_SMALL};
	buf_printf(&line, "[%u] %s: %s", h->job.number, d->session->name,
		   why->text);
	if (!out->quiet)
		out_diag_line(out, STYLE_NOTICE, buf_cstr(&line));
	buf_fini(&line);
}

static enum match_result matches(struct dispatcher *d, struct handler *h,
				 const struct occurrence *o)
{
	struct match_found found;
	struct err e;
	/* Earlier turns have tried the handlers before d->search.job. */
	if (!handles_unit(h, o) || h->job.number < d->search.job)
		return MATCH_NO;
	if (!h->match)
		return MATCH_YES;
	if (h->job.number != d->search.job)
		d->search.from = d->search.steps.taken = 0;
	d->search.job = h->job.number;
	d->search.steps.left = &d->task.shell->search_steps;
	enum match_result result = match_find_on(h->match, o->data,
						 &d->search.from, true,
						 &d->search.steps, &found, &e);
	if (result == MATCH_FAIL)
		note_costly(d, h, &e);
	if (result != MATCH_YES)
		return result;
	task_set_match(&d->task, &found, &o->from);
	return result;
}

/* Returns the first handler for what no other handler takes; NULL: none. */
static struct handler *find_last_handler(struct dispatcher *d,
					 const struct occurrence *o)
{
	struct handler *h = NULL;
	while ((h = handler_next(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (h->last && handles_unit(h, o))
			return h;
	return NULL;
}

/* Finds the first handler that matches a unit; sets *out to NULL if none does.
 * Result: false: the search continues in the next turn. */
static bool find_handler(struct dispatcher *d, const struct occurrence *o,
			 struct handler **out)
{
	struct handler *h = NULL;
	enum match_result result = MATCH_NO;
	uint64_t at = o->control ? UINT64_MAX - o->from.number
				 : session_inbox_offset(d->session);
	if (d->search.message != at)
		d->search.job = 0;
	d->search.message = at;
	while (result != MATCH_YES && result != MATCH_MORE &&
	       (h = handler_next(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (!h->last)
			result = matches(d, h, o);
	*out = result == MATCH_YES ? h : NULL;
	if (result == MATCH_NO)
		*out = find_last_handler(d, o);
	if (result == MATCH_MORE)
		return false;
	d->search.job = 0;
	return true;
}

static void set_message(struct dispatcher *d, const struct occurrence *o)
{
	task_set_message(&d->task, o->data, &o->from);
}

bool dispatcher_dispatch(struct dispatcher *d)
{
	struct occurrence o;
	for (unsigned i = 0; next_occurrence(d, &o); i++) {
		struct handler *h = NULL;
		/* Raw bytes after a rung's error are not a message: no handler
		 * gets them. */
		bool raw = o.from.flags & UNIT_RAW;
		if (i == TASK_BUDGET || (!raw && !find_handler(d, &o, &h))) {
			task_ready(&d->task);
			return true;
		}
		if (h)
			set_message(d, &o);
		occurrence_done(d, &o);
		if (!h)
			continue;
		dispatcher_begin(d, h);
		return true;
	}
	return false;
}

bool dispatcher_has_message(const struct session *s)
{
	struct bytes front;
	bool whole;
	return inbox_front(&s->inbox, &front, &whole);
}

void dispatcher_note_endless(struct dispatcher *d)
{
	const struct session *s = d->session;
	bool full = d->waiter.consumes && inbox_count(&s->inbox) &&
		    !dispatcher_has_message(s) && !session_has_room(s);
	if (full && !d->endless)
		hub_notice(s->hub, s, false,
			   "inbox full (%zu bytes) without a whole message; "
			   "raise 'set inbox' or use 'recv -o'",
			   inbox_len(&s->inbox));
	d->endless = full;
}
