/* SPDX-License-Identifier: ISC */
/*
 * Tests of serving files by HTTP: paths, conditions, ranges, fields, dates.
 */
#include "rung/codec/webdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct webdir_file file = {
    .size = 1000, .changed_s = 784111777, .changed_ns = 0xAB};
static const char tag[] = "\"3e8-2ebc98a1-ab\"";
static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";

static void assert_path(const char *target, const char *want)
{
	struct buf path = {.limit = BUF_SMALL};
	assert_int_equal(webdir_path(bytes_str(target), &path), 0);
	assert_string_equal(buf_cstr(&path), want);
	buf_fini(&path);
}

static void assert_no_path(const char *target, unsigned want)
{
	struct buf path = {.limit = BUF_SMALL};
	assert_int_equal(webdir_path(bytes_str(target), &path), want);
	buf_fini(&path);
}

static void paths_are_decoded(void **state)
{
	(void)state;
	assert_path("/", "");
	assert_path("/?q=../x", "");
	assert_path("/a/b.html?x=1", "a/b.html");
	assert_path("/a/", "a/");
	assert_path("/a%20b/%C3%A9%25", "a b/\xc3\xa9%");
	assert_path("/..a/.b/c..", "..a/.b/c..");
	assert_path("http://h:80/a", "a");
	assert_path("http://h", "");
}

