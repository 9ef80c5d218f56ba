/* SPDX-License-Identifier: ISC */
/*
 * Tests of the opening handshake of the WebSocket rung, with the http rung
 * below: both roles, every split, and each refusal. ws_rung_test.c tests
 * messages, ws_close_test.c the end.
 */
#include "tests/lib/feed.h"
#include "tests/lib/ws_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void begin(struct ws_end *w, enum side side, const char *const *options)
{
	struct err e;
	if (ws_end_init(w, side, options, &e))
		fail_msg("%s", e.text);
	ladder_start(&w->m.ladder, 0);
	ladder_link_opened(&w->m.ladder);
}

static void expect(struct buf *got, const char *want)
{
	assert_string_equal(buf_cstr(got), want);
	buf_clear(got);
}

static void expect_part(struct buf *got, const char *part)
{
	if (!strstr(buf_cstr(got), part))
		fail_msg("'%s' is not in:\n%s", part, buf_cstr(got));
}

#define CLIENT_HEAD                                     \
	"GET / HTTP/1.1\r\nHost: localhost\r\n"         \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Key: " WS_MOCK_KEY "\r\n"        \
	"Sec-WebSocket-Version: 13\r\n"

/* ---- a handshake that succeeds ---- */

/* RFC 6455 §4.1 */
static void a_client_sends_the_fields_of_the_standard(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT, NULL);
	expect(&w.m.down, CLIENT_HEAD "\r\n");
	ws_end_fini(&w);
	begin(&w, SIDE_CLIENT,
	      OPTIONS("PATH", "/a?b", "--origin", "http://o", "--subprotocol",
		      "chat,v2", "--deflate", "on", "-H", "X: y"));
	expect(&w.m.down, "GET /a?b HTTP/1.1\r\nHost: localhost\r\n"
			  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			  "Sec-WebSocket-Key: " WS_MOCK_KEY "\r\n"
			  "Sec-WebSocket-Version: 13\r\nOrigin: http://o\r\n"
			  "Sec-WebSocket-Protocol: chat,v2\r\n"
			  "Sec-WebSocket-Extensions: permessage-deflate; "
			  "client_max_window_bits\r\nX: y\r\n\r\n");
	ws_end_fini(&w);
}

static void the_host_has_the_port_unless_it_is_the_default(void **state)
{
	static const struct {
		const char *host, *port, *want;
	} rows[] = {{"h", "8080", "\r\nHost: h:8080\r\n"},
		    {"h", "80", "\r\nHost: h\r\n"},
		    {"h", "443", "\r\nHost: h:443\r\n"},
		    {"::1", "9", "\r\nHost: [::1]:9\r\n"},
		    {"::1", "80", "\r\nHost: [::1]\r\n"}};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		struct err e;
		const char *const facts[] = {"host", rows[i].host, "port",
					     rows[i].port, NULL};
		assert_int_equal(ws_end_init(&w, SIDE_CLIENT, NULL, &e), 0);
		w.m.facts = facts;
		ladder_start(&w.m.ladder, 0);
		ladder_link_opened(&w.m.ladder);
		expect_part(&w.m.down, rows[i].want);
		ws_end_fini(&w);
	}
}

static void each_client_has_a_key_of_its_own(void **state)
{
	struct ws_end w;
	struct err e;
	(void)state;
	assert_int_equal(ws_end_init(&w, SIDE_CLIENT, NULL, &e), 0);
	w.m.random = 100;
	ladder_start(&w.m.ladder, 0);
	ladder_link_opened(&w.m.ladder);
	expect_part(&w.m.down, "Sec-WebSocket-Key: ZWZnaGlqa2xtbm9wcXJzdA==");
	ws_end_fini(&w);
}

/* A handshake and the messages in the same packets. */
struct opening {
	struct ws_end w;
	enum side side;
	const char *notes, *down;
};

