/* SPDX-License-Identifier: ISC */
/*
 * Tests how addresses are parsed and printed; opens no socket.
 */
#include "rung/addr.h"
#include "rung/transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct endpoint good(const char *text)
{
	struct endpoint ep;
	struct err e = {.text = ""};

	if (endpoint_parse(bytes_str(text), &ep, &e) < 0)
		fail_msg("%s: refused: %s", text, e.text);
	return ep;
}

static void bad(const char *text, const char *words)
{
	struct endpoint ep;
	struct err e = {.text = ""};

	if (endpoint_parse(bytes_str(text), &ep, &e) == 0)
		fail_msg("%s: taken", text);
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.text, words))
		fail_msg("%s: text is '%s', without '%s'", text, e.text, words);
}

static void host_and_port(const char *text, const char *scheme,
			  const char *host, const char *port)
{
	struct endpoint ep = good(text);

	assert_string_equal(ep.ops->scheme, scheme);
	assert_string_equal(ep.host, host);
	assert_string_equal(ep.port, port);
	assert_false(ep.any);
}

static void endpoint_parses_hosts_and_ports(void **state)
{
	(void)state;
	host_and_port("tcp://localhost:80", "tcp", "localhost", "80");
	host_and_port("localhost:80", "tcp", "localhost", "80");
	host_and_port(":80", "tcp", "", "80");
	host_and_port("tcp://:80", "tcp", "", "80");
	host_and_port("udp4://127.0.0.1:53", "udp4", "127.0.0.1", "53");
	host_and_port("[::1]:http", "tcp", "::1", "http");
	host_and_port("tcp6://[fe80::1%eth0]:1", "tcp6", "fe80::1%eth0", "1");
	host_and_port("a.b-c_d.example:0080", "tcp", "a.b-c_d.example", "80");
	host_and_port("127.1:0", "tcp", "127.1", "0");
	host_and_port("h:65535", "tcp", "h", "65535");
	host_and_port("h:z39.50", "tcp", "h", "z39.50");
}

static void endpoint_star_is_any_address(void **state)
{
	struct endpoint ep = good("*:80");

	(void)state;
	assert_true(ep.any);
	assert_string_equal(ep.host, "");
	assert_int_equal(good("udp6://*:9").family, AF_INET6);
}

static void endpoint_family_comes_from_the_scheme(void **state)
{
	(void)state;
	assert_int_equal(good(":1").family, AF_UNSPEC);
	assert_int_equal(good("tcp4://:1").family, AF_INET);
	assert_int_equal(good("tcp6://:1").family, AF_INET6);
	assert_int_equal(good("unix://x").family, AF_UNIX);
	bad("tcp6://127.0.0.1:1", "takes IPv6 addresses");
	bad("tcp4://[::1]:1", "takes IPv4 addresses");
}

static void endpoint_parses_unix_paths(void **state)
{
	struct endpoint ep = good("unix:///tmp/a b:c");

	(void)state;
	assert_string_equal(ep.path, "/tmp/a b:c");
	assert_int_equal(ep.path_len, 10);
	ep = good("unix-dgram://rel");
	assert_string_equal(ep.path, "rel");
	assert_int_equal(ep.ops->socktype, SOCK_DGRAM);
	ep = good("unix-seqpacket://@name");
	assert_int_equal(ep.path_len, 5);
	assert_memory_equal(ep.path, "\0name", 5);
	bad("unix://", "the path is missing");
	bad("unix://@", "the name after '@' is missing");
}

static void endpoint_reports_the_path_limit(void **state)
{
	char text[200] = "unix://";

	(void)state;
	memset(text + 7, 'p', 107);
	assert_int_equal(good(text).path_len, 107);
	text[7 + 107] = 'p';
	bad(text, "path too long for a Unix socket: 108 bytes (limit 107)");
	/* An abstract name may have 107 bytes after the '@'. */
	text[7] = '@';
	assert_int_equal(good(text).path_len, 108);
	text[7 + 108] = 'p';
	bad(text, "limit 107");
}

