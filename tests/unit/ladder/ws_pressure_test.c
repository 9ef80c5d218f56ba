/* SPDX-License-Identifier: ISC */
/*
 * Tests of the WebSocket rung: back-pressure, limits of compressed messages,
 * and compression. ws_rung_test.c tests messages.
 */
#include "tests/lib/ws_ends.h"

#include "rung/codec/ws.h"
#include "rung/codec/ws_deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define DEFLATE      "Sec-WebSocket-Extensions: permessage-deflate"

static const enum side sides[] = {SIDE_CLIENT, SIDE_SERVER};
#define EACH_SIDE(side) \
	for (const enum side *at_ = sides, *side = at_; side < at_ + 2; side++)

static void begin_with(struct ws_end *w, enum side side,
		       const char *const *options, const char *fields)
{
	struct err e;
	if (ws_end_init(w, side, options, &e))
		fail_msg("%s", e.text);
	ws_end_open(w, fields);
}

static void begin(struct ws_end *w, enum side side)
{
	begin_with(w, side, NULL, "");
}

/* Begins with permessage-deflate; `parameters` begin with a semicolon. */
static void begin_deflate(struct ws_end *w, enum side side,
			  const char *const *options, const char *parameters)
{
	static const char *const offers[] = {"--deflate", "on", NULL};
	char fields[200];
	snprintf(fields, sizeof fields, DEFLATE "%s\r\n", parameters);
	begin_with(w, side, options || side == SIDE_SERVER ? options : offers,
		   fields);
}

static void expect(struct buf *got, const char *want)
{
	assert_string_equal(buf_cstr(got), want);
	buf_clear(got);
}

static void expect_part(struct buf *got, const char *part)
{
	if (!strstr(buf_cstr(got), part))
		fail_msg("'%s' is not in:\n%s", part, buf_cstr(got));
}

static void send_text(struct ws_end *w, const char *text, unsigned flags)
{
	struct err e;
	if (ws_end_send(w, NULL, NULL, bytes_str(text), flags, &e))
		fail_msg("%s", e.text);
}

static void send_kind(struct ws_end *w, const char *kind,
		      const char *const *attrs, const char *text)
{
	struct err e;
	if (ws_end_send(w, kind, attrs, bytes_str(text), 0, &e))
		fail_msg("%s", e.text);
}

/* ---- back-pressure ---- */

static void a_full_owner_stops_reading(void **state)
{
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct buf in = {.limit = SIZE_MAX / 8};
		begin(&w, *side);
		w.m.limit = 1;
		ws_end_frame(&w, END_TEXT, BYTES("one"), &in);
		ws_end_frame(&w, END_PING, BYTES("p"), &in);
		ws_end_frame(&w, END_TEXT, BYTES("two"), &in);
		mock_come(&w.m, buf_bytes(&in));
		expect(&w.m.notes, "ws.text one\n");
		assert_true(ladder_is_blocked(&w.m.ladder));
		mock_end(&w.m);
		expect(&w.m.notes, "");
		mock_consume(&w.m, 3);
		expect(&w.m.notes, "< ws.ping p\n> ws.pong p\nws.text two\n");
		mock_consume(&w.m, 3);
		expect_part(&w.m.notes, "without a close frame");
		assert_true(w.m.ends >= 1);
		assert_int_equal(w.m.unread, 0);
		buf_fini(&in);
		ws_end_fini(&w);
	}
}

/* Appends a message of n equal bytes, compressed. */
static void put_bomb(const struct ws_end *w, size_t n, struct buf *out)
{
	static const struct ws_deflate agreed;
	struct buf packed = {.limit = SIZE_MAX / 8};
	uint8_t *data = xalloc(n);
	struct ws_deflater *d = ws_deflater_new(&agreed, w->side == SIDE_CLIENT,
						6, 8, NULL);
	memset(data, 'x', n);
	assert_int_equal(
	    ws_deflater_put(d, bytes_of(data, n), true, &packed, NULL), 0);
	ws_end_frame(w, END_TEXT | WS_RSV1 << 4, buf_bytes(&packed), out);
	ws_deflater_free(d);
	buf_fini(&packed);
	free(data);
}

static void a_bomb_is_inflated_as_the_owner_reads(void **state)
{
	enum { SIZE = 4000000 };
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		struct buf in = {.limit = SIZE_MAX / 8};
		size_t steps = 0, total = 0;
		begin_deflate(&w, *side, NULL, "");
		w.m.limit = 1;
		put_bomb(&w, SIZE, &in);
		assert_true(buf_len(&in) < 10000);
		mock_come(&w.m, buf_bytes(&in));
		while (w.m.unread) {
			size_t n = w.m.unread;
			assert_in_range(n, 1, 3 * WS_PART);
			total += n;
			steps++;
			mock_consume(&w.m, n);
		}
		assert_int_equal(total, SIZE);
		assert_true(steps > 20);
		assert_false(ladder_is_blocked(&w.m.ladder));
		expect_part(&w.m.notes, " wire=");
		assert_int_equal(w.m.failures, 0);
		buf_fini(&in);
		ws_end_fini(&w);
	}
}

