/* SPDX-License-Identifier: ISC */
/*
 * Tests of the end of the WebSocket rung: closing in both directions, each
 * code, ends without a close frame. ws_rung_test.c tests messages.
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

static const enum side sides[] = {SIDE_CLIENT, SIDE_SERVER};
#define EACH_SIDE(side) \
	for (const enum side *at_ = sides, *side = at_; side < at_ + 2; side++)

static void begin(struct ws_end *w, enum side side)
{
	struct err e;
	if (ws_end_init(w, side, NULL, &e))
		fail_msg("%s", e.text);
	ws_end_open(w, "");
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

/* Compares the next sent frame, a close frame. `want`: the payload. */
static void expect_close(struct ws_end *w, struct bytes want)
{
	unsigned first = 0;
	struct buf data = {.limit = SIZE_MAX / 8};
	assert_true(ws_end_take(w, &first, &data));
	assert_int_equal(first, END_CLOSE);
	assert_true(bytes_equal(buf_bytes(&data), want));
	buf_fini(&data);
}

/* Checks that the stream was ended, or not, and nothing else was sent. */
static void expect_end(struct ws_end *w, bool ended)
{
	expect(&w->m.down, ended ? "." : "");
	assert_int_equal(w->m.sent_ends, ended);
}

/* Returns the payload of a close frame, with the code and the reason. */
static struct bytes payload(unsigned code, const char *reason)
{
	static uint8_t out[WS_CONTROL_MAX];
	out[0] = (uint8_t)(code >> 8);
	out[1] = (uint8_t)code;
	memcpy(out + 2, reason, strlen(reason));
	return bytes_of(out, 2 + strlen(reason));
}

static void close_all(struct ws_end *w, const struct close_request *how)
{
	ladder_close(&w->m.ladder, NULL, how, w->m.now + 1000);
}

static int send_close(struct ws_end *w, const char *data, struct err *e)
{
	return ws_end_send(w, "close", NULL, bytes_str(data), 0, e);
}

/* ---- the peer closes ---- */

/* RFC 6455 §5.5.1, §7.1.1: the answer has the same code, and a server ends the
 * stream. */
static void a_close_frame_is_answered(void **state)
{
	static const struct {
		unsigned code;
		const char *reason, *notes;
	} rows[] = {
	    {1000, "",
	     "< ws.close 1000 code=1000 reason=\n> ws.close 1000\n"
	     "ended ws\nend\n"},
	    {1001, "going",
	     "< ws.close 1001 going code=1001 reason=going\n"
	     "> ws.close 1001\nended ws\nend\n"},
	    {1011, "",
	     "< ws.close 1011 code=1011 reason=\n> ws.close 1011\n"
	     "ended ws ws: the peer closed with 1011 internal "
	     "error\nend\n"},
	    {3000, "a\nb",
	     "< ws.close 3000 a\nb code=3000 reason=a\nb\n"
	     "> ws.close 3000\n"
	     "ended ws ws: the peer closed with 3000: a\\nb\n"
	     "end\n"},
	    {4999, "",
	     "< ws.close 4999 code=4999 reason=\n> ws.close 4999\n"
	     "ended ws ws: the peer closed with 4999\nend\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		EACH_SIDE(side)
		{
			struct ws_end w;
			begin(&w, *side);
			ws_end_come(&w, END_CLOSE,
				    payload(rows[i].code, rows[i].reason));
			expect(&w.m.notes, rows[i].notes);
			expect_close(&w, payload(rows[i].code, ""));
			expect_end(&w, *side == SIDE_SERVER);
			ws_end_fini(&w);
		}
	}
}

static void a_close_frame_without_a_code_is_an_end_in_order(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		ws_end_come(&w, END_CLOSE, BYTES_NONE);
		expect(&w.m.notes, "< ws.close code=1005 reason=\n> ws.close\n"
				   "ended ws\nend\n");
		expect_close(&w, BYTES_NONE);
		expect_end(&w, *side == SIDE_SERVER);
		ws_end_fini(&w);
	}
}

