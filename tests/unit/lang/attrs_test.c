/* SPDX-License-Identifier: ISC */
/*
 * Tests attributes: order, repeated names, limits and references.
 */
#include "rung/attrs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_attr(const struct attrs *a, const char *name,
			struct bytes want)
{
	struct bytes got = BYTES_NONE;
	assert_true(attrs_get(a, name, &got));
	assert_true(bytes_equal(got, want));
}

static void attrs_keep_any_bytes_in_order(void **state)
{
	struct attrs *a = attrs_new();
	struct bytes name, value;
	(void)state;
	assert_int_equal(attrs_put(a, "path", BYTES("/a\0b")), 0);
	assert_int_equal(attrs_put(a, "empty", BYTES_NONE), 0);
	assert_int_equal(attrs_put(a, "path", BYTES("second")), 0);
	expect_attr(a, "path", BYTES("/a\0b"));
	expect_attr(a, "empty", BYTES_NONE);
	assert_true(attrs_at(a, 2, &name, &value));
	assert_true(bytes_is(name, "path"));
	assert_true(bytes_is(value, "second"));
	assert_false(attrs_at(a, 3, &name, &value));
	attrs_unref(a);
}

static void unknown_names_leave_the_value(void **state)
{
	struct attrs *a = attrs_new();
	struct bytes value = BYTES("before");
	(void)state;
	assert_int_equal(attrs_put(a, "status", BYTES("200")), 0);
	assert_false(attrs_get(a, "stat", &value));
	assert_false(attrs_get(a, "status2", &value));
	assert_false(attrs_get(NULL, "status", &value));
	assert_true(bytes_is(value, "before"));
	assert_false(attrs_at(NULL, 0, &value, &value));
	attrs_unref(a);
}

static void too_much_is_refused_whole(void **state)
{
	struct attrs *a = attrs_new();
	uint8_t *big = xalloc(ATTRS_MAX);
	(void)state;
	assert_int_equal(attrs_put(a, "k", bytes_of(big, ATTRS_MAX)), -1);
	assert_int_equal(attrs_put(a, "k", bytes_of(big, ATTRS_MAX - 8)), -1);
	assert_int_equal(attrs_size(a), 0);
	assert_int_equal(attrs_put(a, "k", bytes_of(big, ATTRS_MAX - 9)), 0);
	assert_int_equal(attrs_size(a), ATTRS_MAX);
	assert_int_equal(attrs_put(a, "", BYTES_NONE), -1);
	free(big);
	attrs_unref(a);
}

static void last_reference_frees(void **state)
{
	struct attrs *a = attrs_new();
	(void)state;
	assert_int_equal(attrs_put(a, "k", BYTES("v")), 0);
	assert_ptr_equal(attrs_ref(a), a);
	attrs_unref(a);
	expect_attr(a, "k", BYTES("v"));
	attrs_unref(a);
	assert_null(attrs_ref(NULL));
	attrs_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(attrs_keep_any_bytes_in_order),
	    cmocka_unit_test(unknown_names_leave_the_value),
	    cmocka_unit_test(too_much_is_refused_whole),
	    cmocka_unit_test(last_reference_frees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
