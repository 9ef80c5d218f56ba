/* SPDX-License-Identifier: ISC */
/*
 * Tests of hints for words of other tools: each wrong command prints its hint,
 * and each hint's command works.
 */
#include "tests/lib/shells.h"

#include "rung/hints.h"

#include <stdio.h>
#include <unistd.h>

/* Prints to `out` the words of a hint as a user types them: with a host, and a
 * rest in the place of `*`. */
static void print_wrong(const struct hint *h, struct buf *out)
{
	size_t len = strlen(h->words);
	bool any = h->words[len - 1] == '*';
	bool second = strchr(h->words, ' ') != NULL;
	/* expect needs a pattern before the action. */
	if (strcmp(h->words, "expect {*") == 0)
		buf_puts(out, "expect hello {send bye}");
	else
		buf_printf(out, "%.*s%s", (int)(len - any), h->words,
			   any      ? "host:80"
			   : second ? ""
				    : " host");
}

static void each_wrong_word_gets_its_hint(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo 127.0.0.1:0 as echo");
	run(w, "connect $echo.addr as c");
	for (const struct hint *h = hints; h->words; h++) {
		struct buf wrong = {.limit = BUF_SMALL};
		struct buf advice = {.limit = BUF_SMALL};
		print_wrong(h, &wrong);
		buf_printf(&advice, "; %s: ", h->purpose);
		buf_clear(&w->diag);
		run(w, buf_cstr(&wrong));
		if (!strstr(buf_cstr(&w->diag), buf_cstr(&advice)))
			fail_msg("%s: %s", buf_cstr(&wrong),
				 buf_cstr(&w->diag));
		buf_fini(&wrong);
		buf_fini(&advice);
	}
	buf_clear(&w->diag);
}

/* The hint's command has the host and the port as typed. */
static void hint_has_the_typed_address(void **state)
{
	static const char *const lines[][2] = {
	    {"nc example.com 80", "connect example.com 80"},
	    {"nc -w 5 example.com 80", "connect example.com 80"},
	    {"nc -l 4444", "listen :4444"},
	    {"nc example.com", "connect example.com 8080"},
	    {"nc", "connect localhost 8080"},
	    {"nc $host 80", "connect localhost 80"},
	    {"nc 'a b' 80", "connect localhost 80"},
	    {"connect --tls localhost 443", "connect tls://localhost:443"},
	    {"connect tls [::1] 443", "connect tls://[::1]:443"},
	    {"connect OPENSSL:h.example:444,verify=0",
	     "connect tls://h.example:444"},
	    {"websocat ws://h.example:81/chat?a=b#c",
	     "connect ws://h.example:81"},
	    {"openssl s_client -connect h.example:993",
	     "connect tls://h.example:993"},
	    {"connect -p 5000 h.example 80",
	     "connect -b 127.0.0.1:0 h.example 80"},
	    {"redis-cli -p 6380",
	     "connect localhost 6380; eol crlf; sendline PING"},
	};
	struct world *w = *state;
	run(w, "let host a");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct buf advice = {.limit = BUF_SMALL};
		buf_printf(&advice, ": %s\n", lines[i][1]);
		buf_clear(&w->diag);
		run(w, lines[i][0]);
		if (!strstr(buf_cstr(&w->diag), buf_cstr(&advice)))
			fail_msg("%s: %s", lines[i][0], buf_cstr(&w->diag));
		buf_fini(&advice);
	}
	buf_clear(&w->diag);
}

/* Appends the command, with an address that exists in the place of hosts, and
 * free ports. */
static void print_right(const char *command, const char *port, struct buf *out)
{
	while (*command) {
		int used = 0, number;
		if (sscanf(command, "localhost %d%n", &number, &used) == 1 &&
		    used)
			buf_printf(out, "127.0.0.1 %s", port);
		else if (sscanf(command, "localhost:%d%n", &number, &used) ==
			     1 &&
			 used)
			buf_printf(out, "127.0.0.1:%s", port);
		else if (sscanf(command, ":8080%n", &used) == 0 && used)
			buf_puts(out, ":0");
		else
			buf_putc(out, *command);
		command += used ? used : 1;
	}
}

