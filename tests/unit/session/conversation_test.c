/* SPDX-License-Identifier: ISC */
/*
 * Tests sessions on hosted links, with the conversation of talks.h, which has
 * real sockets as carriers. carriers_test.c tests the carriers.
 */
#include "talk_test.h"

#include "tests/lib/plans.h"

static void conversation_opens_like_a_connection(void **state)
{
	struct world *w = *state;
	struct buf where = {.limit = BUF_SMALL};

	converse(w, NULL);
	assert_true(session_was_open(w->c));
	assert_true(happened(w, "c1 created\n"));
	assert_true(happened(w, "c1 open\n"));
	assert_true(happened(w, "s1.1 created\n"));
	/* A peer is open from the start. */
	assert_false(happened(w, "s1.1 open\n"));
	assert_true(w->p->was_open);
	assert_string_equal(session_scheme(w->c), "talk");
	assert_string_equal(field(w->p, "role"), "peer");
	assert_string_equal(field(w->p, "parent"), "s1");
	assert_string_equal(field(find(w, "s1"), "peers"), "1");
	session_print_address(w->c, &where);
	assert_int_equal(strncmp(buf_cstr(&where), "talk://127.0.0.1:", 17), 0);
	buf_clear(&where);
	session_print_address(w->p, &where);
	assert_int_equal(strncmp(buf_cstr(&where), "talk://127.0.0.1:", 17), 0);
	buf_clear(&where);
	session_link_info(w->p, &where);
	assert_non_null(strstr(buf_cstr(&where), "conversation 1\n"));
	assert_ptr_equal(session_accept(find(w, "s1")), w->p);
	buf_fini(&where);
}

static void conversation_carries_kinds_and_empty_messages(void **state)
{
	struct world *w = *state;
	struct unit text = {.data = BYTES("a"), .kind = &talk_text};
	struct unit empty = {.kind = &talk_binary};
	struct inbox_message m;

	converse(w, NULL);
	assert_int_equal(session_send(w->c, &text, NULL), 0);
	assert_int_equal(session_send(w->c, &empty, NULL), 0);
	send_text(w->p, "b");
	turns_until(w, inbox_count(&w->p->inbox) == 2);
	until_unread(w, "c1", 1);
	assert_true(inbox_record(&w->p->inbox, 0, &m));
	assert_ptr_equal(m.kind, &talk_text);
	assert_int_equal(m.number, 4);
	assert_true(inbox_record(&w->p->inbox, 1, &m));
	assert_ptr_equal(m.kind, &talk_binary);
	expect_front(w->p, "a");
	inbox_pop(&w->p->inbox);
	expect_front(w->p, "");
	expect_front(w->c, "b");
}

static void unread_messages_stay_with_the_carriers(void **state)
{
	struct world *w = *state;
	uint8_t *data = xalloc(10000);
	struct unit unit = {.data = bytes_of(data, 10000)};
	unsigned sent = 0, got = 0;
	struct err e = {.kind = ERR_NONE};

	converse(w, NULL);
	session_limit_inbox(w->p, 100000);
	session_limit_inbox(find(w, "s1.1/1"), 100000);
	/* The link gets full, because no command reads. */
	for (int i = 0; i < 500 && e.kind == ERR_NONE; i++) {
		if (session_send(w->c, &unit, &e) == 0)
			sent++;
		loop_no_wait(w->loop);
		turn(w);
	}
	assert_int_equal(e.kind, ERR_LIMIT);
	settle(w);
	assert_true(session_unsent(w->c) >= CARRIER_QUEUE_MAX);
	assert_true(session_unsent(w->c) <= CARRIER_QUEUE_MAX + 10000);
	assert_true(inbox_len(&w->p->inbox) <= 110000);
	assert_true(inbox_len(&find(w, "s1.1/1")->inbox) <= 600000);
	assert_true(w->c->account.used <= (size_t)2 << 20);
	while (got < sent) {
		for (; inbox_count(&w->p->inbox); got++) {
			inbox_pop(&w->p->inbox);
			session_touch(w->p);
		}
		loop_no_wait(w->loop);
		turn(w);
	}
	settle(w);
	assert_int_equal(session_unsent(w->c), 0);
	assert_int_equal(session_send(w->c, &unit, NULL), 0);
	assert_int_equal(w->p->dropped, 0);
	free(data);
}

struct watcher {
	struct waiter waiter;
	unsigned notified;
};

static void count_notice(struct waiter *waiter)
{
	list_entry(waiter, struct watcher, waiter)->notified++;
}

