/* SPDX-License-Identifier: ISC */
/*
 * Tests proxies: how their addresses are parsed, and replies that come in
 * pieces, are too long, wrong or missing. tests/unit/codec tests the content of
 * replies.
 */
#include "rung/proxy.h"

#include "tests/lib/links.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- parsing ---- */

static struct proxy good(const char *text)
{
	struct proxy p;
	struct err e = {.text = ""};

	if (proxy_parse_with_file(bytes_str(text), NULL, &p, &e))
		fail_msg("%s: %s", text, e.text);
	return p;
}

static void bad(const char *text, const char *words)
{
	struct proxy p;
	struct err e = {.text = ""};

	if (proxy_parse_with_file(bytes_str(text), NULL, &p, &e) == 0)
		fail_msg("%s: taken", text);
	assert_int_equal(e.kind, ERR_USAGE);
	has(e.text, words);
	assert_string_equal(p.password, "");
}

static void prints(const char *text, const char *as)
{
	struct proxy p = good(text);
	struct buf out;

	buf_init(&out, BUF_SMALL);
	proxy_print(&p, &out);
	assert_string_equal(buf_cstr(&out), as);
	buf_fini(&out);
}

static void proxy_is_parsed_and_printed(void **state)
{
	(void)state;
	prints("http://h", "http://h:3128");
	prints("http://h:80/", "http://h:80");
	prints("socks5://[::1]", "socks5://[::1]:1080");
	prints("socks5h://h:1", "socks5://h:1");
	prints("socks4a://[::1]:9", "socks4a://[::1]:9");
	prints("socks4://127.0.0.1", "socks4://127.0.0.1:1080");
	assert_string_equal(good("http://a%40b%25c@h").user, "a@b%c");
	assert_string_equal(good("http://a@b@h").user, "a@b");
	assert_string_equal(good("http://:80").at.host, "");
}

static void proxy_reports_what_is_wrong(void **state)
{
	char text[400];

	(void)state;
	bad("", "write http://HOST:PORT");
	bad("h:80", "write http://");
	bad("https://h:80", "write http://");
	bad("http://", "the host is missing");
	bad("http://bob:pw@h:80",
	    "put the password into $RUNG_PROXY_PASSWORD,");
	bad("http://h:70000", "not in 0..65535");
	bad("http://h:0", "a host and a port");
	bad("http://*:80", "a host and a port");
	bad("http://h:1/x", "not a number");
	bad("http://h%zz@h:1", "two hex digits");
	bad("http://a%4@h:1", "two hex digits");
	bad("http://a%3ab@h:1", "with ':'");
	bad("http://a%00b@h:1", "cannot contain NUL");
	bad("http://[::1", "']' is missing");
	bad("socks5://bob@h", "the user's password is missing: put it");
	memset(text, 'a', sizeof(text));
	memcpy(text, "socks5://", 9);
	memcpy(text + 9 + 256, "@h:1", 5);
	bad(text, "too long: 256 bytes (limit 255)");
}

static void proxy_reads_the_password_from_the_environment(void **state)
{
	(void)state;
	setenv(PROXY_PASSWORD, "a:b c", 1);
	assert_string_equal(good("http://bob@h").password, "a:b c");
	assert_string_equal(good("socks5://bob@h").password, "a:b c");
	/* Without a user, or with SOCKS 4, the password is not used. */
	assert_string_equal(good("socks5://h").password, "");
	assert_string_equal(good("socks4a://bob@h").password, "");
	unsetenv(PROXY_PASSWORD);
	assert_string_equal(good("http://bob@h").password, "");
}

