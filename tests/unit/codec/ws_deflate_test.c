/* SPDX-License-Identifier: ISC */
/*
 * Tests of compressing and inflating messages with each window, with and
 * without context takeover. ws_reader_test.c tests compressed frames.
 */
#include "rung/budget.h"
#include "rung/codec/ws_deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ws_deflate params(const char *text)
{
	struct ws_deflate d;

	assert_int_equal(ws_deflate_read(bytes_str(text), &d, NULL), 0);
	return d;
}

static struct ws_deflater *deflater(const char *text, bool server)
{
	struct ws_deflate agreed = params(text);

	return ws_deflater_new(&agreed, server, DEFLATE_LEVEL, DEFLATE_MEMORY,
			       NULL);
}

static void sends(struct ws_deflater *w, const char *text, struct bytes want)
{
	struct buf out = {.limit = 100};

	assert_int_equal(ws_deflater_put(w, bytes_str(text), true, &out, NULL),
			 0);
	assert_int_equal(buf_len(&out), want.len);
	assert_memory_equal(buf_bytes(&out).at, want.at, want.len);
	buf_fini(&out);
}

#define HELLO       BYTES("\xf2\x48\xcd\xc9\xc9\x07\x00")
#define HELLO_AGAIN BYTES("\xf2\x00\x11\x00\x00")

/* RFC 7692 §7.2.1, §7.2.3.1, §7.2.3.2 */
static void messages_are_compressed_as_in_the_standard(void **state)
{
	struct ws_deflater *w = deflater("", false);
	(void)state;

	sends(w, "Hello", HELLO);
	sends(w, "Hello", HELLO_AGAIN);
	/* The window is still needed. */
	ws_deflater_free_idle(w);
	sends(w, "HelloHello", BYTES("\x42\x10\x00\x00"));
	ws_deflater_free(w);
}

/* RFC 7692 §7.1.1.1, §7.1.1.2, §7.2.1: each message with an empty window. */
static void no_context_is_taken_over_if_agreed(void **state)
{
	static const char *const sides[] = {"client_no_context_takeover",
					    "server_no_context_takeover"};
	(void)state;

	for (int server = 0; server < 2; server++) {
		struct ws_deflater *w = deflater(sides[server], server);

		sends(w, "Hello", HELLO);
		sends(w, "Hello", HELLO);
		ws_deflater_free_idle(w);
		sends(w, "Hello", HELLO);
		ws_deflater_free(w);
		w = deflater(sides[server], !server);
		sends(w, "Hello", HELLO);
		sends(w, "Hello", HELLO_AGAIN);
		ws_deflater_free(w);
	}
}

/* RFC 7692 §7.2.3.6 */
static void an_empty_message_is_one_byte(void **state)
{
	struct ws_deflater *w = deflater("", true);
	(void)state;

	sends(w, "", BYTES("\0"));
	sends(w, "", BYTES("\0"));
	sends(w, "Hello", HELLO);
	sends(w, "", BYTES("\0"));
	sends(w, "Hello", HELLO_AGAIN);
	ws_deflater_free(w);
}

static void a_message_is_compressed_in_parts(void **state)
{
	struct ws_deflater *w = deflater("", true);
	struct buf out = {.limit = 100};
	(void)state;

	for (int i = 0; i < 2; i++) {
		buf_clear(&out);
		ws_deflater_put(w, BYTES_NONE, false, &out, NULL);
		ws_deflater_put(w, BYTES("Hel"), false, &out, NULL);
		ws_deflater_put(w, BYTES_NONE, false, &out, NULL);
		ws_deflater_put(w, BYTES("lo"), false, &out, NULL);
		ws_deflater_put(w, BYTES_NONE, true, &out, NULL);
		assert_true(
		    bytes_equal(buf_bytes(&out), i ? HELLO_AGAIN : HELLO));
	}
	ws_deflater_free(w);
	buf_fini(&out);
}

static void a_window_of_eight_bits_sends_uncompressed(void **state)
{
	(void)state;
	assert_null(deflater("server_max_window_bits=8", true));
	assert_null(deflater("client_max_window_bits=8", false));

	struct ws_deflater *w = deflater("client_max_window_bits=8", true);

	sends(w, "Hello", HELLO);
	ws_deflater_free(w);
}

