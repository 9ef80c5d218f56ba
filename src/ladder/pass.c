/* SPDX-License-Identifier: ISC */
/*
 * Passes units from rung to rung, and queues those that have to wait for a rung
 * to open or for room in the link. ladder.c opens and closes the rungs.
 */
#include "ladder_own.h"

#include <stdlib.h>
#include <string.h>

/* A queued unit; its bytes follow the struct. */
struct queued {
	struct list at;
	struct rung *into; /* the rung that it enters; NULL: the link */
	struct account *account;
	bool refusal_reported; /* undeliverable() was called */
	struct unit unit;
	uint8_t bytes[];
};

static size_t charge_of(const struct unit *u)
{
	return sizeof(struct queued) + u->data.len + attrs_size(u->attrs);
}

static void queue_remove(struct unit_queue *w, struct queued *q)
{
	list_remove(&q->at);
	w->bytes -= q->unit.data.len;
	w->overhead -= charge_of(&q->unit) - q->unit.data.len;
	account_release(q->account, charge_of(&q->unit));
	attrs_unref(q->unit.attrs);
	free(q);
}

static void queue_empty(struct unit_queue *w)
{
	list_each (link, &w->units)
		queue_remove(w, list_entry(link, struct queued, at));
}

void ladder_discard_queues(struct ladder_work *w)
{
	queue_empty(&w->pending);
	queue_empty(&w->outgoing);
}

size_t ladder_discard_pending(struct ladder *l, const struct rung *r)
{
	struct unit_queue *w = &l->work->pending;
	size_t bytes = w->bytes;
	list_each (link, &w->units) {
		struct queued *q = list_entry(link, struct queued, at);
		if (q->into != r)
			continue;
		q->into = r->below;
		if (q->unit.data.len || !(q->unit.flags & UNIT_END))
			queue_remove(w, q);
	}
	return bytes - w->bytes;
}

/* Queues a copy. Result: 0, or -1 and *e. */
static int queue_add(struct ladder *l, struct unit_queue *w, struct rung *into,
		     const struct unit *u, struct err *e)
{
	size_t n = u->data.len;
	if (w->overhead > LADDER_HELD_MAX)
		return err_set(
		    e, ERR_LIMIT, 0,
		    "too many messages are already waiting for the %s",
		    into ? into->ops->name : "link");
	if (n > LADDER_HELD_MAX - w->bytes)
		return err_set(e, ERR_LIMIT, 0,
			       "%zu bytes are already waiting for the %s%s",
			       w->bytes, into ? into->ops->name : "link",
			       into ? " rung to open" : " to have room");
	struct queued *q = malloc(sizeof *q + n);
	if (!q)
		return err_set(e, ERR_LIMIT, 0, "out of memory");
	q->into = into;
	q->account = l->work->account;
	account_charge(q->account, charge_of(u));
	q->refusal_reported = false;
	if (n)
		memcpy(q->bytes, u->data.at, n);
	q->unit = *u;
	q->unit.data = bytes_of(q->bytes, n);
	q->unit.peer = NULL; /* lent for the call only */
	attrs_ref(q->unit.attrs);
	list_append(&w->units, &q->at);
	w->bytes += n;
	w->overhead += charge_of(u) - n;
	return 0;
}

static struct queued *first(const struct unit_queue *w)
{
	if (list_empty(&w->units))
		return NULL;
	return list_entry(w->units.next, struct queued, at);
}

/* Counts a unit that crosses the boundary above the rung, or above the link. */
static void count(struct ladder *l, struct rung *r, enum dir dir,
		  const struct unit *u)
{
	(r ? r->bytes : l->bytes)[dir] += u->data.len;
	if (l->top && l->sink->trace)
		l->sink->trace(l, r, dir, u);
}

/* ---- up ---- */

static bool rung_is_over(const struct rung *r)
{
	return r->state == RUNG_ENDED || r->state == RUNG_CLOSED;
}

bool ladder_is_blocked_from(const struct rung *r)
{
	for (; r; r = r->above)
		if (r->blocked)
			return true;
	return false;
}

/* Holds a raw unit until the rung has passed on the input that it keeps.
 * Without memory the unit overtakes that input. */