static void each_hint_is_a_command_that_works(void **state)
{
	(void)state;
	for (const struct hint *h = hints; h->words; h++) {
		struct world *w = shells_new(cmd_table, &protocols_all);
		struct buf right = {.limit = BUF_SMALL};
		struct bytes port;
		unlink("echo");
		unlink("server");
		run(w, "listen --echo 127.0.0.1:0 as echo; let port "
		       "$echo.port");
		run(w, "listen --echo unix://echo as local");
		run(w, "connect $echo.addr as c1; use c1; sendline hello");
		expect_stderr(w, "");
		if (strstr(h->command, "tls://localhost"))
			run(w, "listen --echo tls://127.0.0.1:0 as tls; "
			       "let port \"$tls.port --insecure\"");
		if (strstr(h->command, "ws://localhost"))
			run(w, "listen --echo ws://127.0.0.1:0 as ws; let port "
			       "$ws.port");
		assert_true(
		    task_get(&w->shell.foreground, BYTES("port"), &port));
		char *number = xstrndup(port);
		print_right(h->command, number, &right);
		run(w, buf_cstr(&right));
		if (w->shell.foreground.error.kind != ERR_NONE)
			fail_msg("%s: %s", buf_cstr(&right),
				 buf_cstr(&w->diag));
		free(number);
		buf_fini(&right);
		shells_free(w);
	}
}

/* Each line is an unknown command; its error has the command that sends it. */
static void text_gets_the_line_that_sends_it(void **state)
{
	static const char *const lines[][2] = {
	    {"GET / HTTP/1.1", "'GET'; to send it: > GET / HTTP/1.1"},
	    {"get / HTTP/1.1", "'get'; to send it: > get / HTTP/1.1"},
	    {"PIN", "'PIN'; to send it: > PIN"},
	    {"HELO me", "'HELO'; to send it: > HELO me"},
	    {"QUIT", "'QUIT' (the command is 'quit'); to send it: > QUIT"},
	    {"Host: a", "'Host:'; to send it: > Host: a"},
	    {"sendlin a", "'sendlin'; did you mean 'sendline'? to send it: > "
			  "sendlin a"},
	    {">x y", "'>x'; to send it: > x y"},
	    {">>", "'>>'; to send it: > >"},
	    {"x=5", "'x=5'; to set a variable: let x 5"},
	    {"x=", "'x='; to set a variable: let x ''"},
	    {"5=x", "'5=x'; to send it: > 5=x"},
	};
	static const char *const without[][2] = {
	    {"GET / HTTP/1.1", "'GET'; to send text, first: connect HOST PORT"},
	    {"QUIT", "'QUIT'; did you mean 'quit'?"},
	    {">x y", "'>x'; put a blank after >"},
	};
	struct world *w = *state;
	struct buf want = {.limit = BUF_SMALL};
	for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
		run(w, without[i][0]);
		buf_printf(&want, "unknown command %s\n%s\n^\n", without[i][1],
			   without[i][0]);
		expect_stderr(w, buf_cstr(&want));
		buf_clear(&want);
	}
	run(w, "listen --echo 127.0.0.1:0 as echo; connect $echo.addr as c");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		run(w, lines[i][0]);
		buf_printf(&want, "unknown command %s\n%s\n^\n", lines[i][1],
			   lines[i][0]);
		expect_stderr(w, buf_cstr(&want));
		buf_clear(&want);
	}
	buf_fini(&want);
}

static void names_of_sessions_get_a_target(void **state)
{
	struct world *w = *state;
	run(w, "listen 127.0.0.1:0 as m; connect $m.addr as c");
	run(w, "m on message echo hi");
	expect_stderr(w, "unknown command 'm'; to name a session: @m on ...\n"
			 "m on message echo hi\n^\n");
	run(w, "c hello");
	expect_stderr(w, "unknown command 'c'; to name a session: @c send ...\n"
			 "c hello\n^\n");
	run(w, "on m message echo hi");
	assert_non_null(
	    strstr(buf_cstr(&w->diag), "; to name a session: @m on ...\n"));
	buf_clear(&w->diag);
	run(w, "@m on message echo hi");
	expect_stderr(w, "");
}

