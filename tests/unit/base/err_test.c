/* SPDX-License-Identifier: ISC */
/*
 * Tests the error value and its names. Transcripts test the errors of commands.
 */
#include "rung/err.h"

#include "rung/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void err_set_fills_and_fails(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ERR_DNS, 7, "no %s", "host"), -1);
	assert_int_equal(e.kind, ERR_DNS);
	assert_int_equal(e.code, 7);
	assert_string_equal(e.text, "no host");
	assert_int_equal(err_set(NULL, ERR_DNS, 7, "no host"), -1);
	assert_int_equal(err_usage(&e, "no %s", "word"), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(e.code, 0);
	assert_string_equal(e.text, "no word");
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
	assert_string_equal(e.text, "");
}

static void err_set_may_wrap_its_own_text(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_IO, 0, "inner");
	err_set(&e, ERR_IO, 0, "outer: %s", e.text);
	assert_string_equal(e.text, "outer: inner");
}

static void err_set_keeps_to_one_line(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_IO, 0, "two\r\nlines");
	assert_string_equal(e.text, "two  lines");
}

static void err_set_cuts_between_characters(void **state)
{
	/* U+20AC is three bytes long, U+1F600 four, U+E9 two. */
	static const char *const runes[] = {"\xe2\x82\xac", "\xf0\x9f\x98\x80",
					    "\xc3\xa9", "a"};
	struct err e;

	(void)state;
	for (size_t r = 0; r < 4; r++)
		for (int lead = 0; lead < 4; lead++) {
			char text[1000] = "";

			memset(text, 'x', (size_t)lead);
			while (strlen(text) < 300)
				strcat(text, runes[r]);
			err_set(&e, ERR_IO, 0, "%s", text);
			assert_true(utf8_valid(bytes_str(e.text)));
			assert_true(strlen(e.text) >= sizeof(e.text) - 4);
		}
}

static void err_classes_have_names_and_codes(void **state)
{
	(void)state;
	assert_string_equal(err_name(ERR_NONE), "none");
	assert_string_equal(err_name(ERR_EXPECT_TIMEOUT), "expect-timeout");
	assert_string_equal(err_name(ERR_INTERRUPTED), "interrupted");
	assert_int_equal(err_exit_code(ERR_NONE), 0);
	assert_int_equal(err_exit_code(ERR_REFUSED), 4);
	assert_int_equal(err_exit_code(ERR_UNREACHABLE), 4);
	assert_int_equal(err_exit_code(ERR_INTERRUPTED), 130);
}

static void err_of_errno_knows_the_classes(void **state)
{
	static const struct {
		int code;
		enum err_class kind;
	} rows[] = {
	    {ECONNREFUSED, ERR_REFUSED},
	    {ENETUNREACH, ERR_UNREACHABLE},
	    {EHOSTUNREACH, ERR_UNREACHABLE},
	    {ENETDOWN, ERR_UNREACHABLE},
	    {EHOSTDOWN, ERR_UNREACHABLE},
	    {ECONNRESET, ERR_RESET},
	    {ECONNABORTED, ERR_RESET},
	    {EPIPE, ERR_CLOSED},
	    {ETIMEDOUT, ERR_CONNECT_TIMEOUT},
	    {EMFILE, ERR_LIMIT},
	    {ENFILE, ERR_LIMIT},
	    {ENOMEM, ERR_LIMIT},
	    {ENOBUFS, ERR_LIMIT},
	    {EMSGSIZE, ERR_LIMIT},
	    {EADDRINUSE, ERR_IO},
	    {EACCES, ERR_IO},
	    {EXDEV, ERR_IO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(err_of_errno(rows[i].code), rows[i].kind);
}

static void err_of_link_errno_has_its_own_epipe_and_timeout(void **state)
{
	(void)state;
	assert_int_equal(err_of_link_errno(EPIPE, ERR_IO), ERR_RESET);
	assert_int_equal(err_of_link_errno(ETIMEDOUT, ERR_SEND_TIMEOUT),
			 ERR_SEND_TIMEOUT);
	assert_int_equal(err_of_link_errno(ECONNRESET, ERR_IO), ERR_RESET);
	assert_int_equal(err_of_link_errno(EMFILE, ERR_IO), ERR_LIMIT);
}

static void err_strerror_has_clear_texts(void **state)
{
	(void)state;
	assert_string_equal(err_strerror(ECONNREFUSED), "connection refused");
	assert_string_equal(err_strerror(EADDRINUSE), "address already in use");
	assert_string_equal(err_strerror(EMFILE),
			    "too many open files (raise ulimit -n)");
	assert_string_equal(err_strerror(EXDEV), strerror(EXDEV));
	for (int code = 1; code < 200; code++)
		assert_true(strlen(err_strerror(code)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(err_set_fills_and_fails),
	    cmocka_unit_test(err_set_may_wrap_its_own_text),
	    cmocka_unit_test(err_set_keeps_to_one_line),
	    cmocka_unit_test(err_set_cuts_between_characters),
	    cmocka_unit_test(err_classes_have_names_and_codes),
	    cmocka_unit_test(err_of_errno_knows_the_classes),
	    cmocka_unit_test(err_of_link_errno_has_its_own_epipe_and_timeout),
	    cmocka_unit_test(err_strerror_has_clear_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
