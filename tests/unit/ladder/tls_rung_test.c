/* SPDX-License-Identifier: ISC */
/*
 * Tests the TLS rung: records cut at any place, ends, plain text, limits.
 * tls_options_test.c tests the options, tests/wire has real peers.
 */
#include "tests/lib/feed.h"
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
		ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
			  tls_plan(SIDE_SERVER, NULL));
		ends_start(&s);
		ends_settle(&s, pieces[i]);
		for (int side = 0; side < 2; side++) {
			struct bytes data = buf_bytes(&big);
			assert_int_equal(
			    mock_send(&s.side[side], data, 0, NULL), 0);
			ends_settle(&s, pieces[i]);
			assert_true(
			    bytes_equal(buf_bytes(&s.side[!side].data), data));
		}
		ends_fini(&s);
	}
	buf_fini(&big);
}

/* Data that was sent before the rung opened follows the client's Finished in
 * one segment. */
static void data_after_the_handshake_arrives_cut_at_every_place(void **state)
{
	size_t length = 1;
	(void)state;
	for (size_t cut = 0; cut < length; cut++) {
		struct ends s;
		ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
			  tls_plan(SIDE_SERVER, NULL));
		ends_start(&s);
		ends_say(&s, CLIENT, "early");
		ends_carry(&s, CLIENT, SIZE_MAX);
		ends_carry(&s, SERVER, SIZE_MAX);
		struct buf sent = ends_take_sent(&s, CLIENT);
		length = buf_len(&sent);
		mock_come(&s.side[SERVER], bytes_head(buf_bytes(&sent), cut));
		mock_come(&s.side[SERVER], bytes_skip(buf_bytes(&sent), cut));
		ends_got(&s, SERVER, "early");
		buf_fini(&sent);
		ends_fini(&s);
	}
	assert_true(length > 20);
}

static void plain_bytes_after_close_notify_are_kept(void **state)
{
	const struct close_request in_order = {.code = 0};
	(void)state;
	for (size_t cut = 0; cut < 40; cut++) {
		struct ends s;
		ends_open(&s);
		struct mock *client = &s.side[CLIENT];
		ladder_close(&client->ladder, NULL, &in_order, 0);
		ends_carry(&s, CLIENT, SIZE_MAX);
		ends_has_note(&s, SERVER, "ended tls\n");
		ladder_close(&s.side[SERVER].ladder, NULL, &in_order, 0);
		ends_has_note(&s, SERVER, "all closed all\n");
		struct buf sent = ends_take_sent(&s, SERVER);
		buf_puts(&sent, "plain text");
		mock_come(client, bytes_head(buf_bytes(&sent), cut));
		mock_come(client, bytes_skip(buf_bytes(&sent), cut));
		ends_has_note(&s, CLIENT, "all closed all\n");
		ends_got(&s, CLIENT, "plain text");
		assert_true(client->raws > 0);
		assert_int_equal(client->ends, 0);
		buf_fini(&sent);
		ends_fini(&s);
	}
}

static void bytes_of_a_broken_header_are_kept(void **state)
{
	static const char text[] = "plain text";
	(void)state;
	for (size_t cut = 0; cut < sizeof text; cut++) {
		struct ends s;
		ends_open(&s);
		ends_say(&s, SERVER, "sealed.");
		struct buf sent = ends_take_sent(&s, SERVER);
		struct mock *client = &s.side[CLIENT];
		buf_puts(&sent, text);
		size_t at = buf_len(&sent) - strlen(text) + cut;
		mock_come(client, bytes_head(buf_bytes(&sent), at));
		mock_come(client, bytes_skip(buf_bytes(&sent), at));
		ends_has_note(&s, CLIENT, "failed tls tls: ");
		ends_got(&s, CLIENT, "sealed.plain text");
		assert_true(client->raws > 0);
		buf_fini(&sent);
		ends_fini(&s);
	}
}

