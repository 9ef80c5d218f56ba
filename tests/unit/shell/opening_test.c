/* SPDX-License-Identifier: ISC */
/*
 * Tests of the times at which `connect --retry` makes its attempts, on a fake
 * clock.
 */
#include "tests/lib/shells.h"

#include <stdio.h>

struct attempts {
	struct subscriber sub;
	uint64_t began;
	char text[256];
};

static void on_event(struct subscriber *sub, const struct event *ev)
{
	struct attempts *a = list_entry(sub, struct attempts, sub);
	size_t len = strlen(a->text);
	if (ev->kind == EVENT_CREATED)
		snprintf(a->text + len, sizeof a->text - len, "%s %u ",
			 ev->session->name,
			 (unsigned)((ev->at - a->began) / NS_PER_MS));
}

/* Returns the names and times, in ms, of the sessions that a line makes. */
static const char *attempts_of(struct world *w, const char *line)
{
	static struct attempts a;
	a = (struct attempts){.sub = {.on_event = on_event},
			      .began = loop_now(w->loop)};
	hub_subscribe(&w->hub, &a.sub);
	run(w, line);
	hub_unsubscribe(&a.sub);
	return a.text;
}

static void pauses_grow_until_the_time_has_passed(void **state)
{
	struct world *w = *state;
	assert_string_equal(
	    attempts_of(w, "try connect --retry 8s unix://nothere as c"),
	    "c 0 c 100 c 300 c 700 c 1500 c 3100 c 5100 c 7100 c 7900 ");
	expect_stderr(w,
		      "connect: unix://nothere: no such socket; is the server "
		      "listening? try 'ss -lx'\n");
	run(w, "echo $error; sessions");
	expect_stdout(w, "unreachable\n");
	struct session *c = hub_match(&w->hub, BYTES("*"), NULL);
	assert_non_null(c);
	assert_true(session_is_closed(c));
	assert_null(hub_match(&w->hub, BYTES("*"), c));
}

static void last_attempt_is_made_before_the_time_has_passed(void **state)
{
	struct world *w = *state;
	assert_string_equal(
	    attempts_of(w, "try connect --retry 1s unix://nothere"),
	    "c1 0 c1 100 c1 300 c1 700 c1 900 ");
}

static void other_errors_are_not_tried_again(void **state)
{
	struct world *w = *state;
	run(w, "listen unix-dgram://d as d");
	assert_string_equal(attempts_of(w, "try connect --retry 1s unix://d"),
			    "c1 0 ");
	assert_string_equal(attempts_of(w, "try connect --retry 1s nosuch://d"),
			    "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(pauses_grow_until_the_time_has_passed),
	    TEST(last_attempt_is_made_before_the_time_has_passed),
	    TEST(other_errors_are_not_tried_again),
	};
	return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
