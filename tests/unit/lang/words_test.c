/* SPDX-License-Identifier: ISC */
/*
 * Tests of the line language: words, quotes, escapes, variables, bodies, and
 * the positions of errors. param_test.c tests binding, caret_test.c carets and
 * quoting.
 *
 * Long: all tests use the same grammar, commands and checks.
 */
#include "rung/match.h"
#include "rung/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* These commands take all kinds of words. */
static const struct param text_params[] = {
    {.name = "-n", .kind = PARAM_FLAG},
    {.name = "-t", .kind = PARAM_DURATION, .value = "D"},
    {.name = "TEXT", .kind = PARAM_TEXT},
    {.kind = PARAM_END},
};
static const struct param expect_params[] = {
    {.name = "-t", .kind = PARAM_DURATION, .value = "D"},
    {.name = "PATTERN", .kind = PARAM_PATTERN, .flags = PARAM_REPEATED},
    {.kind = PARAM_END},
};
static const struct param repeat_params[] = {
    {.name = "N", .kind = PARAM_NUMBER, .flags = PARAM_REQUIRED},
    {.name = "CMDS", .kind = PARAM_BODY, .flags = PARAM_REQUIRED},
    {.kind = PARAM_END},
};
static const struct param try_params[] = {
    {.name = "CMDS", .kind = PARAM_BODY},
    {.kind = PARAM_END},
};
static const struct param listen_params[] = {
    {.name = "--serve", .kind = PARAM_BODY, .value = "CMDS"},
    {.name = "ADDR", .kind = PARAM_ADDRESS},
    {.kind = PARAM_END},
};
static const struct param show_params[] = {
    {.name = "N", .kind = PARAM_MESSAGE},
    {.kind = PARAM_END},
};
static const struct param raw_params[] = {
    {.name = "CMD", .kind = PARAM_REST_OF_LINE},
    {.kind = PARAM_END},
};

static const struct param *params_of(const struct grammar *grammar,
				     struct bytes name, const void **verb)
{
	static const struct {
		const char *name;
		const struct param *params;
	} all[] = {
	    {"echo", text_params},     {"expect", expect_params},
	    {"repeat", repeat_params}, {"try", try_params},
	    {"listen", listen_params}, {"show", show_params},
	    {"!", raw_params},         {"shell", raw_params},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (bytes_is(name, all[i].name))
			return all[i].params;
	/* Other names are commands without parameters. */
	if (!bytes_starts(name, BYTES("GET")) &&
	    bytes_find_byte(name, '\'', 0) == BYTES_NOT_FOUND)
		*verb = grammar;
	return NULL;
}

static const struct grammar grammar = {params_of};

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	if (bytes_is(name, "nul"))
		return buf_put(out, BYTES("\0\xff"));
	if (bytes_is(name, "unset"))
		return err_set(e, ERR_USAGE, 0, "$unset is not set");
	buf_putc(out, '<');
	buf_put(out, name);
	return buf_putc(out, '>');
}

static const struct lookup lookup = {.get = get_variable};

static struct program *parse_bytes(struct bytes text)
{
	struct program *p = NULL;
	unsigned line = 0, col = 0;
	struct err e = {.kind = ERR_NONE};
	/* The copy has the exact size, so that a sanitizer detects reads past
	 * the end. */
	uint8_t *copy = malloc(text.len ? text.len : 1);

	assert_non_null(copy);
	if (text.len)
		memcpy(copy, text.at, text.len);
	if (words_parse(bytes_of(copy, text.len), "test", 1, true, &grammar, &p,
			&line, &col, &e) != WORDS_OK)
		fail_msg("'%.*s' %u:%u: %s", (int)text.len,
			 (const char *)text.at, line, col, e.text);
	free(copy);
	assert_int_equal(p->refs, 1);
	return p;
}

static struct program *parse(const char *text)
{
	return parse_bytes(bytes_str(text));
}

