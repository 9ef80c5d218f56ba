/* SPDX-License-Identifier: ISC */
/*
 * Tests of binding: the parameter of each word, the parsed values, data that
 * never becomes an option, and usage errors.
 *
 * Long: all tests use the same grammar, commands and checks.
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

static const char *const choices[] = {"hex", "line", "off", NULL};

static const struct param connect_params[] = {
    {.name = "-t", .kind = PARAM_DURATION, .value = "D"},
    {.name = "-b", .kind = PARAM_ADDRESS, .value = "ADDR"},
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "ADDR", .kind = PARAM_ADDRESS, .flags = PARAM_REQUIRED},
    {.name = "as", .kind = PARAM_WORD, .flags = PARAM_KEYWORD, .value = "NAME"},
    {.kind = PARAM_END},
};
enum { C_TIMEOUT, C_BIND, C_NOWAIT, C_ADDR, C_AS };

static const struct param send_params[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "-r", .kind = PARAM_FLAG},
    {.name = "-R", .kind = PARAM_SIZE, .value = "N"},
    {.name = "--echo", .kind = PARAM_FLAG},
    {.name = "--name", .kind = PARAM_WORD, .value = "NAME"},
    {.name = "TEXT", .kind = PARAM_TEXT, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};
enum { S_N, S_R, S_TIMES, S_ECHO, S_NAME, S_TEXT };

static const struct param expect_params[] = {
    {.name = "-1", .kind = PARAM_FLAG, .flags = PARAM_RELAXES},
    {.name = "-v", .kind = PARAM_WORD, .flags = PARAM_REPEATED, .value = "X"},
    {.name = "PATTERN",
     .kind = PARAM_PATTERN,
     .flags = PARAM_REQUIRED | PARAM_REPEATED},
    {.kind = PARAM_END},
};
enum { E_ONE, E_V, E_PATTERN };

static const struct param mixed_params[] = {
    {.name = "N", .kind = PARAM_NUMBER},
    {.name = "VIEW", .kind = PARAM_CHOICE, .choices = choices},
    {.name = "M", .kind = PARAM_MESSAGE},
    {.name = "NAME", .kind = PARAM_VARIABLE},
    {.name = "now", .kind = PARAM_FLAG, .flags = PARAM_KEYWORD},
    {.name = "until",
     .kind = PARAM_TEXT,
     .flags = PARAM_KEYWORD,
     .value = "TEXT"},
    {.kind = PARAM_END},
};
enum { M_N, M_VIEW, M_MESSAGE, M_NAME, M_NOW, M_UNTIL };

static const struct param repeat_params[] = {
    {.name = "N", .kind = PARAM_NUMBER, .flags = PARAM_REQUIRED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};
static const struct param close_params[] = {
    {.name = "NAME", .kind = PARAM_SESSION},
    {.name = "FILE", .kind = PARAM_PATH},
    {.kind = PARAM_END},
};
enum { CL_NAME, CL_FILE };

static unsigned leave_out_name(const struct param *p, struct bytes word)
{
	(void)p;
	return bytes_is(word, "set") ? 0 : 1;
}

static unsigned leave_out_comparison(const struct param *p, struct bytes word)
{
	(void)p;
	(void)word;
	return 3;
}

static const char *const comparisons[] = {"<", ">", NULL};
static const struct param compare_params[] = {
    {.name = "set",
     .kind = PARAM_MARK,
     .flags = PARAM_UNLISTED,
     .leaves_out = leave_out_name},
    {.name = "NAME",
     .kind = PARAM_VARIABLE,
     .flags = PARAM_REQUIRED | PARAM_UNLISTED,
     .leaves_out = leave_out_comparison},
    {.name = "A", .kind = PARAM_BYTES, .flags = PARAM_REQUIRED},
    {.name = "OP",
     .kind = PARAM_CHOICE,
     .flags = PARAM_REQUIRED | PARAM_BARE | PARAM_UNLISTED,
     .value = "OP",
     .choices = comparisons},
    {.name = "B",
     .kind = PARAM_BYTES,
     .flags = PARAM_REQUIRED | PARAM_UNLISTED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.name = "else",
     .kind = PARAM_BODY,
     .flags = PARAM_KEYWORD,
     .value = "CMDS"},
    {.kind = PARAM_END},
};
static const struct param no_params[] = {{.kind = PARAM_END}};

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	(void)grammar;
	(void)verb;
	if (bytes_is(name, "connect"))
		return connect_params;
	if (bytes_is(name, "send"))
		return send_params;
	if (bytes_is(name, "expect"))
		return expect_params;
	if (bytes_is(name, "mixed"))
		return mixed_params;
	if (bytes_is(name, "repeat"))
		return repeat_params;
	if (bytes_is(name, "close"))
		return close_params;
	if (bytes_is(name, "compare"))
		return compare_params;
	return bytes_is(name, "none") ? no_params : NULL;
}

static const struct grammar grammar = {params_of};

/* Index of the current value of $turn. */
static unsigned turn;
static struct bytes turns[5];

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	static const struct {
		const char *name, *value;
	} all[] = {
	    {"opt", "-n"},   {"as", "as"},     {"port", "80"}, {"host", "h"},
	    {"full", "h:1"}, {"dur", "250ms"}, {"eof", "eof"}, {"empty", ""},
	    {"i", "7"},      {"evil", "x[y]"}, {"star", "*"},  {"s", "s1"},
	};

	(void)lookup;
	if (bytes_is(name, "turn"))
		return buf_put(out, turns[turn]);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (bytes_is(name, all[i].name))
			return buf_puts(out, all[i].value);
	return err_set(e, ERR_USAGE, 0, "not set");
}

