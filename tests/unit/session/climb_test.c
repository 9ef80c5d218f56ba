/* SPDX-License-Identifier: ISC */
/*
 * Tests of frames set on live sessions and removed: no received data may be
 * lost, duplicated, reordered or published twice. The tests of ladder and codec
 * check how frames are parsed.
 */
#include "rung/rungs.h"
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s\n", ev->text);
	if (ev->kind != EVENT_MESSAGE)
		return;
	buf_printf(&w->events, "%s %c%llu@%llu%s ", ev->session->name,
		   ev->dir == DIR_UP ? '<' : '>',
		   (unsigned long long)ev->number,
		   (unsigned long long)ev->offset,
		   ev->unit->flags & UNIT_RAW ? " raw" : "");
	buf_put(&w->events, ev->unit->data);
	buf_putc(&w->events, '\n');
}

/* Sets the frame as the command `frame` does; NULL removes it. Result: 0, or -1
 * and *e. */
static int try_frame(struct session *s, const char *kind, struct err *e)
{
	struct rung_plan *plan = kind ? plan_of_frame(kind, NULL, e)
				      : rung_plan_new();
	int status = 0;
	assert_non_null(plan);
	if (s->role == ROLE_LISTENER)
		status = session_set_plan(s, plan, e);
	else if (session_top_rung(s) == &frame_rung)
		status = session_descend(s, NULL, e);
	if (s->role != ROLE_LISTENER && !status && kind)
		status = session_climb(s, plan, e);
	rung_plan_unref(plan);
	return status;
}

static void set_frame(struct session *s, const char *kind)
{
	struct err e;
	if (try_frame(s, kind, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s->inbox.shape, ladder_shape(&s->ladder));
}

/* Compares the frame of a session, or of a listener's plan; "": none. */
static void expect_frame(const struct session *s, const char *want)
{
	struct buf got = {.limit = BUF_SMALL};
	if (s->role != ROLE_LISTENER)
		session_print_rungs(s, &got);
	else if (session_plan(s))
		rung_spec_print(&session_plan(s)->spec[0], SIDE_SERVER, &got);
	assert_true(bytes_starts(buf_bytes(&got), bytes_str(want)));
	assert_int_equal(!want[0], !buf_len(&got));
	buf_fini(&got);
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

static struct bytes front(struct session *s)
{
	struct bytes data = BYTES_NONE;
	assert_true(inbox_message(&s->inbox, 0, &data));
	return data;
}

static void expect_rung_error(struct session *s, size_t nth, const char *want)
{
	struct err e;
	if (want) {
		assert_int_equal(session_take_rung_error(s, nth, &e), -1);
		assert_int_equal(e.kind, ERR_FRAME);
		assert_string_equal(e.text, want);
	} else {
		assert_int_equal(session_take_rung_error(s, nth, &e), 0);
	}
}

static void unconsumed_bytes_become_messages(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("one\ntwo\nth"));
	inbox_consume(&w->c->inbox, 1);
	expect_events(w, "c1 <1@0 one\ntwo\nth\n");
	set_frame(w->c, "line");
	expect_unread(w->c, "[ne][two]");
	/* Bytes published on arrival are not published again when a frame is
	 * set; a newly completed message is published. */
	expect_events(w, "");
	receive(w->c, BYTES("ree\nfour\n"));
	expect_unread(w->c, "[ne][two][three][four]");
	expect_events(w, "c1 <2@6 three\nc1 <3@11 four\n");
	assert_int_equal(w->c->bytes[DIR_UP] - inbox_len(&w->c->inbox), 1);
}

static void unconsumed_messages_become_bytes(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "u8");
	receive(w->c, BYTES("\3one\3two\5thr"));
	expect_unread(w->c, "[one][two]");
	buf_clear(&w->events);
	assert_int_equal(session_descend(w->c, NULL, NULL), 0);
	expect_unread(w->c, "\3one\3two\5thr");
	receive(w->c, BYTES("ee"));
	expect_unread(w->c, "\3one\3two\5three");
	expect_events(w, "c1 <3@8 \5thr\nc1 <4@12 ee\n");
	assert_int_equal(session_descend(w->c, NULL, NULL), -1);
}

