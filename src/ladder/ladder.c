/* SPDX-License-Identifier: ISC */
/*
 * The ladder: pushes and pops rungs, and passes units from rung to rung.
 */
#include "rung/ladder.h"

#include <assert.h>
#include <stdlib.h>

/* A queued unit; its bytes follow the struct. */
struct queued {
	struct list at;
	struct rung *into; /* the rung that it enters; NULL: the link */
	struct account *account;
	bool refusal_reported; /* undeliverable() was called */
	struct unit unit;
	uint8_t bytes[];
};

void ladder_init(struct ladder *l, enum shape base,
		 const struct ladder_sink *sink)
{
	*l = (struct ladder){.sink = sink, .base = base};
	list_init(&l->pending.units);
	list_init(&l->outgoing.units);
}

static void queue_remove(struct unit_queue *w, struct queued *h)
{
	list_remove(&h->at);
	w->bytes -= h->unit.data.len;
	account_release(h->account, sizeof *h + h->unit.data.len);
	free(h);
}

static void let_all_go(struct unit_queue *w)
{
	list_each (link, &w->units)
		queue_remove(w, list_entry(link, struct queued, at));
}

void ladder_fini(struct ladder *l)
{
	while (l->top) {
		struct rung *r = l->top;
		l->top = r->below;
		r->ops->free(r);
	}
	l->bottom = NULL;
	let_all_go(&l->pending);
	let_all_go(&l->outgoing);
}

enum shape ladder_shape(const struct ladder *l)
{
	return l->top ? l->top->ops->above : l->base;
}

/* Passes the unit up to `r`, or to the sink if `r` is NULL. */
static int enter_up(struct ladder *l, struct rung *r, const struct unit *u,
		    struct err *e)
{
	if (!r) {
		l->sink->deliver(l, u);
		return 0;
	}
	if (r->state != RUNG_ENDED)
		return r->ops->up(r, u, e);
	struct unit raw = *u;
	raw.flags |= UNIT_RAW;
	r->bytes[DIR_UP] += u->data.len;
	return enter_up(l, r->above, &raw, e);
}

/* Queues a copy. Result: 0, or -1 and *e. */
static int ladder_keep(struct ladder *l, struct unit_queue *w,
		       struct rung *into, const struct unit *u, struct err *e)
{
	size_t n = u->data.len;
	if (n > LADDER_HELD_MAX - w->bytes)
		return err_set(e, ERR_LIMIT, 0,
			       "%zu bytes are already waiting for the %s%s",
			       w->bytes, into ? into->ops->name : "link",
			       into ? " rung to open" : " to have room");
	struct queued *h = malloc(sizeof *h + n);
	if (!h)
		return err_set(e, ERR_LIMIT, 0, "out of memory");
	h->into = into;
	h->account = l->account;
	account_charge(h->account, sizeof *h + n);
	h->refusal_reported = false;
	for (size_t i = 0; i < n; i++)
		h->bytes[i] = u->data.at[i];
	h->unit = *u;
	h->unit.data = bytes_of(h->bytes, n);
	h->unit.peer = NULL; /* lent for the call only */
	list_append(&w->units, &h->at);
	w->bytes += n;
	return 0;
}

static struct queued *first(const struct unit_queue *w)
{
	if (list_empty(&w->units))
		return NULL;
	return list_entry(w->units.next, struct queued, at);
}

/* Passes the unit to the link. Result: that of the sink's transmit(). */
static int transmit(struct ladder *l, const struct unit *u, struct err *e)
{
	int status = l->sink->transmit(l, u, e);
	if (!status)
		l->bytes[DIR_DOWN] += u->data.len;
	return status;
}

/* Passes the unit to the link. If the link is full or other units wait, queues
 * the unit if it can be made only once or has an end, else refuses it. */