static void a_failed_message_leaves_the_next_one_whole(void **state)
{
	struct ws_deflater *w = deflater("", true);
	struct buf out = {.limit = 8};
	struct err e;
	(void)state;

	sends(w, "Hello", HELLO);
	assert_int_equal(
	    ws_deflater_put(w, BYTES("0123456789abcdef"), true, &out, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(buf_len(&out), 0);
	/* The peer does not have the lost message. */
	sends(w, "Hello", HELLO);
	ws_deflater_free(w);
	buf_fini(&out);
}

/* ---- inflating ---- */

struct receiver {
	const char *agreed;
	struct ws_inflater *w;
	struct buf out;
	struct bytes want;
	size_t left; /* bytes of the message to come */
	enum inflate_result result;
	struct err e;
};

static void begin(void *on)
{
	struct receiver *r = on;
	struct ws_deflate agreed = params(r->agreed);

	r->w = ws_inflater_new(&agreed, true, 1000, NULL);
	buf_init(&r->out, 1000);
}

static void piece(void *on, struct bytes in)
{
	struct receiver *r = on;

	r->left -= in.len;
	do
		r->result = ws_inflater_next(r->w, &in, !r->left, &r->out,
					     &r->e);
	while (r->result == INFLATE_PART);
	assert_int_equal(in.len, 0);
}

static void done(void *on)
{
	struct receiver *r = on;

	assert_int_equal(r->result, INFLATE_END);
	assert_true(bytes_equal(buf_bytes(&r->out), r->want));
	/* The next message inflates, too. */
	buf_clear(&r->out);
	r->left = HELLO.len;
	piece(r, HELLO);
	assert_int_equal(r->result, INFLATE_END);
	assert_true(bytes_is(buf_bytes(&r->out), "Hello"));
	ws_inflater_free(r->w);
	buf_fini(&r->out);
}

/* Feeds a message, cut everywhere; the tail must not be part of it. */
static void receives(const char *agreed, struct bytes message, const char *want)
{
	for (size_t cut = 0; cut <= message.len; cut++) {
		struct receiver r = {.agreed = agreed,
				     .want = bytes_str(want),
				     .left = message.len};

		begin(&r);
		if (cut)
			piece(&r, bytes_head(message, cut));
		if (cut < message.len)
			piece(&r, bytes_skip(message, cut));
		done(&r);
	}
}

/* RFC 7692 §7.2.2, §7.2.3 */
static void messages_are_inflated_with_the_tail_added(void **state)
{
	(void)state;
	receives("", HELLO, "Hello");
	receives("server_no_context_takeover", HELLO, "Hello");
	receives("", BYTES("\0"), "");
	receives("", BYTES("\x00\x05\x00\xfa\xffHello\x00"), "Hello");
	receives("", BYTES("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), "Hello");
	receives("",
		 BYTES("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07"
		       "\x00"),
		 "Hello");
}

/* RFC 7692 §7.2.2: the window of the last message, or an empty one. */
static void the_window_is_that_of_the_last_message(void **state)
{
	struct receiver r = {.agreed = "", .left = 7};
	(void)state;

	for (int keeps = 1; keeps >= 0; keeps--) {
		r.agreed = keeps ? "" : "server_no_context_takeover";
		r.left = HELLO.len;
		begin(&r);
		piece(&r, HELLO);
		r.left = HELLO_AGAIN.len;
		if (keeps) {
			ws_inflater_free_idle(r.w);
			piece(&r, HELLO_AGAIN);
			assert_int_equal(r.result, INFLATE_END);
			assert_true(bytes_is(buf_bytes(&r.out), "HelloHello"));
		} else {
			struct bytes in = HELLO_AGAIN;

			assert_int_equal(
			    ws_inflater_next(r.w, &in, true, &r.out, &r.e),
			    INFLATE_BAD);
			assert_int_equal(r.e.kind, ERR_WS_PROTO);
			assert_non_null(strstr(r.e.text,
					       "invalid distance too far back, "
					       "in a compressed message (RFC "
					       "7692 7.2.2)"));
		}
		ws_inflater_free(r.w);
		buf_fini(&r.out);
	}
}

static void a_skipped_message_leaves_an_empty_window(void **state)
{
	struct receiver r = {.agreed = "", .left = 100};
	(void)state;

	begin(&r);
	piece(&r, bytes_head(HELLO, 4));
	ws_inflater_skip(r.w);
	buf_clear(&r.out);
	r.left = HELLO.len;
	piece(&r, HELLO);
	assert_int_equal(r.result, INFLATE_END);
	assert_true(bytes_is(buf_bytes(&r.out), "Hello"));
	ws_inflater_free(r.w);
	buf_fini(&r.out);
}

/* ---- both ---- */

static uint8_t noise(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return (uint8_t)(*x >> 24 & 31);
}

static void assert_same_message(struct ws_deflater *d, struct ws_inflater *w,
				struct bytes data)
{
	struct buf wire = {.limit = 2 * data.len + 100};
	struct buf out = {.limit = data.len + 1};
	enum inflate_result result;

	assert_int_equal(ws_deflater_put(d, data, true, &wire, NULL), 0);

	struct bytes in = buf_bytes(&wire);

	do
		result = ws_inflater_next(w, &in, true, &out, NULL);
	while (result == INFLATE_PART);
	assert_int_equal(result, INFLATE_END);
	assert_true(bytes_equal(buf_bytes(&out), data));
	buf_fini(&wire);
	buf_fini(&out);
}

/* RFC 7692 §7.1.2: every window, with and without context takeover. */
static void messages_survive_with_every_window(void **state)
{
	enum { SIZE = 200000 };
	static const size_t sizes[] = {1, 0, 100, 1000, SIZE, 5, 65536};
	uint8_t *data = xalloc(SIZE);
	uint32_t x = 1;
	(void)state;

	for (size_t i = 0; i < SIZE; i++)
		data[i] = noise(&x);
	for (uint8_t bits = WS_WINDOW_DEFLATE; bits <= WS_WINDOW_MAX; bits++)
		for (int keeps = 0; keeps < 2; keeps++) {
			struct ws_deflate agreed = {
			    .client_max_window_bits = bits,
			    .client_no_context_takeover = !keeps};
			struct ws_deflater *d = ws_deflater_new(
			    &agreed, false, DEFLATE_LEVEL, DEFLATE_MEMORY,
			    NULL);
			struct ws_inflater *w = ws_inflater_new(&agreed, false,
								SIZE, NULL);

			for (size_t i = 0; i < sizeof sizes / sizeof *sizes;
			     i++) {
				assert_same_message(d, w,
						    bytes_of(data, sizes[i]));
				ws_deflater_free_idle(d);
				ws_inflater_free_idle(w);
			}
			ws_deflater_free(d);
			ws_inflater_free(w);
		}
	free(data);
}

static size_t compressed_size(uint8_t bits, struct bytes data)
{
	struct ws_deflate agreed = {.server_max_window_bits = bits};
	struct ws_deflater *d = ws_deflater_new(&agreed, true, 9, 9, NULL);
	struct buf out = {.limit = 2 * data.len + 100};

	assert_int_equal(ws_deflater_put(d, data, true, &out, NULL), 0);

	size_t size = buf_len(&out);

	ws_deflater_free(d);
	buf_fini(&out);
	return size;
}

/* RFC 7692 §7.1.2.1, §7.1.2.2, §7.2.1 */
static void no_reference_exceeds_the_window(void **state)
{
	uint8_t data[2 << 15];
	uint32_t x = 1;
	(void)state;

	/* The second half repeats the first, just outside the window. */
	for (uint8_t bits = WS_WINDOW_DEFLATE; bits < WS_WINDOW_MAX; bits++) {
		size_t half = ((size_t)1 << bits) + 1;

		for (size_t i = 0; i < half; i++)
			data[i] = data[half + i] = noise(&x);

		struct bytes one = bytes_of(data, half);
		struct bytes two = bytes_of(data, 2 * half);

		assert_true(compressed_size(bits, two) >
			    compressed_size(bits, one) * 9 / 5);
		assert_true(compressed_size(WS_WINDOW_MAX, two) <
			    compressed_size(WS_WINDOW_MAX, one) * 6 / 5);
	}
}

static void idle_ends_without_context_hold_no_memory(void **state)
{
	struct budget budget = {.limit = 10 << 20};
	struct account account = {.budget = &budget};
	struct ws_deflate agreed = params("client_no_context_takeover");
	struct ws_deflater *d = ws_deflater_new(&agreed, false, DEFLATE_LEVEL,
						DEFLATE_MEMORY, &account);
	struct ws_inflater *w = ws_inflater_new(&agreed, false, 100, &account);
	(void)state;

	assert_int_equal(account.used, 0);
	assert_same_message(d, w, BYTES("Hello"));
	assert_true(account.used > 0);
	ws_deflater_free_idle(d);
	ws_inflater_free_idle(w);
	assert_int_equal(account.used, 0);
	assert_same_message(d, w, BYTES("Hello"));
	ws_deflater_free(d);
	ws_inflater_free(w);
	assert_int_equal(account.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_compressed_as_in_the_standard),
	    cmocka_unit_test(no_context_is_taken_over_if_agreed),
	    cmocka_unit_test(an_empty_message_is_one_byte),
	    cmocka_unit_test(a_message_is_compressed_in_parts),
	    cmocka_unit_test(a_window_of_eight_bits_sends_uncompressed),
	    cmocka_unit_test(a_failed_message_leaves_the_next_one_whole),
	    cmocka_unit_test(messages_are_inflated_with_the_tail_added),
	    cmocka_unit_test(the_window_is_that_of_the_last_message),
	    cmocka_unit_test(a_skipped_message_leaves_an_empty_window),
	    cmocka_unit_test(messages_survive_with_every_window),
	    cmocka_unit_test(no_reference_exceeds_the_window),
	    cmocka_unit_test(idle_ends_without_context_hold_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
