/* SPDX-License-Identifier: ISC */
/*
 * Tests of frames put on live sessions and taken off: nothing that came may be
 * lost, doubled, reordered or told twice. How frames are read is the rung's and
 * the codec's to test.
 */
#include "rung/rungs.h"
#include "tests/lib/hubs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hear(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->heard, "note %s\n", ev->text);
	if (ev->kind != EVENT_MESSAGE)
		return;
	buf_printf(&w->heard, "%s %c%llu@%llu%s ", ev->session->name,
		   ev->dir == DIR_UP ? '<' : '>',
		   (unsigned long long)ev->number,
		   (unsigned long long)ev->offset,
		   ev->unit->kind == UNIT_RAW ? " raw" : "");
	buf_put(&w->heard, ev->unit->data);
	buf_putc(&w->heard, '\n');
}

static struct frame parsed(const char *text)
{
	struct frame f;
	struct err e;
	if (frame_parse(bytes_str(text), false, BYTES_NONE, &f, &e))
		fail_msg("%s", e.text);
	return f;
}

static void cut(struct session *s, const char *kind)
{
	struct frame f;
	struct err e;
	if (kind)
		f = parsed(kind);
	if (session_set_frame(s, kind ? &f : NULL, &e))
		fail_msg("%s", e.text);
	assert_int_equal(s->inbox.shape, ladder_shape(&s->ladder));
}

/* A client c1 and its peer s1.1. */
static int setup(void **state)
{
	struct world *w = hubs_new(hear);
	w->c = client_of(w, listener_at(w, "127.0.0.1:0", false), "");
	w->p = until(w, "s1.1", SESSION_OPEN);
	*state = w;
	return 0;
}

/* As the link brings it, in just these pieces. */
static void come(struct session *s, struct bytes data)
{
	struct unit u = {.data = data};
	s->link.sink->received(&s->link, &u);
}

static void come_end(struct session *s)
{
	struct unit end = {.flags = UNIT_END};
	s->link.ended[DIR_UP] = true;
	s->link.sink->received(&s->link, &end);
}

static void expect_heard(struct world *w, const char *want)
{
	assert_string_equal(buf_cstr(&w->heard), want);
	buf_clear(&w->heard);
}

/* What was not taken: `[message]` for each, or the stream's bytes. */
static void expect_unread(struct session *s, const char *want)
{
	struct buf got = {.limit = (size_t)64 << 20};
	struct bytes data;
	bool stream = s->inbox.shape == SHAPE_BYTES;
	for (size_t i = 0; inbox_message(&s->inbox, i, &data); i++) {
		buf_puts(&got, stream ? "" : "[");
		buf_put(&got, data);
		buf_puts(&got, stream ? "" : "]");
	}
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
}

static struct bytes front(struct session *s)
{
	struct bytes data = BYTES_NONE;
	assert_true(inbox_message(&s->inbox, 0, &data));
	return data;
}

static void expect_broken(struct session *s, size_t nth, const char *want)
{
	struct err e;
	if (want) {
		assert_int_equal(session_take_frame_error(s, nth, &e), -1);
		assert_int_equal(e.kind, ERR_FRAME);
		assert_string_equal(e.text, want);
	} else {
		assert_int_equal(session_take_frame_error(s, nth, &e), 0);
	}
}

static void untaken_bytes_become_messages(void **state)
{
	struct world *w = *state;
	come(w->c, BYTES("one\ntwo\nth"));
	inbox_consume(&w->c->inbox, 1);
	expect_heard(w, "c1 <1@0 one\ntwo\nth\n");
	cut(w->c, "line");
	expect_unread(w->c, "[ne][two]");
	/* Told as it came, and not again; what is whole now is new. */
	expect_heard(w, "");
	come(w->c, BYTES("ree\nfour\n"));
	expect_unread(w->c, "[ne][two][three][four]");
	expect_heard(w, "c1 <2@6 three\nc1 <3@11 four\n");
	assert_int_equal(w->c->bytes[DIR_UP] - inbox_len(&w->c->inbox), 1);
}

