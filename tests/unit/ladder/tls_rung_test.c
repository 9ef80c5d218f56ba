/* SPDX-License-Identifier: ISC */
/*
 * Tests the TLS rung: a client and a server exchange their records through
 * buffers, cut at any place. tests/wire has real peers.
 */
#include "rung/codec/cert.h"
#include "rung/codec/tls.h"
#include "tests/lib/feed.h"
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CLIENT, SERVER };

struct ends {
	struct mock side[2];
	struct rung_plan *plan[2];
};

#define OPTIONS_MAX 16

/* Makes a plan from pairs of an option and its value, ended by NULL. NULL and
 * *e: it is rejected. */
static struct rung_plan *make_plan(enum side side, const char *const *options,
				   struct err *e)
{
	struct named_value more[OPTIONS_MAX];
	size_t n = 0;
	for (; options && options[0]; options += 2)
		more[n++] = (struct named_value){options[0],
						 bytes_str(options[1])};
	struct rung_plan *plan = rung_plan_new();
	if (rung_plan_add(plan, test_rung(BYTES("tls")), side, NULL, more, n,
			  e) == 0)
		return plan;
	rung_plan_unref(plan);
	return NULL;
}

static struct rung_plan *plan_tls(enum side side, const char *const *options)
{
	struct err e;
	struct rung_plan *plan = make_plan(side, options, &e);
	if (!plan)
		fail_msg("%s", e.text);
	return plan;
}

static void push(struct mock *m, struct rung_plan *plan)
{
	struct err e;
	mock_init(m);
	if (rung_plan_push(plan, &m->ladder, &e))
		fail_msg("%s", e.text);
}

static void start(struct ends *s)
{
	ladder_start(&s->side[SERVER].ladder, 0);
	ladder_start(&s->side[CLIENT].ladder, 0);
}

static void ends_init(struct ends *s, struct rung_plan *client,
		      struct rung_plan *server)
{
	s->plan[CLIENT] = client;
	s->plan[SERVER] = server;
	push(&s->side[CLIENT], client);
	push(&s->side[SERVER], server);
}

static void ends_fini(struct ends *s)
{
	for (int i = 0; i < 2; i++) {
		mock_fini(&s->side[i]);
		rung_plan_unref(s->plan[i]);
	}
}

/* Takes what this side sent. The caller frees it. */
static struct buf take_sent(struct ends *s, int side)
{
	struct buf sent = s->side[side].down;
	buf_init(&s->side[side].down, SIZE_MAX / 8);
	return sent;
}

/* Passes what this side sent to the other, in pieces. Result: false: it sent
 * nothing. */
static bool carry(struct ends *s, int from, size_t piece)
{
	struct buf sent = take_sent(s, from);
	struct bytes rest = buf_bytes(&sent);
	bool some = rest.len > 0;
	while (rest.len) {
		mock_come(&s->side[!from], bytes_head(rest, piece));
		rest = bytes_skip(rest, piece);
	}
	buf_fini(&sent);
	return some;
}

static void settle(struct ends *s, size_t piece)
{
	bool some = true;
	while (some) {
		some = carry(s, CLIENT, piece);
		some |= carry(s, SERVER, piece);
	}
}

static const char *notes(struct ends *s, int side)
{
	return buf_cstr(&s->side[side].notes);
}

static void has_note(struct ends *s, int side, const char *part)
{
	if (!strstr(notes(s, side), part))
		fail_msg("no '%s' in: %s", part, notes(s, side));
}

static void say(struct ends *s, int side, const char *text)
{
	struct err e;
	if (mock_send(&s->side[side], bytes_str(text), 0, &e))
		fail_msg("%s", e.text);
}

static void got(struct ends *s, int side, const char *data)
{
	assert_string_equal(buf_cstr(&s->side[side].data), data);
}

static const char *const insecure[] = {"--insecure", "", NULL};

static void open_ends(struct ends *s)
{
	ends_init(s, plan_tls(SIDE_CLIENT, insecure),
		  plan_tls(SIDE_SERVER, NULL));
	start(s);
	settle(s, SIZE_MAX);
	has_note(s, CLIENT, "opened tls\n");
	has_note(s, SERVER, "opened tls\n");
}

static void fill(struct buf *out, size_t n)
{
	buf_init(out, SIZE_MAX / 8);
	for (size_t i = 0; i < n; i++)
		buf_putc(out, (int)(i * 7 % 251));
}

