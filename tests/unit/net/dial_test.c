/* SPDX-License-Identifier: ISC */
/*
 * Tests connecting: which addresses are tried, which one wins, and the error if
 * all fail.
 */
#include "tests/lib/links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A port without a listener, bound on both loopback addresses so that no other
 * program uses it. */
struct hole {
	int fd[2];
	unsigned port;
};

static int bound(struct sockaddr *sa, socklen_t len)
{
	int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, sa, len) == 0)
		return fd;
	close(fd);
	return -1;
}

static struct hole dig(void)
{
	struct hole h = {{-1, -1}, 0};

	while (h.fd[1] < 0) {
		struct sockaddr_in in = {.sin_family = AF_INET};
		struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
		socklen_t len = sizeof(in);

		close(h.fd[0]);
		in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		h.fd[0] = bound((struct sockaddr *)&in, sizeof(in));
		assert_true(h.fd[0] >= 0);
		getsockname(h.fd[0], (struct sockaddr *)&in, &len);
		h.port = ntohs(in.sin_port);
		in6.sin6_port = in.sin_port;
		in6.sin6_addr = in6addr_loopback;
		h.fd[1] = bound((struct sockaddr *)&in6, sizeof(in6));
	}
	return h;
}

static void fill_in(struct hole *h)
{
	close(h->fd[0]);
	close(h->fd[1]);
}

static const char *text_of(const char *fmt, unsigned port)
{
	static char text[128];
	const char *mark = strchr(fmt, '#');

	snprintf(text, sizeof(text), "%.*s%u%s", (int)(mark - fmt), fmt, port,
		 mark + 1);
	return text;
}

static void dial_refused_lists_the_addresses_tried(void **state)
{
	struct hole h = dig();
	struct end *e = dial(text_of(":#", h.port));
	char wants[256];

	(void)state;
	until(e->t.state == LINK_CLOSED);
	assert_string_equal(buf_cstr(&e->moves), "C.");
	assert_int_equal(e->t.cause, CAUSE_FAILED);
	assert_int_equal(e->why.kind, ERR_REFUSED);
	assert_int_equal(e->why.code, ECONNREFUSED);
	assert_int_equal(e->t.phases.attempts, 2);
	snprintf(wants, sizeof(wants),
		 "tcp://:%u: refused (tried [::1]:%u, 127.0.0.1:%u); is the "
		 "server listening? try 'ss -ltn'",
		 h.port, h.port, h.port);
	assert_string_equal(e->why.text, wants);
	has(buf_cstr(&e->notes),
	    text_of("+tcp://[::1]:#: refused after ", h.port));
	has(buf_cstr(&e->notes),
	    text_of("+tcp://127.0.0.1:#: refused ", h.port));
	fill_in(&h);
}

static void dial_refused_names_an_address_once(void **state)
{
	struct hole h = dig();
	struct end *e = dial(text_of("tcp4://127.0.0.1:#", h.port));
	char wants[256];

	(void)state;
	until(e->t.state == LINK_CLOSED);
	snprintf(wants, sizeof(wants),
		 "tcp4://127.0.0.1:%u: refused; is the server listening? try "
		 "'ss -ltn'",
		 h.port);
	assert_string_equal(e->why.text, wants);
	fill_in(&h);
}

static void dial_uses_the_family_that_answers(void **state)
{
	struct end *l = listen_on("127.0.0.1:0");
	struct addr a = transport_local(&l->t);
	struct end *e = dial(text_of(":#", addr_port(&a)));

	(void)state;
	until(e->t.state == LINK_OPEN);
	assert_int_equal(e->t.phases.attempts, 2);
	assert_true(addr_equal(&e->t.peer, &a));
	has(buf_cstr(&e->notes), "]:");
	has(buf_cstr(&e->notes), ": refused");
	has(buf_cstr(&e->notes), ": open after");
	assert_null(e->t.dialing);
}

static void dial_name_is_resolved_first(void **state)
{
	struct end *l = listen_on("127.0.0.1:0");
	struct addr a = transport_local(&l->t);
	struct end *e = dial(text_of("tcp4://localhost:#", addr_port(&a)));

	(void)state;
	assert_int_equal(e->t.state, LINK_RESOLVING);
	until(e->t.state == LINK_OPEN);
	assert_string_equal(buf_cstr(&e->moves), "CO");
}

/* Fills a listener's backlog, so that further connections get no answer. */
static int crowd(int family, struct addr *a, int *guests, int n)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, &a->u.sa, a->len), 0);
	assert_int_equal(listen(fd, 0), 0);
	getsockname(fd, &a->u.sa, &a->len);
	for (int i = 0; i < n; i++) {
		guests[i] = socket(
		    family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		(void)connect(guests[i], &a->u.sa, a->len);
	}
	return fd;
}

