/* SPDX-License-Identifier: ISC */
/*
 * Tests plans: each rung is prepared and discarded once, an error leaves the
 * plan unchanged, and a printed rung is parsed as the same rung.
 */
#include "rung/plan.h"

#include "rung/codec/frame.h"
#include "rung/rungs.h"
#include "rung/words.h"
#include "tests/lib/plans.h"
#include "tests/lib/rungs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static unsigned prepared, discarded, made, freed;
static bool refuse_prepare, refuse_make;

static int prepare(struct rung_spec *s, struct err *e)
{
	if (refuse_prepare)
		return err_set(e, ERR_USAGE, 0, "not prepared");
	s->context = malloc(1);
	prepared++;
	return 0;
}

static void discard(struct rung_spec *s)
{
	free(s->context);
	discarded++;
}

static struct rung *make(const struct rung_spec *s, struct err *e)
{
	struct rung *r;
	assert_non_null(s->context);
	if (refuse_make) {
		err_set(e, ERR_LIMIT, 0, "not made");
		return NULL;
	}
	r = xalloc(sizeof *r);
	made++;
	return r;
}

static int down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void free_rung(struct rung *r)
{
	/* The spec outlives the rung. */
	assert_non_null(r->plan ? r->plan->spec[r->nth].context : r);
	freed++;
	free(r);
}

static const struct param params[] = {
    {.name = "PATH", .kind = PARAM_WORD},
    {.name = "--name", .kind = PARAM_WORD, .flags = PARAM_REPEATED},
    {.name = "--fast", .kind = PARAM_FLAG},
    {.name = "as", .kind = PARAM_WORD, .flags = PARAM_KEYWORD},
    {.name = "now", .kind = PARAM_FLAG, .flags = PARAM_KEYWORD},
    {.kind = PARAM_END},
};

static const struct rung_ops counted = {
    .name = "counted",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .params = params,
    .prepare = prepare,
    .discard = discard,
    .make = make,
    .up = rung_pass_up,
    .down = down,
    .free = free_rung,
};

static const struct rung_ops upper = {
    .name = "upper",
    .on = "counted",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .prepare = prepare,
    .discard = discard,
    .make = make,
    .up = rung_pass_up,
    .down = down,
    .free = free_rung,
};

static int setup(void **state)
{
	struct mock *m = xalloc(sizeof *m);
	mock_init(m);
	*state = m;
	prepared = discarded = made = freed = 0;
	refuse_prepare = refuse_make = false;
	return 0;
}

static int teardown(void **state)
{
	mock_fini(*state);
	free(*state);
	assert_int_equal(prepared, discarded);
	assert_int_equal(made, freed);
	return 0;
}

static int add(struct rung_plan *p, const struct rung_ops *ops, struct err *e)
{
	return rung_plan_add(p, ops, SIDE_SERVER, NULL, NULL, 0, e);
}

static void rungs_of_a_plan_are_prepared_once(void **state)
{
	struct mock *m = *state;
	struct mock other;
	struct rung_plan *p = rung_plan_new();
	mock_init(&other);
	assert_int_equal(add(p, &counted, NULL), 0);
	assert_int_equal(add(p, &upper, NULL), 0);
	assert_int_equal(prepared, 2);
	assert_int_equal(rung_plan_push(p, &m->ladder, NULL), 0);
	assert_int_equal(rung_plan_push(p, &other.ladder, NULL), 0);
	assert_int_equal(m->ladder.top->side, SIDE_SERVER);
	assert_int_equal(m->ladder.top->nth, 1);
	assert_int_equal(p->refs, 5);
	rung_plan_unref(p);
	assert_int_equal(prepared, 2);
	mock_fini(&other);
	assert_int_equal(discarded, 0);
	size_t unsent;
	assert_int_equal(ladder_pop(&m->ladder, &unsent, NULL), 0);
	assert_int_equal(discarded, 0);
	assert_int_equal(ladder_pop(&m->ladder, &unsent, NULL), 0);
	assert_int_equal(discarded, 2);
}

static void references_are_counted(void **state)
{
	struct rung_plan *p = rung_plan_new();
	(void)state;
	assert_int_equal(add(p, &counted, NULL), 0);
	assert_ptr_equal(rung_plan_ref(p), p);
	rung_plan_unref(p);
	assert_int_equal(discarded, 0);
	rung_plan_unref(p);
	assert_int_equal(discarded, 1);
	assert_null(rung_plan_ref(NULL));
	rung_plan_unref(NULL);
}