static void hold(struct rung *r, const struct unit *raw)
{
	struct unit rest = *raw;
	if (!r->held.limit)
		r->held = (struct buf){.limit = SIZE_MAX / 8,
				       .account = rung_account(r)};
	r->held_end |= (raw->flags & UNIT_END) != 0;
	rest.flags &= ~(unsigned)UNIT_END;
	if (buf_put(&r->held, raw->data))
		r->ladder->sink->deliver(r->ladder, &rest);
}

/* Counts a raw unit that passes the rung, and all that came before it, as one
 * span. */
static void pass_raw(struct rung *r, const struct unit *raw)
{
	rung_consumed(r, r->received);
	count(r->ladder, r, DIR_UP, raw);
}

static void enter_raw(struct ladder *l, struct rung *r, const struct unit *u)
{
	struct unit raw = *u;
	raw.flags |= UNIT_RAW;
	for (; r; r = r->above) {
		r->received += u->data.len;
		if (r->blocked) {
			hold(r, &raw);
			return;
		}
		pass_raw(r, &raw);
	}
	l->sink->deliver(l, &raw);
}

void ladder_release(struct rung *r)
{
	struct buf held = r->held;
	struct unit raw = {.data = buf_bytes(&held), .flags = UNIT_RAW};
	bool end = r->held_end;
	r->held = (struct buf){.limit = 0};
	r->held_end = false;
	if (end)
		raw.flags |= UNIT_END;
	if (raw.data.len || end) {
		pass_raw(r, &raw);
		enter_raw(r->ladder, r->above, &raw);
	}
	buf_fini(&held);
}

static void read_unit(struct rung *r, const struct unit *u)
{
	r->received += u->data.len;
	r->ops->up(r, u);
}

/* A raw unit, and any unit for a rung that is over, bypasses this rung and all
 * above, as raw. */
void ladder_enter_up(struct ladder *l, struct rung *r, const struct unit *u)
{
	struct unit data = *u;
	if (!r) {
		l->sink->deliver(l, u);
	} else if (rung_is_over(r) || u->flags & UNIT_RAW) {
		enter_raw(l, r, u);
	} else if (u->flags & UNIT_END && r->blocked) {
		r->end_pending = true;
		data.flags &= ~(unsigned)UNIT_END;
		if (data.data.len)
			read_unit(r, &data);
	} else {
		read_unit(r, u);
	}
}

bool ladder_passing(struct ladder *l)
{
	bool was = l->passing;
	l->passing = true;
	return was;
}

void ladder_passed(struct ladder *l, bool was_passing)
{
	struct unit end = {.flags = UNIT_END};
	if (was_passing)
		return;
	while (l->end_waits) {
		l->end_waits = false;
		ladder_enter_up(l, l->bottom, &end);
	}
	l->passing = false;
}

/* Passes up a unit from outside the ladder. */
static void enter_from_outside(struct ladder *l, struct rung *r,
			       const struct unit *u)
{
	struct unit data = *u;
	bool was = ladder_passing(l);
	if (was && u->flags & UNIT_END) {
		l->end_waits = true;
		data.flags &= ~(unsigned)UNIT_END;
	}
	if (data.data.len || data.flags == u->flags)
		ladder_enter_up(l, r, &data);
	ladder_passed(l, was);
}

void ladder_pass_raw(struct rung *from, struct bytes data)
{
	struct unit raw = {.data = data, .flags = UNIT_RAW};
	if (!data.len)
		return;
	rung_consumed(from, from->received);
	rung_pass_up(from, &raw);
}

void ladder_drain(struct rung *r)
{
	if (r->drained)
		return;
	r->drained = true;
	if (r->ops->leftover)
		ladder_pass_raw(r, r->ops->leftover(r));
}

void ladder_up(struct ladder *l, const struct unit *u)
{
	count(l, NULL, DIR_UP, u);
	enter_from_outside(l, l->bottom, u);
}

void ladder_rewind(struct rung *r, uint64_t n)
{
	r->received -= n;
	r->span[DIR_UP].to = r->received;
}

void ladder_feed(struct ladder *l, struct rung *into, const struct unit *u)
{
	enter_from_outside(l, into, u);
}

void rung_pass_up(struct rung *r, const struct unit *u)
{
	count(r->ladder, r, DIR_UP, u);
	ladder_enter_up(r->ladder, r->above, u);
}

uint64_t rung_received(const struct rung *r)
{
	return r->received;
}

void rung_consumed(struct rung *r, uint64_t upto)
{
	r->span[DIR_UP] = (struct span){r->span[DIR_UP].to, upto};
}

