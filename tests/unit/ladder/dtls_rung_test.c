/* SPDX-License-Identifier: ISC */
/*
 * Tests the DTLS rung: datagrams that are lost, repeated, reordered or altered,
 * limits. dtls_cookie_test.c tests cookies. A record is carried as a datagram
 * of its own.
 */
#include "rung/codec/tls.h"
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND 1000000000ULL
#define BATCH  512u

/* The time that OpenSSL reads, which the test moves with the ladders'. */
static uint64_t clock_ns = 1000 * SECOND;

__attribute__((visibility("default"))) int
gettimeofday(struct timeval *restrict at, void *restrict zone)
{
	(void)zone;
	at->tv_sec = (time_t)(clock_ns / SECOND);
	at->tv_usec = (suseconds_t)(clock_ns % SECOND / 1000);
	return 0;
}

static void let_time_pass(struct ends *s, uint64_t ns)
{
	clock_ns += ns;
	for (int i = 0; i < 2; i++)
		mock_at(&s->side[i], s->side[i].now + ns);
}

/* How a path treats datagrams: it loses one in `lost`, and so on; 0: none. */
struct path {
	unsigned lost, doubled, swapped;
	uint32_t random;
};

static bool hits(struct path *p, unsigned one_in)
{
	p->random = p->random * 1664525 + 1013904223;
	return one_in && (p->random >> 8) % one_in == 0;
}

/* Takes the first record. Result: false: there is none. */
static bool next_record(struct bytes *rest, struct bytes *record)
{
	if (!rest->len)
		return false;
	assert_true(rest->len >= 13);
	size_t n = 13 + (size_t)rest->at[11] * 256 + rest->at[12];
	assert_true(n <= rest->len);
	*record = bytes_head(*rest, n);
	*rest = bytes_skip(*rest, n);
	return true;
}

/* Carries what one side sent. Result: false: it sent nothing. */
static bool carry(struct ends *s, int from, struct path *p)
{
	struct buf sent = ends_take_sent(s, from);
	struct bytes rest = buf_bytes(&sent), record[BATCH];
	size_t n = 0;
	while (n < BATCH - 1 && next_record(&rest, &record[n])) {
		if (hits(p, p->doubled)) {
			record[n + 1] = record[n];
			n++;
		}
		n += !hits(p, p->lost);
	}
	for (size_t i = 1; i < n; i++) {
		struct bytes other = record[i - 1];
		if (!hits(p, p->swapped))
			continue;
		record[i - 1] = record[i];
		record[i] = other;
	}
	for (size_t i = 0; i < n; i++)
		mock_come(&s->side[!from], record[i]);
	bool some = buf_len(&sent) > 0;
	buf_fini(&sent);
	return some;
}

/* Carries until neither side sends more, also after a while. */
static void settle(struct ends *s, struct path *p)
{
	for (int quiet = 0; quiet < 4;) {
		bool some = carry(s, CLIENT, p);
		some |= carry(s, SERVER, p);
		quiet = some ? 0 : quiet + 1;
		if (!some)
			let_time_pass(s, SECOND);
	}
}

static struct path good;

/* Makes a plan with an option (NULL: none); a client verifies nothing. Result:
 * NULL and *e: an option is rejected. */
static struct rung_plan *plan_for(enum side side, const char *option,
				  const char *value, struct err *e)
{
	const char *options[] = {"--insecure", "", option, value, NULL};
	return plan_with(test_rung(BYTES("dtls")), side,
			 options + (side == SIDE_CLIENT ? 0 : 2), e);
}

/* Starts both sides, each with an option that needs no value; NULL: none. */
static void begin_with(struct ends *s, const char *client, const char *server)
{
	const char *of_client[] = {"--insecure", "", client, "", NULL};
	const char *of_server[] = {server, "", NULL};
	ends_init(s, ends_plan("dtls", SIDE_CLIENT, of_client),
		  ends_plan("dtls", SIDE_SERVER, of_server));
	ends_start(s);
}

static void begin(struct ends *s)
{
	begin_with(s, NULL, NULL);
}

static void is_open(struct ends *s)
{
	ends_has_note(s, CLIENT, "opened dtls\n");
	ends_has_note(s, SERVER, "opened dtls\n");
}

static void begin_open(struct ends *s)
{
	begin(s);
	settle(s, &good);
	is_open(s);
}

static void messages_keep_their_boundaries(void **state)
{
	struct ends s;
	(void)state;
	begin(&s);
	/* Queued until the handshake is done. */
	ends_say(&s, CLIENT, "early");
	settle(&s, &good);
	is_open(&s);
	ends_say(&s, CLIENT, "one");
	ends_say(&s, CLIENT, "two");
	ends_say(&s, SERVER, "three");
	settle(&s, &good);
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[early][one][two]");
	assert_string_equal(buf_cstr(&s.side[CLIENT].top), "[three]");
	ends_fini(&s);
}

