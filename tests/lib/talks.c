/* SPDX-License-Identifier: ISC */
/*
 * Implements talks.h; talk_router.c has the router. The carriers have frames of
 * u32be. The first byte of a message is its type:
 * - H ID SEEN: a client greets; ID 0: a new conversation
 * - I ID SEEN: the answer; SEEN: number of messages received so far
 * - t N DATA: message N, text; b N DATA: message N, bytes
 * - a N: all messages up to N were received
 * - e: the end
 * - X: the greeting was refused, or the sender has failed
 *
 * Callbacks only mark the conversation; the timer of a talk acts in the same
 * turn.
 */
#include "talks_own.h"

#include "tests/lib/plans.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message that the peer has not acknowledged; its bytes follow. */
struct unacked {
	struct list at;
	uint64_t number;
	char type;
	size_t len;
	uint8_t bytes[];
};

const struct unit_kind talk_text = {
    .rung = "talk", .name = "text", .flags = KIND_TEXT};
const struct unit_kind talk_binary = {.rung = "talk", .name = "binary"};

struct session *carrier_of(const struct tie *tie)
{
	return tie->waiter.session;
}

/* Sends a message of the protocol. Result: 0, or -1: no room, or closed. */
static int put_message(const struct tie *tie, const struct buf *message)
{
	struct unit unit = {.data = buf_bytes(message)};

	return session_send(carrier_of(tie), &unit, NULL);
}

int put_line(const struct tie *tie, char type, uint64_t a, uint64_t b)
{
	struct buf line = {.limit = BUF_SMALL};
	int status;

	buf_printf(&line, "%c%" PRIu64 " %" PRIu64, type, a, b);
	status = put_message(tie, &line);
	buf_fini(&line);
	return status;
}

void tie_free(struct tie *tie)
{
	list_remove(&tie->at);
	session_unawait(&tie->waiter);
	free(tie);
}

/* ---- sending */

void talk_mark(struct talk *t)
{
	struct loop *loop = t->session->hub->loop;

	if (!t->over)
		loop_arm(loop, &t->work, loop_now(loop));
}

static void forget(struct talk *t, struct unacked *u)
{
	t->queued -= u->len;
	account_release(&t->session->account, u->len);
	list_remove(&u->at);
	free(u);
}

static void acknowledged(struct talk *t, uint64_t number)
{
	size_t before = t->queued;

	list_each (link, &t->unacked) {
		struct unacked *u = list_entry(link, struct unacked, at);

		if (u->number <= number)
			forget(t, u);
	}
	if (t->queued == before || (t->queued && !t->full) ||
	    t->queued >= CARRIER_QUEUE_MAX)
		return;
	t->full = false;
	transport_hosted_drained(&t->session->link);
}

static void send_unacked(struct talk *t)
{
	list_each (link, &t->unacked) {
		const struct unacked *u = list_entry(link, struct unacked, at);
		struct buf message = {.limit = SIZE_MAX};
		int status;

		if (u->number <= t->passed)
			continue;
		buf_printf(&message, "%c%" PRIu64 " ", u->type, u->number);
		buf_put(&message, bytes_of(u->bytes, u->len));
		status = put_message(t->current, &message);
		buf_fini(&message);
		if (status)
			return;
		t->passed = u->number;
	}
}

/* Returns the conversation and sets its session, because hub_host() may run a
 * callback before it returns the session. */
static struct talk *talk_of(struct transport *link)
{
	struct talk *t = transport_context(link);

	t->session = session_of_link(link);
	return t;
}

static int talk_send(struct transport *link, const struct unit *unit,
		     struct err *e)
{
	struct talk *t = talk_of(link);
	struct unacked *u;

	(void)e;
	if (t->queued >= CARRIER_QUEUE_MAX) {
		t->full = true;
		return CARRIER_FULL;
	}
	u = xalloc(sizeof(*u) + unit->data.len);
	u->number = ++t->sent;
	u->type = unit->kind && unit->kind->flags & KIND_TEXT ? 't' : 'b';
	u->len = unit->data.len;
	if (u->len)
		memcpy(u->bytes, unit->data.at, u->len);
	list_append(&t->unacked, &u->at);
	t->queued += u->len;
	account_charge(&t->session->account, u->len);
	talk_mark(t);
	return 0;
}

static size_t talk_queued(const struct transport *link)
{
	return ((const struct talk *)transport_context(link))->queued;
}

static void talk_touch(struct transport *link)
{
	talk_mark(talk_of(link));
}

