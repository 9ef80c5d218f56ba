/* SPDX-License-Identifier: ISC */
/*
 * Tests the clocks. loop_test.c tests how the loop moves a fake clock.
 */
#include "rung/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void fake_clock_keeps_its_time(void **state)
{
	struct clock c = {.fake = true, .at = 5 * NS_PER_S};

	(void)state;
	assert_int_equal(clock_mono(&c), 5 * NS_PER_S);
	assert_int_equal(clock_mono(&c), 5 * NS_PER_S);

	struct tm day = {.tm_year = 126, .tm_mon = 0, .tm_mday = 1};
	time_t begin = timegm(&day);

	assert_int_equal(clock_wall(&c), ((uint64_t)begin + 5) * NS_PER_S);
}

static void real_clock_follows_the_kernel(void **state)
{
	struct clock c = {.fake = false, .at = 1};
	uint64_t before = clock_mono(&c);

	(void)state;
	assert_true(clock_mono(&c) >= before);
	assert_true(before > 1);

	time_t now = time(NULL);
	uint64_t wall = clock_wall(&c) / NS_PER_S;

	assert_true(wall + 2 >= (uint64_t)now && wall <= (uint64_t)now + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fake_clock_keeps_its_time),
	    cmocka_unit_test(real_clock_follows_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
