/* SPDX-License-Identifier: ISC */
/*
 * Tests sessions with rungs of all kinds while the inbox is full or memory is
 * short. No data may be lost or come after the end.
 */
#include "tests/lib/hubs.h"
#include "tests/lib/rungs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* true: the next received message closes its session */
static bool closes;

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s\n", ev->text);
	if (ev->kind != EVENT_MESSAGE || ev->dir != DIR_UP)
		return;
	if (closes)
		session_close(find(w, ev->session->name), CLOSE_NOW, NULL);
	closes = false;
	buf_printf(&w->events, "%s %llu@%llu+%zu%s\n", ev->session->name,
		   (unsigned long long)ev->number,
		   (unsigned long long)ev->offset, ev->unit->data.len,
		   ev->unit->flags & UNIT_RAW ? " raw" : "");
}

/* Makes a client c1 and its peer s1.1. */
static int setup(void **state)
{
	struct world *w = hubs_new(on_event);
	w->c = client_of(w, listener_at(w, "127.0.0.1:0", false), "");
	w->p = until(w, "s1.1", SESSION_OPEN);
	*state = w;
	return 0;
}

/* Result: that of session_climb(). */
static int try_climb(struct session *s, const char *words, struct err *e)
{
	struct rung_plan *plan = plan_of_rungs(words, e);
	assert_non_null(plan);
	int status = session_climb(s, plan, e);
	rung_plan_unref(plan);
	return status;
}

