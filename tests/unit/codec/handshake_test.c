/* SPDX-License-Identifier: ISC */
/*
 * Tests the handshakes with proxies: each protocol's bytes in both directions,
 * replies cut at each place, and hostile replies.
 */
#include "rung/codec/handshake.h"

#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct exchange {
	enum handshake_kind kind;
	const char *host;
	unsigned port;
	const char *user, *password; /* NULL: no user, no password */
	struct bytes replies;        /* sent by the proxy */
	struct bytes sent;           /* all bytes sent to the proxy */
	size_t rest;                 /* bytes of `replies` sent by the target */
	enum handshake_result end;
	enum err_class why;
	const char *words; /* part of the error's text */
};

struct run {
	const struct exchange *exchange;
	struct handshake h;
	struct buf out;
	enum handshake_result r;
	struct err e;
	size_t took;
};

static struct bytes opt(const char *s)
{
	return s ? bytes_str(s) : BYTES_NONE;
}

static struct proxy_request request_of(const struct exchange *t)
{
	return (struct proxy_request){.kind = t->kind,
				      .host = bytes_str(t->host),
				      .port = t->port,
				      .user = opt(t->user),
				      .password = opt(t->password)};
}

static void begin(void *on)
{
	struct run *run = on;
	struct proxy_request request = request_of(run->exchange);

	memset(&run->h, 0, sizeof(run->h));
	buf_init(&run->out, BUF_SMALL);
	run->took = 0;
	run->r = HANDSHAKE_MORE;
	err_clear(&run->e);
	assert_int_equal(handshake_start(&run->h, &request, &run->out, &run->e),
			 0);
}

static void piece(void *on, struct bytes in)
{
	struct run *run = on;
	size_t took;

	if (run->r != HANDSHAKE_MORE)
		return;
	run->r = handshake_feed(&run->h, in, &took, &run->out, &run->e);
	assert_true(took <= in.len);
	if (run->r == HANDSHAKE_MORE)
		assert_int_equal(took, in.len);
	run->took += took;
}

static void done(void *on)
{
	struct run *run = on;
	const struct exchange *t = run->exchange;
	struct bytes out = buf_bytes(&run->out);

	if (run->r != t->end)
		fail_msg("%s: ended with %d: %s", feed_how(), (int)run->r,
			 run->e.text);
	assert_int_equal(out.len, t->sent.len);
	assert_memory_equal(out.at, t->sent.at, out.len);
	if (run->r == HANDSHAKE_DONE)
		assert_int_equal(run->took, t->replies.len - t->rest);
	if (run->r == HANDSHAKE_BAD) {
		assert_int_equal(run->e.kind, t->why);
		if (!strstr(run->e.text, t->words))
			fail_msg("no '%s' in: %s", t->words, run->e.text);
	}
	handshake_fini(&run->h);
	buf_fini(&run->out);
}

static void play(const struct exchange *t)
{
	static const struct feed feed = {begin, piece, done};
	struct run run = {.exchange = t};

	assert_true(feed_every_split(&feed, &run, t->replies) > 0);
}

#define HEAD "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n"

