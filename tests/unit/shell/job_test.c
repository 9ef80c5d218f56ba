/* SPDX-License-Identifier: ISC */
/*
 * Tests of jobs: background commands and timers, how they end, and shared
 * variables. handler_test.c tests handlers and servers.
 */
#include "tests/lib/shells.h"

#include <unistd.h>

static void background_runs_while_the_foreground_waits(void **state)
{
	struct world *w = *state;
	run(w, "sleep 1s &\nsleep 500ms; echo front; wait; echo all");
	expect_stdout(w, "front\nall\n");
	assert_int_equal(count_jobs(w), 0);
}

static void interrupt_ends_only_the_foreground(void **state)
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

static void interrupted_session_can_reconnect(void **state)
{
	struct world *w = *state;
	unlink("again");
	feed(w, "connect --retry 1h unix://again as c");
	for (int turns = 0; turns < 100 && !hub_find(&w->hub, BYTES("c"), NULL);
	     turns++)
		loop_turn(w->loop, NULL);
	loop_turn(w->loop, NULL);
	assert_true(shell_interrupt(&w->shell));
	run(w, "listen unix://again as again; reconnect; echo $c.state");
	expect_stdout(w, "open\n");
	unlink("again");
}

static void result_outlives_the_job(void **state)
{
	struct world *w = *state;
	struct err why;
	run(w, "try close nobody &\nconnect $nowhere &\nsleep 1h &");
	run(w, "sleep 1s");
	assert_true(job_result(&w->shell, 1, &why));
	assert_int_equal(why.kind, ERR_NONE);
	assert_true(job_result(&w->shell, 2, &why));
	assert_int_equal(why.kind, ERR_USAGE);
	assert_false(job_result(&w->shell, 3, &why));
	job_cancel(job_find(&w->shell, 3), NULL);
	assert_true(job_result(&w->shell, 3, &why));
	assert_int_equal(why.kind, ERR_INTERRUPTED);
	assert_false(job_result(&w->shell, 4, &why));
	/* The results of 64 more jobs displace those of the earlier jobs. */
	run(w, "repeat 64 'echo -n &'; wait");
	assert_false(job_result(&w->shell, 3, &why));
}

static void timer_skips_runs_missed_in_a_pause(void **state)
{
	struct world *w = *state;
	run(w, "let n 0; every 10ms incr n");
	loop_turn(w->loop, NULL);
	w->clock.at += 3600 * NS_PER_S;
	/* Expect at most one run before the pause, one for the pause, and those
	 * due since then. */
	uint64_t from = w->clock.at;
	for (int i = 0; i < 10; i++)
		loop_turn(w->loop, NULL);
	uint64_t due = 2 + (w->clock.at - from) / (10 * NS_PER_MS);
	struct bytes n;
	uint64_t runs;
	assert_true(task_get(&w->shell.foreground, BYTES("n"), &n));
	assert_int_equal(parse_number(n, &runs, NULL), 0);
	assert_true(runs >= 1 && runs <= due);
}

static void job_shares_variables_but_not_builtins(void **state)
{
	struct world *w = *state;
	struct match_found f = {.group = {BYTES("front"), BYTES("one")}};
	task_set_match(&w->shell.foreground, &f, NULL);
	run(w, "listen --echo :0 as e; connect $e.addr as c; send mine");
	run(w, "after 1s 'expect /m(i)/; let x $1'; wait; echo $x $1");
	expect_stdout(w, "i one\n");
}

static void endless_jobs_share_the_turns(void **state)
{
	struct world *w = *state;
	run(w, "let a 0; let b 0");
	run(w, "repeat 1000000000 incr a &\nrepeat 1000000000 incr b &");
	for (int i = 0; i < 20; i++)
		loop_turn(w->loop, NULL);
	struct bytes a, b;
	assert_true(task_get(&w->shell.foreground, BYTES("a"), &a));
	assert_true(task_get(&w->shell.foreground, BYTES("b"), &b));
	assert_true(a.len >= 4 && b.len >= 4);
}

static void jobs_are_listed_as_they_were_typed(void **state)
{
	struct world *w = *state;
	run(w, "repeat 1 'sleep 1h; echo a & b' &");
	run(w, "every 1h 'echo x' # not this\nrepeat 2 sleep 1h &");
	run(w, "after 1h 'echo a &'\nafter 2h echo a; sleep 1 &\njobs");
	expect_stderr(w, "[1]  1  repeat 1 'sleep 1h; echo a & b'\n"
			 "[2]  0  every 1h 'echo x'\n"
			 "[3]  1  repeat 2 sleep 1h\n"
			 "[4]  0  after 1h 'echo a &'\n"
			 "[5]  0  after 2h echo a\n"
			 "[6]  1  sleep 1\n");
}

