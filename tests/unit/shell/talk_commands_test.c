/* SPDX-License-Identifier: ISC */
/*
 * Tests the commands on a session whose link has no socket: they behave as on a
 * connection. session/conversation_test.c tests the session itself.
 */
#include "tests/lib/shells.h"
#include "tests/lib/talks.h"

/* Makes the sessions s1, c1 and s1.1. */
static struct world *converse(void **state)
{
	struct world *w = *state;
	struct session *l;

	run(w, "listen :0");
	l = hub_find(&w->hub, BYTES("s1"), NULL);
	talk_serve(l, NULL);
	talk_open(&w->hub, l, NULL);
	run(w, "wait c1 open; accept s1; use c1");
	expect_stderr(w, "");
	return w;
}

static void commands_move_messages(void **state)
{
	struct world *w = converse(state);

	run(w, "send hello; @s1.1 expect hello; echo $0");
	expect_stdout(w, "hello\n");
	run(w, "@s1.1 send one; @s1.1 send two; @c1 recv; @c1 recv");
	expect_stdout(w, "one\ntwo\n");
	run(w, "@s1.1 on message 'send \"got $message\"'; send x; recv");
	expect_stdout(w, "got x\n");
}

static void expect_eof_waits_for_the_end(void **state)
{
	struct world *w = converse(state);

	run(w, "@s1.1 send last; close s1.1; @c1 recv; @c1 expect eof; "
	       "wait c1 closed; echo $c1.state, $c1.why");
	expect_stdout(w, "last\nclosed, closed by the peer\n");
	run(w, "why c1; send x");
	expect_stderr(w, "c1: closed by the peer\n"
			 "c1 < #2 talk.binary 4B last\n"
			 "send: c1: closed by the peer\n");
}

static void half_close_is_a_usage_error(void **state)
{
	struct world *w = converse(state);

	run(w, "close -w c1");
	expect_stderr(w, "close: c1: talk has no half-close; close the "
			 "session\n");
	run(w, "close -R c1; wait s1.1 closed; echo $s1.1.why");
	expect_stdout(w, "the peer gave up\n");
}

static void info_has_the_facts_of_the_conversation(void **state)
{
	struct world *w = converse(state);

	run(w, "info s1.1");
	assert_non_null(strstr(buf_cstr(&w->diag), "\nrole          peer\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "\nscheme        talk\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "\nparent        s1\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "\nconversation  1\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "\nour-queue     0\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "\nladder        talk\n"));
	buf_clear(&w->diag);
	run(w, "info c1/1");
	assert_non_null(strstr(buf_cstr(&w->diag), "role          carrier\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "parent        c1\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "tcp > frame\n"));
	buf_clear(&w->diag);
}

static void patterns_leave_carriers_out(void **state)
{
	struct world *w = converse(state);

	run(w, "sessions");
	assert_null(strstr(buf_cstr(&w->diag), "c1/1"));
	buf_clear(&w->diag);
	run(w, "sessions */*");
	assert_non_null(strstr(buf_cstr(&w->diag), "c1/1 "));
	assert_non_null(strstr(buf_cstr(&w->diag), "s1.1/1 "));
	buf_clear(&w->diag);
	/* A message of the conversation is in the log once for each side. */
	run(w, "send x; @s1.1 expect x; echo $c1.messages_out");
	expect_stdout(w, "1\n");
	assert_int_equal(w->hub.messages, 2);
}

static void send_waits_until_the_peer_has_it_all(void **state)
{
	struct world *w = converse(state);

	struct buf line = {.limit = SIZE_MAX};

	/* 3 MB are more than the link queues at once. */
	run(w, "set inbox 100k; let n 0; @s1.1 on message 'incr n'");
	buf_puts(&line, "send -R 300 ");
	for (int i = 0; i < 10000; i++)
		buf_putc(&line, 'x');
	run(w, buf_cstr(&line));
	run(w, "echo $c1.unsent $c1.messages_out");
	expect_stdout(w, "0 300\n");
	for (int i = 0; i < 1000; i++) {
		run(w, "echo $n");
		if (strcmp(buf_cstr(&w->payload), "300\n") == 0)
			break;
		buf_clear(&w->payload);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
	expect_stdout(w, "300\n");
	expect_stderr(w, "");
	buf_fini(&line);
}

static void quit_closes_conversations(void **state)
{
	struct world *w = converse(state);

	w->out.quiet = false;
	run(w, "quit");
	expect_stderr(w, "closing s1, c1, s1.1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(commands_move_messages),
	    TEST(expect_eof_waits_for_the_end),
	    TEST(half_close_is_a_usage_error),
	    TEST(info_has_the_facts_of_the_conversation),
	    TEST(patterns_leave_carriers_out),
	    TEST(send_waits_until_the_peer_has_it_all),
	    TEST(quit_closes_conversations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