static void records_arrive_in_pieces_of_any_size(void **state)
{
	static const size_t pieces[] = {1, 2, 3, 5, 6, 17, 100, 4096, SIZE_MAX};
	struct buf big;
	(void)state;
	fill(&big, 40000);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		struct ends s;
		ends_init(&s, plan_tls(SIDE_CLIENT, insecure),
			  plan_tls(SIDE_SERVER, NULL));
		start(&s);
		settle(&s, pieces[i]);
		for (int side = 0; side < 2; side++) {
			struct bytes data = buf_bytes(&big);
			assert_int_equal(
			    mock_send(&s.side[side], data, 0, NULL), 0);
			settle(&s, pieces[i]);
			assert_true(
			    bytes_equal(buf_bytes(&s.side[!side].data), data));
		}
		ends_fini(&s);
	}
	buf_fini(&big);
}

/* Data that was sent before the rung opened follows the client's Finished in
 * one segment. */
static void data_behind_the_handshake_arrives_cut_at_every_place(void **state)
{
	size_t length = 1;
	(void)state;
	for (size_t cut = 0; cut < length; cut++) {
		struct ends s;
		ends_init(&s, plan_tls(SIDE_CLIENT, insecure),
			  plan_tls(SIDE_SERVER, NULL));
		start(&s);
		say(&s, CLIENT, "early");
		carry(&s, CLIENT, SIZE_MAX);
		carry(&s, SERVER, SIZE_MAX);
		struct buf sent = take_sent(&s, CLIENT);
		length = buf_len(&sent);
		mock_come(&s.side[SERVER], bytes_head(buf_bytes(&sent), cut));
		mock_come(&s.side[SERVER], bytes_skip(buf_bytes(&sent), cut));
		got(&s, SERVER, "early");
		buf_fini(&sent);
		ends_fini(&s);
	}
	assert_true(length > 20);
}

static void plain_bytes_behind_close_notify_are_kept(void **state)
{
	const struct close_request in_order = {.code = 0};
	(void)state;
	for (size_t cut = 0; cut < 40; cut++) {
		struct ends s;
		open_ends(&s);
		struct mock *client = &s.side[CLIENT];
		ladder_close(&client->ladder, NULL, &in_order, 0);
		carry(&s, CLIENT, SIZE_MAX);
		has_note(&s, SERVER, "ended tls\n");
		ladder_close(&s.side[SERVER].ladder, NULL, &in_order, 0);
		has_note(&s, SERVER, "all closed all\n");
		struct buf sent = take_sent(&s, SERVER);
		buf_puts(&sent, "plain text");
		mock_come(client, bytes_head(buf_bytes(&sent), cut));
		mock_come(client, bytes_skip(buf_bytes(&sent), cut));
		has_note(&s, CLIENT, "all closed all\n");
		got(&s, CLIENT, "plain text");
		assert_true(client->raws > 0);
		assert_int_equal(client->ends, 0);
		buf_fini(&sent);
		ends_fini(&s);
	}
}

static void end_without_close_notify_is_an_error(void **state)
{
	struct ends s;
	(void)state;
	open_ends(&s);
	say(&s, SERVER, "half");
	settle(&s, SIZE_MAX);
	mock_end(&s.side[CLIENT]);
	got(&s, CLIENT, "half");
	has_note(&s, CLIENT,
		 "ended tls tls: the peer closed the connection "
		 "without close_notify");
	assert_int_equal(s.side[CLIENT].ends, 1);
	ends_fini(&s);
}

static void end_of_sending_is_close_notify(void **state)
{
	struct ends s;
	(void)state;
	open_ends(&s);
	say(&s, CLIENT, "last");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES_NONE, UNIT_END, NULL),
			 0);
	struct buf sent = take_sent(&s, CLIENT);
	struct bytes all = buf_bytes(&sent);
	/* The mock marks an end by a dot. */
	assert_int_equal(all.at[all.len - 1], '.');
	mock_come(&s.side[SERVER], bytes_head(all, all.len - 1));
	mock_end(&s.side[SERVER]);
	got(&s, SERVER, "last");
	assert_null(strstr(notes(&s, SERVER), "without"));
	say(&s, SERVER, "answer");
	carry(&s, SERVER, SIZE_MAX);
	got(&s, CLIENT, "answer");
	buf_fini(&sent);
	ends_fini(&s);
}

