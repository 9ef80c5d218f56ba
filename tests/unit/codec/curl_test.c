/* SPDX-License-Identifier: ISC */
/*
 * Tests of command lines of curl: lines copied from browsers, quotes, options,
 * URLs, and the requests for them. tests/wire/curl_line.sh compares requests
 * with those of curl.
 */
#include "rung/codec/curl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Gives the path as the content of each file. */
static int read_path(void *context, struct bytes path, struct buf *out,
		     struct err *e)
{
	(void)context;
	if (bytes_is(path, "missing"))
		return err_set(e, ERR_IO, 0, "missing: not found");
	buf_puts(out, "[\r\n");
	buf_put(out, path);
	buf_puts(out, "]\n");
	return 0;
}

static const struct curl_files files = {.read = read_path};

/* Appends the request for the line, without CR. */
static int make(const char *line, struct buf *out, struct err *e)
{
	struct curl_request r = {.items = NULL};
	struct buf data = {.limit = BUF_SMALL}, head = data;
	struct bytes boundary = BYTES("BOUND");
	int bad = curl_read(&r, bytes_str(line), e);
	if (!bad)
		bad = curl_put_data(&r, boundary, &files, &data, e);
	if (!bad) {
		buf_put(&head, curl_method(&r));
		buf_putc(&head, ' ');
		curl_put_target(&r, buf_bytes(&data), &head);
		buf_putc(&head, '\n');
		bad = curl_put_fields(&r, buf_bytes(&data), boundary, &head, e);
	}
	buf_putc(&head, '\n');
	if (!curl_has(&r, CURL_GET))
		buf_put(&head, buf_bytes(&data));
	for (size_t i = 0; i < buf_len(&head); i++)
		if (buf_bytes(&head).at[i] != '\r')
			buf_putc(out, buf_bytes(&head).at[i]);
	buf_fini(&data);
	buf_fini(&head);
	curl_free(&r);
	return bad;
}

