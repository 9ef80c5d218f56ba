/* SPDX-License-Identifier: ISC */
/*
 * Tests of rung's command line.
 */
#include "rung/clock.h"
#include "rung/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define READ(o, e, ...) read_words(o, e, (char *[]){"rung", __VA_ARGS__, NULL})

static int read_words(struct options *o, struct err *e, char **argv)
{
	int argc = 0;
	while (argv[argc])
		argc++;
	return options_parse(argc, argv, o, e);
}

static void commands_keep_their_order_before_a_file(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(
	    READ(&o, &e, "-q", "-e", "one", "-etwo", "f.rung", "-v", "x"), 0);
	assert_int_equal(o.mode, MODE_RUN);
	assert_true(o.quiet);
	assert_false(o.verbose);
	assert_int_equal(o.commands_count, 2);
	assert_string_equal(o.commands[0], "one");
	assert_string_equal(o.commands[1], "two");
	assert_string_equal(o.file, "f.rung");
	assert_int_equal(o.args_count, 2);
	assert_string_equal(o.args[0], "-v");
	options_fini(&o);
}

static void empty_command_line_sets_nothing(void **state)
{
	struct options o;
	struct err e;
	char *none[] = {"rung", NULL};
	(void)state;
	assert_int_equal(read_words(&o, &e, none), 0);
	assert_null(o.file);
	assert_int_equal(o.commands_count, 0);
	assert_true(o.timeout == UINT64_MAX);
	options_fini(&o);
}

static void json_and_tap_exclude_each_other(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "--json", "-i"), 0);
	assert_true(o.json);
	assert_false(o.tap);
	options_fini(&o);
	assert_int_equal(READ(&o, &e, "--tap", "f.rung"), 0);
	assert_true(o.tap);
	options_fini(&o);
	assert_int_equal(READ(&o, &e, "--tap", "--json", "f.rung"), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	options_fini(&o);
	assert_int_equal(READ(&o, &e, "-i", "--tap"), -1);
	options_fini(&o);
}

static void values_are_checked(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "-t", "250ms", "--color=never"), 0);
	assert_int_equal(o.timeout, 250 * NS_PER_MS);
	assert_int_equal(o.colour, WHEN_NEVER);
	assert_false(options_colour(&o, 1));
	assert_int_equal(READ(&o, &e, "-t", "0"), 0);
	assert_int_equal(o.timeout, 0);
	assert_int_equal(READ(&o, &e, "-t", "soon"), -1);
	assert_non_null(strstr(e.text, "-t: 'soon' is not a duration"));
	assert_int_equal(READ(&o, &e, "--color=red"), -1);
	assert_string_equal(e.text,
			    "--color: 'red' is not one of auto|always|never");
	assert_int_equal(READ(&o, &e, "--completions", "tcsh"), -1);
	assert_int_equal(READ(&o, &e, "-e"), -1);
	assert_string_equal(e.text, "-e needs a value");
}

static void unknown_options_are_named(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "-x"), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.text, "-x"));
	assert_int_equal(READ(&o, &e, "--frob"), -1);
	assert_non_null(strstr(e.text, "--frob"));
	assert_int_equal(READ(&o, &e, "--help=x"), -1);
}

static void options_can_select_a_mode(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "--version"), 0);
	assert_int_equal(o.mode, MODE_VERSION);
	assert_int_equal(READ(&o, &e, "-h"), 0);
	assert_int_equal(o.mode, MODE_HELP);
	assert_int_equal(READ(&o, &e, "--completions", "zsh"), 0);
	assert_int_equal(o.mode, MODE_COMPLETIONS);
	assert_string_equal(o.shell, "zsh");
}

static void find_address(struct options *o, struct err *e)
{
	assert_int_equal(options_find_address(o, &protocols_all, e), 0);
}

