/* SPDX-License-Identifier: ISC */
/*
 * Tests of the inbox search: which match wins, which data is searched again,
 * which is discarded. match_test.c tests the patterns.
 */
#include "rung/search.h"
#include "tests/lib/shells.h"

#define PATTERNS_MAX 6

struct bench {
	struct world *w;
	struct session *s;
	struct search seek;
	struct search_hit what;
	struct arg patterns;
	struct value value[PATTERNS_MAX];
	struct err e;
	uint64_t left; /* number of steps left */
};

/* Prepares a search. `/…` is a regular expression; `eof` and `close` are
 * keywords. */
static void open_bench(struct bench *b, void **state, const char *frame,
		       const char *const *patterns)
{
	*b = (struct bench){.w = *state};
	run(b->w, "listen :0 as s; connect $s.addr as c");
	if (frame)
		run(b->w, frame);
	b->s = hub_find(&b->w->hub, BYTES("c"), NULL);
	assert_non_null(b->s);
	b->patterns.at = b->value;
	for (; *patterns; patterns++) {
		struct bytes text = bytes_str(*patterns);
		struct match *m = **patterns == '/'
				      ? match_regex(bytes_skip(text, 1),
						    BYTES_NONE, &b->e)
				      : match_literal(text, &b->e);
		assert_non_null(m);
		b->value[b->patterns.n++].match = m;
	}
	b->left = UINT64_MAX;
	search_init(&b->seek, b->s, &b->patterns, &b->left);
}

#define OPEN(b, state, frame, ...) \
	open_bench(b, state, frame, (const char *const[]){__VA_ARGS__, NULL})

static void shut(struct bench *b)
{
	for (size_t i = 0; i < b->patterns.n; i++)
		match_unref(b->value[i].match);
	search_fini(&b->seek);
}

static void came(struct bench *b, struct bytes data)
{
	b->s->bytes[DIR_UP] += data.len;
	assert_true(inbox_put(&b->s->inbox, &(struct unit){.data = data}, 0,
			      BYTES_NONE));
}

static enum search_result look(struct bench *b)
{
	return search_run(&b->seek, &b->what, &b->e);
}

static void finds(struct bench *b, const char *match, const char *taken,
		  const char *rest)
{
	struct bytes left = BYTES_NONE;
	bool whole;
	assert_int_equal(look(b), SEARCH_FOUND);
	assert_true(bytes_is(b->what.found.group[0], match));
	assert_true(bytes_is(b->what.taken, taken));
	search_take(&b->seek, &b->what);
	inbox_front(&b->s->inbox, &left, &whole);
	assert_true(bytes_is(left, rest));
}

static void search_consumes_up_to_the_match(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "two");
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	came(&b, BYTES("one t"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	assert_int_equal(inbox_len(&b.s->inbox), 5);
	came(&b, BYTES("wo three"));
	finds(&b, "two", "one two", " three");
	shut(&b);
}

static void search_finds_first_complete_match(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "x", "abcd", "/b(c)", "b", "zz");
	came(&b, BYTES("-abcdx"));
	finds(&b, "b", "-ab", "cdx");
	assert_int_equal(b.seek.matched, 3);
	shut(&b);
}

static void search_finds_excluded_patterns(void **state)
{
	struct bench b;
	struct value not [5];
	OPEN(&b, state, NULL, "yes", "no", "n", "never", "nothing");
	/* All five are excluded and wanted; the wanted "n" wins the tie. */
	memcpy(not, b.value, sizeof not );
	struct arg nots = {.n = 5, .at = not };
	search_exclude(&b.seek, &nots);
	came(&b, BYTES("no"));
	finds(&b, "n", "n", "o");
	assert_false(b.seek.excluded);
	assert_int_equal(b.seek.matched, 2);
	search_fini(&b.seek);

	b.patterns.n = 2;
	search_init(&b.seek, b.s, &b.patterns, &b.left);
	search_exclude(&b.seek, &nots);
	came(&b, BYTES("-n"));
	assert_int_equal(look(&b), SEARCH_FOUND);
	assert_true(b.seek.excluded);
	assert_int_equal(b.seek.matched, 4);
	b.patterns.n = 5;
	shut(&b);
}

static void search_without_patterns_finds_any_data(void **state)
{
	struct bench b;
	const char *none = NULL;
	open_bench(&b, state, NULL, &none);
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	came(&b, BYTES("x"));
	assert_int_equal(look(&b), SEARCH_FOUND);
	assert_false(b.seek.excluded);
	shut(&b);
}

/* Several steps find nothing; then the earliest match wins, although the second
 * pattern found it. */