static void partly_consumed_message_keeps_its_rest(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "u8");
	receive(w->c, BYTES("\3one\3two"));
	inbox_consume(&w->c->inbox, 2);
	set_frame(w->c, NULL);
	expect_unread(w->c, "e\3two");
}

static void frame_is_replaced(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("a\r\nb\r\nc"));
	set_frame(w->c, "line");
	expect_unread(w->c, "[a][b]");
	set_frame(w->c, "fixed:2");
	expect_unread(w->c, "[a\r][\nb][\r\n]");
	receive(w->c, BYTES("d"));
	expect_unread(w->c, "[a\r][\nb][\r\n][cd]");
	set_frame(w->c, NULL);
	expect_unread(w->c, "a\r\nb\r\ncd");
	assert_int_equal(w->c->bytes[DIR_UP], 8);
	assert_int_equal(w->c->ladder.bytes[DIR_UP], 8);
	assert_int_equal(w->c->ladder_generation, 4);
}

static void each_line_keeps_its_line_end(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "line");
	receive(w->c, BYTES("H: 3\r\n\r\nx\r\ny\nz"));
	inbox_pop(&w->c->inbox);
	inbox_pop(&w->c->inbox);
	expect_unread(w->c, "[x][y]");
	set_frame(w->c, NULL);
	expect_unread(w->c, "x\r\ny\nz");
	set_frame(w->c, "line");
	receive(w->c, BYTES("\r\n"));
	set_frame(w->c, "line:lf");
	expect_unread(w->c, "[x\r][y][z\r]");
}

/* Puts a frame on and takes it off; the bytes must be the same. */
static void expect_unchanged(struct world *w, const char *kind,
			     struct bytes data)
{
	receive(w->c, data);
	set_frame(w->c, kind);
	set_frame(w->c, NULL);
	assert_true(bytes_equal(front(w->c), data));
	inbox_pop(&w->c->inbox);
}

/* Tests encodings that rung never sends, and bytes between frames. */
static void removed_frames_leave_the_received_bytes(void **state)
{
	struct world *w = *state;
	expect_unchanged(w, "varint", BYTES("\x82\0ab\1c"));
	expect_unchanged(w, "varint", BYTES("\x85\0"));
	expect_unchanged(w, "slip", BYTES("abc\300def"));
	expect_unchanged(w, "slip", BYTES("\300a\300b\300"));
	expect_unchanged(w, "slip", BYTES("\300\300\300a\300\300\300"));
	expect_unchanged(w, "cobs", BYTES("\0\2a\0\0\2b\0\0"));
	expect_unchanged(w, "cobs", BYTES("\0\0"));
	expect_unchanged(w, "netstring", BYTES("1:a,x"));
}

static void end_of_stream_survives_a_change_of_frame(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("one\n"));
	receive_end(w->c);
	set_frame(w->c, "line");
	expect_unread(w->c, "[one]");
	assert_true(inbox_ended(&w->c->inbox));
	set_frame(w->c, NULL);
	expect_unread(w->c, "one\n");
	assert_true(inbox_ended(&w->c->inbox));
	expect_rung_error(w->c, 0, NULL);
}

static void partial_message_at_the_end_is_reported_once(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "u16be");
	receive(w->c, BYTES("\0\3one"));
	receive(w->c, BYTES("\0\5th"));
	buf_clear(&w->events);
	receive_end(w->c);
	expect_events(w, "c1 <2@3 raw \0");
	assert_int_equal(inbox_count(&w->c->inbox), 2);
	expect_rung_error(w->c, 0, NULL);
	expect_rung_error(
	    w->c, 1,
	    "c1: frame: stream ended 4 bytes into a frame of 7 at "
	    "offset 5; the bytes are kept");
	expect_rung_error(w->c, 1, NULL);
	inbox_pop(&w->c->inbox);
	assert_true(bytes_equal(front(w->c), BYTES("\0\5th")));
}