static void http_takes_no_byte_of_the_target(void **state)
{
	const struct exchange exchanges[] = {
	    {HANDSHAKE_HTTP, "h.example", 443, NULL, NULL,
	     BYTES("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n\r\n"),
	     BYTES(HEAD "\r\n"), 13, HANDSHAKE_DONE, 0, NULL},
	    {HANDSHAKE_HTTP, "h.example", 443, "Aladdin", "open sesame",
	     BYTES("HTTP/1.0 200\nVia: x\n\n\n"),
	     BYTES(HEAD "Proxy-Authorization: Basic "
			"QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
	     1, HANDSHAKE_DONE, 0, NULL},
	    /* Content-Length is ignored: RFC 9110 §9.3.6 */
	    {HANDSHAKE_HTTP, "h.example", 443, "u", NULL,
	     BYTES("HTTP/1.1 299 x\r\nContent-Length: 9\r\n\r\nabc"),
	     BYTES(HEAD "Proxy-Authorization: Basic dTo=\r\n\r\n"), 3,
	     HANDSHAKE_DONE, 0, NULL},
	    {HANDSHAKE_HTTP, "::1", 80, "u", "p",
	     BYTES("HTTP/1.1 100 Continue\r\n\r\n"
		   "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
		   "HTTP/1.1 200 OK\r\n\r\n"),
	     BYTES("CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n"
		   "Proxy-Authorization: Basic dTpw\r\n\r\n"),
	     0, HANDSHAKE_DONE, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
		play(&exchanges[i]);
}

struct bad_http {
	const char *answer;
	enum err_class kind;
	const char *words;
	const char *user;
};

static const struct bad_http refusals[] = {
    {"HTTP/1.1 407 Auth\r\n\r\n", ERR_REFUSED,
     "authentication required (407 Auth); use", NULL},
    {"HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
     ERR_REFUSED, "authentication failed", "u"},
    {"HTTP/1.1 407 Auth\r\nPROXY-authenticate:Digest x\r\n\r\n", ERR_REFUSED,
     "rung supports Basic", "u"},
    {"HTTP/1.1 407 A\r\nProxy-Authenticate: Digest x, basic y\r\n\r\n",
     ERR_REFUSED, "use http://USER@", NULL},
    {"HTTP/1.1 403 Filtered\r\n\r\n", ERR_REFUSED,
     "target forbidden (403 Filtered)", NULL},
    {"HTTP/1.1 400 Bad\r\n\r\n", ERR_REFUSED, "bad request (400 Bad)", NULL},
    {"HTTP/1.1 404 No\r\n\r\n", ERR_UNREACHABLE, "target not found (404 No)",
     NULL},
    {"HTTP/1.1 405 No\r\n\r\n", ERR_REFUSED, "CONNECT not supported (405 No)",
     NULL},
    {"HTTP/1.1 408 Slow\r\n\r\n", ERR_CONNECT_TIMEOUT,
     "request timed out (408 Slow)", NULL},
    {"HTTP/1.1 429 Many\r\n\r\n", ERR_REFUSED, "too many requests (429 Many)",
     NULL},
    {"HTTP/1.1 500 No\r\n\r\n", ERR_UNREACHABLE, "internal error (500 No)",
     NULL},
    {"HTTP/1.1 501 No\r\n\r\n", ERR_REFUSED, "CONNECT not supported (501 No)",
     NULL},
    {"HTTP/1.0 502 \r\n\r\n", ERR_UNREACHABLE, "target unreachable", NULL},
    {"HTTP/1.0 503\n\n", ERR_UNREACHABLE, "target unavailable", NULL},
    {"HTTP/1.0 504 Late\r\n\r\n", ERR_CONNECT_TIMEOUT,
     "target did not answer (504 Late)", NULL},
    {"HTTP/1.1 302 Found\r\nLocation: x\r\n\r\n", ERR_REFUSED,
     "rejected (302 Found)", NULL},
    {"HTTP/1.1 101 Switching\r\n\r\n", ERR_REFUSED, "101", NULL},
    {"HTTP/1.1 999 \x1b[2Jx\r\n\r\n", ERR_REFUSED, "999 \\e[2Jx", NULL},
    {"HTTP/2.0 200 OK\r\n\r\n", ERR_FRAME, "reply is not HTTP/1", NULL},
    {"HTTP/1.1 20 OK\r\n\r\n", ERR_FRAME, "reply is not HTTP/1", NULL},
    {"HTTP/1.1 2000 OK\r\n\r\n", ERR_FRAME, "reply is not HTTP/1", NULL},
    {"HTTP/1.1\r\n\r\n", ERR_FRAME, "reply is not HTTP/1", NULL},
    {"SSH-2.0-x\r\n", ERR_FRAME, "reply is not HTTP", NULL},
    {"\x05", ERR_FRAME, "'\\x05'", NULL},
    {"\r\n", ERR_FRAME, "reply is not HTTP", NULL},
    {"HTTP/\r\n\r\n", ERR_FRAME, "reply is not HTTP/1", NULL},
};

static void http_reports_each_status_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct exchange t = {.kind = HANDSHAKE_HTTP,
				     .host = "h.example",
				     .port = 443,
				     .user = refusals[i].user,
				     .replies = bytes_str(refusals[i].answer),
				     .sent = BYTES(HEAD "\r\n"),
				     .end = HANDSHAKE_BAD,
				     .why = refusals[i].kind,
				     .words = refusals[i].words};

		if (refusals[i].user)
			t.sent = BYTES(HEAD "Proxy-Authorization: Basic "
					    "dTo=\r\n\r\n");
		play(&t);
	}
}

/* The total size is limited: one endless head and many heads are both rejected.
 */
static void http_rejects_an_endless_head(void **state)
{
	static const char *const endless[] = {"HTTP/1.1 200 OK\r\nX: ",
					      "HTTP/1.1 100 Go on\r\n\r\n"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct exchange t = {.kind = HANDSHAKE_HTTP, .host = "h"};
		struct run run = {.exchange = &t};
		size_t fed = 0;

		begin(&run);
		while (run.r == HANDSHAKE_MORE && fed < 2 * HANDSHAKE_MAX) {
			struct bytes b = bytes_str(endless[i]);

			if (!i && fed)
				b = BYTES("aaaaaaaaaaaaaaa\r\n");
			piece(&run, b);
			fed += b.len;
		}
		assert_int_equal(run.r, HANDSHAKE_BAD);
		assert_int_equal(run.e.kind, ERR_LIMIT);
		assert_int_equal(run.took, HANDSHAKE_MAX);
		handshake_fini(&run.h);
		buf_fini(&run.out);
	}
}

static void socks4_sends_addresses_and_names(void **state)
{
	const struct exchange exchanges[] = {
	    {HANDSHAKE_SOCKS4, "127.0.0.1", 258, NULL, NULL,
	     BYTES("\0\x5a\1\2\3\4\5\6more"), BYTES("\4\1\1\2\x7f\0\0\1\0"), 4,
	     HANDSHAKE_DONE, 0, NULL},
	    {HANDSHAKE_SOCKS4A, "h.example", 80, "fred", NULL,
	     BYTES("\4\x5a\0\0\0\0\0\0"),
	     BYTES("\4\1\0\x50\0\0\0\1fred\0h.example\0"), 0, HANDSHAKE_DONE, 0,
	     NULL},
	    {HANDSHAKE_SOCKS4A, "1.2.3.4", 80, "fred", NULL,
	     BYTES("\0\x5b\0\0\0\0\0\0"), BYTES("\4\1\0\x50\1\2\3\4fred\0"), 0,
	     HANDSHAKE_BAD, ERR_REFUSED, "SOCKS reply 91"},
	    {HANDSHAKE_SOCKS4, "1.2.3.4", 80, NULL, NULL,
	     BYTES("\0\x5c\0\0\0\0\0\0"), BYTES("\4\1\0\x50\1\2\3\4\0"), 0,
	     HANDSHAKE_BAD, ERR_REFUSED, "identd"},
	    {HANDSHAKE_SOCKS4, "1.2.3.4", 80, NULL, NULL,
	     BYTES("\0\x5d\0\0\0\0\0\0"), BYTES("\4\1\0\x50\1\2\3\4\0"), 0,
	     HANDSHAKE_BAD, ERR_REFUSED, "another user"},
	    {HANDSHAKE_SOCKS4, "1.2.3.4", 80, NULL, NULL,
	     BYTES("\0\1\0\0\0\0\0\0"), BYTES("\4\1\0\x50\1\2\3\4\0"), 0,
	     HANDSHAKE_BAD, ERR_FRAME, "unknown reply 1"},
	    {HANDSHAKE_SOCKS4, "1.2.3.4", 80, NULL, NULL, BYTES("HTTP/1.0 400"),
	     BYTES("\4\1\0\x50\1\2\3\4\0"), 0, HANDSHAKE_BAD, ERR_FRAME,
	     "reply is not SOCKS 4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
		play(&exchanges[i]);
}

#define NAMED "\5\1\0\3\11h.example\0\x50"

static void socks5_works_with_and_without_a_user(void **state)
{
	const struct exchange exchanges[] = {
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL,
	     BYTES("\5\0\5\0\0\1\1\2\3\4\0\x50more"), BYTES("\5\1\0" NAMED), 4,
	     HANDSHAKE_DONE, 0, NULL},
	    {HANDSHAKE_SOCKS5, "h.example", 80, "bob", "pw",
	     BYTES("\5\2\1\0\5\0\0\3\2xy\0\x50"),
	     BYTES("\5\2\0\2\1\3bob\2pw" NAMED), 0, HANDSHAKE_DONE, 0, NULL},
	    /* The proxy may choose no authentication although the client offers
	     * a password. */
	    {HANDSHAKE_SOCKS5, "1.2.3.4", 80, "bob", "pw",
	     BYTES("\5\0\5\0\0\4"
		   "0123456789abcdef\1\2m"),
	     BYTES("\5\2\0\2\5\1\0\1\1\2\3\4\0\x50"), 1, HANDSHAKE_DONE, 0,
	     NULL},
	    {HANDSHAKE_SOCKS5, "::1", 65535, NULL, NULL,
	     BYTES("\5\0\5\0\0\3\0\0\0"),
	     BYTES("\5\1\0\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xff\xff"), 0,
	     HANDSHAKE_DONE, 0, NULL},
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL, BYTES("\5\xff"),
	     BYTES("\5\1\0"), 0, HANDSHAKE_BAD, ERR_REFUSED,
	     "authentication required; use socks5:"},
	    {HANDSHAKE_SOCKS5, "h.example", 80, "bob", "pw", BYTES("\5\xff"),
	     BYTES("\5\2\0\2"), 0, HANDSHAKE_BAD, ERR_REFUSED,
	     "unsupported authentication"},
	    {HANDSHAKE_SOCKS5, "h.example", 80, "bob", "pw", BYTES("\5\2\1\1"),
	     BYTES("\5\2\0\2\1\3bob\2pw"), 0, HANDSHAKE_BAD, ERR_REFUSED,
	     "authentication failed"},
	    /* The proxy chooses a method that was not offered. */
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL, BYTES("\5\2"),
	     BYTES("\5\1\0"), 0, HANDSHAKE_BAD, ERR_FRAME, "method 2"},
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL, BYTES("\4\0"),
	     BYTES("\5\1\0"), 0, HANDSHAKE_BAD, ERR_FRAME,
	     "reply is not SOCKS 5"},
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL, BYTES("\5\0\4"),
	     BYTES("\5\1\0" NAMED), 0, HANDSHAKE_BAD, ERR_FRAME,
	     "reply is not SOCKS 5"},
	    {HANDSHAKE_SOCKS5, "h.example", 80, NULL, NULL,
	     BYTES("\5\0\5\0\0\2"), BYTES("\5\1\0" NAMED), 0, HANDSHAKE_BAD,
	     ERR_FRAME, "address type 2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++)
		play(&exchanges[i]);
}

