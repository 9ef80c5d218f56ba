/* SPDX-License-Identifier: ISC */
/*
 * Tests of the screen: the output of each turn, its order, and the limits for a
 * flood. Tests of session states use loopback sockets.
 *
 * Long: all tests share one screen and its clock.
 */
#include "rung/screen.h"

#include "view_test.h"

#include "src/view/rows.h"

#include <stdio.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct out out;
	struct screen screen;
	struct buf diag;
	size_t paints;
	struct session one; /* only name, hub and display are set */
	uint64_t number;
};

static void take_payload(struct out *o, struct bytes b)
{
	(void)o;
	fail_msg("%zu bytes of payload from a screen", b.len);
}

static void take_diag(struct out *o, struct bytes b)
{
	struct world *w = list_entry(o, struct world, out);

	assert_int_equal(buf_put(&w->diag, b), 0);
	w->paints++;
}

static const struct out_ops ops = {take_payload, take_diag};

static int setup(void **state)
{
	struct world *w = xalloc(sizeof(*w));

	w->clock.fake = true;
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	w->hub.display.live = true;
	w->out.ops = &ops;
	buf_init(&w->diag, TEST_TEXT_MAX);
	screen_init(&w->screen, &w->hub, &w->out, &view_line);
	snprintf(w->one.name, sizeof(w->one.name), "c1");
	w->one.hub = &w->hub;
	w->one.display.live = true;
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	screen_fini(&w->screen);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->diag);
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
	    .number = ++w->number,
	};

	hub_publish(&w->hub, &ev);
}

static void turn(struct world *w)
{
	loop_no_wait(w->loop);
	assert_int_equal(loop_turn(w->loop, NULL), 0);
}

/* Runs one turn, compares the output, and clears it. */
static void assert_turn(struct world *w, const char *expected)
{
	turn(w);
	assert_string_equal(buf_cstr(&w->diag), expected);
	assert_int_equal(w->paints, *expected ? 1 : 0);
	buf_clear(&w->diag);
	w->paints = 0;
}

static bool shown(struct world *w, const char *words)
{
	return strstr(buf_cstr(&w->diag), words) != NULL;
}

static void until_shown(struct world *w, const char *words)
{
	for (int i = 0; !shown(w, words); i++) {
		if (i >= 10000)
			fail_msg("never printed: %s, but: %s", words,
				 buf_cstr(&w->diag));
		turn(w);
	}
}

static void turn_is_one_paint_in_order(void **state)
{
	struct world *w = *state;

	came(w, BYTES("a\r\nb\n"));
	hub_notice(&w->hub, &w->one, false, "a word");
	came(w, BYTES("c\n"));
	assert_turn(w, "c1 < #1 5B a\\r\\n\n"
		       "           b\\n\n"
		       "c1: a word\n"
		       "c1 < #2 2B c\\n\n");
	assert_turn(w, "");
}

static void output_follows_earlier_events(void **state)
{
	struct world *w = *state;

	came(w, BYTES("a\n"));
	out_diag_line(&w->out, STYLE_PLAIN, "said");
	came(w, BYTES("b\n"));
	turn(w);
	assert_string_equal(buf_cstr(&w->diag), "c1 < #1 2B a\\n\n"
						"said\n"
						"c1 < #2 2B b\\n\n");
}

static void session_view_has_precedence(void **state)
{
	struct world *w = *state;

	w->one.display.view = &view_text;
	came(w, BYTES("a\n"));
	w->one.display.view = &view_off;
	came(w, BYTES("b\n"));
	w->one.display.view = NULL;
	w->one.display.max_chosen = true;
	w->one.display.view_max = 2;
	came(w, BYTES("cdefg\n"));
	assert_turn(w, "c1 < #1 2B a\n"
		       "c1 < #3 6B cd\n"
		       "           … 4 bytes more (show #3)\n");
}

static void held_session_is_not_shown(void **state)
{
	struct world *w = *state;

	w->one.display.live = false;
	came(w, BYTES("a\n"));
	assert_turn(w, "");
}