static void full_queue_is_reported_when_it_drains(void **state)
{
	struct world *w = *state;
	size_t half = CARRIER_QUEUE_MAX / 2;
	uint8_t *data = xalloc(half);
	struct unit unit = {.data = bytes_of(data, half)};
	struct watcher watcher = {.waiter = {.notify = count_notice}};
	struct err e;

	converse(w, NULL);
	assert_int_equal(session_send(w->c, &unit, NULL), 0);
	assert_int_equal(session_send(w->c, &unit, NULL), 0);
	assert_int_equal(session_send(w->c, &unit, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "c1: "));
	list_init(&watcher.waiter.at);
	session_await(w->c, &watcher.waiter);
	turns_until(w, watcher.notified);
	assert_true(session_unsent(w->c) < CARRIER_QUEUE_MAX);
	assert_int_equal(session_send(w->c, &unit, NULL), 0);
	session_unawait(&watcher.waiter);
	free(data);
}

static void conversation_closes_once_it_is_flushed(void **state)
{
	struct world *w = *state;

	converse(w, NULL);
	assert_false(session_close_when_flushed(w->c));
	send_text(w->c, "last");
	assert_true(session_close_when_flushed(w->c));
	session_release(w->c);
	until_unread(w, "s1.1", 4);
	until(w, "s1.1", SESSION_CLOSED);
	until_gone(w, "c1");
	expect_front(w->p, "last");
}

static void conversation_has_no_half_close(void **state)
{
	struct world *w = *state;
	struct err e;

	converse(w, NULL);
	assert_int_equal(session_end(w->c, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text,
			    "c1: talk has no half-close; close the session");
	assert_int_equal(session_state(w->c), SESSION_OPEN);
	send_text(w->c, "on");
	until_unread(w, "s1.1", 2);
}

static void peer_of_an_echo_listener_echoes(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, ":0", true);

	talk_serve(l, NULL);
	w->c = talk_open(&w->hub, l, NULL);
	until(w, "c1", SESSION_OPEN);
	for (int i = 0; i < 100; i++)
		send_text(w->c, "0123456789");
	until_unread(w, "c1", 1000);
	assert_int_equal(inbox_count(&w->c->inbox), 100);
	assert_int_equal(inbox_len(&find(w, "s1.1")->inbox), 0);
}

static void end_comes_after_the_messages(void **state)
{
	struct world *w = *state;
	struct err e;
	struct bytes front;
	bool whole;

	converse(w, NULL);
	session_limit_inbox(w->c, 10);
	send_text(w->p, "0123456789");
	until_unread(w, "c1", 10);
	for (int i = 0; i < 5; i++)
		send_text(w->p, "more");
	settle(w);
	session_close(w->p, CLOSE_NOW, NULL);
	assert_string_equal(field(w->p, "why"), "closed here; 20 bytes unsent");
	settle(w);
	/* The peer has gone; its messages and the end wait in the carrier. */
	assert_int_equal(session_state(w->c), SESSION_OPEN);
	assert_int_equal(inbox_len(&w->c->inbox), 10);
	inbox_pop(&w->c->inbox);
	session_touch(w->c);
	for (int i = 0; i < 5; i++) {
		until_unread(w, "c1", 4);
		assert_true(inbox_front(&w->c->inbox, &front, &whole));
		assert_true(bytes_is(front, "more"));
		inbox_pop(&w->c->inbox);
		session_touch(w->c);
	}
	until(w, "c1", SESSION_CLOSED);
	assert_true(inbox_ended(&w->c->inbox));
	assert_true(session_peer_ended(w->c));
	assert_true(session_left_to_peer(w->c));
	assert_null(session_error(w->c));
	assert_string_equal(field(w->c, "why"), "closed by the peer");
	session_end_error(w->c, &e);
	assert_int_equal(e.kind, ERR_CLOSED);
	assert_string_equal(e.text, "c1: closed by the peer");
	/* The session never was half-closed. */
	assert_false(happened(w, "c1 half-closed"));
}

/* ---- rungs on a hosted link */

static struct rung *greet_make(const struct rung_spec *spec, struct err *e)
{
	(void)spec;
	(void)e;
	return xalloc(sizeof(struct rung));
}

static void greet_start(struct rung *r)
{
	struct unit hello = {.data = BYTES("hello"), .flags = UNIT_ONCE};

	(void)rung_pass_down(r, &hello, NULL);
}

/* Opens at `hello`; fails at `bad`. */
static void greet_up(struct rung *r, const struct unit *u)
{
	struct err e;

	if (r->state == RUNG_STARTING && bytes_is(u->data, "hello")) {
		rung_opened(r);
	} else if (bytes_is(u->data, "bad")) {
		err_set(&e, ERR_FRAME, 0, "greet: bad message");
		rung_fail(r, BYTES_NONE, &e);
	} else {
		rung_pass_up(r, u);
	}
}

static int greet_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void greet_info(const struct rung *r, struct attrs *facts)
{
	struct bytes id;

	if (rung_fact(r, "id", &id))
		attrs_put(facts, "greeted-id", id);
}

static void greet_free(struct rung *r)
{
	free(r);
}

