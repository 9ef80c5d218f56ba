/* SPDX-License-Identifier: ISC */
/*
 * Tests of output: payload unchanged to a file and escaped to a terminal,
 * diagnostics styled and always escaped.
 */
#include "view_test.h"

#include "rung/out.h"

struct output {
	struct out out;
	struct buf payload, diag;
};

static void take_payload(struct out *o, struct bytes b)
{
	struct output *h = (struct output *)o;

	assert_int_equal(buf_put(&h->payload, b), 0);
}

static void take_diag(struct out *o, struct bytes b)
{
	struct output *h = (struct output *)o;

	assert_int_equal(buf_put(&h->diag, b), 0);
}

static const struct out_ops ops = {take_payload, take_diag};

static struct output output_new(void)
{
	struct output h = {.out = {.ops = &ops}};

	buf_init(&h.payload, TEST_TEXT_MAX);
	buf_init(&h.diag, TEST_TEXT_MAX);
	return h;
}

static void output_fini(struct output *h)
{
	buf_fini(&h->payload);
	buf_fini(&h->diag);
}

static void payload_is_unchanged_in_a_file(void **state)
{
	struct output h = output_new();

	(void)state;
	out_payload(&h.out, BYTES("a\0\033[2J\r\n\xff"));
	out_payload(&h.out, BYTES_NONE);
	assert_true(
	    bytes_equal(buf_bytes(&h.payload), BYTES("a\0\033[2J\r\n\xff")));
	assert_int_equal(buf_len(&h.diag), 0);
	output_fini(&h);
}

static void payload_is_escaped_on_a_terminal(void **state)
{
	struct output h = output_new();

	(void)state;
	h.out.terminal = true;
	out_payload(&h.out, BYTES("a\0\033[2J\r\n\xff"));
	assert_true(bytes_is(buf_bytes(&h.payload), "a\\0\\e[2J\n\\xff"));
	output_fini(&h);
}

static void payload_of_any_length_is_escaped(void **state)
{
	size_t len = (size_t)1 << 20;
	char *data = xalloc(len + 1);
	struct output h = output_new();
	struct text expected = test_text(false);

	(void)state;
	for (size_t i = 0; i + 3 <= len; i += 3)
		memcpy(data + i, "\xe2\x80\xae", 3);
	h.out.terminal = true;
	out_payload(&h.out, bytes_of(data, len));
	text_escape_lines(&expected, bytes_of(data, len));
	assert_true(bytes_equal(buf_bytes(&h.payload), text_bytes(&expected)));
	text_fini(&expected);
	output_fini(&h);
	free(data);
}

static void raw_is_raw_even_on_a_terminal(void **state)
{
	struct output h = output_new();

	(void)state;
	h.out.terminal = true;
	out_raw(&h.out, BYTES("\033\0\r\n"));
	assert_true(bytes_equal(buf_bytes(&h.payload), BYTES("\033\0\r\n")));
	output_fini(&h);
}

static void text_is_not_escaped_again(void **state)
{
	struct output h = output_new();
	struct text t = test_text(true);

	(void)state;
	h.out.terminal = true;
	text_style(&t, STYLE_DIM);
	out_text(&h.out, &t);
	assert_true(bytes_is(buf_bytes(&h.payload), DIM));
	buf_clear(&t.buf);
	out_text(&h.out, &t);
	out_diag(&h.out, &t);
	assert_int_equal(buf_len(&h.diag), 0);
	text_fini(&t);
	output_fini(&h);
}

static void diag_line_ends_with_a_newline(void **state)
{
	struct output h = output_new();

	(void)state;
	h.out.quiet = true;
	out_diag_line(&h.out, STYLE_DIM, "hello");
	assert_true(bytes_is(buf_bytes(&h.diag), "hello\n"));
	buf_clear(&h.diag);
	h.out.colour = true;
	out_diag_line(&h.out, STYLE_DIM, "hello");
	out_diag_line(&h.out, STYLE_PLAIN, "you");
	assert_true(bytes_is(buf_bytes(&h.diag), DIM "hello" PLAIN "\nyou\n"));
	assert_int_equal(buf_len(&h.payload), 0);
	output_fini(&h);
}

static void diag_line_escapes_controls(void **state)
{
	struct output h = output_new();

	(void)state;
	out_diag_line(&h.out, STYLE_PLAIN, "eol is \\r\\n, \033]0;x\a\n  ^\\");
	assert_true(
	    bytes_is(buf_bytes(&h.diag), "eol is \\r\\n, \\e]0;x\\a\n  ^\\\n"));
	output_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(payload_is_unchanged_in_a_file),
	    cmocka_unit_test(payload_is_escaped_on_a_terminal),
	    cmocka_unit_test(payload_of_any_length_is_escaped),
	    cmocka_unit_test(raw_is_raw_even_on_a_terminal),
	    cmocka_unit_test(text_is_not_escaped_again),
	    cmocka_unit_test(diag_line_ends_with_a_newline),
	    cmocka_unit_test(diag_line_escapes_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
