/* SPDX-License-Identifier: ISC */
/*
 * Tests of what a match leaves to a task: groups, and the bytes around it.
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
	assert_true(captured_get(c, captured_find(bytes_str(name)), &got));
	assert_true(bytes_is(got, text));
}

static void captured_names_are_found(void **state)
{
	(void)state;
	assert_int_equal(captured_find(BYTES("0")), 0);
	assert_int_equal(captured_find(BYTES("9")), 9);
	assert_int_equal(captured_find(BYTES("match")), CAPTURED_MATCH);
	assert_int_equal(captured_find(BYTES("message")), CAPTURED_MESSAGE);
	assert_int_equal(captured_find(BYTES("")), -1);
	assert_int_equal(captured_find(BYTES("10")), -1);
	assert_int_equal(captured_find(BYTES("mat")), -1);
	assert_int_equal(captured_find(BYTES("matches")), -1);
	assert_int_equal(captured_find(BYTES("Last")), -1);
}

static void captured_groups_of_a_match(void **state)
{
	struct builtins c = {.set = {false}};
	struct match_found two = {
	    .group = {BYTES("a1"), BYTES("a"), BYTES("1")}};
	struct match_found one = {.group = {BYTES("b"), BYTES("b")}};
	struct bytes got;
	(void)state;
	captured_match(&c, &two);
	assert_is(&c, "0", "a1");
	assert_is(&c, "2", "1");
	assert_false(captured_get(&c, 3, &got));
	/* What took no part is empty, not what it was. */
	captured_match(&c, &one);
	assert_is(&c, "1", "b");
	assert_is(&c, "2", "");
	assert_false(captured_get(&c, 3, &got));
	captured_fini(&c);
	assert_false(captured_get(&c, 0, &got));
}

static void captured_value_is_any_bytes(void **state)
{
	struct builtins c = {.set = {false}};
	struct bytes got;
	(void)state;
	captured_set(&c, CAPTURED_LAST, BYTES("a\0b"));
	assert_true(captured_get(&c, CAPTURED_LAST, &got));
	assert_int_equal(got.len, 3);
	captured_set(&c, CAPTURED_LAST, BYTES_NONE);
	assert_is(&c, "last", "");
	captured_fini(&c);
}

static void count(void *ctx, const char *name)
{
	(void)name;
	++*(int *)ctx;
}

static void captured_each_names_what_is_set(void **state)
{
	struct builtins c = {.set = {false}};
	int n = 0;
	(void)state;
	captured_each(&c, count, &n);
	assert_int_equal(n, 0);
	captured_set(&c, 3, BYTES("x"));
	captured_set(&c, CAPTURED_BEFORE, BYTES(""));
	captured_each(&c, count, &n);
	assert_int_equal(n, 2);
	captured_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(captured_names_are_found),
	    cmocka_unit_test(captured_groups_of_a_match),
	    cmocka_unit_test(captured_value_is_any_bytes),
	    cmocka_unit_test(captured_each_names_what_is_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
