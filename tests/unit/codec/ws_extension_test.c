/* SPDX-License-Identifier: ISC */
/*
 * Tests of negotiating permessage-deflate in both roles.
 */
#include "rung/codec/ws_deflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PMD   "permessage-deflate"
#define SNCT  "; server_no_context_takeover"
#define CNCT  "; client_no_context_takeover"
#define SBITS "; server_max_window_bits"
#define CBITS "; client_max_window_bits"

static void assert_printed(const struct ws_deflate *d, const char *want)
{
	struct buf out = {.limit = 500};

	assert_int_equal(ws_deflate_print(d, &out), 0);
	assert_string_equal(buf_cstr(&out), want);
	buf_fini(&out);
}

/* Accepts the offer of a client; compares the answer. NULL: declined. */
static void accepts(const char *ours, const char *offers, const char *want,
		    const char *reason)
{
	struct ws_deflate limits, agreed;
	struct err e;

	assert_int_equal(ws_deflate_read(bytes_str(ours), &limits, NULL), 0);

	enum ws_agreement found = ws_deflate_accept(bytes_str(offers), &limits,
						    &agreed, &e);

	if (found == WS_AGREED)
		assert_printed(&agreed, want ? want : "");
	assert_int_equal(found, want ? WS_AGREED : WS_DECLINED);
	assert_string_equal(e.kind ? e.text : "", reason ? reason : "");
}

/* RFC 7692 §7.1.3 and the defaults. */
static void offers_without_parameters_are_accepted(void **state)
{
	(void)state;
	accepts("", PMD, PMD, NULL);
	accepts("", "", NULL, NULL);
	accepts("", "foo; bar=1, x-webkit", NULL, NULL);
	accepts("", " ,, foo ; bar = \"1\" , " PMD " ,", PMD, NULL);
}

/* RFC 7692 §7.1.1.1, §7.1.1.2 */
static void context_takeover_is_negotiated(void **state)
{
	(void)state;
	accepts("", PMD SNCT, PMD SNCT, NULL);
	accepts("", PMD CNCT, PMD CNCT, NULL);
	accepts("server_no_context_takeover", PMD, PMD SNCT, NULL);
	accepts("client_no_context_takeover", PMD, PMD CNCT, NULL);
	accepts("", PMD CNCT SNCT, PMD SNCT CNCT, NULL);
}

/* RFC 7692 §7.1.2.1 */
static void the_servers_window_is_the_smaller_one(void **state)
{
	(void)state;
	accepts("", PMD SBITS "=10", PMD SBITS "=10", NULL);
	accepts("server_max_window_bits=9", PMD SBITS "=10", PMD SBITS "=9",
		NULL);
	accepts("server_max_window_bits=12", PMD SBITS "=10", PMD SBITS "=10",
		NULL);
	accepts("server_max_window_bits=12", PMD, PMD SBITS "=12", NULL);
	accepts("", PMD SBITS "=8", PMD SBITS "=8", NULL);
	accepts("", PMD SBITS "=15", PMD SBITS "=15", NULL);
}

/* RFC 7692 §7.1.2.2 */
static void the_clients_window_is_limited_only_if_offered(void **state)
{
	(void)state;
	accepts("", PMD CBITS, PMD, NULL);
	accepts("", PMD CBITS "=11", PMD CBITS "=11", NULL);
	accepts("client_max_window_bits=10", PMD CBITS, PMD CBITS "=10", NULL);
	accepts("client_max_window_bits=10", PMD CBITS "=9", PMD CBITS "=9",
		NULL);
	accepts("client_max_window_bits=10", PMD CBITS "=11", PMD CBITS "=10",
		NULL);
	accepts("client_max_window_bits=10", PMD, NULL,
		PMD ": the client cannot limit its window");
	accepts("client_max_window_bits=15", PMD, PMD, NULL);
}

