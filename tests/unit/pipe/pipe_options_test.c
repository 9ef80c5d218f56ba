/* SPDX-License-Identifier: ISC */
/*
 * Tests of the command line of `rung pipe`: accepted and rejected arguments.
 */
#include "rung/clock.h"
#include "rung/pipe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define READ(o, e, ...) parse(o, e, (char *[]){"pipe", __VA_ARGS__, NULL})

static int parse(struct pipe_options *o, struct err *e, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	int status = pipe_read_options(&protocols_all, argc, argv, o, e);

	/* The tests do not look at the plans, which are empty. */
	rung_plan_unref(o->at_rungs);
	rung_plan_unref(o->to_rungs);
	return status;
}

/* Expects a usage error with `part` in its text. */
#define REJECTED(part, ...)                                      \
	do {                                                     \
		struct pipe_options o;                           \
		struct err e;                                    \
		assert_int_equal(READ(&o, &e, __VA_ARGS__), -1); \
		assert_int_equal(e.kind, ERR_USAGE);             \
		assert_non_null(strstr(e.text, part));           \
	} while (0)

static void one_address_is_a_client(void **state)
{
	struct pipe_options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, "localhost:80"), 0);
	assert_string_equal(o.at.host, "localhost");
	assert_string_equal(o.at.port, "80");
	assert_false(o.listens || o.keep_open || o.has_addr2 ||
		     o.has_quit_delay || o.crlf);
	assert_int_equal(o.open_timeout, 0);
	assert_null(o.log);
}

/* getopt(3) remembers its position within a group of letters; a new parse must
 * reset it. */
static void a_parse_after_an_error_starts_afresh(void **state)
{
	(void)state;
	REJECTED("unknown option -Z", "-Zlk", ":80");

	struct pipe_options o;
	struct err e;

	assert_int_equal(READ(&o, &e, ":80"), 0);
	assert_false(o.listens || o.keep_open);
}

static void a_proxy_applies_to_tcp(void **state)
{
	struct pipe_options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, ":1"), 0);
	assert_false(o.proxied);
	assert_int_equal(READ(&o, &e, "--proxy", "socks5://h", ":1"), 0);
	assert_true(o.proxied);
	assert_string_equal(o.proxy.at.host, "h");
	assert_int_equal(READ(&o, &e, "-l", "--proxy=http://h", ":1", ":2"), 0);
	assert_int_equal(READ(&o, &e, "--proxy=http://h", "unix://@x", ":2"),
			 0);
}

static void a_proxy_without_tcp_is_rejected(void **state)
{
	(void)state;
	REJECTED("needs a TCP address", "--proxy=http://h", "udp://:1");
	REJECTED("needs a TCP address", "--proxy=http://h", "-l", ":1");
	REJECTED("needs --proxy", "--proxy-auth", "f", ":1");
	REJECTED("write http://", "--proxy", "h:1", ":1");
	REJECTED("needs a value", "--proxy");
}

static void all_options_are_parsed(void **state)
{
	struct pipe_options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, "-lkN", "-m", "7", "-q", "250ms", "-w3",
			      "-x", "file", "-v", ":1", "unix://@x"),
			 0);
	assert_true(o.listens && o.keep_open && o.no_shutdown && o.verbose &&
		    o.has_addr2);
	assert_int_equal(o.max_peers, 7);
	assert_true(o.has_quit_delay);
	assert_int_equal(o.quit, 250 * NS_PER_MS);
	assert_int_equal(o.open_timeout, 3 * NS_PER_S);
	assert_int_equal(o.idle, 3 * NS_PER_S);
	assert_string_equal(o.log, "file");
	assert_string_equal(o.to.ops->scheme, "unix");
	assert_int_equal(READ(&o, &e, "-C", "-i", "0.5", "-q0", ":1"), 0);
	assert_true(o.crlf && o.has_quit_delay);
	assert_int_equal(o.line_pause, 500 * NS_PER_MS);
	assert_int_equal(o.quit, 0);
}

static void many_peers_can_share_standard_input(void **state)
{
	struct pipe_options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, "-lk", "-m2", ":1"), 0);
	assert_int_equal(o.max_peers, 2);
	assert_false(o.has_addr2);
}

static void host_and_port_can_be_two_words(void **state)
{
	struct pipe_options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, "localhost", "80"), 0);
	assert_string_equal(o.at.port, "80");
	assert_false(o.has_addr2);
	assert_int_equal(READ(&o, &e, "::1", "http", "udp://h", "53"), 0);
	assert_string_equal(o.at.host, "::1");
	assert_string_equal(o.at.port, "http");
	assert_string_equal(o.to.port, "53");
	assert_true(o.has_addr2);
	assert_int_equal(READ(&o, &e, "localhost", "80", ":81"), 0);
	assert_string_equal(o.to.port, "81");
}

static void usage_errors_are_reported(void **state)
{
	(void)state;
	REJECTED("missing address:", "-k");
	REJECTED("to listen on", "-l");
	REJECTED("write :80", "80");
	REJECTED("at most two addresses", ":1", ":2", ":3");
	REJECTED("unknown option -Z", "-Z", ":1");
	REJECTED("-u; for UDP write udp://HOST:PORT", "-u", "a", "1");
	REJECTED("-U; for a Unix socket write unix://PATH", "-lU", "x");
	REJECTED("-p; write the port in the address", "-p", "1", "a");
	REJECTED("--zero: unknown option", "--zero", ":1");
	REJECTED("--help=x: unknown option, or takes no", "--help=x", ":1");
	REJECTED("-v: write options before", ":1", "-v");
	REJECTED("-v: write options before", "localhost", "80", "-v");
	REJECTED("-l: write options before", ":1", "exec:ls", "-l");
	REJECTED("port is missing", "localhost", "-v");
	REJECTED("-w needs a value", "-w");
	REJECTED("-q:", "-q", "soon", ":1");
	REJECTED("-m:", "-l", "-k", "-m", "x", ":1", ":2");
	REJECTED("1 to 100000", "-l", "-k", "-m", "0", ":1", ":2");
	REJECTED("-l -k", "-m", "2", ":1", ":2");
	REJECTED("-C applies to", "-C", ":1", ":2");
	REJECTED("-i applies to", "-i", "1", ":1", ":2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_address_is_a_client),
	    cmocka_unit_test(a_proxy_applies_to_tcp),
	    cmocka_unit_test(a_parse_after_an_error_starts_afresh),
	    cmocka_unit_test(a_proxy_without_tcp_is_rejected),
	    cmocka_unit_test(all_options_are_parsed),
	    cmocka_unit_test(many_peers_can_share_standard_input),
	    cmocka_unit_test(host_and_port_can_be_two_words),
	    cmocka_unit_test(usage_errors_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