static void paths_do_not_leave_the_directory(void **state)
{
	static const char *const bad[] = {
	    "/..",       "/../etc/passwd", "/a/../../b", "/a/..",
	    "/%2e%2e/a", "/a/%2E./b",      "/.",         "/a/./b",
	    "/a%2fb",    "/%2Fetc",        "/a%00.html", "//etc/passwd",
	    "/a//b",     "http://h//etc",  "/..%2f..",   "/%2e%2e%2fx"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_no_path(bad[i], 404);
	assert_no_path("", 400);
	assert_no_path("a", 400);
	assert_no_path("*", 400);
	assert_no_path("/%", 400);
	assert_no_path("/%4", 400);
	assert_no_path("/%zz", 400);
}

static struct webdir_answer decide(struct webdir_request q)
{
	if (!q.method.at)
		q.method = BYTES("GET");
	q.now = file.changed_s + 100;
	return webdir_decide(&q, &file);
}

static void assert_range(const char *range, unsigned status, uint64_t from,
			 uint64_t len)
{
	struct webdir_answer a = decide(
	    (struct webdir_request){.range = bytes_str(range)});
	assert_int_equal(a.status, status);
	assert_int_equal(a.from, from);
	assert_int_equal(a.len, len);
}

static void ranges_select_bytes(void **state)
{
	(void)state;
	assert_range("", 200, 0, 1000);
	assert_range("bytes=0-0", 206, 0, 1);
	assert_range("Bytes= 10-19", 206, 10, 10);
	assert_range("bytes=990-", 206, 990, 10);
	assert_range("bytes=990-5000", 206, 990, 10);
	assert_range("bytes=999-99999999999999999999999", 206, 999, 1);
	assert_range("bytes=-10", 206, 990, 10);
	assert_range("bytes=-5000", 206, 0, 1000);
	assert_range("bytes=1000-", 416, 0, 0);
	assert_range("bytes=99999999999999999999999-", 416, 0, 0);
	assert_range("bytes=-0", 416, 0, 0);
	/* Malformed, several parts, another unit. */
	assert_range("bytes=5-1", 200, 0, 1000);
	assert_range("bytes=-", 200, 0, 1000);
	assert_range("bytes=a-b", 200, 0, 1000);
	assert_range("bytes=0-1,5-6", 200, 0, 1000);
	assert_range("lines=0-1", 200, 0, 1000);
}

static void empty_files_have_no_range(void **state)
{
	struct webdir_file empty = {.size = 0};
	struct webdir_request q = {.method = BYTES("GET"),
				   .range = BYTES("bytes=0-")};
	(void)state;
	assert_int_equal(webdir_decide(&q, &empty).status, 416);
	q.range = BYTES_NONE;
	assert_int_equal(webdir_decide(&q, &empty).status, 200);
}

static void heads_ignore_ranges(void **state)
{
	struct webdir_answer a = decide((struct webdir_request){
	    .method = BYTES("HEAD"), .range = BYTES("bytes=0-0")});
	(void)state;
	assert_int_equal(a.status, 200);
	assert_int_equal(a.len, 1000);
	assert_int_equal(
	    decide((struct webdir_request){.method = BYTES("POST")}).status,
	    405);
	assert_int_equal(
	    decide((struct webdir_request){.method = BYTES("get")}).status,
	    405);
}

static unsigned ranged(const char *if_range)
{
	return decide((struct webdir_request){.range = BYTES("bytes=0-0"),
					      .if_range = bytes_str(if_range)})
	    .status;
}

static void if_range_needs_the_same_file(void **state)
{
	(void)state;
	assert_int_equal(ranged(tag), 206);
	assert_int_equal(ranged(date), 206);
	assert_int_equal(ranged("\"other\""), 200);
	assert_int_equal(ranged("W/\"3e8-2ebc98a1-ab\""), 200);
	assert_int_equal(ranged("*"), 200);
	assert_int_equal(ranged("Sun, 06 Nov 1994 08:49:38 GMT"), 200);
	/* The file may change again in the same second. */
	struct webdir_request q = {.method = BYTES("GET"),
				   .range = BYTES("bytes=0-0"),
				   .if_range = bytes_str(date),
				   .now = file.changed_s};
	assert_int_equal(webdir_decide(&q, &file).status, 200);
}

static unsigned none_match(const char *tags, const char *since)
{
	return decide((struct webdir_request){
			  .if_none_match = bytes_str(tags),
			  .if_modified_since = bytes_str(since)})
	    .status;
}

static void unchanged_files_are_not_sent(void **state)
{
	(void)state;
	assert_int_equal(none_match(tag, ""), 304);
	assert_int_equal(none_match("\"a\", W/\"3e8-2ebc98a1-ab\"", ""), 304);
	assert_int_equal(none_match("*", ""), 304);
	assert_int_equal(none_match("\"a\"", ""), 200);
	assert_int_equal(none_match("nonsense", ""), 200);
	assert_int_equal(none_match("", date), 304);
	assert_int_equal(none_match("", "Sunday, 06-Nov-94 08:49:37 GMT"), 304);
	assert_int_equal(none_match("", "Sun Nov  6 08:49:37 1994"), 304);
	assert_int_equal(none_match("", "Sun, 06 Nov 1994 08:49:36 GMT"), 200);
	assert_int_equal(none_match("", "yesterday"), 200);
	/* If-None-Match wins. */
	assert_int_equal(none_match("\"a\"", date), 200);
}

static unsigned match(const char *tags, const char *since)
{
	return decide((struct webdir_request){
			  .if_match = bytes_str(tags),
			  .if_unmodified_since = bytes_str(since)})
	    .status;
}

static void failed_preconditions_are_412(void **state)
{
	(void)state;
	assert_int_equal(match(tag, ""), 200);
	assert_int_equal(match("*", ""), 200);
	assert_int_equal(match("\"a\"", ""), 412);
	assert_int_equal(match("W/\"3e8-2ebc98a1-ab\"", ""), 412);
	assert_int_equal(match("", date), 200);
	assert_int_equal(match("", "Sun, 06 Nov 1994 08:49:36 GMT"), 412);
	assert_int_equal(match("", "Sun, 06 Nov"), 200);
}

static void assert_fields(struct webdir_answer a, const char *type,
			  const char *want)
{
	struct buf out = {.limit = BUF_SMALL};
	assert_int_equal(webdir_put_fields(&a, &file, type, &out), 0);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void fields_describe_the_answer(void **state)
{
	static const char validators[] =
	    "ETag: \"3e8-2ebc98a1-ab\"\r\n"
	    "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
	struct buf want = {.limit = BUF_SMALL};
	(void)state;
	buf_puts(&want, "Content-Type: text/html; charset=utf-8\r\n"
			"Content-Length: 10\r\nAccept-Ranges: bytes\r\n"
			"Content-Range: bytes 990-999/1000\r\n");
	buf_puts(&want, validators);
	assert_fields((struct webdir_answer){206, 990, 10}, "text/html",
		      buf_cstr(&want));
	buf_fini(&want);
	assert_fields((struct webdir_answer){.status = 304}, "a/b", validators);
	assert_fields((struct webdir_answer){.status = 416}, "a/b",
		      "Content-Length: 0\r\n"
		      "Content-Range: bytes */1000\r\n");
	assert_fields((struct webdir_answer){.status = 405}, "a/b",
		      "Content-Length: 0\r\nAllow: GET, HEAD\r\n");
}

static void media_types_go_by_the_suffix(void **state)
{
	(void)state;
	assert_string_equal(webdir_media_type(BYTES("a/b.HTML")), "text/html");
	assert_string_equal(webdir_media_type(BYTES("x.tar.gz")),
			    "application/gzip");
	assert_string_equal(webdir_media_type(BYTES("html")),
			    "application/octet-stream");
	assert_string_equal(webdir_media_type(BYTES("a.html/b")),
			    "application/octet-stream");
	assert_string_equal(webdir_media_type(BYTES("")),
			    "application/octet-stream");
}

static void listings_are_safe_html(void **state)
{
	struct webdir_name names[] = {
	    {BYTES("b<i>&\"'.txt"), false},
	    {BYTES("a b?#%:\xc3\xa9"), false},
	    {BYTES("z"), true},
	    {BYTES("\xff\n"), false},
	};
	struct buf out = {.limit = BUF_SMALL};
	(void)state;
	assert_int_equal(webdir_put_listing(BYTES("d/<e>/"), names, 4, &out),
			 0);
	assert_string_equal(
	    buf_cstr(&out),
	    "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n"
	    "<title>/d/&lt;e&gt;/</title>\n<h1>/d/&lt;e&gt;/</h1>\n<ul>\n"
	    "<li><a href=\"../\">../</a>\n"
	    "<li><a href=\"z/\">z/</a>\n"
	    "<li><a href=\"a%20b%3F%23%25%3A%C3%A9\">a b?#%:\xc3\xa9</a>\n"
	    "<li><a href=\"b%3Ci%3E%26%22%27.txt\">"
	    "b&lt;i&gt;&amp;&quot;&#39;.txt</a>\n"
	    "<li><a href=\"%FF%0A\">\xef\xbf\xbd\xef\xbf\xbd</a>\n"
	    "</ul>\n");
	buf_clear(&out);
	assert_int_equal(webdir_put_listing(BYTES_NONE, names, 0, &out), 0);
	assert_string_equal(buf_cstr(&out),
			    "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n"
			    "<title>/</title>\n<h1>/</h1>\n<ul>\n</ul>\n");
	buf_clear(&out);
	out.limit = 150;
	assert_int_equal(webdir_put_listing(BYTES_NONE, names, 4, &out), -1);
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
}

static void dates_are_read_and_written(void **state)
{
	static const char *const bad[] = {
	    "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 anF 1994 08:49:37 GMT",
	    "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
	    "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37 GMTx",
	    "Sun, 06 Nov 1994 08:49:37",     "784111777"};
	struct buf out = {.limit = BUF_SMALL};
	int64_t t = 0;
	(void)state;
	assert_int_equal(http_date_put(784111777, &out), 0);
	assert_string_equal(buf_cstr(&out), date);
	buf_fini(&out);
	/* 2026: 94 is in the past, 70 too, 60 not more than 50 years ahead. */
	assert_true(http_date_read(BYTES("Sunday, 06-Nov-94 08:49:37 GMT"),
				   1780000000, &t));
	assert_int_equal(t, 784111777);
	assert_true(http_date_read(BYTES("Sunday, 01-Jan-60 00:00:00 GMT"),
				   1780000000, &t));
	assert_int_equal(t, 2840140800);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(http_date_read(bytes_str(bad[i]), 0, &t));
	assert_false(
	    http_date_read(BYTES("Sun, 06 Nov 1994 08:49:37 GMT\0"), 0, &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_decoded),
	    cmocka_unit_test(paths_do_not_leave_the_directory),
	    cmocka_unit_test(ranges_select_bytes),
	    cmocka_unit_test(empty_files_have_no_range),
	    cmocka_unit_test(heads_ignore_ranges),
	    cmocka_unit_test(if_range_needs_the_same_file),
	    cmocka_unit_test(unchanged_files_are_not_sent),
	    cmocka_unit_test(failed_preconditions_are_412),
	    cmocka_unit_test(fields_describe_the_answer),
	    cmocka_unit_test(media_types_go_by_the_suffix),
	    cmocka_unit_test(listings_are_safe_html),
	    cmocka_unit_test(dates_are_read_and_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
