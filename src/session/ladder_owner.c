/* SPDX-License-Identifier: ISC */
/*
 * A session as the owner of its ladder: takes units at the top, passes units to
 * the link, and has the ladder's timer. climb.c changes the ladder.
 */
#include "session_own.h"

#include "rung/keylog.h"
#include "rung/random.h"
#include "rung/text.h"

#include <string.h>

static struct session *of_ladder(const struct ladder *l)
{
	return list_entry(l, struct session, ladder);
}

bool session_put(struct session *s, const struct unit *u)
{
	const struct rung *top = s->ladder.top;
	bool published = !s->reframing && !is_carrier(s);
	uint64_t number = published ? s->hub->messages : 0;
	struct bytes memo = BYTES_NONE;
	if (top && top->ops->memo && !(u->flags & UNIT_RAW))
		memo = top->ops->memo(top);
	bool put = inbox_put(&s->inbox, u, number, memo);
	if (!put)
		s->dropped += u->data.len;
	return put;
}

static void session_keep(struct session *s, const struct unit *u)
{
	if (session_yield(s, u->data.len) && !session_put(s, u))
		hub_notice(s->hub, s, false,
			   "out of memory: dropped %zu received bytes",
			   u->data.len);
}

bool session_is_exposed(const struct session *s)
{
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		if (r->ops->protects && r->state == RUNG_ENDED &&
		    (r->opened || !s->was_open))
			return true;
	return false;
}

/* Keeps data that follows the end of a rung. */
static void keep_exposed(struct session *s, const struct unit *u)
{
	if (buf_put(&session_work(s)->exposed, u->data) == 0)
		return;
	s->dropped += u->data.len;
	hub_notice(s->hub, s, false,
		   "out of memory: dropped %zu received bytes", u->data.len);
}

static void send_echo(struct session *s, const struct unit *u)
{
	struct err e;
	/* A rung that has ended may have ended the sending side, too. */
	if (session_send(s, u, &e) && e.kind != ERR_CLOSED)
		hub_notice(s->hub, s, false, "echo: %s", e.text);
}

/* Offers a published unit to the waiters, in their order. Result: true if a
 * waiter claims it. */
static bool is_claimed(struct session *s, const struct unit *u)
{
	list_each (link, &s->waiters) {
		struct waiter *w = list_entry(link, struct waiter, at);
		if (w->claims && w->claims(w, u, s->hub->messages))
			return true;
	}
	return false;
}

static void control(struct ladder *l, const struct rung *r, enum dir dir,
		    const struct unit *u)
{
	struct session *s = of_ladder(l);
	session_publish_message(s, r, dir, u);
	if (unit_is_step(u->kind))
		return;
	if (dir == DIR_UP && !is_claimed(s, u))
		control_ring_put(&session_work(s)->controls, &s->account, u,
				 s->hub->messages);
	session_poke(s);
}

static void secret(struct ladder *l, struct bytes line)
{
	struct session *s = of_ladder(l);
	struct err e;
	if (keylog_put(s->hub->keylog, line, &e))
		hub_notice(s->hub, s, false, "%s", e.text);
}

static void take_new(struct session *s, const struct unit *u)
{
	s->passed += (uint32_t)(u->data.len + sizeof(struct inbox_message));
	if (u->flags & UNIT_END) {
		inbox_end(&s->inbox);
		/* If the sending side is shut down too, EVENT_ENDED follows. */
		if (s->link.state == LINK_OPEN && !s->link.ended[DIR_DOWN])
			session_publish_state(s, EVENT_STATE);
		if (s->echo)
			(void)session_end(s, NULL);
	} else {
		session_publish_message(s, s->ladder.top, DIR_UP, u);
		if (u->flags & UNIT_RAW && session_is_exposed(s))
			keep_exposed(s, u);
		else if (is_claimed(s, u))
			session_work(s)->claimed += u->data.len;
		else if (s->echo)
			send_echo(s, u);
		else
			session_keep(s, u);
	}
	session_poke(s);
}

/* Takes the leftover of a removed rung: the part that was not published yet is
 * published after the change of the ladder. */
static void take_leftover(struct session *s, const struct unit *u)
{
	struct unit again = *u, rest = *u;
	size_t n = s->work->unshown < u->data.len
		       ? u->data.len - (size_t)s->work->unshown
		       : 0;
	again.data = bytes_head(u->data, n);
	rest.data = bytes_skip(u->data, n);
	if (n)
		session_take_again(s, &again);
	s->work->unshown = 0;
	s->reframing = false;
	session_publish_ladder(s);
	take_new(s, &rest);
	s->reframing = true;
}

static void delivered(struct ladder *l, const struct unit *u)
{
	struct session *s = of_ladder(l);
	if (s->reframing && s->work && s->work->unshown && u->data.len)
		take_leftover(s, u);
	else if (s->reframing)
		session_take_again(s, u);
	else
		take_new(s, u);
}

static int transmit(struct ladder *l, const struct unit *u, struct err *e)
{
	struct session *s = of_ladder(l);
	struct err why;
	/* With an empty queue the kernel may accept the bytes. An echo's bytes
	 * were already read, so they are queued even if memory is short. */
	if (!s->echo && transport_queued(&s->link) &&
	    !session_may_queue(s, u->data.len)) {
		err_set(e, ERR_LIMIT, 0,
			"not enough memory to queue %zu bytes (%zu queued); "
			"raise 'set memory'",
			u->data.len, transport_queued(&s->link));
		return LADDER_FULL;
	}
	if (transport_send(&s->link, u, &why) == 0)
		return 0;
	bool full = transport_is_full(&s->link, &why);
	err_copy(e, &why);
	return full ? LADDER_FULL : -1;
}