static void socks5_reports_each_reply_as_text(void **state)
{
	static const struct {
		enum err_class kind;
		const char *words;
	} replies[] = {
	    {ERR_UNREACHABLE, "general failure"},
	    {ERR_REFUSED, "forbidden by the proxy"},
	    {ERR_UNREACHABLE, "network unreachable"},
	    {ERR_UNREACHABLE, "host unreachable"},
	    {ERR_REFUSED, "target refused"},
	    {ERR_UNREACHABLE, "TTL expired"},
	    {ERR_REFUSED, "CONNECT not supported"},
	    {ERR_REFUSED, "address type not"},
	    {ERR_FRAME, "unknown reply 9"},
	};

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		uint8_t reply[] = {5, 0, 5, (uint8_t)(i + 1)};
		struct exchange t = {.kind = HANDSHAKE_SOCKS5,
				     .host = "h.example",
				     .port = 80,
				     .replies = bytes_of(reply, sizeof(reply)),
				     .sent = BYTES("\5\1\0" NAMED),
				     .end = HANDSHAKE_BAD,
				     .why = replies[i].kind,
				     .words = replies[i].words};

		play(&t);
	}
}

static void cannot(struct exchange t, const char *words)
{
	struct handshake h = {.step = NULL};
	struct proxy_request request = request_of(&t);
	struct buf out = {.limit = BUF_SMALL};
	struct err e;

	assert_int_equal(handshake_start(&h, &request, &out, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.text, words))
		fail_msg("no '%s' in: %s", words, e.text);
	handshake_fini(&h);
	buf_fini(&out);
}

