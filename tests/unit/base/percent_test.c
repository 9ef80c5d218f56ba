/* SPDX-License-Identifier: ISC */
/*
 * Tests hexadecimal digits and percent-encoding.
 */
#include "rung/percent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void digits_have_values(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	int known = 0;
	(void)state;
	for (int c = 0; c < 256; c++)
		known += hex_value((uint8_t)c) >= 0;
	assert_int_equal(known, 22);
	for (int i = 0; i < 22; i++)
		assert_int_equal(hex_value((uint8_t)digits[i]),
				 i < 16 ? i : i - 6);
}

static void coded_bytes_are_read(void **state)
{
	(void)state;
	assert_int_equal(percent_value(BYTES("%00")), 0);
	assert_int_equal(percent_value(BYTES("%fFx")), 0xFF);
	assert_int_equal(percent_value(BYTES("%4")), -1);
	assert_int_equal(percent_value(BYTES("%4g")), -1);
	assert_int_equal(percent_value(BYTES("%g4")), -1);
	assert_int_equal(percent_value(BYTES("a41")), -1);
	assert_int_equal(percent_value(BYTES_NONE), -1);
}

/* Each byte is kept or coded, and read back. */
static void written_bytes_are_read_back(void **state)
{
	int kept = 0;
	(void)state;
	for (int c = 0; c < 256; c++) {
		struct buf out = {.limit = 3};
		assert_int_equal(percent_put((uint8_t)c, "-%", &out), 0);
		struct bytes text = buf_bytes(&out);
		if (text.len == 1) {
			kept++;
			assert_int_equal(text.at[0], c);
		} else {
			assert_int_equal(percent_value(text), c);
		}
		buf_fini(&out);
	}
	assert_int_equal(kept, 64);
}

static void full_buf_is_reported(void **state)
{
	struct buf out = {.limit = 2};
	(void)state;
	assert_int_equal(percent_put(' ', "", &out), -1);
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(digits_have_values),
	    cmocka_unit_test(coded_bytes_are_read),
	    cmocka_unit_test(written_bytes_are_read_back),
	    cmocka_unit_test(full_buf_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
