/* SPDX-License-Identifier: ISC */
/*
 * Tests of sessions and their hub over real loopback sockets: names, ends,
 * inboxes, echo, accepting and what stays of those that are gone.
 */
#include "tests/lib/hubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hear(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	switch (ev->kind) {
	case EVENT_CREATED:
		buf_printf(&w->heard, "born %s\n", ev->session->name);
		break;
	case EVENT_STATE:
		buf_printf(&w->heard, "%s %s\n", ev->session->name,
			   session_state_name(session_state(ev->session)));
		break;
	case EVENT_MESSAGE:
		buf_printf(&w->heard, "%s %c%llu %.*s\n", ev->session->name,
			   ev->dir == DIR_UP ? '<' : '>',
			   (unsigned long long)ev->number,
			   (int)ev->unit->data.len,
			   (const char *)ev->unit->data.at);
		break;
	case EVENT_NOTICE:
		buf_printf(&w->heard, "note %s\n", ev->text);
		break;
	case EVENT_DETAIL:
	case EVENT_EXPECT:
	case EVENT_CONTEXT:
	case EVENT_ERROR:
	case EVENT_EXIT:
		break;
	case EVENT_ENDED:
		buf_printf(&w->heard, "%s ended\n", ev->session->name);
		break;
	}
}

static int setup(void **state)
{
	*state = hubs_new(hear);
	return 0;
}

static struct session *until_unread(struct world *w, const char *name, size_t n)
{
	struct session *s = find(w, name);
	while (!s || inbox_len(&s->inbox) < n) {
		assert_int_equal(loop_turn(w->loop, NULL), 0);
		s = find(w, name);
	}
	return s;
}

