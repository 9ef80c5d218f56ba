/* SPDX-License-Identifier: ISC */
/*
 * Tests of inflating each format whole, byte by byte and at each split, of
 * malformed, truncated and trailing data, of limits, and of deflating what
 * inflates again.
 */
#include "rung/budget.h"
#include "rung/codec/deflate.h"
#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "Hello, hello, hello!\n";

/* The text, compressed by Python's zlib and gzip. */
#define RAW BYTES("\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\xb9\x00")
#define ZLIB                                                                 \
	BYTES("\x78\xda\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\xb9\x00" \
	      "\x4f\x7e\x06\xe0")
/* Two members, "Hello, " and the rest with a file name. */
#define GZIP                                                                 \
	BYTES("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x48\xcd\xc9\xc9" \
	      "\xd7\x51\x00\x00\x05\x6f\x57\xde\x07\x00\x00\x00\x1f\x8b\x08" \
	      "\x08\x00\x00\x00\x00\x02\xff\x61\x2e\x74\x78\x74\x00\xcb\x48" \
	      "\xcd\xc9\xc9\xd7\x51\xc8\x00\x51\x8a\x5c\x00\x83\xd6\xb9\x55" \
	      "\x0e\x00\x00\x00")

/* One inflater and all that came of it. */
struct inflation {
	enum inflate_format format;
	uint64_t limit;
	struct inflater *i;
	struct buf out;
	enum inflate_result result;
	struct err e;
	size_t largest;    /* most bytes that one call appended */
	const char *want;  /* inflated */
	const char *error; /* the text; NULL: none */
};

static void begin(void *on)
{
	struct inflation *f = on;

	f->i = inflater_new(f->format, 15, f->limit, NULL);
	buf_init(&f->out, SIZE_MAX / 8);
	err_clear(&f->e);
	f->result = INFLATE_MORE;
	f->largest = 0;
}

static void piece(void *on, struct bytes in)
{
	struct inflation *f = on;

	do {
		size_t before = buf_len(&f->out);

		f->result = inflater_next(f->i, &in, &f->out, &f->e);
		if (buf_len(&f->out) - before > f->largest)
			f->largest = buf_len(&f->out) - before;
	} while (f->result == INFLATE_PART);
	if (f->result != INFLATE_BAD)
		assert_int_equal(in.len, 0);
}

static void finish(struct inflation *f)
{
	inflater_free(f->i);
	buf_fini(&f->out);
}

static void expect_text(void *on)
{
	struct inflation *f = on;

	assert_int_equal(f->result, INFLATE_END);
	assert_int_equal(inflater_finish(f->i, &f->e), 0);
	assert_true(bytes_is(buf_bytes(&f->out), f->want));
	assert_int_equal(inflater_bytes_out(f->i), strlen(f->want));
	finish(f);
}

static void inflates(enum inflate_format format, struct bytes in)
{
	struct inflation f = {.format = format, .limit = 1000, .want = text};
	const struct feed feed = {begin, piece, expect_text};

	feed_every_split(&feed, &f, in);
}

static void each_format_is_inflated_at_every_split(void **state)
{
	(void)state;
	inflates(INFLATE_RAW, RAW);
	inflates(INFLATE_ZLIB, ZLIB);
	inflates(INFLATE_GZIP, GZIP);
}

static void http_deflate_may_have_no_header(void **state)
{
	(void)state;
	inflates(INFLATE_DEFLATE, ZLIB);
	inflates(INFLATE_DEFLATE, RAW);
}

static void no_input_at_all_is_complete(void **state)
{
	struct inflation f = {.format = INFLATE_GZIP, .limit = 10};
	(void)state;

	begin(&f);
	piece(&f, BYTES_NONE);
	assert_int_equal(f.result, INFLATE_MORE);
	assert_int_equal(inflater_finish(f.i, NULL), 0);
	finish(&f);
}

static void expect_cut_off(void *on)
{
	struct inflation *f = on;

	assert_int_equal(f->result, INFLATE_MORE);
	assert_int_equal(inflater_finish(f->i, &f->e), -1);
	assert_int_equal(f->e.kind, ERR_FRAME);
	assert_string_equal(f->e.text, f->error);
	finish(f);
}

