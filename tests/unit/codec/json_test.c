/* SPDX-License-Identifier: ISC */
/*
 * Tests of reading JSON: errors with their place, one line, JSON Pointer,
 * strings, limits. tests/unit/view/json_test.c has the rows.
 */
#include "rung/codec/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_bad(const char *text, const char *want)
{
	struct err e;
	err_clear(&e);
	assert_int_equal(json_check(bytes_str(text), &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text, want);
}

static void json_check_accepts_one_document(void **state)
{
	static const char *const good[] = {"{}",
					   " [1, 2]\r\n",
					   "\"a\"",
					   "1e5",
					   "null",
					   "-0",
					   "{\"a\":1,\"a\":2}",
					   "\"\\u0000\"",
					   "123456789012345678901234567890"};
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(json_check(bytes_str(good[i]), NULL), 0);
}

static void json_check_reports_the_place(void **state)
{
	(void)state;
	assert_bad(
	    "", "not JSON: line 1, column 1 (byte 0): the text ends too early");
	assert_bad("{\"a\":1,\n \"\xc3\xa9\": x}",
		   "not JSON: line 2, column 7 (byte 15): invalid token");
	assert_bad("[1,\n2 3]",
		   "not JSON: line 2, column 3 (byte 6): ']' expected");
	assert_bad("[\"a\" \"bcdefghijklmnopqrstuvwxyz\"]",
		   "not JSON: line 1, column 6 (byte 5): ']' expected");
	assert_bad("{} {}", "not JSON: line 1, column 4 (byte 3): end of file "
			    "expected");
	assert_bad(
	    "[1,",
	    "not JSON: line 1, column 4 (byte 3): the text ends too early");
}

static void json_check_rejects_nul(void **state)
{
	struct bytes found;
	struct err e;
	(void)state;
	err_clear(&e);
	assert_int_equal(json_check(BYTES("[1\0]"), &e), -1);
	assert_string_equal(e.text,
			    "not JSON: line 1, column 3 (byte 2): NUL byte");
	assert_int_equal(json_find(BYTES("[1\0]"), true, &found), JSON_NONE);
	assert_int_equal(json_check(BYTES("[]\0"), NULL), -1);
	assert_int_equal(json_check(BYTES("[\"\0\"]"), NULL), -1);
}

static void json_errors_repeat_no_peer_bytes(void **state)
{
	struct err e;
	(void)state;
	err_clear(&e);
	assert_int_equal(json_check(BYTES("[\x1b[2J]"), &e), -1);
	assert_null(strchr(e.text, '\x1b'));
	assert_int_equal(json_check(BYTES("[\"\xff\"]"), &e), -1);
	assert_null(strchr(e.text, '\xff'));
}

static void json_check_limits_the_depth(void **state)
{
	enum { DEEP = 100000 };
	char *text = xalloc(DEEP);
	struct err e;
	(void)state;
	memset(text, '[', DEEP);
	err_clear(&e);
	assert_int_equal(json_check(bytes_of(text, DEEP), &e), -1);
	assert_non_null(strstr(e.text, "maximum parsing depth reached"));
	free(text);
}

static void json_check_limits_the_memory(void **state)
{
	size_t len = (size_t)3 << 20;
	char *text = xalloc(len);
	struct bytes found;
	struct err e;
	(void)state;
	for (size_t i = 0; i < len; i += 3)
		memcpy(text + i, "[],", 3);
	text[0] = '[';
	text[1] = '1';
	memcpy(text + len - 3, "[]]", 3);
	err_clear(&e);
	assert_int_equal(json_check(bytes_of(text, len), &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(json_find(bytes_of(text, len), false, &found),
			 JSON_NONE);
	/* The limit holds for each document, not for all together. */
	assert_int_equal(json_check(BYTES("[[],[]]"), NULL), 0);
	free(text);
}

static void assert_compact(const char *text, const char *want)
{
	struct buf out = {.limit = BUF_SMALL};
	assert_int_equal(json_check(bytes_str(text), NULL), 0);
	assert_int_equal(json_compact(bytes_str(text), &out), 0);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void json_on_one_line_keeps_keys_and_digits(void **state)
{
	(void)state;
	assert_compact(" {\n \"z\" : 1.50 ,\t\"a\":[ 1E2, \"b \\\" c\" , "
		       "true ], \"z\": 12345678901234567890123 }\r\n",
		       "{\"z\":1.50,\"a\":[1E2,\"b \\\" c\",true],"
		       "\"z\":12345678901234567890123}");
	assert_compact("[ ]", "[]");
	assert_compact(" 7 ", "7");
}

static void json_on_one_line_is_whole_or_nothing(void **state)
{
	struct buf out = {.limit = 4};
	(void)state;
	buf_puts(&out, "x");
	assert_int_equal(json_compact(BYTES("[1, 2]"), &out), -1);
	assert_int_equal(buf_len(&out), 1);
	assert_int_equal(json_put_value(BYTES("\"a\\nbc\""), &out), -1);
	assert_int_equal(buf_len(&out), 1);
	buf_fini(&out);
}

static void assert_at(const char *text, const char *pointer, struct bytes want)
{
	struct buf out = {.limit = BUF_SMALL};
	struct bytes value;
	struct err e;
	if (json_pointer(bytes_str(text), bytes_str(pointer), &value, &e))
		fail_msg("%s: %s", pointer, e.text);
	assert_int_equal(json_put_value(value, &out), 0);
	assert_int_equal(buf_len(&out), want.len);
	assert_true(bytes_equal(buf_bytes(&out), want));
	buf_fini(&out);
}

/* The document of RFC 6901 §5. */
static const char rfc[] = "{\n"
			  "\"foo\": [\"bar\", \"baz\"],\n"
			  "\"\": 0,\n"
			  "\"a/b\": 1,\n"
			  "\"c%d\": 2,\n"
			  "\"e^f\": 3,\n"
			  "\"g|h\": 4,\n"
			  "\"i\\\\j\": 5,\n"
			  "\"k\\\"l\": 6,\n"
			  "\" \": 7,\n"
			  "\"m~n\": 8\n"
			  "}";

static void json_pointer_finds_the_values_of_the_rfc(void **state)
{
	(void)state;
	assert_at(rfc, "/foo", BYTES("[\"bar\",\"baz\"]"));
	assert_at(rfc, "/foo/0", BYTES("bar"));
	assert_at(rfc, "/", BYTES("0"));
	assert_at(rfc, "/a~1b", BYTES("1"));
	assert_at(rfc, "/c%d", BYTES("2"));
	assert_at(rfc, "/e^f", BYTES("3"));
	assert_at(rfc, "/g|h", BYTES("4"));
	assert_at(rfc, "/i\\j", BYTES("5"));
	assert_at(rfc, "/k\"l", BYTES("6"));
	assert_at(rfc, "/ ", BYTES("7"));
	assert_at(rfc, "/m~0n", BYTES("8"));
	assert_at(" 7 ", "", BYTES("7"));
}

static void json_pointer_goes_deep(void **state)
{
	static const char text[] =
	    "[{\"user\":{\"id\":42,\"tags\":[[],{},[1,[2,3]]]},\"x\":\"\"},9]";
	(void)state;
	assert_at(text, "/0/user/id", BYTES("42"));
	assert_at(text, "/0/user/tags/2/1/1", BYTES("3"));
	assert_at(text, "/0/user/tags/1", BYTES("{}"));
	assert_at(text, "/0/x", BYTES(""));
	assert_at(text, "/1", BYTES("9"));
	assert_at("[0,1,2,3,4,5,6,7,8,9,10]", "/10", BYTES("10"));
}

static void json_pointer_prefers_the_last_of_equal_keys(void **state)
{
	(void)state;
	assert_at("{\"a\":1,\"b\":2,\"\\u0061\":3}", "/a", BYTES("3"));
}

static void json_strings_are_decoded(void **state)
{
	(void)state;
	assert_at("[\"\\b\\f\\n\\r\\t\\\\\\/\\\"\"]", "/0",
		  BYTES("\b\f\n\r\t\\/\""));
	assert_at("[\"a\\u0000b\"]", "/0", BYTES("a\0b"));
	assert_at("[\"\\u00E9\\u20ac\\ud83d\\uDE00\"]", "/0",
		  BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
	assert_at("{\"a\":\"\xc3\xa9\"}", "/a", BYTES("\xc3\xa9"));
}

static void assert_none(const char *text, const char *pointer, const char *want)
{
	struct bytes value;
	struct err e;
	err_clear(&e);
	assert_int_equal(
	    json_pointer(bytes_str(text), bytes_str(pointer), &value, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text, want);
}

static void json_pointer_reports_what_is_missing(void **state)
{
	(void)state;
	assert_none("{\"a\":[1]}", "/a/1/b", "the JSON has no value at '/a/1'");
	assert_none("{\"a\":[1]}", "/a/-", "the JSON has no value at '/a/-'");
	assert_none("{\"a\":[1]}", "/a/00", "the JSON has no value at '/a/00'");
	assert_none("{\"a\":[1]}", "/a/", "the JSON has no value at '/a/'");
	assert_none("{\"a\":[1]}", "/a/18446744073709551616",
		    "the JSON has no value at '/a/18446744073709551616'");
	assert_none("[]", "/0", "the JSON has no value at '/0'");
	assert_none("{}", "/", "the JSON has no value at '/'");
	assert_none("7", "/0", "the JSON has no value at '/0'");
	assert_none("{}", "/\x1b", "the JSON has no value at '/\\e'");
	assert_none("hello", "/0",
		    "not JSON: line 1, column 1 (byte 0): invalid token");
}

static void json_pointer_rejects_malformed_pointers(void **state)
{
	(void)state;
	assert_none("{}", "a",
		    "invalid JSON Pointer (/NAME/INDEX..., ~1 for / and ~0 "
		    "for ~): 'a'");
	assert_none("{}", "/a~",
		    "invalid JSON Pointer (/NAME/INDEX..., ~1 for / and ~0 "
		    "for ~): '/a~'");
	assert_none("{}", "/a~2",
		    "invalid JSON Pointer (/NAME/INDEX..., ~1 for / and ~0 "
		    "for ~): '/a~2'");
}

static void json_find_waits_at_every_split(void **state)
{
	static const char text[] = "{\"a\":[1,true,\"\xc3\xa9\\n\"]}";
	size_t len = sizeof(text) - 1;
	struct bytes found;
	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(json_find(bytes_of(text, n), false, &found),
				 JSON_PART);
	assert_int_equal(json_find(bytes_of(text, len), false, &found),
			 JSON_FOUND);
	assert_int_equal(found.len, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_check_accepts_one_document),
	    cmocka_unit_test(json_check_reports_the_place),
	    cmocka_unit_test(json_check_rejects_nul),
	    cmocka_unit_test(json_errors_repeat_no_peer_bytes),
	    cmocka_unit_test(json_check_limits_the_depth),
	    cmocka_unit_test(json_check_limits_the_memory),
	    cmocka_unit_test(json_on_one_line_keeps_keys_and_digits),
	    cmocka_unit_test(json_on_one_line_is_whole_or_nothing),
	    cmocka_unit_test(json_pointer_finds_the_values_of_the_rfc),
	    cmocka_unit_test(json_pointer_goes_deep),
	    cmocka_unit_test(json_pointer_prefers_the_last_of_equal_keys),
	    cmocka_unit_test(json_strings_are_decoded),
	    cmocka_unit_test(json_pointer_reports_what_is_missing),
	    cmocka_unit_test(json_pointer_rejects_malformed_pointers),
	    cmocka_unit_test(json_find_waits_at_every_split),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