static const struct lookup lookup = {.get = get_variable};

/* A command line after parsing and binding. */
struct bound {
	struct program *program;
	struct args args;
	unsigned col;
	struct err e;
	int result;
};

static void bind(struct bound *b, const char *line)
{
	unsigned at_line, col;

	*b = (struct bound){.col = 0};
	if (words_parse(bytes_str(line), "", 1, true, &grammar, &b->program,
			&at_line, &col, &b->e) != WORDS_OK)
		fail_msg("'%s': %s", line, b->e.text);
	assert_int_equal(b->program->commands, 1);
	args_init(&b->args);
	b->result = args_bind(&b->args,
			      params_of(NULL, b->program->command->name, NULL),
			      b->program->command, &lookup, &b->col, &b->e);
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
		fail_msg("'%s': %u:%u: %s", line, b->args.line, b->col,
			 b->e.text);
}

static void bad_at(const char *line, unsigned at_line, unsigned col,
		   const char *text)
{
	struct bound b;

	bind(&b, line);
	if (!b.result)
		fail_msg("'%s' was taken", line);
	assert_int_equal(b.e.kind, ERR_USAGE);
	if (!strstr(b.e.text, text) || b.col != col || b.args.line != at_line)
		fail_msg("'%s': %u:%u: %s", line, b.args.line, b.col, b.e.text);
	unbind(&b);
}

static void bad(const char *line, unsigned col, const char *text)
{
	bad_at(line, 1, col, text);
}

static void has(const struct bound *b, unsigned param, const char *text)
{
	assert_true(args_has(&b->args, param));
	if (!bytes_is(args_text(&b->args, param), text))
		fail_msg("parameter %u is '%.*s', not '%s'", param,
			 (int)args_text(&b->args, param).len,
			 (const char *)args_text(&b->args, param).at, text);
}

static void args_take_options_keywords_and_operands(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "connect -t 5s -n h:1 as bob");
	assert_int_equal(args_number(&b.args, C_TIMEOUT, 0), 5000000000);
	assert_true(args_has(&b.args, C_NOWAIT));
	assert_false(args_has(&b.args, C_BIND));
	assert_null(args_text(&b.args, C_BIND).at);
	assert_int_equal(args_number(&b.args, C_BIND, 77), 77);
	has(&b, C_ADDR, "h:1");
	has(&b, C_AS, "bob");
	assert_int_equal(b.args.arg[C_AS].at->col, 25);
	unbind(&b);

	good(&b, "connect as bob -n h:1");
	has(&b, C_AS, "bob");
	has(&b, C_ADDR, "h:1");
	unbind(&b);

	good(&b, "send -nrR2k x");
	assert_true(args_has(&b.args, S_N) && args_has(&b.args, S_R));
	assert_int_equal(args_number(&b.args, S_TIMES, 0), 2048);
	unbind(&b);
	good(&b, "send -nR 3 --echo --name=a=b -- -x");
	assert_int_equal(args_number(&b.args, S_TIMES, 0), 3);
	assert_true(args_has(&b.args, S_ECHO));
	has(&b, S_NAME, "a=b");
	has(&b, S_TEXT, "-x");
	unbind(&b);
	good(&b, "send -R 1 -R 2 -R$i -n -n x");
	assert_int_equal(b.args.arg[S_TIMES].n, 1);
	assert_int_equal(args_number(&b.args, S_TIMES, 0), 7);
	assert_int_equal(b.args.arg[S_N].n, 2);
	unbind(&b);
}

static void args_join_text_with_one_blank(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "send -n  hello   'a  b' -n $i\"\\0\" # x");
	assert_true(bytes_equal(args_text(&b.args, S_TEXT),
				BYTES("hello a  b -n 7\0")));
	assert_true(b.args.arg[S_TEXT].at->quoted);
	unbind(&b);
	good(&b, "send hello as you like");
	has(&b, S_TEXT, "hello as you like");
	assert_false(b.args.arg[S_TEXT].at->quoted);
	unbind(&b);
	good(&b, "send ''");
	has(&b, S_TEXT, "");
	assert_non_null(args_text(&b.args, S_TEXT).at);
	unbind(&b);
	good(&b, "send $empty");
	assert_non_null(args_text(&b.args, S_TEXT).at);
	unbind(&b);
	good(&b, "mixed 1 until a  b now");
	has(&b, M_UNTIL, "a b now");
	assert_false(args_has(&b.args, M_NOW));
	unbind(&b);
}

