/* SPDX-License-Identifier: ISC */
/*
 * Tests of the variables that a match sets in a task.
 */
#include "../../../src/shell/shell_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_is(const struct builtins *c, const char *name,
		      const char *text)
{
	struct bytes got;
	assert_true(builtins_get(c, builtins_find(bytes_str(name)), &got));
	assert_true(bytes_is(got, text));
}

static void builtins_are_found_by_name(void **state)
{
	(void)state;
	assert_int_equal(builtins_find(BYTES("0")), 0);
	assert_int_equal(builtins_find(BYTES("9")), 9);
	assert_int_equal(builtins_find(BYTES("match")), BUILTIN_MATCH);
	assert_int_equal(builtins_find(BYTES("message")), BUILTIN_MESSAGE);
	assert_int_equal(builtins_find(BYTES("")), -1);
	assert_int_equal(builtins_find(BYTES("10")), -1);
	assert_int_equal(builtins_find(BYTES("mat")), -1);
	assert_int_equal(builtins_find(BYTES("matches")), -1);
	assert_int_equal(builtins_find(BYTES("Last")), -1);
}

static void builtins_get_the_groups_of_a_match(void **state)
{
	struct builtins c = {.set = {false}};
	struct match_found two = {
	    .group = {BYTES("a1"), BYTES("a"), BYTES("1")}};
	struct match_found one = {.group = {BYTES("b"), BYTES("b")}};
	struct bytes got;
	(void)state;
	builtins_match(&c, &two);
	assert_is(&c, "0", "a1");
	assert_is(&c, "2", "1");
	assert_false(builtins_get(&c, 3, &got));
	/* A group that did not match becomes empty. */
	builtins_match(&c, &one);
	assert_is(&c, "1", "b");
	assert_is(&c, "2", "");
	assert_false(builtins_get(&c, 3, &got));
	builtins_fini(&c);
	assert_false(builtins_get(&c, 0, &got));
}

static void builtins_hold_any_bytes(void **state)
{
	struct builtins c = {.set = {false}};
	struct bytes got;
	(void)state;
	builtins_set(&c, BUILTIN_LAST, BYTES("a\0b"));
	assert_true(builtins_get(&c, BUILTIN_LAST, &got));
	assert_int_equal(got.len, 3);
	builtins_set(&c, BUILTIN_LAST, BYTES_NONE);
	assert_is(&c, "last", "");
	builtins_fini(&c);
}

static void count(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
}

static void builtins_each_visits_set_ones(void **state)
{
	struct builtins c = {.set = {false}};
	int n = 0;
	(void)state;
	builtins_each(&c, count, &n);
	assert_int_equal(n, 0);
	builtins_set(&c, 3, BYTES("x"));
	builtins_set(&c, BUILTIN_BEFORE, BYTES(""));
	builtins_each(&c, count, &n);
	assert_int_equal(n, 2);
	builtins_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(builtins_are_found_by_name),
	    cmocka_unit_test(builtins_get_the_groups_of_a_match),
	    cmocka_unit_test(builtins_hold_any_bytes),
	    cmocka_unit_test(builtins_each_visits_set_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
