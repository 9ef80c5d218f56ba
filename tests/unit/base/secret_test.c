/* SPDX-License-Identifier: ISC */
/*
 * Tests which parts of a text are secrets.
 */
#include "rung/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void secret_next_finds_each_kind(void **state)
{
	static const struct {
		const char *text, *secret; /* NULL: none */
	} cases[] = {
	    {"Authorization: Basic YTpi\r\nA: b", "Basic YTpi"},
	    {"send \"proxy-authorization: x\"", "x\""},
	    {"Cookie: a=b; c=d\n", "a=b; c=d"},
	    {"Set-Cookie:id=1", "id=1"},
	    {"X-Api-Key: k", "k"},
	    {"PASS hunter2\r\n", "hunter2"},
	    {"> PASS hunter2", "hunter2"},
	    {"@s1 send \"pass hunter2", "hunter2"},
	    {"AUTH PLAIN AGEAYg==", "AGEAYg=="},
	    {"AUTH hunter2", "hunter2"},
	    {"a1 login anna hunter2", "hunter2"},
	    {"a1 AUTHENTICATE PLAIN AGEAYg==", "AGEAYg=="},
	    {"user=a&password=b&c=d", "b"},
	    {"{\"access_token\": \"a b\", \"c\": 1}", "a b"},
	    {"{\\\"passwd\\\":\\\"x\\\"}", "x"},
	    {"{\"password\":\"a\\\"b\"}", "a\\\"b"},
	    {"GET /?api_key=k HTTP/1.1", "k"},
	    {"client_secret: s", "s"},
	    {"!curl --password s http://h", "s"},
	    {"connect http://anna:pw@h/", "pw"},
	    {"let db_password hunter2", "hunter2"},
	    {"let token2 = x", "= x"},
	    {"AUTH PLAIN\r\n", NULL},
	    {"AUTH LOGIN", NULL},
	    {"LOGIN anna", NULL},
	    {"password", NULL},
	    {"password=", NULL},
	    {"the tests will pass today", NULL},
	    {"connect tcp://[::1]:80", NULL},
	    {"let name value", NULL},
	    {"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes text = bytes_str(cases[i].text);
		struct secret s;
		bool found = secret_next(text, 0, &s);
		if (found != !!cases[i].secret ||
		    (found && !bytes_is(bytes_of(text.at + s.at, s.end - s.at),
					cases[i].secret)))
			fail_msg("%s", cases[i].text);
	}
}

static void secret_next_goes_on_after_a_secret(void **state)
{
	struct bytes text = BYTES("Cookie: a\r\nX-Api-Key: b\r\n");
	struct secret s = {.end = 0};
	(void)state;
	assert_true(secret_next(text, s.end, &s));
	assert_int_equal(s.at, 8);
	assert_true(secret_next(text, s.end, &s));
	assert_int_equal(s.at, 22);
	assert_false(secret_next(text, s.end, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(secret_next_finds_each_kind),
	    cmocka_unit_test(secret_next_goes_on_after_a_secret),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