static void dial_slow_address_loses_the_race(void **state)
{
	struct hole h = dig();
	struct addr six = {.len = sizeof(six.u.in6)};
	struct end *l, *e;
	int fd, guests[3];
	uint64_t took;

	(void)state;
	fill_in(&h);
	six.u.in6.sin6_family = AF_INET6;
	six.u.in6.sin6_port = htons((uint16_t)h.port);
	six.u.in6.sin6_addr = in6addr_loopback;
	l = listen_on(text_of("127.0.0.1:#", h.port));
	fd = crowd(AF_INET6, &six, guests, 3);
	e = dial(text_of(":#", h.port));
	until(e->t.state == LINK_OPEN && l->kid_count == 1);
	assert_int_equal(e->t.peer.u.sa.sa_family, AF_INET);
	took = e->t.phases.connected - e->t.phases.begun;
	assert_true(took >= 250 * NS_PER_MS);
	assert_true(took < 2000 * NS_PER_MS);
	has(buf_cstr(&e->notes), "]:");
	has(buf_cstr(&e->notes),
	    ": cancelled (another address connected first) after");
	for (int i = 0; i < 3; i++)
		close(guests[i]);
	close(fd);
}

static void dial_closed_while_connecting_is_quiet(void **state)
{
	struct addr four = {.len = sizeof(four.u.in)};
	struct end *e, *r;
	int fd, guests[3];

	(void)state;
	four.u.in.sin_family = AF_INET;
	four.u.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = crowd(AF_INET, &four, guests, 3);
	e = dial(text_of("127.0.0.1:#", addr_port(&four)));
	until(e->t.phases.attempts == 1);
	say(e, "never sent");
	transport_close(&e->t, false);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	assert_int_equal(e->left, 10);
	assert_null(e->t.dialing);

	r = dial("localhost:1");
	transport_close(&r->t, true);
	assert_int_equal(r->t.state, LINK_CLOSED);
	settle();
	assert_string_equal(buf_cstr(&e->moves), "C.");
	assert_string_equal(buf_cstr(&r->moves), ".");
	for (int i = 0; i < 3; i++)
		close(guests[i]);
	close(fd);
}

static void dial_sends_what_was_queued_before(void **state)
{
	struct end *l = listen_on(":0"), *e = dial(where(l));

	(void)state;
	say(e, "early ");
	say(e, "bird");
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	assert_int_equal(say_bad(e, BYTES("x")).kind, ERR_CLOSED);
	until(l->kid_count == 1 && l->kids[0]->over);
	assert_string_equal(got(l->kids[0]), "early bird");
	assert_int_equal(e->drains, 1);
	assert_true(e->t.ended[DIR_DOWN]);
}

static void dial_end_without_data_waits_until_open(void **state)
{
	struct end *l = listen_on(":0"), *e = dial(where(l));

	(void)state;
	assert_int_equal(transport_shut_write(&e->t, NULL), 0);
	until(l->kid_count == 1 && l->kids[0]->over);
	assert_int_equal(e->t.state, LINK_OPEN);
}

static void dial_unknown_name_is_reported(void **state)
{
	struct end *e = dial("no-such-host.invalid:80");

	(void)state;
	until(e->t.state == LINK_CLOSED);
	assert_string_equal(buf_cstr(&e->moves), ".");
	assert_int_equal(e->why.kind, ERR_DNS);
	has(e->why.text, "tcp://no-such-host.invalid:80: ");
}

static struct err dial_bad(const char *text, const struct dial_options *options)
{
	struct end *e = new_end();
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	assert_int_equal(
	    transport_connect(&e->t, &net, &to, options, &sink, &why), -1);
	assert_int_equal(e->t.state, LINK_NEW);
	transport_close(&e->t, false);
	assert_int_equal(buf_len(&e->moves), 0);
	return why;
}

static void dial_rejects_addresses_for_listening(void **state)
{
	struct err why = dial_bad("localhost:0", NULL);

	(void)state;
	assert_int_equal(why.kind, ERR_USAGE);
	has(why.text, "cannot connect to port 0");
	why = dial_bad("*:80", NULL);
	assert_int_equal(why.kind, ERR_USAGE);
	has(why.text, "cannot connect to '*'");
	why = dial_bad("localhost:no-such-service", NULL);
	has(why.text, "no such service: no-such-service");
}

static void dial_binds_the_given_address(void **state)
{
	struct end *l = listen_on("127.0.0.1:0"), *e = new_end();
	struct endpoint from = at("127.0.0.9:0"), to = at(where(l));
	struct dial_options options = {.from = &from};
	struct endpoint name = at("localhost:0"), un = at("unix://x");
	struct addr local;

	(void)state;
	assert_int_equal(
	    transport_connect(&e->t, &net, &to, &options, &sink, NULL), 0);
	until(e->t.state == LINK_OPEN && l->kid_count);
	local = transport_local(&e->t);
	assert_int_equal(ntohl(local.u.in.sin_addr.s_addr), 0x7F000009);
	assert_true(addr_equal(&local, &l->kids[0]->t.peer));

	options.from = &name;
	has(dial_bad("localhost:80", &options).text, "not a name");
	options.from = &un;
	has(dial_bad("localhost:80", &options).text,
	    "cannot connect to tcp://");
}

