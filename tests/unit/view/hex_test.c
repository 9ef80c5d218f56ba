/* SPDX-License-Identifier: ISC */
/*
 * Tests of the hex view: output equal to `hexdump -v -C`, with each kernel, for
 * every byte and every length of row.
 */
#include "view_test.h"

#include "src/view/hex.h"

#include <inttypes.h>
#include <stdio.h>

/* Prints a row with printf, as the format string of hexdump(1) -C describes it.
 */
static void put_expected(struct buf *out, const uint8_t *row, size_t n,
			 uint64_t offset)
{
	buf_printf(out, "%08" PRIx64 "  ", offset);
	for (size_t i = 0; i < 16; i++) {
		if (i < n)
			buf_printf(out, "%02x ", row[i]);
		else
			buf_puts(out, "   ");
		if (i == 7)
			buf_puts(out, " ");
	}
	buf_puts(out, " |");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%c",
			   row[i] >= ' ' && row[i] <= '~' ? row[i] : '.');
	buf_puts(out, "|\n");
}

static void assert_dump(const struct hex_kernel *kernel, struct bytes data,
			uint64_t offset)
{
	struct buf made, expected;

	buf_init(&made, TEST_TEXT_MAX);
	buf_init(&expected, TEST_TEXT_MAX);
	for (size_t i = 0; i < data.len; i += 16)
		put_expected(&expected, data.at + i,
			     data.len - i < 16 ? data.len - i : 16, offset + i);
	assert_int_equal(hex_write(kernel, data, offset, &made), data.len);
	assert_true(bytes_equal(buf_bytes(&made), buf_bytes(&expected)));
	buf_fini(&made);
	buf_fini(&expected);
}

/* Runs a check with each kernel that this processor supports. */
static void each_kernel(void (*check)(const struct hex_kernel *))
{
	size_t ran = 0;

	for (size_t i = 0; hex_kernels[i]; i++)
		if (hex_kernels[i]->usable()) {
			check(hex_kernels[i]);
			ran++;
		}
	assert_true(ran > 0);
}

static void check_bytes(const struct hex_kernel *kernel)
{
	uint8_t data[256 + 16];

	for (size_t shift = 0; shift < 16; shift++) {
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(i + shift);
		assert_dump(kernel, bytes_of(data, sizeof(data)), shift);
	}
}

static void check_lengths(const struct hex_kernel *kernel)
{
	uint8_t data[100];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 37 + 11);
	for (size_t len = 0; len <= sizeof(data); len++)
		assert_dump(kernel, bytes_of(data, len), 0x1234);
}

static void check_offsets(const struct hex_kernel *kernel)
{
	static const uint64_t offsets[] = {
	    0,           1,
	    0xfffffff0,  0xffffffef,
	    0xfffffff1,  0xffffffff,
	    0x100000000, 0xfffffffff0,
	    0xffffffff8, 0x123456789a,
	    1ULL << 60,  UINT64_MAX - 199,
	};
	uint8_t data[200];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(*offsets); i++)
		for (size_t len = 16; len <= sizeof(data); len += 8)
			assert_dump(kernel, bytes_of(data, len), offsets[i]);
}

static void check_large(const struct hex_kernel *kernel)
{
	size_t len = ((size_t)1 << 20) + 5;
	uint8_t *data = xalloc(len);

	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 2654435761u >> 13);
	assert_dump(kernel, bytes_of(data, len), 0xfff80000);
	free(data);
}

static void hex_shows_every_byte(void **state)
{
	(void)state;
	each_kernel(check_bytes);
}

static void hex_shows_every_length(void **state)
{
	(void)state;
	each_kernel(check_lengths);
}

static void hex_offset_grows(void **state)
{
	(void)state;
	each_kernel(check_offsets);
}

static void hex_shows_many_blocks(void **state)
{
	(void)state;
	each_kernel(check_large);
}

/* The expected text is the output of `printf … | hexdump -v -C`, without its
 * last row. */
static void hex_prints_as_hexdump_does(void **state)
{
	(void)state;
	assert_body(
	    &view_hex, "HTTP/1.1 200 OK\r\n\0\xff\x7f ~",
	    "00000000  48 54 54 50 2f 31 2e 31  20 32 30 30 20 4f 4b 0d  "
	    "|HTTP/1.1 200 OK.|\n"
	    "00000010  0a 00 ff 7f 20 7e                                 "
	    "|.... ~|\n");
	assert_body(&view_hex, "", "");
}

static void hex_waits_for_a_whole_row(void **state)
{
	(void)state;
	assert_part(&view_hex, "0123456789abcde", "", 0);
	assert_part(&view_hex, "0123456789abcdefg",
		    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 "
		    "66  |0123456789abcdef|\n",
		    16);
}

static void hex_row_stands_alone(void **state)
{
	struct text t = test_text(false);

	(void)state;
	view_hex_row(BYTES("ab"), 0x21, &t);
	view_hex_row(BYTES_NONE, 0x23, &t);
	assert_true(bytes_is(
	    text_bytes(&t),
	    "00000021  61 62                                             "
	    "|ab|\n"));
	text_fini(&t);
}

static void hex_dims_the_offset(void **state)
{
	struct text t = test_text(true);

	(void)state;
	view_hex.body(BYTES("0123456789abcdefg"), 0xfffffff8, true, &t);
	assert_true(
	    bytes_is(text_bytes(&t),
		     DIM "fffffff8" PLAIN
			 "  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
			 "|0123456789abcdef|\n" DIM "100000008" PLAIN
			 "  67                                                "
			 "|g|\n"));
	text_fini(&t);
}

static void check_limits(const struct hex_kernel *kernel)
{
	uint8_t data[100] = {0};
	struct buf out;

	for (size_t limit = 0; limit < 700; limit += 11) {
		buf_init(&out, limit);
		assert_int_equal(
		    hex_write(kernel, bytes_of(data, sizeof(data)), 0, &out),
		    sizeof(data));
		assert_true(buf_len(&out) <= limit);
		assert_true(limit < 79 || buf_len(&out) >= 79);
		buf_fini(&out);
	}
}

static void hex_survives_a_full_text(void **state)
{
	(void)state;
	each_kernel(check_limits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hex_shows_every_byte),
	    cmocka_unit_test(hex_shows_every_length),
	    cmocka_unit_test(hex_offset_grows),
	    cmocka_unit_test(hex_shows_many_blocks),
	    cmocka_unit_test(hex_prints_as_hexdump_does),
	    cmocka_unit_test(hex_waits_for_a_whole_row),
	    cmocka_unit_test(hex_row_stands_alone),
	    cmocka_unit_test(hex_dims_the_offset),
	    cmocka_unit_test(hex_survives_a_full_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
