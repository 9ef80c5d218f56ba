/* SPDX-License-Identifier: ISC */
/*
 * Divides text into rows, and counts rows.
 */
#include "rows.h"

#include "rung/text.h"

#include <assert.h>

size_t row_next(struct bytes data, bool final)
{
	size_t at = bytes_find_byte(bytes_head(data, ROW_MAX), '\n', 0);

	if (at != BYTES_NOT_FOUND)
		return at + 1;
	if (data.len >= ROW_MAX)
		return row_cut(data, ROW_MAX);
	return final ? data.len : 0;
}

size_t row_cut(struct bytes data, size_t most)
{
	assert(most && most <= data.len);
	if (most > 1 && data.at[most - 1] == '\r')
		return most - 1;

	size_t whole = utf8_complete_len(bytes_head(data, most));

	return whole ? whole : most;
}

size_t row_end(struct bytes row)
{
	if (!row.len || row.at[row.len - 1] != '\n')
		return 0;
	return row.len > 1 && row.at[row.len - 2] == '\r' ? 2 : 1;
}

static size_t charge(size_t row_len)
{
	return (row_len + ROW_WIDE - 1) / ROW_WIDE;
}

size_t rows_head(struct bytes data, size_t rows)
{
	size_t len = 0;

	while (rows && len < data.len) {
		struct bytes rest = bytes_skip(data, len);
		size_t n = row_next(rest, true);

		if (charge(n) > rows)
			return len + row_cut(rest, rows * ROW_WIDE);
		rows -= charge(n);
		len += n;
	}
	return len;
}

/* Returns the offset at which the row before `end` starts, or `end` - `most` if
 * the row is longer. */
static size_t row_start(struct bytes data, size_t end, size_t most)
{
	size_t at = end - 1;

	while (at && data.at[at - 1] != '\n' && end - at < most)
		at--;
	return at;
}

size_t rows_tail(struct bytes data, size_t rows)
{
	size_t at = data.len;

	while (rows && at) {
		size_t most = rows < data.len ? rows * ROW_WIDE : data.len;
		size_t from = row_start(data, at, most);

		if (from && data.at[from - 1] != '\n') {
			for (int i = 0; i < 3 && from < at; i++)
				from += (data.at[from] & 0xC0) == 0x80;
			return from;
		}
		rows -= charge(at - from);
		at = from;
	}
	return at;
}

size_t rows_count(struct bytes text)
{
	size_t count = 0;

	while (text.len) {
		size_t n = row_next(text, true);

		count += charge(n);
		text = bytes_skip(text, n);
	}
	return count;
}