/* Prints the program as [name|word|word@target], with bodies in braces. */
static void dump(const struct program *p, struct buf *out)
{
	struct err e;

	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];

		buf_putc(out, '[');
		buf_put(out, c->name);
		for (size_t n = 0; n < c->words; n++) {
			buf_putc(out, '|');
			if (c->word[n].kind == WORD_BODY) {
				buf_putc(out, '{');
				dump(c->word[n].body, out);
				buf_putc(out, '}');
				continue;
			}
			assert_int_equal(
			    word_expand(&c->word[n], &lookup, out, NULL, &e),
			    0);
		}
		if (c->target.line) {
			buf_putc(out, '@');
			assert_int_equal(
			    word_expand(&c->target, &lookup, out, NULL, &e), 0);
		}
		buf_putc(out, ']');
	}
}

static void check(struct bytes text, struct bytes expected)
{
	struct program *p = parse_bytes(text);
	struct buf out;

	buf_init(&out, SIZE_MAX);
	dump(p, &out);
	if (!bytes_equal(buf_bytes(&out), expected))
		fail_msg("'%.*s' is '%s', not '%.*s'", (int)text.len,
			 (const char *)text.at, buf_cstr(&out),
			 (int)expected.len, (const char *)expected.at);
	buf_fini(&out);
	program_unref(p);
}

#define CHECK(text, expected) check(BYTES(text), BYTES(expected))

static void bad(const char *text, unsigned line, unsigned col,
		const char *words)
{
	struct program *p;
	unsigned at_line = 0, at_col = 0;
	struct err e = {.kind = ERR_NONE};

	if (words_parse(bytes_str(text), "test", 1, true, &grammar, &p,
			&at_line, &at_col, &e) != WORDS_BAD)
		fail_msg("'%s' was taken", text);
	assert_null(p);
	assert_int_equal(e.kind, ERR_USAGE);
	if (!strstr(e.text, words) || at_line != line || at_col != col)
		fail_msg("'%s' at %u:%u: %s", text, at_line, at_col, e.text);
}

static enum words_result more(const char *text)
{
	struct program *p;
	enum words_result r = words_parse(bytes_str(text), "test", 1, false,
					  &grammar, &p, NULL, NULL, NULL);

	program_unref(p);
	return r;
}

static void words_split_at_blanks_and_join_pieces(void **state)
{
	(void)state;
	CHECK("", "");
	CHECK(" \t\n\n ; ;; # nothing\n", "");
	CHECK("a", "[a]");
	CHECK("a b\tc  d ", "[a|b|c|d]");
	CHECK("a b\nc d", "[a|b][c|d]");
	CHECK("a b;c d; e", "[a|b][c|d][e]");
	CHECK("a 'b c' \"d e\" f'g'\"h\"i", "[a|b c|d e|fghi]");
	CHECK("a '' \"\"", "[a||]");
	CHECK("a 'x;y#\\n$z\"'", "[a|x;y#\\n$z\"]");
	CHECK("a \"x;y#'\"", "[a|x;y#']");
	CHECK("'a' \"b\"", "[a|b]");
	CHECK("a - -- -5 &b & c", "[a|-|--|-5|&b|&|c]");
}

static void words_comments_begin_with_a_word(void **state)
{
	(void)state;
	CHECK("#!/usr/bin/env rung\na b", "[a|b]");
	CHECK("a b # c ; d\ne", "[a|b][e]");
	CHECK("a b#c", "[a|b#c]");
	CHECK("a \\#b '#c' \"#d\"", "[a|#b|#c|#d]");
	CHECK("a # it goes on \\\nb", "[a][b]");
	CHECK("a;#b", "[a]");
	CHECK("show #12 # x", "[show|#12]");
	CHECK("show #$i", "[show|#<i>]");
	CHECK("show # 12", "[show]");
	CHECK("show #1 #2", "[show|#1]");
	CHECK("echo #12", "[echo]");
}

