/* SPDX-License-Identifier: ISC */
/*
 * Tests of commands on messages that have kinds and attributes, and on control
 * units. tests/lib/control_rung.c makes the units.
 */
#include "tests/lib/control_rung.h"
#include "tests/lib/plans.h"
#include "tests/lib/shells.h"

/* Connects c, which has the test rung, to s.1, which sends and receives the
 * lines of the rung. */
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

static void resend_sends_kind_and_attributes(void **state)
{
	struct world *w = *state;
	connect_probe(w);
	run(w, "@s.1 sendline 'event,name=chat,id=7 hello'; recv -q");
	run(w, "resend #2; @s.1 recv line");
	expect_stdout(w, "event,name=chat,id=7 hello\\n\n");
	/* The log drops the message while it is sent again. */
	run(w, "set log 80; @s.1 sendline 'event,name=chat,id=8 "
	       "0123456789012345678901234567890123456789'; recv -q");
	run(w, "let n ${last[number]}; @s.1 sendline x; recv -q; resend #$n; "
	       "@s.1 recv line");
	expect_stdout(w, "event,name=chat,id=8 "
			 "0123456789012345678901234567890123456789\\n\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(captured_messages_have_entries),
	    TEST(resend_sends_kind_and_attributes),
	    TEST(fields_and_unknown_entries_are_errors),
	};
	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