static void several_records_in_a_datagram_are_read(void **state)
{
	struct ends s;
	(void)state;
	begin_open(&s);
	ends_say(&s, CLIENT, "one");
	ends_say(&s, CLIENT, "two");
	struct buf sent = ends_take_sent(&s, CLIENT);
	/* The reader has room for one message at a time. */
	s.side[SERVER].limit = 1;
	mock_come(&s.side[SERVER], buf_bytes(&sent));
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[one]");
	assert_true(ladder_is_blocked(&s.side[SERVER].ladder));
	mock_consume(&s.side[SERVER], 3);
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[one][two]");
	buf_fini(&sent);
	ends_fini(&s);
}

/* Returns true if each part of `[...]` is unique, and one of `n` numbers. */
static bool are_numbers(const char *at, unsigned n, unsigned *count)
{
	bool *seen = xalloc(n * sizeof *seen);
	bool good_so_far = true;
	*count = 0;
	while (*at && good_so_far) {
		char *end;
		unsigned long v = *at == '[' ? strtoul(at + 1, &end, 10) : n;
		good_so_far = v < n && *end == ']' && !seen[v];
		if (!good_so_far)
			break;
		seen[v] = true;
		++*count;
		at = end + 1;
	}
	free(seen);
	return good_so_far;
}

static void handshake_and_messages_survive_bad_paths(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 40; seed++) {
		struct path bad = {
		    .lost = 4, .doubled = 5, .swapped = 3, .random = seed};
		struct ends s;
		unsigned count;
		begin(&s);
		for (int i = 0; i < 60; i++)
			settle(&s, &bad);
		is_open(&s);
		for (unsigned i = 0; i < 100; i++) {
			char text[16];
			snprintf(text, sizeof text, "%u", i);
			ends_say(&s, CLIENT, text);
			if (i % 10 == 9)
				carry(&s, CLIENT, &bad);
		}
		if (!are_numbers(buf_cstr(&s.side[SERVER].top), 100, &count))
			fail_msg("%s", buf_cstr(&s.side[SERVER].top));
		assert_in_range(count, 50, 99);
		assert_int_equal(s.side[SERVER].failures, 0);
		ends_fini(&s);
	}
}

static void lost_flight_is_repeated_after_a_second(void **state)
{
	struct ends s;
	(void)state;
	begin(&s);
	struct buf lost = ends_take_sent(&s, CLIENT);
	assert_true(s.side[CLIENT].armed != 0);
	let_time_pass(&s, SECOND / 2);
	assert_int_equal(buf_len(&s.side[CLIENT].down), 0);
	let_time_pass(&s, SECOND * 6 / 10);
	assert_int_equal(buf_len(&s.side[CLIENT].down), buf_len(&lost));
	settle(&s, &good);
	is_open(&s);
	/* No flight is under way, so no timer runs. */
	assert_int_equal(s.side[CLIENT].armed, 0);
	buf_fini(&lost);
	ends_fini(&s);
}

static void peer_that_never_answers_fails_the_handshake(void **state)
{
	struct ends s;
	(void)state;
	begin(&s);
	for (int i = 0; i < 40 && !s.side[CLIENT].failures; i++)
		let_time_pass(&s, 61 * SECOND);
	ends_has_note(&s, CLIENT,
		      "failed dtls tls: handshake: the peer does not answer");
	assert_int_equal(s.side[CLIENT].armed, 0);
	ends_fini(&s);
}

static void altered_records_are_ignored(void **state)
{
	struct ends s;
	(void)state;
	begin_open(&s);
	ends_say(&s, CLIENT, "hello");
	struct buf sent = ends_take_sent(&s, CLIENT);
	for (size_t i = 0; i < buf_len(&sent); i++) {
		uint8_t *byte = sent.data + sent.head + i;
		*byte ^= 0x41;
		mock_come(&s.side[SERVER], buf_bytes(&sent));
		*byte ^= 0x41;
		mock_come(&s.side[SERVER], bytes_head(buf_bytes(&sent), i));
	}
	mock_come(&s.side[SERVER], BYTES("garbage"));
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "");
	mock_come(&s.side[SERVER], buf_bytes(&sent));
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[hello]");
	assert_int_equal(s.side[SERVER].failures, 0);
	buf_fini(&sent);
	ends_fini(&s);
}