static void truncated_data_is_reported_after_each_byte(void **state)
{
	const struct {
		enum inflate_format format;
		struct bytes data;
		size_t member; /* length of a first part that is complete */
		const char *name;
	} cut[] = {
	    {INFLATE_RAW, RAW, 0, "deflate"},
	    {INFLATE_ZLIB, ZLIB, 0, "zlib"},
	    {INFLATE_DEFLATE, ZLIB, 0, "deflate"},
	    {INFLATE_GZIP, GZIP, 27, "gzip"},
	};
	const struct feed feed = {begin, piece, expect_cut_off};
	char error[80];
	(void)state;

	for (size_t k = 0; k < sizeof cut / sizeof *cut; k++)
		for (size_t n = 1; n < cut[k].data.len; n++) {
			struct inflation f = {.format = cut[k].format,
					      .limit = 1000,
					      .error = error};

			if (n == cut[k].member)
				continue;
			snprintf(error, sizeof error,
				 "%s data is cut off after %zu bytes",
				 cut[k].name, n);
			feed_every_split(&feed, &f, bytes_head(cut[k].data, n));
		}
}

static void expect_bad(void *on)
{
	struct inflation *f = on;

	assert_int_equal(f->result, INFLATE_BAD);
	assert_int_equal(f->e.kind, ERR_FRAME);
	if (!strstr(f->e.text, f->error))
		fail_msg("'%s' is not in '%s' (%s)", f->error, f->e.text,
			 feed_how());
	/* The failure stays. */
	err_clear(&f->e);
	piece(f, BYTES("x"));
	assert_int_equal(f->result, INFLATE_BAD);
	assert_int_equal(inflater_finish(f->i, &f->e), -1);
	assert_non_null(strstr(f->e.text, f->error));
	finish(f);
}

static void malformed_and_trailing_data_is_reported(void **state)
{
	const struct {
		enum inflate_format format;
		struct bytes data;
		const char *error;
	} bad[] = {
	    {INFLATE_RAW, BYTES("\x07"), "invalid block type"},
	    {INFLATE_RAW, BYTES("\x01\x05\x00\xfa\xfe"),
	     "invalid stored block lengths"},
	    /* A copy of bytes before the first one. */
	    {INFLATE_RAW, BYTES("\xf3\x00\x11\x00\x00"),
	     "invalid distance too far back"},
	    {INFLATE_RAW,
	     BYTES("\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\xb9\x00!"),
	     "deflate data ends at byte 13; other data follows"},
	    {INFLATE_ZLIB, BYTES("\x79\xda"), "incorrect header check"},
	    {INFLATE_ZLIB, RAW, "incorrect header check"},
	    {INFLATE_ZLIB,
	     BYTES("\x78\xda\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\xb9"
		   "\x00\x4f\x7e\x06\xe1"),
	     "bad zlib data near byte 19: incorrect data check"},
	    {INFLATE_ZLIB,
	     BYTES("\x78\xda\xf3\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x14\xb9"
		   "\x00\x4f\x7e\x06\xe0\x78"),
	     "zlib data ends at byte 19; other data follows"},
	    {INFLATE_ZLIB,
	     BYTES("\x78\xf9\x05\x8c\x01\xf5\xf3\x00\x11\x3a\x0a\x19\x48"),
	     "zlib data needs a preset dictionary (RFC 1950 2.2)"},
	    {INFLATE_GZIP, BYTES("\x1f\x8a\x08"), "incorrect header check"},
	    {INFLATE_GZIP, BYTES("\x1f\x8b\x07\x00"),
	     "unknown compression method"},
	    {INFLATE_GZIP, ZLIB, "incorrect header check"},
	    {INFLATE_GZIP,
	     BYTES("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x48\xcd\xc9"
		   "\xc9\xd7\x51\x00\x00\x05\x6f\x57\xde\x07\x00\x00\x00\x00"),
	     "gzip data ends at byte 27; other data follows"},
	    {INFLATE_GZIP,
	     BYTES("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xf3\x48\xcd\xc9"
		   "\xc9\xd7\x51\x00\x00\x05\x6f\x57\xde\x08\x00\x00\x00"),
	     "incorrect length check"},
	};
	const struct feed feed = {begin, piece, expect_bad};
	(void)state;

	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		struct inflation f = {.format = bad[k].format,
				      .limit = 1000,
				      .error = bad[k].error};

		feed_every_split(&feed, &f, bad[k].data);
	}
}

