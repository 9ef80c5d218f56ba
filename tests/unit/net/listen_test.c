/* SPDX-License-Identifier: ISC */
/*
 * Tests listeners of connections: where they bind, when they accept, and their
 * errors.
 */
#include "tests/lib/accepts.h"
#include "tests/lib/links.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int dial_raw(const struct addr *a)
{
	int fd = socket(a->u.sa.sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	(void)connect(fd, &a->u.sa, a->len);
	return fd;
}

static struct err listen_bad(const char *text)
{
	struct end *e = new_end();
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	assert_int_equal(transport_listen(&e->t, &net, &to, NULL, &sink, &why),
			 -1);
	assert_int_equal(e->t.state, LINK_NEW);
	return why;
}

static void prints_local(const struct end *e, const char *wants)
{
	struct addr a = transport_local(&e->t);
	struct buf out;

	buf_init(&out, BUF_SMALL);
	addr_print(&a, &out);
	assert_memory_equal(buf_cstr(&out), wants, strlen(wants));
	assert_true(addr_port(&a) > 0);
	buf_fini(&out);
}

static void listen_is_on_loopback_by_default(void **state)
{
	(void)state;
	prints_local(listen_on(":0"), "127.0.0.1:");
	prints_local(listen_on("localhost:0"), "127.0.0.1:");
	prints_local(listen_on("tcp6://:0"), "[::1]:");
	prints_local(listen_on("tcp6://localhost:0"), "[::1]:");
	prints_local(listen_on("[::1]:0"), "[::1]:");
	prints_local(listen_on("tcp4://*:0"), "0.0.0.0:");
	prints_local(listen_on("*:0"), "[::]:");
}

static int takes_ipv6_only(const char *text)
{
	int only = -1;
	socklen_t len = sizeof(only);

	getsockopt(listen_on(text)->t.watch.fd, IPPROTO_IPV6, IPV6_V6ONLY,
		   &only, &len);
	return only;
}

/* An IPv6-only listener leaves the port free for IPv4. */
static void listen_star_of_one_family_leaves_the_other_alone(void **state)
{
	(void)state;
	assert_int_equal(takes_ipv6_only("tcp6://*:0"), 1);
	assert_int_equal(takes_ipv6_only("udp6://*:0"), 1);
	assert_int_equal(takes_ipv6_only("tcp://*:0"), 0);
	assert_int_equal(takes_ipv6_only("udp://*:0"), 0);
}

static void listen_star_takes_both_families(void **state)
{
	struct end *l = listen_on("*:0"), *four, *six;
	struct addr a = transport_local(&l->t);
	char text[64];
	struct buf out;

	(void)state;
	snprintf(text, sizeof(text), "127.0.0.1:%u", addr_port(&a));
	four = dial(text);
	snprintf(text, sizeof(text), "[::1]:%u", addr_port(&a));
	six = dial(text);
	until(four->t.state == LINK_OPEN && six->t.state == LINK_OPEN);
	until(l->kid_count == 2);
	buf_init(&out, BUF_SMALL);
	addr_print(&l->kids[0]->t.peer, &out);
	assert_memory_equal(buf_cstr(&out), "127.0.0.1:", 10);
	buf_fini(&out);
}

static void listen_reports_why_it_failed(void **state)
{
	struct end *l = listen_on(":0");
	struct err why = listen_bad(where(l));

	(void)state;
	assert_int_equal(why.kind, ERR_IO);
	assert_int_equal(why.code, EADDRINUSE);
	has(why.text, where(l));
	has(why.text, ": address in use; 'ss -ltnp' shows the process");
	why = listen_bad("192.0.2.1:0");
	has(why.text, "tcp://192.0.2.1:0: not an address of this machine");
	why = listen_bad(":no-such-service");
	has(why.text, "no such service: no-such-service");
}

static void listen_by_name_is_reported_from_the_loop(void **state)
{
	struct end *l = new_end();

	(void)state;
	listen_as(l, "no-such-host.invalid:0", NULL);
	assert_int_equal(l->t.state, LINK_RESOLVING);
	until(l->t.state == LINK_CLOSED);
	assert_int_equal(l->t.cause, CAUSE_FAILED);
	assert_int_equal(l->why.kind, ERR_DNS);
	has(l->why.text, "tcp://no-such-host.invalid:0: ");

	l = new_end();
	listen_as(l, "no-such-host.invalid:0", NULL);
	transport_close(&l->t, false);
	assert_string_equal(buf_cstr(&l->moves), ".");
}

static void listen_port_is_free_at_once_after_the_close(void **state)
{
	struct end *l = listen_on(":0"), *kid, *e = meet(l, &kid);
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "%s", where(l));
	/* This side closes first, so its socket is left in TIME_WAIT. */
	transport_close(&kid->t, false);
	until(e->over);
	transport_close(&e->t, false);
	transport_close(&l->t, false);
	assert_string_equal(buf_cstr(&l->moves), ".");
	listen_on(text);
}

