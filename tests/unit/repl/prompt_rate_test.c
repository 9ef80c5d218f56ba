/* SPDX-License-Identifier: ISC */
/*
 * Tests when the prompt is painted for a change of the unread data, on a fake
 * clock.
 */
#include "src/repl/prompt_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Counts the paints for a level that rises each millisecond. */
static unsigned paints_of_a_flood(struct prompt_rate *p, struct loop *loop,
				  struct clock *clock, unsigned ms)
{
	unsigned paints = 0;

	for (unsigned i = 1; i <= ms; i++) {
		clock->at += NS_PER_MS;
		loop_no_wait(loop);
		loop_turn(loop, NULL);
		if (prompt_rate_is_due(p, i)) {
			prompt_rate_painted(p, loop, i);
			paints++;
		}
	}
	return paints;
}

static void increases_are_painted_every_100_ms(void **state)
{
	struct clock clock = {.fake = true, .at = NS_PER_S};
	struct loop *loop = loop_new(loop_engines[0], &clock, NULL);
	struct prompt_rate p;

	(void)state;
	prompt_rate_init(&p);
	assert_false(prompt_rate_is_due(&p, 0));
	assert_true(prompt_rate_is_due(&p, 1));
	assert_int_equal(paints_of_a_flood(&p, loop, &clock, 1000), 10);
	prompt_rate_fini(&p, loop);
	loop_free(loop);
}

static void a_decrease_is_painted_at_once(void **state)
{
	struct clock clock = {.fake = true, .at = NS_PER_S};
	struct loop *loop = loop_new(loop_engines[0], &clock, NULL);
	struct prompt_rate p;

	(void)state;
	prompt_rate_init(&p);
	prompt_rate_painted(&p, loop, 14);
	assert_false(prompt_rate_is_due(&p, 14));
	assert_false(prompt_rate_is_due(&p, 20));
	assert_true(prompt_rate_is_due(&p, 13));
	prompt_rate_painted(&p, loop, 0);
	assert_false(prompt_rate_is_due(&p, 20));
	prompt_rate_fini(&p, loop);
	loop_free(loop);
}

static void the_pause_ends_without_input(void **state)
{
	struct clock clock = {.fake = true, .at = NS_PER_S};
	struct loop *loop = loop_new(loop_engines[0], &clock, NULL);
	struct prompt_rate p;
	uint64_t before = clock.at;

	(void)state;
	prompt_rate_init(&p);
	prompt_rate_painted(&p, loop, 14);
	/* The timer wakes the loop, although nothing happens. */
	loop_turn(loop, NULL);
	assert_int_equal(clock.at - before, 100 * NS_PER_MS);
	assert_true(prompt_rate_is_due(&p, 20));
	prompt_rate_fini(&p, loop);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(increases_are_painted_every_100_ms),
	    cmocka_unit_test(a_decrease_is_painted_at_once),
	    cmocka_unit_test(the_pause_ends_without_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
