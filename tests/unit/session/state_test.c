/* SPDX-License-Identifier: ISC */
/*
 * Tests the states of sessions with rungs: opening, closing, failing, and how a
 * session ended. The test rung opens on `!`, fails on `X`, is ended by `E`, and
 * when closed sends <bye> and waits for a dot.
 */
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_STATE || ev->kind == EVENT_ENDED)
		buf_printf(&w->events, "%s %s\n", ev->session->name,
			   session_state_name(session_state(ev->session)));
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s\n", ev->text);
}

struct door {
	struct rung rung;
	bool failed;
};

static void door_start(struct rung *r)
{
	(void)r;
}

static void door_byte(struct rung *r, struct bytes rest)
{
	struct unit one = {.data = bytes_head(rest, 1)};
	struct err e;
	if (r->state == RUNG_STARTING && one.data.at[0] == '!') {
		rung_opened(r);
	} else if (r->state == RUNG_CLOSING && one.data.at[0] == '.') {
		rung_closed(r);
	} else if (one.data.at[0] == 'X') {
		err_set(&e, ERR_FRAME, 0, "door: broken");
		list_entry(r, struct door, rung)->failed = true;
		rung_fail(r, rest, &e);
	} else if (one.data.at[0] == 'E') {
		rung_ended(r, NULL);
	} else {
		rung_pass_up(r, &one);
	}
}

static void door_up(struct rung *r, const struct unit *u)
{
	for (size_t i = 0; i < u->data.len; i++) {
		struct bytes rest = bytes_skip(u->data, i);
		struct unit raw = {.data = rest, .flags = UNIT_RAW};
		if (list_entry(r, struct door, rung)->failed)
			return;
		if (r->state == RUNG_CLOSED) {
			rung_pass_up(r, &raw);
			return;
		}
		door_byte(r, rest);
	}
	if (u->flags & UNIT_END)
		rung_pass_up(r, u);
}

static int door_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void door_close(struct rung *r, const struct close_request *request)
{
	struct unit bye = {.data = BYTES("<bye>"), .flags = UNIT_ONCE};
	(void)request;
	rung_pass_down(r, &bye, NULL);
}

static struct rung *door_make(const struct rung_spec *spec, struct err *e)
{
	(void)spec;
	(void)e;
	return &((struct door *)xalloc(sizeof(struct door)))->rung;
}

static void door_free(struct rung *r)
{
	free(list_entry(r, struct door, rung));
}

static const struct rung_ops door = {
    .name = "door",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .no_half_close = true,
    .make = door_make,
    .start = door_start,
    .up = door_up,
    .down = door_down,
    .close = door_close,
    .free = door_free,
};

/* Makes a client c1 with a door, and its peer s1.1 without one. */
static struct world *world_with_door(uint64_t open_timeout)
{
	struct world *w = hubs_new(on_event);
	w->hub.open_timeout = open_timeout;
	struct session *s = listener_at(w, "127.0.0.1:0", false);
	struct rung_plan *plan = plan_of(&door);
	hub_set_plan(&w->hub, plan);
	struct buf addr = {.limit = BUF_SMALL};
	session_field(BYTES("addr"))->print(s, &addr);
	struct endpoint to;
	assert_int_equal(endpoint_parse(buf_bytes(&addr), &to, NULL), 0);
	struct session_options options = {.endpoint = &to};
	w->c = hub_connect(&w->hub, &options, NULL);
	assert_non_null(w->c);
	hub_set_plan(&w->hub, NULL);
	rung_plan_unref(plan);
	buf_fini(&addr);
	w->p = until(w, "s1.1", SESSION_OPEN);
	until(w, "c1", SESSION_OPENING);
	return w;
}

static int setup(void **state)
{
	*state = world_with_door(60 * NS_PER_S);
	return 0;
}

static int setup_impatient(void **state)
{
	*state = world_with_door(NS_PER_MS);
	return 0;
}

static void turns_until_unread(struct world *w, const struct session *s,
			       size_t n)
{
	while (inbox_len(&s->inbox) < n)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
}