void talk_free(struct talk *t)
{
	while (!list_empty(&t->ties))
		tie_free(list_entry(t->ties.next, struct tie, at));
	free(t);
}

/* Says goodbye, and stops awaiting the carriers, which the hub then closes. */
static void talk_close(struct transport *link, enum cause cause)
{
	struct talk *t = talk_of(link);

	if (cause == CAUSE_LOCAL && t->current)
		send_unacked(t);
	if (cause != CAUSE_PEER && t->current)
		(void)put_line(t->current, cause == CAUSE_LOCAL ? 'e' : 'X', 0,
			       0);
	list_each (at, &t->ties)
		session_unawait(&list_entry(at, struct tie, at)->waiter);
	while (!list_empty(&t->unacked))
		forget(t, list_entry(t->unacked.next, struct unacked, at));
	loop_disarm(t->session->hub->loop, &t->work);
	list_remove(&t->at);
	t->over = true;
	if (!t->busy)
		talk_free(t);
}

static bool talk_fact(const struct transport *link, const char *name,
		      struct bytes *value)
{
	const struct talk *t = transport_context(link);

	if (strcmp(name, "id") != 0 || !t->id)
		return false;
	*value = bytes_str(t->id_text);
	return true;
}

static void talk_info(const struct transport *link, struct buf *out)
{
	const struct talk *t = transport_context(link);

	buf_printf(out, "conversation %s\n", t->id_text);
}

const struct carrier_ops talk_ops = {
    .send = talk_send,
    .queued = talk_queued,
    .touch = talk_touch,
    .close = talk_close,
    .fact = talk_fact,
    .info = talk_info,
};

const struct transport_ops talk_row = {
    .scheme = "talk",
    .brief = "a conversation of the tests",
    .shape = SHAPE_MESSAGES,
    .kind = &kind_hosted,
};

/* ---- receiving */

static void talk_failed(struct talk *t, enum err_class class, const char *why)
{
	struct err e;

	err_set(&e, class, 0, "%s", why);
	transport_hosted_failed(&t->session->link, &e);
}

uint64_t number_of(struct bytes text, struct bytes *rest)
{
	size_t end = bytes_find_byte(text, ' ', 0);
	uint64_t n = 0;

	for (size_t i = 0; i < text.len && i < end; i++)
		n = n * 10 + (uint64_t)(text.at[i] - '0');
	*rest = bytes_skip(text, end < text.len ? end + 1 : text.len);
	return n;
}

void make_current(struct talk *t, struct tie *tie, uint64_t seen)
{
	t->current = tie;
	t->passed = seen;
	acknowledged(t, seen);
}

/* Closes all carriers but the current one. Messages that they did not deliver
 * are sent again. */
static void close_others(struct talk *t)
{
	list_each (link, &t->ties) {
		struct tie *tie = list_entry(link, struct tie, at);

		if (tie == t->current)
			continue;
		session_close(carrier_of(tie), CLOSE_NOW, NULL);
		tie_free(tie);
	}
}

static void greeted(struct talk *t, struct tie *tie, struct bytes text)
{
	uint64_t seen;

	talk_set_number(t, (unsigned)number_of(text, &text));
	seen = number_of(text, &text);
	make_current(t, tie, seen);
	close_others(t);
	transport_hosted_opened(&t->session->link);
}

/* Passes a message up. Result: false: the session has no room. */
static bool take_data(struct talk *t, char type, struct bytes text)
{
	struct unit unit = {.kind = type == 't' ? &talk_text : &talk_binary};
	uint64_t number = number_of(text, &unit.data);

	if (number <= t->seen)
		return true;
	if (!transport_hosted_wants(&t->session->link))
		return false;
	if (number != t->seen + 1) {
		talk_failed(t, ERR_FRAME, "a message is missing");
		return true;
	}
	t->seen = number;
	transport_hosted_up(&t->session->link, &unit);
	return true;
}

/* Handles one message of a carrier. Result: false: the message has to wait. */
static bool take_message(struct talk *t, struct tie *tie, struct bytes text)
{
	struct unit end = {.flags = UNIT_END};
	char type = text.len ? (char)text.at[0] : '?';
	struct bytes rest = bytes_skip(text, 1);

	switch (type) {
	case 'I':
		greeted(t, tie, rest);
		return true;
	case 't':
	case 'b':
		return take_data(t, type, rest);
	case 'a':
		acknowledged(t, number_of(rest, &rest));
		return true;
	case 'e':
		if (!transport_hosted_wants(&t->session->link))
			return false;
		transport_hosted_up(&t->session->link, &end);
		return true;
	case 'X':
		talk_failed(t, t->current ? ERR_RESET : ERR_REFUSED,
			    t->current ? "the peer gave up"
				       : "the greeting was refused");
		return true;
	default:
		talk_failed(t, ERR_FRAME, "unknown message of a carrier");
		return true;
	}
}

