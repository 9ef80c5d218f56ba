/* SPDX-License-Identifier: ISC */
/*
 * Tests of the nc and ncat command lines: the effect of each option, clusters
 * and long names, and the error messages of each program.
 */
#include "rung/clock.h"
#include "rung/nc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NC(...)   parse(NC_OPENBSD, (char *[]){"nc", __VA_ARGS__, NULL})
#define NCAT(...) parse(NC_NCAT, (char *[]){"ncat", __VA_ARGS__, NULL})

static struct nc_options o;
static struct err e;

static int parse(enum nc_dialect dialect, char **argv)
{
	char *copy[32];
	int argc = 0;

	nc_fini(&o);
	/* getopt(3) reorders the arguments. */
	while (argv[argc]) {
		copy[argc] = argv[argc];
		argc++;
	}
	copy[argc] = NULL;
	return nc_parse(dialect, argc, copy, &o, &e);
}

static int cleanup(void **state)
{
	(void)state;
	nc_fini(&o);
	return 0;
}

/* Expects an error whose text begins with `text`. */
static void rejected(int bad, const char *text)
{
	assert_int_equal(bad, -1);
	if (strncmp(e.text, text, strlen(text)) != 0)
		fail_msg("'%s' does not begin with '%s'", e.text, text);
}

static void a_client_has_a_host_and_ports(void **state)
{
	(void)state;
	assert_int_equal(NC("h", "80", "20-22", "5-4", "http"), 0);
	assert_string_equal(o.host, "h");
	assert_int_equal(o.ports_count, 7);
	assert_int_equal(o.ports[0], 80);
	assert_int_equal(o.ports[1], 20);
	assert_int_equal(o.ports[3], 22);
	assert_int_equal(o.ports[4], 4);
	assert_int_equal(o.ports[6], 80);
	assert_string_equal(o.pipe.at.port, "80");
	assert_string_equal(o.pipe.at.ops->scheme, "tcp");
	assert_int_equal(NCAT("h"), 0);
	assert_string_equal(o.pipe.at.port, "31337");
	assert_int_equal(NCAT("::1", "7"), 0);
	assert_string_equal(o.pipe.at.host, "::1");
	assert_int_equal(o.ports[0], 7);
}

static void families_and_kinds_become_schemes(void **state)
{
	static const struct {
		const char *option, *scheme;
	} all[] = {{"-4", "tcp4"},
		   {"-6", "tcp6"},
		   {"-u", "udp"},
		   {"-u4", "udp4"},
		   {"-6u", "udp6"}};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		assert_int_equal(NC((char *)all[i].option, "h", "1"), 0);
		assert_string_equal(o.pipe.at.ops->scheme, all[i].scheme);
		assert_int_equal(NCAT((char *)all[i].option, "h", "1"), 0);
		assert_string_equal(o.pipe.at.ops->scheme, all[i].scheme);
	}
	assert_int_equal(NC("-U", "/path"), 0);
	assert_string_equal(o.pipe.at.ops->scheme, "unix");
	assert_string_equal(o.pipe.at.path, "/path");
	assert_int_equal(NC("-uU", "./p"), 0);
	assert_string_equal(o.pipe.at.ops->scheme, "unix-dgram");
	assert_int_equal(NC("-lU", "@name"), 0);
	assert_int_equal(o.pipe.at.path[0], '\0');
	assert_int_equal(NCAT("--unixsock", "--udp", "p"), 0);
	assert_string_equal(o.pipe.at.ops->scheme, "unix-dgram");
}