static void opening_begin(void *on)
{
	struct opening *o = on;
	begin(&o->w, o->side, NULL);
	buf_clear(&o->w.m.down);
}

static void opening_piece(void *on, struct bytes piece)
{
	struct opening *o = on;
	mock_come(&o->w.m, piece);
	mock_at(&o->w.m, o->w.m.now);
}

static void opening_done(void *on)
{
	struct opening *o = on;
	assert_string_equal(buf_cstr(&o->w.m.notes), o->notes);
	assert_string_equal(buf_cstr(&o->w.m.down), o->down);
	ws_end_fini(&o->w);
}

static const struct feed opening = {opening_begin, opening_piece, opening_done};

static void a_client_opens_at_every_split(void **state)
{
	struct opening o = {.side = SIDE_CLIENT,
			    .notes = "opened ws\nreshaped http\n",
			    .down = ""};
	struct ws_end peer = {.side = SIDE_CLIENT};
	struct buf in = {.limit = SIZE_MAX / 8};
	(void)state;
	ws_end_answer(&peer, "", &in);
	feed_every_split(&opening, &o, buf_bytes(&in));
	/* Frames follow the answer at once. */
	o.notes = "opened ws\nreshaped http\nws.text first\n"
		  "ws.binary second\n";
	ws_end_frame(&peer, END_TEXT, BYTES("first"), &in);
	ws_end_frame(&peer, END_BINARY, BYTES("second"), &in);
	feed_every_split(&opening, &o, buf_bytes(&in));
	buf_fini(&in);
}

static void a_server_opens_at_every_split(void **state)
{
	struct opening o = {.side = SIDE_SERVER,
			    .notes = "reshaped http\nopened ws\n",
			    .down = WS_ANSWER "\r\n"};
	struct ws_end peer = {.side = SIDE_SERVER};
	struct buf in = {.limit = SIZE_MAX / 8};
	(void)state;
	buf_puts(&in, WS_REQUEST "\r\n");
	feed_every_split(&opening, &o, buf_bytes(&in));
	/* A client that does not wait for the answer. */
	o.notes = "reshaped http\nopened ws\nws.text first\n"
		  "ws.binary second\n";
	ws_end_frame(&peer, END_TEXT, BYTES("first"), &in);
	ws_end_frame(&peer, END_BINARY, BYTES("second"), &in);
	feed_every_split(&opening, &o, buf_bytes(&in));
	buf_fini(&in);
}

