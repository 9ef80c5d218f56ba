/* SPDX-License-Identifier: ISC */
/*
 * Tests of sessions and their hub over real loopback sockets: names, ends,
 * inboxes, echo, and the details that are kept of an ended session.
 */
#include "tests/lib/hubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	switch (ev->kind) {
	case EVENT_CREATED:
		buf_printf(&w->events, "created %s\n", ev->session->name);
		break;
	case EVENT_STATE:
		buf_printf(&w->events, "%s %s\n", ev->session->name,
			   session_state_name(session_state(ev->session)));
		break;
	case EVENT_MESSAGE:
		buf_printf(&w->events, "%s %c%llu %.*s\n", ev->session->name,
			   ev->dir == DIR_UP ? '<' : '>',
			   (unsigned long long)ev->number,
			   (int)ev->unit->data.len,
			   (const char *)ev->unit->data.at);
		break;
	case EVENT_NOTICE:
		buf_printf(&w->events, "note %s\n", ev->text);
		break;
	case EVENT_LADDER:
	case EVENT_CONTROL:
	case EVENT_DETAIL:
	case EVENT_EXPECT:
	case EVENT_CONTEXT:
	case EVENT_ERROR:
	case EVENT_EXIT:
		break;
	case EVENT_ENDED:
		buf_printf(&w->events, "%s ended\n", ev->session->name);
		break;
	}
}

static int setup(void **state)
{
	*state = hubs_new(on_event);
	return 0;
}

static struct session *listener(struct world *w, bool echo)
{
	return listener_at(w, "127.0.0.1:0", echo);
}

static void names_count_up_and_are_unique(void **state)
{
	struct world *w = *state;
	struct err e;
	struct session *s = listener(w, false);
	assert_string_equal(s->name, "s1");
	assert_string_equal(client_of(w, s, "")->name, "c1");
	assert_string_equal(client_of(w, s, "c2")->name, "c2");
	assert_string_equal(client_of(w, s, "")->name, "c3");
	struct session_options plan = {.endpoint = s->endpoint,
				       .name = BYTES("c2")};
	assert_null(hub_connect(&w->hub, &plan, &e));
	assert_string_equal(e.text, "session c2 already exists");
	plan.name = BYTES("1x");
	assert_null(hub_connect(&w->hub, &plan, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	plan.name = BYTES("a.b");
	assert_null(hub_connect(&w->hub, &plan, &e));
}

/* The name is free before the session is freed, so that the next command of the
 * line can reuse the name. */
static void name_of_a_released_session_is_free(void **state)
{
	struct world *w = *state;
	struct session *s = listener(w, false);
	struct session *old = client_of(w, s, "me");
	session_close(old, CLOSE_NOW, NULL);
	assert_ptr_equal(hub_match(&w->hub, BYTES("me"), NULL), old);
	session_release(old);
	assert_null(hub_match(&w->hub, BYTES("me"), NULL));
	struct session_options plan = {.endpoint = s->endpoint,
				       .name = BYTES("me")};
	struct session *young = hub_listen(&w->hub, &plan, NULL);
	assert_non_null(young);
	assert_ptr_equal(find(w, "me"), young);
	assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_ptr_equal(find(w, "me"), young);
}

static void both_ends_are_sessions(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	send_text(c, "hello");
	struct session *p = until_unread(w, "s1.1", 5);
	expect_front(p, "hello");
	assert_ptr_equal(p->parent, find(w, "s1"));
	send_text(p, "there");
	expect_front(until_unread(w, "c1", 5), "there");
	assert_non_null(strstr(buf_cstr(&w->events), "c1 >1 hello\n"));
	assert_non_null(strstr(buf_cstr(&w->events), "s1.1 <2 hello\n"));
}

static void echo_returns_data_and_keeps_none(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, true), "");
	send_text(c, "again");
	expect_front(until_unread(w, "c1", 5), "again");
	assert_int_equal(inbox_len(&find(w, "s1.1")->inbox), 0);
	assert_int_equal(session_end(c, NULL), 0);
	until(w, "c1", SESSION_CLOSED);
	until_gone(w, "s1.1");
	assert_int_equal(find(w, "s1")->open_peers, 0);
	expect_front(c, "again");
}

struct counter {
	struct waiter waiter;
	unsigned notified;
};

static void count_notify(struct waiter *w)
{
	list_entry(w, struct counter, waiter)->notified++;
}

