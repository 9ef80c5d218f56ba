/* SPDX-License-Identifier: ISC */
/*
 * Tests of patterns: a stream gives the same match however its input is cut,
 * limits hold, and patterns are printed as they were typed. words_test.c tests
 * how they are parsed.
 *
 * Long: all kinds use the same table of streams and their cuts.
 */
#include "rung/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct pair {
	const char *source, *flags; /* flags NULL: the source is a literal */
	struct bytes text;
	int start, end; /* start -1: no match; end -1: depends on the cut */
};

/* BYTES() as a constant initializer. */
/* clang-format off */
#define B(lit) {(const uint8_t *)(lit), sizeof(lit) - 1}
#define LIT(s, text, start, end) {s, NULL, B(text), start, end}
#define RE(s, flags, text, start, end) {s, flags, B(text), start, end}
/* clang-format on */

static const struct pair pairs[] = {
    LIT("OK", "xxOKyy", 2, 4),
    LIT("aab", "aaaab", 2, 5),
    LIT("abcabd", "abcabcabd", 3, 9),
    LIT("aaaa", "aaabaaa", -1, -1),
    LIT("x", "", -1, -1),
    RE("ok (\\d+)\\r?\\n", "", "ok 12\r\n", 0, 7),
    RE("ok (\\d+)\\r?\\n", "", "no\nok 3\nok 4\n", 3, 8),
    RE("END", "i", "the end", 4, 7),
    RE("a.c", "", "a\nc abc", 4, 7),
    RE("a.c", "s", "a\nc abc", 0, 3),
    RE("^b", "m", "a\nb", 2, 3),
    RE("^b", "", "ab\nb", -1, -1),
    RE("^a", "", "ab", 0, 1),
    RE("\\Ab", "", "ab", -1, -1),
    RE("a$", "", "a a\na", 4, 5),
    RE("a$", "m", "ab a\nb", 3, 4),
    RE("a$", "", "a\n", 0, 1),
    RE("a\\z", "", "a a", 2, 3),
    RE("a\\Z", "", "a\nb a\n", 4, 5),
    RE("abc\\b", "", "abcd abc.", 5, 8),
    RE("\\bfoo\\b", "", "foobar foo", 7, 10),
    RE("\\Bb", "", "b ab", 3, 4),
    RE("x.+a\\b", "s", "x12ab", -1, -1),
    RE("abc(?!de)", "", "abcde abcd", 6, 9),
    RE("abc(?=de)", "", "abcd abcde", 5, 8),
    RE("(?<=12)x", "", "x1x12x", 5, 6),
    RE("(?<!a)b", "", "abab b", 5, 6),
    RE("(?<=(?<=a)b)c", "", "bc abc", 5, 6),
    RE("(?<=(?<=(?<=a)b)c)d", "", "bcd abcd", 7, 8),
    RE("(?<=(?<=\\ba)b)c", "", "xabc abc", 7, 8),
    RE("x.*y|b", "s", "xab", 2, 3),
    RE("x.*y|b", "s", "xab y", 0, 5),
    RE("x.*y|b", "", "xab\ny", 2, 3),
    RE("\\d{3}", "", "1 12 123", 5, 8),
    RE("(a|ab)(c|bcd)(d*)", "", "abcd", 0, -1),
    RE("foo\\Kbar", "", "foofoobar", 6, 9),
    RE("a\\0b", "", "xa\0b", 1, 4),
    RE("[\\x80-\\xff]+\\n", "", "a\x80\xff\n", 1, 4),
    RE("x*", "", "", 0, 0),
    RE("x*", "", "aaa", 0, 0),
    RE("", "", "abc", 0, 0),
    RE("$", "", "abc", 3, 3),
    RE("^$", "m", "a\n\nb", 2, 2),
    RE("^$", "", "", 0, 0),
    RE("\n^b$", "m", "b a\nb\nc", 3, 5),
    RE("^$", "m", "a\n", 2, 2),
    RE("^\\s*$", "", "a", -1, -1),
    RE("a b # c", "x", "ab", 0, 2),
    RE("(?>a+)b", "", "aaab", 0, 4),
    RE("(?:ab)++a", "", "abab", -1, -1),
    RE("q", "", "aaa", -1, -1),
    RE("(\\w+) \\1\\n", "", "ab ac ac\n", 3, 9),
    RE("\\R$", "", "a\r\n", 1, 3),
    RE("login: |\\$ ", "", "motd\nlogin: ", 5, 12),
};

