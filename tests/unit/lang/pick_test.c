/* SPDX-License-Identifier: ISC */
/*
 * Tests of options that may follow operands, of tables with more than 64
 * parameters, and of arguments copied to another table by name.
 */
#include "rung/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { FIRST, BY, FAST, NAME, ARG };
static const struct param climb[] = {
    {.name = "--first", .kind = PARAM_FLAG},
    {.name = "--by",
     .kind = PARAM_NUMBER,
     .flags = PARAM_ANYWHERE,
     .value = "N"},
    {.name = "--fast", .kind = PARAM_FLAG, .flags = PARAM_ANYWHERE},
    {.name = "NAME", .kind = PARAM_WORD, .flags = PARAM_REQUIRED},
    {.name = "ARG", .kind = PARAM_WORD, .flags = PARAM_REPEATED},
    {.kind = PARAM_END},
};
static const struct param text[] = {
    {.name = "--by", .kind = PARAM_NUMBER, .flags = PARAM_ANYWHERE},
    {.name = "NAME", .kind = PARAM_WORD},
    {.name = "TEXT", .kind = PARAM_TEXT},
    {.kind = PARAM_END},
};

/* A table of PARAMS_MAX options, --o0, --o1..., and letters at its end. */
static struct param wide[PARAMS_MAX + 1];

static const struct param *params_of(const struct grammar *g, struct bytes name,
				     const void **verb)
{
	(void)g;
	(void)verb;
	if (bytes_is(name, "text"))
		return text;
	return bytes_is(name, "wide") ? wide : climb;
}

static int get_variable(const struct lookup *l, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)l;
	(void)name;
	(void)e;
	return buf_puts(out, "--by");
}

struct bound {
	struct program *program;
	struct args args;
	struct err e;
	int result;
};

static void bind(struct bound *b, const char *line)
{
	static const struct grammar grammar = {params_of};
	static const struct lookup lookup = {.get = get_variable};
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

static void other_options_after_operands_are_errors(void **state)
{
	(void)state;
	bad("climb rot --first", "--first must precede NAME");
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
	good(&b, "climb rot '--by' $option -x - -- --by --");
	assert_int_equal(b.args.arg[ARG].n, 6);
	has(&b.args, ARG, 0, "--by");
	has(&b.args, ARG, 1, "--by");
	has(&b.args, ARG, 2, "-x");
	has(&b.args, ARG, 3, "-");
	has(&b.args, ARG, 4, "--by");
	has(&b.args, ARG, 5, "--");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_stand_after_operands),
	    cmocka_unit_test(other_options_after_operands_are_errors),
	    cmocka_unit_test(words_after_operands_can_begin_with_dashes),
	    cmocka_unit_test(tables_have_up_to_128_parameters),
	    cmocka_unit_test(args_are_picked_by_name),
	    cmocka_unit_test(texts_are_read_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
