/* SPDX-License-Identifier: ISC */
/*
 * Pushes rungs onto the ladder of a live session and removes them, without
 * losing, duplicating or reordering received data.
 *
 * Some rungs only divide the stream; these have to_wire(). If such a rung is
 * pushed, the unconsumed data passes through it; if it is removed, its
 * unconsumed messages become bytes again. Neither publishes events, because the
 * data was published on arrival. If the data ends with the start of a message,
 * that message is published once complete. Other rungs change the data, which
 * is then published again.
 */
#include "session_own.h"

#include "rung/text.h"

#include <errno.h>
#include <stdlib.h>

void session_take_again(struct session *s, const struct unit *u)
{
	if (u->flags & UNIT_END) {
		inbox_end(&s->inbox);
		return;
	}
	if (session_put(s, u))
		s->bytes[DIR_UP] += u->data.len;
	else
		hub_notice(s->hub, s, false, "out of memory: dropped %zu bytes",
			   u->data.len);
}

void session_rung_failed(struct session *s, const struct err *why)
{
	if (!s->rung_error) {
		s->rung_error = xalloc(sizeof *s->rung_error);
		*s->rung_error = *why;
	}
	/* A consuming command gets the error from session_take_rung_error(),
	 * and the end of a hosted link reports it; the notice is then a detail.
	 */
	hub_notice(s->hub, s,
		   transport_is_hosted(&s->link) || session_has_consumer(s),
		   "%s", why->text);
	session_poke(s);
}

bool session_is_raw(const struct session *s, size_t nth)
{
	struct inbox_message m;
	return inbox_record(&s->inbox, nth, &m) && m.flags & UNIT_RAW;
}

int session_take_rung_error(struct session *s, size_t nth, struct err *e)
{
	if (!s->rung_error || s->rung_error_reported || !session_is_raw(s, nth))
		return 0;
	s->rung_error_reported = true;
	return err_set(e, s->rung_error->kind, s->rung_error->code, "%s: %s",
		       s->name, s->rung_error->text);
}

int session_opening_error(struct session *s, struct err *e)
{
	if (!s->end_error || !s->ended_by)
		return 0;
	s->rung_error_reported = true;
	return err_set(e, s->end_error->kind, s->end_error->code, "%s: %s",
		       s->name, s->end_error->text);
}

static void clear_rung_error(struct session *s)
{
	free(s->rung_error);
	s->rung_error = NULL;
	s->rung_error_reported = false;
}

/* Replaces the inbox by an empty one of this shape. `again`: the data that
 * leaves the top until climb_finish() is already published. Result: the old
 * inbox. */
static struct inbox climb_begin(struct session *s, enum shape shape, bool again)
{
	struct inbox old = s->inbox;
	inbox_init(&s->inbox, shape, inbox_limit(&old));
	inbox_charge(&s->inbox, &s->account);
	if (again)
		s->bytes[DIR_UP] -= inbox_len(&old);
	s->reframing = again;
	return old;
}

static void climb_finish(struct session *s, struct inbox *old)
{
	s->reframing = false;
	s->ladder_generation++;
	inbox_fini(old);
	session_poke(s);
	session_touch(s);
}

/* Feeds the unconsumed data, and the end if received, to a new rung. */
static void feed_inbox(struct session *s, const struct inbox *old,
		       struct rung *into)
{
	struct unit unit = {.flags = 0}, end = {.flags = UNIT_END};
	struct inbox_message m;
	for (size_t i = 0; inbox_message(old, i, &unit.data); i++) {
		if (inbox_record(old, i, &m)) {
			unit.kind = m.kind;
			unit.attrs = m.attrs;
			unit.flags = m.flags;
		}
		ladder_feed(&s->ladder, into, &unit);
	}
	if (inbox_ended(old))
		ladder_feed(&s->ladder, into, &end);
}

/* Returns true if the rung and all above it only divide the stream. */
static bool only_divides(const struct rung *r)
{
	while (r && r->ops->to_wire)
		r = r->above;
	return !r;
}

/* Returns an error if unread data would pass for data that a rung of the plan
 * protects. */
