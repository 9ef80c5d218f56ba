/* SPDX-License-Identifier: ISC */
/*
 * Tests of the inbox as a stream and with messages. hub_test.c and room_test.c
 * test how a full inbox stops the link.
 */
#include "rung/budget.h"
#include "rung/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void expect_front(const struct inbox *b, const char *want, bool whole)
{
	struct bytes front;
	bool is_whole;
	assert_true(inbox_front(b, &front, &is_whole));
	assert_true(bytes_is(front, want));
	assert_int_equal(is_whole, whole);
}

static void expect_empty(const struct inbox *b)
{
	struct bytes front;
	bool whole;
	assert_false(inbox_front(b, &front, &whole));
	assert_int_equal(inbox_len(b), 0);
	assert_int_equal(inbox_count(b), 0);
}

static bool put(struct inbox *b, struct bytes data)
{
	return inbox_put(b, &(struct unit){.data = data}, 0, BYTES_NONE);
}

static void stream_joins_received_data(void **state)
{
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 100);
	expect_empty(&b);
	assert_true(put(&b, BYTES("ab")));
	assert_true(put(&b, BYTES("cd")));
	expect_front(&b, "abcd", false);
	assert_int_equal(inbox_count(&b), 1);
	inbox_consume(&b, 3);
	expect_front(&b, "d", false);
	inbox_end(&b);
	expect_front(&b, "d", true);
	inbox_pop(&b);
	expect_empty(&b);
	inbox_fini(&b);
}

static bool put_message(struct inbox *b, struct unit *u, const char *memo)
{
	return inbox_put(b, u, 7, bytes_str(memo));
}

static void records_stay_with_their_messages(void **state)
{
	static const struct unit_kind ping = {.rung = "ws", .name = "ping"};
	struct unit one = {.data = BYTES("one"), .flags = UNIT_RAW};
	struct unit two = {.data = BYTES(""), .kind = &ping};
	struct inbox_message m;
	struct bytes value;
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	two.attrs = attrs_new();
	attrs_put(two.attrs, "id", BYTES("7"));
	assert_false(inbox_record(&b, 0, &m));
	assert_true(put_message(&b, &one, "wire"));
	assert_true(put_message(&b, &two, "w2"));
	assert_true(inbox_record(&b, 0, &m));
	assert_int_equal(m.flags, UNIT_RAW);
	assert_int_equal(m.number, 7);
	assert_int_equal(m.memo_len, 4);
	assert_null(m.kind);
	inbox_pop(&b);
	/* The inbox has a reference of its own. */
	attrs_unref(two.attrs);
	assert_true(inbox_record(&b, 0, &m));
	assert_ptr_equal(m.kind, &ping);
	assert_true(attrs_get(m.attrs, "id", &value));
	assert_true(bytes_is(value, "7"));
	assert_true(bytes_is(buf_bytes(&b.messages->memos), "w2"));
	assert_false(inbox_record(&b, 1, &m));
	inbox_pop(&b);
	assert_int_equal(buf_len(&b.messages->memos), 0);
	assert_int_equal(b.messages->attrs, 0);
	inbox_fini(&b);
}

static void streams_have_no_records(void **state)
{
	struct inbox_message m;
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 100);
	put(&b, BYTES("abc"));
	assert_false(inbox_record(&b, 0, &m));
	inbox_fini(&b);
}

/* The limit of records is the limit of the data plus 64 KiB. */
static void attributes_fill_the_inbox(void **state)
{
	struct unit u = {.data = BYTES("x"), .attrs = attrs_new()};
	struct budget memory = {.limit = SIZE_MAX};
	struct account account = {.budget = &memory};
	uint8_t big[40000] = {0};
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 10000);
	inbox_charge(&b, &account);
	attrs_put(u.attrs, "big", bytes_of(big, sizeof big));
	assert_true(put_message(&b, &u, ""));
	assert_true(inbox_has_room(&b, 1));
	assert_true(put_message(&b, &u, ""));
	assert_false(inbox_has_room(&b, 1));
	assert_true(account.used > 80000);
	inbox_pop(&b);
	assert_true(inbox_has_room(&b, 1));
	assert_true(account.used < 42000);
	attrs_unref(u.attrs);
	inbox_fini(&b);
	assert_int_equal(account.used, 0);
}

