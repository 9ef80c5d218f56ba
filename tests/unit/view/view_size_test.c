/* SPDX-License-Identifier: ISC */
/*
 * Tests how sizes are printed: exact if short, else rounded down.
 */
#include "view_test.h"

static void assert_shown(void (*show)(size_t, struct text *), size_t n,
			 const char *expected)
{
	struct text t = test_text(false);

	show(n, &t);
	assert_string_equal(buf_cstr(&t.buf), expected);
	text_fini(&t);
}

static void size_is_exact_while_it_is_short(void **state)
{
	(void)state;
	assert_shown(view_size, 0, "0B");
	assert_shown(view_size, 12, "12B");
	assert_shown(view_size, 4096, "4096B");
	assert_shown(view_size, 99999, "99999B");
}

static void size_is_rounded_down_past_that(void **state)
{
	(void)state;
	assert_shown(view_size, 100000, "97.6KiB");
	assert_shown(view_size, 262144, "256KiB");
	assert_shown(view_size, ((size_t)1 << 20) - 1, "1023.9KiB");
	assert_shown(view_size, (size_t)1 << 20, "1MiB");
	assert_shown(view_size, (size_t)16 << 20, "16MiB");
	assert_shown(view_size, (size_t)3 << 29, "1.5GiB");
	assert_shown(view_size, SIZE_MAX, "16383.9PiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(size_is_exact_while_it_is_short),
	    cmocka_unit_test(size_is_rounded_down_past_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
