/* SPDX-License-Identifier: ISC */
/*
 * Tests of the expressions for data with changing parts: each matches the data
 * and the data of another run, and nothing else.
 */
#include "rung/match.h"
#include "src/shell/replay_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Appends the expression for the data, and the names of the changing parts. */
static void make(struct bytes data, struct buf *pattern, struct buf *names)
{
	changing_name(changing_print(data, 0, data.len, pattern), names);
}

/* Returns true if the expression matches all of the text. */
static bool matches(const struct buf *pattern, struct bytes text)
{
	struct buf source = {.limit = SIZE_MAX};
	struct match_found found;
	struct err e;
	buf_puts(&source, "\\A");
	buf_put(&source, buf_bytes(pattern));
	buf_puts(&source, "\\z");
	struct match *m = match_regex(buf_bytes(&source), BYTES_NONE, &e);
	if (!m)
		fail_msg("%s: %s", buf_cstr(&source), e.text);
	bool result = match_begins(m, text, true, NULL, &found, NULL) ==
		      MATCH_YES;
	match_unref(m);
	buf_fini(&source);
	return result;
}

static void each_kind_may_have_another_value(void **state)
{
	static const struct {
		const char *names, *data, *other, *wrong;
	} rows[] = {
	    {"a date", "Date: Tue, 01 Dec 2026 03:24:42 GMT\r\n",
	     "Date: Mon, 31 Jan 2028 13:00:07 GMT\r\n",
	     "Date: Mon, 31 Jan 2028 13:00:07 CET\r\n"},
	    {"a date", "Tue, 1 Dec 2026 03:24:42 +0100",
	     "Wed, 12 Dec 2026 03:24:42 +0100",
	     "Wed, 12 Dec 2026 03:24:42 +0000"},
	    {"a date", "expires=Tue, 01-Dec-2026 03:24:42 GMT;",
	     "expires=Fri, 04-Jan-2027 03:24:42 GMT;", "expires=never;"},
	    {"a date", "Tue Dec  1 03:24:42 2026\n",
	     "Sat Nov 21 13:59:59 2026\n", "Sat Nov 21 13:59:59 2026\r\n"},
	    {"a date", "Tue Dec  1 03:24:42 UTC 2026",
	     "Wed Dec 12 03:24:42 CEST 2026", "Wed Dec 12 03:24:42 x 2026"},
	    {"a date", "<13>Dec  1 03:24:42 host", "<13>Jan 21 03:24:42 host",
	     "<13>Jan 21 03:24:42 other"},
	    {"a date", "[01/Dec/2026:03:24:42 +0000]",
	     "[12/Feb/2027:03:24:42 +0000]", "[12/Feb/2027:03:24:42 +0100]"},
	    {"a date", "2026-12-01T03:24:42Z", "2027-01-31T23:59:59Z",
	     "2027-01-31T23:59:59"},
	    {"a date", "\"2026-12-01T03:24:42.120+00:00\"",
	     "\"2027-01-31T23:59:59+00:00\"", "\"2027-01-31T23:59:59Z\""},
	    {"a date", "2026-12-01 03:24:42,5 x", "2027-01-31 23:59:59,123 x",
	     "2027-01-31 23:59:59,123 y"},
	    {"a date", "20261201T032442Z", "20270131T235959Z", "20270131"},
	    {"a date", "on 2026-12-01.", "on 2027-01-31.", "on 2027-1-31."},
	    {"a time", "12:00:01 up", "03:24:42.5 up", "12:00:01 down"},
	    {"a time", "t=1764559482.25", "t=1964559482.123456", "t=17645594"},
	    {"a time", "{\"ms\":1764559482123}", "{\"ms\":1964559482000}",
	     "{\"ms\":0}"},
	    {"a time", "us 1764559482123456", "us 1964559482000000", "us 17"},
	    {"a time", "1764559482123.25 ns 1764559482123456789",
	     "1964559482000.1 ns 1964559482000000000", "1.25 ns 1"},
	    {"a UUID", "id 123e4567-e89b-12d3-a456-426614174000",
	     "id 00000000-E89B-12d3-a456-ffffffffffff", "id 123e4567"},
	    {"a hex number", "token=deadbeef00112233", "token=0123456789abcdef",
	     "token=0123456789abcdef0"},
	    {"a port", "from 127.0.0.1:43122", "from 127.0.0.1:60001",
	     "from 127.0.0.2:60001"},
	    {"a port", "[::1]:43122", "[::1]:60001", "[::2]:60001"},
	    {"a port", "{\"port\": 43122}", "{\"port\": 60001}",
	     "{\"port\": \"60001\"}"},
	    {"a date, a port", "2026-12-01 Port 43122", "2027-01-31 Port 60001",
	     "2027-01-31 port 60001"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf pattern = {.limit = BUF_SMALL};
		struct buf names = {.limit = BUF_SMALL};
		make(bytes_str(rows[i].data), &pattern, &names);
		assert_string_equal(buf_cstr(&names), rows[i].names);
		if (!matches(&pattern, bytes_str(rows[i].data)) ||
		    !matches(&pattern, bytes_str(rows[i].other)))
			fail_msg("%s: /%s/", rows[i].data, buf_cstr(&pattern));
		assert_false(matches(&pattern, bytes_str(rows[i].wrong)));
		buf_fini(&pattern);
		buf_fini(&names);
	}
}

static void other_data_is_literal(void **state)
{
	static const char *const rows[] = {
	    "1234567890",         "00:11:22:33:44:55", "fe80::12:34:56",
	    "99:99:99",           "127.0.0.1:8080",    "x43122",
	    "export 43122",       "size 43122",        "1234567890123456",
	    "abcdefabcdefabcdef", "Tuesday, 1 Dec",    "12345-12-01",
	    "2026-12-011",        "x2026-12-01",       "0.1764559482123",
	    "3.1764559482",
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf pattern = {.limit = BUF_SMALL};
		struct buf names = {.limit = BUF_SMALL};
		make(bytes_str(rows[i]), &pattern, &names);
		assert_string_equal(buf_cstr(&names), "");
		assert_true(matches(&pattern, bytes_str(rows[i])));
		buf_fini(&pattern);
		buf_fini(&names);
	}
}

/* No byte has a meaning in the expression, or ends it. */
static void each_byte_matches_itself_only(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		const uint8_t text[] = {(uint8_t)c, (uint8_t)c, 'a', '{'};
		struct buf pattern = {.limit = BUF_SMALL};
		changing_print(bytes_of(text, 4), 0, 4, &pattern);
		struct bytes source = buf_bytes(&pattern);
		for (size_t i = 0; i < source.len; i++) {
			assert_in_range(source.at[i], ' ', '~');
			if (source.at[i] == '/')
				assert_int_equal(source.at[i - 1], '\\');
		}
		for (unsigned d = 0; d < 256; d++) {
			const uint8_t other[] = {(uint8_t)c, (uint8_t)d, 'a',
						 '{'};
			assert_int_equal(matches(&pattern, bytes_of(other, 4)),
					 c == d);
		}
		buf_fini(&pattern);
	}
}