static void listener_without_a_current_session_is_named(void **state)
{
	struct world *w = *state;
	run(w, "on message echo $0");
	expect_stderr(w, "on: no current session; create one with 'connect' or "
			 "'listen', or choose one with 'use NAME'\n");
	run(w, "listen 127.0.0.1:0 as l; listen 127.0.0.1:0 as m");
	run(w, "on message send hi");
	expect_stderr(w, "on: no current session; for the listener m: @m on "
			 "...\n");
	run(w, "@m on message 'send hi'; @m frame line; @m close");
	expect_stderr(w, "");
	run(w, "send hi");
	expect_stderr(w, "send: no current session; to wait for a peer of l: "
			 "accept l\n");
	run(w, "connect -n $l.addr as c; accept l; send hi");
	expect_stderr(w, "");
}

/* Runs the commands in hints for listeners. */
static void commands_for_listeners_work_on_them(void **state)
{
	static const char *const words[] = {
	    "close",
	    "info",
	    "why",
	    "live on",
	    "eol lf",
	    "frame line",
	    "climb frame line",
	    "on peer echo hi",
	};
	struct world *w = *state;
	size_t known = 0;
	for (size_t i = 0; cmd_table[i]; i++)
		known += (cmd_table[i]->flags & CMD_LISTENERS) != 0;
	assert_int_equal(known, sizeof words / sizeof *words);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct buf line = {.limit = BUF_SMALL};
		buf_printf(&line, "listen 127.0.0.1:0 as m%zu; @m%zu %s", i, i,
			   words[i]);
		run(w, buf_cstr(&line));
		assert_int_equal(w->shell.foreground.error.kind, ERR_NONE);
		buf_fini(&line);
	}
}

static void script_gets_no_hint_for_the_prompt(void **state)
{
	struct world *w = *state;
	w->shell.interactive = false;
	run(w, "cat");
	assert_null(strstr(buf_cstr(&w->diag), "!cat"));
	buf_clear(&w->diag);
}

static void data_is_no_word_of_another_tool(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo 127.0.0.1:0 as echo; connect $echo.addr as c");
	run(w, "let brace \"{x\"; send \"{x {x on\"");
	run(w, "expect $brace; expect \"{x\"; log \"on\"; log $brace");
	expect_stderr(w, "");
	run(w, "expect '{' \"-re\"");
	assert_null(strstr(buf_cstr(&w->diag), "regular"));
	buf_clear(&w->diag);
	run(w, "connect \"-l\" 1");
	assert_null(strstr(buf_cstr(&w->diag), "to listen"));
	buf_clear(&w->diag);
}

static void digits_are_sent_as_text_with_a_notice(void **state)
{
	static const char *const same[] = {
	    "send \"0x01\"",    "send 0x1",    "send 0x",
	    "send 0x0g",        "send 0x01 a", "let v 0x01; send $v",
	    "send <0x01 0xff>",
	};
	struct world *w = *state;
	w->out.quiet = false;
	run(w, "listen --echo 127.0.0.1:0 as echo; connect $echo.addr as c");
	buf_clear(&w->diag);
	run(w, "send 0x01 0xff");
	expect_stderr(w, "sent as text; to send these bytes: send <0x01 "
			 "0xff>\n");
	run(w, "recv 9");
	expect_stdout(w, "0x01 0xff\n");
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		run(w, same[i]);
		expect_stderr(w, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_wrong_word_gets_its_hint),
	    TEST(hint_has_the_typed_address),
	    cmocka_unit_test(each_hint_is_a_command_that_works),
	    TEST(text_gets_the_line_that_sends_it),
	    TEST(names_of_sessions_get_a_target),
	    TEST(listener_without_a_current_session_is_named),
	    TEST(commands_for_listeners_work_on_them),
	    TEST(script_gets_no_hint_for_the_prompt),
	    TEST(data_is_no_word_of_another_tool),
	    TEST(digits_are_sent_as_text_with_a_notice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
