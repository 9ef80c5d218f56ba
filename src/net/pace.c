/* SPDX-License-Identifier: ISC */
/*
 * Paced links: what is sent on them leaves in small pieces, one a period.
 */
#include "net_own.h"

#include <stdlib.h>

struct pace {
	struct list at; /* in net->paces */
	struct transport *link;
	struct timer timer; /* the end of the period */
	uint64_t period;    /* ns */
	size_t most;        /* bytes of a period */
	size_t left;        /* bytes that may be sent before its end */
};

static struct pace *pace_of(const struct transport *t)
{
	list_each (link, &t->net->paces) {
		struct pace *p = list_entry(link, struct pace, at);
		if (p->link == t)
			return p;
	}
	return NULL;
}

static void period_ends(struct timer *timer)
{
	struct pace *p = list_entry(timer, struct pace, timer);
	p->left = p->most;
	loop_touch(p->link->net->loop, &p->link->watch);
}

void transport_pace(struct transport *t, size_t bytes, uint64_t period)
{
	struct pace *p = t->paced ? pace_of(t) : NULL;
	if (!bytes || !period) {
		pace_end(t);
		return;
	}
	if (!p) {
		p = xalloc(sizeof *p);
		p->link = t;
		p->timer.fire = period_ends;
		list_append(&t->net->paces, &p->at);
	}
	t->paced = true;
	p->period = period;
	p->most = p->left = bytes;
}

void pace_end(struct transport *t)
{
	struct pace *p = t->paced ? pace_of(t) : NULL;
	t->paced = false;
	if (!p)
		return;
	loop_disarm(t->net->loop, &p->timer);
	list_remove(&p->at);
	free(p);
	if (t->state == LINK_OPEN && t->watch.fd >= 0)
		loop_touch(t->net->loop, &t->watch);
}

bool pace_waits(const struct transport *t)
{
	return t->paced && pace_of(t)->left == 0;
}

enum rio pace_flush(struct transport *t)
{
	struct pace *p = pace_of(t);
	struct loop *loop = t->net->loop;
	if (rio_queued(&t->out) && !p->left)
		return RIO_WAIT;
	size_t before = rio_queued(&t->out);
	enum rio r = rio_drain_some(&t->out, t->watch.fd, p->left);
	p->left -= before - rio_queued(&t->out);
	if (!p->left && !loop_armed(&p->timer))
		loop_arm(loop, &p->timer, loop_now(loop) + p->period);
	return r;
}
