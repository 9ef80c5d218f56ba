/* SPDX-License-Identifier: ISC */
/*
 * Tests of options that may follow operands, of tables with more than 64
 * parameters, and of args_pick(): arguments bound to one table are copied to
 * another by name, and are independent of the line that they were typed in.
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

enum { FIRST, BY, FAST, NAME, ARG };
static const struct param climb[] = {
    {.name = "--first", .kind = PARAM_FLAG},
    {.name = "--by", .kind = PARAM_NUMBER, .value = "N"},
    {.name = "--fast", .kind = PARAM_FLAG},
    {.name = "NAME", .kind = PARAM_WORD, .flags = PARAM_REQUIRED},
    {.name = "ARG", .kind = PARAM_WORD, .flags = PARAM_REPEATED},
    {.kind = PARAM_END},
};
static const struct param text[] = {
    {.name = "--by", .kind = PARAM_NUMBER},
    {.name = "NAME", .kind = PARAM_WORD},
    {.name = "TEXT", .kind = PARAM_TEXT},
    {.kind = PARAM_END},
};

/* PARAMS_MAX options: --o0, --o1..., and one-letter options at the end. */
static struct param wide[PARAMS_MAX + 1];

/* The table of a command. */
static const struct param go[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "-v", .kind = PARAM_WORD, .flags = PARAM_REPEATED, .value = "X"},
    {.name = "--limit", .kind = PARAM_SIZE, .value = "N"},
    {.name = "--like", .kind = PARAM_PATTERN, .value = "P"},
    {.name = "NAME", .kind = PARAM_VARIABLE, .flags = PARAM_REQUIRED},
    {.name = "as", .kind = PARAM_WORD, .flags = PARAM_KEYWORD, .value = "AS"},
    {.name = "KIND", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};

/* The table of a rung: parameters of `go` in another order, and others. */
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
enum { KIND, OTHER, LIKE, AS, V, MOST, VARIABLE, N };

static const struct param *params_of(const struct grammar *g, struct bytes name,
				     const void **verb)
{
	(void)g;
	(void)verb;
	if (bytes_is(name, "go"))
		return go;
	if (bytes_is(name, "text"))
		return text;
	return bytes_is(name, "wide") ? wide : climb;
}

static const struct grammar grammar = {params_of};

/* Each variable has its name as its value, except $option, whose value is --by.
 */
static int get_variable(const struct lookup *l, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)l;
	(void)e;
	return buf_put(out, bytes_is(name, "option") ? BYTES("--by") : name);
}

static const struct lookup lookup = {.get = get_variable};

struct bound {
	struct program *program;
	struct args args;
	struct err e;
	int result;
};

static void bind(struct bound *b, const char *line)
{
	unsigned at_line, col;
	args_init(&b->args);
	assert_int_equal(words_parse(bytes_str(line), "", 1, true, &grammar,
				     &b->program, &at_line, &col, &b->e),
			 WORDS_OK);
	const struct command *c = b->program->command;
	b->result = args_bind(&b->args, params_of(NULL, c->name, NULL), c,
			      &lookup, &col, &b->e);
}

static void unbind(struct bound *b)
{
	args_fini(&b->args);
	program_unref(b->program);
}

static void good(struct bound *b, const char *line)
{
	bind(b, line);
	if (b->result)
		fail_msg("'%s': %s", line, b->e.text);
}

static void bad(const char *line, const char *why)
{
	struct bound b;
	bind(&b, line);
	assert_int_equal(b.result, -1);
	assert_non_null(strstr(b.e.text, why));
	unbind(&b);
}

static void has(const struct args *a, unsigned param, size_t nth,
		const char *want)
{
	assert_true(nth < a->arg[param].n);
	struct bytes got = a->arg[param].at[nth].text;
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.at, want, got.len);
}

static void options_stand_after_operands(void **state)
{
	static const char *const lines[] = {
	    "climb --by 3 --fast rot one two",
	    "climb rot --by 3 one --fast two",
	    "climb rot one two --by=3 --fast",
	    "climb rot one two --by 4 --fast --by 3",
	    "climb --first rot --fast one --by 3 -- two",
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct bound b;
		good(&b, lines[i]);
		has(&b.args, NAME, 0, "rot");
		assert_int_equal(b.args.arg[ARG].n, 2);
		has(&b.args, ARG, 0, "one");
		has(&b.args, ARG, 1, "two");
		assert_int_equal(args_number(&b.args, BY, 0), 3);
		assert_true(args_has(&b.args, FAST));
		unbind(&b);
	}
}