static void args_never_take_options_from_data(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "send $opt x");
	assert_false(args_has(&b.args, S_N));
	has(&b, S_TEXT, "-n x");
	unbind(&b);
	good(&b, "send '-n' x");
	has(&b, S_TEXT, "-n x");
	unbind(&b);
	good(&b, "send \"-n\"");
	has(&b, S_TEXT, "-n");
	unbind(&b);
	good(&b, "send -$opt");
	has(&b, S_TEXT, "--n");
	unbind(&b);
	good(&b, "send --$opt");
	has(&b, S_TEXT, "---n");
	unbind(&b);
	good(&b, "send -- $opt");
	has(&b, S_TEXT, "-n");
	unbind(&b);
	good(&b, "connect h:1");
	unbind(&b);
	bad("connect h:1 $as x", 13, "unexpected argument $as");
	bad("connect h:1 'as' x", 13, "unexpected argument 'as'");
	good(&b, "expect $eof");
	assert_true(b.args.arg[E_PATTERN].at->quoted);
	unbind(&b);
	good(&b, "expect eof e\\x6ff");
	assert_false(b.args.arg[E_PATTERN].at[0].quoted);
	assert_true(b.args.arg[E_PATTERN].at[1].quoted);
	unbind(&b);
}

/* Wildcards make a pattern of names only if they were typed without quotes. */
static void args_take_wildcards_from_bare_words_only(void **state)
{
	static const struct {
		const char *word, *text;
		bool glob;
	} rows[] = {
	    {"*", "*", true},
	    {"s1.*", "s1.*", true},
	    {"$s.*", "s1.*", true},
	    {"\"$s\".?", "s1.?", true},
	    {"'s1'.*$empty", "s1.*", true},
	    {"s1", "s1", false},
	    {"$star", "*", false},
	    {"\"*\"", "*", false},
	    {"'*'", "*", false},
	    {"\\x2a", "*", false},
	    {"*$star", "**", false},
	    {"$star*", "**", false},
	    {"*'?'", "*?", false},
	    {"s$star", "s*", false},
	    {"${empty:-*}", "*", false},
	};
	struct bound b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char line[64];

		snprintf(line, sizeof(line), "close %s", rows[i].word);
		good(&b, line);
		has(&b, CL_NAME, rows[i].text);
		if (b.args.arg[CL_NAME].at->glob != rows[i].glob)
			fail_msg("%s", line);
		unbind(&b);
	}
}

static void args_record_how_much_was_typed(void **state)
{
	static const struct {
		const char *line;
		unsigned param;
		size_t typed;
	} rows[] = {
	    {"connect h:1", C_ADDR, 3},
	    {"connect 'h:1'", C_ADDR, 3},
	    {"connect \"h\":\\x31", C_ADDR, 3},
	    {"connect $full", C_ADDR, 0},
	    {"connect h:$port", C_ADDR, 2},
	    {"connect \"h:$port\"", C_ADDR, 2},
	    {"connect $empty'h:1'", C_ADDR, 0},
	    {"connect -bh:1 h:1", C_BIND, 3},
	    {"connect -b$full h:1", C_BIND, 0},
	    {"connect -bh:$port :1", C_BIND, 2},
	};
	struct bound b;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		good(&b, rows[i].line);
		if (b.args.arg[rows[i].param].at->typed != rows[i].typed)
			fail_msg("%s", rows[i].line);
		unbind(&b);
	}
}

static void args_are_keywords_only_if_typed_bare(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "close a -");
	assert_true(args_is(&b.args, CL_FILE, "-"));
	assert_false(args_is(&b.args, CL_FILE, "off"));
	unbind(&b);
	good(&b, "close a");
	assert_false(args_is(&b.args, CL_FILE, ""));
	unbind(&b);
	good(&b, "close a '-'");
	assert_false(args_is(&b.args, CL_FILE, "-"));
	unbind(&b);
	good(&b, "close a -$empty");
	assert_false(args_is(&b.args, CL_FILE, "-"));
	unbind(&b);
	good(&b, "send --name=off x");
	assert_true(args_is(&b.args, S_NAME, "off"));
	unbind(&b);
	good(&b, "send --name='off' x");
	assert_false(args_is(&b.args, S_NAME, "off"));
	unbind(&b);
	bad("close a \"b\\0\"", 9, "file name contains a NUL byte");
}