static void take_all(struct talk *t, struct tie *tie)
{
	struct session *s = carrier_of(tie);
	struct bytes front;
	bool whole;

	while (!t->over && carrier_of(tie) &&
	       inbox_front(&s->inbox, &front, &whole)) {
		if (!take_message(t, tie, front))
			return;
		inbox_pop(&s->inbox);
		session_touch(s);
	}
	if (t->over || !inbox_ended(&s->inbox))
		return;
	if (t->current == tie)
		t->current = NULL;
	if (s->end_error && t->session->link.state == LINK_CONNECTING) {
		transport_hosted_failed(&t->session->link, s->end_error);
		return;
	}
	tie_free(tie);
}

/* Handles the messages of all carriers. Result: true: call again, because a
 * greeting removed the other carriers. */
static bool take_round(struct talk *t)
{
	const struct tie *was = t->current;

	list_each (link, &t->ties) {
		take_all(t, list_entry(link, struct tie, at));
		if (t->over || t->current != was)
			return !t->over;
	}
	return false;
}

static void talk_work(struct timer *timer)
{
	struct talk *t = list_entry(timer, struct talk, work);

	t->busy = true;
	while (take_round(t))
		;
	if (!t->over && t->current) {
		send_unacked(t);
		if (t->acked != t->seen &&
		    put_line(t->current, 'a', t->seen, 0) == 0)
			t->acked = t->seen;
	}
	t->busy = false;
	if (t->over)
		talk_free(t);
}

/* ---- carriers */

static void notify_talk(struct waiter *w)
{
	talk_mark(list_entry(w, struct tie, waiter)->talk);
}

struct tie *tie_new(struct session *carrier)
{
	struct tie *tie = xalloc(sizeof(*tie));

	list_init(&tie->at);
	list_init(&tie->waiter.at);
	tie->waiter.consumes = tie->waiter.reports_end = true;
	session_await(carrier, &tie->waiter);
	return tie;
}

void tie_to(struct tie *tie, struct talk *t)
{
	list_remove(&tie->at);
	list_append(&t->ties, &tie->at);
	tie->talk = t;
	tie->waiter.notify = notify_talk;
}

void talk_set_number(struct talk *t, unsigned id)
{
	t->id = id;
	snprintf(t->id_text, sizeof(t->id_text), "%u", id);
}

struct talk *talk_new(void)
{
	struct talk *t = xalloc(sizeof(*t));

	list_init(&t->at);
	list_init(&t->ties);
	list_init(&t->unacked);
	t->work.fire = talk_work;
	return t;
}

struct session *talk_add_carrier(struct session *s)
{
	struct talk *t = transport_context(&s->link);
	struct rung_plan *frames = plan_of_frame("u32be", NULL, NULL);
	struct session_options options = {
	    .endpoint = &t->to, .owner = s, .rungs = frames};
	struct session *carrier = hub_connect(s->hub, &options, NULL);
	struct tie *tie = tie_new(carrier);

	rung_plan_unref(frames);
	tie_to(tie, t);
	(void)put_line(tie, 'H', t->id, t->seen);
	return carrier;
}

void talk_set_id(struct session *s, unsigned id)
{
	((struct talk *)transport_context(&s->link))->id = id;
}

struct session *talk_open(struct hub *hub, const struct session *listener,
			  struct rung_plan *above)
{
	struct talk *t = talk_new();
	struct addr at = transport_local(&listener->link);
	struct endpoint shown;
	struct host_options options = {
	    .row = &talk_row,
	    .carrier = &talk_ops,
	    .context = t,
	    .endpoint = &shown,
	    .plan = above,
	};
	char text[64];

	snprintf(text, sizeof(text), "tcp://127.0.0.1:%u", addr_port(&at));
	(void)endpoint_parse(bytes_str(text), &t->to, NULL);
	shown = t->to;
	shown.ops = &talk_row;
	t->session = hub_host(hub, &options, NULL);
	assert(t->session);
	talk_add_carrier(t->session);
	return t->session;
}