static void end_within_the_handshake_fails(void **state)
{
	struct ends s;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, insecure),
		  plan_tls(SIDE_SERVER, NULL));
	start(&s);
	mock_end(&s.side[CLIENT]);
	has_note(&s, CLIENT,
		 "failed tls tls: the peer closed the connection "
		 "during the handshake");
	assert_int_equal(s.side[CLIENT].ends, 1);
	ends_fini(&s);
}

/* ---- peers without TLS ---- */

struct plain {
	struct ends s;
	int side;
	const char *text, *words;
};

static void plain_begin(void *on)
{
	struct plain *p = on;
	ends_init(&p->s, plan_tls(SIDE_CLIENT, insecure),
		  plan_tls(SIDE_SERVER, NULL));
	start(&p->s);
}

static void plain_piece(void *on, struct bytes piece)
{
	struct plain *p = on;
	mock_come(&p->s.side[p->side], piece);
}

static void plain_done(void *on)
{
	struct plain *p = on;
	mock_end(&p->s.side[p->side]);
	has_note(&p->s, p->side, p->words);
	got(&p->s, p->side, p->text);
	assert_true(p->s.side[p->side].raws > 0);
	ends_fini(&p->s);
}

static void plain_peers_are_named_and_stay_readable(void **state)
{
	static const struct feed feed = {plain_begin, plain_piece, plain_done};
	static struct plain plain[] = {
	    {.text = "HTTP/1.1 400 Bad Request\r\n", .words = "plain HTTP"},
	    {.text = "220 mail ESMTP\r\n", .words = "plain SMTP or FTP"},
	    {.text = "SSH-2.0-x\r\n", .words = "plain SSH"},
	    {.text = "-ERR unknown\r\n", .words = "plain Redis"},
	    {.text = "hello\n", .words = "plain text"},
	    {.text = "HT", .words = "plain text"},
	    {.side = SERVER, .text = "GET / HTTP/1.0", .words = "plain HTTP"},
	    {.side = SERVER, .text = "EHLO me\r\n", .words = "plain SMTP"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		feed_every_split(&feed, &plain[i], bytes_str(plain[i].text));
}

/* ---- certificates ---- */

static void unknown_certificate_is_refused(void **state)
{
	static const char *const name[] = {"--sni", "localhost", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, name), plan_tls(SIDE_SERVER, NULL));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT,
		 "failed tls tls: self-signed certificate: "
		 "certificate 0, CN=localhost, valid ");
	has_note(&s, SERVER, "the peer sent the alert unknown_ca (48)");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES("x"), 0, NULL), -1);
	ends_fini(&s);
}

/* Returns the pin that the server's plan reports; the caller frees it. */
static char *pin_of(struct rung_plan *server)
{
	struct attrs *facts = attrs_new();
	struct bytes pin;
	rung_plan_info(server, facts);
	assert_true(attrs_get(facts, "pin", &pin));
	char *text = xstrndup(pin);
	attrs_unref(facts);
	return text;
}

static void pin_is_enough(void **state)
{
	struct ends s;
	struct rung_plan *server = plan_tls(SIDE_SERVER, NULL);
	char *pin = pin_of(server);
	const char *const options[] = {"--pin", pin, NULL};
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, options), server);
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT, "opened tls\n");
	free(pin);
	ends_fini(&s);
}

static void other_pin_is_refused(void **state)
{
	static const char *const options[] = {
	    "--pin",
	    "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, options),
		  plan_tls(SIDE_SERVER, NULL));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT, "which no --pin names");
	ends_fini(&s);
}

static void client_without_a_name_fails(void **state)
{
	struct mock m;
	struct rung_plan *plan = plan_tls(SIDE_CLIENT, NULL);
	(void)state;
	push(&m, plan);
	ladder_start(&m.ladder, 0);
	assert_string_equal(buf_cstr(&m.notes),
			    "failed tls tls: no name to verify; use --sni "
			    "NAME, --pin or --insecure\n");
	assert_int_equal(buf_len(&m.down), 0);
	mock_fini(&m);
	rung_plan_unref(plan);
}

/* Writes a key and a certificate for the name to a file. Result: its path,
 * which the caller removes and frees. */
static char *pem_file(const char *name)
{
	const char *const names[] = {name, NULL};
	struct buf pem = {.limit = BUF_SMALL};
	char path[] = "tls-test-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	assert_non_null(f);
	assert_int_equal(cert_self_signed(names, &pem, NULL), 0);
	fwrite(buf_bytes(&pem).at, 1, buf_len(&pem), f);
	fclose(f);
	buf_fini(&pem);
	return xstrdup(path);
}

