/* SPDX-License-Identifier: ISC */
/*
 * Tests of printed messages: header, alignment, and the note on omitted data.
 */
#include "view_test.h"

#include "rung/clock.h"

#include <stdio.h>
#include <time.h>

#define NOTHING_ASKED ((struct view_style){0})

static struct log_entry came(uint64_t number, struct bytes data)
{
	return (struct log_entry){
	    .number = number,
	    .dir = DIR_UP,
	    .session = "c1",
	    .len = data.len,
	    .data = data,
	};
}

static void assert_message(const struct view_ops *view, struct log_entry e,
			   struct view_style style, const char *expected)
{
	char *made = message_of(view, &e, &style, false);

	assert_string_equal(made, expected);
	free(made);
}

static void message_rows_stand_under_the_first(void **state)
{
	struct log_entry e = came(3, BYTES("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"));

	(void)state;
	assert_message(&view_line, e, NOTHING_ASKED,
		       "c1 < #3 25B HTTP/1.1 200 OK\\r\\n\n"
		       "            A: b\\r\\n\n"
		       "            \\r\\n\n");
	assert_message(&view_text, e, NOTHING_ASKED,
		       "c1 < #3 25B HTTP/1.1 200 OK\n"
		       "            A: b\n"
		       "\n");
	assert_message(&view_text, came(3, BYTES("\na\n")), NOTHING_ASKED,
		       "c1 < #3 3B\n"
		       "           a\n");
}

static void sent_message_has_a_different_arrow(void **state)
{
	struct log_entry e = came(12, BYTES("PING\n"));

	(void)state;
	e.dir = DIR_DOWN;
	snprintf(e.session, sizeof(e.session), "s1.2");
	assert_message(&view_line, e, NOTHING_ASKED, "s1.2 > #12 5B PING\\n\n");
}

static void message_empty_is_a_header(void **state)
{
	(void)state;
	for (size_t i = 0; view_table[i]; i++) {
		if (view_table[i]->silent || view_table[i]->no_header)
			continue;
		assert_message(view_table[i], came(1, BYTES_NONE),
			       NOTHING_ASKED, "c1 < #1 0B\n");
	}
	assert_message(&view_raw, came(1, BYTES_NONE), NOTHING_ASKED, "");
}

static void message_in_hex_has_the_stream_s_offset(void **state)
{
	struct log_entry e = came(4, BYTES("0123456789abcdefg"));

	(void)state;
	e.offset = 5;
	assert_message(
	    &view_hex, e, NOTHING_ASKED,
	    "c1 < #4 17B\n"
	    "00000005  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
	    "|0123456789abcdef|\n"
	    "00000015  67                                                "
	    "|g|\n");
}

static void message_of_json_has_rows_of_its_own(void **state)
{
	(void)state;
	assert_message(&view_json, came(5, BYTES("{\"a\":1}")), NOTHING_ASKED,
		       "c1 < #5 7B\n"
		       "{\n"
		       "  \"a\": 1\n"
		       "}\n");
	assert_message(&view_json, came(5, BYTES("+OK\r\n")), NOTHING_ASKED,
		       "c1 < #5 5B +OK\n");
	assert_message(&view_json, came(5, BYTES("a: b\r\n\r\n{}")),
		       NOTHING_ASKED,
		       "c1 < #5 10B a: b\n"
		       "\n"
		       "            {}\n");
}

static void message_raw_and_off_have_no_header(void **state)
{
	struct log_entry e = came(5, BYTES("a\033b"));

	(void)state;
	assert_message(&view_raw, e, NOTHING_ASKED, "a\033b");
	assert_message(&view_off, e, NOTHING_ASKED, "");
}

static void message_shows_time(void **state)
{
	struct log_entry e = came(1, BYTES("x\n"));
	struct view_style style = {.time = TIME_REL, .began = 5 * NS_PER_S};

	(void)state;
	e.at = 6 * NS_PER_S + 234 * NS_PER_MS + 999999;
	assert_message(&view_line, e, style, "+1.234 c1 < #1 2B x\\n\n");
	style = (struct view_style){.time = TIME_DELTA,
				    .previous = e.at - 12 * NS_PER_MS};
	assert_message(&view_line, e, style, "+0.012 c1 < #1 2B x\\n\n");
	/* If no message was shown before, the time counts from style.began. */
	style.previous = 0;
	style.began = e.at - 5 * NS_PER_MS;
	assert_message(&view_line, e, style, "+0.005 c1 < #1 2B x\\n\n");
	style.previous = e.at + 1;
	assert_message(&view_line, e, style, "+0.000 c1 < #1 2B x\\n\n");
	setenv("TZ", "UTC0", 1);
	tzset();
	/* The time of the message is 2026-01-01T12:34:56.789Z. */
	style = (struct view_style){.time = TIME_ABS,
				    .wall = 1767270896 * NS_PER_S +
					    789 * NS_PER_MS - e.at};
	assert_message(&view_line, e, style, "12:34:56.789 c1 < #1 2B x\\n\n");
}

