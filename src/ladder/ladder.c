/* SPDX-License-Identifier: ISC */
/*
 * The states of a ladder's rungs, from push to pop, and their deadlines. pass.c
 * passes units through the rungs.
 */
#include "ladder_own.h"

#include "rung/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void ladder_init(struct ladder *l, enum shape base,
		 const struct ladder_sink *sink)
{
	*l = (struct ladder){.sink = sink, .base = (uint8_t)base};
}

struct ladder_work *ladder_work(struct ladder *l)
{
	if (l->work)
		return l->work;
	l->work = xalloc(sizeof *l->work);
	list_init(&l->work->pending.units);
	list_init(&l->work->outgoing.units);
	if (l->sink->account)
		l->work->account = l->sink->account(l);
	return l->work;
}

static void rung_free(struct rung *r)
{
	struct rung_plan *plan = r->plan;
	buf_fini(&r->held);
	r->ops->free(r);
	rung_plan_unref(plan);
}

void ladder_fini(struct ladder *l)
{
	while (l->top) {
		struct rung *r = l->top;
		l->top = r->below;
		rung_free(r);
	}
	l->bottom = NULL;
	if (l->work)
		ladder_discard_queues(l->work);
	free(l->work);
	l->work = NULL;
}

enum shape ladder_shape(const struct ladder *l)
{
	return (enum shape)(l->top ? l->top->shape : l->base);
}

static const char *const shape_words[] = {
    [SHAPE_BYTES] = "a stream of bytes",
    [SHAPE_DATAGRAMS] = "datagrams",
    [SHAPE_MESSAGES] = "messages",
};

static int check_fit(const struct ladder *l, const struct rung *r,
		     struct err *e)
{
	const struct rung_ops *ops = r->ops;
	enum shape shape = ladder_shape(l);
	unsigned high = 0;
	if (ops->on && (!l->top || strcmp(l->top->ops->name, ops->on) != 0))
		return err_set(e, ERR_USAGE, 0, "%s needs %s below, not %s",
			       ops->name, ops->on,
			       l->top ? l->top->ops->name : "the link");
	if (ops->below != shape)
		return err_set(e, ERR_USAGE, 0, "%s needs %s, not %s",
			       ops->name, shape_words[ops->below],
			       shape_words[shape]);
	if (l->top && l->top->state >= RUNG_CLOSING)
		return err_set(e, ERR_USAGE, 0,
			       "%s cannot stand on %s, which is "
			       "closing or has ended",
			       ops->name, l->top->ops->name);
	for (const struct rung *at = l->bottom; at; at = at->above)
		high++;
	if (high >= LADDER_RUNGS_MAX)
		return err_set(e, ERR_LIMIT, 0, "a ladder has at most %u rungs",
			       LADDER_RUNGS_MAX);
	return 0;
}

int ladder_push(struct ladder *l, struct rung *r, struct err *e)
{
	if (check_fit(l, r, e))
		return -1;
	ladder_work(l);
	r->ladder = l;
	r->shape = (uint8_t)r->ops->above;
	r->above = NULL;
	r->below = l->top;
	r->serial = ++l->pushed;
	r->received = (l->top ? l->top->bytes : l->bytes)[DIR_UP];
	r->span[DIR_UP].to = r->received;
	if (l->top)
		l->top->above = r;
	else
		l->bottom = r;
	l->top = r;
	return 0;
}

static void changed(struct ladder *l, enum ladder_change what,
		    const struct rung *r, const struct err *e)
{
	if (l->sink->changed)
		l->sink->changed(l, what, r, e);
}

static struct rung *lowest_unopened(const struct ladder *l)
{
	struct rung *r = l->bottom;
	while (r && r->state >= RUNG_OPEN)
		r = r->above;
	return r;
}

/* Starts the lowest new rung if everything below is open. */
static void start_next(struct ladder *l)
{
	struct rung *r = lowest_unopened(l);
	if (!r || r->state != RUNG_NEW || (r->ops->start && l->opening))
		return;
	r->state = RUNG_STARTING;
	if (r->ops->start)
		r->ops->start(r);
	else
		rung_opened(r);
}

void ladder_start(struct ladder *l, uint64_t deadline)
{
	if (!ladder_is_opening(l))
		return;
	l->work->start_due = deadline;
	start_next(l);
	ladder_arm(l);
}

void ladder_link_opened(struct ladder *l)
{
	l->opening = false;
	start_next(l);
}

void rung_opened(struct rung *r)
{
	struct ladder *l = r->ladder;
	if (r->state > RUNG_OPEN)
		return;
	assert(r->state == RUNG_STARTING);
	r->state = RUNG_OPEN;
	r->opened = true;
	/* Resume before the rung above sends its greeting: the queued units
	 * came first. */
	ladder_resume(l);
	if (r->state != RUNG_OPEN)
		return;
	if (r->above) {
		start_next(l);
		return;
	}
	l->work->start_due = 0;
	ladder_arm(l);
	changed(l, LADDER_OPENED, r, NULL);
}

