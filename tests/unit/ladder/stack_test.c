/* SPDX-License-Identifier: ISC */
/*
 * Tests rungs of unlike kinds on each other, with arrays instead of a link: no
 * byte may be lost, doubled or reordered, and no end may come too early.
 * Long: one section for each rule of the ladder.
 */
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int setup(void **state)
{
	struct mock *m = xalloc(sizeof *m);
	mock_init(m);
	*state = m;
	return 0;
}

static int teardown(void **state)
{
	mock_fini(*state);
	free(*state);
	return 0;
}

static void push(struct mock *m, const char *words)
{
	struct err e;
	if (mock_push(m, words, &e))
		fail_msg("%s: %s", words, e.text);
}

static void come(struct mock *m, const char *words)
{
	mock_come(m, bytes_str(words));
}

static void expect(struct buf *got, const char *want)
{
	assert_string_equal(buf_cstr(got), want);
	buf_clear(got);
}

static void close_all(struct mock *m, struct rung *through, uint64_t deadline)
{
	struct close_request how = {.code = 0};
	ladder_close(&m->ladder, through, &how, deadline);
}

static void pop(struct mock *m)
{
	size_t unsent;
	assert_int_equal(ladder_pop(&m->ladder, &unsent, NULL), 0);
}

static struct rung *rung_of(struct mock *m, const char *name)
{
	struct rung *r = m->ladder.bottom;
	while (r && strcmp(r->ops->name, name) != 0)
		r = r->above;
	assert_non_null(r);
	return r;
}

/* ---- pairs ---- */

static const char *const streams[] = {"grow", "late", "slow", "bad", "pass"};
static const char *const uppers[] = {"grow",       "late",         "slow",
				     "bad",        "pass",         "turn",
				     "frame=line", "frame=fixed:7"};
enum {
	STREAMS = sizeof streams / sizeof *streams,
	UPPERS = sizeof uppers / sizeof *uppers
};

/* Replaces `data` with the output of a rung of this kind, without boundaries.
 */
static void model(const char *kind, struct buf *data)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct bytes in = buf_bytes(data);
	size_t from = 0;
	if (strcmp(kind, "late") == 0)
		while (from < in.len && in.at[from++] != '!')
			;
	for (size_t i = from; i < in.len; i++) {
		bool line = !strcmp(kind, "turn") ||
			    !strcmp(kind, "frame=line");
		unsigned times = strcmp(kind, "grow") == 0 ? GROWTH : 1;
		for (unsigned n = 0; n < times; n++)
			if (!line || in.at[i] != '\n')
				buf_putc(&out, (char)in.at[i]);
	}
	buf_fini(data);
	*data = out;
}

static const char input[] = "!!one\ntwo;three\n\n;four\nfive;";

static void feed_pieces(struct mock *m, size_t piece)
{
	for (size_t at = 0; at < sizeof input - 1; at += piece)
		mock_come(m,
			  bytes_head(bytes_skip(bytes_str(input), at), piece));
}

/* Passes the input up as a link does: only while no rung keeps input. */
static void feed_held(struct mock *m, size_t piece)
{
	size_t at = 0;
	m->limit = 100;
	for (int i = 0; !m->ends; i++) {
		assert_true(i < 100000);
		bool reads = !ladder_is_blocked(&m->ladder) &&
			     m->unread < m->limit;
		if (reads && at < sizeof input - 1) {
			mock_come(m,
				  bytes_head(bytes_skip(bytes_str(input), at),
					     piece));
			at += piece;
			if (at >= sizeof input - 1)
				mock_end(m);
		}
		/* The unread data exceeds the limit by at most the longest
		 * message. */
		assert_true(m->unread < m->limit + 10 * GROWTH);
		mock_consume(m, 33);
	}
}

