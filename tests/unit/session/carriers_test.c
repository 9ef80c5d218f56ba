/* SPDX-License-Identifier: ISC */
/*
 * Tests carriers and the router of a listener, with the conversation of
 * talks.h. conversation_test.c tests the sessions above the carriers.
 */
#include "talk_test.h"

static void carriers_are_no_peers(void **state)
{
	struct world *w = *state;
	struct session *carrier;

	converse(w, NULL);
	carrier = find(w, "c1/1");
	assert_non_null(carrier);
	assert_true(session_is_carrier(carrier));
	assert_ptr_equal(session_owner(carrier), w->c);
	assert_string_equal(field(carrier, "role"), "carrier");
	assert_string_equal(field(carrier, "parent"), "c1");
	assert_non_null(find(w, "s1.1/1"));
	assert_int_equal(session_open_carriers(w->p), 1);
	/* The router moved the carrier from the listener to the peer. */
	assert_int_equal(session_open_carriers(find(w, "s1")), 0);
	assert_null(find(w, "s1/1"));
	assert_int_equal(count_matches(w, "*"), 3);
	assert_int_equal(count_matches(w, "s1*"), 2);
	assert_int_equal(count_matches(w, "c1/*"), 1);
	assert_int_equal(count_matches(w, "*/*"), 2);
	/* Only the peer is counted and accepted, not the carrier. */
	assert_int_equal(find(w, "s1")->open_peers, 1);
	assert_non_null(session_accept(find(w, "s1")));
	assert_null(session_accept(find(w, "s1")));
}

static void carriers_events_are_details(void **state)
{
	struct world *w = *state;

	converse(w, NULL);
	assert_true(happened(w, "c1/1 detail carries c1\n"));
	assert_true(happened(w, "c1/1 detail open to tcp://127.0.0.1:"));
	assert_true(happened(w, "s1/1 detail carries s1\n"));
	assert_true(happened(w, "s1.1/1 detail was s1/1\n"));
	buf_clear(&w->events);
	send_text(w->c, "hello");
	until_unread(w, "s1.1", 5);
	assert_string_equal(buf_cstr(&w->events), "c1 message\ns1.1 message\n");
	assert_int_equal(w->hub.messages, 2);
	buf_clear(&w->events);
	session_close(find(w, "c1/1"), CLOSE_NOW, NULL);
	settle(w);
	assert_true(happened(w, "c1/1 detail closed here"));
	assert_false(happened(w, "ended"));
	assert_false(happened(w, "created"));
}

/* The next number to send, and to expect at the client and at the peer. */
struct count {
	unsigned sent, got[2];
};

static void take_numbers(struct session *s, unsigned *next)
{
	struct bytes front;
	bool whole;
	char want[16];

	while (inbox_front(&s->inbox, &front, &whole)) {
		snprintf(want, sizeof(want), "%u", (*next)++);
		assert_true(bytes_is(front, want));
		inbox_pop(&s->inbox);
		session_touch(s);
	}
}

/* Sends numbered messages both ways, and takes those that have come. */
static void exchange(struct world *w, struct count *count, unsigned n)
{
	char text[16];

	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%u", count->sent++);
		send_text(w->c, text);
		send_text(w->p, text);
	}
	take_numbers(w->c, &count->got[0]);
	take_numbers(w->p, &count->got[1]);
}

static void carriers_come_and_go_without_a_loss(void **state)
{
	struct world *w = *state;
	struct count count = {0};

	converse(w, NULL);
	for (unsigned i = 0; i < 20; i++) {
		struct session *next = NULL;

		exchange(w, &count, 5);
		if (i % 3 == 0)
			next = talk_add_carrier(w->c);
		exchange(w, &count, 5);
		loop_no_wait(w->loop);
		turn(w);
		/* Reset the newest carrier, which may already be in use. */
		if (next && i % 2)
			session_close(next, CLOSE_RESET, NULL);
		if (next && i % 2)
			talk_add_carrier(w->c);
		exchange(w, &count, 0);
	}
	while (count.got[0] < 200 || count.got[1] < 200) {
		turn(w);
		exchange(w, &count, 0);
	}
	settle(w);
	assert_int_equal(count.got[0], 200);
	assert_int_equal(count.got[1], 200);
	assert_int_equal(session_unsent(w->c), 0);
	assert_int_equal(session_unsent(w->p), 0);
	/* The replaced carriers are freed. */
	assert_int_equal(session_open_carriers(w->c), 1);
	assert_int_equal(count_matches(w, "c1/*"), 1);
}

struct watcher {
	struct waiter waiter;
	unsigned notified;
};

static void count_notice(struct waiter *waiter)
{
	list_entry(waiter, struct watcher, waiter)->notified++;
}

static void close_closes_the_carriers(void **state)
{
	struct world *w = *state;
	struct watcher watcher = {.waiter = {.notify = count_notice}};
	struct session *carrier;

	converse(w, NULL);
	carrier = find(w, "c1/1");
	list_init(&watcher.waiter.at);
	session_await(carrier, &watcher.waiter);
	session_close(w->c, CLOSE_NOW, NULL);
	session_release(w->c);
	assert_int_equal(w->c->link.cause, CAUSE_LOCAL);
	assert_true(session_is_closed(carrier));
	until(w, "s1.1", SESSION_CLOSED);
	assert_int_equal(w->p->link.cause, CAUSE_PEER);
	until_gone(w, "c1");
	/* The waiter keeps the carrier allocated, though its owner is freed. */
	assert_true(session_is_carrier(carrier));
	assert_null(session_owner(carrier));
	assert_string_equal(carrier->name, "c1/1");
	session_unawait(&watcher.waiter);
	settle(w);
	assert_int_equal(w->hub.count, 2);
}