static void climb(struct session *s, const char *words)
{
	struct err e;
	if (try_climb(s, words, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s->inbox.shape, ladder_shape(&s->ladder));
}

static void descend(struct session *s)
{
	struct err e;
	if (session_descend(s, NULL, &e))
		fail_msg("%s", e.text);
}

static bool is_read(const struct session *s)
{
	return s->link.sink->wants_input(&s->link);
}

/* Consumes up to n bytes. Result: the number of consumed bytes. */
static size_t consume(struct session *s, size_t n)
{
	struct bytes front;
	bool whole;
	if (!inbox_front(&s->inbox, &front, &whole))
		return 0;
	size_t took = n < front.len ? n : front.len;
	if (took)
		inbox_consume(&s->inbox, took);
	else
		inbox_pop(&s->inbox);
	session_touch(s);
	return took;
}

/* Runs turns until a rung keeps input. */
static void until_blocked(struct world *w, struct session *s)
{
	while (!ladder_is_blocked(&s->ladder))
		turn(w);
	assert_false(is_read(s));
}

/* Consumes all data in small pieces. Result: the number of bytes. */
static size_t consume_all(struct world *w, struct session *s)
{
	size_t total = 0;
	while (!inbox_ended(&s->inbox) || inbox_count(&s->inbox)) {
		size_t limit = inbox_limit(&s->inbox);
		assert_true(inbox_len(&s->inbox) < limit + 2 * RIO_CHUNK);
		if (ladder_is_blocked(&s->ladder)) {
			assert_false(is_read(s));
			assert_false(inbox_ended(&s->inbox));
		}
		size_t took = consume(s, 3000);
		total += took;
		loop_no_wait(w->loop);
		turn(w);
	}
	return total;
}

static void fill(char *text, size_t n)
{
	memset(text, 'x', n);
	text[n] = '\0';
}

enum { FEW = 656, MEGABYTE = FEW * GROWTH * GROWTH };

/* Sends FEW bytes, which become MEGABYTE, to a peer with a small inbox. */
static void send_few(struct world *w)
{
	char text[FEW + 1];
	fill(text, FEW);
	session_limit_inbox(w->p, 4096);
	climb(w->p, "grow pass grow");
	send_text(w->c, text);
}

static void megabyte_comes_in_parts_and_the_end_after_it(void **state)
{
	struct world *w = *state;
	send_few(w);
	session_end(w->c, NULL);
	until_blocked(w, w->p);
	assert_int_equal(consume_all(w, w->p), MEGABYTE);
	assert_int_equal(session_state(w->p), SESSION_HALF_CLOSED);
	assert_int_equal(w->p->dropped, 0);
	assert_int_equal(w->p->bytes[DIR_UP], MEGABYTE);
}

static void data_survives_the_close_by_both_sides(void **state)
{
	struct world *w = *state;
	send_few(w);
	session_end(w->p, NULL);
	until_blocked(w, w->p);
	session_close(w->c, CLOSE_NOW, NULL);
	assert_int_equal(consume_all(w, w->p), MEGABYTE);
	until(w, "s1.1", SESSION_CLOSED);
}

static void data_survives_a_reset(void **state)
{
	struct world *w = *state;
	send_few(w);
	until_blocked(w, w->p);
	session_close(w->c, CLOSE_RESET, NULL);
	assert_int_equal(consume_all(w, w->p), MEGABYTE);
	until(w, "s1.1", SESSION_CLOSED);
	assert_int_equal(session_error(w->p)->kind, ERR_RESET);
}

/* The end comes while a rung keeps input. */
static void data_survives_an_end_and_a_close(void **state)
{
	struct world *w = *state;
	struct unit end = {.flags = UNIT_END};
	send_few(w);
	until_blocked(w, w->p);
	w->p->link.ended[DIR_UP] = true;
	w->p->link.sink->received(&w->p->link, &end);
	session_close(w->p, CLOSE_NOW, NULL);
	assert_false(inbox_ended(&w->p->inbox));
	assert_int_equal(consume_all(w, w->p), MEGABYTE);
}

static void data_survives_a_close_here(void **state)
{
	struct world *w = *state;
	send_few(w);
	until_blocked(w, w->p);
	session_close(w->p, CLOSE_NOW, NULL);
	assert_false(inbox_ended(&w->p->inbox));
	assert_int_equal(consume_all(w, w->p), MEGABYTE);
}

/* An empty message still has a record. */
static void empty_messages_come_in_parts(void **state)
{
	struct world *w = *state;
	char text[FEW + 1];
	size_t total = 0;
	fill(text, FEW);
	for (size_t i = 0; i < FEW; i++)
		text[i] = '\n';
	session_limit_inbox(w->p, 4096);
	climb(w->p, "grow grow frame=line");
	send_text(w->c, text);
	session_end(w->c, NULL);
	until_blocked(w, w->p);
	while (!inbox_ended(&w->p->inbox) || inbox_count(&w->p->inbox)) {
		assert_true(inbox_memory(&w->p->inbox) < (size_t)1 << 20);
		for (; inbox_count(&w->p->inbox); total++)
			inbox_pop(&w->p->inbox);
		session_touch(w->p);
		loop_no_wait(w->loop);
		turn(w);
	}
	assert_int_equal(total, MEGABYTE);
}

/* Tests each pair of rungs over sockets. */
static void no_pair_loses_a_byte(void **state)
{
	static const char *const lows[] = {"grow", "late", "slow", "bad",
					   "pass"};
	static const char *const highs[] = {"grow", "late",       "slow",
					    "bad",  "frame=line", "turn"};
	struct world *w = *state;
	for (unsigned i = 0; i < 5 * 6; i++) {
		const char *low = lows[i / 6], *high = highs[i % 6];
		char words[64], name[32], text[2001];
		bool lines = strchr(high, '=') || !strcmp(high, "turn");
		size_t n = 1000, by = strcmp(low, "grow") ? 1 : GROWTH;
		struct session *c = client_of(w, find(w, "s1"), "");
		snprintf(name, sizeof name, "s1.%u", i + 2);
		struct session *p = until(w, name, SESSION_OPEN);
		session_limit_inbox(p, 4096);
		snprintf(words, sizeof words, "%s %s", low, high);
		climb(p, words);
		fill(text, n);
		for (size_t k = 9; k < n; k += 10)
			text[k] = lines ? '\n' : ';';
		send_text(c, "!!");
		send_text(c, text);
		session_end(c, NULL);
		size_t want = (n - (lines ? n / 10 : 0)) * by;
		size_t head = 2;
		head -= !strcmp(low, "late");
		head *= by;
		head -= strcmp(high, "late") ? 0 : 1;
		want += head;
		want *= strcmp(high, "grow") ? 1 : GROWTH;
		assert_int_equal(consume_all(w, p), want);
		session_close(c, CLOSE_NOW, NULL);
		session_close(p, CLOSE_NOW, NULL);
	}
}

/* A rung that waits for memory resumes after another session freed some. */
static void rung_that_lacks_memory_is_resumed(void **state)
{
	struct world *w = *state;
	static char text[60001];
	struct session *hog = client_of(w, find(w, "s1"), "");
	hog = until(w, "s1.2", SESSION_OPEN);
	w->hub.memory.limit = (size_t)1 << 20;
	account_charge(&hog->account, (size_t)1 << 20);
	fill(text, 60000);
	climb(w->p, "grow");
	receive(w->p, bytes_str(text));
	assert_true(ladder_is_blocked(&w->p->ladder));
	size_t had = inbox_len(&w->p->inbox);
	loop_no_wait(w->loop);
	turn(w);
	account_release(&hog->account, (size_t)1 << 20);
	for (int i = 0; inbox_len(&w->p->inbox) <= had; i++) {
		assert_true(i < 100);
		loop_no_wait(w->loop);
		turn(w);
	}
}

static void echo_with_a_full_queue_is_resumed(void **state)
{
	struct world *w = *state;
	static char text[200001];
	struct session *l = listener_at(w, "127.0.0.1:0", true);
	struct rung_plan *plan = plan_of_rungs("grow", NULL);
	struct session *c;
	size_t total = 0;
	session_set_plan(l, plan, NULL);
	rung_plan_unref(plan);
	c = client_of(w, l, "");
	fill(text, 200000);
	send_text(c, text);
	for (int i = 0; total < (size_t)200000 * GROWTH; i++) {
		assert_true(i < 100000);
		total += consume(c, SIZE_MAX);
		loop_no_wait(w->loop);
		turn(w);
	}
}

/* A live session keeps no more than its inbox, but shows all. The data comes in
 * several turns, so that another session gets its own between them. */
static void live_session_with_a_growing_rung_shares_the_turns(void **state)
{
	struct world *w = *state;
	static char text[6001];
	struct session *other = client_of(w, find(w, "s1"), "");
	uint64_t want = (uint64_t)6000 * GROWTH * GROWTH, before;
	until(w, "s1.2", SESSION_OPEN);
	fill(text, 6000);
	climb(w->p, "grow grow");
	w->p->display.live = true;
	send_text(other, "hello");
	receive(w->p, bytes_str(text));
	receive_end(w->p);
	before = w->p->bytes[DIR_UP];
	assert_in_range(before, 1, 2 * RIO_CHUNK * 4);
	assert_false(is_read(w->p));
	until_unread(w, "s1.2", 5);
	assert_in_range(w->p->bytes[DIR_UP], before, want - 1);
	assert_false(inbox_ended(&w->p->inbox));
	while (!inbox_ended(&w->p->inbox)) {
		before = w->p->bytes[DIR_UP];
		turn(w);
		assert_in_range(w->p->bytes[DIR_UP] - before, 0,
				2 * RIO_CHUNK * 4);
	}
	assert_int_equal(w->p->bytes[DIR_UP], want);
}

/* ---- climb ---- */

static void climb_on_a_live_session_shares_the_turns(void **state)
{
	struct world *w = *state;
	static char text[6001];
	uint64_t want = (uint64_t)6000 * GROWTH * GROWTH;
	fill(text, 6000);
	w->c->display.live = true;
	receive(w->c, bytes_str(text));
	climb(w->c, "grow grow");
	assert_in_range(w->c->bytes[DIR_UP], 1, want / 2);
	while (w->c->bytes[DIR_UP] < 6000 + want)
		turn(w);
}

/* Data that was received before is divided in one turn: it was published. */
static void small_messages_are_not_published_again(void **state)
{
	struct world *w = *state;
	static char text[60001];
	memset(text, '\n', 60000);
	session_limit_inbox(w->c, 60000);
	receive(w->c, bytes_str(text));
	expect_events(w, "c1 1@0+60000\n");
	climb(w->c, "frame=line");
	assert_int_equal(inbox_count(&w->c->inbox), 60000);
	loop_no_wait(w->loop);
	turn(w);
	expect_events(w, "");
}

static void close_while_bytes_are_decoded_still_ends_the_inbox(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("ab"));
	closes = true;
	climb(w->c, "grow");
	assert_int_equal(inbox_len(&w->c->inbox), 2 * GROWTH);
	loop_no_wait(w->loop);
	turn(w);
	assert_true(inbox_ended(&w->c->inbox));
}