static void undeliverable(struct ladder *l, const struct unit *u,
			  const struct err *why)
{
	struct session *s = of_ladder(l);
	hub_notice(s->hub, s, false, "cannot send %zu queued byte%s: %s",
		   u->data.len, text_plural(u->data.len), why->text);
}

static bool wants_input(const struct ladder *l)
{
	struct session *s = of_ladder(l);
	if (session_may_pass_up(s))
		return true;
	/* The hub resumes the rung once memory is free. */
	session_starve(s);
	return false;
}

/* Publishes that the session is open, once the link and all rungs are open. */
static void session_opened(struct session *s)
{
	if (s->link.state != LINK_OPEN || ladder_is_opening(&s->ladder))
		return;
	bool first = !s->was_open;
	s->was_open = true;
	if (first || s->ladder.top->ops->start)
		session_publish_state(s, EVENT_STATE);
}

static void rung_has_failed(struct session *s, const struct rung *r,
			    const struct err *e)
{
	if (!r->ops->to_wire || !s->was_open || s->hub->close_on_error)
		session_set_outcome(s, r->ops, e);
	if (session_is_exposed(s))
		inbox_end(&s->inbox);
	if (s->was_open)
		session_rung_failed(s, e);
	/* Below a rung on a hosted link there are no bytes to read. */
	if (!s->was_open || transport_is_hosted(&s->link) ||
	    s->hub->close_on_error)
		session_fail(s, e);
}

/* Closes a session whose rung the peer has ended, if nothing else can end it:
 * datagrams have no end of their own. */
static void rung_has_ended(struct session *s, const struct rung *r,
			   const struct err *how)
{
	session_set_outcome(s, r->ops, how);
	if (s->link.state != LINK_OPEN || s->link.ops->shape != SHAPE_DATAGRAMS)
		return;
	transport_peer_left(&s->link);
	session_close(s, CLOSE_ORDERLY, NULL);
}

static void changed(struct ladder *l, enum ladder_change what,
		    const struct rung *r, const struct err *e)
{
	struct session *s = of_ladder(l);
	switch (what) {
	case LADDER_OPENED:
		session_opened(s);
		break;
	case LADDER_ENDED:
		rung_has_ended(s, r, e);
		break;
	case LADDER_FAILED:
		rung_has_failed(s, r, e);
		break;
	case LADDER_RESHAPED:
		if (r == l->top)
			inbox_reshape(&s->inbox, ladder_shape(l));
		break;
	case LADDER_CLOSED:
		if (e && session_is_descending(s))
			hub_notice(s->hub, s, false, "%s", e->text);
		if (s->closing || session_is_descending(s))
			session_step(s);
		break;
	}
	session_poke(s);
}

static void trace(struct ladder *l, const struct rung *r, enum dir dir,
		  const struct unit *u)
{
	const struct session *s = of_ladder(l);
	/* These units are in the log, and nothing reads them as a stream. */
	if (r && !r->above && r->ops->to_wire)
		return;
	struct trace_mark m = session_mark(s, r, dir);
	uint64_t to = (r ? r->bytes : l->bytes)[dir];
	trace_put(s->hub->trace, &m, (struct span){to - u->data.len, to},
		  u->data);
}

static void arm(struct ladder *l, uint64_t due)
{
	struct session *s = of_ladder(l);
	struct timer *timer = &session_work(s)->timer;
	if (due)
		loop_arm(s->hub->loop, timer, due);
	else
		loop_disarm(s->hub->loop, timer);
}

uint64_t session_claimed(const struct session *s)
{
	return s->work ? s->work->claimed : 0;
}

struct control_ring *session_control_ring(const struct session *s)
{
	return s->work ? s->work->controls : NULL;
}

static uint64_t now(const struct ladder *l)
{
	return loop_now(of_ladder(l)->hub->loop);
}

static void fill_random(struct ladder *l, void *at, size_t n)
{
	(void)l;
	random_bytes(at, n);
}

static bool link_reads(const struct ladder *l)
{
	const struct session *s = of_ladder(l);
	return s->link.sink->wants_input(&s->link);
}

static bool link_fact(const struct ladder *l, const char *name,
		      struct bytes *value)
{
	const struct session *s = of_ladder(l);
	if (strcmp(name, "eol") == 0) {
		*value = bytes_of(s->display.eol, s->display.eol_len);
		return true;
	}
	if (strcmp(name, "strict") == 0) {
		*value = s->hub->lenient ? BYTES("off") : BYTES("on");
		return true;
	}
	/* The host in the address that a client connects to. */
	if (strcmp(name, "host") == 0 && s->endpoint &&
	    s->role == ROLE_CLIENT) {
		*value = bytes_str(s->endpoint->host);
		return true;
	}
	if (strcmp(name, "port") == 0 && s->endpoint &&
	    s->role == ROLE_CLIENT) {
		*value = bytes_str(s->endpoint->port);
		return true;
	}
	return transport_fact(&s->link, name, value);
}

static struct account *account(const struct ladder *l)
{
	return &of_ladder(l)->account;
}

const struct ladder_sink session_ladder_sink = {
    .deliver = delivered,
    .transmit = transmit,
    .wants_input = wants_input,
    .control = control,
    .secret = secret,
    .changed = changed,
    .undeliverable = undeliverable,
    .trace = trace,
    .arm = arm,
    .now = now,
    .random = fill_random,
    .reads = link_reads,
    .fact = link_fact,
    .account = account,
};
