/* SPDX-License-Identifier: ISC */
/*
 * Tests of a listener's peers over real loopback sockets: accepting, limits,
 * and how many ended peers are kept.
 */
#include "tests/lib/hubs.h"

#include <stdio.h>
#include <string.h>

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s\n", ev->text);
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

static void peers_have_the_full_name_of_their_listener(void **state)
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
	assert_string_equal(e.text, "a session name has at most 23 characters");
}

static void peers_are_accepted_in_order(void **state)
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

static const struct ended_session *ended_client(struct world *w,
						unsigned client)
{
	char name[16];

	snprintf(name, sizeof(name), "c%u", client);
	return hub_find_ended(&w->hub, bytes_str(name));
}

/* Makes a client that ends; its peer keeps one unread byte. */
static void end_one(struct world *w, struct session *l, unsigned n)
{
	struct unit x = {.data = BYTES("x")};
	struct session *c = client_of(w, l, "");
	char peer[16];

	snprintf(peer, sizeof(peer), "s1.%u", n);
	assert_int_equal(session_send(c, &x, NULL), 0);
	until_unread(w, peer, 1);
	session_close(c, CLOSE_RESET, NULL);
	session_release(c);
	until(w, peer, SESSION_CLOSED);
}

static void number_of_remembered_sessions_is_limited(void **state)
{
	struct world *w = *state;
	struct session *l = listener(w, false);

	for (unsigned n = 1; n <= HUB_ENDED_KEPT; n++)
		end_one(w, l, n);
	until_gone(w, "c256");
	for (unsigned n = 1; n <= HUB_ENDED_KEPT; n++)
		assert_non_null(ended_client(w, n));
	end_one(w, l, HUB_ENDED_KEPT + 1);
	until_gone(w, "c257");
	assert_null(ended_client(w, 1));
	assert_non_null(ended_client(w, 2));
	assert_non_null(ended_client(w, HUB_ENDED_KEPT + 1));
}

static void number_of_ended_peers_is_limited(void **state)
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

static struct session *open_client(struct world *w, const struct session *to)
{
	struct session *c = client_of(w, to, "");
	return until(w, c->name, SESSION_OPEN);
}

static void datagram_peer_is_replaced_once_read(void **state)
{
	struct world *w = *state;
	w->hub.peers_max = 1;
	struct session *l = listener_at(w, "udp://:0", false);
	struct session *a = open_client(w, l), *b = open_client(w, l);
	send_text(a, "one");
	struct session *p = until_unread(w, "s1.1", 3);
	send_text(b, "two");
	while (!strstr(buf_cstr(&w->events), "no peer can be closed"))
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

static void live_datagram_peer_is_replaced_once_shown(void **state)
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

static void connections_above_the_limit_wait(void **state)
{
	struct world *w = *state;
	w->hub.peers_max = 1;
	struct session *l = listener(w, false);
	open_client(w, l);
	until(w, "s1.1", SESSION_OPEN);
	assert_non_null(strstr(buf_cstr(&w->events), "peer limit reached (1)"));
	send_text(open_client(w, l), "waits");
	assert_int_equal(l->open_peers, 1);
	session_close(find(w, "s1.1"), CLOSE_NOW, NULL);
	until_unread(w, "s1.2", 5);

	/* A higher limit takes effect at once. */
	open_client(w, l);
	w->hub.peers_max = 2;
	session_limit_peers(l);
	until(w, "s1.3", SESSION_OPEN);
}

static void ended_live_peer_without_data_is_freed(void **state)
{
	struct world *w = *state;
	w->hub.display.live = true;
	struct session *c = client_of(w, listener(w, false), "");
	session_close(until(w, "s1.1", SESSION_OPEN), CLOSE_NOW, NULL);
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

static struct session *listener_for(struct world *w, const char *peer)
{
	return hub_find_listener(&w->hub, bytes_str(peer));
}

static void listener_is_found_for_peers_that_may_come(void **state)
{
	struct world *w = *state;
	struct endpoint where;
	struct session_options plan = {.endpoint = &where, .once = true};
	struct session *s = listener(w, false);
	assert_ptr_equal(listener_for(w, "s1.1"), s);
	assert_ptr_equal(listener_for(w, "s1.4294967295"), s);
	client_of(w, s, "");
	until(w, "s1.1", SESSION_OPEN);
	assert_ptr_equal(listener_for(w, "s1.2"), s);
	static const char *const never[] = {
	    "s1.1", "s1.0",          "s1.02", "s1.0x2", "s1.", "s1",
	    "c1.1", "s1.4294967296", "s9.1",  "s1.2/1", "",    NULL};
	for (size_t i = 0; never[i]; i++)
		assert_null(listener_for(w, never[i]));
	session_close(s, CLOSE_ORDERLY, NULL);
	assert_null(listener_for(w, "s1.2"));
	endpoint_parse(BYTES("127.0.0.1:0"), &where, NULL);
	s = hub_listen(&w->hub, &plan, NULL);
	assert_ptr_equal(listener_for(w, "s2.1"), s);
	assert_null(listener_for(w, "s2.2"));
	plan.once = false;
	plan.listen.hold = true;
	s = hub_listen(&w->hub, &plan, NULL);
	assert_null(listener_for(w, "s3.1"));
	assert_null(session_accept(s));
	assert_ptr_equal(listener_for(w, "s3.1"), s);
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
	expect_front(until_unread(w, "c2", 7), "for two");
	assert_int_equal(inbox_len(&find(w, "c1")->inbox), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(peers_have_the_full_name_of_their_listener),
	    TEST(peers_are_accepted_in_order),
	    TEST(number_of_remembered_sessions_is_limited),
	    TEST(number_of_ended_peers_is_limited),
	    TEST(datagram_peer_is_replaced_once_read),
	    TEST(live_datagram_peer_is_replaced_once_shown),
	    TEST(connections_above_the_limit_wait),
	    TEST(ended_live_peer_without_data_is_freed),
	    TEST(once_listener_closes_after_its_peer),
	    TEST(listener_is_found_for_peers_that_may_come),
	    TEST(datagram_peers_are_sessions),
	};
	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
