/* SPDX-License-Identifier: ISC */
/*
 * Tests of rows: where they begin and end, how they are found forwards and
 * backwards, and how they are counted.
 */
#include "view_test.h"

#include "src/view/rows.h"

static void row_waits_until_newline(void **state)
{
	(void)state;
	assert_int_equal(row_next(BYTES("ab\ncd"), false), 3);
	assert_int_equal(row_next(BYTES("abcd"), false), 0);
	assert_int_equal(row_next(BYTES("abcd"), true), 4);
	assert_int_equal(row_next(BYTES("\n"), false), 1);
	assert_int_equal(row_next(BYTES_NONE, false), 0);
	assert_int_equal(row_next(BYTES_NONE, true), 0);
}

static void row_end_knows_both_line_ends(void **state)
{
	(void)state;
	assert_int_equal(row_end(BYTES("a\r\n")), 2);
	assert_int_equal(row_end(BYTES("\r\n")), 2);
	assert_int_equal(row_end(BYTES("a\n")), 1);
	assert_int_equal(row_end(BYTES("\n")), 1);
	assert_int_equal(row_end(BYTES("a\r")), 0);
	assert_int_equal(row_end(BYTES_NONE), 0);
}

static void long_row_is_cut_at_the_limit(void **state)
{
	size_t len = ROW_MAX + 10;
	char *line = xalloc(len);

	(void)state;
	memset(line, 'x', len);
	assert_int_equal(row_next(bytes_of(line, len), false), ROW_MAX);
	assert_int_equal(row_next(bytes_of(line, ROW_MAX), false), ROW_MAX);
	assert_int_equal(row_next(bytes_of(line, ROW_MAX - 1), false), 0);
	memcpy(line + ROW_MAX - 1, "\r\n", 2);
	assert_int_equal(row_next(bytes_of(line, len), false), ROW_MAX - 1);
	memcpy(line + ROW_MAX - 2, "\xe2\x82\xac", 3);
	assert_int_equal(row_next(bytes_of(line, len), false), ROW_MAX - 2);
	free(line);
}

static void cut_keeps_characters_whole(void **state)
{
	struct bytes euro = BYTES("a\xe2\x82\xac"
				  "b");
	struct bytes face = BYTES("\xf0\x9f\x98\x80");

	(void)state;
	assert_int_equal(row_cut(euro, 1), 1);
	assert_int_equal(row_cut(euro, 2), 1);
	assert_int_equal(row_cut(euro, 3), 1);
	assert_int_equal(row_cut(euro, 4), 4);
	assert_int_equal(row_cut(euro, 5), 5);
	assert_int_equal(row_cut(BYTES("a\xf0\x9f\x98\x80"), 4), 1);
	/* A row has at least one byte. */
	assert_int_equal(row_cut(face, 1), 1);
	/* Invalid UTF-8 may be cut at any byte. */
	assert_int_equal(row_cut(BYTES("\x82\x82\x82\x82"), 3), 3);
	assert_int_equal(row_cut(BYTES("a\r\n"), 2), 1);
	assert_int_equal(row_cut(BYTES("\r\n"), 1), 1);
}

static void head_has_as_many_rows(void **state)
{
	struct bytes data = BYTES("1\n22\n333\n4");

	(void)state;
	assert_int_equal(rows_head(data, 0), 0);
	assert_int_equal(rows_head(data, 1), 2);
	assert_int_equal(rows_head(data, 3), 9);
	assert_int_equal(rows_head(data, 4), 10);
	assert_int_equal(rows_head(data, 400), 10);
}

static void tail_has_as_many_rows(void **state)
{
	struct bytes data = BYTES("1\n22\n333\n4");

	(void)state;
	assert_int_equal(rows_tail(data, 0), 10);
	assert_int_equal(rows_tail(data, 1), 9);
	assert_int_equal(rows_tail(data, 2), 5);
	assert_int_equal(rows_tail(data, 4), 0);
	assert_int_equal(rows_tail(data, 400), 0);
	assert_int_equal(rows_tail(BYTES("\n\n\n"), 2), 1);
}

static void long_rows_count_as_many(void **state)
{
	size_t len = 10 * ROW_WIDE;
	char *line = xalloc(len);
	struct bytes data = bytes_of(line, len);

	(void)state;
	memset(line, 'x', len);
	assert_int_equal(rows_count(data), 10);
	assert_int_equal(rows_head(data, 3), 3 * ROW_WIDE);
	assert_int_equal(rows_tail(data, 3), 7 * ROW_WIDE);
	assert_int_equal(rows_tail(data, 10), 0);
	/* A continued row does not begin in the middle of a character. */
	memcpy(line + 7 * ROW_WIDE - 1, "\xe2\x82\xac", 3);
	assert_int_equal(rows_tail(data, 3), 7 * ROW_WIDE + 2);
	memcpy(line + 3 * ROW_WIDE - 1, "\xe2\x82\xac", 3);
	assert_int_equal(rows_head(data, 3), 3 * ROW_WIDE - 1);
	free(line);
}

static void rows_are_counted(void **state)
{
	(void)state;
	assert_int_equal(rows_count(BYTES_NONE), 0);
	assert_int_equal(rows_count(BYTES("a\n\nb\n")), 3);
	assert_int_equal(rows_count(BYTES("a\nb")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(row_waits_until_newline),
	    cmocka_unit_test(row_end_knows_both_line_ends),
	    cmocka_unit_test(long_row_is_cut_at_the_limit),
	    cmocka_unit_test(cut_keeps_characters_whole),
	    cmocka_unit_test(head_has_as_many_rows),
	    cmocka_unit_test(tail_has_as_many_rows),
	    cmocka_unit_test(long_rows_count_as_many),
	    cmocka_unit_test(rows_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