static void jobs_are_limited(void **state)
{
	struct world *w = *state;
	run(w, "set jobs 3; let n 0");
	run(w, "try repeat 10 'incr n; sleep 1h &'; echo $error $n");
	expect_stdout(w, "limit 4\n");
	assert_int_equal(count_jobs(w), 3);
	run(w, "try every 1s 'echo x'; echo $error");
	run(w, "try after 1s 'echo x'; echo $error; listen :0 as s");
	run(w, "try @s on peer 'echo x'; echo $error");
	run(w, "try listen --serve 'echo x' :0; echo $error");
	expect_stdout(w, "limit\nlimit\nlimit\nlimit\n");
	run(w, "cancel 1; sleep 1s &\nwait 4; echo room again");
	expect_stdout(w, "room again\n");
}

static void handler_cannot_fill_the_memory_with_jobs(void **state)
{
	struct world *w = *state;
	run(w, "set jobs 50; listen :0 as s; @s frame line");
	run(w, "@s on message 'sleep 1h &'; connect $s.addr as c");
	run(w, "repeat 200 '@c sendline x'; @c sendline last; close -w c");
	run(w, "wait c closed");
	assert_int_equal(count_jobs(w), 50);
	assert_non_null(strstr(buf_cstr(&w->diag), "'set jobs'"));
}

static void script_ends_as_the_first_failure_of_a_job(void **state)
{
	struct world *w = *state;
	w->shell.interactive = false;
	assert_int_equal(shell_exit_code(&w->shell), 0);
	run(w, "listen :0 as s; @s on message 'try close nobody'");
	run(w, "connect $s.addr as c; send a; sleep 1s");
	assert_int_equal(shell_exit_code(&w->shell), 0);
	run(w, "cancel 1; @s on message 'close nobody'; send b; sleep 1s");
	assert_int_equal(shell_exit_code(&w->shell), 2);
	/* A later failure does not replace the first. */
	run(w, "connect unix://nowhere &\nsleep 1s");
	assert_int_equal(shell_exit_code(&w->shell), 2);
	run(w, "cancel 2; try wait 2; echo $error");
	expect_stdout(w, "usage\n");
	assert_int_equal(shell_exit_code(&w->shell), 0);
	/* The script of a peer counts, and the handlers that it defines. */
	run(w, "listen --serve 'expect -t 1s x' :0 as t");
	run(w, "connect $t.addr as d; sleep 2s");
	assert_int_equal(shell_exit_code(&w->shell), 5);
	run(w, "close t; try wait 4; echo $error");
	expect_stdout(w, "expect-timeout\n");
	run(w, "listen --serve 'on close \"close nobody\"' :0 as u");
	run(w, "connect $u.addr as e; sleep 1s; close e; sleep 1s");
	assert_int_equal(shell_exit_code(&w->shell), 2);
	/* At a prompt a failure was seen. */
	w->shell.interactive = true;
	assert_int_equal(shell_exit_code(&w->shell), 0);
}

static void wait_fails_as_the_first_failed_job(void **state)
{
	struct world *w = *state;
	run(w, "after 2s 'connect unix://nowhere'; after 1s 'close nobody'");
	run(w, "sleep 3s &\ntry wait; echo $error; wait; echo again");
	expect_stdout(w, "usage\nagain\n");
	assert_non_null(strstr(buf_cstr(&w->diag), "wait: [2] failed: "));
	/* The job may fail before the wait starts. */
	run(w, "close nobody &\nsleep 1s; sleep 2s &\ntry wait; echo $error");
	expect_stdout(w, "usage\n");
	/* `wait 6` reports the failure, so a later `wait` does not. */
	run(w, "close nobody &\ntry wait 6; wait; echo in order");
	expect_stdout(w, "in order\n");
}

static void wait_ignores_cancelled_jobs(void **state)
{
	struct world *w = *state;
	run(w, "sleep 1h &\nafter 1s 'cancel 1'; wait; echo fine");
	expect_stdout(w, "fine\n");
	run(w, "try wait 1; echo $error");
	expect_stdout(w, "interrupted\n");
}

/* A peer's wait ignores jobs of other scopes. */
static void wait_of_a_peer_is_for_its_own_jobs(void **state)
{
	struct world *w = *state;
	run(w, "sleep 1h &\nclose nobody &");
	run(w, "listen --serve 'sleep 1s &; wait; send done' :0 as s");
	run(w, "connect $s.addr as c; @c expect done; echo so");
	expect_stdout(w, "so\n");
	run(w,
	    "listen --serve 'close nobody &; try wait; send $error' :0 as t");
	run(w, "connect $t.addr as d; @d expect usage; echo so");
	expect_stdout(w, "so\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(background_runs_while_the_foreground_waits),
	    TEST(interrupt_ends_only_the_foreground),
	    TEST(interrupted_session_can_reconnect),
	    TEST(result_outlives_the_job),
	    TEST(timer_skips_runs_missed_in_a_pause),
	    TEST(job_shares_variables_but_not_builtins),
	    TEST(endless_jobs_share_the_turns),
	    TEST(jobs_are_listed_as_they_were_typed),
	    TEST(jobs_are_limited),
	    TEST(handler_cannot_fill_the_memory_with_jobs),
	    TEST(script_ends_as_the_first_failure_of_a_job),
	    TEST(wait_fails_as_the_first_failed_job),
	    TEST(wait_ignores_cancelled_jobs),
	    TEST(wait_of_a_peer_is_for_its_own_jobs),
	};
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