static void raw_bytes_stay_together_within_a_turn(void **state)
{
	struct world *w = *state;

	w->one.display.view = &view_raw;
	came(w, BYTES("hel"));
	came(w, BYTES("lo"));
	hub_notice(&w->hub, &w->one, false, "a word");
	came(w, BYTES("!"));
	assert_turn(w, "hello\nc1: a word\n!\n");
}

static void delta_is_from_the_message_before(void **state)
{
	struct world *w = *state;

	w->screen.time = TIME_DELTA;
	w->clock.at += NS_PER_S;
	turn(w);
	came(w, BYTES("a\n"));
	came(w, BYTES("b\n"));
	assert_turn(w, "+1.000 c1 < #1 2B a\\n\n"
		       "+0.000 c1 < #2 2B b\\n\n");
	w->clock.at += 250 * NS_PER_MS;
	turn(w);
	came(w, BYTES("c\n"));
	assert_turn(w, "+0.250 c1 < #3 2B c\\n\n");
}

static void flood_is_elided_and_counted(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 3000; i++)
		came(w, BYTES("y\n"));
	turn(w);
	assert_int_equal(w->paints, 1);
	assert_true(rows_count(buf_bytes(&w->diag)) <= SCREEN_ROWS + 1);
	assert_true(shown(w, "c1 < #1 2B y\\n\n"));
	assert_true(shown(w, "\n… 4006 bytes in 2003 messages elided "
			     "(log -n 2003, show #3000)\n"));
	buf_clear(&w->diag);
	w->paints = 0;
	/* The next turn has a new budget. */
	came(w, BYTES("y\n"));
	assert_turn(w, "c1 < #3001 2B y\\n\n");
}

static void message_has_limits_of_its_own(void **state)
{
	struct world *w = *state;
	size_t len = SCREEN_MESSAGE_MAX + 5;
	char *data = xalloc(len);

	/* 101 rows. */
	memset(data, 'x', len);
	for (size_t i = 0; i < 101; i++)
		data[2 * i + 1] = '\n';
	came(w, bytes_of(data, 202));
	turn(w);
	assert_int_equal(rows_count(buf_bytes(&w->diag)), SCREEN_MESSAGE_ROWS);
	assert_true(shown(w, "… 4 bytes elided (show #1)\n"));
	buf_clear(&w->diag);
	/* More bytes than the log keeps. */
	memset(data, 'x', len);
	w->one.display.view = &view_text;
	came(w, bytes_of(data, len));
	turn(w);
	assert_true(shown(w, " bytes elided (show #2)\n"));
	assert_true(shown(w, "… 5 bytes more, not kept\n"));
	buf_clear(&w->diag);
	/* Raw bytes have no limits. A chosen limit replaces the defaults. */
	w->one.display.view = &view_raw;
	came(w, bytes_of(data, len));
	turn(w);
	assert_int_equal(buf_len(&w->diag), len + sizeof("\n") - 1);
	buf_clear(&w->diag);
	w->one.display.view = &view_text;
	w->one.display.max_chosen = true;
	came(w, bytes_of(data, len));
	turn(w);
	assert_false(shown(w, "…"));
	free(data);
}

static void flood_in_one_message_shows_both_ends(void **state)
{
	struct world *w = *state;
	size_t len = (size_t)256 << 10;
	char *data = xalloc(len);

	w->one.display.max_chosen = true;
	memset(data, '\n', len);
	memcpy(data, "first", 5);
	memcpy(data + len - 5, "last\n", 5);
	came(w, bytes_of(data, len));
	came(w, BYTES("lost\n"));
	turn(w);
	assert_int_equal(rows_count(buf_bytes(&w->diag)), SCREEN_ROWS + 1);
	assert_true(shown(w, "c1 < #1 256KiB first\\n\n"));
	assert_true(
	    shown(w, " bytes elided (show #1 prints the first 64 KiB)\n"));
	assert_true(shown(w, " last\\n\n… 5 bytes in 1 message elided "
			     "(show #2)\n"));
	free(data);
}