static void untaken_messages_become_bytes(void **state)
{
	struct world *w = *state;
	cut(w->c, "u8");
	come(w->c, BYTES("\3one\3two\5thr"));
	expect_unread(w->c, "[one][two]");
	buf_clear(&w->heard);
	assert_int_equal(session_descend(w->c, NULL), 0);
	expect_unread(w->c, "\3one\3two\5thr");
	come(w->c, BYTES("ee"));
	expect_unread(w->c, "\3one\3two\5three");
	expect_heard(w, "c1 <3@12 ee\n");
	assert_int_equal(session_descend(w->c, NULL), -1);
}

static void message_taken_in_part_leaves_its_rest(void **state)
{
	struct world *w = *state;
	cut(w->c, "u8");
	come(w->c, BYTES("\3one\3two"));
	inbox_consume(&w->c->inbox, 2);
	cut(w->c, NULL);
	expect_unread(w->c, "e\3two");
}

static void frame_is_exchanged_for_another(void **state)
{
	struct world *w = *state;
	come(w->c, BYTES("a\r\nb\r\nc"));
	cut(w->c, "line");
	expect_unread(w->c, "[a][b]");
	cut(w->c, "fixed:2");
	expect_unread(w->c, "[a\r][\nb][\r\n]");
	come(w->c, BYTES("d"));
	expect_unread(w->c, "[a\r][\nb][\r\n][cd]");
	cut(w->c, NULL);
	expect_unread(w->c, "a\r\nb\r\ncd");
	assert_int_equal(w->c->bytes[DIR_UP], 8);
	assert_int_equal(w->c->ladder.bytes[DIR_UP], 8);
	assert_int_equal(w->c->ladder_generation, 4);
}

static void each_line_gets_its_own_end_back(void **state)
{
	struct world *w = *state;
	cut(w->c, "line");
	come(w->c, BYTES("H: 3\r\n\r\nx\r\ny\nz"));
	inbox_pop(&w->c->inbox);
	inbox_pop(&w->c->inbox);
	expect_unread(w->c, "[x][y]");
	cut(w->c, NULL);
	expect_unread(w->c, "x\r\ny\nz");
	cut(w->c, "line");
	come(w->c, BYTES("\r\n"));
	cut(w->c, "line:lf");
	expect_unread(w->c, "[x\r][y][z\r]");
}

/* No more is lost than which of two forms it was. */
static void frames_come_back_as_they_are_sent(void **state)
{
	struct world *w = *state;
	cut(w->c, "varint");
	come(w->c, BYTES("\x82\0ab\1c"));
	cut(w->c, NULL);
	expect_unread(w->c, "\2ab\1c");
	inbox_pop(&w->c->inbox);
	come(w->c, BYTES("\300a\300b\300"));
	cut(w->c, "slip");
	cut(w->c, NULL);
	expect_unread(w->c, "\300a\300\300b\300");
}

static void end_that_came_before_is_there_after(void **state)
{
	struct world *w = *state;
	come(w->c, BYTES("one\n"));
	come_end(w->c);
	cut(w->c, "line");
	expect_unread(w->c, "[one]");
	assert_true(inbox_ended(&w->c->inbox));
	cut(w->c, NULL);
	expect_unread(w->c, "one\n");
	assert_true(inbox_ended(&w->c->inbox));
	expect_broken(w->c, 0, NULL);
}

static void partial_message_at_the_end_is_told_once(void **state)
{
	struct world *w = *state;
	cut(w->c, "u16be");
	come(w->c, BYTES("\0\3one"));
	come(w->c, BYTES("\0\5th"));
	buf_clear(&w->heard);
	come_end(w->c);
	expect_heard(w, "c1 <2@3 raw \0");
	assert_int_equal(inbox_count(&w->c->inbox), 2);
	expect_broken(w->c, 0, NULL);
	expect_broken(w->c, 1,
		      "c1: frame: stream ended 4 bytes into a frame of 7 at "
		      "offset 5; they are kept");
	expect_broken(w->c, 1, NULL);
	inbox_pop(&w->c->inbox);
	assert_true(bytes_equal(front(w->c), BYTES("\0\5th")));
}

