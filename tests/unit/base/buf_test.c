/* SPDX-License-Identifier: ISC */
/*
 * Tests owned bytes: limits, growth, lifetime of lent bytes. rio_test.c fills
 * them from a descriptor.
 */
#include "rung/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void buf_allocates_with_the_first_byte(void **state)
{
	struct buf b = {.limit = 10};

	(void)state;
	assert_null(b.data);
	assert_int_equal(buf_bytes(&b).len, 0);
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_put(&b, BYTES_NONE), 0);
	assert_null(b.data);
	assert_int_equal(buf_puts(&b, "x"), 0);
	assert_non_null(b.data);
	buf_fini(&b);
	assert_null(b.data);
	assert_int_equal(b.limit, 10);
}

static void buf_adds_nothing_over_its_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(buf_puts(&b, "abc"), 0);
	assert_int_equal(buf_puts(&b, "def"), -1);
	assert_int_equal(buf_printf(&b, "%d", 100), -1);
	assert_null(buf_reserve(&b, 3));
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_non_null(buf_reserve(&b, 2));
	assert_true(bytes_is(buf_bytes(&b), "abc"));
	assert_int_equal(buf_puts(&b, "de"), 0);
	assert_int_equal(buf_putc(&b, 'f'), -1);
	assert_string_equal(buf_cstr(&b), "abcde");
	assert_int_equal(buf_len(&b), 5);
	buf_drop(&b, 1);
	assert_int_equal(buf_putc(&b, 0), 0);
	assert_true(bytes_equal(buf_bytes(&b), BYTES("bcde\0")));
	buf_fini(&b);
}

static void buf_without_a_limit_rejects_impossible_sizes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	assert_int_equal(buf_puts(&b, "abc"), 0);
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_null(buf_reserve(&b, SIZE_MAX / 2));
	assert_string_equal(buf_cstr(&b), "abc");
	buf_fini(&b);
}

static void buf_cuts_at_both_ends(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_puts(&b, "0123456789");
	buf_drop(&b, 3);
	assert_true(bytes_is(buf_bytes(&b), "3456789"));
	buf_truncate(&b, 2);
	assert_true(bytes_is(buf_bytes(&b), "34"));
	buf_truncate(&b, 0);
	assert_int_equal(b.head, 0);
	buf_puts(&b, "x");
	buf_clear(&b);
	assert_int_equal(buf_len(&b), 0);
	buf_fini(&b);
}

static void buf_shortens_to_whole_characters(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_puts(&b, "caf\xc3\xa9");
	buf_shorten(&b, 5);
	assert_string_equal(buf_cstr(&b), "caf\xc3\xa9");
	buf_shorten(&b, 4);
	assert_string_equal(buf_cstr(&b), "caf...");
	buf_fini(&b);
}

static void buf_prints_texts_of_any_length(void **state)
{
	struct buf b;
	char *longer = xalloc(5001);

	(void)state;
	memset(longer, 'y', 5000);
	buf_init(&b, 6000);
	for (int n = 250; n < 260; n++) {
		buf_clear(&b);
		assert_int_equal(buf_printf(&b, "%.*s", n, longer), 0);
		assert_int_equal(buf_len(&b), n);
	}
	buf_clear(&b);
	buf_puts(&b, "<");
	assert_int_equal(buf_printf(&b, "%s", longer), 0);
	assert_int_equal(buf_len(&b), 5001);
	assert_int_equal(buf_printf(&b, "%s", longer), -1);
	assert_int_equal(buf_len(&b), 5001);
	/* The text has exactly the limit's length; the NUL that printf writes
	 * is not counted. */
	b.limit = 5301;
	assert_int_equal(buf_printf(&b, "%.300s", longer), 0);
	assert_int_equal(buf_len(&b), 5301);
	assert_int_equal(strlen(buf_cstr(&b)), 5301);
	free(longer);
	buf_fini(&b);
}

static void buf_free_idle_frees_large_empty_memory(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_puts(&b, "x");
	buf_free_idle(&b, 0);
	assert_int_equal(buf_len(&b), 1);
	buf_clear(&b);
	buf_free_idle(&b, 1000);
	assert_non_null(b.data);
	buf_free_idle(&b, 0);
	assert_null(b.data);
	assert_int_equal(b.limit, 1000);
	buf_fini(&b);
}

static void buf_drop_keeps_lent_bytes_valid(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_puts(&b, "lent");

	struct bytes lent = buf_bytes(&b);

	buf_drop(&b, 4);
	assert_true(bytes_is(lent, "lent"));
	buf_fini(&b);
}

/*
 * Drops and adds a few bytes of a nearly full buf in turn. If each step moved
 * all bytes, this test would move about 100 GiB.
 */
static void buf_at_its_limit_rarely_moves_bytes(void **state)
{
	enum { LIMIT = 1 << 20, STEPS = 100000, STEP = 40 };
	struct buf b;
	size_t moves = 0;
	uint8_t next = 0, first = 0;

	(void)state;
	buf_init(&b, LIMIT);
	while (buf_len(&b) < LIMIT)
		buf_putc(&b, next++);
	for (int i = 0; i < STEPS; i++) {
		buf_drop(&b, STEP);
		first = (uint8_t)(first + STEP);

		size_t head = b.head;

		for (int k = 0; k < STEP; k++)
			assert_int_equal(buf_putc(&b, next++), 0);
		moves += b.head < head;
		assert_int_equal(*buf_bytes(&b).at, first);
	}
	assert_true(moves <= 6);
	assert_true(b.cap <= 2 * LIMIT);
	assert_int_equal(buf_len(&b), LIMIT);
	buf_fini(&b);
}

/* Checks after each call that the buf and a plain array contain the same bytes.
 */
static void buf_holds_the_same_as_a_plain_array(void **state)
{
	enum { LIMIT = 700 };
	uint8_t model[LIMIT];
	size_t held = 0;
	unsigned seed = 7;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT);
	for (int i = 0; i < 50000; i++) {
		seed = seed * 1103515245u + 12345u;

		size_t n = (seed >> 16) % 90;
		uint8_t piece[90];

		memset(piece, i & 0xFF, sizeof(piece));
		if (seed >> 28 & 1) {
			int r = buf_put(&b, bytes_of(piece, n));

			assert_int_equal(r, n <= LIMIT - held ? 0 : -1);
			if (!r) {
				memcpy(model + held, piece, n);
				held += n;
			}
		} else {
			n = n < held ? n : held;
			buf_drop(&b, n);
			held -= n;
			memmove(model, model + n, held);
		}
		if (seed >> 24 == 3)
			buf_free_idle(&b, 0);
		assert_true(bytes_equal(buf_bytes(&b), bytes_of(model, held)));
		assert_true(b.cap <= 2 * LIMIT);
	}
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buf_allocates_with_the_first_byte),
	    cmocka_unit_test(buf_adds_nothing_over_its_limit),
	    cmocka_unit_test(buf_without_a_limit_rejects_impossible_sizes),
	    cmocka_unit_test(buf_cuts_at_both_ends),
	    cmocka_unit_test(buf_shortens_to_whole_characters),
	    cmocka_unit_test(buf_prints_texts_of_any_length),
	    cmocka_unit_test(buf_free_idle_frees_large_empty_memory),
	    cmocka_unit_test(buf_drop_keeps_lent_bytes_valid),
	    cmocka_unit_test(buf_at_its_limit_rarely_moves_bytes),
	    cmocka_unit_test(buf_holds_the_same_as_a_plain_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
