/* SPDX-License-Identifier: ISC */
/*
 * Tests of the messages of the WebSocket rung: reading and sending them in both
 * roles, pings and violations. ws_open_test.c tests the handshake,
 * ws_close_test.c the end, ws_pressure_test.c back-pressure and compression.
 */
#include "tests/lib/feed.h"
#include "tests/lib/ws_ends.h"

#include "rung/codec/ws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const enum side sides[] = {SIDE_CLIENT, SIDE_SERVER};
#define EACH_SIDE(side) \
	for (const enum side *at_ = sides, *side = at_; side < at_ + 2; side++)

static void begin_with(struct ws_end *w, enum side side,
		       const char *const *options, const char *fields)
{
	struct err e;
	if (ws_end_init(w, side, options, &e))
		fail_msg("%s", e.text);
	ws_end_open(w, fields);
}

static void begin(struct ws_end *w, enum side side)
{
	begin_with(w, side, NULL, "");
}

static void expect(struct buf *got, const char *want)
{
	assert_string_equal(buf_cstr(got), want);
	buf_clear(got);
}

static void expect_part(struct buf *got, const char *part)
{
	if (!strstr(buf_cstr(got), part))
		fail_msg("'%s' is not in:\n%s", part, buf_cstr(got));
}

static void send_text(struct ws_end *w, const char *text, unsigned flags)
{
	struct err e;
	if (ws_end_send(w, NULL, NULL, bytes_str(text), flags, &e))
		fail_msg("%s", e.text);
}

static void send_kind(struct ws_end *w, const char *kind,
		      const char *const *attrs, const char *text)
{
	struct err e;
	if (ws_end_send(w, kind, attrs, bytes_str(text), 0, &e))
		fail_msg("%s", e.text);
}

/* ---- reading ---- */

struct conversation {
	struct ws_end w;
	enum side side;
	const char *notes, *sent;
};

static void conversation_begin(void *on)
{
	struct conversation *c = on;
	begin(&c->w, c->side);
}

static void conversation_piece(void *on, struct bytes piece)
{
	struct conversation *c = on;
	mock_come(&c->w.m, piece);
}

static void conversation_done(void *on)
{
	struct conversation *c = on;
	assert_string_equal(buf_cstr(&c->w.m.notes), c->notes);
	assert_string_equal(ws_end_sent(&c->w), c->sent);
	ws_end_fini(&c->w);
}

static const struct feed conversation = {conversation_begin, conversation_piece,
					 conversation_done};

static void messages_are_read_at_every_split(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct conversation c = {
		    .side = *side,
		    .notes = "ws.text hello\nws.binary \x01\xff\n"
			     "< ws.ping 1\n> ws.pong 1\n"
			     "ws.text one two frames=3\n< ws.pong \n"
			     "ws.text\nws.text \xc3\xa4 frames=2\n",
		    .sent = *side == SIDE_CLIENT ? "8am 1\n" : "8a 1\n",
		};
		struct ws_end peer = {.side = *side};
		struct buf in = {.limit = SIZE_MAX / 8};
		c.notes = "ws.text hello\nws.binary \x01\xff\n"
			  "< ws.ping 1\n> ws.pong 1\n< ws.pong 2\n"
			  "ws.text one two frames=3\n"
			  "ws.text\nws.text \xc3\xa4 frames=2\n";
		ws_end_frame(&peer, END_TEXT, BYTES("hello"), &in);
		ws_end_frame(&peer, END_BINARY, BYTES("\x01\xff"), &in);
		ws_end_frame(&peer, WS_TEXT, BYTES("one"), &in);
		/* Control frames come within a message. */
		ws_end_frame(&peer, END_PING, BYTES("1"), &in);
		ws_end_frame(&peer, WS_CONTINUATION, BYTES(" t"), &in);
		ws_end_frame(&peer, END_PONG, BYTES("2"), &in);
		ws_end_frame(&peer, END_FIN, BYTES("wo"), &in);
		ws_end_frame(&peer, END_TEXT, BYTES_NONE, &in);
		/* A character is divided. */
		ws_end_frame(&peer, WS_TEXT, BYTES("\xc3"), &in);
		ws_end_frame(&peer, END_FIN, BYTES("\xa4"), &in);
		feed_every_split(&conversation, &c, buf_bytes(&in));
		buf_fini(&in);
	}
}

