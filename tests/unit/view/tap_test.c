/* SPDX-License-Identifier: ISC */
/*
 * Tests of the Test Anything Protocol: points, diagnostics of failures,
 * comments, the plan. tests/repl/tap.sh runs prove.
 */
#include "rung/tap.h"

#include "view_test.h"

#include <stdio.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct out out;
	struct tap tap;
	struct buf printed;
	struct session one;
};

static void take_payload(struct out *o, struct bytes b)
{
	struct world *w = list_entry(o, struct world, out);

	assert_int_equal(buf_put(&w->printed, b), 0);
}

static void take_diag(struct out *o, struct bytes b)
{
	(void)o;
	fail_msg("%zu bytes of diag from tap", b.len);
}

static const struct out_ops ops = {take_payload, take_diag};

static int setup(void **state)
{
	struct world *w = xalloc(sizeof(*w));

	w->clock.fake = true;
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	w->out.ops = &ops;
	buf_init(&w->printed, TEST_TEXT_MAX);
	tap_init(&w->tap, &w->hub, &w->out);
	snprintf(w->one.name, sizeof(w->one.name), "c1");
	w->one.hub = &w->hub;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	tap_fini(&w->tap);
	assert_null(w->out.divert);
	assert_false(w->hub.has_observers);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->printed);
	free(w);
	return 0;
}

/* Compares the output since the last call, without the version line. */
static void expect_output(struct world *w, const char *want)
{
	struct bytes all = buf_bytes(&w->printed);
	struct bytes version = BYTES("TAP version 13\n");

	if (bytes_starts(all, version))
		buf_drop(&w->printed, version.len);
	assert_string_equal(buf_cstr(&w->printed), want);
	buf_clear(&w->printed);
}

static void publish(struct world *w, struct event ev)
{
	hub_publish(&w->hub, &ev);
}

static void met(struct world *w, const char *awaited)
{
	struct unit unit = {.data = BYTES("x")};

	publish(w, (struct event){.kind = EVENT_EXPECT,
				  .text = awaited,
				  .unit = &unit,
				  .source = "a.rung",
				  .line = 7});
}

static void missed(struct world *w, const char *words, bool tried)
{
	struct err e;

	err_set(&e, ERR_EXPECT_MISMATCH, 0, "%s", words);
	publish(w, (struct event){.kind = EVENT_EXPECT,
				  .text = "x",
				  .err = &e,
				  .session = &w->one,
				  .source = "a.rung",
				  .line = 7,
				  .tried = tried});
	publish(w, (struct event){.kind = EVENT_ERROR,
				  .command = "expect",
				  .err = &e,
				  .tried = tried});
}

static void failed(struct world *w, const char *command, bool tried)
{
	struct err e;

	err_set(&e, ERR_REFUSED, 0, "c1: refused");
	publish(w, (struct event){.kind = EVENT_ERROR,
				  .command = command,
				  .err = &e,
				  .tried = tried});
}

static void tap_begins_with_its_version(void **state)
{
	struct world *w = *state;

	assert_string_equal(buf_cstr(&w->printed), "TAP version 13\n");
}

static void tap_counts_its_points(void **state)
{
	struct world *w = *state;

	met(w, "one");
	met(w, "two");
	expect_output(
	    w, "ok 1 - expect one (a.rung:7)\nok 2 - expect two (a.rung:7)\n");
	publish(w, (struct event){.kind = EVENT_EXIT});
	expect_output(w, "1..2\n");
}

static void tap_without_points_was_skipped(void **state)
{
	struct world *w = *state;

	publish(w, (struct event){.kind = EVENT_EXIT});
	expect_output(w, "1..0 # SKIP no expect command\n");
}

/* A # in a description would start a directive. */
static void tap_descriptions_are_no_directives(void **state)
{
	struct world *w = *state;

	met(w, "\"# SKIP \\# \x1b[31m\"\n");
	expect_output(
	    w, "ok 1 - expect \"\\# SKIP \\\\\\# \\e[31m\"  (a.rung:7)\n");
}