static void partial_message_before_a_reset_is_not_lost(void **state)
{
	struct world *w = *state;
	struct buf why = {.limit = 1000};
	struct err e;
	cut(w->c, "u8");
	come(w->c, BYTES("\3one\3tw"));
	buf_clear(&w->heard);
	session_close(w->p, true);
	until(w, "c1", SESSION_CLOSED);
	expect_heard(w, "c1 <2@3 raw \3tw\nnote frame: stream ended 3 bytes "
			"into a frame of 4 at offset 4; they are kept\n");
	expect_unread(w->c, "[one][\3tw]");
	session_why(w->c, &why);
	assert_non_null(strstr(buf_cstr(&why), "; 6 bytes unread; frame: "));
	/* It is the reset that fails who waits. */
	expect_broken(w->c, 1, NULL);
	session_end_error(w->c, &e);
	assert_int_equal(e.kind, ERR_RESET);
	cut(w->c, NULL);
	expect_unread(w->c, "\3one\3tw");
	assert_true(inbox_ended(&w->c->inbox));
	buf_fini(&why);
}

static void closing_here_tells_of_no_partial_message(void **state)
{
	struct world *w = *state;
	cut(w->c, "u8");
	come(w->c, BYTES("\3tw"));
	session_close(w->c, false);
	expect_heard(w, "");
	assert_null(w->c->frame_error);
}

static void junk_breaks_behind_the_whole_messages(void **state)
{
	struct world *w = *state;
	struct buf why = {.limit = 1000};
	cut(w->c, "netstring");
	come(w->c, BYTES("3:one,x"));
	expect_heard(w, "c1 <1@0 one\nc1 <2@3 raw x\nnote frame: byte 78 "
			"instead of a digit of a netstring length, at offset "
			"6; the message and all later bytes are kept raw\n");
	session_why(w->c, &why);
	assert_non_null(
	    strstr(buf_cstr(&why), "unread; frame: byte 78 instead of"));
	inbox_pop(&w->c->inbox);
	expect_broken(
	    w->c, 0,
	    "c1: frame: byte 78 instead of a digit of a netstring length, at "
	    "offset 6; the message and all later bytes are kept raw");
	come(w->c, BYTES("3:two,"));
	expect_unread(w->c, "[x][3:two,]");
	expect_broken(w->c, 1, NULL);
	/* One that knows better begins anew. */
	inbox_pop(&w->c->inbox);
	cut(w->c, "netstring");
	expect_unread(w->c, "[two]");
	assert_null(w->c->frame_error);
	buf_fini(&why);
}

static void end_behind_junk_leaves_whole_messages_whole(void **state)
{
	struct world *w = *state;
	cut(w->c, "netstring");
	come(w->c, BYTES("3:one,3:two,x"));
	come_end(w->c);
	expect_unread(w->c, "[one][two][x]");
	assert_false(session_is_raw(w->c, 0));
	assert_false(session_is_raw(w->c, 1));
	expect_broken(w->c, 1, NULL);
	expect_broken(
	    w->c, 2,
	    "c1: frame: byte 78 instead of a digit of a netstring length, at "
	    "offset 12; the message and all later bytes are kept raw");
	cut(w->c, NULL);
	expect_unread(w->c, "3:one,3:two,x");
}

static void raw_bytes_are_not_framed_on_the_way_back(void **state)
{
	struct world *w = *state;
	cut(w->c, "u8");
	come(w->c, BYTES("\1a"));
	cut(w->c, "netstring");
	cut(w->c, NULL);
	expect_unread(w->c, "\1a");
	cut(w->c, "netstring");
	come(w->c, BYTES("1:x,"));
	cut(w->c, NULL);
	expect_unread(w->c, "\1a1:x,");
}

