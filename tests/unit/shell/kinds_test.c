/* SPDX-License-Identifier: ISC */
/*
 * Tests of commands on messages that have kinds and attributes, and on control
 * units. tests/lib/control_rung.c makes the units.
 */
#include "rung/events.h"
#include "tests/lib/control_rung.h"
#include "tests/lib/plans.h"
#include "tests/lib/shells.h"

#include <limits.h>
#include <stdio.h>

/* Makes a shell whose commands know the test rung. */
static int setup(void **state)
{
	static const struct rung_ops *const rungs[] = {&probe_rung, NULL};
	static struct protocols protocols = {.rungs = rungs};
	protocols.schemes = protocols_all.schemes;
	struct world *w = shells_new(cmd_table, &protocols);
	w->screen.states = false;
	w->hub.display.live = false;
	*state = w;
	return 0;
}

/* Connects c, with the test rung, to s.1, which has no rung and sends the
 * rung's lines as text. */
static struct session *connect_probe(struct world *w)
{
	struct rung_plan *plan = plan_of(&probe_rung);
	run(w, "listen :0 as s; connect $s.addr as c; @s accept; use c");
	struct session *c = hub_find(&w->hub, BYTES("c"), NULL);
	assert_non_null(c);
	assert_int_equal(session_climb(c, plan, NULL), 0);
	rung_plan_unref(plan);
	return c;
}

static void facts_are_those_of_the_rungs_in_the_table(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "echo $c.probed ${s.1.probed}");
	expect_stdout(w, "yes none\n");
	run(w, "try echo $c.frame");
	assert_non_null(
	    strstr(buf_cstr(&w->diag), "sessions have no field 'frame'"));
}

static void captured_messages_have_entries(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'event,name=chat,path=/a hello'");
	run(w, "expect /h(.)/; echo ${match[kind]} ${match[rung]} "
	       "${match[path]} ${last[name]} ${#last[path]}");
	expect_stdout(w, "probe.event probe /a chat 2\n");
	run(w, "let n ${match[number]}; show #$n");
	expect_stdout(w, "c < #2 probe.event 5B hello\n");
	run(w, "@s.1 sendline 'text,id=7 x'; recv -q; echo ${last[id]} "
	       "${last[kind]}");
	expect_stdout(w, "7 probe.text\n");
	run(w, "on message 'echo ${message[kind]} ${message[id]:-none}'");
	run(w, "@s.1 sendline 'text,id=8 x'; @s.1 sendline 'nothing'; sleep 1");
	run(w, "echo ${last[id]:-none} ${message[id]:-none}");
	expect_stdout(w, "probe.text 8\n"
			 "data none\n"
			 "7 none\n");
}

static void fields_and_unknown_entries_are_errors(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "echo ${last[kind]}");
	expect_stderr(w, "echo: $last is not set: no message yet\n"
			 "echo ${last[kind]}\n"
			 "     ^\n");
	run(w, "@s.1 sendline 'text,id=7 x'; recv -q");
	run(w, "echo $last.id");
	expect_stderr(
	    w, "echo: $last.id: $last has no fields; write ${last[id]} for "
	       "the attribute, ${last}.id for the text\n"
	       "echo $last.id\n"
	       "     ^\n");
	run(w, "echo ${last[path]}");
	expect_stderr(w, "echo: $last has no attribute 'path'; it has kind, "
			 "rung, number, id\n"
			 "echo ${last[path]}\n"
			 "     ^\n");
	run(w, "echo ${last}.id ${1[x]:-none}");
	expect_stdout(w, "x.id none\n");
}

static void keys_with_a_slash_are_json_pointers(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'text,/a=attr [{\"a/b\": \"x y\", \"n\": 1.50, "
	       "\"o\": {\"p\": [1, 2]}}]'; recv -q");
	run(w, "echo ${last[/0/a~1b]} ${last[/0/n]} ${last[/0/o]} "
	       "${#last[/0/a~1b]} ${last[/a]:-none} ${last[kind]}");
	expect_stdout(w, "x y 1.50 {\"p\":[1,2]} 3 none probe.text\n");
	run(w, "echo ${last[/0/q]}");
	expect_stderr(w, "echo: $last: the JSON has no value at '/0/q'\n"
			 "echo ${last[/0/q]}\n"
			 "     ^\n");
	run(w, "@s.1 sendline 'text x'; recv -q; echo ${last[/0]}");
	expect_stderr(w, "echo: $last: not JSON: line 1, column 1 (byte 0): "
			 "invalid token\n"
			 "@s.1 sendline 'text x'; recv -q; echo ${last[/0]}\n"
			 "                                      ^\n");
	run(w, "echo ${message[/0]:-none} ${0[/0]:-none}");
	expect_stdout(w, "none none\n");
	/* A user's entry with such a key is not a pointer. */
	run(w, "let kv[/0] text; echo ${kv[/0]}");
	expect_stdout(w, "text\n");
}

