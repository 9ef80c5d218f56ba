/* SPDX-License-Identifier: ISC */
/*
 * Tests borrowed bytes. buf_test.c tests owned bytes.
 */
#include "rung/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void bytes_are_equal_by_content_and_length(void **state)
{
	(void)state;
	assert_true(bytes_equal(BYTES("a\0b"), BYTES("a\0b")));
	assert_false(bytes_equal(BYTES("a\0b"), BYTES("a\0c")));
	assert_false(bytes_equal(BYTES("ab"), BYTES("abc")));
	assert_true(bytes_equal(BYTES_NONE, BYTES("")));
	assert_true(bytes_is(BYTES("tcp"), "tcp"));
	assert_false(bytes_is(BYTES("tcp"), "tc"));
	assert_true(bytes_starts(BYTES("tcp://x"), BYTES("tcp:")));
	assert_true(bytes_starts(BYTES("x"), BYTES_NONE));
	assert_int_equal(bytes_common(BYTES("tcp:"), BYTES("tcq")), 2);
	assert_int_equal(bytes_common(BYTES("tcp"), BYTES("tcp:")), 3);
	assert_int_equal(bytes_common(BYTES("x"), BYTES_NONE), 0);
	assert_false(bytes_starts(BYTES("t"), BYTES("tcp")));
}

static void bytes_slices_stay_inside(void **state)
{
	(void)state;
	assert_true(bytes_is(bytes_skip(BYTES("hello"), 2), "llo"));
	assert_int_equal(bytes_skip(BYTES("hello"), 9).len, 0);
	assert_int_equal(bytes_skip(BYTES_NONE, 9).len, 0);
	assert_true(bytes_is(bytes_head(BYTES("hello"), 2), "he"));
	assert_true(bytes_is(bytes_head(BYTES("hello"), 9), "hello"));
	assert_true(bytes_is(bytes_trim(BYTES(" \tx y\t ")), "x y"));
	assert_int_equal(bytes_trim(BYTES(" \t ")).len, 0);
	assert_true(bytes_is(bytes_trim(BYTES("\nx")), "\nx"));
}

static void bytes_find_first_at_or_after(void **state)
{
	struct bytes hay = BYTES("ab\0ab\0abc");

	(void)state;
	assert_int_equal(bytes_find(hay, BYTES("ab"), 0), 0);
	assert_int_equal(bytes_find(hay, BYTES("ab"), 1), 3);
	assert_int_equal(bytes_find(hay, BYTES("abc"), 0), 6);
	assert_int_equal(bytes_find(hay, BYTES("abc"), 7), BYTES_NOT_FOUND);
	assert_int_equal(bytes_find(hay, BYTES("abcd"), 0), BYTES_NOT_FOUND);
	assert_int_equal(bytes_find(hay, BYTES("\0"), 3), 5);
	assert_int_equal(bytes_find(hay, BYTES_NONE, 4), 4);
	assert_int_equal(bytes_find(hay, BYTES_NONE, hay.len), hay.len);
	assert_int_equal(bytes_find(hay, BYTES_NONE, 10), BYTES_NOT_FOUND);
	assert_int_equal(bytes_find(hay, BYTES("ab"), 99), BYTES_NOT_FOUND);
	assert_int_equal(bytes_find(BYTES_NONE, BYTES("ab"), 0),
			 BYTES_NOT_FOUND);
	assert_int_equal(bytes_find_byte(hay, 'c', 0), 8);
	assert_int_equal(bytes_find_byte(hay, 'c', 9), BYTES_NOT_FOUND);
	assert_int_equal(bytes_find_byte(BYTES_NONE, 0, 0), BYTES_NOT_FOUND);
}