static struct match *make(const struct pair *p)
{
	struct err e;
	struct match *m = p->flags ? match_regex(bytes_str(p->source),
						 bytes_str(p->flags), &e)
				   : match_literal(bytes_str(p->source), &e);

	if (!m)
		fail_msg("/%s/: %s", p->source, e.text);
	return m;
}

/* Current bytes of a stream, and the number of discarded bytes before them. */
struct stream {
	uint8_t *window;
	size_t gone, len, from;
};

/* Allocates memory of the exact size, so that a sanitizer detects reads past
 * the end. */
static void stream_add(struct stream *s, struct bytes piece)
{
	uint8_t *window = malloc(s->len + piece.len + 1);

	assert_non_null(window);
	if (s->len)
		memcpy(window, s->window, s->len);
	if (piece.len)
		memcpy(window + s->len, piece.at, piece.len);
	s->len += piece.len;
	free(s->window);
	s->window = malloc(s->len ? s->len : 1);
	assert_non_null(s->window);
	memcpy(s->window, window, s->len);
	free(window);
}

static void stream_drop(struct stream *s, size_t n)
{
	assert_true(n <= s->len);
	memmove(s->window, s->window + n, s->len - n);
	s->len -= n;
	s->gone += n;
	s->from -= n;
}

static enum match_result stream_find(struct match *m, struct stream *s,
				     bool final, struct match_found *found)
{
	size_t before = s->from;
	struct err e;
	enum match_result r = match_find(m, bytes_of(s->window, s->len),
					 &s->from, final, found, &e);

	assert_int_not_equal(r, MATCH_FAIL);
	if (r == MATCH_YES) {
		assert_true(found->start <= found->end);
		assert_true(found->end <= s->len);
	} else {
		assert_true(s->from >= before && s->from <= s->len);
		if (final)
			assert_int_equal(r, MATCH_NO);
	}
	return r;
}

/* Feeds `text` in pieces of `every` bytes, or in two, cut at `cut`. `drop`:
 * discard bytes that match_keep_from() does not need. */
static void check(const struct pair *p, struct match *m, size_t cut,
		  size_t every, bool drop)
{
	struct stream s = {.window = NULL};
	enum match_result r = MATCH_NO;
	struct match_found found = {.start = 0};

	stream_add(&s, BYTES_NONE);
	for (size_t at = 0; at < p->text.len && r != MATCH_YES;) {
		size_t to = every ? at + every : at < cut ? cut : p->text.len;

		if (to > p->text.len)
			to = p->text.len;
		stream_add(&s, bytes_of(p->text.at + at, to - at));
		at = to;
		r = stream_find(m, &s, false, &found);
		if (r != MATCH_YES && drop)
			stream_drop(&s, match_keep_from(m, s.from));
	}
	if (r != MATCH_YES)
		r = stream_find(m, &s, true, &found);

	long start = r == MATCH_YES ? (long)(found.start + s.gone) : -1;
	long end = r == MATCH_YES ? (long)(found.end + s.gone) : -1;

	if (start != p->start || (p->end >= 0 && end != p->end))
		fail_msg("/%s/ cut at %zu, every %zu, drop %d: [%ld,%ld), not "
			 "[%d,%d)",
			 p->source, cut, every, drop, start, end, p->start,
			 p->end);
	free(s.window);
}

