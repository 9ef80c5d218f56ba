/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes reading chunked bodies: the result, the data and the trailer are the
 * same for the whole input and byte by byte, and the lenient reader accepts
 * what the strict one accepts. Covers codec/http_chunk.c.
 *
 * Input: a body in the chunked coding.
 */
#include "rung/codec/http_chunk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096 };

struct reading {
	struct http_chunked c;
	struct buf data;
	enum http_chunk found;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void read_in_steps(struct reading *r, struct bytes in, size_t step,
			  bool lenient)
{
	*r = (struct reading){.data = {.limit = SIZE_MAX / 8}};
	http_chunked_init(&r->c, lenient);
	while (in.len && r->found == HTTP_CHUNK_MORE) {
		struct bytes part = bytes_head(in, step), data;
		size_t before = part.len;
		while ((r->found = http_chunked_next(&r->c, &part, &data,
						     NULL)) == HTTP_CHUNK_DATA)
			buf_put(&r->data, data);
		expect(r->found != HTTP_CHUNK_MORE || part.len == 0);
		in = bytes_skip(in, before - part.len);
	}
}

static void expect_same(const struct reading *a, const struct reading *b)
{
	expect(a->found == b->found && a->c.offset == b->c.offset);
	expect(bytes_equal(buf_bytes(&a->data), buf_bytes(&b->data)));
	expect(bytes_equal(buf_bytes(&a->c.trailer), buf_bytes(&b->c.trailer)));
}

static void free_reading(struct reading *r)
{
	http_chunked_fini(&r->c);
	buf_fini(&r->data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole, bytewise, lenient;

	if (size > INPUT_MAX)
		return 0;
	read_in_steps(&whole, bytes_of(data, size), INPUT_MAX, false);
	read_in_steps(&bytewise, bytes_of(data, size), 1, false);
	read_in_steps(&lenient, bytes_of(data, size), INPUT_MAX, true);
	expect_same(&whole, &bytewise);
	if (whole.found != HTTP_CHUNK_BAD)
		expect_same(&whole, &lenient);
	free_reading(&whole);
	free_reading(&bytewise);
	free_reading(&lenient);
	return 0;
}
