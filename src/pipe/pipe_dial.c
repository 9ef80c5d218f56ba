/* SPDX-License-Identifier: ISC */
/*
 * Who is dialled, and when: both ends at once, but a command after the other.
 */
#include "pipe_own.h"

/* A command is not started before there is somebody for it to talk with. */
static bool is_late(const struct endpoint *it, const struct endpoint *other)
{
	return it->ops->runs && !other->ops->runs;
}

/* The other end's, if it has waited for this one. */
static void dial_late(struct end *end)
{
	struct pair *pair = end->pair;
	const struct pipe_options *o = pair->pipe->o;
	bool is_near = end == &pair->near;
	struct serving serves;
	struct err e;

	if (!o->has_addr2 || o->listens ||
	    !is_late(is_near ? &o->to : &o->at, is_near ? &o->at : &o->to))
		return;
	serves = serving_of(&end->link, end->in, &end->link.peer);
	if (end_dial(is_near ? &pair->far : &pair->near,
		     is_near ? &o->to : &o->at, &serves, &e))
		pair_end(pair, &e);
}

void pair_opened(struct end *end)
{
	dial_late(end);
	pair_begin(end->pair);
}

/* Whether something is to be put in order that a signal would leave. */
static bool leaves_much(const struct pipe_options *o)
{
	return o->at.ops->runs || (o->has_addr2 && o->to.ops->runs) ||
	       (o->from && o->from->ops->family == AF_UNIX);
}

int pipe_dial(struct pipe *pipe, struct err *e)
{
	struct pair *pair = pair_new(pipe);
	const struct pipe_options *o = pipe->o;

	if (leaves_much(o) && pipe_trap(pipe, e))
		return -1;
	if (!o->has_addr2) {
		end_standard(&pair->near);
		return end_dial(&pair->far, &o->at, NULL, e);
	}
	if (!is_late(&o->at, &o->to) && end_dial(&pair->near, &o->at, NULL, e))
		return -1;
	return is_late(&o->to, &o->at) ? 0
				       : end_dial(&pair->far, &o->to, NULL, e);
}
