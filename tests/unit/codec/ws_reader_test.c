/* SPDX-License-Identifier: ISC */
/*
 * Tests of reading streams of frames that break no rule, and of limits.
 * ws_rules_test.c breaks the rules, ws_test.c tests what has no state.
 */
#include "tests/lib/ws_readings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* RFC 6455 §5.7 */
static void examples_of_the_standard_are_read(void **state)
{
	(void)state;
	reads(false, BYTES("\x81\x05Hello"), "text:Hello ");
	reads(true, BYTES("\x81\x85" MASK "\x7f\x9f\x4d\x51\x58"),
	      "text:Hello ");
	reads(false, BYTES("\x01\x03Hel\x80\x02lo"), "text:Hello ");
	reads(false, BYTES("\x89\x05Hello"), "ping:Hello ");
	reads(true, BYTES("\x8a\x85" MASK "\x7f\x9f\x4d\x51\x58"),
	      "pong:Hello ");
}

/* RFC 6455 §5.7, the two long examples; §5.2, each form of the length. */
static void long_frames_are_read(void **state)
{
	static const size_t sizes[] = {125, 126, 256, 65535, 65536, 70000};
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int server = 0; server < 2; server++) {
			size_t size = sizes[i];
			struct ws_header h = {.fin = true,
					      .opcode = WS_BINARY,
					      .masked = server,
					      .mask = MASK,
					      .len = size};
			struct reading f = {
			    .rules = {.server = server, .max = size},
			    .want = "binary:"};
			struct buf wire = {.limit = BUF_SMALL};
			uint8_t *data = xalloc(size);

			for (size_t k = 0; k < size; k++)
				data[k] = (uint8_t)(k * 31 >> 3);
			ws_frame_put(&h, bytes_of(data, size), &wire, NULL);
			reading_begin(&f);
			while (buf_len(&wire)) {
				struct bytes part = bytes_head(buf_bytes(&wire),
							       1021);

				reading_piece(&f, part);
				buf_drop(&wire, part.len);
			}
			assert_int_equal(buf_len(&f.log), 7 + size + 1);
			assert_memory_equal(buf_bytes(&f.log).at + 7, data,
					    size);
			free(data);
			buf_fini(&wire);
			buf_fini(&f.out);
			buf_fini(&f.log);
			buf_fini(&f.message);
		}
}

/* RFC 6455 §5.4: control frames within a message, empty fragments. */
static void control_frames_may_come_within_a_message(void **state)
{
	(void)state;
	reads(false,
	      BYTES("\x01\x02He\x89\x01x\x00\x00\x8a\x00\x00\x02ll\x80\x01o"
		    "\x82\x01z"),
	      "ping:x pong: text:Hello binary:z ");
}

/* RFC 6455 §5.4, §6.2: each message has its own type. */
static void fragmented_and_whole_messages_follow_each_other(void **state)
{
	(void)state;
	reads(
	    false,
	    BYTES("\x02\x01\xff\x80\x01\xfe\x81\x00\x01\x00\x80\x00\x81\x01y"),
	    "binary:\xff\xfe text: text: text:y ");
}

/* RFC 6455 §5.6, §8.1: a character may be split between fragments. */
static void text_may_be_split_within_a_character(void **state)
{
	(void)state;
	reads(false, BYTES("\x01\x01\xf0\x00\x01\x9f\x89\x00\x80\x03\x98\x80!"),
	      "ping: text:\xf0\x9f\x98\x80! ");
}

static void nothing_is_read_after_a_close_frame(void **state)
{
	struct reading f = {.want = "close:\x03\xe8"
				    "bye end "};
	(void)state;

	assert_reads(&f, BYTES("\x88\x05\x03\xe8"
			       "bye\x81\x05Hello"));
	assert_int_equal(f.rest, 7);
	reads(false, BYTES("\x88\x00"), "close: end ");
	/* Within a message. */
	reads(false, BYTES("\x01\x01x\x88\x00"), "close: end ");
}

/* RFC 6455 §7.1.7 */
static void nothing_is_read_after_a_violation(void **state)
{
	struct reading f = {
	    .want = "!1002@0 ",
	    .error = "RSV2 is set (RFC 6455 5.2) at byte 0 of frame 1"};
	(void)state;

	assert_reads(&f, BYTES("\xa1\x01x\x88\x00\x81\x01y"));
	assert_int_equal(f.rest, 6);
}

/* RFC 6455 §7.4.1: 1009 */
static void messages_are_limited(void **state)
{
	struct reading f = {.rules = {.max = 4, .lenient = true},
			    .want = "text:abcd !1009@6 ",
			    .error = "message exceeds 4 bytes"};
	(void)state;

	assert_reads(&f, BYTES("\x81\x04"
			       "abcd\x81\x05"
			       "a"));
	/* The sum of the fragments counts; control frames do not. */
	f.want = "ping:12345 !1009@13 ";
	assert_reads(&f, BYTES("\x01\x04"
			       "abcd\x89\x05"
			       "12345\x80\x01"
			       "e"));
	/* A length that would overflow the sum. */
	f.want = "!1009@3 ";
	assert_reads(&f, BYTES("\x01\x01x\x80\x7f\x7f\xff\xff\xff\xff\xff\xff"
			       "\xff"));
}