static int check_unread(const struct session *s, const struct rung_plan *plan,
			struct err *e)
{
	const struct rung_ops *guard = NULL;
	struct bytes data;
	struct text shown;
	for (unsigned i = 0; i < plan->count; i++)
		if (plan->spec[i].ops->protects &&
		    plan->spec[i].side == SIDE_CLIENT)
			guard = plan->spec[i].ops;
	if (!guard || !inbox_len(&s->inbox) ||
	    !inbox_message(&s->inbox, 0, &data))
		return 0;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(data, 40));
	err_set(e, ERR_USAGE, 0,
		"%s: %zu byte%s came before %s and may be forged: %s%s; "
		"consume them first",
		s->name, inbox_len(&s->inbox),
		inbox_len(&s->inbox) == 1 ? "" : "s", guard->name,
		buf_cstr(&shown.buf), data.len > 40 ? "..." : "");
	text_fini(&shown);
	return -1;
}

int session_climb(struct session *s, struct rung_plan *plan, struct err *e)
{
	struct ladder *l = &s->ladder;
	struct rung *below = l->top;
	if (s->role == ROLE_LISTENER)
		return err_set(e, ERR_USAGE, 0,
			       "%s is a listener; use one of its peers (@%s.1)",
			       s->name, s->name);
	/* The new rung reads only the stream that follows the unread messages.
	 */
	if (s->inbox.turning)
		return err_set(e, ERR_USAGE, 0,
			       "%s: unread messages precede the stream; "
			       "consume them first",
			       s->name);
	if (check_unread(s, plan, e))
		return -1;
	if (rung_plan_push(plan, l, e)) {
		session_add_name(s, e);
		return -1;
	}
	struct rung *lowest = below ? below->above : l->bottom;
	bool again = only_divides(lowest);
	struct inbox old = climb_begin(s, ladder_shape(l), again);
	clear_rung_error(s);
	ladder_rewind(lowest, inbox_len(&old));
	if (l->opening)
		ladder_start(l, 0);
	else
		session_start_rungs(s);
	display_take_eol(&s->display, plan);
	if (!again)
		session_publish_ladder(s);
	feed_inbox(s, &old, lowest);
	for (struct rung *r = lowest; r; r = r->above)
		r->shown = rung_received(r);
	if (again)
		session_publish_ladder(s);
	session_pass_on(s);
	climb_finish(s, &old);
	return 0;
}

/* Collects the wire form of the unconsumed messages. Result: 0; -1: no memory.
 */
static int gather_wire(const struct session *s, const struct rung *r,
		       struct buf *run)
{
	const struct inbox *in = &s->inbox;
	struct bytes memos = in->messages ? buf_bytes(&in->messages->memos)
					  : BYTES_NONE;
	struct unit u = {.flags = 0};
	struct inbox_message m;
	for (size_t i = 0; inbox_message(in, i, &u.data); i++) {
		bool made = !session_is_raw(s, i) && (i || inbox_untouched(in));
		size_t before = buf_len(run);
		if (!inbox_record(in, i, &m))
			return -1;
		u.flags = m.flags;
		if (made)
			r->ops->to_wire(r, &u, bytes_head(memos, m.memo_len),
					run);
		else
			buf_put(run, u.data);
		memos = bytes_skip(memos, m.memo_len);
		if (buf_len(run) - before < u.data.len && !m.memo_len)
			return -1;
	}
	return 0;
}

/* Removes a rung that divides the stream: its messages become the bytes that
 * they were made from. */
static int restore_stream(struct session *s, size_t *unsent, struct err *e)
{
	struct rung *r = s->ladder.top;
	struct buf run = {.limit = SIZE_MAX / 8};
	struct unit unit = {.flags = 0};
	if (gather_wire(s, r, &run)) {
		buf_fini(&run);
		return err_set(e, ERR_LIMIT, ENOMEM,
			       "%s: out of memory for the received data",
			       s->name);
	}
	unit.data = buf_bytes(&run);
	struct inbox old = climb_begin(s, r->ops->below, true);
	clear_rung_error(s);
	if (unit.data.len)
		session_take_again(s, &unit);
	uint64_t unshown = rung_received(r) - r->shown;
	session_work(s)->unshown = unshown;
	(void)ladder_pop(&s->ladder, unsent, e);
	if (inbox_ended(&old))
		inbox_end(&s->inbox);
	if (!unshown || s->work->unshown)
		session_publish_ladder(s);
	s->work->unshown = 0;
	session_pass_on(s);
	climb_finish(s, &old);
	buf_fini(&run);
	return 0;
}