static void long_messages_come_in_parts(void **state)
{
	char *data = xalloc(200001);
	(void)state;
	memset(data, 'x', 200000);
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct buf in = {.limit = SIZE_MAX / 8};
		begin(&w, *side);
		ws_end_frame(&w, END_TEXT, bytes_str(data), &in);
		for (size_t at = 0; at < buf_len(&in); at += 1000)
			mock_come(
			    &w.m,
			    bytes_head(bytes_skip(buf_bytes(&in), at), 1000));
		/* 66 packets, less the header. */
		expect(&w.m.notes, *side == SIDE_CLIENT
				       ? "ws.text+ 65990\nws.text+ 66000\n"
					 "ws.text+ 66000\nws.text 2010\n"
				       : "ws.text+ 65986\nws.text+ 66000\n"
					 "ws.text+ 66000\nws.text 2014\n");
		assert_int_equal(buf_len(&w.m.data), 200000);
		/* Fragments, of which one ends a part. */
		ws_end_come(&w, WS_BINARY, bytes_of((uint8_t *)data, 65536));
		ws_end_come(&w, END_FIN, BYTES("end"));
		expect(&w.m.notes,
		       "ws.binary+ 65536\nws.binary end frames=2\n");
		buf_fini(&in);
		ws_end_fini(&w);
	}
	free(data);
}

static void a_message_is_limited(void **state)
{
	struct ws_end w;
	(void)state;
	begin_with(&w, SIDE_SERVER, OPTIONS("--max-message", "10"), "");
	ws_end_come(&w, END_TEXT, BYTES("0123456789"));
	expect(&w.m.notes, "ws.text 0123456789\n");
	ws_end_come(&w, END_TEXT, BYTES("0123456789a"));
	expect_part(&w.m.notes, "code=1009\n");
	expect_part(&w.m.notes, "failed ws ws: ");
	assert_int_equal(memcmp(ws_end_sent(&w), "88 \x03\xf1", 5), 0);
	ws_end_fini(&w);
}

/* ---- pings ---- */

static void pings_are_answered_unless_off(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		const char *mask = *side == SIDE_CLIENT ? "m" : "";
		char want[20];
		begin(&w, *side);
		ws_end_come(&w, END_PING, BYTES("data"));
		expect(&w.m.notes, "< ws.ping data\n> ws.pong data\n");
		snprintf(want, sizeof want, "8a%s data\n", mask);
		assert_string_equal(ws_end_sent(&w), want);
		send_kind(&w, "autopong", NULL, "off");
		ws_end_come(&w, END_PING, BYTES("data"));
		expect(&w.m.notes, "< ws.ping data\n");
		assert_string_equal(ws_end_sent(&w), "");
		send_kind(&w, "autopong", NULL, "on");
		ws_end_come(&w, END_PING, BYTES_NONE);
		expect(&w.m.notes, "< ws.ping\n> ws.pong\n");
		snprintf(want, sizeof want, "8a%s \n", mask);
		assert_string_equal(ws_end_sent(&w), want);
		ws_end_fini(&w);
	}
}

static void pongs_have_the_ping_and_its_time(void **state)
{
	struct ws_end w;
	struct attrs *facts = attrs_new();
	struct bytes ping = BYTES_NONE;
	(void)state;
	begin(&w, SIDE_CLIENT);
	send_kind(&w, "ping", OPTIONS("id", "7"), "one");
	w.m.now += 1000000;
	send_kind(&w, "ping", OPTIONS("id", "8"), "two");
	assert_string_equal(ws_end_sent(&w), "89m one\n89m two\n");
	w.m.now += 2500000;
	ws_end_come(&w, END_PONG, BYTES("two"));
	expect(&w.m.notes, "< ws.pong two re=8 rtt=2.500ms\n");
	ws_end_come(&w, END_PONG, BYTES("one"));
	expect(&w.m.notes, "< ws.pong one re=7 rtt=3.500ms\n");
	/* A pong that answers no ping. */
	ws_end_come(&w, END_PONG, BYTES("one"));
	expect(&w.m.notes, "< ws.pong one\n");
	ws_rung.info(w.m.ladder.top, facts);
	assert_true(attrs_get(facts, "ping", &ping));
	assert_true(bytes_is(ping, "3.500ms"));
	attrs_unref(facts);
	ws_end_fini(&w);
}

