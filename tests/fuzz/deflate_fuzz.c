/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes inflating: the result and the data are the same for the whole input
 * and byte by byte, no byte over the limit is appended, no call appends more
 * than a piece; what was inflated survives deflating. Covers codec/deflate.c.
 *
 * Input: a byte for the format, one for the limit in KiB, then the data.
 */
#include "rung/codec/deflate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FORMATS = INFLATE_BLOCKS + 1, INPUT_MAX = 4096 };

struct inflation {
	struct inflater *i;
	struct buf out;
	enum inflate_result result;
	struct err e;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void inflate_in_steps(struct inflation *f, enum inflate_format format,
			     size_t limit, struct bytes in, size_t step)
{
	*f = (struct inflation){.out = {.limit = SIZE_MAX / 8}};
	f->i = inflater_new(format, 15, limit, NULL);
	while (in.len && f->result != INFLATE_BAD) {
		struct bytes part = bytes_head(in, step);

		in = bytes_skip(in, part.len);
		do {
			size_t before = buf_len(&f->out);

			f->result = inflater_next(f->i, &part, &f->out, &f->e);
			expect(buf_len(&f->out) - before <= INFLATE_PIECE);
			expect(buf_len(&f->out) <= limit);
		} while (f->result == INFLATE_PART);
		expect(f->result == INFLATE_BAD || part.len == 0);
	}
	expect(inflater_bytes_out(f->i) == buf_len(&f->out));
}

static void expect_same(struct inflation *a, struct inflation *b)
{
	expect(a->result == b->result && a->e.kind == b->e.kind);
	expect(bytes_equal(buf_bytes(&a->out), buf_bytes(&b->out)));
	expect(inflater_finish(a->i, NULL) == inflater_finish(b->i, NULL));
}

static void expect_again(struct bytes data, int window_bits)
{
	struct buf wire = {.limit = SIZE_MAX / 8};
	struct deflater *d = deflater_new(window_bits, DEFLATE_LEVEL,
					  DEFLATE_MEMORY, NULL);
	struct inflation again;

	expect(deflater_put(d, data, true, &wire, NULL) == 0);
	inflate_in_steps(&again, INFLATE_BLOCKS, data.len, buf_bytes(&wire),
			 SIZE_MAX);
	expect(again.result != INFLATE_BAD);
	expect(inflater_finish(again.i, NULL) == 0);
	expect(bytes_equal(buf_bytes(&again.out), data));
	inflater_free(again.i);
	buf_fini(&again.out);
	deflater_free(d);
	buf_fini(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inflation whole, bytewise;

	if (size < 2 || size > INPUT_MAX)
		return 0;

	enum inflate_format format = (enum inflate_format)(data[0] % FORMATS);
	size_t limit = (size_t)data[1] << 10;
	struct bytes in = bytes_of(data + 2, size - 2);

	inflate_in_steps(&whole, format, limit, in, SIZE_MAX);
	inflate_in_steps(&bytewise, format, limit, in, 1);
	expect_same(&whole, &bytewise);
	expect_again(buf_bytes(&whole.out), 9 + data[0] % 7);
	inflater_free(whole.i);
	inflater_free(bytewise.i);
	buf_fini(&whole.out);
	buf_fini(&bytewise.out);
	return 0;
}
