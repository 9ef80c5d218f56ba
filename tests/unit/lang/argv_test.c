/* SPDX-License-Identifier: ISC */
/*
 * Tests of the options of a process: their syntax, and errors in them.
 */
#include "rung/argv.h"
#include "rung/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LIST, TIME, MODE, MODEL, HELP, RUN };

static const char *const modes[] = {"slow", "fast", NULL};

static const struct param params[] = {
    [LIST] = {.name = "-l", .kind = PARAM_FLAG},
    [TIME] = {.name = "-t", .kind = PARAM_DURATION, .value = "D"},
    [MODE] = {.name = "--mode=", .kind = PARAM_CHOICE, .choices = modes},
    [MODEL] = {.name = "--model", .kind = PARAM_WORD, .value = "NAME"},
    [HELP] = {.name = "--help", .kind = PARAM_FLAG},
    [RUN] = {.name = "-e", .kind = PARAM_BODY, .value = "CMDS"},
    {.kind = PARAM_END},
};

static const char *const aliases[] = {"-h", "--help", "--manner",
				      "--mode=", NULL};

static struct argv begin(char **words)
{
	return (struct argv){.words = words,
			     .params = params,
			     .aliases = aliases,
			     .hint = "see --help"};
}

#define BEGIN(...) begin((char *[]){__VA_ARGS__, NULL})

/* Expects that the first option of the words is rejected with that text. */
#define REJECTED(text_, ...)                                   \
	do {                                                   \
		struct argv a = BEGIN(__VA_ARGS__);            \
		struct err e;                                  \
		assert_int_equal(argv_next(&a, &e), ARGV_BAD); \
		assert_int_equal(e.kind, ERR_USAGE);           \
		assert_string_equal(e.text, text_);            \
	} while (0)

static void letters_can_be_joined_and_end_in_a_value(void **state)
{
	struct argv a = BEGIN("-llt250ms", "-t", "2", "-h", "-", "-l");
	struct err e;

	(void)state;
	assert_int_equal(argv_next(&a, &e), LIST);
	assert_null(a.value);
	assert_int_equal(argv_next(&a, &e), LIST);
	assert_int_equal(argv_next(&a, &e), TIME);
	assert_int_equal(a.number, 250 * NS_PER_MS);
	assert_int_equal(argv_next(&a, &e), TIME);
	assert_int_equal(a.number, 2 * NS_PER_S);
	assert_int_equal(argv_next(&a, &e), HELP);
	assert_int_equal(argv_next(&a, &e), ARGV_END);
	assert_string_equal(*a.words, "-");
}

static void long_names_can_be_shortened_while_they_are_unique(void **state)
{
	struct argv a = BEGIN("--he", "--mode", "fast", "--mode=slow",
			      "--mod=fast", "--man", "slow", "--", "-l");
	struct err e;

	(void)state;
	assert_int_equal(argv_next(&a, &e), HELP);
	assert_int_equal(argv_next(&a, &e), MODE);
	assert_int_equal(a.number, 1);
	assert_int_equal(argv_next(&a, &e), MODE);
	assert_int_equal(a.number, 0);
	/* --mod begins two names. */
	assert_int_equal(argv_next(&a, &e), ARGV_BAD);
	assert_int_equal(argv_next(&a, &e), MODE);
	assert_string_equal(a.value, "slow");
	assert_int_equal(argv_next(&a, &e), ARGV_END);
	assert_string_equal(*a.words, "-l");
}

static void values_are_taken_as_they_are(void **state)
{
	struct argv a = BEGIN("-e", "-l", "--model=", "-e--");
	struct err e;

	(void)state;
	assert_int_equal(argv_next(&a, &e), RUN);
	assert_string_equal(a.value, "-l");
	assert_int_equal(argv_next(&a, &e), MODEL);
	assert_string_equal(a.value, "");
	assert_int_equal(argv_next(&a, &e), RUN);
	assert_string_equal(a.value, "--");
	assert_int_equal(argv_next(&a, &e), ARGV_END);
	assert_null(*a.words);
}

static void wrong_options_are_named(void **state)
{
	(void)state;
	REJECTED("unknown option -x; see --help", "-x");
	REJECTED("--x: unknown option, or takes no value; see --help", "--x");
	REJECTED("--help=1: unknown option, or takes no value; see --help",
		 "--help=1");
	REJECTED("-t needs a value", "-t");
	REJECTED("--model needs a value", "--model");
	REJECTED("--mode: 'fats' is not one of slow|fast; did you mean fast?",
		 "--mode", "fats");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(letters_can_be_joined_and_end_in_a_value),
	    cmocka_unit_test(long_names_can_be_shortened_while_they_are_unique),
	    cmocka_unit_test(values_are_taken_as_they_are),
	    cmocka_unit_test(wrong_options_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
