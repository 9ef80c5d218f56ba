/* SPDX-License-Identifier: ISC */
/*
 * Tests of the HTTP rung on arrays instead of a link: both sides, every split,
 * pipelining, held answers, ends, and what a broken peer gets.
 */
#include "tests/lib/feed.h"
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

extern const struct rung_ops http_rung;

/* A ladder with an HTTP rung, and what left it. */
struct world {
	struct mock m;
	char last[64]; /* attributes of the last unit: `id re status` */
};

static struct world *current;

static void note(char *out, size_t room, const struct attrs *attrs)
{
	struct bytes id = BYTES("-"), re = BYTES("-"), status = BYTES("-");
	(void)attrs_get(attrs, "id", &id);
	(void)attrs_get(attrs, "re", &re);
	(void)attrs_get(attrs, "status", &status);
	snprintf(out, room, "%.*s %.*s %.*s", (int)id.len, (const char *)id.at,
		 (int)re.len, (const char *)re.at, (int)status.len,
		 (const char *)status.at);
}

static void delivered(struct mock *m, const struct unit *u)
{
	(void)m;
	if (u->data.len)
		note(current->last, sizeof current->last, u->attrs);
	if (u->flags & UNIT_MORE)
		buf_puts(&m->top, "+");
}

static void world_begin(struct world *w, enum side side)
{
	struct err e;
	struct rung_plan *plan = rung_plan_new();
	memset(w, 0, sizeof *w);
	mock_init(&w->m);
	w->m.delivered = delivered;
	current = w;
	assert_int_equal(
	    rung_plan_add(plan, &http_rung, side, NULL, NULL, 0, &e), 0);
	assert_int_equal(rung_plan_push(plan, &w->m.ladder, &e), 0);
	rung_plan_unref(plan);
	ladder_start(&w->m.ladder, 0);
	ladder_link_opened(&w->m.ladder);
}

static void world_end(struct world *w)
{
	mock_fini(&w->m);
}

static void come(struct world *w, const char *text)
{
	mock_come(&w->m, bytes_str(text));
}

static void expect(struct buf *got, const char *want)
{
	assert_string_equal(buf_cstr(got), want);
	buf_clear(got);
}

/* Passes a message down. `id`: name and value of an attribute, or NULL. */
static int say(struct world *w, const char *kind, const char *name,
	       const char *value, const char *text, unsigned flags,
	       struct err *e)
{
	struct unit u = {
	    .data = bytes_str(text),
	    .kind = unit_kind_find(http_rung.kinds, bytes_str(kind)),
	    .attrs = attrs_new(),
	    .flags = flags};
	if (name)
		attrs_put(u.attrs, name, bytes_str(value));
	int status = ladder_down(&w->m.ladder, &u, e);
	attrs_unref(u.attrs);
	return status;
}

static void ask(struct world *w, const char *id, const char *text)
{
	struct err e;
	if (say(w, "request", "id", id, text, 0, &e))
		fail_msg("%s", e.text);
}

static void answer(struct world *w, const char *re, const char *text)
{
	struct err e;
	if (say(w, "response", re ? "re" : NULL, re, text, 0, &e))
		fail_msg("%s", e.text);
}

#define GET     "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define NO_BODY "HTTP/1.1 204 No Content\r\n\r\n"
#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define OLD     "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
#define OK_KEPT                                         \
	"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\n" \
	"Content-Length: 2\r\n\r\nok"
#define POST      "POST / HTTP/1.1\r\nHost: h\r\n"
#define POST_5    POST "Content-Length: 5\r\n\r\nhello"
#define UP_TO_EOF "HTTP/1.1 200 OK\r\n\r\n"

/* ---- both sides, at each split ---- */

struct conversation {
	struct world w;
	enum side side;
	const char *asked, *want;
};

static void conversation_begin(void *on)
{
	struct conversation *c = on;
	world_begin(&c->w, c->side);
	if (c->asked) {
		ask(&c->w, "7", c->asked);
		ask(&c->w, "8", c->asked);
		buf_clear(&c->w.m.down);
	}
}

static void conversation_piece(void *on, struct bytes piece)
{
	struct conversation *c = on;
	mock_come(&c->w.m, piece);
}

static void conversation_done(void *on)
{
	struct conversation *c = on;
	mock_end(&c->w.m);
	assert_string_equal(buf_cstr(&c->w.m.top), c->want);
	assert_int_equal(c->w.m.failures, 0);
	world_end(&c->w);
}

