/* SPDX-License-Identifier: ISC */
/*
 * The ladder of an end whose scheme has rungs. The end keeps its transport;
 * ends.c passes received units to the ladder.
 */
#include "pipe_own.h"
#include "rung/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct end_rungs {
	struct ladder ladder;
	struct end *end;
	struct timer timer;
	bool accepting; /* end_link_accepted() runs */
};

static struct end_rungs *of(const struct ladder *l)
{
	return list_entry(l, struct end_rungs, ladder);
}

static struct loop *loop_of(const struct ladder *l)
{
	return of(l)->end->pair->pipe->net->loop;
}

/* Passes a unit to the flow. Discards raw bytes, which no rung has read. */
static void deliver(struct ladder *l, const struct unit *u)
{
	struct end *end = of(l)->end;
	if (end->pair->over || end->reads->ended)
		return;
	if (u->flags & UNIT_END)
		flow_end(end->reads);
	else if (!(u->flags & UNIT_RAW))
		flow_feed_message(end->reads, u);
}

static int transmit(struct ladder *l, const struct unit *u, struct err *e)
{
	struct transport *link = &of(l)->end->link;
	struct err why;
	if (transport_send(link, u, &why) == 0)
		return 0;
	bool full = transport_is_full(link, &why);
	err_copy(e, &why);
	return full ? LADDER_FULL : -1;
}

static bool wants_input(const struct ladder *l)
{
	return flow_wants_input(of(l)->end->reads);
}

/* A failure to write the key log does not end the connection. */
static void secret(struct ladder *l, struct bytes line)
{
	(void)keylog_put(of(l)->end->pair->pipe->keylog, line, NULL);
}

/* Opens the end if its link and its rungs are open. */
static bool open_end(struct end *end)
{
	if (end->opened || end->link.state != LINK_OPEN ||
	    ladder_is_opening(&end->rungs->ladder))
		return false;
	end->opened = true;
	return true;
}

static void lost(struct end *end, const struct err *e)
{
	struct err why;
	err_set(&why, e->kind, e->code, "%.120s: %s", end->name, e->text);
	pair_lost(end, &why);
}

static void ladder_changed(struct ladder *l, enum ladder_change what,
			   const struct rung *r, const struct err *e)
{
	struct end_rungs *rungs = of(l);
	struct end *end = rungs->end;
	(void)r;
	if (end->pair->over)
		return;
	switch (what) {
	case LADDER_OPENED:
		if (!rungs->accepting && open_end(end))
			pair_opened(end);
		break;
	case LADDER_FAILED:
	case LADDER_ENDED:
		if (e)
			lost(end, e);
		break;
	case LADDER_RESHAPED:
		end->messages = ladder_shape(l) != SHAPE_BYTES;
		break;
	case LADDER_CLOSED:
		break;
	}
}

static void undeliverable(struct ladder *l, const struct unit *u,
			  const struct err *why)
{
	(void)u;
	if (!of(l)->end->pair->over)
		lost(of(l)->end, why);
}

static void timer_fires(struct timer *t)
{
	ladder_fire(&list_entry(t, struct end_rungs, timer)->ladder);
}

static void arm(struct ladder *l, uint64_t due)
{
	if (due)
		loop_arm(loop_of(l), &of(l)->timer, due);
	else
		loop_disarm(loop_of(l), &of(l)->timer);
}

static uint64_t now(const struct ladder *l)
{
	return loop_now(loop_of(l));
}

static void fill_random(struct ladder *l, void *at, size_t n)
{
	(void)l;
	random_bytes(at, n);
}

static bool reads(const struct ladder *l)
{
	return end_wants_input(of(l)->end);
}

static bool fact(const struct ladder *l, const char *name, struct bytes *value)
{
	const struct endpoint *at = of(l)->end->at;
	if (!at || (strcmp(name, "host") != 0 && strcmp(name, "port") != 0))
		return false;
	*value = bytes_str(strcmp(name, "host") == 0 ? at->host : at->port);
	return true;
}

static const struct ladder_sink ladder_sink = {
    .deliver = deliver,
    .transmit = transmit,
    .wants_input = wants_input,
    .secret = secret,
    .changed = ladder_changed,
    .undeliverable = undeliverable,
    .arm = arm,
    .now = now,
    .random = fill_random,
    .reads = reads,
    .fact = fact,
};