static void args_take_dashes_and_negative_numbers_as_operands(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "send -");
	has(&b, S_TEXT, "-");
	unbind(&b);
	good(&b, "send -5 -.5");
	has(&b, S_TEXT, "-5 -.5");
	unbind(&b);
	good(&b, "send -n -5");
	has(&b, S_TEXT, "-5");
	unbind(&b);
	/* If a command has an option -1, the word -1 is that option. */
	good(&b, "expect -1 -2");
	assert_true(args_has(&b.args, E_ONE));
	has(&b, E_PATTERN, "-2");
	unbind(&b);
	good(&b, "expect a -1 b -v x");
	assert_true(args_has(&b.args, E_ONE));
	assert_int_equal(b.args.arg[E_PATTERN].n, 2);
	has(&b, E_V, "x");
	unbind(&b);
	/* After -- there are no options, in any position. */
	good(&b, "expect a -- -v");
	has(&b, E_PATTERN, "a");
	assert_int_equal(b.args.arg[E_PATTERN].n, 2);
	unbind(&b);
	good(&b, "expect -- -v -1");
	assert_int_equal(b.args.arg[E_PATTERN].n, 2);
	unbind(&b);
	bad("mixed -3", 7, "N: '-3' is negative");
}

static void args_take_a_port_after_a_host(void **state)
{
	static const struct {
		const char *line;
		size_t n;
	} cases[] = {
	    {"connect h 80", 2},
	    {"connect h -t 2s 80 -n", 2},
	    {"connect h -b :5 80", 2},
	    {"connect $host -b :5 $port -n", 2},
	    {"connect h -b a as as", 1},
	    {"connect h http as x", 2},
	    {"connect h as as", 1},
	    {"connect $host $port", 2},
	    {"connect $host 80 as x", 2},
	    {"connect [::1] 80", 2},
	    {"connect ::1 80", 2},
	    {"connect 2001:db8::1 http as x", 2},
	    {"connect $full as x", 1},
	    {"connect h", 1},
	    {"connect -b 127.0.0.1 h 80", 2},
	};
	struct bound b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		good(&b, cases[i].line);
		assert_int_equal(b.args.arg[C_ADDR].n, cases[i].n);
		if (cases[i].n == 2) {
			struct bytes port = b.args.arg[C_ADDR].at[1].text;

			assert_true(bytes_is(port, "80") ||
				    bytes_is(port, "http"));
		}
		unbind(&b);
	}
	bad("connect h:1 80", 13, "unexpected argument '80'");
	bad("connect tcp://h 80", 17, "unexpected argument");
	bad("connect [::1]:1 80", 17, "unexpected argument");
	bad("connect unix:///x 80", 19, "unexpected argument");
	bad("connect $full 80", 15, "unexpected argument");
	bad("connect h -x", 11, "unknown option -x");
	bad("connect h 80 81", 14, "unexpected argument");
	bad("connect $nothing", 9, "not set");
	bad("connect h $nothing", 11, "not set");
}

static void args_read_values_by_kind(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "mixed 0x10 line #12 name now");
	assert_int_equal(args_number(&b.args, M_N, 0), 16);
	assert_int_equal(args_number(&b.args, M_VIEW, 0), 1);
	assert_int_equal(args_number(&b.args, M_MESSAGE, 0), 12);
	has(&b, M_NAME, "name");
	assert_true(args_has(&b.args, M_NOW));
	unbind(&b);
	good(&b, "mixed $i off #$i");
	assert_int_equal(args_number(&b.args, M_N, 0), 7);
	assert_int_equal(args_number(&b.args, M_MESSAGE, 0), 7);
	unbind(&b);
	good(&b, "connect -t $dur h");
	assert_int_equal(args_number(&b.args, C_TIMEOUT, 0), 250000000);
	unbind(&b);
	bad("mixed x", 7, "N: 'x' is not a number");
	bad("mixed 1 hxe", 9,
	    "VIEW: 'hxe' is not one of hex|line|off; did you mean hex?");
	bad("mixed 1 zzzz", 9, "VIEW: 'zzzz' is not one of hex|line|off");
	bad("mixed 1 hex x", 13, "M: 'x' is not a message number");
	bad("mixed 1 hex #1 2x", 16, "NAME: '2x' is not a variable name");
	bad("connect -t x h", 12, "-t: 'x' is not a duration");
	bad("send -R 1.3k x", 9, "-R: '1.3k' is not a whole number");
	bad("send -Rx y", 6, "-R: 'x' is not a size");
}

static void args_hold_built_templates(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "send -n <u16be=len(x) x:'abc'>");
	assert_true(bytes_equal(b.args.arg[S_TEXT].at->text, BYTES("\0\3abc")));
	assert_true(b.args.arg[S_TEXT].at->quoted);
	unbind(&b);
	good(&b, "send -n --name $host <u8=$i x:\"$dur\" u8=len(x)>");
	assert_true(bytes_is(b.args.arg[S_TEXT].at->text, "\7"
							  "250ms\5"));
	assert_true(bytes_is(b.args.arg[S_NAME].at->text, "h"));
	unbind(&b);
	good(&b, "mixed until <0d 0a>");
	has(&b, M_UNTIL, "\r\n");
	unbind(&b);
	bad("send <u8=$port u8=$dur>", 19, "$dur: '250ms' is not a number");
	bad_at("send <u8=$port\n u8=$dur>", 2, 5,
	       "$dur: '250ms' is not a number");
	bad("send <de $nothing>", 10, "not set");
	bad("send <de> & x", 11, "a template must be the whole text");
	bad("send <\"a $nothing\">", 10, "not set");
}