static void breaks_on_what_was_there_already(void **state)
{
	struct world *w = *state;
	come(w->c, BYTES("HTTP/1.1 200 OK\r\n"));
	cut(w->c, "u32be");
	expect_broken(w->c, 0,
		      "c1: frame: length 1213486160 exceeds max=1048576, at "
		      "offset 0; the message and all later bytes are kept raw");
	assert_true(bytes_is(front(w->c), "HTTP/1.1 200 OK\r\n"));
}

struct counter {
	struct waiter waiter;
	unsigned pokes;
};

static void count_poke(struct waiter *w)
{
	list_entry(w, struct counter, waiter)->pokes++;
}

static void waiters_are_poked_by_a_change(void **state)
{
	struct world *w = *state;
	struct counter n = {.waiter = {.notify = count_poke, .consumes = true}};
	session_await(w->c, &n.waiter);
	cut(w->c, "line");
	assert_int_equal(n.pokes, 1);
	cut(w->c, NULL);
	assert_int_equal(n.pokes, 2);
	cut(w->c, "netstring");
	n.pokes = 0;
	buf_clear(&w->heard);
	come(w->c, BYTES("?"));
	assert_true(n.pokes >= 1);
	/* Who takes is told: no note besides. */
	expect_heard(w, "c1 <1@0 raw ?\n");
	session_unawait(&n.waiter);
}

/* Even where no more is asked for: what came has come. */
static void full_inbox_loses_nothing(void **state)
{
	struct world *w = *state;
	enum { MANY = 300000 };
	uint8_t *lines = xalloc(MANY);
	memset(lines, '\n', MANY);
	w->c->inbox.in.buf.limit = 100000;
	come(w->c, bytes_of(lines, 150000));
	come(w->c, bytes_of(lines, 150000));
	assert_int_equal(inbox_len(&w->c->inbox), MANY);
	cut(w->c, "line");
	assert_int_equal(inbox_count(&w->c->inbox), MANY);
	cut(w->c, NULL);
	assert_int_equal(inbox_len(&w->c->inbox), MANY);
	cut(w->c, "fixed:200000");
	assert_int_equal(inbox_count(&w->c->inbox), 1);
	/* A message longer than the inbox, kept in the rung until whole. */
	come(w->c, bytes_of(lines, 150000));
	assert_int_equal(inbox_count(&w->c->inbox), 2);
	assert_int_equal(w->c->dropped, 0);
	free(lines);
}

static void live_inbox_drops_whole_messages(void **state)
{
	struct world *w = *state;
	w->c->inbox.in.buf.limit = 10;
	w->c->display.live = true;
	cut(w->c, "line");
	come(w->c, BYTES("one\ntwo\nthree\nfour\n"));
	expect_unread(w->c, "[three][four]");
	assert_int_equal(w->c->dropped, 6);
}

static void sends_are_framed_and_told_as_they_were_said(void **state)
{
	struct world *w = *state;
	struct unit u = {.data = BYTES("hello")};
	struct unit raw = {.data = BYTES("raw"), .kind = UNIT_RAW};
	cut(w->c, "u16be");
	assert_int_equal(session_send(w->c, &u, NULL), 0);
	assert_int_equal(session_send(w->c, &raw, NULL), 0);
	expect_heard(w, "c1 >1@0 hello\nc1 >2@5 raw raw\n");
	while (inbox_len(&w->p->inbox) < 10)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_true(bytes_equal(front(w->p), BYTES("\0\5helloraw")));
	assert_int_equal(w->c->ladder.bytes[DIR_DOWN], 10);
}

static void peers_begin_with_their_listeners_frame(void **state)
{
	struct world *w = *state;
	struct session *s = find(w, "s1");
	cut(s, "u16be+2");
	assert_int_equal(session_frame(s)->adjust, 2);
	assert_null(session_frame(w->p));
	client_of(w, s, "");
	struct session *p = until(w, "s1.2", SESSION_OPEN);
	assert_int_equal(session_frame(p)->adjust, 2);
	assert_int_equal(p->inbox.shape, SHAPE_MESSAGES);
	cut(s, NULL);
	assert_non_null(session_frame(p));
	client_of(w, s, "");
	assert_null(session_frame(until(w, "s1.3", SESSION_OPEN)));
}