static void wrong_options_after_operands_are_errors(void **state)
{
	(void)state;
	bad("climb rot -x", "unknown option -x");
	bad("climb rot --bye 3", "unknown option --bye, did you mean --by?");
	bad("climb rot one --nosuch", "unknown option --nosuch");
	bad("climb rot --fast=1", "unknown option --fast=1");
	bad("climb rot --by", "--by needs a value: --by N");
	bad("climb rot --by x", "--by: ");
}

static void words_after_operands_can_begin_with_dashes(void **state)
{
	struct bound b;
	(void)state;
	good(&b, "climb rot '--by' $option -5 - -- --by -x --");
	assert_int_equal(b.args.arg[ARG].n, 7);
	has(&b.args, ARG, 0, "--by");
	has(&b.args, ARG, 1, "--by");
	has(&b.args, ARG, 2, "-5");
	has(&b.args, ARG, 3, "-");
	has(&b.args, ARG, 4, "--by");
	has(&b.args, ARG, 5, "-x");
	has(&b.args, ARG, 6, "--");
	unbind(&b);
	good(&b, "text a --by 3 b");
	has(&b.args, 2, 0, "--by 3 b");
	unbind(&b);
}

static void tables_have_up_to_128_parameters(void **state)
{
	static char names[PARAMS_MAX][8];
	static const char letters[] = "abc";
	struct bound b;
	(void)state;
	for (unsigned i = 0; i < PARAMS_MAX; i++) {
		struct buf name = {.limit = sizeof names[i]};
		unsigned left = PARAMS_MAX - i;
		if (left <= 3)
			buf_printf(&name, "-%c", letters[left - 1]);
		else
			buf_printf(&name, "--o%u", i);
		memcpy(names[i], buf_cstr(&name), buf_len(&name));
		buf_fini(&name);
		wide[i] = (struct param){.name = names[i], .kind = PARAM_FLAG};
	}
	wide[PARAMS_MAX].kind = PARAM_END;
	good(&b, "wide --o0 --o63 --o64 --o124 -ac");
	for (unsigned i = 0; i < PARAMS_MAX; i++)
		assert_int_equal(args_has(&b.args, i),
				 i == 0 || i == 63 || i == 64 || i == 124 ||
				     i == 125 || i == 127);
	unbind(&b);
	bad("wide --o125", "unknown option --o125");
}

