/* SPDX-License-Identifier: ISC */
/*
 * Tests datagrams over UDP and Unix sockets: a link for each peer, boundaries,
 * and the notices about dropped datagrams.
 */
#include "tests/lib/links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct end *listen_max(const char *text, unsigned max)
{
	struct listen_options options = {.max_peers = max};
	struct end *l = new_end();

	listen_as(l, text, &options);
	return l;
}

static struct end *client(const struct end *l)
{
	struct end *e = dial(where(l));

	until(e->t.state == LINK_OPEN);
	return e;
}

static void udp_peer_has_a_link_of_its_own(void **state)
{
	struct end *l = listen_on("udp://:0"), *a = client(l), *b = client(l);
	struct addr local;

	(void)state;
	say(a, "from a");
	until(l->kid_count == 1);
	say(b, "from b");
	until(l->kid_count == 2);
	say(a, "a again");
	until(l->kids[0]->units == 2);
	assert_string_equal(got(l->kids[0]), "from aa again");
	assert_string_equal(got(l->kids[1]), "from b");
	say(l->kids[0], "to a");
	say(l->kids[1], "to b");
	until(a->units == 1 && b->units == 1);
	assert_string_equal(got(a), "to a");
	assert_string_equal(got(b), "to b");
	local = transport_local(&a->t);
	assert_true(addr_equal(&local, &l->kids[0]->t.peer));
	local = transport_local(&l->kids[0]->t);
	assert_true(addr_equal(&local, &a->t.peer));
	assert_int_equal(l->units, 0);
}

static void udp_boundaries_are_kept_even_of_nothing(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = dial(where(l));
	char *long_one = calloc(1, 65508);
	struct unit unit = {.data = bytes_of(long_one, 65507)};
	struct err why;

	(void)state;
	/* This data is sent before the link is open. */
	say(e, "abc");
	say(e, "");
	say(e, "defgh");
	assert_int_equal(transport_queued(&e->t), 8);
	until(l->kid_count == 1 && l->kids[0]->units == 3);
	assert_int_equal(e->drains, 1);
	assert_string_equal(buf_cstr(&l->kids[0]->cuts), " 3 0 5");
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	until(l->kids[0]->units == 4);
	assert_string_equal(buf_cstr(&l->kids[0]->cuts), " 3 0 5 65507");
	assert_int_equal(l->kids[0]->cut, 0);

	why = say_bad(e, bytes_of(long_one, 65508));
	assert_int_equal(why.kind, ERR_LIMIT);
	has(why.text, "65508 bytes: too long for a udp datagram (limit 65507)");
	assert_int_equal(e->t.state, LINK_OPEN);
	free(long_one);
}

/* IPv6 carries more payload: its length field does not count the header. */
static void udp_over_ipv6_carries_more(void **state)
{
	struct end *l = listen_on("udp6://:0"), *e = client(l);
	char *long_one = calloc(1, 65528);
	struct unit unit = {.data = bytes_of(long_one, 65527)};

	(void)state;
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	until(l->kid_count == 1 && l->kids[0]->units == 1);
	assert_string_equal(buf_cstr(&l->kids[0]->cuts), " 65527");
	has(say_bad(e, bytes_of(long_one, 65528)).text,
	    "65528 bytes: too long for a udp6 datagram (limit 65527)");
	free(long_one);
}

static void udp_refused_ends_the_link_in_words(void **state)
{
	struct end *l = listen_on("udp4://:0"), *e = client(l);

	(void)state;
	transport_close(&l->t, false);
	say(e, "anybody there?");
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_FAILED);
	assert_int_equal(e->why.kind, ERR_REFUSED);
	has(e->why.text, "udp4://127.0.0.1:");
	has(e->why.text, ": refused");
	has(e->why.text, "ICMP: port unreachable, from 127.0.0.1)");
}

static void udp_refused_over_ipv6(void **state)
{
	struct end *l = listen_on("udp6://:0"), *e = client(l);

	(void)state;
	transport_close(&l->t, false);
	say(e, "anybody there?");
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_REFUSED);
	has(e->why.text, "from [::1])");
}