static void words_lines_continue(void **state)
{
	(void)state;
	CHECK("a b \\\n c", "[a|b|c]");
	CHECK("a b\\\nc", "[a|bc]");
	CHECK("a \"b\\\nc\"", "[a|bc]");
	CHECK("a 'b\\\nc'", "[a|b\\\nc]");
	CHECK("a 'b\nc' d", "[a|b\nc|d]");
	CHECK("a \"b\nc\" d", "[a|b\nc|d]");
	CHECK("\\\n\\\na", "[a]");
	assert_int_equal(more("a 'b"), WORDS_MORE);
	assert_int_equal(more("a \"b\n"), WORDS_MORE);
	assert_int_equal(more("a \\"), WORDS_MORE);
	assert_int_equal(more("a \\\n"), WORDS_MORE);
	assert_int_equal(more("a b\\\r\n"), WORDS_MORE);
	assert_int_equal(more("a \"b\\"), WORDS_MORE);
	assert_int_equal(more("repeat 3 'a\n"), WORDS_MORE);
	assert_int_equal(more("repeat 3 \"a\n\\\""), WORDS_MORE);
	assert_int_equal(more("repeat 3 echo 'a\n"), WORDS_MORE);
	assert_int_equal(more("a \\\n b"), WORDS_OK);
	assert_int_equal(more("a b"), WORDS_OK);
	assert_int_equal(more("# 'a"), WORDS_OK);
	assert_int_equal(more("repeat 3 'echo \"'"), WORDS_BAD);
	bad("a 'b", 1, 3, "unmatched '");
	bad("a\nb \"c\nd", 2, 3, "unmatched \"");
	bad("a b\\", 1, 4, "nothing follows");
	bad("a b \\\n", 1, 5, "nothing follows");
}

static void words_take_crlf_as_a_line_end(void **state)
{
	(void)state;
	CHECK("a b\r\nc\r\n", "[a|b][c]");
	CHECK("a b\r", "[a|b]");
	CHECK("a b\\\r\nc", "[a|bc]");
	CHECK("a 'b\r\nc' \"d\r\ne\"", "[a|b\nc|d\ne]");
	CHECK("a b\rc 'd\re'", "[a|b\rc|d\re]");
	CHECK("a # b\r\nc", "[a][c]");
	CHECK("!ls -l\r\na", "[!|ls -l][a]");
	CHECK("expect /a/\r\na", "[expect|/a/][a]");
	CHECK("repeat 3 echo a\r\nb", "[repeat|3|{[echo|a]}][b]");
}

static void words_escapes_are_bytes(void **state)
{
	(void)state;
	CHECK("a \\a\\b\\e\\f\\n\\r\\t\\v\\0\\\\\\\"\\'\\$\\#\\;\\ ",
	      "[a|\a\b\033\f\n\r\t\v\0\\\"'$#; ]");
	CHECK("a \"\\a\\b\\e\\f\\n\\r\\t\\v\\0\\\\\\\"\\'\\$\\#\\;\\ \"",
	      "[a|\a\b\033\f\n\r\t\v\0\\\"'$#; ]");
	CHECK("a \\x00\\xfF\\x414", "[a|\0\xff"
				    "A4]");
	CHECK("a \\u{e9}\\u{20ac}\\u{1F600}\\u{0}",
	      "[a|\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0]");
	CHECK("a \xff\xc3 '\xc0'", "[a|\xff\xc3|\xc0]");
	bad("a b\\q", 1, 4, "unknown escape \\q");
	bad("a \"\\/\"", 1, 4, "unknown escape \\/");
	bad("a \\x4", 1, 3, "two hex digits");
	bad("a \\x", 1, 3, "two hex digits");
	bad("a \\u41", 1, 3, "braces");
	bad("a \\u{}", 1, 3, "hex digits");
	bad("a \\u{41", 1, 3, "hex digits");
	bad("a \\u{d800}", 1, 3, "not a character");
	bad("a \\u{110000}", 1, 3, "not a character");
	bad("a \\u{fffffffffffff}", 1, 3, "not a character");
	bad("a \\\x01", 1, 3, "unknown escape \\\\x01");
}

