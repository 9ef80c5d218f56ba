/* SPDX-License-Identifier: ISC */
/*
 * Sets and removes frames on a session while a stream arrives in pieces and
 * messages are consumed. After a removal the unread data must equal the
 * received bytes. Tests all sequences of three frames, and random ones.
 */
#include "rung/codec/frame.h"
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *kind, *max;
} frames[] = {
    {"line", NULL},      {"line", "16"},     {"line:lf", NULL},
    {"line:crlf", NULL}, {"line:nul", "9"},  {"line:abab", NULL},
    {"fixed:1", NULL},   {"fixed:7", NULL},  {"u8", NULL},
    {"u8", "5"},         {"u8+1", NULL},     {"u16be", NULL},
    {"u16le+2", "300"},  {"u32be", "70000"}, {"u32le+4", NULL},
    {"varint", NULL},    {"varint+1", "50"}, {"netstring", NULL},
    {"netstring", "12"}, {"slip", NULL},     {"slip", "20"},
    {"cobs", NULL},      {"cobs", "30"},
};
enum { FRAMES = sizeof frames / sizeof *frames, STREAM = 400 };

/* A generator with a seed, so that a failure can be repeated. */
static uint64_t dice;

static unsigned roll(unsigned n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice >> 16) % n;
}

static void on_event(struct subscriber *sub, const struct event *ev)
{
	(void)sub;
	(void)ev;
}

static int setup(void **state)
{
	struct world *w = hubs_new(on_event);
	w->c = client_of(w, listener_at(w, "127.0.0.1:0", false), "");
	*state = w;
	return 0;
}

/* Appends bytes that the frame can read, or junk. */
static void put_piece(struct buf *out, unsigned frame)
{
	static const char *const junk[] = {
	    "\r\n",   "\n",   "\xc0\xc0", "\0\0\0\3abc",  "\xdb\xdd", "12:",
	    "3:abc,", "abab", "\2x\0",    "\x80\x80\1ab", "\r",       "\xdbx",
	};
	static const unsigned lengths[] = {2, 1, 2, 7, 2, 3, 6, 4, 3, 5, 1, 2};
	struct frame f;
	struct bytes most = BYTES_NONE;
	uint8_t payload[64];
	size_t n = roll(20);
	if (frames[frame].max)
		most = bytes_str(frames[frame].max);
	assert_int_equal(
	    frame_parse(bytes_str(frames[frame].kind), false, most, &f, NULL),
	    0);
	for (size_t i = 0; i < sizeof payload; i++)
		payload[i] = (uint8_t)(roll(3) ? 'a' + roll(26) : roll(256));
	if (f.kind == FRAME_FIXED)
		n = f.size;
	switch (roll(8)) {
	case 0:
		buf_put(out, bytes_of(payload, n));
		break;
	case 1:
	case 2:
		n = roll(12);
		buf_put(out, bytes_of(junk[n], lengths[n]));
		break;
	default:
		(void)frame_write(&f, bytes_of(payload, n), out, NULL);
	}
}

/* Sets the frame; FRAMES removes it. */
static void set_frame(struct session *s, unsigned frame)
{
	struct err e;
	struct rung_plan *plan;
	if (session_top_rung(s))
		assert_int_equal(session_descend(s, NULL, NULL), 0);
	if (frame == FRAMES)
		return;
	plan = plan_of_frame(frames[frame].kind, frames[frame].max, &e);
	assert_non_null(plan);
	assert_int_equal(session_climb(s, plan, NULL), 0);
	rung_plan_unref(plan);
	assert_int_equal(s->inbox.shape, SHAPE_MESSAGES);
}

/* Appends all unread data, without boundaries. */
static void put_unread(const struct session *s, struct buf *out)
{
	struct bytes data;
	for (size_t i = 0; inbox_message(&s->inbox, i, &data); i++)
		buf_put(out, data);
}

/* Removes the frame, compares the unread data with the end of the stream, and
 * sets the same frame again. Result: the number of unread bytes. */
