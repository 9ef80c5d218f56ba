/* SPDX-License-Identifier: ISC */
/*
 * Tests of the json view: the layout keeps the received text; data that is not
 * JSON is shown as text.
 */
#include "view_test.h"

static void json_is_laid_out_in_rows(void **state)
{
	(void)state;
	assert_body(&view_json, "{\"b\":1,\"a\":[true,null,{}],\"c\":[]}",
		    "{\n"
		    "  \"b\": 1,\n"
		    "  \"a\": [\n"
		    "    true,\n"
		    "    null,\n"
		    "    {}\n"
		    "  ],\n"
		    "  \"c\": []\n"
		    "}\n");
	assert_body(&view_json, " [ ]\r\n", "[]\n");
	assert_body(&view_json, "{ \"a\" :\n 1 }\n", "{\n  \"a\": 1\n}\n");
}

static void json_keeps_the_received_text(void **state)
{
	(void)state;
	assert_body(&view_json,
		    "{\"z\":1.50,\"z\":1E2,\"n\":"
		    "123456789012345678901234567890,"
		    "\"s\":\"a\\u00e9\\n\\\"{[,:\\\\\"}",
		    "{\n"
		    "  \"z\": 1.50,\n"
		    "  \"z\": 1E2,\n"
		    "  \"n\": 123456789012345678901234567890,\n"
		    "  \"s\": \"a\\u00e9\\n\\\"{[,:\\\\\"\n"
		    "}\n");
	assert_body(&view_json, "[\"\\u0000\"]", "[\n  \"\\u0000\"\n]\n");
}

static void json_shows_one_document_after_another(void **state)
{
	(void)state;
	assert_body(&view_json, "{\"a\":1}\n[2]\n\n3\n",
		    "{\n  \"a\": 1\n}\n[\n  2\n]\n3\n");
}

static void json_escapes_controls(void **state)
{
	(void)state;
	assert_body(&view_json, "[\"\xe2\x80\xae\x7f\xc2\x9b\xc3\xa9\"]",
		    "[\n  \"\\u202e\\u007f\\u009b\xc3\xa9\"\n]\n");
	assert_body(&view_json, "[\"\xf3\xa0\x80\x81\"]",
		    "[\n  \"\\udb40\\udc01\"\n]\n");
}

static void all_but_json_is_text(void **state)
{
	(void)state;
	assert_body(&view_json, "+OK\r\n", "+OK\n");
	assert_body(&view_json, "{\"a\":1} trailing", "{\"a\":1} trailing\n");
	assert_body(&view_json, "{\"a\":", "{\"a\":\n");
	assert_body(&view_json, "[\"\033[2J\"]", "[\"\\e[2J\"]\n");
	assert_body(&view_json, "[\"\xff\"]", "[\"\\xff\"]\n");
	assert_body(&view_json, "{}\0", "{}\\0\n");
	assert_body(&view_json, "\0\0", "\\0\\0\n");
	assert_body(&view_json, " \n", " \n");
	assert_body(&view_json, "", "");
}

static void json_waits_for_the_document(void **state)
{
	(void)state;
	assert_part(&view_json, "{\"a\":1}{\"b\"", "{\n  \"a\": 1\n}\n", 7);
	assert_part(&view_json, "{\"a\":1}\n", "{\n  \"a\": 1\n}\n", 8);
	assert_part(&view_json, "[1,", "", 0);
	/* The input ends in the middle of a word, a character or an escape. */
	assert_part(&view_json, "[\ntr", "", 0);
	assert_part(&view_json, "[\n\"\xc3", "", 0);
	assert_part(&view_json, "[\n\"\\u00", "", 0);
	/* The number may continue. */
	assert_part(&view_json, "12", "", 0);
	assert_part(&view_json, "12\n", "12\n", 3);
	assert_part(&view_json, "no JSON, several\nwords", "no JSON, several\n",
		    17);
}

static void json_stops_waiting_when_full(void **state)
{
	size_t len = ((size_t)1 << 20) + 10;
	char *data = xalloc(len);
	size_t took;

	(void)state;
	memset(data, '7', len);
	data[0] = '[';

	char *made = body_of(&view_json, bytes_of(data, len), false, &took);

	assert_int_equal(took, (size_t)1 << 20);
	free(made);
	free(data);
}

static void json_too_deep_to_help_is_text(void **state)
{
	enum { DEEP = 2000 };
	char data[2 * DEEP + 1];

	(void)state;
	memset(data, '[', DEEP);
	memset(data + DEEP, ']', DEEP);
	data[2 * DEEP] = '\n';

	char *made = body_of(&view_json, bytes_of(data, sizeof(data)), true,
			     NULL);

	assert_memory_equal(made, data, sizeof(data));
	free(made);
}

static void json_view_survives_any_bytes(void **state)
{
	static const char alphabet[] = "{}[]\":,\\u0 1tn\n\xc3\xa9\x1b";
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char data[24];
		size_t len = 0;

		for (; len < sizeof(data); len++) {
			seed = seed * 1664525 + 1013904223;
			if ((seed >> 20) % 25 == 0)
				break;
			data[len] =
			    alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}

		size_t took;
		char *made = body_of(&view_json, bytes_of(data, len), true,
				     &took);

		assert_int_equal(took, len);
		assert_null(strchr(made, '\033'));
		free(made);
		made = body_of(&view_json, bytes_of(data, len), false, &took);
		assert_true(took <= len);
		free(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_laid_out_in_rows),
	    cmocka_unit_test(json_keeps_the_received_text),
	    cmocka_unit_test(json_shows_one_document_after_another),
	    cmocka_unit_test(json_escapes_controls),
	    cmocka_unit_test(all_but_json_is_text),
	    cmocka_unit_test(json_waits_for_the_document),
	    cmocka_unit_test(json_stops_waiting_when_full),
	    cmocka_unit_test(json_too_deep_to_help_is_text),
	    cmocka_unit_test(json_view_survives_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
