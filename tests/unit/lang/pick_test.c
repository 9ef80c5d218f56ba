/* SPDX-License-Identifier: ISC */
/*
 * Tests args_pick(): arguments bound to one table are copied to another by
 * name, and are independent of the line that they were typed in.
 */
#include "rung/match.h"
#include "rung/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The table of a command. */
static const struct param params[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "-v", .kind = PARAM_WORD, .flags = PARAM_REPEATED, .value = "X"},
    {.name = "--limit", .kind = PARAM_SIZE, .value = "N"},
    {.name = "--like", .kind = PARAM_PATTERN, .value = "P"},
    {.name = "NAME", .kind = PARAM_VARIABLE, .flags = PARAM_REQUIRED},
    {.name = "as", .kind = PARAM_WORD, .flags = PARAM_KEYWORD, .value = "AS"},
    {.name = "KIND", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};

/* The table of a rung: some of these in another order, and others. */
static const struct param wanted[] = {
    {.name = "KIND", .kind = PARAM_WORD},
    {.name = "--other", .kind = PARAM_WORD},
    {.name = "--like", .kind = PARAM_PATTERN},
    {.name = "as", .kind = PARAM_WORD, .flags = PARAM_KEYWORD},
    {.name = "-v", .kind = PARAM_WORD, .flags = PARAM_REPEATED},
    {.name = "--limit", .kind = PARAM_SIZE},
    {.name = "NAME", .kind = PARAM_VARIABLE},
    {.name = "-n", .kind = PARAM_FLAG},
    {.kind = PARAM_END},
};
enum { KIND, OTHER, LIKE, AS, V, MOST, NAME, N };

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	(void)grammar;
	(void)verb;
	return bytes_is(name, "go") ? params : NULL;
}

static const struct grammar grammar = {params_of};

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	(void)e;
	return buf_put(out, name);
}

static const struct lookup lookup = {.get = get_variable};

/* Binds a line, picks from it, and frees the line and its args. */
static void pick(struct args *to, const char *line)
{
	char *text = strdup(line);
	struct program *program;
	struct args args;
	struct err e;
	unsigned at_line, col;
	args_init(&args);
	args_init(to);
	if (words_parse(bytes_str(text), "", 1, true, &grammar, &program,
			&at_line, &col, &e) != WORDS_OK ||
	    args_bind(&args, params, program->command, &lookup, &col, &e))
		fail_msg("'%s': %s", line, e.text);
	args_pick(to, wanted, &args);
	/* Another line uses the memory of the first. */
	args_fini(&args);
	program_unref(program);
	memset(text, '#', strlen(text));
	free(text);
}

static void expect(const struct args *a, unsigned param, size_t nth,
		   const char *want)
{
	assert_true(a->arg[param].n > nth);
	assert_true(bytes_is(a->arg[param].at[nth].text, want));
}

static void values_are_copied_by_name(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go -n --limit 64k name as me line:crlf");
	expect(&a, KIND, 0, "line:crlf");
	expect(&a, AS, 0, "me");
	expect(&a, NAME, 0, "name");
	assert_true(args_has(&a, N));
	assert_int_equal(a.arg[MOST].at->number, 64 << 10);
	expect(&a, MOST, 0, "64k");
	args_fini(&a);
}

static void missing_values_stay_missing(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go name");
	for (unsigned i = 0; wanted[i].kind != PARAM_END; i++)
		assert_int_equal(a.arg[i].n, i == NAME);
	args_fini(&a);
	args_pick(&a, wanted, NULL);
	for (unsigned i = 0; wanted[i].kind != PARAM_END; i++)
		assert_false(args_has(&a, i));
	args_fini(&a);
	args_pick(&a, NULL, NULL);
	args_fini(&a);
}

static void repeated_values_keep_their_order(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go -v one -v '' -v $three name");
	assert_int_equal(a.arg[V].n, 3);
	expect(&a, V, 0, "one");
	expect(&a, V, 1, "");
	expect(&a, V, 2, "three");
	assert_true(a.arg[V].at[1].quoted);
	assert_true(a.arg[V].at[2].quoted);
	assert_false(a.arg[V].at[0].quoted);
	args_fini(&a);
}

static void keys_and_patterns_are_kept(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go --like /b+/ name[k1]");
	expect(&a, NAME, 0, "name");
	assert_true(bytes_is(a.arg[NAME].at->key, "k1"));
	assert_non_null(a.arg[LIKE].at->match);
	args_fini(&a);
}

static void picked_values_can_be_picked_again(void **state)
{
	struct args a, b;
	(void)state;
	pick(&a, "go --like /b+/ -v x -v y name[k1] as me");
	args_init(&b);
	args_pick(&b, params, &a);
	args_fini(&a);
	/* The same args can be used again. */
	args_pick(&a, wanted, &b);
	args_fini(&b);
	assert_int_equal(a.arg[V].n, 2);
	expect(&a, V, 1, "y");
	expect(&a, AS, 0, "me");
	assert_true(bytes_is(a.arg[NAME].at->key, "k1"));
	assert_non_null(a.arg[LIKE].at->match);
	args_pick(&a, wanted, NULL);
	assert_false(args_has(&a, V));
	args_fini(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_copied_by_name),
	    cmocka_unit_test(missing_values_stay_missing),
	    cmocka_unit_test(repeated_values_keep_their_order),
	    cmocka_unit_test(keys_and_patterns_are_kept),
	    cmocka_unit_test(picked_values_can_be_picked_again),
	};
	return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