static void limits_are_said_in_words(void **state)
{
	static uint8_t big[TLS_RECORD_MAX + 1];
	struct ends s;
	struct err e;
	(void)state;
	begin_open(&s);
	struct mock *client = &s.side[CLIENT];
	assert_int_equal(mock_send(client, bytes_of(big, sizeof big), 0, &e),
			 -1);
	assert_string_equal(e.text,
			    "dtls: a message of 16385 bytes does not fit in a "
			    "record; at most 16384 bytes");
	assert_int_equal(mock_send(client, BYTES_NONE, 0, &e), -1);
	assert_string_equal(e.text, "dtls: a message cannot be empty");
	assert_int_equal(
	    mock_send(client, bytes_of(big, TLS_RECORD_MAX), 0, &e), 0);
	settle(&s, &good);
	assert_int_equal(buf_len(&s.side[SERVER].data), TLS_RECORD_MAX);
	ends_fini(&s);
}

/* A message that found no room is encrypted again. */
static void full_link_refuses_a_message(void **state)
{
	struct ends s;
	(void)state;
	begin_open(&s);
	s.side[CLIENT].room = 10;
	assert_int_equal(mock_send(&s.side[CLIENT], BYTES("hello"), 0, NULL),
			 -1);
	s.side[CLIENT].room = SIZE_MAX;
	ends_say(&s, CLIENT, "hello");
	settle(&s, &good);
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[hello]");
	ends_fini(&s);
}

/* Counts the notes of one side that begin with the text. */
static unsigned count_notes(struct ends *s, int side, const char *text)
{
	unsigned n = 0;
	const char *at = ends_notes(s, side);
	while ((at = strstr(at, text)) != NULL) {
		at += strlen(text);
		n++;
	}
	return n;
}

static void handshake_and_alerts_are_reported_as_dtls(void **state)
{
	static const char *const messages[] = {
	    "client_hello",        "server_hello",      "certificate",
	    "server_key_exchange", "server_hello_done", "client_key_exchange"};
	const struct close_request in_order = {.code = 0};
	struct ends s;
	char text[64];
	(void)state;
	begin_open(&s);
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		snprintf(text, sizeof text, "dtls.handshake %s ", messages[i]);
		ends_has_note(&s, CLIENT, text);
		ends_has_note(&s, SERVER, text);
	}
	/* One without the cookie, and one with it. */
	assert_int_equal(count_notes(&s, CLIENT, "handshake client_hello"), 2);
	assert_int_equal(count_notes(&s, SERVER, "handshake client_hello"), 2);
	ladder_close(&s.side[CLIENT].ladder, NULL, &in_order, 0);
	carry(&s, CLIENT, &good);
	ends_has_note(&s, CLIENT, "control > dtls.alert close_notify 2");
	ends_has_note(&s, SERVER, "control < dtls.alert close_notify 2");
	assert_null(strstr(ends_notes(&s, CLIENT), " tls."));
	ends_fini(&s);
}

static void kinds_of_dtls_cannot_be_sent(void **state)
{
	const struct unit_kind *kinds = test_rung(BYTES("dtls"))->kinds;
	struct unit u = {.kind = unit_kind_find(kinds, BYTES("alert")),
			 .data = BYTES("\1")};
	struct ends s;
	struct err e;
	(void)state;
	begin_open(&s);
	assert_non_null(u.kind);
	assert_int_equal(ladder_down(&s.side[CLIENT].ladder, &u, &e), -1);
	assert_string_equal(e.text, "dtls.alert cannot be sent");
	assert_int_equal(buf_len(&s.side[CLIENT].down), 0);
	ends_fini(&s);
}

static void rung_that_never_began_can_be_closed(void **state)
{
	const struct close_request in_order = {.code = 0};
	struct mock m;
	struct err e;
	struct rung_plan *plan = rung_plan_new();
	(void)state;
	/* Without a name or --insecure. */
	assert_int_equal(rung_plan_add(plan, test_rung(BYTES("dtls")),
				       SIDE_CLIENT, NULL, NULL, 0, &e),
			 0);
	ends_push(&m, plan);
	ladder_start(&m.ladder, 0);
	assert_non_null(strstr(buf_cstr(&m.notes), "no name to verify"));
	ladder_close(&m.ladder, NULL, &in_order, 0);
	assert_non_null(strstr(buf_cstr(&m.notes), "all closed"));
	mock_fini(&m);
	rung_plan_unref(plan);
}

