/* SPDX-License-Identifier: ISC */
/*
 * Tests of parsing and printing numbers, sizes and durations.
 */
#include "rung/param.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MS     UINT64_C(1000000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

typedef int parse_fn(struct bytes, uint64_t *, struct err *);
typedef void print_fn(uint64_t, struct buf *);

struct good {
	const char *text;
	uint64_t value;
};

static void reads(parse_fn *parse, const struct good *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = 99;
		struct err e = {.kind = ERR_NONE};

		if (parse(bytes_str(cases[i].text), &value, &e) ||
		    value != cases[i].value)
			fail_msg("'%s' is %llu: %s", cases[i].text,
				 (unsigned long long)value, e.text);
	}
}

static void refuses(parse_fn *parse, const char *const *cases)
{
	for (; *cases; cases++) {
		uint64_t value = 99;
		struct err e = {.kind = ERR_NONE};

		if (!parse(bytes_str(*cases), &value, &e))
			fail_msg("'%s' was taken as %llu", *cases,
				 (unsigned long long)value);
		assert_int_equal(value, 99);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_int_equal(parse(bytes_str(*cases), &value, NULL), -1);
	}
}

static void prints(print_fn *print, const struct good *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf out;

		buf_init(&out, BUF_SMALL);
		print(cases[i].value, &out);
		assert_string_equal(buf_cstr(&out), cases[i].text);
		buf_fini(&out);
	}
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void number_reads_decimal_and_hex(void **state)
{
	static const struct good good[] = {
	    {"0", 0},
	    {"12", 12},
	    {"010", 10},
	    {"0x1F", 31},
	    {"0Xff", 255},
	    {"18446744073709551615", UINT64_MAX},
	    {"0xffffffffffffffff", UINT64_MAX},
	};
	static const char *const bad[] = {"",
					  "-1",
					  "+1",
					  "1x",
					  "0x",
					  "0xg",
					  " 1",
					  "1.5",
					  "18446744073709551616",
					  "0x10000000000000000",
					  "99999999999999999999999",
					  NULL};

	(void)state;
	reads(parse_number, good, COUNT(good));
	refuses(parse_number, bad);
}

static void number_errors_quote_the_word(void **state)
{
	uint64_t value;
	struct err e;

	(void)state;
	assert_int_equal(parse_number(BYTES("a\x1b"), &value, &e), -1);
	assert_string_equal(e.text, "'a\\x1b' is not a number");
	assert_int_equal(parse_number(BYTES("-3"), &value, &e), -1);
	assert_string_equal(e.text, "'-3' is negative");
	assert_int_equal(parse_number(BYTES_NONE, &value, &e), -1);
	assert_string_equal(e.text, "'' is not a number");
}

static void fractions_of_more_than_nine_digits_are_errors(void **state)
{
	uint64_t value;
	struct err e;

	(void)state;
	assert_int_equal(parse_size(BYTES("1.0000000001T"), &value, &e), -1);
	assert_string_equal(
	    e.text, "'1.0000000001T' has more than 9 digits after the point");
	assert_int_equal(parse_duration(BYTES("1.0000000001h"), &value, &e),
			 -1);
	assert_string_equal(
	    e.text, "'1.0000000001h' has more than 9 digits after the point");
	assert_int_equal(parse_duration(BYTES("1.5ns"), &value, &e), -1);
	assert_string_equal(e.text,
			    "'1.5ns' is not a whole number of nanoseconds");
	assert_int_equal(parse_duration(BYTES("1.10000000000s"), &value, &e),
			 0);
	assert_int_equal(value, 1100000000);
}

static void size_reads_binary_units_and_exact_fractions(void **state)
{
	static const struct good good[] = {
	    {"0", 0},
	    {"512", 512},
	    {"64k", 65536},
	    {"64K", 65536},
	    {"1M", 1048576},
	    {"1.5M", 1572864},
	    {"0.5k", 512},
	    {"1G", UINT64_C(1) << 30},
	    {"2T", UINT64_C(2) << 40},
	    {"16777215T", UINT64_C(16777215) << 40},
	    {"1.50000000000000000000k", 1536},
	};
	static const char *const bad[] = {"",
					  "k",
					  "1.3k",
					  "0.5",
					  "1MB",
					  "1 k",
					  "-1k",
					  "1.k",
					  ".",
					  "1kk",
					  "1e3",
					  "16777216T",
					  "0x10",
					  "99999999999999999999",
					  "1.0000000001T",
					  NULL};

	(void)state;
	reads(parse_size, good, COUNT(good));
	refuses(parse_size, bad);
}

