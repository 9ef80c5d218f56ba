/* SPDX-License-Identifier: ISC */
/*
 * Tests of the conversion of LF to CRLF: the output does not depend on how the
 * input is split.
 */
#include "src/pipe/pipe_own.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TEXT "\na\n\r\nb\r\r\n\rc\n\n\r\n\rd\r"
#define WANT "\r\na\r\n\r\nb\r\r\n\rc\r\n\r\n\r\n\rd\r"

static void check(const size_t *cuts, size_t n)
{
	struct bytes all = BYTES(TEXT);
	struct crlf c = {.after_cr = false};
	struct buf out = {.limit = BUF_SMALL};
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		size_t to = i < n ? cuts[i] : all.len;

		assert_int_equal(
		    crlf_convert(&c, bytes_of(all.at + from, to - from), &out),
		    0);
		from = to;
	}
	assert_int_equal(buf_len(&out), sizeof(WANT) - 1);
	assert_memory_equal(buf_bytes(&out).at, WANT, sizeof(WANT) - 1);
	buf_fini(&out);
}

static void crlf_output_is_independent_of_splits(void **state)
{
	size_t len = sizeof(TEXT) - 1;

	(void)state;
	check(NULL, 0);
	for (size_t a = 0; a <= len; a++)
		for (size_t b = a; b <= len; b++)
			check((size_t[]){a, b}, 2);
}

static void crlf_converts_byte_by_byte(void **state)
{
	size_t cuts[sizeof(TEXT) - 1];

	(void)state;
	for (size_t i = 0; i < sizeof(TEXT) - 1; i++)
		cuts[i] = i;
	check(cuts, sizeof(TEXT) - 1);
}

static void crlf_changes_no_other_byte(void **state)
{
	struct crlf c = {.after_cr = false};
	struct buf out = {.limit = BUF_SMALL};
	uint8_t all[256];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(crlf_convert(&c, bytes_of(all, 256), &out), 0);
	assert_int_equal(buf_len(&out), 257);
	assert_memory_equal(buf_bytes(&out).at, all, 10);
	assert_memory_equal(buf_bytes(&out).at + 10, "\r\n", 2);
	assert_memory_equal(buf_bytes(&out).at + 12, all + 11, 245);
	buf_fini(&out);
}

static void crlf_fails_when_the_buffer_is_full(void **state)
{
	struct crlf c = {.after_cr = false};
	struct buf out = {.limit = 3};

	(void)state;
	assert_int_equal(crlf_convert(&c, BYTES("ab\n"), &out), -1);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(crlf_output_is_independent_of_splits),
	    cmocka_unit_test(crlf_converts_byte_by_byte),
	    cmocka_unit_test(crlf_changes_no_other_byte),
	    cmocka_unit_test(crlf_fails_when_the_buffer_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