static void expect_model(struct mock *m, const char *low, const char *high)
{
	struct buf want = {.limit = SIZE_MAX / 8};
	buf_puts(&want, input);
	model(low, &want);
	model(high, &want);
	/* A partial message at the end is passed up raw. */
	if (!bytes_equal(buf_bytes(&m->data), buf_bytes(&want)))
		fail_msg("%s %s: %zu bytes, not %zu", low, high,
			 buf_len(&m->data), buf_len(&want));
	assert_int_equal(m->ends, 1);
	assert_int_equal(buf_bytes(&m->top).at[buf_len(&m->top) - 1], '.');
	buf_fini(&want);
}

static void run_pair(const char *low, const char *high, size_t piece)
{
	struct mock whole, held;
	char words[64];
	snprintf(words, sizeof words, "%s %s", low, high);
	mock_init(&whole);
	mock_init(&held);
	push(&whole, words);
	push(&held, words);
	feed_pieces(&whole, piece);
	mock_end(&whole);
	expect_model(&whole, low, high);
	feed_held(&held, piece);
	expect_model(&held, low, high);
	assert_true(bytes_equal(buf_bytes(&whole.top), buf_bytes(&held.top)));
	mock_fini(&whole);
	mock_fini(&held);
}

static void no_pair_loses_a_byte_while_its_owner_is_full(void **state)
{
	(void)state;
	for (size_t low = 0; low < STREAMS; low++)
		for (size_t high = 0; high < UPPERS; high++)
			for (size_t piece = 1; piece < 40; piece += 6)
				run_pair(streams[low], uppers[high], piece);
}

static void megabyte_from_few_reads_stays_with_its_rung(void **state)
{
	struct mock *m = *state;
	char read[656];
	memset(read, 'x', sizeof read);
	m->limit = 4096;
	push(m, "grow grow");
	mock_come(m, bytes_of(read, sizeof read));
	mock_end(m);
	assert_true(ladder_is_blocked(&m->ladder));
	assert_int_equal(buf_len(&m->data), 4120);
	for (int i = 0; !m->ends; i++) {
		assert_true(i < 100000);
		mock_consume(m, 1000);
		assert_true(m->unread < 4096 + GROWTH);
	}
	assert_int_equal(buf_len(&m->data), sizeof read * GROWTH * GROWTH);
	assert_false(ladder_is_blocked(&m->ladder));
}

static void only_resume_lets_a_blocked_rung_go_on(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "grow");
	come(m, "ab");
	mock_end(m);
	m->unread = 0;
	assert_false(rung_may_pass_up(m->ladder.top));
	mock_consume(m, 0);
	assert_int_equal(buf_len(&m->data), 2 * GROWTH);
	assert_int_equal(m->ends, 1);
}

/* A unit may carry data and an end. */
static void data_with_an_end_is_kept_while_blocked(void **state)
{
	struct mock *m = *state;
	struct unit last = {.data = BYTES("b"), .flags = UNIT_END};
	m->limit = 1;
	push(m, "grow");
	come(m, "aa");
	ladder_up(&m->ladder, &last);
	assert_int_equal(buf_len(&m->data), GROWTH);
	mock_consume(m, GROWTH);
	assert_int_equal(m->ends, 0);
	mock_consume(m, GROWTH);
	assert_int_equal(buf_len(&m->data), 3 * GROWTH);
	assert_int_equal(m->ends, 1);
}

static void popped_rung_returns_its_input_then_the_end(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "grow grow");
	come(m, "ab");
	mock_end(m);
	buf_clear(&m->top);
	pop(m);
	/* The upper rung consumed one of the 40 bytes that the lower rung made
	 * of `a`. */
	expect(&m->top, "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]");
	assert_true(ladder_is_blocked(&m->ladder));
	pop(m);
	expect(&m->top, "[b].");
	assert_false(ladder_is_blocked(&m->ladder));
}

/* ---- raw ---- */

static void no_rung_above_an_ended_one_reads(void **state)
{
	struct mock *m = *state;
	push(m, "pass frame=line");
	come(m, "one\n");
	expect(&m->top, "[one]");
	rung_ended(rung_of(m, "pass"), NULL);
	expect(&m->top, ".");
	come(m, "two\nthree\n");
	expect(&m->top, "{two\nthree\n}");
	expect(&m->notes, "opened frame\nended pass\n");
}

