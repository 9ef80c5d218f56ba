/* SPDX-License-Identifier: ISC */
/*
 * Tests that break each rule about received frames, for a strict and a lenient
 * reader. docs/WEBSOCKET-RULES.md lists the rules.
 */
#include "tests/lib/ws_readings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct violation {
	struct bytes in;
	const char *error;
	const char *strict, *lenient; /* logs; NULL: as strict */
	bool server;
};

static void assert_violation(const struct violation *v, bool deflate)
{
	struct reading f = {.rules = {.server = v->server},
			    .deflate = deflate,
			    .want = v->strict,
			    .error = v->error};

	assert_reads(&f, v->in);
	f.rules.lenient = true;
	if (v->lenient)
		f.want = v->lenient;
	assert_reads(&f, v->in);
}

#define ASSERT_VIOLATIONS(list, deflate)                              \
	for (size_t i_ = 0; i_ < sizeof(list) / sizeof *(list); i_++) \
	assert_violation(&(list)[i_], deflate)

/* Each stream begins with a ping of 3 bytes, so that the offsets count. */
#define PING "\x89\x01p"

/* RFC 6455 §5.1 */
static void masks_are_required_of_clients_only(void **state)
{
	const struct violation list[] = {
	    {BYTES("\x81\x01xy"),
	     "frame of a client is not masked (RFC 6455 5.1) at byte 1 of "
	     "frame 1",
	     "!1002@1 ", "?1002@1 text:x ", true},
	    {BYTES(PING "\x81\x81" MASK "\x4f"),
	     "frame of a server is masked (RFC 6455 5.1) at byte 1 of frame 2",
	     "ping:p !1002@4 ", "ping:p ?1002@4 text:x ", false},
	    /* A control frame, too. */
	    {BYTES("\x8a\x00"),
	     "frame of a client is not masked (RFC 6455 5.1) at byte 1 of "
	     "frame 1",
	     "!1002@1 ", "?1002@1 pong: ", true},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
}

/* RFC 6455 §5.2 */
static void reserved_bits_are_rejected(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\xc1\x01x"),
	     "RSV1 is set without an extension (RFC 6455 5.2) at byte 0 of "
	     "frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 text:x ", false},
	    {BYTES(PING "\xa2\x01x"),
	     "RSV2 is set (RFC 6455 5.2) at byte 0 of frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 binary:x ", false},
	    {BYTES(PING "\x99\x01x"),
	     "RSV3 is set (RFC 6455 5.2) at byte 0 of frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 ping:x ", false},
	    /* A lenient reader reports each broken rule. */
	    {BYTES("\xf1\x01x"),
	     "RSV1 is set without an extension (RFC 6455 5.2) at byte 0 of "
	     "frame 1",
	     "!1002@0 ", "?1002@0 ?1002@0 ?1002@0 text:x ", false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
}

/* RFC 7692 §6: RSV1 means a compressed message, on its first frame only. */
static void the_compression_bit_starts_messages_only(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\xc9\x01x"),
	     "RSV1 is set on a frame that starts no message (RFC 7692 6) at "
	     "byte 0 of frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 ping:x ", false},
	    {BYTES("\x01\x01x\xc0\x01y"),
	     "RSV1 is set on a frame that starts no message (RFC 7692 6) at "
	     "byte 0 of frame 2",
	     "!1002@3 ", "?1002@3 text:xy ", false},
	    {BYTES("\x41\x03\xf2\x48\xcd\xc0\x04\xc9\xc9\x07\x00"),
	     "RSV1 is set on a frame that starts no message (RFC 7692 6) at "
	     "byte 0 of frame 2",
	     "!1002@5 ", "?1002@5 text+:Hello ", false},
	    {BYTES(PING "\xa2\x01x"),
	     "RSV2 is set (RFC 6455 5.2) at byte 0 of frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 binary:x ", false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, true);
}

/* RFC 6455 §5.2 */
static void reserved_opcodes_are_rejected(void **state)
{
	(void)state;
	for (unsigned opcode = 3; opcode < 16; opcode++) {
		uint8_t wire[] = {(uint8_t)(0x80 | opcode), 1, 'x'};
		const struct violation v = {
		    bytes_of(wire, sizeof wire),
		    "opcode is reserved (RFC 6455 5.2) at byte 0 of frame 1",
		    "!1002@0 ", "?1002@0 reserved:x ", false};

		if (opcode < WS_CLOSE || opcode > WS_PONG)
			assert_violation(&v, false);
	}
}