static void flood_gets_the_rest_of_the_budget(void **state)
{
	struct world *w = *state;
	char data[4000];

	w->one.display.max_chosen = true;
	memset(data, '\n', sizeof(data));
	for (int i = 0; i < 600; i++)
		came(w, BYTES("y\n"));
	came(w, bytes_of(data, sizeof(data)));
	turn(w);
	assert_int_equal(rows_count(buf_bytes(&w->diag)), SCREEN_ROWS);
}

static void flood_without_lines_is_bounded(void **state)
{
	struct world *w = *state;
	size_t len = (size_t)256 << 10;
	char *data = xalloc(len);

	for (size_t i = 0; view_table[i]; i++) {
		memset(data, 1, len);
		w->one.display.view = view_table[i];
		for (int j = 0; j < 20; j++)
			came(w, bytes_of(data, len));
		turn(w);
		assert_true(buf_len(&w->diag) < (size_t)1 << 20);
		buf_clear(&w->diag);
	}
	free(data);
}

static void notices_are_limited_but_not_failures(void **state)
{
	struct world *w = *state;

	w->out.verbose = true;
	for (int i = 0; i < 3000; i++)
		hub_notice(&w->hub, &w->one, true, "step %d", i);
	hub_notice(&w->hub, &w->one, false, "and a fault");
	turn(w);
	assert_true(shown(w, "c1: step 0\n"));
	assert_true(shown(w, "c1: step 999\n"));
	assert_false(shown(w, "c1: step 1000\n"));
	assert_true(shown(w, "\nc1: and a fault\n… 2000 notices elided\n"));
	buf_clear(&w->diag);
	for (int i = 0; i < 3000; i++)
		hub_notice(&w->hub, &w->one, false, "fault %d", i);
	turn(w);
	assert_true(shown(w, "… 1900 notices elided\n"));
}

static void quiet_shows_messages_only(void **state)
{
	struct world *w = *state;

	w->out.quiet = true;
	w->out.verbose = true;
	hub_notice(&w->hub, &w->one, false, "a word");
	hub_notice(&w->hub, &w->one, true, "a detail");
	came(w, BYTES("a\n"));
	assert_turn(w, "c1 < #1 2B a\\n\n");
}

static void details_are_for_the_verbose(void **state)
{
	struct world *w = *state;

	hub_notice(&w->hub, &w->one, true, "a detail");
	assert_turn(w, "");
	w->out.verbose = true;
	hub_notice(&w->hub, NULL, true, "a detail");
	assert_turn(w, "a detail\n");
}

static void notices_escape_controls(void **state)
{
	struct world *w = *state;

	hub_notice(&w->hub, &w->one, false, "it said \033[2J and \\r");
	assert_turn(w, "c1: it said \\e[2J and \\r\n");
}

static void put_control(struct world *w, unsigned flags, uint64_t number,
			enum dir dir)
{
	struct unit_kind kind = {
	    .rung = "tls", .name = "alert", .flags = KIND_CONTROL | flags};
	struct unit u = {
	    .data = BYTES("\2\50"), .kind = &kind, .attrs = attrs_new()};
	struct event ev = {.kind = EVENT_CONTROL,
			   .dir = dir,
			   .session = &w->one,
			   .unit = &u,
			   .number = number};
	attrs_put(u.attrs, "name", BYTES("a\033b"));
	hub_publish(&w->hub, &ev);
	attrs_unref(u.attrs);
}

static void control_units_are_details(void **state)
{
	struct world *w = *state;

	put_control(w, 0, 7, DIR_UP);
	assert_turn(w, "");
	w->out.verbose = true;
	w->one.display.live = false;
	put_control(w, 0, 8, DIR_UP);
	put_control(w, KIND_STEP, 0, DIR_DOWN);
	assert_turn(w, "c1: < #8 tls.alert a\\eb, 2 bytes\n"
		       "c1: > tls.alert a\\eb, 2 bytes\n");
}

static void colour_is_set_by_the_out(void **state)
{
	struct world *w = *state;

	w->out.colour = true;
	hub_notice(&w->hub, &w->one, false, "a word");
	assert_turn(w, "\033[0;33mc1: a word" PLAIN "\n");
}

