/* SPDX-License-Identifier: ISC */
/*
 * Tests of the nc and ncat command lines: the effect of each option, clusters
 * and long names, and the error messages of each program.
 */
#include "rung/clock.h"
#include "tests/lib/nc_lines.h"

#include <stdio.h>

static void a_client_has_a_host_and_ports(void **state)
{
	(void)state;
	assert_int_equal(NC("h", "80", "20-22", "5-4", "http"), 0);
	assert_string_equal(parsed.host, "h");
	assert_int_equal(parsed.ports_count, 7);
	assert_int_equal(parsed.ports[0], 80);
	assert_int_equal(parsed.ports[1], 20);
	assert_int_equal(parsed.ports[3], 22);
	assert_int_equal(parsed.ports[4], 4);
	assert_int_equal(parsed.ports[6], 80);
	assert_string_equal(parsed.pipe.at.port, "80");
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp");
	assert_int_equal(NCAT("h"), 0);
	assert_string_equal(parsed.pipe.at.port, "31337");
	assert_int_equal(NCAT("::1", "7"), 0);
	assert_string_equal(parsed.pipe.at.host, "::1");
	assert_int_equal(parsed.ports[0], 7);
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
		assert_string_equal(parsed.pipe.at.ops->scheme, all[i].scheme);
		assert_int_equal(NCAT((char *)all[i].option, "h", "1"), 0);
		assert_string_equal(parsed.pipe.at.ops->scheme, all[i].scheme);
	}
	assert_int_equal(NC("-U", "/path"), 0);
	assert_string_equal(parsed.pipe.at.ops->scheme, "unix");
	assert_string_equal(parsed.pipe.at.path, "/path");
	assert_int_equal(NC("-uU", "./p"), 0);
	assert_string_equal(parsed.pipe.at.ops->scheme, "unix-dgram");
	assert_int_equal(NC("-lU", "@name"), 0);
	assert_int_equal(parsed.pipe.at.path[0], '\0');
	assert_int_equal(NCAT("--unixsock", "--udp", "p"), 0);
	assert_string_equal(parsed.pipe.at.ops->scheme, "unix-dgram");
}

static void listen_addresses_are_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("-l", "80"), 0);
	assert_true(parsed.pipe.listens && parsed.pipe.at.any &&
		    !parsed.pipe.keep_open);
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp4");
	assert_int_equal(NC("-6lk", "80"), 0);
	assert_true(parsed.pipe.at.any && parsed.pipe.keep_open);
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp6");
	assert_int_equal(parsed.pipe.max_peers, 0);
	assert_int_equal(NC("-lp", "80"), 0);
	assert_string_equal(parsed.pipe.at.port, "80");
	assert_int_equal(NC("-l", "-s", "127.0.0.1", "-p", "81"), 0);
	assert_string_equal(parsed.pipe.at.host, "127.0.0.1");
	assert_string_equal(parsed.pipe.at.port, "81");
	assert_int_equal(NC("-l", "::1", "82"), 0);
	assert_string_equal(parsed.pipe.at.host, "::1");
	assert_int_equal(NC("-l", "-p", "83", "127.0.0.2"), 0);
	assert_string_equal(parsed.pipe.at.host, "127.0.0.2");

	assert_int_equal(NCAT("-l"), 0);
	assert_true(parsed.pipe.at.any);
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp");
	assert_string_equal(parsed.pipe.at.port, "31337");
	assert_int_equal(NCAT("-l", "80"), 0);
	assert_string_equal(parsed.pipe.at.port, "80");
	assert_int_equal(NCAT("-l", "localhost"), 0);
	assert_string_equal(parsed.pipe.at.host, "localhost");
	assert_int_equal(NCAT("--listen", "-p", "81", "127.0.0.1"), 0);
	assert_string_equal(parsed.pipe.at.port, "81");
	assert_int_equal(NCAT("-lk", "1"), 0);
	assert_int_equal(parsed.pipe.max_peers, 100);
	assert_true(parsed.pipe.reject_extra && parsed.pipe.keep_open);
	assert_int_equal(NCAT("-lkm7", "1"), 0);
	assert_int_equal(parsed.pipe.max_peers, 7);
}