static void requests_are_read_at_every_split(void **state)
{
	const struct feed feed = {conversation_begin, conversation_piece,
				  conversation_done};
	struct conversation c = {
	    .side = SIDE_SERVER,
	    .want = "[" GET "][" POST_5 "][" POST
		    "Transfer-Encoding: chunked\r\n\r\nabcdef].",
	};
	(void)state;
	feed_every_split(&feed, &c,
			 BYTES(GET POST_5
			       "\r\n" POST "Transfer-Encoding: chunked\r\n\r\n"
			       "3\r\nabc\r\n3\r\ndef\r\n0\r\nX: y\r\n\r\n"));
}

static void responses_are_read_at_every_split(void **state)
{
	const struct feed feed = {conversation_begin, conversation_piece,
				  conversation_done};
	struct conversation c = {
	    .side = SIDE_CLIENT,
	    .asked = GET,
	    .want = "[" OK "][" UP_TO_EOF "to the end].",
	};
	(void)state;
	feed_every_split(&feed, &c, BYTES(OK UP_TO_EOF "to the end"));
	c.want = "[" NO_BODY "][" CHUNKED "wiki].";
	feed_every_split(&feed, &c,
			 BYTES(NO_BODY CHUNKED "4\r\nwiki\r\n0\r\n\r\n"));
}

/* ---- exchanges ---- */

static void answers_name_their_requests(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "7", GET);
	ask(&w, "8", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
	ask(&w, "9", GET);
	come(&w, OK);
	assert_string_equal(w.last, "- 7 200");
	come(&w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
	assert_string_equal(w.last, "- 8 200");
	come(&w, NO_BODY);
	assert_string_equal(w.last, "- 9 204");
	world_end(&w);
}

static void answers_wait_for_their_turn(void **state)
{
	struct world w;
	struct err e;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, GET GET GET);
	assert_string_equal(w.last, "3 - -");
	answer(&w, "3", NO_BODY);
	answer(&w, "2", OK);
	expect(&w.m.down, "");
	answer(&w, NULL, "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n");
	expect(&w.m.down,
	       "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n" OK NO_BODY);
	assert_int_equal(say(&w, "response", "re", "2", OK, 0, &e), -1);
	assert_non_null(strstr(e.text, "already answered"));
	assert_int_equal(say(&w, "response", NULL, NULL, OK, 0, &e), -1);
	assert_non_null(strstr(e.text, "no request waits"));
	world_end(&w);
}

static void held_answers_have_a_limit(void **state)
{
	struct world w;
	struct err e;
	char *body = xalloc(((size_t)1 << 20) + 1);
	memset(body, 'x', (size_t)1 << 20);
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, GET GET);
	assert_int_equal(say(&w, "response", "re", "2", body, 0, &e), 0);
	come(&w, GET);
	buf_clear(&w.m.down);
	assert_int_equal(say(&w, "response", "re", "3", OK, 0, &e), 0);
	answer(&w, "1", OK);
	assert_int_equal(buf_len(&w.m.down),
			 2 * (sizeof OK - 1) + ((size_t)1 << 20));
	world_end(&w);
	free(body);
}

static void the_last_answer_ends_the_connection(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, "GET / HTTP/1.0\r\n\r\n" GET);
	buf_clear(&w.m.top);
	answer(&w, NULL, OK);
	expect(&w.m.down, OK ".");
	/* The request after the last one was not read. */
	assert_int_equal(w.m.ends, 1);
	expect(&w.m.top, ".{" GET "}");
	world_end(&w);
}

static void old_client_keeps_the_connection_if_the_answer_does(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, OLD OLD);
	answer(&w, "1", OK_KEPT);
	expect(&w.m.down, OK_KEPT);
	answer(&w, "2", OK);
	expect(&w.m.down, OK ".");
	world_end(&w);
}

static void a_closing_answer_ends_the_client(void **state)
{
	struct world w;
	struct err e;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "1", GET);
	come(&w, "HTTP/1.1 200 OK\r\nConnection: close\r\n"
		 "Content-Length: 0\r\n\r\nmore");
	assert_int_equal(w.m.ends, 1);
	assert_non_null(strstr(buf_cstr(&w.m.top), ".{more}"));
	assert_int_equal(say(&w, "request", NULL, NULL, GET, 0, &e), -1);
	assert_int_equal(e.kind, ERR_CLOSED);
	world_end(&w);
}

