/* SPDX-License-Identifier: ISC */
/*
 * Tests of the explanation after a failed search for literal text.
 * template_explain_test.c tests templates.
 */
#include "rung/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool explain(const char *text, struct bytes window, bool begins,
		    struct match_miss *out)
{
	struct match *m = match_literal(bytes_str(text), NULL);
	struct match_data data = {.window = window, .begins = begins};
	uint64_t left = 1 << 20;
	bool explained = match_explain(m, &data, &left, out);

	match_unref(m);
	return explained;
}

static void literal_names_the_first_byte_that_differs(void **state)
{
	struct match_miss miss;

	(void)state;
	assert_true(explain("HELLO YOU", BYTES("HELLO WORLD"), false, &miss));
	assert_int_equal(miss.at, 6);
	assert_int_equal(miss.matched, 6);
	assert_int_equal(miss.expected, 'Y');
	assert_string_equal(miss.part, "");
	assert_string_equal(miss.reason, "expected 59 'Y', received 57 'W'");
}

static void literal_prefers_the_longest_match(void **state)
{
	struct match_miss miss;

	(void)state;
	assert_true(explain("abd", BYTES("ab abc abe"), false, &miss));
	assert_int_equal(miss.at, 2);
	assert_true(explain("abcd", BYTES("ab abc abe"), false, &miss));
	assert_int_equal(miss.at, 6);
}

static void literal_counts_missing_bytes(void **state)
{
	struct match_miss miss;

	(void)state;
	assert_true(explain("OK\r\n", BYTES("OK\r"), false, &miss));
	assert_int_equal(miss.at, 3);
	assert_int_equal(miss.expected, '\n');
	assert_string_equal(miss.reason, "missing 1 of 4 bytes");
	assert_true(explain("abc", BYTES_NONE, true, &miss));
	assert_string_equal(miss.reason, "missing 3 of 3 bytes");
}

static void literal_without_a_match_counts_at_the_start_only(void **state)
{
	struct match_miss miss;

	(void)state;
	assert_false(explain("abc", BYTES("xy"), false, &miss));
	assert_true(explain("abc", BYTES("xy"), true, &miss));
	assert_int_equal(miss.at, 0);
	assert_int_equal(miss.expected, 'a');
	/* No other place is compared. */
	assert_true(explain("abd", BYTES("xabc"), true, &miss));
	assert_int_equal(miss.at, 0);
}

static void literal_that_is_found_has_no_miss(void **state)
{
	struct match_miss miss;

	(void)state;
	assert_false(explain("abc", BYTES("ab abc"), false, &miss));
}

static void expression_has_no_explanation(void **state)
{
	struct match *m = match_regex(BYTES("a+b"), BYTES_NONE, NULL);
	struct match_data data = {.window = BYTES("aac")};
	uint64_t left = 1 << 20;
	struct match_miss miss;

	(void)state;
	assert_false(match_explain(m, &data, &left, &miss));
	match_unref(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(literal_names_the_first_byte_that_differs),
	    cmocka_unit_test(literal_prefers_the_longest_match),
	    cmocka_unit_test(literal_counts_missing_bytes),
	    cmocka_unit_test(literal_without_a_match_counts_at_the_start_only),
	    cmocka_unit_test(literal_that_is_found_has_no_miss),
	    cmocka_unit_test(expression_has_no_explanation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
