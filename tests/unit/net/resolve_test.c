/* SPDX-License-Identifier: ISC */
/*
 * Tests lookups with each engine of the loop. The names are known to every
 * machine, or to none (RFC 6761 §6.4).
 */
#include "rung/resolve.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include <string.h>

static const struct loop_engine *engine;
static struct clock real;
static struct loop *loop;

struct asked {
	unsigned answers;
	struct addr found[RESOLVE_MAX];
	size_t n;
	struct err why;
};

static void on_answer(void *owner, const struct addr *found, size_t n,
		      const struct err *why)
{
	struct asked *a = owner;

	a->answers++;
	a->n = n;
	if (n)
		memcpy(a->found, found, n * sizeof(*found));
	else
		a->why = *why;
}

static const struct resolve_sink sink = {.answer = on_answer};

static struct resolve *ask(struct asked *a, const char *host, const char *port,
			   int family)
{
	struct err e = {.text = ""};
	struct resolve *r = resolve_start(loop, host, port, family, SOCK_STREAM,
					  false, &sink, a, &e);

	if (!r)
		fail_msg("%s %s: %s", host, port, e.text);
	return r;
}

static void turn(void)
{
	struct err e;

	assert_int_equal(loop_turn(loop, &e), 0);
}

static void wait_for(const struct asked *a)
{
	while (!a->answers)
		turn();
	assert_int_equal(a->answers, 1);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	loop = loop_new(engine, &real, &e);
	return loop ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static void resolve_address_is_answered_from_the_loop(void **state)
{
	struct asked a = {.answers = 0};

	(void)state;
	ask(&a, "127.0.0.1", "80", AF_UNSPEC);
	assert_int_equal(a.answers, 0);
	turn();
	assert_int_equal(a.answers, 1);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.found[0].u.sa.sa_family, AF_INET);
	assert_int_equal(addr_port(&a.found[0]), 80);
}

static void resolve_no_host_is_both_loopbacks(void **state)
{
	struct asked a = {.answers = 0};

	(void)state;
	ask(&a, "", "80", AF_UNSPEC);
	wait_for(&a);
	assert_int_equal(a.n, 2);
	a.answers = 0;
	ask(&a, "", "80", AF_INET);
	wait_for(&a);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.found[0].u.in.sin_addr.s_addr,
			 htonl(INADDR_LOOPBACK));
}

static void resolve_accepts_a_service_name(void **state)
{
	struct asked a = {.answers = 0};

	(void)state;
	ask(&a, "::1", "http", AF_UNSPEC);
	wait_for(&a);
	assert_int_equal(addr_port(&a.found[0]), 80);
	assert_int_equal(a.found[0].u.sa.sa_family, AF_INET6);
}

static void resolve_name_is_answered_by_a_thread(void **state)
{
	struct asked a = {.answers = 0};

	(void)state;
	ask(&a, "localhost", "80", AF_INET);
	assert_int_equal(a.answers, 0);
	wait_for(&a);
	assert_true(a.n >= 1);
	assert_int_equal(a.found[0].u.in.sin_addr.s_addr,
			 htonl(INADDR_LOOPBACK));
}

static void resolve_reports_what_failed(void **state)
{
	struct asked a = {.answers = 0};

	(void)state;
	ask(&a, "no-such-host.invalid", "80", AF_UNSPEC);
	wait_for(&a);
	assert_int_equal(a.n, 0);
	assert_int_equal(a.why.kind, ERR_DNS);
	assert_true(a.why.text[0] != '\0');
}

static void refuses(const char *host, const char *port, const char *words)
{
	struct asked a = {.answers = 0};
	struct err e = {.text = ""};

	assert_null(resolve_start(loop, host, port, AF_UNSPEC, SOCK_STREAM,
				  false, &sink, &a, &e));
	if (!strstr(e.text, words))
		fail_msg("text is '%s', without '%s'", e.text, words);
}

static void resolve_rejects_bad_literals_at_once(void **state)
{
	char text[300];

	(void)state;
	refuses("127.0.0.1", "no-such-service", "no such service");
	refuses("localhost", "no-such-service",
		"no such service: no-such-service");
	refuses("fe80::1%no-such-zone", "80", "no such zone");
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refuses(text, "80", "too long");
}

static void resolve_cancel_prevents_the_answer(void **state)
{
	struct asked gone = {.answers = 0}, last = {.answers = 0};

	(void)state;
	resolve_cancel(ask(&gone, "127.0.0.1", "80", AF_UNSPEC));
	for (int i = 0; i < 20; i++)
		resolve_cancel(ask(&gone, "localhost", "80", AF_INET));
	ask(&last, "localhost", "80", AF_INET);
	wait_for(&last);
	assert_int_equal(gone.answers, 0);
}

/* Returns the number of entries in the directory, including `.` and `..`; 0 if
 * it does not exist. */