static void resend_sends_kind_and_attributes(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'event,name=chat,id=7 hello'; recv -q");
	run(w, "resend #2; @s.1 recv line");
	expect_stdout(w, "event,name=chat,id=7 hello\\n\n");
	/* The log drops the message during the resend. */
	run(w, "set log 80; @s.1 sendline 'event,name=chat,id=8 "
	       "0123456789012345678901234567890123456789'; recv -q");
	run(w, "let n ${last[number]}; @s.1 sendline x; recv -q; resend #$n; "
	       "@s.1 recv line");
	expect_stdout(w, "event,name=chat,id=8 "
			 "0123456789012345678901234567890123456789\\n\n");
}

static void expect_takes_a_kind_and_a_name(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'text hello'");
	run(w, "@s.1 sendline 'event,name=chat hello'");
	run(w, "@s.1 sendline 'event,name=other hello'");
	run(w, "@s.1 sendline 'event,name=other probe.event'");
	run(w, "expect probe.event other /h(.)llo/; echo ${last[name]} $1");
	expect_stdout(w, "other e\n");
	/* A quoted kind is text, and so is a word with a dot that names no
	 * rung. */
	run(w, "expect 'probe.event'; echo ${match[name]}");
	expect_stdout(w, "other\n");
	run(w, "@s.1 sendline 'text 1.5'; expect 1.5; echo $match");
	expect_stdout(w, "1.5\n");
	run(w, "@s.1 sendline 'text'; @s.1 sendline 'event,name=x'; "
	       "expect probe.event; echo ${match[name]} [$match]");
	expect_stdout(w, "x []\n");
	run(w, "try expect probe.pnig");
	expect_stderr(w, "expect: probe has no kind 'pnig'; it has probe.text, "
			 "probe.event, probe.ping, probe.pong, probe.alert "
			 "(quote the word if it is text)\n");
	run(w,
	    "@s.1 sendline 'text a'; try expect -t 1 probe.event chat /b/ c");
	assert_non_null(strstr(buf_cstr(&w->diag),
			       "c: expected probe.event chat /b/ or \"c\""));
}

static void control_units_are_found_by_their_kind(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'ping one'; @s.1 sendline 'text one'");
	run(w, "@s.1 sendline 'alert,name=bye,code=1 two'");
	run(w, "@s.1 sendline 'pong three'; @s.1 sendline 'text two'");
	/* Patterns without a kind do not match control units. */
	run(w, "expect -1 one; echo ${match[kind]}; expect -1 two; "
	       "echo ${match[kind]}");
	expect_stdout(w, "probe.text\nprobe.text\n");
	run(w, "expect probe.alert bye t; echo $last ${last[code]}");
	expect_stdout(w, "two 1\n");
	/* The ping came before the alert, so it is no longer found. */
	run(w, "try expect -t 1 probe.ping; echo $error; expect probe.pong; "
	       "echo $match");
	expect_stdout(w, "expect-timeout\nthree\n");
	run(w, "show #${last[number]}");
	expect_stdout(w, "c < #9 probe.pong 5B three\n");
	run(w, "resend #${last[number]}; @s.1 recv line");
	expect_stdout(w, "pong three\\n\n");
}

static void newest_control_units_are_kept(void **state)
{
	struct world *w = *state;
	const struct session *c = connect_probe(w);
	struct control_unit u;
	run(w, "let n 0; repeat 70 'incr n; @s.1 sendline \"ping $n\"'");
	run(w,
	    "@s.1 sendline 'text x'; expect x; expect probe.ping; echo $last");
	expect_stdout(w, "7\n");
	run(w, "expect probe.ping 70");
	assert_false(session_control(c, 0, &u));
}

static void log_lists_control_units_on_request(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'ping one'; @s.1 sendline 'text x'; expect x");
	run(w, "@c log; echo; @c log -v");
	expect_stdout(w, "c < #4 probe.text 1B x\n"
			 "\n"
			 "c < #3 probe.ping 3B one\n"
			 "c < #4 probe.text 1B x\n");
}