/* A reply that arrived before the refusal is passed up first. */
static void udp_refusal_comes_after_the_data(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	say(e, "one");
	until(l->kid_count == 1);
	e->dry = true;
	transport_touch(&e->t);
	settle();
	say(l->kids[0], "answer");
	transport_close(&l->t, false);
	say(e, "two");
	assert_int_equal(say_bad(e, BYTES("three")).kind, ERR_REFUSED);
	settle();
	assert_int_equal(e->t.state, LINK_OPEN);
	e->dry = false;
	transport_touch(&e->t);
	until(e->t.state == LINK_CLOSED);
	assert_string_equal(got(e), "answer");
	assert_int_equal(e->why.kind, ERR_REFUSED);
}

static void udp_localhost_means_ipv4_first(void **state)
{
	struct end *l = listen_on("udp://:0"), *e;
	struct addr a = transport_local(&l->t);
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "udp://:%u", addr_port(&a));
	e = dial(text);
	until(e->t.state == LINK_OPEN);
	assert_true(addr_equal(&e->t.peer, &a));
}

static void udp_has_no_half_close(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);
	struct err why;

	(void)state;
	assert_int_equal(transport_shut_write(&e->t, &why), -1);
	assert_int_equal(why.kind, ERR_USAGE);
	has(why.text, "udp has no half-close");
}

static void udp_listener_close_closes_its_peers(void **state)
{
	struct end *l = listen_on("udp://:0"), *e[40];

	(void)state;
	/* 40 peers exceed the initial slots. */
	for (int i = 0; i < 40; i++) {
		e[i] = client(l);
		say(e[i], "hello");
	}
	until(l->kid_count == 40);
	transport_close(&l->t, false);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(l->kids[i]->t.state, LINK_CLOSED);
		assert_int_equal(l->kids[i]->t.cause, CAUSE_LOCAL);
		assert_string_equal(buf_cstr(&l->kids[i]->moves), ".");
	}
}

static void udp_closed_peer_gets_a_new_link(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	say(e, "one");
	until(l->kid_count == 1);
	transport_close(&l->kids[0]->t, false);
	assert_int_equal(say_bad(l->kids[0], BYTES("x")).kind, ERR_CLOSED);
	say(e, "two");
	until(l->kid_count == 2);
	assert_string_equal(got(l->kids[0]), "one");
	assert_string_equal(got(l->kids[1]), "two");
}

static void udp_peers_past_the_limit_are_dropped_and_reported(void **state)
{
	struct end *l = listen_max("udp://:0", 1), *a = client(l);
	struct end *b = client(l);

	(void)state;
	say(a, "in");
	until(l->kid_count == 1);
	for (int i = 0; i < 15; i++)
		say(b, "out");
	say(a, "still in");
	until(l->kids[0]->units == 2);
	assert_int_equal(l->kid_count, 1);
	has(buf_cstr(&l->notes), "-a datagram was dropped: from 127.0.0.1:");
	has(buf_cstr(&l->notes), "peer limit reached");
	has(buf_cstr(&l->notes), "-10 datagrams dropped so far: ");

	transport_close(&l->kids[0]->t, false);
	say(b, "now in");
	until(l->kid_count == 2);
}

static void udp_peer_idle_longest_is_closed_at_the_limit(void **state)
{
	struct end *l = listen_max("udp://:0", 2), *a = client(l);
	struct end *b = client(l), *c = client(l), *d = client(l);

	(void)state;
	say(a, "a");
	until(l->kid_count == 1);
	say(b, "b");
	until(l->kid_count == 2);
	l->kids[0]->goes = l->kids[1]->goes = true;
	say(a, "a again");
	until(l->kids[0]->units == 2);
	say(c, "c");
	until(l->kid_count == 3);
	assert_int_equal(l->kids[0]->t.state, LINK_OPEN);
	assert_int_equal(l->kids[1]->t.state, LINK_CLOSED);
	assert_int_equal(l->kids[1]->t.cause, CAUSE_ROOM);
	has(buf_cstr(&l->notes), "-peer limit (2) reached: closed the "
				 "longest-idle peer");

	/* Sending to a peer counts as activity, like receiving from it. */
	l->kids[2]->goes = true;
	say(l->kids[0], "to a");
	say(d, "d");
	until(l->kid_count == 4);
	assert_int_equal(l->kids[0]->t.state, LINK_OPEN);
	assert_int_equal(l->kids[2]->t.state, LINK_CLOSED);
	assert_null(strstr(buf_cstr(&l->notes), "dropped"));
}

