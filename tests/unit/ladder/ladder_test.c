/* SPDX-License-Identifier: ISC */
/*
 * Tests of the ladder with small rungs of their own: one that shifts letters,
 * one that greets before it opens, one that cuts lines.
 */
#include "rung/ladder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct host {
	struct ladder ladder;
	struct buf top, bottom;
	unsigned tops, ends, taps;
};

static void on_top(struct ladder *l, const struct unit *u)
{
	struct host *h = list_entry(l, struct host, ladder);
	buf_put(&h->top, u->data);
	h->tops++;
	h->ends += u->flags & UNIT_END;
}

static int on_bottom(struct ladder *l, const struct unit *u, struct err *e)
{
	struct host *h = list_entry(l, struct host, ladder);
	(void)e;
	buf_put(&h->bottom, u->data);
	h->ends += u->flags & UNIT_END;
	return 0;
}

static void on_tap(struct ladder *l, const struct rung *r, enum dir dir,
		   const struct unit *u)
{
	struct host *h = list_entry(l, struct host, ladder);
	(void)r;
	(void)dir;
	(void)u;
	h->taps++;
}

static const struct ladder_sink sink = {on_top, on_bottom, on_tap};

static int setup(void **state)
{
	struct host *h = xalloc(sizeof *h);
	ladder_init(&h->ladder, SHAPE_BYTES, &sink);
	buf_init(&h->top, BUF_SMALL);
	buf_init(&h->bottom, BUF_SMALL);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct host *h = *state;
	ladder_fini(&h->ladder);
	buf_fini(&h->top);
	buf_fini(&h->bottom);
	free(h);
	return 0;
}

static struct unit unit(const char *s)
{
	return (struct unit){.data = bytes_str(s)};
}

/* Adds one to each byte on its way down, takes one on its way up. */
static int shift(struct rung *r, const struct unit *u, struct err *e, int by,
		 int (*pass)(struct rung *, const struct unit *, struct err *))
{
	uint8_t copy[64];
	struct unit out = *u;
	for (size_t i = 0; i < u->data.len; i++)
		copy[i] = (uint8_t)(u->data.at[i] + by);
	out.data = bytes_of(copy, u->data.len);
	return pass(r, &out, e);
}

static int shift_up(struct rung *r, const struct unit *u, struct err *e)
{
	return shift(r, u, e, -1, rung_pass_up);
}

static int shift_down(struct rung *r, const struct unit *u, struct err *e)
{
	return shift(r, u, e, 1, rung_pass_down);
}

static void free_rung(struct rung *r)
{
	free(r);
}

static const struct rung_ops shifter = {
    .name = "shift",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .up = shift_up,
    .down = shift_down,
    .free = free_rung,
};

/* Opens when the first byte has come, and keeps that byte to itself. */
static int greet_start(struct rung *r, struct err *e)
{
	struct unit hello = unit("HI");
	return rung_pass_down(r, &hello, e);
}

static int greet_up(struct rung *r, const struct unit *u, struct err *e)
{
	struct unit rest = *u;
	if (r->state == RUNG_OPEN)
		return rung_pass_up(r, u, e);
	rest.data = bytes_skip(u->data, 1);
	if (rung_opened(r, e))
		return -1;
	return rest.data.len ? rung_pass_up(r, &rest, e) : 0;
}

static int plain_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static struct bytes greet_left(const struct rung *r)
{
	(void)r;
	return BYTES("left");
}

static const struct rung_ops greeter = {
    .name = "greet",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .start = greet_start,
    .up = greet_up,
    .down = plain_down,
    .left = greet_left,
    .free = free_rung,
};

static struct rung *make(const struct rung_ops *ops)
{
	struct rung *r = xalloc(sizeof *r);
	r->ops = ops;
	return r;
}

static void expect_bytes(const struct buf *b, const char *want)
{
	assert_true(bytes_is(buf_bytes(b), want));
}

static void empty_ladder_passes_both_ways(void **state)
{
	struct host *h = *state;
	struct unit u = unit("abc");
	assert_int_equal(ladder_up(&h->ladder, &u, NULL), 0);
	assert_int_equal(ladder_down(&h->ladder, &u, NULL), 0);
	expect_bytes(&h->top, "abc");
	expect_bytes(&h->bottom, "abc");
}

static void rung_changes_what_passes(void **state)
{
	struct host *h = *state;
	struct unit down = unit("abc"), up = unit("bcd");
	assert_int_equal(ladder_push(&h->ladder, make(&shifter), NULL), 0);
	ladder_down(&h->ladder, &down, NULL);
	ladder_up(&h->ladder, &up, NULL);
	expect_bytes(&h->bottom, "bcd");
	expect_bytes(&h->top, "abc");
	assert_int_equal(h->taps, 2);
	assert_int_equal(h->ladder.top->bytes[DIR_DOWN], 3);
}

static void units_are_held_until_the_top_opens(void **state)
{
	struct host *h = *state;
	struct unit one = unit("1"), two = unit("2"), peer = unit("!x");
	assert_int_equal(ladder_push(&h->ladder, make(&greeter), NULL), 0);
	expect_bytes(&h->bottom, "HI");
	ladder_down(&h->ladder, &one, NULL);
	ladder_down(&h->ladder, &two, NULL);
	assert_int_equal(h->ladder.held_bytes, 2);
	expect_bytes(&h->bottom, "HI");
	ladder_up(&h->ladder, &peer, NULL);
	expect_bytes(&h->bottom, "HI12");
	expect_bytes(&h->top, "x");
	assert_int_equal(h->ladder.held_bytes, 0);
}

