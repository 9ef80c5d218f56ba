/* SPDX-License-Identifier: ISC */
/*
 * Tests links to commands: output, exit and close in every order, and the
 * environment of a command that serves a peer.
 */
#include "rung/child.h"

#include "src/net/child_own.h"

#include "tests/lib/links.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct end *begun(const char *text, const struct dial_options *how)
{
	struct end *e = new_end();
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	if (transport_connect(&e->t, &net, &to, how, &sink, &why))
		fail_msg("%s: %s", text, why.text);
	return e;
}

static struct end *begin(const char *text)
{
	return begun(text, NULL);
}

/* Returns the only child process. */
static struct child *child(void)
{
	return list_entry(net.children.next, struct child, at);
}

static void closed(struct end *e, enum err_class kind, const char *words)
{
	until(e->t.state == LINK_CLOSED);
	assert_string_equal(buf_cstr(&e->moves), "O.");
	assert_int_equal(e->why.kind, kind);
	if (words)
		has(e->why.text, words);
}

static void exec_opens_and_ends_in_order(void **state)
{
	struct end *e = begin("exec:cat");

	(void)state;
	assert_int_equal(e->t.state, LINK_CONNECTING);
	say(e, "early ");
	until(e->t.state == LINK_OPEN);
	say(e, "late");
	until(buf_len(&e->got) == 10);
	assert_string_equal(got(e), "early late");
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	closed(e, ERR_NONE, NULL);
	assert_true(e->over);
	assert_true(list_empty(&net.children));
}

/* The link reports the end of the output and the exit code together. */
static void exec_code_comes_with_the_end(void **state)
{
	struct end *e = begin("exec:echo x; exit 5");

	(void)state;
	until(e->over);
	assert_string_equal(got(e), "x\n");
	assert_int_equal(e->t.state, LINK_CLOSED);
	closed(e, ERR_IO, "exec:echo x; exit 5: exited with code 5");
	assert_int_equal(e->t.cause, CAUSE_FAILED);

	closed(begin("exec:kill -SEGV $$"), ERR_IO, "ended by signal 11");
	closed(begin("exec:exit 127"), ERR_IO, "(command not found)");
	closed(begin("exec:exit 126"), ERR_IO, "(cannot execute)");
	/* A signal is a failure if rung did not detach the child. */
	closed(begin("exec:kill -TERM $$"), ERR_IO, "ended by signal 15");
}

/* Output is passed up before the exit code, even if it is read late. */
static void exec_that_has_ended_is_still_read(void **state)
{
	struct end *e = begin("exec:echo all of it");
	pid_t pid = child()->pid;

	(void)state;
	e->dry = true;
	until(list_empty(&net.children));
	/* The child is no zombie: it was reaped. */
	assert_int_equal(kill(pid, 0), -1);
	settle();
	assert_int_equal(e->t.state, LINK_OPEN);
	assert_false(e->over);
	e->dry = false;
	transport_touch(&e->t);
	closed(e, ERR_NONE, NULL);
	assert_string_equal(got(e), "all of it\n");

	/* The exit code is kept until the output is read. */
	e = begin("exec:echo some; exit 3");
	e->dry = true;
	until(list_empty(&net.children));
	settle();
	e->dry = false;
	transport_touch(&e->t);
	closed(e, ERR_IO, "code 3");
	assert_string_equal(got(e), "some\n");
}

static void exec_waits_for_the_exit_after_the_output(void **state)
{
	struct end *e = begin("exec:exec 3<&0 >&- <&-; read x <&3; exit 4");

	(void)state;
	until(e->t.state == LINK_OPEN);
	say(e, "go\n");
	closed(e, ERR_IO, "code 4");

	e = begin("exec:trap 'exit 6' USR1; echo; exec >&- <&-; "
		  "while :; do sleep 0.05; done");
	until(e->over);
	assert_int_equal(e->t.state, LINK_OPEN);
	assert_true(e->t.ended[DIR_DOWN]);
	kill(child()->pid, SIGUSR1);
	closed(e, ERR_IO, "code 6");
}

/* Input that the command did not read is an error, like a reset. */
static void exec_that_leaves_input_unread_is_an_error(void **state)
{
	struct end *e = begin("exec:trap 'exit 0' USR1; echo; "
			      "while :; do sleep 0.05; done");
	pid_t pid;

	(void)state;
	until(buf_len(&e->got) == 1);
	say(e, "nobody reads that");
	pid = child()->pid;
	kill(pid, SIGUSR1);
	closed(e, ERR_RESET, "code 0 before reading all");
	assert_int_equal(e->t.cause, CAUSE_RESET);
}

/* Sends more than the command reads before it exits. */
static void exec_that_exited_reads_no_more(void **state)
{
	static uint8_t much[4 << 20];
	struct unit unit = {.data = bytes_of(much, sizeof(much))};
	struct end *e = begin("exec:head -c 1000");

	(void)state;
	until(e->t.state == LINK_OPEN);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	closed(e, ERR_RESET, "before reading all");
	assert_int_equal(buf_len(&e->got), 1000);
	assert_true(e->left > 0);
}

