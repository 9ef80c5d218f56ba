/* SPDX-License-Identifier: ISC */
/*
 * Tests of `talk`: which lines are sent, and to which session, if the talk
 * begins late, fails, ends by itself or is interrupted. repl/talk.t has the
 * forms of lines.
 */
#include "tests/lib/shells.h"

static struct session *session_of(struct world *w, const char *name)
{
	struct session *s = hub_find(&w->hub, bytes_str(name), NULL);
	assert_non_null(s);
	return s;
}

/* Compares the text that the session has received with an echo of `want`. */
static void echoed(struct world *w, const char *name, const char *want)
{
	struct session *s = session_of(w, name);
	struct bytes front = BYTES_NONE;
	bool whole;
	for (int i = 0; inbox_len(&s->inbox) < strlen(want); i++) {
		assert_true(i < 100000);
		loop_no_wait(w->loop);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
	inbox_front(&s->inbox, &front, &whole);
	assert_int_equal(front.len, strlen(want));
	assert_memory_equal(front.at, want, front.len);
}

static void prompts(struct world *w, const char *want)
{
	struct buf prompt = {.limit = BUF_SMALL};
	shell_prompt(&w->shell, &prompt);
	assert_string_equal(buf_cstr(&prompt), want);
	buf_fini(&prompt);
}

static void begin(struct world *w)
{
	run(w, "listen --echo 127.0.0.1:0 as echo");
	run(w, "connect $echo.addr as a");
	run(w, "connect $echo.addr as b");
}

static void talk_keeps_its_session(void **state)
{
	struct world *w = *state;
	begin(w);
	run(w, "talk a");
	prompts(w, "a~ ");
	assert_true(shell_talks(&w->shell));
	run(w, "one");
	run(w, "~ use b");
	run(w, "~ connect $echo.addr as c");
	run(w, "two");
	assert_ptr_equal(w->shell.talk.session, session_of(w, "a"));
	run(w, "~.");
	prompts(w, "c> ");
	assert_false(shell_talks(&w->shell));
	echoed(w, "a", "one\ntwo\n");
	assert_int_equal(inbox_len(&session_of(w, "b")->inbox), 0);
	assert_int_equal(inbox_len(&session_of(w, "c")->inbox), 0);
	expect_stderr(w, "");
}

static void lines_typed_before_talk_begins_belong_to_it(void **state)
{
	struct world *w = *state;
	begin(w);
	feed(w, "sleep 1ms; talk a");
	prompts(w, "b~ ");
	feed(w, "quit");
	feed(w, "~ echo in talk");
	shell_end_talk(&w->shell);
	prompts(w, "b> ");
	feed(w, "talk b");
	feed(w, "to b");
	run(w, "~.");
	echoed(w, "a", "quit\n");
	echoed(w, "b", "to b\n");
	expect_stdout(w, "in talk\n");
	expect_stderr(w, "");
}

static void lines_of_a_talk_that_fails_are_discarded(void **state)
{
	struct world *w = *state;
	begin(w);
	feed(w, "sleep 1ms; use nosuch; talk a");
	feed(w, "quit");
	feed(w, "~ talk b");
	feed(w, "quit");
	feed(w, "~.");
	run(w, "echo a command");
	expect_stdout(w, "a command\n");
	expect_stderr(w, "use: no session 'nosuch'; 'sessions' lists them\n"
			 "talk did not begin; 3 lines not sent\n");
	assert_false(w->shell.ended);
	prompts(w, "b> ");
}

static void lines_after_the_end_of_the_session_are_refused(void **state)
{
	struct world *w = *state;
	begin(w);
	run(w, "talk a");
	run(w, "~ close a");
	assert_true(shell_talk_is_over(&w->shell));
	prompts(w, "a (closed)~ ");
	run(w, "quit");
	run(w, "~ quit");
	run(w, "quit");
	shell_talk_release(&w->shell);
	assert_false(shell_talk_is_over(&w->shell));
	prompts(w, "b> ");
	run(w, "echo a command");
	expect_stdout(w, "a command\n");
	expect_stderr(w, "talk: line not sent: a: closed here\n"
			 "talk: 2 more lines not sent\n");
}

static void a_talk_that_replaces_another_ends_both_if_it_fails(void **state)
{
	struct world *w = *state;
	begin(w);
	run(w, "talk a");
	run(w, "~ talk nosuch");
	assert_true(shell_talk_is_over(&w->shell));
	run(w, "quit");
	run(w, "~.");
	prompts(w, "b> ");
	assert_int_equal(session_of(w, "a")->held, 0);
	expect_stderr(w, "talk: no session 'nosuch'; 'sessions' lists them\n"
			 "talk: line not sent: talk did not begin\n");
}

static void an_interrupt_drops_a_talk_that_has_not_begun(void **state)
{
	struct world *w = *state;
	begin(w);
	feed(w, "sleep 100s; talk a");
	feed(w, "quit");
	loop_turn(w->loop, NULL);
	assert_true(shell_interrupt(&w->shell));
	prompts(w, "b> ");
	run(w, "echo a command");
	expect_stdout(w, "a command\n");
	buf_clear(&w->diag);
}

static void an_interrupt_keeps_the_talk_that_the_prompt_shows(void **state)
{
	struct world *w = *state;
	begin(w);
	run(w, "talk a");
	feed(w, "~ sleep 100s");
	feed(w, "~ talk b");
	loop_turn(w->loop, NULL);
	assert_true(shell_interrupt(&w->shell));
	prompts(w, "a~ ");
	feed(w, "~ sleep 100s");
	feed(w, "~.");
	loop_turn(w->loop, NULL);
	assert_true(shell_interrupt(&w->shell));
	prompts(w, "b> ");
	assert_int_equal(session_of(w, "a")->held, 0);
	buf_clear(&w->diag);
}

static void a_script_cannot_talk(void **state)
{
	struct world *w = *state;
	begin(w);
	w->shell.interactive = false;
	run(w, "if 1 == 2 talk");
	assert_true(w->shell.ended);
	assert_int_equal(w->shell.status, 2);
	expect_stderr(w, "if: talk: only available at the prompt; in scripts "
			 "send a line with '> TEXT'\n"
			 "if 1 == 2 talk\n"
			 "          ^\n");
}

static void lines_of_files_are_commands(void **state)
{
	struct world *w = *state;
	begin(w);
	run(w, "talk a");
	assert_int_equal(shell_feed(&w->shell, BYTES("echo rc"), "rc", 1, true),
			 WORDS_OK);
	run(w, "sent");
	expect_stdout(w, "rc\n");
	echoed(w, "a", "sent\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(talk_keeps_its_session),
	    TEST(lines_typed_before_talk_begins_belong_to_it),
	    TEST(lines_of_a_talk_that_fails_are_discarded),
	    TEST(lines_after_the_end_of_the_session_are_refused),
	    TEST(a_talk_that_replaces_another_ends_both_if_it_fails),
	    TEST(an_interrupt_drops_a_talk_that_has_not_begun),
	    TEST(an_interrupt_keeps_the_talk_that_the_prompt_shows),
	    TEST(a_script_cannot_talk),
	    TEST(lines_of_files_are_commands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