static void until_gone(struct world *w, const char *name)
{
	for (int i = 0; find(w, name); i++) {
		assert_true(i < 10000);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

static struct session *listener(struct world *w, bool echo)
{
	return listener_at(w, "127.0.0.1:0", echo);
}

static void send_text(struct session *s, const char *text)
{
	struct unit u = {.data = bytes_str(text)};
	assert_int_equal(session_send(s, &u, NULL), 0);
}

static void expect_unread(const struct session *s, const char *want)
{
	struct bytes front;
	bool whole;
	assert_true(inbox_front(&s->inbox, &front, &whole));
	assert_true(bytes_is(front, want));
}

static void names_count_up_and_are_not_taken_twice(void **state)
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
	assert_string_equal(e.text, "there is a session c2 already");
	plan.name = BYTES("1x");
	assert_null(hub_connect(&w->hub, &plan, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	plan.name = BYTES("a.b");
	assert_null(hub_connect(&w->hub, &plan, &e));
}

static void peers_have_their_listeners_whole_name(void **state)
{
	struct world *w = *state;
	struct err e;
	struct session *s = listener(w, false);
	struct session_options plan = {
	    .endpoint = s->endpoint, .name = BYTES("abcdefghijklmnopqrstuvw")};
	struct session *one = hub_listen(&w->hub, &plan, NULL);
	plan.name = BYTES("abcdefghijklmnopqrstuvx");
	struct session *two = hub_listen(&w->hub, &plan, NULL);
	client_of(w, one, "");
	client_of(w, two, "");
	until(w, "abcdefghijklmnopqrstuvw.1", SESSION_OPEN);
	until(w, "abcdefghijklmnopqrstuvx.1", SESSION_OPEN);
	one->last_peer = UINT32_MAX - 1;
	client_of(w, one, "");
	until(w, "abcdefghijklmnopqrstuvw.4294967295", SESSION_OPEN);
	plan.name = BYTES("abcdefghijklmnopqrstuvwx");
	assert_null(hub_listen(&w->hub, &plan, &e));
	assert_string_equal(e.text,
			    "a session's name has at most 23 characters");
}

/* Before anything is freed: the next command of the same line sees it so. */
static void a_closed_and_forgotten_session_gives_its_name_back(void **state)
{
	struct world *w = *state;
	struct session *s = listener(w, false);
	struct session *old = client_of(w, s, "me");
	session_close(old, false);
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
	expect_unread(p, "hello");
	assert_ptr_equal(p->parent, find(w, "s1"));
	send_text(p, "there");
	expect_unread(until_unread(w, "c1", 5), "there");
	assert_non_null(strstr(buf_cstr(&w->heard), "c1 >1 hello\n"));
	assert_non_null(strstr(buf_cstr(&w->heard), "s1.1 <2 hello\n"));
}

static void echo_answers_and_keeps_nothing(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, true), "");
	send_text(c, "again");
	expect_unread(until_unread(w, "c1", 5), "again");
	assert_int_equal(inbox_len(&find(w, "s1.1")->inbox), 0);
	assert_int_equal(session_end(c, NULL), 0);
	until(w, "c1", SESSION_CLOSED);
	until_gone(w, "s1.1");
	assert_int_equal(find(w, "s1")->open_peers, 0);
	expect_unread(c, "again");
}

static void accept_takes_peers_in_order(void **state)
{
	struct world *w = *state;
	struct session *s = listener(w, false);
	assert_null(session_accept(s));
	client_of(w, s, "");
	client_of(w, s, "");
	until(w, "s1.2", SESSION_OPEN);
	assert_string_equal(session_accept(s)->name, "s1.1");
	assert_string_equal(session_accept(s)->name, "s1.2");
	assert_null(session_accept(s));
}

struct counter {
	struct waiter waiter;
	unsigned pokes;
};

static void count_poke(struct waiter *w)
{
	list_entry(w, struct counter, waiter)->pokes++;
}

static void waiter_is_poked_by_a_peer_and_by_bytes(void **state)
{
	struct world *w = *state;
	struct session *s = listener(w, false);
	struct counter peers = {.waiter.notify = count_poke}, bytes = peers;
	session_await(s, &peers.waiter);
	struct session *c = client_of(w, s, "");
	struct session *p = until(w, "s1.1", SESSION_OPEN);
	assert_int_equal(peers.pokes, 1);
	session_unawait(&peers.waiter);
	session_await(p, &bytes.waiter);
	send_text(c, "x");
	until_unread(w, "s1.1", 1);
	assert_int_equal(bytes.pokes, 1);
	session_unawait(&bytes.waiter);
}

static void ended_session_can_still_be_read(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	send_text(until(w, "s1.1", SESSION_OPEN), "last words");
	session_close(find(w, "s1.1"), false);
	until(w, "c1", SESSION_HALF_CLOSED);
	expect_unread(c, "last words");
	struct err e;
	session_end_error(c, &e);
	assert_int_equal(e.kind, ERR_CLOSED);
	struct buf why;
	buf_init(&why, BUF_SMALL);
	session_why(c, &why);
	assert_string_equal(buf_cstr(&why),
			    "the peer has closed its side (FIN); ours is open; "
			    "10 bytes unread");
	buf_fini(&why);
	assert_int_equal(session_end(c, NULL), 0);
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(c->link.cause, CAUSE_PEER);
}

static void reset_is_told_apart(void **state)
{
	struct world *w = *state;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(until(w, "s1.1", SESSION_OPEN), true);
	until(w, "c1", SESSION_CLOSED);
	assert_int_equal(c->link.cause, CAUSE_RESET);
	struct err e;
	assert_int_equal(session_end_error(c, &e), -1);
	assert_int_equal(e.kind, ERR_RESET);
	struct unit u = {.data = BYTES("x")};
	assert_int_equal(session_send(c, &u, &e), -1);
	assert_int_equal(e.kind, ERR_RESET);
}

static void unsent_bytes_are_told_after_the_end(void **state)
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
	session_close(c, true);
	assert_true(session_unsent(c) > 0);
	assert_true(session_unsent(c) <= unsent);
	buf_init(&why, BUF_SMALL);
	session_why(c, &why);
	assert_non_null(strstr(buf_cstr(&why), " bytes unsent"));
	buf_fini(&why);
	free(big);
}

