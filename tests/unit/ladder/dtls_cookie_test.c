/* SPDX-License-Identifier: ISC */
/*
 * Tests the cookies of a DTLS listener.
 */
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND 1000000000ULL

static void begin(struct ends *s)
{
	ends_init(s, ends_plan("dtls", SIDE_CLIENT, tls_insecure),
		  ends_plan("dtls", SIDE_SERVER, NULL));
	ends_start(s);
}

/* Asks the server's plan about the client's datagram. */
static bool is_admitted(struct ends *s, const char *peer, struct bytes first,
			struct buf *answer)
{
	buf_clear(answer);
	return rung_plan_admits(s->plan[SERVER], bytes_str(peer), first,
				s->side[SERVER].now, answer);
}

/* Takes the client's answer to the HelloVerifyRequest that it has got. */
static struct buf hello_with_cookie(struct ends *s, const struct buf *request)
{
	mock_come(&s->side[CLIENT], buf_bytes(request));
	return ends_take_sent(s, CLIENT);
}

static void sender_is_admitted_with_the_cookie_of_its_address(void **state)
{
	struct ends s;
	struct buf answer = {.limit = BUF_SMALL};
	(void)state;
	begin(&s);
	struct buf hello = ends_take_sent(&s, CLIENT);
	assert_false(is_admitted(&s, "me", buf_bytes(&hello), &answer));
	/* A spoofed source must not get more bytes than were sent. */
	assert_in_range(buf_len(&answer), 1, buf_len(&hello));
	buf_fini(&hello);
	hello = hello_with_cookie(&s, &answer);
	assert_false(is_admitted(&s, "you", buf_bytes(&hello), &answer));
	assert_true(buf_len(&answer) > 0);
	for (int i = 0; i < 2; i++) {
		assert_true(is_admitted(&s, "me", buf_bytes(&hello), &answer));
		assert_int_equal(buf_len(&answer), 0);
	}
	buf_fini(&hello);
	buf_fini(&answer);
	ends_fini(&s);
}

static void cookie_expires_after_its_key_changed_twice(void **state)
{
	static const struct {
		/* Seconds: from key to cookie, from there to its return, and
		 * between datagrams of other senders. */
		uint64_t before, after, others;
		bool admitted;
	} cases[] = {
	    {0, 59, 1, true},     {59, 60, 1, true},      {59, 62, 1, false},
	    {0, 120, 1, false},   {0, 3600, 1, false},    {0, 90, 90, true},
	    {0, 120, 120, false}, {0, 3600, 3600, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ends s;
		struct buf answer = {.limit = BUF_SMALL};
		begin(&s);
		struct buf hello = ends_take_sent(&s, CLIENT);
		s.side[SERVER].now = 1000 * SECOND;
		(void)is_admitted(&s, "me", BYTES("x"), &answer);
		s.side[SERVER].now += cases[i].before * SECOND;
		(void)is_admitted(&s, "me", buf_bytes(&hello), &answer);
		buf_fini(&hello);
		hello = hello_with_cookie(&s, &answer);
		/* Other senders change the key as time passes. */
		for (uint64_t n = 0; n < cases[i].after; n += cases[i].others) {
			s.side[SERVER].now += cases[i].others * SECOND;
			(void)is_admitted(&s, "other", BYTES("x"), &answer);
		}
		assert_int_equal(
		    is_admitted(&s, "me", buf_bytes(&hello), &answer),
		    cases[i].admitted);
		buf_fini(&hello);
		buf_fini(&answer);
		ends_fini(&s);
	}
}

static void other_datagrams_are_not_admitted(void **state)
{
	static const char *const texts[] = {"", "x", "GET / HTTP/1.1\r\n\r\n",
					    "\x16\xfe\xfd"};
	struct ends s;
	struct buf answer = {.limit = BUF_SMALL};
	(void)state;
	begin(&s);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_false(
		    is_admitted(&s, "me", bytes_str(texts[i]), &answer));
		assert_int_equal(buf_len(&answer), 0);
	}
	struct buf hello = ends_take_sent(&s, CLIENT);
	for (size_t n = 0; n < buf_len(&hello); n++)
		assert_false(is_admitted(
		    &s, "me", bytes_head(buf_bytes(&hello), n), &answer));
	buf_fini(&hello);
	buf_fini(&answer);
	ends_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sender_is_admitted_with_the_cookie_of_its_address),
	    cmocka_unit_test(cookie_expires_after_its_key_changed_twice),
	    cmocka_unit_test(other_datagrams_are_not_admitted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