static void stream_is_read_with_rio(void **state)
{
	struct inbox b;
	struct bytes line;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 100);
	put(&b, BYTES("one\ntw"));
	assert_true(rio_line(inbox_reader(&b), &line));
	assert_true(bytes_is(line, "one\n"));
	inbox_sync(&b);
	assert_false(rio_line(inbox_reader(&b), &line));
	inbox_end(&b);
	assert_true(rio_line(inbox_reader(&b), &line));
	assert_true(bytes_is(line, "tw"));
	inbox_sync(&b);
	expect_empty(&b);
	inbox_fini(&b);
}

static void messages_keep_their_boundaries(void **state)
{
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_DATAGRAMS, 100);
	put(&b, BYTES("one"));
	put(&b, BYTES(""));
	put(&b, BYTES("three"));
	assert_int_equal(inbox_count(&b), 3);
	expect_front(&b, "one", true);
	assert_true(inbox_message(&b, 2, &out));
	assert_true(bytes_is(out, "three"));
	assert_false(inbox_message(&b, 3, &out));
	inbox_pop(&b);
	expect_front(&b, "", true);
	inbox_pop(&b);
	expect_front(&b, "three", true);
	inbox_pop(&b);
	expect_empty(&b);
	inbox_pop(&b);
	inbox_fini(&b);
}

static void partly_consumed_message_keeps_its_rest(void **state)
{
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	put(&b, BYTES("a\nb"));
	put(&b, BYTES("c"));
	assert_true(rio_line(inbox_reader(&b), &out));
	assert_true(bytes_is(out, "a\n"));
	inbox_sync(&b);
	expect_front(&b, "b", true);
	assert_int_equal(inbox_count(&b), 2);
	/* The end of the message also ends a line without a newline. */
	assert_true(rio_line(inbox_reader(&b), &out));
	assert_true(bytes_is(out, "b"));
	inbox_sync(&b);
	expect_front(&b, "c", true);
	inbox_consume(&b, 1);
	expect_empty(&b);
	inbox_fini(&b);
}

static void reads_wait_for_a_first_message(void **state)
{
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	put(&b, BYTES("x"));
	inbox_pop(&b);
	assert_false(rio_some(inbox_reader(&b), 10, &out));
	put(&b, BYTES("y"));
	assert_true(rio_some(inbox_reader(&b), 10, &out));
	assert_true(bytes_is(out, "y"));
	inbox_sync(&b);
	inbox_fini(&b);
}

static void limit_may_be_exceeded_by_one_read(void **state)
{
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 4);
	assert_true(inbox_has_room(&b, 4));
	assert_false(inbox_has_room(&b, 5));
	assert_true(put(&b, BYTES("123456")));
	assert_int_equal(inbox_len(&b), 6);
	assert_false(inbox_has_room(&b, 1));
	inbox_consume(&b, 5);
	assert_true(inbox_has_room(&b, 3));
	inbox_fini(&b);
}

/* The limit affects inbox_has_room() and inbox_has_room_above(), not
 * inbox_put(). */
static void nothing_that_came_is_rejected(void **state)
{
	static const uint8_t big[RIO_CHUNK];
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_DATAGRAMS, 4);
	assert_true(inbox_has_room_above(&b, 10));
	assert_true(put(&b, bytes_of(big, 13)));
	assert_false(inbox_has_room(&b, 1));
	assert_true(inbox_has_room_above(&b, 10));
	assert_true(put(&b, BYTES("1")));
	assert_false(inbox_has_room_above(&b, 10));
	assert_true(put(&b, bytes_of(big, sizeof big)));
	assert_int_equal(inbox_count(&b), 3);
	assert_int_equal(inbox_len(&b), 14 + sizeof big);
	inbox_fini(&b);
}