static void gone_session_is_remembered(void **state)
{
	struct world *w = *state;
	struct err e;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(c, false);
	session_release(c);
	until_gone(w, "c1");
	assert_null(hub_find(&w->hub, BYTES("c1"), &e));
	assert_int_equal(e.kind, ERR_CLOSED);
	assert_string_equal(e.text, "c1 is gone: closed here");
	assert_null(hub_find(&w->hub, BYTES("zz"), &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(hub_find_ended(&w->hub, BYTES("c1"))->why,
			    "closed here");
}

static const struct ended_session *grave_of(struct world *w, unsigned client)
{
	char name[16];

	snprintf(name, sizeof(name), "c%u", client);
	return hub_find_ended(&w->hub, bytes_str(name));
}

/* Makes a client that ends, and its peer with a byte unread. */
static void end_one(struct world *w, struct session *l, unsigned n)
{
	struct unit x = {.data = BYTES("x")};
	struct session *c = client_of(w, l, "");
	char peer[16];

	snprintf(peer, sizeof(peer), "s1.%u", n);
	assert_int_equal(session_send(c, &x, NULL), 0);
	until_unread(w, peer, 1);
	session_close(c, true);
	session_release(c);
	until(w, peer, SESSION_CLOSED);
}

static void gone_sessions_are_remembered_up_to_a_number(void **state)
{
	struct world *w = *state;
	struct session *l = listener(w, false);

	for (unsigned n = 1; n <= HUB_ENDED_KEPT; n++)
		end_one(w, l, n);
	until_gone(w, "c256");
	for (unsigned n = 1; n <= HUB_ENDED_KEPT; n++)
		assert_non_null(grave_of(w, n));
	end_one(w, l, HUB_ENDED_KEPT + 1);
	until_gone(w, "c257");
	assert_null(grave_of(w, 1));
	assert_non_null(grave_of(w, 2));
	assert_non_null(grave_of(w, HUB_ENDED_KEPT + 1));
}

static void ended_peers_are_kept_up_to_a_number(void **state)
{
	struct world *w = *state;
	struct session *l = listener(w, false);

	for (unsigned n = 1; n <= HUB_ENDED_MAX; n++)
		end_one(w, l, n);
	loop_no_wait(w->loop);
	assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_non_null(find(w, "s1.1"));
	end_one(w, l, HUB_ENDED_MAX + 1);
	until_gone(w, "s1.1");
	assert_non_null(find(w, "s1.2"));
	assert_non_null(find(w, "s1.1025"));
}

/* A peer that sends and does not read: what its echo keeps is bounded. */
static void echo_to_a_deaf_peer_stops_reading(void **state)
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
	session_close(c, false);
	session_release(c);
	until(w, "s1.1", SESSION_HALF_CLOSED);
	assert_ptr_equal(find(w, "c1"), c);
	session_unpin(c);
	loop_no_wait(w->loop);
	until_gone(w, "c1");
}

static struct session *open_client(struct world *w, const struct session *to)
{
	struct session *c = client_of(w, to, "");
	return until(w, c->name, SESSION_OPEN);
}

static void datagram_peer_makes_room_when_all_is_read(void **state)
{
	struct world *w = *state;
	w->hub.peers_max = 1;
	struct session *l = listener_at(w, "udp://:0", false);
	struct session *a = open_client(w, l), *b = open_client(w, l);
	send_text(a, "one");
	struct session *p = until_unread(w, "s1.1", 3);
	send_text(b, "two");
	while (!strstr(buf_cstr(&w->heard), "none can make room"))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_state(p), SESSION_OPEN);

	inbox_pop(&p->inbox);
	session_touch(p);
	session_hold(p);
	send_text(b, "three");
	send_text(a, "four");
	until_unread(w, "s1.1", 4);
	inbox_pop(&p->inbox);
	session_touch(p);
	session_unhold(p);
	send_text(b, "five");
	until_unread(w, "s1.2", 4);
	assert_null(find(w, "s1.1"));
	const struct ended_session *g = hub_find_ended(&w->hub, BYTES("s1.1"));
	assert_non_null(strstr(g->why, "closed here to make room"));
	assert_int_equal(l->open_peers, 1);
}

static void live_datagram_peer_makes_room_once_shown(void **state)
{
	struct world *w = *state;
	w->hub.peers_max = 1;
	w->hub.display.live = true;
	struct session *l = listener_at(w, "udp://:0", false);
	send_text(open_client(w, l), "one");
	until_unread(w, "s1.1", 3);
	send_text(open_client(w, l), "two");
	until_unread(w, "s1.2", 3);
	assert_null(find(w, "s1.1"));
}

static void connections_past_the_limit_wait_and_that_is_noted(void **state)
{
	struct world *w = *state;
	w->hub.peers_max = 1;
	struct session *l = listener(w, false);
	open_client(w, l);
	until(w, "s1.1", SESSION_OPEN);
	assert_non_null(strstr(buf_cstr(&w->heard),
			       "as many peers as 'set peers' allows (1)"));
	send_text(open_client(w, l), "waits");
	assert_int_equal(l->open_peers, 1);
	session_close(find(w, "s1.1"), false);
	until_unread(w, "s1.2", 5);

	/* More are taken at once when there may be more. */
	open_client(w, l);
	w->hub.peers_max = 2;
	session_limit_peers(l);
	until(w, "s1.3", SESSION_OPEN);
}

static void full_held_inbox_stops_reading_and_loses_nothing(void **state)
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

static void full_live_inbox_lets_the_oldest_go(void **state)
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
	expect_unread(p, "3456789abc");
	assert_int_equal(p->dropped, 3);
	assert_non_null(strstr(buf_cstr(&w->heard),
			       "the oldest 3 bytes were let go so far"));
}

static void until_dropped(struct world *w, struct session *from,
			  const char *text, uint64_t dropped)
{
	buf_clear(&w->heard);
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
	assert_non_null(strstr(buf_cstr(&w->heard), "the oldest 3 bytes"));
	until_dropped(w, c, "d", 4);
	assert_non_null(strstr(buf_cstr(&w->heard), "the oldest 4 bytes"));
	until_dropped(w, c, "efg", 7);
	assert_null(strstr(buf_cstr(&w->heard), "the oldest"));
	until_dropped(w, c, "h", 8);
	assert_non_null(strstr(buf_cstr(&w->heard), "the oldest 8 bytes"));
}

