/* SPDX-License-Identifier: ISC */
/*
 * Tests of reading chunked bodies: whole, at each split, byte by byte; each
 * broken rule with its byte; limits.
 */
#include "rung/codec/http_chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char body[] = "4\r\nWiki\r\n"
			   "00A ; a=b;c=\"d e\"\r\npedia\r\nin \r\n"
			   "0\r\nX-Sum: 1\r\nEmpty:\r\n\r\n";

static enum http_chunk feed(struct http_chunked *c, struct bytes *in,
			    struct buf *out, struct err *e)
{
	enum http_chunk found;
	struct bytes data;

	while ((found = http_chunked_next(c, in, &data, e)) == HTTP_CHUNK_DATA)
		buf_put(out, data);
	return found;
}

/* Feeds the text in pieces of `step` bytes, the first one `first` long. */
static void assert_reads(struct bytes text, size_t first, size_t step)
{
	struct buf out = {.limit = BUF_SMALL};
	enum http_chunk found = HTTP_CHUNK_MORE;
	struct http_chunked c;
	struct err e;

	http_chunked_init(&c, false);
	for (size_t n = first; text.len; n = step) {
		struct bytes part = bytes_head(text, n);
		text = bytes_skip(text, part.len);
		assert_int_equal(found, HTTP_CHUNK_MORE);
		found = feed(&c, &part, &out, &e);
		assert_int_equal(part.len, 0);
	}
	assert_int_equal(found, HTTP_CHUNK_END);
	assert_true(bytes_is(buf_bytes(&out), "Wikipedia\r\nin "));
	assert_true(bytes_is(buf_bytes(&c.trailer), "X-Sum: 1\r\nEmpty:\r\n"));
	assert_int_equal(c.offset, sizeof(body) - 1);
	http_chunked_fini(&c);
	buf_fini(&out);
}

static void chunks_are_read_at_every_split(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof(body); i++)
		assert_reads(BYTES(body), i, sizeof(body));
	assert_reads(BYTES(body), 1, 1);
}

static void what_follows_the_body_stays(void **state)
{
	struct bytes in = BYTES("0\r\n\r\nGET /"), data;
	struct http_chunked c;
	(void)state;

	http_chunked_init(&c, false);
	assert_int_equal(http_chunked_next(&c, &in, &data, NULL),
			 HTTP_CHUNK_END);
	assert_true(bytes_is(in, "GET /"));
	http_chunked_fini(&c);
}

static const struct {
	const char *text, *want;
	bool lenient; /* the lenient reader accepts it */
} broken[] = {
    {"\r\n", "bad chunk size (RFC 9112 7.1) at byte 0", false},
    {"+1\r\n", "bad chunk size (RFC 9112 7.1) at byte 0", false},
    {"0x1\r\n", "bad chunk size (RFC 9112 7.1) at byte 1", false},
    {"10000000000000000\r\n",
     "chunk size is over 64 bits (RFC 9112 7.1) at byte 16", false},
    {"1\na\r\n0\r\n\r\n", "LF without CR (RFC 9112 2.2) at byte 1", true},
    {"1\rX", "CR without LF (RFC 9112 2.2) at byte 2", false},
    {"1 \r\na\r\n0\r\n\r\n", "bad chunk size (RFC 9112 7.1) at byte 2", true},
    {"1;\r\na\r\n0\r\n\r\n", "bad chunk extension (RFC 9112 7.1.1) at byte 2",
     true},
    {"1;a\x01\r\na\r\n0\r\n\r\n",
     "bad chunk extension (RFC 9112 7.1.1) at byte 3", true},
    {"1\r\nab", "no CRLF after the chunk (RFC 9112 7.1) at byte 4", false},
    {"1\r\na\n0\r\n\r\n", "no CRLF after the chunk (RFC 9112 7.1) at byte 4",
     true},
    {"0\r\n a\r\n\r\n", "folded trailer field (RFC 9112 5.2) at byte 3", true},
    {"0\r\na :\r\n\r\n", "blank before ':' (RFC 9112 5.1) at byte 4", true},
    {"0\r\na\r\n\r\n", "bad trailer name (RFC 9110 5.1) at byte 4", true},
    {"0\r\n:\r\n\r\n", "bad trailer name (RFC 9110 5.1) at byte 3", true},
    {"0\r\na:\x01\r\n\r\n", "control byte in trailer (RFC 9110 5.5) at byte 5",
     true},
    {"0\r\na: b\n\r\n", "LF without CR (RFC 9112 2.2) at byte 7", true},
    {"0\r\n\n", "LF without CR (RFC 9112 2.2) at byte 3", true},
};

static enum http_chunk read_all(const char *text, bool lenient, struct err *e)
{
	struct buf out = {.limit = BUF_SMALL};
	struct bytes in = bytes_str(text);
	struct http_chunked c;
	enum http_chunk found;

	http_chunked_init(&c, lenient);
	err_clear(e);
	found = feed(&c, &in, &out, e);
	if (found == HTTP_CHUNK_BAD) {
		assert_ptr_equal(in.at, text + c.offset);
		assert_int_equal(feed(&c, &in, &out, NULL), HTTP_CHUNK_BAD);
	}
	http_chunked_fini(&c);
	buf_fini(&out);
	return found;
}

static void broken_rules_are_named_with_their_byte(void **state)
{
	char want[128];
	struct err e;
	(void)state;

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		snprintf(want, sizeof(want), "%s of the body", broken[i].want);
		assert_int_equal(read_all(broken[i].text, false, &e),
				 HTTP_CHUNK_BAD);
		assert_string_equal(e.text, want);
		assert_int_equal(e.kind, ERR_HTTP_PROTO);
		assert_int_equal(read_all(broken[i].text, true, &e),
				 broken[i].lenient ? HTTP_CHUNK_END
						   : HTTP_CHUNK_BAD);
	}
}

static void assert_limited(const char *start, size_t most)
{
	char *text = xalloc(strlen(start) + most + 2);
	struct err e;

	strcpy(text, start);
	memset(text + strlen(start), 'a', most + 1);
	assert_int_equal(read_all(text, false, &e), HTTP_CHUNK_BAD);
	assert_int_equal(e.kind, ERR_LIMIT);
	free(text);
}

static void lines_and_trailers_are_limited(void **state)
{
	(void)state;
	assert_limited("1;", HTTP_CHUNK_LINE_MAX);
	assert_limited("0\r\na:", HTTP_TRAILER_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chunks_are_read_at_every_split),
	    cmocka_unit_test(what_follows_the_body_stays),
	    cmocka_unit_test(broken_rules_are_named_with_their_byte),
	    cmocka_unit_test(lines_and_trailers_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