/* Divides the stream of standard input and output into messages. */
static void divide(struct end *end)
{
	const struct pipe_options *o = end->pair->pipe->o;
	if (ladder_shape(&end->rungs->ladder) != SHAPE_MESSAGES ||
	    o->has_addr2 || o->binary)
		return;
	end->reads->divides = end->writes->divides = true;
	end->reads->divider = end->writes->divider = o->nul ? '\0' : '\n';
	end->writes->held.limit = LINE_MAX_BYTES + CHUNK;
}

int end_climb(struct end *end, enum shape link, struct rung_plan *plan,
	      struct err *e)
{
	if (!plan || !plan->count)
		return 0;
	struct end_rungs *rungs = xalloc(sizeof *rungs);
	rungs->end = end;
	rungs->timer.fire = timer_fires;
	ladder_init(&rungs->ladder, link, &ladder_sink);
	rungs->ladder.opening = true;
	end->rungs = rungs;
	if (rung_plan_push(plan, &rungs->ladder, e))
		return -1;
	end->linked = true;
	end->messages = ladder_shape(&rungs->ladder) != SHAPE_BYTES;
	end->reply_to = &end->link;
	/* A rung may pass up a unit that is longer than what it received. */
	end->reads->held.limit = SIZE_MAX / 8;
	divide(end);
	ladder_start(&rungs->ladder, 0);
	return 0;
}

void end_link_opened(struct end *end)
{
	ladder_link_opened(&end->rungs->ladder);
	if (!end->pair->over && open_end(end))
		pair_opened(end);
}

void end_link_accepted(struct end *end)
{
	end->rungs->accepting = true;
	ladder_link_opened(&end->rungs->ladder);
	end->rungs->accepting = false;
	if (!end->pair->over)
		(void)open_end(end);
}

void end_up(struct end *end, const struct unit *u)
{
	ladder_up(&end->rungs->ladder, u);
}

bool end_wants_input(const struct end *end)
{
	return flow_wants_input(end->reads) &&
	       !(end->rungs && ladder_is_blocked(&end->rungs->ladder));
}

void end_link_drained(struct end *end)
{
	if (end->rungs)
		ladder_resume(&end->rungs->ladder);
}

void end_unblock(struct end *end)
{
	if (end->rungs)
		ladder_unblock(&end->rungs->ladder);
}

int end_send(struct end *end, const struct unit *u, struct err *e)
{
	return end->rungs ? ladder_down(&end->rungs->ladder, u, e)
			  : transport_send(end->reply_to, u, e);
}

size_t end_queued(const struct end *end)
{
	size_t n = end->reply_to ? transport_queued(end->reply_to) : 0;
	return end->rungs ? n + ladder_queued(&end->rungs->ladder) : n;
}

int end_half_rungs(struct end *end)
{
	const struct unit last = {.flags = UNIT_END};
	struct err e;
	/* A rung without half-close rejects the end with ERR_USAGE, which is
	 * not a failure. */
	if (end_send(end, &last, &e) == 0 || e.kind == ERR_USAGE)
		return 0;
	return e.code ? e.code : EPIPE;
}

size_t end_message_max(const struct end *end)
{
	size_t n = end->rungs->ladder.top->max_message;
	return n && n < CHUNK ? n : CHUNK;
}

void end_timeout_error(const struct end *end, uint64_t within, struct err *e)
{
	const struct rung *r = end->rungs
				   ? ladder_opening_rung(&end->rungs->ladder)
				   : NULL;
	struct buf time = {.limit = BUF_SMALL};
	if (end->link.state != LINK_OPEN || !r) {
		transport_timeout_error(&end->link, end->name, within, e);
		return;
	}
	print_duration(within, &time);
	err_set(e, ERR_CONNECT_TIMEOUT, 0,
		"%.120s: connected, but %s did not open within %s", end->name,
		r->ops->name, buf_cstr(&time));
	buf_fini(&time);
}

void end_rungs_close(struct end *end, bool reset)
{
	const struct close_request request = {.code = 0};
	struct end_rungs *rungs = end->rungs;
	if (!rungs)
		return;
	/* Goodbyes go to the kernel at once; the pipe waits for no answer. */
	if (!reset && end->link.state == LINK_OPEN &&
	    !ladder_is_closing(&rungs->ladder))
		ladder_close(&rungs->ladder, NULL, &request, 0);
	loop_disarm(loop_of(&rungs->ladder), &rungs->timer);
}

void end_rungs_free(struct end *end)
{
	if (!end->rungs)
		return;
	loop_disarm(loop_of(&end->rungs->ladder), &end->rungs->timer);
	ladder_fini(&end->rungs->ladder);
	free(end->rungs);
	end->rungs = NULL;
}