static void words_expand_variables_outside_single_quotes(void **state)
{
	(void)state;
	CHECK("a $b", "[a|<b>]");
	CHECK("a x$b'$c'\"$d y\"z", "[a|x<b>$c<d> yz]");
	CHECK("a $c1.port.", "[a|<c1.port>.]");
	CHECK("a $s1.1.addr $_x9", "[a|<s1.1.addr>|<_x9>]");
	CHECK("a $0$12 $?x", "[a|<0><1>2|<?>x]");
	CHECK("a ${b}c ${x y}", "[a|<b>c|<x y>]");
	CHECK("a $nul", "[a|\0\xff]");
	CHECK("a \\$b", "[a|$b]");
	CHECK("@$x a", "[a@<x>]");
	bad("a $", 1, 3, "write \\$");
	bad("a b$-", 1, 4, "write \\$");
	bad("a \"$\"", 1, 4, "write \\$");
	bad("a ${}", 1, 3, "no variable name");
	bad("a ${b", 1, 3, "without }");
	bad("a ${b\n}", 1, 3, "without }");
	bad("$a", 1, 1, "cannot be a variable");
	bad("b\n  x'y'$a z", 2, 7, "cannot be a variable");
	bad("repeat 3 $a", 1, 10, "cannot be a variable");
}