static void partial_message_before_a_reset_is_kept(void **state)
{
	struct world *w = *state;
	struct buf why = {.limit = 1000};
	struct err e;
	set_frame(w->c, "u8");
	receive(w->c, BYTES("\3one\3tw"));
	buf_clear(&w->events);
	session_close(w->p, CLOSE_RESET, NULL);
	until(w, "c1", SESSION_CLOSED);
	expect_events(w, "c1 <2@3 raw \3tw\nnote frame: stream ended 3 bytes "
			 "into a frame of 4 at offset 4; the bytes are kept\n");
	expect_unread(w->c, "[one][\3tw]");
	session_why(w->c, &why);
	assert_non_null(strstr(buf_cstr(&why), "; 6 bytes unread; frame: "));
	/* A waiting command fails with the reset. */
	expect_rung_error(w->c, 1, NULL);
	session_end_error(w->c, &e);
	assert_int_equal(e.kind, ERR_RESET);
	set_frame(w->c, NULL);
	expect_unread(w->c, "\3one\3tw");
	assert_true(inbox_ended(&w->c->inbox));
	buf_fini(&why);
}

static void closing_here_reports_no_partial_message(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "u8");
	receive(w->c, BYTES("\3tw"));
	session_close(w->c, CLOSE_NOW, NULL);
	expect_events(w, "");
	assert_null(w->c->rung_error);
}

static void junk_fails_after_the_complete_messages(void **state)
{
	struct world *w = *state;
	struct buf why = {.limit = 1000};
	set_frame(w->c, "netstring");
	receive(w->c, BYTES("3:one,x"));
	expect_events(w, "c1 <1@0 one\nc1 <2@3 raw x\nnote frame: byte 78 "
			 "instead of a digit of a netstring length, at offset "
			 "6; the message and all later bytes are kept raw\n");
	session_why(w->c, &why);
	assert_non_null(
	    strstr(buf_cstr(&why), "unread; frame: byte 78 instead of"));
	inbox_pop(&w->c->inbox);
	expect_rung_error(
	    w->c, 0,
	    "c1: frame: byte 78 instead of a digit of a netstring length, at "
	    "offset 6; the message and all later bytes are kept raw");
	receive(w->c, BYTES("3:two,"));
	expect_unread(w->c, "[x][3:two,]");
	expect_rung_error(w->c, 1, NULL);
	/* A new frame starts without the error. */
	inbox_pop(&w->c->inbox);
	set_frame(w->c, "netstring");
	expect_unread(w->c, "[two]");
	assert_null(w->c->rung_error);
	buf_fini(&why);
}

static void end_after_junk_keeps_complete_messages(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "netstring");
	receive(w->c, BYTES("3:one,3:two,x"));
	receive_end(w->c);
	expect_unread(w->c, "[one][two][x]");
	assert_false(session_is_raw(w->c, 0));
	assert_false(session_is_raw(w->c, 1));
	expect_rung_error(w->c, 1, NULL);
	expect_rung_error(
	    w->c, 2,
	    "c1: frame: byte 78 instead of a digit of a netstring length, at "
	    "offset 12; the message and all later bytes are kept raw");
	set_frame(w->c, NULL);
	expect_unread(w->c, "3:one,3:two,x");
}

static void raw_bytes_stay_unframed_when_the_frame_goes(void **state)
{
	struct world *w = *state;
	set_frame(w->c, "u8");
	receive(w->c, BYTES("\1a"));
	set_frame(w->c, "netstring");
	set_frame(w->c, NULL);
	expect_unread(w->c, "\1a");
	set_frame(w->c, "netstring");
	receive(w->c, BYTES("1:x,"));
	set_frame(w->c, NULL);
	expect_unread(w->c, "\1a1:x,");
}