static void decoded_bytes_are_published_like_any(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("ab"));
	expect_events(w, "c1 1@0+2\n");
	climb(w->c, "grow");
	expect_events(w, "c1 2@2+40\nc1 3@42+40\n");
	assert_int_equal(inbox_len(&w->c->inbox), 80);
	assert_int_equal(session_inbox_offset(w->c), 2);
	receive(w->c, BYTES("c"));
	expect_events(w, "c1 4@82+40\n");
}

/* The frame divides bytes that `grow` has just made. */
static void messages_of_decoded_bytes_are_published(void **state)
{
	struct world *w = *state;
	struct inbox_message m;
	receive(w->c, BYTES("a\n"));
	buf_clear(&w->events);
	climb(w->c, "grow frame=fixed:20");
	expect_events(w, "c1 2@2+20\nc1 3@22+20\nc1 4@42+20\nc1 5@62+20\n");
	assert_true(inbox_record(&w->c->inbox, 3, &m));
	assert_int_equal(m.number, 5);
	/* If only the frame changes, published bytes are not published again.
	 */
	descend(w->c);
	expect_events(w, "");
	assert_int_equal(inbox_len(&w->c->inbox), 80);
	climb(w->c, "frame=fixed:40");
	expect_events(w, "");
	assert_int_equal(inbox_count(&w->c->inbox), 2);
}