static void a_bomb_is_limited(void **state)
{
	struct ws_end w;
	struct buf in = {.limit = SIZE_MAX / 8};
	(void)state;
	begin_deflate(&w, SIDE_SERVER, OPTIONS("--max-message", "100000"), "");
	put_bomb(&w, 4000000, &in);
	mock_come(&w.m, buf_bytes(&in));
	expect_part(&w.m.notes, "code=1009\n");
	expect_part(&w.m.notes, "failed ws ");
	assert_true(buf_len(&w.m.data) < 100000 + buf_len(&in));
	assert_int_equal(memcmp(ws_end_sent(&w), "88 \x03\xf1", 5), 0);
	buf_fini(&in);
	ws_end_fini(&w);
}

/* ---- compression ---- */

/* Sends a message twice and returns the sizes of the frames. */
static void send_twice(struct ws_end *w, size_t size[2])
{
	static const char text[] = "one two three four five six seven eight";
	for (int i = 0; i < 2; i++) {
		unsigned first = 0;
		struct buf data = {.limit = SIZE_MAX / 8};
		send_text(w, text, 0);
		assert_true(ws_end_take(w, &first, &data));
		assert_int_equal(first, END_TEXT | WS_RSV1 << 4);
		size[i] = buf_len(&data);
		buf_fini(&data);
	}
}

/* RFC 7692 §7.1.1 */
static void the_window_is_kept_unless_agreed_otherwise(void **state)
{
	static const char *const none[] = {"; client_no_context_takeover",
					   "; server_no_context_takeover"};
	(void)state;
	EACH_SIDE(side)
	{
		struct ws_end w;
		size_t size[2];
		begin_deflate(&w, *side, NULL, "");
		send_twice(&w, size);
		assert_true(size[1] < size[0] / 2);
		ws_end_fini(&w);
		begin_deflate(&w, *side, NULL, none[*side == SIDE_SERVER]);
		send_twice(&w, size);
		assert_int_equal(size[1], size[0]);
		ws_end_fini(&w);
	}
}

/* The link has room for neither message nor queue, and the message is sent
 * again: it refers to nothing that was not sent. */
static void a_message_that_was_not_sent_is_not_referred_to(void **state)
{
	enum { SIZE = 17000000 };
	static const struct ws_deflate agreed;
	struct ws_end w;
	struct err e;
	uint8_t *data = xalloc(SIZE);
	uint32_t x = 1;
	struct buf packed = {.limit = SIZE_MAX / 8};
	struct buf out = {.limit = SIZE_MAX / 8};
	unsigned first = 0;
	(void)state;
	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = (uint8_t)(x >> 24);
	}
	begin_deflate(&w, SIDE_SERVER, NULL, "");
	w.m.room = 0;
	assert_int_equal(
	    ws_end_send(&w, "binary", NULL, bytes_of(data, SIZE), 0, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	w.m.room = SIZE_MAX;
	send_kind(&w, "binary", NULL, "short");
	struct bytes tail = bytes_of(data + SIZE - 1000, 1000);
	assert_int_equal(ws_end_send(&w, "binary", NULL, tail, 0, &e), 0);
	struct ws_inflater *i = ws_inflater_new(&agreed, true, SIZE, NULL);
	for (int n = 0; n < 2; n++) {
		buf_clear(&out);
		assert_true(ws_end_take(&w, &first, &packed));
		struct bytes in = buf_bytes(&packed);
		assert_int_equal(ws_inflater_next(i, &in, true, &out, &e),
				 INFLATE_END);
	}
	assert_true(bytes_equal(buf_bytes(&out), tail));
	ws_inflater_free(i);
	buf_fini(&packed);
	buf_fini(&out);
	free(data);
	ws_end_fini(&w);
}

static void parts_are_sent_uncompressed(void **state)
{
	struct ws_end w;
	(void)state;
	begin_deflate(&w, SIDE_SERVER, NULL, "");
	send_text(&w, "one", UNIT_MORE);
	send_text(&w, "two", 0);
	assert_string_equal(ws_end_sent(&w), "01 one\n80 two\n");
	ws_end_fini(&w);
}

static void a_window_of_eight_bits_is_not_compressed(void **state)
{
	struct ws_end w;
	(void)state;
	begin_deflate(&w, SIDE_SERVER, NULL, "; server_max_window_bits=8");
	send_text(&w, "text", 0);
	assert_string_equal(ws_end_sent(&w), "81 text\n");
	ws_end_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_full_owner_stops_reading),
	    cmocka_unit_test(a_bomb_is_inflated_as_the_owner_reads),
	    cmocka_unit_test(a_bomb_is_limited),
	    cmocka_unit_test(the_window_is_kept_unless_agreed_otherwise),
	    cmocka_unit_test(a_message_that_was_not_sent_is_not_referred_to),
	    cmocka_unit_test(parts_are_sent_uncompressed),
	    cmocka_unit_test(a_window_of_eight_bits_is_not_compressed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