static void tap_failure_is_reported_once(void **state)
{
	struct world *w = *state;

	publish(w, (struct event){.kind = EVENT_CONTEXT,
				  .text = "c1: it's\n00 01\n"});
	missed(w, "it's not \x1b x", false);
	expect_output(w, "not ok 1 - expect x (a.rung:7)\n"
			 "  ---\n"
			 "  message: 'it''s not \\e x'\n"
			 "  class: 'expect-mismatch'\n"
			 "  code: 1\n"
			 "  at: 'a.rung:7'\n"
			 "  session: 'c1'\n"
			 "  report: |\n"
			 "    c1: it's\n"
			 "    00 01\n"
			 "  ...\n");
	/* The expect report belongs to the first failure only. */
	missed(w, "no", false);
	expect_output(w, "not ok 2 - expect x (a.rung:7)\n"
			 "  ---\n"
			 "  message: 'no'\n"
			 "  class: 'expect-mismatch'\n"
			 "  code: 1\n"
			 "  at: 'a.rung:7'\n"
			 "  session: 'c1'\n"
			 "  ...\n");
}

/* A failure inside a `try` does not count, but an expect is always a point. */
static void tap_tried_failures_count_if_expected(void **state)
{
	struct world *w = *state;

	failed(w, "connect", true);
	expect_output(w, "");
	missed(w, "no", true);
	assert_int_equal(w->tap.points, 1);
	assert_int_equal(w->tap.failed, 1);
	buf_clear(&w->printed);
	failed(w, "connect", false);
	expect_output(w, "not ok 2 - connect\n"
			 "  ---\n"
			 "  message: 'c1: refused'\n"
			 "  class: 'refused'\n"
			 "  code: 4\n"
			 "  ...\n");
	failed(w, NULL, false);
	assert_int_equal(w->tap.failed, 3);
	buf_clear(&w->printed);
}

static void tap_payload_is_comments(void **state)
{
	struct world *w = *state;

	out_payload(&w->out, BYTES("ok 1 - a lie\n\n1..1\nhalf a"));
	expect_output(w, "# ok 1 - a lie\n# \n# 1..1\n");
	out_payload(&w->out, BYTES(" line\x1b\n"));
	expect_output(w, "# half a line\\e\n");
	/* An unfinished line of output is ended before a test point. */
	out_payload(&w->out, BYTES("open"));
	met(w, "one");
	expect_output(w, "# open\nok 1 - expect one (a.rung:7)\n");
	out_payload(&w->out, BYTES("last"));
	publish(w, (struct event){.kind = EVENT_EXIT});
	expect_output(w, "# last\n1..1\n");
}

static void tap_long_lines_are_cut_into_comments(void **state)
{
	struct world *w = *state;
	struct buf line = {.limit = BUF_SMALL};
	struct bytes all;
	size_t rows = 0;

	for (int i = 0; i < 20000; i++)
		buf_putc(&line, 'x');
	buf_putc(&line, '\n');
	out_payload(&w->out, buf_bytes(&line));
	buf_drop(&w->printed, sizeof("TAP version 13\n") - 1);
	for (all = buf_bytes(&w->printed); all.len; rows++) {
		size_t end = bytes_find_byte(all, '\n', 0);

		assert_true(bytes_starts(all, BYTES("# x")));
		all = bytes_skip(all, end + 1);
	}
	assert_true(rows > 1);
	assert_int_equal(buf_len(&w->printed), 20000 + 3 * rows);
	buf_fini(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(tap_begins_with_its_version),
	    TEST(tap_counts_its_points),
	    TEST(tap_without_points_was_skipped),
	    TEST(tap_descriptions_are_no_directives),
	    TEST(tap_failure_is_reported_once),
	    TEST(tap_tried_failures_count_if_expected),
	    TEST(tap_payload_is_comments),
	    TEST(tap_long_lines_are_cut_into_comments),
	};
	return cmocka_run_group_tests_name("tap", tests, NULL, NULL);
}
