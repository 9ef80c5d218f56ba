/* SPDX-License-Identifier: ISC */
/*
 * Tests of `${…}` in words and in templates: keys, alternatives, lengths, and
 * errors with their positions.
 */
#include "rung/template.h"
#include "rung/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Looks up a variable. An entry is set if its key begins with x; without a key,
 * only `full` and `empty` are set. */
static int find_variable(const struct lookup *l, struct bytes name,
			 const struct bytes *key, struct buf *out,
			 struct err *e)
{
	(void)l;
	if (bytes_is(name, "wrong"))
		return err_set(e, ERR_USAGE, 0, "$wrong is wrong");
	if (!key && bytes_is(name, "full"))
		return buf_puts(out, "FULL") ? -1 : 1;
	if (!key)
		return bytes_is(name, "empty");
	if (!bytes_starts(*key, BYTES("x")))
		return 0;
	buf_put(out, name);
	buf_putc(out, '=');
	return buf_put(out, *key) ? -1 : 1;
}

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	(void)e;
	if (bytes_is(name, "nul"))
		return buf_put(out, BYTES("\0\xff"));
	if (bytes_is(name, "evil"))
		return buf_puts(out, "x]}${#full}'\"\\");
	buf_putc(out, '<');
	buf_put(out, name);
	return buf_putc(out, '>');
}

static const struct lookup lookup = {.get = get_variable,
				     .find = find_variable};

static struct program *parse(const char *text)
{
	struct program *p = NULL;
	unsigned line, col;
	struct err e;

	if (words_parse(bytes_str(text), "", 1, true, NULL, &p, &line, &col,
			&e) != WORDS_OK)
		fail_msg("%s: %u: %s", text, col, e.text);
	return p;
}

static void is(const char *word, struct bytes want)
{
	char line[256];
	struct program *p;
	struct buf out;
	struct err e;

	snprintf(line, sizeof(line), "a %s", word);
	p = parse(line);
	assert_int_equal(p->command->words, 1);
	buf_init(&out, BUF_SMALL);
	if (word_expand(p->command->word, &lookup, &out, NULL, &e))
		fail_msg("%s: %s", word, e.text);
	if (!bytes_equal(buf_bytes(&out), want))
		fail_msg("%s is '%s'", word, buf_cstr(&out));
	buf_fini(&out);
	program_unref(p);
}

static void bad(const char *text, unsigned want, const char *words)
{
	struct program *p = NULL;
	unsigned line = 0, col = 0;
	struct err e;

	if (words_parse(bytes_str(text), "", 1, true, NULL, &p, &line, &col,
			&e) != WORDS_BAD)
		fail_msg("%s is taken", text);
	if (col != want || !strstr(e.text, words))
		fail_msg("%s: %u: %s", text, col, e.text);
}

static void brace_contains_a_key(void **state)
{
	(void)state;
	is("${m[x]}", BYTES("m=x"));
	is("a${m[xa b]}c", BYTES("am=xa bc"));
	is("${m[x\"] }\"]}", BYTES("m=x] }"));
	is("${m[x'$a\\']}", BYTES("m=x$a\\"));
	is("${m[x\\x00\\]]}", BYTES("m=x\0]"));
	is("\"${m[\"x\"]}\"", BYTES("m=x"));
	is("${m[x${m[xx]}]}", BYTES("m=xm=xx"));
	is("${m[x}]}", BYTES("m=x}"));
	/* Without braces a bracket is an ordinary character. */
	is("$m[x]", BYTES("<m>[x]"));
}

static void brace_keys_are_data(void **state)
{
	(void)state;
	is("${m[x$nul]}", BYTES("m=x\0\xff"));
	is("${m[$evil]}", BYTES("m=x]}${#full}'\"\\"));
	is("${m[x]:+$evil}", BYTES("x]}${#full}'\"\\"));
}

static void brace_gives_an_alternative(void **state)
{
	(void)state;
	is("${full:-x y}", BYTES("FULL"));
	is("${none:-x y}", BYTES("x y"));
	is("${empty:-x}", BYTES("x"));
	is("${none:-}", BYTES(""));
	is("${none:-$a$b}", BYTES("<a><b>"));
	is("${none:-\"\\r}\"'$'\\}}", BYTES("\r}$}"));
	is("${none:-${m[a]:-${m[x]}}}", BYTES("m=x"));
	is("${m[a]:--1}", BYTES("-1"));
	is("${full:+x}", BYTES("x"));
	is("${none:+x}", BYTES(""));
	is("${empty:+x}", BYTES(""));
}

static void brace_gives_a_length(void **state)
{
	(void)state;
	is("${#a}", BYTES("3"));
	is("${#nul}", BYTES("2"));
	is("${#m[x]}", BYTES("3"));
	is("${#empty:-none}", BYTES("0"));
	is("${#none:-none}", BYTES("none"));
	is("${#empty:+x}", BYTES("x"));
}