static void a_few_turns(struct world *w)
{
	for (int i = 0; i < 5; i++) {
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

static void full_live_inbox_reads_on_when_nobody_takes_any_more(void **state)
{
	struct world *w = *state;
	struct counter looks = {.waiter.notify = count_poke}, takes = looks;
	takes.waiter.consumes = true;
	w->hub.inbox_limit = 10;
	w->hub.display.live = true;
	struct session *c = client_of(w, listener(w, false), "");
	session_await(until(w, "s1.1", SESSION_OPEN), &takes.waiter);
	session_await(find(w, "s1.1"), &looks.waiter);
	send_text(c, "0123456789");
	struct session *p = until_unread(w, "s1.1", 10);
	/* What comes is kept for whom takes: no more is read. */
	a_few_turns(w);
	send_text(c, "abc");
	a_few_turns(w);
	expect_unread(p, "0123456789");
	session_unawait(&takes.waiter);
	a_few_turns(w);
	expect_unread(p, "3456789abc");
	session_unawait(&looks.waiter);
}

static void live_peer_that_ended_empty_goes(void **state)
{
	struct world *w = *state;
	w->hub.display.live = true;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(until(w, "s1.1", SESSION_OPEN), false);
	until_gone(w, "s1.1");
	assert_ptr_equal(find(w, "c1"), c);
}

static void once_listener_closes_after_its_peer(void **state)
{
	struct world *w = *state;
	struct endpoint where;
	struct session_options plan = {.endpoint = &where, .once = true};
	endpoint_parse(BYTES("127.0.0.1:0"), &where, NULL);
	struct session *s = hub_listen(&w->hub, &plan, NULL);
	client_of(w, s, "");
	until_gone(w, "s1");
	struct session *p = until(w, "s1.1", SESSION_OPEN);
	assert_null(p->parent);
}

static void datagram_peers_are_sessions(void **state)
{
	struct world *w = *state;
	struct endpoint where;
	struct session_options plan = {.endpoint = &where};
	char text[64];
	assert_int_equal(
	    endpoint_parse(BYTES("udp://127.0.0.1:0"), &where, NULL), 0);
	struct session *s = hub_listen(&w->hub, &plan, NULL);
	assert_non_null(s);
	struct addr at = transport_local(&s->link);
	snprintf(text, sizeof text, "udp://127.0.0.1:%u", addr_port(&at));
	endpoint_parse(bytes_str(text), &where, NULL);
	hub_connect(&w->hub, &plan, NULL);
	hub_connect(&w->hub, &plan, NULL);
	send_text(until(w, "c1", SESSION_OPEN), "one");
	until_unread(w, "s1.1", 3);
	send_text(until(w, "c2", SESSION_OPEN), "two");
	until_unread(w, "s1.2", 3);
	send_text(find(w, "s1.2"), "for two");
	expect_unread(until_unread(w, "c2", 7), "for two");
	assert_int_equal(inbox_len(&find(w, "c1")->inbox), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(names_count_up_and_are_not_taken_twice),
	    TEST(peers_have_their_listeners_whole_name),
	    TEST(a_closed_and_forgotten_session_gives_its_name_back),
	    TEST(both_ends_are_sessions),
	    TEST(echo_answers_and_keeps_nothing),
	    TEST(accept_takes_peers_in_order),
	    TEST(waiter_is_poked_by_a_peer_and_by_bytes),
	    TEST(ended_session_can_still_be_read),
	    TEST(reset_is_told_apart),
	    TEST(unsent_bytes_are_told_after_the_end),
	    TEST(gone_session_is_remembered),
	    TEST(gone_sessions_are_remembered_up_to_a_number),
	    TEST(ended_peers_are_kept_up_to_a_number),
	    TEST(echo_to_a_deaf_peer_stops_reading),
	    TEST(pinned_session_is_not_freed),
	    TEST(datagram_peer_makes_room_when_all_is_read),
	    TEST(live_datagram_peer_makes_room_once_shown),
	    TEST(connections_past_the_limit_wait_and_that_is_noted),
	    TEST(full_held_inbox_stops_reading_and_loses_nothing),
	    TEST(full_live_inbox_lets_the_oldest_go),
	    TEST(dropped_bytes_are_noted_at_each_power_of_two),
	    TEST(full_live_inbox_reads_on_when_nobody_takes_any_more),
	    TEST(live_peer_that_ended_empty_goes),
	    TEST(once_listener_closes_after_its_peer),
	    TEST(datagram_peers_are_sessions),
	};
	return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