static void raw_bytes_follow_the_input_of_blocked_rungs(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "pass grow");
	come(m, "ab");
	rung_ended(rung_of(m, "pass"), NULL);
	come(m, "junk");
	mock_end(m);
	while (ladder_is_blocked(&m->ladder))
		mock_consume(m, GROWTH);
	assert_int_equal(buf_len(&m->data), 2 * GROWTH + 4);
	assert_non_null(strstr(buf_cstr(&m->top), "bbb].{junk}."));
}

static void raw_bytes_follow_when_the_blocked_rung_fails_or_goes(void **state)
{
	struct mock *m = *state;
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	m->limit = 1;
	push(m, "pass grow");
	come(m, "abc");
	rung_ended(rung_of(m, "pass"), NULL);
	come(m, "junk");
	buf_clear(&m->top);
	rung_fail(rung_of(m, "grow"), BYTES_NONE, &why);
	expect(&m->top, "{bc}{junk}.");
	pop(m);
	pop(m);
	m->unread = 0;
	push(m, "pass grow");
	come(m, "abc");
	rung_ended(rung_of(m, "pass"), NULL);
	come(m, "junk");
	buf_clear(&m->top);
	pop(m);
	expect(&m->top, "[bc].{junk}");
}

static void raw_bytes_wait_for_every_blocked_rung(void **state)
{
	struct mock *m = *state;
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	m->limit = 1;
	push(m, "pass grow pass grow pass");
	come(m, "ab");
	rung_ended(m->ladder.bottom, NULL);
	come(m, "junk");
	/* The top rung fails; the others still keep `a` and `b`. */
	rung_fail(m->ladder.top, BYTES_NONE, &why);
	assert_null(strstr(buf_cstr(&m->top), "junk"));
	rung_ended(m->ladder.bottom->above->above, NULL);
	for (int i = 0; ladder_is_blocked(&m->ladder); i++) {
		assert_true(i < 10000);
		mock_consume(m, GROWTH);
	}
	assert_int_equal(buf_bytes(&m->data).at[buf_len(&m->data) - 5], 'b');
	assert_non_null(strstr(buf_cstr(&m->top), "{junk}"));
}

/* ---- failures ---- */

static void failure_returns_what_is_kept_from_the_top_down(void **state)
{
	struct mock *m = *state;
	push(m, "bad bad frame=line");
	come(m, "one\ntwo;three;fo;");
	come(m, "urXfive");
	/* frame kept `two;three;fo;`, the upper `bad` nothing, the lower one
	 * `ur`. */
	expect(&m->top, "[one]{two;three;fo;}{ur}{Xfive}");
	expect(&m->notes, "opened frame\nfailed bad bad: an X\n");
	come(m, "six\n");
	mock_end(m);
	expect(&m->top, "{six\n}.");
	expect(&m->notes, "");
	assert_int_equal(m->failures, 1);
	pop(m);
	pop(m);
	pop(m);
	expect(&m->top, "");
}

static void failure_in_the_middle_keeps_the_rung_below(void **state)
{
	struct mock *m = *state;
	m->limit = GROWTH + 1;
	push(m, "grow bad pass");
	come(m, ";abX");
	/* The upper rungs have failed, the lower one goes on. */
	while (ladder_is_blocked(&m->ladder))
		mock_consume(m, GROWTH);
	assert_int_equal(m->failures, 1);
	assert_int_equal(buf_len(&m->data), 4 * GROWTH);
	assert_int_equal(rung_of(m, "grow")->state, RUNG_OPEN);
	assert_int_equal(rung_of(m, "pass")->state, RUNG_ENDED);
}