static void expect_limit(void *on)
{
	struct inflation *f = on;

	assert_int_equal(f->result, INFLATE_BAD);
	assert_int_equal(f->e.kind, ERR_LIMIT);
	assert_string_equal(f->e.text, f->error);
	assert_true(bytes_is(buf_bytes(&f->out), f->want));
	finish(f);
}

static void nothing_over_the_limit_is_inflated(void **state)
{
	struct inflation f = {.format = INFLATE_RAW,
			      .limit = strlen(text) - 1,
			      .want = "Hello, hello, hello!",
			      .error = "inflated data exceeds 20 bytes"};
	const struct feed feed = {begin, piece, expect_limit};
	const struct feed exact = {begin, piece, expect_text};
	(void)state;

	feed_every_split(&feed, &f, RAW);
	f.limit = strlen(text);
	f.want = text;
	feed_every_split(&exact, &f, RAW);
}

/* Returns n zero bytes, deflated. */
static void deflate_zeros(size_t n, struct buf *out)
{
	struct deflater *d = deflater_new(15, 9, 9, NULL);
	uint8_t *zeros = xalloc(n);

	assert_int_equal(deflater_put(d, bytes_of(zeros, n), true, out, NULL),
			 0);
	free(zeros);
	deflater_free(d);
}

static void a_bomb_comes_in_pieces_and_ends_at_the_limit(void **state)
{
	enum { MIB = 1 << 20 };
	struct inflation f = {.format = INFLATE_BLOCKS, .limit = MIB};
	struct buf bomb = {.limit = MIB};
	(void)state;

	deflate_zeros(10 * MIB, &bomb);
	assert_true(buf_len(&bomb) < 11000);
	begin(&f);
	piece(&f, buf_bytes(&bomb));
	assert_int_equal(f.result, INFLATE_BAD);
	assert_int_equal(f.e.kind, ERR_LIMIT);
	assert_int_equal(buf_len(&f.out), MIB);
	assert_int_equal(f.largest, INFLATE_PIECE);
	assert_true(f.out.cap <= 2 * MIB + INFLATE_PIECE);
	finish(&f);
	buf_fini(&bomb);
}

static void a_full_buffer_is_a_limit(void **state)
{
	struct inflater *i = inflater_new(INFLATE_RAW, 15, 1000, NULL);
	struct buf out = {.limit = 10};
	struct bytes in = RAW;
	struct err e;
	(void)state;

	assert_int_equal(inflater_next(i, &in, &out, &e), INFLATE_PART);
	assert_true(bytes_is(buf_bytes(&out), "Hello, hel"));
	buf_drop(&out, 2);
	assert_int_equal(inflater_next(i, &in, &out, &e), INFLATE_PART);
	assert_true(bytes_is(buf_bytes(&out), "llo, hello"));
	assert_int_equal(inflater_next(i, &in, &out, &e), INFLATE_BAD);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "no room for inflated data");
	inflater_free(i);
	buf_fini(&out);
}

static void an_inflater_starts_again(void **state)
{
	const struct bytes data[] = {BYTES("\x07"), ZLIB, RAW};
	struct inflation f = {.format = INFLATE_DEFLATE, .limit = 1000};
	(void)state;

	begin(&f);
	for (size_t k = 0; k < 3; k++) {
		inflater_reset(f.i);
		buf_clear(&f.out);
		piece(&f, data[k]);
		assert_int_equal(f.result, k ? INFLATE_END : INFLATE_BAD);
		assert_int_equal(inflater_bytes_in(f.i), data[k].len);
	}
	assert_true(bytes_is(buf_bytes(&f.out), text));
	finish(&f);
}

static void expect_messages(void *on)
{
	struct inflation *f = on;

	assert_int_equal(f->result, INFLATE_MORE);
	assert_int_equal(inflater_finish(f->i, &f->e), 0);
	assert_true(bytes_is(buf_bytes(&f->out), f->want));
	finish(f);
}

