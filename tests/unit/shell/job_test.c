/* SPDX-License-Identifier: ISC */
/*
 * Tests of jobs: commands aside and clockwork, how they end, and what they
 * share. Handlers and servers have tests of their own.
 */
#include "tests/lib/shells.h"

static void aside_runs_while_the_front_waits(void **state)
{
	struct world *w = *state;
	run(w, "sleep 1s &\nsleep 500ms; echo front; wait; echo all");
	expect_said(w, "front\nall\n");
	assert_int_equal(count_jobs(w), 0);
}

static void interrupt_ends_the_front_alone(void **state)
{
	struct world *w = *state;
	run(w, "sleep 1h &\nevery 1h echo tick");
	feed(w, "sleep 10h; echo never");
	loop_turn(w->loop, NULL);
	assert_true(shell_interrupt(&w->shell));
	assert_true(shell_idle(&w->shell));
	assert_int_equal(count_jobs(w), 2);
	assert_false(shell_interrupt(&w->shell));
	run(w, "wait 1; echo slept");
	assert_non_null(strstr(buf_cstr(&w->payload), "slept\n"));
}

static void result_outlives_the_job(void **state)
{
	struct world *w = *state;
	struct err why;
	run(w, "try nonsense &\nconnect $nowhere &\nsleep 1h &");
	run(w, "sleep 1s");
	assert_true(job_result(&w->shell, 1, &why));
	assert_int_equal(why.kind, ERR_NONE);
	assert_true(job_result(&w->shell, 2, &why));
	assert_int_equal(why.kind, ERR_USAGE);
	assert_false(job_result(&w->shell, 3, &why));
	job_cancel(job_find(&w->shell, 3));
	assert_true(job_result(&w->shell, 3, &why));
	assert_int_equal(why.kind, ERR_INTERRUPTED);
	assert_false(job_result(&w->shell, 4, &why));
	/* Their places are taken by the next 64. */
	run(w, "repeat 64 'echo -n &'; wait");
	assert_false(job_result(&w->shell, 3, &why));
}

static void clockwork_does_not_make_up_for_a_pause(void **state)
{
	struct world *w = *state;
	run(w, "let n 0; every 10ms incr n");
	loop_turn(w->loop, NULL);
	w->clock.at += 3600 * NS_PER_S;
	for (int i = 0; i < 10; i++)
		loop_turn(w->loop, NULL);
	struct bytes n;
	assert_true(shell_get(&w->shell, BYTES("n"), &n));
	assert_true(n.len <= 2);
}

static void job_shares_variables_but_not_what_rung_sets(void **state)
{
	struct world *w = *state;
	struct found f = {.group = {BYTES("front"), BYTES("one")}};
	shell_matched(&w->shell, &f);
	run(w, "listen --echo :0 as e; connect $e.addr as c; send mine");
	run(w, "after 1s 'expect /m(i)/; let x $1'; wait; echo $x $1");
	expect_said(w, "i one\n");
}

static void endless_jobs_leave_each_other_turns(void **state)
{
	struct world *w = *state;
	run(w, "let a 0; let b 0");
	run(w, "repeat 1000000000 incr a &\nrepeat 1000000000 incr b &");
	for (int i = 0; i < 20; i++)
		loop_turn(w->loop, NULL);
	struct bytes a, b;
	assert_true(shell_get(&w->shell, BYTES("a"), &a));
	assert_true(shell_get(&w->shell, BYTES("b"), &b));
	assert_true(a.len >= 4 && b.len >= 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(aside_runs_while_the_front_waits),
	    TEST(interrupt_ends_the_front_alone),
	    TEST(result_outlives_the_job),
	    TEST(clockwork_does_not_make_up_for_a_pause),
	    TEST(job_shares_variables_but_not_what_rung_sets),
	    TEST(endless_jobs_leave_each_other_turns),
	};
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
