/* SPDX-License-Identifier: ISC */
/*
 * Tests the JSON writer: commas, escapes, invalid text.
 */
#include "rung/codec/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void json_members_are_separated_by_commas(void **state)
{
	struct buf out = {.limit = BUF_SMALL};

	(void)state;
	buf_putc(&out, '{');
	json_put_number("n", UINT64_MAX, &out);
	json_put_words("s", "{", &out);
	json_put_bool("yes", true, &out);
	json_put_bool("no", false, &out);
	json_put_hex("h", BYTES("\0\xab"), &out);
	json_put_hex("none", BYTES(""), &out);
	buf_putc(&out, '}');
	assert_string_equal(buf_cstr(&out),
			    "{\"n\":18446744073709551615,\"s\":\"{\","
			    "\"yes\":true,\"no\":false,\"h\":\"00ab\","
			    "\"none\":\"\"}");
	buf_fini(&out);
}

static void json_put_string_escapes_what_a_terminal_must_not_get(void **state)
{
	const struct {
		struct bytes in;
		const char *out;
	} cases[] = {
	    {BYTES("a\"\\b"), "a\\\"\\\\b"},
	    {BYTES("\b\f\n\r\t"), "\\b\\f\\n\\r\\t"},
	    {BYTES("\0\x1b\x7f"), "\\u0000\\u001b\\u007f"},
	    {BYTES("\xc3\xa9\xe2\x82\xac"), "\xc3\xa9\xe2\x82\xac"},
	    {BYTES("\xe2\x80\xae"), "\\u202e"},            /* bidi control */
	    {BYTES("\xf3\xa0\x81\x81"), "\\udb40\\udc41"}, /* tag character */
	    {BYTES("a\xff"
		   "b\xc3"),
	     "a\\ufffdb\\ufffd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = {.limit = BUF_SMALL},
			   want = {.limit = BUF_SMALL};

		json_put_string("k", cases[i].in, &out);
		buf_printf(&want, "\"k\":\"%s\"", cases[i].out);
		assert_string_equal(buf_cstr(&out), buf_cstr(&want));
		buf_fini(&out);
		buf_fini(&want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_members_are_separated_by_commas),
	    cmocka_unit_test(
		json_put_string_escapes_what_a_terminal_must_not_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
