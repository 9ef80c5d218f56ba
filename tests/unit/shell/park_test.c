/* SPDX-License-Identifier: ISC */
/*
 * Tests of commands that run past a command that waits: which do, in which
 * order, and what Ctrl-C and `close` then end.
 */
#include "tests/lib/shells.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void prompt_is(const struct world *w, const char *want)
{
	struct buf prompt = {.limit = BUF_SMALL};
	shell_prompt(&w->shell, &prompt);
	assert_string_equal(buf_cstr(&prompt), want);
	buf_fini(&prompt);
}

/* Feeds a line and runs some turns that do not wait. */
static void type(struct world *w, const char *line)
{
	feed(w, line);
	for (int i = 0; i < 20; i++) {
		loop_no_wait(w->loop);
		loop_turn(w->loop, NULL);
	}
}

/* Connects c to an echo listener, and feeds a line that waits in `recv`. */
static void wait_in_recv(struct world *w, const char *line)
{
	run(w, "listen --echo :0 as s; connect $s.addr as c");
	buf_clear(&w->diag);
	type(w, line);
	prompt_is(w, "c [recv]> ");
}

static bool diag_has(struct world *w, const char *text)
{
	return strstr(buf_cstr(&w->diag), text) != NULL;
}

static void a_looking_command_runs_past(void **state)
{
	struct world *w = *state;
	wait_in_recv(w, "recv -t 1h 5; echo after");
	type(w, "why c");
	expect_stderr(w, "c: open\n");
	type(w, "info; sessions");
	assert_true(diag_has(w, "bytes_in"));
	buf_clear(&w->diag);
	prompt_is(w, "c [recv]> ");
	expect_stdout(w, "");
	type(w, "after 0 '@c send 12345'");
	prompt_is(w, "c [recv]> ");
}

static void the_waiting_command_goes_on_afterwards(void **state)
{
	struct world *w = *state;
	run(w, "after 1m '@c send 12345'");
	wait_in_recv(w, "recv -t 1h 5; echo after");
	type(w, "why c; nosuch");
	expect_stderr(w, "");
	run(w, "");
	assert_true(strncmp(buf_cstr(&w->payload), "12345\nafter\n", 12) == 0);
	/* The line with an unknown command was queued. */
	assert_true(diag_has(w, "c: open\n"));
	assert_true(diag_has(w, "unknown command 'nosuch'"));
}

static void other_lines_wait_and_keep_later_ones_back(void **state)
{
	struct world *w = *state;
	run(w, "after 1m '@c send 12345'");
	wait_in_recv(w, "recv -t 1h 5");
	type(w, "echo first");
	type(w, "why c");
	expect_stdout(w, "");
	expect_stderr(w, "queued: the lines before it wait, too; Ctrl-C "
			 "cancels them and the command\n");
	run(w, "");
	expect_stdout(w, "12345\nfirst\n");
	assert_true(diag_has(w, "c: open\n"));
}

static void no_command_passes_in_a_script(void **state)
{
	struct world *w = *state;
	run(w, "after 1m '@c send 12345'");
	wait_in_recv(w, "recv -t 1h 5");
	w->shell.interactive = false;
	type(w, "why c");
	expect_stderr(w, "");
	run(w, "");
	expect_stdout(w, "12345\n");
	assert_true(diag_has(w, "c: open\n"));
}

static void a_background_command_does_not_pass(void **state)
{
	struct world *w = *state;
	wait_in_recv(w, "recv -t 1h 5");
	type(w, "why c &");
	expect_stderr(w, "");
	assert_true(shell_interrupt(&w->shell));
}

static void close_ends_what_waits_on_the_session(void **state)
{
	struct world *w = *state;
	wait_in_recv(w, "recv -t 1h 5");
	type(w, "close c");
	assert_true(shell_idle(&w->shell));
	expect_stderr(w, "recv: c: closed here\n");
}

static void a_failed_command_leaves_the_waiting_one(void **state)
{
	struct world *w = *state;
	run(w, "after 1m '@c send 12345'");
	wait_in_recv(w, "recv -t 1h 5; echo after");
	type(w, "close nosuch; why c");
	assert_true(diag_has(w, "close: no session 'nosuch'"));
	assert_false(diag_has(w, "c: open"));
	prompt_is(w, "c [recv]> ");
	run(w, "");
	expect_stdout(w, "12345\nafter\n");
}