static void word_expand_reports_the_failed_piece(void **state)
{
	struct program *p = parse("a 'bc'$unset");
	struct buf out;
	unsigned col = 0;
	struct err e;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(word_expand(p->command->word, &lookup, &out, &col, &e),
			 -1);
	assert_string_equal(e.text, "$unset is not set");
	assert_int_equal(col, 7);
	buf_clear(&out);
	assert_int_equal(word_expand(p->command->word, NULL, &out, &col, &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_fini(&out);
	buf_init(&out, 1);
	assert_int_equal(word_expand(p->command->word, &lookup, &out, &col, &e),
			 -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(col, 4); /* after the quote */
	buf_fini(&out);
	program_unref(p);
}

static void words_targets_precede_commands(void **state)
{
	(void)state;
	CHECK("@s1.* a b", "[a|b@s1.*]");
	CHECK("@'x y' a; @c$b c", "[a@x y][c@c<b>]");
	CHECK("a @b", "[a|@b]");
	CHECK("repeat 2 @c1 a", "[repeat|2|{[a@c1]}]");
	bad("@ a", 1, 1, "expected a session name");
	bad("a;@c1 ", 1, 3, "expected a command after");
	bad("a;@c1;b", 1, 3, "expected a command after");
	bad("'' a", 1, 1, "empty command name");
}

static void words_regexes_are_verbatim(void **state)
{
	struct program *p = parse("expect -t 5s /a b;#'\"\\/$\\d/ims x");
	const struct word *word = p->command->word;
	struct buf out;

	(void)state;
	buf_init(&out, BUF_SMALL);
	assert_int_equal(p->command->words, 4);
	assert_int_equal(word[2].kind, WORD_REGEX);
	match_print(word[2].match, &out);
	assert_string_equal(buf_cstr(&out), "/a b;#'\"\\/$\\d/ims");
	assert_int_equal(word[3].kind, WORD_TEXT);
	/* A constant text is compiled, too. */
	assert_true(bytes_is(match_text(word[3].match), "x"));
	buf_fini(&out);
	program_unref(p);

	CHECK("expect /a/;b", "[expect|/a/][b]");
	CHECK("expect '/a' \"/\"b", "[expect|/a|/b]");
	CHECK("expect /a/ /b\\/c/i", "[expect|/a/|/b\\/c/i]");
	CHECK("expect //", "[expect|//]");
	CHECK("a /b c", "[a|/b|c]");
	CHECK("echo /b c/", "[echo|/b|c/]");
	bad("expect /a", 1, 8, "without closing /");
	bad("expect /a\nb/", 1, 8, "without closing /");
	bad("expect /a\\/", 1, 8, "without closing /");
	bad("expect /a/g", 1, 11, "unknown flag 'g'");
	bad("expect /usr/bin", 1, 13, "unknown flag 'b'");
	bad("expect x /a(b/", 1, 14, "missing closing parenthesis");
	bad("a\nexpect /\\/\\/[/", 2, 14, "expression");
	bad("expect /\\d\\/)/", 1, 13, "unmatched");
}

static void words_bodies_are_programs(void **state)
{
	(void)state;
	CHECK("repeat 3 'a b; c'; d", "[repeat|3|{[a|b][c]}][d]");
	CHECK("repeat 3 a b; c\nd", "[repeat|3|{[a|b]}][c][d]");
	CHECK("repeat 3 \"a \\\"b c\\\" \\\\n $x\"",
	      "[repeat|3|{[a|b c|\n|<x>]}]");
	CHECK("repeat 3 \"a '\\\\n'\"", "[repeat|3|{[a|\\n]}]");
	/* A variable of a body is expanded at each run, with or without \. */
	CHECK("repeat 3 \"a \\$x $x '\\$x' \\\\\\$x\"",
	      "[repeat|3|{[a|<x>|<x>|$x|$x]}]");
	CHECK("repeat 2 \"try \\\"a \\\\\\$x\\\"\"",
	      "[repeat|2|{[try|{[a|<x>]}]}]");
	CHECK("repeat 2 'a \\$x'", "[repeat|2|{[a|$x]}]");
	CHECK("repeat 3 'a\nb\n'", "[repeat|3|{[a][b]}]");
	CHECK("repeat 3 ''", "[repeat|3|{}]");
	CHECK("repeat 3;a", "[repeat|3][a]");
	CHECK("repeat 3 # a", "[repeat|3]");
	CHECK("repeat 3 a # b; c", "[repeat|3|{[a]}]");
	CHECK("repeat 2 repeat 3 a; b", "[repeat|2|{[repeat|3|{[a]}]}][b]");
	CHECK("repeat 2 'repeat 3 \"a\"; b'",
	      "[repeat|2|{[repeat|3|{[a]}][b]}]");
	CHECK("repeat 2 a \\\n b", "[repeat|2|{[a|b]}]");
	CHECK("repeat 2 a 'b\nc'; d\ne", "[repeat|2|{[a|b\nc]}][d][e]");
	CHECK("repeat 2 !ls; x\na", "[repeat|2|{[!|ls; x]}][a]");
	CHECK("repeat 2 'a' b", "[repeat|2|{[a]}|b]");
	CHECK("try a; b", "[try|{[a]}][b]");
	CHECK("try repeat 2 a; b", "[try|{[repeat|2|{[a]}]}][b]");
	CHECK("try 'a; b'; c", "[try|{[a][b]}][c]");
	CHECK("listen --serve 'a b' :1", "[listen|--serve|{[a|b]}|:1]");
	bad("listen --serve a", 1, 16, "quote the commands");
	bad("repeat 2 'a'b", 1, 13, "blank or ;");
	bad("repeat 2 'a", 1, 10, "unmatched '");
	bad("repeat 2 \"a\\\"", 1, 10, "unmatched \"");
}

static void words_positions_in_bodies_are_those_of_the_source(void **state)
{
	struct program *p = parse("repeat 2 'ab;\n  cd e'");
	const struct program *body = p->command->word[1].body;

	(void)state;
	assert_int_equal(body->command[0].line, 1);
	assert_int_equal(body->command[0].col, 11);
	assert_int_equal(body->command[1].line, 2);
	assert_int_equal(body->command[1].col, 3);
	assert_int_equal(body->command[1].word[0].col, 6);
	assert_ptr_equal(body->text.at, p->text.at);
	program_unref(p);

	bad("repeat 2 'ab \\q'", 1, 14, "\\q");
	bad("repeat 2 ab \\q", 1, 13, "\\q");
	bad("repeat 2 \"a \\\"b\"", 1, 14, "unmatched \"");
	bad("repeat 2 \"ab \\q\"", 1, 14, "\\q");
	bad("repeat 2 \"a \\\"b\\\" \\q\"", 1, 19, "\\q");
	bad("repeat 2 \"a \\$b \\q\"", 1, 17, "\\q");
	bad("repeat 2 \"a \\\"b\n\\\\n\\\" \\q\"", 2, 7, "\\q");
	bad("repeat 2 \"repeat 3 \\\"a \\\\\\\"\\\\\\\" \\q\\\"\"", 1, 33,
	    "\\q");
}

static void words_bodies_nest_32_deep(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, BUF_SMALL);
	for (int i = 0; i < 32; i++)
		buf_puts(&text, "try ");
	buf_puts(&text, "a");
	program_unref(parse(buf_cstr(&text)));
	buf_truncate(&text, 32 * 4);
	buf_puts(&text, "'try a'");
	bad(buf_cstr(&text), 1, 32 * 4 + 6, "at most 32");
	buf_clear(&text);
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "try ");
	bad(buf_cstr(&text), 1, 33 * 4 + 1, "at most 32");
	buf_fini(&text);
}

static void words_of_a_program_live_as_long_as_a_body(void **state)
{
	struct program *p = parse("repeat 3 \"expect /a/; echo \\\"b\\\"\"");
	struct program *body = p->command->word[1].body;
	struct buf out;

	(void)state;
	assert_ptr_equal(program_ref(body), body);
	program_unref(p);
	buf_init(&out, BUF_SMALL);
	dump(body, &out);
	assert_string_equal(buf_cstr(&out), "[expect|/a/][echo|b]");
	assert_string_equal(body->source, "test");
	buf_fini(&out);
	program_unref(body);
	program_unref(NULL);
}

static void words_options_do_not_hide_operands(void **state)
{
	(void)state;
	/* `-t` takes the next word as its value; the word after that is the
	 * pattern. */
	CHECK("expect -t /a b/", "[expect|-t|/a|b/]");
	CHECK("expect -t 1 /a b/", "[expect|-t|1|/a b/]");
	CHECK("expect -t1 /a b/", "[expect|-t1|/a b/]");
	CHECK("expect -- /a b/", "[expect|--|/a b/]");
	CHECK("expect -zz /a b/", "[expect|-zz|/a b/]");
}

static bool is_background(const char *line)
{
	struct program *p = NULL;
	assert_int_equal(words_parse(bytes_str(line), "", 1, true, &grammar, &p,
				     NULL, NULL, NULL),
			 WORDS_OK);
	bool aside = p->command[p->commands - 1].background;
	program_unref(p);
	return aside;
}

static void words_mark_background_commands(void **state)
{
	(void)state;
	CHECK("a b &", "[a|b]");
	CHECK("echo a & # x", "[echo|a]");
	CHECK("a '&'; b &c; d && e", "[a|&][b|&c][d|&&|e]");
	assert_true(is_background("a b &"));
	assert_true(is_background("a &"));
	assert_true(is_background("@x a b & # why"));
	assert_false(is_background("a b"));
	assert_false(is_background("a b '&'"));
	assert_false(is_background("a & ; b"));
	/* The whole command runs in the background, not only the last command
	 * of its body. */
	assert_true(is_background("repeat 2 a &"));
	assert_false(is_background("repeat 2 a &; b"));
	assert_true(is_background("repeat 2 try a b &"));
	assert_false(is_background("repeat 2 'a &'"));
}

static void words_templates_are_read_to_their_end(void **state)
{
	struct program *p = parse(
	    "echo <\n'>' u8=5\n \">\\\">\" >; expect <x:2> "
	    "/a/ <$x>");
	const struct word *word = p->command[0].word;

	(void)state;
	assert_int_equal(p->commands, 2);
	assert_int_equal(p->command[0].words, 1);
	assert_int_equal(word->kind, WORD_TEMPLATE);
	assert_true(bytes_is(word->built, ">\5>\">"));
	assert_null(word->match);
	word = p->command[1].word;
	assert_int_equal(p->command[1].words, 3);
	assert_non_null(word[0].match);
	assert_int_equal(word[1].kind, WORD_REGEX);
	assert_int_equal(word[2].kind, WORD_TEMPLATE);
	assert_null(word[2].match);
	assert_null(word[2].built.at);
	program_unref(p);
	CHECK("echo <de ad>;b", "[echo|<de ad>][b]");
	CHECK("echo <de\n>\nb", "[echo|<de\n>][b]");
	CHECK("repeat 2 \"echo <\\\"a\\\">\"", "[repeat|2|{[echo|<\"a\">]}]");
	CHECK("expect -t 1 '<' \"<\" a<b >", "[expect|-t|1|<|<|a<b|>]");
	CHECK("echo '<' a<b", "[echo|<|a<b]");
	CHECK("a <b", "[a|<b]");
	assert_int_equal(more("echo <de"), WORDS_MORE);
	assert_int_equal(more("echo <\">\n"), WORDS_MORE);
	assert_int_equal(more("echo <'>"), WORDS_MORE);
	assert_int_equal(more("echo <de\n>"), WORDS_OK);
}

static void words_report_malformed_templates(void **state)
{
	(void)state;
	bad("expect -t 1 <", 1, 13, "the > that closes this < is missing");
	bad("expect <de\n'>", 1, 8, "the > that closes this < is missing");
	bad("repeat 2 'echo <de'", 1, 16,
	    "the > that closes this < is missing");
	bad("echo <de>x", 1, 10, "after the closing >");
	bad("echo <de ad xy>", 1, 13, "'xy' is not part");
	bad("echo <de\n ad\n  xy>", 3, 3, "'xy' is not part");
	bad("echo <u8=5 u8=300>", 1, 15, "300 does not fit");
	bad("echo <de ?"
	    "?>",
	    1, 10, "cannot be sent");
	bad("expect <x:*>", 1, 9, "match everywhere");
	bad("echo <>", 1, 7, "empty template");
	bad("echo a <b>", 1, 8, "a template must be the whole text");
	bad("echo <de> b", 1, 11, "a template must be the whole text");
	bad("echo <de> <ad>", 1, 11, "a template must be the whole text");
	bad("echo <de> 'b'", 1, 11, "a template must be the whole text");
	bad("repeat 2 \"a; echo <\\\"a\\\" x>\"", 1, 26, "'x' is not part");
	bad("repeat 2 \"\n echo <\\\"a\\\" \n x>\"", 3, 2, "'x' is not part");
}

static void words_raw_text_is_the_rest_of_the_line(void **state)
{
	(void)state;
	CHECK("!ls -l | grep 'a; #b \\\nc", "[!|ls -l | grep 'a; #b \\][c]");
	CHECK("! ls", "[!| ls]");
	CHECK("!", "[!]");
	CHECK("! \na", "[!| ][a]");
	CHECK("a;!b", "[a][!|b]");
	CHECK("shell  ls $x;' ", "[shell| ls $x;' ]");
	CHECK("shell   ", "[shell|  ]");
	CHECK("shell \n", "[shell]");
	CHECK("GET 'a\nb", "[GET| 'a][b]");
	CHECK("GET 'a' b; c", "[GET|a|b][c]");
	CHECK("it's a\nb's c", "[it's|a][b's|c]");
	CHECK("repeat 2 shell a;b\nc", "[repeat|2|{[shell|a;b]}][c]");
	CHECK("a !b", "[a|!b]");
}

static void words_are_not_read_past_the_end(void **state)
{
	/* The arena gives a text of this size a block of its own, so a
	 * sanitizer detects reads past the end. */
	enum { SIZE = 528 };
	static const char *const ends[] = {
	    "!",        " !",        "@",          "@a",        "@a !",
	    "a",        "a ",        "a\\",        "$",         "send $",
	    "${",       "'",         "\"",         "\"\\",      "send \\",
	    ";",        "&",         "send &",     "#",         "\r",
	    "a\r",      "!\r",       "!a\r",       "! ",        "<",
	    "send <",   "send",      "send ",      "/",         "try",
	    "try ",     "try {",     "{",          "expect",    "as",
	    "-",        "send -",    "\xc3",       "send \xe2", "expect /",
	    "expect <", "expect \"", "repeat 2 '", "try !"};
	uint8_t text[SIZE];

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(ends) / sizeof(ends[0]); i++) {
		const char *end = ends[i / 2];
		size_t n = strlen(end);
		struct program *p = NULL;
		struct err e;

		memset(text, '\n', SIZE);
		memcpy(text + SIZE - n, end, n);
		words_parse(bytes_of(text, SIZE), "test", 1, i & 1, &grammar,
			    &p, NULL, NULL, &e);
		program_unref(p);
	}
	memset(text, '\n', SIZE);
	text[SIZE - 1] = '!';
	struct program *p = parse_bytes(bytes_of(text, SIZE));

	assert_int_equal(p->commands, 1);
	assert_int_equal(p->command->words, 0);
	program_unref(p);
}

