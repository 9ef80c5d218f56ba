/* SPDX-License-Identifier: ISC */
/*
 * Tests the ladder with small rungs: one shifts letters, one greets before it
 * opens, one encodes records as TLS does, one refuses some units.
 * Long: most tests use these rungs, and no other file does.
 */
#include "rung/ladder.h"
#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct host {
	struct ladder ladder;
	struct buf top, bottom;
	struct buf undeliverable; /* reports of undeliverable units */
	size_t room;              /* free space of the link, in bytes */
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
	if (u->data.len > h->room) {
		err_set(e, ERR_LIMIT, 0, "the link is full");
		return LADDER_FULL;
	}
	h->room -= u->data.len;
	buf_put(&h->bottom, u->data);
	if (u->flags & UNIT_END) {
		h->ends++;
		buf_putc(&h->bottom, '.');
	}
	return 0;
}

static void on_undeliverable(struct ladder *l, const struct unit *u,
			     const struct err *why)
{
	struct host *h = list_entry(l, struct host, ladder);
	buf_put(&h->undeliverable, u->data);
	buf_printf(&h->undeliverable, " %s\n", why->text);
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

static const struct ladder_sink sink = {
    .deliver = on_top,
    .transmit = on_bottom,
    .undeliverable = on_undeliverable,
    .trace = on_tap,
};

static void host_init(struct host *h)
{
	*h = (struct host){.room = SIZE_MAX};
	ladder_init(&h->ladder, SHAPE_BYTES, &sink);
	buf_init(&h->top, BUF_SMALL);
	buf_init(&h->bottom, BUF_SMALL);
	buf_init(&h->undeliverable, BUF_SMALL);
}

static void host_fini(struct host *h)
{
	ladder_fini(&h->ladder);
	buf_fini(&h->top);
	buf_fini(&h->bottom);
	buf_fini(&h->undeliverable);
}

static int setup(void **state)
{
	struct host *h = xalloc(sizeof *h);
	host_init(h);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct host *h = *state;
	host_fini(h);
	free(h);
	return 0;
}

static struct unit unit(const char *s)
{
	return (struct unit){.data = bytes_str(s)};
}

/* Copies the unit's data to `copy`, with `by` added to each byte. */
static struct unit shift(const struct unit *u, int by, uint8_t *copy)
{
	struct unit out = *u;
	for (size_t i = 0; i < u->data.len; i++)
		copy[i] = (uint8_t)(u->data.at[i] + by);
	out.data = bytes_of(copy, u->data.len);
	return out;
}

static void shift_up(struct rung *r, const struct unit *u)
{
	uint8_t copy[64];
	struct unit out = shift(u, -1, copy);
	rung_pass_up(r, &out);
}

static int shift_down(struct rung *r, const struct unit *u, struct err *e)
{
	uint8_t copy[64];
	struct unit out = shift(u, 1, copy);
	return rung_pass_down(r, &out, e);
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

/* Sends a greeting; greet_up() opens on the first byte and consumes it. */
static void greet_start(struct rung *r)
{
	struct unit hello = unit("HI");
	rung_pass_down(r, &hello, NULL);
}

static void greet_up(struct rung *r, const struct unit *u)
{
	struct unit rest = *u;
	if (r->state == RUNG_STARTING) {
		rest.data = bytes_skip(u->data, 1);
		rung_opened(r);
	}
	if (rest.data.len)
		rung_pass_up(r, &rest);
}

static void plain_up(struct rung *r, const struct unit *u)
{
	rung_pass_up(r, u);
}

static int plain_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static struct bytes greet_left(struct rung *r)
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
    .leftover = greet_left,
    .free = free_rung,
};

/* A rung that works as TLS does: greets, opens after three bytes, numbers its
 * records (so a record encoded twice would differ), answers each `?`, and says
 * goodbye before the end. */
struct sealer {
	struct rung rung;
	unsigned came, sealed;
};

static int say(struct rung *r, const char *words, struct err *e)
{
	struct unit u = {.data = bytes_str(words), .flags = UNIT_ONCE};
	return rung_pass_down(r, &u, e);
}

static int seal(struct rung *r, struct bytes data, struct err *e)
{
	char record[64];
	snprintf(record, sizeof record, "[%u:%.*s]",
		 list_entry(r, struct sealer, rung)->sealed++, (int)data.len,
		 (const char *)data.at);
	return say(r, record, e);
}

static void sealer_start(struct rung *r)
{
	say(r, "HI", NULL);
}

static void sealer_up(struct rung *r, const struct unit *u)
{
	struct sealer *s = list_entry(r, struct sealer, rung);
	for (size_t i = 0; i < u->data.len; i++) {
		struct unit one = {.data = bytes_of(u->data.at + i, 1)};
		if (s->came < 3 && ++s->came == 3) {
			say(r, "ok", NULL);
			rung_opened(r);
		} else if (r->state == RUNG_OPEN && one.data.at[0] == '?') {
			seal(r, BYTES("!"), NULL);
		} else if (r->state == RUNG_OPEN) {
			rung_pass_up(r, &one);
		}
	}
}

static int sealer_down(struct rung *r, const struct unit *u, struct err *e)
{
	if (!(u->flags & UNIT_END))
		return seal(r, u->data, e);
	return say(r, "[bye]", e) | rung_pass_down(r, u, e);
}

static const struct rung_ops sealer = {
    .name = "seal",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .start = sealer_start,
    .up = sealer_up,
    .down = sealer_down,
    .free = free_rung,
};

static struct rung *make_sealer(void)
{
	struct sealer *s = xalloc(sizeof *s);
	s->rung.ops = &sealer;
	return &s->rung;
}

static int picky_down(struct rung *r, const struct unit *u, struct err *e)
{
	if (bytes_is(u->data, "bad"))
		return err_set(e, ERR_FRAME, 0, "picky: not that");
	return rung_pass_down(r, u, e);
}

static const struct rung_ops picky = {
    .name = "picky",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .up = plain_up,
    .down = picky_down,
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

static int give(struct host *h, const char *words)
{
	struct unit u = unit(words);
	return ladder_down(&h->ladder, &u, NULL);
}

static int give_end(struct host *h)
{
	struct unit end = {.flags = UNIT_END};
	return ladder_down(&h->ladder, &end, NULL);
}

static void come(struct host *h, const char *words)
{
	struct unit u = unit(words);
	ladder_up(&h->ladder, &u);
}

static void push(struct host *h, struct rung *r)
{
	assert_int_equal(ladder_push(&h->ladder, r, NULL), 0);
	ladder_start(&h->ladder, 0);
}

/* Removes the top rung. Result: the number of discarded bytes. */
static size_t pop(struct host *h)
{
	size_t unsent;
	assert_int_equal(ladder_pop(&h->ladder, &unsent, NULL), 0);
	return unsent;
}

static void has_room(struct host *h, size_t n)
{
	h->room = n;
	ladder_resume(&h->ladder);
}

static void empty_ladder_passes_both_ways(void **state)
{
	struct host *h = *state;
	struct unit u = unit("abc");
	ladder_up(&h->ladder, &u);
	assert_int_equal(ladder_down(&h->ladder, &u, NULL), 0);
	expect_bytes(&h->top, "abc");
	expect_bytes(&h->bottom, "abc");
}

static void rung_changes_units(void **state)
{
	struct host *h = *state;
	struct unit down = unit("abc"), up = unit("bcd");
	push(h, make(&shifter));
	ladder_down(&h->ladder, &down, NULL);
	ladder_up(&h->ladder, &up);
	expect_bytes(&h->bottom, "bcd");
	expect_bytes(&h->top, "abc");
	assert_int_equal(h->taps, 4);
	assert_int_equal(h->ladder.top->bytes[DIR_DOWN], 3);
}

static void units_are_pending_until_the_top_opens(void **state)
{
	struct host *h = *state;
	struct unit one = unit("1"), two = unit("2"), peer = unit("!x");
	push(h, make(&greeter));
	expect_bytes(&h->bottom, "HI");
	ladder_down(&h->ladder, &one, NULL);
	ladder_down(&h->ladder, &two, NULL);
	assert_int_equal(ladder_queued(&h->ladder), 2);
	expect_bytes(&h->bottom, "HI");
	ladder_up(&h->ladder, &peer);
	expect_bytes(&h->bottom, "HI12");
	expect_bytes(&h->top, "x");
	assert_int_equal(ladder_queued(&h->ladder), 0);
}

static void pending_units_keep_their_end(void **state)
{
	struct host *h = *state;
	struct unit end = {.flags = UNIT_END}, peer = unit("!");
	push(h, make(&greeter));
	ladder_down(&h->ladder, &end, NULL);
	assert_int_equal(h->ends, 0);
	ladder_up(&h->ladder, &peer);
	assert_int_equal(h->ends, 1);
}

static void pending_units_are_bounded(void **state)
{
	struct host *h = *state;
	struct err e;
	size_t n = LADDER_HELD_MAX;
	uint8_t *big = xalloc(n);
	struct unit u = {.data = bytes_of(big, n)}, one = unit("1");
	push(h, make(&greeter));
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
	    .up = plain_up,
	    .down = plain_down,
	    .free = free_rung,
	};
	struct rung *high = make(&counting);
	push(h, low);
	push(h, high);
	assert_int_equal(high->state, RUNG_NEW);
	ladder_up(&h->ladder, &peer);
	assert_int_equal(high->state, RUNG_OPEN);
}

static void unlike_shapes_are_rejected(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit peer = unit("!");
	struct rung *r = make(&shifter);
	push(h, make(&greeter));
	ladder_up(&h->ladder, &peer);
	assert_int_equal(ladder_push(&h->ladder, r, &e), -1);
	assert_string_equal(e.text,
			    "shift needs a stream of bytes, not messages");
	free(r);
}

static void number_of_rungs_is_limited(void **state)
{
	struct host *h = *state;
	struct err e;
	for (int i = 0; i < LADDER_RUNGS_MAX; i++)
		push(h, make(&shifter));
	struct rung *r = make(&shifter);
	assert_int_equal(ladder_push(&h->ladder, r, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	free(r);
}

static void popped_rung_returns_its_leftover(void **state)
{
	struct host *h = *state;
	size_t unsent;
	push(h, make(&greeter));
	assert_int_equal(pop(h), 0);
	expect_bytes(&h->top, "left");
	assert_int_equal(ladder_pop(&h->ladder, &unsent, NULL), -1);
	assert_int_equal(ladder_shape(&h->ladder), SHAPE_BYTES);
}

/* Without the removed sealer, the queued unit would be sent in the clear. */
static void pending_units_are_discarded_with_their_rung(void **state)
{
	struct host *h = *state;
	push(h, make_sealer());
	assert_int_equal(give(h, "secret"), 0);
	assert_int_equal(give_end(h), 0);
	assert_int_equal(pop(h), 6);
	expect_bytes(&h->bottom, "HI.");
	assert_int_equal(ladder_queued(&h->ladder), 0);
}

static void pending_units_enter_the_rung_they_were_sent_to(void **state)
{
	struct host *h = *state;
	push(h, make_sealer());
	give(h, "a");
	push(h, make(&shifter));
	give(h, "a");
	assert_int_equal(ladder_queued(&h->ladder), 2);
	come(h, "123");
	expect_bytes(&h->bottom, "HIok[0:a][1:b]");
}

static void greeting_follows_pending_units(void **state)
{
	struct host *h = *state;
	push(h, make_sealer());
	give(h, "a");
	push(h, make(&greeter));
	h->room = 0;
	come(h, "123");
	assert_int_equal(h->ladder.top->state, RUNG_STARTING);
	has_room(h, SIZE_MAX);
	expect_bytes(&h->bottom, "HIok[0:a][1:HI]");
}

static void remakeable_unit_is_refused_without_room(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit u = unit("abc");
	push(h, make(&shifter));
	h->room = 2;
	assert_int_equal(ladder_down(&h->ladder, &u, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "the link is full");
	assert_int_equal(ladder_queued(&h->ladder), 0);
	assert_int_equal(h->ladder.top->bytes[DIR_DOWN], 0);
	h->room = 3;
	assert_int_equal(ladder_down(&h->ladder, &u, &e), 0);
	expect_bytes(&h->bottom, "bcd");
	assert_int_equal(h->ladder.top->bytes[DIR_DOWN], 3);
}

static void unit_made_once_is_queued_in_order(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit y = unit("y");
	push(h, make_sealer());
	come(h, "123");
	h->room = 4;
	assert_int_equal(give(h, "x"), 0);
	assert_int_equal(ladder_queued(&h->ladder), 5);
	assert_int_equal(ladder_down(&h->ladder, &y, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	come(h, "?");
	assert_int_equal(give_end(h), 0);
	assert_int_equal(give_end(h), 0);
	assert_int_equal(ladder_down(&h->ladder, &y, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	expect_bytes(&h->bottom, "HIok");
	assert_int_equal(h->ladder.bytes[DIR_DOWN], 14);
	has_room(h, 5);
	expect_bytes(&h->bottom, "HIok[0:x]");
	has_room(h, SIZE_MAX);
	expect_bytes(&h->bottom, "HIok[0:x][1:!][bye].");
	assert_int_equal(h->ladder.bytes[DIR_DOWN], 19);
	assert_int_equal(ladder_queued(&h->ladder), 0);
}

static void end_is_sent_once(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit y = unit("y");
	push(h, make_sealer());
	come(h, "123");
	assert_int_equal(give_end(h), 0);
	assert_int_equal(give_end(h), 0);
	assert_int_equal(ladder_down(&h->ladder, &y, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	expect_bytes(&h->bottom, "HIok[bye].");
	assert_int_equal(sizeof h->ladder, 56);
}

static void popped_rung_sends_its_pending_units(void **state)
{
	struct host *h = *state;
	push(h, make_sealer());
	push(h, make(&shifter));
	give(h, "a");
	h->room = 0;
	come(h, "123");
	assert_int_equal(pop(h), 0);
	assert_int_equal(pop(h), 0);
	has_room(h, SIZE_MAX);
	expect_bytes(&h->bottom, "HIok[0:b]");
}

static void refused_unit_stays_and_is_reported_once(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit good = unit("good");
	push(h, make_sealer());
	push(h, make(&picky));
	give(h, "a");
	give(h, "bad");
	give(h, "b");
	/* The rung below opens, although the rung above it refuses a queued
	 * unit. */
	come(h, "123");
	assert_int_equal(h->ladder.top->state, RUNG_OPEN);
	expect_bytes(&h->bottom, "HIok[0:a]");
	expect_bytes(&h->undeliverable, "bad picky: not that\n");
	assert_int_equal(ladder_queued(&h->ladder), 4);
	assert_int_equal(ladder_down(&h->ladder, &good, &e), -1);
	assert_string_equal(e.text, "picky: not that");
	expect_bytes(&h->undeliverable, "bad picky: not that\n");
	assert_int_equal(give_end(h), 0);
	assert_int_equal(pop(h), 4);
	expect_bytes(&h->bottom, "HIok[0:a][bye].");
}

static void outgoing_units_are_bounded(void **state)
{
	struct host *h = *state;
	struct err e;
	uint8_t *big = xalloc(LADDER_HELD_MAX);
	struct unit u = {.data = bytes_of(big, LADDER_HELD_MAX),
			 .flags = UNIT_ONCE};
	struct unit one = {.data = BYTES("1"), .flags = UNIT_ONCE};
	push(h, make(&shifter));
	h->room = 0;
	assert_int_equal(rung_pass_down(h->ladder.top, &u, &e), 0);
	assert_int_equal(rung_pass_down(h->ladder.top, &one, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(
	    e.text,
	    "16777216 bytes are already waiting for the link to have room");
	free(big);
}

/* The peer sends pings and reads no answers. */
static void short_outgoing_units_are_bounded(void **state)
{
	struct host *h = *state;
	struct err e;
	struct unit one = {.data = BYTES("1"), .flags = UNIT_ONCE};
	size_t n = 0;
	push(h, make(&shifter));
	h->room = 0;
	while (!rung_pass_down(h->ladder.top, &one, &e))
		assert_true(++n < LADDER_HELD_MAX / 32);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(
	    e.text, "too many messages are already waiting for the link");
	assert_int_equal(ladder_queued(&h->ladder), n);
	has_room(h, SIZE_MAX);
	assert_int_equal(rung_pass_down(h->ladder.top, &one, &e), 0);
}

/* A host whose link accepts `room` bytes at a time. */
struct run {
	struct host host;
	size_t room;
};

static void run_begin(void *on)
{
	struct run *run = on;
	struct host *h = &run->host;
	host_init(h);
	h->room = run->room;
	push(h, make_sealer());
	push(h, make(&shifter));
	assert_int_equal(give(h, "one"), 0);
	assert_int_equal(give(h, "two"), 0);
}

static void run_piece(void *on, struct bytes piece)
{
	struct run *run = on;
	struct unit u = {.data = piece};
	ladder_up(&run->host.ladder, &u);
}

static void run_done(void *on)
{
	struct run *run = on;
	struct host *h = &run->host;
	while (give(h, "three"))
		has_room(h, run->room);
	assert_int_equal(give_end(h), 0);
	while (ladder_queued(&h->ladder) || !h->ends)
		has_room(h, run->room);
	expect_bytes(&h->bottom, "HIok[0:pof][1:uxp][2:!][3:uisff][bye].");
	expect_bytes(&h->top, "ab");
	host_fini(h);
}

static void nothing_is_lost_or_doubled_at_any_split_and_room(void **state)
{
	static const struct feed feed = {run_begin, run_piece, run_done};
	struct run run;
	(void)state;
	/* The longest record is nine bytes. */
	for (run.room = 9; run.room < 45; run.room++)
		feed_every_split(&feed, &run, BYTES("123b?c"));
}

static void ended_rung_passes_bytes_unchanged(void **state)
{
	struct host *h = *state;
	struct unit u = unit("abc");
	push(h, make(&shifter));
	h->ladder.top->state = RUNG_ENDED;
	ladder_up(&h->ladder, &u);
	expect_bytes(&h->top, "abc");
	/* A rung whose input has ended still encodes sent units. */
	ladder_down(&h->ladder, &u, NULL);
	expect_bytes(&h->bottom, "bcd");
}

static void unconsumed_bytes_enter_at_the_top(void **state)
{
	struct host *h = *state;
	struct unit u = unit("bcd");
	push(h, make(&shifter));
	push(h, make(&shifter));
	ladder_feed(&h->ladder, h->ladder.top, &u);
	expect_bytes(&h->top, "abc");
	/* ladder_feed() does not count the bytes again. */
	assert_int_equal(h->ladder.bytes[DIR_UP], 0);
	ladder_up(&h->ladder, &u);
	ladder_down(&h->ladder, &u, NULL);
	assert_int_equal(h->ladder.bytes[DIR_UP], 3);
	assert_int_equal(h->ladder.bytes[DIR_DOWN], 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(empty_ladder_passes_both_ways),
	    TEST(rung_changes_units),
	    TEST(units_are_pending_until_the_top_opens),
	    TEST(pending_units_keep_their_end),
	    TEST(pending_units_are_bounded),
	    TEST(rung_above_starts_when_the_one_below_opens),
	    TEST(unlike_shapes_are_rejected),
	    TEST(number_of_rungs_is_limited),
	    TEST(popped_rung_returns_its_leftover),
	    TEST(pending_units_are_discarded_with_their_rung),
	    TEST(pending_units_enter_the_rung_they_were_sent_to),
	    TEST(greeting_follows_pending_units),
	    TEST(remakeable_unit_is_refused_without_room),
	    TEST(unit_made_once_is_queued_in_order),
	    TEST(end_is_sent_once),
	    TEST(popped_rung_sends_its_pending_units),
	    TEST(refused_unit_stays_and_is_reported_once),
	    TEST(outgoing_units_are_bounded),
	    TEST(short_outgoing_units_are_bounded),
	    cmocka_unit_test(nothing_is_lost_or_doubled_at_any_split_and_room),
	    TEST(ended_rung_passes_bytes_unchanged),
	    TEST(unconsumed_bytes_enter_at_the_top),
	};
	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