static void missing_file_with_a_port_is_an_address(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	for (int i = 0; i < 3; i++) {
		char *words[][4] = {{"rung", "-i", "none:80", NULL},
				    {"rung", "-i", "unix:///none", NULL},
				    {"rung", "-i", "exec:cat", NULL}};
		assert_int_equal(read_words(&o, &e, words[i]), 0);
		find_address(&o, &e);
		assert_true(o.address);
		assert_int_equal(o.mode, MODE_RUN);
		assert_int_equal(o.args_count, 0);
	}
	assert_int_equal(READ(&o, &e, "-i", "none", "80"), 0);
	find_address(&o, &e);
	assert_true(o.address);
	assert_int_equal(READ(&o, &e, "-i", "none", "http"), 0);
	find_address(&o, &e);
	assert_true(o.address);
}

static void other_file_is_a_script(void **state)
{
	static const char *const files[][2] = {
	    {"none", NULL},     {"none", "eighty"},  {"none", "65536"},
	    {"./none", "80"},   {"none.rung", "-x"}, {"there", "80"},
	    {"there:80", NULL},
	};
	struct options o;
	struct err e;
	(void)state;
	fclose(fopen("there", "w"));
	fclose(fopen("there:80", "w"));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *words[] = {"rung", "-i", (char *)files[i][0],
				 (char *)files[i][1], NULL};
		assert_int_equal(read_words(&o, &e, words), 0);
		find_address(&o, &e);
		assert_false(o.address);
		assert_int_equal(o.mode, MODE_RUN);
		assert_string_equal(o.file, files[i][0]);
	}
	assert_int_equal(READ(&o, &e, "-i", "none", "80", "more"), 0);
	find_address(&o, &e);
	assert_false(o.address);
}

static void options_may_follow_an_address(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "none", "80", "-iq", "-t", "5"), 0);
	find_address(&o, &e);
	assert_true(o.address);
	assert_true(o.quiet);
	assert_int_equal(o.timeout, 5 * NS_PER_S);
	assert_int_equal(o.args_count, 1);
	assert_null(o.args[1]);
	assert_int_equal(READ(&o, &e, "none:80", "--help"), 0);
	find_address(&o, &e);
	assert_int_equal(o.mode, MODE_HELP);
	assert_int_equal(READ(&o, &e, "none", "80", "-e", "echo"), 0);
	assert_int_equal(options_find_address(&o, &protocols_all, &e), -1);
	assert_string_equal(e.text,
			    "-e cannot follow an address; to run commands on "
			    "the connection: rung -e 'connect none 80' -e ...");
	assert_int_equal(READ(&o, &e, "none:80", "-q", "x"), 0);
	assert_int_equal(options_find_address(&o, &protocols_all, &e), -1);
	assert_string_equal(e.text,
			    "unexpected argument 'x' after the options");
	assert_int_equal(READ(&o, &e, "none:80", "--json", "--tap"), 0);
	assert_int_equal(options_find_address(&o, &protocols_all, &e), -1);
	assert_int_equal(READ(&o, &e, "none:80", "--frob"), 0);
	assert_int_equal(options_find_address(&o, &protocols_all, &e), -1);
	/* Not an address: the arguments are those of a script. */
	assert_int_equal(READ(&o, &e, "none.rung", "-e", "echo"), 0);
	find_address(&o, &e);
	assert_int_equal(o.args_count, 2);
}

static void address_without_a_terminal_is_a_pipe(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	if (isatty(STDIN_FILENO) == 1)
		skip();
	assert_int_equal(READ(&o, &e, "-q", "none", "80"), 0);
	find_address(&o, &e);
	assert_int_equal(o.mode, MODE_PIPE);
	assert_true(o.quiet);
	assert_false(o.address);
	/* args[0] is in the place of the word `pipe`. */
	assert_int_equal(o.args_count, 3);
	assert_string_equal(o.args[1], "none");
	assert_string_equal(o.args[2], "80");
	assert_int_equal(READ(&o, &e, "-t", "1", "none", "80"), 0);
	assert_int_equal(options_find_address(&o, &protocols_all, &e), -1);
	assert_string_equal(e.text,
			    "-t is for prompts and scripts, not for rung pipe "
			    "(standard input is not a terminal); use its "
			    "option -w");
}

