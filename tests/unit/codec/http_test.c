/* SPDX-License-Identifier: ISC */
/*
 * Tests of reading heads of HTTP messages: whole, byte by byte and at each
 * split; each broken rule with its byte; how bodies are delimited.
 */
#include "rung/codec/http.h"

#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct http_rules requests = {false, false};
static const struct http_rules responses = {true, false};
static const struct http_rules lenient_requests = {false, true};
static const struct http_rules lenient_responses = {true, true};

/* Reads a head that grows. */
struct growing {
	const struct http_rules *rules;
	struct buf in;
	size_t seen, wrong;
	struct http_head head;
	enum http_read found;
	struct err e;
};

static void grow_begin(void *on)
{
	struct growing *g = on;
	g->in = (struct buf){.limit = SIZE_MAX / 8};
	g->seen = g->wrong = 0;
	g->found = HTTP_MORE;
}

static void grow(void *on, struct bytes piece)
{
	struct growing *g = on;
	buf_put(&g->in, piece);
	if (g->found != HTTP_MORE)
		return;
	g->found = http_head_read(g->rules, buf_bytes(&g->in), &g->seen,
				  &g->head, &g->wrong, &g->e);
}

static void request_is_read(void *on)
{
	struct growing *g = on;
	struct bytes fields = g->head.fields;
	struct http_field f;

	assert_int_equal(g->found, HTTP_OK);
	assert_true(bytes_is(g->head.method, "GET"));
	assert_true(bytes_is(g->head.target, "/a?b=%20"));
	assert_int_equal(g->head.minor, 1);
	assert_int_equal(g->head.begin, 2);
	assert_int_equal(g->head.len, buf_len(&g->in));
	assert_true(http_field_next(&fields, &f));
	assert_true(bytes_is(f.name, "Host") && bytes_is(f.value, "a:1"));
	assert_true(http_field_next(&fields, &f));
	assert_true(bytes_is(f.name, "X") && bytes_is(f.value, "a \t b"));
	assert_true(http_field_next(&fields, &f));
	assert_true(bytes_is(f.name, "Empty") && f.value.len == 0);
	assert_false(http_field_next(&fields, &f));
	buf_fini(&g->in);
}

static void requests_are_read_at_every_split(void **state)
{
	static const char text[] = "\r\nGET /a?b=%20 HTTP/1.1\r\nHost: a:1\r\n"
				   "X:\t a \t b \t\r\nEmpty:\r\n\r\n";
	const struct feed feed = {grow_begin, grow, request_is_read};
	struct growing g = {.rules = &requests};

	(void)state;
	assert_true(feed_every_split(&feed, &g, BYTES(text)) > 50);
}

static void response_is_read(void *on)
{
	struct growing *g = on;
	struct bytes value;

	assert_int_equal(g->found, HTTP_OK);
	assert_int_equal(g->head.status, 404);
	assert_true(bytes_is(g->head.reason, "Not  Found \xC3\xA9"));
	assert_int_equal(g->head.minor, 0);
	assert_int_equal(g->head.begin, 0);
	assert_int_equal(g->head.len, buf_len(&g->in));
	assert_true(http_field_get(g->head.fields, "CONTENT-length", &value));
	assert_true(bytes_is(value, "3"));
	assert_false(http_field_get(g->head.fields, "content", &value));
	buf_fini(&g->in);
}

static void responses_are_read_at_every_split(void **state)
{
	static const char text[] = "HTTP/1.0 404 Not  Found \xC3\xA9\r\n"
				   "Content-Length: 3\r\n\r\n";
	const struct feed feed = {grow_begin, grow, response_is_read};
	struct growing g = {.rules = &responses};

	(void)state;
	assert_true(feed_every_split(&feed, &g, BYTES(text)) > 40);
}

static enum http_read read_head(const struct http_rules *rules,
				const char *text, struct http_head *h,
				size_t *wrong, struct err *e)
{
	size_t seen = 0;
	return http_head_read(rules, bytes_str(text), &seen, h, wrong, e);
}

static void responses_may_lack_a_reason(void **state)
{
	struct http_head h;
	size_t wrong;

	(void)state;
	assert_int_equal(
	    read_head(&responses, "HTTP/1.1 200\r\n\r\n", &h, &wrong, NULL),
	    HTTP_OK);
	assert_int_equal(h.reason.len, 0);
	assert_int_equal(
	    read_head(&responses, "HTTP/1.1 200 \r\n\r\n", &h, &wrong, NULL),
	    HTTP_OK);
	assert_int_equal(h.reason.len, 0);
}