static void blocks_go_on_after_a_final_one_with_its_window(void **state)
{
	struct inflation f = {
	    .format = INFLATE_BLOCKS, .limit = 1000, .want = "HelloHello"};
	const struct feed feed = {begin, piece, expect_messages};
	(void)state;

	/* A block with BFINAL, an empty one, and a copy of the first. */
	feed_every_split(&feed, &f,
			 BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00\x00\xff"
			       "\xff\xf2\x00\x11\x00\x00\x00\x00\xff\xff"));
	f.want = "Hello";
	feed_every_split(&feed, &f, BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00"));
}

static void a_message_may_not_end_inside_a_block(void **state)
{
	const struct bytes whole = BYTES(
	    "\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff");
	(void)state;

	for (size_t n = 1; n <= whole.len; n++) {
		struct inflation f = {.format = INFLATE_BLOCKS, .limit = 1000};

		begin(&f);
		piece(&f, bytes_head(whole, n));
		assert_int_equal(inflater_finish(f.i, &f.e),
				 n == whole.len ? 0 : -1);
		finish(&f);
	}
}

static void a_flush_that_fills_a_step_ends_a_message(void **state)
{
	/* Inflates to 196 bytes, the size of the first step. */
	const struct bytes in = BYTES(
	    "\xf2\x48\xcd\xc9\xc9\xdf\xdb\x8b\x01\x72\x31\x85\x40\xa0\xff"
	    "\xff\xff\x65\xb6\xb7\xb7\xb7\x0f\x38\x40\x72\x72\x03\x00\x00"
	    "\x00\xff\xff");
	struct inflation f = {.format = INFLATE_BLOCKS, .limit = 1000};
	(void)state;

	begin(&f);
	piece(&f, in);
	assert_int_equal(buf_len(&f.out), 196);
	assert_int_equal(inflater_finish(f.i, NULL), 0);
	finish(&f);
}

static void many_final_blocks_come_in_one_call(void **state)
{
	enum { COUNT = 200, SIZE = 7 };
	struct inflation f = {.format = INFLATE_BLOCKS, .limit = 5 * COUNT};
	struct buf in = {.limit = SIZE * COUNT};
	(void)state;

	for (size_t i = 0; i < COUNT; i++)
		buf_put(&in, BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00"));
	begin(&f);
	piece(&f, buf_bytes(&in));
	assert_int_equal(inflater_finish(f.i, NULL), 0);
	assert_int_equal(buf_len(&f.out), 5 * COUNT);
	finish(&f);
	buf_fini(&in);
}

static void put_text(struct deflater *d, struct buf *out)
{
	assert_int_equal(deflater_put(d, BYTES("Hello"), true, out, NULL), 0);
}

static void flushed_data_has_the_form_of_the_standard(void **state)
{
	struct deflater *d = deflater_new(15, DEFLATE_LEVEL, DEFLATE_MEMORY,
					  NULL);
	struct buf out = {.limit = 100};
	(void)state;

	/* RFC 7692 §7.2.3.1, 7.2.3.2 */
	put_text(d, &out);
	assert_true(
	    bytes_equal(buf_bytes(&out),
			BYTES("\xf2\x48\xcd\xc9\xc9\x07\x00\x00\x00\xff\xff")));
	buf_clear(&out);
	put_text(d, &out);
	assert_true(bytes_equal(buf_bytes(&out),
				BYTES("\xf2\x00\x11\x00\x00\x00\x00\xff\xff")));
	buf_clear(&out);
	deflater_reset(d);
	put_text(d, &out);
	assert_int_equal(buf_len(&out), 11);
	deflater_free_idle(d);
	put_text(d, &out);
	assert_int_equal(buf_len(&out), 22);
	deflater_free(d);
	buf_fini(&out);
}

static uint8_t *noise(size_t n)
{
	uint8_t *data = xalloc(n);
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(i % 7 ? x >> 24 & 15 : x >> 24);
	}
	return data;
}