static bool painted_just_now(const struct out *out)
{
	(void)out;
	return true;
}

static void live_output_waits_after_a_large_paint(void **state)
{
	struct world *w = *state;

	w->out.delayed = painted_just_now;
	came(w, BYTES("a\n"));
	assert_turn(w, "");
	came(w, BYTES("b\n"));
	assert_turn(w, "");
	w->out.delayed = NULL;
	assert_turn(w, "c1 < #1 2B a\\n\n"
		       "c1 < #2 2B b\\n\n");
}

static void output_flushes_what_waits(void **state)
{
	struct world *w = *state;

	w->out.delayed = painted_just_now;
	came(w, BYTES("a\n"));
	assert_turn(w, "");
	out_diag_line(&w->out, STYLE_PLAIN, "said");
	assert_string_equal(buf_cstr(&w->diag), "c1 < #1 2B a\\n\nsaid\n");
	w->out.delayed = NULL;
}

static void fini_flushes(void **state)
{
	struct world *w = *state;

	came(w, BYTES("a\n"));
	screen_fini(&w->screen);
	assert_string_equal(buf_cstr(&w->diag), "c1 < #1 2B a\\n\n");
	screen_init(&w->screen, &w->hub, &w->out, &view_line);
}

/* ---- with sockets */

static struct session *listen_at(struct world *w, const char *where_text)
{
	struct endpoint where;
	struct session_options plan = {.endpoint = &where};
	struct session *s;

	assert_int_equal(endpoint_parse(bytes_str(where_text), &where, NULL),
			 0);
	s = hub_listen(&w->hub, &plan, NULL);
	assert_non_null(s);
	return s;
}

static struct session *connect_to(struct world *w, unsigned port)
{
	char text[32];
	struct endpoint where;
	struct session_options plan = {.endpoint = &where};
	struct session *s;

	snprintf(text, sizeof(text), "127.0.0.1:%u", port);
	assert_int_equal(endpoint_parse(bytes_str(text), &where, NULL), 0);
	s = hub_connect(&w->hub, &plan, NULL);
	assert_non_null(s);
	return s;
}

static unsigned port_of(const struct session *s)
{
	struct addr a = transport_local(&s->link);

	return addr_port(&a);
}

static struct session *session_named(struct world *w, const char *name)
{
	struct session *s = hub_find(&w->hub, bytes_str(name), NULL);

	assert_non_null(s);
	return s;
}

static void states_are_printed(void **state)
{
	struct world *w = *state;
	struct session *s = listen_at(w, "127.0.0.1:0");
	unsigned port = port_of(s);
	struct session *c = connect_to(w, port);
	struct addr local;
	char words[100];

	snprintf(words, sizeof(words), "s1: listening on tcp://127.0.0.1:%u\n",
		 port);
	until_shown(w, words);
	snprintf(words, sizeof(words), "c1: open to tcp://127.0.0.1:%u\n",
		 port);
	until_shown(w, words);
	local = transport_local(&c->link);
	snprintf(words, sizeof(words),
		 "s1.1: accepted from tcp://127.0.0.1:%u\n", addr_port(&local));
	until_shown(w, words);
	buf_clear(&w->diag);
	assert_int_equal(session_end(c, NULL), 0);
	until_shown(w, "s1.1: peer shut down its side");
	assert_false(shown(w, "open to"));
	session_close(session_named(w, "s1.1"), CLOSE_NOW, NULL);
	until_shown(w, "c1: closed");
	session_close(s, CLOSE_NOW, NULL);
	until_shown(w, "s1: closed here\n");
}

/* The peer does not read, so the FIN is still queued and the state stays open.
 */
static void open_is_printed_once(void **state)
{
	static const char page[1 << 16];
	struct world *w = *state;
	struct session *s = listen_at(w, "127.0.0.1:0");
	struct session *c = connect_to(w, port_of(s));
	struct unit unit = {.data = BYTES(page)};

	until_shown(w, "s1.1: accepted");
	until_shown(w, "c1: open to");
	session_named(w, "s1.1")->paused = true;
	while (!session_unsent(c))
		assert_int_equal(session_send(c, &unit, NULL), 0);
	turn(w);
	buf_clear(&w->diag);
	assert_int_equal(session_end(c, NULL), 0);
	turn(w);
	assert_false(shown(w, "open to"));
}