static void messages_stay_in_front_of_a_stream(void **state)
{
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	put(&b, BYTES("one"));
	put(&b, BYTES("two"));
	inbox_reshape(&b, SHAPE_BYTES);
	put(&b, BYTES("stre"));
	put(&b, BYTES("am"));
	assert_false(inbox_is_stream(&b));
	expect_front(&b, "one", true);
	assert_true(inbox_message(&b, 2, &out));
	assert_true(bytes_is(out, "stream"));
	inbox_pop(&b);
	inbox_consume(&b, 1);
	expect_front(&b, "wo", true);
	inbox_pop(&b);
	assert_true(inbox_is_stream(&b));
	put(&b, BYTES("!"));
	expect_front(&b, "stream!", false);
	inbox_consume(&b, 7);
	expect_empty(&b);
	inbox_fini(&b);
}

static void empty_inbox_changes_its_shape_at_once(void **state)
{
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	put(&b, BYTES("one"));
	inbox_reshape(&b, SHAPE_BYTES);
	inbox_pop(&b);
	assert_true(inbox_is_stream(&b));
	put(&b, BYTES("ab"));
	inbox_pop(&b);
	inbox_reshape(&b, SHAPE_MESSAGES);
	expect_empty(&b);
	put(&b, BYTES("two"));
	put(&b, BYTES("three"));
	expect_front(&b, "two", true);
	assert_int_equal(inbox_count(&b), 2);
	inbox_fini(&b);
}

static void stream_becomes_the_first_message(void **state)
{
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 100);
	put(&b, BYTES("xrest"));
	inbox_consume(&b, 1);
	inbox_reshape(&b, SHAPE_MESSAGES);
	put(&b, BYTES("two"));
	expect_front(&b, "rest", true);
	assert_int_equal(inbox_count(&b), 2);
	inbox_pop(&b);
	expect_front(&b, "two", true);
	inbox_fini(&b);
}

static void untouched_means_nothing_consumed(void **state)
{
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_false(inbox_untouched(&b));
	put(&b, BYTES("abc"));
	put(&b, BYTES(""));
	put(&b, BYTES("de"));
	assert_true(inbox_untouched(&b));
	inbox_consume(&b, 1);
	assert_false(inbox_untouched(&b));
	assert_true(inbox_message(&b, 2, &out));
	assert_true(bytes_is(out, "de"));
	inbox_pop(&b);
	assert_true(inbox_untouched(&b));
	inbox_fini(&b);
}

/* Each lookup takes constant time, so a loop over all messages takes linear
 * time. */
static void messages_are_found_by_their_number(void **state)
{
	enum { MANY = 400000 };
	struct inbox b;
	struct bytes out;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, (size_t)16 << 20);
	for (uint32_t i = 0; i < MANY; i++)
		assert_true(put(&b, bytes_of(&i, sizeof i - i % 2)));
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t got = 0;
		if (!inbox_message(&b, i, &out) || out.len != 4 - i % 2)
			fail_msg("message %u", i);
		memcpy(&got, out.at, out.len);
		assert_int_equal(got, i & 0xffffff);
	}
	inbox_fini(&b);
}

static void empty_inbox_frees_its_memory(void **state)
{
	static const uint8_t big[100000];
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_BYTES, 1 << 20);
	put(&b, bytes_of(big, sizeof big));
	inbox_pop(&b);
	assert_true(b.in.buf.cap <= 512);
	inbox_fini(&b);
}

/* Empty messages have no bytes, but a record of 40 bytes each. */
static void records_of_empty_messages_fill_the_inbox(void **state)
{
	struct inbox b;
	unsigned n = 0;
	(void)state;
	assert_int_equal(sizeof(struct inbox_message), 40);
	inbox_init(&b, SHAPE_MESSAGES, 400);
	for (; inbox_has_room(&b, 0); n++)
		assert_true(put(&b, BYTES("")));
	assert_int_equal(n, ((64 << 10) + 400 + 39) / 40);
	inbox_fini(&b);
}

