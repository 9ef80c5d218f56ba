/* SPDX-License-Identifier: ISC */
/*
 * Tests of events as JSON: strings, bytes, where long data is cut, and payload
 * between events. tests/repl/json.sh checks whole scripts against the schema.
 */
#include "rung/events.h"

#include "view_test.h"

#include <stdio.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct out out;
	struct events events;
	struct buf printed;
	struct session one;
	bool unread; /* the reader of stdout is behind */
};

static bool is_unread(const struct out *o)
{
	return list_entry(o, const struct world, out)->unread;
}

static void take_payload(struct out *o, struct bytes b)
{
	struct world *w = list_entry(o, struct world, out);

	assert_int_equal(buf_put(&w->printed, b), 0);
}

static void take_diag(struct out *o, struct bytes b)
{
	(void)o;
	fail_msg("%zu bytes of diag from events", b.len);
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
	w->out.unread = is_unread;
	w->out.terminal = true;
	buf_init(&w->printed, TEST_TEXT_MAX);
	events_init(&w->events, &w->hub, &w->out);
	snprintf(w->one.name, sizeof(w->one.name), "c1");
	w->one.hub = &w->hub;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	events_fini(&w->events);
	assert_null(w->out.divert);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->printed);
	free(w);
	return 0;
}

static void came(struct world *w, struct bytes data)
{
	struct unit unit = {.data = data};
	struct event ev = {
	    .kind = EVENT_MESSAGE,
	    .session = &w->one,
	    .unit = &unit,
	    .number = 7,
	};

	hub_publish(&w->hub, &ev);
}

#define HEAD "{\"t\":0.000000,\"ts\":\"2026-01-01T00:00:00.000000Z\","
#define MESSAGE                                          \
	HEAD "\"event\":\"message\",\"session\":\"c1\"," \
	     "\"n\":7,\"dir\":\"in\",\"rung\":\"none\"," \
	     "\"kind\":\"data\","

static void assert_printed(struct world *w, const char *expected)
{
	assert_string_equal(buf_cstr(&w->printed), expected);
	buf_clear(&w->printed);
}

static void message_has_all_its_keys(void **state)
{
	struct world *w = *state;

	came(w, BYTES("hello"));
	assert_printed(w, MESSAGE "\"len\":5,\"text\":\"hello\"}\n");
	came(w, BYTES_NONE);
	assert_printed(w, MESSAGE "\"len\":0,\"text\":\"\"}\n");
}

static void strings_are_escaped(void **state)
{
	struct world *w = *state;

	came(w, BYTES("\"\\/\b\f\n\r\t\0\x1b\x7f"));
	assert_printed(w, MESSAGE "\"len\":11,\"text\":\"\\\"\\\\/\\b\\f\\n\\r"
				  "\\t\\u0000\\u001b\\u007f\"}\n");
	/* The text has a bidi control, a printable character above U+FFFF, and
	 * a tag character. */
	came(w, BYTES("\u00e9\u202e\U0001F600\U000E0001"));
	assert_true(utf8_valid(buf_bytes(&w->printed)));
	assert_non_null(strstr(buf_cstr(&w->printed), "\u00e9\\u202e"));
}

static void invalid_utf8_is_hex(void **state)
{
	struct world *w = *state;

	came(w, BYTES("a\xff\0"));
	assert_printed(w, MESSAGE "\"len\":3,\"hex\":\"61ff00\"}\n");
	/* An incomplete character is not UTF-8. */
	came(w, BYTES("\xe2\x82"));
	assert_printed(w, MESSAGE "\"len\":2,\"hex\":\"e282\"}\n");
}

static void long_messages_are_cut_between_characters(void **state)
{
	struct world *w = *state;
	size_t n = EVENTS_DATA_MAX + 2;
	uint8_t *data = xalloc(n);

	memset(data, 'a', n);
	memcpy(data + EVENTS_DATA_MAX - 1, "\xe2\x82\xac", 3);
	came(w, bytes_of(data, n));
	assert_non_null(
	    strstr(buf_cstr(&w->printed), "\"len\":65538,\"text\":\""));
	assert_non_null(strstr(buf_cstr(&w->printed), "aa\",\"cut\":true}\n"));
	buf_clear(&w->printed);

	data[0] = 0xFF;
	came(w, bytes_of(data, n));
	assert_non_null(strstr(buf_cstr(&w->printed), "\"hex\":\"ff61"));
	assert_non_null(
	    strstr(buf_cstr(&w->printed), "61e2\",\"cut\":true}\n"));
	buf_clear(&w->printed);

	/* These bytes make the longest possible line. */
	memset(data, 0x01, n);
	came(w, bytes_of(data, n));
	assert_non_null(
	    strstr(buf_cstr(&w->printed), "\\u0001\",\"cut\":true}\n"));
	free(data);
}

static void payload_is_one_event_a_command(void **state)
{
	struct world *w = *state;

	out_payload(&w->out, BYTES("one \xe2\x82"));
	out_raw(&w->out, BYTES("\xac\n"));
	assert_printed(w, "");
	out_end_command(&w->out);
	assert_printed(w, HEAD "\"event\":\"output\",\"len\":8,"
			       "\"text\":\"one \u20ac\\n\"}\n");
	/* The next event follows the payload. */
	out_payload(&w->out, BYTES("\xff"));
	came(w, BYTES_NONE);
	assert_printed(
	    w, HEAD "\"event\":\"output\",\"len\":1,\"hex\":\"ff\"}\n" MESSAGE
		    "\"len\":0,\"text\":\"\"}\n");
}