static void args_hold_templates_as_patterns(void **state)
{
	struct bound b;
	const struct value *v;
	struct match_found found;
	size_t from = 0;

	(void)state;
	good(&b, "expect <u8=$i n:u8> eof <de>");
	v = b.args.arg[E_PATTERN].at;
	assert_int_equal(b.args.arg[E_PATTERN].n, 3);
	assert_int_equal(
	    match_find(v->match, BYTES("\6\7\10"), &from, false, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.start, 1);
	assert_true(bytes_is(found.named[0].name, "n"));
	assert_true(bytes_is(found.named[0].value, "8"));
	assert_true(v[0].quoted && v[2].quoted);
	assert_true(bytes_is(v[0].text, "<u8=$i n:u8>"));
	assert_ptr_equal(v[2].match, b.program->command->word[2].match);
	unbind(&b);
	bad_at("expect a <de\n u8=$dur>", 2, 5,
	       "$dur: '250ms' is not a number");
	bad("expect a <x:dur>", 13, "$dur: ");
	bad("expect <$empty>", 9, "match everywhere");
}

static void args_hold_patterns_and_bodies(void **state)
{
	struct bound b;
	const struct value *v;

	(void)state;
	good(&b, "expect -v a /a b/i c$i 'd' '-v' b");
	assert_int_equal(b.args.arg[E_PATTERN].n, 5);
	v = b.args.arg[E_PATTERN].at;
	assert_null(match_text(v[0].match).at);
	assert_true(bytes_is(match_text(v[1].match), "c7"));
	assert_true(bytes_is(match_text(v[2].match), "d"));
	assert_true(bytes_is(match_text(v[3].match), "-v"));
	assert_int_equal(b.args.arg[E_V].n, 1);
	unbind(&b);
	good(&b, "expect -v a -v b c");
	assert_int_equal(b.args.arg[E_V].n, 2);
	assert_true(bytes_is(b.args.arg[E_V].at[1].text, "b"));
	unbind(&b);
	bad("expect ''", 8, "PATTERN: empty pattern");
	bad("expect $empty", 8, "PATTERN: empty pattern");

	good(&b, "repeat 3 'a; b'");
	assert_int_equal(b.args.arg[1].at->body->commands, 2);
	has(&b, 1, "a; b");
	unbind(&b);
	good(&b, "repeat 3 a b # c");
	assert_int_equal(b.args.arg[1].at->body->commands, 1);
	unbind(&b);
	bad("repeat 3 'a' b", 14, "unexpected argument 'b'");
}

static void usage_errors_give_reason_and_synopsis(void **state)
{
	(void)state;
	bad("connect", 1,
	    "ADDR is missing; usage: connect [-t D] [-b ADDR] [-n] ADDR "
	    "[as NAME]");
	bad("connect -t", 9, "-t needs a value: -t D");
	bad("connect h as", 11, "as needs a value: as NAME");
	bad("send --ecko x", 6,
	    "unknown option --ecko, did you mean --echo?; usage: send [-n] "
	    "[-r] [-R N] [--echo] [--name NAME] TEXT");
	bad("send -echo x", 7, "did you mean --echo?");
	bad("send -z x", 6, "unknown option -z");
	bad("send -nz x", 8, "unknown option -z in -nz");
	bad("send --echo=1 x", 6, "unknown option --echo=1");
	bad("send -n'x' y", 6, "unknown option -n");
	bad("none x", 6, "unexpected argument 'x'; usage: none");
	bad("connect h:1 -z", 13, "unknown option -z");
	bad("connect h:1 -- -n", 16, "unexpected argument '-n'");
	bad("connect h 80 '-n'", 14, "unexpected argument '-n'");
	bad("send x $nothing", 8, "not set");
	bad("send x 'a b'c\"$nothing\"", 15, "not set");
}

static void args_errors_have_a_line(void **state)
{
	struct bound b;

	(void)state;
	bind(&b, "connect -t \\\n  bad h");
	assert_int_equal(b.result, -1);
	assert_int_equal(b.args.line, 2);
	assert_int_equal(b.col, 3);
	unbind(&b);
	bind(&b, "send 'a\nb'$nothing");
	assert_int_equal(b.result, -1);
	assert_int_equal(b.args.line, 2);
	assert_int_equal(b.col, 3);
	unbind(&b);
	bind(&b, "send x");
	assert_int_equal(args_bind(&b.args, connect_params,
				   &(struct command){.line = 4, .col = 2}, NULL,
				   NULL, NULL),
			 -1);
	unbind(&b);
}

static void assert_alike(const struct args *a, const struct args *b,
			 const struct param *params)
{
	for (unsigned i = 0; params[i].kind != PARAM_END; i++) {
		assert_int_equal(a->arg[i].n, b->arg[i].n);
		for (size_t n = 0; n < a->arg[i].n; n++) {
			const struct value *v = &a->arg[i].at[n];
			const struct value *w = &b->arg[i].at[n];

			assert_true(bytes_equal(v->text, w->text));
			assert_true(bytes_equal(v->key, w->key));
			assert_true(v->number == w->number);
			assert_true(v->quoted == w->quoted);
			assert_int_equal(v->col, w->col);
			assert_true(!v->match == !w->match);
		}
	}
}

/* The same args are bound many times: with more words than before, and after
 * errors. */
static void args_can_be_bound_again(void **state)
{
	struct bound many, few, wrong;
	struct args *a = &many.args;
	unsigned col;
	struct err e;

	(void)state;
	good(&many, "expect a$i bb$i ccc$i dddd$i /e/ f g h i j k l");
	bind(&few, "connect -t $dur $host$i 80");
	bind(&wrong, "expect x$i $nothing");
	for (int round = 0; round < 3; round++) {
		assert_int_equal(args_bind(a, connect_params,
					   few.program->command, &lookup, &col,
					   &e),
				 0);
		assert_true(bytes_is(args_text(a, C_ADDR), "h7"));
		assert_int_equal(args_bind(a, expect_params,
					   wrong.program->command, &lookup,
					   &col, &e),
				 -1);
		assert_int_equal(args_bind(a, expect_params,
					   many.program->command, &lookup, &col,
					   &e),
				 0);
		assert_int_equal(a->arg[E_PATTERN].n, 12);
		assert_true(bytes_is(a->arg[E_PATTERN].at[3].text, "dddd7"));
	}
	unbind(&wrong);
	unbind(&few);
	unbind(&many);
}

/* Cached args of a command without variables equal those of a first binding. */
static void args_without_variables_are_cached(void **state)
{
	static const char *const lines[] = {
	    "expect -1 'a\\n' /e(.)/i \"q\\x00\" word",
	    "send -R 3 two \"and\\tthree\"  words",
	    "connect -t 2s h 80",
	    "mixed 7 line #3 a['x y'\"\\t\"]",
	};
	struct bound b, other;
	unsigned col;
	struct err e;

	(void)state;
	good(&other, "expect x$i y z");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct param *params;
		const struct command *c;
		const struct arg *first;

		good(&b, lines[i]);
		c = b.program->command;
		params = params_of(NULL, c->name, NULL);
		assert_non_null(c->binding);
		assert_ptr_equal(b.args.arg, b.args.own);
		first = NULL;
		for (int round = 0; round < 4; round++) {
			struct args *a = &other.args;

			assert_int_equal(args_bind(a, expect_params,
						   other.program->command,
						   &lookup, &col, &e),
					 0);
			assert_int_equal(
			    args_bind(a, params, c, NULL, &col, &e), 0);
			assert_alike(a, &b.args, params);
			if (round > 0)
				assert_ptr_not_equal(a->arg, a->own);
			if (first && round > 1)
				assert_ptr_equal(a->arg, first);
			first = a->arg;
		}
		unbind(&b);
	}
	unbind(&other);
}