static void climb_on_a_full_inbox_keeps_the_rest_in_the_rung(void **state)
{
	struct world *w = *state;
	char text[FEW + 1];
	struct unit end = {.flags = UNIT_END};
	fill(text, FEW);
	receive(w->c, bytes_str(text));
	w->c->link.ended[DIR_UP] = true;
	w->c->link.sink->received(&w->c->link, &end);
	session_limit_inbox(w->c, 4096);
	climb(w->c, "grow grow");
	assert_true(ladder_is_blocked(&w->c->ladder));
	assert_false(inbox_ended(&w->c->inbox));
	assert_int_equal(consume_all(w, w->c), MEGABYTE);
}

static void descend_from_a_blocked_rung_returns_its_bytes(void **state)
{
	struct world *w = *state;
	session_limit_inbox(w->c, 1);
	climb(w->c, "grow");
	char text[20001];
	fill(text, 20000);
	receive(w->c, bytes_str(text));
	assert_true(ladder_is_blocked(&w->c->ladder));
	size_t grown = inbox_len(&w->c->inbox);
	descend(w->c);
	assert_int_equal(inbox_len(&w->c->inbox),
			 grown + 20000 - grown / GROWTH);
	assert_false(ladder_is_blocked(&w->c->ladder));
}

/* ---- raw ---- */

static void bytes_pass_an_ended_rung_and_a_frame_raw(void **state)
{
	struct world *w = *state;
	climb(w->c, "bad frame=line");
	receive(w->c, BYTES("one\nt;wX\nthree\n"));
	expect_unread(w->c, "[one][t;][w][X\nthree\n]");
	receive(w->c, BYTES("four\n"));
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(session_is_raw(w->c, i), i > 0);
	expect_events(w, "c1 1@0+3\nc1 2@3+2 raw\nc1 3@5+1 raw\n"
			 "c1 4@6+8 raw\nnote bad: an X\nc1 5@14+5 raw\n");
}

