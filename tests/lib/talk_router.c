/* SPDX-License-Identifier: ISC */
/*
 * Implements talk_serve(): the router of a listener, which finds the
 * conversation of a new carrier by the id in the carrier's first message.
 */
#include "talks_own.h"

#include "tests/lib/plans.h"

#include <assert.h>
#include <stdlib.h>

static void notify_router(struct waiter *w)
{
	struct talk_router *r = list_entry(w, struct tie, waiter)->router;
	struct loop *loop = r->listener->hub->loop;

	loop_arm(loop, &r->work, loop_now(loop));
}

static struct talk *find_talk(const struct talk_router *r, uint64_t id)
{
	list_each (link, &r->talks) {
		struct talk *t = list_entry(link, struct talk, at);

		if (t->id == id)
			return t;
	}
	return NULL;
}

static struct talk *new_talk(struct talk_router *r, const struct tie *tie)
{
	struct talk *t = talk_new();
	struct host_options options = {
	    .row = &talk_row,
	    .carrier = &talk_ops,
	    .context = t,
	    .parent = r->listener,
	    .peer = &carrier_of(tie)->link.peer,
	    .plan = r->above,
	};

	t->router = r;
	talk_set_number(t, ++r->last_id);
	t->session = hub_host(r->listener->hub, &options, NULL);
	if (!t->session) {
		talk_free(t);
		return NULL;
	}
	list_append(&r->talks, &t->at);
	return t;
}

static void refuse(struct tie *tie)
{
	(void)put_line(tie, 'X', 0, 0);
	session_close(carrier_of(tie), CLOSE_NOW, NULL);
	tie_free(tie);
}

/* Reads a carrier's greeting and gives the carrier to the conversation. */
static void route(struct talk_router *r, struct tie *tie)
{
	struct session *s = carrier_of(tie);
	struct bytes text;
	struct talk *t;
	uint64_t id, seen;
	bool whole;

	if (!inbox_front(&s->inbox, &text, &whole)) {
		if (inbox_ended(&s->inbox))
			tie_free(tie);
		return;
	}
	if (!text.len || text.at[0] != 'H') {
		refuse(tie);
		return;
	}
	id = number_of(bytes_skip(text, 1), &text);
	seen = number_of(text, &text);
	inbox_pop(&s->inbox);
	t = id ? find_talk(r, id) : new_talk(r, tie);
	if (!t) {
		refuse(tie);
		return;
	}
	tie_to(tie, t);
	hub_add_carrier(s, t->session);
	(void)put_line(tie, 'I', t->id, t->seen);
	talk_mark(t);
	make_current(t, tie, seen);
}

static void router_work(struct timer *timer)
{
	struct talk_router *r = list_entry(timer, struct talk_router, work);

	list_each (link, &r->ties)
		route(r, list_entry(link, struct tie, at));
}

static void accepted(struct router *router, struct session *carrier)
{
	struct talk_router *r = list_entry(router, struct talk_router, router);
	struct tie *tie = tie_new(carrier);

	tie->router = r;
	tie->waiter.notify = notify_router;
	list_append(&r->ties, &tie->at);
}

static void freed(struct router *router)
{
	struct talk_router *r = list_entry(router, struct talk_router, router);

	while (!list_empty(&r->ties))
		tie_free(list_entry(r->ties.next, struct tie, at));
	loop_disarm(r->listener->hub->loop, &r->work);
	list_each (link, &r->talks)
		list_remove(link);
	rung_plan_unref(r->above);
	free(r);
}

void talk_serve(struct session *listener, struct rung_plan *above)
{
	struct talk_router *r = xalloc(sizeof(*r));
	struct rung_plan *frames = plan_of_frame("u32be", NULL, NULL);
	int status = hub_route(listener, &r->router, NULL);

	assert(!status);
	status = session_set_plan(listener, frames, NULL);
	assert(!status);
	rung_plan_unref(frames);
	r->router.accepted = accepted;
	r->router.freed = freed;
	r->listener = listener;
	r->above = above ? rung_plan_ref(above) : NULL;
	r->work.fire = router_work;
	list_init(&r->ties);
	list_init(&r->talks);
}
