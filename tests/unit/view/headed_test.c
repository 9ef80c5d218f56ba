/* SPDX-License-Identifier: ISC */
/*
 * Tests of messages with a head: the head in lines, and the body by its media
 * type.
 */
#include "view_test.h"

static const struct unit_kind mail = {
    .rung = "mail", .name = "in", .brief = "a mail", .flags = KIND_HEADED};

static struct log_entry headed(struct bytes data)
{
	return (struct log_entry){
	    .number = 1,
	    .dir = DIR_UP,
	    .session = "c",
	    .kind = &mail,
	    .len = data.len,
	    .data = data,
	};
}

static void assert_shown(const struct view_ops *view, struct log_entry e,
			 const char *expected)
{
	char *made = message_of(view, &e, &(struct view_style){0}, false);

	assert_string_equal(made, expected);
	free(made);
}

static void head_is_lines_without_their_ends(void **state)
{
	(void)state;
	assert_shown(&view_line, headed(BYTES("GET / X\r\nA: b \r\n\r\n")),
		     "c < #1 mail.in 18B GET / X\n"
		     "                   A: b\\x20\n");
	/* A line that does not end with CR LF shows how it ends. */
	assert_shown(&view_line, headed(BYTES("GET / X\nA: \033b\r\n\n")),
		     "c < #1 mail.in 16B GET / X\\n\n"
		     "                   A: \\eb\n");
	assert_shown(&view_line, headed(BYTES("no end")),
		     "c < #1 mail.in 6B no end\n");
}

static void body_is_shown_by_its_type(void **state)
{
	(void)state;
	assert_shown(
	    &view_line,
	    headed(BYTES("X\r\ncontent-TYPE: a/b+json; c=d\r\n\r\n[1,2]")),
	    "c < #1 mail.in 39B X\n"
	    "                   content-TYPE: a/b+json; c=d\n"
	    "\n"
	    "                   [\n"
	    "                     1,\n"
	    "                     2\n"
	    "                   ]\n");
	assert_shown(&view_line,
		     headed(BYTES("X\r\nContent-Type: text/x\r\n\r\n[1]\n")),
		     "c < #1 mail.in 31B X\n"
		     "                   Content-Type: text/x\n"
		     "\n"
		     "                   [1]\\n\n");
	assert_shown(&view_text, headed(BYTES("X\r\n\r\nabc\n")),
		     "c < #1 mail.in 9B X\n"
		     "\n"
		     "                  abc\n");
	assert_shown(&view_line,
		     headed(BYTES("X\r\nContent-Type: image/png\r\n\r\nabc")),
		     "c < #1 mail.in 33B\n"
		     "X\n"
		     "Content-Type: image/png\n"
		     "\n"
		     "0000001e  61 62 63                                    "
		     "      |abc|\n");
}

static void body_that_is_not_of_its_type_is_readable(void **state)
{
	(void)state;
	/* Bytes that text does not have. */
	assert_shown(
	    &view_line,
	    headed(BYTES("X\r\nContent-Type: text/plain\r\n\r\n\x1f\x8b\x08")),
	    "c < #1 mail.in 34B\n"
	    "X\n"
	    "Content-Type: text/plain\n"
	    "\n"
	    "0000001f  1f 8b 08                                          "
	    "|...|\n");
	assert_shown(
	    &view_line,
	    headed(BYTES("X\r\nContent-Type: application/json\r\n\r\n{\"a\"")),
	    "c < #1 mail.in 41B X\n"
	    "                   Content-Type: application/json\n"
	    "\n"
	    "                   {\"a\"\n");
}

static void attribute_comes_before_the_line(void **state)
{
	struct log_entry e = headed(BYTES("X\r\nContent-Type: a/b\r\n\r\nabc"));
	struct attrs *attrs = attrs_new();

	(void)state;
	attrs_put(attrs, "header.content-type", BYTES("Text/Plain"));
	e.attrs = attrs;
	assert_shown(&view_line, e,
		     "c < #1 mail.in 27B X\n"
		     "                   Content-Type: a/b\n"
		     "\n"
		     "                   abc\n");
	/* A later part has no head, even if it looks like one. */
	e = headed(BYTES("a\r\n\r\nb"));
	e.attrs = attrs;
	e.flags = UNIT_REST;
	assert_shown(&view_line, e,
		     "c < #1 mail.in 6B a\\r\\n\n"
		     "                  \\r\\n\n"
		     "                  b\n");
	attrs_unref(attrs);
}

static void other_views_show_the_bytes(void **state)
{
	struct log_entry e = headed(BYTES("X\r\n\r\n[1]"));

	(void)state;
	assert_shown(&view_raw, e, "X\r\n\r\n[1]");
	assert_shown(&view_off, e, "");
	assert_shown(&view_hex, e,
		     "c < #1 mail.in 8B\n"
		     "00000000  58 0d 0a 0d 0a 5b 31 5d                       "
		     "    |X....[1]|\n");
}

static void long_messages_are_cut(void **state)
{
	struct log_entry e = headed(BYTES("X\r\n\r\n1\n2\n3\n4\n5\n6\n"));
	struct view_style rows = {.rows = 4}, bytes = {.max = 8};
	char *made = message_of(&view_text, &e, &rows, false);

	(void)state;
	assert_string_equal(made,
			    "c < #1 mail.in 17B X\n"
			    "\n"
			    "                   … 10 bytes of rows elided "
			    "(show #1)\n"
			    "                   6\n");
	free(made);
	made = message_of(&view_text, &e, &bytes, false);
	assert_string_equal(made,
			    "c < #1 mail.in 17B X\n"
			    "\n"
			    "                   1\n"
			    "                   2\n"
			    "                   … 9 bytes more (show #1)\n");
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_is_lines_without_their_ends),
	    cmocka_unit_test(body_is_shown_by_its_type),
	    cmocka_unit_test(body_that_is_not_of_its_type_is_readable),
	    cmocka_unit_test(attribute_comes_before_the_line),
	    cmocka_unit_test(other_views_show_the_bytes),
	    cmocka_unit_test(long_messages_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