/* RFC 7692 §7, §7.1: an offer that must be declined. */
static void invalid_offers_are_declined(void **state)
{
	static const struct {
		const char *offer, *reason;
	} cases[] = {
	    {PMD "; foo", PMD ": unknown parameter 'foo' (RFC 7692 7)"},
	    {PMD "; Server_no_context_takeover",
	     PMD ": unknown parameter 'Server_no_context_takeover' (RFC 7692 "
		 "7)"},
	    {PMD SNCT SNCT,
	     PMD ": repeated parameter 'server_no_context_takeover' (RFC 7692 "
		 "7)"},
	    {PMD CBITS CBITS "=9",
	     PMD ": repeated parameter 'client_max_window_bits' (RFC 7692 7)"},
	    {PMD SNCT "=1",
	     PMD ": a value for 'server_no_context_takeover' (RFC 7692 "
		 "7.1.1.1)"},
	    {PMD CNCT "=\"true\"",
	     PMD ": a value for 'client_no_context_takeover' (RFC 7692 "
		 "7.1.1.2)"},
	    {PMD SBITS,
	     PMD ": no number from 8 to 15 in 'server_max_window_bits' (RFC "
		 "7692 7.1.2.1)"},
	};
	static const char *const numbers[] = {"0",
					      "7",
					      "16",
					      "08",
					      "010",
					      "1O",
					      "+9",
					      "-9",
					      "9.",
					      "100000000",
					      "18446744073709551625",
					      "\"\\1\\6\""};
	struct buf offer = {.limit = 200};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		accepts("", cases[i].offer, NULL, cases[i].reason);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		buf_clear(&offer);
		buf_printf(&offer, PMD SBITS "=%s", numbers[i]);
		accepts("", buf_cstr(&offer), NULL,
			PMD ": no number from 8 to 15 in "
			    "'server_max_window_bits' (RFC 7692 7.1.2.1)");
		buf_clear(&offer);
		buf_printf(&offer, PMD CBITS "=%s", numbers[i]);
		accepts("", buf_cstr(&offer), NULL,
			PMD ": no number from 8 to 15 in "
			    "'client_max_window_bits' (RFC 7692 7.1.2.2)");
	}
	buf_fini(&offer);
}

static void every_window_is_accepted(void **state)
{
	struct buf text = {.limit = 200};
	(void)state;

	for (unsigned bits = WS_WINDOW_MIN; bits <= WS_WINDOW_MAX; bits++) {
		buf_clear(&text);
		buf_printf(&text, PMD SBITS "=%u" CBITS "=%u", bits, bits);
		accepts("", buf_cstr(&text), buf_cstr(&text), NULL);
	}
	buf_fini(&text);
}

/* RFC 6455 §9.1: a value may be quoted and escaped. */
static void values_may_be_quoted(void **state)
{
	(void)state;
	accepts("", PMD SBITS "=\"10\"" CBITS " = \"\\9\"",
		PMD SBITS "=10" CBITS "=9", NULL);
}

/* RFC 6455 §9.1, RFC 7692 §5: the first offer that works. */
static void the_first_offer_that_works_is_accepted(void **state)
{
	(void)state;
	accepts("", PMD "; foo, " PMD SBITS "=10, " PMD, PMD SBITS "=10",
		PMD ": unknown parameter 'foo' (RFC 7692 7)");
	accepts("client_max_window_bits=9", PMD ", " PMD CBITS, PMD CBITS "=9",
		PMD ": the client cannot limit its window");
}

static const struct {
	const char *field;
	size_t at;
} malformed[] = {
    {PMD "; ", 20},
    {PMD ";;", 19},
    {PMD " foo", 19},
    {PMD "; foo=", 24},
    {PMD "; foo=\"", 25},
    {PMD "; foo=\"a", 26},
    {PMD "; foo=\"\"", 26},
    {PMD "; foo=\"a b\"", 27},
    {PMD "; foo=\"\\", 26},
    {"=1", 0},
    {"foo, (", 5},
    {PMD ", foo\x01", 23},
    {"\x80", 0},
    {"foo; a=b c", 9},
};