static void equal_pings_are_answered_in_order(void **state)
{
	struct ws_end w;
	char id[12];
	(void)state;
	begin(&w, SIDE_SERVER);
	/* The oldest of more than 8 is forgotten. */
	for (int i = 1; i <= 9; i++) {
		snprintf(id, sizeof id, "%d", i);
		send_kind(&w, "ping", OPTIONS("id", id), "");
	}
	for (int i = 2; i <= 9; i++) {
		char want[40];
		ws_end_come(&w, END_PONG, BYTES_NONE);
		snprintf(want, sizeof want, "< ws.pong re=%d rtt=0.000ms\n", i);
		expect(&w.m.notes, want);
	}
	ws_end_come(&w, END_PONG, BYTES_NONE);
	expect(&w.m.notes, "< ws.pong\n");
	ws_end_fini(&w);
}

static void control_frames_are_short(void **state)
{
	struct ws_end w;
	struct err e;
	char data[127];
	(void)state;
	memset(data, 'x', sizeof data);
	begin(&w, SIDE_CLIENT);
	assert_int_equal(
	    ws_end_send(&w, "ping", NULL, bytes_of(data, 126), 0, &e), -1);
	assert_non_null(strstr(e.text, "RFC 6455 5.5"));
	assert_int_equal(
	    ws_end_send(&w, "pong", NULL, bytes_of(data, 125), 0, &e), 0);
	ws_end_fini(&w);
}

/* ---- sending ---- */

/* RFC 6455 §5.1, §5.3, §5.6 */
static void messages_are_sent_with_their_kind(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		send_text(&w, "hi \xc3\xa4", 0);
		send_text(&w, "\xff", UNIT_BINARY);
		send_kind(&w, "text", NULL, "t");
		send_kind(&w, "binary", NULL, "\xfe");
		send_text(&w, "", 0);
		assert_string_equal(ws_end_sent(&w),
				    *side == SIDE_CLIENT
					? "81m hi \xc3\xa4\n82m \xff\n81m t\n"
					  "82m \xfe\n81m \n"
					: "81 hi \xc3\xa4\n82 \xff\n81 t\n"
					  "82 \xfe\n81 \n");
		ws_end_fini(&w);
	}
}

static void each_frame_has_a_fresh_mask(void **state)
{
	struct ws_end w;
	struct bytes down;
	(void)state;
	begin(&w, SIDE_CLIENT);
	send_kind(&w, "text", OPTIONS("fragment", "1"), "ab");
	send_kind(&w, "ping", NULL, "");
	down = buf_bytes(&w.m.down);
	assert_int_equal(down.len, 7 + 7 + 6);
	assert_memory_not_equal(down.at + 2, down.at + 9, 4);
	assert_memory_not_equal(down.at + 9, down.at + 16, 4);
	ws_end_fini(&w);
}

static void messages_are_divided_on_request(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER);
	send_kind(&w, "text", OPTIONS("fragment", "3"), "abcdefgh");
	assert_string_equal(ws_end_sent(&w), "01 abc\n00 def\n80 gh\n");
	send_kind(&w, "binary", OPTIONS("fragment", "3"), "abc");
	assert_string_equal(ws_end_sent(&w), "82 abc\n");
	ws_end_fini(&w);
}

static void parts_become_fragments(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER);
	send_text(&w, "one", UNIT_MORE);
	/* A control frame may come between the parts. */
	send_kind(&w, "ping", NULL, "p");
	ws_end_come(&w, END_PING, BYTES("q"));
	send_text(&w, "two", UNIT_MORE);
	send_text(&w, "three", 0);
	send_text(&w, "four", 0);
	assert_string_equal(ws_end_sent(&w), "01 one\n89 p\n8a q\n00 two\n"
					     "80 three\n81 four\n");
	send_text(&w, "\xff", UNIT_MORE | UNIT_BINARY);
	/* The first part decides. */
	send_text(&w, "\xfe", 0);
	assert_string_equal(ws_end_sent(&w), "02 \xff\n80 \xfe\n");
	ws_end_fini(&w);
}

static void refuse_text(struct ws_end *w, const char *text, unsigned flags,
			const char *why)
{
	struct err e;
	assert_int_equal(ws_end_send(w, NULL, NULL, bytes_str(text), flags, &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.text, why))
		fail_msg("%s", e.text);
	assert_string_equal(ws_end_sent(w), "");
}