static void endpoint_rejects_nul_in_a_path(void **state)
{
	struct endpoint ep;
	struct err e;

	(void)state;
	assert_int_equal(endpoint_parse(BYTES("unix:///a\0b"), &ep, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(endpoint_parse(BYTES("unix://@a\0b"), &ep, &e), 0);
	assert_int_equal(ep.path_len, 4);
	assert_int_equal(endpoint_parse(BYTES("tcp://a\0b:1"), &ep, &e), -1);
	assert_int_equal(endpoint_parse(BYTES("tcp://a:1\0"), &ep, &e), -1);
}

static void endpoint_reports_what_is_wrong(void **state)
{
	(void)state;
	bad("", "an address is missing");
	bad("localhost", "localhost: the port is missing; write HOST:PORT");
	bad("tcp://localhost", "the port is missing");
	bad("tcp://", "tcp://: the host and the port are missing");
	bad("tcp:localhost:80", "write '://' after the scheme");
	bad("localhost:", "no port after the last ':'");
	bad("8080", "8080 is only a port; write :8080 or HOST:8080");
	bad("localhost:70000", "port 70000: not in 0..65535");
	bad(":99999999999999999999", "not in 0..65535");
	bad("[fe80::1]:80", "fe80::1: a link-local address needs an interface, "
			    "as in [fe80::1%eth0]:80; try 'ip -6 address'");
	bad("udp://[ff02::1]:1", "ff02::1: a link-local address needs an");
	bad(":-1", "port -1: not in 0..65535");
	bad(":+80", "port +80: not in 0..65535");
	bad(":+70000", "port +70000: not in 0..65535");
	bad("h:80/", "port '80/': not a number or a service name");
	bad("h:a b", "not a number");
	bad("::1:80", "in brackets, as in [::1]:80");
	bad("[::1:80", "the ']' is missing");
	bad("[::1]80", "expected ':' and a port after ']'");
	bad("[::1]", "the port is missing");
	bad("[::g]:80", "[::g]: not an IPv6 address");
	bad("[]:80", "not an IPv6 address");
	bad("[::1%]:80", "not an IPv6 address");
	bad("[localhost]:80", "not an IPv6 address");
	bad("1.2.3.400:80", "1.2.3.400: not an IPv4 address");
	bad("a b:80", "invalid character ' '");
	bad("a/b:80", "invalid character '/'");
	bad("u@h:80", "invalid character '@'");
	bad("/tmp/sock", "is a path; write unix:///tmp/sock");
	bad("./sock", "write unix://./sock");
	bad("@name", "write unix://@name");
	bad("unix:/tmp/sock", "write '://' after the scheme");
}

static void endpoint_suggests_the_nearest_scheme(void **state)
{
	(void)state;
	bad("tpc://h:1", "did you mean tcp://?");
	bad("TCP://h:1", "did you mean tcp://?");
	bad("unix-stream://h", "use one of tcp tcp4 tcp6 udp");
	bad("gopher://h:1", "unix-seqpacket");
	bad("://h:1", "no such scheme");
}

static void endpoint_errors_escape_user_text(void **state)
{
	struct endpoint ep;
	struct err e;
	char wild[4096];

	(void)state;
	endpoint_parse(BYTES("\033[2J:80"), &ep, &e);
	assert_null(strchr(e.text, 033));
	memset(wild, '\033', sizeof(wild));
	assert_int_equal(endpoint_parse(bytes_of(wild, sizeof(wild)), &ep, &e),
			 -1);
	assert_null(strchr(e.text, 033));
	memset(wild, 'a', sizeof(wild));
	memcpy(wild + sizeof(wild) - 3, ":80", 3);
	assert_int_equal(endpoint_parse(bytes_of(wild, sizeof(wild)), &ep, &e),
			 -1);
	assert_non_null(strstr(e.text, "(limit 255)"));
}

static void endpoint_parser_survives_every_byte(void **state)
{
	(void)state;
	for (int i = 0; i < 256 * 256; i++) {
		uint8_t text[4] = {(uint8_t)i, (uint8_t)(i >> 8), ':', '1'};
		struct endpoint ep;

		endpoint_parse(bytes_of(text, 4), &ep, NULL);
		endpoint_parse(bytes_of(text, 2), &ep, NULL);
		endpoint_pair(bytes_of(text, 2), bytes_of(text + 1, 1), &ep,
			      NULL);
	}
}

static void pair(const char *host, const char *port, const char *wants)
{
	struct endpoint ep;
	struct err e = {.text = ""};
	struct buf out;

	buf_init(&out, BUF_SMALL);
	if (endpoint_pair(bytes_str(host), bytes_str(port), &ep, &e) < 0)
		fail_msg("%s %s: %s", host, port, e.text);
	endpoint_print(&ep, NULL, &out);
	assert_string_equal(buf_cstr(&out), wants);
	buf_fini(&out);
}

static void endpoint_exec_keeps_the_rest_of_the_text(void **state)
{
	static const char text[] = "exec:echo '://' | tr : ; [::1]:80";
	struct endpoint ep = good(text), *copy;
	struct buf out;
	struct err e;

	(void)state;
	assert_string_equal(ep.ops->scheme, "exec");
	assert_true(ep.ops->runs);
	assert_false(endpoint_is_tcp(&ep));
	ep = good("unix:///sock");
	assert_false(endpoint_is_tcp(&ep));
	ep = good("udp://:1");
	assert_false(endpoint_is_tcp(&ep));
	ep = good("tcp6://[::1]:1");
	assert_true(endpoint_is_tcp(&ep));
	ep = good(text);
	assert_true(bytes_is(ep.command, text + 5));
	buf_init(&out, BUF_SMALL);
	copy = endpoint_copy(&ep);
	assert_ptr_not_equal(copy->command.at, ep.command.at);
	endpoint_print(copy, NULL, &out);
	assert_string_equal(buf_cstr(&out), text);
	free(copy);
	buf_fini(&out);
	bad("exec:", "the command is missing");
	bad("exec: \t", "the command is missing");
	assert_int_equal(endpoint_parse(BYTES("exec:a\0b"), &ep, &e), -1);
	assert_int_equal(endpoint_pair(BYTES("exec:cat"), BYTES("80"), &ep, &e),
			 -1);
	assert_non_null(strstr(e.text, "in quotes: 'exec:cat 80'"));
}

static void endpoint_pair_needs_no_brackets(void **state)
{
	struct endpoint ep;
	struct err e;

	(void)state;
	pair("localhost", "80", "tcp://localhost:80");
	pair("::1", "80", "tcp://[::1]:80");
	pair("[::1]", "80", "tcp://[::1]:80");
	pair("*", "http", "tcp://*:http");
	pair("udp://localhost", "53", "udp://localhost:53");
	assert_int_equal(endpoint_pair(BYTES("h:1"), BYTES("80"), &ep, &e), -1);
	assert_int_equal(endpoint_pair(BYTES("unix://x"), BYTES("80"), &ep, &e),
			 -1);
	assert_non_null(strstr(e.text, "takes a path, not a port"));
	assert_int_equal(endpoint_pair(BYTES("h"), BYTES("70000"), &ep, &e),
			 -1);
}

static void endpoint_prints_text_that_parses_back(void **state)
{
	static const char *const texts[] = {
	    "tcp://localhost:80",  "udp6://[::1]:http",
	    "tcp://*:0",           "tcp4://:80",
	    "unix:///tmp/x",       "unix://rel/x",
	    "unix-dgram://@name",  "unix-seqpacket://a b",
	    "unix://a\\b\t\n\033", "exec:printf '\\\\n\t'"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct endpoint ep = good(texts[i]);
		struct buf out;

		buf_init(&out, BUF_SMALL);
		endpoint_print(&ep, NULL, &out);
		assert_string_equal(buf_cstr(&out), texts[i]);
		buf_fini(&out);
	}
}

static struct addr v4(const char *ip, unsigned port)
{
	struct addr a = {.len = sizeof(a.u.in)};

	a.u.in.sin_family = AF_INET;
	a.u.in.sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, ip, &a.u.in.sin_addr);
	return a;
}

static struct addr v6(const char *ip, unsigned port, unsigned scope)
{
	struct addr a = {.len = sizeof(a.u.in6)};

	a.u.in6.sin6_family = AF_INET6;
	a.u.in6.sin6_port = htons((uint16_t)port);
	a.u.in6.sin6_scope_id = scope;
	inet_pton(AF_INET6, ip, &a.u.in6.sin6_addr);
	return a;
}

static struct addr un(const char *name, size_t len)
{
	struct addr a = {.len = 0};

	a.u.un.sun_family = AF_UNIX;
	memcpy(a.u.un.sun_path, name, len);
	a.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return a;
}

static void prints_bytes(struct addr a, struct bytes wants)
{
	struct buf out;

	buf_init(&out, BUF_SMALL);
	addr_print(&a, &out);
	assert_int_equal(buf_len(&out), wants.len);
	assert_true(bytes_equal(buf_bytes(&out), wants));
	buf_fini(&out);
}

static void prints(struct addr a, const char *wants)
{
	prints_bytes(a, bytes_str(wants));
}

static void shows(struct addr a, const char *wants)
{
	struct buf out;

	buf_init(&out, BUF_SMALL);
	addr_print_escaped(&a, &out);
	assert_string_equal(buf_cstr(&out), wants);
	buf_fini(&out);
}

static void addr_prints_each_family(void **state)
{
	char zone[IF_NAMESIZE + 20];
	struct addr a;

	(void)state;
	prints(v4("127.0.0.1", 80), "127.0.0.1:80");
	prints(v6("::1", 80, 0), "[::1]:80");
	prints(v6("::ffff:10.0.0.1", 5, 0), "10.0.0.1:5");
	a = v6("::ffff:10.0.0.1", 5, 0);
	assert_true(addr_is_mapped(&a));
	addr_set_port(&a, 80);
	prints(a, "10.0.0.1:80");
	a = v6("::1", 5, 0);
	assert_false(addr_is_mapped(&a));
	addr_set_port(&a, 80);
	prints(a, "[::1]:80");
	snprintf(zone, sizeof(zone), "[fe80::1%%%s]:80", "lo");
	prints(v6("fe80::1", 80, if_nametoindex("lo")), zone);
	prints(v6("fe80::1", 80, 4000000), "[fe80::1%4000000]:80");
	prints(un("/tmp/x", 7), "/tmp/x");
	prints(un("/tmp/x", 6), "/tmp/x");
	prints(un("\0name", 5), "@name");
	prints(un("@x", 3), "./@x");
	prints(un("", 0), "(unnamed)");
	prints(un("/a\033[2J\\", 8), "/a\033[2J\\");
	prints_bytes(un("\0a\0b", 4), BYTES("@a\0b"));
	prints((struct addr){.len = 0}, "(none)");
}

static void addr_escapes_unprintable_bytes_once(void **state)
{
	struct endpoint ep = good("exec:a\\\tb");
	struct buf out = {.limit = BUF_SMALL};

	(void)state;
	shows(v6("::1", 80, 0), "[::1]:80");
	shows(un("/a\033[2J\\", 8), "/a\\e[2J\\\\");
	shows(un("\0a\0b", 4), "@a\\0b");
	shows(un("/\303\274", 3), "/\303\274");
	endpoint_print_escaped(&ep, NULL, &out);
	assert_string_equal(buf_cstr(&out), "exec:a\\\\\\tb");
	buf_fini(&out);
}

static void addr_prints_as_a_url(void **state)
{
	struct addr a = v6("::1", 80, 0);
	struct buf out;

	(void)state;
	buf_init(&out, BUF_SMALL);
	addr_print_url(&a, "tcp6", &out);
	assert_string_equal(buf_cstr(&out), "tcp6://[::1]:80");
	buf_fini(&out);
}

static void same(struct addr a, struct addr b, bool wants)
{
	assert_int_equal(addr_equal(&a, &b), wants);
	if (wants)
		assert_int_equal(addr_hash(&a), addr_hash(&b));
	else
		assert_int_not_equal(addr_hash(&a), addr_hash(&b));
}

static void addr_equal_compares_address_and_port(void **state)
{
	struct addr odd = v4("1.2.3.4", 5);

	(void)state;
	memset(odd.u.in.sin_zero, 1, sizeof(odd.u.in.sin_zero));
	same(v4("1.2.3.4", 5), odd, true);
	same(v4("1.2.3.4", 5), v4("1.2.3.4", 6), false);
	same(v4("1.2.3.4", 5), v4("1.2.3.5", 5), false);
	same(v6("::1", 5, 0), v6("::1", 5, 0), true);
	same(v6("::1", 5, 0), v6("::2", 5, 0), false);
	same(v4("1.2.3.4", 5), v6("::1", 5, 0), false);
	same(un("/a", 3), un("/a", 2), true);
	same(un("\0a", 2), un("\0a\0", 3), false);
	same(un("", 0), un("", 0), true);
	same((struct addr){.len = 0}, v4("0.0.0.0", 0), false);
}

static void addr_port_is_for_ip_only(void **state)
{
	struct addr a = v4("1.2.3.4", 5), b = v6("::1", 65535, 0);
	struct addr c = un("/a", 3);

	(void)state;
	assert_int_equal(addr_port(&a), 5);
	assert_int_equal(addr_port(&b), 65535);
	assert_int_equal(addr_port(&c), 0);
}

static void transport_table_finds_each_scheme(void **state)
{
	size_t n = 0;

	(void)state;
	for (; transport_table[n]; n++)
		assert_ptr_equal(
		    transport_find(bytes_str(transport_table[n]->scheme)),
		    transport_table[n]);
	assert_int_equal(n, 10);
	assert_null(transport_find(BYTES("")));
	assert_null(transport_find(BYTES("tc")));
	assert_null(transport_find(BYTES("tls")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(endpoint_parses_hosts_and_ports),
	    cmocka_unit_test(endpoint_star_is_any_address),
	    cmocka_unit_test(endpoint_family_comes_from_the_scheme),
	    cmocka_unit_test(endpoint_parses_unix_paths),
	    cmocka_unit_test(endpoint_reports_the_path_limit),
	    cmocka_unit_test(endpoint_rejects_nul_in_a_path),
	    cmocka_unit_test(endpoint_reports_what_is_wrong),
	    cmocka_unit_test(endpoint_suggests_the_nearest_scheme),
	    cmocka_unit_test(endpoint_errors_escape_user_text),
	    cmocka_unit_test(endpoint_parser_survives_every_byte),
	    cmocka_unit_test(endpoint_exec_keeps_the_rest_of_the_text),
	    cmocka_unit_test(endpoint_pair_needs_no_brackets),
	    cmocka_unit_test(endpoint_prints_text_that_parses_back),
	    cmocka_unit_test(addr_prints_each_family),
	    cmocka_unit_test(addr_escapes_unprintable_bytes_once),
	    cmocka_unit_test(addr_prints_as_a_url),
	    cmocka_unit_test(addr_equal_compares_address_and_port),
	    cmocka_unit_test(addr_port_is_for_ip_only),
	    cmocka_unit_test(transport_table_finds_each_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
