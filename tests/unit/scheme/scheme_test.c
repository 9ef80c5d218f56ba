/* SPDX-License-Identifier: ISC */
/*
 * Tests of schemes and locators, of the plans that they make, and of the
 * options of rungs in tables of commands.
 */
#include "rung/cmd.h"
#include "tests/lib/rots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void is(struct bytes got, const char *want)
{
	if (!bytes_is(got, want))
		fail_msg("'%.*s', not '%s'", (int)got.len, (const char *)got.at,
			 want);
}

/* Parses the address and compares its parts, `ADDR|USER|PATH|QUERY`. */
static void good(const char *text, const char *scheme, const char *want)
{
	struct buf got = {.limit = BUF_SMALL};
	struct locator l;
	struct err e;
	if (locator_parse(&rot_protocols, bytes_str(text), &l, &e))
		fail_msg("'%s': %s", text, e.text);
	assert_string_equal(l.scheme->name, scheme);
	endpoint_print(&l.at, NULL, &got);
	buf_printf(&got, "|%.*s|%.*s|%.*s", (int)l.user.len,
		   (const char *)l.user.at, (int)l.path.len,
		   (const char *)l.path.at, (int)l.query.len,
		   (const char *)l.query.at);
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
}

static void bad(const char *text, const char *why)
{
	struct locator l;
	struct err e;
	assert_int_equal(locator_parse(&rot_protocols, bytes_str(text), &l, &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_string_equal(e.text, why);
}

static void locators_have_parts(void **state)
{
	(void)state;
	good("tag://h", "tag", "tcp://h:4433|||");
	good("tag://h:1/a/b?c=d?e", "tag", "tcp://h:1||/a/b|c=d?e");
	good("tag://me@h/", "tag", "tcp://h:4433|me|/|");
	good("tag://[::1]/x", "tag", "tcp://[::1]:4433||/x|");
	good("tag://[::1]:80?q", "tag", "tcp://[::1]:80|||q");
	good("tag://*:0", "tag", "tcp://*:0|||");
	good("tag://:0/x@y:z", "tag", "tcp://:0||/x@y:z|");
	good("rot://h:https/a?b", "rot", "tcp://h:https||/a?b|");
	good("word://h/", "word", "tcp://h:1|||");
}

static void addresses_without_rungs_are_endpoints(void **state)
{
	(void)state;
	good("h:1", "tcp", "tcp://h:1|||");
	good(":80", "tcp", "tcp://:80|||");
	good("[::1]:80", "tcp", "tcp://[::1]:80|||");
	good("udp://h:1", "udp", "udp://h:1|||");
	good("unix:///a?b#c", "unix", "unix:///a?b#c|||");
	good("unix://@n", "unix", "unix://@n|||");
	good("exec:cat tag://h", "exec", "exec:cat tag://h|||");
	bad("h", "h: the port is missing; write HOST:PORT, as in localhost:80");
	bad("tcp://me@h:1", "host 'me@h': invalid character '@'");
	bad("tcp:/h", "tcp:/h: write '://' after the scheme");
}

static void wrong_parts_are_usage_errors(void **state)
{
	(void)state;
	bad("tga://h", "tga://: no such scheme; did you mean tag://?");
	bad("gopher://h", "gopher://: no such scheme; use one of tcp udp unix "
			  "exec rot tag lone word");
	bad("tag://", "tag://: the host is missing; write SCHEME://HOST");
	bad("tag:///x", "tag://: the host is missing; write SCHEME://HOST");
	bad("rot://h", "rot://h: the port is missing; write rot://HOST:PORT");
	bad("tag://h:", "no port after the last ':'; write HOST:PORT, as in "
			"localhost:80");
	bad("tag://::1", "::1: more than one ':'; write an IPv6 address in "
			 "brackets, as in [::1]:80");
	bad("tag://[::1", "[::1: the ']' is missing");
	bad("tag://a@b@c", "host 'b@c': invalid character '@'");
	bad("tag://a:pw@c", "tag://: a password is not allowed in an address");
	bad("rot://a@c:1", "rot://: a: the scheme takes no USER@");
	bad("word://h/a", "word://: /a: the scheme takes no path");
	bad("word://h/?a", "word://: /?a: the scheme takes no query");
	bad("tag://h/#a", "tag://: /#a: a fragment (#) is never sent");
	bad("tag://h/a b", "tag://: /a b: write blanks and control characters "
			   "as %XX");
	bad("tag://h/\r\nX: y", "tag://: /\\r\\nX: y: write blanks and control "
				"characters as %XX");
}

static void a_port_can_be_a_word_of_its_own(void **state)
{
	struct locator l;
	struct err e;
	(void)state;
	assert_int_equal(locator_pair(&rot_protocols, BYTES("tag://h/x"),
				      BYTES("7"), &l, &e),
			 0);
	assert_string_equal(l.at.port, "7");
	is(l.path, "/x");
	assert_int_equal(
	    locator_pair(&rot_protocols, BYTES("::1"), BYTES("7"), &l, &e), 0);
	assert_string_equal(l.at.host, "::1");
	assert_null(l.scheme->rungs);
	assert_int_equal(locator_pair(&rot_protocols, BYTES("tag://h:1"),
				      BYTES("7"), &l, &e),
			 -1);
}

/* Arguments for a table that rung_options_join() made. */
struct given {
	struct param *table;
	struct arg arg[PARAMS_MAX];
	struct value value;
	struct args args;
};

static const struct param own[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "ADDR", .kind = PARAM_ADDRESS, .flags = PARAM_REQUIRED},
    {.name = "RUNGS", .kind = PARAM_RUNGS},
    {.kind = PARAM_END},
};

static void give(struct given *g, const char *option, uint64_t number)
{
	*g = (struct given){.table = rung_options_join(own, &rot_protocols)};
	g->args = (struct args){.params = g->table, .arg = g->arg};
	g->value.number = number;
	for (size_t i = 0; option && g->table[i].kind != PARAM_END; i++)
		if (strcmp(g->table[i].name, option) == 0)
			g->arg[i] = (struct arg){1, &g->value};
}

static struct rung_plan *plan_for(const char *text, enum side side,
				  struct given *g, struct err *e)
{
	struct locator l;
	assert_int_equal(locator_parse(&rot_protocols, bytes_str(text), &l, e),
			 0);
	struct rung_plan *plan = locator_plan(&rot_protocols, &l, side,
					      &g->args, e);
	if (plan &&
	    rung_options_check(&rot_protocols, &g->args, plan, 0, NULL, e)) {
		rung_plan_unref(plan);
		return NULL;
	}
	return plan;
}

/* Compares the commands that climb the plan's rungs, and frees the plan. */
static void plan_is(struct rung_plan *plan, const char *want)
{
	struct buf got = {.limit = BUF_SMALL};
	assert_non_null(plan);
	for (unsigned i = 0; i < plan->count; i++) {
		rung_spec_print(&plan->spec[i], plan->spec[i].side, &got);
		buf_puts(&got, "; ");
	}
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
	rung_plan_unref(plan);
}

static void locators_make_plans(void **state)
{
	struct given g;
	struct err e;
	(void)state;
	give(&g, NULL, 0);
	plan_is(plan_for("tag://me@h/a?b", SIDE_CLIENT, &g, &e),
		"climb rot --sni \"h\"; "
		"climb tag --user \"me\" \"/a\" \"b\"; ");
	plan_is(plan_for("tag://h/a?b", SIDE_SERVER, &g, &e),
		"climb rot; climb tag \"/a\" \"b\"; ");
	plan_is(plan_for("tcp://h:1", SIDE_CLIENT, &g, &e), "");
	free(g.table);
}

static void options_reach_every_rung_that_has_them(void **state)
{
	struct given g;
	struct err e;
	(void)state;
	give(&g, "--by", 3);
	struct rung_plan *plan = plan_for("tag://:1", SIDE_CLIENT, &g, &e);
	assert_int_equal(plan->count, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(args_number(&plan->spec[i].args, 0, 0), 3);
	assert_int_equal(
	    rung_options_check(&rot_protocols, &g.args, plan, 1, NULL, &e), 0);
	rung_plan_unref(plan);
	free(g.table);
}

static void options_without_a_rung_are_usage_errors(void **state)
{
	struct given g;
	struct err e;
	(void)state;
	give(&g, "--user", 0);
	assert_null(plan_for("rot://h:1", SIDE_CLIENT, &g, &e));
	assert_string_equal(e.text, "--user belongs to the rung tag, which is "
				    "not added here");
	assert_null(plan_for("h:1", SIDE_CLIENT, &g, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	struct rung_plan *plan = plan_for("tag://:1", SIDE_CLIENT, &g, &e);
	assert_int_equal(
	    rung_options_check(&rot_protocols, &g.args, plan, 2, NULL, &e), -1);
	/* A rung of another plan has the option. */
	struct rung_plan *none = rung_plan_new();
	assert_int_equal(
	    rung_options_check(&rot_protocols, &g.args, none, 0, plan, &e), 0);
	rung_plan_unref(none);
	rung_plan_unref(plan);
	free(g.table);
}

static void rungs_can_refuse_a_plan(void **state)
{
	struct given g;
	struct err e;
	(void)state;
	give(&g, "--by", 99);
	assert_null(plan_for("rot://h:1", SIDE_SERVER, &g, &e));
	assert_string_equal(e.text, "rot: 99 is too far");
	free(g.table);
}

static void present_rungs_are_counted_from_the_top(void **state)
{
	const struct rung_ops *other = rung_find(rung_table, BYTES("frame"));
	const struct rung_ops *have[] = {other, &rot_rung, &tag_rung, other};
	const struct scheme_row *tag = protocols_scheme(&rot_protocols,
							BYTES("tag"));
	(void)state;
	assert_int_equal(scheme_rungs_present(tag, have, 0), 0);
	assert_int_equal(scheme_rungs_present(tag, have, 1), 0);
	assert_int_equal(scheme_rungs_present(tag, have, 2), 1);
	assert_int_equal(scheme_rungs_present(tag, have, 3), 2);
	assert_int_equal(scheme_rungs_present(tag, have, 4), 0);
	assert_int_equal(scheme_rungs_present(tag, have + 2, 1), 0);
}

static void tables_are_joined_with_options(void **state)
{
	static const char *const want[] = {"-n",    "ADDR",   "--by",
					   "--sni", "--user", NULL};
	struct param *table = rung_options_join(own, &rot_protocols);
	(void)state;
	for (size_t i = 0; want[i]; i++) {
		assert_string_equal(table[i].name, want[i]);
		assert_int_equal(table[i].flags & PARAM_OF_RUNG,
				 i > 1 ? PARAM_OF_RUNG : 0);
	}
	assert_int_equal(table[5].kind, PARAM_END);
	free(table);
	assert_null(rung_options_join(own + 3, &rot_protocols));
	assert_null(rung_options_join(NULL, &rot_protocols));
}

static bool alike(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Checks that the parameter is an option and equals the options of other rungs
 * with the same name. */
static void check_option(const struct param *a, const struct protocols *p)
{
	/* -H is the only short one: a command must not have another -H. */
	assert_true(strncmp(a->name, "--", 2) == 0 ||
		    strcmp(a->name, "-H") == 0);
	assert_non_null(a->brief);
	for (size_t i = 0; p->rungs[i]; i++)
		for (const struct param *b = p->rungs[i]->params;
		     b && b->kind != PARAM_END; b++) {
			if (strcmp(a->name, b->name) != 0)
				continue;
			assert_int_equal(a->kind, b->kind);
			assert_int_equal(a->flags, b->flags);
			assert_true(alike(a->value, b->value));
			assert_true(alike(a->brief, b->brief));
			assert_ptr_equal(a->choices, b->choices);
		}
}

static bool joins(const struct param *params)
{
	for (; params && params->kind != PARAM_END; params++)
		if (params->kind == PARAM_RUNGS)
			return true;
	return false;
}

/* Checks that no command with options of rungs has a parameter of this name,
 * because its value would also go to the rung. */
static void check_name(const char *name)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct param *p = cmd_table[i]->params;
		for (; joins(p) && p->kind != PARAM_END; p++)
			assert_string_not_equal(p->name, name);
	}
}

static void options_of_rungs_agree(void **state)
{
	const struct protocols *const all[] = {&protocols_all, &rot_protocols};
	(void)state;
	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; all[n]->rungs[i]; i++) {
			const struct param *p = all[n]->rungs[i]->params;
			for (; p && p->kind != PARAM_END; p++) {
				check_name(p->name);
				if (p->name[0] == '-')
					check_option(p, all[n]);
			}
		}
}

/* Checks that the link is no Unix socket, and that each rung of the scheme
 * exists and fits on the rung or link below it. */
static void check_row(const struct scheme_row *row, const struct protocols *p)
{
	const struct transport_ops *link = transport_find(
	    bytes_str(row->transport));
	assert_non_null(link);
	assert_non_null(scheme_brief(row));
	if (!row->rungs) {
		assert_string_equal(row->name, row->transport);
		return;
	}
	assert_null(transport_find(bytes_str(row->name)));
	assert_true(link->family != AF_UNIX);
	struct bytes left = bytes_str(row->rungs);
	const char *below = NULL;
	enum shape shape = link->shape;
	while (left.len) {
		struct bytes name = bytes_head(left,
					       bytes_find_byte(left, ' ', 0));
		const struct rung_ops *ops = protocols_rung(p, name);
		assert_non_null(ops);
		assert_int_equal(ops->below, shape);
		assert_true(!ops->on || alike(ops->on, below));
		below = ops->name;
		shape = ops->above;
		left = bytes_skip(left, name.len + 1);
	}
}

static void every_transport_has_a_scheme(void **state)
{
	(void)state;
	for (size_t i = 0; transport_table[i]; i++) {
		const struct scheme_row *row = protocols_scheme(
		    &protocols_all, bytes_str(transport_table[i]->scheme));
		assert_non_null(row);
		assert_null(row->rungs);
	}
	assert_string_equal(protocols_all.schemes->name,
			    transport_table[0]->scheme);
	for (size_t i = 0; protocols_all.schemes[i].name; i++)
		check_row(&protocols_all.schemes[i], &protocols_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(locators_have_parts),
	    cmocka_unit_test(addresses_without_rungs_are_endpoints),
	    cmocka_unit_test(wrong_parts_are_usage_errors),
	    cmocka_unit_test(a_port_can_be_a_word_of_its_own),
	    cmocka_unit_test(locators_make_plans),
	    cmocka_unit_test(options_reach_every_rung_that_has_them),
	    cmocka_unit_test(options_without_a_rung_are_usage_errors),
	    cmocka_unit_test(rungs_can_refuse_a_plan),
	    cmocka_unit_test(present_rungs_are_counted_from_the_top),
	    cmocka_unit_test(tables_are_joined_with_options),
	    cmocka_unit_test(options_of_rungs_agree),
	    cmocka_unit_test(every_transport_has_a_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