/* RFC 6455 §9.1: a malformed field fails the connection. */
static void malformed_fields_are_invalid_in_both_roles(void **state)
{
	const struct ws_deflate none = {0};
	struct ws_deflate agreed;
	char want[100];
	struct err e;
	(void)state;

	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
		struct bytes field = bytes_str(malformed[i].field);

		snprintf(want, sizeof want,
			 "malformed Sec-WebSocket-Extensions (RFC 6455 9.1) "
			 "at byte %zu",
			 malformed[i].at);
		assert_int_equal(ws_deflate_accept(field, &none, &agreed, &e),
				 WS_INVALID);
		assert_int_equal(e.kind, ERR_WS_PROTO);
		assert_string_equal(e.text, want);
	}
	assert_int_equal(ws_deflate_confirm(BYTES(PMD ";"), &none, &agreed, &e),
			 WS_INVALID);
	assert_string_equal(e.text,
			    "malformed Sec-WebSocket-Extensions (RFC 6455 "
			    "9.1) at byte 19");
}

static enum ws_agreement confirm(const char *offer, const char *answer,
				 struct ws_deflate *agreed, struct err *e)
{
	struct ws_deflate offered;

	assert_int_equal(ws_deflate_read(bytes_str(offer), &offered, NULL), 0);
	err_clear(e);
	return ws_deflate_confirm(bytes_str(answer), &offered, agreed, e);
}

static void confirms(const char *offer, const char *answer, const char *want)
{
	struct ws_deflate agreed;
	struct err e;

	assert_int_equal(confirm(offer, answer, &agreed, &e), WS_AGREED);
	assert_printed(&agreed, want);
}

static void clients_confirm_valid_answers(void **state)
{
	struct ws_deflate agreed;
	struct err e;
	(void)state;

	assert_int_equal(confirm("", "", &agreed, &e), WS_DECLINED);
	confirms("", PMD, PMD);
	/* RFC 7692 §7.1.1.1, §7.1.2.1: also without an offer of them. */
	confirms("", PMD SNCT SBITS "=9", PMD SNCT SBITS "=9");
	confirms("server_max_window_bits=10", PMD SBITS "=\"9\"",
		 PMD SBITS "=9");
	/* RFC 7692 §7.1.1.2: the client does what it announced. */
	confirms("", PMD CNCT, PMD CNCT);
	confirms("client_no_context_takeover", PMD, PMD CNCT);
	/* RFC 7692 §7.1.2.2 */
	confirms("client_max_window_bits", PMD, PMD);
	confirms("client_max_window_bits", PMD CBITS "=8", PMD CBITS "=8");
	confirms("client_max_window_bits=10", PMD, PMD CBITS "=10");
	confirms("client_max_window_bits=10", PMD CBITS "=9", PMD CBITS "=9");
}

