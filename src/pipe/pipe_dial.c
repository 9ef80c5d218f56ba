/* SPDX-License-Identifier: ISC */
/*
 * Connects both ends of a pipe at once, but starts a command only after the
 * other end is open.
 */
#include "pipe_own.h"

/* Returns true if `it` is a command and `other` is not: the command then starts
 * after the other end is open. */
static bool waits_for_other(const struct endpoint *it,
			    const struct endpoint *other)
{
	return it->ops->runs && !other->ops->runs;
}

/* Starts the command at the other end, if it was waiting for `end` to open. */
static void dial_waiting(struct end *end)
{
	struct pair *pair = end->pair;
	const struct pipe_options *o = pair->pipe->o;
	bool is_near = end == &pair->near;
	struct serving serves;
	struct err e;

	if (!o->has_addr2 || o->listens ||
	    !waits_for_other(is_near ? &o->to : &o->at,
			     is_near ? &o->at : &o->to))
		return;
	serves = serving_of(&end->link, end->in, &end->link.peer);
	if (end_dial(is_near ? &pair->far : &pair->near,
		     is_near ? &o->to : &o->at, &serves, &e))
		pair_end(pair, &e);
}

void pair_opened(struct end *end)
{
	dial_waiting(end);
	pair_begin(end->pair);
}

/* Returns true if a signal would leave a command or a socket's path behind. */
static bool needs_cleanup(const struct pipe_options *o)
{
	return o->at.ops->runs || (o->has_addr2 && o->to.ops->runs) ||
	       (o->from && o->from->ops->family == AF_UNIX);
}

int pipe_dial(struct pipe *pipe, struct err *e)
{
	struct pair *pair = pair_new(pipe);
	const struct pipe_options *o = pipe->o;

	if (needs_cleanup(o) && pipe_trap(pipe, e))
		return -1;
	if (!o->has_addr2) {
		end_standard(&pair->near);
		return end_dial(&pair->far, &o->at, NULL, e);
	}
	if (!waits_for_other(&o->at, &o->to) &&
	    end_dial(&pair->near, &o->at, NULL, e))
		return -1;
	return waits_for_other(&o->to, &o->at)
		   ? 0
		   : end_dial(&pair->far, &o->to, NULL, e);
}