static void match_find_does_not_depend_on_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct pair *p = &pairs[i];
		struct match *m = make(p);

		for (int drop = 0; drop < 2; drop++) {
			for (size_t cut = 0; cut <= p->text.len; cut++)
				check(p, m, cut, 0, drop);
			for (size_t every = 1; every < 4; every++)
				check(p, m, 0, every, drop);
		}
		match_unref(m);
	}
}

static struct match *regex(const char *source, const char *flags)
{
	struct err e;
	struct match *m = match_regex(bytes_str(source), bytes_str(flags), &e);

	if (!m)
		fail_msg("/%s/: %s", source, e.text);
	return m;
}

static enum match_result find(struct match *m, const char *text, bool final,
			      size_t *from, struct match_found *found)
{
	*from = 0;
	return match_find(m, bytes_str(text), from, final, found, NULL);
}

static void match_does_not_wait_for_a_longer_match(void **state)
{
	static const struct {
		const char *source, *text;
		size_t end;
	} cases[] = {
	    {"\\d+", "12", 2},
	    {"ab|abcd", "ab", 2},
	    {"a.*", "abc", 3},
	    {"abcd|ab", "abc", 2},
	    {"x*", "", 0},
	    {"x*", "xx", 2},
	    {"\\bfoo \\d+", "foo 12", 6},
	    {"\\bfoo.*", "foo bar", 7},
	    {"\\bpassword: ?", "password:", 9},
	    {"\\b(\\Qa.+\\E)? ?\\Q:", "a.+:", 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct match *m = regex(cases[i].source, "");
		struct match_found found;
		size_t from;

		assert_int_equal(find(m, cases[i].text, false, &from, &found),
				 MATCH_YES);
		assert_int_equal(found.end, cases[i].end);
		match_unref(m);
	}
}

static void match_waits_if_more_bytes_could_undo_it(void **state)
{
	static const struct {
		const char *source, *flags, *text;
		size_t from;
	} cases[] = {
	    {"foo\\b", "", "a foo", 2}, {"\\d+\\b", "", "12", 0},
	    {"a$", "", "ba", 1},        {"a$", "m", "ba", 1},
	    {"a$", "", "ba\n", 1},      {"a\\z", "", "ba", 1},
	    {"a\\Z", "", "ba\n", 1},    {"ab(?!c)", "", "xab", 1},
	    {"x.*y|b", "s", "xab", 0},  {"abc", "", "xxab", 2},
	    {"$", "", "abc", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct match *m = regex(cases[i].source, cases[i].flags);
		struct match_found found;
		size_t from;
		enum match_result r = find(m, cases[i].text, false, &from,
					   &found);

		if (r != MATCH_PARTIAL || from != cases[i].from)
			fail_msg("/%s/ on '%s': %d from %zu", cases[i].source,
				 cases[i].text, (int)r, from);
		match_unref(m);
	}
}

static void match_returns_groups_and_null_for_unset_ones(void **state)
{
	struct match *m = regex("(a)|(b)(c)?|(d)", "");
	struct match_found found;
	size_t from;

	(void)state;
	assert_int_equal(find(m, "xb.", false, &from, &found), MATCH_YES);
	assert_true(bytes_is(found.group[0], "b"));
	assert_null(found.group[1].at);
	assert_true(bytes_is(found.group[2], "b"));
	assert_null(found.group[3].at);
	assert_null(found.group[4].at);
	assert_null(found.group[9].at);
	match_unref(m);

	m = regex("(1)(2)(3)(4)(5)(6)(7)(8)(9)(0)(x*)", "");
	assert_int_equal(find(m, "1234567890", true, &from, &found), MATCH_YES);
	assert_true(bytes_is(found.group[9], "9"));
	match_unref(m);

	m = regex("a(x*)b", "");
	assert_int_equal(find(m, "ab", true, &from, &found), MATCH_YES);
	assert_non_null(found.group[1].at);
	assert_int_equal(found.group[1].len, 0);
	match_unref(m);
}

static void match_begins_reads_only_the_beginning(void **state)
{
	struct match *re = regex("ab+c", "");
	struct match *lit = match_literal(BYTES("abc"), NULL);
	struct match *both[] = {re, lit};
	struct match_found found;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct match *m = both[i];

		assert_int_equal(
		    match_begins(m, BYTES("abcd"), false, NULL, &found, NULL),
		    MATCH_YES);
		assert_int_equal(found.end, 3);
		assert_int_equal(
		    match_begins(m, BYTES("xabc"), false, NULL, &found, NULL),
		    MATCH_NO);
		assert_int_equal(
		    match_begins(m, BYTES("ab"), false, NULL, &found, NULL),
		    MATCH_PARTIAL);
		assert_int_equal(
		    match_begins(m, BYTES("ab"), true, NULL, &found, NULL),
		    MATCH_NO);
		assert_int_equal(
		    match_begins(m, BYTES_NONE, false, NULL, &found, NULL),
		    MATCH_PARTIAL);
		assert_int_equal(
		    match_begins(m, BYTES_NONE, true, NULL, &found, NULL),
		    MATCH_NO);
		match_unref(m);
	}
}

static void match_regex_errors_have_an_offset(void **state)
{
	struct err e;

	(void)state;
	assert_null(match_regex(BYTES("a(b"), BYTES_NONE, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(e.code, 3);
	assert_string_equal(e.text, "expression: missing closing parenthesis");
	assert_null(match_regex(BYTES("ab*{"), BYTES("g"), &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_int_equal(e.code, 5);
	assert_null(match_regex(BYTES("(*UTF)a"), BYTES_NONE, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_null(match_literal(BYTES_NONE, &e));
	assert_int_equal(e.kind, ERR_USAGE);
	assert_null(match_regex(BYTES("["), BYTES_NONE, NULL));
}

static void match_too_costly_fails_with_limit(void **state)
{
	struct match *m = regex("^(a+)+$", "");
	char text[64];
	size_t from = 0;
	struct match_found found;
	struct err e = {.kind = ERR_NONE};

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = 'b';
	assert_int_equal(match_find(m, bytes_of(text, sizeof(text)), &from,
				    true, &found, &e),
			 MATCH_FAIL);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "too costly"));
	/* The pattern still works after the error. */
	from = 0;
	assert_int_equal(match_find(m, BYTES("aaa"), &from, true, &found, &e),
			 MATCH_YES);
	match_unref(m);
}

/* The search exceeds the limit at many positions together, though at no single
 * one: PCRE2 counts steps per position, and does not count the duration of a
 * step. */
static void match_costly_at_many_positions_fails_with_limit(void **state)
{
	static const char *const sources[] = {"(?:1|2)+ms", "(?<!x)\\d+y",
					      "\\w*\\d*:", "(1+1+)+x$"};
	const size_t len = (size_t)1 << 20;
	uint8_t *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, '1', len);
	text[100000] = text[len - 1] = '\n';
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		struct match *m = regex(sources[i], "");
		struct err e = {.kind = ERR_NONE};
		size_t from = 0;
		struct match_found found;

		assert_int_equal(match_find(m, bytes_of(text, len), &from,
					    false, &found, &e),
				 MATCH_FAIL);
		assert_int_equal(e.kind, ERR_LIMIT);
		match_unref(m);
	}
	free(text);
}

/* Replaces clock(3): only the number of steps counts in these tests, not the
 * speed of the machine. */
clock_t clock(void)
{
	return 0;
}

#define ALLOWED    ((uint64_t)1 << 16)
#define PLACE_MOST ((uint64_t)8 << 20)

/* Calls match_find_on() until the search ends, and counts the calls in *calls.
 * One call uses at most its allowance plus the steps of one position. */
static enum match_result find_in_turns(struct match *m, struct bytes window,
				       size_t *from, struct match_found *out,
				       struct err *e, unsigned *calls)
{
	uint64_t left, before;
	struct match_steps steps = {.left = &left};
	enum match_result r;

	*calls = 0;
	do {
		before = steps.taken;
		left = ALLOWED;
		r = match_find_on(m, window, from, true, &steps, out, e);
		++*calls;
		if (r == MATCH_MORE) {
			assert_int_equal(left, 0);
			assert_true(steps.taken - before >= ALLOWED);
			assert_true(steps.taken - before <
				    ALLOWED + PLACE_MOST);
		}
	} while (r == MATCH_MORE);
	return r;
}

static void match_search_continues_where_it_stopped(void **state)
{
	static const char *const sources[] = {"\\w+\\d", "(\\w+)\\s\\w+!",
					      "a*b\\b", "(?:a|b)*\\n\\d"};
	const size_t len = 8000;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	memcpy(text + 5000, " aaab \n1 aa!\na1", 16);
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		struct match *m = regex(sources[i], "");
		struct match_found whole, found;
		struct err e;
		size_t from = 0;
		unsigned calls;

		assert_int_equal(
		    match_find(m, bytes_of(text, len), &from, true, &whole, &e),
		    MATCH_YES);
		from = 0;
		assert_int_equal(find_in_turns(m, bytes_of(text, len), &from,
					       &found, &e, &calls),
				 MATCH_YES);
		assert_true(calls > 1);
		assert_int_equal(found.start, whole.start);
		assert_int_equal(found.end, whole.end);
		match_unref(m);
	}
	free(text);
}

static void match_search_in_turns_has_a_limit(void **state)
{
	struct match *m = regex("\\w+\\d", "i");
	const size_t len = 60000;
	char *text = malloc(len);
	struct match_found found;
	struct err e = {.kind = ERR_NONE};
	size_t from = 0;
	unsigned calls;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', len);
	assert_int_equal(
	    find_in_turns(m, bytes_of(text, len), &from, &found, &e, &calls),
	    MATCH_FAIL);
	assert_true(calls > 1000);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(
	    e.text,
	    "/\\w+\\d/i is too costly on this input; simplify the repeats");
	match_unref(m);
	free(text);
}

static void match_small_search_needs_no_allowance(void **state)
{
	struct match *m = regex("\\w+\\d", "");
	char text[4000];
	struct match_found found;
	uint64_t left = 0;
	struct match_steps steps = {.left = &left};
	size_t from = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(match_find_on(m, BYTES("--abc1"), &from, true, &steps,
				       &found, NULL),
			 MATCH_YES);
	from = 0;
	assert_int_equal(match_find_on(m, bytes_of(text, sizeof(text)), &from,
				       true, &steps, &found, NULL),
			 MATCH_MORE);
	assert_true(steps.taken < 10000);
	match_unref(m);
}

/* A window is searched in spans: some matches cross the end of a span, others
 * are longer than a span. */
static void match_finds_across_spans(void **state)
{
	static const struct {
		const char *source, *text;
		size_t at;
	} cases[] = {
	    {"foo.*bar", "foo1bar", 0},    {"\\bfoo\\b", "foo ", 0},
	    {"(?<=foo)bar", "foobar", 3},  {"^bar\\n", "\nbar\n", 1},
	    {"[a-f]+o(?=ba)", "fobar", 0}, {"o$", "foo\n", 2},
	    {"foo[^.]b", "foo", 99},       {"(\\w)\\1o", "x offo", 3},
	};
	const size_t len = 20000;
	uint8_t *text = malloc(len);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct match *m = regex(cases[i].source, "m");
		size_t n = strlen(cases[i].text);

		for (size_t at = 4080; at < 4100; at++) {
			size_t from = 0, place = at + cases[i].at;
			struct match_found found;
			enum match_result r;

			memset(text, '.', len);
			memcpy(text + at, cases[i].text, n);
			r = match_find(m, bytes_of(text, len), &from, true,
				       &found, NULL);
			if (cases[i].at == 99) {
				assert_int_equal(r, MATCH_NO);
				continue;
			}
			assert_int_equal(r, MATCH_YES);
			assert_int_equal(found.start, place);
		}
		match_unref(m);
	}
	free(text);
}

static void match_longer_than_a_span_is_found(void **state)
{
	const size_t len = (size_t)2 << 20;
	uint8_t *text = malloc(len);
	struct match *m = regex("foo.*bar|fo[^q]+?END", "s");
	size_t from = 0;
	struct match_found found;

	(void)state;
	assert_non_null(text);
	memset(text, '.', len);
	memcpy(text + 5000, "foo", 3);
	memcpy(text + 9000, "foo", 3);
	memcpy(text + len - 4, "bar.", 4);
	assert_int_equal(
	    match_find(m, bytes_of(text, len - 2), &from, false, &found, NULL),
	    MATCH_PARTIAL);
	assert_int_equal(from, 5000);
	assert_int_equal(
	    match_find(m, bytes_of(text, len), &from, false, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.start, 5000);
	assert_int_equal(found.end, len - 1);
	memset(text + len - 4, '.', 4);
	from = 0;
	assert_int_equal(
	    match_find(m, bytes_of(text, len), &from, true, &found, NULL),
	    MATCH_NO);
	match_unref(m);
	free(text);
}

static void match_regex_names_its_groups(void **state)
{
	struct match *m = match_regex(
	    BYTES("(?<num>\\d+)(?<unit>k|M)?()()()()()()()()(?<far>x)"),
	    BYTES_NONE, NULL);
	size_t from = 0;
	struct match_found found;

	(void)state;
	assert_int_equal(
	    match_find(m, BYTES("a12Mx 3x"), &from, true, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.named_count, 3);
	assert_true(bytes_is(found.named[0].name, "far"));
	assert_true(bytes_is(found.named[0].value, "x"));
	assert_true(bytes_is(found.named[1].value, "12"));
	assert_true(bytes_is(found.named[2].name, "unit"));
	assert_true(bytes_is(found.named[2].value, "M"));
	assert_true(bytes_is(found.group[2], "M"));
	from = 5;
	assert_int_equal(
	    match_find(m, BYTES("a12Mx 3x"), &from, true, &found, NULL),
	    MATCH_YES);
	assert_null(found.named[2].value.at);
	assert_null(found.group[2].at);
	match_unref(m);
	/* If two groups have the same name, the group that matched sets the
	 * variable. */
	m = match_regex(BYTES("(?J)(?<v>a)|(?<v>b)\\b"), BYTES_NONE, NULL);
	from = 0;
	assert_int_equal(match_find(m, BYTES("b-"), &from, false, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.named_count, 1);
	assert_true(bytes_is(found.named[0].value, "b"));
	match_unref(m);
	m = match_literal(BYTES("b"), NULL);
	from = 0;
	assert_int_equal(match_find(m, BYTES("b"), &from, false, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.named_count, 0);
	match_set_max_length(m, 5);
	match_unref(m);
}

static void match_literal_finds_nul_and_is_counted(void **state)
{
	struct match *m = match_literal(BYTES("a\0b"), NULL);
	size_t from = 0;
	struct match_found found;

	(void)state;
	assert_ptr_equal(match_ref(m), m);
	match_unref(m);
	assert_int_equal(
	    match_find(m, BYTES("a\0ca\0b"), &from, false, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.start, 3);
	assert_true(bytes_equal(match_text(m), BYTES("a\0b")));
	match_unref(m);
	match_unref(NULL);
}

/* Searches 64 MiB in pieces of 64 KiB, with the match at the end. A search that
 * started again with each piece would read 32 GiB. */
static void match_searches_a_long_stream_once(void **state)
{
	const size_t whole = (size_t)64 << 20, piece = 64 << 10;
	uint8_t *text = malloc(whole);
	struct match *all[] = {regex("done (\\d+)\\n", ""),
			       match_literal(BYTES("done 7\n"), NULL),
			       regex("\\bd[a-z]+ \\d\\n", "")};

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < whole; i++)
		text[i] = (uint8_t) "0123456789 don dox\n"[i % 19];
	memcpy(text + whole - 8, " done 7\n", 8);
	for (size_t i = 0; i < 3; i++) {
		struct match_found found;
		size_t from = 0, at = 0;
		enum match_result r = MATCH_NO;

		while (r != MATCH_YES && at < whole) {
			at += piece;
			r = match_find(all[i], bytes_of(text, at), &from, false,
				       &found, NULL);
		}
		assert_int_equal(r, MATCH_YES);
		assert_int_equal(found.end, whole);
		match_unref(all[i]);
	}
	free(text);
}

/* A comparison of the literal's long prefix at each position would take
 * quadratic time. */
static void match_literal_with_many_beginnings_stays_cheap(void **state)
{
	const size_t n = (size_t)1 << 20;
	uint8_t *text = malloc(2 * n);
	struct match_found found;
	size_t from = 0;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', 2 * n);
	text[n - 1] = 'b';

	struct match *m = match_literal(bytes_of(text, n), NULL);

	text[n - 1] = 'a';

	for (size_t len = n / 2; len < 2 * n; len += n / 64)
		assert_int_equal(match_find(m, bytes_of(text, len), &from,
					    false, &found, NULL),
				 MATCH_PARTIAL);
	text[2 * n - 1] = 'b';
	assert_int_equal(
	    match_find(m, bytes_of(text, 2 * n), &from, false, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.start, n);
	match_unref(m);
	free(text);
}

static void match_prints_as_it_was_typed(void **state)
{
	static const struct {
		struct bytes source;
		const char *flags, *shown;
	} cases[] = {
	    {B("a/b"), "im", "/a\\/b/im"},
	    {B("a\\/b"), "", "/a\\/b/"},
	    {B("\\\\/"), "", "/\\\\\\//"},
	    {B("ok \\d+\\n"), "", "/ok \\d+\\n/"},
	    {B("a\nb"), "", "/a\\x0ab/"},
	    {B("a\\\nb"), "", "/a\\x0ab/"},
	    {B("\0\x1b\xff"), "", "/\\x00\\x1b\\xff/"},
	    {B("\xc3\xa9"), "", "/\xc3\xa9/"},
	    {B("a\0\"$\n"), NULL, "\"a\\0\\\"\\$\\n\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct match *m = cases[i].flags
				      ? match_regex(cases[i].source,
						    bytes_str(cases[i].flags),
						    NULL)
				      : match_literal(cases[i].source, NULL);
		struct buf out;

		buf_init(&out, BUF_SMALL);
		assert_non_null(m);
		match_print(m, &out);
		assert_string_equal(buf_cstr(&out), cases[i].shown);
		assert_int_equal(match_text(m).len,
				 cases[i].flags ? 0 : cases[i].source.len);
		buf_fini(&out);
		match_unref(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(match_find_does_not_depend_on_cuts),
	    cmocka_unit_test(match_does_not_wait_for_a_longer_match),
	    cmocka_unit_test(match_waits_if_more_bytes_could_undo_it),
	    cmocka_unit_test(match_returns_groups_and_null_for_unset_ones),
	    cmocka_unit_test(match_begins_reads_only_the_beginning),
	    cmocka_unit_test(match_regex_errors_have_an_offset),
	    cmocka_unit_test(match_too_costly_fails_with_limit),
	    cmocka_unit_test(match_costly_at_many_positions_fails_with_limit),
	    cmocka_unit_test(match_search_continues_where_it_stopped),
	    cmocka_unit_test(match_search_in_turns_has_a_limit),
	    cmocka_unit_test(match_small_search_needs_no_allowance),
	    cmocka_unit_test(match_finds_across_spans),
	    cmocka_unit_test(match_longer_than_a_span_is_found),
	    cmocka_unit_test(match_regex_names_its_groups),
	    cmocka_unit_test(match_literal_finds_nul_and_is_counted),
	    cmocka_unit_test(match_searches_a_long_stream_once),
	    cmocka_unit_test(match_literal_with_many_beginnings_stays_cheap),
	    cmocka_unit_test(match_prints_as_it_was_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