static void words_reject_nul_and_long_text(void **state)
{
	struct program *p;
	unsigned line = 0, col = 0;
	struct err e;
	size_t len = ((size_t)64 << 20) + 1;
	uint8_t *big = calloc(1, len);

	(void)state;
	assert_non_null(big);
	assert_int_equal(words_parse(BYTES("a\nb '\0'"), "x", 5, true, &grammar,
				     &p, &line, &col, &e),
			 WORDS_BAD);
	assert_int_equal(line, 6);
	assert_int_equal(col, 4);
	assert_non_null(strstr(e.text, "NUL"));
	assert_int_equal(words_parse(bytes_of(big, len), "x", 1, true, &grammar,
				     &p, &line, &col, &e),
			 WORDS_BAD);
	assert_int_equal(e.kind, ERR_LIMIT);
	memset(big, 0xff, len);
	memcpy(big, "echo '", 6);
	assert_int_equal(words_parse(bytes_of(big, len - 1), "x", 1, true,
				     &grammar, &p, &line, &col, &e),
			 WORDS_BAD);
	assert_int_equal(col, 6);
	free(big);
}

/*
 * If the parser scanned the text again for each item, each case would take
 * minutes, more than a test may run. An item needs more memory than a byte, so
 * the cases that keep their items in the program have fewer and longer items.
 */