struct conversation {
	struct ws_end w;
	enum side side;
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
	struct buf *notes = &c->w.m.notes;
	const char *raw = strstr(buf_cstr(notes), "raw ");
	assert_memory_equal(buf_cstr(notes),
			    "ws.text one\n< ws.close 1000 code=1000 reason=\n"
			    "> ws.close 1000\nended ws\nend\n",
			    70);
	assert_non_null(raw);
	assert_int_equal(buf_len(&c->w.m.data), 3 + 7);
	expect_close(&c->w, payload(1000, ""));
	ws_end_fini(&c->w);
}

/* The bytes after a close frame are shown, but not read. */
static void nothing_is_read_after_a_close_frame(void **state)
{
	const struct feed feed = {conversation_begin, conversation_piece,
				  conversation_done};
	(void)state;
	EACH_SIDE(side)
	{
		struct conversation c = {.side = *side};
		struct ws_end peer = {.side = *side};
		struct buf in = {.limit = SIZE_MAX / 8};
		ws_end_frame(&peer, END_TEXT, BYTES("one"), &in);
		ws_end_frame(&peer, END_CLOSE, payload(1000, ""), &in);
		buf_puts(&in, "\x81\x05"
			      "later");
		feed_every_split(&feed, &c, buf_bytes(&in));
		buf_fini(&in);
	}
}

static void a_message_cut_by_a_close_frame_is_raw(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT);
	ws_end_come(&w, WS_TEXT, BYTES("half"));
	ws_end_come(&w, END_CLOSE, payload(1000, ""));
	expect_part(&w.m.notes, "raw half\n");
	assert_int_equal(buf_len(&w.m.data), 4);
	ws_end_fini(&w);
}

/* RFC 6455 §5.5.1 */
static void nothing_is_sent_after_the_peer_closed(void **state)
{
	static const char *const kinds[] = {"text", "ping", "close", "frame"};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct ws_end w;
		struct err e;
		begin(&w, SIDE_CLIENT);
		ws_end_come(&w, END_CLOSE, payload(1000, ""));
		buf_clear(&w.m.down);
		assert_int_equal(
		    ws_end_send(&w, kinds[i], NULL, BYTES("1000"), 0, &e), -1);
		assert_int_equal(e.kind, ERR_CLOSED);
		expect(&w.m.down, "");
		ws_end_fini(&w);
	}
}

/* ---- the owner closes ---- */

static void a_close_waits_for_the_answer(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		close_all(&w, &(struct close_request){.code = 0});
		expect(&w.m.notes, "> ws.close 1000\n");
		expect_close(&w, payload(1000, ""));
		expect_end(&w, false);
		/* Messages still come. */
		ws_end_come(&w, END_TEXT, BYTES("late"));
		expect(&w.m.notes, "ws.text late\n");
		/* RFC 6455 §5.5.2: a ping need not be answered any more. */
		ws_end_come(&w, END_PING, BYTES("p"));
		expect(&w.m.notes, "< ws.ping p\n");
		expect(&w.m.down, "");
		ws_end_come(&w, END_CLOSE, payload(1000, ""));
		expect_part(&w.m.notes, "< ws.close 1000 code=1000 reason=\n");
		expect_part(&w.m.notes, "all closed all\n");
		expect_end(&w, *side == SIDE_SERVER);
		ws_end_fini(&w);
	}
}

static void a_close_has_its_code_and_reason(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER);
	close_all(
	    &w, &(struct close_request){.code = 4001, .reason = BYTES("bye")});
	expect_close(&w, payload(4001, "bye"));
	expect(&w.m.notes, "> ws.close 4001 bye\n");
	ws_end_fini(&w);
}

static void a_close_without_an_answer_ends_at_the_deadline(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT);
	close_all(&w, &(struct close_request){.code = 0});
	buf_clear(&w.m.notes);
	mock_at(&w.m, w.m.now + 1000);
	expect(&w.m.notes, "all closed all ws: the peer did not answer the "
			   "close\n");
	ws_end_fini(&w);
}

/* The peer may end the stream instead. */
static void an_end_answers_a_close(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		close_all(&w, &(struct close_request){.code = 0});
		buf_clear(&w.m.notes);
		mock_end(&w.m);
		expect_part(&w.m.notes, "all closed all\n");
		assert_null(strstr(buf_cstr(&w.m.notes), "without"));
		ws_end_fini(&w);
	}
}