bool rung_may_pass_up(struct rung *r)
{
	const struct ladder_sink *sink = r->ladder->sink;
	/* A blocked rung waits for resume_rung(), which then also passes up the
	 * end and raw bytes that came meanwhile. */
	if (r->blocked)
		return false;
	bool blocked = sink->wants_input && !sink->wants_input(r->ladder);
	r->blocked = blocked || ladder_is_blocked_from(r->above);
	return !r->blocked;
}

void rung_hold(struct rung *r)
{
	r->blocked = true;
}

void rung_resume_later(struct rung *r)
{
	r->blocked = true;
	ladder_unblock(r->ladder);
}

bool ladder_is_blocked(const struct ladder *l)
{
	return ladder_is_blocked_from(l->bottom);
}

bool ladder_holds_input(const struct ladder *l)
{
	return l->passing || ladder_is_blocked(l);
}

void ladder_unblock(struct ladder *l)
{
	if (!ladder_is_blocked(l) || l->work->unblock_due)
		return;
	/* A time of 0 would turn the timer off. */
	l->work->unblock_due = l->sink->now ? l->sink->now(l) : 0;
	if (!l->work->unblock_due)
		l->work->unblock_due = 1;
	ladder_arm(l);
}

/* Resumes a rung. Result: false if the rung is blocked again. */
static bool resume_rung(struct rung *r)
{
	struct unit end = {.flags = UNIT_END};
	r->blocked = false;
	r->ops->resume(r);
	if (r->blocked)
		return false;
	if (r->end_pending) {
		r->end_pending = false;
		ladder_enter_up(r->ladder, r, &end);
	}
	if (r->state == RUNG_CLOSED)
		ladder_drain(r);
	ladder_release(r);
	return true;
}

void ladder_resume_rungs(struct ladder *l)
{
	for (struct rung *r = l->top; r; r = r->below)
		if (r->blocked && !resume_rung(r))
			return;
}

/* ---- down ---- */

/* Passes the unit to the link. If the link is full or units already wait for
 * it, refuses the unit, or queues one that has UNIT_ONCE or UNIT_END. */
static int transmit_or_queue(struct ladder *l, const struct unit *u,
			     struct err *e)
{
	int status = LADDER_FULL;
	if (!l->work || !first(&l->work->outgoing))
		status = l->sink->transmit(l, u, e);
	else
		err_set(e, ERR_LIMIT, 0,
			"%zu bytes are already waiting for the link",
			l->work->outgoing.bytes);
	if (status == LADDER_FULL && u->flags & (UNIT_ONCE | UNIT_END))
		return queue_add(l, &ladder_work(l)->outgoing, NULL, u, e);
	return status ? -1 : 0;
}

static uint64_t sent_below(const struct rung *r)
{
	return (r->below ? r->below->bytes : r->ladder->bytes)[DIR_DOWN];
}

static int enter_down(struct ladder *l, struct rung *r, const struct unit *u,
		      struct err *e)
{
	uint64_t from = r ? sent_below(r) : 0;
	int status = r ? r->ops->down(r, u, e) : transmit_or_queue(l, u, e);
	/* A refused unit is passed again later, and counted then. */
	if (status)
		return status;
	if (r)
		r->span[DIR_DOWN] = (struct span){from, sent_below(r)};
	count(l, r, DIR_DOWN, u);
	return 0;
}

int rung_pass_down(struct rung *r, const struct unit *u, struct err *e)
{
	uint64_t from = sent_below(r);
	int status = enter_down(r->ladder, r->below, u, e);
	/* A unit that the rung itself made, and that rung_control() reports. */
	if (!status)
		r->span[DIR_DOWN] = (struct span){from, sent_below(r)};
	return status;
}

/* Reports a refusal; the unit stays queued. Result: -1 and *e. */
static int refused(struct ladder *l, struct queued *q, const struct err *why,
		   struct err *e)
{
	if (!q->refusal_reported && l->sink->undeliverable)
		l->sink->undeliverable(l, &q->unit, why);
	q->refusal_reported = true;
	return err_copy(e, why);
}

/* Passes the outgoing units to the link. Result: 0 if all were passed, else -1
 * and *e. */