/* `stalls`: the side with --stall. */
static void stall(int stalls)
{
	struct ends s;
	begin_with(&s, stalls == CLIENT ? "--stall" : NULL,
		   stalls == SERVER ? "--stall" : NULL);
	settle(&s, &good);
	assert_null(strstr(ends_notes(&s, CLIENT), "opened"));
	assert_null(strstr(ends_notes(&s, SERVER), "opened"));
	assert_int_equal(count_notes(&s, stalls, "control < "), 0);
	ends_has_note(&s, CLIENT, "control > dtls.handshake client_hello ");
	if (stalls == SERVER)
		assert_string_equal(ends_notes(&s, SERVER), "");
	ends_fini(&s);
}

static void stalled_handshake_does_not_go_on(void **state)
{
	(void)state;
	stall(CLIENT);
	stall(SERVER);
}

/* `by_end`: the client sends an end, and does not close the ladder. */
static void close_client(bool by_end)
{
	const struct close_request in_order = {.code = 0};
	struct ends s;
	begin_open(&s);
	ends_say(&s, CLIENT, "last");
	if (by_end)
		mock_send(&s.side[CLIENT], BYTES_NONE, UNIT_END, NULL);
	else
		ladder_close(&s.side[CLIENT].ladder, NULL, &in_order, 0);
	carry(&s, CLIENT, &good);
	ends_has_note(&s, SERVER, "ended dtls\n");
	assert_string_equal(buf_cstr(&s.side[SERVER].top), "[last].");
	ladder_close(&s.side[SERVER].ladder, NULL, &in_order, 0);
	carry(&s, SERVER, &good);
	ends_has_note(&s, CLIENT, by_end ? "ended dtls\n" : "all closed");
	if (by_end)
		buf_clear(&s.side[CLIENT].top);
	mock_come(&s.side[CLIENT], BYTES("plain"));
	assert_string_equal(buf_cstr(&s.side[CLIENT].top), "{plain}");
	ends_fini(&s);
}

static void close_notify_ends_the_rung(void **state)
{
	(void)state;
	close_client(false);
	close_client(true);
}

static void dtls_has_no_version_1_3(void **state)
{
	static const char *const bad[] = {"1.3", "1.2..1.3", "1.1"};
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_null(plan_for(SIDE_SERVER, "--tls", bad[i], &e));
		assert_string_equal(e.text,
				    "--tls: DTLS has the versions 1.0 and 1.2");
	}
	struct rung_plan *plan = plan_for(SIDE_SERVER, "--tls", "1.2..", &e);
	assert_non_null(plan);
	rung_plan_unref(plan);
}

static void dtls_has_no_early_data(void **state)
{
	struct err e;
	(void)state;
	assert_null(plan_for(SIDE_CLIENT, "--early-data", "/dev/null", &e));
	assert_string_equal(e.text, "--early-data: dtls has no early data");
}

static void session_is_resumed(void **state)
{
	static const char *const options[] = {"--sess-out", "--sess-in"};
	static const char *const want[] = {"no", "yes"};
	char path[] = "dtls-session-XXXXXX";
	struct rung_plan *server = ends_plan("dtls", SIDE_SERVER, NULL);
	int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < 2; i++) {
		struct ends s;
		const char *of_client[] = {"--insecure", "", options[i], path,
					   NULL};
		ends_init(&s, ends_plan("dtls", SIDE_CLIENT, of_client),
			  rung_plan_ref(server));
		ends_start(&s);
		settle(&s, &good);
		is_open(&s);
		ends_has_fact(&s, CLIENT, "resumed", want[i]);
		ends_say(&s, CLIENT, "hello");
		settle(&s, &good);
		assert_string_equal(buf_cstr(&s.side[SERVER].top), "[hello]");
		ends_fini(&s);
	}
	rung_plan_unref(server);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_keep_their_boundaries),
	    cmocka_unit_test(several_records_in_a_datagram_are_read),
	    cmocka_unit_test(handshake_and_messages_survive_bad_paths),
	    cmocka_unit_test(lost_flight_is_repeated_after_a_second),
	    cmocka_unit_test(peer_that_never_answers_fails_the_handshake),
	    cmocka_unit_test(altered_records_are_ignored),
	    cmocka_unit_test(limits_are_said_in_words),
	    cmocka_unit_test(full_link_refuses_a_message),
	    cmocka_unit_test(handshake_and_alerts_are_reported_as_dtls),
	    cmocka_unit_test(kinds_of_dtls_cannot_be_sent),
	    cmocka_unit_test(rung_that_never_began_can_be_closed),
	    cmocka_unit_test(stalled_handshake_does_not_go_on),
	    cmocka_unit_test(close_notify_ends_the_rung),
	    cmocka_unit_test(dtls_has_no_version_1_3),
	    cmocka_unit_test(dtls_has_no_early_data),
	    cmocka_unit_test(session_is_resumed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