/* Cached args with variables are bound like a first binding, and an invalid
 * value is an error each time. */
static void args_with_variables_are_expanded_again(void **state)
{
	static const char *const lines[] = {
	    "send -R 3 two $turn \"and\t$turn\"  words",
	    "send --name $turn -r one",
	    "send -R $turn x$turn",
	    "send --name=a$turn $turn",
	    "send \"$turn\"",
	    "send -R 3 <\"a\" u16be=$turn>",
	    "expect -1 $turn /e(.)/i \"q$turn\" word",
	    "expect <\"a\" u8=$turn> <\"b\">",
	    "connect -t 2s h$turn 80 as $turn",
	    "connect -t $turn h 80",
	    "connect h $turn",
	    "mixed $turn line #3 a['x y'\"$turn\"] now",
	    "mixed 7 $turn #$turn",
	    "mixed 7 line #3 $turn until $turn and 'more'",
	    "repeat $turn 'echo $turn'",
	};
	static uint8_t long_one[5000];

	(void)state;
	memset(long_one, 'a', sizeof(long_one));
	turns[0] = BYTES("7");
	turns[1] = BYTES("line");
	turns[2] = BYTES("");
	turns[3] = bytes_of(long_one, sizeof(long_one));
	turns[4] = BYTES("250");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct bound kept;
		const struct command *c;
		const struct param *params;

		turn = 0;
		bind(&kept, lines[i]);
		c = kept.program->command;
		params = params_of(NULL, c->name, NULL);
		for (unsigned round = 0; round < 15; round++) {
			struct bound anew;
			unsigned col = 0;
			struct err e;
			int result;

			turn = round % 5;
			bind(&anew, lines[i]);
			result = args_bind(&kept.args, params, c, &lookup, &col,
					   &e);
			assert_int_equal(result, anew.result);
			if (!result) {
				assert_alike(&kept.args, &anew.args, params);
			} else {
				assert_string_equal(e.text, anew.e.text);
				assert_int_equal(col, anew.col);
				assert_int_equal(kept.args.line,
						 anew.args.line);
			}
			unbind(&anew);
		}
		unbind(&kept);
	}
}