static void number_of_messages_is_limited(void **state)
{
	struct inbox b;

	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, (size_t)64 << 20);
	for (unsigned i = 0; i < INBOX_MESSAGES_MAX; i++) {
		assert_true(inbox_has_room(&b, 0));
		assert_true(put(&b, BYTES("")));
	}
	assert_false(inbox_has_room(&b, 0));
	inbox_pop(&b);
	assert_true(inbox_has_room(&b, 0));
	inbox_fini(&b);
}

static void parts_join_to_one_message(void **state)
{
	struct unit one = {.data = BYTES("ab"), .flags = UNIT_MORE | 0x100u};
	struct unit two = {.data = BYTES("cd"), .flags = UNIT_MORE};
	struct unit last = {.data = BYTES("e")};
	struct inbox_message m;
	struct inbox b;
	struct bytes data;
	bool whole;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_true(put(&b, BYTES("first")));
	assert_true(inbox_put(&b, &one, 7, BYTES_NONE));
	assert_true(inbox_put(&b, &two, 8, BYTES_NONE));
	assert_int_equal(inbox_count(&b), 2);
	assert_true(inbox_is_whole(&b, 0));
	assert_false(inbox_is_whole(&b, 1));
	expect_front(&b, "first", true);
	inbox_pop(&b);
	/* The message is incomplete: only the received parts can be read. */
	assert_false(inbox_front(&b, &data, &whole));
	assert_true(inbox_part(&b, &data, &whole));
	assert_false(whole);
	assert_true(bytes_is(data, "abcd"));
	inbox_consume(&b, 3);
	inbox_consume(&b, 1);
	assert_false(inbox_part(&b, &data, &whole));
	assert_int_equal(inbox_count(&b), 1);
	assert_true(inbox_put(&b, &last, 9, BYTES_NONE));
	assert_true(put(&b, BYTES("next")));
	expect_front(&b, "e", true);
	assert_true(inbox_record(&b, 0, &m));
	assert_int_equal(m.number, 7);
	assert_int_equal(m.flags, 0x100);
	inbox_pop(&b);
	expect_front(&b, "next", true);
	inbox_fini(&b);
}

static void message_has_the_attributes_of_its_last_part(void **state)
{
	struct unit one = {.data = BYTES("ab"), .flags = UNIT_MORE};
	struct unit two = {.data = BYTES("cd"), .flags = UNIT_MORE};
	struct unit last = {.data = BYTES("e")};
	struct inbox_message m;
	struct bytes value;
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	one.attrs = attrs_new();
	attrs_put(one.attrs, "id", BYTES("7"));
	two.attrs = one.attrs;
	last.attrs = attrs_new();
	attrs_put(last.attrs, "id", BYTES("7"));
	attrs_put(last.attrs, "trailer.sum", BYTES("12"));
	assert_true(inbox_put(&b, &one, 7, BYTES_NONE));
	assert_true(inbox_put(&b, &two, 8, BYTES_NONE));
	assert_true(inbox_record(&b, 0, &m));
	assert_ptr_equal(m.attrs, one.attrs);
	assert_true(inbox_put(&b, &last, 9, BYTES_NONE));
	attrs_unref(one.attrs);
	assert_true(inbox_record(&b, 0, &m));
	assert_true(attrs_get(m.attrs, "trailer.sum", &value));
	assert_true(bytes_is(value, "12"));
	assert_int_equal(b.messages->attrs, attrs_size(last.attrs));
	attrs_unref(last.attrs);
	inbox_pop(&b);
	assert_int_equal(b.messages->attrs, 0);
	inbox_fini(&b);
}