static void search_steps_through_a_long_window(void **state)
{
	struct bench b;
	struct buf long_one = {.limit = SIZE_MAX};
	OPEN(&b, state, NULL, "end", "/e[x]d");
	while (buf_len(&long_one) < 1000000)
		buf_puts(&long_one, "seventeen bytes, ");
	came(&b, buf_bytes(&long_one));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	came(&b, BYTES("exd end"));
	assert_int_equal(look(&b), SEARCH_FOUND);
	assert_true(bytes_is(b.what.found.group[0], "exd"));
	assert_int_equal(b.what.found.start, buf_len(&long_one));
	buf_fini(&long_one);
	shut(&b);
}

static void search_reads_a_stream_once(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "abc", "/[0-9]+x");
	came(&b, BYTES("....ab"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	assert_int_equal(b.seek.searched, 6);
	assert_int_equal(b.seek.few[0], 4);
	assert_int_equal(b.seek.few[1], 6);
	shut(&b);
}

static void search_restarts_when_data_is_consumed(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "abc");
	came(&b, BYTES("....ab"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	inbox_consume(&b.s->inbox, 5);
	came(&b, BYTES("c abc!"));
	finds(&b, "abc", "bc abc", "!");
	shut(&b);
}

static void search_next_rejects_other_data(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "abc", "/d+e");
	b.seek.next = true;
	came(&b, BYTES("dd"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	came(&b, BYTES("e."));
	finds(&b, "dde", "dde", ".");
	assert_int_equal(look(&b), SEARCH_MISMATCH);
	assert_int_equal(inbox_len(&b.s->inbox), 1);
	shut(&b);
}

static void search_discards_unneeded_data(void **state)
{
	struct bench b;
	OPEN(&b, state, NULL, "abc", "zz");
	b.seek.discard = true;
	came(&b, BYTES("......ab"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	assert_int_equal(inbox_len(&b.s->inbox), 2);
	came(&b, BYTES("c."));
	finds(&b, "abc", "abc", ".");
	shut(&b);
}

/* A held session loses nothing. A live session drops displayed data until there
 * is room, and counts the dropped bytes. */
static void search_in_a_full_inbox(void **state)
{
	struct bench b;
	uint8_t filling[4096] = {0};
	OPEN(&b, state, NULL, "abc");
	b.s->inbox.in.buf.limit = sizeof filling;
	came(&b, bytes_of(filling, sizeof filling));
	assert_int_equal(look(&b), SEARCH_FULL);
	assert_int_equal(inbox_len(&b.s->inbox), sizeof filling);
	b.s->display.live = true;
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	assert_int_equal(inbox_len(&b.s->inbox), sizeof filling - 1);
	assert_int_equal(b.s->dropped, 1);
	shut(&b);
}

/* Runs the search to its end. Result: the number of turns. */
static unsigned look_in_turns(struct bench *b, enum search_result expected)
{
	enum search_result r;
	unsigned turns = 0;
	do {
		b->left = turns % 2 ? 0 : 50000;
		r = look(b);
		turns++;
	} while (r == SEARCH_MORE);
	b->left = UINT64_MAX;
	assert_int_equal(r, expected);
	return turns;
}

/* Several patterns each take many turns, while data arrives. */
static void search_continues_in_the_next_turn(void **state)
{
	struct bench b;
	uint8_t text[4000];
	OPEN(&b, state, NULL, "/\\w+\\d", "/\\w+\\s+x", "/\\w+%");
	memset(text, 'a', sizeof text);
	came(&b, bytes_of(text, sizeof text));
	b.left = 0;
	assert_int_equal(look(&b), SEARCH_MORE);
	came(&b, BYTES("- "));
	assert_true(look_in_turns(&b, SEARCH_NOT_YET) > 10);
	came(&b, BYTES("bb x!"));
	look_in_turns(&b, SEARCH_FOUND);
	assert_true(bytes_is(b.what.found.group[0], "bb x"));
	shut(&b);
}

/* With `next`, each costly pattern has a turn of its own; data that arrives
 * meanwhile is matched, too. */
static void search_next_continues_in_the_next_turn(void **state)
{
	struct bench b;
	uint8_t text[2000];
	OPEN(&b, state, NULL, "/\\w+\\w+\\d", "/\\w+\\w+%", "/\\w+\\w+@");
	b.seek.next = true;
	memset(text, 'a', sizeof text);
	came(&b, bytes_of(text, sizeof text));
	look_in_turns(&b, SEARCH_NOT_YET);
	came(&b, BYTES("-"));
	assert_true(look_in_turns(&b, SEARCH_MISMATCH) >= 5);
	inbox_consume(&b.s->inbox, sizeof text + 1);
	came(&b, bytes_of(text, sizeof text));
	b.left = 1;
	assert_int_equal(look(&b), SEARCH_MORE);
	came(&b, BYTES("1"));
	look_in_turns(&b, SEARCH_FOUND);
	assert_int_equal(b.what.taken.len, sizeof text + 1);
	shut(&b);
}

static void search_continues_in_messages(void **state)
{
	struct bench b;
	uint8_t text[4000];
	OPEN(&b, state, "frame line", "/\\w+\\d", "/\\w+%");
	memset(text, 'a', sizeof text);
	came(&b, bytes_of(text, sizeof text));
	came(&b, bytes_of(text, sizeof text));
	came(&b, BYTES("7%"));
	assert_true(look_in_turns(&b, SEARCH_FOUND) > 10);
	assert_true(bytes_is(b.what.found.group[0], "7%"));
	search_take(&b.seek, &b.what);
	assert_int_equal(inbox_count(&b.s->inbox), 0);
	shut(&b);
}

/* Another command consumes bytes during the search, so the search restarts. */
static void search_restarts_between_its_turns(void **state)
{
	struct bench b;
	uint8_t text[4000];
	OPEN(&b, state, NULL, "/\\w+\\d");
	memset(text, 'a', sizeof text);
	came(&b, bytes_of(text, sizeof text));
	came(&b, BYTES("-"));
	b.left = 0;
	assert_int_equal(look(&b), SEARCH_MORE);
	inbox_consume(&b.s->inbox, sizeof text);
	came(&b, BYTES("a1"));
	look_in_turns(&b, SEARCH_FOUND);
	assert_true(bytes_is(b.what.taken, "-a1"));
	shut(&b);
}

static void search_matches_eof_and_close(void **state)
{
	struct bench b;
	struct err reset;
	OPEN(&b, state, NULL, "abc", "eof");
	came(&b, BYTES("ab eof"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	inbox_end(&b.s->inbox);
	/* A quoted `eof` is text. */
	b.value[1].quoted = true;
	search_init(&b.seek, b.s, &b.patterns, &b.left);
	finds(&b, "eof", "ab eof", "");
	assert_int_equal(look(&b), SEARCH_ENDED);
	b.value[1].quoted = false;
	finds(&b, "", "", "");
	assert_true(b.what.end);
	/* `eof` does not match the end of a failed connection. */
	err_set(&reset, ERR_RESET, 0, "reset");
	b.s->end_error = &reset;
	assert_int_equal(look(&b), SEARCH_ENDED);
	b.s->end_error = NULL;
	shut(&b);
}

static void search_at_eof_consumes_all(void **state)
{
	struct bench b;
	OPEN(&b, state, "@c frame line", "abc", "close");
	came(&b, BYTES("one"));
	came(&b, BYTES("two"));
	inbox_end(&b.s->inbox);
	finds(&b, "", "one", "");
	assert_int_equal(inbox_count(&b.s->inbox), 0);
	shut(&b);
}

static void search_consumes_a_whole_message(void **state)
{
	struct bench b;
	OPEN(&b, state, "@c frame line", "/w.", "nothing");
	came(&b, BYTES("one"));
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	came(&b, BYTES("two!"));
	came(&b, BYTES("three"));
	assert_int_equal(look(&b), SEARCH_FOUND);
	assert_int_equal(b.what.found.start, 1);
	finds(&b, "wo", "two!", "three");
	shut(&b);
}

static void search_messages_with_next_and_discard(void **state)
{
	struct bench b;
	OPEN(&b, state, "@c frame line", "two");
	came(&b, BYTES("one"));
	b.seek.next = true;
	assert_int_equal(look(&b), SEARCH_MISMATCH);
	assert_int_equal(inbox_count(&b.s->inbox), 1);
	b.seek.next = false;
	b.seek.discard = true;
	assert_int_equal(look(&b), SEARCH_NOT_YET);
	assert_int_equal(inbox_count(&b.s->inbox), 0);
	came(&b, BYTES("two"));
	finds(&b, "two", "two", "");
	shut(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(search_consumes_up_to_the_match),
	    TEST(search_finds_first_complete_match),
	    TEST(search_finds_excluded_patterns),
	    TEST(search_without_patterns_finds_any_data),
	    TEST(search_steps_through_a_long_window),
	    TEST(search_reads_a_stream_once),
	    TEST(search_restarts_when_data_is_consumed),
	    TEST(search_next_rejects_other_data),
	    TEST(search_discards_unneeded_data),
	    TEST(search_in_a_full_inbox),
	    TEST(search_continues_in_the_next_turn),
	    TEST(search_next_continues_in_the_next_turn),
	    TEST(search_continues_in_messages),
	    TEST(search_restarts_between_its_turns),
	    TEST(search_matches_eof_and_close),
	    TEST(search_at_eof_consumes_all),
	    TEST(search_consumes_a_whole_message),
	    TEST(search_messages_with_next_and_discard),
	};
	return cmocka_run_group_tests_name("seek", tests, NULL, NULL);
}