static void key_is(const char *line, const char *name, const char *key)
{
	struct bound b;
	const struct value *v;

	good(&b, line);
	v = b.args.arg[M_NAME].at;
	if (!bytes_is(v->text, name) || !bytes_is(v->key, key) ||
	    !v->key.at != !key[0])
		fail_msg("%s is %.*s and %.*s", line, (int)v->text.len,
			 (const char *)v->text.at, (int)v->key.len,
			 (const char *)v->key.at);
	unbind(&b);
}

static void args_split_a_key_from_its_name(void **state)
{
	struct bound b;

	(void)state;
	key_is("mixed 1 hex 2 n", "n", "");
	key_is("mixed 1 hex 2 n[a]", "n", "a");
	key_is("mixed 1 hex 2 n[$i]", "n", "7");
	key_is("mixed 1 hex 2 n[a]b]", "n", "a]b");
	key_is("mixed 1 hex 2 n[\"a b\"]", "n", "a b");
	/* Brackets in a variable's value are data. */
	key_is("mixed 1 hex 2 n[$evil]", "n", "x[y]");
	bind(&b, "mixed 1 hex 2 $evil");
	assert_int_equal(b.result, -1);
	assert_int_equal(b.col, 15);
	unbind(&b);
	bind(&b, "mixed 1 hex 2 n[a");
	assert_int_equal(b.result, -1);
	unbind(&b);
	bind(&b, "mixed 1 hex 2 n$evil");
	assert_int_equal(b.result, -1);
	unbind(&b);
	bind(&b, "mixed 1 hex 2 [a]");
	assert_int_equal(b.result, -1);
	unbind(&b);
}

static void args_reuse_their_memory(void **state)
{
	struct bound b;
	unsigned col;
	struct err e;

	(void)state;
	good(&b, "send -R 3 req $i and $host");

	const struct value *values = b.args.values;
	const uint8_t *store = b.args.store.data;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(args_bind(&b.args, send_params,
					   b.program->command, &lookup, &col,
					   &e),
				 0);
	assert_ptr_equal(b.args.values, values);
	assert_ptr_equal(b.args.store.data, store);
	has(&b, S_TEXT, "req 7 and h");
	unbind(&b);
	/* A constant word is not copied. */
	good(&b, "send hello");
	assert_null(b.args.store.data);
	assert_ptr_equal(args_text(&b.args, S_TEXT).at,
			 b.program->command->word->piece->bytes.at);
	unbind(&b);
}

static void synopsis(const struct param *params, const char *expected)
{
	struct buf out;

	buf_init(&out, BUF_SMALL);
	param_synopsis(params, &out);
	assert_string_equal(buf_cstr(&out), expected);
	buf_fini(&out);
}

static void synopsis_marks_optional_parameters(void **state)
{
	(void)state;
	synopsis(connect_params, "[-t D] [-b ADDR] [-n] ADDR [as NAME]");
	synopsis(expect_params, "[-1] [-v X ...] PATTERN ...");
	synopsis(mixed_params, "[N] [hex|line|off] [M] [NAME] [now] "
			       "[until TEXT]");
	synopsis(repeat_params, "N CMDS");
	synopsis(no_params, "");
}

/* The name of the parameter that takes the word after these words. */
static const char *after(const struct param *params, const char *words)
{
	struct bytes word[8], rest = bytes_str(words);
	const struct param *p;
	size_t n = 0;

	while (rest.len) {
		word[n] = bytes_head(rest, bytes_find_byte(rest, ' ', 0));
		rest = bytes_skip(rest, word[n++].len + 1);
	}
	p = param_after(params, word, n);
	return p ? p->name : "none";
}

static void next_parameter_follows_the_words(void **state)
{
	(void)state;
	assert_string_equal(after(connect_params, ""), "ADDR");
	assert_string_equal(after(connect_params, "-n -t"), "-t");
	assert_string_equal(after(connect_params, "-t 1s"), "ADDR");
	assert_string_equal(after(connect_params, "$host as"), "as");
	assert_string_equal(after(connect_params, "host"), "none");
	assert_string_equal(after(send_params, "a -n"), "TEXT");
	assert_string_equal(after(expect_params, "a b"), "PATTERN");
	assert_string_equal(after(repeat_params, "3"), "CMDS");
	assert_string_equal(after(compare_params, ""), "A");
	assert_string_equal(after(compare_params, "set"), "NAME");
	assert_string_equal(after(compare_params, "set x"), "CMDS");
	assert_string_equal(after(compare_params, "'set'"), "OP");
	assert_string_equal(after(compare_params, "$x <"), "B");
	assert_string_equal(after(compare_params, "$x < 5"), "CMDS");
	assert_string_equal(after(compare_params, "a < b c else"), "else");
}