static const struct param rung[] = {
    {.name = "PATH", .kind = PARAM_WORD},
    {.name = "--by", .kind = PARAM_NUMBER},
    {.name = "ARG", .kind = PARAM_WORD, .flags = PARAM_REPEATED},
    {.name = "--other", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};
enum { R_PATH, R_BY, R_ARG, R_OTHER };

static void args_are_picked_by_name(void **state)
{
	char path[] = "/x";
	const struct named_value more[] = {
	    {"PATH", bytes_str(path)},
	    {"--by", BYTES("9")},
	    {"--unknown", BYTES("1")},
	};
	struct bound b;
	struct args a;
	(void)state;
	good(&b, "climb rot one --by 3 two");
	args_init(&a);
	assert_int_equal(args_pick(&a, rung, &b.args, more, 3, NULL), 0);
	unbind(&b);
	memset(path, 0, sizeof path);
	/* The arguments do not need their sources any more, and a value given
	 * by the user has precedence. */
	has(&a, R_PATH, 0, "/x");
	assert_true(a.arg[R_PATH].at->quoted);
	assert_int_equal(args_number(&a, R_BY, 0), 3);
	has(&a, R_ARG, 0, "one");
	has(&a, R_ARG, 1, "two");
	assert_false(a.arg[R_ARG].at[0].quoted);
	assert_false(args_has(&a, R_OTHER));
	assert_null(args_named(&a, "--other"));
	assert_ptr_equal(args_named(&a, "--by"), &a.arg[R_BY]);
	args_fini(&a);
}

static void texts_are_read_by_kind(void **state)
{
	const struct named_value words[] = {
	    {"ARG", BYTES("a")}, {"PATH", BYTES("/")}, {"ARG", BYTES("b")}};
	struct named_value more = {"--by", BYTES("0x10")};
	struct args a;
	struct err e;
	(void)state;
	args_init(&a);
	assert_int_equal(args_pick(&a, rung, NULL, &more, 1, &e), 0);
	assert_int_equal(args_number(&a, R_BY, 0), 16);
	more.value = BYTES("many");
	assert_int_equal(args_pick(&a, rung, NULL, &more, 1, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.text, "--by: "));
	assert_int_equal(args_pick(&a, NULL, NULL, &more, 1, &e), 0);
	assert_int_equal(args_pick(&a, rung, NULL, words, 3, &e), 0);
	assert_int_equal(a.arg[R_ARG].n, 2);
	has(&a, R_ARG, 0, "a");
	has(&a, R_ARG, 1, "b");
	has(&a, R_PATH, 0, "/");
	args_fini(&a);
}

/* Binds a line, picks from it, and frees the line and its args. */
static void pick(struct args *to, const char *line)
{
	char *copy = strdup(line);
	struct program *program;
	struct args args;
	struct err e;
	unsigned at_line, col;
	args_init(&args);
	args_init(to);
	if (words_parse(bytes_str(copy), "", 1, true, &grammar, &program,
			&at_line, &col, &e) != WORDS_OK ||
	    args_bind(&args, go, program->command, &lookup, &col, &e))
		fail_msg("'%s': %s", line, e.text);
	assert_int_equal(args_pick(to, wanted, &args, NULL, 0, NULL), 0);
	/* Overwrite the line, because the picked values must not refer to it.
	 */
	args_fini(&args);
	program_unref(program);
	memset(copy, '#', strlen(copy));
	free(copy);
}

static void values_are_copied_by_name(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go -n --limit 64k name as me line:crlf");
	has(&a, KIND, 0, "line:crlf");
	has(&a, AS, 0, "me");
	has(&a, VARIABLE, 0, "name");
	assert_true(args_has(&a, N));
	assert_int_equal(a.arg[MOST].at->number, 64 << 10);
	has(&a, MOST, 0, "64k");
	args_fini(&a);
}

static void missing_values_stay_missing(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go name");
	for (unsigned i = 0; wanted[i].kind != PARAM_END; i++)
		assert_int_equal(a.arg[i].n, i == VARIABLE);
	args_fini(&a);
	assert_int_equal(args_pick(&a, wanted, NULL, NULL, 0, NULL), 0);
	for (unsigned i = 0; wanted[i].kind != PARAM_END; i++)
		assert_false(args_has(&a, i));
	args_fini(&a);
	assert_int_equal(args_pick(&a, NULL, NULL, NULL, 0, NULL), 0);
	args_fini(&a);
}

static void repeated_values_keep_their_order(void **state)
{
	struct args a;
	(void)state;
	pick(&a, "go -v one -v '' -v $three name");
	assert_int_equal(a.arg[V].n, 3);
	has(&a, V, 0, "one");
	has(&a, V, 1, "");
	has(&a, V, 2, "three");
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
	has(&a, VARIABLE, 0, "name");
	assert_true(bytes_is(a.arg[VARIABLE].at->key, "k1"));
	assert_non_null(a.arg[LIKE].at->match);
	args_fini(&a);
}

static void picked_values_can_be_picked_again(void **state)
{
	struct args a, b;
	(void)state;
	pick(&a, "go --like /b+/ -v x -v y name[k1] as me");
	args_init(&b);
	assert_int_equal(args_pick(&b, go, &a, NULL, 0, NULL), 0);
	args_fini(&a);
	/* The same args can be used again. */
	assert_int_equal(args_pick(&a, wanted, &b, NULL, 0, NULL), 0);
	args_fini(&b);
	assert_int_equal(a.arg[V].n, 2);
	has(&a, V, 1, "y");
	has(&a, AS, 0, "me");
	assert_true(bytes_is(a.arg[VARIABLE].at->key, "k1"));
	assert_non_null(a.arg[LIKE].at->match);
	assert_int_equal(args_pick(&a, wanted, NULL, NULL, 0, NULL), 0);
	assert_false(args_has(&a, V));
	args_fini(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_stand_after_operands),
	    cmocka_unit_test(wrong_options_after_operands_are_errors),
	    cmocka_unit_test(words_after_operands_can_begin_with_dashes),
	    cmocka_unit_test(tables_have_up_to_128_parameters),
	    cmocka_unit_test(args_are_picked_by_name),
	    cmocka_unit_test(texts_are_read_by_kind),
	    cmocka_unit_test(values_are_copied_by_name),
	    cmocka_unit_test(missing_values_stay_missing),
	    cmocka_unit_test(repeated_values_keep_their_order),
	    cmocka_unit_test(keys_and_patterns_are_kept),
	    cmocka_unit_test(picked_values_can_be_picked_again),
	};
	return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