static void heads_get_no_body(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
	answer(&w, NULL, OK);
	expect(&w.m.down, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
	world_end(&w);
}

static void parts_become_chunks(void **state)
{
	struct world w;
	struct unit u = {.data = BYTES(CHUNKED "ab"),
			 .kind = &http_rung.kinds[1],
			 .attrs = attrs_new(),
			 .flags = UNIT_MORE};
	struct err e;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, GET GET);
	assert_int_equal(ladder_down(&w.m.ladder, &u, &e), 0);
	/* No other message can come between the parts. */
	assert_int_equal(say(&w, "response", "re", "2", OK, 0, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	u.data = BYTES("cd");
	assert_int_equal(ladder_down(&w.m.ladder, &u, &e), 0);
	u.data = BYTES_NONE;
	u.flags = 0;
	assert_int_equal(ladder_down(&w.m.ladder, &u, &e), 0);
	expect(&w.m.down, CHUNKED "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
	answer(&w, "2", OK);
	expect(&w.m.down, OK);
	attrs_unref(u.attrs);
	world_end(&w);
}

/* ---- interim responses, upgrades ---- */

static void a_body_waits_for_100_continue(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "1",
	    POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
		 "hello");
	expect(&w.m.down,
	       POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	come(&w, "HTTP/1.1 100 Continue\r\n\r\n");
	expect(&w.m.down, "hello");
	come(&w, OK);
	assert_string_equal(w.last, "- 1 200");
	world_end(&w);
}

static void an_earlier_answer_does_not_end_a_waiting_body(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "1", GET);
	ask(&w, "2",
	    POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
		 "hello");
	buf_clear(&w.m.down);
	come(&w, OK);
	assert_int_equal(w.m.ends, 0);
	come(&w, "HTTP/1.1 100 Continue\r\n\r\n");
	expect(&w.m.down, "hello");
	come(&w, OK);
	assert_string_equal(w.last, "- 2 200");
	world_end(&w);
}

static void a_body_waits_a_second_for_100_continue(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "1",
	    POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
		 "hello");
	buf_clear(&w.m.down);
	uint64_t due = w.m.now + 1000000000;
	mock_at(&w.m, due - 1);
	expect(&w.m.down, "");
	mock_at(&w.m, due);
	expect(&w.m.down, "hello");
	world_end(&w);
}

static void a_server_permits_a_body(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, POST "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	expect(&w.m.down, "HTTP/1.1 100 Continue\r\n\r\n");
	come(&w, "hello");
	assert_string_equal(w.last, "1 - -");
	world_end(&w);
}

#define UPGRADE                                       \
	"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n" \
	"Connection: Upgrade\r\n\r\n"
#define SWITCH                                 \
	"HTTP/1.1 101 Switching Protocols\r\n" \
	"Connection: Upgrade\r\nUpgrade: x\r\n\r\n"

static void bytes_follow_an_upgrade(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, UPGRADE "first");
	expect(&w.m.top, "[" UPGRADE "]");
	answer(&w, NULL, SWITCH);
	mock_at(&w.m, w.m.now + 1);
	expect(&w.m.top, "[first]");
	come(&w, "second");
	expect(&w.m.top, "[second]");
	buf_clear(&w.m.down);
	assert_int_equal(mock_send(&w.m, BYTES("third"), 0, NULL), 0);
	expect(&w.m.down, "third");
	world_end(&w);
	world_begin(&w, SIDE_CLIENT);
	ask(&w, "1", UPGRADE);
	come(&w, SWITCH "first");
	expect(&w.m.top, "[" SWITCH "][first]");
	world_end(&w);
}

static void a_refused_upgrade_changes_nothing(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, UPGRADE GET);
	expect(&w.m.top, "[" UPGRADE "]");
	answer(&w, NULL, OK);
	mock_at(&w.m, w.m.now + 1);
	expect(&w.m.top, "[" GET "]");
	world_end(&w);
}

static void requests_behind_an_upgrade_survive_the_end(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, UPGRADE GET);
	mock_end(&w.m);
	expect(&w.m.top, "[" UPGRADE "]");
	answer(&w, NULL, OK);
	mock_at(&w.m, w.m.now + 1);
	expect(&w.m.top, "[" GET "].");
	world_end(&w);
}

/* ---- long bodies ---- */

