/* SPDX-License-Identifier: ISC */
/*
 * Tests stream links over loopback: data, ends, resets and queues. dial_test.c
 * and listen_test.c test how they open.
 */
#include "tests/lib/links.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a blocking socket that is connected to the listener. */
static int plain(const struct end *listener)
{
	struct addr a = transport_local(&listener->t);
	int fd = socket(a.u.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, &a.u.sa, a.len), 0);
	return fd;
}

static void reset(int fd)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void link_moves_data_both_ways(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);

	(void)state;
	say(e, "hello");
	until(kid->got.tail == 5);
	say(kid, "good day");
	until(e->got.tail == 8);
	assert_string_equal(got(kid), "hello");
	assert_string_equal(got(e), "good day");
	assert_string_equal(buf_cstr(&e->moves), "CO");
	assert_int_equal(buf_len(&kid->moves), 0);
	assert_true(e->t.phases.connected >= e->t.phases.attempted);
	assert_true(e->t.phases.attempted >= e->t.phases.resolved);
	assert_true(e->t.phases.resolved >= e->t.phases.begun);
	assert_true(e->t.phases.first_up >= e->t.phases.connected);
	assert_int_equal(e->t.phases.attempts, 1);
}

static void link_ends_in_order_from_either_side(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);

	(void)state;
	say(e, "last words");
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	until(kid->over);
	assert_string_equal(got(kid), "last words");
	assert_int_equal(kid->t.state, LINK_OPEN);
	assert_int_equal(e->t.state, LINK_OPEN);
	assert_int_equal(e->halves, 1);
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	assert_int_equal(e->halves, 1);

	/* The other direction is still open. */
	say(kid, "still here");
	until(buf_len(&e->got) == 10);
	assert_int_equal(transport_shut_write(&kid->t, NULL), 0);
	assert_int_equal(kid->t.state, LINK_CLOSED);
	assert_int_equal(kid->t.cause, CAUSE_PEER);
	until(e->t.state == LINK_CLOSED);
	assert_true(e->over);
	assert_int_equal(e->t.cause, CAUSE_BOTH);
	assert_int_equal(e->why.kind, ERR_NONE);
	assert_int_equal(kid->halves, 0);
}

static struct bytes pattern(size_t n)
{
	uint8_t *at = malloc(n);

	assert_non_null(at);
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)(i * 2654435761u >> 13);
	return bytes_of(at, n);
}

static void link_half_close_is_reported_after_the_flush(void **state)
{
	struct end *l = listen_on(":0"), *early = dial(where(l)), *kid, *e;
	struct bytes much = pattern((size_t)10 << 20);
	struct unit unit = {.data = much};

	(void)state;
	assert_int_not_equal(early->t.state, LINK_OPEN);
	assert_int_equal(transport_shut_write(&early->t, NULL), 0);
	assert_int_equal(early->halves, 0);
	until(early->halves == 1 && l->kid_count == 1);
	assert_int_equal(early->t.state, LINK_OPEN);

	e = meet(l, &kid);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	assert_int_equal(e->halves, 0);
	until(kid->over);
	assert_int_equal(e->halves, 1);
	assert_int_equal(e->drains, 1);
	free((void *)(uintptr_t)much.at);
}

static void link_reports_why_it_cannot_send(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct err why;

	(void)state;
	transport_shut_write(&e->t, NULL);
	why = say_bad(e, BYTES("x"));
	assert_int_equal(why.kind, ERR_CLOSED);
	has(why.text, "sending side is shut down");
	transport_close(&e->t, false);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	assert_int_equal(say_bad(e, BYTES("x")).kind, ERR_CLOSED);
	assert_int_equal(say_bad(l, BYTES("x")).kind, ERR_USAGE);
	assert_int_equal(transport_shut_write(&e->t, &why), -1);
	assert_int_equal(transport_shut_write(&l->t, &why), -1);
	transport_close(&e->t, true);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
}

static void link_close_after_the_peers_end_is_in_order(void **state)
{
	struct end *l = new_end(), *kid, *e;

	(void)state;
	l->closes_at_end = true;
	listen_as(l, ":0", NULL);
	e = meet(l, &kid);
	transport_shut_write(&e->t, NULL);
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(kid->t.state, LINK_CLOSED);
	assert_int_equal(kid->t.cause, CAUSE_PEER);
	assert_int_equal(e->t.cause, CAUSE_BOTH);
}

static void link_end_unit_half_closes(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct unit last = {.data = BYTES("bye"), .flags = UNIT_END};

	(void)state;
	assert_int_equal(transport_send(&e->t, &last, NULL), 0);
	until(kid->over);
	assert_string_equal(got(kid), "bye");
	assert_true(e->t.ended[DIR_DOWN]);
}

