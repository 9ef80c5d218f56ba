/* SPDX-License-Identifier: ISC */
/*
 * Tests of the bodies of HTML forms.
 */
#include "rung/codec/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void urlencoded_text_is_that_of_a_browser(void **state)
{
	struct buf out = {.limit = BUF_SMALL};
	(void)state;
	assert_int_equal(form_put_escaped(BYTES("aZ09*-._ ~+&=%\0\n\xc3\xa9"),
					  FORM_KEPT, &out),
			 0);
	assert_string_equal(buf_cstr(&out),
			    "aZ09*-._+%7E%2B%26%3D%25%00%0A%C3%A9");
	buf_fini(&out);
}

static void boundaries_come_from_the_random_bytes(void **state)
{
	static const uint8_t random[FORM_RANDOM] = {0, 1, 0xFE, 0xFF};
	struct buf out = {.limit = BUF_SMALL};
	(void)state;
	assert_int_equal(form_put_boundary(random, &out), 0);
	assert_string_equal(buf_cstr(&out),
			    "------------------------0001feff0000000000000000");
	/* RFC 2046 §5.1.1: at most 70 characters. */
	assert_true(buf_len(&out) <= 70);
	buf_fini(&out);
}

static void parts_are_delimited(void **state)
{
	struct buf out = {.limit = BUF_SMALL};
	struct form_part part = {.name = BYTES("a\"\r\nb"),
				 .data = BYTES("x\0\r\n--B")};
	static const char want[] =
	    "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"\r\n"
	    "\r\nx\0\r\n--B\r\n"
	    "--B\r\nContent-Disposition: form-data; name=\"f\"; "
	    "filename=\"\"\r\nContent-Type: text/plain\r\n\r\n\r\n--B--\r\n";
	(void)state;
	assert_int_equal(form_put_part(&part, BYTES("B"), &out), 0);
	part = (struct form_part){.name = BYTES("f"),
				  .filename = BYTES(""),
				  .type = BYTES("text/plain")};
	assert_int_equal(form_put_part(&part, BYTES("B"), &out), 0);
	assert_int_equal(form_put_end(BYTES("B"), &out), 0);
	assert_true(
	    bytes_equal(buf_bytes(&out), bytes_of(want, sizeof(want) - 1)));
	buf_fini(&out);
}

static void full_bufs_are_reported(void **state)
{
	struct form_part part = {.name = BYTES("a"), .data = BYTES("x")};
	static const uint8_t random[FORM_RANDOM];
	(void)state;
	for (size_t limit = 0; limit < 20; limit++) {
		struct buf out = {.limit = limit};
		assert_int_equal(form_put_part(&part, BYTES("B"), &out), -1);
		assert_int_equal(form_put_boundary(random, &out), -1);
		buf_clear(&out);
		assert_int_equal(form_put_end(BYTES("B"), &out),
				 limit < 7 ? -1 : 0);
		buf_clear(&out);
		assert_int_equal(form_put_escaped(BYTES("a&"), "", &out),
				 limit < 4 ? -1 : 0);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(urlencoded_text_is_that_of_a_browser),
	    cmocka_unit_test(boundaries_come_from_the_random_bytes),
	    cmocka_unit_test(parts_are_delimited),
	    cmocka_unit_test(full_bufs_are_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
