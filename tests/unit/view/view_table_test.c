/* SPDX-License-Identifier: ISC */
/*
 * Tests of the list of views (order and lookup by name), and of the raw and off
 * views.
 */
#include "view_test.h"

static void table_lists_views_in_order(void **state)
{
	static const char *const names[] = {"line", "text", "hex",
					    "raw",  "json", "off"};
	size_t n = 0;

	(void)state;
	for (; view_table[n]; n++) {
		assert_true(n < sizeof(names) / sizeof(*names));
		assert_string_equal(view_table[n]->name, names[n]);
		assert_true(*view_table[n]->brief);
	}
	assert_int_equal(n, sizeof(names) / sizeof(*names));
}

static void lookup_needs_the_full_name(void **state)
{
	(void)state;
	assert_ptr_equal(view_find(BYTES("hex")), &view_hex);
	assert_null(view_find(BYTES("he")));
	assert_null(view_find(BYTES("hexx")));
	assert_null(view_find(BYTES("")));
}

static void unknown_view_lists_the_views(void **state)
{
	struct err e;

	(void)state;
	assert_ptr_equal(view_parse(BYTES("hex"), &e), &view_hex);
	assert_null(view_parse(BYTES("\033[2Jxyz"), &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(
	    e.text, "no view '\\e[2Jxyz'; use line, text, hex, raw, json, off");
	assert_null(view_parse(BYTES("hax"), &e));
	assert_non_null(strstr(e.text, "off; did you mean 'hex'?"));
}

static void raw_leaves_bytes_as_they_are(void **state)
{
	static const char all[] = "a\0\033[31m\xff\r\nb";
	struct text t = test_text(true);

	(void)state;
	assert_int_equal(view_raw.body(BYTES(all), 7, false, &t),
			 sizeof(all) - 1);
	assert_true(bytes_equal(text_bytes(&t), BYTES(all)));
	text_fini(&t);
}

static void off_consumes_all_and_shows_nothing(void **state)
{
	(void)state;
	assert_true(view_off.silent);
	assert_body(&view_off, "abc\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_lists_views_in_order),
	    cmocka_unit_test(lookup_needs_the_full_name),
	    cmocka_unit_test(unknown_view_lists_the_views),
	    cmocka_unit_test(raw_leaves_bytes_as_they_are),
	    cmocka_unit_test(off_consumes_all_and_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
