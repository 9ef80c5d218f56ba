/* SPDX-License-Identifier: ISC */
/*
 * Tests the frame rung on a ladder: units passed up, bytes kept, bytes
 * returned, errors. tests/unit/codec tests the kinds of frames.
 */
#include "rung/rungs.h"

#include "rung/codec/frame.h"
#include "tests/lib/feed.h"
#include "tests/lib/plans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A ladder's owner that records the units delivered to it: `[data]`, raw
 * `{data}`, `.` for the end. */
struct host {
	struct ladder ladder;
	struct buf top, bottom;
	struct bytes lent; /* data of the last unit */
	bool answers;      /* send each message back from deliver() */
	struct err why;    /* why the rung failed */
};

static struct host *host_of(struct ladder *l)
{
	return list_entry(l, struct host, ladder);
}

static void top(struct ladder *l, const struct unit *u)
{
	struct host *h = host_of(l);
	bool raw = u->flags & UNIT_RAW;
	h->lent = u->data;
	if (u->flags & UNIT_END) {
		buf_putc(&h->top, '.');
		return;
	}
	buf_putc(&h->top, raw ? '{' : '[');
	buf_put(&h->top, u->data);
	buf_putc(&h->top, raw ? '}' : ']');
	if (h->answers)
		assert_int_equal(ladder_down(l, u, NULL), 0);
}

static int bottom(struct ladder *l, const struct unit *u, struct err *e)
{
	struct host *h = host_of(l);
	if (u->data.len > 100000)
		return err_set(e, ERR_LIMIT, 0, "full");
	buf_put(&h->bottom, u->data);
	if (u->flags & UNIT_END)
		buf_putc(&h->bottom, '.');
	return 0;
}

static void changed(struct ladder *l, enum ladder_change what,
		    const struct rung *r, const struct err *e)
{
	(void)r;
	if (what == LADDER_FAILED)
		host_of(l)->why = *e;
}

static const struct ladder_sink sink = {
    .deliver = top,
    .transmit = bottom,
    .changed = changed,
};

static void pop(struct host *h)
{
	size_t unsent;
	assert_int_equal(ladder_pop(&h->ladder, &unsent, NULL), 0);
	assert_int_equal(unsent, 0);
}

static void push(struct host *h, const char *kind, const char *max)
{
	struct err e;
	struct rung_plan *plan = plan_of_frame(kind, max, &e);
	if (!plan || rung_plan_push(plan, &h->ladder, &e))
		fail_msg("%s", e.text);
	rung_plan_unref(plan);
	ladder_start(&h->ladder, 0);
}