static void a_command_that_passes_awaits_no_peer(void **state)
{
	struct world *w = *state;
	run(w, "listen :0 as l");
	wait_in_recv(w, "recv -t 1h 5");
	type(w, "info l.1; why c");
	assert_true(diag_has(w, "info: no session 'l.1'"));
	assert_false(diag_has(w, "c: open"));
	buf_clear(&w->diag);
	type(w, "@l.1 info");
	assert_true(diag_has(w, "info: no session 'l.1'"));
	prompt_is(w, "c [recv]> ");
}

static void ctrl_c_ends_the_waiting_command(void **state)
{
	struct world *w = *state;
	wait_in_recv(w, "recv -t 1h 5; echo after");
	type(w, "why c");
	buf_clear(&w->diag);
	assert_true(shell_interrupt(&w->shell));
	expect_stderr(w, "recv: interrupted\n");
	assert_true(shell_idle(&w->shell));
	run(w, "echo next");
	expect_stdout(w, "next\n");
}

/* A FIFO that is full: a command that writes to it waits. */
struct full_fifo {
	char directory[32], path[64], command[80];
	int fd;
};

static void fifo_init(struct full_fifo *f)
{
	const char page[4096] = "";
	snprintf(f->directory, sizeof f->directory, "/tmp/rung-park-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	snprintf(f->path, sizeof f->path, "%s/fifo", f->directory);
	snprintf(f->command, sizeof f->command, "log --script %s", f->path);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	f->fd = open(f->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(f->fd >= 0);
	while (write(f->fd, page, sizeof page) > 0)
		;
}

static void fifo_fini(struct full_fifo *f)
{
	close(f->fd);
	unlink(f->path);
	rmdir(f->directory);
}

static void ctrl_c_ends_a_command_that_passes_first(void **state)
{
	struct world *w = *state;
	struct full_fifo fifo;
	fifo_init(&fifo);
	wait_in_recv(w, "recv -t 1h 5");
	type(w, fifo.command);
	prompt_is(w, "c [log]> ");
	type(w, "why c");
	expect_stderr(w, "");
	assert_true(shell_interrupt(&w->shell));
	expect_stderr(w, "log: interrupted\n");
	type(w, "");
	prompt_is(w, "c [recv]> ");
	expect_stderr(w, "");
	assert_true(shell_interrupt(&w->shell));
	expect_stderr(w, "recv: interrupted\n");
	assert_true(shell_idle(&w->shell));
	fifo_fini(&fifo);
}

static void the_deadline_holds_while_a_command_passes(void **state)
{
	struct world *w = *state;
	wait_in_recv(w, "recv -t 2s 5");
	type(w, "why c");
	buf_clear(&w->diag);
	run(w, "");
	assert_true(diag_has(w, "recv: c: "));
	assert_true(shell_idle(&w->shell));
}

static void ended_shell_frees_a_parked_call(void **state)
{
	struct world *w = *state;
	struct full_fifo fifo;
	fifo_init(&fifo);
	wait_in_recv(w, "recv -t 1h 5");
	type(w, fifo.command);
	prompt_is(w, "c [log]> ");
	fifo_fini(&fifo);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(a_looking_command_runs_past),
	    TEST(the_waiting_command_goes_on_afterwards),
	    TEST(other_lines_wait_and_keep_later_ones_back),
	    TEST(no_command_passes_in_a_script),
	    TEST(a_background_command_does_not_pass),
	    TEST(close_ends_what_waits_on_the_session),
	    TEST(a_failed_command_leaves_the_waiting_one),
	    TEST(a_command_that_passes_awaits_no_peer),
	    TEST(ctrl_c_ends_the_waiting_command),
	    TEST(ctrl_c_ends_a_command_that_passes_first),
	    TEST(the_deadline_holds_while_a_command_passes),
	    TEST(ended_shell_frees_a_parked_call),
	};
	return cmocka_run_group_tests_name("park", tests, NULL, NULL);
}