static void long_bodies_come_in_parts(void **state)
{
	struct world w;
	size_t sent = 0, size = 1000000;
	char piece[1000];
	(void)state;
	memset(piece, 'x', sizeof piece);
	world_begin(&w, SIDE_CLIENT);
	w.m.limit = SIZE_MAX;
	ask(&w, "1", GET);
	come(&w, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
	for (; sent < size; sent += sizeof piece)
		mock_come(&w.m, bytes_of(piece, sizeof piece));
	assert_true(buf_len(&w.m.data) > size);
	assert_non_null(strchr(buf_cstr(&w.m.top), '+'));
	assert_string_equal(w.last, "- 1 200");
	come(&w, "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
	assert_string_equal(w.last, "- - 500");
	world_end(&w);
}

static void a_full_owner_stops_reading(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	w.m.limit = 10;
	come(&w, GET GET GET);
	assert_string_equal(w.last, "1 - -");
	assert_true(ladder_is_blocked(&w.m.ladder));
	mock_consume(&w.m, sizeof GET);
	assert_string_equal(w.last, "2 - -");
	mock_consume(&w.m, sizeof GET);
	assert_string_equal(w.last, "3 - -");
	assert_false(ladder_is_blocked(&w.m.ladder) && w.m.unread < w.m.limit);
	world_end(&w);
}

/* ---- broken peers ---- */

static void broken_requests_are_answered(void **state)
{
	struct world w;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, GET);
	answer(&w, NULL, OK);
	buf_clear(&w.m.down);
	buf_clear(&w.m.top);
	come(&w, "GET / HTTP/1.1\r\nA : b\r\nrest");
	assert_non_null(
	    strstr(buf_cstr(&w.m.down), "HTTP/1.1 400 Bad Request\r\n"));
	assert_non_null(strstr(buf_cstr(&w.m.down), "5.1)\n."));
	assert_non_null(strstr(buf_cstr(&w.m.notes),
			       "blank before the colon (RFC 9112 5.1), at "
			       "offset 47"));
	expect(&w.m.top, "{GET / HTTP/1.1\r\nA : b\r\nrest}");
	world_end(&w);
}

static void an_end_within_a_message_is_an_error(void **state)
{
	static const char *const starts[] = {
	    "HTTP/1.1 200", CHUNKED "5\r\nab",
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world w;
		world_begin(&w, SIDE_CLIENT);
		ask(&w, "1", GET);
		come(&w, starts[i]);
		mock_end(&w.m);
		assert_int_equal(w.m.failures, 1);
		assert_non_null(strstr(buf_cstr(&w.m.notes), "stream ended"));
		assert_int_equal(w.m.ends, 1);
		world_end(&w);
	}
}

static void plain_data_is_refused(void **state)
{
	struct world w;
	struct err e;
	(void)state;
	world_begin(&w, SIDE_CLIENT);
	assert_int_equal(mock_send(&w.m, BYTES("hello"), 0, &e), -1);
	assert_non_null(strstr(e.text, "'request'"));
	assert_int_equal(mock_send(&w.m, BYTES("hello"), UNIT_RAW, &e), 0);
	expect(&w.m.down, "hello");
	world_end(&w);
}

static void raw_messages_are_sent_unchanged(void **state)
{
	struct world w;
	struct err e;
	(void)state;
	world_begin(&w, SIDE_SERVER);
	come(&w, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(say(&w, "response", "raw", "1", OK, 0, &e), 0);
	expect(&w.m.down, OK);
	come(&w, GET);
	assert_int_equal(say(&w, "response", "raw", "1", "nonsense", 0, &e), 0);
	expect(&w.m.down, "nonsense");
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_read_at_every_split),
	    cmocka_unit_test(responses_are_read_at_every_split),
	    cmocka_unit_test(answers_name_their_requests),
	    cmocka_unit_test(answers_wait_for_their_turn),
	    cmocka_unit_test(held_answers_have_a_limit),
	    cmocka_unit_test(the_last_answer_ends_the_connection),
	    cmocka_unit_test(
		old_client_keeps_the_connection_if_the_answer_does),
	    cmocka_unit_test(a_closing_answer_ends_the_client),
	    cmocka_unit_test(heads_get_no_body),
	    cmocka_unit_test(parts_become_chunks),
	    cmocka_unit_test(a_body_waits_for_100_continue),
	    cmocka_unit_test(an_earlier_answer_does_not_end_a_waiting_body),
	    cmocka_unit_test(a_body_waits_a_second_for_100_continue),
	    cmocka_unit_test(a_server_permits_a_body),
	    cmocka_unit_test(bytes_follow_an_upgrade),
	    cmocka_unit_test(a_refused_upgrade_changes_nothing),
	    cmocka_unit_test(requests_behind_an_upgrade_survive_the_end),
	    cmocka_unit_test(long_bodies_come_in_parts),
	    cmocka_unit_test(a_full_owner_stops_reading),
	    cmocka_unit_test(broken_requests_are_answered),
	    cmocka_unit_test(an_end_within_a_message_is_an_error),
	    cmocka_unit_test(plain_data_is_refused),
	    cmocka_unit_test(raw_messages_are_sent_unchanged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