static void end_without_close_notify_is_an_error(void **state)
{
	struct ends s;
	(void)state;
	ends_open(&s);
	ends_say(&s, SERVER, "half");
	ends_settle(&s, SIZE_MAX);
	mock_end(&s.side[CLIENT]);
	ends_got(&s, CLIENT, "half");
	ends_has_note(&s, CLIENT,
		      "ended tls tls: the peer closed the connection "
		      "without close_notify");
	assert_int_equal(s.side[CLIENT].ends, 1);
	ends_fini(&s);
}

static void end_of_sending_is_close_notify(void **state)
{
	struct ends s;
	(void)state;
	ends_open(&s);
	ends_say(&s, CLIENT, "last");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES_NONE, UNIT_END, NULL),
			 0);
	struct buf sent = ends_take_sent(&s, CLIENT);
	struct bytes all = buf_bytes(&sent);
	/* The mock marks an end by a dot. */
	assert_int_equal(all.at[all.len - 1], '.');
	mock_come(&s.side[SERVER], bytes_head(all, all.len - 1));
	mock_end(&s.side[SERVER]);
	ends_got(&s, SERVER, "last");
	assert_null(strstr(ends_notes(&s, SERVER), "without"));
	ends_say(&s, SERVER, "answer");
	ends_carry(&s, SERVER, SIZE_MAX);
	ends_got(&s, CLIENT, "answer");
	buf_fini(&sent);
	ends_fini(&s);
}

static void abrupt_close_sends_no_close_notify(void **state)
{
	const struct close_request abrupt = {.abrupt = true};
	struct ends s;
	(void)state;
	ends_open(&s);
	ends_say(&s, CLIENT, "last");
	ends_settle(&s, SIZE_MAX);
	ladder_close(&s.side[CLIENT].ladder, NULL, &abrupt, 0);
	assert_int_equal(buf_len(&s.side[CLIENT].down), 0);
	ends_has_note(&s, CLIENT, "all closed all\n");
	mock_end(&s.side[SERVER]);
	ends_got(&s, SERVER, "last");
	ends_has_note(&s, SERVER, "without close_notify");
	ends_fini(&s);
}

static void handshake_that_timed_out_sends_nothing_more(void **state)
{
	const struct unit_kind *kinds = test_rung(BYTES("tls"))->kinds;
	struct unit update = {
	    .kind = unit_kind_find(kinds, BYTES("keyupdate"))};
	struct ends s;
	struct err e;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, NULL));
	struct mock *client = &s.side[CLIENT];
	ladder_start(&client->ladder, 5);
	mock_at(client, 5);
	ends_has_note(&s, CLIENT, "failed tls tls: timed out opening");
	buf_clear(&client->down);
	e.text[0] = '\0';
	assert_int_equal(mock_send(client, BYTES("secret"), 0, &e), -1);
	assert_string_equal(
	    e.text, "tls has failed; its data is not sent in the clear");
	e.text[0] = '\0';
	assert_int_equal(ladder_down(&client->ladder, &update, &e), -1);
	assert_string_equal(
	    e.text, "tls has failed; its data is not sent in the clear");
	assert_int_equal(buf_len(&client->down), 0);
	ends_fini(&s);
}

static void end_within_the_handshake_fails(void **state)
{
	struct ends s;
	(void)state;
	ends_init(&s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, NULL));
	ends_start(&s);
	mock_end(&s.side[CLIENT]);
	ends_has_note(&s, CLIENT,
		      "failed tls tls: the peer closed the connection "
		      "during the handshake");
	assert_int_equal(s.side[CLIENT].ends, 1);
	ends_fini(&s);
}

