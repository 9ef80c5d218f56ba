/* SPDX-License-Identifier: ISC */
/*
 * Where a half-typed line stands on the screen, as terminals were seen to have
 * it, and cutting what was typed into lines.
 */
#include "src/repl/above.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_spot(unsigned columns, const char *text, size_t row,
			unsigned col)
{
	struct spot at;

	spot_init(&at, columns);
	spot_text(&at, bytes_str(text));
	if (at.row != row || at.col != col)
		fail_msg("%s: in row %zu, column %u", text, at.row, at.col);
}

static void spot_counts_columns(void **state)
{
	(void)state;
	assert_spot(10, "", 0, 0);
	assert_spot(10, "abc", 0, 3);
	assert_spot(10, "z\303\251ro", 0, 4);
	assert_spot(10, "\346\274\242\345\255\227", 0, 4);
	assert_spot(10, "e\314\201x", 0, 2);
}

static void spot_wraps_at_the_last_column(void **state)
{
	(void)state;
	assert_spot(10, "123456789", 0, 9);
	assert_spot(10, "1234567890", 1, 0);
	assert_spot(10, "12345678901", 1, 1);
	assert_spot(10, "12345678901234567890123", 2, 3);
}

static void spot_never_splits_a_wide_character(void **state)
{
	(void)state;
	assert_spot(10, "123456789\346\274\242", 1, 2);
	assert_spot(10, "12345678\346\274\242", 1, 0);
}

static void spot_expands_controls_and_tabs(void **state)
{
	(void)state;
	assert_spot(20, "a\003", 0, 3);
	assert_spot(20, "a\t", 0, 8);
	assert_spot(20, "12345678\t", 0, 16);
	assert_spot(20, "1234567890123456789\003", 1, 1);
	assert_spot(20, "a\nbc", 1, 2);
}

static void spot_leaves_out_what_takes_no_room(void **state)
{
	(void)state;
	assert_spot(10, "\1\033[1m\2c1\1\033[0m\2> ", 0, 4);
	assert_spot(10, "\1\033[1m\1c1\1\033[0m\1> ", 0, 4);
}

static void spot_survives_what_is_no_character(void **state)
{
	(void)state;
	assert_spot(10, "a\377\303", 0, 3);
}

static void erase_goes_up_and_clears(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BUF_SMALL);
	above_erase(&b, 0);
	assert_string_equal(buf_cstr(&b), "\r\033[J");
	buf_clear(&b);
	above_erase(&b, 2);
	assert_string_equal(buf_cstr(&b), "\033[2A\r\033[J");
	buf_clear(&b);
	above_erase(&b, 1000000); /* never above the screen */
	assert_true(buf_len(&b) < 12);
	buf_fini(&b);
}

static void assert_window(const char *text, size_t point, size_t above,
			  size_t from, size_t to)
{
	struct spot begin;
	struct window w;

	spot_init(&begin, 10);
	spot_text(&begin, BYTES("> "));
	above_window(&w, &begin, bytes_str(text), point, 6);
	if (w.above != above || w.from != from || w.to != to)
		fail_msg("%s at %zu: %zu rows above, %zu to %zu", text, point,
			 w.above, w.from, w.to);
}

static void window_is_all_that_fits(void **state)
{
	(void)state;
	assert_window("", 0, 0, 0, 0);
	assert_window("1\n2\n3\n4\n5\n6", 3, 0, 0, 11);
	assert_window("aaaaaaaabbbbbbbbbbcc", 0, 0, 0, 20);
}

static void window_is_around_the_cursor(void **state)
{
	static const char lines[] = "1\n2\n3\n4\n5\n6\n7\n8\n9";
	static const char one[] = "aaaaaaaabbbbbbbbbbccccccccccdddddddddd"
				  "eeeeeeeeeeffffffffffgg";

	(void)state;
	assert_window(lines, 0, 0, 0, 7);
	assert_window(lines, 8, 2, 4, 11);
	assert_window(lines, 17, 5, 10, 17);
	assert_window("1\n2\n3\n4\n5\n6\n", 12, 3, 6, 12);
	assert_window(one, 0, 0, 0, 38);
	assert_window(one, 38, 2, 18, 58);
	assert_window(one, 60, 3, 28, 60);
}

/* Words of all widths: the cursor is in it, and it fits. */
static void window_has_the_cursor(void **state)
{
	static const char *const words[] = {"a",  "\346\274\242", "\n",
					    "\t", "\003",         "\377",
					    "bc", "e\314\201",    "\n\n"};
	unsigned next = 1;
	struct buf b;

	(void)state;
	buf_init(&b, BUF_SMALL);
	for (int i = 0; i < 200; i++) {
		next = next * 1103515245 + 12345;
		buf_puts(&b, words[(next >> 16) % 9]);
	}
	for (unsigned columns = 2; columns < 20; columns++) {
		for (size_t point = 0; point <= buf_len(&b); point++) {
			struct bytes text = buf_bytes(&b);
			struct spot at;
			struct window w;

			spot_init(&at, columns);
			above_window(&w, &at, text, point, 8);
			assert_true(w.from <= point && point <= w.to);
			assert_true(w.to <= text.len);
			spot_text(&at,
				  bytes_of(text.at + w.from, w.to - w.from));
			assert_true(at.row < 8);
		}
	}
	buf_fini(&b);
}

static void note_line(struct console *c, struct bytes line)
{
	struct buf *out = c->owner;

	buf_putc(out, '[');
	buf_put(out, line);
	buf_putc(out, ']');
}

static void lines_are_cut_at_each_newline(void **state)
{
	static const char *const cases[][2] = {
	    {"", "[]"},       {"a", "[a]"},           {"a\nb", "[a][b]"},
	    {"a\n", "[a]"},   {"a\r\nb", "[a][b]"},   {"a\rb\r", "[a][b]"},
	    {"\n\n", "[][]"}, {"a\n\nb", "[a][][b]"},
	};
	const struct console_sink sink = {.line = note_line};
	struct buf b;
	struct console c = {.sink = &sink, .owner = &b};

	(void)state;
	buf_init(&b, BUF_SMALL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		above_lines(&c, bytes_str(cases[i][0]));
		assert_string_equal(buf_cstr(&b), cases[i][1]);
	}
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spot_counts_columns),
	    cmocka_unit_test(spot_wraps_at_the_last_column),
	    cmocka_unit_test(spot_never_splits_a_wide_character),
	    cmocka_unit_test(spot_expands_controls_and_tabs),
	    cmocka_unit_test(spot_leaves_out_what_takes_no_room),
	    cmocka_unit_test(spot_survives_what_is_no_character),
	    cmocka_unit_test(erase_goes_up_and_clears),
	    cmocka_unit_test(window_is_all_that_fits),
	    cmocka_unit_test(window_is_around_the_cursor),
	    cmocka_unit_test(window_has_the_cursor),
	    cmocka_unit_test(lines_are_cut_at_each_newline),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