static void listening_on_every_address_is_printed(void **state)
{
	struct world *w = *state;

	listen_at(w, "tcp4://*:0");
	until_shown(w, " (every address)\n");
}

static void unix_names_are_printed(void **state)
{
	struct world *w = *state;

	listen_at(w, "unix://@rung-screen-test");
	until_shown(w, "s1: listening on unix://@rung-screen-test\n");
}

static void states_off_prints_failures_only(void **state)
{
	struct world *w = *state;
	struct session *s = listen_at(w, "127.0.0.1:0");
	unsigned port = port_of(s);
	struct session *c;

	turn(w);
	buf_clear(&w->diag);
	w->screen.states = false;
	c = connect_to(w, port);
	while (session_state(c) != SESSION_OPEN || !s->open_peers)
		turn(w);
	session_close(c, CLOSE_NOW, NULL);
	session_close(session_named(w, "s1.1"), CLOSE_NOW, NULL);
	session_close(s, CLOSE_NOW, NULL);
	turn(w);
	assert_int_equal(buf_len(&w->diag), 0);
	c = connect_to(w, port);
	until_shown(w, "refused");
	assert_true(bytes_starts(buf_bytes(&w->diag), BYTES("c2: ")));
}

static void ignore_notify(struct waiter *waiter)
{
	(void)waiter;
}

/* Makes a session that fails while `waiter` waits for it. */
static void fail_beside(struct world *w, struct waiter *waiter)
{
	struct session *s = listen_at(w, "127.0.0.1:0");
	unsigned port = port_of(s);
	struct session *c;

	session_close(s, CLOSE_NOW, NULL);
	turn(w);
	buf_clear(&w->diag);
	c = connect_to(w, port);
	session_await(c, waiter);
	session_pin(c);
	while (session_state(c) != SESSION_CLOSED)
		turn(w);
	turn(w);
	session_unawait(waiter);
	session_unpin(c);
}

static void failure_is_left_to_the_reporting_command(void **state)
{
	struct waiter reports = {.notify = ignore_notify, .reports_end = true};
	struct waiter looks = {.notify = ignore_notify};
	struct world *w = *state;

	fail_beside(w, &reports);
	assert_int_equal(buf_len(&w->diag), 0);
	fail_beside(w, &looks);
	assert_true(bytes_starts(buf_bytes(&w->diag), BYTES("c2: ")));
}

#define screen_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    screen_test(turn_is_one_paint_in_order),
	    screen_test(output_follows_earlier_events),
	    screen_test(session_view_has_precedence),
	    screen_test(held_session_is_not_shown),
	    screen_test(raw_bytes_stay_together_within_a_turn),
	    screen_test(delta_is_from_the_message_before),
	    screen_test(flood_is_elided_and_counted),
	    screen_test(message_has_limits_of_its_own),
	    screen_test(flood_in_one_message_shows_both_ends),
	    screen_test(flood_gets_the_rest_of_the_budget),
	    screen_test(flood_without_lines_is_bounded),
	    screen_test(notices_are_limited_but_not_failures),
	    screen_test(quiet_shows_messages_only),
	    screen_test(details_are_for_the_verbose),
	    screen_test(notices_escape_controls),
	    screen_test(control_units_are_details),
	    screen_test(colour_is_set_by_the_out),
	    screen_test(live_output_waits_after_a_large_paint),
	    screen_test(output_flushes_what_waits),
	    screen_test(fini_flushes),
	    screen_test(states_are_printed),
	    screen_test(open_is_printed_once),
	    screen_test(listening_on_every_address_is_printed),
	    screen_test(unix_names_are_printed),
	    screen_test(states_off_prints_failures_only),
	    screen_test(failure_is_left_to_the_reporting_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