static void bytes_glob_matches_star_and_question_mark(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} rows[] = {
	    {"", "", true},         {"", "a", false},
	    {"*", "", true},        {"*", "s1.2", true},
	    {"s1.*", "s1.2", true}, {"s1.*", "s1", false},
	    {"s?", "s1", true},     {"s?", "s", false},
	    {"?", "", false},       {"*a*b", "xaxxb", true},
	    {"*ab", "aab", true},   {"*ab", "aba", false},
	    {"a*", "ba", false},    {"**", "x", true},
	    {"[a]", "a", false},    {"[a]", "[a]", true},
	    {"\\*", "*", false},    {"a*b*c", "abxbxc", true},
	    {"a*?", "a", false},    {"*.*.*", "1.2", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bytes_glob(bytes_str(rows[i].pattern),
			       bytes_str(rows[i].text)) != rows[i].fits)
			fail_msg("%s against %s", rows[i].pattern,
				 rows[i].text);
	assert_true(bytes_glob(BYTES("a?b"), BYTES("a\0b")));
	assert_int_equal(bytes_wildcards(BYTES("a*")), 1);
	assert_int_equal(bytes_wildcards(BYTES("?*b?")), 3);
	assert_int_equal(bytes_wildcards(BYTES("a[b]")), 0);
	assert_int_equal(bytes_wildcards(BYTES("")), 0);
}

/* With naive backtracking this would take practically for ever. */
static void bytes_glob_of_many_stars_is_quick(void **state)
{
	char text[4000];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(bytes_glob(BYTES("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"),
				bytes_of(text, sizeof(text))));
}

static void xalloc_gives_zeroed_memory_and_copies(void **state)
{
	uint8_t *p = xalloc(64);
	char *whole = xstrdup("word");
	char *part = xstrndup(bytes_head(BYTES("word"), 2));
	char *none = xstrndup(BYTES_NONE);

	(void)state;
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	p = xrealloc(p, 3, 100);
	p[299] = 1;
	assert_string_equal(whole, "word");
	assert_string_equal(part, "wo");
	assert_string_equal(none, "");
	free(p);
	free(whole);
	free(part);
	free(none);
}

/* The vectors are from the FNV authors' own test suite. */
static void bytes_hash_is_fnv_1a(void **state)
{
	(void)state;
	assert_int_equal(bytes_hash(BYTES_NONE), 0x811c9dc5);
	assert_int_equal(bytes_hash(BYTES("a")), 0xe40c292c);
	assert_int_equal(bytes_hash(BYTES("foobar")), 0xbf9cf968);
	assert_int_not_equal(bytes_hash(BYTES("a\0")), bytes_hash(BYTES("a")));
}

static void case_of_letters_is_ignored(void **state)
{
	(void)state;
	assert_true(bytes_is_caseless(BYTES("HoSt"), "host"));
	assert_true(bytes_is_caseless(BYTES_NONE, ""));
	assert_false(bytes_is_caseless(BYTES("hos"), "host"));
	assert_false(bytes_is_caseless(BYTES("hosts"), "host"));
	assert_false(bytes_is_caseless(BYTES("ho\0t"), "host"));
	assert_false(bytes_is_caseless(BYTES("@"), "`"));
	assert_true(bytes_starts_caseless(BYTES("Hosts"), "hOST"));
	assert_true(bytes_starts_caseless(BYTES_NONE, ""));
	assert_false(bytes_starts_caseless(BYTES("Hos"), "host"));
}

static void bytes_before_ends_at_the_first_of_the_set(void **state)
{
	struct bytes all = BYTES("ab/c?d");
	(void)state;
	assert_true(bytes_equal(bytes_before(all, "?/"), BYTES("ab")));
	assert_true(bytes_equal(bytes_before(all, "?"), BYTES("ab/c")));
	assert_true(bytes_equal(bytes_before(all, "a"), BYTES_NONE));
	assert_true(bytes_equal(bytes_before(all, "x"), all));
	assert_true(bytes_equal(bytes_before(all, ""), all));
	/* NUL does not end the bytes, though it ends the set. */
	assert_true(
	    bytes_equal(bytes_before(BYTES("a\0b/"), "/"), BYTES("a\0b")));
	assert_true(bytes_equal(bytes_before(BYTES_NONE, "/"), BYTES_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_are_equal_by_content_and_length),
	    cmocka_unit_test(bytes_slices_stay_inside),
	    cmocka_unit_test(bytes_find_first_at_or_after),
	    cmocka_unit_test(bytes_glob_matches_star_and_question_mark),
	    cmocka_unit_test(bytes_glob_of_many_stars_is_quick),
	    cmocka_unit_test(bytes_hash_is_fnv_1a),
	    cmocka_unit_test(xalloc_gives_zeroed_memory_and_copies),
	    cmocka_unit_test(case_of_letters_is_ignored),
	    cmocka_unit_test(bytes_before_ends_at_the_first_of_the_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