static void waiter_is_notified_of_a_peer_and_of_bytes(void **state)
{
	struct world *w = *state;
	struct session *s = listener(w, false);
	struct counter peers = {.waiter.notify = count_notify}, bytes = peers;
	session_await(s, &peers.waiter);
	struct session *c = client_of(w, s, "");
	struct session *p = until(w, "s1.1", SESSION_OPEN);
	assert_int_equal(peers.notified, 1);
	session_unawait(&peers.waiter);
	session_await(p, &bytes.waiter);
	send_text(c, "x");
	until_unread(w, "s1.1", 1);
	assert_int_equal(bytes.notified, 1);
	session_unawait(&bytes.waiter);
}

static void ended_session_can_still_be_read(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	send_text(until(w, "s1.1", SESSION_OPEN), "last words");
	session_close(find(w, "s1.1"), CLOSE_NOW, NULL);
	until(w, "c1", SESSION_HALF_CLOSED);
	expect_front(c, "last words");
	struct err e;
	session_end_error(c, &e);
	assert_int_equal(e.kind, ERR_CLOSED);
	struct buf why;
	buf_init(&why, BUF_SMALL);
	session_why(c, &why);
	assert_string_equal(
	    buf_cstr(&why),
	    "peer shut down its side (FIN); sending is open; 10 bytes unread");
	buf_fini(&why);
	assert_int_equal(session_end(c, NULL), 0);
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(c->link.cause, CAUSE_PEER);
}

static void reset_is_not_a_close(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(until(w, "s1.1", SESSION_OPEN), CLOSE_RESET, NULL);
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(c->link.cause, CAUSE_RESET);
	struct err e;
	assert_int_equal(session_end_error(c, &e), -1);
	assert_int_equal(e.kind, ERR_RESET);
	struct unit u = {.data = BYTES("x")};
	assert_int_equal(session_send(c, &u, &e), -1);
	assert_int_equal(e.kind, ERR_RESET);
}

static void unsent_bytes_are_counted_after_the_end(void **state)
{
	struct world *w = *state;
	enum { MANY = 32 << 20 };
	uint8_t *big = xalloc(MANY);
	struct buf why;
	w->hub.inbox_limit = 1;
	struct session *c = client_of(w, listener(w, false), "");
	struct unit u = {.data = bytes_of(big, MANY)};
	assert_int_equal(session_send(c, &u, NULL), 0);
	size_t unsent = session_unsent(c);
	assert_true(unsent > 0);
	session_close(c, CLOSE_RESET, NULL);
	assert_true(session_unsent(c) > 0);
	assert_true(session_unsent(c) <= unsent);
	buf_init(&why, BUF_SMALL);
	session_why(c, &why);
	assert_non_null(strstr(buf_cstr(&why), " bytes unsent"));
	buf_fini(&why);
	free(big);
}