static void new_streams_begin_with_the_hubs_frame(void **state)
{
	struct world *w = *state;
	struct frame f = parsed("line");
	hub_set_frame(&w->hub, &f);
	struct session *s = listener_at(w, "127.0.0.1:0", false);
	assert_non_null(session_frame(s));
	assert_non_null(session_frame(client_of(w, s, "")));
	assert_non_null(session_frame(until(w, "s2.1", SESSION_OPEN)));
	assert_null(session_frame(listener_at(w, "127.0.0.1:0", true)));
	s = listener_at(w, "udp://127.0.0.1:0", false);
	assert_null(session_frame(s));
	assert_null(session_frame(client_of(w, s, "")));
	hub_set_frame(&w->hub, NULL);
	assert_null(session_frame(listener_at(w, "127.0.0.1:0", false)));
}

static void echo_answers_messages(void **state)
{
	struct world *w = *state;
	struct session *s = listener_at(w, "127.0.0.1:0", true);
	cut(s, "netstring");
	struct session *c = client_of(w, s, "");
	struct unit u = {.data = BYTES("hello")};
	struct unit junk = {.data = BYTES("junk"), .kind = UNIT_RAW};
	cut(c, "netstring");
	session_send(c, &u, NULL);
	while (!inbox_count(&c->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_unread(c, "[hello]");
	/* Junk comes back as it is. */
	session_send(c, &junk, NULL);
	while (inbox_count(&c->inbox) < 2)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	expect_unread(c, "[hello][junk]");
}

static void frames_are_for_streams(void **state)
{
	struct world *w = *state;
	struct session *s = listener_at(w, "udp://127.0.0.1:0", false);
	struct frame f = parsed("line");
	struct err e;
	assert_int_equal(session_set_frame(s, &f, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(session_set_frame(client_of(w, s, ""), &f, &e), -1);
	assert_string_equal(e.text, "c2: udp keeps its messages apart; frames "
				    "are for streams");
	struct rung *r = frame_rung(&f);
	assert_int_equal(session_climb(find(w, "s1"), r, &e), -1);
	assert_string_equal(e.text, "s1 listens: climb on one of its peers "
				    "(@s1.1)");
	r->ops->free(r);
}

static void closed_session_can_still_be_cut(void **state)
{
	struct world *w = *state;
	come(w->c, BYTES("one\ntwo\n"));
	session_close(w->c, false);
	cut(w->c, "line");
	expect_unread(w->c, "[one][two]");
	assert_true(inbox_ended(&w->c->inbox));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(untaken_bytes_become_messages),
	    TEST(untaken_messages_become_bytes),
	    TEST(message_taken_in_part_leaves_its_rest),
	    TEST(frame_is_exchanged_for_another),
	    TEST(each_line_gets_its_own_end_back),
	    TEST(frames_come_back_as_they_are_sent),
	    TEST(end_that_came_before_is_there_after),
	    TEST(partial_message_at_the_end_is_told_once),
	    TEST(partial_message_before_a_reset_is_not_lost),
	    TEST(closing_here_tells_of_no_partial_message),
	    TEST(junk_breaks_behind_the_whole_messages),
	    TEST(end_behind_junk_leaves_whole_messages_whole),
	    TEST(raw_bytes_are_not_framed_on_the_way_back),
	    TEST(breaks_on_what_was_there_already),
	    TEST(waiters_are_poked_by_a_change),
	    TEST(full_inbox_loses_nothing),
	    TEST(live_inbox_drops_whole_messages),
	    TEST(sends_are_framed_and_told_as_they_were_said),
	    TEST(peers_begin_with_their_listeners_frame),
	    TEST(new_streams_begin_with_the_hubs_frame),
	    TEST(echo_answers_messages),
	    TEST(frames_are_for_streams),
	    TEST(closed_session_can_still_be_cut),
	};
	return cmocka_run_group_tests_name("climb", tests, NULL, NULL);
}