/* RFC 6455 §5.2 */
static void lengths_must_have_their_shortest_form(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\x81\x7e\x00\x01x"),
	     "length is not in its shortest form (RFC 6455 5.2) at byte 1 of "
	     "frame 2",
	     "ping:p !1002@4 ", "ping:p ?1002@4 text:x ", false},
	    {BYTES("\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01x"),
	     "length is not in its shortest form (RFC 6455 5.2) at byte 1 of "
	     "frame 1",
	     "!1002@1 ", "?1002@1 text:x ", false},
	    {BYTES("\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x00"),
	     "length is not in its shortest form (RFC 6455 5.2) at byte 1 of "
	     "frame 1",
	     "!1002@1 ", "?1002@1 text: ", false},
	    {BYTES("\x89\x7e\x00\x01x"),
	     "length is not in its shortest form (RFC 6455 5.2) at byte 1 of "
	     "frame 1",
	     "!1002@1 ", "?1002@1 ping:x ", false},
	    /* A lenient reader fails, too. */
	    {BYTES(PING "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x01x"),
	     "length exceeds 63 bits (RFC 6455 5.2) at byte 2 of frame 2",
	     "ping:p !1002@5 ", NULL, false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
	reads(false,
	      BYTES("\x8a\x7d"
		    "12345678901234567890123456789012345678901234567890"
		    "12345678901234567890123456789012345678901234567890"
		    "1234567890123456789012345"),
	      "pong:12345678901234567890123456789012345678901234567890"
	      "12345678901234567890123456789012345678901234567890"
	      "1234567890123456789012345 ");
}

/* RFC 6455 §5.5 */
static void control_frames_are_short_and_whole(void **state)
{
	struct buf wire = {.limit = 300};
	struct buf lenient = {.limit = 300};
	uint8_t body[200];
	struct ws_header h = {.fin = true, .opcode = WS_PING, .len = 126};
	const struct violation list[] = {
	    {BYTES(PING "\x09\x01x"),
	     "control frame is fragmented (RFC 6455 5.5) at byte 0 of frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 ping:x ", false},
	    {BYTES("\x08\x02\x03\xe8"),
	     "control frame is fragmented (RFC 6455 5.5) at byte 0 of frame 1",
	     "!1002@0 ", "?1002@0 close:\x03\xe8 end ", false},
	};
	struct violation too_long = {
	    .error = "control frame exceeds 125 bytes (RFC 6455 5.5) at byte "
		     "1 of frame 1",
	    .strict = "!1002@1 "};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
	memset(body, 'b', sizeof body);
	ws_frame_put(&h, bytes_of(body, 126), &wire, NULL);
	buf_puts(&wire, "\x81\x01x");
	buf_puts(&lenient, "?1002@1 ping:");
	buf_put(&lenient, bytes_of(body, 125));
	buf_puts(&lenient, " text:x ");
	too_long.in = buf_bytes(&wire);
	too_long.lenient = buf_cstr(&lenient);
	assert_violation(&too_long, false);
	buf_fini(&wire);
	buf_fini(&lenient);
}

/* RFC 6455 §5.4 */
static void fragments_follow_in_order(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\x80\x01x"),
	     "continuation without a message (RFC 6455 5.4) at byte 0 of "
	     "frame 2",
	     "ping:p !1002@3 ", "ping:p ?1002@3 binary:x ", false},
	    {BYTES("\x81\x01x\x00\x01y\x80\x01z"),
	     "continuation without a message (RFC 6455 5.4) at byte 0 of "
	     "frame 2",
	     "text:x !1002@3 ", "text:x ?1002@3 binary:yz ", false},
	    {BYTES("\x01\x01x\x82\x01y\x81\x01z"),
	     "message starts inside another one (RFC 6455 5.4) at byte 0 of "
	     "frame 2",
	     "!1002@3 ", "?1002@3 text/:x binary:y text:z ", false},
	    {BYTES("\x02\x01x\x02\x01y\x80\x01z"),
	     "message starts inside another one (RFC 6455 5.4) at byte 0 of "
	     "frame 2",
	     "!1002@3 ", "?1002@3 binary/:x binary:yz ", false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
}