/* Clears an end that came from a rung while the link is open: the session is
 * open again. */
static void clear_outcome(struct session *s)
{
	if (!s->ended_by || s->link.state != LINK_OPEN)
		return;
	s->ended_by = NULL;
	free(s->end_error);
	s->end_error = NULL;
	if (!s->link.ended[DIR_UP])
		inbox_reopen(&s->inbox);
}

void session_pop(struct session *s)
{
	struct err e;
	if (session_pop_now(s, &e))
		hub_notice(s->hub, s, false, "%s", e.text);
}

/* Moves the data that followed a removed rung to the inbox. */
static void take_exposed(struct session *s)
{
	struct unit u = {.flags = 0};
	if (!s->work || session_is_exposed(s))
		return;
	u.data = buf_bytes(&s->work->exposed);
	if (u.data.len && !session_put(s, &u))
		hub_notice(s->hub, s, false, "out of memory: dropped %zu bytes",
			   u.data.len);
	buf_fini(&s->work->exposed);
}

int session_pop_now(struct session *s, struct err *e)
{
	struct rung *r = s->ladder.top;
	size_t unsent = 0;
	const char *name = r->ops->name;
	if (r->ops->to_wire) {
		if (restore_stream(s, &unsent, e))
			return -1;
	} else {
		inbox_reshape(&s->inbox, r->ops->below);
		clear_rung_error(s);
		clear_outcome(s);
		(void)ladder_pop(&s->ladder, &unsent, e);
		take_exposed(s);
		s->ladder_generation++;
		session_publish_ladder(s);
		if (session_state(s) != SESSION_CLOSED)
			session_publish_state(s, EVENT_STATE);
		else
			hub_notice(s->hub, s, false,
				   "removed %s; the session has ended", name);
		session_poke(s);
		session_touch(s);
	}
	if (unsent)
		hub_notice(s->hub, s, false,
			   "discarded %zu byte%s queued for the %s rung",
			   unsent, text_plural(unsent), name);
	return 0;
}

/* Returns true if the plan's lowest rung fits this shape. */
static bool plan_fits(const struct rung_plan *plan, enum shape shape)
{
	return plan && plan->count && plan->spec[0].ops->below == shape;
}

int session_begin_rungs(struct session *s, struct rung_plan *plan,
			struct err *e)
{
	if (!plan || !plan->count)
		return 0;
	if (s->role != ROLE_LISTENER)
		return session_climb(s, plan, e);
	s->plan = rung_plan_ref(plan);
	return 0;
}

/* Adds rungs to those of a listener's new peers. */
static int add_to_plan(struct session *s, struct rung_plan *more, struct err *e)
{
	struct rung_plan *old = s->plan, *plan = rung_plan_new();
	if (rung_plan_add_all(plan, old, LADDER_RUNGS_MAX, e) ||
	    rung_plan_add_all(plan, more, LADDER_RUNGS_MAX, e)) {
		rung_plan_unref(plan);
		return -1;
	}
	s->plan = plan;
	rung_plan_unref(old);
	return 0;
}

void session_begin_with(struct session *s, struct rung_plan *plan)
{
	const struct rung_plan *own = s->plan;
	enum shape shape = own ? own->spec[own->count - 1].ops->above
			       : ladder_shape(&s->ladder);
	struct err e;
	int status = 0;
	if (!plan_fits(plan, shape))
		return;
	if (s->role != ROLE_LISTENER)
		status = session_climb(s, plan, &e);
	else if (own)
		status = add_to_plan(s, plan, &e);
	else
		s->plan = rung_plan_ref(plan);
	if (status)
		hub_notice(s->hub, s, false, "%s", e.text);
}

void session_note_rungs(const struct session *s, const struct rung_plan *plan)
{
	for (unsigned i = 0; plan && i < plan->count; i++) {
		struct buf text = {.limit = BUF_SMALL};
		rung_plan_note(plan, i, &text);
		if (buf_len(&text))
			hub_notice(s->hub, s, false, "%s", buf_cstr(&text));
		buf_fini(&text);
	}
}