static void carrier_that_cannot_connect_fails_the_conversation(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, "127.0.0.1:0", false);

	talk_serve(l, NULL);
	w->c = talk_open(&w->hub, l, NULL);
	session_close(l, CLOSE_NOW, NULL);
	until(w, "c1", SESSION_CLOSED);
	assert_false(session_was_open(w->c));
	assert_int_equal(w->c->link.cause, CAUSE_FAILED);
	assert_non_null(session_error(w->c));
	assert_true(session_error(w->c)->kind == ERR_REFUSED ||
		    session_error(w->c)->kind == ERR_RESET);
}

static void router_finds_a_conversation_by_its_id(void **state)
{
	struct world *w = *state;
	struct session *second;

	converse(w, NULL);
	second = talk_open(&w->hub, find(w, "s1"), NULL);
	assert_string_equal(second->name, "c2");
	until(w, "c2", SESSION_OPEN);
	send_text(find(w, "s1.2"), "two");
	send_text(w->p, "one");
	until_unread(w, "c1", 3);
	until_unread(w, "c2", 3);
	expect_front(w->c, "one");
	expect_front(second, "two");
	/* The second carrier of each client joins that client's conversation.
	 */
	talk_add_carrier(second);
	talk_add_carrier(w->c);
	settle(w);
	assert_non_null(find(w, "s1.1/2"));
	assert_non_null(find(w, "s1.2/2"));
	/* An unknown id is refused, which ends the conversation. */
	talk_set_id(second, 99);
	talk_add_carrier(second);
	until(w, "c2", SESSION_CLOSED);
	assert_int_equal(session_error(second)->kind, ERR_RESET);
	assert_int_equal(session_state(w->c), SESSION_OPEN);
}

static void peer_limit_counts_conversations(void **state)
{
	struct world *w = *state;
	struct session *second;

	w->hub.peers_max = 1;
	converse(w, NULL);
	/* The conversation still gets carriers. */
	talk_add_carrier(w->c);
	turns_until(w, find(w, "s1.1/2"));
	second = talk_open(&w->hub, find(w, "s1"), NULL);
	until(w, "c2", SESSION_CLOSED);
	assert_int_equal(session_error(second)->kind, ERR_REFUSED);
	assert_null(find(w, "s1.2"));
	session_close(w->c, CLOSE_NOW, NULL);
	until(w, "s1.1", SESSION_CLOSED);
	talk_open(&w->hub, find(w, "s1"), NULL);
	until(w, "c3", SESSION_OPEN);
	assert_non_null(find(w, "s1.2"));
}

static void listener_accepts_a_bounded_number_of_carriers(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, ":0", false);

	talk_serve(l, NULL);
	w->hub.peers_max = 1;
	for (int i = 0; i < 6; i++)
		client_of(w, l, "");
	settle(w);
	/* The clients do not greet. Four connections are accepted; the others
	 * wait in the backlog. */
	assert_int_equal(session_open_carriers(l), 4);
	assert_true(happened(w, "s1 notice 4 connections are open: others wait "
				"until one closes; raise 'set peers'\n"));
	buf_clear(&w->events);
	session_close(find(w, "s1/2"), CLOSE_NOW, NULL);
	settle(w);
	assert_int_equal(session_open_carriers(l), 4);
	assert_non_null(find(w, "s1/5"));
	assert_null(find(w, "s1/6"));
	assert_false(happened(w, "s1 notice"));
	assert_int_equal(l->open_peers, 0);
}

static void conversations_outlive_their_listener(void **state)
{
	struct world *w = *state;

	converse(w, NULL);
	session_close(find(w, "s1"), CLOSE_NOW, NULL);
	settle(w);
	send_text(w->c, "still");
	until_unread(w, "s1.1", 5);
	assert_int_equal(session_state(w->p), SESSION_OPEN);
}

static void listener_of_one_connection_has_no_router(void **state)
{
	struct world *w = *state;
	struct session *udp = listener_at(w, "udp://:0", false);
	struct session *once = listener_at(w, ":0", false);
	struct err e;

	assert_int_equal(hub_route(udp, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	once->once = true;
	assert_int_equal(hub_route(once, NULL, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	once->once = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(carriers_are_no_peers),
	    TALK_TEST(carriers_events_are_details),
	    TALK_TEST(carriers_come_and_go_without_a_loss),
	    TALK_TEST(close_closes_the_carriers),
	    TALK_TEST(carrier_that_cannot_connect_fails_the_conversation),
	    TALK_TEST(router_finds_a_conversation_by_its_id),
	    TALK_TEST(peer_limit_counts_conversations),
	    TALK_TEST(listener_accepts_a_bounded_number_of_carriers),
	    TALK_TEST(conversations_outlive_their_listener),
	    TALK_TEST(listener_of_one_connection_has_no_router),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