static size_t check(struct session *s, struct bytes came, unsigned frame)
{
	struct buf left = {.limit = SIZE_MAX / 8};
	struct buf before = {.limit = SIZE_MAX / 8};
	struct buf after = {.limit = SIZE_MAX / 8};
	uint64_t offset = session_inbox_offset(s);
	put_unread(s, &before);
	set_frame(s, FRAMES);
	put_unread(s, &left);
	size_t n = buf_len(&left);
	assert_true(n <= came.len);
	if (!bytes_equal(buf_bytes(&left), bytes_skip(came, came.len - n)))
		fail_msg("%s max=%s: %zu of %zu bytes differ",
			 frames[frame].kind, frames[frame].max, n, came.len);
	assert_int_equal(session_inbox_offset(s), offset);
	assert_int_equal(s->ladder.bytes[DIR_UP], came.len);
	set_frame(s, frame);
	assert_int_equal(session_inbox_offset(s), offset);
	put_unread(s, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	buf_fini(&left);
	buf_fini(&before);
	buf_fini(&after);
	return n;
}

/* Consumes up to n messages. Result: the number of their bytes. */
static size_t consume(struct session *s, unsigned n)
{
	size_t before = inbox_len(&s->inbox);
	while (n-- && inbox_count(&s->inbox))
		inbox_pop(&s->inbox);
	return before - inbox_len(&s->inbox);
}

/* Sets each frame of the sequence in turn while a stream arrives. */
static void run(struct session *s, const unsigned *sequence, unsigned n)
{
	struct buf stream = {.limit = SIZE_MAX / 8};
	struct unit u = {.flags = 0};
	size_t at = 0, unread = 0;
	unsigned begun = 0;
	while (inbox_count(&s->inbox))
		inbox_pop(&s->inbox);
	s->bytes[DIR_UP] = s->ladder.bytes[DIR_UP] = 0;
	while (buf_len(&stream) < STREAM)
		put_piece(&stream, sequence[roll(n)]);
	while (begun < n || at < buf_len(&stream)) {
		if (begun < n && (!roll(4) || at == buf_len(&stream))) {
			set_frame(s, sequence[begun++]);
			continue;
		}
		u.data = bytes_head(bytes_skip(buf_bytes(&stream), at),
				    1 + roll(1 + roll(90)));
		s->link.sink->received(&s->link, &u);
		at += u.data.len;
		unread += u.data.len;
		if (!begun)
			continue;
		struct bytes came = bytes_head(buf_bytes(&stream), at);
		assert_int_equal(check(s, came, sequence[begun - 1]), unread);
		size_t least = consume(s, roll(3) ? 0 : roll(4));
		size_t left = check(s, came, sequence[begun - 1]);
		assert_true(left + least <= unread);
		unread = left;
	}
	set_frame(s, FRAMES);
	buf_fini(&stream);
}

static void every_sequence_of_three_returns_the_bytes(void **state)
{
	struct world *w = *state;
	dice = 1;
	for (unsigned i = 0; i < FRAMES * FRAMES * FRAMES; i++) {
		unsigned sequence[] = {i % FRAMES, i / FRAMES % FRAMES,
				       i / FRAMES / FRAMES};
		run(w->c, sequence, 3);
	}
}

static void random_sequences_return_the_bytes(void **state)
{
	struct world *w = *state;
	const char *seed = getenv("SEED");
	dice = seed ? strtoull(seed, NULL, 10) | 1 : 12345;
	for (unsigned i = 0; i < 1000; i++) {
		unsigned sequence[8], n = 1 + roll(8);
		for (unsigned k = 0; k < n; k++)
			sequence[k] = roll(FRAMES);
		run(w->c, sequence, n);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(every_sequence_of_three_returns_the_bytes),
	    TEST(random_sequences_return_the_bytes),
	};
	return cmocka_run_group_tests_name("reframe", tests, NULL, NULL);
}
