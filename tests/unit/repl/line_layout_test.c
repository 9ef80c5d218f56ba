/* SPDX-License-Identifier: ISC */
/*
 * Tests of the layout of a partially typed line, with positions observed on
 * real terminals, and of splitting input into lines.
 */
#include "src/repl/line_layout.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

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

static void layout_escape_converts_offsets(void **state)
{
	struct buf out;
	size_t point = 5, mark = 1;
	size_t *const places[] = {&point, &mark};

	(void)state;
	buf_init(&out, BUF_SMALL);
	layout_escape(&out, BYTES("a\302\233\001\342\200\256\233z"), places, 2);
	assert_string_equal(buf_cstr(&out), "a^[\001\\U+202E?z");
	assert_int_equal(point, 4);
	assert_int_equal(mark, 1);
	buf_fini(&out);
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

static void spot_skips_marked_text(void **state)
{
	(void)state;
	assert_spot(10, "\1\033[1m\2c1\1\033[0m\2> ", 0, 4);
}

static void spot_accepts_invalid_bytes(void **state)
{
	(void)state;
	assert_spot(10, "a\377\303", 0, 3);
}

static void erase_goes_up_and_clears(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BUF_SMALL);
	layout_erase(&b, 0);
	assert_string_equal(buf_cstr(&b), "\r\033[J");
	buf_clear(&b);
	layout_erase(&b, 2);
	assert_string_equal(buf_cstr(&b), "\033[2A\r\033[J");
	buf_clear(&b);
	layout_erase(&b, 1000000); /* not beyond the top of the screen */
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
	layout_window(&w, &begin, bytes_str(text), point, 6);
	if (w.above != above || w.from != from || w.to != to)
		fail_msg("%s at %zu: %zu rows above, %zu to %zu", text, point,
			 w.above, w.from, w.to);
}

static void window_has_all_rows_that_fit(void **state)
{
	(void)state;
	assert_window("", 0, 0, 0, 0);
	assert_window("1\n2\n3\n4\n5\n6", 3, 0, 0, 11);
	assert_window("aaaaaaaabbbbbbbbbbcc", 0, 0, 0, 20);
}

static void window_follows_the_cursor(void **state)
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

static void put_words_of_all_widths(struct buf *b)
{
	static const char *const words[] = {"a",  "\346\274\242", "\n",
					    "\t", "\003",         "\377",
					    "bc", "e\314\201",    "\n\n"};
	unsigned next = 1;

	for (int i = 0; i < 200; i++) {
		next = next * 1103515245 + 12345;
		buf_puts(b, words[(next >> 16) % 9]);
	}
}

static void window_contains_the_cursor(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BUF_SMALL);
	put_words_of_all_widths(&b);
	for (unsigned columns = 2; columns < 20; columns++) {
		for (size_t point = 0; point <= buf_len(&b); point++) {
			struct bytes text = buf_bytes(&b);
			struct spot at;
			struct window w;

			spot_init(&at, columns);
			layout_window(&w, &at, text, point, 8);
			assert_true(w.from <= point && point <= w.to);
			assert_true(w.to <= text.len);
			spot_text(&at,
				  bytes_of(text.at + w.from, w.to - w.from));
			assert_true(at.row < 8);
		}
	}
	buf_fini(&b);
}

static void assert_drawn(unsigned columns, const char *text, size_t point,
			 const char *want)
{
	struct spot at;
	struct buf b;

	spot_init(&at, columns);
	buf_init(&b, BUF_SMALL);
	layout_draw(&b, &at, bytes_str(text), point);
	assert_string_equal(buf_cstr(&b), want);
	buf_fini(&b);
}

static void draw_matches_the_layout(void **state)
{
	(void)state;
	assert_drawn(20, "", 0, "\r");
	assert_drawn(20, "abc", 3, "abc\r\033[3C");
	assert_drawn(20, "abc", 0, "abc\r");
	assert_drawn(20, "a\tb\003\177\377", 6, "a       b^C^?\?\r\033[14C");
	assert_drawn(20, "a\nbc", 1, "a\r\nbc\033[1A\r\033[1C");
	assert_drawn(4, "abcde", 5, "abcde\r\033[1C");
	assert_drawn(4, "abcd", 4, "abcd\r\n\r");
	assert_drawn(4, "abcd\ne", 0, "abcd\r\n\r\ne\033[2A\r");
	assert_drawn(4, "abc\t\t", 5, "abc     \r\n\r");
}