static int setup(void **state)
{
	struct host *h = xalloc(sizeof *h);
	ladder_init(&h->ladder, SHAPE_BYTES, &sink);
	buf_init(&h->top, (size_t)64 << 20);
	buf_init(&h->bottom, (size_t)64 << 20);
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

/* Result: 0, or -1 and *e if the rung failed. */
static int feed_unit(struct host *h, const struct unit *u, struct err *e)
{
	err_clear(&h->why);
	ladder_up(&h->ladder, u);
	return h->why.kind == ERR_NONE ? 0 : err_copy(e, &h->why);
}

static int come(struct host *h, struct bytes data, struct err *e)
{
	struct unit u = {.data = data};
	return feed_unit(h, &u, e);
}

static int end(struct host *h, struct err *e)
{
	struct unit u = {.flags = UNIT_END};
	return feed_unit(h, &u, e);
}

static void expect_buf(struct buf *got, struct bytes want)
{
	struct bytes b = buf_bytes(got);
	if (!bytes_equal(b, want))
		fail_msg("got %.*s, not %.*s", (int)b.len, (const char *)b.at,
			 (int)want.len, (const char *)want.at);
	buf_clear(got);
}

#define EXPECT_TOP(h, want)    expect_buf(&(h)->top, BYTES(want))
#define EXPECT_BOTTOM(h, want) expect_buf(&(h)->bottom, BYTES(want))

static void shape_is_messages(void **state)
{
	struct host *h = *state;
	struct err e;
	struct rung_plan *second = plan_of_frame("line", NULL, NULL);
	push(h, "line", "10");
	assert_int_equal(ladder_shape(&h->ladder), SHAPE_MESSAGES);
	assert_ptr_equal(h->ladder.top->ops, &frame_rung);
	assert_int_equal(h->ladder.top->max_message, 10);
	assert_int_equal(rung_plan_push(second, &h->ladder, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_null(h->ladder.top->below);
	rung_plan_unref(second);
}

struct cuts {
	const char *kind;
	const char *want;
	struct host *h;
	void *state;
};

static void begin(void *on)
{
	struct cuts *c = on;
	setup(&c->state);
	c->h = c->state;
	push(c->h, c->kind, NULL);
}

static void piece(void *on, struct bytes b)
{
	struct cuts *c = on;
	assert_int_equal(come(c->h, b, NULL), 0);
}

static void done(void *on)
{
	struct cuts *c = on;
	assert_int_equal(end(c->h, NULL), 0);
	if (!bytes_is(buf_bytes(&c->h->top), c->want))
		fail_msg("%s: %s, not %s", feed_how(), buf_cstr(&c->h->top),
			 c->want);
	teardown(&c->state);
}

static void any_cut_gives_the_same_messages(void **state)
{
	static const struct feed feed = {begin, piece, done};
	struct cuts line = {.kind = "line",
			    .want = "[one][][two three][four]."};
	struct cuts u16 = {.kind = "u16be+2", .want = "[hello][][x]."};
	struct cuts slip = {.kind = "slip", .want = "[hello][x]."};
	struct cuts cobs = {.kind = "cobs", .want = "[hello][x]."};
	(void)state;
	feed_every_split(&feed, &line, BYTES("one\n\r\ntwo three\r\nfour\n"));
	feed_every_split(&feed, &u16, BYTES("\0\7hello\0\2\0\3x"));
	feed_every_split(&feed, &slip, BYTES("\xc0hello\xc0\xc0x\xc0\xc0"));
	feed_every_split(&feed, &cobs, BYTES("\0\6hello\0\2x\0\0"));
}

static void whole_messages_are_windows_into_the_input(void **state)
{
	struct host *h = *state;
	struct bytes in = BYTES("one\ntwo\n");
	push(h, "line", NULL);
	come(h, in, NULL);
	assert_ptr_equal(h->lent.at, in.at + 4);
	assert_int_equal(h->ladder.top->bytes[DIR_UP], 6);
	assert_int_equal(h->ladder.bytes[DIR_UP], 8);
	/* After a message that was completed from two pieces, the next message
	 * is again lent from the input. */
	come(h, BYTES("th"), NULL);
	in = BYTES("ree\nfour\n");
	come(h, in, NULL);
	assert_ptr_equal(h->lent.at, in.at + 4);
	EXPECT_TOP(h, "[one][two][three][four]");
}

static void long_messages_come_in_any_pieces(void **state)
{
	struct host *h = *state;
	struct buf wire = {.limit = 1 << 22};
	struct frame u32;
	uint8_t *data = xalloc(400000);
	frame_parse(BYTES("u32le"), false, BYTES_NONE, &u32, NULL);
	for (size_t i = 0; i < 400000; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t n = 1; n < 400000; n = n * 3 + 1)
		frame_write(&u32, bytes_of(data, n), &wire, NULL);
	push(h, "u32le", NULL);
	for (size_t at = 0, n = 1; at < buf_len(&wire); at += n, n = n * 2 + 1)
		come(h, bytes_head(bytes_skip(buf_bytes(&wire), at), n), NULL);
	const uint8_t *got = buf_bytes(&h->top).at;
	for (size_t n = 1; n < 400000; n = n * 3 + 1) {
		assert_int_equal(*got++, '[');
		assert_memory_equal(got, data, n);
		got += n;
		assert_int_equal(*got++, ']');
	}
	assert_ptr_equal(got, buf_bytes(&h->top).at + buf_len(&h->top));
	free(data);
	buf_fini(&wire);
}

static void end_within_a_message_is_an_error(void **state)
{
	struct host *h = *state;
	struct err e;
	push(h, "u16be", NULL);
	assert_int_equal(come(h, BYTES("\0\5hello\0"), &e), 0);
	assert_int_equal(come(h, BYTES("\x8x"), &e), 0);
	assert_int_equal(end(h, &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	assert_string_equal(e.text, "frame: stream ended 3 bytes into a frame "
				    "of 10 at offset 7; the bytes are kept");
	EXPECT_TOP(h, "[hello]{\0\x8x}.");
	assert_int_equal(h->ladder.top->state, RUNG_ENDED);
}

static void end_within_a_line_is_an_error(void **state)
{
	struct host *h = *state;
	struct err e;
	push(h, "line", NULL);
	come(h, BYTES("one\nt"), &e);
	assert_int_equal(end(h, &e), -1);
	assert_string_equal(e.text, "frame: stream ended 1 byte into a frame "
				    "at offset 4; the byte is kept");
	EXPECT_TOP(h, "[one]{t}.");
}

static void end_between_messages_is_no_error(void **state)
{
	struct host *h = *state;
	push(h, "slip", NULL);
	come(h,
	     BYTES("\xc0"
		   "a\xc0\xc0\xc0"),
	     NULL);
	assert_int_equal(end(h, NULL), 0);
	EXPECT_TOP(h, "[a].");
}

static void malformed_bytes_pass_up_unchanged(void **state)
{
	struct host *h = *state;
	struct err e;
	push(h, "netstring", NULL);
	come(h, BYTES("2:ab,"), &e);
	assert_int_equal(come(h, BYTES("2:cd,3:abcX1:x,"), &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	assert_string_equal(e.text,
			    "frame: byte 58 instead of ',' at the end of a "
			    "netstring of 3 bytes, at offset 15; the message "
			    "and all later bytes are kept raw");
	assert_int_equal(come(h, BYTES("1:y,"), &e), 0);
	assert_int_equal(end(h, &e), 0);
	EXPECT_TOP(h, "[ab][cd]{3:abcX1:x,}{1:y,}.");
}

static void malformed_across_pieces_keeps_all(void **state)
{
	struct host *h = *state;
	struct err e;
	push(h, "netstring", NULL);
	come(h, BYTES("2:ab,3:a"), &e);
	assert_int_equal(come(h, BYTES("bcX1:x,"), &e), -1);
	assert_non_null(strstr(e.text, "at offset 10;"));
	EXPECT_TOP(h, "[ab]{3:abcX1:x,}");
}

static void too_long_is_an_error_before_it_is_kept(void **state)
{
	struct host *h = *state;
	struct err e;
	push(h, "u32be", "1k");
	come(h, BYTES("\0\0"), &e);
	assert_int_equal(come(h, BYTES("\4\1"), &e), -1);
	assert_string_equal(e.text,
			    "frame: length 1025 exceeds max=1024, at offset 0; "
			    "the message and all later bytes are kept raw");
	EXPECT_TOP(h, "{\0\0\4\1}");
}

/* The rung keeps at most max bytes of a line and 2 bytes of its ending. */
static void kept_bytes_are_bounded(void **state)
{
	struct host *h = *state;
	static uint8_t x[1000];
	struct err e;
	int failed = 0;
	memset(x, 'x', sizeof x);
	push(h, "line", "64k");
	for (int i = 0; i < 70 && !failed; i++) {
		failed = come(h, bytes_of(x, sizeof x), &e);
		if (!failed)
			assert_true(
			    h->ladder.top->ops->leftover(h->ladder.top).len <=
			    65538);
	}
	assert_int_equal(failed, -1);
	assert_non_null(strstr(e.text, "longer than max=65536"));
	assert_int_equal(buf_len(&h->top), 66000 + 2);
	assert_true(h->ladder.top->drained);
}

static void sent_units_are_framed(void **state)
{
	struct host *h = *state;
	struct unit u = {.data = BYTES("abc")};
	struct unit raw = {.data = BYTES("raw"), .flags = UNIT_RAW};
	struct unit last = {.data = BYTES("z"), .flags = UNIT_END};
	struct unit over = {.flags = UNIT_END};
	push(h, "u8", NULL);
	assert_int_equal(ladder_down(&h->ladder, &u, NULL), 0);
	assert_int_equal(ladder_down(&h->ladder, &raw, NULL), 0);
	assert_int_equal(ladder_down(&h->ladder, &last, NULL), 0);
	assert_int_equal(ladder_down(&h->ladder, &over, NULL), 0);
	EXPECT_BOTTOM(h, "\3abcraw\1z.");
	assert_int_equal(h->ladder.bytes[DIR_DOWN], 9);
}

static void unit_without_room_is_refused_whole(void **state)
{
	struct host *h = *state;
	static uint8_t big[100001];
	struct unit u = {.data = bytes_of(big, 256)};
	struct err e;
	push(h, "u8", NULL);
	assert_int_equal(ladder_down(&h->ladder, &u, &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	pop(h);
	push(h, "u32be", NULL);
	u.data.len = sizeof big;
	assert_int_equal(ladder_down(&h->ladder, &u, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	u.data = BYTES("x");
	assert_int_equal(ladder_down(&h->ladder, &u, &e), 0);
	EXPECT_BOTTOM(h, "\0\0\0\1x");
}

static void sent_units_are_framed_after_an_error(void **state)
{
	struct host *h = *state;
	struct unit u = {.data = BYTES("abc")};
	push(h, "netstring", NULL);
	come(h, BYTES("junk"), NULL);
	assert_int_equal(ladder_down(&h->ladder, &u, NULL), 0);
	EXPECT_BOTTOM(h, "3:abc,");
}

/* The owner replies from within deliver(), as an echo session does. */
static void reply_from_deliver_is_framed(void **state)
{
	struct host *h = *state;
	h->answers = true;
	push(h, "cobs", NULL);
	come(h, BYTES("\2a\0\3bc\0\1\1\0"), NULL);
	EXPECT_BOTTOM(h, "\2a\0\3bc\0\1\1\0");
}

static void popped_rung_returns_its_kept_bytes(void **state)
{
	struct host *h = *state;
	push(h, "line", NULL);
	come(h, BYTES("one\ntw"), NULL);
	pop(h);
	EXPECT_TOP(h, "[one][tw]");
	come(h, BYTES("o\n"), NULL);
	EXPECT_TOP(h, "[o\n]");
}

static void to_wire_rebuilds_the_bytes(void **state)
{
	struct host *h = *state;
	struct buf out = {.limit = 100};
	struct unit b = {.data = BYTES("b")};
	struct unit c = {.data = BYTES("c\r"), .flags = UNIT_OWN};
	struct unit abc = {.data = BYTES("abc")};
	push(h, "line", NULL);
	h->ladder.top->ops->to_wire(h->ladder.top, &b, BYTES_NONE, &out);
	h->ladder.top->ops->to_wire(h->ladder.top, &c, BYTES_NONE, &out);
	h->ladder.top->ops->to_wire(h->ladder.top, &b, BYTES_NONE, &out);
	expect_buf(&out, BYTES("b\nc\r\r\nb\n"));
	pop(h);
	push(h, "u16le+2", NULL);
	h->ladder.top->ops->to_wire(h->ladder.top, &abc, BYTES_NONE, &out);
	expect_buf(&out, BYTES("\5\0abc"));
	buf_fini(&out);
}

static void offsets_count_from_the_start_of_the_stream(void **state)
{
	struct host *h = *state;
	struct unit again = {.data = BYTES("two3:x")};
	come(h, BYTES("onetwo3:x"), NULL);
	push(h, "netstring", NULL);
	/* The owner feeds back unconsumed bytes. */
	ladder_rewind(h->ladder.top, again.data.len);
	ladder_feed(&h->ladder, h->ladder.top, &again);
	assert_non_null(strstr(h->why.text, "at offset 3;"));
}

static void expect_fact(struct host *h, const char *name, const char *want)
{
	struct attrs *facts = attrs_new();
	struct bytes value = BYTES_NONE;
	h->ladder.top->ops->info(h->ladder.top, facts);
	assert_true(attrs_get(facts, name, &value));
	assert_true(bytes_is(value, want));
	attrs_unref(facts);
}

static void info_has_the_facts(void **state)
{
	struct host *h = *state;
	push(h, "u16be+2", "64k");
	come(h, BYTES("\0\7h"), NULL);
	expect_fact(h, "frame", "u16be+2 max=64k");
	expect_fact(h, "held", "3 bytes of a message");
	end(h, NULL);
	expect_fact(h, "ended", "by an error");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(shape_is_messages),
	    TEST(any_cut_gives_the_same_messages),
	    TEST(whole_messages_are_windows_into_the_input),
	    TEST(long_messages_come_in_any_pieces),
	    TEST(end_within_a_message_is_an_error),
	    TEST(end_within_a_line_is_an_error),
	    TEST(end_between_messages_is_no_error),
	    TEST(malformed_bytes_pass_up_unchanged),
	    TEST(malformed_across_pieces_keeps_all),
	    TEST(too_long_is_an_error_before_it_is_kept),
	    TEST(kept_bytes_are_bounded),
	    TEST(sent_units_are_framed),
	    TEST(unit_without_room_is_refused_whole),
	    TEST(sent_units_are_framed_after_an_error),
	    TEST(reply_from_deliver_is_framed),
	    TEST(popped_rung_returns_its_kept_bytes),
	    TEST(to_wire_rebuilds_the_bytes),
	    TEST(offsets_count_from_the_start_of_the_stream),
	    TEST(info_has_the_facts),
	};
	return cmocka_run_group_tests_name("frame rung", tests, NULL, NULL);
}
