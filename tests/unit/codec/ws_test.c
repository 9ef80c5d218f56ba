/* SPDX-License-Identifier: ISC */
/*
 * Tests of headers, masks, frames with any value, close payloads and keys.
 * ws_reader_test.c tests streams of frames.
 */
#include "rung/codec/ws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};

static void assert_frame(const struct ws_header *h, struct bytes payload,
			 struct bytes want)
{
	struct buf out = {.limit = BUF_SMALL};

	assert_int_equal(ws_frame_put(h, payload, &out, NULL), 0);
	assert_int_equal(buf_len(&out), want.len);
	assert_memory_equal(buf_bytes(&out).at, want.at, want.len);
	buf_fini(&out);
}

/* RFC 6455 §5.7 */
static void frames_are_printed_as_in_the_standard(void **state)
{
	struct ws_header h = {.fin = true, .opcode = WS_TEXT, .len = 5};
	(void)state;

	assert_frame(&h, BYTES("Hello"), BYTES("\x81\x05Hello"));
	h.masked = true;
	memcpy(h.mask, key, 4);
	assert_frame(&h, BYTES("Hello"),
		     BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
	h.opcode = WS_PONG;
	assert_frame(&h, BYTES("Hello"),
		     BYTES("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
	h = (struct ws_header){.opcode = WS_TEXT, .len = 3};
	assert_frame(&h, BYTES("Hel"), BYTES("\x01\x03Hel"));
	h = (struct ws_header){.fin = true, .len = 2};
	assert_frame(&h, BYTES("lo"), BYTES("\x80\x02lo"));
}

/* RFC 6455 §5.2: the shortest form. */
static void lengths_are_printed_in_their_shortest_form(void **state)
{
	const struct {
		uint64_t len;
		struct bytes want;
	} cases[] = {
	    {0, BYTES("\x82\x00")},
	    {125, BYTES("\x82\x7d")},
	    {126, BYTES("\x82\x7e\x00\x7e")},
	    {256, BYTES("\x82\x7e\x01\x00")},
	    {65535, BYTES("\x82\x7e\xff\xff")},
	    {65536, BYTES("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00")},
	    {INT64_MAX, BYTES("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff")},
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ws_header h = {
		    .fin = true, .opcode = WS_BINARY, .len = cases[i].len};

		assert_frame(&h, BYTES_NONE, cases[i].want);
	}
}

static void every_illegal_value_can_be_printed(void **state)
{
	struct ws_header h = {.rsv = 7, .opcode = 15, .len = 1};
	(void)state;

	assert_frame(&h, BYTES("x"), BYTES("\x7f\x01x"));
	/* A length that lies. */
	h = (struct ws_header){.fin = true, .opcode = WS_PING, .len = 200};
	assert_frame(&h, BYTES("x"), BYTES("\x89\x7e\x00\xc8x"));
	h.len = 1;
	h.form = WS_LENGTH_16;
	assert_frame(&h, BYTES("x"), BYTES("\x89\x7e\x00\x01x"));
	h.form = WS_LENGTH_64;
	assert_frame(&h, BYTES("x"),
		     BYTES("\x89\x7f\x00\x00\x00\x00\x00\x00\x00\x01x"));
	h.len = UINT64_MAX;
	assert_frame(&h, BYTES("x"),
		     BYTES("\x89\x7f\xff\xff\xff\xff\xff\xff\xff\xffx"));
	h.form = WS_LENGTH_7;
	h.len = 300;
	assert_frame(&h, BYTES("x"), BYTES("\x89\x2cx"));
}

static void a_header_is_read_as_it_was_printed(void **state)
{
	static const uint64_t lengths[] = {0,     1,     125,       126,
					   65535, 65536, UINT64_MAX};
	(void)state;

	for (unsigned first = 0; first < 256; first++)
		for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
			for (int masked = 0; masked < 2; masked++) {
				struct ws_header h = {.fin = first & 0x80,
						      .rsv = first >> 4 & 7,
						      .opcode = first & 15,
						      .len = lengths[i],
						      .masked = masked};
				struct ws_header back;
				uint8_t out[WS_HEADER_MAX];
				size_t n;

				if (masked)
					memcpy(h.mask, key, 4);
				n = ws_header_print(&h, out);
				for (size_t k = 0; k < n; k++)
					assert_int_equal(
					    ws_header_read(&back,
							   bytes_of(out, k)),
					    0);
				assert_int_equal(
				    ws_header_read(&back, bytes_of(out, n)), n);
				assert_int_equal(back.fin, h.fin);
				assert_int_equal(back.rsv, h.rsv);
				assert_int_equal(back.opcode, h.opcode);
				assert_int_equal(back.masked, h.masked);
				assert_true(back.len == h.len);
				assert_memory_equal(back.mask, h.mask, 4);
			}
}

/* RFC 6455 §5.3: octet i XOR octet i MOD 4 of the key. */
static void masks_apply_from_every_offset(void **state)
{
	enum { SIZE = 67 };
	uint8_t data[SIZE], want[SIZE], got[SIZE];
	(void)state;

	for (size_t i = 0; i < SIZE; i++) {
		data[i] = (uint8_t)(i * 7);
		want[i] = data[i] ^ key[i % 4];
	}
	for (size_t from = 0; from < 12; from++)
		for (size_t n = 0; n <= SIZE - from; n++) {
			memcpy(got, data, SIZE);
			ws_mask(got + from, bytes_of(got + from, n), key, from);
			assert_memory_equal(got, data, from);
			assert_memory_equal(got + from, want + from, n);
			assert_memory_equal(got + from + n, data + from + n,
					    SIZE - from - n);
		}
	ws_mask(got, bytes_of(data, 4), key, ((uint64_t)1 << 40) + 1);
	assert_int_equal(got[0], data[0] ^ key[1]);
}

static void a_frame_over_the_limit_appends_nothing(void **state)
{
	struct ws_header h = {.fin = true, .opcode = WS_TEXT, .len = 5};
	struct buf out = {.limit = 6};
	struct err e;
	(void)state;

	assert_int_equal(ws_frame_put(&h, BYTES("Hello"), &out, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "no room for a frame of 5 bytes");
	assert_int_equal(buf_len(&out), 0);

	struct ws_sending s = {.opcode = WS_TEXT, .fragment = 2};

	assert_int_equal(ws_message_put(&s, BYTES("Hello"), &out, &e), -1);
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
}

static void count_up(void *context, void *mask, size_t len)
{
	uint8_t *next = context;

	memset(mask, ++*next, len);
}

static void assert_sent(const struct ws_sending *s, const char *text,
			struct bytes want)
{
	struct buf out = {.limit = BUF_SMALL};

	assert_int_equal(ws_message_put(s, bytes_str(text), &out, NULL), 0);
	assert_int_equal(buf_len(&out), want.len);
	assert_memory_equal(buf_bytes(&out).at, want.at, want.len);
	buf_fini(&out);
}

/* RFC 6455 §5.3 (a fresh mask), §5.4, §6.1; RFC 7692 §6. */
static void messages_are_sent_whole_and_in_fragments(void **state)
{
	uint8_t next = 0;
	struct ws_sending s = {.opcode = WS_TEXT};
	(void)state;

	assert_sent(&s, "Hello", BYTES("\x81\x05Hello"));
	assert_sent(&s, "", BYTES("\x81\x00"));
	s.fragment = 2;
	assert_sent(&s, "Hello", BYTES("\x01\x02He\x00\x02ll\x80\x01o"));
	assert_sent(&s, "Hell", BYTES("\x01\x02He\x80\x02ll"));
	s.compressed = true;
	assert_sent(&s, "Hello", BYTES("\x41\x02He\x00\x02ll\x80\x01o"));
	s = (struct ws_sending){.opcode = WS_BINARY,
				.fragment = 1,
				.random = count_up,
				.context = &next};
	assert_sent(&s, "ab",
		    BYTES("\x02\x81\x01\x01\x01\x01\x60"
			  "\x80\x81\x02\x02\x02\x02\x60"));
}

static void opcodes_have_names(void **state)
{
	(void)state;
	assert_string_equal(ws_opcode_name(WS_CONTINUATION), "continuation");
	assert_string_equal(ws_opcode_name(WS_PONG), "pong");
	assert_string_equal(ws_opcode_name(3), "reserved");
	assert_string_equal(ws_opcode_name(15), "reserved");
	assert_false(ws_is_control(7));
	assert_true(ws_is_control(WS_CLOSE) && ws_is_control(15));
}

/* ---- closing ---- */

/* RFC 6455 §7.4 and IANA's registry. */
static void only_registered_close_codes_are_legal(void **state)
{
	(void)state;
	for (unsigned code = 0; code < 70000; code++) {
		bool legal = (code >= 1000 && code <= 1014 && code != 1004 &&
			      code != 1005 && code != 1006) ||
			     (code >= 3000 && code < 5000);

		assert_int_equal(ws_close_code_is_legal(code), legal);
	}
	assert_string_equal(ws_close_name(1001), "going away");
	assert_string_equal(ws_close_name(1015), "TLS handshake failed");
	assert_null(ws_close_name(1004));
	assert_null(ws_close_name(999));
	assert_null(ws_close_name(3000));
}

static int read_close(struct bytes payload, struct ws_close *close, size_t *bad,
		      unsigned *code, struct err *e)
{
	uint8_t *copy = xalloc(payload.len + 1);
	int result;

	memcpy(copy, payload.at, payload.len);
	result = ws_close_read(bytes_of(copy, payload.len), close, bad, code,
			       e);
	assert_true(!close->reason.len ||
		    bytes_equal(close->reason, bytes_skip(payload, 2)));
	close->reason = bytes_skip(payload, 2);
	free(copy);
	return result;
}

static void close_payloads_are_read(void **state)
{
	struct ws_close close;
	unsigned code;
	size_t bad;
	(void)state;

	assert_int_equal(read_close(BYTES(""), &close, &bad, &code, NULL), 0);
	assert_int_equal(close.code, WS_CLOSE_NONE);
	assert_int_equal(
	    read_close(BYTES("\x03\xe8"), &close, &bad, &code, NULL), 0);
	assert_int_equal(close.code, WS_CLOSE_NORMAL);
	assert_int_equal(close.reason.len, 0);
	assert_int_equal(read_close(BYTES("\x0f\xa0gr\xc3\xbc\xc3\x9f"), &close,
				    &bad, &code, NULL),
			 0);
	assert_int_equal(close.code, 4000);
	assert_true(bytes_is(close.reason, "gr\xc3\xbc\xc3\x9f"));
}

/* RFC 6455 §5.5.1, §7.4.1, §7.4.2, §8.1 */
static void broken_close_payloads_are_reported(void **state)
{
	const struct {
		struct bytes payload;
		const char *error;
		size_t bad;
		unsigned answer, code;
	} cases[] = {
	    {BYTES("\x03"), "close payload of one byte (RFC 6455 5.5.1)", 0,
	     1002, WS_CLOSE_NONE},
	    {BYTES("\x00\x00"), "close code 0 is reserved (RFC 6455 7.4.2)", 0,
	     1002, 0},
	    {BYTES("\x03\xec"), "close code 1004 is reserved (RFC 6455 7.4.1)",
	     0, 1002, 1004},
	    {BYTES("\x03\xed"), "close code 1005 is reserved (RFC 6455 7.4.1)",
	     0, 1002, 1005},
	    {BYTES("\x03\xee"), "close code 1006 is reserved (RFC 6455 7.4.1)",
	     0, 1002, 1006},
	    {BYTES("\x03\xf7"), "close code 1015 is reserved (RFC 6455 7.4.1)",
	     0, 1002, 1015},
	    {BYTES("\x0b\xb7"), "close code 2999 is reserved (RFC 6455 7.4.2)",
	     0, 1002, 2999},
	    {BYTES("\x13\x88"), "close code 5000 is reserved (RFC 6455 7.4.2)",
	     0, 1002, 5000},
	    {BYTES("\x03\xe8ok\xc3("),
	     "close reason is not UTF-8 (RFC 6455 5.5.1)", 5, 1007, 1000},
	    {BYTES("\x03\xe8ok\xc3"),
	     "close reason is not UTF-8 (RFC 6455 5.5.1)", 5, 1007, 1000},
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ws_close close;
		unsigned answer;
		size_t bad;
		struct err e;

		assert_int_equal(
		    read_close(cases[i].payload, &close, &bad, &answer, &e),
		    -1);
		assert_int_equal(e.kind, ERR_WS_PROTO);
		assert_string_equal(e.text, cases[i].error);
		assert_int_equal(bad, cases[i].bad);
		assert_int_equal(answer, cases[i].answer);
		assert_int_equal(close.code, cases[i].code);
	}
}

static void close_payloads_are_printed(void **state)
{
	struct ws_close close = {.code = 1001, .reason = BYTES("bye")};
	uint8_t out[WS_CONTROL_MAX];
	size_t len;
	(void)state;

	assert_int_equal(ws_close_print(&close, out, &len, NULL), 0);
	assert_true(bytes_equal(bytes_of(out, len), BYTES("\x03\xe9"
							  "bye")));
	close = (struct ws_close){.code = WS_CLOSE_NONE};
	assert_int_equal(ws_close_print(&close, out, &len, NULL), 0);
	assert_int_equal(len, 0);
}

static void only_legal_close_payloads_are_printed(void **state)
{
	char text[WS_REASON_MAX + 2];
	struct ws_close close = {.code = 1005, .reason = BYTES("x")};
	uint8_t out[WS_CONTROL_MAX];
	struct err e;
	size_t len;
	(void)state;

	assert_int_equal(ws_close_print(&close, out, &len, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text,
			    "close code 1005 is never sent; use 1000 to 1003, "
			    "1007 to 1014 or 3000 to 4999");
	memset(text, 'a', sizeof text);
	close = (struct ws_close){1000, bytes_of(text, WS_REASON_MAX)};
	assert_int_equal(ws_close_print(&close, out, &len, &e), 0);
	assert_int_equal(len, WS_CONTROL_MAX);
	close.reason.len++;
	assert_int_equal(ws_close_print(&close, out, &len, &e), -1);
	assert_string_equal(e.text, "close reason exceeds 123 bytes");
	close.reason = BYTES("\xff");
	assert_int_equal(ws_close_print(&close, out, &len, &e), -1);
	assert_string_equal(e.text, "close reason is not UTF-8");
}

/* ---- opening ---- */

/* RFC 6455 §1.3, §4.2.2 */
static void the_accept_value_is_that_of_the_standard(void **state)
{
	char out[WS_ACCEPT_SIZE];
	(void)state;

	assert_int_equal(
	    ws_accept_print(BYTES("dGhlIHNhbXBsZSBub25jZQ=="), out, NULL), 0);
	assert_string_equal(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

/* RFC 6455 §4.1, §4.2.1 */
static void keys_have_sixteen_bytes(void **state)
{
	char out[WS_KEY_SIZE];
	(void)state;

	ws_key_print((const uint8_t *)"the sample nonce", out);
	assert_string_equal(out, "dGhlIHNhbXBsZSBub25jZQ==");
	assert_true(ws_key_is_legal(bytes_str(out)));
	for (size_t i = 0; i < WS_KEY_SIZE - 1; i++) {
		char broken[WS_KEY_SIZE];

		memcpy(broken, out, sizeof broken);
		broken[i] = i < 22 ? '=' : 'A';
		assert_false(ws_key_is_legal(bytes_str(broken)));
		broken[i] = '\0';
		assert_false(ws_key_is_legal(bytes_of(broken, 24)));
		assert_false(ws_key_is_legal(bytes_of(out, i)));
	}
	/* 16 bytes and four bits. */
	assert_false(ws_key_is_legal(BYTES("dGhlIHNhbXBsZSBub25jZR==")));
	assert_false(ws_key_is_legal(BYTES("dGhlIHNhbXBsZSBub25jZQ== ")));
	assert_false(ws_key_is_legal(BYTES_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_are_printed_as_in_the_standard),
	    cmocka_unit_test(lengths_are_printed_in_their_shortest_form),
	    cmocka_unit_test(every_illegal_value_can_be_printed),
	    cmocka_unit_test(a_header_is_read_as_it_was_printed),
	    cmocka_unit_test(masks_apply_from_every_offset),
	    cmocka_unit_test(a_frame_over_the_limit_appends_nothing),
	    cmocka_unit_test(messages_are_sent_whole_and_in_fragments),
	    cmocka_unit_test(opcodes_have_names),
	    cmocka_unit_test(only_registered_close_codes_are_legal),
	    cmocka_unit_test(close_payloads_are_read),
	    cmocka_unit_test(broken_close_payloads_are_reported),
	    cmocka_unit_test(close_payloads_are_printed),
	    cmocka_unit_test(only_legal_close_payloads_are_printed),
	    cmocka_unit_test(the_accept_value_is_that_of_the_standard),
	    cmocka_unit_test(keys_have_sixteen_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