static void start_rejects_values_that_cannot_be_sent(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[256] = '\0';
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS5, .host = name},
	       "1 to 255");
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS5, .host = ""},
	       "1 to 255");
	cannot(
	    (struct exchange){.kind = HANDSHAKE_SOCKS5, .host = "fe80::1%lo"},
	    "zone");
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS5,
				 .host = "h",
				 .user = name,
				 .password = "p"},
	       "1 to 255 bytes each");
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS5,
				 .host = "h",
				 .user = "u",
				 .password = ""},
	       "1 to 255 bytes each");
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS4, .host = "h"},
	       "IPv4");
	cannot((struct exchange){.kind = HANDSHAKE_SOCKS4A, .host = "::1"},
	       "IPv6");
	cannot((struct exchange){.kind = HANDSHAKE_HTTP, .host = "a\r\nb"},
	       "control");
	cannot((struct exchange){.kind = HANDSHAKE_HTTP,
				 .host = "h",
				 .user = "a:b"},
	       "':'");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(http_takes_no_byte_of_the_target),
	    cmocka_unit_test(http_reports_each_status_as_text),
	    cmocka_unit_test(http_rejects_an_endless_head),
	    cmocka_unit_test(socks4_sends_addresses_and_names),
	    cmocka_unit_test(socks5_works_with_and_without_a_user),
	    cmocka_unit_test(socks5_reports_each_reply_as_text),
	    cmocka_unit_test(start_rejects_values_that_cannot_be_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