static void deflated_data_inflates_with_each_window(void **state)
{
	enum { SIZE = 300000, STEP = 70001 };
	uint8_t *data = noise(SIZE);
	(void)state;

	for (int bits = 9; bits <= 15; bits++) {
		struct deflater *d = deflater_new(bits, 1 + bits % 9, bits - 6,
						  NULL);
		struct inflater *i = inflater_new(INFLATE_BLOCKS, bits, SIZE,
						  NULL);
		struct buf wire = {.limit = 2 * SIZE},
			   out = {.limit = SIZE + 1};

		for (size_t at = 0; at < SIZE; at += STEP)
			assert_int_equal(
			    deflater_put(
				d,
				bytes_head(bytes_of(data + at, SIZE - at),
					   STEP),
				at + STEP >= SIZE, &wire, NULL),
			    0);

		struct bytes in = buf_bytes(&wire);

		while (inflater_next(i, &in, &out, NULL) == INFLATE_PART)
			;
		assert_int_equal(inflater_finish(i, NULL), 0);
		assert_true(bytes_equal(buf_bytes(&out), bytes_of(data, SIZE)));
		deflater_free(d);
		inflater_free(i);
		buf_fini(&wire);
		buf_fini(&out);
	}
	free(data);
}

static void a_failed_deflate_appends_nothing(void **state)
{
	struct deflater *d = deflater_new(15, DEFLATE_LEVEL, DEFLATE_MEMORY,
					  NULL);
	struct buf out = {.limit = 20};
	uint8_t *data = noise(100);
	struct err e;
	(void)state;

	buf_puts(&out, "x");
	put_text(d, &out);
	buf_truncate(&out, 1);
	assert_int_equal(deflater_put(d, bytes_of(data, 100), true, &out, &e),
			 -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "no room for deflated data");
	assert_true(bytes_is(buf_bytes(&out), "x"));
	/* The window is empty. */
	put_text(d, &out);
	assert_int_equal(buf_len(&out), 12);
	free(data);
	deflater_free(d);
	buf_fini(&out);
}

static void the_memory_of_zlib_is_charged(void **state)
{
	struct budget budget = {.limit = 10 << 20};
	struct account account = {.budget = &budget};
	struct inflater *i = inflater_new(INFLATE_RAW, 15, 100, &account);
	struct deflater *d = deflater_new(15, DEFLATE_LEVEL, DEFLATE_MEMORY,
					  &account);
	struct buf out = {.limit = 100};
	struct bytes in = RAW;
	struct err e;
	(void)state;

	assert_int_equal(account.used, 0);
	put_text(d, &out);
	assert_in_range(account.used, 200000, 300000);
	deflater_free_idle(d);
	assert_int_equal(account.used, 0);
	assert_int_equal(inflater_next(i, &in, &out, NULL), INFLATE_END);
	assert_in_range(account.used, 5000, 60000);
	inflater_free_idle(i);
	assert_int_equal(account.used, 0);

	budget.limit = 1000;
	inflater_reset(i);
	in = RAW;
	assert_int_equal(inflater_next(i, &in, &out, &e), INFLATE_BAD);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "no memory to inflate");
	assert_int_equal(deflater_put(d, RAW, true, &out, &e), -1);
	assert_string_equal(e.text, "no memory to deflate");
	assert_int_equal(account.used, 0);
	inflater_free(i);
	deflater_free(d);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_format_is_inflated_at_every_split),
	    cmocka_unit_test(http_deflate_may_have_no_header),
	    cmocka_unit_test(no_input_at_all_is_complete),
	    cmocka_unit_test(truncated_data_is_reported_after_each_byte),
	    cmocka_unit_test(malformed_and_trailing_data_is_reported),
	    cmocka_unit_test(nothing_over_the_limit_is_inflated),
	    cmocka_unit_test(a_bomb_comes_in_pieces_and_ends_at_the_limit),
	    cmocka_unit_test(a_full_buffer_is_a_limit),
	    cmocka_unit_test(an_inflater_starts_again),
	    cmocka_unit_test(blocks_go_on_after_a_final_one_with_its_window),
	    cmocka_unit_test(a_message_may_not_end_inside_a_block),
	    cmocka_unit_test(a_flush_that_fills_a_step_ends_a_message),
	    cmocka_unit_test(many_final_blocks_come_in_one_call),
	    cmocka_unit_test(flushed_data_has_the_form_of_the_standard),
	    cmocka_unit_test(deflated_data_inflates_with_each_window),
	    cmocka_unit_test(a_failed_deflate_appends_nothing),
	    cmocka_unit_test(the_memory_of_zlib_is_charged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