static const char *file_of(struct bytes data)
{
	static char path[64];
	int fd;

	snprintf(path, sizeof(path), "auth-%ld", (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(write(fd, data.at, data.len) == (ssize_t)data.len);
	close(fd);
	return path;
}

static void auth(const char *text, struct bytes data, const char *user,
		 const char *password)
{
	const char *path = file_of(data);
	struct proxy p;
	struct err e = {.text = ""};
	int r = proxy_parse_with_file(bytes_str(text), path, &p, &e);

	unlink(path);
	if (!user) {
		assert_int_equal(r, -1);
		has(e.text, password);
		return;
	}
	if (r)
		fail_msg("%s: %s", text, e.text);
	assert_string_equal(p.user, user);
	assert_string_equal(p.password, password);
	proxy_fini(&p);
	assert_string_equal(p.password, "");
}

static void proxy_reads_the_password_from_a_file(void **state)
{
	uint8_t much[600];
	struct proxy p;
	struct err e;

	(void)state;
	auth("http://h", BYTES("bob:a:b"), "bob", "a:b");
	auth("http://h", BYTES("bob:pw\r\nmore\n"), "bob", "pw");
	auth("http://bob@h", BYTES("bob:pw\n"), "bob", "pw");
	auth("http://bob@h", BYTES("pw\n"), "bob", "pw");
	auth("http://bob@h", BYTES("p:w\n"), "bob", "p:w");
	auth("http://bob@h", BYTES(""), "bob", "");
	auth("http://h", BYTES("pw\n"), NULL, "must be USER:PASSWORD");
	auth("http://h", BYTES("b\0b:pw\n"), NULL, "cannot contain NUL");
	auth("socks4://h", BYTES("bob:pw\n"), NULL, "no passwords");
	memset(much, 'a', sizeof(much));
	auth("http://b@h", bytes_of(much, sizeof(much)), NULL,
	     "first line too long");
	auth("http://b@h", bytes_of(much, 300), NULL, "(limit 255)");
	assert_int_equal(
	    proxy_parse_with_file(BYTES("http://h"), "nowhere/x", &p, &e), -1);
	has(e.text, "nowhere/x: no such file");
}

static void write_and_see_it_read(int fd, struct bytes data)
{
	int left = 1;

	if (write(fd, data.at, data.len) != (ssize_t)data.len)
		_exit(1);
	while (left && ioctl(fd, FIONREAD, &left) == 0)
		sched_yield();
}

/* Reads from a pipe, as with `--proxy-auth <(pass show proxy)`. */
static void proxy_reads_the_password_from_a_pipe_in_pieces(void **state)
{
	char path[64];
	struct proxy p;
	struct err e = {.text = ""};
	int r, fd;
	pid_t pid;

	(void)state;
	snprintf(path, sizeof(path), "fifo-%ld", (long)getpid());
	assert_int_equal(mkfifo(path, 0600), 0);
	pid = fork();
	if (!pid) {
		fd = open(path, O_WRONLY);
		write_and_see_it_read(fd, BYTES("bo"));
		write_and_see_it_read(fd, BYTES("b:p"));
		write_and_see_it_read(fd, BYTES("w\n"));
		_exit(0);
	}
	r = proxy_parse_with_file(BYTES("http://h"), path, &p, &e);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unlink(path);
	if (r)
		fail_msg("%s", e.text);
	assert_string_equal(p.user, "bob");
	assert_string_equal(p.password, "pw");
}

/* ---- handshake ---- */

/* Connects through a proxy whose replies the test sends; *kid is the proxy's
 * end. */
static struct end *by_way_of(const char *scheme, const char *target,
			     struct end **kid)
{
	struct end *l = listen_on("127.0.0.1:0"), *e = new_end();
	struct endpoint to = at(target);
	struct addr a = transport_local(&l->t);
	struct dial_options how = {.from = NULL};
	struct proxy p;
	struct err why = {.text = ""};
	char text[64];

	snprintf(text, sizeof(text), "%s127.0.0.1:%u", scheme, addr_port(&a));
	p = good(text);
	how.proxy = &p;
	if (transport_connect(&e->t, &net, &to, &how, &sink, &why))
		fail_msg("%s: %s", text, why.text);
	/* struct proxy is lent only for the call, so its memory may change
	 * afterwards. */
	memset(&p, 0x5A, sizeof(p));
	until(l->kid_count);
	*kid = l->kids[0];
	return e;
}

#define ASKED "CONNECT h.example:80 HTTP/1.1\r\nHost: h.example:80\r\n\r\n"

static void proxy_is_asked_for_the_name(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);

	(void)state;
	until(buf_len(&kid->got) == strlen(ASKED));
	assert_string_equal(got(kid), ASKED);
	assert_int_equal(e->t.state, LINK_CONNECTING);
	assert_int_equal(e->t.phases.attempts, 1);
	/* Data sent now is queued until the link is open. */
	say(e, "early");
	say(kid, "HTTP/1.1 200 OK\r\n\r\n");
	until(e->t.state == LINK_OPEN);
	assert_string_equal(buf_cstr(&e->moves), "CO");
	until(buf_len(&kid->got) == strlen(ASKED) + 5);
	has(buf_cstr(&e->notes), "connected after");
	assert_true(e->t.proxied);
	say(kid, "hello");
	until(buf_len(&e->got) == 5);
}

static void proxy_reply_and_payload_come_together(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);

	(void)state;
	say(kid, "HTTP/1.1 200 OK\r\n\r\n220 ready\r\n\r\n");
	transport_shut_write(&kid->t, NULL);
	until(e->over);
	assert_string_equal(got(e), "220 ready\r\n\r\n");
	assert_string_equal(buf_cstr(&e->moves), "CO");
}

