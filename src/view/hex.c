/* SPDX-License-Identifier: ISC */
/*
 * The hex view, in the form of hexdump -C. The first row starts with the first
 * byte of the data, even at an unaligned offset; repeated rows are not
 * abbreviated to `*`.
 */
#include "hex.h"

#include "view_table.h"

#include <string.h>

/* Maximum number of rows that are formatted after one buf_reserve(). */
#define BLOCK_ROWS ((size_t)4096)

static const char digits_of[] = "0123456789abcdef";

static void put_offset(uint8_t *to, uint64_t offset, unsigned digits)
{
	for (unsigned i = digits; i-- > 0; offset >>= 4)
		to[i] = (uint8_t)digits_of[offset & 15];
}

/* Prints a row of at most 16 bytes without its offset. Result: the length of
 * the printed text. */
static size_t put_columns(uint8_t *to, const uint8_t *from, size_t n)
{
	memset(to, ' ', HEX_BAR);
	for (size_t i = 0; i < n; i++) {
		uint8_t *pair = to + HEX_FIRST + 3 * i + (i >= HEX_ROW / 2);

		pair[0] = (uint8_t)digits_of[from[i] >> 4];
		pair[1] = (uint8_t)digits_of[from[i] & 15];
	}
	to += HEX_BAR;
	*to++ = '|';
	for (size_t i = 0; i < n; i++)
		*to++ = from[i] < 0x20 || from[i] > 0x7E ? '.' : from[i];
	*to++ = '|';
	*to++ = '\n';
	return HEX_COLUMNS - HEX_ROW + n;
}

static bool always(void)
{
	return true;
}

static void plain_rows(uint8_t *to, const uint8_t *from, size_t count,
		       uint64_t offset, unsigned digits)
{
	for (; count; count--) {
		put_offset(to, offset, digits);
		put_columns(to + digits, from, HEX_ROW);
		to += digits + HEX_COLUMNS;
		from += HEX_ROW;
		offset += HEX_ROW;
	}
}

static const struct hex_kernel hex_plain = {
    .name = "plain",
    .usable = always,
    .rows = plain_rows,
};

const struct hex_kernel *const hex_kernels[] = {
#if defined(HEX_X86)
    &hex_ssse3,
#endif
    &hex_plain,
    NULL,
};

static const struct hex_kernel *best_kernel(void)
{
	for (size_t i = 0; hex_kernels[i]; i++)
		if (hex_kernels[i]->usable())
			return hex_kernels[i];
	return &hex_plain;
}

unsigned hex_digits(uint64_t offset)
{
	unsigned digits = HEX_DIGITS;

	while (digits < HEX_DIGITS_MAX && offset >> (4 * digits))
		digits++;
	return digits;
}

/* Returns how many rows, starting with the one at `offset`, have an offset with
 * this many digits. */
static uint64_t rows_alike(uint64_t offset, unsigned digits)
{
	uint64_t last = digits < HEX_DIGITS_MAX
			    ? ((uint64_t)1 << (4 * digits)) - 1
			    : UINT64_MAX;

	return (last - offset) / HEX_ROW + 1;
}

/* Appends one row, which may be shorter than HEX_ROW bytes. */
static void hex_put_row(struct buf *out, struct bytes row, uint64_t offset)
{
	unsigned digits = hex_digits(offset);
	uint8_t *to;

	if (!row.len || !(to = buf_reserve(out, digits + HEX_COLUMNS)))
		return;
	put_offset(to, offset, digits);
	buf_commit(out, digits + put_columns(to + digits, row.at, row.len));
}

size_t hex_write(const struct hex_kernel *kernel, struct bytes data,
		 uint64_t offset, struct buf *out)
{
	size_t done = 0;

	while (data.len - done >= HEX_ROW) {
		uint64_t at = offset + done;
		unsigned digits = hex_digits(at);
		uint64_t alike = rows_alike(at, digits);
		size_t rows = (data.len - done) / HEX_ROW;

		if (rows > BLOCK_ROWS)
			rows = BLOCK_ROWS;
		if (rows > alike)
			rows = (size_t)alike;

		size_t len = rows * (digits + HEX_COLUMNS);
		uint8_t *to = buf_reserve(out, len);

		if (to) {
			kernel->rows(to, data.at + done, rows, at, digits);
			buf_commit(out, len);
		} else {
			/* No room for all rows: append them one by one. */
			rows = 1;
			hex_put_row(out, bytes_of(data.at + done, HEX_ROW), at);
		}
		done += rows * HEX_ROW;
	}
	hex_put_row(out, bytes_skip(data, done), offset + done);
	return data.len;
}

/* Formats rows one by one, to print the offsets in a dim style. */
static void write_styled(struct bytes data, uint64_t offset, struct text *out)
{
	while (data.len) {
		struct bytes row = bytes_head(data, HEX_ROW);
		uint8_t made[HEX_DIGITS_MAX + HEX_COLUMNS];
		unsigned digits = hex_digits(offset);
		size_t len = put_columns(made + digits, row.at, row.len);

		put_offset(made, offset, digits);
		text_style(out, STYLE_DIM);
		buf_put(&out->buf, bytes_of(made, digits));
		text_style(out, STYLE_PLAIN);
		buf_put(&out->buf, bytes_of(made + digits, len));
		data = bytes_skip(data, row.len);
		offset += row.len;
	}
}

static size_t hex_body(struct bytes data, uint64_t offset, bool final,
		       struct text *out)
{
	if (!final)
		data.len -= data.len % HEX_ROW;
	if (out->colour)
		write_styled(data, offset, out);
	else
		hex_write(best_kernel(), data, offset, &out->buf);
	return data.len;
}

void view_hex_row(struct bytes row, uint64_t offset, struct text *out)
{
	hex_body(bytes_head(row, HEX_ROW), offset, true, out);
}

const struct view_ops view_hex = {
    .name = "hex",
    .brief = "16 bytes per row with the offset, like hexdump -C",
    .row = VIEW_HEX_ROW,
    .body = hex_body,
};