static void line_is(const char *data, size_t at, size_t begin, size_t end)
{
	size_t stop;
	assert_int_equal(changing_line(bytes_str(data), at, 40, &stop), begin);
	assert_int_equal(stop, end);
}

static void lines_are_found(void **state)
{
	(void)state;
	line_is("", 0, 0, 0);
	line_is("a\nb\n", 0, 4, 4);
	line_is("a\non 2026-12-01.\nc\n2026-12-01", 0, 2, 17);
	line_is("a\non 2026-12-01.\nc\n2026-12-01", 17, 19, 29);
	line_is("a\non 2026-12-01.\nc\n", 17, 19, 19);
	/* A long line is cut before a part, or at the limit. */
	line_is("0123456789 0123456789 0123456789 on 2026-12-01", 0, 36, 46);
	line_is("on 2026-12-01 0123456789 0123456789 0123456789", 0, 0, 40);
	line_is("on 2026-12-01 0123456789 012345 2026-12-01 01", 0, 0, 32);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_may_have_another_value),
	    cmocka_unit_test(other_data_is_literal),
	    cmocka_unit_test(each_byte_matches_itself_only),
	    cmocka_unit_test(lines_are_found),
	};
	return cmocka_run_group_tests_name("changing", tests, NULL, NULL);
}