static void proxy_reply_comes_byte_by_byte(void **state)
{
	static const uint8_t answers[] = {5, 0, 5, 0,   0,   1,  1,
					  2, 3, 4, 0x1, 0xF, 'h'};
	struct end *kid, *e = by_way_of("socks5://", ":80", &kid);

	(void)state;
	for (size_t i = 0; i < sizeof(answers); i++) {
		struct unit one = {.data = bytes_of(&answers[i], 1)};

		assert_int_equal(transport_send(&kid->t, &one, NULL), 0);
		settle();
		assert_int_equal(e->t.state,
				 i < 11 ? LINK_CONNECTING : LINK_OPEN);
	}
	until(buf_len(&e->got) == 1);
	assert_int_equal(buf_len(&kid->got), 3 + 4 + 1 + 9 + 2);
	assert_memory_equal(got(kid) + 3, "\5\1\0\3\11localhost\0\x50", 16);
}

static void proxy_gets_literals_as_addresses(void **state)
{
	static const struct {
		const char *target, *asked;
		size_t len;
	} all[] = {
	    {"127.1:80", "\5\1\0\5\1\0\1\x7f\0\0\1\0\x50", 13},
	    {"tcp4://:http", "\5\1\0\5\1\0\1\x7f\0\0\1\0\x50", 13},
	    {"tcp6://:80",
	     "\5\1\0\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\x50", 25},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct end *kid,
		    *e = by_way_of("socks5://", all[i].target, &kid);
		struct unit hello = {.data = BYTES("\5\0")};

		transport_send(&kid->t, &hello, NULL);
		until(buf_len(&kid->got) >= all[i].len);
		assert_int_equal(buf_len(&kid->got), all[i].len);
		assert_memory_equal(got(kid), all[i].asked, all[i].len);
		transport_close(&e->t, false);
	}
}

static void proxy_socks4_gets_a_resolved_address(void **state)
{
	struct end *kid, *e = by_way_of("socks4://", "localhost:80", &kid);
	struct unit yes = {.data = BYTES("\0\x5a\0\0\0\0\0\0!")};

	(void)state;
	until(buf_len(&kid->got) == 9);
	assert_memory_equal(got(kid), "\4\1\0\x50\x7f\0\0\1\0", 9);
	transport_send(&kid->t, &yes, NULL);
	until(buf_len(&e->got) == 1);
	/* SOCKS 4 has IPv4 only, so tcp4:// is accepted. */
	by_way_of("socks4://", "tcp4://localhost:80", &kid);
	until(buf_len(&kid->got) == 9);
	assert_memory_equal(got(kid), "\4\1\0\x50\x7f\0\0\1\0", 9);
}

static void lost(struct end *e, enum err_class kind, const char *words)
{
	until(e->t.state == LINK_CLOSED);
	assert_int_equal(e->t.cause, CAUSE_FAILED);
	assert_int_equal(e->why.kind, kind);
	has(e->why.text, words);
	has(e->why.text, "tcp://h.example:80: proxy ");
	assert_string_equal(buf_cstr(&e->moves), "C.");
	assert_null(e->t.dialing);
}

static void proxy_that_refuses_is_reported(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);

	(void)state;
	say(kid, "HTTP/1.1 403 Not for you\r\n\r\nbody");
	lost(e, ERR_REFUSED, "target forbidden (403 Not for you)");
}