static void exec_moves_large_data_both_ways(void **state)
{
	static uint8_t much[10 << 20];
	struct unit unit = {.data = bytes_of(much, sizeof(much))};
	struct end *e = begin("exec:cat");

	(void)state;
	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(transport_send(&e->t, &unit, NULL), 0);
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_NONE);
	assert_int_equal(buf_len(&e->got), sizeof(much));
	assert_memory_equal(buf_bytes(&e->got).at, much, sizeof(much));
}

static void exec_stderr_is_reported_by_line(void **state)
{
	struct dial_options how = {.capture_stderr = true};
	struct end *e = begun("exec:printf 'one\\r\\n\\ntwo\\0\\033' >&2",
			      &how);
	char line[600];

	(void)state;
	closed(e, ERR_NONE, NULL);
	assert_string_equal(buf_cstr(&e->notes),
			    "-stderr: one\n-stderr: two.\033\n");

	e = begun("exec:yes | head -c 900 | tr -d '\\n' >&2", &how);
	closed(e, ERR_NONE, NULL);
	memset(line, 'y', 400);
	memcpy(line + 400, "\n-stderr: yy", 13);
	has(buf_cstr(&e->notes), line + 350);
	assert_int_equal(buf_len(&e->notes), 450 + 2 * 10);
}

/* Closing the link ends the command's input, which makes the command exit. */
static void exec_close_ends_it(void **state)
{
	struct end *e = begin("exec:cat");

	(void)state;
	until(e->t.state == LINK_OPEN);
	transport_close(&e->t, false);
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	until(list_empty(&net.children));

	/* A close also ends a command whose link is not open yet; a reset sends
	 * SIGTERM at once. */
	e = begin("exec:sleep 1000");
	transport_close(&e->t, false);
	e = begin("exec:sleep 1000 | cat");
	until(e->t.state == LINK_OPEN);
	transport_close(&e->t, true);
	assert_int_equal(e->t.cause, CAUSE_LOCAL_RESET);
	until(list_empty(&net.children));
}

/* The command has exited, but its background process still has the socket open.
 */
static void exec_close_ends_background_processes(void **state)
{
	char path[] = "/tmp/rung-test-XXXXXX", text[256];
	int fd = mkstemp(path);
	struct end *e;

	(void)state;
	snprintf(text, sizeof(text),
		 "exec:(trap 'echo told >%s; exit' TERM; echo; "
		 "while :; do sleep 0.05; done) &",
		 path);
	e = begin(text);
	until(buf_len(&e->got) == 1);
	until(child()->over);
	assert_int_equal(e->t.state, LINK_OPEN);
	transport_close(&e->t, false);
	until(list_empty(&net.children));
	until((loop_no_wait(loop), pread(fd, text, 5, 0) == 5));
	assert_memory_equal(text, "told\n", 5);
	close(fd);
	unlink(path);
}

/* children_fini() waits up to a second for detached children. */
static void exec_that_is_left_ends_with_the_net(void **state)
{
	struct end *e = begin("exec:cat >/dev/null; sleep 0.05");
	pid_t pid;

	(void)state;
	until(e->t.state == LINK_OPEN);
	pid = child()->pid;
	transport_close(&e->t, false);
	children_fini(&net);
	assert_true(list_empty(&net.children));
	assert_int_equal(kill(pid, 0), -1);
}

static void exec_rejects_listening_and_options(void **state)
{
	struct endpoint to = at("exec:cat"), from = at("unix://@x");
	struct dial_options how = {.from = &from};
	struct end *e = new_end();
	struct err why;

	(void)state;
	assert_int_equal(transport_connect(&e->t, &net, &to, &how, &sink, &why),
			 -1);
	assert_int_equal(why.kind, ERR_USAGE);
	assert_int_equal(transport_listen(&e->t, &net, &to, NULL, &sink, &why),
			 -1);
	has(why.text, "cannot listen on a command");
	assert_int_equal(e->t.state, LINK_NEW);
}

static unsigned open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static void exec_that_does_not_start_leaves_nothing_open(void **state)
{
	/* Linux limits one string of the environment to 128 KiB. */
	static char much[(256 << 10) + 1] = "A=";
	const char *const env[] = {much, NULL};
	struct dial_options how = {.env = env, .capture_stderr = true};
	struct endpoint to = at("exec:true");
	struct end *e = new_end();
	unsigned before = open_fds();
	struct err why;

	(void)state;
	memset(much + 2, 'x', sizeof(much) - 3);
	assert_int_equal(transport_connect(&e->t, &net, &to, &how, &sink, &why),
			 -1);
	has(why.text, "cannot start");
	assert_int_equal(open_fds(), before);
}