static void message_aligns_after_the_time(void **state)
{
	struct view_style style = {.time = TIME_REL};

	(void)state;
	assert_message(&view_line, came(1, BYTES("a\nb\n")), style,
		       "+0.000 c1 < #1 4B a\\n\n"
		       "                  b\\n\n");
}

static void message_is_styled(void **state)
{
	struct log_entry e = came(1, BYTES("a\nb"));
	struct view_style style = {.time = TIME_REL};
	char *made = message_of(&view_line, &e, &style, true);

	(void)state;
	assert_string_equal(made,
			    DIM "+0.000 " UP "c1 <" DIM " #1 3B" PLAIN " a" DIM
				"\\n" PLAIN "\n                  b\n");
	free(made);
	e.dir = DIR_DOWN;
	made = message_of(&view_hex, &e, &NOTHING_ASKED, true);
	assert_non_null(strstr(made, DOWN "c1 >" DIM " #1 3B" PLAIN "\n" DIM
					  "00000000" PLAIN "  61"));
	free(made);
}

static void message_above_max_has_a_note(void **state)
{
	char data[5000] = {0};
	struct view_style style = {.max = 4};
	struct log_entry e = came(3, bytes_of(data, sizeof(data)));

	(void)state;
	memset(data, 'x', sizeof(data));
	assert_message(&view_line, e, style,
		       "c1 < #3 5000B xxxx\n"
		       "              … 4996 bytes more (show #3)\n");
	assert_message(
	    &view_hex, e, style,
	    "c1 < #3 5000B\n"
	    "00000000  78 78 78 78                                       "
	    "|xxxx|\n"
	    "… 4996 bytes more (show #3)\n");
	assert_message(&view_raw, e, style,
		       "xxxx\n… 4996 bytes more (show #3)\n");
	style.max = 5000;
	assert_message(&view_hex, came(3, BYTES_NONE), style, "c1 < #3 0B\n");
}

static void partly_logged_message_has_a_note(void **state)
{
	struct log_entry e = came(3, BYTES("abc\n"));
	struct view_style style = {.max = 3};

	(void)state;
	e.len = 1005;
	assert_message(&view_line, e, NOTHING_ASKED,
		       "c1 < #3 1005B abc\\n\n"
		       "              … 1001 bytes more, not kept\n");
	assert_message(&view_line, e, style,
		       "c1 < #3 1005B abc\n"
		       "              … 1002 bytes more (show #3)\n");
	e.len = 70000;
	assert_message(&view_line, e, style,
		       "c1 < #3 70000B abc\n"
		       "               … 69997 bytes more (show #3 prints the "
		       "first 64 KiB)\n");
	/* The raw view prints the bytes only. */
	assert_message(&view_raw, e, NOTHING_ASKED, "abc\n");
	e.len = 5;
	assert_message(&view_line, e, NOTHING_ASKED,
		       "c1 < #3 5B abc\\n\n"
		       "           … 1 byte more, not kept\n");
}

static void message_elides_its_middle(void **state)
{
	struct log_entry e = came(42, BYTES("1\n2\n3\n4\n5\n6\n7\n"));
	struct view_style style = {.rows = 5};

	(void)state;
	assert_message(&view_line, e, style,
		       "c1 < #42 14B 1\\n\n"
		       "             2\\n\n"
		       "             … 6 bytes elided (show #42)\n"
		       "             6\\n\n"
		       "             7\\n\n");
	assert_message(&view_raw, e, style,
		       "1\n2\n… 6 bytes elided (show #42)\n6\n7\n");
	style.rows = 1;
	assert_message(&view_line, e, style,
		       "c1 < #42 14B … 14 bytes elided (show #42)\n");
	style.rows = 7;
	assert_message(&view_text, e, style,
		       "c1 < #42 14B 1\n             2\n             3\n"
		       "             4\n             5\n             6\n"
		       "             7\n");
}

static size_t count_rows(const char *made)
{
	size_t rows = 0;

	for (; (made = strchr(made, '\n')); made++)
		rows++;
	return rows;
}

static void message_elides_rows_of_every_view(void **state)
{
	size_t len = (size_t)256 << 10;
	char *data = xalloc(len);
	struct log_entry e = came(7, bytes_of(data, len));

	(void)state;
	memset(data, 'y', len);
	for (size_t i = 1; i < len; i += 2)
		data[i] = '\n';
	for (size_t i = 0; view_table[i]; i++) {
		const struct view_ops *view = view_table[i];
		struct view_style style = {.rows = 100};
		char *made = message_of(view, &e, &style, false);

		if (!view->silent) {
			assert_int_equal(count_rows(made), 100);
			assert_non_null(strstr(
			    made,
			    "elided (show #7 prints the first 64 KiB)\n"));
		}
		free(made);
	}
	free(data);
}