/* RFC 6455 §5.6, §8.1 */
static void text_is_checked_over_all_parts(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER);
	refuse_text(&w, "ab\xff", 0, "not UTF-8, at byte 2");
	refuse_text(&w, "ab\xc3", 0, "not UTF-8, at byte 3");
	refuse_text(&w, "\xed\xa0\x80", 0, "not UTF-8, at byte");
	send_text(&w, "a\xc3", UNIT_MORE);
	(void)ws_end_sent(&w);
	refuse_text(&w, "b", 0, "not UTF-8, at byte 0");
	send_text(&w, "\xa4\xe2\x82", UNIT_MORE);
	(void)ws_end_sent(&w);
	refuse_text(&w, "", 0, "not UTF-8, at byte 0");
	send_text(&w, "\xac", 0);
	assert_string_equal(ws_end_sent(&w), "80 \xac\n");
	ws_end_fini(&w);
}

/* A part that the link refuses is offered again. */
static void a_refused_part_is_checked_again(void **state)
{
	struct ws_end w;
	struct err e;
	(void)state;
	begin(&w, SIDE_SERVER);
	send_text(&w, "a\xc3", UNIT_MORE);
	w.m.room = 0;
	assert_int_equal(ws_end_send(&w, NULL, NULL, BYTES("\xa4"), 0, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	w.m.room = SIZE_MAX;
	send_text(&w, "\xa4", 0);
	send_text(&w, "b", 0);
	assert_string_equal(ws_end_sent(&w), "01 a\xc3\n80 \xa4\n81 b\n");
	ws_end_fini(&w);
}

static void any_frame_can_be_sent(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT);
	send_kind(
	    &w, "frame",
	    OPTIONS("opcode", "3", "rsv", "5", "fin", "0", "no-mask", "1"),
	    "x");
	expect(&w.m.down, "\x53\x01x");
	send_kind(&w, "frame", OPTIONS("len", "70000", "no-mask", "1"), "y");
	assert_int_equal(buf_len(&w.m.down), 11);
	assert_memory_equal(buf_bytes(&w.m.down).at,
			    "\x81\x7f\0\0\0\0\0\x01\x11\x70y", 11);
	buf_clear(&w.m.down);
	/* The mask 01020304, in decimal. */
	send_kind(&w, "frame", OPTIONS("mask", "16909060"), "\x01\x02");
	assert_memory_equal(buf_bytes(&w.m.down).at,
			    "\x81\x82\x01\x02\x03\x04\0\0", 8);
	ws_end_fini(&w);
	begin(&w, SIDE_SERVER);
	send_kind(&w, "frame", NULL, "plain");
	send_kind(&w, "frame", OPTIONS("mask", "0"), "masked");
	assert_string_equal(ws_end_sent(&w), "81 plain\n81m masked\n");
	ws_end_fini(&w);
}

/* ---- violations ---- */

/* The offending frame is shown, the peer gets the code, and the rest is raw. */
static void a_violation_fails_the_connection(void **state)
{
	static const struct {
		enum side side;
		const char *in;
		size_t len;
		const char *close; /* the code that is sent */
		const char *violation, *failure, *rest;
	} rows[] = {
	    {SIDE_SERVER, "\x81\x02hi", 4, "\x03\xea",
	     "< ws.violation 81 02 fin 1, rsv 000, opcode 1 (text), mask 0, "
	     "length 2: frame of a client is not masked (RFC 6455 5.1)",
	     "ws: frame of a client is not masked (RFC 6455 5.1) at byte 1 of "
	     "frame 1, at offset 1\n",
	     NULL},
	    {SIDE_CLIENT, "\x81\x81\0\0\0\0x", 7, "\x03\xea",
	     "mask 1, length 1: frame of a server is masked (RFC 6455 5.1)",
	     "masked (RFC 6455 5.1)", NULL},
	    {SIDE_CLIENT, "\xc1\x01x", 3, "\x03\xea", "rsv 100", "5.2", NULL},
	    {SIDE_CLIENT, "\x83\x01x", 3, "\x03\xea", "opcode 3 (reserved)",
	     "5.2", NULL},
	    {SIDE_CLIENT, "\x80\x01x", 3, "\x03\xea", "opcode 0 (continuation)",
	     "5.4", NULL},
	    {SIDE_CLIENT, "\x09\x00", 2, "\x03\xea", "fin 0", "5.", NULL},
	    {SIDE_CLIENT, "\x81\x02\xc3x", 4, "\x03\xef", "code=1007",
	     "at offset 3\n", NULL},
	    {SIDE_CLIENT, "\x88\x01x", 3, "\x03\xea", "5.5.1", "5.5.1", NULL},
	    {SIDE_CLIENT, "\x88\x02\x03\xed", 4, "\x03\xea", "7.4", "7.4",
	     NULL},
	    {SIDE_CLIENT, "\x88\x03\x03\xe8\xff", 5, "\x03\xef", "UTF-8",
	     "UTF-8", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		unsigned first = 0;
		struct buf data = {.limit = SIZE_MAX / 8};
		begin(&w, rows[i].side);
		mock_come(&w.m, bytes_of(rows[i].in, rows[i].len));
		expect_part(&w.m.notes, rows[i].violation);
		expect_part(&w.m.notes, "> ws.close 100");
		expect_part(&w.m.notes, "failed ws ");
		expect_part(&w.m.notes, rows[i].failure);
		assert_int_equal(w.m.failures, 1);
		assert_int_equal(w.m.sent_ends, 1);
		assert_true(ws_end_take(&w, &first, &data));
		assert_int_equal(first, END_CLOSE);
		assert_memory_equal(buf_bytes(&data).at, rows[i].close, 2);
		buf_clear(&w.m.notes);
		/* Later bytes are not read. */
		mock_come(&w.m, BYTES("\x89\x01p"));
		expect(&w.m.notes, "raw \x89\x01p\n");
		expect(&w.m.down, ".");
		buf_fini(&data);
		ws_end_fini(&w);
	}
}

static void a_violation_leaves_the_rest_raw(void **state)
{
	struct ws_end w;
	struct err e;
	(void)state;
	begin(&w, SIDE_CLIENT);
	mock_come(&w.m, BYTES("\x81\x02ok\x01\x03"
			      "abc\x83\x01x\x81\x01y"));
	expect_part(&w.m.notes, "ws.text ok\n< ws.violation 83 01 ");
	expect_part(&w.m.notes, " frame=3 ");
	/* Data of the message that is not complete comes first. */
	expect_part(&w.m.notes, "\nraw abc");
	expect_part(&w.m.notes, "\x81\x01y\n");
	assert_int_equal(ws_end_send(&w, NULL, NULL, BYTES("no"), 0, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	ws_end_fini(&w);
}

static void a_lenient_rung_reads_on(void **state)
{
	struct ws_end w;
	static const char *const facts[] = {"strict", "off", NULL};
	(void)state;
	begin(&w, SIDE_CLIENT);
	w.m.facts = facts;
	mock_come(&w.m, BYTES("\xc1\x01x\x81\x02\xc3y\x81\x01z"));
	expect_part(&w.m.notes, "< ws.violation c1 01 ");
	expect_part(&w.m.notes, "ws.text x\n");
	expect_part(&w.m.notes, "ws.text \xc3y\n");
	expect_part(&w.m.notes, "ws.text z\n");
	assert_int_equal(w.m.failures, 0);
	expect(&w.m.down, "");
	ws_end_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_read_at_every_split),
	    cmocka_unit_test(long_messages_come_in_parts),
	    cmocka_unit_test(a_message_is_limited),
	    cmocka_unit_test(pings_are_answered_unless_off),
	    cmocka_unit_test(pongs_have_the_ping_and_its_time),
	    cmocka_unit_test(equal_pings_are_answered_in_order),
	    cmocka_unit_test(control_frames_are_short),
	    cmocka_unit_test(messages_are_sent_with_their_kind),
	    cmocka_unit_test(each_frame_has_a_fresh_mask),
	    cmocka_unit_test(messages_are_divided_on_request),
	    cmocka_unit_test(parts_become_fragments),
	    cmocka_unit_test(text_is_checked_over_all_parts),
	    cmocka_unit_test(a_refused_part_is_checked_again),
	    cmocka_unit_test(any_frame_can_be_sent),
	    cmocka_unit_test(a_violation_fails_the_connection),
	    cmocka_unit_test(a_violation_leaves_the_rest_raw),
	    cmocka_unit_test(a_lenient_rung_reads_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