static void handlers_take_kinds_in_the_order_of_receipt(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'ping 1'; @s.1 sendline 'text 2'");
	run(w,
	    "@s.1 sendline 'alert,name=a 3'; @s.1 sendline 'alert,name=b 4'");
	run(w, "@s.1 sendline 'event,name=c 5'; @s.1 sendline 'text 6'");
	run(w, "@s.1 sendline 'ping 7'; @s.1 sendline 'pong 8'");
	run(w, "on probe.ping 'echo $message ${message[kind]}'; "
	       "on probe.alert b 'echo $message ${message[name]}'; "
	       "on probe.event c /\\d/ 'echo $0 ${match[name]}'; "
	       "on message echo $message");
	run(w, "sleep 1");
	expect_stdout(w, "1 probe.ping\n2\n4 b\n5 c\n6\n7 probe.ping\n");
	/* Handlers do not consume control units. */
	run(w, "expect probe.alert a; echo $match; expect probe.pong; "
	       "echo $match");
	expect_stdout(w, "3\n8\n");
}

static void handlers_of_control_units_leave_messages(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "on probe.ping 'echo $message'");
	run(w, "@s.1 sendline 'text 1'; @s.1 sendline 'ping 2'; sleep 1");
	run(w, "expect 1; echo $match");
	expect_stdout(w, "2\n1\n");
	run(w, "try on probe.pnig echo");
	assert_non_null(strstr(buf_cstr(&w->diag), "probe has no kind 'pnig'"));
	run(w, "try on nothing.ping echo");
	assert_non_null(strstr(buf_cstr(&w->diag),
			       "'nothing.ping': no rung has this kind"));
}

static void kinds_and_attributes_are_completed(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	completes(w, "expect probe.p", "probe.ping probe.pong ");
	completes(w, "@c on probe.",
		  "probe.alert probe.event probe.ping "
		  "probe.pong probe.text ");
	completes(w, "on p",
		  "peer probe.alert probe.event probe.ping "
		  "probe.pong probe.text ");
	/* The session s.1 has no rung. */
	completes(w, "@s.1 expect p", "");
	completes(w, "@s.1 on p", "peer ");
	completes(w, "on message echo ${message[",
		  "${message[kind]} ${message[number]} ${message[rung]} ");
	run(w, "@s.1 sendline 'text,path=/,id=7 x'; recv -q");
	completes(w, "echo ${last[",
		  "${last[id]} ${last[kind]} "
		  "${last[number]} ${last[path]} "
		  "${last[rung]} ");
	completes(w, "echo \"a ${#last[p", "${#last[path]} ");
	completes(w, "echo ${before[", "");
	completes(w, "echo ${last[id]", "");
}

static void attribute_names_of_peers_are_not_inserted(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'text,x]};quit=1,y=2 x'; recv -q");
	completes(w, "echo ${last[",
		  "${last[kind]} ${last[number]} "
		  "${last[rung]} ${last[y]} ");
}

static void parts_are_one_message(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline '+text,id=7 one,'; @s.1 sendline '+text two,'");
	/* Commands do not see a message that is not whole. */
	run(w, "try expect -t 1 one; echo $error; try recv -t 1; echo $error");
	expect_stdout(w, "expect-timeout\nrecv-timeout\n");
	run(w, "on message 'echo $message ${message[id]} ${message[number]}'");
	run(w, "sleep 1; @s.1 sendline 'text three'; sleep 1");
	expect_stdout(w, "one,two,three 7 3\n");
	run(w, "cancel 1; @s.1 sendline '+text a'; @s.1 sendline 'text b'; "
	       "@s.1 sendline 'text c'; expect -1 /^(.*)$/; echo $1");
	expect_stdout(w, "ab\n");
}

static void long_message_is_received_in_parts(void **state)
{
	struct world *w = *state;
	struct session *c = connect_probe(w);
	session_limit_inbox(c, 10);
	run(w, "@s.1 sendline '+text,id=7 0123456789'; "
	       "@s.1 sendline '+text abcdefghij'; sleep 1");
	buf_clear(&w->diag);
	run(w, "try recv; echo $error; try expect z; echo $error");
	expect_stdout(w, "limit\nlimit\n");
	run(w, "on message 'echo $message'; sleep 1; cancel 1");
	assert_non_null(
	    strstr(buf_cstr(&w->diag),
		   "inbox full (20 bytes) without a whole message"));
	expect_stdout(w, "");
	/* The inbox still has all bytes. */
	run(w, "recv some; echo ${last[id]}");
	expect_stdout(w, "0123456789abcdefghij\n7\n");
	run(w,
	    "after 1s \"@s.1 sendline 'text ,end'; @s.1 sendline 'text x'\"");
	run(w, "recv -o -; echo; recv");
	expect_stdout(w, ",end\nx\n");
}