static void held_units_keep_their_end(void **state)
{
	struct host *h = *state;
	struct unit end = {.flags = UNIT_END}, peer = unit("!");
	ladder_push(&h->ladder, make(&greeter), NULL);
	ladder_down(&h->ladder, &end, NULL);
	assert_int_equal(h->ends, 0);
	ladder_up(&h->ladder, &peer, NULL);
	assert_int_equal(h->ends, 1);
}

static void held_units_are_bounded(void **state)
{
	struct host *h = *state;
	struct err e;
	size_t n = LADDER_HELD_MAX;
	uint8_t *big = xalloc(n);
	struct unit u = {.data = bytes_of(big, n)}, one = unit("1");
	ladder_push(&h->ladder, make(&greeter), NULL);
	assert_int_equal(ladder_down(&h->ladder, &u, &e), 0);
	assert_int_equal(ladder_down(&h->ladder, &one, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	free(big);
}

static void rung_above_starts_when_the_one_below_opens(void **state)
{
	struct host *h = *state;
	struct rung *low = make(&greeter);
	struct unit peer = unit("!");
	static const struct rung_ops counting = {
	    .name = "messages",
	    .below = SHAPE_MESSAGES,
	    .above = SHAPE_MESSAGES,
	    .up = rung_pass_up,
	    .down = plain_down,
	    .free = free_rung,
	};
	struct rung *high = make(&counting);
	assert_int_equal(ladder_push(&h->ladder, low, NULL), 0);
	assert_int_equal(ladder_push(&h->ladder, high, NULL), 0);
	assert_int_equal(high->state, RUNG_NEW);
	ladder_up(&h->ladder, &peer, NULL);
	assert_int_equal(high->state, RUNG_OPEN);
}

static void unlike_shapes_are_refused(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit peer = unit("!");
	struct rung *r = make(&shifter);
	ladder_push(&h->ladder, make(&greeter), NULL);
	ladder_up(&h->ladder, &peer, NULL);
	assert_int_equal(ladder_push(&h->ladder, r, &e), -1);
	assert_string_equal(e.text, "shift stands on a stream of bytes; here "
				    "are messages");
	free(r);
}

static void ladder_has_a_height(void **state)
{
	struct host *h = *state;
	struct err e;
	for (int i = 0; i < LADDER_RUNGS_MAX; i++)
		assert_int_equal(ladder_push(&h->ladder, make(&shifter), NULL),
				 0);
	struct rung *r = make(&shifter);
	assert_int_equal(ladder_push(&h->ladder, r, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	free(r);
}

static void popped_rung_gives_back_what_is_left(void **state)
{
	struct host *h = *state;
	struct unit u = unit("z");
	ladder_push(&h->ladder, make(&greeter), NULL);
	ladder_down(&h->ladder, &u, NULL);
	assert_int_equal(ladder_pop(&h->ladder, NULL), 0);
	expect_bytes(&h->top, "left");
	expect_bytes(&h->bottom, "HIz");
	assert_int_equal(ladder_pop(&h->ladder, NULL), -1);
	assert_int_equal(ladder_shape(&h->ladder), SHAPE_BYTES);
}

static void ended_rung_lets_bytes_by(void **state)
{
	struct host *h = *state;
	struct unit u = unit("abc");
	ladder_push(&h->ladder, make(&shifter), NULL);
	h->ladder.top->state = RUNG_ENDED;
	ladder_up(&h->ladder, &u, NULL);
	expect_bytes(&h->top, "abc");
	/* It still makes what is sent. */
	ladder_down(&h->ladder, &u, NULL);
	expect_bytes(&h->bottom, "bcd");
}

static void untaken_bytes_enter_at_the_top(void **state)
{
	struct host *h = *state;
	struct unit u = unit("bcd");
	ladder_push(&h->ladder, make(&shifter), NULL);
	ladder_push(&h->ladder, make(&shifter), NULL);
	ladder_enter(&h->ladder, &u, NULL);
	expect_bytes(&h->top, "abc");
	/* They were counted when they came. */
	assert_int_equal(h->ladder.bytes[DIR_UP], 0);
	ladder_up(&h->ladder, &u, NULL);
	ladder_down(&h->ladder, &u, NULL);
	assert_int_equal(h->ladder.bytes[DIR_UP], 3);
	assert_int_equal(h->ladder.bytes[DIR_DOWN], 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(empty_ladder_passes_both_ways),
	    TEST(rung_changes_what_passes),
	    TEST(units_are_held_until_the_top_opens),
	    TEST(held_units_keep_their_end),
	    TEST(held_units_are_bounded),
	    TEST(rung_above_starts_when_the_one_below_opens),
	    TEST(unlike_shapes_are_refused),
	    TEST(ladder_has_a_height),
	    TEST(popped_rung_gives_back_what_is_left),
	    TEST(ended_rung_lets_bytes_by),
	    TEST(untaken_bytes_enter_at_the_top),
	};
	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