static void open_door(struct world *w)
{
	send_text(w->p, "!");
	until(w, "c1", SESSION_OPEN);
	buf_clear(&w->events);
}

static void session_opens_with_its_top_rung(void **state)
{
	struct world *w = *state;
	assert_false(session_was_open(w->c));
	send_text(w->c, "early");
	send_text(w->p, "!hello");
	until(w, "c1", SESSION_OPEN);
	assert_true(session_was_open(w->c));
	assert_non_null(strstr(buf_cstr(&w->events), "c1 opening\nc1 open\n"));
	turns_until_unread(w, w->c, 5);
	expect_front(w->c, "hello");
	turns_until_unread(w, w->p, 5);
	expect_front(w->p, "early");
}

static void failure_to_open_closes_the_session(void **state)
{
	struct world *w = *state;
	struct err e;
	send_text(w->p, "X");
	until(w, "c1", SESSION_CLOSED);
	assert_false(session_was_open(w->c));
	assert_string_equal(session_error(w->c)->text, "door: broken");
	session_end_error(w->c, &e);
	assert_string_equal(e.text, "c1: door: broken");
	/* The peer's byte is not lost. */
	expect_front(w->c, "X");
}

static void rung_that_never_opens_times_out(void **state)
{
	struct world *w = *state;
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(session_error(w->c)->kind, ERR_CONNECT_TIMEOUT);
	assert_string_equal(session_error(w->c)->text,
			    "door: timed out opening");
}

