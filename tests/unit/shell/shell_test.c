/* SPDX-License-Identifier: ISC */
/*
 * Tests of the shell with a small command table: lines, bodies, waits, error
 * positions, variables and targets. Transcripts test the real commands.
 */
#include "tests/lib/shells.h"

#include <stdio.h>

/* number of `wait` calls that were cleaned up */
static unsigned dropped;

/* ---- the commands */

static const struct param text_params[] = {
    {.name = "TEXT", .kind = PARAM_TEXT},
    {.kind = PARAM_END},
};

static enum cmd_status run_print(struct call *c)
{
	call_print(c, args_text(&c->args, 0));
	call_print(c, BYTES("\n"));
	return CMD_OK;
}

static const struct cmd say = {
    .name = "say",
    .aliases = "tell s",
    .params = text_params,
    .run = run_print,
};

static enum cmd_status run_fail(struct call *c)
{
	return call_error(c, ERR_REFUSED, "no luck");
}

static const struct cmd fail_cmd = {
    .name = "fail", .params = text_params, .run = run_fail};

static const struct param loop_params[] = {
    {.name = "N", .kind = PARAM_NUMBER, .flags = PARAM_REQUIRED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};

static enum cmd_status run_loop(struct call *c)
{
	return call_run_loop(c, c->args.arg[1].at->body,
			     args_number(&c->args, 0, 0));
}

static const struct cmd loop_cmd = {
    .name = "loop", .params = loop_params, .run = run_loop};

static const struct param try_params[] = {
    {.name = "CMD", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};

static enum cmd_status run_try(struct call *c)
{
	return call_run_try(c, c->args.arg[0].at->body);
}

static const struct cmd try_cmd = {
    .name = "try", .params = try_params, .run = run_try};

static const struct param let_params[] = {
    {.name = "NAME", .kind = PARAM_VARIABLE, .flags = PARAM_REQUIRED},
    {.name = "VALUE", .kind = PARAM_TEXT},
    {.kind = PARAM_END},
};

static enum cmd_status run_let(struct call *c)
{
	task_set(c->task, args_text(&c->args, 0), args_text(&c->args, 1));
	return CMD_OK;
}

static const struct cmd let_cmd = {
    .name = "let", .params = let_params, .run = run_let};

/* Parameters of `wait`, which waits until the timeout, or forever. */
static const struct param wait_params[] = {
    {.name = "D", .kind = PARAM_DURATION},
    {.kind = PARAM_END},
};

static enum cmd_status run_wait(struct call *c)
{
	return call_wait(c, NULL, args_number(&c->args, 0, CALL_FOREVER));
}

static enum cmd_status woken_wait(struct call *c, enum wake why)
{
	(void)c;
	return why == WAKE_TIMEOUT ? CMD_OK : CMD_WAIT;
}

static void drop_wait(struct call *c)
{
	(void)c;
	dropped++;
}

static const struct cmd wait_cmd = {
    .name = "wait",
    .params = wait_params,
    .run = run_wait,
    .resume = woken_wait,
    .cleanup = drop_wait,
};

/* Prints the name of the command's session. */
static enum cmd_status run_where(struct call *c)
{
	struct err e;
	struct session *s = call_session(c, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(c, &e);
	call_print(c, bytes_str(s->name));
	call_print(c, BYTES(" "));
	return CMD_OK;
}

static const char *const sides[] = {"left", "right", NULL};
static const struct param where_params[] = {
    {.name = "SIDE", .kind = PARAM_WORD, .choices = sides},
    {.kind = PARAM_END},
};
static const struct cmd where = {
    .name = "where", .params = where_params, .run = run_where};

static const struct cmd *const table[] = {
    &say, &fail_cmd, &loop_cmd, &try_cmd, &let_cmd, &wait_cmd, &where, NULL,
};

static int setup(void **state)
{
	*state = shells_new(table, &protocols_all);
	dropped = 0;
	return 0;
}

static void lines_run_in_order(void **state)
{
	struct world *w = *state;
	run(w, "say one; say two\nsay three");
	expect_stdout(w, "one\ntwo\nthree\n");
	expect_stderr(w, "");
}

static void aliases_name_commands(void **state)
{
	struct world *w = *state;
	run(w, "tell a; s b");
	expect_stdout(w, "a\nb\n");
	assert_ptr_equal(shell_cmd(&w->shell, BYTES("s")), &say);
	assert_null(shell_cmd(&w->shell, BYTES("tell s")));
}

static void body_is_expanded_again_in_each_run(void **state)
{
	struct world *w = *state;
	run(w, "let x a; loop 3 'say $x; let x $x$x'; say end");
	expect_stdout(w, "a\naa\naaaa\nend\n");
	run(w, "loop 2 loop 2 say x");
	expect_stdout(w, "x\nx\nx\nx\n");
	run(w, "loop 0 say never; say now");
	/* A `;` ends the command and its unquoted body. */
	expect_stdout(w, "now\n");
}

static void error_ends_only_its_line(void **state)
{
	struct world *w = *state;
	feed(w, "say a; fail; say never");
	run(w, "say b");
	expect_stdout(w, "a\nb\n");
	expect_stderr(w, "fail: no luck\n");
}

static void error_in_a_body_ends_all_outer_runs(void **state)
{
	struct world *w = *state;
	run(w, "loop 2 'say in; fail'\nsay never");
	expect_stdout(w, "in\n");
	expect_stderr(w, "fail: no luck\n");
}

static void try_continues_and_sets_the_class(void **state)
{
	struct world *w = *state;
	run(w, "try 'say a; fail; say never'; say $error $?; say $?");
	expect_stdout(w, "a\nrefused 4\n0\n");
	expect_stderr(w, "fail: no luck\n");
	run(w, "try fail; say $error; say $error");
	expect_stdout(w, "refused\nnone\n");
}

static void try_in_a_loop_continues_the_loop(void **state)
{
	struct world *w = *state;
	run(w, "loop 2 'try fail; say after'");
	expect_stdout(w, "after\nafter\n");
}

static void script_ends_at_its_first_error(void **state)
{
	struct world *w = *state;
	w->shell.interactive = false;
	shell_feed(&w->shell, BYTES("say a\n\nfail\nsay never"), "x.rung", 1,
		   true);
	run(w, "say never");
	expect_stdout(w, "a\n");
	expect_stderr(w, "x.rung:3: fail: no luck\n");
	assert_true(w->shell.ended);
	assert_int_equal(w->shell.status, 4);
}

static void syntax_error_has_its_place(void **state)
{
	struct world *w = *state;
	w->shell.interactive = false;
	assert_int_equal(
	    shell_feed(&w->shell, BYTES("say \"x\\q\"\n"), "x.rung", 7, true),
	    WORDS_BAD);
	assert_non_null(strstr(buf_cstr(&w->diag), "x.rung:7:"));
	assert_non_null(strstr(buf_cstr(&w->diag), "say \"x\\q\"\n"));
	assert_non_null(strstr(buf_cstr(&w->diag), "^"));
	assert_int_equal(w->shell.status, 2);
}

static void unset_variable_error_has_its_place(void **state)
{
	struct world *w = *state;
	shell_feed(&w->shell, BYTES("say a\nsay b $nope\n"), "x.rung", 10,
		   true);
	run(w, "");
	expect_stdout(w, "a\n");
	const char *errors = buf_cstr(&w->diag);
	assert_non_null(strstr(errors, "x.rung:11:7: say: $nope is not set"));
	assert_non_null(strstr(errors, "say b $nope\n"));
}

static void error_in_a_body_has_its_place(void **state)
{
	struct world *w = *state;
	shell_feed(&w->shell, BYTES("say a\nloop 1 'say $nope'\n"), "x.rung", 1,
		   true);
	run(w, "");
	const char *errors = buf_cstr(&w->diag);
	assert_non_null(strstr(errors, "x.rung:2:13: say: $nope"));
	assert_non_null(strstr(errors, "loop 1 'say $nope'\n"));
}

static void unknown_command_has_a_hint(void **state)
{
	struct world *w = *state;
	run(w, "sya hello");
	expect_stderr(w, "unknown command 'sya'; did you mean 'say'?\n"
			 "sya hello\n^\n");
	run(w, "h:80");
	expect_stderr(w, "unknown command 'h:80'; did you mean "
			 "'connect h:80'?\nh:80\n^\n");
}

static void wait_delays_the_next_commands(void **state)
{
	struct world *w = *state;
	struct buf prompt;
	buf_init(&prompt, BUF_SMALL);
	feed(w, "say a; wait; say b");
	for (int i = 0; i < 3; i++)
		loop_no_wait(w->loop), loop_turn(w->loop, NULL);
	feed(w, "say c");
	loop_turn(w->loop, NULL);
	expect_stdout(w, "a\n");
	shell_prompt(&w->shell, &prompt);
	assert_string_equal(buf_cstr(&prompt), "rung [wait]> ");
	buf_fini(&prompt);
	assert_int_equal(dropped, 0);
	assert_true(shell_interrupt(&w->shell));
	assert_int_equal(dropped, 1);
	expect_stderr(w, "wait: interrupted\n");
	assert_false(shell_interrupt(&w->shell));
	run(w, "say d");
	expect_stdout(w, "d\n");
}

static void deadline_resumes_the_call(void **state)
{
	struct world *w = *state;
	uint64_t before = loop_now(w->loop);
	run(w, "wait 1h; say late");
	expect_stdout(w, "late\n");
	assert_true(loop_now(w->loop) - before >= 3600 * NS_PER_S);
}

static void nesting_is_limited(void **state)
{
	struct world *w = *state;
	struct buf deep;
	buf_init(&deep, BUF_SMALL);
	for (int i = 0; i < 40; i++)
		buf_puts(&deep, "loop 1 ");
	buf_puts(&deep, "say deep");
	run(w, buf_cstr(&deep));
	buf_fini(&deep);
	expect_stdout(w, "");
	assert_non_null(strstr(buf_cstr(&w->diag), "at most 32"));
}

static void target_runs_on_each_match(void **state)
{
	struct world *w = *state;
	struct endpoint at;
	struct session_options plan = {.endpoint = &at};
	endpoint_parse(BYTES("127.0.0.1:0"), &at, NULL);
	plan.name = BYTES("aa");
	assert_non_null(hub_listen(&w->hub, &plan, NULL));
	plan.name = BYTES("ab");
	assert_non_null(hub_listen(&w->hub, &plan, NULL));
	plan.name = BYTES("b");
	assert_non_null(hub_listen(&w->hub, &plan, NULL));
	run(w, "@a* where; @b where; @* where");
	expect_stdout(w, "aa ab b aa ab b ");
	run(w, "@a* loop 2 where");
	expect_stdout(w, "aa aa ab ab ");
	run(w, "let who b; @$who where");
	expect_stdout(w, "b ");
	w->out.quiet = false;
	run(w, "try fail; @c* where; say on with $?; @c* loop 2 'fail'");
	expect_stdout(w, "on with 0\n");
	expect_stderr(w, "fail: no luck\n"
			 "no session matches 'c*'\n"
			 "no session matches 'c*'\n");
	w->out.quiet = true;
	run(w, "@c* where; say on");
	expect_stdout(w, "on\n");
	expect_stderr(w, "");
	run(w, "@c where; say never");
	run(w, "where; say never");
	expect_stdout(w, "");
	run(w, "say $aa.state ${b.role} $aa.name.txt");
	assert_non_null(strstr(buf_cstr(&w->diag), "sessions have no field"));
	run(w, "let v x; say $v.txt $aa.state ${b.role}");
	expect_stdout(w, "x.txt listening listener\n");
}

static void matched_groups_are_variables(void **state)
{
	struct world *w = *state;
	struct match_found f = {.group = {BYTES("all"), BYTES("one")}};
	run(w, "say $0");
	expect_stdout(w, "");
	task_set_match(&w->shell.foreground, &f, NULL);
	run(w, "say $0 $1");
	expect_stdout(w, "all one\n");
	f.group[1] = BYTES_NONE;
	task_set_match(&w->shell.foreground, &f, NULL);
	run(w, "say $0$1.");
	expect_stdout(w, "all.\n");

	struct capture named[] = {{BYTES("len"), BYTES("5")},
				  {BYTES("unit"), BYTES_NONE}};
	f.named = named;
	f.named_count = 2;
	run(w, "let unit k");
	task_set_match(&w->shell.foreground, &f, NULL);
	run(w, "say $len$unit.");
	expect_stdout(w, "5.\n");
}

static void values_are_never_read_as_commands(void **state)
{
	struct world *w = *state;
	task_set(&w->shell.foreground, BYTES("evil"),
		 BYTES("x; fail 'q $y \" \\ \n #"));
	run(w, "say $evil");
	expect_stdout(w, "x; fail 'q $y \" \\ \n #\n");
	expect_stderr(w, "");
}

static void endless_repeat_does_not_block_the_loop(void **state)
{
	struct world *w = *state;
	feed(w, "loop 1000000000 let x 1");
	for (int i = 0; i < 5; i++)
		loop_turn(w->loop, NULL);
	assert_false(shell_idle(&w->shell));
	assert_true(shell_interrupt(&w->shell));
}

static struct completions complete(struct world *w, const char *line)
{
	struct completions c;
	shell_complete(&w->shell, bytes_str(line), strlen(line), &c);
	return c;
}

static void expect_completions(struct world *w, const char *line, size_t from,
			       const char *want)
{
	struct completions c = complete(w, line);
	assert_int_equal(c.from, from);
	buf_fini(&c.words);
	completes(w, line, want);
}

static void completion_follows_the_tables(void **state)
{
	struct world *w = *state;
	struct endpoint at;
	struct session_options plan = {.endpoint = &at, .name = BYTES("door")};
	endpoint_parse(BYTES("127.0.0.1:0"), &at, NULL);
	assert_non_null(hub_listen(&w->hub, &plan, NULL));
	expect_completions(w, "", 0, "fail let loop say try wait where ");
	expect_completions(w, "w", 0, "wait where ");
	expect_completions(w, "say x; w", 7, "wait where ");
	expect_completions(w, "try s", 4, "say ");
	expect_completions(w, "try 'say x; w", 12, "wait where ");
	expect_completions(w, "@d", 0, "@door ");
	expect_completions(w, "@door w", 6, "wait where ");
	expect_completions(w, "say $door.pe", 4, "$door.peer $door.peers ");
	expect_completions(w, "where l", 6, "left ");
	run(w, "let ali x");
	expect_completions(w, "let a", 4, "ali ");
	expect_completions(w, "say $a", 4, "$ali ");
	expect_completions(w, "say x$a", 5, "$ali ");
	expect_completions(w, "say ${a", 4, "${ali ");
	expect_completions(w, "say ${#a", 4, "${#ali ");
	expect_completions(w, "say ${kv[$a", 9, "$ali ");
	expect_completions(w, "let kv[${a", 7, "${ali ");
	expect_completions(w, "say $a]", 4, "");
	expect_completions(w, "say \\$a", 4, "");
	expect_completions(w, "say <de ad u1", 11, "u16be u16le ");
	expect_completions(w, "say <len:va", 9, "varint ");
	expect_completions(w, "say <'u1; ' f3", 12, "f32be f32le ");
	expect_completions(w, "say <00 $a", 8, "$ali ");
	expect_completions(w, "say <00>; w", 10, "wait where ");
}

#define TEST_SMALL(name) \
	cmocka_unit_test_setup_teardown(name, setup, shells_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST_SMALL(lines_run_in_order),
	    TEST_SMALL(aliases_name_commands),
	    TEST_SMALL(body_is_expanded_again_in_each_run),
	    TEST_SMALL(error_ends_only_its_line),
	    TEST_SMALL(error_in_a_body_ends_all_outer_runs),
	    TEST_SMALL(try_continues_and_sets_the_class),
	    TEST_SMALL(try_in_a_loop_continues_the_loop),
	    TEST_SMALL(script_ends_at_its_first_error),
	    TEST_SMALL(syntax_error_has_its_place),
	    TEST_SMALL(unset_variable_error_has_its_place),
	    TEST_SMALL(error_in_a_body_has_its_place),
	    TEST_SMALL(unknown_command_has_a_hint),
	    TEST_SMALL(wait_delays_the_next_commands),
	    TEST_SMALL(deadline_resumes_the_call),
	    TEST_SMALL(nesting_is_limited),
	    TEST_SMALL(target_runs_on_each_match),
	    TEST_SMALL(matched_groups_are_variables),
	    TEST_SMALL(values_are_never_read_as_commands),
	    TEST_SMALL(endless_repeat_does_not_block_the_loop),
	    TEST_SMALL(completion_follows_the_tables),
	};
	return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