/* A head that breaks a rule: `wrong` is the offset of the byte. */
struct broken {
	const struct http_rules *rules;
	const char *text;
	size_t wrong;
	const char *rule;
	bool lenient_reads;
};

static const struct broken broken[] = {
    {&requests, "GET / HTTP/1.1\n", 14, "LF without CR", true},
    {&requests, "GET / HTTP/1.1\r\nHost: a\n\r\n", 23, "LF without CR", true},
    {&requests, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 23, "CR without LF",
     true},
    {&requests, "GET\t/ HTTP/1.1\r\n\r\n", 3, "no token", false},
    {&requests, "G\x01T", 1, "not a token", false},
    {&requests, "\x16\x03\x01", 0, "a TLS record", false},
    {&requests, " / HTTP/1.1\r\n\r\n", 0, "no method", false},
    {&requests, "GET /\r\n\r\n", 4, "no version", false},
    {&requests, "GET\r\n\r\n", 0, "no blank after the method", false},
    {&requests, "GET  HTTP/1.1\r\n\r\n", 4, "no target", false},
    {&requests, "GET /a b HTTP/1.1\r\n\r\n", 6, "more than two blanks", true},
    {&requests, "GET /\xC3\xA9 HTTP/1.1\r\n\r\n", 5, "a target cannot", true},
    {&requests, "GET / HTTP/1.1 \r\n\r\n", 5, "", false},
    {&requests, "GET / HTTP/2.0\r\n\r\n", 11, "HTTP/1.x", false},
    {&requests, "GET / http/1.1\r\n\r\n", 6, "two digits", false},
    {&requests, "GET / HTTP/1.10\r\n\r\n", 6, "two digits", false},
    {&requests, "GET / HTTP/1.1\r\n X: a\r\n\r\n", 16, "folded", true},
    {&requests, "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", 22, "folded", true},
    {&requests, "GET / HTTP/1.1\r\nA : b\r\n\r\n", 17, "blank before", true},
    {&requests, "GET / HTTP/1.1\r\nA(: b\r\n\r\n", 17, "not a token", true},
    {&requests, "GET / HTTP/1.1\r\n: b\r\n\r\n", 16, "no field name", true},
    {&requests, "GET / HTTP/1.1\r\nabc\r\n\r\n", 16, "no colon", true},
    {&requests, "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n", 20, "control", true},
    {&responses, "HTP", 0, "does not begin with HTTP/", false},
    {&responses, "\x15\x03\x03", 0, "a TLS record", false},
    {&requests, "\x16\x03\x01\x02\n\x01", 0, "a TLS record", false},
    {&responses, "\r\nHTTP/1.1 200 OK\r\n\r\n", 0, "", false},
    {&responses, "HTTP/1.1\r\n\r\n", 8, "no blank after the version", false},
    {&responses, "HTTP/1.1 20\r\n\r\n", 9, "three digits", false},
    {&responses, "HTTP/1.1 099 X\r\n\r\n", 9, "three digits", false},
    {&responses, "HTTP/1.1 2000\r\n\r\n", 12, "no blank after", false},
    {&responses, "HTTP/1.1 200 a\x02\r\n\r\n", 14, "control", false},
    {&responses, "HTTP/1.1 200 OK\n\r\n", 15, "LF without CR", true},
};

static void broken_rules_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		const struct broken *b = &broken[i];
		struct http_head h;
		struct err e;
		size_t wrong = 999;
		bool no_token = strcmp(b->rule, "no token") == 0;

		if (read_head(b->rules, b->text, &h, &wrong, &e) != HTTP_BAD)
			fail_msg("accepted: %s", b->text);
		if (e.kind != ERR_HTTP_PROTO)
			fail_msg("%s: %s", b->text, e.text);
		if (!no_token && !strstr(e.text, b->rule))
			fail_msg("%s: '%s', not '%s'", b->text, e.text,
				 b->rule);
		if (wrong != b->wrong)
			fail_msg("%s: byte %zu, not %zu", b->text, wrong,
				 b->wrong);
		enum http_read found = read_head(b->rules == &requests
						     ? &lenient_requests
						     : &lenient_responses,
						 b->text, &h, &wrong, &e);
		if ((found == HTTP_BAD) == b->lenient_reads)
			fail_msg("%s: lenient gives %d", b->text, found);
	}
}

static void zero_bytes_are_never_read(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n";
	struct http_head h;
	struct err e;
	size_t seen = 0, wrong;

	(void)state;
	assert_int_equal(http_head_read(&lenient_requests, BYTES(text), &seen,
					&h, &wrong, &e),
			 HTTP_BAD);
	assert_int_equal(wrong, 20);
}

