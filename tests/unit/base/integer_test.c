/* SPDX-License-Identifier: ISC */
/*
 * Tests signed integers: their text, their limits, their arithmetic.
 */
#include "rung/integer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void integer_text_is_decimal_with_a_minus(void **state)
{
	static const char *const good[] = {
	    "0", "-1", "42", "9223372036854775807", "-9223372036854775808"};
	static const char *const bad[] = {
	    "",    "-",    "+1",
	    "1 ",  "0x10", "1.5",
	    "--1", "a",    "9223372036854775808",
	    "1e3", " 1",   "-9223372036854775809",
	};
	char text[INTEGER_DIGITS];
	int64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(integer_read(bytes_str(good[i]), &n));
		assert_true(bytes_is(integer_print(n, text), good[i]));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(integer_read(bytes_str(bad[i]), &n));
	assert_true(integer_read(BYTES("-0007"), &n));
	assert_int_equal(n, -7);
	assert_false(integer_read(BYTES("1\0"), &n));
}

static void integer_error_names_the_value(void **state)
{
	struct err e;
	int64_t n;

	(void)state;
	assert_int_equal(integer_read_as(BYTES("A"), BYTES("a\033\0"), &n, &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text, "A is not a 64-bit integer: 'a\\e\\0'");
}

static void calculation_never_overflows(void **state)
{
	static const struct {
		int64_t a;
		char op;
		int64_t b, result;
		const char *error;
	} cases[] = {
	    {2, '+', 3, 5, NULL},
	    {2, '-', 3, -1, NULL},
	    {-4, '*', 3, -12, NULL},
	    {7, '/', 2, 3, NULL},
	    {-7, '/', 2, -3, NULL},
	    {-7, '%', 2, -1, NULL},
	    {7, '%', -2, 1, NULL},
	    {INT64_MIN, '%', -1, 0, NULL},
	    {INT64_MAX, '/', -1, -INT64_MAX, NULL},
	    {INT64_MAX, '+', 1, 0, "64 bits"},
	    {INT64_MIN, '+', -1, 0, "64 bits"},
	    {INT64_MIN, '-', 1, 0, "64 bits"},
	    {0, '-', INT64_MIN, 0, "64 bits"},
	    {INT64_MAX, '*', 2, 0, "64 bits"},
	    {INT64_MIN, '*', -1, 0, "64 bits"},
	    {INT64_MIN, '/', -1, 0, "64 bits"},
	    {1, '/', 0, 0, "by zero"},
	    {1, '%', 0, 0, "by zero"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e;
		int64_t out = 0;
		int bad = integer_compute(cases[i].a, cases[i].op, cases[i].b,
					  &out, &e);

		assert_int_equal(bad, cases[i].error ? -1 : 0);
		if (bad)
			assert_non_null(strstr(e.text, cases[i].error));
		else
			assert_int_equal(out, cases[i].result);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integer_text_is_decimal_with_a_minus),
	    cmocka_unit_test(integer_error_names_the_value),
	    cmocka_unit_test(calculation_never_overflows),
	};
	return cmocka_run_group_tests_name("integer", tests, NULL, NULL);
}
