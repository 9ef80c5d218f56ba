/* SPDX-License-Identifier: ISC */
/*
 * Tests of variables: scopes, entries, sharing among peers. tests/unit/lang
 * tests the forms of `${…}`.
 */
#include "tests/lib/shells.h"

static void entries_belong_to_a_scope(void **state)
{
	struct world *w = *state;
	run(w, "let n[a] 1; let k a; after 1s 'let n[b] 2'; wait");
	run(w, "echo ${n[$k]} ${n[b]}; unset n[a]; echo ${n[a]:-gone}");
	expect_stdout(w, "1 2\ngone\n");
	run(w, "listen --serve 'send ${n[b]:-none}' :0 as s");
	run(w, "connect $s.addr as c; @c expect -1 none; echo so");
	expect_stdout(w, "so\n");
}

static void shared_variables_are_common_to_all_tasks(void **state)
{
	struct world *w = *state;
	run(w, "let n[a] 1; let m 5; let own 7; share n m; let n[c] 3");
	run(w, "listen --serve 'let n[b] ${n[a]}$m; incr m; unset n[c]; "
	       "let own 8; send ok' :0 as s");
	run(w, "connect $s.addr as c; @c expect ok; @c expect eof");
	run(w, "echo ${n[b]} $m $own ${n[c]:-gone}");
	expect_stdout(w, "15 6 7 gone\n");
	/* Sharing a name twice, or before it is set, is not an error. */
	run(w, "share n later; let later x; echo ${n[a]} $later");
	expect_stdout(w, "1 x\n");
}

static void unset_removes_all_entries_of_a_name(void **state)
{
	struct world *w = *state;
	run(w, "let n 1; let n[a] 2; let m[a] 3; unset n nothing m[b]");
	run(w, "echo ${n:-no} ${n[a]:-no} ${m[a]}");
	expect_stdout(w, "no no 3\n");
}

static void entries_of_a_peer_are_limited(void **state)
{
	struct world *w = *state;
	run(w, "set entries 1k; let n 0");
	run(w, "try repeat 100 'incr n; let k[$n] value'");
	run(w, "echo $error $n ${k[7]} ${k[8]:-no}");
	expect_stdout(w, "limit 8 value no\n");
	assert_non_null(strstr(buf_cstr(&w->diag), "'set entries'"));
	/* An existing entry can be changed. */
	run(w, "let k[7] VALUE; echo ${k[7]}");
	expect_stdout(w, "VALUE\n");
	run(w, "try incr k[7]; echo $error; let k[1] 41; incr k[1]");
	run(w, "echo ${k[1]}");
	expect_stdout(w, "usage\n42\n");
}

static void keys_are_never_expanded_again(void **state)
{
	struct world *w = *state;
	task_set(&w->shell.foreground, BYTES("evil"),
		 BYTES("a]; quit 3 \0${n[b]}\"'"));
	run(w, "let n[b] b; let n[$evil] e; let copy[${n[$evil]}] 1");
	run(w, "echo ${n[$evil]} ${#n[$evil]} ${copy[e]}; unset n[$evil]");
	run(w, "echo ${n[$evil]:-gone} ${n[b]}");
	expect_stdout(w, "e 1 1\ngone b\n");
	assert_false(w->shell.ended);
}

static void received_data_becomes_an_entry(void **state)
{
	struct world *w = *state;
	run(w, "listen --echo :0 as e; connect $e.addr as c; send 'a]b\ncd'");
	run(w, "recv -s got[k] line; echo ${got[k]}; set entries 10");
	run(w, "try recv -s got[x] 2; echo $error $last");
	expect_stdout(w, "a]b\n\nlimit cd\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(entries_belong_to_a_scope),
	    TEST(shared_variables_are_common_to_all_tasks),
	    TEST(unset_removes_all_entries_of_a_name),
	    TEST(entries_of_a_peer_are_limited),
	    TEST(keys_are_never_expanded_again),
	    TEST(received_data_becomes_an_entry),
	};
	return cmocka_run_group_tests_name("env", tests, NULL, NULL);
}