static void handshake_messages_and_alerts_are_reported(void **state)
{
	static const char *const versions[] = {"1.2", "1.3"};
	const struct close_request in_order = {.code = 0};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *options[] = {"--insecure", "", "--tls", versions[i],
					 NULL};
		struct ends s;
		ends_init(&s, tls_plan(SIDE_CLIENT, options),
			  tls_plan(SIDE_SERVER, NULL));
		ends_start(&s);
		ends_settle(&s, SIZE_MAX);
		ends_has_note(&s, CLIENT,
			      "control > tls.handshake client_hello ");
		ends_has_note(&s, CLIENT,
			      "control < tls.handshake server_hello ");
		ends_has_note(&s, CLIENT, "control > tls.handshake finished ");
		ends_has_note(&s, SERVER,
			      "control < tls.handshake client_hello ");
		assert_null(strstr(ends_notes(&s, CLIENT), "tls.alert"));
		ladder_close(&s.side[CLIENT].ladder, NULL, &in_order, 0);
		ends_settle(&s, SIZE_MAX);
		ends_has_note(&s, CLIENT,
			      "control > tls.alert close_notify 2\n");
		ends_has_note(&s, SERVER,
			      "control < tls.alert close_notify 2\n");
		assert_null(strstr(ends_notes(&s, SERVER), "unknown"));
		ends_fini(&s);
	}
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
	ends_init(&p->s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, NULL));
	ends_start(&p->s);
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
	ends_has_note(&p->s, p->side, p->words);
	ends_got(&p->s, p->side, p->text);
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

/* ---- limits ---- */

static void full_owner_stops_decryption(void **state)
{
	struct ends s;
	struct buf big;
	(void)state;
	fill(&big, 1000000);
	ends_open(&s);
	struct mock *client = &s.side[CLIENT];
	client->limit = 1000;
	assert_int_equal(mock_send(&s.side[SERVER], buf_bytes(&big), 0, NULL),
			 0);
	ends_carry(&s, SERVER, SIZE_MAX);
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
	ends_open(&s);
	s.side[CLIENT].room = 0;
	ends_say(&s, CLIENT, "one ");
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES("no"), 0, NULL), -1);
	s.side[CLIENT].room = SIZE_MAX;
	ladder_resume(&s.side[CLIENT].ladder);
	ends_say(&s, CLIENT, "two");
	ends_settle(&s, SIZE_MAX);
	ends_got(&s, SERVER, "one two");
	ends_fini(&s);
}

static void too_long_data_is_refused_before_it_is_encrypted(void **state)
{
	struct ends s;
	struct buf big;
	struct err e;
	(void)state;
	fill(&big, LADDER_HELD_MAX);
	ends_open(&s);
	assert_int_equal(mock_send(&s.side[CLIENT], buf_bytes(&big), 0, &e),
			 -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	ends_say(&s, CLIENT, "still fine");
	ends_settle(&s, SIZE_MAX);
	ends_got(&s, SERVER, "still fine");
	ends_fini(&s);
	buf_fini(&big);
}

static void altered_record_ends_the_rung(void **state)
{
	struct ends s;
	(void)state;
	ends_open(&s);
	ends_say(&s, CLIENT, "secret");
	struct buf sent = ends_take_sent(&s, CLIENT);
	sent.data[sent.tail - 1] ^= 1;
	mock_come(&s.side[SERVER], buf_bytes(&sent));
	ends_has_note(&s, SERVER, "failed tls tls: decryption failed");
	ends_settle(&s, SIZE_MAX);
	ends_has_note(&s, CLIENT,
		      "the peer sent the alert bad_record_mac (20)");
	ends_got(&s, SERVER, "");
	buf_fini(&sent);
	ends_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_arrive_in_pieces_of_any_size),
	    cmocka_unit_test(
		data_after_the_handshake_arrives_cut_at_every_place),
	    cmocka_unit_test(plain_bytes_after_close_notify_are_kept),
	    cmocka_unit_test(bytes_of_a_broken_header_are_kept),
	    cmocka_unit_test(end_without_close_notify_is_an_error),
	    cmocka_unit_test(end_of_sending_is_close_notify),
	    cmocka_unit_test(abrupt_close_sends_no_close_notify),
	    cmocka_unit_test(handshake_that_timed_out_sends_nothing_more),
	    cmocka_unit_test(end_within_the_handshake_fails),
	    cmocka_unit_test(handshake_messages_and_alerts_are_reported),
	    cmocka_unit_test(plain_peers_are_named_and_stay_readable),
	    cmocka_unit_test(full_owner_stops_decryption),
	    cmocka_unit_test(full_link_queues_records_in_order),
	    cmocka_unit_test(too_long_data_is_refused_before_it_is_encrypted),
	    cmocka_unit_test(altered_record_ends_the_rung),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
