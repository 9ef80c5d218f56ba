/* SPDX-License-Identifier: ISC */
/*
 * Tests the text for a terminal: escapes and styles. tests/unit/view tests
 * whole views.
 */
#include "rung/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_escaped(struct bytes in, const char *out)
{
	struct text t;

	text_init(&t, BUF_SMALL, true);
	text_escape(&t, in);
	assert_string_equal(buf_cstr(&t.buf), out);
	text_fini(&t);
}

static void text_escape_uses_the_letters(void **state)
{
	(void)state;
	expect_escaped(BYTES("\r\n\t\033\a\b\f\v\0"),
		       "\\r\\n\\t\\e\\a\\b\\f\\v\\0");
	expect_escaped(BYTES("a\\b"), "a\\\\b");
	expect_escaped(BYTES("\x01\x1f\x7f"), "\\x01\\x1f\\x7f");
	expect_escaped(BYTES("\033[2J\033]0;x\a"), "\\e[2J\\e]0;x\\a");
	expect_escaped(BYTES(""), "");
}

static void text_escape_keeps_plain_text(void **state)
{
	(void)state;
	expect_escaped(BYTES("HTTP/1.1 200 OK \"quoted\" 'x' $y ~"),
		       "HTTP/1.1 200 OK \"quoted\" 'x' $y ~");
	expect_escaped(BYTES("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"),
		       "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
}

static void text_escape_escapes_bad_bytes_and_controls(void **state)
{
	(void)state;
	expect_escaped(BYTES("\xff\xfe"), "\\xff\\xfe");
	expect_escaped(BYTES("a\xc3"), "a\\xc3");
	expect_escaped(BYTES("\xe2\x82x"), "\\xe2\\x82x");
	expect_escaped(BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80");
	expect_escaped(BYTES("\xe2\x80\xae"), "\\u{202e}");
	expect_escaped(BYTES("\xe2\x81\xa6\xd8\x9c"), "\\u{2066}\\u{61c}");
	expect_escaped(BYTES("\xe2\x80\xa8"), "\\u{2028}");
	expect_escaped(BYTES("\xc2\x9b"), "\\u{9b}");
}

static void text_escape_lets_no_mark_alter_an_escape(void **state)
{
	(void)state;
	expect_escaped(BYTES("\x01\xcc\xb8"), "\\x01\\u{338}");
	expect_escaped(BYTES("\\\xcc\xb8"), "\\\\\\u{338}");
	expect_escaped(BYTES("\xcc\xb8"), "\\u{338}");
	expect_escaped(BYTES("\r\xef\xb8\x8f"), "\\r\\u{fe0f}");
	expect_escaped(BYTES(" \xcc\x81"), " \\u{301}");
	expect_escaped(BYTES("\xc2\xa0\xe3\x80\x80"), "\\u{a0}\\u{3000}");
	/* A mark after a visible character stays. */
	expect_escaped(BYTES("e\xcc\x81"), "e\xcc\x81");
	expect_escaped(BYTES("12345678\xcc\x81"), "12345678\xcc\x81");
	expect_escaped(BYTES("1234567 \xcc\x81"), "1234567 \\u{301}");
	/* Too many marks reach into other rows. */
	expect_escaped(BYTES("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
		       "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{301}");
}

/* Puts each byte value at 24 positions, because text_escape() tests eight bytes
 * at a time. */
static void text_escape_finds_odd_bytes_anywhere(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, BUF_SMALL, false);
	for (size_t at = 0; at < 24; at++)
		for (int c = 0; c < 256; c++) {
			uint8_t in[24];
			bool plain = c >= 0x20 && c < 0x7F && c != '\\';

			memset(in, 'a', sizeof(in));
			in[at] = (uint8_t)c;
			buf_clear(&t.buf);
			text_escape(&t, bytes_of(in, sizeof(in)));
			assert_int_equal(buf_len(&t.buf) == sizeof(in), plain);
			for (size_t i = 0; i < buf_len(&t.buf); i++) {
				uint8_t o = text_bytes(&t).at[i];

				assert_true(o >= 0x20 && o < 0x7F);
			}
		}
	text_fini(&t);
}

/* Checks that random input gives valid UTF-8 without characters that a terminal
 * must not get. */
static void text_of_random_bytes_is_harmless(void **state)
{
	struct text t;
	unsigned seed = 1;

	(void)state;
	text_init(&t, BUF_SMALL, false);
	for (int round = 0; round < 20000; round++) {
		uint8_t in[40];

		for (size_t i = 0; i < sizeof(in); i++) {
			seed = seed * 1103515245u + 12345u;
			in[i] = (uint8_t)(seed >> 16);
			if (seed >> 29 == 1)
				in[i] = 0xE2;
			else if (seed >> 29 == 2)
				in[i] = 0x80;
		}
		buf_clear(&t.buf);
		if (round & 1)
			text_escape_lines(&t, bytes_of(in, sizeof(in)));
		else
			text_escape(&t, bytes_of(in, sizeof(in)));

		struct bytes out = text_bytes(&t);
		uint32_t rune;
		int n;

		while ((n = utf8_next(out, &rune)) > 0) {
			bool line = rune == '\n' || rune == '\t';

			assert_true(utf8_is_printable(rune) ||
				    (round & 1 && line));
			out = bytes_skip(out, (size_t)n);
		}
		assert_int_equal(n, 0);
	}
	text_fini(&t);
}

static void text_escape_lines_keeps_lines(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, BUF_SMALL, false);
	text_escape_lines(&t, BYTES("a\r\n\tb\n\rc\033[1m\r\r\n"));
	assert_string_equal(buf_cstr(&t.buf), "a\n\tb\n\\rc\\e[1m\\r\n");
	text_fini(&t);
}

static void text_styles_only_with_colour(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, BUF_SMALL, false);
	text_style(&t, STYLE_ERROR);
	text_puts(&t, "no");
	text_style(&t, STYLE_PLAIN);
	text_printf(&t, " %d", 7);
	assert_string_equal(buf_cstr(&t.buf), "no 7");
	text_fini(&t);

	text_init(&t, BUF_SMALL, true);
	text_style(&t, STYLE_ERROR);
	text_puts(&t, "no");
	text_style(&t, STYLE_PLAIN);
	assert_string_equal(buf_cstr(&t.buf), "\033[0;31mno\033[0m");
	text_fini(&t);
}