static void
blocked_rungs_give_back_their_input_when_one_below_fails(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "bad grow");
	come(m, "abc;");
	buf_clear(&m->top);
	mock_end(m);
	come(m, "dX");
	expect(&m->top, "{bc;}{d}{X}.");
	assert_false(ladder_is_blocked(&m->ladder));
	assert_int_equal(m->ends, 1);
}

static void units_pending_for_a_failed_rung_go_down(void **state)
{
	struct mock *m = *state;
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	push(m, "late");
	mock_send(m, BYTES("a"), 0, NULL);
	expect(&m->down, "<hi>");
	rung_fail(m->ladder.top, BYTES_NONE, &why);
	expect(&m->down, "a");
	assert_int_equal(ladder_queued(&m->ladder), 0);
}

/* Fails the bottom rung during the delivery of `two`. */
static void fail_below(struct mock *m, const struct unit *u)
{
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	if (bytes_is(u->data, "two"))
		rung_fail(m->ladder.bottom, BYTES_NONE, &why);
}

static void end_below(struct mock *m, const struct unit *u)
{
	if (bytes_is(u->data, "two"))
		mock_end(m);
}

static void frame_loses_nothing_if_a_rung_fails_while_it_passes(void **state)
{
	struct mock *m = *state;
	m->delivered = fail_below;
	push(m, "pass frame=line");
	come(m, "one\ntwo\nthree\nfo");
	expect(&m->top, "[one][two]{three\nfo}");
	pop(m);
	pop(m);
	/* Repeat this with a line that comes in two pieces. */
	push(m, "pass frame=line");
	come(m, "one\ntw");
	come(m, "o\nthree\nfo");
	expect(&m->top, "[one][two]{three\nfo}");
	assert_int_equal(m->failures, 2);
}

static void end_follows_the_unit_that_is_on_its_way(void **state)
{
	struct mock *m = *state;
	m->delivered = end_below;
	push(m, "pass frame=line");
	come(m, "one\ntw");
	come(m, "o\nthree\nfo");
	expect(&m->top, "[one][two][three]{fo}.");
	assert_int_equal(m->ends, 1);
}

/* ---- closing ---- */