static void frame_fails_on_data_already_received(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("HTTP/1.1 200 OK\r\n"));
	set_frame(w->c, "u32be");
	expect_rung_error(
	    w->c, 0,
	    "c1: frame: length 1213486160 exceeds max=1048576, at "
	    "offset 0; the message and all later bytes are kept raw");
	assert_true(bytes_is(front(w->c), "HTTP/1.1 200 OK\r\n"));
}

struct counter {
	struct waiter waiter;
	unsigned notified;
};

static void count_notify(struct waiter *w)
{
	list_entry(w, struct counter, waiter)->notified++;
}

static void waiters_are_notified_of_a_new_frame(void **state)
{
	struct world *w = *state;
	struct counter n = {
	    .waiter = {.notify = count_notify, .consumes = true}};
	session_await(w->c, &n.waiter);
	set_frame(w->c, "line");
	assert_true(n.notified >= 1);
	n.notified = 0;
	set_frame(w->c, NULL);
	assert_true(n.notified >= 1);
	set_frame(w->c, "netstring");
	n.notified = 0;
	buf_clear(&w->events);
	receive(w->c, BYTES("?"));
	assert_true(n.notified >= 1);
	/* A consuming command gets the error, so no notice is printed. */
	expect_events(w, "c1 <1@0 raw ?\n");
	session_unawait(&n.waiter);
}

/* All received data is kept, even above the limit. */
static void full_inbox_loses_nothing(void **state)
{
	struct world *w = *state;
	enum { MANY = 300000 };
	uint8_t *lines = xalloc(MANY);
	memset(lines, '\n', MANY);
	w->c->inbox.in.buf.limit = 100000;
	receive(w->c, bytes_of(lines, 150000));
	receive(w->c, bytes_of(lines, 150000));
	assert_int_equal(inbox_len(&w->c->inbox), MANY);
	set_frame(w->c, "line");
	assert_int_equal(inbox_count(&w->c->inbox), MANY);
	set_frame(w->c, NULL);
	assert_int_equal(inbox_len(&w->c->inbox), MANY);
	set_frame(w->c, "fixed:200000");
	assert_int_equal(inbox_count(&w->c->inbox), 1);
	/* The rung keeps the parts of a message longer than the inbox's limit.
	 */
	receive(w->c, bytes_of(lines, 150000));
	assert_int_equal(inbox_count(&w->c->inbox), 2);
	assert_int_equal(w->c->dropped, 0);
	free(lines);
}

static void live_inbox_drops_whole_messages(void **state)
{
	struct world *w = *state;
	w->c->inbox.in.buf.limit = 10;
	w->c->display.live = true;
	set_frame(w->c, "line");
	receive(w->c, BYTES("one\ntwo\nthree\nfour\n"));
	expect_unread(w->c, "[three][four]");
	assert_int_equal(w->c->dropped, 6);
}

static void sent_messages_are_published_without_framing(void **state)
{
	struct world *w = *state;
	struct unit u = {.data = BYTES("hello")};
	struct unit raw = {.data = BYTES("raw"), .flags = UNIT_RAW};
	set_frame(w->c, "u16be");
	assert_int_equal(session_send(w->c, &u, NULL), 0);
	assert_int_equal(session_send(w->c, &raw, NULL), 0);
	expect_events(w, "c1 >1@0 hello\nc1 >2@5 raw raw\n");
	while (inbox_len(&w->p->inbox) < 10)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_true(bytes_equal(front(w->p), BYTES("\0\5helloraw")));
	assert_int_equal(w->c->ladder.bytes[DIR_DOWN], 10);
}

static void peers_begin_with_their_listeners_frame(void **state)
{
	struct world *w = *state;
	struct session *s = find(w, "s1");
	set_frame(s, "u16be+2");
	expect_frame(s, "frame u16be+2");
	expect_frame(w->p, "");
	client_of(w, s, "");
	struct session *p = until(w, "s1.2", SESSION_OPEN);
	expect_frame(p, "frame u16be+2");
	assert_int_equal(p->inbox.shape, SHAPE_MESSAGES);
	set_frame(s, NULL);
	expect_frame(p, "frame u16be+2");
	client_of(w, s, "");
	expect_frame(until(w, "s1.3", SESSION_OPEN), "");
}

