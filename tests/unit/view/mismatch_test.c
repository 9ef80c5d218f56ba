/* SPDX-License-Identifier: ISC */
/*
 * Tests of the rows of unexpected data: the position of the mark, and when
 * there is none.
 */
#include "view_test.h"

#define ROW_1 "00000000  48 45 4c 4c 4f 20 57 4f  52 4c 44 0d 0a 61 62 63"
#define BAR_1 "  |HELLO WORLD..abc|\n"

static void assert_rows(struct bytes data, uint64_t offset, size_t mark,
			int wanted, const char *expected)
{
	struct text t = test_text(false);

	view_mismatch(data, offset, mark, wanted, &t);
	assert_string_equal(buf_cstr(&t.buf), expected);
	text_fini(&t);
}

static void miss_marks_a_byte(void **state)
{
	(void)state;
	assert_rows(BYTES("HELLO WORLD\r\nabc"), 0, 6, 'Y',
		    ROW_1 BAR_1
		    "                            ^^ expected 59 'Y'\n");
	/* The mark is to the right of the gap in the middle of a row. */
	assert_rows(BYTES("HELLO WORLD\r\nabc"), 0, 9, 'K',
		    ROW_1 BAR_1
		    "                                      ^^ expected 4b "
		    "'K'\n");
}

static void miss_at_the_end_is_marked_after_it(void **state)
{
	(void)state;
	assert_rows(BYTES("OK\r"), 0, 3, '\n',
		    "00000000  4f 4b 0d"
		    "                                          |OK.|\n"
		    "                   ^^ expected 0a\n");
}

static void miss_without_a_constant_has_only_the_mark(void **state)
{
	(void)state;
	assert_rows(BYTES("xy"), 0, 1, -1,
		    "00000000  78 79"
		    "                                             |xy|\n"
		    "             ^^\n");
}

static void miss_past_the_data_has_no_mark(void **state)
{
	const char *row = "00000000  78 79"
			  "                                             |xy|\n";

	(void)state;
	assert_rows(BYTES("xy"), 0, 3, 'a', row);
	assert_rows(BYTES("xy"), 0, SIZE_MAX, -1, row);
}

static void miss_stands_under_its_row_and_offset(void **state)
{
	(void)state;
	assert_rows(BYTES("0123456789abcdefgh"), 0x123456780, 18, 'i',
		    "123456780  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 "
		    "66  |0123456789abcdef|\n"
		    "123456790  67 68"
		    "                                             |gh|\n"
		    "                 ^^ expected 69 'i'\n");
	/* The byte after a row is the first of the next row. */
	assert_rows(BYTES("0123456789abcdefgh"), 0, 16, 'i',
		    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 "
		    "66  |0123456789abcdef|\n"
		    "00000010  67 68"
		    "                                             |gh|\n"
		    "          ^^ expected 69 'i'\n");
}

static void miss_of_nothing_shows_nothing(void **state)
{
	(void)state;
	assert_rows(BYTES_NONE, 0, 0, 'O', "");
	assert_rows(BYTES_NONE, 0, SIZE_MAX, -1, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(miss_marks_a_byte),
	    cmocka_unit_test(miss_at_the_end_is_marked_after_it),
	    cmocka_unit_test(miss_without_a_constant_has_only_the_mark),
	    cmocka_unit_test(miss_past_the_data_has_no_mark),
	    cmocka_unit_test(miss_stands_under_its_row_and_offset),
	    cmocka_unit_test(miss_of_nothing_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