static void drop_file(char *path)
{
	remove(path);
	free(path);
}

static void client_certificate_is_verified(void **state)
{
	char *mine = pem_file("me"), *other = pem_file("other");
	const char *const server[] = {"--client-ca", mine, NULL};
	const char *const right[] = {"--insecure", "", "--cert", mine, NULL};
	const char *const wrong[] = {"--insecure", "", "--cert", other, NULL};
	struct ends s;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, right),
		  plan_tls(SIDE_SERVER, server));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, SERVER, "opened tls\n");
	ends_fini(&s);
	ends_init(&s, plan_tls(SIDE_CLIENT, wrong),
		  plan_tls(SIDE_SERVER, server));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, SERVER,
		 "self-signed certificate: certificate 0, "
		 "CN=other");
	/* In TLS 1.3 the client is open before the server refuses it. */
	has_note(&s, CLIENT,
		 "opened tls\nfailed tls tls: the peer sent the "
		 "alert unknown_ca (48)");
	ends_fini(&s);
	ends_init(&s, plan_tls(SIDE_CLIENT, insecure),
		  plan_tls(SIDE_SERVER, server));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT, "certificate_required (116)");
	ends_fini(&s);
	drop_file(mine);
	drop_file(other);
}

static void server_chooses_the_certificate_by_name(void **state)
{
	char *a = pem_file("a.test"), *b = pem_file("b.test");
	const char *const server[] = {"--cert", a, "--cert", b, NULL};
	const char *const client[] = {"--ca", b, "--sni", "b.test", NULL};
	struct ends s;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, client),
		  plan_tls(SIDE_SERVER, server));
	start(&s);
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT, "opened tls\n");
	ends_fini(&s);
	drop_file(a);
	drop_file(b);
}

static void facts_name_what_was_agreed(void **state)
{
	static const char *const both[] = {
	    "--insecure", "", "--alpn", "h2,http/1.1", "--tls", "1.2", NULL};
	static const char *const one[] = {"--alpn", "http/1.1", NULL};
	struct ends s;
	struct attrs *facts = attrs_new();
	struct bytes value;
	(void)state;
	ends_init(&s, plan_tls(SIDE_CLIENT, both), plan_tls(SIDE_SERVER, one));
	start(&s);
	settle(&s, SIZE_MAX);
	const struct rung *r = s.side[CLIENT].ladder.top;
	r->ops->info(r, facts);
	assert_true(attrs_get(facts, "tls", &value));
	assert_true(bytes_is(value, "TLSv1.2"));
	assert_true(attrs_get(facts, "alpn", &value));
	assert_true(bytes_is(value, "http/1.1"));
	assert_true(attrs_get(facts, "verified", &value));
	assert_true(bytes_is(value, "no (--insecure)"));
	attrs_unref(facts);
	ends_fini(&s);
}

/* ---- limits ---- */

static void full_owner_stops_decryption(void **state)
{
	struct ends s;
	struct buf big;
	(void)state;
	fill(&big, 1000000);
	open_ends(&s);
	struct mock *client = &s.side[CLIENT];
	client->limit = 1000;
	assert_int_equal(mock_send(&s.side[SERVER], buf_bytes(&big), 0, NULL),
			 0);
	carry(&s, SERVER, SIZE_MAX);
	assert_true(client->unread < 100000);
	assert_true(ladder_is_blocked(&client->ladder));
	mock_end(client);
	assert_int_equal(client->ends, 0);
	while (buf_len(&client->data) < 1000000)
		mock_consume(client, 100000);
	assert_true(bytes_equal(buf_bytes(&client->data), buf_bytes(&big)));
	mock_consume(client, SIZE_MAX);
	assert_int_equal(client->ends, 1);
	ends_fini(&s);
	buf_fini(&big);
}

static void full_link_queues_records_in_order(void **state)
{
	struct ends s;
	(void)state;
	open_ends(&s);
	s.side[CLIENT].room = 0;
	say(&s, CLIENT, "one ");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES("no"), 0, NULL), -1);
	s.side[CLIENT].room = SIZE_MAX;
	ladder_resume(&s.side[CLIENT].ladder);
	say(&s, CLIENT, "two");
	settle(&s, SIZE_MAX);
	got(&s, SERVER, "one two");
	ends_fini(&s);
}

