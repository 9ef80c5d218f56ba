/* SPDX-License-Identifier: ISC */
/*
 * Tests of entries: lookup by name and key, removal, limits. env_test.c tests
 * them from command lines.
 */
#include "../../../src/shell/entries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int setup(void **state)
{
	*state = entries_new(NULL);
	return 0;
}

static int teardown(void **state)
{
	entries_free(*state);
	return 0;
}

static void put(struct entries *all, struct bytes name, struct bytes key,
		struct bytes value)
{
	assert_int_equal(entries_put(all, name, key, value, 1 << 24, NULL), 0);
}

static void is(const struct entries *all, struct bytes name, struct bytes key,
	       const char *want)
{
	struct bytes got;
	assert_int_equal(entries_get(all, name, key, &got), want != NULL);
	if (want)
		assert_true(bytes_is(got, want));
}

static void entries_are_found_by_name_and_key(void **state)
{
	struct entries *all = *state;
	is(NULL, BYTES("a"), BYTES("b"), NULL);
	put(all, BYTES("a"), BYTES("bc"), BYTES("1"));
	put(all, BYTES("ab"), BYTES("c"), BYTES("2"));
	put(all, BYTES("a"), BYTES(""), BYTES("3"));
	put(all, BYTES("a"), BYTES("\0]\xff"), BYTES("4"));
	is(all, BYTES("a"), BYTES("bc"), "1");
	is(all, BYTES("ab"), BYTES("c"), "2");
	is(all, BYTES("a"), BYTES(""), "3");
	is(all, BYTES("a"), BYTES("\0]\xff"), "4");
	is(all, BYTES("a"), BYTES("\0]"), NULL);
	is(all, BYTES("b"), BYTES("c"), NULL);
	put(all, BYTES("ab"), BYTES("c"), BYTES("new"));
	is(all, BYTES("ab"), BYTES("c"), "new");
}

static void entries_are_removed_singly_or_by_name(void **state)
{
	struct entries *all = *state;
	char key[16];
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "%d", i);
		put(all, BYTES("a"), bytes_str(key), bytes_str(key));
		put(all, BYTES("b"), bytes_str(key), bytes_str(key));
	}
	entries_drop(all, BYTES("b"), BYTES("500"));
	entries_drop(all, BYTES("b"), BYTES("none"));
	entries_clear(all, BYTES("a"));
	assert_false(entries_any(all, BYTES("a")));
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "%d", i);
		is(all, BYTES("a"), bytes_str(key), NULL);
		is(all, BYTES("b"), bytes_str(key), i == 500 ? NULL : key);
	}
	assert_true(entries_any(all, BYTES("b")));
}

static void entries_move_to_another_scope(void **state)
{
	struct entries *all = *state, *other = entries_new(NULL);
	put(all, BYTES("a"), BYTES("x"), BYTES("1"));
	put(all, BYTES("a"), BYTES("y"), BYTES("2"));
	put(all, BYTES("b"), BYTES("x"), BYTES("3"));
	entries_move(all, other, BYTES("a"));
	is(all, BYTES("a"), BYTES("x"), NULL);
	is(all, BYTES("b"), BYTES("x"), "3");
	is(other, BYTES("a"), BYTES("x"), "1");
	is(other, BYTES("a"), BYTES("y"), "2");
	is(other, BYTES("b"), BYTES("x"), NULL);
	entries_free(other);
}

static void entries_are_limited(void **state)
{
	struct entries *all = *state;
	size_t each = 4 + ENTRY_COST, most = 3 * each;
	struct err e;
	char key[2] = "a";
	for (; key[0] < 'd'; key[0]++)
		assert_int_equal(entries_put(all, BYTES("n"), bytes_str(key),
					     BYTES("12"), most, &e),
				 0);
	assert_int_equal(
	    entries_put(all, BYTES("n"), BYTES("d"), BYTES(""), most, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(
	    entries_put(all, BYTES("n"), BYTES("a"), BYTES("123"), most, &e),
	    -1);
	is(all, BYTES("n"), BYTES("a"), "12");
	is(all, BYTES("n"), BYTES("d"), NULL);
	/* At the limit, a new value fits if it is not longer than the old one.
	 */
	assert_int_equal(
	    entries_put(all, BYTES("n"), BYTES("a"), BYTES("21"), most, &e), 0);
	entries_drop(all, BYTES("n"), BYTES("b"));
	assert_int_equal(
	    entries_put(all, BYTES("n"), BYTES("d"), BYTES("12"), most, &e), 0);
	assert_int_equal(
	    entries_put(all, BYTES("n"), BYTES("a"), BYTES("1"), 0, &e), -1);
}

static void entry_keys_are_limited(void **state)
{
	struct entries *all = *state;
	uint8_t *key = calloc(1, ENTRY_KEY_MAX + 1);
	struct err e;
	put(all, BYTES("n"), bytes_of(key, ENTRY_KEY_MAX), BYTES("1"));
	is(all, BYTES("n"), bytes_of(key, ENTRY_KEY_MAX), "1");
	assert_int_equal(entries_put(all, BYTES("n"),
				     bytes_of(key, ENTRY_KEY_MAX + 1),
				     BYTES("1"), 1 << 24, &e),
			 -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	free(key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(entries_are_found_by_name_and_key),
	    TEST(entries_are_removed_singly_or_by_name),
	    TEST(entries_move_to_another_scope),
	    TEST(entries_are_limited),
	    TEST(entry_keys_are_limited),
	};
	return cmocka_run_group_tests_name("entries", tests, NULL, NULL);
}