const struct rung *ladder_opening_rung(const struct ladder *l)
{
	return lowest_unopened(l);
}

bool ladder_is_opening(const struct ladder *l)
{
	return lowest_unopened(l) != NULL;
}

bool ladder_is_closing(const struct ladder *l)
{
	return l->work && l->work->closing;
}

/* Closes the rung, and passes up its kept bytes before later bytes bypass it. A
 * blocked rung keeps its bytes until resume_rung(). */
static void set_closed(struct rung *r)
{
	r->state = RUNG_CLOSED;
	r->due = 0;
	if (!r->blocked)
		ladder_drain(r);
}

/* Closes one rung. Result: false if the rung waits for its peer. */
static bool close_rung(struct ladder_work *w, struct rung *r)
{
	bool silent = !r->ops->close || w->request.abrupt ||
		      r->state < RUNG_OPEN;
	if (r->state == RUNG_CLOSED)
		return true;
	if (r->state == RUNG_CLOSING)
		return false;
	/* A rung that ended reads no answer: it does not become CLOSING. */
	if (r->state == RUNG_OPEN && !silent)
		r->state = RUNG_CLOSING;
	if (!silent)
		r->ops->close(r, &w->request);
	if (r->state == RUNG_CLOSING)
		return false;
	set_closed(r);
	return true;
}

static void closing_done(struct ladder *l, const struct rung *through)
{
	const char *silent = l->work->silent;
	struct err e;
	l->work->closing = false;
	l->work->close_due = 0;
	l->work->silent = NULL;
	ladder_arm(l);
	if (silent)
		err_set(&e, ERR_CLOSED, 0,
			"%s: the peer did not answer the close", silent);
	changed(l, LADDER_CLOSED, through, silent ? &e : NULL);
}

/* Closes one rung after the other until one has to wait for its peer. */
static void close_next(struct ladder *l)
{
	struct ladder_work *w = l->work;
	struct rung *r = l->top;
	if (w->stepping)
		return;
	w->stepping = true;
	while (r && close_rung(w, r) && r != w->through)
		r = r->below;
	w->stepping = false;
	if (!r || r->state != RUNG_CLOSING)
		closing_done(l, w->through);
}

void ladder_close(struct ladder *l, struct rung *through,
		  const struct close_request *request, uint64_t deadline)
{
	struct ladder_work *w = ladder_work(l);
	struct bytes reason = bytes_head(request->reason, CLOSE_REASON_MAX);
	w->request = *request;
	if (reason.len)
		memcpy(w->reason, reason.at, reason.len);
	w->request.reason = bytes_of(w->reason, reason.len);
	w->through = through;
	w->closing = true;
	w->close_due = deadline;
	w->start_due = 0;
	close_next(l);
	ladder_arm(l);
}

void rung_closed(struct rung *r)
{
	if (r->state != RUNG_CLOSING)
		return;
	set_closed(r);
	ladder_arm(r->ladder);
	if (r->ladder->work->closing)
		close_next(r->ladder);
}

void rung_ended(struct rung *r, const struct err *how)
{
	struct unit end = {.flags = UNIT_END};
	struct err early;
	if (r->state == RUNG_ENDED || r->state == RUNG_CLOSED)
		return;
	if (r->state < RUNG_OPEN) {
		err_set(&early, ERR_CLOSED, 0,
			"%s: ended by the peer before it was open",
			r->ops->name);
		rung_fail(r, BYTES_NONE, how ? how : &early);
		rung_pass_up(r, &end);
		return;
	}
	/* A rung that is closing will still call rung_closed(). */
	if (r->state != RUNG_CLOSING) {
		r->state = RUNG_ENDED;
		r->due = 0;
		ladder_arm(r->ladder);
	}
	changed(r->ladder, LADDER_ENDED, r, how);
	rung_pass_up(r, &end);
	if (r->state == RUNG_ENDED)
		ladder_drain(r);
}

void rung_fail(struct rung *r, struct bytes rest, const struct err *why)
{
	struct ladder *l = r->ladder;
	struct unit end = {.flags = UNIT_END};
	bool ends = false;
	if (r->state == RUNG_ENDED || r->state == RUNG_CLOSED)
		return;
	for (struct rung *at = r; at; at = at->above) {
		at->state = RUNG_ENDED;
		at->blocked = false;
		at->due = 0;
		ends |= at->end_pending;
		at->end_pending = false;
	}
	bool was = ladder_passing(l);
	for (struct rung *at = l->top; at != r->below; at = at->below) {
		ladder_drain(at);
		if (at != r)
			ladder_release(at);
	}
	ladder_pass_raw(r, rest);
	ladder_release(r);
	l->work->start_due = 0;
	ladder_arm(l);
	changed(l, LADDER_FAILED, r, why);
	if (ends)
		rung_pass_up(r, &end);
	if (l->work->closing)
		close_next(l);
	/* Units pending for these rungs need not wait any longer. */
	ladder_resume(l);
	ladder_passed(l, was);
}

static void unlink_top(struct ladder *l)
{
	l->top = l->top->below;
	if (l->top)
		l->top->above = NULL;
	else
		l->bottom = NULL;
}