static void listen_addresses_are_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("-l", "80"), 0);
	assert_true(o.pipe.listens && o.pipe.at.any && !o.pipe.keep_open);
	assert_string_equal(o.pipe.at.ops->scheme, "tcp4");
	assert_int_equal(NC("-6lk", "80"), 0);
	assert_true(o.pipe.at.any && o.pipe.keep_open);
	assert_string_equal(o.pipe.at.ops->scheme, "tcp6");
	assert_int_equal(o.pipe.max_peers, 0);
	assert_int_equal(NC("-lp", "80"), 0);
	assert_string_equal(o.pipe.at.port, "80");
	assert_int_equal(NC("-l", "-s", "127.0.0.1", "-p", "81"), 0);
	assert_string_equal(o.pipe.at.host, "127.0.0.1");
	assert_string_equal(o.pipe.at.port, "81");
	assert_int_equal(NC("-l", "::1", "82"), 0);
	assert_string_equal(o.pipe.at.host, "::1");
	assert_int_equal(NC("-l", "-p", "83", "127.0.0.2"), 0);
	assert_string_equal(o.pipe.at.host, "127.0.0.2");

	assert_int_equal(NCAT("-l"), 0);
	assert_true(o.pipe.at.any);
	assert_string_equal(o.pipe.at.ops->scheme, "tcp");
	assert_string_equal(o.pipe.at.port, "31337");
	assert_int_equal(NCAT("-l", "80"), 0);
	assert_string_equal(o.pipe.at.port, "80");
	assert_int_equal(NCAT("-l", "localhost"), 0);
	assert_string_equal(o.pipe.at.host, "localhost");
	assert_int_equal(NCAT("--listen", "-p", "81", "127.0.0.1"), 0);
	assert_string_equal(o.pipe.at.port, "81");
	assert_int_equal(NCAT("-lk", "1"), 0);
	assert_int_equal(o.pipe.max_peers, 100);
	assert_true(o.pipe.reject_extra && o.pipe.keep_open);
	assert_int_equal(NCAT("-lkm7", "1"), 0);
	assert_int_equal(o.pipe.max_peers, 7);
}

