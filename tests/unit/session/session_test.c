/* SPDX-License-Identifier: ISC */
/*
 * Tests of sending through rungs that delay data. ladder_test.c tests the
 * ladder.
 */
#include "tests/lib/hubs.h"
#include "tests/lib/plans.h"

#include <stdlib.h>
#include <string.h>

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct world *w = list_entry(sub, struct world, sub);
	if (ev->kind == EVENT_NOTICE)
		buf_printf(&w->events, "note %s\n", ev->text);
}

/* Makes a client c1 and its peer s1.1. */
static int setup(void **state)
{
	struct world *w = hubs_new(on_event);
	w->c = client_of(w, listener_at(w, "127.0.0.1:0", false), "");
	w->p = until(w, "s1.1", SESSION_OPEN);
	*state = w;
	return 0;
}

/* Sends a greeting that cannot be encoded twice. word_up() opens the rung on
 * the first input. */
static void word_start(struct rung *r)
{
	struct unit word = {.data = BYTES("<word>"), .flags = UNIT_ONCE};
	rung_pass_down(r, &word, NULL);
}

static void word_up(struct rung *r, const struct unit *u)
{
	(void)u;
	if (r->state == RUNG_STARTING)
		rung_opened(r);
}

static int word_down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void word_free(struct rung *r)
{
	free(r);
}

static struct rung *word_make(const struct rung_spec *spec, struct err *e)
{
	(void)spec;
	(void)e;
	return xalloc(sizeof(struct rung));
}

static const struct rung_ops word = {
    .name = "word",
    .make = word_make,
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .start = word_start,
    .up = word_up,
    .down = word_down,
    .free = word_free,
};

static void climb_word(struct session *s)
{
	struct rung_plan *plan = plan_of(&word);
	assert_int_equal(session_climb(s, plan, NULL), 0);
	rung_plan_unref(plan);
}

/* Sends until neither the kernel nor the queue accepts more. Result: number of
 * bytes sent. */
static size_t fill(struct session *s)
{
	static const uint8_t zeros[1 << 16];
	struct unit u = {.data = bytes_of(zeros, sizeof zeros)};
	struct err e;
	size_t given = 0;
	while (session_send(s, &u, &e) == 0)
		given += sizeof zeros;
	assert_int_equal(e.kind, ERR_LIMIT);
	for (u.data.len = 1; session_send(s, &u, &e) == 0; given++)
		;
	return given;
}

/* Consumes n bytes, then expects `last`. */
static void consume_then_expect(struct world *w, struct session *s, size_t n,
				const char *last)
{
	struct inbox *in = &s->inbox;
	struct bytes data;
	bool whole;
	for (size_t left = n; left || inbox_len(in) < strlen(last);) {
		size_t skip = left < inbox_len(in) ? left : inbox_len(in);
		inbox_consume(in, skip);
		session_touch(s);
		left -= skip;
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
	assert_true(inbox_front(in, &data, &whole));
	assert_true(bytes_is(data, last));
}

static void output_of_a_rung_waits_for_the_queue(void **state)
{
	struct world *w = *state;
	struct unit u = {.data = BYTES("hello")};
	struct err e;
	w->c->link.out.buf.limit = 100000;
	size_t filled = fill(w->c);
	climb_word(w->c);
	assert_int_equal(session_send(w->c, &u, NULL), 0);
	assert_int_equal(session_end(w->c, NULL), 0);
	assert_int_equal(session_send(w->c, &u, &e), -1);
	assert_string_equal(e.text, "c1: sending side is shut down");
	assert_int_equal(session_unsent(w->c),
			 transport_queued(&w->c->link) + 11);
	/* The rung opens, but the link is still full. */
	w->c->link.sink->received(&w->c->link, &u);
	assert_int_equal(session_unsent(w->c),
			 transport_queued(&w->c->link) + 11);
	consume_then_expect(w, w->p, filled, "<word>hello");
	while (!inbox_ended(&w->p->inbox))
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_int_equal(session_unsent(w->c), 0);
	assert_int_equal(session_state(w->c), SESSION_HALF_CLOSED);
}

static void removed_rung_reports_unsent_bytes(void **state)
{
	struct world *w = *state;
	struct unit u = {.data = BYTES("secret")};
	climb_word(w->c);
	assert_int_equal(session_send(w->c, &u, NULL), 0);
	buf_clear(&w->events);
	assert_int_equal(session_descend(w->c, NULL, NULL), 0);
	assert_string_equal(
	    buf_cstr(&w->events),
	    "note discarded 6 bytes queued for the word rung\n");
	assert_int_equal(session_unsent(w->c), 0);
	consume_then_expect(w, w->p, 0, "<word>");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(output_of_a_rung_waits_for_the_queue),
	    TEST(removed_rung_reports_unsent_bytes),
	};
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