static void assert_request(const char *line, const char *want)
{
	struct buf out = {.limit = BUF_SMALL};
	struct err e;
	if (make(line, &out, &e))
		fail_msg("%s: %s", line, e.text);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void assert_error(const char *line, const char *want)
{
	struct buf out = {.limit = BUF_SMALL};
	struct err e;
	err_clear(&e);
	assert_int_equal(make(line, &out, &e), -1);
	assert_string_equal(e.text, want);
	buf_fini(&out);
}

static void chromium_bash_lines_are_read(void **state)
{
	(void)state;
	assert_request(
	    " 'https://api.example.com/v1/items?q=\\[a\\]&x=it%27s' \\\n"
	    "  -X 'PUT' \\\n"
	    "  -H 'accept: application/json, text/plain, */*' \\\n"
	    "  -H 'accept-language: en-US,en;q=0.9' \\\n"
	    "  -H 'content-type: application/json' \\\n"
	    "  -b 'sid=a1; theme=dark' \\\n"
	    "  -H 'sec-ch-ua: \"Chromium\";v=\"140\", "
	    "\"Not=A?Brand\";v=\"24\"' "
	    "\\\n"
	    "  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \\\n"
	    "  --data-raw $'{\"say\":\"it\\'s\\\\n \\u0021\",\"t\":\"a\\tb\"}' "
	    "\\\n"
	    "  --insecure",
	    "PUT /v1/items?q=[a]&x=it%27s\n"
	    "Host: api.example.com\n"
	    "Cookie: sid=a1; theme=dark\n"
	    "accept: application/json, text/plain, */*\n"
	    "accept-language: en-US,en;q=0.9\n"
	    "content-type: application/json\n"
	    "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\n"
	    "user-agent: Mozilla/5.0 (X11; Linux x86_64)\n"
	    "Content-Length: 28\n"
	    "\n"
	    "{\"say\":\"it's\\n !\",\"t\":\"a\tb\"}");
}

static void firefox_bash_lines_are_read(void **state)
{
	(void)state;
	assert_request(
	    " 'https://www.example.org/search' --compressed -X POST "
	    "-H 'User-Agent: Mozilla/5.0 (X11; rv:142.0) Firefox/142.0' "
	    "-H 'Accept: text/html;q=0.9,*/*;q=0.8' "
	    "-H 'Accept-Encoding: gzip, deflate, br, zstd' "
	    "-H 'Referer: https://www.example.org/' "
	    "-H 'Content-Type: application/x-www-form-urlencoded' "
	    "-H 'Cookie: a=1; b=2' -H 'TE: trailers' "
	    "--data-raw 'q=@rung&lang=de'",
	    "POST /search\n"
	    "Host: www.example.org\n"
	    "User-Agent: Mozilla/5.0 (X11; rv:142.0) Firefox/142.0\n"
	    "Accept: text/html;q=0.9,*/*;q=0.8\n"
	    "Accept-Encoding: gzip, deflate, br, zstd\n"
	    "Referer: https://www.example.org/\n"
	    "Content-Type: application/x-www-form-urlencoded\n"
	    "Cookie: a=1; b=2\n"
	    "TE: trailers\n"
	    "Content-Length: 15\n"
	    "\n"
	    "q=@rung&lang=de");
}

static void chromium_cmd_lines_are_read(void **state)
{
	(void)state;
	assert_request(
	    " ^\"http://h.example:8080/p?a=1^&b=^%^2541^&c=^\\^[x^\\^]^\" ^\n"
	    "  -H ^\"Accept: */*^\" ^\n"
	    "  -H ^\"X-Q: say ^\\^\"yo^\\^\" ^!^\" ^\n"
	    "  --data-raw ^\"^{^\\^\"path^\\^\":^\\^\"C:^\\^\\x^\\^\",^\n\n"
	    "^\\^\"n^\\^\":1^}^\"",
	    "POST /p?a=1&b=%2541&c=[x]\n"
	    "Host: h.example:8080\n"
	    "Accept: */*\n"
	    "X-Q: say \"yo\" !\n"
	    "Content-Length: 22\n"
	    "Content-Type: application/x-www-form-urlencoded\n"
	    "\n"
	    "{\"path\":\"C:\\x\",\n\"n\":1}");
}

static void firefox_cmd_lines_are_read(void **state)
{
	(void)state;
	assert_request(" ^\"http://h/^\" ^\r\n -X POST ^\r\n"
		       " --data-raw ^\"^{^\"^\"a^\"^\":1^}^\"",
		       "POST /\n"
		       "Host: h\n"
		       "Accept: */*\n"
		       "Content-Length: 7\n"
		       "Content-Type: application/x-www-form-urlencoded\n"
		       "\n"
		       "{\"a\":1}");
}

static void quotes_are_those_of_bash(void **state)
{
	(void)state;
	assert_request(
	    "\"http://h/a\\\"b\\\\\"'c'\\d$'\\x41\\101\\u00e9\\q' # no",
	    "GET /a\"b\\cdAA%c3%a9\\q\nHost: h\nAccept: */*\n\n");
	assert_request("http://h -H \"A: \\\nb\" -d $\"x\" -d ''",
		       "POST /\nHost: h\nAccept: */*\nA: b\n"
		       "Content-Length: 2\n"
		       "Content-Type: application/x-www-form-urlencoded\n\nx&");
}

static void text_for_a_shell_is_an_error(void **state)
{
	static const char replaced[] =
	    "curl: byte 9: bash would replace this text; quote it with '...'";
	(void)state;
	assert_error("http://h/$HOME", replaced);
	assert_error("http://h/`id`", replaced);
	assert_error("http://h/{a,b}", replaced);
	assert_error("\"http://h$(id)\"", replaced);
	assert_error("http://h -o ~/x", "curl: byte 12: bash would replace "
					"this text; quote it with '...'");
	assert_error("http://h?a=1&b=2", "curl: byte 12: the shell would take "
					 "this character; quote it with "
					 "'...'");
	assert_error("http://h | jq", "curl: byte 9: the shell would take this "
				      "character; quote it with '...'");
	assert_error("http://h\nls", "curl: byte 9: a second command follows");
	assert_error("'http://h", "curl: byte 9: the closing ' is missing");
	assert_error("\"http://h", "curl: byte 9: the closing \" is missing");
	assert_error("$'http://h",
		     "curl: byte 10: the ' that closes $' is missing");
	assert_error("^\"http://h", "curl: byte 9: the closing ^\" is missing");
	assert_error("$'\\xzz'", "curl: byte 4: invalid escape in $'...'");
	assert_error("$'\\0'", "curl: byte 4: invalid escape in $'...'");
}

static void options_may_be_joined(void **state)
{
	struct curl_request r = {.items = NULL};
	struct bytes value;
	(void)state;
	assert_int_equal(curl_read(&r,
				   BYTES("-sSLfkXDELETE -oout -H'A: b' "
					 "--no-location -x http://p:1 "
					 "--resolve h:80:127.0.0.1 -m 5 -v "
					 "--max-time 6 -- http://h"),
				   NULL),
			 0);
	assert_true(curl_has(&r, CURL_SILENT));
	assert_true(curl_has(&r, CURL_FAIL));
	assert_true(curl_has(&r, CURL_INSECURE));
	assert_true(curl_has(&r, CURL_VERBOSE));
	assert_false(curl_has(&r, CURL_LOCATION));
	assert_false(curl_has(&r, CURL_HEAD));
	assert_true(bytes_is(curl_method(&r), "DELETE"));
	assert_true(curl_value(&r, CURL_OUTPUT, &value));
	assert_true(bytes_is(value, "out"));
	assert_true(curl_value(&r, CURL_PROXY, &value));
	assert_true(bytes_is(value, "http://p:1"));
	assert_true(curl_value(&r, CURL_RESOLVE, &value));
	assert_true(bytes_is(value, "h:80:127.0.0.1"));
	assert_true(curl_value(&r, CURL_MAX_TIME, &value));
	assert_true(bytes_is(value, "6"));
	assert_false(curl_value(&r, CURL_CACERT, &value));
	curl_free(&r);
}

static void unknown_options_are_named(void **state)
{
	(void)state;
	assert_error("http://h --foo",
		     "curl: unknown or unsupported option '--foo'");
	assert_error("http://h --no-data",
		     "curl: unknown or unsupported option '--no-data'");
	assert_error("http://h -sZ", "curl: unknown or unsupported option "
				     "'-Z'");
	assert_error("http://h -$'\\x1b'",
		     "curl: unknown or unsupported option '-\\e'");
	assert_error("http://h -H", "curl: --header needs a value");
	assert_error("-s", "curl: the line has no URL");
	assert_error("http://h http://i", "curl: more than one URL: "
					  "'http://i'");
	assert_error("ftp://h", "curl: unsupported scheme 'ftp'");
	assert_error("http:///x", "curl: no valid host in the URL '/x'");
	assert_error("'http://h/a b'", "curl: blank or control character in "
				       "the URL '/a b'");
	assert_error("'http://h/[1-3]'", "curl: the URL has a pattern; use -g "
					 "if it is text: '/[1-3]'");
	assert_error("h -F a=1 -d b", "curl: use either -F or -d");
	assert_error("h -I -d b", "curl: -I sends no data; remove -I");
	assert_error("h -b file",
		     "curl: -b needs NAME=VALUE, not a file: 'file'");
	assert_error("h -d @missing", "missing: not found");
	assert_error("h -F 'a=b;c'", "curl: unknown setting of a form's part; "
				     "use --form-string for text with ';': "
				     "'c'");
	assert_error("h -F a", "curl: -F needs NAME=CONTENT, not 'a'");
}

static void values_cannot_end_their_line(void **state)
{
	(void)state;
	assert_error("h -H $'A: b\\r\\nC: d'",
		     "curl: blank or control character in 'A: b\\r\\nC: d'");
	assert_error("h -A $'a\\nb'",
		     "curl: blank or control character in 'a\\nb'");
	assert_error("h -X 'GET / HTTP/1.1'",
		     "curl: blank or control character in 'GET / HTTP/1.1'");
	assert_error("h -H nothing", "curl: not a header field: 'nothing'");
	assert_error("h -H 'A;b'", "curl: not a header field: 'A;b'");
	assert_error("h -H 'A b: c'", "curl: not a header field: 'A b: c'");
}

static void urls_are_those_of_the_request(void **state)
{
	(void)state;
	assert_request("H:80?x#y", "GET /?x\nHost: H\nAccept: */*\n\n");
	assert_request("HTTPS://h:443/a/./b/../../../c/..",
		       "GET /\nHost: h\nAccept: */*\n\n");
	assert_request("h/a/../b/?c=/../d",
		       "GET /b/?c=/../d\nHost: h\nAccept: */*\n\n");
	assert_request("h/\xc3\xa9?\xc3\xa9",
		       "GET /%c3%a9?\xc3\xa9\nHost: h\nAccept: */*\n\n");
	assert_request("h/a/../b --path-as-is",
		       "GET /a/../b\nHost: h\nAccept: */*\n\n");
	assert_request("-g 'http://[::1]:8080/[a]'",
		       "GET /[a]\nHost: [::1]:8080\nAccept: */*\n\n");
	assert_request("http://m%40e:p%2Fw@h/",
		       "GET /\nHost: h\nAuthorization: Basic bUBlOnAvdw==\n"
		       "Accept: */*\n\n");
	assert_request("http://me:pw@h/",
		       "GET /\nHost: h\nAuthorization: Basic bWU6cHc=\n"
		       "Accept: */*\n\n");
}

static void headers_replace_those_of_curl(void **state)
{
	(void)state;
	assert_request("h -H 'Host: other' -H 'accept:' -H 'X-Empty;' "
		       "-H 'X-Gone:' -A me -H 'A: 1' -H 'A: 2'",
		       "GET /\nHost: other\nUser-Agent: me\nX-Empty:\n"
		       "A: 1\nA: 2\n\n");
	assert_request("h -d x -H 'Content-Type: text/plain' "
		       "-H 'content-length: 9'",
		       "POST /\nHost: h\nAccept: */*\n"
		       "Content-Type: text/plain\ncontent-length: 9\n\nx");
	assert_request("h -u me -e http://r -b a=1 -b b=2 -r 0-5 --compressed "
		       "-A me",
		       "GET /\nHost: h\nAuthorization: Basic bWU6\n"
		       "User-Agent: me\n"
		       "Range: bytes=0-5\nAccept: */*\n"
		       "Accept-Encoding: deflate, gzip\n"
		       "Referer: http://r\nCookie: a=1;b=2\n\n");
	assert_request("h -b ''", "GET /\nHost: h\nAccept: */*\n\n");
	assert_request("h --oauth2-bearer T -I",
		       "HEAD /\nHost: h\nAuthorization: Bearer T\n"
		       "Accept: */*\n\n");
}

static void data_is_joined(void **state)
{
	static const char head[] =
	    "Host: h\nAccept: */*\nContent-Length: %zu\n"
	    "Content-Type: application/x-www-form-urlencoded\n\n";
	struct buf want = {.limit = BUF_SMALL};
	(void)state;
	static const char body[] = "a=1&@x&[f]&[\r\ng]\n&"
				   "n=a+b~%2A%C3%A9%26&x+y&%3D&%5B%0D%0Ah%5D%"
				   "0A&q=%5B%0D%0Ai%5D%0A";
	buf_puts(&want, "POST /\n");
	buf_printf(&want, head, sizeof(body) - 1);
	for (const char *c = body; *c; c++)
		if (*c != '\r')
			buf_putc(&want, *c);
	assert_request("h -d a=1 --data-raw @x -d @f --data-binary @g "
		       "--data-urlencode 'n=a b~*\xc3\xa9&' "
		       "--data-urlencode 'x y' --data-urlencode '==' "
		       "--data-urlencode @h --data-urlencode q@i",
		       buf_cstr(&want));
	buf_fini(&want);
	assert_request("'h?a=1' -G -d b=2 --data-urlencode '=c&d'",
		       "GET /?a=1&b=2&c%26d\nHost: h\nAccept: */*\n\n");
	assert_request("h --json '{\"a\":1}' --json '[2]'",
		       "POST /\nHost: h\nContent-Type: application/json\n"
		       "Accept: application/json\nContent-Length: 10\n\n"
		       "{\"a\":1}[2]");
}

static void forms_are_multipart(void **state)
{
	(void)state;
	assert_request(
	    "h -F a=1 -F 'f=@dir/x.txt;type=text/plain' -F 'q\"x=<y' "
	    "-F 'g=@z;filename=\"n.gz\"' --form-string 'l=@x;y'",
	    "POST /\nHost: h\nAccept: */*\nContent-Length: 422\n"
	    "Content-Type: multipart/form-data; boundary=BOUND\n\n"
	    "--BOUND\nContent-Disposition: form-data; name=\"a\"\n\n1\n"
	    "--BOUND\nContent-Disposition: form-data; name=\"f\"; "
	    "filename=\"x.txt\"\nContent-Type: text/plain\n\n"
	    "[\ndir/x.txt]\n\n"
	    "--BOUND\nContent-Disposition: form-data; name=\"q%22x\"\n\n"
	    "[\ny]\n\n"
	    "--BOUND\nContent-Disposition: form-data; name=\"g\"; "
	    "filename=\"n.gz\"\n"
	    "Content-Type: application/octet-stream\n\n[\nz]\n\n"
	    "--BOUND\nContent-Disposition: form-data; name=\"l\"\n\n@x;y\n"
	    "--BOUND--\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chromium_bash_lines_are_read),
	    cmocka_unit_test(firefox_bash_lines_are_read),
	    cmocka_unit_test(chromium_cmd_lines_are_read),
	    cmocka_unit_test(firefox_cmd_lines_are_read),
	    cmocka_unit_test(quotes_are_those_of_bash),
	    cmocka_unit_test(text_for_a_shell_is_an_error),
	    cmocka_unit_test(options_may_be_joined),
	    cmocka_unit_test(unknown_options_are_named),
	    cmocka_unit_test(values_cannot_end_their_line),
	    cmocka_unit_test(urls_are_those_of_the_request),
	    cmocka_unit_test(headers_replace_those_of_curl),
	    cmocka_unit_test(data_is_joined),
	    cmocka_unit_test(forms_are_multipart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