static void listen_closes_refused_peers(void **state)
{
	struct end *l = listen_on(":0"), *e;

	(void)state;
	l->refuses = true;
	e = dial(where(l));
	until(e->over);
	assert_int_equal(l->kid_count, 0);
	assert_int_equal(l->t.state, LINK_LISTENING);
}

static void listen_accepts_while_input_is_wanted(void **state)
{
	struct end *l = listen_on(":0"), *e;

	(void)state;
	l->dry = true;
	transport_touch(&l->t);
	e = dial(where(l));
	until(e->t.state == LINK_OPEN);
	settle();
	assert_int_equal(l->kid_count, 0);
	l->dry = false;
	transport_touch(&l->t);
	until(l->kid_count == 1);
}

static void listen_with_hold_waits_for_accept(void **state)
{
	struct listen_options options = {.hold = true};
	struct end *l = new_end(), *e[3];

	(void)state;
	listen_as(l, ":0", &options);
	for (int i = 0; i < 3; i++) {
		e[i] = dial(where(l));
		until(e[i]->t.state == LINK_OPEN);
	}
	settle();
	assert_int_equal(l->kid_count, 0);
	assert_true(transport_accept(&l->t));
	assert_int_equal(l->kid_count, 1);
	settle();
	assert_int_equal(l->kid_count, 1);
	assert_true(transport_accept(&l->t));
	assert_true(transport_accept(&l->t));
	assert_int_equal(l->kid_count, 3);
}

static void listen_accept_without_a_peer_takes_the_next(void **state)
{
	struct listen_options options = {.hold = true};
	struct end *l = new_end(), *e[2];

	(void)state;
	listen_as(l, ":0", &options);
	assert_false(transport_accept(&l->t));
	e[0] = dial(where(l));
	until(l->kid_count == 1);
	e[1] = dial(where(l));
	until(e[1]->t.state == LINK_OPEN);
	settle();
	assert_int_equal(l->kid_count, 1);
	assert_false(transport_accept(&e[0]->t));
}

/* accept4(2) fails as if the peer had closed early: the lost connection does
 * not count as accepted. */
static void listen_accept_ignores_a_lost_connection(void **state)
{
	struct listen_options options = {.hold = true};
	struct end *l = new_end();
	struct addr a;
	int fd[2];

	(void)state;
	listen_as(l, ":0", &options);
	a = transport_local(&l->t);
	fd[0] = dial_raw(&a);
	accept_fails_next(ECONNABORTED);
	assert_false(transport_accept(&l->t));
	has(buf_cstr(&l->notes), "lost before it was accepted");
	until(l->kid_count == 1);

	/* The loop also ignores a lost connection. */
	assert_false(transport_accept(&l->t));
	accept_fails_next(ECONNABORTED);
	fd[1] = dial_raw(&a);
	until(l->kid_count == 2);
	close(fd[0]);
	close(fd[1]);
}

static void listen_accepts_many_in_few_turns(void **state)
{
	struct end *l = listen_on(":0");
	struct addr a = transport_local(&l->t);
	int fd[100], turns = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		fd[i] = dial_raw(&a);
	for (; l->kid_count < 100 && turns < 50; turns++)
		turn();
	assert_int_equal(l->kid_count, 100);
	assert_true(turns < 20);
	for (int i = 0; i < 100; i++)
		close(fd[i]);
}

/* Skips the test under valgrind, which emulates the limit: valgrind closes
 * descriptors that the kernel returned above it. */
static void needs_the_kernels_limit(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload && strstr(preload, "vgpreload"))
		skip();
}

/* Lowers the limit so that `spare` more descriptors can be opened. Result: the
 * old limit. */
static struct rlimit squeeze(unsigned spare)
{
	struct rlimit old, now;
	int fd[8];

