/* SPDX-License-Identifier: ISC */
/*
 * Tests of the text of the prompt: the current session, its state and its
 * unread data.
 */
#include "tests/lib/shells.h"

static void prompt_is(const struct world *w, const char *want)
{
	struct buf prompt = {.limit = BUF_SMALL};
	shell_prompt(&w->shell, &prompt);
	assert_string_equal(buf_cstr(&prompt), want);
	buf_fini(&prompt);
}

/* Connects to an echo listener. The session is current. */
static void connect_echo(struct world *w)
{
	run(w, "listen --echo :0 as s; connect $s.addr as c");
	prompt_is(w, "c> ");
}

/* Sends a text and runs turns until the prompt is as wanted, because the echo
 * comes later. */
static void send_until(struct world *w, const char *line, const char *want)
{
	struct buf prompt = {.limit = BUF_SMALL};
	run(w, line);
	for (int i = 0; i < 100000; i++) {
		buf_clear(&prompt);
		shell_prompt(&w->shell, &prompt);
		if (!strcmp(buf_cstr(&prompt), want))
			break;
		loop_no_wait(w->loop);
		loop_turn(w->loop, NULL);
	}
	assert_string_equal(buf_cstr(&prompt), want);
	buf_fini(&prompt);
}

static void prompt_shows_unread_bytes(void **state)
{
	struct world *w = *state;
	connect_echo(w);
	send_until(w, "send 0123456789abcd", "c +14> ");
	run(w, "recv 4");
	prompt_is(w, "c +10> ");
	feed(w, "recv 20");
	loop_turn(w->loop, NULL);
	prompt_is(w, "c +10 [recv]> ");
	assert_true(shell_interrupt(&w->shell));
	run(w, "drain");
	prompt_is(w, "c> ");
}

static void prompt_counts_messages_with_a_frame(void **state)
{
	struct world *w = *state;
	connect_echo(w);
	run(w, "frame line");
	send_until(w, "send one; send two", "c +2m> ");
	run(w, "expect one");
	prompt_is(w, "c +1m> ");
}

static void prompt_rounds_many_bytes_down(void **state)
{
	struct world *w = *state;
	connect_echo(w);
	send_until(w, "send -R 9999 x", "c +9999> ");
	send_until(w, "send -R 2801 x", "c +12k> ");
	send_until(w, "send -R 11000000 x", "c +10M> ");
}

static void prompt_of_an_ended_session_shows_unread_data(void **state)
{
	struct world *w = *state;
	connect_echo(w);
	send_until(w, "send abc", "c +3> ");
	run(w, "@s.1 close -R; wait c closed");
	prompt_is(w, "c (closed) +3> ");
}

static void prompt_shows_no_other_session(void **state)
{
	struct world *w = *state;
	connect_echo(w);
	send_until(w, "send abc", "c +3> ");
	run(w, "connect $s.addr as d");
	prompt_is(w, "d> ");
	assert_int_equal(shell_unread_level(&w->shell), 0);
	run(w, "use c");
	prompt_is(w, "c +3> ");
	assert_int_equal(shell_unread_level(&w->shell), 3);
}

/* A flood that exceeds the inbox must not look like commands that consume. */
static void level_does_not_fall_with_dropped_data(void **state)
{
	struct world *w = *state;
	run(w, "set inbox 4k");
	connect_echo(w);
	run(w, "live on; send -R 100000 x");
	struct session *s = task_current(&w->shell.foreground);
	uint64_t before = 0;
	for (int i = 0; s->bytes[DIR_UP] < 100000; i++) {
		assert_true(i < 100000);
		loop_no_wait(w->loop);
		loop_turn(w->loop, NULL);
		assert_true(shell_unread_level(&w->shell) >= before);
		before = shell_unread_level(&w->shell);
	}
	assert_true(s->dropped > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(prompt_shows_unread_bytes),
	    TEST(prompt_counts_messages_with_a_frame),
	    TEST(prompt_rounds_many_bytes_down),
	    TEST(prompt_of_an_ended_session_shows_unread_data),
	    TEST(prompt_shows_no_other_session),
	    TEST(level_does_not_fall_with_dropped_data),
	};
	return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