static void message_elides_hex_at_rows(void **state)
{
	char data[16 * 10 + 3] = {0};
	struct view_style style = {.rows = 5};
	struct log_entry e = came(1, bytes_of(data, sizeof(data)));

	(void)state;
	memset(data, 'x', sizeof(data));
	e.offset = 3;

	char *made = message_of(&view_hex, &e, &style, false);

	assert_int_equal(count_rows(made), 5);
	assert_non_null(strstr(made, "\n00000013  78"));
	assert_non_null(strstr(made, "\n… 128 bytes elided (show #1)\n"));
	assert_non_null(strstr(made, "\n000000a3  78 78 78   "));
	free(made);
}

static void message_without_lines_is_bounded(void **state)
{
	size_t len = (size_t)1 << 20;
	char *data = xalloc(len);
	struct view_style style = {.rows = 100};
	struct log_entry e = came(1, bytes_of(data, len));

	(void)state;
	memset(data, 'x', len);

	char *made = message_of(&view_line, &e, &style, false);

	assert_true(strlen(made) < 100 * 170);
	assert_non_null(
	    strstr(made, " bytes elided (show #1 prints the first 64 KiB)\n"));
	free(made);
	free(data);
}

/* A JSON string of any length is one row; no margin is inserted in the middle
 * of the string. */
static void message_of_json_keeps_a_long_row_whole(void **state)
{
	size_t len = (size_t)200 << 10;
	char *data = xalloc(len);
	struct log_entry e = came(1, bytes_of(data, len));

	(void)state;
	memset(data, 'x', len);
	data[0] = data[len - 1] = '"';

	char *made = message_of(&view_json, &e, &NOTHING_ASKED, false);

	assert_int_equal(strlen(made), strlen("c1 < #1 200KiB \n") + len);
	assert_null(strstr(made, "x x"));
	free(made);
	free(data);
}

/* A line of this length counts as slightly more rows from the start than from
 * the end. */
static void message_prints_no_row_twice(void **state)
{
	size_t len = 40 * (((size_t)64 << 10) + 1);
	char *data = xalloc(len);
	struct log_entry e = came(1, bytes_of(data, len));
	struct view_style style = {.rows = 40 * 411 - 1};

	(void)state;
	memset(data, 'x', len);
	for (size_t i = ((size_t)64 << 10); i < len;
	     i += ((size_t)64 << 10) + 1)
		data[i] = '\n';

	char *made = message_of(&view_raw, &e, &style, false);

	assert_true(strlen(made) <= len);
	free(made);
	free(data);
}

/* Printing a body of 64 MiB, each byte a row, costs no more than the rows
 * shown. */
static void message_formats_only_what_it_shows(void **state)
{
	size_t len = (size_t)64 << 20;
	char *data = xalloc(len);
	struct view_style style = {.rows = 10};
	struct text t;

	(void)state;
	memset(data, '\n', len);

	struct log_entry e = came(1, bytes_of(data, len));

	/* The buffer has no room for rows that are not shown. */
	text_init(&t, 400, false);
	view_message(&view_line, &e, &style, &t);
	assert_non_null(strstr(
	    buf_cstr(&t.buf),
	    "… 67108855 bytes elided (show #1 prints the first 64 KiB)\n"));
	assert_int_equal(count_rows(buf_cstr(&t.buf)), 10);
	text_fini(&t);
	free(data);
}

static void message_keeps_to_its_rows(void **state)
{
	char data[600];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 13 + i / 7);
	for (size_t i = 0; view_table[i]; i++)
		for (size_t rows = 0; rows < 40; rows++)
			for (size_t len = 0; len <= sizeof(data); len += 29) {
				struct log_entry e = came(1,
							  bytes_of(data, len));
				struct view_style style = {.rows = rows,
							   .max = rows * 7};
				char *made = message_of(view_table[i], &e,
							&style, false);

				if (rows > 3)
					assert_true(count_rows(made) <=
						    rows + 1);
				free(made);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(message_rows_stand_under_the_first),
	    cmocka_unit_test(sent_message_has_a_different_arrow),
	    cmocka_unit_test(message_empty_is_a_header),
	    cmocka_unit_test(message_in_hex_has_the_stream_s_offset),
	    cmocka_unit_test(message_of_json_has_rows_of_its_own),
	    cmocka_unit_test(message_raw_and_off_have_no_header),
	    cmocka_unit_test(message_shows_time),
	    cmocka_unit_test(message_aligns_after_the_time),
	    cmocka_unit_test(message_is_styled),
	    cmocka_unit_test(message_above_max_has_a_note),
	    cmocka_unit_test(partly_logged_message_has_a_note),
	    cmocka_unit_test(message_elides_its_middle),
	    cmocka_unit_test(message_elides_rows_of_every_view),
	    cmocka_unit_test(message_elides_hex_at_rows),
	    cmocka_unit_test(message_without_lines_is_bounded),
	    cmocka_unit_test(message_of_json_keeps_a_long_row_whole),
	    cmocka_unit_test(message_prints_no_row_twice),
	    cmocka_unit_test(message_formats_only_what_it_shows),
	    cmocka_unit_test(message_keeps_to_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
