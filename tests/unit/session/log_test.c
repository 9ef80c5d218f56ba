/* SPDX-License-Identifier: ISC */
/*
 * Tests of the log, with events published by hand.
 */
#include "rung/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct session session;
	struct log *log;
	uint64_t offset;
};

static int setup(void **state)
{
	struct world *w = xalloc(sizeof *w);
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	strcpy(w->session.name, "c1");
	w->log = log_new(&w->hub, 1000);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	log_free(w->log);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	free(w);
	return 0;
}

static uint64_t publish_text(struct world *w, struct bytes data)
{
	struct unit unit = {.data = data};
	struct event ev = {
	    .kind = EVENT_MESSAGE,
	    .dir = DIR_DOWN,
	    .session = &w->session,
	    .unit = &unit,
	    .number = ++w->hub.messages,
	    .offset = w->offset,
	};
	w->offset += data.len;
	hub_publish(&w->hub, &ev);
	return ev.number;
}

static void entry_is_found_by_its_number(void **state)
{
	struct world *w = *state;
	struct log_entry e;
	uint64_t first, last;
	assert_false(log_range(w->log, &first, &last));
	assert_false(log_find(w->log, 1, &e));
	publish_text(w, BYTES("one"));
	publish_text(w, BYTES("two\0!"));
	assert_true(log_find(w->log, 2, &e));
	assert_true(bytes_equal(e.data, BYTES("two\0!")));
	assert_int_equal(e.len, 5);
	assert_int_equal(e.offset, 3);
	assert_string_equal(e.session, "c1");
	assert_true(log_range(w->log, &first, &last));
	assert_int_equal(first, 1);
	assert_int_equal(last, 2);
}

static void oldest_are_dropped_above_the_limit(void **state)
{
	struct world *w = *state;
	struct log_entry e;
	uint64_t first, last;
	uint8_t data[300];
	for (unsigned i = 1; i <= 10; i++) {
		memset(data, (int)i, sizeof data);
		publish_text(w, bytes_of(data, sizeof data));
	}
	assert_true(log_range(w->log, &first, &last));
	assert_int_equal(first, 8);
	assert_int_equal(last, 10);
	for (uint64_t n = first; n <= last; n++) {
		assert_true(log_find(w->log, n, &e));
		assert_int_equal(e.data.len, sizeof data);
		assert_int_equal(e.data.at[299], n);
	}
	log_limit(w->log, 300);
	assert_true(log_range(w->log, &first, &last));
	assert_int_equal(first, 10);
	assert_int_equal(log_limited(w->log), 300);
}

static void long_message_is_kept_in_part(void **state)
{
	struct world *w = *state;
	struct log_entry e;
	static uint8_t data[LOG_MESSAGE_MAX + 1];
	log_limit(w->log, 1 << 20);
	uint64_t n = publish_text(w, bytes_of(data, sizeof data));
	assert_true(log_find(w->log, n, &e));
	assert_int_equal(e.len, LOG_MESSAGE_MAX + 1);
	assert_int_equal(e.data.len, LOG_MESSAGE_MAX);
}

static void entries_stay_as_the_ring_grows(void **state)
{
	struct world *w = *state;
	struct log_entry e;
	char text[32];
	log_limit(w->log, 1 << 20);
	for (unsigned i = 1; i <= 1000; i++) {
		strcpy(w->session.name, i % 3 ? "c1" : "a.longer.one");
		snprintf(text, sizeof text, "message %u", i);
		publish_text(w, bytes_str(text));
		if (i & (i - 1))
			continue;
		for (unsigned n = 1; n <= i; n++) {
			snprintf(text, sizeof text, "message %u", n);
			assert_true(log_find(w->log, n, &e));
			assert_true(bytes_is(e.data, text));
			assert_string_equal(e.session,
					    n % 3 ? "c1" : "a.longer.one");
		}
	}
}

static void names_do_not_count_as_bytes(void **state)
{
	struct world *w = *state;
	uint64_t first, last;
	log_limit(w->log, 100);
	for (unsigned i = 0; i < 300; i++)
		publish_text(w, BYTES("x"));
	assert_true(log_range(w->log, &first, &last));
	assert_int_equal(last - first + 1, 100);
}

static void number_of_messages_is_limited(void **state)
{
	struct world *w = *state;
	struct log_entry e;
	uint64_t first, last;
	log_limit(w->log, 1 << 20);
	for (unsigned i = 0; i < 40000; i++)
		publish_text(w, BYTES("x"));
	assert_true(log_range(w->log, &first, &last));
	assert_int_equal(last, 40000);
	assert_int_equal(last - first + 1, 4096);
	assert_true(log_find(w->log, first, &e));
	assert_int_equal(e.offset, first - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(entry_is_found_by_its_number),
	    TEST(oldest_are_dropped_above_the_limit),
	    TEST(long_message_is_kept_in_part),
	    TEST(entries_stay_as_the_ring_grows),
	    TEST(names_do_not_count_as_bytes),
	    TEST(number_of_messages_is_limited),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