/* RFC 6455 §5.6, §8.1 */
static void text_must_be_utf8(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\x81\x04"
			"ab\xc3("),
	     "text is not UTF-8 (RFC 6455 8.1) at byte 3 of the message",
	     "ping:p !1007@8 ", "ping:p ?1007@8 text:ab\xc3( ", false},
	    /* The byte is in a later fragment, after a control frame. */
	    {BYTES("\x01\x02x\xe2\x89\x00\x00\x01\x82\x80\x02z\xff"),
	     "text is not UTF-8 (RFC 6455 8.1) at byte 3 of the message",
	     "ping: !1007@11 ", "ping: ?1007@11 text:x\xe2\x82z\xff ", false},
	    {BYTES("\x81\x82" MASK "\x4f\x05"),
	     "text is not UTF-8 (RFC 6455 8.1) at byte 1 of the message",
	     "!1007@7 ", "?1007@7 text:x\xff ", true},
	    {BYTES("\x81\x03\xed\xa0\x80"),
	     "text is not UTF-8 (RFC 6455 8.1) at byte 1 of the message",
	     "!1007@3 ", "?1007@3 text:\xed\xa0\x80 ", false},
	    {BYTES("\x01\x02x\xe2\x80\x00"),
	     "text ends inside a character (RFC 6455 8.1) at byte 2 of the "
	     "message",
	     "!1007@6 ", "?1007@6 text:x\xe2 ", false},
	    /* Each message is checked anew. */
	    {BYTES("\x81\x01\xe2\x81\x01y\x81\x01\xff\x81\x01\xfe"),
	     "text ends inside a character (RFC 6455 8.1) at byte 1 of the "
	     "message",
	     "!1007@3 ",
	     "?1007@3 text:\xe2 text:y ?1007@8 text:\xff ?1007@11 "
	     "text:\xfe ",
	     false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
	/* Binary messages may have any bytes. */
	reads(false, BYTES("\x82\x02\xff\xc3"), "binary:\xff\xc3 ");
}

/* RFC 6455 §5.5.1, §7.4, §8.1. ws_test.c has all codes. */
static void close_payloads_are_checked(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\x88\x01x"),
	     "close payload of one byte (RFC 6455 5.5.1) at byte 2 of frame 2",
	     "ping:p !1002@5 ", "ping:p ?1002@5 close:x end ", false},
	    {BYTES("\x88\x02\x03\xed"),
	     "close code 1005 is reserved (RFC 6455 7.4.1) at byte 2 of frame "
	     "1",
	     "!1002@2 ", "?1002@2 close:\x03\xed end ", false},
	    {BYTES("\x88\x86" MASK "\x34\x12\x4e\x56\xf4\xd2"),
	     "close reason is not UTF-8 (RFC 6455 5.5.1) at byte 11 of frame "
	     "1",
	     "!1007@11 ", "?1007@11 close:\x03\xe8ok\xc3( end ", true},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, false);
}

/* RFC 7692 §7.2.2; RFC 6455 §8.1 */
static void broken_compressed_messages_are_reported(void **state)
{
	const struct violation list[] = {
	    {BYTES(PING "\xc2\x01\x07\x82\x01x"),
	     "bad deflate data near byte 1: invalid block type, in a "
	     "compressed message (RFC 7692 7.2.2)",
	     "ping:p !1007@3 ", "ping:p ?1007@3 binary+/: binary:x ", false},
	    /* A lenient reader skips what follows in the message. */
	    {BYTES("\x42\x01\x07\x89\x00\x00\x02yy\x80\x01y\x82\x01x"),
	     "bad deflate data near byte 1: invalid block type, in a "
	     "compressed message (RFC 7692 7.2.2)",
	     "!1007@0 ", "?1007@0 ping: binary+/: binary:x ", false},
	    /* The last byte of the block is missing. */
	    {BYTES("\xc1\x06\xf2\x48\xcd\xc9\xc9\x07\x82\x01x"),
	     "deflate data is cut off after 10 bytes, in a compressed message "
	     "(RFC 7692 7.2.2)",
	     "!1007@0 ", "?1007@0 text+/:Hello binary:x ", false},
	    {BYTES("\xc1\x00\x82\x01x"),
	     "compressed message without data (RFC 7692 7.2.1)", "!1007@0 ",
	     "?1007@0 text+/: binary:x ", false},
	    /* Stored blocks of one byte. */
	    {BYTES(PING "\xc1\x07\x00\x01\x00\xfe\xff\xff\x00\x82\x01x"),
	     "text is not UTF-8 (RFC 6455 8.1) at byte 0 of the message",
	     "ping:p !1007@3 ", "ping:p ?1007@3 text+:\xff binary:x ", false},
	    {BYTES("\xc1\x07\x00\x01\x00\xfe\xff\xc3\x00\x82\x01x"),
	     "text ends inside a character (RFC 6455 8.1) at byte 1 of the "
	     "message",
	     "!1007@0 ", "?1007@0 text+:\xc3 binary:x ", false},
	};
	(void)state;

	ASSERT_VIOLATIONS(list, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(masks_are_required_of_clients_only),
	    cmocka_unit_test(reserved_bits_are_rejected),
	    cmocka_unit_test(the_compression_bit_starts_messages_only),
	    cmocka_unit_test(reserved_opcodes_are_rejected),
	    cmocka_unit_test(lengths_must_have_their_shortest_form),
	    cmocka_unit_test(control_frames_are_short_and_whole),
	    cmocka_unit_test(fragments_follow_in_order),
	    cmocka_unit_test(text_must_be_utf8),
	    cmocka_unit_test(close_payloads_are_checked),
	    cmocka_unit_test(broken_compressed_messages_are_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