static void size_prints_units_if_exact(void **state)
{
	static const struct good good[] = {
	    {"0", 0},
	    {"512", 512},
	    {"1023", 1023},
	    {"1k", 1024},
	    {"64k", 65536},
	    {"1.5M", 1572864},
	    {"1280k", 1310720},
	    {"1G", UINT64_C(1) << 30},
	    {"18446744073709551615", UINT64_MAX},
	};

	(void)state;
	prints(print_size, good, COUNT(good));
	reads(parse_size, good, COUNT(good));
}

static void duration_reads_units_and_fractions(void **state)
{
	static const struct good good[] = {
	    {"0", 0},
	    {"2", 2 * SECOND},
	    {"1.5", 1500 * MS},
	    {".5s", 500 * MS},
	    {"250ms", 250 * MS},
	    {"0.25ms", 250000},
	    {"2s", 2 * SECOND},
	    {"1m", MINUTE},
	    {"1h", HOUR},
	    {"1m30s", 90 * SECOND},
	    {"1h2m3s4ms", HOUR + 2 * MINUTE + 3 * SECOND + 4 * MS},
	    {"3us", 3000},
	    {"7ns", 7},
	    {"2562047h47m16s854ms775us807ns", INT64_MAX},
	};
	static const char *const bad[] = {
	    "", "s", "-1s", "1x", "1 s", "1s2m", "1m2", "1s1s", "1.s", "ms",
	    "1h1h", "1mm", "99999999999", "5124096h", "5000000h500000000000m",
	    /* The sum of the current time and one of these durations would
	     * overflow. */
	    "2562047h47m16s854ms775us808ns", "18446744073", NULL};

	(void)state;
	reads(parse_duration, good, COUNT(good));
	refuses(parse_duration, bad);
}

static void duration_prints_at_most_three_digits(void **state)
{
	static const struct good good[] = {
	    {"0s", 0},
	    {"999ns", 999},
	    {"1us", 1000},
	    {"1.23us", 1234},
	    {"250ms", 250 * MS},
	    {"12.3ms", 12345678},
	    {"1ms", 999600},
	    {"1s", 999999999},
	    {"2s", 2 * SECOND},
	    {"1.5s", 1500 * MS},
	    {"1.23s", 1234 * MS},
	    {"10s", 9999 * MS},
	    {"59.9s", 59940 * MS - 50 * MS},
	    {"1m", 59999 * MS},
	    {"1m30s", 90 * SECOND},
	    {"59m59s", HOUR - SECOND},
	    {"1h", HOUR - 1},
	    {"1h5m", HOUR + 5 * MINUTE},
	    {"5124095h35m", UINT64_MAX},
	};

	(void)state;
	prints(print_duration, good, COUNT(good));
}

static void duration_of_one_unit_reads_back(void **state)
{
	static const struct good good[] = {
	    {"7ns", 7},         {"3us", 3000},       {"250ms", 250 * MS},
	    {"2s", 2 * SECOND}, {"1.5s", 1500 * MS}, {"12m", 12 * MINUTE},
	    {"3h", 3 * HOUR},
	};

	(void)state;
	prints(print_duration, good, COUNT(good));
	reads(parse_duration, good, COUNT(good));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(number_reads_decimal_and_hex),
	    cmocka_unit_test(number_errors_quote_the_word),
	    cmocka_unit_test(fractions_of_more_than_nine_digits_are_errors),
	    cmocka_unit_test(size_reads_binary_units_and_exact_fractions),
	    cmocka_unit_test(size_prints_units_if_exact),
	    cmocka_unit_test(duration_reads_units_and_fractions),
	    cmocka_unit_test(duration_prints_at_most_three_digits),
	    cmocka_unit_test(duration_of_one_unit_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