static void ended_session_is_remembered(void **state)
{
	struct world *w = *state;
	struct err e;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(c, CLOSE_NOW, NULL);
	session_release(c);
	until_gone(w, "c1");
	assert_null(hub_find(&w->hub, BYTES("c1"), &e));
	assert_int_equal(e.kind, ERR_CLOSED);
	assert_string_equal(e.text, "c1 has ended: closed here");
	assert_null(hub_find(&w->hub, BYTES("zz"), &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(hub_find_ended(&w->hub, BYTES("c1"))->why,
			    "closed here");
}

/* The peer sends and does not read. The queue of the echo session is limited,
 * so the session stops reading. */
static void echo_stops_reading_if_the_peer_does(void **state)
{
	struct world *w = *state;
	enum { MANY = 32 << 20, QUEUE = 1 << 20 };
	uint8_t *big = xalloc(MANY);
	struct unit u = {.data = bytes_of(big, MANY)};
	struct session *c, *p;

	w->hub.inbox_limit = 1000;
	w->hub.queue_limit = 2 * MANY;
	c = client_of(w, listener(w, true), "");
	assert_int_equal(session_send(c, &u, NULL), 0);
	p = until(w, "s1.1", SESSION_OPEN);
	while (transport_queued(&p->link) < QUEUE)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	for (int i = 0; i < 500; i++) {
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
		assert_true(transport_queued(&p->link) < QUEUE + RIO_CHUNK);
	}
	assert_true(session_unsent(c) > 0);
	free(big);
}

static void pinned_session_is_not_freed(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	session_pin(c);
	session_close(c, CLOSE_NOW, NULL);
	session_release(c);
	until(w, "s1.1", SESSION_HALF_CLOSED);
	assert_ptr_equal(find(w, "c1"), c);
	session_unpin(c);
	loop_no_wait(w->loop);
	until_gone(w, "c1");
}

static void full_held_inbox_stops_reading(void **state)
{
	struct world *w = *state;
	enum { MANY = 8 << 20 };
	uint8_t *big = xalloc(MANY);
	for (size_t i = 0; i < MANY; i++)
		big[i] = (uint8_t)(i * 7 + (i >> 8));
	w->hub.inbox_limit = 1000;
	struct session *c = client_of(w, listener(w, false), "");
	struct unit u = {.data = bytes_of(big, MANY)};
	assert_int_equal(session_send(c, &u, NULL), 0);
	struct session *p = until_unread(w, "s1.1", 1000);
	assert_true(inbox_len(&p->inbox) <= 1000 + RIO_CHUNK);
	size_t at = 0;
	while (at < MANY) {
		struct bytes front;
		bool whole;
		if (inbox_front(&p->inbox, &front, &whole)) {
			assert_memory_equal(front.at, big + at, front.len);
			at += front.len;
			inbox_pop(&p->inbox);
			session_touch(p);
		}
		if (at < MANY)
			assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
	free(big);
}

static void full_live_inbox_drops_the_oldest(void **state)
{
	struct world *w = *state;
	w->hub.inbox_limit = 10;
	w->hub.display.live = true;
	struct session *c = client_of(w, listener(w, false), "");
	send_text(c, "0123456789");
	struct session *p = until_unread(w, "s1.1", 10);
	send_text(c, "abc");
	while (p->dropped == 0)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_front(p, "3456789abc");
	assert_int_equal(p->dropped, 3);
	assert_non_null(strstr(buf_cstr(&w->events),
			       "oldest data dropped, 3 bytes so far"));
}

static void until_dropped(struct world *w, struct session *from,
			  const char *text, uint64_t dropped)
{
	buf_clear(&w->events);
	send_text(from, text);
	while (find(w, "s1.1")->dropped < dropped)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
}

static void dropped_bytes_are_noted_at_each_power_of_two(void **state)
{
	struct world *w = *state;
	struct session *c;

	w->hub.inbox_limit = 10;
	w->hub.display.live = true;
	c = client_of(w, listener(w, false), "");
	send_text(c, "0123456789");
	until_unread(w, "s1.1", 10);
	until_dropped(w, c, "abc", 3);
	assert_non_null(
	    strstr(buf_cstr(&w->events), "oldest data dropped, 3 bytes"));
	until_dropped(w, c, "d", 4);
	assert_non_null(
	    strstr(buf_cstr(&w->events), "oldest data dropped, 4 bytes"));
	until_dropped(w, c, "efg", 7);
	assert_null(strstr(buf_cstr(&w->events), "oldest data"));
	until_dropped(w, c, "h", 8);
	assert_non_null(
	    strstr(buf_cstr(&w->events), "oldest data dropped, 8 bytes"));
}

static void a_few_turns(struct world *w)
{
	for (int i = 0; i < 5; i++) {
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

static void full_live_inbox_resumes_without_a_consumer(void **state)
{
	struct world *w = *state;
	struct counter looks = {.waiter.notify = count_notify}, takes = looks;
	takes.waiter.consumes = true;
	w->hub.inbox_limit = 10;
	w->hub.display.live = true;
	struct session *c = client_of(w, listener(w, false), "");
	session_await(until(w, "s1.1", SESSION_OPEN), &takes.waiter);
	session_await(find(w, "s1.1"), &looks.waiter);
	send_text(c, "0123456789");
	struct session *p = until_unread(w, "s1.1", 10);
	/* The unconsumed data is kept for a consumer, so the link does not
	 * read. */
	a_few_turns(w);
	send_text(c, "abc");
	a_few_turns(w);
	expect_front(p, "0123456789");
	session_unawait(&takes.waiter);
	a_few_turns(w);
	expect_front(p, "3456789abc");
	session_unawait(&looks.waiter);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(names_count_up_and_are_unique),
	    TEST(name_of_a_released_session_is_free),
	    TEST(both_ends_are_sessions),
	    TEST(echo_returns_data_and_keeps_none),
	    TEST(waiter_is_notified_of_a_peer_and_of_bytes),
	    TEST(ended_session_can_still_be_read),
	    TEST(reset_is_not_a_close),
	    TEST(unsent_bytes_are_counted_after_the_end),
	    TEST(ended_session_is_remembered),
	    TEST(echo_stops_reading_if_the_peer_does),
	    TEST(pinned_session_is_not_freed),
	    TEST(full_held_inbox_stops_reading),
	    TEST(full_live_inbox_drops_the_oldest),
	    TEST(dropped_bytes_are_noted_at_each_power_of_two),
	    TEST(full_live_inbox_resumes_without_a_consumer),
	};
	return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
