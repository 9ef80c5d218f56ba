/* SPDX-License-Identifier: ISC */
/*
 * Tests of error output and quoting: the caret under the column, and words
 * quoted so that they can be typed again. words_test.c tests the parser.
 */
#include "rung/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	static const struct param text[] = {
	    {.name = "TEXT", .kind = PARAM_TEXT},
	    {.kind = PARAM_END},
	};
	static const struct param pattern[] = {
	    {.name = "PATTERN", .kind = PARAM_PATTERN},
	    {.kind = PARAM_END},
	};

	(void)grammar;
	(void)verb;
	return bytes_is(name, "echo") ? text : pattern;
}

static const struct grammar grammar = {params_of};

static void caret(const char *text, unsigned line, unsigned col,
		  const char *expected)
{
	struct buf out;

	buf_init(&out, BUF_SMALL);
	words_caret(bytes_str(text), line, col, &out);
	assert_string_equal(buf_cstr(&out), expected);
	buf_fini(&out);
}

static void caret_is_under_its_column(void **state)
{
	(void)state;
	caret("abc", 1, 1, "abc\n^\n");
	caret("abc", 1, 3, "abc\n  ^\n");
	caret("abc", 1, 4, "abc\n   ^\n");
	caret("abc", 1, 99, "abc\n   ^\n");
	caret("abc\ndef\r\nghi", 2, 2, "def\n ^\n");
	caret("", 1, 1, "\n^\n");
	caret("a", 7, 1, "\n^\n");
	caret("\ta\tb", 1, 4, "\ta\tb\n\t \t^\n");
	/* U+E9 is one column wide, U+6F22 two, an escaped byte four. */
	caret("\xc3\xa9x", 1, 3, "\xc3\xa9x\n ^\n");
	caret("\xe6\xbc\xa2x", 1, 4, "\xe6\xbc\xa2x\n  ^\n");
	caret("e\xcc\x81x", 1, 4, "e\xcc\x81x\n ^\n");
	caret("\x1bx", 1, 2, "\\x1bx\n    ^\n");
	caret("\xffx", 1, 2, "\\xffx\n    ^\n");
	/* A column in the middle of a character puts the caret under that
	 * character. */
	caret("\xc3\xa9x", 1, 2, "\xc3\xa9x\n^\n");
}

static void caret_cuts_a_long_line_around_it(void **state)
{
	char text[1001], expected[256];

	(void)state;
	memset(text, 'a', 1000);
	text[1000] = '\0';
	text[500] = 'X';
	memset(expected, 'a', sizeof(expected));
	memcpy(expected, "...", 3);
	expected[43] = 'X';
	memcpy(expected + 75, "...\n", 4);
	memset(expected + 79, ' ', 43);
	memcpy(expected + 122, "^\n", 3);
	caret(text, 1, 501, expected);

	/* Unprintable bytes are four columns wide. */
	memset(text, 0x80, 60);
	text[59] = 'Z';
	text[60] = '\0';
	for (size_t i = 0; i < 12; i++)
		memcpy(expected + 3 + 4 * i, "\\x80", 4);
	memcpy(expected + 51, "Z\n", 2);
	memset(expected + 53, ' ', 51);
	memcpy(expected + 104, "^\n", 3);
	caret(text, 1, 60, expected);
	memset(text, 'a', 1000);

	struct buf out;

	/* The caret is visible for every column. */
	for (unsigned col = 1; col < 1010; col++) {
		buf_init(&out, BUF_SMALL);
		words_caret(bytes_str(text), 1, col, &out);

		const char *under = strchr(buf_cstr(&out), '\n') + 1;

		assert_true(strlen(under) <= 80);
		assert_non_null(strchr(under, '^'));
		buf_fini(&out);
	}
}

static void quote_is_read_back_as_the_same_bytes(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		static const char alphabet[] = "ab-#@!<&/ ;'\"\\$\t\r\n\0\x1b"
					       "\xc3\xa9\xff\xe2\x80\xae{}x0";
		uint8_t bytes[12];
		size_t len = (size_t)round % sizeof(bytes);
		struct buf line, back;
		struct program *p;
		struct err e;

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (uint8_t)
			    alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
			if (round % 3 == 0)
				bytes[i] = (uint8_t)(seed >> 16);
		}
		buf_init(&line, BUF_SMALL);
		buf_init(&back, BUF_SMALL);
		buf_puts(&line, round % 2 ? "expect " : "echo ");
		words_quote(bytes_of(bytes, len), &line);

		assert_int_equal(words_parse(buf_bytes(&line), "", 1, true,
					     &grammar, &p, NULL, NULL, &e),
				 WORDS_OK);
		assert_int_equal(p->commands, 1);
		assert_int_equal(p->command->words, 1);
		assert_int_equal(
		    word_expand(p->command->word, NULL, &back, NULL, &e), 0);
		assert_int_equal(p->command->word->kind, WORD_TEXT);
		assert_true(
		    bytes_equal(buf_bytes(&back), bytes_of(bytes, len)));
		program_unref(p);
		buf_fini(&line);
		buf_fini(&back);
	}
}

/* BYTES() as a constant initializer. */
#define B(lit)                                          \
	{                                               \
		(const uint8_t *)(lit), sizeof(lit) - 1 \
	}

static void quote_leaves_plain_words_bare(void **state)
{
	static const struct {
		struct bytes in;
		const char *out;
	} cases[] = {
	    {B("abc"), "abc"},           {B(""), "\"\""},
	    {B("a b"), "\"a b\""},       {B("-x"), "\"-x\""},
	    {B("a-x#"), "a-x#"},         {B("a\r\n"), "\"a\\r\\n\""},
	    {B("$a"), "\"\\$a\""},       {B("\0\xff"), "\"\\0\\xff\""},
	    {B("\xc3\xa9"), "\xc3\xa9"}, {B("a'b"), "\"a'b\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out;

		buf_init(&out, BUF_SMALL);
		words_quote(cases[i].in, &out);
		assert_string_equal(buf_cstr(&out), cases[i].out);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(caret_is_under_its_column),
	    cmocka_unit_test(caret_cuts_a_long_line_around_it),
	    cmocka_unit_test(quote_is_read_back_as_the_same_bytes),
	    cmocka_unit_test(quote_leaves_plain_words_bare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