static int send_outgoing(struct ladder *l, struct err *e)
{
	struct queued *q;
	struct err why;
	while ((q = first(&l->work->outgoing)) != NULL) {
		int status = l->sink->transmit(l, &q->unit, &why);
		if (status == LADDER_FULL)
			return err_copy(e, &why);
		if (status)
			return refused(l, q, &why, e);
		queue_remove(&l->work->outgoing, q);
	}
	return 0;
}

static bool may_enter(const struct rung *r)
{
	return !r || r->state == RUNG_OPEN || r->state == RUNG_ENDED;
}

/* Passes pending units down until one must wait for its rung to open. Result:
 * 0, or -1 and *e if a unit was refused. */
static int send_pending(struct ladder *l, struct err *e)
{
	struct queued *q;
	struct err why;
	while ((q = first(&l->work->pending)) != NULL && may_enter(q->into)) {
		q->unit.flags |= UNIT_ONCE;
		if (enter_down(l, q->into, &q->unit, &why))
			return refused(l, q, &why, e);
		queue_remove(&l->work->pending, q);
	}
	return 0;
}

/* Sends queued units on. Result: 0 if the remaining units wait only for a rung
 * to open, else -1 and *e. */
static int resume(struct ladder *l, struct err *e)
{
	struct ladder_work *w = l->work;
	if (!w || w->resuming)
		return 0;
	w->resuming = true;
	int status = send_outgoing(l, e);
	/* Pending units can still move to `outgoing` if the link is full. */
	status |= send_pending(l, status ? NULL : e);
	w->resuming = false;
	return status;
}

void ladder_resume(struct ladder *l)
{
	(void)resume(l, NULL);
}

static bool is_end(const struct unit *u)
{
	return !u->data.len && u->flags & UNIT_END;
}

/* Does what ladder_target() does. */
static struct rung *target_of(const struct ladder *l, const struct unit *u)
{
	struct rung *r = l->top;
	if (u->flags & UNIT_RAW)
		return r ? r->below : NULL;
	while (r && u->kind && strcmp(r->ops->name, u->kind->rung) != 0)
		r = r->below;
	r = r ? r : l->top;
	/* Only an end may follow the goodbye of a rung. */
	while (r && r->state == RUNG_CLOSED && is_end(u))
		r = r->below;
	return r;
}

/* Does the work of ladder_down() if l->work is allocated. */
static int queue_or_send(struct ladder *l, struct rung *into,
			 const struct unit *u, struct err *e)
{
	struct ladder_work *w = l->work;
	bool end = is_end(u);
	int status = resume(l, e);
	if (!may_enter(into) || w->resuming || (end && status) ||
	    (first(&w->pending) && !status)) {
		/* The place in the stream below is not known yet. */
		if (into)
			into->span[DIR_DOWN] = (struct span){0, 0};
		return queue_add(l, &w->pending, into, u, e);
	}
	return status ? -1 : enter_down(l, into, u, e);
}

/* Returns an error if the owner may not send the unit now. */
static int check_sending(const struct ladder *l, const struct rung *into,
			 struct err *e)
{
	if (l->sent_end)
		return err_set(e, ERR_CLOSED, 0, "sending side is shut down");
	if (ladder_is_closing(l))
		return err_set(e, ERR_CLOSED, 0, "%s is closing",
			       l->top ? l->top->ops->name : "the ladder");
	if (into && (into->state == RUNG_CLOSING || into->state == RUNG_CLOSED))
		return err_set(e, ERR_CLOSED, 0, "%s is closed",
			       into->ops->name);
	return 0;
}

int ladder_down(struct ladder *l, const struct unit *u, struct err *e)
{
	struct unit below = *u;
	struct rung *into = target_of(l, u);
	/* UNIT_RAW bypasses the top rung only: the rung below reads the unit
	 * like any other. */
	below.flags &= ~(unsigned)UNIT_RAW;
	if (l->sent_end && is_end(u))
		return 0;
	if (check_sending(l, into, e))
		return -1;
	int status = l->work ? queue_or_send(l, into, &below, e)
			     : enter_down(l, into, &below, e);
	l->sent_end |= !status && u->flags & UNIT_END;
	return status;
}

const struct rung *ladder_target(const struct ladder *l, const struct unit *u)
{
	return target_of(l, u);
}

size_t ladder_queued(const struct ladder *l)
{
	return l->work ? l->work->pending.bytes + l->work->outgoing.bytes : 0;
}