static void proxy_that_ends_early_is_reported(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);

	(void)state;
	until(buf_len(&kid->got) == strlen(ASKED));
	transport_close(&kid->t, false);
	lost(e, ERR_EOF_EARLY, "connection closed before a reply");

	e = by_way_of("http://", "h.example:80", &kid);
	say(kid, "HTTP/1.1 200 OK\r\nA:");
	until(buf_len(&kid->got) == strlen(ASKED));
	transport_close(&kid->t, false);
	lost(e, ERR_EOF_EARLY, "connection closed during the reply");

	e = by_way_of("socks5://", "h.example:80", &kid);
	until(buf_len(&kid->got) == 3);
	transport_close(&kid->t, true);
	lost(e, ERR_RESET, "connection reset before a reply");
}

static void proxy_head_without_an_end_is_an_error(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);
	static uint8_t much[1 << 20];
	struct unit flood = {.data = bytes_of(much, sizeof(much))};

	(void)state;
	memset(much, 'a', sizeof(much));
	say(kid, "HTTP/1.1 200 OK\r\nX: ");
	transport_send(&kid->t, &flood, NULL);
	lost(e, ERR_LIMIT, "reply longer than 16384 bytes");
}

static void proxy_of_another_kind_is_reported(void **state)
{
	struct end *kid, *e = by_way_of("socks5://", "h.example:80", &kid);

	(void)state;
	say(kid, "HTTP/1.1 400 Bad Request\r\n\r\n");
	lost(e, ERR_FRAME, "reply is not SOCKS 5");
}

static void proxy_that_is_silent_times_out(void **state)
{
	struct end *kid, *e = by_way_of("http://", "h.example:80", &kid);
	struct err late;

	(void)state;
	until(buf_len(&kid->got) == strlen(ASKED));
	transport_timeout_error(&e->t, "h", NS_PER_S, &late);
	has(late.text, "h: no answer within 1s (tried http://127.0.0.1:");
	has(late.text, "connected but no reply)");
	transport_close(&e->t, false);
	assert_int_equal(e->t.cause, CAUSE_LOCAL);
	until(kid->over);
}

static void cannot(const char *scheme, const char *target, const char *words)
{
	struct proxy p = good(scheme);
	struct dial_options how = {.proxy = &p};
	struct end *e = new_end();
	struct endpoint to = at(target);
	struct err why;

	assert_int_equal(transport_connect(&e->t, &net, &to, &how, &sink, &why),
			 -1);
	assert_int_equal(why.kind, ERR_USAGE);
	has(why.text, words);
	assert_int_equal(e->t.state, LINK_NEW);
}

static void proxy_rejects_targets_it_cannot_carry(void **state)
{
	(void)state;
	cannot("http://h", "udp://:1", "TCP only");
	cannot("http://h", "unix://@x", "TCP only");
	cannot("http://h", "[fe80::1%lo]:1", "an IPv6 zone cannot");
	cannot("http://h", "tcp4://name:1", "write tcp://");
	cannot("socks4://h", "[::1]:1", "IPv4 addresses only");
	cannot("socks4://h", "tcp6://name:1", "write tcp://");
	cannot("socks4a://h", "[::1]:1", "not support IPv6");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(proxy_is_parsed_and_printed),
	    TEST(proxy_reports_what_is_wrong),
	    TEST(proxy_reads_the_password_from_the_environment),
	    TEST(proxy_reads_the_password_from_a_file),
	    TEST(proxy_reads_the_password_from_a_pipe_in_pieces),
	    TEST(proxy_is_asked_for_the_name),
	    TEST(proxy_reply_and_payload_come_together),
	    TEST(proxy_reply_comes_byte_by_byte),
	    TEST(proxy_gets_literals_as_addresses),
	    TEST(proxy_socks4_gets_a_resolved_address),
	    TEST(proxy_that_refuses_is_reported),
	    TEST(proxy_that_ends_early_is_reported),
	    TEST(proxy_head_without_an_end_is_an_error),
	    TEST(proxy_of_another_kind_is_reported),
	    TEST(proxy_that_is_silent_times_out),
	    TEST(proxy_rejects_targets_it_cannot_carry),
	};

	RUN_OVER_ENGINES(tests);
}