/* ---- shapes ---- */

static void stream_follows_the_messages_of_a_rung_that_turns(void **state)
{
	struct world *w = *state;
	struct err e;
	struct inbox_message m;
	climb(w->c, "turn");
	receive(w->c, BYTES("one\nUPGRADE\ntw"));
	receive(w->c, BYTES("o"));
	assert_int_equal(inbox_count(&w->c->inbox), 3);
	expect_unread(w->c, "[one][UPGRADE][two]");
	assert_false(inbox_record(&w->c->inbox, 2, &m));
	assert_false(session_is_raw(w->c, 2));
	/* The messages were made by `turn`, so no other rung may read them. */
	assert_int_equal(try_climb(w->c, "grow", &e), -1);
	assert_string_equal(e.text,
			    "c1: unread messages precede the stream; consume "
			    "them first");
	assert_ptr_equal(w->c->ladder.top->ops, &turn_rung);
	inbox_pop(&w->c->inbox);
	inbox_pop(&w->c->inbox);
	expect_unread(w->c, "two");
	climb(w->c, "frame=fixed:2");
	expect_unread(w->c, "[tw]");
	descend(w->c);
	expect_unread(w->c, "two");
}

static void messages_stay_when_their_rung_goes(void **state)
{
	struct world *w = *state;
	climb(w->c, "turn relay");
	receive(w->c, BYTES("one\ntwo\nth"));
	descend(w->c);
	descend(w->c);
	receive(w->c, BYTES("ree"));
	expect_unread(w->c, "[one][two][three]");
	inbox_pop(&w->c->inbox);
	inbox_pop(&w->c->inbox);
	assert_true(inbox_is_stream(&w->c->inbox));
	expect_unread(w->c, "three");
}

static void stream_that_turns_back_becomes_a_message(void **state)
{
	struct world *w = *state;
	struct inbox_message m;
	climb(w->c, "turn");
	receive(w->c, BYTES("UPGRADE\nab"));
	rung_reshape(w->c->ladder.top, SHAPE_MESSAGES);
	receive(w->c, BYTES("cd"));
	expect_unread(w->c, "[UPGRADE][ab][cd]");
	assert_true(inbox_record(&w->c->inbox, 1, &m));
	assert_int_equal(m.flags, 0);
	rung_reshape(w->c->ladder.top, SHAPE_BYTES);
	receive(w->c, BYTES("ef"));
	for (int i = 0; i < 3; i++)
		inbox_pop(&w->c->inbox);
	expect_unread(w->c, "ef");
	rung_reshape(w->c->ladder.top, SHAPE_MESSAGES);
	receive(w->c, BYTES("gh"));
	expect_unread(w->c, "[ef][gh]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(megabyte_comes_in_parts_and_the_end_after_it),
	    TEST(data_survives_the_close_by_both_sides),
	    TEST(data_survives_an_end_and_a_close),
	    TEST(data_survives_a_close_here),
	    TEST(data_survives_a_reset),
	    TEST(empty_messages_come_in_parts),
	    TEST(no_pair_loses_a_byte),
	    TEST(rung_that_lacks_memory_is_resumed),
	    TEST(echo_with_a_full_queue_is_resumed),
	    TEST(live_session_with_a_growing_rung_shares_the_turns),
	    TEST(climb_on_a_live_session_shares_the_turns),
	    TEST(small_messages_are_not_published_again),
	    TEST(decoded_bytes_are_published_like_any),
	    TEST(close_while_bytes_are_decoded_still_ends_the_inbox),
	    TEST(messages_of_decoded_bytes_are_published),
	    TEST(climb_on_a_full_inbox_keeps_the_rest_in_the_rung),
	    TEST(descend_from_a_blocked_rung_returns_its_bytes),
	    TEST(bytes_pass_an_ended_rung_and_a_frame_raw),
	    TEST(stream_follows_the_messages_of_a_rung_that_turns),
	    TEST(messages_stay_when_their_rung_goes),
	    TEST(stream_that_turns_back_becomes_a_message),
	};
	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
