/* SPDX-License-Identifier: ISC */
/*
 * Tests of clients that are made again: what the new session keeps of the old
 * one. Transcripts test the commands.
 */
#include "tests/lib/hubs.h"

#include "rung/journal.h"

#include <stdio.h>
#include <string.h>

static void ignore(struct subscriber *sub, const struct event *ev)
{
	(void)sub;
	(void)ev;
}

static int setup(void **state)
{
	*state = hubs_new(ignore);
	return 0;
}

static void settings_and_name_are_kept(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct session *old = client_of(w, l, "c");
	old->display.live = true;
	old->display.eol_len = 2;
	memcpy(old->display.eol, "\r\n", 2);
	session_limit_inbox(old, 1000);
	struct session *now = hub_reconnect(old, NULL);
	assert_non_null(now);
	assert_true(session_is_closed(old));
	assert_string_equal(now->name, "c");
	assert_true(now->display.live);
	assert_int_equal(now->display.eol_len, 2);
	assert_int_equal(inbox_limit(&now->inbox), 1000);
	assert_ptr_equal(find(w, "c"), old);
	assert_false(session_is_same(now, old));
	hub_follow(now, old);
	assert_true(session_is_same(now, old));
	assert_ptr_equal(find(w, "c"), now);
	assert_ptr_equal(until(w, "c", SESSION_OPEN), now);
	struct session *third = hub_reconnect(now, NULL);
	hub_follow(third, now);
	assert_true(session_is_same(third, now));
	assert_false(session_is_same(third, l));
}

/* Returns the options of the newest session, as `log --script` writes them. */
static const char *last_options(const struct journal *j)
{
	const struct journal_entry *d, *last = NULL;
	for (size_t n = 0; (d = journal_get(j, n)) != NULL; n++)
		if (d->kind == JOURNAL_CREATED)
			last = d;
	return last && last->options ? last->options : "";
}

static void options_of_connect_are_kept(void **state)
{
	struct world *w = *state;
	struct journal *j = journal_new(&w->hub);
	struct endpoint where, from;
	const char *const env[] = {"A=1", "B=two words", NULL};
	struct session_options plan = {
	    .endpoint = &where, .name = BYTES("c"), .direct = true};
	endpoint_parse(BYTES("exec:cat"), &where, NULL);
	plan.dial.env = env;
	struct session *s = hub_connect(&w->hub, &plan, NULL);
	assert_string_equal(last_options(j),
			    "--proxy off --env A=1 --env \"B=two words\" ");
	session_release(s);
	assert_non_null(s = hub_reconnect(s, NULL));
	assert_string_equal(last_options(j),
			    "--proxy off --env A=1 --env \"B=two words\" ");
	session_close(s, CLOSE_NOW, NULL);
	session_release(s);
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct addr at = transport_local(&l->link);
	char text[64];
	snprintf(text, sizeof text, "127.0.0.1:%u", addr_port(&at));
	endpoint_parse(bytes_str(text), &where, NULL);
	endpoint_parse(BYTES("127.0.0.1:0"), &from, NULL);
	plan = (struct session_options){.endpoint = &where,
					.dial = {.from = &from}};
	s = hub_connect(&w->hub, &plan, NULL);
	s = hub_reconnect(s, NULL);
	assert_string_equal(last_options(j), "-b tcp://127.0.0.1:0 ");
	journal_free(j);
}

static void only_clients_reconnect(void **state)
{
	struct world *w = *state;
	struct session *l = listener_at(w, "127.0.0.1:0", false);
	struct err e;
	client_of(w, l, "c");
	struct session *p = until(w, "s1.1", SESSION_OPEN);
	assert_null(hub_reconnect(l, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_null(hub_reconnect(p, &e));
	assert_string_equal(e.text,
			    "s1.1 is not a client; only clients can reconnect");
	assert_false(session_is_closed(p));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, hubs_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(settings_and_name_are_kept),
	    TEST(options_of_connect_are_kept),
	    TEST(only_clients_reconnect),
	};
	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