static void names_of_fields_and_tokens_have_no_case(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER, NULL);
	mock_come(&w.m,
		  BYTES("GET / HTTP/1.1\r\nhost: h\r\nUPGRADE: h2c, WebSocket"
			"\r\nconnection: keep-alive, upgrade\r\n"
			"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			"SEC-WEBSOCKET-VERSION: 13\r\n\r\n"));
	expect(&w.m.down, WS_ANSWER "\r\n");
	ws_end_fini(&w);
	begin(&w, SIDE_CLIENT, NULL);
	mock_come(&w.m, BYTES("HTTP/1.1 101 \r\nupgrade: WebSocket\r\n"
			      "CONNECTION: upgrade\r\nsec-websocket-accept: "
			      "  C/0nmHhBztSRGR1CwL6Tf4ZjwpY= \r\n\r\n"));
	expect(&w.m.notes, "opened ws\nreshaped http\n");
	ws_end_fini(&w);
}

static void data_waits_for_the_handshake(void **state)
{
	struct ws_end w;
	struct err e;
	(void)state;
	begin(&w, SIDE_CLIENT, NULL);
	buf_clear(&w.m.down);
	assert_int_equal(ws_end_send(&w, NULL, NULL, BYTES("early"), 0, &e), 0);
	expect(&w.m.down, "");
	ws_end_open(&w, "");
	ws_end_fini(&w);
	begin(&w, SIDE_SERVER, NULL);
	assert_int_equal(ws_end_send(&w, NULL, NULL, BYTES("early"), 0, &e), 0);
	mock_come(&w.m, BYTES(WS_REQUEST "\r\n"));
	expect(&w.m.down, WS_ANSWER "\r\n\x81\x05"
				    "early");
	ws_end_fini(&w);
}

/* ---- a server refuses ---- */

#define UPGRADES   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION    "Sec-WebSocket-Version: 13\r\n"
#define HEAD(line) line " HTTP/1.1\r\nHost: h\r\n"

static void a_server_refuses_what_is_no_websocket(void **state)
{
	static const struct {
		const char *request, *status, *why;
	} rows[] = {
	    {HEAD("GET /other") UPGRADES KEY VERSION, "404 Not Found",
	     "another path is served"},
	    {HEAD("POST /chat") UPGRADES KEY VERSION "Content-Length: 0\r\n",
	     "405 Method Not Allowed",
	     "the method is not GET (RFC 6455 4.2.1)"},
	    {HEAD("GET /chat") "Connection: Upgrade\r\n" KEY VERSION,
	     "426 Upgrade Required", "no Upgrade: websocket (RFC 6455 4.2.1)"},
	    {HEAD("GET /chat") "Upgrade: websocket\r\n" KEY VERSION,
	     "426 Upgrade Required", "no Connection: Upgrade (RFC 6455 4.2.1)"},
	    {HEAD("GET /chat") UPGRADES KEY "Sec-WebSocket-Version: 8\r\n",
	     "426 Upgrade Required",
	     "Sec-WebSocket-Version is not 13 (RFC 6455 4.2.2)"},
	    {HEAD("GET /chat") UPGRADES KEY, "426 Upgrade Required",
	     "Sec-WebSocket-Version is not 13 (RFC 6455 4.2.2)"},
	    {HEAD("GET /chat") UPGRADES VERSION, "400 Bad Request",
	     "Sec-WebSocket-Key is not 16 bytes in base64 (RFC 6455 4.2.1)"},
	    {HEAD("GET /chat") UPGRADES VERSION "Sec-WebSocket-Key: abc\r\n",
	     "400 Bad Request",
	     "Sec-WebSocket-Key is not 16 bytes in base64 (RFC 6455 4.2.1)"},
	    {"GET /chat HTTP/1.0\r\nHost: h\r\n" UPGRADES KEY VERSION,
	     "400 Bad Request", "the version is not HTTP/1.1 (RFC 6455 4.2.1)"},
	    {HEAD("GET /chat") UPGRADES KEY KEY VERSION, "400 Bad Request",
	     "Sec-WebSocket-Key is repeated (RFC 6455 11.3.1)"},
	    {HEAD("GET /chat") UPGRADES KEY VERSION VERSION, "400 Bad Request",
	     "Sec-WebSocket-Version is repeated (RFC 6455 11.3.5)"},
	    {HEAD("GET /chat") UPGRADES KEY VERSION
	     "Sec-WebSocket-Extensions: permessage-deflate; =\r\n",
	     "400 Bad Request", "RFC 6455 9.1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		begin(&w, SIDE_SERVER, OPTIONS("--path", "/chat"));
		mock_come(&w.m, bytes_str(rows[i].request));
		mock_come(&w.m, BYTES("\r\n"));
		expect_part(&w.m.down, rows[i].status);
		expect_part(&w.m.down, rows[i].why);
		expect_part(&w.m.down, "\r\nSec-WebSocket-Version: 13\r\n");
		expect_part(&w.m.down, "\r\nConnection: close\r\n");
		if (strncmp(rows[i].status, "405", 3) == 0)
			expect_part(&w.m.down, "\r\nAllow: GET\r\n");
		if (strncmp(rows[i].status, "426", 3) == 0)
			expect_part(&w.m.down, "\r\nUpgrade: websocket\r\n");
		assert_int_equal(w.m.sent_ends, 1);
		expect_part(&w.m.notes, "failed ws ws: ");
		expect_part(&w.m.notes, rows[i].why);
		assert_int_equal(w.m.failures, 1);
		ws_end_fini(&w);
	}
}

static void a_server_serves_every_path_without_a_choice(void **state)
{
	struct ws_end w;
	struct attrs *facts = attrs_new();
	struct bytes path = BYTES_NONE;
	(void)state;
	begin(&w, SIDE_SERVER, NULL);
	mock_come(&w.m, BYTES(WS_REQUEST "\r\n"));
	ws_rung.info(w.m.ladder.top, facts);
	assert_true(attrs_get(facts, "path", &path));
	assert_true(bytes_is(path, "/chat?x=1"));
	attrs_unref(facts);
	ws_end_fini(&w);
	begin(&w, SIDE_SERVER, OPTIONS("--path", "/chat"));
	mock_come(&w.m, BYTES(WS_REQUEST "\r\n"));
	expect(&w.m.notes, "reshaped http\nopened ws\n");
	ws_end_fini(&w);
}

static void a_server_may_send_a_wrong_accept_value(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER, OPTIONS("--bad-accept", ""));
	mock_come(&w.m, BYTES(WS_REQUEST "\r\n"));
	expect_part(&w.m.down,
		    "Sec-WebSocket-Accept: A3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	ws_end_fini(&w);
}

/* RFC 6455 §4.2.2: a subprotocol of the client's list, or none. */
static void a_server_chooses_an_offered_subprotocol(void **state)
{
	static const struct {
		const char *ours, *fields, *want; /* NULL: none */
	} rows[] = {
	    {"v2,chat", "Sec-WebSocket-Protocol: chat, v2\r\n",
	     "\r\nSec-WebSocket-Protocol: chat\r\n"},
	    {"v2",
	     "Sec-WebSocket-Protocol: chat\r\n"
	     "Sec-WebSocket-Protocol: v3,v2\r\n",
	     "\r\nSec-WebSocket-Protocol: v2\r\n"},
	    {"v2", "Sec-WebSocket-Protocol: V2\r\n", NULL},
	    {"v2", "", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		begin(&w, SIDE_SERVER, OPTIONS("--subprotocol", rows[i].ours));
		mock_come(&w.m, BYTES(WS_REQUEST));
		mock_come(&w.m, bytes_str(rows[i].fields));
		mock_come(&w.m, BYTES("\r\n"));
		expect_part(&w.m.notes, "opened ws\n");
		if (rows[i].want)
			expect_part(&w.m.down, rows[i].want);
		else
			expect(&w.m.down, WS_ANSWER "\r\n");
		ws_end_fini(&w);
	}
}

#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate"

static void a_server_accepts_deflate_unless_off(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_SERVER, NULL);
	mock_come(&w.m, BYTES(WS_REQUEST DEFLATE
			      "; server_no_context_takeover\r\n\r\n"));
	expect(&w.m.down,
	       WS_ANSWER DEFLATE "; server_no_context_takeover\r\n\r\n");
	ws_end_fini(&w);
	begin(&w, SIDE_SERVER, OPTIONS("--no-deflate", "1"));
	mock_come(&w.m, BYTES(WS_REQUEST DEFLATE "\r\n\r\n"));
	expect(&w.m.down, WS_ANSWER "\r\n");
	ws_end_fini(&w);
}

/* ---- a client refuses ---- */

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT    "Sec-WebSocket-Accept: C/0nmHhBztSRGR1CwL6Tf4ZjwpY=\r\n"

static void a_client_refuses_wrong_answers(void **state)
{
	static const struct {
		const char *answer, *why;
	} rows[] = {
	    {SWITCHING "Connection: Upgrade\r\n" ACCEPT,
	     "the answer has no Upgrade: websocket (RFC 6455 4.1)"},
	    {SWITCHING "Upgrade: websocket\r\n" ACCEPT,
	     "the answer has no Connection: Upgrade (RFC 6455 4.1)"},
	    {SWITCHING UPGRADES, "Sec-WebSocket-Accept does not belong to the "
				 "key (RFC 6455 4.1)"},
	    {SWITCHING UPGRADES
	     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
	     "Sec-WebSocket-Accept does not belong to the key (RFC 6455 4.1)"},
	    {SWITCHING UPGRADES ACCEPT ACCEPT,
	     "Sec-WebSocket-Accept is repeated (RFC 6455 11.3.3)"},
	    {SWITCHING UPGRADES ACCEPT "Sec-WebSocket-Protocol: v3\r\n",
	     "the answer has a subprotocol that was not offered (RFC 6455 "
	     "4.1)"},
	    {SWITCHING UPGRADES ACCEPT "Sec-WebSocket-Protocol: chat, v2\r\n",
	     "the answer has a subprotocol that was not offered (RFC 6455 "
	     "4.1)"},
	    {SWITCHING UPGRADES ACCEPT "Sec-WebSocket-Protocol: chat\r\n"
				       "Sec-WebSocket-Protocol: chat\r\n",
	     "Sec-WebSocket-Protocol is repeated (RFC 6455 11.3.4)"},
	    {SWITCHING UPGRADES ACCEPT DEFLATE "\r\n", "RFC 6455"},
	    {SWITCHING UPGRADES ACCEPT "Sec-WebSocket-Extensions: x\r\n",
	     "RFC 6455"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		begin(&w, SIDE_CLIENT, OPTIONS("--subprotocol", "chat,v2"));
		buf_clear(&w.m.down);
		mock_come(&w.m, bytes_str(rows[i].answer));
		mock_come(&w.m, BYTES("\r\n\x81\x02hi"));
		expect_part(&w.m.notes, "failed ws ws: ");
		expect_part(&w.m.notes, rows[i].why);
		assert_null(strstr(buf_cstr(&w.m.notes), "opened"));
		expect_part(&w.m.notes, "raw \x81\x02hi\n");
		expect(&w.m.down, "");
		ws_end_fini(&w);
	}
}

static void a_client_accepts_what_it_offered(void **state)
{
	struct ws_end w;
	struct attrs *facts = attrs_new();
	struct bytes value = BYTES_NONE;
	(void)state;
	begin(&w, SIDE_CLIENT,
	      OPTIONS("--subprotocol", "chat, v2", "--deflate", "on"));
	mock_come(&w.m, BYTES(SWITCHING UPGRADES ACCEPT
			      "Sec-WebSocket-Protocol: v2\r\n" DEFLATE
			      "; client_max_window_bits=10\r\n\r\n"));
	expect(&w.m.notes, "opened ws\nreshaped http\n");
	ws_rung.info(w.m.ladder.top, facts);
	assert_true(attrs_get(facts, "subprotocol", &value));
	assert_true(bytes_is(value, "v2"));
	assert_true(attrs_get(facts, "deflate", &value));
	assert_true(bytes_is(value, "permessage-deflate; "
				    "client_max_window_bits=10"));
	attrs_unref(facts);
	ws_end_fini(&w);
}

static void a_refusal_is_shown_whole(void **state)
{
	struct ws_end w;
	(void)state;
	begin(&w, SIDE_CLIENT, NULL);
	mock_come(&w.m, BYTES("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n"
			      "\r\nno"));
	expect(&w.m.notes, "");
	mock_come(&w.m, BYTES("!!"));
	expect(&w.m.notes,
	       "http.response HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n"
	       "\r\nno!! re=ws reason=Forbidden status=403\n"
	       "failed ws ws: the server answered 403 Forbidden, not 101\n");
	ws_end_fini(&w);
}

static void a_long_refusal_comes_in_parts(void **state)
{
	struct ws_end w;
	char *body = xalloc(100001);
	(void)state;
	memset(body, 'x', 100000);
	begin(&w, SIDE_CLIENT, NULL);
	mock_come(&w.m, BYTES("HTTP/1.1 500 Oops\r\nContent-Length: 100000\r\n"
			      "\r\n"));
	mock_come(&w.m, bytes_str(body));
	expect_part(&w.m.notes, "http.response+ 65");
	expect_part(&w.m.notes, "failed ws ws: the server answered 500 Oops, "
				"not 101\n");
	assert_int_equal(w.m.failures, 1);
	assert_true(buf_len(&w.m.data) > 100000);
	free(body);
	ws_end_fini(&w);
}

/* ---- an end ---- */

static void an_end_in_the_handshake_is_an_error(void **state)
{
	static const char *const starts[] = {
	    "", "HTTP/1.1 101 Swi",
	    "HTTP/1.1 403 F\r\nContent-Length: 2\r\n\r\n"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ws_end w;
		begin(&w, SIDE_CLIENT, NULL);
		mock_come(&w.m, bytes_str(starts[i]));
		mock_end(&w.m);
		assert_true(w.m.failures >= 1);
		assert_int_equal(w.m.ends, 1);
		assert_null(strstr(buf_cstr(&w.m.notes), "opened"));
		ws_end_fini(&w);
	}
}

static void options_are_checked(void **state)
{
	static const struct {
		const char *option, *value, *why;
		enum side side;
	} rows[] = {
	    {"PATH", "chat", "a PATH begins with /", SIDE_CLIENT},
	    {"--path", "chat", "a PATH begins with /", SIDE_SERVER},
	    {"--subprotocol", "a b", "--subprotocol needs names", SIDE_CLIENT},
	    {"--origin", "x\ny", "Origin", SIDE_CLIENT},
	    {"-H", "no colon", "", SIDE_CLIENT},
	    {"PATH", "/a b", "PATH", SIDE_CLIENT},
	    {"PATH", "/a\r\nX: y", "PATH", SIDE_CLIENT},
	    {"PATH", "/a#b", "PATH", SIDE_CLIENT},
	    {"--deflate-params", "nonsense", "", SIDE_CLIENT},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct ws_end w;
		struct err e = {.kind = ERR_NONE};
		const char *const options[] = {rows[i].option, rows[i].value,
					       NULL};
		if (ws_end_init(&w, rows[i].side, options, &e) == 0)
			fail_msg("%s %s", rows[i].option, rows[i].value);
		assert_int_equal(e.kind, ERR_USAGE);
		if (!strstr(e.text, rows[i].why))
			fail_msg("%s", e.text);
		ws_end_fini(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_client_sends_the_fields_of_the_standard),
	    cmocka_unit_test(the_host_has_the_port_unless_it_is_the_default),
	    cmocka_unit_test(each_client_has_a_key_of_its_own),
	    cmocka_unit_test(a_client_opens_at_every_split),
	    cmocka_unit_test(a_server_opens_at_every_split),
	    cmocka_unit_test(names_of_fields_and_tokens_have_no_case),
	    cmocka_unit_test(data_waits_for_the_handshake),
	    cmocka_unit_test(a_server_refuses_what_is_no_websocket),
	    cmocka_unit_test(a_server_serves_every_path_without_a_choice),
	    cmocka_unit_test(a_server_may_send_a_wrong_accept_value),
	    cmocka_unit_test(a_server_chooses_an_offered_subprotocol),
	    cmocka_unit_test(a_server_accepts_deflate_unless_off),
	    cmocka_unit_test(a_client_refuses_wrong_answers),
	    cmocka_unit_test(a_client_accepts_what_it_offered),
	    cmocka_unit_test(a_refusal_is_shown_whole),
	    cmocka_unit_test(a_long_refusal_comes_in_parts),
	    cmocka_unit_test(an_end_in_the_handshake_is_an_error),
	    cmocka_unit_test(options_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