static void prompt_is_drawn_without_marks(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, BUF_SMALL);
	layout_prompt(&b, "\1\033[1m\2c1\1\033[0m\2> ");
	assert_string_equal(buf_cstr(&b), "\033[1mc1\033[0m> ");
	buf_fini(&b);
}

/* Moves the cursor as a terminal does: after a full row, the cursor stays there
 * until the next character. */
static void move_as_a_terminal(struct spot *at, const char *text)
{
	while (*text) {
		unsigned count = 0;
		wchar_t c;
		int n = mbtowc(&c, text, MB_CUR_MAX);
		unsigned width = (unsigned)wcwidth(c);

		assert_true(n > 0);
		text += n;
		if (c == L'\r') {
			at->col = 0;
		} else if (c == L'\n') {
			at->row++;
		} else if (c == L'\033') {
			sscanf(text, "[%u", &count);
			text += strcspn(text, "AC");
			if (*text++ == 'A')
				at->row -= count;
			else
				at->col += count;
		} else if (at->col + width > at->columns) {
			at->row++;
			at->col = width;
		} else {
			at->col += width;
		}
	}
}

static void draw_leaves_the_cursor_at_the_point(void **state)
{
	struct buf b, out;

	(void)state;
	buf_init(&b, BUF_SMALL);
	buf_init(&out, BUF_SMALL);
	put_words_of_all_widths(&b);
	for (unsigned columns = 2; columns < 20; columns++) {
		for (size_t point = 0; point <= buf_len(&b); point++) {
			struct bytes text = buf_bytes(&b);
			struct spot at, want;

			spot_init(&at, columns);
			spot_init(&want, columns);
			spot_text(&want, bytes_head(text, point));
			buf_clear(&out);
			layout_draw(&out, &at, text, point);
			assert_memory_equal(&at, &want, sizeof(at));
			spot_init(&at, columns);
			move_as_a_terminal(&at, buf_cstr(&out));
			assert_int_equal(at.row, want.row);
			assert_int_equal(at.col, want.col);
		}
	}
	buf_fini(&b);
	buf_fini(&out);
}

static void append_line(struct console *c, struct bytes line)
{
	struct buf *out = c->owner;

	buf_putc(out, '[');
	buf_put(out, line);
	buf_putc(out, ']');
}

static void text_is_split_at_each_newline(void **state)
{
	static const char *const cases[][2] = {
	    {"", "[]"},       {"a", "[a]"},           {"a\nb", "[a][b]"},
	    {"a\n", "[a]"},   {"a\r\nb", "[a][b]"},   {"a\rb\r", "[a][b]"},
	    {"\n\n", "[][]"}, {"a\n\nb", "[a][][b]"},
	};
	const struct console_sink sink = {.line = append_line};
	struct buf b;
	struct console c = {.sink = &sink, .owner = &b};

	(void)state;
	buf_init(&b, BUF_SMALL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		layout_split_lines(&c, bytes_str(cases[i][0]));
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
	    cmocka_unit_test(layout_escape_converts_offsets),
	    cmocka_unit_test(spot_skips_marked_text),
	    cmocka_unit_test(spot_accepts_invalid_bytes),
	    cmocka_unit_test(erase_goes_up_and_clears),
	    cmocka_unit_test(window_has_all_rows_that_fit),
	    cmocka_unit_test(window_follows_the_cursor),
	    cmocka_unit_test(window_contains_the_cursor),
	    cmocka_unit_test(draw_matches_the_layout),
	    cmocka_unit_test(prompt_is_drawn_without_marks),
	    cmocka_unit_test(draw_leaves_the_cursor_at_the_point),
	    cmocka_unit_test(text_is_split_at_each_newline),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