static void brace_works_in_a_template(void **state)
{
	struct template *t;
	struct buf out;
	size_t bad_at = 0;
	struct err e;

	(void)state;
	t = template_parse(
	    BYTES("u8=${none:-7} n:\"a${m[x>]}\" ${m[x]} u8=len(n)"), &bad_at,
	    &e);
	assert_non_null(t);
	assert_false(template_constant(t));
	buf_init(&out, BUF_SMALL);
	assert_int_equal(template_build(t, &lookup, &out, &bad_at, &e), 0);
	assert_true(bytes_equal(buf_bytes(&out), BYTES("\7am=x>m=x\5")));
	buf_fini(&out);
	template_unref(t);
	assert_null(template_parse(BYTES("00 u8=${m[x}"), &bad_at, &e));
	assert_int_equal(bad_at, 9);
	t = template_parse(BYTES("00 ${m[none]}"), &bad_at, &e);
	assert_non_null(t);
	assert_int_equal(template_build(t, &lookup, &out, &bad_at, &e), -1);
	assert_int_equal(bad_at, 3);
	template_unref(t);
}

static void brace_errors_have_a_position(void **state)
{
	(void)state;
	bad("a ${m[x}", 6, "[ without ]");
	bad("a ${m[x]", 3, "${ without }");
	bad("a ${m[x]y}", 9, "after the ]");
	bad("a ${m[x\n]}", 6, "[ without ]");
	bad("a ${m['x]}", 7, "unmatched '");
	bad("a ${m[\\q]}", 7, "escape");
	bad("a ${m[\\", 7, "lone backslash");
	bad("a ${a-b[x]}", 6, "a name with a key");
	bad("a ${m:x}", 6, "after the name");
	bad("a ${m:", 6, "after the name");
	bad("a ${m:-x", 3, "${ without }");
	bad("a ${m:-$}", 8, "no name after");
	bad("a ${m:-${m[}}", 11, "[ without ]");
	bad("a ${#}", 3, "no variable name");
	bad("a ${", 3, "${ without }");
	bad("a \"${m[x}\"", 10, "unmatched \"");
}

static void brace_reports_unset_variables(void **state)
{
	struct program *p = parse("a b ${m[a\\n]}");
	struct buf out;
	unsigned col = 0;
	struct err e;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(
	    word_expand(&p->command->word[1], &lookup, &out, &col, &e), -1);
	assert_int_equal(col, 5);
	assert_string_equal(e.text, "${m[a\\x0a]} is not set; use 'let m[KEY] "
				    "VALUE', or ${m[KEY]:-TEXT} for a default");
	program_unref(p);
	p = parse("a ${wrong:-x}");
	assert_int_equal(word_expand(p->command->word, &lookup, &out, &col, &e),
			 -1);
	assert_string_equal(e.text, "$wrong is wrong");
	assert_int_equal(word_expand(p->command->word, NULL, &out, &col, &e),
			 -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_fini(&out);
	program_unref(p);
}

static void brace_values_are_limited(void **state)
{
	static const char *const all[] = {"a ${m[xxxx]}", "a ${#m[xxxxxxxx]}",
					  "a ${none:-xxxx}", NULL};
	struct buf out;
	struct err e;

	(void)state;
	for (size_t i = 0; all[i]; i++) {
		struct program *p = parse(all[i]);

		buf_init(&out, 3);
		e.kind = ERR_NONE;
		assert_int_equal(
		    word_expand(p->command->word, &lookup, &out, NULL, &e), -1);
		buf_fini(&out);
		program_unref(p);
	}
}

static void brace_nests_16_deep(void **state)
{
	(void)state;
	for (int deep = 16; deep <= 100000; deep += deep < 18 ? 1 : 9999) {
		struct program *p = NULL;
		struct buf text;
		struct err e;

		buf_init(&text, SIZE_MAX);
		buf_puts(&text, "a ");
		for (int i = 0; i < deep; i++)
			buf_puts(&text, "${m:-");
		for (int i = 0; i < deep; i++)
			buf_puts(&text, "}");
		assert_int_equal(words_parse(buf_bytes(&text), "", 1, true,
					     NULL, &p, NULL, NULL, &e),
				 deep > 17 ? WORDS_BAD : WORDS_OK);
		program_unref(p);
		buf_fini(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(brace_contains_a_key),
	    cmocka_unit_test(brace_keys_are_data),
	    cmocka_unit_test(brace_gives_an_alternative),
	    cmocka_unit_test(brace_gives_a_length),
	    cmocka_unit_test(brace_works_in_a_template),
	    cmocka_unit_test(brace_errors_have_a_position),
	    cmocka_unit_test(brace_reports_unset_variables),
	    cmocka_unit_test(brace_values_are_limited),
	    cmocka_unit_test(brace_nests_16_deep),
	};

	return cmocka_run_group_tests_name("brace", tests, NULL, NULL);
}