static void heads_have_a_limit(void **state)
{
	struct buf in = {.limit = SIZE_MAX / 8};
	struct http_head h;
	struct err e;
	size_t seen = 0, wrong;

	(void)state;
	buf_puts(&in, "GET / HTTP/1.1\r\n");
	while (buf_len(&in) <= HTTP_HEAD_MAX) {
		assert_int_equal(http_head_read(&requests, buf_bytes(&in),
						&seen, &h, &wrong, &e),
				 HTTP_MORE);
		buf_printf(&in, "A: %0200d\r\n", 0);
	}
	assert_int_equal(
	    http_head_read(&requests, buf_bytes(&in), &seen, &h, &wrong, &e),
	    HTTP_BAD);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_fini(&in);
}

/* How the body of a message is delimited; `rule` NULL: it is valid. */
struct delimited {
	const struct http_rules *rules;
	const char *method, *text;
	enum http_framing framing;
	uint64_t length;
	const char *rule, *wrong;
};

#define GET  "GET / HTTP/1.1\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"
#define CL   "Content-Length: "
#define TE   "Transfer-Encoding: "
#define LAST "\r\n\r\n"

static const struct delimited delimited[] = {
    {&requests, "", GET "\r\n", HTTP_NO_BODY, 0, NULL, NULL},
    {&requests, "", GET CL "5" LAST, HTTP_LENGTH, 5, NULL, NULL},
    {&requests, "", GET CL "0" LAST, HTTP_NO_BODY, 0, NULL, NULL},
    {&requests, "", GET TE "chunked" LAST, HTTP_CHUNKED, 0, NULL, NULL},
    {&requests, "", GET TE "Chunked" LAST, HTTP_CHUNKED, 0, NULL, NULL},
    {&requests, "", GET TE "gzip, chunked" LAST, 0, 0, "other than", "gzip"},
    {&requests, "", GET TE "chunked, x" LAST, 0, 0, "after chunked", "x" LAST},
    {&requests, "", GET TE "chunked, chunked" LAST, 0, 0, "after chunked",
     "chunked" LAST},
    {&requests, "", GET TE LAST, 0, 0, "empty", " " LAST},
    {&requests, "", GET CL "5\r\n" TE "chunked" LAST, 0, 0, "both", "chunked"},
    {&requests, "", GET TE "chunked\r\n" CL "5" LAST, 0, 0, "both", "5" LAST},
    {&requests, "", GET CL "5\r\n" CL "5" LAST, 0, 0, "more than one",
     "5" LAST},
    {&requests, "", GET CL "5\r\n" CL "6" LAST, 0, 0, "more than one",
     "6" LAST},
    {&requests, "", GET CL "5, 5" LAST, 0, 0, "one decimal", "5, 5"},
    {&requests, "", GET CL "+5" LAST, 0, 0, "one decimal", "+5"},
    {&requests, "", GET CL "0x5" LAST, 0, 0, "one decimal", "0x5"},
    {&requests, "", GET CL "9223372036854775808" LAST, 0, 0, "2^63", "92"},
    {&requests, "", "GET / HTTP/1.0\r\n" TE "chunked" LAST, 0, 0, "HTTP/1.0",
     "chunked"},
    {&lenient_requests, "", GET CL "5\r\n" TE "chunked" LAST, HTTP_CHUNKED, 0,
     NULL, NULL},
    {&lenient_requests, "", GET CL "5\r\n" CL "6" LAST, HTTP_LENGTH, 5, NULL,
     NULL},
    {&lenient_requests, "", GET CL "5, 5" LAST, HTTP_LENGTH, 5, NULL, NULL},
    {&responses, "GET", OK "\r\n", HTTP_TO_END, 0, NULL, NULL},
    {&responses, "GET", OK CL "7" LAST, HTTP_LENGTH, 7, NULL, NULL},
    {&responses, "HEAD", OK CL "7" LAST, HTTP_NO_BODY, 0, NULL, NULL},
    {&responses, "HEAD", OK TE "chunked" LAST, HTTP_NO_BODY, 0, NULL, NULL},
    {&responses, "CONNECT", OK CL "7" LAST, HTTP_NO_BODY, 0, NULL, NULL},
    {&responses, "GET", "HTTP/1.1 204 N\r\n" CL "7" LAST, HTTP_NO_BODY, 0, NULL,
     NULL},
    {&responses, "GET", "HTTP/1.1 304 N\r\n" CL "7" LAST, HTTP_NO_BODY, 0, NULL,
     NULL},
    {&responses, "GET", "HTTP/1.1 103 N\r\n\r\n", HTTP_NO_BODY, 0, NULL, NULL},
    {&responses, "GET", OK CL "7\r\n" TE "chunked" LAST, 0, 0, "both",
     "chunked"},
};

