/* SPDX-License-Identifier: ISC */
/*
 * Tests of the report on unexpected data: the position of the mark, and when
 * there is none.
 */
#include "view_test.h"

#include <stdio.h>

#define ROW_1 "00000000  48 45 4c 4c 4f 20 57 4f  52 4c 44 0d 0a 61 62 63"
#define BAR_1 "  |HELLO WORLD..abc|\n"

static void assert_miss(struct bytes data, uint64_t offset, struct bytes text,
			bool begins, const char *expected)
{
	struct text t = test_text(false);

	view_mismatch(data, offset, &text, 1, begins, &t);
	assert_string_equal(buf_cstr(&t.buf), expected);
	text_fini(&t);
}

static void miss_marks_the_first_byte_that_differs(void **state)
{
	(void)state;
	assert_miss(BYTES("HELLO WORLD\r\nabc"), 0, BYTES("HELLO YOU"), false,
		    ROW_1 BAR_1
		    "                            ^^ expected 59 'Y'\n");
	/* The mark is to the right of the gap in the middle of a row. */
	assert_miss(BYTES("HELLO WORLD\r\nabc"), 0, BYTES("WORK"), false,
		    ROW_1 BAR_1
		    "                                      ^^ expected 4b "
		    "'K'\n");
}

static void miss_prefers_the_longest_match(void **state)
{
	(void)state;
	assert_miss(BYTES("ab abc"), 0, BYTES("abd"), false,
		    "00000000  61 62 20 61 62 63"
		    "                                 |ab abc|\n"
		    "                ^^ expected 64 'd'\n");
}

static void miss_at_the_end_is_marked_after_it(void **state)
{
	(void)state;
	assert_miss(BYTES("OK\r"), 0, BYTES("OK\r\n"), false,
		    "00000000  4f 4b 0d"
		    "                                          |OK.|\n"
		    "                   ^^ expected 0a\n");
}

static void miss_without_a_match_counts_at_the_start_only(void **state)
{
	(void)state;
	const char *row = "00000000  78 79"
			  "                                             |xy|\n";
	char marked[256];

	assert_miss(BYTES("xy"), 0, BYTES("abc"), false, row);
	snprintf(marked, sizeof(marked), "%s          ^^ expected 61 'a'\n",
		 row);
	assert_miss(BYTES("xy"), 0, BYTES("abc"), true, marked);
}

static void miss_at_the_start_compares_no_other_place(void **state)
{
	(void)state;
	assert_miss(BYTES("xabc"), 0, BYTES("abd"), true,
		    "00000000  78 61 62 63"
		    "                                       |xabc|\n"
		    "          ^^ expected 61 'a'\n");
}

static void miss_stands_under_its_row_and_offset(void **state)
{
	(void)state;
	assert_miss(BYTES("0123456789abcdefgh"), 0x123456780, BYTES("ghi"),
		    false,
		    "123456780  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 "
		    "66  |0123456789abcdef|\n"
		    "123456790  67 68"
		    "                                             |gh|\n"
		    "                 ^^ expected 69 'i'\n");
}

static void miss_takes_the_nearest_of_many_texts(void **state)
{
	(void)state;
	struct bytes texts[] = {BYTES("ERR"), BYTES_NONE, BYTES("OK 2")};
	struct text t = test_text(false);

	view_mismatch(BYTES("OK 1"), 0, texts, 3, false, &t);
	assert_non_null(strstr(buf_cstr(&t.buf), "^^ expected 32 '2'\n"));
	text_fini(&t);
}

static void miss_of_nothing_shows_nothing(void **state)
{
	(void)state;
	assert_miss(BYTES_NONE, 0, BYTES("OK"), true, "");
	assert_miss(BYTES_NONE, 0, BYTES_NONE, false, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(miss_marks_the_first_byte_that_differs),
	    cmocka_unit_test(miss_prefers_the_longest_match),
	    cmocka_unit_test(miss_at_the_end_is_marked_after_it),
	    cmocka_unit_test(miss_without_a_match_counts_at_the_start_only),
	    cmocka_unit_test(miss_at_the_start_compares_no_other_place),
	    cmocka_unit_test(miss_stands_under_its_row_and_offset),
	    cmocka_unit_test(miss_takes_the_nearest_of_many_texts),
	    cmocka_unit_test(miss_of_nothing_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