static void too_long_data_is_refused_before_it_is_encrypted(void **state)
{
	struct ends s;
	struct buf big;
	struct err e;
	(void)state;
	fill(&big, LADDER_HELD_MAX);
	open_ends(&s);
	assert_int_equal(mock_send(&s.side[CLIENT], buf_bytes(&big), 0, &e),
			 -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	say(&s, CLIENT, "still fine");
	settle(&s, SIZE_MAX);
	got(&s, SERVER, "still fine");
	ends_fini(&s);
	buf_fini(&big);
}

static void altered_record_ends_the_rung(void **state)
{
	struct ends s;
	(void)state;
	open_ends(&s);
	say(&s, CLIENT, "secret");
	struct buf sent = take_sent(&s, CLIENT);
	sent.data[sent.tail - 1] ^= 1;
	mock_come(&s.side[SERVER], buf_bytes(&sent));
	has_note(&s, SERVER, "failed tls tls: decryption failed");
	settle(&s, SIZE_MAX);
	has_note(&s, CLIENT, "the peer sent the alert bad_record_mac (20)");
	got(&s, SERVER, "");
	buf_fini(&sent);
	ends_fini(&s);
}

static void wrong_options_are_rejected(void **state)
{
	static const struct {
		const char *name, *value, *words;
		enum side side;
	} wrong[] = {
	    {"--tls", "1.4", "write MIN..MAX", SIDE_CLIENT},
	    {"--tls", "1.3..1.2", "write MIN..MAX", SIDE_CLIENT},
	    {"--tls", "..", "write MIN..MAX", SIDE_CLIENT},
	    {"--pin", "sha256//abc", "a pin is sha256//", SIDE_CLIENT},
	    {"--ciphers", "nonsense", "--ciphers: no cipher match",
	     SIDE_CLIENT},
	    {"--groups", "nonsense", "--groups: ", SIDE_CLIENT},
	    {"--ca", "/nonexistent", "--ca /nonexistent: no such file",
	     SIDE_CLIENT},
	    {"--ca", "/dev/null", "not a regular file", SIDE_CLIENT},
	    {"--cert", "/etc/hostname", "--cert: no start line", SIDE_SERVER},
	    {"--key", "/etc/hostname", "each needs a --cert", SIDE_SERVER},
	    {"--alpn", "h2,,h3", "a name has 1 to 255 bytes", SIDE_CLIENT},
	    {"--insecure", "", "an option of the client side", SIDE_SERVER},
	    {"--save", "x", "an option of the server side", SIDE_CLIENT},
	    {"--sni", "a,b", "no name for a certificate", SIDE_SERVER},
	};
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		const char *const options[] = {wrong[i].name, wrong[i].value,
					       NULL};
		struct err e;
		struct rung_plan *plan = make_plan(wrong[i].side, options, &e);
		if (plan)
			fail_msg("%s %s is accepted", wrong[i].name,
				 wrong[i].value);
		if (!strstr(e.text, wrong[i].words))
			fail_msg("%s: %s", wrong[i].name, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_arrive_in_pieces_of_any_size),
	    cmocka_unit_test(
		data_behind_the_handshake_arrives_cut_at_every_place),
	    cmocka_unit_test(plain_bytes_behind_close_notify_are_kept),
	    cmocka_unit_test(end_without_close_notify_is_an_error),
	    cmocka_unit_test(end_of_sending_is_close_notify),
	    cmocka_unit_test(end_within_the_handshake_fails),
	    cmocka_unit_test(plain_peers_are_named_and_stay_readable),
	    cmocka_unit_test(unknown_certificate_is_refused),
	    cmocka_unit_test(pin_is_enough),
	    cmocka_unit_test(other_pin_is_refused),
	    cmocka_unit_test(client_without_a_name_fails),
	    cmocka_unit_test(client_certificate_is_verified),
	    cmocka_unit_test(server_chooses_the_certificate_by_name),
	    cmocka_unit_test(facts_name_what_was_agreed),
	    cmocka_unit_test(full_owner_stops_decryption),
	    cmocka_unit_test(full_link_queues_records_in_order),
	    cmocka_unit_test(too_long_data_is_refused_before_it_is_encrypted),
	    cmocka_unit_test(altered_record_ends_the_rung),
	    cmocka_unit_test(wrong_options_are_rejected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