static void a_message_comes_in_parts(void **state)
{
	struct reading f = {.want = "text:Hello, all ", .limit = 3};
	(void)state;

	assert_reads(&f, BYTES("\x01\x07Hello, \x80\x03"
			       "all"));
	f.deflate = true;
	f.want = "text+:Hello binary:abcd ";
	assert_reads(&f, BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x82\x04"
			       "abcd"));
}

static void each_frame_is_reported_with_its_offset(void **state)
{
	struct ws_rules rules = {.max = 100};
	struct buf out = {.limit = 100};
	struct bytes in = BYTES("\x01\x01x\x89\x00\x80\x02yz");
	static const struct {
		uint64_t at, frame;
		uint8_t opcode;
	} want[] = {{0, 1, WS_TEXT}, {3, 2, WS_PING}, {5, 3, WS_CONTINUATION}};
	struct ws_reader r;
	enum ws_event found;
	size_t n = 0;
	(void)state;

	ws_reader_init(&r, &rules);
	while ((found = ws_reader_next(&r, &in, &out, NULL)) != WS_MORE)
		if (found == WS_FRAME) {
			assert_int_equal(r.frame_at, want[n].at);
			assert_int_equal(r.frames, want[n].frame);
			assert_int_equal(r.header.opcode, want[n].opcode);
			assert_int_equal(r.head_len, 2);
			n++;
		}
	assert_int_equal(n, 3);
	assert_int_equal(r.message.frames, 2);
	assert_int_equal(r.message.wire, 3);
	assert_int_equal(r.at, 9);
	buf_fini(&out);
}

/* ---- compressed messages ---- */

/* RFC 7692 §7.2.3 */
static void compressed_examples_of_the_standard_are_read(void **state)
{
	const struct {
		struct bytes in;
		const char *want;
	} cases[] = {
	    /* 7.2.3.1, whole and in fragments */
	    {BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), "text+:Hello "},
	    {BYTES("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00"),
	     "text+:Hello "},
	    /* 7.2.3.2 */
	    {BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"
		   "\xc1\x05\xf2\x00\x11\x00\x00"),
	     "text+:Hello text+:Hello "},
	    /* 7.2.3.3 */
	    {BYTES("\xc1\x0b\x00\x05\x00\xfa\xffHello\x00"), "text+:Hello "},
	    /* 7.2.3.4 */
	    {BYTES("\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
		   "\xc1\x05\xf2\x00\x11\x00\x00"),
	     "text+:Hello text+:Hello "},
	    /* 7.2.3.5 */
	    {BYTES("\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07"
		   "\x00"),
	     "text+:Hello "},
	    /* 7.2.3.6, and the window is kept */
	    {BYTES("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x01\x00"
		   "\xc1\x05\xf2\x00\x11\x00\x00"),
	     "text+:Hello text+: text+:Hello "},
	    /* An uncompressed message, control frames, empty fragments */
	    {BYTES("\x41\x00\x89\x00\x00\x06\xf2\x48\xcd\xc9\xc9\x07\x8a\x00"
		   "\x00\x01\x00\x80\x00\x81\x01x\xc1\x05\xf2\x00\x11\x00"
		   "\x00"),
	     "ping: pong: text+:Hello text:x text+:Hello "},
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reading f = {.deflate = true, .want = cases[i].want};

		assert_reads(&f, cases[i].in);
	}
}

static void masked_compressed_messages_are_read(void **state)
{
	struct reading f = {
	    .rules = {.server = true}, .deflate = true, .want = "text+:Hello "};
	(void)state;

	assert_reads(&f, BYTES("\xc1\x87" MASK "\xc5\xb2\xec\xf4\xfe\xfd\x21"));
}

static void inflated_messages_are_limited(void **state)
{
	struct reading f = {.rules = {.max = 4, .lenient = true},
			    .deflate = true,
			    .want = "ping:p !1009@3 ",
			    .error = "inflated data exceeds 4 bytes"};
	(void)state;

	assert_reads(
	    &f,
	    BYTES("\x89\x01p\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\x82\x01x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(examples_of_the_standard_are_read),
	    cmocka_unit_test(long_frames_are_read),
	    cmocka_unit_test(control_frames_may_come_within_a_message),
	    cmocka_unit_test(fragmented_and_whole_messages_follow_each_other),
	    cmocka_unit_test(text_may_be_split_within_a_character),
	    cmocka_unit_test(nothing_is_read_after_a_close_frame),
	    cmocka_unit_test(nothing_is_read_after_a_violation),
	    cmocka_unit_test(messages_are_limited),
	    cmocka_unit_test(a_message_comes_in_parts),
	    cmocka_unit_test(each_frame_is_reported_with_its_offset),
	    cmocka_unit_test(compressed_examples_of_the_standard_are_read),
	    cmocka_unit_test(masked_compressed_messages_are_read),
	    cmocka_unit_test(inflated_messages_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