static void operands_leave_out_others(void **state)
{
	struct bound b;

	(void)state;
	good(&b, "compare a < <01 u8=2> x");
	has(&b, 2, "a");
	has(&b, 4, "\1\2");
	unbind(&b);
	good(&b, "compare set i x");
	assert_int_equal(b.args.arg[2].n, 0);
	has(&b, 1, "i");
	unbind(&b);
	/* A cached binding has the same operands. */
	good(&b, "compare $s < 1 x");
	for (int i = 0; i < 3; i++)
		assert_int_equal(args_bind(&b.args, compare_params,
					   b.program->command, &lookup, NULL,
					   NULL),
				 0);
	has(&b, 2, "s1");
	unbind(&b);
	good(&b, "compare 'set' > i 'x; x' else x");
	has(&b, 2, "set");
	assert_int_equal(b.args.arg[6].at->body->commands, 1);
	unbind(&b);
	bad("compare", 1, "A is missing");
	bad("compare set", 1, "NAME is missing");
	bad("compare a", 1, "OP is missing");
	bad("compare a <", 1, "B is missing");
	bad("compare a < b", 1, "CMDS is missing");
	bad("compare a '<' b c", 11, "OP must be typed bare");
	bad("compare a $i b c", 11, "OP must be typed bare");
	synopsis(compare_params, "A CMDS [else CMDS]");
}

static void checks(const char *line, unsigned col, const char *text)
{
	struct bound b;
	unsigned at_line;

	b = (struct bound){.col = 0};
	assert_int_equal(words_parse(bytes_str(line), "", 1, true, &grammar,
				     &b.program, &at_line, &b.col, &b.e),
			 WORDS_OK);
	args_init(&b.args);
	b.result = args_check(&b.args,
			      params_of(NULL, b.program->command->name, NULL),
			      b.program->command, &b.col, &b.e);
	if (!text)
		assert_int_equal(b.result, 0);
	else if (!b.result || b.col != col || !strstr(b.e.text, text))
		fail_msg("'%s': %u: %s", line, b.col, b.e.text);
	unbind(&b);
}

static void check_needs_no_values(void **state)
{
	(void)state;
	checks("connect $a", 0, NULL);
	checks("connect $a $b as $c", 0, NULL);
	checks("connect -t $a $b$c", 0, NULL);
	checks("send $x ${y:-$z}", 0, NULL);
	checks("send <$x u8=$y>", 0, NULL);
	checks("expect <$x> $x \"$x\" a$x", 0, NULL);
	checks("mixed $n $view $m $v until $t", 0, NULL);
	checks("repeat $n 'a'", 0, NULL);
	checks("compare $a < $b c", 0, NULL);
	checks("connect $a $b $c", 15, "unexpected argument $c");
	checks("connect h:1 $b", 13, "unexpected argument $b");
	checks("connect", 1, "ADDR is missing");
	checks("connect $a -z", 12, "unknown option -z");
	checks("connect $a -t soon", 15, "-t: 'soon' is not a duration");
	checks("connect $a -t", 12, "-t needs a value");
	checks("mixed 1 hexx", 9, "'hexx' is not one of");
	checks("mixed $n hexx", 10, "'hexx' is not one of");
	checks("expect ''", 8, "empty pattern");
	checks("expect", 1, "PATTERN ... is missing");
	checks("expect -1", 0, NULL);
	checks("compare $a $op $b c", 12, "OP must be typed bare");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(args_take_options_keywords_and_operands),
	    cmocka_unit_test(args_join_text_with_one_blank),
	    cmocka_unit_test(args_never_take_options_from_data),
	    cmocka_unit_test(args_take_wildcards_from_bare_words_only),
	    cmocka_unit_test(args_record_how_much_was_typed),
	    cmocka_unit_test(args_are_keywords_only_if_typed_bare),
	    cmocka_unit_test(args_take_dashes_and_negative_numbers_as_operands),
	    cmocka_unit_test(args_take_a_port_after_a_host),
	    cmocka_unit_test(args_read_values_by_kind),
	    cmocka_unit_test(args_hold_built_templates),
	    cmocka_unit_test(args_hold_templates_as_patterns),
	    cmocka_unit_test(args_hold_patterns_and_bodies),
	    cmocka_unit_test(usage_errors_give_reason_and_synopsis),
	    cmocka_unit_test(args_errors_have_a_line),
	    cmocka_unit_test(args_can_be_bound_again),
	    cmocka_unit_test(args_without_variables_are_cached),
	    cmocka_unit_test(args_with_variables_are_expanded_again),
	    cmocka_unit_test(args_split_a_key_from_its_name),
	    cmocka_unit_test(args_reuse_their_memory),
	    cmocka_unit_test(synopsis_marks_optional_parameters),
	    cmocka_unit_test(next_parameter_follows_the_words),
	    cmocka_unit_test(operands_leave_out_others),
	    cmocka_unit_test(check_needs_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