static void errors_leave_the_plan_unchanged(void **state)
{
	struct rung_plan *p = rung_plan_new();
	struct err e;
	(void)state;
	assert_int_equal(add(p, &counted, NULL), 0);
	refuse_prepare = true;
	assert_int_equal(add(p, &counted, &e), -1);
	assert_string_equal(e.text, "not prepared");
	assert_int_equal(p->count, 1);
	refuse_prepare = false;
	assert_int_equal(add(p, &relay_rung, &e), -1);
	assert_string_equal(e.text, "relay cannot stand on counted");
	assert_int_equal(add(p, &frame_rung, &e), -1);
	assert_string_equal(e.text, "frame needs a KIND");
	assert_int_equal(p->count, 1);
	while (p->count < LADDER_RUNGS_MAX)
		assert_int_equal(add(p, &counted, NULL), 0);
	assert_int_equal(add(p, &counted, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(p->count, LADDER_RUNGS_MAX);
	assert_int_equal(prepared, LADDER_RUNGS_MAX);
	rung_plan_unref(p);
	assert_int_equal(discarded, LADDER_RUNGS_MAX);
}

/* add() fails before prepare() is called. */
static void rung_needs_the_one_below_it(void **state)
{
	struct rung_plan *p = plan_of_rungs("pass", NULL);
	struct err e;
	(void)state;
	assert_int_equal(add(p, &upper, &e), -1);
	assert_string_equal(e.text, "upper cannot stand on pass");
	assert_int_equal(prepared, 0);
	rung_plan_unref(p);
	/* A ladder may already have the rung below. */
	p = rung_plan_new();
	assert_int_equal(add(p, &upper, &e), 0);
	rung_plan_unref(p);
}

static void failed_push_leaves_the_ladder_unchanged(void **state)
{
	struct mock *m = *state;
	struct rung_plan *p = rung_plan_new();
	struct err e;
	assert_int_equal(add(p, &counted, NULL), 0);
	refuse_make = true;
	assert_int_equal(rung_plan_push(p, &m->ladder, &e), -1);
	assert_string_equal(e.text, "not made");
	refuse_make = false;
	assert_null(m->ladder.top);
	for (int i = 0; i < 5; i++)
		assert_int_equal(add(p, &counted, NULL), 0);
	assert_int_equal(rung_plan_push(p, &m->ladder, NULL), 0);
	struct rung *top = m->ladder.top;
	/* Only two of the six rungs fit. */
	assert_int_equal(rung_plan_push(p, &m->ladder, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_ptr_equal(m->ladder.top, top);
	assert_int_equal(made - freed, 6);
	assert_int_equal(p->refs, 7);
	rung_plan_unref(p);
}

static void rungs_of_another_plan_are_added(void **state)
{
	struct rung_plan *p = rung_plan_new(), *q = rung_plan_new();
	struct err e;
	(void)state;
	assert_int_equal(add(p, &counted, NULL), 0);
	assert_int_equal(add(p, &upper, NULL), 0);
	assert_int_equal(rung_plan_add_all(q, p, 1, &e), 0);
	assert_int_equal(q->count, 1);
	assert_int_equal(rung_plan_add_all(q, p, 9, &e), 0);
	assert_int_equal(q->count, 3);
	assert_int_equal(rung_plan_add_all(q, NULL, 9, &e), 0);
	rung_plan_unref(p);
	rung_plan_unref(q);
}

static unsigned prepared;

static int prepare_once(struct rung_spec *spec, struct err *e)
{
	(void)e;
	prepared++;
	spec->context = xalloc(1);
	return 0;
}

static void discard_once(struct rung_spec *spec)
{
	prepared--;
	free(spec->context);
}

static void note_once(const struct rung_spec *spec, struct buf *out)
{
	(void)spec;
	buf_puts(out, "prepared");
}

static void plans_share_what_one_of_them_prepared(void **state)
{
	static const struct rung_ops once = {.name = "once",
					     .prepare = prepare_once,
					     .discard = discard_once,
					     .note = note_once};
	struct rung_plan *p = rung_plan_new(), *q = rung_plan_new(),
			 *r = rung_plan_new();
	struct buf note = {.limit = BUF_SMALL};
	(void)state;
	assert_int_equal(add(p, &once, NULL), 0);
	assert_int_equal(rung_plan_add_all(q, p, 1, NULL), 0);
	assert_int_equal(rung_plan_add_all(r, q, 1, NULL), 0);
	assert_int_equal(prepared, 1);
	assert_ptr_equal(r->spec[0].context, p->spec[0].context);
	rung_plan_note(p, 0, &note);
	rung_plan_note(r, 0, &note);
	assert_string_equal(buf_cstr(&note), "prepared");
	rung_plan_unref(p);
	rung_plan_unref(q);
	assert_int_equal(prepared, 1);
	rung_plan_unref(r);
	assert_int_equal(prepared, 0);
	buf_fini(&note);
}

/* ---- print ---- */

static const struct param frame_params[] = {
    {.name = "KIND", .kind = PARAM_WORD},
    {.name = "max=SIZE", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	(void)grammar;
	(void)verb;
	return bytes_is(name, "frame") ? frame_params : params;
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

/* Makes a plan from a command line. */
static struct rung_plan *parse(const char *line, const struct rung_ops *ops)
{
	struct program *program;
	struct rung_plan *p = rung_plan_new();
	struct args args;
	struct err e = {.text = ""};
	unsigned at_line, col;
	args_init(&args);
	if (words_parse(bytes_str(line), "", 1, true, &grammar, &program,
			&at_line, &col, &e) != WORDS_OK ||
	    args_bind(&args, params_of(NULL, program->command->name, NULL),
		      program->command, &lookup, &col, &e) ||
	    rung_plan_add(p, ops, SIDE_CLIENT, &args, NULL, 0, &e))
		assert_string_equal(e.text, line);
	args_fini(&args);
	program_unref(program);
	return p;
}

static struct buf printed(const struct rung_plan *p)
{
	struct buf out = {.limit = BUF_SMALL};
	rung_spec_print(&p->spec[0], SIDE_CLIENT, &out);
	return out;
}

static void expect_frame(const char *line)
{
	struct rung_plan *p = parse(line, &frame_rung);
	struct buf one = printed(p);
	struct rung_plan *q = parse(buf_cstr(&one), &frame_rung);
	struct buf two = printed(q);
	assert_string_equal(buf_cstr(&one), buf_cstr(&two));
	assert_memory_equal(p->spec[0].context, q->spec[0].context,
			    sizeof(struct frame));
	buf_fini(&one);
	buf_fini(&two);
	rung_plan_unref(p);
	rung_plan_unref(q);
}

static void printed_frame_is_read_back(void **state)
{
	(void)state;
	expect_frame("frame line");
	expect_frame("frame line:crlf");
	expect_frame("frame \"line:crlf\"");
	expect_frame("frame \"line:\\r\\n\"");
	expect_frame("frame \"line:a b;c\" max=64k");
	expect_frame("frame \"line:\\x00\\xff'\\\"\\$\"");
	expect_frame("frame 'line:\"$x\"' \"max=5\"");
	expect_frame("frame line:$x");
	expect_frame("frame u16be+2 max=300");
}

static const char *const lines[] = {
    "x",
    "x /path",
    "x --name a --name 'b c' --fast /path as me now",
    "x -- -path",
    "x \"-path\"",
    "x 'as' as as",
    "x \"now\"",
    "x --name \"\" '' as ''",
};

/* Options are printed first and keywords with their names; a path that looks
 * like either is quoted. */
static void printed_options_and_keywords_are_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct rung_plan *p = parse(lines[i], &counted);
		struct buf one = printed(p);
		assert_true(
		    bytes_starts(buf_bytes(&one), BYTES("climb counted")));
		char line[200];
		snprintf(line, sizeof line, "x%s", buf_cstr(&one) + 13);
		struct rung_plan *q = parse(line, &counted);
		struct buf two = printed(q);
		assert_string_equal(buf_cstr(&one), buf_cstr(&two));
		for (unsigned k = 0; params[k].kind != PARAM_END; k++) {
			const struct arg *a = &p->spec[0].args.arg[k];
			const struct arg *b = &q->spec[0].args.arg[k];
			assert_int_equal(a->n, b->n);
			for (size_t n = 0; n < a->n; n++)
				assert_true(
				    bytes_equal(a->at[n].text, b->at[n].text));
		}
		buf_fini(&one);
		buf_fini(&two);
		rung_plan_unref(p);
		rung_plan_unref(q);
	}
}

/* ---- the table ---- */

static void table_is_consistent(void **state)
{
	(void)state;
	for (size_t i = 0; rung_table[i]; i++) {
		const struct rung_ops *r = rung_table[i];
		assert_ptr_equal(rung_find(rung_table, bytes_str(r->name)), r);
		assert_non_null(r->brief);
		assert_true(r->make && r->up && r->down && r->free);
		assert_true(!r->on || rung_find(rung_table, bytes_str(r->on)));
		/* A rung with resume() keeps input, so it needs leftover(). */
		assert_true(!r->resume || r->leftover);
		assert_true(!r->memo || r->to_wire);
		for (const struct unit_kind *k = r->kinds; k && k->name; k++)
			assert_string_equal(k->rung, r->name);
	}
	assert_null(rung_find(rung_table, BYTES("none")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(rungs_of_a_plan_are_prepared_once),
	    TEST(references_are_counted),
	    TEST(errors_leave_the_plan_unchanged),
	    TEST(rung_needs_the_one_below_it),
	    TEST(failed_push_leaves_the_ladder_unchanged),
	    TEST(rungs_of_another_plan_are_added),
	    TEST(plans_share_what_one_of_them_prepared),
	    TEST(printed_frame_is_read_back),
	    TEST(printed_options_and_keywords_are_read_back),
	    TEST(table_is_consistent),
	};
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
