/* SPDX-License-Identifier: ISC */
/*
 * Tests of coded bodies in the HTTP rung: every split, bodies that are not to
 * be decoded, and broken ones.
 */
#include "tests/lib/feed.h"
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

extern const struct rung_ops http_rung;

#define GET "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define GZIP_HEAD                                       \
	"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" \
	"Content-Length: 30\r\n\r\n"
#define GZIP                                                             \
	"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\x56\x4a\x54\xb2\x52\x88\x36" \
	"\x8c\xad\x05\0\xff\x16\x63\x79\x0a\0\0\0"
#define DEFLATE_CHUNKS                                     \
	"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n" \
	"Transfer-Encoding: chunked\r\n\r\n"
#define DEFLATE_DATA                            \
	"7\r\n\x78\x9c\x4b\x49\x4d\xcb\x49\r\n" \
	"a\r\n\x2c\x49\x4d\xe1\x02\0\x11\xbd\x03\x44\r\n0\r\n\r\n"

/* Sends a request. `name`: an attribute of it. */
static void ask(struct mock *m, const char *name, const char *value)
{
	struct unit u = {
	    .data = BYTES(GET),
	    .kind = unit_kind_find(http_rung.kinds, BYTES("request")),
	    .attrs = attrs_new()};
	struct err e;
	attrs_put(u.attrs, name, bytes_str(value));
	assert_int_equal(ladder_down(&m->ladder, &u, &e), 0);
	attrs_unref(u.attrs);
}

static void client_begin(struct mock *m)
{
	struct rung_plan *plan = rung_plan_new();
	struct err e;
	mock_init(m);
	assert_int_equal(
	    rung_plan_add(plan, &http_rung, SIDE_CLIENT, NULL, NULL, 0, &e), 0);
	assert_int_equal(rung_plan_push(plan, &m->ladder, &e), 0);
	rung_plan_unref(plan);
	ladder_start(&m->ladder, 0);
	ladder_link_opened(&m->ladder);
}

struct conversation {
	struct mock m;
	struct bytes want;
};

static void conversation_begin(void *on)
{
	struct conversation *c = on;
	client_begin(&c->m);
	ask(&c->m, "id", "7");
	ask(&c->m, "id", "8");
}

static void conversation_piece(void *on, struct bytes piece)
{
	struct conversation *c = on;
	mock_come(&c->m, piece);
}

static void conversation_done(void *on)
{
	struct conversation *c = on;
	mock_end(&c->m);
	assert_true(bytes_equal(buf_bytes(&c->m.top), c->want));
	assert_int_equal(c->m.failures, 0);
	mock_fini(&c->m);
}

static void coded_bodies_are_decoded_at_every_split(void **state)
{
	const struct feed feed = {conversation_begin, conversation_piece,
				  conversation_done};
	struct conversation c = {
	    .want = BYTES("[" GZIP_HEAD "{\"a\": [1]}][" DEFLATE_CHUNKS
			  "deflated\n]."),
	};
	(void)state;
	feed_every_split(&feed, &c,
			 BYTES(GZIP_HEAD GZIP DEFLATE_CHUNKS DEFLATE_DATA));
}

/* Answers a request, which has the attribute `decode` if `off`. Result: number
 * of failures. */
static unsigned coded_answer(bool off, struct bytes text, struct bytes *top,
			     struct mock *m)
{
	client_begin(m);
	ask(m, off ? "decode" : "id", off ? "off" : "7");
	mock_come(m, text);
	*top = buf_bytes(&m->top);
	return (unsigned)m->failures;
}

static void bodies_are_not_decoded_unless_that_is_right(void **state)
{
	static const char part[] = "HTTP/1.1 206 Partial Content\r\n"
				   "Content-Encoding: gzip\r\n"
				   "Content-Length: 2\r\n\r\nab";
	static const char twice[] = "HTTP/1.1 200 OK\r\n"
				    "Content-Encoding: gzip\r\n"
				    "Content-Encoding: gzip\r\n"
				    "Content-Length: 2\r\n\r\nab";
	struct mock m;
	struct bytes top;
	(void)state;
	assert_int_equal(coded_answer(true, BYTES(GZIP_HEAD GZIP), &top, &m),
			 0);
	assert_true(bytes_equal(top, BYTES("[" GZIP_HEAD GZIP "]")));
	mock_fini(&m);
	assert_int_equal(coded_answer(false, bytes_str(part), &top, &m), 0);
	assert_true(bytes_find(top, BYTES("\r\nab]"), 0) != BYTES_NOT_FOUND);
	mock_fini(&m);
	assert_int_equal(coded_answer(false, bytes_str(twice), &top, &m), 0);
	assert_true(bytes_find(top, BYTES("\r\nab]"), 0) != BYTES_NOT_FOUND);
	mock_fini(&m);
}

static void broken_codings_fail(void **state)
{
	static const char cut[] = "HTTP/1.1 200 OK\r\n"
				  "Content-Encoding: gzip\r\n"
				  "Content-Length: 2\r\n\r\n\x1f\x8b";
	static const char wrong[] = "HTTP/1.1 200 OK\r\n"
				    "Content-Encoding: gzip\r\n"
				    "Content-Length: 2\r\n\r\nab";
	struct mock m;
	struct bytes top;
	(void)state;
	assert_int_equal(coded_answer(false, bytes_str(cut), &top, &m), 1);
	mock_fini(&m);
	assert_int_equal(coded_answer(false, bytes_str(wrong), &top, &m), 1);
	mock_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(coded_bodies_are_decoded_at_every_split),
	    cmocka_unit_test(bodies_are_not_decoded_unless_that_is_right),
	    cmocka_unit_test(broken_codings_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