static void rungs_close_from_the_top(void **state)
{
	struct mock *m = *state;
	struct err e;
	push(m, "slow pass slow frame=line");
	close_all(m, NULL, 5000);
	expect(&m->down, "<bye>");
	assert_int_equal(m->armed, 5000);
	assert_true(ladder_is_closing(&m->ladder));
	/* Input still goes up; the owner's units are refused. */
	come(m, "one");
	assert_int_equal(mock_send(m, BYTES("a"), 0, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	rung_closed(m->ladder.bottom);
	assert_int_equal(m->ladder.bottom->state, RUNG_OPEN);
	come(m, "two.three");
	expect(&m->down, "<bye>");
	expect(&m->top, "{one}{two}{three}");
	assert_int_equal(m->ladder.bottom->state, RUNG_CLOSING);
	come(m, "four.five");
	expect(&m->top, "{four}{five}");
	expect(&m->notes, "opened frame\nall closed all\n");
	assert_false(ladder_is_closing(&m->ladder));
	assert_int_equal(m->armed, 0);
}

static void rungs_close_down_to_one(void **state)
{
	struct mock *m = *state;
	push(m, "slow slow");
	close_all(m, m->ladder.top, 0);
	come(m, "a.b");
	expect(&m->top, "[a]{b}");
	expect(&m->notes, "opened slow\nall closed slow\n");
	pop(m);
	come(m, "c.");
	expect(&m->top, "[c.]");
	expect(&m->down, "<bye>");
}

static void rungs_without_an_answer_close_at_the_deadline(void **state)
{
	struct mock *m = *state;
	struct err e;
	push(m, "slow slow");
	close_all(m, NULL, 5000);
	mock_at(m, 4999);
	assert_true(ladder_is_closing(&m->ladder));
	mock_at(m, 5000);
	expect(&m->notes, "opened slow\nall closed all slow: the peer did not "
			  "answer the close\n");
	assert_int_equal(m->armed, 0);
	/* Only an end may follow a goodbye. */
	buf_clear(&m->down);
	assert_int_equal(mock_send(m, BYTES("a"), 0, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	assert_int_equal(ladder_queued(&m->ladder), 0);
	assert_int_equal(mock_send(m, BYTES_NONE, UNIT_END, NULL), 0);
	expect(&m->down, ".");
}

static void ended_rung_says_goodbye_but_reads_no_more(void **state)
{
	struct mock *m = *state;
	push(m, "slow");
	rung_ended(m->ladder.top, NULL);
	buf_clear(&m->top);
	close_all(m, NULL, 5000);
	expect(&m->down, "<bye>");
	expect(&m->notes, "opened slow\nended slow\nall closed all\n");
	come(m, "a.");
	expect(&m->top, "{a.}");
	close_all(m, NULL, 5000);
	expect(&m->down, "");
}

static void failure_ends_the_closing(void **state)
{
	struct mock *m = *state;
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	push(m, "slow slow");
	close_all(m, NULL, 5000);
	rung_fail(m->ladder.top, BYTES("x"), &why);
	expect(&m->top, "{x}");
	assert_true(ladder_is_closing(&m->ladder));
	assert_int_equal(m->ladder.bottom->state, RUNG_CLOSING);
	rung_fail(m->ladder.bottom, BYTES("y"), &why);
	expect(&m->top, "{y}");
	expect(&m->notes, "opened slow\nfailed slow why\nfailed slow why\n"
			  "all closed all\n");
	assert_int_equal(m->armed, 0);
}

static void closed_and_ended_rungs_return_what_they_keep(void **state)
{
	struct mock *m = *state;
	push(m, "bad bad");
	come(m, "one;t");
	close_all(m, m->ladder.top, 0);
	come(m, "wo;");
	/* Only the lower rung kept bytes. */
	expect(&m->top, "[one;]{two;}");
	come(m, "th");
	close_all(m, NULL, 0);
	come(m, "ree;");
	expect(&m->top, "{th}{ree;}");
	pop(m);
	pop(m);
	expect(&m->top, "");
	push(m, "bad");
	come(m, "on");
	rung_ended(m->ladder.top, NULL);
	come(m, "e;");
	expect(&m->top, ".{on}{e;}");
}

static void abrupt_close_says_nothing(void **state)
{
	struct mock *m = *state;
	struct close_request how = {.abrupt = true};
	push(m, "slow late");
	ladder_close(&m->ladder, NULL, &how, 5000);
	expect(&m->down, "<hi>");
	expect(&m->notes, "all closed all\n");
	come(m, "!a");
	expect(&m->top, "{!a}");
	assert_int_equal(m->armed, 0);
}

static void popped_rung_does_not_stop_the_closing(void **state)
{
	struct mock *m = *state;
	push(m, "slow slow");
	close_all(m, NULL, 5000);
	pop(m);
	assert_int_equal(m->ladder.top->state, RUNG_CLOSING);
	pop(m);
	expect(&m->notes, "opened slow\nall closed all\n");
	push(m, "slow slow");
	close_all(m, m->ladder.top, 5000);
	pop(m);
	expect(&m->notes, "opened slow\nall closed slow\n");
	assert_int_equal(m->ladder.top->state, RUNG_OPEN);
	assert_int_equal(mock_send(m, BYTES("a"), 0, NULL), 0);
	assert_int_equal(m->armed, 0);
}

static void blocked_rung_still_closes_and_keeps_nothing_back(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "grow slow");
	come(m, "ab");
	close_all(m, NULL, 5000);
	mock_at(m, 5000);
	expect(&m->notes, "opened slow\nall closed all slow: the peer did not "
			  "answer the close\n");
	mock_consume(m, GROWTH);
	assert_int_equal(buf_len(&m->data), 2 * GROWTH);
}

/* ---- start ---- */

static void rungs_start_from_the_bottom(void **state)
{
	struct mock *m = *state;
	m->ladder.opening = true;
	push(m, "pass late pass late frame=line");
	expect(&m->down, "");
	assert_int_equal(m->ladder.bottom->state, RUNG_OPEN);
	assert_int_equal(mock_send(m, BYTES("a"), 0, NULL), 0);
	ladder_link_opened(&m->ladder);
	expect(&m->down, "<hi>");
	come(m, "x!y");
	expect(&m->down, "<hi>");
	assert_true(ladder_is_opening(&m->ladder));
	come(m, "!one\n");
	expect(&m->down, "a\n");
	expect(&m->top, "[one]");
	expect(&m->notes, "opened frame\n");
}

static void start_deadline_fails_the_lowest_starting_rung(void **state)
{
	struct mock *m = *state;
	struct err e;
	struct rung_plan *plan = plan_of_rungs("pass late late", &e);
	assert_int_equal(rung_plan_push(plan, &m->ladder, &e), 0);
	rung_plan_unref(plan);
	ladder_start(&m->ladder, 2000);
	assert_int_equal(m->armed, 2000);
	come(m, "ab");
	mock_at(m, 1999);
	expect(&m->notes, "");
	mock_at(m, 2000);
	expect(&m->notes, "failed late late: timed out opening\n");
	expect(&m->top, "{ab}");
	assert_int_equal(rung_of(m, "pass")->state, RUNG_OPEN);
	assert_int_equal(m->ladder.top->state, RUNG_ENDED);
	assert_int_equal(m->armed, 0);
}

static void rung_that_ends_before_it_opens_has_failed(void **state)
{
	struct mock *m = *state;
	push(m, "late pass");
	come(m, "a");
	rung_ended(m->ladder.bottom, NULL);
	expect(&m->notes,
	       "failed late late: ended by the peer before it was open\n");
	expect(&m->top, "{a}.");
	assert_int_equal(m->ladder.top->state, RUNG_ENDED);
}

static void open_ladder_has_no_deadline(void **state)
{
	struct mock *m = *state;
	struct err e;
	struct rung_plan *plan = plan_of_rungs("late", &e);
	assert_int_equal(rung_plan_push(plan, &m->ladder, &e), 0);
	rung_plan_unref(plan);
	ladder_start(&m->ladder, 2000);
	come(m, "!");
	assert_int_equal(m->armed, 0);
	mock_at(m, 3000);
	expect(&m->notes, "opened late\n");
}

static void nothing_stands_on_a_rung_that_reads_no_more(void **state)
{
	struct mock *m = *state;
	struct err e;
	push(m, "pass");
	rung_ended(m->ladder.top, NULL);
	assert_int_equal(mock_push(m, "late", &e), -1);
	assert_string_equal(
	    e.text, "late cannot stand on pass, which is closing or has "
		    "ended");
	assert_ptr_equal(m->ladder.top, m->ladder.bottom);
}

/* ---- time ---- */

static unsigned fires;

static void count_fires(struct rung *r)
{
	(void)r;
	fires++;
}

static int plain_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void free_rung(struct rung *r)
{
	free(r);
}

static const struct rung_ops ticker = {
    .name = "ticker",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .up = rung_pass_up,
    .down = plain_down,
    .timer = count_fires,
    .free = free_rung,
};

static struct rung *push_ticker(struct mock *m)
{
	struct rung *r = xalloc(sizeof *r);
	r->ops = &ticker;
	assert_int_equal(ladder_push(&m->ladder, r, NULL), 0);
	ladder_start(&m->ladder, 0);
	return r;
}

static void
timer_is_armed_for_the_earliest_time_and_only_when_it_changes(void **state)
{
	struct mock *m = *state;
	struct rung *low = push_ticker(m), *high = push_ticker(m);
	fires = 0;
	assert_int_equal(m->arms, 0);
	rung_timer(low, 3000);
	rung_timer(high, 4000);
	rung_timer(high, 4500);
	assert_int_equal(m->arms, 1);
	rung_timer(high, 2000);
	assert_int_equal(m->armed, 2000);
	assert_int_equal(m->arms, 2);
	mock_at(m, 2500);
	assert_int_equal(fires, 1);
	assert_int_equal(m->armed, 3000);
	rung_timer(low, 0);
	assert_int_equal(m->armed, 0);
	assert_int_equal(m->arms, 4);
	rung_timer(low, 2600);
	rung_timer(high, 2700);
	pop(m);
	pop(m);
	assert_int_equal(m->armed, 0);
	assert_int_equal(fires, 1);
}

static void rung_that_is_over_has_no_timer(void **state)
{
	struct mock *m = *state;
	struct rung *r = push_ticker(m);
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	fires = 0;
	rung_timer(r, 2000);
	close_all(m, NULL, 5000);
	assert_int_equal(m->armed, 0);
	rung_timer(r, 2000);
	assert_int_equal(m->armed, 0);
	pop(m);
	r = push_ticker(m);
	rung_timer(r, 2000);
	rung_ended(r, NULL);
	assert_int_equal(m->armed, 0);
	pop(m);
	r = push_ticker(m);
	rung_timer(r, 2000);
	rung_fail(r, BYTES_NONE, &why);
	rung_timer(r, 2000);
	assert_int_equal(m->armed, 0);
	mock_at(m, 9000);
	assert_int_equal(fires, 0);
}

static void unblock_acts_at_the_armed_time(void **state)
{
	struct mock *m = *state;
	m->limit = 1;
	push(m, "grow");
	come(m, "ab");
	unsigned arms = m->arms;
	ladder_unblock(&m->ladder);
	assert_int_equal(m->armed, 1000);
	/* A second call after the armed time does not arm the timer again. */
	m->now = 1001;
	ladder_unblock(&m->ladder);
	rung_timer(m->ladder.top, 0);
	assert_int_equal(m->arms, arms + 1);
	m->unread = 0;
	assert_int_equal(buf_len(&m->data), GROWTH);
	mock_at(m, 1001);
	assert_int_equal(buf_len(&m->data), 2 * GROWTH);
	assert_int_equal(m->armed, 0);
	ladder_unblock(&m->ladder);
	assert_int_equal(m->armed, 0);
}

/* ---- addresses ---- */

static const struct unit_kind slow_kind = {.rung = "slow", .name = "note"};
static const struct unit_kind alien_kind = {.rung = "alien", .name = "note"};

static void units_enter_the_rung_of_their_kind(void **state)
{
	struct mock *m = *state;
	struct unit note = {.data = BYTES("a"), .kind = &slow_kind};
	struct unit alien = {.data = BYTES("b"), .kind = &alien_kind};
	struct unit raw = {.data = BYTES("c"), .flags = UNIT_RAW};
	push(m, "slow late slow frame=line");
	come(m, "!");
	buf_clear(&m->down);
	assert_int_equal(ladder_down(&m->ladder, &note, NULL), 0);
	expect(&m->down, "a");
	assert_int_equal(m->ladder.bottom->bytes[DIR_DOWN], 5);
	assert_int_equal(ladder_down(&m->ladder, &alien, NULL), 0);
	expect(&m->down, "b\n");
	assert_int_equal(ladder_down(&m->ladder, &raw, NULL), 0);
	expect(&m->down, "c");
	assert_int_equal(m->ladder.top->bytes[DIR_DOWN], 1);
	assert_int_equal(m->ladder.top->below->bytes[DIR_DOWN], 4);
}

static void lower_rungs_take_units_while_upper_ones_start(void **state)
{
	struct mock *m = *state;
	struct unit note = {.data = BYTES("a"), .kind = &slow_kind};
	push(m, "slow late");
	buf_clear(&m->down);
	assert_int_equal(mock_send(m, BYTES("x"), 0, NULL), 0);
	assert_int_equal(ladder_down(&m->ladder, &note, NULL), 0);
	come(m, "!");
	/* The units go down in the order in which they were sent. */
	expect(&m->down, "xa");
}

static void goodbye_is_queued_while_the_link_is_full(void **state)
{
	struct mock *m = *state;
	push(m, "slow");
	m->room = 3;
	close_all(m, NULL, 5000);
	assert_int_equal(ladder_queued(&m->ladder), 5);
	m->room = 5;
	ladder_resume(&m->ladder);
	expect(&m->down, "<bye>");
}

/* ---- shapes ---- */

static void rung_reshapes_to_bytes(void **state)
{
	struct mock *m = *state;
	struct err e;
	push(m, "turn");
	assert_int_equal(ladder_shape(&m->ladder), SHAPE_MESSAGES);
	assert_int_equal(mock_push(m, "pass", &e), -1);
	come(m, "one\nUPGRADE\ntwo\nthree");
	expect(&m->top, "[one][UPGRADE][two\nthree]");
	assert_int_equal(ladder_shape(&m->ladder), SHAPE_BYTES);
	push(m, "frame=line");
	come(m, "four\n");
	expect(&m->top, "[four]");
	expect(&m->notes, "opened turn\nreshaped turn\nopened frame\n");
}

static void rung_reshapes_to_messages(void **state)
{
	struct mock *m = *state;
	push(m, "turn");
	come(m, "UPGRADE\n");
	rung_reshape(m->ladder.top, SHAPE_MESSAGES);
	push(m, "relay");
	come(m, "one");
	expect(&m->top, "[UPGRADE][one]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_pair_loses_a_byte_while_its_owner_is_full),
	    TEST(megabyte_from_few_reads_stays_with_its_rung),
	    TEST(only_resume_lets_a_blocked_rung_go_on),
	    TEST(data_with_an_end_is_kept_while_blocked),
	    TEST(popped_rung_returns_its_input_then_the_end),
	    TEST(no_rung_above_an_ended_one_reads),
	    TEST(raw_bytes_follow_the_input_of_blocked_rungs),
	    TEST(raw_bytes_follow_when_the_blocked_rung_fails_or_goes),
	    TEST(raw_bytes_wait_for_every_blocked_rung),
	    TEST(failure_returns_what_is_kept_from_the_top_down),
	    TEST(failure_in_the_middle_keeps_the_rung_below),
	    TEST(blocked_rungs_give_back_their_input_when_one_below_fails),
	    TEST(units_pending_for_a_failed_rung_go_down),
	    TEST(frame_loses_nothing_if_a_rung_fails_while_it_passes),
	    TEST(end_follows_the_unit_that_is_on_its_way),
	    TEST(rungs_close_from_the_top),
	    TEST(rungs_close_down_to_one),
	    TEST(rungs_without_an_answer_close_at_the_deadline),
	    TEST(ended_rung_says_goodbye_but_reads_no_more),
	    TEST(failure_ends_the_closing),
	    TEST(closed_and_ended_rungs_return_what_they_keep),
	    TEST(abrupt_close_says_nothing),
	    TEST(popped_rung_does_not_stop_the_closing),
	    TEST(blocked_rung_still_closes_and_keeps_nothing_back),
	    TEST(rungs_start_from_the_bottom),
	    TEST(start_deadline_fails_the_lowest_starting_rung),
	    TEST(rung_that_ends_before_it_opens_has_failed),
	    TEST(open_ladder_has_no_deadline),
	    TEST(nothing_stands_on_a_rung_that_reads_no_more),
	    TEST(timer_is_armed_for_the_earliest_time_and_only_when_it_changes),
	    TEST(rung_that_is_over_has_no_timer),
	    TEST(unblock_acts_at_the_armed_time),
	    TEST(units_enter_the_rung_of_their_kind),
	    TEST(lower_rungs_take_units_while_upper_ones_start),
	    TEST(goodbye_is_queued_while_the_link_is_full),
	    TEST(rung_reshapes_to_bytes),
	    TEST(rung_reshapes_to_messages),
	};
	return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