static void failure_of_an_open_rung_keeps_the_link(void **state)
{
	struct world *w = *state;
	struct err e;
	struct buf why = {.limit = 1000};
	open_door(w);
	send_text(w->p, "abXcd");
	turns_until_unread(w, w->c, 5);
	assert_int_equal(session_state(w->c), SESSION_OPEN);
	expect_front(w->c, "abXcd");
	assert_string_equal(session_rung_error(w->c)->text, "door: broken");
	/* The link then ends without an error, but the first end counts. */
	session_close(w->p, CLOSE_NOW, NULL);
	while (!inbox_ended(&w->c->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_end_error(w->c, &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	session_why(w->c, &why);
	assert_non_null(strstr(buf_cstr(&why), "door: broken"));
	buf_fini(&why);
}

static void failure_of_an_open_rung_can_close_the_link(void **state)
{
	struct world *w = *state;
	struct err e;
	struct buf why = {.limit = 1000};
	open_door(w);
	w->c->hub->close_on_error = true;
	send_text(w->p, "abXcd");
	while (!inbox_ended(&w->c->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_state(w->c), SESSION_CLOSED);
	expect_front(w->c, "abXcd");
	assert_int_equal(session_end_error(w->c, &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	session_why(w->c, &why);
	assert_string_equal(buf_cstr(&why), "door: broken; 5 bytes unread");
	buf_fini(&why);
}

static void peers_end_of_a_rung_is_an_end_in_order(void **state)
{
	struct world *w = *state;
	struct err e;
	open_door(w);
	send_text(w->p, "abE");
	while (!inbox_ended(&w->c->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_state(w->c), SESSION_HALF_CLOSED);
	assert_true(session_peer_ended(w->c));
	assert_null(session_error(w->c));
	session_end_error(w->c, &e);
	assert_string_equal(e.text, "c1: peer ended door");
	/* Without the rung the session is open again. */
	inbox_pop(&w->c->inbox);
	assert_int_equal(session_descend(w->c, NULL, NULL), 0);
	send_text(w->p, "clear");
	turns_until_unread(w, w->c, 5);
	assert_int_equal(session_state(w->c), SESSION_OPEN);
	assert_null(w->c->ladder.top);
	expect_front(w->c, "clear");
}

static void close_waits_for_the_peers_goodbye(void **state)
{
	struct world *w = *state;
	open_door(w);
	session_close(w->c, CLOSE_ORDERLY, NULL);
	session_release(w->c);
	assert_int_equal(session_state(w->c), SESSION_CLOSING);
	/* The name is free at once. */
	assert_null(hub_match(&w->hub, BYTES("c1"), NULL));
	turns_until_unread(w, w->p, 5);
	expect_front(w->p, "<bye>");
	session_pin(w->c);
	send_text(w->p, "last.");
	while (!session_is_closed(w->c))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_front(w->c, "last");
	session_unpin(w->c);
}

static void close_gives_up_after_its_timeout(void **state)
{
	struct world *w = *state;
	open_door(w);
	w->hub.close_timeout = NS_PER_MS;
	session_close(w->c, CLOSE_ORDERLY, NULL);
	until(w, "c1", SESSION_CLOSED);
}

static void close_now_sends_the_goodbye(void **state)
{
	struct world *w = *state;
	open_door(w);
	session_close(w->c, CLOSE_NOW, NULL);
	assert_int_equal(session_state(w->c), SESSION_CLOSED);
	turns_until_unread(w, w->p, 5);
	expect_front(w->p, "<bye>");
}

static void reset_says_no_goodbye(void **state)
{
	struct world *w = *state;
	open_door(w);
	session_close(w->c, CLOSE_RESET, NULL);
	until(w, "s1.1", SESSION_CLOSED);
	assert_int_equal(inbox_len(&w->p->inbox), 0);
	assert_int_equal(session_error(w->p)->kind, ERR_RESET);
}

static void descend_waits_for_the_peers_goodbye(void **state)
{
	struct world *w = *state;
	struct unit u = {.data = BYTES("x")};
	struct err e;
	open_door(w);
	assert_int_equal(session_descend(w->c, NULL, NULL), 0);
	assert_true(session_is_descending(w->c));
	assert_int_equal(session_state(w->c), SESSION_CLOSING);
	assert_int_equal(session_send(w->c, &u, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	send_text(w->p, "a.b");
	while (session_is_descending(w->c))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_null(w->c->ladder.top);
	assert_int_equal(session_state(w->c), SESSION_OPEN);
	turns_until_unread(w, w->c, 2);
	expect_front(w->c, "ab");
	assert_int_equal(session_send(w->c, &u, NULL), 0);
}

static void one_direction_of_such_a_rung_cannot_close(void **state)
{
	struct world *w = *state;
	struct err e;
	open_door(w);
	assert_int_equal(session_end(w->c, &e), -1);
	assert_string_equal(e.text,
			    "c1: door cannot close one direction; use 'close'");
}

static void hub_says_all_goodbyes(void **state)
{
	struct world *w = *state;
	open_door(w);
	assert_true(hub_says_goodbyes(&w->hub));
	send_text(w->p, ".");
	while (hub_says_goodbyes(&w->hub))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_state(w->c), SESSION_CLOSED);
	until(w, "s1.1", SESSION_HALF_CLOSED);
}

static void structs_stay_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct session) <= 896);
	assert_true(sizeof(struct ladder) <= 56);
	assert_true(sizeof(struct unit) <= 48);
	assert_true(sizeof(struct inbox_message) <= 40);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(session_opens_with_its_top_rung),
	    TEST(failure_to_open_closes_the_session),
	    cmocka_unit_test_setup_teardown(rung_that_never_opens_times_out,
					    setup_impatient, hubs_teardown),
	    TEST(failure_of_an_open_rung_keeps_the_link),
	    TEST(failure_of_an_open_rung_can_close_the_link),
	    TEST(peers_end_of_a_rung_is_an_end_in_order),
	    TEST(close_waits_for_the_peers_goodbye),
	    TEST(close_gives_up_after_its_timeout),
	    TEST(close_now_sends_the_goodbye),
	    TEST(reset_says_no_goodbye),
	    TEST(descend_waits_for_the_peers_goodbye),
	    TEST(one_direction_of_such_a_rung_cannot_close),
	    TEST(hub_says_all_goodbyes),
	    cmocka_unit_test(structs_stay_small),
	};
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