static void help_takes_a_topic(void **state)
{
	struct options o;
	struct err e;
	(void)state;
	assert_int_equal(READ(&o, &e, "help"), 0);
	assert_int_equal(o.mode, MODE_TOPIC);
	assert_null(o.topic);
	assert_int_equal(READ(&o, &e, "help", "send"), 0);
	assert_string_equal(o.topic, "send");
	assert_null(o.file);
	assert_int_equal(READ(&o, &e, "help", "a", "b"), -1);
	assert_int_equal(READ(&o, &e, "./help"), 0);
	assert_string_equal(o.file, "./help");
}

static void first_word_or_name_selects_a_mode(void **state)
{
	static const struct {
		const char *name;
		enum mode mode, by_link;
	} all[] = {{"pipe", MODE_PIPE, MODE_RUN},
		   {"nc", MODE_NC, MODE_NC},
		   {"ncat", MODE_NCAT, MODE_NCAT}};
	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		char link[32];
		struct options o;
		struct err e;
		assert_int_equal(READ(&o, &e, "-v", (char *)all[i].name, "-l"),
				 0);
		assert_int_equal(o.mode, all[i].mode);
		assert_true(o.verbose);
		assert_int_equal(o.args_count, 2);
		assert_string_equal(o.args[0], all[i].name);
		options_fini(&o);
		snprintf(link, sizeof link, "/usr/bin/%s", all[i].name);
		assert_int_equal(
		    read_words(&o, &e, (char *[]){link, "f", NULL}), 0);
		assert_int_equal(o.mode, all[i].by_link);
		assert_int_equal(o.args_count,
				 all[i].by_link == MODE_RUN ? 0 : 2);
		options_fini(&o);
	}
}

static void colour_follows_the_environment(void **state)
{
	struct options o = {.colour = WHEN_ALWAYS};
	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_true(options_colour(&o, 1));
	o.colour = WHEN_AUTO;
	assert_false(options_colour(&o, 1));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_false(options_colour(&o, 1));
}

/* Options before `pipe` that have no effect on `rung pipe` are rejected. */
static void options_of_scripts_are_rejected_before_pipe(void **state)
{
	struct options o;
	struct err e;

	(void)state;
	assert_int_equal(READ(&o, &e, "-q", "-v", "pipe", ":1"), 0);
	assert_int_equal(o.mode, MODE_PIPE);
	assert_int_equal(READ(&o, &e, "-e", "echo x", "pipe", ":1"), -1);
	assert_string_equal(e.text,
			    "-e is for prompts and scripts, not for pipe");
	options_fini(&o);
	assert_int_equal(READ(&o, &e, "-i", "nc", "h", "1"), -1);
	assert_int_equal(READ(&o, &e, "--json", "ncat", "h"), -1);
	assert_int_equal(READ(&o, &e, "--tap", "pipe", ":1"), -1);
	assert_int_equal(READ(&o, &e, "-t", "0", "nc", "h", "1"), -1);
	assert_string_equal(
	    e.text,
	    "-t is for prompts and scripts, not for nc; use its option -w");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands_keep_their_order_before_a_file),
	    cmocka_unit_test(empty_command_line_sets_nothing),
	    cmocka_unit_test(json_and_tap_exclude_each_other),
	    cmocka_unit_test(values_are_checked),
	    cmocka_unit_test(unknown_options_are_named),
	    cmocka_unit_test(options_can_select_a_mode),
	    cmocka_unit_test(missing_file_with_a_port_is_an_address),
	    cmocka_unit_test(other_file_is_a_script),
	    cmocka_unit_test(options_may_follow_an_address),
	    cmocka_unit_test(address_without_a_terminal_is_a_pipe),
	    cmocka_unit_test(help_takes_a_topic),
	    cmocka_unit_test(first_word_or_name_selects_a_mode),
	    cmocka_unit_test(colour_follows_the_environment),
	    cmocka_unit_test(options_of_scripts_are_rejected_before_pipe),
	};
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