static void new_streams_begin_with_the_hubs_frame(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of_frame("line", NULL, NULL);
	hub_set_plan(&w->hub, plan);
	rung_plan_unref(plan);
	struct session *s = listener_at(w, "127.0.0.1:0", false);
	expect_frame(s, "frame line");
	expect_frame(client_of(w, s, ""), "frame line");
	expect_frame(until(w, "s2.1", SESSION_OPEN), "frame line");
	expect_frame(listener_at(w, "127.0.0.1:0", true), "");
	s = listener_at(w, "udp://127.0.0.1:0", false);
	expect_frame(s, "");
	expect_frame(client_of(w, s, ""), "");
	hub_set_plan(&w->hub, NULL);
	expect_frame(listener_at(w, "127.0.0.1:0", false), "");
}

static void echo_returns_messages(void **state)
{
	struct world *w = *state;
	struct session *s = listener_at(w, "127.0.0.1:0", true);
	set_frame(s, "netstring");
	struct session *c = client_of(w, s, "");
	struct unit u = {.data = BYTES("hello")};
	struct unit junk = {.data = BYTES("junk"), .flags = UNIT_RAW};
	set_frame(c, "netstring");
	session_send(c, &u, NULL);
	while (!inbox_count(&c->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_unread(c, "[hello]");
	/* The echo sends raw bytes back without a frame. */
	session_send(c, &junk, NULL);
	while (inbox_count(&c->inbox) < 2)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_unread(c, "[hello][junk]");
}

static void frames_are_for_streams(void **state)
{
	struct world *w = *state;
	struct session *s = listener_at(w, "udp://127.0.0.1:0", false);
	struct rung_plan *plan = plan_of_frame("line", NULL, NULL);
	struct err e;
	assert_int_equal(try_frame(s, "line", &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(try_frame(client_of(w, s, ""), "line", &e), -1);
	assert_string_equal(e.text,
			    "c2: frame needs a stream of bytes, not datagrams");
	assert_int_equal(session_climb(find(w, "s1"), plan, &e), -1);
	assert_string_equal(e.text,
			    "s1 is a listener; use one of its peers (@s1.1)");
	rung_plan_unref(plan);
}

static void closed_session_can_get_a_frame(void **state)
{
	struct world *w = *state;
	receive(w->c, BYTES("one\ntwo\n"));
	session_close(w->c, CLOSE_NOW, NULL);
	set_frame(w->c, "line");
	expect_unread(w->c, "[one][two]");
	assert_true(inbox_ended(&w->c->inbox));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(unconsumed_bytes_become_messages),
	    TEST(unconsumed_messages_become_bytes),
	    TEST(partly_consumed_message_keeps_its_rest),
	    TEST(frame_is_replaced),
	    TEST(each_line_keeps_its_line_end),
	    TEST(removed_frames_leave_the_received_bytes),
	    TEST(end_of_stream_survives_a_change_of_frame),
	    TEST(partial_message_at_the_end_is_reported_once),
	    TEST(partial_message_before_a_reset_is_kept),
	    TEST(closing_here_reports_no_partial_message),
	    TEST(junk_fails_after_the_complete_messages),
	    TEST(end_after_junk_keeps_complete_messages),
	    TEST(raw_bytes_stay_unframed_when_the_frame_goes),
	    TEST(frame_fails_on_data_already_received),
	    TEST(waiters_are_notified_of_a_new_frame),
	    TEST(full_inbox_loses_nothing),
	    TEST(live_inbox_drops_whole_messages),
	    TEST(sent_messages_are_published_without_framing),
	    TEST(peers_begin_with_their_listeners_frame),
	    TEST(new_streams_begin_with_the_hubs_frame),
	    TEST(echo_returns_messages),
	    TEST(frames_are_for_streams),
	    TEST(closed_session_can_get_a_frame),
	};
	return cmocka_run_group_tests_name("climb", tests, NULL, NULL);
}
