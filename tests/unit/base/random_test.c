/* SPDX-License-Identifier: ISC */
/*
 * Tests random bytes: each byte is filled, and none beyond.
 */
#include "rung/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_byte_is_filled(void **state)
{
	static const size_t sizes[] = {0, 1, 255, 256, 257, 1000};
	uint8_t bytes[1001];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t seen[1001] = {0};

		/* A byte that stays 0 in all rounds was not filled. */
		for (int round = 0; round < 16; round++) {
			memset(bytes, 0, sizeof(bytes));
			random_bytes(bytes, sizes[i]);
			for (size_t at = 0; at < sizeof(bytes); at++)
				seen[at] |= bytes[at];
		}
		for (size_t at = 0; at < sizeof(seen); at++)
			assert_int_equal(seen[at] != 0, at < sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_byte_is_filled),
	};

	return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
