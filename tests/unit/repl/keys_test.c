/* SPDX-License-Identifier: ISC */
/*
 * Tests of keys: their lengths, complete and cut at every byte, and the
 * conversion of characters in both directions.
 */
#include "src/repl/keys.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct bytes keys[] = {
    {(const uint8_t *)"a", 1},
    {(const uint8_t *)"\r", 1},
    {(const uint8_t *)"\0", 1},
    {(const uint8_t *)"\177", 1},
    {(const uint8_t *)"\303\251", 2},
    {(const uint8_t *)"\346\274\242", 3},
    {(const uint8_t *)"\360\237\246\212", 4},
    {(const uint8_t *)"\033[A", 3},
    {(const uint8_t *)"\033OA", 3},
    {(const uint8_t *)"\033[3~", 4},
    {(const uint8_t *)"\033[1;5C", 6},
    {(const uint8_t *)"\033[200~", 6},
    {(const uint8_t *)"\033[[A", 4},
    {(const uint8_t *)"\033b", 2},
    {(const uint8_t *)"\033\303\251", 3},
    {(const uint8_t *)"\033\033[D", 4},
    {(const uint8_t *)"\026x", 2},
    {(const uint8_t *)"\030\030", 2},
};
enum { KEYS = sizeof(keys) / sizeof(*keys) };

static void key_length_excludes_what_follows(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		struct buf b;

		buf_init(&b, 64);
		buf_put(&b, keys[i]);
		buf_puts(&b, "more");
		if (i + 1 < KEYS) /* ^X^X would form a key with "m" */
			assert_int_equal(key_length(buf_bytes(&b)),
					 keys[i].len);
		buf_fini(&b);
	}
}

static void incomplete_key_has_no_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS - 1; i++) {
		assert_int_equal(key_length(keys[i]), keys[i].len);
		for (size_t n = 0; n < keys[i].len; n++) {
			/* `ESC [` and `ESC O` could be complete keys, but count
			 * as incomplete. */
			assert_int_equal(key_length(bytes_head(keys[i], n)), 0);
		}
	}
}

static void invalid_byte_is_a_key(void **state)
{
	(void)state;
	assert_int_equal(key_length(BYTES("\377x")), 1);
	assert_int_equal(key_length(BYTES("\200")), 1);
	assert_int_equal(key_length(BYTES("\303(")), 1);
}

static void repeated_escapes_are_bounded(void **state)
{
	size_t n = (size_t)4 << 20;
	uint8_t *escapes = xalloc(n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		escapes[i] = 0x1b;
	assert_in_range(key_length(bytes_of(escapes, n)), 1, 8);
	free(escapes);
}

static void run_ends_at_controls(void **state)
{
	(void)state;
	assert_int_equal(key_run(BYTES("abc def\r")), 7);
	assert_int_equal(key_run(BYTES("\033[A")), 0);
	assert_int_equal(key_run(BYTES("ab\177")), 2);
	assert_int_equal(key_run(BYTES("z\303\251\t")), 3);
	assert_int_equal(key_run(BYTES_NONE), 0);
}

static void run_ends_between_characters(void **state)
{
	const struct bytes text = BYTES("ab\346\274\242\346\274\242c");

	(void)state;
	for (size_t n = 0; n <= text.len; n++) {
		size_t run = key_run(bytes_head(text, n));

		assert_true(run == 0 || run == 1 || run == 2 || run == 5 ||
			    run == 8 || run == text.len);
		assert_true(n - run <= 3);
	}
	assert_int_equal(key_run(text), text.len);
}

static void characters_survive_conversion(void **state)
{
	const struct bytes text = BYTES("a\303\251\346\274\242\360\237\246\212"
					"\n\t\001");
	size_t count;
	wchar_t *wide = key_widen(text, &count);
	struct buf b;

	(void)state;
	assert_int_equal(count, 7);
	buf_init(&b, 64);
	key_narrow(wide, wide + count, &b);
	assert_true(bytes_equal(buf_bytes(&b), text));
	buf_fini(&b);
	free(wide);
}

static void invalid_bytes_survive_conversion(void **state)
{
	const struct bytes text = BYTES("a\377b\303(\200\355\262\200c\303");
	size_t count;
	wchar_t *wide = key_widen(text, &count);
	struct buf b;

	(void)state;
	assert_int_equal(count, text.len);
	assert_int_equal(wide[1], 0xdcff);
	assert_int_equal(wide[text.len - 1], 0xdcc3);
	buf_init(&b, 64);
	key_narrow(wide, wide + count, &b);
	assert_true(bytes_equal(buf_bytes(&b), text));
	buf_fini(&b);
	free(wide);
}

static void nuls_are_dropped(void **state)
{
	size_t count;
	wchar_t *wide = key_widen(BYTES("a\0b\0"), &count);

	(void)state;
	assert_int_equal(count, 2);
	assert_memory_equal(wide, L"ab", 3 * sizeof(*wide));
	free(wide);
}

static void incomplete_character_has_no_length(void **state)
{
	const struct bytes fox = BYTES("\360\237\246\212");
	wchar_t c;

	(void)state;
	for (size_t n = 0; n < fox.len; n++)
		assert_int_equal(key_char(bytes_head(fox, n), &c), 0);
	assert_int_equal(key_char(fox, &c), 4);
	assert_int_equal(c, 0x1f98a);
	assert_int_equal(key_char(BYTES("\0a"), &c), 1);
	assert_int_equal(c, 0);
	assert_int_equal(key_char(BYTES("\377a"), &c), 1);
	assert_int_equal(c, 0xdcff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(key_length_excludes_what_follows),
	    cmocka_unit_test(incomplete_key_has_no_length),
	    cmocka_unit_test(invalid_byte_is_a_key),
	    cmocka_unit_test(repeated_escapes_are_bounded),
	    cmocka_unit_test(run_ends_at_controls),
	    cmocka_unit_test(run_ends_between_characters),
	    cmocka_unit_test(characters_survive_conversion),
	    cmocka_unit_test(invalid_bytes_survive_conversion),
	    cmocka_unit_test(nuls_are_dropped),
	    cmocka_unit_test(incomplete_character_has_no_length),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
