/* SPDX-License-Identifier: ISC */
/*
 * Tests of the text view: unchanged lines, escapes, and equal output for data
 * in chunks.
 */
#include "view_test.h"

#include "src/view/rows.h"

static void text_keeps_lines_and_tabs(void **state)
{
	(void)state;
	assert_body(&view_text, "a\tb\r\nc\n\nd", "a\tb\nc\n\nd\n");
	assert_body(&view_text, "", "");
}

static void text_escapes_controls(void **state)
{
	(void)state;
	assert_body(&view_text, "\033[2J\0\a\rx\xff\n",
		    "\\e[2J\\0\\a\\rx\\xff\n");
}

static void text_waits_for_the_line_end(void **state)
{
	(void)state;
	assert_part(&view_text, "ab\ncd", "ab\n", 3);
	assert_part(&view_text, "ab\r", "", 0);
}

static void text_chunks_make_no_difference(void **state)
{
	size_t len = ROW_MAX + 50;
	char *data = xalloc(len);

	(void)state;
	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 11 + i / 253);

	char *whole = body_of(&view_text, bytes_of(data, len), true, NULL);
	char *made = body_in_chunks(&view_text, bytes_of(data, len), 777);

	assert_string_equal(made, whole);
	free(made);
	free(whole);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_keeps_lines_and_tabs),
	    cmocka_unit_test(text_escapes_controls),
	    cmocka_unit_test(text_waits_for_the_line_end),
	    cmocka_unit_test(text_chunks_make_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
