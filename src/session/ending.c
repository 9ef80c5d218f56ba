/* SPDX-License-Identifier: ISC */
/*
 * Closes sessions: the rungs say goodbye, the queue is flushed, then the link
 * is closed. ladder_owner.c receives what the ladder reports, hub.c frees
 * closed sessions.
 */
#include "session_own.h"

#include <stdlib.h>

static const struct close_request in_order;

static uint64_t after(const struct session *s, uint64_t ns)
{
	return loop_now(s->hub->loop) + ns;
}

bool session_says_goodbye(const struct session *s)
{
	for (const struct rung *r = s->ladder.top; r; r = r->below)
		if (r->ops->close && r->state >= RUNG_OPEN &&
		    r->state != RUNG_CLOSED)
			return s->link.state == LINK_OPEN;
	return false;
}

/* Closes the link after its queue is flushed, unless a rung has data queued. */
static void close_if_flushed(struct session *s)
{
	if (ladder_queued(&s->ladder))
		return;
	if (transport_queued(&s->link))
		s->link.close_when_flushed = true;
	else
		transport_close(&s->link, false);
}

static void close_failed(struct session *s)
{
	struct err *why = s->work->failed;
	s->work->failed = NULL;
	if (transport_is_hosted(&s->link))
		transport_hosted_failed(&s->link, why);
	else
		session_close(s, CLOSE_NOW, NULL);
	free(why);
}

static void session_step_fires(struct timer *t)
{
	struct session_work *w = list_entry(t, struct session_work, step);
	struct session *s = w->session;
	if (w->failed)
		close_failed(s);
	if (ladder_is_closing(&s->ladder))
		return;
	if (w->descending) {
		w->descending = false;
		session_pop(s);
	}
	if (s->closing && s->link.state == LINK_OPEN)
		close_if_flushed(s);
}

static void closing_timed_out(struct timer *t)
{
	struct session_work *w = list_entry(t, struct session_work, late);
	transport_close(&w->session->link, false);
}

static void ladder_timer(struct timer *t)
{
	struct session_work *w = list_entry(t, struct session_work, timer);
	ladder_fire(&w->session->ladder);
	session_pass_on(w->session);
	session_end_inbox(w->session);
}

struct session_work *session_work(struct session *s)
{
	if (s->work)
		return s->work;
	s->work = xalloc(sizeof *s->work);
	s->work->session = s;
	s->work->exposed = (struct buf){.limit = SIZE_MAX / 8,
					.account = &s->account};
	s->work->timer.fire = ladder_timer;
	s->work->step.fire = session_step_fires;
	s->work->late.fire = closing_timed_out;
	return s->work;
}

void session_free_work(struct session *s)
{
	if (!s->work)
		return;
	loop_disarm(s->hub->loop, &s->work->timer);
	loop_disarm(s->hub->loop, &s->work->step);
	loop_disarm(s->hub->loop, &s->work->late);
	control_ring_free(s->work->controls, &s->account);
	free(s->work->failed);
	buf_fini(&s->work->exposed);
	free(s->work);
	s->work = NULL;
}

void session_step(struct session *s)
{
	loop_arm(s->hub->loop, &session_work(s)->step, after(s, 0));
}

void session_fail(struct session *s, const struct err *why)
{
	struct session_work *w = session_work(s);
	if (!w->failed)
		w->failed = xalloc(sizeof *w->failed);
	*w->failed = *why;
	session_step(s);
}

void session_close(struct session *s, enum close_mode mode,
		   const struct close_request *request)
{
	if (!request)
		request = &in_order;
	if (mode == CLOSE_RESET || !session_says_goodbye(s)) {
		transport_close(&s->link, mode == CLOSE_RESET);
		return;
	}
	if (mode == CLOSE_NOW) {
		ladder_close(&s->ladder, NULL, request, 0);
		transport_close(&s->link, false);
		return;
	}
	if (s->closing)
		return;
	uint64_t due = after(s, s->hub->close_timeout);
	s->closing = true;
	loop_arm(s->hub->loop, &session_work(s)->late, due);
	ladder_close(&s->ladder, NULL, request, due);
	session_step(s);
	session_publish_state(s, EVENT_STATE);
	session_poke(s);
}

bool hub_says_goodbyes(struct hub *h)
{
	bool waits = false;
	list_each (link, &h->sessions) {
		struct session *s = list_entry(link, struct session, at);
		if (session_says_goodbye(s))
			session_close(s, CLOSE_ORDERLY, NULL);
		waits |= session_is_closing(s);
	}
	return waits;
}

bool session_close_when_flushed(struct session *s)
{
	if (s->link.state != LINK_OPEN || !transport_queued(&s->link))
		return false;
	s->link.close_when_flushed = true;
	return true;
}

bool session_is_flushing(const struct session *s)
{
	return s->link.close_when_flushed;
}

bool session_is_closing(const struct session *s)
{
	return s->closing && s->link.state != LINK_CLOSED;
}

int session_descend(struct session *s, const struct close_request *request,
		    struct err *e)
{
	struct rung *r = s->ladder.top;
	if (!r)
		return err_set(e, ERR_USAGE, 0, "%s: no rung to remove",
			       s->name);
	if (ladder_is_closing(&s->ladder))
		return err_set(e, ERR_CLOSED, 0, "%s: %s is closing", s->name,
			       r->ops->name);
	bool waits = r->ops->close && s->link.state == LINK_OPEN;
	if (!waits)
		return session_pop_now(s, e);
	session_work(s)->descending = true;
	ladder_close(&s->ladder, r, request ? request : &in_order,
		     after(s, s->hub->close_timeout));
	session_step(s);
	return 0;
}

bool session_is_descending(const struct session *s)
{
	return s->work && s->work->descending;
}