int session_set_plan(struct session *s, struct rung_plan *plan, struct err *e)
{
	struct rung_plan *old = s->plan;
	if (s->role != ROLE_LISTENER)
		return err_set(e, ERR_USAGE, 0, "%s is not a listener",
			       s->name);
	if (plan && plan->count && !plan_fits(plan, (enum shape)s->ladder.base))
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s: %s has message boundaries; %s needs a stream", s->name,
		    s->link.ops->scheme, plan->spec[0].ops->name);
	s->plan = plan && plan->count ? rung_plan_ref(plan) : NULL;
	display_take_eol(&s->display, plan);
	session_publish_ladder(s);
	session_note_rungs(s, plan);
	rung_plan_unref(old);
	return 0;
}

struct rung_plan *session_plan(const struct session *s)
{
	return s->plan;
}

size_t session_rungs(const struct session *s,
		     const struct rung_ops *out[LADDER_RUNGS_MAX])
{
	size_t n = 0;
	for (unsigned i = 0; s->plan && i < s->plan->count; i++)
		out[n++] = s->plan->spec[i].ops;
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		out[n++] = r->ops;
	return n;
}

bool session_has_rung(const struct session *s, const struct rung_ops *rung)
{
	const struct rung_ops *have[LADDER_RUNGS_MAX];
	size_t n = session_rungs(s, have);
	while (n)
		if (have[--n] == rung)
			return true;
	return false;
}

bool session_certificate(const struct session *s, size_t nth, struct buf *der)
{
	for (const struct rung *r = s->ladder.top; r; r = r->below)
		if (r->ops->certificate && r->ops->certificate(r, nth, der))
			return true;
	return false;
}

const char *session_warning(const struct session *s)
{
	for (const struct rung *r = s->ladder.bottom; r; r = r->above) {
		const char *word = r->ops->warning ? r->ops->warning(r) : NULL;
		if (word)
			return word;
	}
	return NULL;
}

const struct rung_ops *session_top_rung(const struct session *s)
{
	return s->ladder.top ? s->ladder.top->ops : NULL;
}

bool session_rung_is_over(const struct session *s)
{
	return s->ladder.top && s->ladder.top->state == RUNG_ENDED;
}

enum shape session_shape(const struct session *s, bool raw)
{
	const struct rung *top = s->ladder.top;
	return raw && top ? top->ops->below : ladder_shape(&s->ladder);
}

size_t session_message_max(const struct session *s)
{
	return s->ladder.top ? s->ladder.top->max_message : 0;
}

void session_print_rungs(const struct session *s, struct buf *out)
{
	enum side side = s->role == ROLE_CLIENT ? SIDE_CLIENT : SIDE_SERVER;
	for (unsigned i = 0; s->plan && i < s->plan->count; i++) {
		rung_spec_print(&s->plan->spec[i], side, out);
		buf_putc(out, '\n');
	}
	for (const struct rung *r = s->ladder.bottom; r; r = r->above) {
		if (r->plan)
			rung_spec_print(&r->plan->spec[r->nth], side, out);
		buf_putc(out, '\n');
	}
}

struct attrs *session_facts(const struct session *s)
{
	struct attrs *facts = attrs_new();
	rung_plan_info(s->plan, facts);
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		if (r->ops->info)
			r->ops->info(r, facts);
	return facts;
}

/* Returns true if a rung of the table has a fact of that name. */
static bool is_fact(const struct rung_ops *const *table, struct bytes name)
{
	for (; *table; table++) {
		const char *const *fact = (*table)->facts;
		for (; fact && *fact; fact++)
			if (bytes_is(name, *fact))
				return true;
	}
	return false;
}

bool session_fact(const struct session *s, const struct rung_ops *const *table,
		  struct bytes name, struct buf *out)
{
	struct attrs *facts = session_facts(s);
	struct bytes key, value;
	bool found = false;
	for (size_t i = 0; !found && attrs_at(facts, i, &key, &value); i++)
		if (bytes_equal(key, name)) {
			buf_put(out, value);
			found = true;
		}
	attrs_unref(facts);
	if (!found && is_fact(table, name)) {
		buf_puts(out, "none");
		found = true;
	}
	return found;
}