static void words_long_lines_are_read_once(void **state)
{
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaa"
	static const struct {
		const char *begin, *repeat, *end;
		size_t mib;
	} cases[] = {
	    {"echo ", LONG "aaaaaaa ", "b", 16},
	    {"echo ", "a", "", 4},
	    {"echo '", "a ", "'", 4},
	    {"echo \"", "\\n$x " LONG "a", "\"", 16},
	    {"echo ", "$x'" LONG "aaaa'", "", 16},
	    {"echo \"", "\r\n", "\"", 4},
	    {"", LONG "aaaaaaa;", "", 16},
	    {"repeat 2 '", LONG "aaaaaaa\n", "'", 16},
	    {"repeat 2 \"", "\\\"" LONG "\\\" \\\\n;", "\"", 16},
	    {"repeat 2 ", LONG "aaaaaaa;", "b", 16},
	    {"", "a " LONG "aaaa\\\n", "c", 16},
	    {"a ", "\\\n", "c", 4},
	    {"", "@c1 a #x " LONG "\n", "", 16},
	    /* PCRE2 takes most of the time of this case. */
	    {"expect /", "\\/ ", "/", 0},
	};
#undef LONG

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf text;
		size_t n = (cases[i].mib << 20) / strlen(cases[i].repeat);
		struct program *p;

		if (!n)
			n = 5000;
		buf_init(&text, SIZE_MAX);
		buf_puts(&text, cases[i].begin);
		while (n--)
			buf_puts(&text, cases[i].repeat);
		buf_puts(&text, cases[i].end);
		p = parse_bytes(buf_bytes(&text));
		program_unref(p);
		buf_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_split_at_blanks_and_join_pieces),
	    cmocka_unit_test(words_comments_begin_with_a_word),
	    cmocka_unit_test(words_lines_continue),
	    cmocka_unit_test(words_take_crlf_as_a_line_end),
	    cmocka_unit_test(words_escapes_are_bytes),
	    cmocka_unit_test(words_expand_variables_outside_single_quotes),
	    cmocka_unit_test(word_expand_reports_the_failed_piece),
	    cmocka_unit_test(words_targets_precede_commands),
	    cmocka_unit_test(words_regexes_are_verbatim),
	    cmocka_unit_test(words_bodies_are_programs),
	    cmocka_unit_test(words_positions_in_bodies_are_those_of_the_source),
	    cmocka_unit_test(words_bodies_nest_32_deep),
	    cmocka_unit_test(words_of_a_program_live_as_long_as_a_body),
	    cmocka_unit_test(words_options_do_not_hide_operands),
	    cmocka_unit_test(words_mark_background_commands),
	    cmocka_unit_test(words_templates_are_read_to_their_end),
	    cmocka_unit_test(words_report_malformed_templates),
	    cmocka_unit_test(words_raw_text_is_the_rest_of_the_line),
	    cmocka_unit_test(words_are_not_read_past_the_end),
	    cmocka_unit_test(words_reject_nul_and_long_text),
	    cmocka_unit_test(words_long_lines_are_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