/* A local port without a host is bound in the family of each address tried. */
static void dial_binds_a_port_in_either_family(void **state)
{
	static const char *const hosts[] = {"127.0.0.1:0", "[::1]:0"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct hole h = dig();
		struct end *l = listen_on(hosts[i]), *e = new_end();
		struct endpoint from = at(text_of(":#", h.port)), to;
		struct dial_options options = {.from = &from};
		struct addr a = transport_local(&l->t), local;

		fill_in(&h);
		/* In the first round the target is a name, so that both
		 * families are tried. */
		to = at(text_of("localhost:#", addr_port(&a)));
		if (i)
			to = at(where(l));
		assert_int_equal(
		    transport_connect(&e->t, &net, &to, &options, &sink, NULL),
		    0);
		until(e->t.state == LINK_OPEN);
		local = transport_local(&e->t);
		assert_int_equal(addr_port(&local), h.port);
		assert_int_equal(local.u.sa.sa_family, a.u.sa.sa_family);
	}
}

static struct end *dial_from(const char *text, const char *from_text)
{
	struct end *e = new_end();
	struct endpoint from = at(from_text), to = at(text);
	struct dial_options options = {.from = &from};
	struct err why = {.text = ""};

	if (transport_connect(&e->t, &net, &to, &options, &sink, &why))
		fail_msg("%s: %s", text, why.text);
	until(e->t.state == LINK_OPEN || e->t.state == LINK_CLOSED);
	return e;
}

/* The error is about the local address, not the target. */
static void dial_names_a_local_address_that_cannot_bind(void **state)
{
	struct end *e = dial_from("127.0.0.1:9", "192.0.2.1:0");
	struct end *l = listen_on("127.0.0.1:0");

	(void)state;
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_IO);
	assert_string_equal(
	    e->why.text,
	    "tcp://127.0.0.1:9: from tcp://192.0.2.1:0: not an address of this "
	    "machine; 'ip address' lists local addresses");
	has(buf_cstr(&e->notes),
	    "+tcp://127.0.0.1:9: from tcp://192.0.2.1:0: not an address of");
	e = dial_from("127.0.0.1:9", where(l));
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_IO);
	has(e->why.text, "tcp://127.0.0.1:9: from tcp://127.0.0.1:");
	has(e->why.text, ": address in use; 'ss -ltnp' shows the process");
}

static void dial_from_the_same_port_twice_is_reported(void **state)
{
	struct end *l = listen_on("127.0.0.1:0"), *e;
	struct hole h = dig();
	char from[64];

	(void)state;
	snprintf(from, sizeof(from), ":%u", h.port);
	fill_in(&h);
	assert_int_equal(dial_from(where(l), from)->t.state, LINK_OPEN);
	e = dial_from(where(l), from);
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_IO);
	has(e->why.text, where(l));
	has(e->why.text,
	    ": local port already connected to this target; try 'ss");
}

static void dial_from_loopback_is_unreachable(void **state)
{
	struct end *e = dial_from("udp://192.0.2.1:9", "udp://127.0.0.1:0");

	(void)state;
	assert_int_equal(e->t.state, LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_UNREACHABLE);
	has(e->why.text, "udp://192.0.2.1:9: ");
}

static void dial_long_name_is_shortened(void **state)
{
	char host[256], text[300];
	struct end *e;

	(void)state;
	/* The host name has the maximum length; no name server knows it. */
	memset(host, 'a', 255);
	host[255] = '\0';
	for (int i = 60; i < 250; i += 60)
		host[i] = '.';
	snprintf(text, sizeof(text), "%s:80", host);
	e = dial(text);
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->why.kind, ERR_DNS);
	has(e->why.text, "...: ");
}

static void dial_many_at_once(void **state)
{
	struct end *l = listen_on(":0"), *all[60];

	(void)state;
	for (int i = 0; i < 60; i++)
		all[i] = dial(where(l));
	until(l->kid_count == 60);
	for (int i = 0; i < 60; i++)
		until(all[i]->t.state == LINK_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(dial_refused_lists_the_addresses_tried),
	    TEST(dial_refused_names_an_address_once),
	    TEST(dial_uses_the_family_that_answers),
	    TEST(dial_name_is_resolved_first),
	    TEST(dial_slow_address_loses_the_race),
	    TEST(dial_closed_while_connecting_is_quiet),
	    TEST(dial_sends_what_was_queued_before),
	    TEST(dial_end_without_data_waits_until_open),
	    TEST(dial_unknown_name_is_reported),
	    TEST(dial_rejects_addresses_for_listening),
	    TEST(dial_binds_the_given_address),
	    TEST(dial_binds_a_port_in_either_family),
	    TEST(dial_names_a_local_address_that_cannot_bind),
	    TEST(dial_from_the_same_port_twice_is_reported),
	    TEST(dial_from_loopback_is_unreachable),
	    TEST(dial_long_name_is_shortened),
	    TEST(dial_many_at_once),
	};

	RUN_OVER_ENGINES(tests);
}