static void much_payload_is_several_events(void **state)
{
	struct world *w = *state;
	struct bytes euro = BYTES("\u20ac");
	size_t lines = 0;

	for (size_t i = 0; i < EVENTS_DATA_MAX; i++)
		out_payload(&w->out, euro);
	out_end_command(&w->out);
	assert_null(strstr(buf_cstr(&w->printed), "hex"));
	for (const char *at = buf_cstr(&w->printed); *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 4);
}

static void error_has_its_class_and_place(void **state)
{
	struct world *w = *state;
	struct err e;
	struct event ev = {
	    .kind = EVENT_ERROR,
	    .session = &w->one,
	    .err = &e,
	    .command = "expect",
	    .source = "a \"b\".rung",
	    .line = 12,
	    .col = 3,
	    .tried = true,
	};

	err_set(&e, ERR_EXPECT_TIMEOUT, 0, "it's \xff late");
	hub_publish(&w->hub, &ev);
	assert_printed(w, HEAD "\"event\":\"error\",\"session\":\"c1\","
			       "\"class\":\"expect-timeout\",\"code\":5,"
			       "\"where\":\"a \\\"b\\\".rung:12\",\"col\":3,"
			       "\"tried\":true,\"command\":\"expect\","
			       "\"text\":\"it's \\ufffd late\"}\n");

	/* Commands typed at a prompt have no file. */
	ev = (struct event){.kind = EVENT_ERROR, .err = &e, .source = ""};
	hub_publish(&w->hub, &ev);
	assert_null(strstr(buf_cstr(&w->printed), "where"));
}

static void exit_has_its_status(void **state)
{
	struct world *w = *state;
	struct event ev = {.kind = EVENT_EXIT, .status = 5};

	hub_publish(&w->hub, &ev);
	assert_printed(w, HEAD "\"event\":\"exit\",\"status\":5}\n");
}

static void attributes_keep_their_order_and_bytes(void **state)
{
	static const struct unit_kind kind = {
	    .rung = "http", .name = "request", .brief = "a request"};
	struct world *w = *state;
	struct unit unit = {
	    .data = BYTES("b"), .kind = &kind, .attrs = attrs_new()};
	struct event ev = {.kind = EVENT_MESSAGE,
			   .session = &w->one,
			   .unit = &unit,
			   .number = 7};

	attrs_put(unit.attrs, "path", BYTES("/\"a\""));
	attrs_put(unit.attrs, "cookie", BYTES("1"));
	attrs_put(unit.attrs, "cookie", BYTES("\xff"));
	hub_publish(&w->hub, &ev);
	attrs_unref(unit.attrs);
	assert_printed(w,
		       HEAD "\"event\":\"message\",\"session\":\"c1\",\"n\":7,"
			    "\"dir\":\"in\",\"rung\":\"http\","
			    "\"kind\":\"http.request\",\"attrs\":["
			    "{\"name\":\"path\",\"value\":\"/\\\"a\\\"\"},"
			    "{\"name\":\"cookie\",\"value\":\"1\"},"
			    "{\"name\":\"cookie\",\"hex\":\"ff\"}],"
			    "\"len\":1,\"text\":\"b\"}\n");
}

static void control_units_are_events_of_their_own(void **state)
{
	static const struct unit_kind kind = {
	    .rung = "ws", .name = "ping", .flags = KIND_CONTROL};
	struct world *w = *state;
	struct unit unit = {.data = BYTES("b"), .kind = &kind};
	struct event ev = {.kind = EVENT_CONTROL,
			   .dir = DIR_DOWN,
			   .session = &w->one,
			   .unit = &unit,
			   .number = 7};

	hub_publish(&w->hub, &ev);
	assert_printed(w,
		       HEAD "\"event\":\"control\",\"session\":\"c1\",\"n\":7,"
			    "\"dir\":\"out\",\"rung\":\"ws\","
			    "\"kind\":\"ws.ping\",\"len\":1,"
			    "\"text\":\"b\"}\n");
}

/* While stdout is unread, no session reads, but the loop turns. */
static void events_hold_input_while_unread(void **state)
{
	struct world *w = *state;

	came(w, BYTES("x"));
	assert_false(w->hub.input_held);
	w->unread = true;
	came(w, BYTES("x"));
	assert_true(w->hub.input_held);
	loop_no_wait(w->loop);
	assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_true(w->hub.input_held);
	w->unread = false;
	loop_no_wait(w->loop);
	assert_int_equal(loop_turn(w->loop, NULL), 0);
	assert_false(w->hub.input_held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(message_has_all_its_keys, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(
		attributes_keep_their_order_and_bytes, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		control_units_are_events_of_their_own, setup, teardown),
	    cmocka_unit_test_setup_teardown(strings_are_escaped, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(invalid_utf8_is_hex, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(
		long_messages_are_cut_between_characters, setup, teardown),
	    cmocka_unit_test_setup_teardown(payload_is_one_event_a_command,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(much_payload_is_several_events,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(error_has_its_class_and_place,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(exit_has_its_status, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(events_hold_input_while_unread,
					    setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
