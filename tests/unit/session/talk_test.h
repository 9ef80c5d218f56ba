/* SPDX-License-Identifier: ISC */
/*
 * Helpers for the tests of hosted links and of carriers: a hub whose sessions
 * are both sides of a conversation of talks.h.
 */
#ifndef TESTS_TALK_TEST_H
#define TESTS_TALK_TEST_H

#include "tests/lib/hubs.h"
#include "tests/lib/talks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void on_event(struct subscriber *sub, const struct event *ev)
{
	static const char *const names[] = {
	    [EVENT_CREATED] = "created", [EVENT_MESSAGE] = "message",
	    [EVENT_NOTICE] = "notice",   [EVENT_DETAIL] = "detail",
	    [EVENT_ENDED] = "ended",
	};
	struct buf *out = &list_entry(sub, struct world, sub)->events;

	buf_printf(out, "%s %s", ev->session->name,
		   ev->kind == EVENT_STATE
		       ? session_state_name(session_state(ev->session))
		       : names[ev->kind]);
	if (ev->text)
		buf_printf(out, " %s", ev->text);
	buf_putc(out, '\n');
}

/* Fails a test that waits for ever. */
static inline void guard_fires(struct timer *timer)
{
	(void)timer;
	fail_msg("timed out");
}

static struct timer guard = {.fire = guard_fires};

static inline int setup(void **state)
{
	struct world *w = hubs_new(on_event);

	loop_arm(w->loop, &guard, loop_now(w->loop) + 60 * NS_PER_S);
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	loop_disarm(w->loop, &guard);
	return hubs_teardown(state);
}

/* Runs turns until the condition is true; fails after 10000 turns. */
#define turns_until(w, so)                      \
	do {                                    \
		for (int i = 0; !(so); i++) {   \
			assert_true(i < 10000); \
			turn(w);                \
		}                               \
	} while (0)

/* Runs 20 turns, enough for all pending work. */
static inline void settle(struct world *w)
{
	for (int i = 0; i < 20; i++) {
		loop_no_wait(w->loop);
		turn(w);
	}
}

/* Opens a conversation: w->c is the client c1, w->p its peer s1.1. */
static inline void converse(struct world *w, struct rung_plan *above)
{
	struct session *l = listener_at(w, ":0", false);

	talk_serve(l, above);
	w->c = talk_open(&w->hub, l, above);
	assert_int_equal(session_state(w->c), SESSION_CONNECTING);
	until(w, "c1", SESSION_OPEN);
	w->p = until(w, "s1.1", SESSION_OPEN);
	settle(w);
}

static inline bool happened(struct world *w, const char *line)
{
	return strstr(buf_cstr(&w->events), line) != NULL;
}

static inline size_t count_matches(struct world *w, const char *pattern)
{
	size_t n = 0;

	for (struct session *s = NULL;
	     (s = hub_match(&w->hub, bytes_str(pattern), s)) != NULL;)
		n++;
	return n;
}

static inline const char *field(const struct session *s, const char *name)
{
	static char text[256];
	struct buf out = {.limit = BUF_SMALL};

	session_field(bytes_str(name))->print(s, &out);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	buf_fini(&out);
	return text;
}

#define TALK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