static int transmit_or_queue(struct ladder *l, const struct unit *u,
			     struct err *e)
{
	int status = LADDER_FULL;
	if (!first(&l->outgoing))
		status = transmit(l, u, e);
	else
		err_set(e, ERR_LIMIT, 0,
			"%zu bytes are already waiting for the link",
			l->outgoing.bytes);
	if (status == LADDER_FULL && (l->once || u->flags & UNIT_END))
		return ladder_keep(l, &l->outgoing, NULL, u, e);
	return status ? -1 : 0;
}

static int enter_down(struct ladder *l, struct rung *r, const struct unit *u,
		      struct err *e)
{
	return r ? r->ops->down(r, u, e) : transmit_or_queue(l, u, e);
}

/* Reports a refusal; the unit stays queued. Result: -1 and *e. */
static int refused(struct ladder *l, struct queued *h, const struct err *why,
		   struct err *e)
{
	if (!h->refusal_reported && l->sink->undeliverable)
		l->sink->undeliverable(l, &h->unit, why);
	h->refusal_reported = true;
	return err_copy(e, why);
}

/* Passes the outgoing units to the link. Result: 0 if all were passed, else -1
 * and *e. */
static int send_outgoing(struct ladder *l, struct err *e)
{
	struct queued *h;
	struct err why;
	while ((h = first(&l->outgoing)) != NULL) {
		int status = transmit(l, &h->unit, &why);
		if (status == LADDER_FULL)
			return err_copy(e, &why);
		if (status)
			return refused(l, h, &why, e);
		queue_remove(&l->outgoing, h);
	}
	return 0;
}

static bool may_enter(const struct rung *r)
{
	return !r || r->state >= RUNG_OPEN;
}

/* Passes pending units down until one must wait for its rung to open. Result:
 * 0, or -1 and *e if a unit was refused. */
static int send_pending(struct ladder *l, struct err *e)
{
	struct queued *h;
	struct err why;
	while ((h = first(&l->pending)) != NULL && may_enter(h->into)) {
		l->once++;
		int status = enter_down(l, h->into, &h->unit, &why);
		l->once--;
		if (status)
			return refused(l, h, &why, e);
		queue_remove(&l->pending, h);
	}
	return 0;
}

/* Sends queued units on. Result: 0 if all units left wait only for a rung to
 * open, else -1 and *e. */
static int resume(struct ladder *l, struct err *e)
{
	if (l->resuming)
		return 0;
	l->resuming = true;
	int status = send_outgoing(l, e);
	/* `outgoing` has room for pending units even if the link has none. */
	status |= send_pending(l, status ? NULL : e);
	l->resuming = false;
	return status;
}

static int ladder_start(struct rung *r, struct err *e)
{
	r->state = RUNG_STARTING;
	if (!r->ops->start)
		return rung_opened(r, e);
	return r->ops->start(r, e);
}

static const char *const shape_words[] = {
    [SHAPE_BYTES] = "a stream of bytes",
    [SHAPE_DATAGRAMS] = "datagrams",
    [SHAPE_MESSAGES] = "messages",
};

int ladder_push(struct ladder *l, struct rung *r, struct err *e)
{
	enum shape shape = ladder_shape(l);
	if (r->ops->below != shape)
		return err_set(e, ERR_USAGE, 0, "%s needs %s, not %s",
			       r->ops->name, shape_words[r->ops->below],
			       shape_words[shape]);
	unsigned high = 0;
	for (const struct rung *at = l->bottom; at; at = at->above)
		high++;
	if (high >= LADDER_RUNGS_MAX)
		return err_set(e, ERR_LIMIT, 0, "a ladder has at most %u rungs",
			       LADDER_RUNGS_MAX);
	r->ladder = l;
	r->above = NULL;
	r->below = l->top;
	if (l->top)
		l->top->above = r;
	else
		l->bottom = r;
	l->top = r;
	if (r->below && r->below->state < RUNG_OPEN)
		return 0; /* rung_opened() of the rung below starts it */
	if (ladder_start(r, e) == 0)
		return 0;
	l->top = r->below;
	if (l->top)
		l->top->above = NULL;
	else
		l->bottom = NULL;
	return -1;
}