static void popped_part_takes_the_rest_along(void **state)
{
	struct unit part = {.data = BYTES("ab"), .flags = UNIT_MORE};
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_true(inbox_put(&b, &part, 7, BYTES_NONE));
	inbox_pop(&b);
	expect_empty(&b);
	assert_true(inbox_put(&b, &part, 8, BYTES_NONE));
	assert_true(put(&b, BYTES("last")));
	expect_empty(&b);
	assert_true(put(&b, BYTES("next")));
	expect_front(&b, "next", true);
	inbox_fini(&b);
}

static void part_without_an_end_stays(void **state)
{
	struct unit part = {.data = BYTES("ab"), .flags = UNIT_MORE};
	struct unit raw = {.data = BYTES("raw"), .flags = UNIT_RAW};
	struct inbox_message m;
	struct inbox b;
	struct bytes data;
	bool whole;
	(void)state;
	/* The rung failed: the received part of the message becomes raw. */
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_true(inbox_put(&b, &part, 7, BYTES_NONE));
	assert_true(inbox_put(&b, &raw, 8, BYTES_NONE));
	expect_front(&b, "ab", true);
	assert_true(inbox_record(&b, 0, &m));
	assert_int_equal(m.flags, UNIT_RAW);
	inbox_pop(&b);
	expect_front(&b, "raw", true);
	inbox_pop(&b);
	/* The stream ended inside the message. */
	assert_true(inbox_put(&b, &part, 9, BYTES_NONE));
	inbox_end(&b);
	assert_false(inbox_front(&b, &data, &whole));
	assert_true(inbox_part(&b, &data, &whole));
	inbox_consume(&b, 2);
	expect_empty(&b);
	inbox_fini(&b);
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_true(inbox_put(&b, &part, 9, BYTES_NONE));
	inbox_consume(&b, 2);
	inbox_end(&b);
	expect_empty(&b);
	inbox_fini(&b);
}

static void stream_follows_an_unfinished_message(void **state)
{
	struct unit part = {.data = BYTES("ab"), .flags = UNIT_MORE};
	struct inbox b;
	(void)state;
	inbox_init(&b, SHAPE_MESSAGES, 100);
	assert_true(inbox_put(&b, &part, 7, BYTES_NONE));
	inbox_reshape(&b, SHAPE_BYTES);
	assert_true(put(&b, BYTES("xyz")));
	expect_front(&b, "ab", true);
	inbox_pop(&b);
	expect_front(&b, "xyz", false);
	inbox_fini(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stream_joins_received_data),
	    cmocka_unit_test(records_stay_with_their_messages),
	    cmocka_unit_test(streams_have_no_records),
	    cmocka_unit_test(attributes_fill_the_inbox),
	    cmocka_unit_test(stream_is_read_with_rio),
	    cmocka_unit_test(messages_keep_their_boundaries),
	    cmocka_unit_test(partly_consumed_message_keeps_its_rest),
	    cmocka_unit_test(reads_wait_for_a_first_message),
	    cmocka_unit_test(limit_may_be_exceeded_by_one_read),
	    cmocka_unit_test(nothing_that_came_is_rejected),
	    cmocka_unit_test(messages_stay_in_front_of_a_stream),
	    cmocka_unit_test(empty_inbox_changes_its_shape_at_once),
	    cmocka_unit_test(stream_becomes_the_first_message),
	    cmocka_unit_test(untouched_means_nothing_consumed),
	    cmocka_unit_test(messages_are_found_by_their_number),
	    cmocka_unit_test(empty_inbox_frees_its_memory),
	    cmocka_unit_test(records_of_empty_messages_fill_the_inbox),
	    cmocka_unit_test(number_of_messages_is_limited),
	    cmocka_unit_test(parts_join_to_one_message),
	    cmocka_unit_test(message_has_the_attributes_of_its_last_part),
	    cmocka_unit_test(popped_part_takes_the_rest_along),
	    cmocka_unit_test(part_without_an_end_stays),
	    cmocka_unit_test(stream_follows_an_unfinished_message),
	};
	return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