/* At the end of input ncat shuts down its sending side, nc does not. */
static void end_of_input_is_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("h", "1"), 0);
	assert_true(parsed.pipe.no_shutdown && !parsed.pipe.has_quit_delay);
	assert_int_equal(NC("-N", "h", "1"), 0);
	assert_false(parsed.pipe.no_shutdown || parsed.pipe.has_quit_delay);
	assert_int_equal(NC("-q", "3", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && !parsed.pipe.no_shutdown);
	assert_int_equal(parsed.pipe.quit, 3 * NS_PER_S);
	assert_int_equal(NC("-q0", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && !parsed.pipe.quit);
	assert_int_equal(NC("-q", "-1", "h", "1"), 0);
	assert_true(parsed.pipe.no_shutdown && !parsed.pipe.has_quit_delay);
	assert_int_equal(NCAT("h", "1"), 0);
	assert_false(parsed.pipe.no_shutdown || parsed.pipe.has_quit_delay ||
		     parsed.pipe.no_stdin);
	/* Since ncat 7.96, a client without -k ends with its peer. */
	assert_false(parsed.pipe.keep_open);
	assert_int_equal(NCAT("-k", "h", "1"), 0);
	assert_true(parsed.pipe.keep_open && !parsed.pipe.listens &&
		    !parsed.pipe.max_peers);
	assert_int_equal(NCAT("-q", "3", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && !parsed.pipe.no_shutdown);
	assert_int_equal(parsed.pipe.quit, 3 * NS_PER_S);
	assert_int_equal(NCAT("-q0", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && !parsed.pipe.quit);
	assert_int_equal(NCAT("-q", "20ms", "--send-only", "h", "1"), 0);
	assert_int_equal(parsed.pipe.quit, 20 * NS_PER_MS);
	assert_int_equal(NCAT("-q", "-1", "h", "1"), 0);
	assert_false(parsed.pipe.has_quit_delay);
	nc_lines_rejected(NCAT("-q", "x", "h", "1"),
			  "Ncat: Invalid -q time \"x\"");
	nc_lines_rejected(NCAT("-q", "-x", "h", "1"),
			  "Ncat: Invalid -q time \"-x\"");
	nc_lines_rejected(NCAT("-ku", "h", "1"),
			  "Ncat: UDP mode does not support");
	assert_int_equal(NCAT("--no-shutdown", "h", "1"), 0);
	assert_true(parsed.pipe.no_shutdown);
	assert_int_equal(NCAT("-u", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && !parsed.pipe.quit);
	assert_int_equal(NCAT("--send-only", "h", "1"), 0);
	assert_true(parsed.pipe.discard_received && parsed.pipe.has_quit_delay);
	assert_int_equal(NCAT("--recv-only", "h", "1"), 0);
	assert_true(parsed.pipe.no_stdin && !parsed.pipe.keep_open);
	assert_int_equal(NC("-d", "h", "1"), 0);
	assert_true(parsed.pipe.no_stdin);
	assert_int_equal(NC("h", "1", "2"), 0);
	assert_false(parsed.pipe.keep_open);
}

static void timeouts_are_as_in_the_original(void **state)
{
	(void)state;
	assert_int_equal(NC("-w5", "-i", "2", "h", "1"), 0);
	assert_int_equal(parsed.pipe.open_timeout, 5 * NS_PER_S);
	assert_int_equal(parsed.pipe.idle, 5 * NS_PER_S);
	assert_true(parsed.pipe.idle_is_ok);
	assert_int_equal(parsed.pipe.line_pause, 2 * NS_PER_S);
	assert_int_equal(parsed.pause, 2 * NS_PER_S);
	/* -w has no effect with -l; with -w0, nc exits after all data is sent.
	 */
	assert_int_equal(NC("-l", "-w", "5", "1"), 0);
	assert_int_equal(parsed.pipe.idle, 0);
	assert_int_equal(NC("-uw0", "h", "1"), 0);
	assert_true(parsed.pipe.has_quit_delay && parsed.pipe.no_shutdown &&
		    !parsed.pipe.idle);
	assert_int_equal(NCAT("-w", "500ms", "-i", "1m", "-d", "2", "h"), 0);
	assert_int_equal(parsed.pipe.open_timeout, 500 * NS_PER_MS);
	assert_int_equal(parsed.pipe.idle, 60 * NS_PER_S);
	assert_int_equal(parsed.pipe.line_pause, 2 * NS_PER_S);
	assert_false(parsed.pipe.idle_is_ok);
	assert_int_equal(NCAT("--wait=3s", "--idle-timeout", "4", "h"), 0);
	assert_int_equal(parsed.pipe.open_timeout, 3 * NS_PER_S);
	assert_int_equal(parsed.pipe.idle, 4 * NS_PER_S);
}

static void other_options_are_stored(void **state)
{
	(void)state;
	assert_int_equal(
	    NC("-zvvCnr", "-p", "7", "-s", "127.0.0.1", "127.0.0.1", "1-9"), 0);
	assert_true(parsed.scans && parsed.numeric && parsed.random &&
		    parsed.pipe.crlf);
	assert_int_equal(parsed.verbose, 2);
	assert_int_equal(parsed.ports_count, 9);
	assert_string_equal(parsed.source.host, "127.0.0.1");
	assert_string_equal(parsed.source.port, "7");
	assert_int_equal(NCAT("-x", "hex", "-o", "text", "--append-output",
			      "--crlf", "-z", "-n", "127.0.0.1"),
			 0);
	assert_string_equal(parsed.pipe.log, "hex");
	assert_string_equal(parsed.pipe.transcript, "text");
	assert_true(parsed.pipe.appends && parsed.pipe.crlf && parsed.scans &&
		    parsed.numeric);
	assert_int_equal(NC("-h"), 0);
	assert_true(parsed.help);
	assert_int_equal(NCAT("--help"), 0);
	assert_true(parsed.help);
	assert_int_equal(NCAT("--version"), 0);
	assert_true(parsed.version);
}

/* -x is the proxy in nc and a log file in ncat. */
static void proxies_are_as_in_the_original(void **state)
{
	(void)state;
	unsetenv("RUNG_PROXY_PASSWORD");
	unsetenv("NCAT_PROXY_AUTH");
	assert_int_equal(NC("-x", "p", "h", "1"), 0);
	assert_true(parsed.pipe.proxied);
	assert_int_equal(parsed.pipe.proxy.kind, PROXY_SOCKS5);
	assert_string_equal(parsed.pipe.proxy.at.host, "p");
	assert_string_equal(parsed.pipe.proxy.at.port, "1080");
	assert_int_equal(
	    NC("-X", "connect", "-x", "p:81", "-P", "me", "h", "1"), 0);
	assert_int_equal(parsed.pipe.proxy.kind, PROXY_HTTP);
	assert_string_equal(parsed.pipe.proxy.at.port, "81");
	assert_string_equal(parsed.pipe.proxy.user, "me");
	assert_int_equal(NC("-Xconnect", "-x", "[::1]", "h", "1"), 0);
	assert_string_equal(parsed.pipe.proxy.at.host, "::1");
	assert_string_equal(parsed.pipe.proxy.at.port, "3128");
	assert_int_equal(NC("-X4", "-x", "p", "h", "1"), 0);
	assert_int_equal(parsed.pipe.proxy.kind, PROXY_SOCKS4);
	assert_int_equal(NCAT("--proxy", "p", "h", "1"), 0);
	assert_int_equal(parsed.pipe.proxy.kind, PROXY_HTTP);
	assert_string_equal(parsed.pipe.proxy.at.port, "3128");
	assert_int_equal(NCAT("--proxy", "p:9", "--proxy-type", "socks5",
			      "--proxy-auth", "me:secret:2", "h", "1"),
			 0);
	assert_int_equal(parsed.pipe.proxy.kind, PROXY_SOCKS5);
	assert_string_equal(parsed.pipe.proxy.user, "me");
	assert_string_equal(parsed.pipe.proxy.password, "secret:2");
	setenv("NCAT_PROXY_AUTH", "you:word", 1);
	assert_int_equal(NCAT("--proxy", "p", "--proxy-type", "socks4", "h"),
			 -1);
	assert_int_equal(NCAT("--proxy", "p", "h"), 0);
	assert_string_equal(parsed.pipe.proxy.user, "you");
	unsetenv("NCAT_PROXY_AUTH");
	/* The proxy resolves the target's name; -4, -6 and -n apply to the
	 * proxy's address. */
	assert_int_equal(NC("-4", "-x", "p", "h", "1"), 0);
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp");
	assert_string_equal(parsed.pipe.proxy.at.ops->scheme, "tcp4");
	assert_int_equal(NC("-n", "-x", "127.0.0.1", "localhost", "1"), 0);
	assert_int_equal(NCAT("-6", "-n", "--proxy", "[::1]:9", "h"), 0);
	assert_string_equal(parsed.pipe.proxy.at.ops->scheme, "tcp6");
	nc_lines_rejected(NC("-n", "-x", "localhost", "h", "1"),
			  "nc: getaddrinfo for host \"localhost\"");
	nc_lines_rejected(NCAT("--proxy", "p", "--proxy-dns", "none", "h"),
			  "Ncat: Could not resolve hostname \"h\"");
	/* An empty host does not mean this machine. */
	nc_lines_rejected(NCAT("--proxy", "", "h"),
			  "Ncat: Could not resolve hostname \"\"");
	nc_lines_rejected(NC("-x", ":1080", "h", "1"),
			  "nc: getaddrinfo for host \":1080\"");
	nc_lines_rejected(NC("-X", "9", "h", "1"),
			  "nc: unsupported proxy protocol");
	nc_lines_rejected(NCAT("--proxy", "p", "--proxy-type", "x", "h"),
			  "Ncat: Invalid proxy type");
	nc_lines_rejected(
	    NCAT("--proxy-type", "socks5", "h"),
	    "Ncat: Proxy type (--proxy-type) specified without proxy "
	    "address (--proxy). QUITTING.");
	nc_lines_rejected(NCAT("--proxy-dns", "both", "h"),
			  "Ncat: --proxy-dns both");
}

static void socket_options_are_set(void **state)
{
	static const struct {
		const char *word;
		int value;
	} services[] = {
	    {"lowdelay", 0x10}, {"ef", 0xb8},   {"cs3", 0x60}, {"af11", 0x28},
	    {"AF43", 0x98},     {"0x22", 0x22}, {"7", 7}};
	struct socket_options *t = &parsed.pipe.socket_options;

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
	nc_lines_rejected(NC("-T", "af14", "h", "1"),
			  "nc: illegal tos value af14");
	nc_lines_rejected(NC("-T", "256", "h", "1"),
			  "nc: illegal tos value 256");
	nc_lines_rejected(NC("-M", "256", "h", "1"), "nc: ttl invalid: 256");
	nc_lines_rejected(NC("-I", "x", "h", "1"),
			  "nc: TCP receive window invalid: x");
}

static void commands_are_quoted_for_sh(void **state)
{
	struct bytes command;

	(void)state;
	assert_int_equal(NCAT("-l", "-c", "cat; echo $X", "1"), 0);
	command = parsed.pipe.to.command;
	assert_true(parsed.pipe.has_addr2);
	assert_true(bytes_is(command, "cat; echo $X"));
	assert_int_equal(NCAT("-e", "/bin/echo  it's \"a\\ b $X *", "h"), 0);
	command = parsed.pipe.to.command;
	assert_true(
	    bytes_is(command, "exec '/bin/echo' 'it'\\''s' '\"a b' '$X' '*'"));
	assert_int_equal(parsed.ports[0], 31337);
	/* --send-only and --recv-only have no effect with -c. */
	assert_int_equal(NCAT("--send-only", "-c", "date", "h"), 0);
	assert_false(parsed.pipe.discard_received ||
		     parsed.pipe.has_quit_delay);
	assert_int_equal(NCAT("--recv-only", "-d2s", "-c", "date", "h"), 0);
	assert_false(parsed.pipe.no_stdin);
	assert_int_equal(parsed.pipe.line_pause, 2 * NS_PER_S);
	assert_int_equal(NCAT("-C", "-c", "date", "h"), 0);
	assert_true(parsed.pipe.crlf && parsed.pipe.has_addr2);
	assert_int_equal(NCAT("-c", "date", "--proxy", "p", "--proxy-type",
			      "socks5", "--proxy-auth", "bob:a:b", "::1"),
			 0);
	assert_true(parsed.pipe.proxied && parsed.pipe.has_addr2);
	assert_string_equal(parsed.pipe.proxy.password, "a:b");
	assert_string_equal(parsed.pipe.at.host, "::1");
	nc_lines_rejected(NCAT("-l", "-e", "a", "-c", "b"),
			  "Ncat: Only one of --exec");
	nc_lines_rejected(NCAT("-l", "-e", " "),
			  "Ncat: exec: the command is missing");
	nc_lines_rejected(NCAT("-z", "-c", "b", "h"),
			  "Ncat: cannot use -e or -c with -z");
}

static void letters_can_be_joined_and_names_abbreviated(void **state)
{
	(void)state;
	assert_int_equal(NC("-zvw3", "h", "1", "-4"), 0);
	assert_true(parsed.scans && parsed.verbose);
	assert_int_equal(parsed.pipe.open_timeout, 3 * NS_PER_S);
	assert_string_equal(parsed.pipe.at.ops->scheme, "tcp4");
	assert_int_equal(NCAT("--lis", "--keep", "--max=4", "1"), 0);
	assert_true(parsed.pipe.listens && parsed.pipe.keep_open);
	assert_int_equal(parsed.pipe.max_peers, 4);
	assert_int_equal(NC("-v", "--", "h", "1"), 0);
	nc_lines_rejected(NC("-v", "--", "-z", "h"),
			  "nc: port number invalid: h");
}

static void errors_are_worded_as_in_the_original(void **state)
{
	(void)state;
	nc_lines_rejected(NC("-Y"), "nc: invalid option -- 'Y'");
	nc_lines_rejected(NC("-w"), "nc: option requires an argument -- 'w'");
	nc_lines_rejected(NC("-w", "x", "h", "1"), "nc: timeout invalid: x");
	nc_lines_rejected(NC("-q", "x", "h", "1"), "nc: quit timer invalid: x");
	nc_lines_rejected(NC("-i", "x", "h", "1"), "nc: interval invalid: x");
	nc_lines_rejected(NC("h"), "nc: missing port number");
	nc_lines_rejected(NC("-k", "h", "1"), "nc: must use -l with -k");
	nc_lines_rejected(NC("-lz", "1"), "nc: cannot use -z and -l");
	nc_lines_rejected(NC("-l", "1-3"),
			  "nc: cannot use -l with more than one port");
	nc_lines_rejected(NC("-l", "1", "2", "3"),
			  "nc: cannot use -l with more than one port");
	nc_lines_rejected(NC("h", "70000"), "nc: port number too large: 70000");
	nc_lines_rejected(NC("h", "0"), "nc: port number too small: 0");
	nc_lines_rejected(NC("h", "80-x"), "nc: port number invalid: x");
	nc_lines_rejected(NC("-n", "localhost", "1"),
			  "nc: getaddrinfo for host");
	nc_lines_rejected(NC("-n", "-s", "localhost", "::1", "1"),
			  "nc: getaddrinfo for host \"localhost\"");
	/* An empty host, as from an unset variable, does not mean this machine.
	 */
	nc_lines_rejected(NC("", "1"),
			  "nc: getaddrinfo for host \"\": Name or");
	nc_lines_rejected(NC("-l", "", "1"),
			  "nc: getaddrinfo for host \"\": Name or");
	nc_lines_rejected(NCAT("", "1"),
			  "Ncat: Could not resolve hostname \"\": Name");
	nc_lines_rejected(NCAT("-l", "", "1"),
			  "Ncat: Could not resolve hostname \"\"");
	nc_lines_rejected(NC("-s", "nohost.invalid", "h", "1"),
			  "nc: getaddrinfo: ");
	nc_lines_rejected(
	    NCAT("-s", "nohost.invalid", "h", "1"),
	    "Ncat: Could not resolve source address \"nohost.invalid\": ");
	nc_lines_rejected(NC("-U", "p", "1"), "nc: cannot use port with -U");
	nc_lines_rejected(NC("-x", "p", "-u", "h", "1"),
			  "nc: no proxy support for UDP mode");
	nc_lines_rejected(NCAT("-Y"), "Ncat: invalid option -- 'Y'");
	nc_lines_rejected(NCAT("--sou"),
			  "Ncat: option '--sou' is unknown, ambiguous");
	nc_lines_rejected(NCAT("--wait"),
			  "Ncat: option '--wait' requires an argument");
	nc_lines_rejected(NCAT("-w", "0", "h"),
			  "Ncat: Invalid -w timeout \"0\"");
	nc_lines_rejected(NCAT("-w", "1x", "h"),
			  "Ncat: Invalid -w timeout \"1x\"");
	nc_lines_rejected(NCAT("h", "1-2"),
			  "Ncat: Invalid port number \"1-2\"");
	nc_lines_rejected(NCAT("h", "1", "2"), "Ncat: Got more than one port");
	nc_lines_rejected(NCAT("-v", "-4"), "Ncat: You must specify a host");
	nc_lines_rejected(NCAT("-m", "3", "h"),
			  "Ncat: Invalid option combination: `--max-conns'");
	nc_lines_rejected(NCAT("--deny", "::1", "h"),
			  "Ncat: Invalid option combination: allow/deny");
	nc_lines_rejected(NCAT("-lku", "1"),
			  "Ncat: UDP mode does not support the -k");
	assert_int_equal(NCAT("-lku", "-c", "cat", "1"), 0);
	nc_lines_rejected(NCAT("-lkm", "0", "1"),
			  "Ncat: --max-conns invalid: 0");
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
			assert_int_equal(
			    nc_lines_parse((enum nc_dialect)d, argv), -1);
			assert_non_null(strstr(parse_error.text, row->brief));
		}
	}
	nc_lines_rejected(NC("-F", "h", "1"), "nc: -F ");
	nc_lines_rejected(NC("-e", "sh", "h", "1"),
			  "nc: -e is not in OpenBSD nc; use 'rung ncat");
}

static void tls_options_are_as_in_the_original(void **state)
{
	static const char together[] = "Ncat: The --ssl-key and --ssl-cert "
				       "options must be used together. "
				       "QUITTING.";
	(void)state;
	nc_lines_rejected(NCAT("--ssl", "--ssl-cert", "c", "h"), together);
	nc_lines_rejected(NCAT("--ssl", "--ssl-key", "k", "h"), together);
	nc_lines_rejected(NCAT("--ssl", "-u", "h"), "Ncat: --ssl with -u ");
	nc_lines_rejected(NCAT("--ssl", "-z", "h"),
			  "Ncat: cannot use --ssl with -z");
	nc_lines_rejected(NCAT("--ssl-ciphers", "NONE", "h"),
			  "Ncat: --ssl-ciphers: ");
	nc_lines_rejected(NCAT("--ssl-verify", "--ssl-trustfile", "/none", "h"),
			  "Ncat: --ssl-trustfile /none: ");
	nc_lines_rejected(
	    NCAT("--ssl-cert", "/none", "--ssl-key", "/none", "h"),
	    "Ncat: --ssl-cert /none: ");
	nc_lines_rejected(NCAT("--ssl-alpn", "a,,b", "h"),
			  "Ncat: --ssl-alpn: ");
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
	    cmocka_unit_test(tls_options_are_as_in_the_original),
	    cmocka_unit_test(letters_can_be_joined_and_names_abbreviated),
	    cmocka_unit_test(errors_are_worded_as_in_the_original),
	    cmocka_unit_test(absent_options_name_an_alternative),
	};

	return cmocka_run_group_tests(tests, NULL, nc_lines_teardown);
}
