/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes reading JSON: a found document is valid, one line of it is valid and
 * stays the same, rows of printable text are the same document, and a pointer
 * leads to a valid value inside the text. Covers codec/json.c.
 *
 * Input: a JSON Pointer, a newline, then the text.
 */
#include "rung/codec/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool is_ascii(struct bytes in)
{
	for (size_t i = 0; i < in.len; i++)
		if (in.at[i] > 0x7E || in.at[i] < 0x20)
			return false;
	return true;
}

static void check_printed(struct bytes document)
{
	struct buf line = {.limit = SIZE_MAX / 8}, again = line, rows = line;
	expect(json_check(document, NULL) == 0);
	expect(json_compact(document, &line) == 0);
	expect(buf_len(&line) <= document.len);
	expect(json_check(buf_bytes(&line), NULL) == 0);
	if (json_lay_out(document, SIZE_MAX, &rows) && is_ascii(document)) {
		expect(json_check(buf_bytes(&rows), NULL) == 0);
		expect(json_compact(buf_bytes(&rows), &again) == 0);
		expect(bytes_equal(buf_bytes(&again), buf_bytes(&line)));
	}
	buf_fini(&line);
	buf_fini(&again);
	buf_fini(&rows);
}

static void check_pointer(struct bytes text, struct bytes pointer)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct bytes value;
	struct err e;
	err_clear(&e);
	if (json_pointer(text, pointer, &value, &e)) {
		expect(e.kind == ERR_USAGE || e.kind == ERR_LIMIT);
		return;
	}
	expect(value.at >= text.at && value.len > 0 &&
	       value.at + value.len <= text.at + text.len);
	expect(json_check(value, NULL) == 0);
	expect(json_put_value(value, &out) == 0);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), document;
	if (size > INPUT_MAX)
		return 0;
	struct bytes pointer = bytes_head(in, bytes_find_byte(in, '\n', 0));
	struct bytes text = bytes_skip(in, pointer.len + 1);
	/* Allocate exactly this size, so that a sanitizer finds a read past the
	 * end. */
	uint8_t *copy = malloc(text.len ? text.len : 1);
	expect(copy != NULL);
	if (text.len)
		memcpy(copy, text.at, text.len);
	text.at = copy;
	struct bytes start = json_skip_blanks(text);
	bool found = json_find(start, true, &document) == JSON_FOUND;
	if (found)
		check_printed(document);
	check_pointer(text, pointer);
	free(copy);
	return 0;
}