	getrlimit(RLIMIT_NOFILE, &old);
	now = old;
	now.rlim_cur = 0;
	/* The next descriptors have the numbers that dup(2) returns here. */
	for (unsigned i = 0; i <= spare; i++) {
		fd[i] = dup(0);
		now.rlim_cur = (rlim_t)fd[i];
	}
	for (unsigned i = 0; i <= spare; i++)
		close(fd[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	return old;
}

static unsigned count(const char *text, const char *words)
{
	unsigned n = 0;

	for (; (text = strstr(text, words)); text++)
		n++;
	return n;
}

static void listen_without_descriptors_resumes_after_a_close(void **state)
{
	struct end *l = listen_on(":0");
	struct addr a = transport_local(&l->t);
	struct rlimit old;
	int fd[4];

	(void)state;
	needs_the_kernels_limit();
	for (int i = 0; i < 4; i++)
		fd[i] = dial_raw(&a);
	old = squeeze(2);
	until(strstr(buf_cstr(&l->notes), "accepting paused"));
	assert_int_equal(l->kid_count, 2);
	has(buf_cstr(&l->notes), "-accepting paused: too many open files");

	/* Each close lets the next connection in, before the timer fires. */
	uint64_t now = loop_now(loop);

	transport_close(&l->kids[0]->t, false);
	until(l->kid_count == 3);
	transport_close(&l->kids[1]->t, false);
	until(l->kid_count == 4);
	assert_true(loop_now(loop) - now < 100 * NS_PER_MS);
	assert_int_equal(count(buf_cstr(&l->notes), "paused"), 1);
	setrlimit(RLIMIT_NOFILE, &old);
	for (int i = 0; i < 4; i++)
		close(fd[i]);
}

static void listen_without_descriptors_resumes_by_timer(void **state)
{
	struct end *l = listen_on(":0");
	struct addr a = transport_local(&l->t);
	struct rlimit old;
	int fd;

	(void)state;
	needs_the_kernels_limit();
	fd = dial_raw(&a);
	old = squeeze(0);
	until(strstr(buf_cstr(&l->notes), "accepting paused"));
	setrlimit(RLIMIT_NOFILE, &old);
	until(l->kid_count == 1);
	close(fd);
}

static void listen_closed_while_paused(void **state)
{
	struct end *l = listen_on(":0");
	struct addr a = transport_local(&l->t);
	struct rlimit old;
	int fd;

	(void)state;
	needs_the_kernels_limit();
	fd = dial_raw(&a);
	old = squeeze(0);
	until(strstr(buf_cstr(&l->notes), "accepting paused"));
	transport_close(&l->t, false);
	assert_true(list_empty(&net.paused));
	setrlimit(RLIMIT_NOFILE, &old);
	close(fd);
}

/* A paused listener is not paused a second time. */
static void listen_accept_while_paused_waits_for_the_resume(void **state)
{
	struct listen_options options = {.hold = true};
	struct end *l = new_end(), *kid, *other = listen_on(":0");
	struct addr a;
	struct rlimit old;
	int fd;

	(void)state;
	needs_the_kernels_limit();
	meet(other, &kid);
	listen_as(l, ":0", &options);
	a = transport_local(&l->t);
	fd = dial_raw(&a);
	old = squeeze(0);
	assert_false(transport_accept(&l->t));
	has(buf_cstr(&l->notes), "accepting paused");
	assert_false(transport_accept(&l->t));
	transport_close(&kid->t, false);
	until(l->kid_count == 1);
	setrlimit(RLIMIT_NOFILE, &old);
	close(fd);
}

static void dial_without_descriptors_reports_it(void **state)
{
	struct end *l = listen_on(":0"), *e = dial(where(l));
	struct rlimit old;

	(void)state;
	needs_the_kernels_limit();
	old = squeeze(0);
	until(e->t.state == LINK_CLOSED);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(e->why.kind, ERR_LIMIT);
	has(e->why.text, "too many open files");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(listen_is_on_loopback_by_default),
	    TEST(listen_star_of_one_family_leaves_the_other_alone),
	    TEST(listen_star_takes_both_families),
	    TEST(listen_reports_why_it_failed),
	    TEST(listen_by_name_is_reported_from_the_loop),
	    TEST(listen_port_is_free_at_once_after_the_close),
	    TEST(listen_closes_refused_peers),
	    TEST(listen_accepts_while_input_is_wanted),
	    TEST(listen_with_hold_waits_for_accept),
	    TEST(listen_accept_without_a_peer_takes_the_next),
	    TEST(listen_accept_ignores_a_lost_connection),
	    TEST(listen_accepts_many_in_few_turns),
	    TEST(listen_without_descriptors_resumes_after_a_close),
	    TEST(listen_without_descriptors_resumes_by_timer),
	    TEST(listen_closed_while_paused),
	    TEST(listen_accept_while_paused_waits_for_the_resume),
	    TEST(dial_without_descriptors_reports_it),
	};

	RUN_OVER_ENGINES(tests);
}
