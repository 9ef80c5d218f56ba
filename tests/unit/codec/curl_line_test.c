/* SPDX-License-Identifier: ISC */
/*
 * Tests of writing a request as a command line of curl.
 */
#include "rung/codec/curl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_line(const struct curl_sent *sent, const char *want)
{
	struct buf out = {.limit = BUF_SMALL};
	assert_int_equal(curl_put_line(sent, &out, NULL), 0);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void lines_have_the_fields_of_the_request(void **state)
{
	const struct curl_field fields[] = {
	    {BYTES("Host"), BYTES("h:1")},
	    {BYTES("accept"), BYTES("a/b")},
	    {BYTES("X-It's"), BYTES("é!")},
	    {BYTES("X-Empty"), BYTES("")},
	    {BYTES("Content-Length"), BYTES("3")},
	};
	struct curl_sent sent = {.method = BYTES("PUT"),
				 .url = BYTES("https://h:1/a?b"),
				 .fields = fields,
				 .count = sizeof fields / sizeof *fields,
				 .data = BYTES("@\n!"),
				 .insecure = true};
	(void)state;
	assert_line(&sent, "curl 'https://h:1/a?b' \\\n"
			   "  -k \\\n"
			   "  -X 'PUT' \\\n"
			   "  -H 'accept: a/b' \\\n"
			   "  -H $'X-It\\'s: \\xc3\\xa9\\x21' \\\n"
			   "  -H 'X-Empty;' \\\n"
			   "  -H 'User-Agent:' \\\n"
			   "  -H 'Content-Type:' \\\n"
			   "  --data-raw $'@\\n\\x21'");
}

static void unix_socket_is_an_option_of_the_line(void **state)
{
	struct curl_sent sent = {.method = BYTES("GET"),
				 .url = BYTES("http://h/"),
				 .unix_socket = BYTES("a b")};
	struct buf out = {.limit = BUF_SMALL};
	(void)state;
	assert_line(&sent, "curl 'http://h/' \\\n"
			   "  --unix-socket 'a b' \\\n"
			   "  -H 'Accept:' \\\n"
			   "  -H 'User-Agent:'");
	sent.unix_socket = BYTES("a\0b");
	assert_int_equal(curl_put_line(&sent, &out, NULL), -1);
	buf_fini(&out);
}

static void assert_message(const char *url, const char *message,
			   const char *want)
{
	const struct curl_sent sent = {.url = bytes_str(url)};
	struct buf out = {.limit = BUF_SMALL};
	struct err e;
	int bad = curl_put_message(&sent, bytes_str(message), &out, &e);
	assert_int_equal(bad, want ? 0 : -1);
	if (want)
		assert_string_equal(buf_cstr(&out), want);
	else
		assert_int_equal(e.kind, ERR_USAGE);
	buf_fini(&out);
}

static void lines_are_made_of_a_message(void **state)
{
	(void)state;
	assert_message("https://h:1",
		       "PUT /a?b HTTP/1.1\r\nHost: x\r\nAccept: a\r\n"
		       "User-Agent: u\r\nContent-Type: t\r\n"
		       "Content-Length: 2\r\n\r\nhi",
		       "curl 'https://h:1/a?b' \\\n"
		       "  -X 'PUT' \\\n"
		       "  -H 'Host: x' \\\n"
		       "  -H 'Accept: a' \\\n"
		       "  -H 'User-Agent: u' \\\n"
		       "  -H 'Content-Type: t' \\\n"
		       "  --data-raw 'hi'");
	assert_message("http://",
		       "GET / HTTP/1.1\r\nHost: x:1\r\nAccept: a\r\n"
		       "User-Agent: u\r\n\r\n",
		       "curl 'http://x:1/' \\\n"
		       "  -H 'Accept: a' \\\n"
		       "  -H 'User-Agent: u'");
}

static void messages_that_curl_cannot_send_are_rejected(void **state)
{
	static const char *const messages[] = {
	    "",
	    "GET / HTTP/1.1\r\n",
	    "GET / HTTP/1.0\r\n\r\n",
	    "GET / HTTP/1.1\r\nA : b\r\n\r\n",
	    "GET / HTTP/1.1\nA: b\n\n",
	    "OPTIONS * HTTP/1.1\r\n\r\n",
	    "GET http://a/ HTTP/1.1\r\n\r\n",
	    "GET /a#b HTTP/1.1\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		assert_message("http://h", messages[i], NULL);
}

static void lines_leave_out_what_curl_implies(void **state)
{
	const struct curl_field fields[] = {
	    {BYTES("host"), BYTES("h")},
	    {BYTES("Accept"), BYTES("*/*")},
	    {BYTES("User-Agent"), BYTES("é")},
	    {BYTES("Content-Type"), BYTES("a/b")},
	    {BYTES("Content-Length"), BYTES("9")},
	};
	struct curl_sent sent = {.method = BYTES("GET"),
				 .url = BYTES("http://h"),
				 .fields = fields,
				 .count = 3};
	(void)state;
	assert_line(&sent, "curl 'http://h' \\\n"
			   "  -H 'Accept: */*' \\\n"
			   "  -H 'User-Agent: é'");
	sent.method = BYTES("HEAD");
	sent.url = BYTES("http://h/[1]?/.");
	assert_line(&sent, "curl 'http://h/[1]?/.' \\\n"
			   "  -g \\\n"
			   "  -I \\\n"
			   "  -H 'Accept: */*' \\\n"
			   "  -H 'User-Agent: é'");
	/* Host and Content-Length are given if curl would send others. */
	sent.method = BYTES("POST");
	sent.url = BYTES("http://i/a/../b");
	sent.data = BYTES("x");
	sent.count = 5;
	assert_line(&sent, "curl 'http://i/a/../b' \\\n"
			   "  --path-as-is \\\n"
			   "  -H 'host: h' \\\n"
			   "  -H 'Accept: */*' \\\n"
			   "  -H 'User-Agent: é' \\\n"
			   "  -H 'Content-Type: a/b' \\\n"
			   "  -H 'Content-Length: 9' \\\n"
			   "  --data-raw 'x'");
}

/* Every byte but NUL comes back. */
static void written_lines_can_be_read(void **state)
{
	struct buf data = {.limit = BUF_SMALL}, line = data;
	struct curl_request r = {.items = NULL};
	struct bytes value;
	(void)state;
	for (int c = 1; c < 256; c++)
		buf_putc(&data, c);
	buf_puts(&data, "\xc3\xa9\\x41'\\u0041\\\n0");
	struct curl_sent sent = {.method = BYTES("A"),
				 .url = BYTES("http://h/\\[{x'$HOME`"),
				 .data = buf_bytes(&data)};
	assert_int_equal(curl_put_line(&sent, &line, NULL), 0);
	assert_int_equal(curl_read(&r, bytes_skip(buf_bytes(&line), 5), NULL),
			 0);
	assert_true(curl_value(&r, CURL_DATA_RAW, &value));
	assert_true(bytes_equal(value, buf_bytes(&data)));
	assert_true(bytes_is(r.path, "/\\[{x'$HOME`"));
	assert_true(bytes_is(curl_method(&r), "A"));
	curl_free(&r);
	buf_fini(&data);
	buf_fini(&line);
}

static void nul_bytes_are_an_error(void **state)
{
	struct buf out = {.limit = BUF_SMALL};
	struct curl_sent sent = {.method = BYTES("GET"),
				 .url = BYTES("http://h"),
				 .data = BYTES("a\0b")};
	struct err e;
	(void)state;
	assert_int_equal(curl_put_line(&sent, &out, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	sent.data = BYTES("ab");
	out.limit = 40;
	assert_int_equal(curl_put_line(&sent, &out, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_have_the_fields_of_the_request),
	    cmocka_unit_test(unix_socket_is_an_option_of_the_line),
	    cmocka_unit_test(lines_are_made_of_a_message),
	    cmocka_unit_test(messages_that_curl_cannot_send_are_rejected),
	    cmocka_unit_test(lines_leave_out_what_curl_implies),
	    cmocka_unit_test(written_lines_can_be_read),
	    cmocka_unit_test(nul_bytes_are_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
