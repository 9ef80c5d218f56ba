/* SPDX-License-Identifier: ISC */
/*
 * Tests of the memory that all sessions share, over real loopback sockets:
 * which sessions stop reading, which resume, and that no received data is lost.
 */
#include "rung/codec/frame.h"
#include "rung/log.h"
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1 << 20, MANY = 2 << 20 };

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s %s\n", ev->session->name,
			   ev->text);
}

static int setup(void **state)
{
	struct world *w = *state = hubs_new(on_event);
	w->hub.memory.limit = LIMIT;
	return 0;
}

/* Returns a peer to which a client has sent MANY bytes. */
static struct session *flooded(struct world *w, struct session *l)
{
	static uint8_t bytes[MANY];
	unsigned before = l->peers;
	struct unit u = {.data = bytes_of(bytes, sizeof bytes)};
	struct session *c = client_of(w, l, "");
	/* Do not count the client's send queue: only the peer's memory is
	 * tested. */
	c->link.out.buf.account = NULL;
	c = until(w, c->name, SESSION_OPEN);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	assert_int_equal(session_send(c, &u, NULL), 0);
	while (l->peers == before)
		turn(w);
	return list_entry(w->hub.sessions.prev, struct session, at);
}

static void until_starved(struct world *w, const struct session *s)
{
	while (list_empty(&s->starved))
		turn(w);
}

static void drop_all(struct session *s)
{
	while (inbox_count(&s->inbox))
		inbox_pop(&s->inbox);
	session_touch(s);
}

static void floods_share_the_memory(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *a = flooded(w, l), *b = flooded(w, l);
	size_t at = 0;
	until_starved(w, a);
	until_starved(w, b);
	assert_true(w->hub.memory.used <= LIMIT + RIO_CHUNK);
	assert_true(a->account.used > LIMIT / 4);
	assert_true(b->account.used > LIMIT / 4);
	assert_non_null(strstr(buf_cstr(&w->events), "not enough memory ("));
	assert_non_null(strstr(buf_cstr(&w->events), "raise 'set memory'"));

	/* After one session is freed, the other reads again. */
	size_t had = inbox_len(&b->inbox);
	session_close(a, CLOSE_NOW, NULL);
	session_release(a);
	while (inbox_len(&b->inbox) <= had)
		turn(w);
	while (at < MANY) {
		struct bytes front;
		bool whole;
		if (inbox_front(&b->inbox, &front, &whole))
			for (size_t i = 0; i < front.len; i++, at++)
				assert_int_equal(front.at[i],
						 (uint8_t)(at * 7 + (at >> 8)));
		drop_all(b);
		if (at < MANY)
			turn(w);
	}
}

static unsigned notified;
static void notify(struct waiter *waiter)
{
	(void)waiter;
	notified++;
}

static void waiter_on_a_starved_session_is_notified_once(void **state)
{
	struct world *w = *state;
	struct waiter waiter = {.consumes = true, .notify = notify};
	struct session *a = flooded(w, listener_at(w, "127.0.0.1:0", false));
	struct err e;
	session_await(a, &waiter);
	until_starved(w, a);
	assert_false(session_has_room(a));
	assert_int_equal(session_full(a, "it", &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "not enough memory"));
	loop_no_wait(w->loop);
	turn(w);
	notified = 0;
	for (int i = 0; i < 10; i++) {
		loop_no_wait(w->loop);
		turn(w);
	}
	assert_int_equal(notified, 0);
	session_unawait(&waiter);
}

static void small_answer_arrives_while_memory_is_short(void **state)
{
	struct world *w = *state;
	struct waiter waiter = {.consumes = true, .notify = notify};
	struct account hog = {.budget = &w->hub.memory};
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *c = client_of(w, l, "");
	struct unit u = {.data = BYTES("answer")};
	c = until(w, c->name, SESSION_OPEN);
	struct session *p = until(w, "s1.1", SESSION_OPEN);
	account_charge(&hog, LIMIT);
	assert_int_equal(session_send(p, &u, NULL), 0);
	/* The session is read only while a consumer waits. */
	until_starved(w, c);
	assert_int_equal(inbox_len(&c->inbox), 0);
	session_await(c, &waiter);
	while (inbox_len(&c->inbox) < 6)
		turn(w);
	session_unawait(&waiter);
	account_release(&hog, LIMIT);
}

static void live_session_drops_displayed_data(void **state)
{
	struct world *w = *state;
	w->hub.display.live = true;
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *a = flooded(w, l), *b = flooded(w, l);
	while (a->bytes[DIR_UP] < MANY || b->bytes[DIR_UP] < MANY)
		turn(w);
	assert_true(a->dropped > 0 && b->dropped > 0);
	assert_true(w->hub.memory.used <= LIMIT + RIO_CHUNK);
	assert_non_null(
	    strstr(buf_cstr(&w->events), "not enough memory: oldest "));
}

static void partial_message_counts(void **state)
{
	struct world *w = *state;
	struct rung_plan *plan = plan_of_frame("line", "16M", NULL);
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	assert_int_equal(session_set_plan(l, plan, NULL), 0);
	rung_plan_unref(plan);
	trace_limit(w->hub.trace, 0);
	struct session *a = flooded(w, l);
	/* No line is ever complete: each is larger than the shared memory. */
	while (list_empty(&a->starved) && a->units[DIR_UP] == 0)
		turn(w);
	assert_true(a->account.used > 0);
	session_close(a, CLOSE_NOW, NULL);
	session_release(a);
	while (w->hub.memory.used)
		turn(w);
}

static void send_fails_when_memory_is_short(void **state)
{
	struct world *w = *state;
	static uint8_t bytes[MANY];
	struct account hog = {.budget = &w->hub.memory};
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *c = client_of(w, l, "");
	struct unit u = {.data = bytes_of(bytes, RIO_CHUNK)};
	struct err e;
	c = until(w, c->name, SESSION_OPEN);
	until(w, "s1.1", SESSION_OPEN)->paused = true;
	account_charge(&hog, LIMIT / 2);
	while (session_send(c, &u, &e) == 0)
		assert_true(session_unsent(c) < LIMIT);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "not enough memory"));
	assert_int_equal(session_state(c), SESSION_OPEN);
	account_release(&hog, LIMIT / 2);
	assert_int_equal(session_send(c, &u, &e), 0);
}

static void log_shares_the_memory(void **state)
{
	struct world *w = *state;
	w->hub.display.live = true;
	struct log *log = log_new(&w->hub, (size_t)64 << 20);
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *a = flooded(w, l);
	uint64_t first, last;
	while (a->bytes[DIR_UP] < MANY)
		turn(w);
	assert_true(w->hub.memory.used <= LIMIT + RIO_CHUNK);
	assert_true(log_range(log, &first, &last));
	assert_int_equal(last, w->hub.messages);
	log_free(log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(floods_share_the_memory),
	    TEST(waiter_on_a_starved_session_is_notified_once),
	    TEST(small_answer_arrives_while_memory_is_short),
	    TEST(live_session_drops_displayed_data),
	    TEST(partial_message_counts),
	    TEST(send_fails_when_memory_is_short),
	    TEST(log_shares_the_memory),
	};
	return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
