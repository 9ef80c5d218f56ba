/* SPDX-License-Identifier: ISC */
/*
 * Tests of the output for a partially typed line. stdout is not a terminal
 * here, so the size is 80 by 24.
 */
#include "src/repl/line_draw.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PROMPT "\1\033[1m\2c1\1\033[0m\2> "
#define SEEN   "\033[1mc1\033[0m> "

static void assert_next(struct line_draw *d, struct bytes line, size_t point,
			const char *want)
{
	struct buf out;

	buf_init(&out, BUF_SMALL);
	line_draw_update(d, &out, PROMPT, line, point);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

static void assert_done(struct bytes line, const char *begin, const char *end)
{
	struct line_draw d = {0};
	struct buf out;

	buf_init(&out, BUF_SMALL);
	line_draw_finish(&d, &out, PROMPT, line);
	assert_true(bytes_starts(buf_bytes(&out), bytes_str(begin)));
	assert_true(buf_len(&out) >= strlen(end));
	assert_string_equal(buf_cstr(&out) + buf_len(&out) - strlen(end), end);
	assert_int_equal(d.row, 0);
	buf_fini(&out);
}

static void line_replaces_what_is_drawn(void **state)
{
	struct line_draw d = {0};

	(void)state;
	assert_next(&d, BYTES(""), 0, "\r\033[J" SEEN "\r\033[4C");
	assert_next(&d, BYTES("ab"), 1, "\r\033[J" SEEN "ab\r\033[5C");
	assert_next(&d, BYTES("a\nbc"), 4, "\r\033[J" SEEN "a\r\nbc\r\033[2C");
	assert_int_equal(d.row, 1);
	assert_next(&d, BYTES("a"), 1, "\033[1A\r\033[J" SEEN "a\r\033[5C");
	assert_next(&d, BYTES("a\nb"), 3, "\r\033[J" SEEN "a\r\nb\r\033[1C");
	line_draw_forget(&d);
	assert_next(&d, BYTES("a"), 1, "\r\033[J" SEEN "a\r\033[5C");
}

static void line_is_erased_once(void **state)
{
	struct line_draw d = {0};
	struct buf out;

	(void)state;
	assert_next(&d, BYTES("a\nb"), 3, "\r\033[J" SEEN "a\r\nb\r\033[1C");
	buf_init(&out, BUF_SMALL);
	line_draw_erase(&d, &out);
	line_draw_erase(&d, &out);
	assert_string_equal(buf_cstr(&out), "\033[1A\r\033[J\r\033[J");
	buf_fini(&out);
}

static void fill(struct buf *b, size_t rows)
{
	buf_init(b, BUF_SMALL);
	for (size_t i = 0; i < rows; i++)
		buf_printf(b, "%zu\n", i);
	buf_truncate(b, buf_len(b) - 1);
}

static void tall_line_is_marked(void **state)
{
	struct line_draw d = {0};
	struct buf line, out;

	(void)state;
	fill(&line, 40);
	buf_init(&out, BUF_SMALL);
	line_draw_update(&d, &out, PROMPT, buf_bytes(&line), buf_len(&line));
	assert_true(bytes_starts(
	    buf_bytes(&out), BYTES("\r\033[J(18 rows above) 18\r\n19\r\n")));
	assert_int_equal(d.row, 21);
	buf_clear(&out);
	line_draw_update(&d, &out, PROMPT, buf_bytes(&line), 0);
	assert_true(bytes_starts(buf_bytes(&out),
				 BYTES("\033[21A\r\033[J" SEEN "0\r\n1\r\n")));
	assert_int_equal(d.row, 0);
	buf_fini(&out);
	buf_fini(&line);
}

static void finished_line_is_drawn_whole(void **state)
{
	struct buf line;

	(void)state;
	assert_done(BYTES(""), "\r\033[J" SEEN, "\r\033[4C\r\n");
	fill(&line, 40);
	assert_done(buf_bytes(&line), "\r\033[J" SEEN "0\r\n1\r\n",
		    "38\r\n39\r\033[2C\r\n");
	buf_fini(&line);
	fill(&line, 30000);
	assert_done(buf_bytes(&line), "\r\033[J(29978 rows above) 29978\r\n",
		    "29998\r\n29999\r\033[5C\r\n");
	buf_fini(&line);
}

static void resize_updates_the_row(void **state)
{
	struct line_draw d = {.row = 7, .shown = {.to = 200}};
	struct buf line;

	(void)state;
	buf_init(&line, BUF_SMALL);
	buf_printf(&line, "%200s", "x");
	line_draw_resize(&d, PROMPT, buf_bytes(&line), 150);
	assert_int_equal(d.row, 1);
	line_draw_resize(&d, PROMPT, buf_bytes(&line), 160);
	assert_int_equal(d.row, 2);
	buf_fini(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_replaces_what_is_drawn),
	    cmocka_unit_test(line_is_erased_once),
	    cmocka_unit_test(tall_line_is_marked),
	    cmocka_unit_test(finished_line_is_drawn_whole),
	    cmocka_unit_test(resize_updates_the_row),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