/* Data received before a reset is passed up, even if it is read late. */
static void link_reset_comes_after_the_data(void **state)
{
	struct end *l = new_end(), *kid;
	char *much = calloc(1, 50000);
	int fd;

	(void)state;
	listen_as(l, ":0", NULL);
	fd = plain(l);
	until(l->kid_count == 1);
	kid = l->kids[0];
	kid->dry = true;
	assert_int_equal(write(fd, much, 50000), 50000);
	free(much);
	reset(fd);
	settle();
	assert_int_equal(kid->t.state, LINK_OPEN);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->t.state == LINK_CLOSED);
	assert_int_equal(buf_len(&kid->got), 50000);
	assert_false(kid->over);
	assert_int_equal(kid->t.cause, CAUSE_RESET);
	assert_int_equal(kid->why.kind, ERR_RESET);
	has(kid->why.text, "tcp://127.0.0.1:");
	has(kid->why.text, ": reset by the peer");
}

static void link_reset_is_seen_by_the_peer(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);

	(void)state;
	transport_close(&e->t, true);
	assert_int_equal(e->t.cause, CAUSE_LOCAL_RESET);
	assert_string_equal(buf_cstr(&e->moves), "CO.");
	until(kid->t.state == LINK_CLOSED);
	assert_int_equal(kid->t.cause, CAUSE_RESET);
}

/* A write after the peer closed fails, but data received earlier is still read.
 */
static void link_broken_write_still_reads(void **state)
{
	struct end *l = listen_on(abstract_of("unix")), *kid;
	int fd = plain(l);
	struct err why;

	(void)state;
	until(l->kid_count == 1);
	kid = l->kids[0];
	kid->dry = true;
	transport_touch(&kid->t);
	settle();
	assert_int_equal(write(fd, "farewell", 8), 8);
	close(fd);
	why = say_bad(kid, BYTES("too late"));
	assert_int_equal(why.kind, ERR_RESET);
	assert_int_equal(kid->t.state, LINK_OPEN);
	assert_int_equal(say_bad(kid, BYTES("again")).kind, ERR_RESET);
	settle();
	assert_int_equal(kid->t.state, LINK_OPEN);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->t.state == LINK_CLOSED);
	assert_string_equal(got(kid), "farewell");
	assert_int_equal(kid->t.cause, CAUSE_RESET);
	assert_int_equal(kid->t.error, EPIPE);
}

static void link_broken_write_after_the_end_closes(void **state)
{
	struct end *l = listen_on(abstract_of("unix")), *kid;
	int fd = plain(l);

	(void)state;
	until(l->kid_count == 1);
	kid = l->kids[0];
	close(fd);
	until(kid->over);
	assert_int_equal(kid->t.state, LINK_OPEN);
	say_bad(kid, BYTES("nobody hears it"));
	until(kid->t.state == LINK_CLOSED);
	assert_int_equal(kid->t.cause, CAUSE_RESET);
}

/* The peer reads, but more is sent before the next turn. */
static void link_drained_is_called_though_more_is_sent(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct bytes some = pattern((size_t)64 << 10);
	struct unit unit = {.data = some};
	uint8_t *taken = malloc(some.len);

	(void)state;
	kid->dry = true;
	transport_touch(&kid->t);
	while (transport_queued(&e->t) == 0)
		assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	while (read(kid->t.watch.fd, taken, some.len) > 0)
		;
	say(e, "more");
	until(transport_queued(&e->t) == 0);
	assert_int_equal(e->drains, 1);
	free(taken);
	free((void *)(uintptr_t)some.at);
}

static void link_queues_for_a_slow_peer(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct bytes much = pattern((size_t)10 << 20);
	struct unit unit = {.data = much};

	(void)state;
	kid->dry = true;
	transport_touch(&kid->t);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	assert_true(transport_queued(&e->t) > 0);
	settle();
	assert_int_equal(e->drains, 0);
	kid->dry = false;
	transport_touch(&kid->t);
	until(e->drains == 1);
	until(buf_len(&kid->got) == much.len);
	assert_true(bytes_equal(buf_bytes(&kid->got), much));
	assert_int_equal(transport_queued(&e->t), 0);
	assert_null(e->t.out.buf.data);
	free((void *)(uintptr_t)much.at);
}

static void link_queue_has_a_limit(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = new_end();
	struct bytes much = pattern((size_t)8 << 20);
	struct unit unit = {.data = much};
	struct err why;
	size_t before;

	(void)state;
	e->t.out.buf.limit = much.len;
	dial_as(e, where(l));
	until(e->t.state == LINK_OPEN && l->kid_count);
	kid = l->kids[0];
	kid->dry = true;
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	before = transport_queued(&e->t);
	assert_true(before > 0);
	why = say_bad(e, much);
	assert_int_equal(why.kind, ERR_LIMIT);
	has(why.text, "8388608 bytes do not fit");
	assert_int_equal(transport_queued(&e->t), before);

	/* The queue is flushed before the end. */
	transport_shut_write(&e->t, NULL);
	assert_false(e->t.ended[DIR_DOWN]);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->over);
	assert_true(bytes_equal(buf_bytes(&kid->got), much));
	free((void *)(uintptr_t)much.at);
}