/* Continues to close the ladder without the removed rung. */
static void close_without(struct ladder *l, const struct rung *r)
{
	struct ladder_work *w = l->work;
	if (!w->closing)
		return;
	if (w->through != r) {
		close_next(l);
		return;
	}
	w->through = NULL;
	closing_done(l, r);
}

int ladder_pop(struct ladder *l, size_t *unsent, struct err *e)
{
	struct rung *r = l->top;
	struct unit left = {.flags = 0}, end = {.flags = UNIT_END};
	if (!r)
		return err_set(e, ERR_USAGE, 0, "no rung to remove");
	ladder_resume(l);
	*unsent = ladder_discard_pending(l, r);
	unlink_top(l);
	if (r->ops->leftover && !r->drained)
		left.data = r->ops->leftover(r);
	/* These bytes have already passed all rungs below: deliver them. */
	if (left.data.len)
		l->sink->deliver(l, &left);
	if (r->end_pending)
		l->sink->deliver(l, &end);
	ladder_release(r);
	close_without(l, r);
	rung_free(r);
	if (!ladder_is_opening(l))
		l->work->start_due = 0;
	ladder_arm(l);
	/* Pass on a UNIT_END that was pending for the removed rung. */
	ladder_resume(l);
	return 0;
}

void rung_reshape(struct rung *r, enum shape shape)
{
	r->shape = (uint8_t)shape;
	changed(r->ladder, LADDER_RESHAPED, r, NULL);
}

void rung_control(struct rung *r, enum dir dir, const struct unit *u)
{
	if (r->ladder->sink->control)
		r->ladder->sink->control(r->ladder, r, dir, u);
}

void rung_secret(struct rung *r, struct bytes line)
{
	if (r->ladder->sink->secret)
		r->ladder->sink->secret(r->ladder, line);
}

static uint64_t now(const struct ladder *l)
{
	return l->sink->now ? l->sink->now(l) : 0;
}

static void earlier(uint64_t *due, uint64_t other)
{
	if (other && (!*due || other < *due))
		*due = other;
}

void ladder_arm(struct ladder *l)
{
	struct ladder_work *w = l->work;
	uint64_t due = 0;
	if (!w)
		return;
	earlier(&due, w->start_due);
	earlier(&due, w->close_due);
	earlier(&due, w->unblock_due);
	for (const struct rung *r = l->bottom; r; r = r->above)
		earlier(&due, r->due);
	if (due == w->armed)
		return;
	w->armed = due;
	if (l->sink->arm)
		l->sink->arm(l, due);
}

/* Fails the lowest rung that has not opened. */
static void start_timed_out(struct ladder *l)
{
	struct rung *r = lowest_unopened(l);
	struct err e;
	if (!r)
		return;
	err_set(&e, ERR_CONNECT_TIMEOUT, 0, "%s: timed out opening",
		r->ops->name);
	rung_fail(r, BYTES_NONE, &e);
}

/* Closes the remaining rungs without waiting for their peers. */
static void close_timed_out(struct ladder *l)
{
	struct ladder_work *w = l->work;
	struct rung *r = l->top;
	w->stepping = true;
	for (; r; r = r->below) {
		if (r->state == RUNG_CLOSING)
			w->silent = r->ops->name;
		set_closed(r);
		if (r == w->through)
			break;
	}
	w->stepping = false;
	close_next(l);
}

void ladder_fire(struct ladder *l)
{
	struct ladder_work *w = l->work;
	uint64_t at = now(l);
	if (!w)
		return;
	bool was = ladder_passing(l);
	w->armed = 0;
	if (w->unblock_due) {
		w->unblock_due = 0;
		ladder_resume_rungs(l);
	}
	for (struct rung *r = l->bottom; r; r = r->above) {
		if (!r->due || r->due > at)
			continue;
		r->due = 0;
		r->ops->timer(r);
	}
	if (w->start_due && w->start_due <= at) {
		w->start_due = 0;
		start_timed_out(l);
	}
	if (w->close_due && w->close_due <= at)
		close_timed_out(l);
	ladder_arm(l);
	ladder_passed(l, was);
}

void rung_timer(struct rung *r, uint64_t due)
{
	if (r->state == RUNG_CLOSED || r->state == RUNG_ENDED)
		return;
	r->due = due;
	ladder_arm(r->ladder);
}

uint64_t rung_now(const struct rung *r)
{
	return now(r->ladder);
}

void rung_random(struct rung *r, void *at, size_t n)
{
	assert(r->ladder->sink->random);
	r->ladder->sink->random(r->ladder, at, n);
}

bool rung_reads(const struct rung *r)
{
	const struct ladder_sink *sink = r->ladder->sink;
	return !sink->reads || sink->reads(r->ladder);
}

bool rung_fact(const struct rung *r, const char *name, struct bytes *value)
{
	const struct ladder_sink *sink = r->ladder->sink;
	return sink->fact && sink->fact(r->ladder, name, value);
}

struct account *rung_account(const struct rung *r)
{
	return r->ladder->work->account;
}