static void parts_are_written_as_they_come(void **state)
{
	struct world *w = *state;
	struct session *c = connect_probe(w);
	struct buf sent = {.limit = BUF_SMALL};
	session_limit_inbox(c, 100);
	run(w, "let n 0; repeat 99 'incr n; @s.1 sendline \"+text,id=7 "
	       "0123456789-$n \"'; @s.1 sendline 'text end'");
	run(w, "@s.1 sendline 'text next'; recv -o -; echo; recv");
	for (int i = 1; i < 100; i++)
		buf_printf(&sent, "0123456789-%d ", i);
	buf_puts(&sent, "end\nnext\n");
	expect_stdout(w, buf_cstr(&sent));
	buf_fini(&sent);
}

/* Checks JSON events with tests/lib/events.py, which compares them with
 * docs/events.schema.json. */
static void expect_valid(struct bytes lines)
{
	char command[PATH_MAX];
	const char *top = getenv("TOP");
	if (!top)
		skip();
	snprintf(command, sizeof command,
		 "%s/tests/lib/events.py %s/docs/events.schema.json >&2", top,
		 top);
	FILE *check = popen(command, "w");
	assert_non_null(check);
	assert_int_equal(fwrite(lines.at, 1, lines.len, check), lines.len);
	assert_int_equal(pclose(check), 0);
}

static void expect_event(struct world *w, const char *part)
{
	if (!strstr(buf_cstr(&w->payload), part))
		fail_msg("%s is not in\n%s", part, buf_cstr(&w->payload));
}

static void events_of_kinds_fit_the_schema(void **state)
{
	struct world *w = *state;
	struct events events;
	buf_fini(&w->payload);
	buf_init(&w->payload, (size_t)1 << 20);
	events_init(&events, &w->hub, &w->out);
	connect_probe(w);
	run(w, "@s.1 sendline 'text,id=7,id=8,empty= hello'");
	run(w, "@s.1 sendline \"event,name=chat,odd=\\xff,\\xfe=1 \\x00\"");
	run(w, "@s.1 sendline 'ping,re=7 are you there'; @s.1 sendline ping");
	run(w, "@s.1 sendline 'alert,name=bye,code=1'; @s.1 sendline plain");
	run(w, "@s.1 sendline '+text,id=9 part'; @s.1 sendline 'text end'");
	run(w, "expect probe.event chat; recv -q; resend #${last[number]}");
	run(w, "try expect -t 1 probe.pong; @s.1 close; expect close");
	events_fini(&events);
	expect_event(w, "\"event\":\"message\"");
	expect_event(w, "\"dir\":\"in\",\"rung\":\"probe\","
			"\"kind\":\"probe.text\",\"attrs\":["
			"{\"name\":\"id\",\"value\":\"7\"},"
			"{\"name\":\"id\",\"value\":\"8\"},"
			"{\"name\":\"empty\",\"value\":\"\"}],"
			"\"len\":5,\"text\":\"hello\"}\n");
	expect_event(w, "{\"name\":\"odd\",\"hex\":\"ff\"}");
	expect_event(w, "\"event\":\"control\",\"session\":\"c\"");
	expect_event(w, "\"kind\":\"probe.ping\",\"attrs\":["
			"{\"name\":\"re\",\"value\":\"7\"}]");
	expect_event(w, "\"dir\":\"out\",\"rung\":\"probe\"");
	expect_valid(buf_bytes(&w->payload));
}

#define KINDS(name) \
	cmocka_unit_test_setup_teardown(name, setup, shells_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    KINDS(facts_are_those_of_the_rungs_in_the_table),
	    KINDS(captured_messages_have_entries),
	    KINDS(resend_sends_kind_and_attributes),
	    KINDS(expect_takes_a_kind_and_a_name),
	    KINDS(control_units_are_found_by_their_kind),
	    KINDS(newest_control_units_are_kept),
	    KINDS(log_lists_control_units_on_request),
	    KINDS(handlers_take_kinds_in_the_order_of_receipt),
	    KINDS(handlers_of_control_units_leave_messages),
	    KINDS(kinds_and_attributes_are_completed),
	    KINDS(attribute_names_of_peers_are_not_inserted),
	    KINDS(events_of_kinds_fit_the_schema),
	    KINDS(parts_are_one_message),
	    KINDS(long_message_is_received_in_parts),
	    KINDS(parts_are_written_as_they_come),
	    KINDS(fields_and_unknown_entries_are_errors),
	    KINDS(keys_with_a_slash_are_json_pointers),
	};
	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