static void text_stops_at_its_limit_between_characters(void **state)
{
	struct text t;

	(void)state;
	text_init(&t, 6, false);
	text_escape(&t, BYTES("abcd\xe2\x82\xac\xe2\x82\xac"));
	assert_string_equal(buf_cstr(&t.buf), "abcd");
	buf_clear(&t.buf);
	text_escape(&t, BYTES("abc\x01z"));
	assert_true(utf8_valid(text_bytes(&t)));
	assert_true(buf_len(&t.buf) <= 6);
	assert_int_equal(bytes_find_byte(text_bytes(&t), '\\', 0),
			 BYTES_NOT_FOUND);
	text_fini(&t);
}

static void text_width_counts_columns(void **state)
{
	struct text t;

	(void)state;
	assert_int_equal(text_width(BYTES_NONE), 0);
	assert_int_equal(text_width(BYTES("a\xc3\xa9")), 2);
	assert_int_equal(text_width(BYTES("e\xcc\x81")), 1);
	assert_int_equal(text_width(BYTES("\xe6\xbc\xa2\xf0\x9f\x98\x80")), 4);
	assert_int_equal(text_width(BYTES("\xff")), 1);

	text_init(&t, BUF_SMALL, true);
	text_style(&t, STYLE_ERROR);
	text_escape(&t, BYTES("\t\033m"));
	text_style(&t, STYLE_PLAIN);
	assert_int_equal(text_width(text_bytes(&t)), 5);
	text_fini(&t);
	/* An incomplete style sequence has no width. */
	assert_int_equal(text_width(BYTES("ab\033[0;3")), 2);
}

static void text_fit_cuts_no_character(void **state)
{
	const struct bytes line = BYTES("a\xe6\xbc\xa2"
					"e\xcc\x81\033[0mz");
	static const uint8_t fits[] = {0, 1, 1, 4, 11, 12, 12};

	(void)state;
	for (size_t width = 0; width < sizeof(fits); width++)
		assert_int_equal(text_fit(line, width), fits[width]);
}

static void text_plural_is_for_each_number_but_one(void **state)
{
	(void)state;
	assert_string_equal(text_plural(0), "s");
	assert_string_equal(text_plural(1), "");
	assert_string_equal(text_plural(2), "s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_escape_uses_the_letters),
	    cmocka_unit_test(text_escape_keeps_plain_text),
	    cmocka_unit_test(text_escape_escapes_bad_bytes_and_controls),
	    cmocka_unit_test(text_escape_lets_no_mark_alter_an_escape),
	    cmocka_unit_test(text_escape_finds_odd_bytes_anywhere),
	    cmocka_unit_test(text_of_random_bytes_is_harmless),
	    cmocka_unit_test(text_escape_lines_keeps_lines),
	    cmocka_unit_test(text_styles_only_with_colour),
	    cmocka_unit_test(text_stops_at_its_limit_between_characters),
	    cmocka_unit_test(text_width_counts_columns),
	    cmocka_unit_test(text_fit_cuts_no_character),
	    cmocka_unit_test(text_plural_is_for_each_number_but_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