/* Discards the units pending for a rung that is removed. Returns the number of
 * bytes. */
static size_t discard_pending(struct ladder *l, const struct rung *r)
{
	size_t bytes = l->pending.bytes;
	list_each (link, &l->pending.units) {
		struct queued *h = list_entry(link, struct queued, at);
		if (h->into != r)
			continue;
		h->into = r->below;
		if (h->unit.data.len || !(h->unit.flags & UNIT_END))
			queue_remove(&l->pending, h);
	}
	return bytes - l->pending.bytes;
}

int ladder_pop(struct ladder *l, size_t *unsent, struct err *e)
{
	struct rung *r = l->top;
	if (!r)
		return err_set(e, ERR_USAGE, 0, "no rung to remove");
	ladder_resume(l);
	*unsent = discard_pending(l, r);
	l->top = r->below;
	if (l->top)
		l->top->above = NULL;
	else
		l->bottom = NULL;
	struct unit left = {.flags = 0};
	if (r->ops->leftover)
		left.data = r->ops->leftover(r);
	/* These bytes have already passed all rungs below: deliver them. */
	if (left.data.len)
		l->sink->deliver(l, &left);
	r->ops->free(r);
	/* Send on an end (UNIT_END) that was pending for the removed rung. */
	ladder_resume(l);
	return 0;
}

int ladder_up(struct ladder *l, const struct unit *u, struct err *e)
{
	l->bytes[DIR_UP] += u->data.len;
	return enter_up(l, l->bottom, u, e);
}

int ladder_feed(struct ladder *l, const struct unit *u, struct err *e)
{
	return enter_up(l, l->top, u, e);
}

static bool ends(const struct unit_queue *w)
{
	const struct list *last = w->units.prev;
	return last != &w->units &&
	       list_entry(last, struct queued, at)->unit.flags & UNIT_END;
}

int ladder_down(struct ladder *l, const struct unit *u, struct err *e)
{
	bool end = !u->data.len && u->flags & UNIT_END;
	if (ends(&l->pending) || ends(&l->outgoing))
		return end ? 0
			   : err_set(e, ERR_CLOSED, 0,
				     "sending side is shut down");
	int status = resume(l, e);
	if (!may_enter(l->top) || l->resuming || (status && end))
		return ladder_keep(l, &l->pending, l->top, u, e);
	return status ? -1 : enter_down(l, l->top, u, e);
}

void ladder_resume(struct ladder *l)
{
	(void)resume(l, NULL);
}

size_t ladder_queued(const struct ladder *l)
{
	return l->pending.bytes + l->outgoing.bytes;
}

static void count(struct rung *r, enum dir dir, const struct unit *u)
{
	struct ladder *l = r->ladder;
	r->bytes[dir] += u->data.len;
	if (l->sink->trace)
		l->sink->trace(l, r, dir, u);
}

int rung_pass_up(struct rung *r, const struct unit *u, struct err *e)
{
	count(r, DIR_UP, u);
	return enter_up(r->ladder, r->above, u, e);
}

int rung_pass_down(struct rung *r, const struct unit *u, struct err *e)
{
	int status = enter_down(r->ladder, r->below, u, e);
	/* A refused unit is passed again later, and counted then. */
	if (!status)
		count(r, DIR_DOWN, u);
	return status;
}

int rung_pass_down_once(struct rung *r, const struct unit *u, struct err *e)
{
	r->ladder->once++;
	int status = rung_pass_down(r, u, e);
	r->ladder->once--;
	return status;
}

int rung_opened(struct rung *r, struct err *e)
{
	assert(r->state == RUNG_STARTING);
	r->state = RUNG_OPEN;
	/* Resume before the rung above sends its greeting: the queued units
	 * came first. */
	ladder_resume(r->ladder);
	return r->above ? ladder_start(r->above, e) : 0;
}