static unsigned entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static unsigned open_fds(void)
{
	return entries("/proc/self/fd");
}

/* Waits until no thread is left: a cancelled lookup keeps a descriptor until
 * its thread ends. */
static void wait_for_threads(void)
{
	while (entries("/proc/self/task") > 3)
		sched_yield();
}

static void resolve_cancel_after_the_thread_is_done(void **state)
{
	struct asked gone = {.answers = 0}, last = {.answers = 0};
	struct pollfd answer = {.events = POLLIN};
	struct resolve *r;

	(void)state;
	wait_for_threads();
	/* The pipe of the next lookup gets the lowest free descriptor number.
	 */
	answer.fd = dup(STDIN_FILENO);
	close(answer.fd);
	r = ask(&gone, "localhost", "80", AF_INET);
	assert_int_equal(poll(&answer, 1, 10000), 1);
	assert_true(answer.revents & POLLIN);
	resolve_cancel(r);
	ask(&last, "localhost", "80", AF_INET);
	wait_for(&last);
	assert_int_equal(gone.answers, 0);
}

/* The error must be about descriptors, not about the host. */
static void resolve_reports_a_lack_of_descriptors(void **state)
{
	struct asked a = {.answers = 0};
	struct rlimit old, now;
	int ends[2];

	(void)state;
	wait_for_threads();
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	close(ends[1]);
	getrlimit(RLIMIT_NOFILE, &old);
	/* With this limit only the lookup's pipe gets descriptors. */
	now = old;
	now.rlim_cur = (rlim_t)ends[1] + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	ask(&a, "localhost", "80", AF_INET);
	wait_for(&a);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(a.n, 0);
	assert_int_equal(a.why.kind, ERR_LIMIT);
	assert_int_equal(a.why.code, EMFILE);
	assert_non_null(strstr(a.why.text, "too many open files"));
}

static void resolve_many_wait_their_turn(void **state)
{
	enum { MANY = 300 };
	static struct asked all[MANY];
	struct resolve *r[MANY];
	unsigned answers = 0;

	(void)state;
	memset(all, 0, sizeof(all));
	for (int i = 0; i < MANY; i++)
		r[i] = ask(&all[i], "localhost", "80", AF_INET);
	/* The last lookups have no thread yet, or only just got one. */
	for (int i = MANY - 50; i < MANY; i++)
		resolve_cancel(r[i]);
	while (answers < MANY - 50) {
		turn();
		answers = 0;
		for (int i = 0; i < MANY; i++)
			answers += all[i].answers;
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(all[i].answers, i < MANY - 50);
}

static void resolve_keeps_no_descriptors(void **state)
{
	struct asked a = {.answers = 0};
	unsigned before;

	(void)state;
	/* The C library opens some files at the first lookup, and keeps them
	 * open. */
	ask(&a, "localhost", "80", AF_INET);
	wait_for(&a);
	before = open_fds();
	for (int i = 0; i < 10; i++) {
		a.answers = 0;
		ask(&a, "localhost", "80", AF_INET);
		wait_for(&a);
	}
	/* A thread closes its end of the pipe shortly after the answer. */
	for (int i = 0; i < 100000 && open_fds() > before; i++)
		;
	assert_true(open_fds() <= before);
}

static volatile sig_atomic_t signals;

static void count_signal(int signo)
{
	(void)signo;
	signals++;
}

static void resolve_dead_pipe_is_no_signal(void **state)
{
	struct sigaction act = {.sa_handler = count_signal}, old;
	struct asked a = {.answers = 0};

	(void)state;
	sigaction(SIGPIPE, &act, &old);
	signals = 0;
	for (int i = 0; i < 50; i++)
		resolve_cancel(ask(&a, "localhost", "80", AF_INET));
	ask(&a, "localhost", "80", AF_INET);
	wait_for(&a);
	assert_int_equal(signals, 0);
	sigaction(SIGPIPE, &old, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(resolve_address_is_answered_from_the_loop),
	    TEST(resolve_no_host_is_both_loopbacks),
	    TEST(resolve_accepts_a_service_name),
	    TEST(resolve_name_is_answered_by_a_thread),
	    TEST(resolve_reports_what_failed),
	    TEST(resolve_rejects_bad_literals_at_once),
	    TEST(resolve_cancel_prevents_the_answer),
	    TEST(resolve_cancel_after_the_thread_is_done),
	    TEST(resolve_reports_a_lack_of_descriptors),
	    TEST(resolve_many_wait_their_turn),
	    TEST(resolve_keeps_no_descriptors),
	    TEST(resolve_dead_pipe_is_no_signal),
	};
	int failed = 0;

	for (int i = 0; loop_engines[i]; i++) {
		engine = loop_engines[i];
		print_message("over %s\n", loop_engine_name(engine));
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