static void link_closes_after_the_queue_is_flushed(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct bytes much = pattern((size_t)10 << 20);
	struct unit unit = {.data = much};

	(void)state;
	kid->dry = true;
	transport_touch(&kid->t);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	e->t.close_when_flushed = true;
	settle();
	assert_int_equal(e->t.state, LINK_OPEN);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->over);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	assert_int_equal(e->left, 0);
	assert_true(bytes_equal(buf_bytes(&kid->got), much));
	free((void *)(uintptr_t)much.at);
}

static void link_close_keeps_the_count_of_unsent_bytes(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct bytes much = pattern((size_t)10 << 20);
	struct unit unit = {.data = much};

	(void)state;
	kid->dry = true;
	transport_touch(&kid->t);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	transport_close(&e->t, false);
	assert_true(e->left > 0 && e->left < much.len);
	assert_null(e->t.out.buf.data);
	free((void *)(uintptr_t)much.at);
}

static void link_echoes_a_flood(void **state)
{
	struct end *l = new_end(), *kid, *e;
	struct bytes much = pattern((size_t)20 << 20);
	struct unit unit = {.data = much};

	(void)state;
	l->echoes = true;
	listen_as(l, ":0", NULL);
	e = new_end();
	e->t.out.buf.limit = (size_t)32 << 20;
	dial_as(e, where(l));
	until(e->t.state == LINK_OPEN && l->kid_count);
	kid = l->kids[0];
	kid->t.out.buf.limit = (size_t)32 << 20;
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	transport_shut_write(&e->t, NULL);
	until(kid->over);
	transport_shut_write(&kid->t, NULL);
	until(e->t.state == LINK_CLOSED);
	assert_true(bytes_equal(buf_bytes(&e->got), much));
	assert_int_equal(kid->t.cause, CAUSE_PEER);
	free((void *)(uintptr_t)much.at);
}

static void link_does_not_read_unwanted_input(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);

	(void)state;
	kid->dry = true;
	transport_touch(&kid->t);
	say(e, "later");
	settle();
	assert_int_equal(kid->units, 0);
	kid->dry = false;
	transport_touch(&kid->t);
	until(kid->units == 1);
}

static void link_prints_its_facts(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	struct buf out;

	(void)state;
	buf_init(&out, BUF_SMALL);
	transport_info(&e->t, &out);
	has(buf_cstr(&out), "local 127.0.0.1:");
	has(buf_cstr(&out), "\npeer 127.0.0.1:");
	has(buf_cstr(&out), "\nrecv-queue 0\n");
	has(buf_cstr(&out), "\nsend-queue ");
	has(buf_cstr(&out), "\nrcvbuf ");
	has(buf_cstr(&out), "\nstate ESTABLISHED\n");
	has(buf_cstr(&out), "\nrtt ");
	has(buf_cstr(&out), "\nretransmits 0\n");
	buf_clear(&out);
	transport_info(&l->t, &out);
	has(buf_cstr(&out), "local 127.0.0.1:");
	transport_close(&e->t, false);
	buf_clear(&out);
	transport_info(&e->t, &out);
	assert_int_equal(transport_local(&e->t).len, 0);
	has(buf_cstr(&out), "peer 127.0.0.1:");
	buf_fini(&out);
}

/* A process may have 50,000 links. */
static void link_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct transport) <= 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(link_moves_data_both_ways),
	    TEST(link_ends_in_order_from_either_side),
	    TEST(link_reports_why_it_cannot_send),
	    TEST(link_close_after_the_peers_end_is_in_order),
	    TEST(link_half_close_is_reported_after_the_flush),
	    TEST(link_end_unit_half_closes),
	    TEST(link_reset_comes_after_the_data),
	    TEST(link_reset_is_seen_by_the_peer),
	    TEST(link_broken_write_still_reads),
	    TEST(link_broken_write_after_the_end_closes),
	    TEST(link_drained_is_called_though_more_is_sent),
	    TEST(link_queues_for_a_slow_peer),
	    TEST(link_queue_has_a_limit),
	    TEST(link_closes_after_the_queue_is_flushed),
	    TEST(link_close_keeps_the_count_of_unsent_bytes),
	    TEST(link_echoes_a_flood),
	    TEST(link_does_not_read_unwanted_input),
	    TEST(link_prints_its_facts),
	    TEST(link_is_small),
	};

	RUN_OVER_ENGINES(tests);
}