/* RFC 6455 §4.1; RFC 7692 §7, §7.1 */
static void clients_reject_other_answers(void **state)
{
	static const struct {
		const char *offer, *answer, *error;
	} cases[] = {
	    {"", "foo",
	     "the server answers with the unrequested extension 'foo' (RFC "
	     "6455 4.1)"},
	    {"", PMD ", " PMD,
	     "the server repeats the extension 'permessage-deflate' (RFC 6455 "
	     "9.1)"},
	    {"", PMD "; foo", PMD ": unknown parameter 'foo' (RFC 7692 7)"},
	    {"", PMD SNCT SNCT,
	     PMD ": repeated parameter 'server_no_context_takeover' (RFC 7692 "
		 "7)"},
	    {"", PMD SNCT "=1",
	     PMD ": a value for 'server_no_context_takeover' (RFC 7692 "
		 "7.1.1.1)"},
	    {"", PMD SBITS "=7",
	     PMD ": no number from 8 to 15 in 'server_max_window_bits' (RFC "
		 "7692 7.1.2.1)"},
	    {"client_max_window_bits", PMD CBITS,
	     PMD ": no number from 8 to 15 in 'client_max_window_bits' (RFC "
		 "7692 7.1.2.2)"},
	    {"server_no_context_takeover", PMD,
	     PMD ": the server keeps its context (RFC 7692 7.1.1.1)"},
	    {"server_max_window_bits=10", PMD,
	     PMD ": the server exceeds the window that was offered (RFC 7692 "
		 "7.1.2.1)"},
	    {"server_max_window_bits=10", PMD SBITS "=11",
	     PMD ": the server exceeds the window that was offered (RFC 7692 "
		 "7.1.2.1)"},
	    {"", PMD CBITS "=10",
	     PMD ": the server limits a window that was not offered (RFC 7692 "
		 "7.1.2.2)"},
	    {"client_max_window_bits=10", PMD CBITS "=11",
	     PMD ": the server exceeds the client's window (RFC 7692 "
		 "7.1.2.2)"},
	};
	struct ws_deflate agreed;
	struct err e;
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(
		    confirm(cases[i].offer, cases[i].answer, &agreed, &e),
		    WS_INVALID);
		assert_int_equal(e.kind, ERR_WS_PROTO);
		assert_string_equal(e.text, cases[i].error);
	}
	/* No extension was offered. */
	assert_int_equal(ws_deflate_confirm(BYTES(PMD), NULL, &agreed, &e),
			 WS_INVALID);
	assert_string_equal(e.text,
			    "the server answers with the unrequested "
			    "extension 'permessage-deflate' (RFC 6455 4.1)");
	assert_int_equal(ws_deflate_confirm(BYTES_NONE, NULL, &agreed, &e),
			 WS_DECLINED);
}

static void parameters_of_a_user_are_read(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
	    {"foo", PMD ": unknown parameter 'foo' (RFC 7692 7)"},
	    {"server_max_window_bits=7",
	     PMD ": no number from 8 to 15 in 'server_max_window_bits' (RFC "
		 "7692 7.1.2.1)"},
	    {"a b", "separate parameters by ';', not 'b'"},
	    {";", "not a list of parameters: ';'"},
	    {"server_no_context_takeover client_no_context_takeover",
	     "separate parameters by ';', not 'client_no_context_takeover'"},
	    {"server_no_context_takeover, client_no_context_takeover",
	     "separate parameters by ';', not ', client_no_context_takeover'"},
	};
	struct ws_deflate d;
	struct err e;
	(void)state;

	assert_int_equal(ws_deflate_read(BYTES(" "), &d, NULL), 0);
	assert_printed(&d, PMD);
	assert_int_equal(ws_deflate_read(BYTES("client_max_window_bits ; "
					       "server_no_context_takeover"),
					 &d, NULL),
			 0);
	assert_printed(&d, PMD SNCT CBITS);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(
		    ws_deflate_read(bytes_str(cases[i].text), &d, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		assert_string_equal(e.text, cases[i].error);
	}
}

static void each_side_has_its_window_and_context(void **state)
{
	struct ws_deflate d;
	(void)state;

	ws_deflate_read(BYTES("client_no_context_takeover; "
			      "server_max_window_bits=9"),
			&d, NULL);
	assert_int_equal(ws_deflate_window(&d, true), 9);
	assert_int_equal(ws_deflate_window(&d, false), 15);
	assert_true(ws_deflate_takes_over(&d, true));
	assert_false(ws_deflate_takes_over(&d, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(offers_without_parameters_are_accepted),
	    cmocka_unit_test(context_takeover_is_negotiated),
	    cmocka_unit_test(the_servers_window_is_the_smaller_one),
	    cmocka_unit_test(the_clients_window_is_limited_only_if_offered),
	    cmocka_unit_test(invalid_offers_are_declined),
	    cmocka_unit_test(every_window_is_accepted),
	    cmocka_unit_test(values_may_be_quoted),
	    cmocka_unit_test(the_first_offer_that_works_is_accepted),
	    cmocka_unit_test(malformed_fields_are_invalid_in_both_roles),
	    cmocka_unit_test(clients_confirm_valid_answers),
	    cmocka_unit_test(clients_reject_other_answers),
	    cmocka_unit_test(parameters_of_a_user_are_read),
	    cmocka_unit_test(each_side_has_its_window_and_context),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