static void udp_peer_that_may_not_go_is_asked_once(void **state)
{
	enum { MANY = 20 };
	struct end *l = listen_max("udp://:0", 3), *new = client(l);
	unsigned asked = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		say(client(l), "in");
		until(l->kid_count == i + 1);
	}
	for (int i = 0; i < MANY; i++)
		say(new, "out");
	until(strstr(buf_cstr(&l->notes), "10 datagrams dropped"));
	for (unsigned i = 0; i < 3; i++)
		asked += l->kids[i]->asked;
	assert_int_equal(asked, 3);

	/* transport_touch() makes the listener call the peer's may_go() again.
	 */
	l->kids[1]->goes = true;
	transport_touch(&l->kids[1]->t);
	say(new, "in");
	until(l->kid_count == 4);
	assert_int_equal(l->kids[1]->t.state, LINK_CLOSED);
}

static void udp_limit_can_be_changed(void **state)
{
	struct end *l = listen_max("udp://:0", 1), *a = client(l);
	struct end *b = client(l), *c = client(l);

	(void)state;
	say(a, "a");
	until(l->kid_count == 1);
	transport_limit_peers(&l->t, 2);
	say(b, "b");
	until(l->kid_count == 2);
	l->kids[0]->goes = l->kids[1]->goes = true;
	transport_limit_peers(&l->t, 1);
	say(c, "c");
	until(l->kid_count == 3);
	assert_int_equal(l->kids[0]->t.state, LINK_CLOSED);
	assert_int_equal(l->kids[1]->t.state, LINK_CLOSED);
}

static void udp_refused_peer_is_reported(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	l->refuses = true;
	say(e, "x");
	until(buf_len(&l->notes));
	has(buf_cstr(&l->notes), "no session was created");
}

static void udp_for_a_full_peer_is_dropped_and_reported(void **state)
{
	struct end *l = listen_on("udp://:0"), *a = client(l), *b = client(l);

	(void)state;
	say(a, "1");
	until(l->kid_count == 1);
	l->kids[0]->dry = true;
	say(a, "2");
	say(b, "b");
	until(l->kid_count == 2);
	assert_int_equal(l->kids[0]->units, 1);
	has(buf_cstr(&l->kids[0]->notes),
	    "a datagram was dropped: earlier data is still unread");
}

/* Sends more than the receive buffer holds while it is not read. The kernel
 * reports the drops with a later datagram, so one more is sent after the buffer
 * is read. */
static void overrun(struct end *from, struct end *reads, struct end *takes)
{
	char *much = calloc(1, 60000);
	struct unit unit = {.data = bytes_of(much, 60000)};

	reads->dry = true;
	transport_touch(&reads->t);
	settle();
	for (int i = 0; i < 500; i++)
		assert_int_equal(transport_send(&from->t, &unit, NULL), 0);
	reads->dry = false;
	transport_touch(&reads->t);
	until(takes->units > 1);
	settle();
	say(from, "last");
	until(strstr(buf_cstr(&reads->notes), "-the kernel dropped "));
	free(much);
}

static void udp_drops_of_the_kernel_are_reported(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	say(e, "first");
	until(l->kid_count == 1);
	overrun(e, l, l->kids[0]);
	/* A client also gets the notice about dropped datagrams. */
	say(l->kids[0], "first");
	until(e->units == 1);
	overrun(l->kids[0], e, e);
}

static void udp_batch_is_limited_in_a_turn(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	for (int i = 0; i < 100; i++)
		say(e, "x");
	until(l->kid_count == 1);
	assert_true(l->kids[0]->units <= 64);
	until(l->kids[0]->units == 100);
}

static void datagrams_stop_at_an_owner_that_wants_no_more(void **state)
{
	struct end *l = listen_on("udp://:0"), *e = client(l);

	(void)state;
	say(e, "x");
	until(l->kid_count == 1);
	e->sips = true;
	for (int i = 0; i < 10; i++)
		say(l->kids[0], "y");
	until(e->units > 0);
	settle();
	assert_int_equal(e->units, 1);
}

static void dgram_client_gets_a_reply(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram")), *e = client(l);

	(void)state;
	say(e, "question");
	until(l->kid_count == 1);
	assert_string_equal(got(l->kids[0]), "question");
	assert_true(l->kids[0]->t.peer.len > sizeof(sa_family_t));
	say(l->kids[0], "answer");
	until(e->units == 1);
}