static void bodies_are_delimited(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof delimited / sizeof *delimited; i++) {
		const struct delimited *d = &delimited[i];
		struct http_head h;
		struct http_body body;
		struct err e;
		size_t wrong = 0;

		if (read_head(d->rules, d->text, &h, &wrong, &e) != HTTP_OK)
			fail_msg("%s: %s", d->text, e.text);
		int status = http_body_find(d->rules, &h, bytes_str(d->method),
					    &body, &wrong, &e);
		if (status != (d->rule ? -1 : 0))
			fail_msg("%s: %d", d->text, status);
		if (d->rule && !strstr(e.text, d->rule))
			fail_msg("%s: %s", d->text, e.text);
		if (d->rule)
			assert_int_equal(strncmp(d->text + wrong, d->wrong,
						 strlen(d->wrong)),
					 0);
		else if (body.framing != d->framing || body.length != d->length)
			fail_msg("%s: %d", d->text, body.framing);
	}
}

static void one_host_is_needed(void **state)
{
	struct http_head h;
	struct err e;
	size_t wrong;

	(void)state;
	read_head(&requests, GET "Host: a\r\n\r\n", &h, &wrong, &e);
	assert_int_equal(http_host_check(&h, &wrong, &e), 0);
	read_head(&requests, "GET / HTTP/1.0\r\n\r\n", &h, &wrong, &e);
	assert_int_equal(http_host_check(&h, &wrong, &e), 0);
	read_head(&requests, GET "\r\n", &h, &wrong, &e);
	assert_int_equal(http_host_check(&h, &wrong, &e), -1);
	read_head(&requests, GET "Host: a\r\nhost: a\r\n\r\n", &h, &wrong, &e);
	assert_int_equal(http_host_check(&h, &wrong, &e), -1);
	assert_int_equal(wrong, 25);
}

static void connections_are_kept(void **state)
{
	static const struct {
		const char *text;
		bool keeps;
	} rows[] = {
	    {"HTTP/1.1 200 OK\r\n\r\n", true},
	    {"HTTP/1.1 200 OK\r\nConnection: x, Close\r\n\r\n", false},
	    {"HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n", true},
	    {"HTTP/1.0 200 OK\r\n\r\n", false},
	    {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true},
	    {"HTTP/1.0 200 OK\r\nConnection: a\r\nConnection: "
	     "keep-alive;b\r\n\r\n",
	     true},
	};
	struct http_head h;
	size_t wrong;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		read_head(&responses, rows[i].text, &h, &wrong, NULL);
		assert_int_equal(http_keeps_alive(&h), rows[i].keeps);
	}
}

static void lenient_fields_are_read(void **state)
{
	struct http_head h;
	struct http_field f;
	struct bytes fields;
	size_t wrong;

	(void)state;
	assert_int_equal(read_head(&lenient_requests,
				   "GET / HTTP/1.1\nA : b\n\tc\nnone\nD:e\n\n",
				   &h, &wrong, NULL),
			 HTTP_OK);
	fields = h.fields;
	assert_true(http_field_next(&fields, &f));
	assert_true(bytes_is(f.name, "A") && bytes_is(f.value, "b\n\tc"));
	assert_true(http_field_next(&fields, &f));
	assert_true(bytes_is(f.name, "D") && bytes_is(f.value, "e"));
	assert_false(http_field_next(&fields, &f));
}

static void sent_fields_are_checked(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(http_field_check(BYTES("A-b"), BYTES("c d\xC3"), &e),
			 0);
	assert_int_equal(http_field_check(BYTES("A b"), BYTES("c"), &e), -1);
	assert_int_equal(http_field_check(BYTES(""), BYTES("c"), &e), -1);
	assert_int_equal(http_field_check(BYTES("A"), BYTES("c\r\nB: d"), &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_read_at_every_split),
	    cmocka_unit_test(responses_are_read_at_every_split),
	    cmocka_unit_test(responses_may_lack_a_reason),
	    cmocka_unit_test(broken_rules_are_found),
	    cmocka_unit_test(zero_bytes_are_never_read),
	    cmocka_unit_test(heads_have_a_limit),
	    cmocka_unit_test(bodies_are_delimited),
	    cmocka_unit_test(one_host_is_needed),
	    cmocka_unit_test(connections_are_kept),
	    cmocka_unit_test(lenient_fields_are_read),
	    cmocka_unit_test(sent_fields_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