/* At the end of input ncat shuts down its sending side, nc does not. */
static void end_of_input_is_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("h", "1"), 0);
	assert_true(o.pipe.no_shutdown && !o.pipe.has_quit_delay);
	assert_int_equal(NC("-N", "h", "1"), 0);
	assert_false(o.pipe.no_shutdown || o.pipe.has_quit_delay);
	assert_int_equal(NC("-q", "3", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && !o.pipe.no_shutdown);
	assert_int_equal(o.pipe.quit, 3 * NS_PER_S);
	assert_int_equal(NC("-q0", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && !o.pipe.quit);
	assert_int_equal(NC("-q", "-1", "h", "1"), 0);
	assert_true(o.pipe.no_shutdown && !o.pipe.has_quit_delay);
	assert_int_equal(NCAT("h", "1"), 0);
	assert_false(o.pipe.no_shutdown || o.pipe.has_quit_delay ||
		     o.pipe.no_stdin);
	/* Since ncat 7.96, a client without -k exits when its peer closes. */
	assert_false(o.pipe.keep_open);
	assert_int_equal(NCAT("-k", "h", "1"), 0);
	assert_true(o.pipe.keep_open && !o.pipe.listens && !o.pipe.max_peers);
	assert_int_equal(NCAT("-q", "3", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && !o.pipe.no_shutdown);
	assert_int_equal(o.pipe.quit, 3 * NS_PER_S);
	assert_int_equal(NCAT("-q0", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && !o.pipe.quit);
	assert_int_equal(NCAT("-q", "20ms", "--send-only", "h", "1"), 0);
	assert_int_equal(o.pipe.quit, 20 * NS_PER_MS);
	assert_int_equal(NCAT("-q", "-1", "h", "1"), 0);
	assert_false(o.pipe.has_quit_delay);
	rejected(NCAT("-q", "x", "h", "1"), "Ncat: Invalid -q time \"x\"");
	rejected(NCAT("-q", "-x", "h", "1"), "Ncat: Invalid -q time \"-x\"");
	rejected(NCAT("-ku", "h", "1"), "Ncat: UDP mode does not support");
	assert_int_equal(NCAT("--no-shutdown", "h", "1"), 0);
	assert_true(o.pipe.no_shutdown);
	assert_int_equal(NCAT("-u", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && !o.pipe.quit);
	assert_int_equal(NCAT("--send-only", "h", "1"), 0);
	assert_true(o.pipe.discard_received && o.pipe.has_quit_delay);
	assert_int_equal(NCAT("--recv-only", "h", "1"), 0);
	assert_true(o.pipe.no_stdin && !o.pipe.keep_open);
	assert_int_equal(NC("-d", "h", "1"), 0);
	assert_true(o.pipe.no_stdin);
	assert_int_equal(NC("h", "1", "2"), 0);
	assert_false(o.pipe.keep_open);
}

static void timeouts_are_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("-w5", "-i", "2", "h", "1"), 0);
	assert_int_equal(o.pipe.open_timeout, 5 * NS_PER_S);
	assert_int_equal(o.pipe.idle, 5 * NS_PER_S);
	assert_true(o.pipe.idle_is_ok);
	assert_int_equal(o.pipe.line_pause, 2 * NS_PER_S);
	assert_int_equal(o.pause, 2 * NS_PER_S);
	/* With -l, -w has no effect; -w0 exits once all data is sent. */
	assert_int_equal(NC("-l", "-w", "5", "1"), 0);
	assert_int_equal(o.pipe.idle, 0);
	assert_int_equal(NC("-uw0", "h", "1"), 0);
	assert_true(o.pipe.has_quit_delay && o.pipe.no_shutdown &&
		    !o.pipe.idle);
	assert_int_equal(NCAT("-w", "500ms", "-i", "1m", "-d", "2", "h"), 0);
	assert_int_equal(o.pipe.open_timeout, 500 * NS_PER_MS);
	assert_int_equal(o.pipe.idle, 60 * NS_PER_S);
	assert_int_equal(o.pipe.line_pause, 2 * NS_PER_S);
	assert_false(o.pipe.idle_is_ok);
	assert_int_equal(NCAT("--wait=3s", "--idle-timeout", "4", "h"), 0);
	assert_int_equal(o.pipe.open_timeout, 3 * NS_PER_S);
	assert_int_equal(o.pipe.idle, 4 * NS_PER_S);
}

static void other_options_are_stored(void **state)
{
	(void)state;
	assert_int_equal(
	    NC("-zvvCnr", "-p", "7", "-s", "127.0.0.1", "127.0.0.1", "1-9"), 0);
	assert_true(o.scans && o.numeric && o.random && o.pipe.crlf);
	assert_int_equal(o.verbose, 2);
	assert_int_equal(o.ports_count, 9);
	assert_string_equal(o.source.host, "127.0.0.1");
	assert_string_equal(o.source.port, "7");
	assert_int_equal(NCAT("-x", "hex", "-o", "text", "--append-output",
			      "--crlf", "-z", "-n", "127.0.0.1"),
			 0);
	assert_string_equal(o.pipe.log, "hex");
	assert_string_equal(o.pipe.transcript, "text");
	assert_true(o.pipe.appends && o.pipe.crlf && o.scans && o.numeric);
	assert_int_equal(NC("-h"), 0);
	assert_true(o.help);
	assert_int_equal(NCAT("--help"), 0);
	assert_true(o.help);
	assert_int_equal(NCAT("--version"), 0);
	assert_true(o.version);
}

/* -x is the proxy in nc and a log file in ncat. */
static void proxies_are_as_in_the_original(void **state)
{
	(void)state;
	unsetenv("RUNG_PROXY_PASSWORD");
	unsetenv("NCAT_PROXY_AUTH");
	assert_int_equal(NC("-x", "p", "h", "1"), 0);
	assert_true(o.pipe.proxied);
	assert_int_equal(o.pipe.proxy.kind, PROXY_SOCKS5);
	assert_string_equal(o.pipe.proxy.at.host, "p");
	assert_string_equal(o.pipe.proxy.at.port, "1080");
	assert_int_equal(
	    NC("-X", "connect", "-x", "p:81", "-P", "me", "h", "1"), 0);
	assert_int_equal(o.pipe.proxy.kind, PROXY_HTTP);
	assert_string_equal(o.pipe.proxy.at.port, "81");
	assert_string_equal(o.pipe.proxy.user, "me");
	assert_int_equal(NC("-Xconnect", "-x", "[::1]", "h", "1"), 0);
	assert_string_equal(o.pipe.proxy.at.host, "::1");
	assert_string_equal(o.pipe.proxy.at.port, "3128");
	assert_int_equal(NC("-X4", "-x", "p", "h", "1"), 0);
	assert_int_equal(o.pipe.proxy.kind, PROXY_SOCKS4);
	assert_int_equal(NCAT("--proxy", "p", "h", "1"), 0);
	assert_int_equal(o.pipe.proxy.kind, PROXY_HTTP);
	assert_string_equal(o.pipe.proxy.at.port, "3128");
	assert_int_equal(NCAT("--proxy", "p:9", "--proxy-type", "socks5",
			      "--proxy-auth", "me:secret:2", "h", "1"),
			 0);
	assert_int_equal(o.pipe.proxy.kind, PROXY_SOCKS5);
	assert_string_equal(o.pipe.proxy.user, "me");
	assert_string_equal(o.pipe.proxy.password, "secret:2");
	setenv("NCAT_PROXY_AUTH", "you:word", 1);
	assert_int_equal(NCAT("--proxy", "p", "--proxy-type", "socks4", "h"),
			 -1);
	assert_int_equal(NCAT("--proxy", "p", "h"), 0);
	assert_string_equal(o.pipe.proxy.user, "you");
	unsetenv("NCAT_PROXY_AUTH");
	/* The proxy resolves the target's name; -4, -6 and -n apply to the
	 * proxy's address. */
	assert_int_equal(NC("-4", "-x", "p", "h", "1"), 0);
	assert_string_equal(o.pipe.at.ops->scheme, "tcp");
	assert_string_equal(o.pipe.proxy.at.ops->scheme, "tcp4");
	assert_int_equal(NC("-n", "-x", "127.0.0.1", "localhost", "1"), 0);
	assert_int_equal(NCAT("-6", "-n", "--proxy", "[::1]:9", "h"), 0);
	assert_string_equal(o.pipe.proxy.at.ops->scheme, "tcp6");
	rejected(NC("-n", "-x", "localhost", "h", "1"),
		 "nc: getaddrinfo for host \"localhost\"");
	rejected(NCAT("--proxy", "p", "--proxy-dns", "none", "h"),
		 "Ncat: Could not resolve hostname \"h\"");
	/* An empty host does not mean this machine. */
	rejected(NCAT("--proxy", "", "h"),
		 "Ncat: Could not resolve hostname \"\"");
	rejected(NC("-x", ":1080", "h", "1"),
		 "nc: getaddrinfo for host \":1080\"");
	rejected(NC("-X", "9", "h", "1"), "nc: unsupported proxy protocol");
	rejected(NCAT("--proxy", "p", "--proxy-type", "x", "h"),
		 "Ncat: Invalid proxy type");
	rejected(NCAT("--proxy-type", "socks5", "h"),
		 "Ncat: Proxy type (--proxy-type) specified without proxy "
		 "address (--proxy). QUITTING.");
	rejected(NCAT("--proxy-dns", "both", "h"), "Ncat: --proxy-dns both");
}

static void socket_options_are_set(void **state)
{
	static const struct {
		const char *word;
		int value;
	} services[] = {
	    {"lowdelay", 0x10}, {"ef", 0xb8},   {"cs3", 0x60}, {"af11", 0x28},
	    {"AF43", 0x98},     {"0x22", 0x22}, {"7", 7}};
	struct socket_options *t = &o.pipe.socket_options;

	(void)state;
	assert_int_equal(NC("-bD", "-M", "9", "-m", "8", "-I", "4096", "-O",
			    "8192", "h", "1"),
			 0);
	assert_true(t->broadcast && t->debug && !t->has_service);
	assert_int_equal(t->ttl, 9);
	assert_int_equal(t->least_ttl, 8);
	assert_int_equal(t->receive, 4096);
	assert_int_equal(t->send, 8192);
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		assert_int_equal(NC("-T", (char *)services[i].word, "h", "1"),
				 0);
		assert_true(t->has_service);
		assert_int_equal(t->service, services[i].value);
	}
	rejected(NC("-T", "af14", "h", "1"), "nc: illegal tos value af14");
	rejected(NC("-T", "256", "h", "1"), "nc: illegal tos value 256");
	rejected(NC("-M", "256", "h", "1"), "nc: ttl invalid: 256");
	rejected(NC("-I", "x", "h", "1"), "nc: TCP receive window invalid: x");
}

static void commands_are_quoted_for_sh(void **state)
{
	struct bytes command;

	(void)state;
	assert_int_equal(NCAT("-l", "-c", "cat; echo $X", "1"), 0);
	command = o.pipe.to.command;
	assert_true(o.pipe.has_addr2);
	assert_true(bytes_is(command, "cat; echo $X"));
	assert_int_equal(NCAT("-e", "/bin/echo  it's \"a\\ b $X *", "h"), 0);
	command = o.pipe.to.command;
	assert_true(
	    bytes_is(command, "exec '/bin/echo' 'it'\\''s' '\"a b' '$X' '*'"));
	assert_int_equal(o.ports[0], 31337);
	/* Options for standard input and output do not apply to a command. */
	assert_int_equal(NCAT("--send-only", "-c", "date", "h"), 0);
	assert_false(o.pipe.discard_received || o.pipe.has_quit_delay);
	assert_int_equal(NCAT("--recv-only", "-d2s", "-c", "date", "h"), 0);
	assert_false(o.pipe.no_stdin);
	assert_int_equal(o.pipe.line_pause, 2 * NS_PER_S);
	assert_int_equal(NCAT("-C", "-c", "date", "h"), 0);
	assert_true(o.pipe.crlf && o.pipe.has_addr2);
	assert_int_equal(NCAT("-c", "date", "--proxy", "p", "--proxy-type",
			      "socks5", "--proxy-auth", "bob:a:b", "::1"),
			 0);
	assert_true(o.pipe.proxied && o.pipe.has_addr2);
	assert_string_equal(o.pipe.proxy.password, "a:b");
	assert_string_equal(o.pipe.at.host, "::1");
	rejected(NCAT("-l", "-e", "a", "-c", "b"), "Ncat: Only one of --exec");
	rejected(NCAT("-l", "-e", " "), "Ncat: exec: the command is missing");
	rejected(NCAT("-z", "-c", "b", "h"),
		 "Ncat: cannot use -e or -c with -z");
}

static void letters_can_be_joined_and_names_abbreviated(void **state)
{
	(void)state;
	assert_int_equal(NC("-zvw3", "h", "1", "-4"), 0);
	assert_true(o.scans && o.verbose);
	assert_int_equal(o.pipe.open_timeout, 3 * NS_PER_S);
	assert_string_equal(o.pipe.at.ops->scheme, "tcp4");
	assert_int_equal(NCAT("--lis", "--keep", "--max=4", "1"), 0);
	assert_true(o.pipe.listens && o.pipe.keep_open);
	assert_int_equal(o.pipe.max_peers, 4);
	assert_int_equal(NC("-v", "--", "h", "1"), 0);
	rejected(NC("-v", "--", "-z", "h"), "nc: port number invalid: h");
}

static void errors_are_worded_as_in_the_original(void **state)
{
	(void)state;
	rejected(NC("-Y"), "nc: invalid option -- 'Y'");
	rejected(NC("-w"), "nc: option requires an argument -- 'w'");
	rejected(NC("-w", "x", "h", "1"), "nc: timeout invalid: x");
	rejected(NC("-q", "x", "h", "1"), "nc: quit timer invalid: x");
	rejected(NC("-i", "x", "h", "1"), "nc: interval invalid: x");
	rejected(NC("h"), "nc: missing port number");
	rejected(NC("-k", "h", "1"), "nc: must use -l with -k");
	rejected(NC("-lz", "1"), "nc: cannot use -z and -l");
	rejected(NC("-l", "1-3"), "nc: cannot use -l with more than one port");
	rejected(NC("-l", "1", "2", "3"),
		 "nc: cannot use -l with more than one port");
	rejected(NC("h", "70000"), "nc: port number too large: 70000");
	rejected(NC("h", "0"), "nc: port number too small: 0");
	rejected(NC("h", "80-x"), "nc: port number invalid: x");
	rejected(NC("-n", "localhost", "1"), "nc: getaddrinfo for host");
	rejected(NC("-n", "-s", "localhost", "::1", "1"),
		 "nc: getaddrinfo for host \"localhost\"");
	/* An empty host, as from an unset variable, does not mean this machine.
	 */
	rejected(NC("", "1"), "nc: getaddrinfo for host \"\": Name or");
	rejected(NC("-l", "", "1"), "nc: getaddrinfo for host \"\": Name or");
	rejected(NCAT("", "1"), "Ncat: Could not resolve hostname \"\": Name");
	rejected(NCAT("-l", "", "1"), "Ncat: Could not resolve hostname \"\"");
	rejected(NC("-s", "nohost.invalid", "h", "1"), "nc: getaddrinfo: ");
	rejected(NCAT("-s", "nohost.invalid", "h", "1"),
		 "Ncat: Could not resolve source address \"nohost.invalid\": ");
	rejected(NC("-U", "p", "1"), "nc: cannot use port with -U");
	rejected(NC("-x", "p", "-u", "h", "1"),
		 "nc: no proxy support for UDP mode");
	rejected(NCAT("-Y"), "Ncat: invalid option -- 'Y'");
	rejected(NCAT("--sou"), "Ncat: option '--sou' is unknown, ambiguous");
	rejected(NCAT("--wait"), "Ncat: option '--wait' requires an argument");
	rejected(NCAT("-w", "0", "h"), "Ncat: Invalid -w timeout \"0\"");
	rejected(NCAT("-w", "1x", "h"), "Ncat: Invalid -w timeout \"1x\"");
	rejected(NCAT("h", "1-2"), "Ncat: Invalid port number \"1-2\"");
	rejected(NCAT("h", "1", "2"), "Ncat: Got more than one port");
	rejected(NCAT("-v", "-4"), "Ncat: You must specify a host");
	rejected(NCAT("-m", "3", "h"),
		 "Ncat: Invalid option combination: `--max-conns'");
	rejected(NCAT("--deny", "::1", "h"),
		 "Ncat: Invalid option combination: allow/deny");
	rejected(NCAT("-lku", "1"), "Ncat: UDP mode does not support the -k");
	assert_int_equal(NCAT("-lku", "-c", "cat", "1"), 0);
	rejected(NCAT("-lkm", "0", "1"), "Ncat: --max-conns invalid: 0");
}

/* Tests that the error for an unsupported option suggests an alternative. */
static void absent_options_name_an_alternative(void **state)
{
	(void)state;
	for (int d = 0; d < NC_DIALECTS; d++) {
		const struct nc_option *row = nc_tables[d];

		for (; row->brief; row++) {
			char word[64], *argv[] = {(char *)nc_names[d],
						  word,
						  "value",
						  "h",
						  "1",
						  NULL};

			if (!row->absent)
				continue;
			if (row->name)
				snprintf(word, sizeof(word), "--%s", row->name);
			else
				snprintf(word, sizeof(word), "-%c",
					 row->letter);
			assert_int_equal(parse((enum nc_dialect)d, argv), -1);
			assert_non_null(strstr(e.text, row->brief));
		}
	}
	rejected(NC("-F", "h", "1"), "nc: -F ");
	rejected(NC("-e", "sh", "h", "1"),
		 "nc: -e is not in OpenBSD nc; use 'rung ncat");
	rejected(NCAT("--ssl", "h"), "Ncat: --ssl ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_has_a_host_and_ports),
	    cmocka_unit_test(families_and_kinds_become_schemes),
	    cmocka_unit_test(listen_addresses_are_as_in_the_original),
	    cmocka_unit_test(end_of_input_is_as_in_the_original),
	    cmocka_unit_test(timeouts_are_as_in_the_original),
	    cmocka_unit_test(other_options_are_stored),
	    cmocka_unit_test(proxies_are_as_in_the_original),
	    cmocka_unit_test(socket_options_are_set),
	    cmocka_unit_test(commands_are_quoted_for_sh),
	    cmocka_unit_test(letters_can_be_joined_and_names_abbreviated),
	    cmocka_unit_test(errors_are_worded_as_in_the_original),
	    cmocka_unit_test(absent_options_name_an_alternative),
	};

	return cmocka_run_group_tests(tests, NULL, cleanup);
}