static void dgram_unbound_client_gets_no_reply(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram"));
	struct addr a = transport_local(&l->t);
	int fd[2];
	struct err why;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_int_equal(sendto(fd[i], "hi", 2, 0, &a.u.sa, a.len), 2);
	}
	until(l->kid_count == 1 && l->kids[0]->units == 2);
	why = say_bad(l->kids[0], BYTES("who are you?"));
	assert_int_equal(why.kind, ERR_IO);
	has(why.text, "no address");
	settle();
	assert_int_equal(l->kids[0]->t.state, LINK_OPEN);
	close(fd[0]);
	close(fd[1]);
}

static void dgram_to_a_closed_server_is_refused(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram")), *e = client(l);
	struct err why;

	(void)state;
	transport_close(&l->t, false);
	why = say_bad(e, BYTES("anybody?"));
	assert_int_equal(why.kind, ERR_REFUSED);
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_FAILED);
	assert_int_equal(e->why.kind, ERR_REFUSED);
}

static void dgram_client_that_closed_ends_its_link(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram")), *e = client(l);

	(void)state;
	say(e, "hello and bye");
	until(l->kid_count == 1);
	transport_close(&e->t, false);
	say_bad(l->kids[0], BYTES("wait"));
	until(l->kids[0]->t.state == LINK_CLOSED);
	assert_int_equal(l->kids[0]->why.kind, ERR_REFUSED);
	assert_int_equal(l->t.state, LINK_LISTENING);
}

/* About ten datagrams fill a Unix socket; the rest are queued with their
 * boundaries. */
static void dgram_queues_for_a_slow_server(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram")), *e = client(l);

	(void)state;
	say(e, "0");
	until(l->kid_count == 1);
	l->dry = true;
	transport_touch(&l->t);
	settle();
	for (int i = 0; i < 600; i++)
		say(e, "12");
	assert_true(transport_queued(&e->t) > 0);
	assert_int_equal(transport_queued(&e->t) % 2, 0);
	l->dry = false;
	transport_touch(&l->t);
	until(l->kids[0]->units == 601);
	assert_int_equal(e->drains, 1);
	assert_int_equal(buf_len(&l->kids[0]->got), 1201);
}

static void dgram_queues_for_a_slow_client(void **state)
{
	struct end *l = listen_on(abstract_of("unix-dgram")), *e = client(l);

	(void)state;
	say(e, "0");
	until(l->kid_count == 1);
	e->dry = true;
	transport_touch(&e->t);
	settle();
	for (int i = 0; i < 600; i++)
		say(l->kids[0], "12");
	assert_true(transport_queued(&l->kids[0]->t) > 0);
	settle();
	e->dry = false;
	transport_touch(&e->t);
	until(e->units == 600);
	assert_int_equal(l->kids[0]->drains, 1);

	/* A closed link does not retry its queued datagrams. */
	e->dry = true;
	transport_touch(&e->t);
	settle();
	for (int i = 0; i < 600; i++)
		say(l->kids[0], "12");
	transport_close(&l->kids[0]->t, false);
	assert_true(l->kids[0]->left > 0);
	settle();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(udp_peer_has_a_link_of_its_own),
	    TEST(udp_boundaries_are_kept_even_of_nothing),
	    TEST(udp_over_ipv6_carries_more),
	    TEST(udp_refused_ends_the_link_in_words),
	    TEST(udp_refused_over_ipv6),
	    TEST(udp_refusal_comes_after_the_data),
	    TEST(udp_localhost_means_ipv4_first),
	    TEST(udp_has_no_half_close),
	    TEST(udp_listener_close_closes_its_peers),
	    TEST(udp_closed_peer_gets_a_new_link),
	    TEST(udp_peers_past_the_limit_are_dropped_and_reported),
	    TEST(udp_peer_idle_longest_is_closed_at_the_limit),
	    TEST(udp_peer_that_may_not_go_is_asked_once),
	    TEST(udp_limit_can_be_changed),
	    TEST(udp_refused_peer_is_reported),
	    TEST(udp_for_a_full_peer_is_dropped_and_reported),
	    TEST(udp_drops_of_the_kernel_are_reported),
	    TEST(udp_batch_is_limited_in_a_turn),
	    TEST(datagrams_stop_at_an_owner_that_wants_no_more),
	    TEST(dgram_client_gets_a_reply),
	    TEST(dgram_unbound_client_gets_no_reply),
	    TEST(dgram_to_a_closed_server_is_refused),
	    TEST(dgram_client_that_closed_ends_its_link),
	    TEST(dgram_queues_for_a_slow_server),
	    TEST(dgram_queues_for_a_slow_client),
	};

	RUN_OVER_ENGINES(tests);
}