static const struct rung_ops greet_rung = {
    .name = "greet",
    .brief = "a greeting each way",
    .below = SHAPE_MESSAGES,
    .above = SHAPE_MESSAGES,
    .make = greet_make,
    .start = greet_start,
    .up = greet_up,
    .down = greet_down,
    .info = greet_info,
    .free = greet_free,
};

static void rung_starts_when_the_hosted_link_is_open(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of(&greet_rung);
	struct attrs *facts;
	struct bytes id;

	converse(w, plan);
	turns_until(w, !ladder_is_opening(&w->c->ladder) &&
			   !ladder_is_opening(&w->p->ladder));
	send_text(w->c, "after");
	until_unread(w, "s1.1", 5);
	expect_front(w->p, "after");
	/* The rung knows the link's facts. */
	facts = session_facts(w->p);
	assert_true(attrs_get(facts, "greeted-id", &id));
	assert_true(bytes_is(id, "1"));
	attrs_unref(facts);
	rung_plan_unref(plan);
}

static void half_close_is_refused_before_a_rung_queues_it(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of(&greet_rung);
	struct session *l = listener_at(w, ":0", false);
	struct unit hello = {.data = BYTES("hello")};
	struct err e;

	talk_serve(l, NULL);
	w->c = talk_open(&w->hub, l, plan);
	w->p = until_unread(w, "s1.1", 5);
	assert_true(ladder_is_opening(&w->c->ladder));
	assert_int_equal(session_end(w->c, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	/* The session still sends. */
	inbox_pop(&w->p->inbox);
	send_text(w->c, "queued");
	assert_int_equal(session_send(w->p, &hello, NULL), 0);
	until_unread(w, "s1.1", 6);
	expect_front(w->p, "queued");
	rung_plan_unref(plan);
}

static void rung_that_fails_closes_its_hosted_link(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of(&greet_rung);
	struct err e;

	converse(w, plan);
	turns_until(w, !ladder_is_opening(&w->p->ladder));
	send_text(w->c, "good");
	send_text(w->c, "bad");
	until(w, "s1.1", SESSION_CLOSED);
	expect_front(w->p, "good");
	assert_int_equal(w->p->link.cause, CAUSE_FAILED);
	assert_int_equal(session_error(w->p)->kind, ERR_FRAME);
	assert_string_equal(field(w->p, "why"),
			    "greet: bad message; 4 bytes unread");
	session_end_error(w->p, &e);
	assert_int_equal(e.kind, ERR_FRAME);
	assert_string_equal(e.text, "s1.1: greet: bad message");
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(session_error(w->c)->kind, ERR_RESET);
	assert_string_equal(field(w->c, "why"), "the peer gave up");
	rung_plan_unref(plan);
}

static void rung_that_fails_early_closes_its_hosted_link(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of(&greet_rung);
	struct session *l = listener_at(w, ":0", false);

	talk_serve(l, NULL);
	w->c = talk_open(&w->hub, l, plan);
	w->p = until_unread(w, "s1.1", 5);
	send_text(w->p, "bad");
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(w->c->link.cause, CAUSE_FAILED);
	assert_int_equal(session_error(w->c)->kind, ERR_FRAME);
	assert_string_equal(field(w->c, "why"), "greet: bad message");
	until(w, "s1.1", SESSION_CLOSED);
	assert_int_equal(session_error(w->p)->kind, ERR_RESET);
	rung_plan_unref(plan);
}

static void plan_that_does_not_fit_is_refused(void **state)
{
	struct world *w = *state;
	static const struct transport_ops row = {
	    .scheme = "x", .shape = SHAPE_MESSAGES, .kind = &kind_hosted};
	static const struct carrier_ops none;
	struct rung_plan *plan = plan_of_frame("line", NULL, NULL);
	struct host_options options = {
	    .row = &row, .carrier = &none, .plan = plan};
	struct err e;

	assert_null(hub_host(&w->hub, &options, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(w->hub.count, 0);
	options.plan = NULL;
	options.name = BYTES("1x");
	assert_null(hub_host(&w->hub, &options, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	rung_plan_unref(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(conversation_opens_like_a_connection),
	    TALK_TEST(conversation_carries_kinds_and_empty_messages),
	    TALK_TEST(unread_messages_stay_with_the_carriers),
	    TALK_TEST(full_queue_is_reported_when_it_drains),
	    TALK_TEST(conversation_closes_once_it_is_flushed),
	    TALK_TEST(conversation_has_no_half_close),
	    TALK_TEST(peer_of_an_echo_listener_echoes),
	    TALK_TEST(end_comes_after_the_messages),
	    TALK_TEST(rung_starts_when_the_hosted_link_is_open),
	    TALK_TEST(half_close_is_refused_before_a_rung_queues_it),
	    TALK_TEST(rung_that_fails_closes_its_hosted_link),
	    TALK_TEST(rung_that_fails_early_closes_its_hosted_link),
	    TALK_TEST(plan_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
