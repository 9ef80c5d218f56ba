/* SPDX-License-Identifier: ISC */
/*
 * Tests of the line view: rows, line endings, escapes, and equal rows however
 * the data is divided into chunks.
 */
#include "view_test.h"

#include "src/view/rows.h"

static void line_shows_each_line_end(void **state)
{
	(void)state;
	assert_body(&view_line, "a\r\nb\n\nc",
		    "a\\r\\n\n"
		    "b\\n\n"
		    "\\n\n"
		    "c\n");
	assert_body(&view_line, "a\r", "a\\r\n");
	assert_body(&view_line, "a\rb\n", "a\\rb\\n\n");
	assert_body(&view_line, "", "");
}

static void line_escapes_unprintable_bytes(void **state)
{
	(void)state;
	assert_body(&view_line, "a\0b\033[31m\x7f\\\t\n",
		    "a\\0b\\e[31m\\x7f\\\\\\t\\n\n");
	assert_body(&view_line, "caf\xc3\xa9 \xe2\x82\xac\n",
		    "caf\xc3\xa9 \xe2\x82\xac\\n\n");
	assert_body(&view_line, "\xff\xc3(\xe2\x82", "\\xff\\xc3(\\xe2\\x82\n");
	assert_body(&view_line, "\xe2\x80\xae\xc2\x9b\n",
		    "\\u{202e}\\u{9b}\\n\n");
}

static void line_lets_nothing_alter_an_escape(void **state)
{
	(void)state;
	assert_body(&view_line, "\x01\xcc\xb8\n", "\\x01\\u{338}\\n\n");
	assert_body(&view_line, "\\\xcc\xb8\n", "\\\\\\u{338}\\n\n");
	assert_body(&view_line, "\xcc\xb8\n", "\\u{338}\\n\n");
	assert_body(&view_line, "a \xcc\xb8\n", "a \\u{338}\\n\n");
	assert_body(&view_line, "cafe\xcc\x81\n", "cafe\xcc\x81\\n\n");
	assert_body(&view_line, "\xc2\xa0\n", "\\u{a0}\\n\n");
}

static void line_makes_a_blank_at_the_end_visible(void **state)
{
	(void)state;
	assert_body(&view_line, "a  ", "a \\x20\n");
	assert_body(&view_line, " ", "\\x20\n");
	assert_body(&view_line, "a \nb", "a \\n\nb\n");
}

static void line_dims_line_ends(void **state)
{
	struct text t = test_text(true);

	(void)state;
	view_line.body(BYTES("a\r\nb"), 0, true, &t);
	assert_true(bytes_is(text_bytes(&t), "a" DIM "\\r\\n" PLAIN "\nb\n"));
	text_fini(&t);
}

static void line_waits_for_the_line_end(void **state)
{
	(void)state;
	assert_part(&view_line, "ab\ncd", "ab\\n\n", 3);
	assert_part(&view_line, "abcd", "", 0);
	assert_part(&view_line, "ab\r", "", 0);
}

static void line_shows_rows_of_every_length(void **state)
{
	struct buf data, expected;

	(void)state;
	buf_init(&data, TEST_TEXT_MAX);
	buf_init(&expected, TEST_TEXT_MAX);
	for (int i = 0; i < 3000; i++) {
		const char *end = i % 3 ? "\n" : "\r\n";

		for (int j = 0; j < i % 97; j++) {
			buf_putc(&data, 'a' + (i + j) % 26);
			buf_putc(&expected, 'a' + (i + j) % 26);
		}
		buf_puts(&data, end);
		buf_printf(&expected, "%s\n", i % 3 ? "\\n" : "\\r\\n");
	}

	char *made = body_of(&view_line, buf_bytes(&data), true, NULL);

	assert_string_equal(made, buf_cstr(&expected));
	free(made);
	made = body_in_chunks(&view_line, buf_bytes(&data), 1000);
	assert_string_equal(made, buf_cstr(&expected));
	free(made);
	buf_fini(&data);
	buf_fini(&expected);
}

/* Compares with text_escape() for each byte value except newline, at 20
 * positions. */
static void line_escapes_as_text_escape_does(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++)
		for (size_t at = 0; at < 20; at++) {
			char row[21];
			struct text expected = test_text(false);

			if (byte == '\n')
				continue;
			memset(row, 'x', sizeof(row));
			row[at] = (char)byte;
			text_escape(&expected, bytes_of(row, sizeof(row)));
			text_puts(&expected, "\n");

			char *made = body_of(
			    &view_line, bytes_of(row, sizeof(row)), true, NULL);

			assert_true(bytes_is(text_bytes(&expected), made));
			free(made);
			text_fini(&expected);
		}
}

static void line_divides_long_lines(void **state)
{
	size_t len = 3 * ROW_MAX + 100;
	char *data = xalloc(len);
	size_t took;

	(void)state;
	memset(data, 'x', len);
	data[5] = '\0';
	memcpy(data + ROW_MAX - 1, "\xc3\xa9", 2);

	char *made = body_of(&view_line, bytes_of(data, len), false, &took);

	assert_int_equal(took, 3 * ROW_MAX - 1);
	assert_int_equal(strchr(made, '\n') - made, ROW_MAX);
	assert_memory_equal(strchr(made, '\n') + 1, "\xc3\xa9x", 3);
	free(made);
	free(data);
}

static void line_chunks_make_no_difference(void **state)
{
	static const size_t chunks[] = {1000, 4096, 65535, 65536, 70000};
	size_t len = 2 * ROW_MAX + 50;
	char *data = xalloc(len);

	(void)state;
	for (size_t i = 0; i < len; i++)
		data[i] = (char)(i * 7 + i / 251);
	/* The line is longer than a row, with multibyte characters where the
	 * rows are cut. */
	for (size_t i = 100; i + 2 < 100 + ROW_MAX + 500; i += 2)
		memcpy(data + i, "\xc3\xa9", 2);

	char *whole = body_of(&view_line, bytes_of(data, len), true, NULL);

	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		char *made = body_in_chunks(&view_line, bytes_of(data, len),
					    chunks[i]);

		assert_string_equal(made, whole);
		free(made);
	}
	free(whole);
	free(data);
}

/* A full text causes neither an overrun nor an endless loop. */
static void line_survives_a_full_text(void **state)
{
	char data[2][500];
	struct text t;

	(void)state;
	memset(data[0], 'x', sizeof(data[0]));
	memset(data[1], '\n', sizeof(data[1]));
	for (size_t limit = 0; limit < 2000; limit += 7) {
		struct bytes in = bytes_of(data[limit % 2], sizeof(data[0]));

		text_init(&t, limit, false);
		assert_int_equal(view_line.body(in, 0, true, &t), in.len);
		assert_true(buf_len(&t.buf) <= limit);
		text_fini(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_shows_each_line_end),
	    cmocka_unit_test(line_escapes_unprintable_bytes),
	    cmocka_unit_test(line_lets_nothing_alter_an_escape),
	    cmocka_unit_test(line_makes_a_blank_at_the_end_visible),
	    cmocka_unit_test(line_dims_line_ends),
	    cmocka_unit_test(line_waits_for_the_line_end),
	    cmocka_unit_test(line_shows_rows_of_every_length),
	    cmocka_unit_test(line_escapes_as_text_escape_does),
	    cmocka_unit_test(line_divides_long_lines),
	    cmocka_unit_test(line_chunks_make_no_difference),
	    cmocka_unit_test(line_survives_a_full_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
