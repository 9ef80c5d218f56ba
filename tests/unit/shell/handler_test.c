/* SPDX-License-Identifier: ISC */
/*
 * Tests of handlers and servers that end while their commands run, and of peers
 * that do not read. Transcripts test their normal use.
 */
#include "tests/lib/shells.h"

static void shell_can_end_while_handlers_run(void **state)
{
	struct world *w = *state;
	run(w, "listen :0 as s\n@s on peer sleep 1h\n@s on message sleep 1h\n"
	       "listen --serve 'sleep 1h &; sleep 1h' :0 as t");
	run(w, "connect $s.addr as a; connect $t.addr as b; @a send x");
	loop_turn(w->loop, NULL);
	assert_true(count_jobs(w) >= 3);
	/* The teardown ends the shell while handlers run; this must not leak
	 * memory. */
}

static void quit_in_a_handler_ends_the_shell(void **state)
{
	struct world *w = *state;
	run(w, "listen :0 as s\n@s on message 'quit 7; echo never'\n"
	       "connect $s.addr as c; send x; sleep 1h; echo never");
	assert_true(w->shell.ended);
	assert_int_equal(w->shell.status, 7);
	expect_stdout(w, "");
}

static void handler_can_cancel_all_and_close_its_session(void **state)
{
	struct world *w = *state;
	run(w, "listen :0 as s\n@s on message 'cancel 1 2; close; echo done'\n"
	       "@s on close echo never\n"
	       "connect $s.addr as c; send x; expect eof");
	run(w, "sleep 1s");
	expect_stdout(w, "done\n");
	assert_int_equal(count_jobs(w), 0);
}

static void listener_can_close_while_its_peers_are_handled(void **state)
{
	struct world *w = *state;
	run(w, "listen :0 as s\n@s on message 'sleep 1s; send $message!'\n"
	       "connect $s.addr as c; send x; sleep 100ms; close s");
	run(w, "@c expect -p x!; close c; wait; echo over");
	expect_stdout(w, "x!\nover\n");
	assert_int_equal(count_jobs(w), 0);
}

static void cancelled_server_closes_its_peers(void **state)
{
	struct world *w = *state;
	run(w, "listen --serve 'send begun; sleep 1s; send served' :0 as "
	       "s\n"
	       "connect $s.addr as c; sleep 100ms; cancel 1");
	run(w, "recv all");
	expect_stdout(w, "begun\n");
}

static void unmatched_messages_are_consumed(void **state)
{
	struct world *w = *state;
	run(w, "listen udp://:0 as s\n@s on message /^hold/ sleep 1s\n"
	       "@s on message /^want/ send $message\n"
	       "connect $s.addr as c; send hold; sleep 1ms");
	/* Send more messages than TASK_BUDGET, but less than the socket buffers
	 * hold. */
	for (int i = 0; i < 3; i++)
		run(w, "repeat 100 'send x'; sleep 1ms");
	run(w, "send want; recv; echo $s.1.unread");
	expect_stdout(w, "want\n0\n");
}

static void handlers_of_ended_clients_are_no_limit(void **state)
{
	struct world *w = *state;
	run(w, "set jobs 1; listen :0 as s");
	run(w, "connect $s.addr; on message 'echo x'; @s.1 close -R\n"
	       "wait c1 closed; wait\n"
	       "connect $s.addr; @c2 on message 'echo $message'");
	run(w, "@s.2 send y; sleep 1ms; try @c2 on eof 'echo z'; echo $error");
	expect_stdout(w, "y\nlimit\n");
	assert_int_equal(count_jobs(w), 2);
	run(w, "close c1; sleep 1ms");
	assert_int_equal(count_jobs(w), 1);
}

static void event_can_have_many_handlers(void **state)
{
	struct world *w = *state;
	run(w, "let n 0; listen :0 as s; repeat 100 '@s on peer incr n'\n"
	       "connect $s.addr as c; sleep 1s; echo $n");
	expect_stdout(w, "100\n");
}

/* Queues 40 MB for a peer that does not read: its inbox is small. */
static void serve_large_data(struct world *w)
{
	run(w, "set inbox 1k; set queue 64M; share k; let k 0123456789");
	run(w, "repeat 2 'let k $k$k$k$k$k$k$k$k$k$k'");
	run(w, "listen --serve 'send -n -R 40000 $k' :0 as s");
	run(w, "connect $s.addr as c; sleep 1s");
}

static void served_peer_gets_queued_data(void **state)
{
	struct world *w = *state;
	serve_large_data(w);
	run(w,
	    "set inbox 64M; @c recv -q all; echo $c.bytes_in; wait s.1 closed");
	expect_stdout(w, "40000000\n");
}

static void served_peer_that_reads_nothing_is_closed(void **state)
{
	struct world *w = *state;
	serve_large_data(w);
	run(w, "echo $s.1.state; sleep 8s; echo $s.1.state");
	run(w, "sleep 3s; try info s.1; echo $error");
	expect_stdout(w, "closing\nclosing\nclosed\n");
}

static void handled_peer_gets_queued_data(void **state)
{
	struct world *w = *state;
	run(w, "set inbox 1k; set queue 64M; let k 0123456789");
	run(w, "repeat 2 'let k $k$k$k$k$k$k$k$k$k$k'; listen :0 as s");
	run(w, "@s on message 'send -n -R 40000 $k'");
	run(w, "connect $s.addr as c; send x; close -w; sleep 1s");
	run(w, "set inbox 64M; @c recv -q all; echo $c.bytes_in");
	expect_stdout(w, "40000000\n");
}

/* A glob that matches no session is not an error. */
static void handler_can_send_to_an_empty_glob(void **state)
{
	struct world *w = *state;
	w->out.quiet = false;
	run(w, "listen :0 as s; @s on close '@s.* send left; let n done'");
	buf_clear(&w->diag);
	run(w, "connect $s.addr as c; close c; sleep 1s; echo $n");
	expect_stdout(w, "done\n");
	assert_null(strstr(buf_cstr(&w->diag), "no session matches"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(shell_can_end_while_handlers_run),
	    TEST(quit_in_a_handler_ends_the_shell),
	    TEST(handler_can_cancel_all_and_close_its_session),
	    TEST(listener_can_close_while_its_peers_are_handled),
	    TEST(cancelled_server_closes_its_peers),
	    TEST(handler_can_send_to_an_empty_glob),
	    TEST(served_peer_gets_queued_data),
	    TEST(served_peer_that_reads_nothing_is_closed),
	    TEST(handled_peer_gets_queued_data),
	    TEST(unmatched_messages_are_consumed),
	    TEST(handlers_of_ended_clients_are_no_limit),
	    TEST(event_can_have_many_handlers),
	};
	return cmocka_run_group_tests_name("handler", tests, NULL, NULL);
}