static void an_abrupt_close_sends_nothing(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT);
	close_all(&w, &(struct close_request){.abrupt = true});
	expect(&w.m.notes, "all closed all\n");
	expect(&w.m.down, "");
	ws_end_fini(&w);
}

static void a_close_follows_queued_messages(void **state)
{
	struct ws_end w;
	struct err e;
	(void)state;
	begin(&w, SIDE_SERVER);
	w.m.room = 3;
	assert_int_equal(
	    ws_end_send(&w, NULL, NULL, BYTES("one"), UNIT_ONCE, &e), 0);
	expect(&w.m.down, "");
	close_all(&w, &(struct close_request){.code = 1001});
	expect(&w.m.down, "");
	w.m.room = SIZE_MAX;
	ladder_resume(&w.m.ladder);
	expect(&w.m.down, "\x81\x03one\x88\x02\x03\xe9");
	ws_end_fini(&w);
}

/* Messages of the peer that the owner has not read come before the end. */
static void a_close_waits_for_the_owner(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct buf in = {.limit = SIZE_MAX / 8};
		begin(&w, *side);
		w.m.limit = 1;
		ws_end_frame(&w, END_TEXT, BYTES("one"), &in);
		ws_end_frame(&w, END_TEXT, BYTES("two"), &in);
		ws_end_frame(&w, END_CLOSE, payload(1000, ""), &in);
		mock_come(&w.m, buf_bytes(&in));
		mock_end(&w.m);
		expect(&w.m.notes, "ws.text one\n");
		mock_consume(&w.m, 3);
		expect(&w.m.notes, "ws.text two\n");
		mock_consume(&w.m, 3);
		expect_part(&w.m.notes, "< ws.close 1000 code=1000 reason=\n"
					"> ws.close 1000\nended ws\nend\n");
		assert_int_equal(w.m.failures, 0);
		buf_fini(&in);
		ws_end_fini(&w);
	}
}

/* Both sides close at the same time. */
static void crossing_close_frames_end_in_order(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		close_all(&w, &(struct close_request){.code = 0});
		(void)ws_end_sent(&w);
		buf_clear(&w.m.notes);
		ws_end_come(&w, END_CLOSE, payload(1001, ""));
		expect_part(&w.m.notes, "< ws.close 1001 code=1001 reason=\n");
		expect_part(&w.m.notes, "all closed all\n");
		/* No second close frame. */
		expect_end(&w, *side == SIDE_SERVER);
		ws_end_fini(&w);
	}
}

static void an_end_of_the_owner_closes(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct err e;
		begin(&w, *side);
		assert_int_equal(mock_send(&w.m, BYTES_NONE, UNIT_END, &e), 0);
		expect_close(&w, payload(1000, ""));
		expect_end(&w, false);
		ws_end_come(&w, END_TEXT, BYTES("reply"));
		ws_end_come(&w, END_CLOSE, payload(1000, ""));
		expect(&w.m.notes, "> ws.close 1000\nws.text reply\n"
				   "< ws.close 1000 code=1000 reason=\n"
				   "ended ws\nend\n");
		expect_end(&w, *side == SIDE_SERVER);
		ws_end_fini(&w);
	}
}

/* ---- units ws.close ---- */

static void any_close_frame_can_be_sent(void **state)
{
	static const struct {
		const char *data;
		unsigned code;
		const char *reason;
	} rows[] = {{"1000", 1000, ""},
		    {"1001 going home", 1001, "going home"},
		    {"1006", 1006, ""},
		    {"0 none", 0, "none"},
		    {"65535 x", 65535, "x"}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		struct err e;
		begin(&w, SIDE_CLIENT);
		assert_int_equal(send_close(&w, rows[i].data, &e), 0);
		expect_close(&w, payload(rows[i].code, rows[i].reason));
		/* RFC 6455 §5.5.1: nothing follows. */
		assert_int_equal(send_close(&w, "1000", &e), -1);
		assert_int_equal(e.kind, ERR_CLOSED);
		assert_int_equal(ws_end_send(&w, NULL, NULL, BYTES("x"), 0, &e),
				 -1);
		assert_int_equal(e.kind, ERR_CLOSED);
		assert_int_equal(
		    ws_end_send(&w, "ping", NULL, BYTES("x"), 0, &e), -1);
		/* A frame on purpose may. */
		assert_int_equal(
		    ws_end_send(&w, "frame", NULL, BYTES("x"), 0, &e), 0);
		assert_string_equal(ws_end_sent(&w), "81m x\n");
		ws_end_fini(&w);
	}
}

