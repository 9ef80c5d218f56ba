/* SPDX-License-Identifier: ISC */
/*
 * Tests of waiters that claim received units before they enter the inbox.
 */
#include "tests/lib/control_rung.h"
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdio.h>
#include <string.h>

/* A waiter that claims the units with its `re`, and keeps them as text. */
struct claimant {
	struct waiter waiter;
	struct session *session;
	const char *re; /* NULL: claims nothing, but is asked */
	struct buf kept;
	size_t limit; /* limit of `kept` in bytes */
	unsigned asked;
};

static void notified(struct waiter *w)
{
	(void)w;
}

static bool claims(struct waiter *w, const struct unit *u, uint64_t number)
{
	struct claimant *c = list_entry(w, struct claimant, waiter);
	struct bytes re;
	c->asked++;
	if (!c->re || !attrs_get(u->attrs, "re", &re) || !bytes_is(re, c->re))
		return false;
	buf_printf(&c->kept, "#%llu ", (unsigned long long)number);
	buf_put(&c->kept, u->data);
	return true;
}

static bool wants(const struct waiter *w, size_t over)
{
	const struct claimant *c = list_entry(w, struct claimant, waiter);
	return buf_len(&c->kept) < c->limit + over;
}

static void await(struct claimant *c, struct session *s, const char *re)
{
	*c = (struct claimant){
	    .waiter = {.notify = notified, .claims = claims},
	    .session = s,
	    .re = re,
	};
	buf_init(&c->kept, SIZE_MAX / 8);
	session_await(s, &c->waiter);
}

static void leave(struct claimant *c)
{
	session_unawait(&c->waiter);
	buf_fini(&c->kept);
}

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_MESSAGE && ev->dir == DIR_UP)
		buf_printf(&w->events, "#%llu ",
			   (unsigned long long)ev->number);
}

/* Connects c to its peer p; c has the test rung. */
static int setup(void **state)
{
	struct world *w = hubs_new(on_event);
	struct session *s = listener_at(w, "tcp://127.0.0.1:0", false);
	struct rung_plan *plan = plan_of(&probe_rung);
	w->c = client_of(w, s, "c");
	w->p = until(w, "s1.1", SESSION_OPEN);
	assert_int_equal(session_climb(w->c, plan, NULL), 0);
	rung_plan_unref(plan);
	*state = w;
	return 0;
}

/* Sends the lines and then `end` from the peer, and runs turns until `end` is
 * in c's inbox. */
static void receive_lines(struct world *w, const char *lines)
{
	size_t before = inbox_count(&w->c->inbox);
	send_text(w->p, lines);
	send_text(w->p, "end\n");
	for (int i = 0; i < 10000 && inbox_count(&w->c->inbox) == before; i++)
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	struct bytes last;
	assert_true(
	    inbox_message(&w->c->inbox, inbox_count(&w->c->inbox) - 1, &last));
	assert_true(bytes_is(last, "end"));
}

static void first_waiter_claims_before_the_inbox(void **state)
{
	struct world *w = *state;
	struct claimant none, first, second;
	await(&none, w->c, NULL);
	await(&first, w->c, "7");
	await(&second, w->c, "7");
	send_text(w->p, "text,re=7 answer\ntext,re=8 other\nend\n");
	until_unread(w, "c", 8);
	/* The claimed unit was published, but is not in the inbox. */
	expect_front(w->c, "other");
	assert_int_equal(inbox_count(&w->c->inbox), 2);
	assert_string_equal(buf_cstr(&first.kept), "#2 answer");
	assert_int_equal(buf_len(&second.kept), 0);
	assert_string_equal(buf_cstr(&w->events), "#2 #3 #4 ");
	assert_int_equal(none.asked, 3);
	assert_int_equal(second.asked, 2);
	/* The inbox still begins at offset 0. */
	assert_int_equal(session_inbox_offset(w->c), 0);
	leave(&none);
	leave(&first);
	leave(&second);
}

static void control_units_are_claimed(void **state)
{
	struct world *w = *state;
	struct claimant c;
	struct control_unit unit;
	await(&c, w->c, "7");
	receive_lines(w, "pong,re=7 x\npong,re=8 y\n");
	assert_string_equal(buf_cstr(&c.kept), "#3 x");
	assert_true(session_control(w->c, 0, &unit));
	assert_true(bytes_is(unit.data, "y"));
	assert_false(session_control(w->c, unit.number + 1, &unit));
	leave(&c);
}

static void unclaimed_answer_is_a_message(void **state)
{
	struct world *w = *state;
	struct claimant c;
	await(&c, w->c, "7");
	leave(&c);
	receive_lines(w, "text,re=7 answer\n");
	expect_front(w->c, "answer");
}

static void full_waiter_stops_reading(void **state)
{
	struct world *w = *state;
	struct claimant c;
	char line[64];
	await(&c, w->c, "7");
	c.waiter.wants = wants;
	c.limit = 10;
	/* A rung passes up all bytes of a read, even if they exceed the limit.
	 */
	send_text(w->p, "text,re=7 0123456789\nend\n");
	until_unread(w, "c", 3);
	assert_false(w->c->link.sink->wants_input(&w->c->link));
	assert_true(w->c->ladder.sink->wants_input(&w->c->ladder));
	for (int i = 0; i < 20; i++) {
		snprintf(line, sizeof line, "text,re=7 %d\n", i);
		send_text(w->p, line);
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
	assert_string_equal(buf_cstr(&c.kept), "#2 0123456789");
	/* Once there is room, everything arrives. */
	c.limit = 1000;
	session_touch(w->c);
	receive_lines(w, "");
	assert_non_null(strstr(buf_cstr(&c.kept), " 0#"));
	assert_non_null(strstr(buf_cstr(&c.kept), " 19"));
	leave(&c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(first_waiter_claims_before_the_inbox),
	    TEST(control_units_are_claimed),
	    TEST(unclaimed_answer_is_a_message),
	    TEST(full_waiter_stops_reading),
	};
	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