/* A new owner of child and socket, as in rung pipe. */
struct heir {
	bool ended, failed;
	char text[200];
};

static void heir_ended(struct child *c, void *owner, const struct err *why)
{
	struct heir *heir = owner;

	(void)c;
	heir->ended = true;
	heir->failed = why != NULL;
	if (why)
		snprintf(heir->text, sizeof(heir->text), "%.190s", why->text);
}

static const struct child_sink heir_sink = {.ended = heir_ended};

static void exec_child_outlives_its_link(void **state)
{
	struct end *e = begin("exec:read x; exit 9");
	struct heir heir = {.ended = false};
	struct child *c = transport_child(&e->t, &heir_sink, &heir);
	int fd;

	(void)state;
	assert_non_null(c);
	assert_null(transport_child(&e->t, &heir_sink, &heir));
	until(e->t.state == LINK_OPEN);
	fd = transport_release(&e->t);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x\n", 2), 2);
	until(heir.ended);
	assert_true(heir.failed);
	has(heir.text, "exec:read x; exit 9: exited with code 9");
	close(fd);

	/* After child_detach(), exit code 143 (128 + SIGTERM) is no failure. */
	e = begin("exec:read x; exit 143");
	heir.ended = false;
	c = transport_child(&e->t, &heir_sink, &heir);
	until(e->t.state == LINK_OPEN);
	fd = transport_release(&e->t);
	child_detach(c, fd, false, false);
	close(fd);
	until(heir.ended);
	assert_false(heir.failed);
}

static void exec_that_ignores_sigterm_is_left_running(void **state)
{
	struct end *e = begin("exec:trap '' TERM; echo; sleep 1000");
	struct heir heir = {.ended = false};
	struct child *c = transport_child(&e->t, &heir_sink, &heir);
	pid_t pid = c->pid;

	(void)state;
	until(buf_len(&e->got) == 1);
	transport_close(&e->t, false);
	child_detach(c, -1, false, false);
	until(heir.ended);
	assert_true(heir.failed);
	has(heir.text, "left running");
	kill(-pid, SIGKILL);
	until(list_empty(&net.children));
}

static void exec_environment_names_the_served_peer(void **state)
{
	struct endpoint tcp = at("tcp://:1");
	struct serving serves = {.ops = tcp.ops};
	struct dial_options how = {.serves = &serves};
	struct end *e;

	(void)state;
	serves.remote.len = sizeof(serves.remote.u.in6);
	serves.remote.u.in6.sin6_family = AF_INET6;
	serves.remote.u.in6.sin6_addr = in6addr_loopback;
	serves.remote.u.in6.sin6_port = htons(77);
	setenv("NCAT_PROTO", "older", 1);
	e = begun("exec:env | grep ^NCAT_ | sort", &how);
	unsetenv("NCAT_PROTO");
	closed(e, ERR_NONE, NULL);
	assert_string_equal(got(e), "NCAT_LOCAL_ADDR=\nNCAT_LOCAL_PORT=\n"
				    "NCAT_PROTO=TCP\nNCAT_REMOTE_ADDR=::1\n"
				    "NCAT_REMOTE_PORT=77\n");
	/* A listener of both families sees IPv4 peers as IPv4-mapped addresses.
	 */
	memset(serves.remote.u.in6.sin6_addr.s6_addr + 10, 0xFF, 2);
	e = begun("exec:echo $NCAT_REMOTE_ADDR", &how);
	closed(e, ERR_NONE, NULL);
	assert_string_equal(got(e), "0.0.0.1\n");
	/* Without a peer, the variables are not set. */
	closed(begin("exec:! env | grep ^NCAT_"), ERR_NONE, NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(exec_opens_and_ends_in_order),
	    TEST(exec_code_comes_with_the_end),
	    TEST(exec_that_has_ended_is_still_read),
	    TEST(exec_waits_for_the_exit_after_the_output),
	    TEST(exec_that_leaves_input_unread_is_an_error),
	    TEST(exec_that_exited_reads_no_more),
	    TEST(exec_moves_large_data_both_ways),
	    TEST(exec_stderr_is_reported_by_line),
	    TEST(exec_close_ends_it),
	    TEST(exec_close_ends_background_processes),
	    TEST(exec_that_is_left_ends_with_the_net),
	    TEST(exec_rejects_listening_and_options),
	    TEST(exec_that_does_not_start_leaves_nothing_open),
	    TEST(exec_child_outlives_its_link),
	    TEST(exec_that_ignores_sigterm_is_left_running),
	    TEST(exec_environment_names_the_served_peer),
	};
	int failed = 0;

	for (int i = 0; loop_engines[i]; i++) {
		engine = loop_engines[i];
		print_message("over %s\n", loop_engine_name(engine));
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	setenv("RUNG_NO_PIDFD", "1", 1);
	print_message("without descriptors of processes\n");
	failed += cmocka_run_group_tests(tests, NULL, NULL);
	return failed;
}