static void wrong_close_units_are_refused(void **state)
{
	static const char *const rows[] = {"65536", "x", "-1", "1000x"};
	char reason[140];
	struct ws_end w;
	struct err e;
	(void)state;
	begin(&w, SIDE_CLIENT);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(send_close(&w, rows[i], &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
	snprintf(reason, sizeof reason, "1000 %124s", "");
	assert_int_equal(send_close(&w, reason, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	expect(&w.m.down, "");
	reason[128] = '\0';
	assert_int_equal(send_close(&w, reason, &e), 0);
	ws_end_fini(&w);
}

/* The peer's answer has the code of the owner: that is no error. */
static void the_answer_to_a_code_is_an_end_in_order(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct err e;
		begin(&w, *side);
		assert_int_equal(send_close(&w, "4001 bye", &e), 0);
		ws_end_come(&w, END_CLOSE, payload(4001, ""));
		expect(&w.m.notes, "< ws.close 4001 code=4001 reason=\n"
				   "ended ws\nend\n");
		ws_end_fini(&w);
		/* But another code is. */
		begin(&w, *side);
		assert_int_equal(send_close(&w, "4001 bye", &e), 0);
		ws_end_come(&w, END_CLOSE, payload(4002, ""));
		expect_part(&w.m.notes, "ended ws ws: the peer closed with "
					"4002\n");
		ws_end_fini(&w);
	}
}

/* ---- the stream ends ---- */

static void an_end_without_a_close_frame_is_an_error(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		ws_end_come(&w, WS_BINARY, BYTES("half"));
		mock_come(&w.m, BYTES("\x80"));
		mock_end(&w.m);
		expect_part(&w.m.notes,
			    "ended ws ws: the stream ended without a close "
			    "frame (1006, RFC 6455 7.1.5)\nend\n");
		expect_part(&w.m.notes, "raw half");
		assert_true(w.m.ends >= 1);
		ws_end_fini(&w);
	}
}

static void an_end_after_the_close_frame_is_in_order(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		begin(&w, *side);
		ws_end_come(&w, END_CLOSE, payload(1000, ""));
		buf_clear(&w.m.notes);
		mock_end(&w.m);
		assert_null(strstr(buf_cstr(&w.m.notes), "ended"));
		assert_int_equal(w.m.failures, 0);
		close_all(&w, &(struct close_request){.code = 0});
		expect_part(&w.m.notes, "all closed all\n");
		ws_end_fini(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_close_frame_is_answered),
	    cmocka_unit_test(a_close_frame_without_a_code_is_an_end_in_order),
	    cmocka_unit_test(nothing_is_read_after_a_close_frame),
	    cmocka_unit_test(a_message_cut_by_a_close_frame_is_raw),
	    cmocka_unit_test(nothing_is_sent_after_the_peer_closed),
	    cmocka_unit_test(a_close_waits_for_the_answer),
	    cmocka_unit_test(a_close_has_its_code_and_reason),
	    cmocka_unit_test(a_close_without_an_answer_ends_at_the_deadline),
	    cmocka_unit_test(an_end_answers_a_close),
	    cmocka_unit_test(an_abrupt_close_sends_nothing),
	    cmocka_unit_test(a_close_follows_queued_messages),
	    cmocka_unit_test(a_close_waits_for_the_owner),
	    cmocka_unit_test(crossing_close_frames_end_in_order),
	    cmocka_unit_test(an_end_of_the_owner_closes),
	    cmocka_unit_test(any_close_frame_can_be_sent),
	    cmocka_unit_test(wrong_close_units_are_refused),
	    cmocka_unit_test(the_answer_to_a_code_is_an_end_in_order),
	    cmocka_unit_test(an_end_without_a_close_frame_is_an_error),
	    cmocka_unit_test(an_end_after_the_close_frame_is_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
