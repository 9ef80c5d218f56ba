/* SPDX-License-Identifier: ISC */
/*
 * Tests socket options: sets each on sockets of both families, of clients and
 * of listeners, and reads it back with getsockopt(2).
 */
#include "tests/lib/links.h"

#include "rung/sockopt.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A field of struct socket_options, and its socket option. */
struct wanted {
	struct socket_options tune;
	int value;
	int level, name;   /* socket option of IPv4 */
	int level6, name6; /* socket option of IPv6 */
};

static const struct wanted all[] = {
    {{.broadcast = true},
     1,
     SOL_SOCKET,
     SO_BROADCAST,
     SOL_SOCKET,
     SO_BROADCAST},
    {{.debug = true}, 1, SOL_SOCKET, SO_DEBUG, SOL_SOCKET, SO_DEBUG},
    {{.receive = 12000}, 12000, SOL_SOCKET, SO_RCVBUF, SOL_SOCKET, SO_RCVBUF},
    {{.send = 14000}, 14000, SOL_SOCKET, SO_SNDBUF, SOL_SOCKET, SO_SNDBUF},
    {{.has_service = true, .service = 0x48},
     0x48,
     IPPROTO_IP,
     IP_TOS,
     IPPROTO_IPV6,
     IPV6_TCLASS},
    {{.ttl = 7}, 7, IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {{.least_ttl = 9},
     9,
     IPPROTO_IP,
     IP_MINTTL,
     IPPROTO_IPV6,
     IPV6_MINHOPCOUNT},
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

static int read_back(int fd, int family, const struct wanted *w)
{
	bool six = family == AF_INET6;
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, six ? w->level6 : w->level,
				    six ? w->name6 : w->name, &value, &len),
			 0);
	return value;
}

static int socket_of(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	return fd;
}

/* Sets the option directly. Result: the value that the kernel returns, which
 * may differ because Linux doubles buffer sizes. *code: 0, or the errno. */
static int as_kernel_has_it(int family, const struct wanted *w, int *code)
{
	bool six = family == AF_INET6;
	int fd = socket_of(family), value;

	*code = setsockopt(fd, six ? w->level6 : w->level,
			   six ? w->name6 : w->name, &w->value,
			   sizeof(w->value)) == 0
		    ? 0
		    : errno;
	value = read_back(fd, family, w);
	close(fd);
	return value;
}

static void options_are_set_one_by_one(void **state)
{
	static const int families[] = {AF_INET, AF_INET6};

	(void)state;
	for (unsigned f = 0; f < 2; f++) {
		for (unsigned i = 0; i < ALL; i++) {
			int fd = socket_of(families[f]), code;
			int fresh = socket_of(families[f]);
			int value = as_kernel_has_it(families[f], &all[i],
						     &code);

			/* SO_DEBUG needs a privilege. */
			assert_int_equal(
			    socket_options_apply(&all[i].tune, fd, families[f]),
			    code);
			for (unsigned k = 0; k < ALL; k++)
				assert_int_equal(
				    read_back(fd, families[f], &all[k]),
				    k == i ? value
					   : read_back(fresh, families[f],
						       &all[k]));
			assert_true(code ||
				    value !=
					read_back(fresh, families[f], &all[i]));
			close(fd);
			close(fresh);
		}
	}
}

static void options_accept_a_service_of_zero(void **state)
{
	const struct socket_options t = {.has_service = true, .service = 0};
	const struct wanted *service = &all[4];
	int fd = socket_of(AF_INET), before = 0x48;

	(void)state;
	assert_int_equal(
	    setsockopt(fd, IPPROTO_IP, IP_TOS, &before, sizeof(before)), 0);
	assert_int_equal(socket_options_apply(&t, fd, AF_INET), 0);
	assert_int_equal(read_back(fd, AF_INET, service), 0);
	close(fd);
}

static void options_report_errors_of_the_kernel(void **state)
{
	const struct socket_options t = {.ttl = 256};
	int fd = socket_of(AF_INET);

	(void)state;
	assert_int_equal(socket_options_apply(&t, fd, AF_INET), EINVAL);
	close(fd);
}

/* All options that need no privilege. */
static const struct socket_options everything = {.broadcast = true,
						 .receive = 12000,
						 .send = 14000,
						 .has_service = true,
						 .service = 0x48,
						 .ttl = 7,
						 .least_ttl = 9};

static void has_everything(const struct end *e, int family)
{
	for (unsigned i = 0; i < ALL; i++) {
		int code, value = as_kernel_has_it(family, &all[i], &code);

		if (!all[i].tune.debug)
			assert_int_equal(
			    read_back(e->t.watch.fd, family, &all[i]), value);
	}
}

static const struct {
	const char *listen;
	int family;
} places[] = {
    {"tcp4://127.0.0.1:0", AF_INET},
    {"tcp6://[::1]:0", AF_INET6},
    {"udp4://127.0.0.1:0", AF_INET},
    {"udp6://[::1]:0", AF_INET6},
};

static void options_apply_to_the_listeners_socket(void **state)
{
	const struct listen_options o = {.socket_options = &everything};

	(void)state;
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct end *l = new_end();

		listen_as(l, places[i].listen, &o);
		has_everything(l, places[i].family);
	}
}

static void options_apply_to_the_clients_socket(void **state)
{
	const struct dial_options o = {.socket_options = &everything};

	(void)state;
	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct end *l = listen_on(places[i].listen), *e = new_end();
		struct endpoint to = at(where(l));
		struct err why;

		assert_int_equal(
		    transport_connect(&e->t, &net, &to, &o, &sink, &why), 0);
		until(e->t.state == LINK_OPEN);
		has_everything(e, places[i].family);
	}
}

static int tcp_option(const struct end *e, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(e->t.watch.fd, level, name, &value, &len),
			 0);
	return value;
}

/* Tests the options that rung sets on TCP sockets by default. */
static void tcp_sends_at_once_and_takes_over_a_port(void **state)
{
	struct end *l = listen_on("127.0.0.1:0"), *kid, *e = meet(l, &kid);

	(void)state;
	assert_true(tcp_option(e, IPPROTO_TCP, TCP_NODELAY));
	assert_true(tcp_option(kid, IPPROTO_TCP, TCP_NODELAY));
	assert_true(tcp_option(l, SOL_SOCKET, SO_REUSEADDR));
	assert_false(tcp_option(e, SOL_SOCKET, SO_REUSEADDR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(options_are_set_one_by_one),
	    TEST(options_accept_a_service_of_zero),
	    TEST(options_report_errors_of_the_kernel),
	    TEST(options_apply_to_the_listeners_socket),
	    TEST(options_apply_to_the_clients_socket),
	    TEST(tcp_sends_at_once_and_takes_over_a_port),
	};

	RUN_OVER_ENGINES(tests);
}
