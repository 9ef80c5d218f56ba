/* SPDX-License-Identifier: ISC */
/*
 * Tests of exchanges printed as shell commands. tests/wire runs such lines with
 * sh, nc and rung.
 */
#include "rung/replay.h"
#include "tests/lib/shells.h"

/* Returns the log_id of a session: 0 without a name, else if there is no such
 * session, one that none has. */
static unsigned log_id_of(struct world *w, const char *name)
{
	if (!name)
		return 0;
	const struct session *s = hub_find(&w->hub, bytes_str(name), NULL);
	return s ? session_log_id(s) : ~0u;
}

/* Checks the two lines about message `number`. `rung`: the commands after the
 * connect to the server `s`; `nc`: the format for printf(1). */
static void lines_are(struct world *w, uint64_t number, const char *only,
		      const char *rung, const char *nc)
{
	struct buf got = {.limit = BUF_SMALL}, want = {.limit = BUF_SMALL};
	struct err e;
	run(w, "echo $s.port");
	unsigned port = (unsigned)atoi(buf_cstr(&w->payload));
	buf_clear(&w->payload);
	buf_printf(&want, "rung -e 'connect tcp://127.0.0.1:%u; %s'\n", port,
		   rung);
	buf_printf(&want, "printf '%s' | nc -w 2 '127.0.0.1' %u\n", nc, port);
	if (replay_lines(w->log, w->journal, number, log_id_of(w, only), &got,
			 &e))
		fail_msg("%s", e.text);
	assert_string_equal(buf_cstr(&got), buf_cstr(&want));
	buf_fini(&got);
	buf_fini(&want);
}

static void lines_fail(struct world *w, uint64_t number, const char *only,
		       enum err_class kind, const char *words)
{
	struct buf got = {.limit = BUF_SMALL};
	struct err e;
	assert_int_equal(replay_lines(w->log, w->journal, number,
				      log_id_of(w, only), &got, &e),
			 -1);
	assert_int_equal(e.kind, kind);
	if (!strstr(e.text, words))
		fail_msg("%s", e.text);
	buf_fini(&got);
}

static void echo_server(struct world *w)
{
	run(w, "listen --echo 127.0.0.1:0 as s; connect $s.addr as c");
}

/* A `frame line` sends the eol. */
static void line_ending_of_a_frame_is_exported(void **state)
{
	struct world *w = *state;
	struct buf got = {.limit = BUF_SMALL};
	echo_server(w);
	run(w, "eol crlf; frame line; send x; recv -q");
	assert_int_equal(replay_lines(w->log, w->journal, 1, 0, &got, NULL), 0);
	if (!strstr(buf_cstr(&got), "; frame line; eol crlf; send \"x\"; "))
		fail_msg("%s", buf_cstr(&got));
	buf_fini(&got);
}

static void default_is_the_last_exchange(void **state)
{
	struct world *w = *state;
	echo_server(w);
	run(w, "send one; recv -q 3; send two; recv -q 3");
	lines_are(w, 0, NULL, "send \"two\"; expect -p \"two\"", "two");
	lines_are(w, 0, "c", "send \"two\"; expect -p \"two\"", "two");
}

static void number_names_a_message_or_its_answer(void **state)
{
	struct world *w = *state;
	echo_server(w);
	run(w, "send one; recv -q 3; send two; recv -q 3");
	lines_are(w, 1, NULL, "send \"one\"; expect -p \"one\"", "one");
	/* Messages 1 to 4: the client's, two of the echoing peer, and the
	 * client's received answer. */
	lines_are(w, 4, NULL, "send \"one\"; expect -p \"one\"", "one");
	lines_fail(w, 99, NULL, ERR_USAGE, "no message #99");
	lines_fail(w, 2, NULL, ERR_USAGE,
		   "belongs to s.1, which is not a client");
}

static void data_is_quoted_for_sh(void **state)
{
	struct world *w = *state;
	echo_server(w);
	run(w, "send \"-it's 100% \\$(x) \\\\ `y`\\r\\n\"; recv -q until y");
	lines_are(w, 1, NULL,
		  "send \"-it'\\''s 100% \\$(x) \\\\ `y`\\r\\n\"; expect -p "
		  "\"-it'\\''s 100% \\$(x) \\\\ `y`\\r\\n\"",
		  "\\055it\\047s 100%% $(x) \\134 `y`\\r\\n");
}

static void bytes_become_octal_and_a_template(void **state)
{
	struct world *w = *state;
	echo_server(w);
	run(w, "send \"\\x00\\xff8\"; recv -q 3");
	lines_are(w, 1, NULL, "send <00 ff 38>; expect -p \"\\0\\xff8\"",
		  "\\000\\3778");
}

static void export_errors_are_reported(void **state)
{
	struct world *w = *state;
	lines_fail(w, 0, NULL, ERR_USAGE, "no client has sent a message yet");
	echo_server(w);
	lines_fail(w, 0, NULL, ERR_USAGE, "no client has sent a message yet");
	run(w, "let x \"\\x01\\x02\"; repeat 5 'let x $x$x$x$x$x$x$x$x'");
	run(w, "set log 4M; send $x; recv -q 65536");
	lines_fail(w, 0, NULL, ERR_LIMIT, "too long for a shell line");
	run(w, "listen 127.0.0.1:0 as t; connect $t.addr as d");
	run(w, "set log 4; @d send hello");
	lines_fail(w, 0, NULL, ERR_LIMIT, "only 4 of 5 bytes");
	lines_fail(w, 0, "nobody", ERR_USAGE, "has sent a message yet");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(line_ending_of_a_frame_is_exported),
	    TEST(default_is_the_last_exchange),
	    TEST(number_names_a_message_or_its_answer),
	    TEST(data_is_quoted_for_sh),
	    TEST(bytes_become_octal_and_a_template),
	    TEST(export_errors_are_reported),
	};
	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
