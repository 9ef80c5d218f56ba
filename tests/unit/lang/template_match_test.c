/* SPDX-License-Identifier: ISC */
/*
 * Tests of templates as patterns: the bytes of each part, streams cut at any
 * place, and invalid lengths and checksums from a peer. template_test.c tests
 * building.
 */
#include "rung/template.h"
#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	if (bytes_is(name, "n"))
		return buf_puts(out, "3");
	if (bytes_is(name, "zero"))
		return buf_puts(out, "0");
	if (bytes_is(name, "much"))
		return buf_puts(out, "16777217");
	if (bytes_is(name, "bin"))
		return buf_put(out, BYTES("\0>\xff"));
	return err_set(e, ERR_USAGE, 0, "not set");
}

static const struct lookup lookup = {.get = get_variable};

static struct match *make(const char *text)
{
	size_t bad = 0;
	struct err e;
	struct template *t = template_parse(bytes_str(text), &bad, &e);
	struct match *m = t ? match_template(t, &lookup, &bad, &e) : NULL;

	if (!m)
		fail_msg("<%s>: at %zu: %s", text, bad, e.text);
	template_unref(t);
	return m;
}

struct pair {
	const char *template;
	struct bytes text;
	int start, end;    /* -1: no match */
	const char *named; /* "x=…|y=…", unprintable values in hex */
};

/* clang-format off */
#define B(lit) {(const uint8_t *)(lit), sizeof(lit) - 1}
#define AT(t, text, start, end, named) {t, B(text), start, end, named}
#define NOT(t, text) {t, B(text), -1, -1, ""}
/* clang-format on */

static const struct pair pairs[] = {
    AT("de ad", "x\xde\xde\xadx", 2, 4, ""),
    AT("\"OK\\r\\n\"", "no\r\nOK\r\n", 4, 8, ""),
    AT("$bin", "\0>\0>\xff", 2, 5, ""),
    NOT("de ad", "\xde\xae\xde"),
    AT("x:\"b$n\"", "ab3", 1, 3, "x=b3"),
    AT("x:$bin y:'z'", "\0>\xffz", 0, 4, "x=003eff|y=z"),
    AT("u16be=513 u16le=513", "\x02\x02\x01\x01\x02", 1, 5, ""),
    AT("i16be=-2", "\xff\xff\xfe", 1, 3, ""),
    AT("f32be=1.5", "\0\x3f\xc0\0\0", 1, 5, ""),
    AT("varint=300", "\xac\xac\x02", 1, 3, ""),
    AT("u8=$n", "\1\2\3", 2, 3, ""),
    AT("x:u8=3", "\1\2\3", 2, 3, "x=3"),
    /* Captured numbers are decimal. */
    AT("a:u8 b:u16be c:u16le", "\x01\x02\x03\x02\x03", 0, 5, "a=1|b=515|c=770"),
    AT("a:u24be b:u24le c:u32be d:u32le",
       "\0\x01\0\0\x01\0\0\0\x01\0\0\x01\0\0", 0, 14,
       "a=256|b=256|c=256|d=256"),
    AT("a:u64be b:u64le",
       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 0,
       16, "a=18446744073709551615|b=9223372036854775807"),
    AT("a:i8 b:i16be c:i16le d:i24be e_:i24le",
       "\x80\xff\xfe\xfe\xff\x80\0\0\0"
       "\0\x80",
       0, 11, "a=-128|b=-2|c=-2|d=-8388608|e_=-8388608"),
    AT("a:i32be b:i32le c:i64be d:i64le",
       "\x80\0\0\0\xff\xff\xff\xff\x80\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0", 0, 24,
       "a=-2147483648|b=-1|c=-9223372036854775808|d=5"),
    AT("a:f32be b:f32le", "\x3d\xcc\xcc\xcd\0\0\x80\x7f", 0, 8, "a=0.1|b=inf"),
    AT("a:f64be b:f64le",
       "\x3f\xb9\x99\x99\x99\x99\x99\x9a\0\0\0\0\0\0\xf8\xff", 0, 16,
       "a=0.1|b=nan"),
    AT("x:varint de", "\xac\x02\xde", 0, 3, "x=300"),
    AT("x:varint de", "\x80\x80\0\xde", 0, 4, "x=0"),
    AT("x:varint de", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\xde", 1, 11,
       "x=216172782113783807"),
    /* Wildcards. */
    AT("de ?? ad", "\xde\xad\xde\0\xad", 2, 5, ""),
    AT("de??ad", "\xde\xad\xde\0\xad", 2, 5, ""),
    AT("??:ad", "\xad\0\xad", 1, 3, ""),
    AT("?3 'x'", "x12x123x", 0, 4, ""),
    AT("?3 'x'", "xx12x", 1, 5, ""),
    NOT("?3 'x'", "xxx"),
    AT("a:2 'x' b:1", "-12x3", 1, 5, "a=12|b=3"),
    /* Lengths. */
    AT("len:u16be body:len", "\0\x05hello!", 0, 7, "len=5|body=hello"),
    AT("len:u8 body:len", "\0hello", 0, 1, "len=0|body="),
    AT("01 len:u8 body:len '.'",
       "\x01\x02"
       "ab\x01\x01x.",
       4, 8, "len=1|body=x"),
    AT("len:i8 x:len", "\xff\x01z", 1, 3, "len=1|x=z"),
    AT("x:n", "abcd", 0, 3, "x=abc"),
    AT("x:zero 'd'", "abcd", 3, 4, "x="),
    AT("x:zero", "abcd", 0, 0, "x="),
    AT("len:u8=2 x:len", "\x01\x02xy", 1, 4, "len=2|x=xy"),
    AT("a:u8 b:u8 x:a y:b", "\x01\x02xyz", 0, 5, "a=1|b=2|x=x|y=yz"),
    AT("len:varint x:len '.'",
       "\x83\0\1\2\3\x82\0"
       "ab.",
       5, 10, "len=2|x=ab"),
    NOT("de len:u16be body:len", "\xde\0\x05hell"),
    /* Computed values are checked. */
    AT("len:u16be=len(b) b:'hi'", "\0\x03hi\0\x02hi", 4, 8, "len=2|b=hi"),
    AT("a:u8 b:a c:u8=len(b)", "\x02xx\x03\x01y\x01", 4, 7, "a=1|b=y|c=1"),
    AT("c:u8=len(b) a:u8 b:a", "\x02\x03xyz\x01\x01w", 5, 8, "c=1|a=1|b=w"),
    AT("u8=len(v) v:varint", "\x02\x05\x02\x85\x01", 2, 5, "v=133"),
    AT("'x' v:varint u8=len(all)", "x\x05\x02", 0, 3, "v=5"),
    AT("varint=len(b) n_:u8 b:n_", "\x81\0\x01q\x01\x01q", 4, 7, "n_=1|b=q"),
    AT("b:1 =sum8(b)", "abbc", 1, 3, "b=b"),
    AT("b:9 =crc16(b)", "-123456789\xbb\x3d", 1, 12, "b=123456789"),
    AT("b:9 =crc32(b)", "-123456789\xcb\xf4\x39\x26", 1, 14, "b=123456789"),
    AT("b:9 =adler32(b)", "123456789\x09\x1e\x01\xde", 0, 13, "b=123456789"),
    AT("s:u32le=crc32(b) b:9",
       "\x26\x39\xf4\xcb"
       "123456789",
       0, 13, "s=3421780262|b=123456789"),
    AT("n_:u8 b:n_ crc:u16le=crc16(b)",
       "\x09"
       "123456789\x3d\xbb",
       0, 12, "n_=9|b=123456789|crc=47933"),
    AT("'12345' ?4 x:u32be=crc32(all)", "-123456789\xcb\xf4\x39\x26", 1, 14,
       "x=3421780262"),
    AT("varint=sum8(b) b:9",
       "\xdd\x01"
       "123456789",
       0, 11, "b=123456789"),
    NOT("b:9 =crc32(b)", "123456789\xcb\xf4\x39\x27"),
    NOT("b:9 =sum8(b)", "123456789\xde"),
    /* `*`: the rest of the message. */
    AT("de x:*", "\xde\xdeyz", 0, 4, "x=de797a"),
    AT("de x:*", "-\xde", 1, 2, "x="),
    AT("'a' x:* u8=len(x)", "abc\x02", 0, 4, "x=bc"),
    AT("'a' x:* u8=len(x)", "aabc\x02", 1, 5, "x=bc"),
    AT("t:u8 x:* =sum8(all)", "\x01\x02\x03", 0, 3, "t=1|x=02"),
    AT("x:* y:2", "abc", 0, 3, "x=a|y=bc"),
    NOT("'ab' x:* y:2", "abc"),
};

/* Current bytes of a stream, and the number of discarded bytes before them. */
struct stream {
	const struct pair *pair;
	struct match *m;
	bool drop, done;
	uint8_t *window;
	size_t gone, len, from;
	size_t start, end;
	char named[400];
};

/* Allocates memory of the exact size, so that a sanitizer detects reads past
 * the end. */
static void resize(struct stream *s, size_t skip, struct bytes add)
{
	size_t keep = s->len - skip;
	uint8_t *window = malloc(keep + add.len ? keep + add.len : 1);

	assert_non_null(window);
	if (keep)
		memcpy(window, s->window + skip, keep);
	if (add.len)
		memcpy(window + keep, add.at, add.len);
	free(s->window);
	s->window = window;
	s->len = keep + add.len;
}

static void name_captures(struct stream *s, const struct match_found *found)
{
	char *at = s->named;

	*at = '\0';
	for (size_t i = 0; i < found->named_count; i++) {
		const struct capture *c = &found->named[i];
		bool prints = true;

		assert_non_null(c->value.at);
		for (size_t n = 0; n < c->value.len; n++)
			prints = prints && c->value.at[n] >= ' ' &&
				 c->value.at[n] < 0x7F;
		at += sprintf(at, "%s%.*s=", i ? "|" : "", (int)c->name.len,
			      (const char *)c->name.at);
		for (size_t n = 0; n < c->value.len; n++)
			at += sprintf(at, prints ? "%c" : "%02x",
				      c->value.at[n]);
	}
}

static void search(struct stream *s, bool final)
{
	size_t before = s->from;
	struct match_found found;
	struct err e;
	enum match_result r = match_find(s->m, bytes_of(s->window, s->len),
					 &s->from, final, &found, &e);

	assert_int_not_equal(r, MATCH_FAIL);
	if (r == MATCH_YES) {
		assert_true(found.start <= found.end && found.end <= s->len);
		assert_int_equal(found.group[0].len, found.end - found.start);
		s->done = true;
		s->start = s->gone + found.start;
		s->end = s->gone + found.end;
		name_captures(s, &found);
		return;
	}
	assert_true(s->from >= before && s->from <= s->len);
	if (final)
		assert_int_equal(r, MATCH_NO);
	if (!s->drop)
		return;

	size_t keep = match_keep_from(s->m, s->from);

	resize(s, keep, BYTES_NONE);
	s->gone += keep;
	s->from -= keep;
}

static void begin(void *on)
{
	struct stream *s = on;

	*s = (struct stream){.pair = s->pair, .m = s->m, .drop = s->drop};
	resize(s, 0, BYTES_NONE);
}

static void piece(void *on, struct bytes bytes)
{
	struct stream *s = on;

	if (s->done)
		return;
	resize(s, 0, bytes);
	search(s, false);
}

static void done(void *on)
{
	struct stream *s = on;
	const struct pair *p = s->pair;

	if (!s->done)
		search(s, true);
	free(s->window);
	if (s->done != (p->start >= 0) ||
	    (s->done && ((int)s->start != p->start || (int)s->end != p->end ||
			 strcmp(s->named, p->named) != 0)))
		fail_msg("<%s> %s, drop %d: %d [%zu,%zu) %s, not [%d,%d) %s",
			 p->template, feed_how(), s->drop, s->done, s->start,
			 s->end, s->named, p->start, p->end, p->named);
}

static const struct feed feed = {begin, piece, done};

static void template_find_does_not_depend_on_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct stream s = {.pair = &pairs[i],
				   .m = make(pairs[i].template)};

		feed_every_split(&feed, &s, pairs[i].text);
		s.drop = true;
		feed_every_split(&feed, &s, pairs[i].text);
		match_unref(s.m);
	}
}

static enum match_result find(const char *text, struct bytes window, bool final,
			      size_t *from)
{
	struct match *m = make(text);
	struct match_found found;
	enum match_result r;

	*from = 0;
	r = match_find(m, window, from, final, &found, NULL);
	match_unref(m);
	return r;
}

static void template_waits_only_for_possible_matches(void **state)
{
	static const struct {
		const char *template;
		struct bytes window;
		enum match_result result;
		size_t from;
	} all[] = {
	    {"de ad", B("x\xde"), MATCH_PARTIAL, 1},
	    {"de ad", B("\xde\xae"), MATCH_NO, 2},
	    {"'abcabd'", B("abcabc"), MATCH_PARTIAL, 3},
	    {"?2 'x'", B("abyz"), MATCH_PARTIAL, 2},
	    {"n:u8 x:n 'x'", B("\x01"), MATCH_PARTIAL, 0},
	    /* The mismatch is found before all bytes have arrived. */
	    {"n:u8=len(x) m:u8 x:m", B("\x05\x06"), MATCH_PARTIAL, 1},
	    {"n:u8 'x'", B("\x05y"), MATCH_PARTIAL, 1},
	    {"'x' n:u8 'y' b:n", B("x\x7fz"), MATCH_NO, 3},
	    {"n:u8 b:n 'y'", B("\x01xz"), MATCH_PARTIAL, 1},
	    {"de x:*", B("-\xde\xad"), MATCH_PARTIAL, 1},
	    {"de", B(""), MATCH_NO, 0},
	    {"x:varint", B("\x80\x80"), MATCH_PARTIAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t from;
		enum match_result r = find(all[i].template, all[i].window,
					   false, &from);

		if (r != all[i].result || from != all[i].from)
			fail_msg("<%s>: %d at %zu", all[i].template, (int)r,
				 from);
		r = find(all[i].template, all[i].window, true, &from);
		assert_int_not_equal(r, MATCH_PARTIAL);
	}
}

static void template_begins_reads_only_the_beginning(void **state)
{
	struct match *m = make("01 n:u8 x:n");
	struct match_found found;

	(void)state;
	assert_int_equal(
	    match_begins(m, BYTES("\x01\x02xyz"), false, NULL, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.end, 4);
	assert_true(bytes_is(found.named[1].value, "xy"));
	assert_int_equal(
	    match_begins(m, BYTES("\x01\x02x"), false, NULL, &found, NULL),
	    MATCH_PARTIAL);
	assert_int_equal(
	    match_begins(m, BYTES("\x01\x02x"), true, NULL, &found, NULL),
	    MATCH_NO);
	assert_int_equal(
	    match_begins(m, BYTES("-\x01\x02xy"), false, NULL, &found, NULL),
	    MATCH_NO);
	assert_int_equal(match_begins(m, BYTES_NONE, false, NULL, &found, NULL),
			 MATCH_PARTIAL);
	assert_int_equal(match_begins(m, BYTES_NONE, true, NULL, &found, NULL),
			 MATCH_NO);
	match_unref(m);
}

/* An impossible length does not match; a later position still can. */
static void template_skips_impossible_lengths(void **state)
{
	struct match *m = make("de n:u32be x:n");
	struct bytes window = BYTES("\xde\xff\xff\xff\xff\xde\0\0\0\x01z");
	struct match_found found;
	size_t from = 0;

	(void)state;
	assert_int_equal(match_find(m, window, &from, false, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.start, 5);
	/* The length, with the bytes before the body, is one byte more than 16
	 * MiB. */
	window = BYTES("\xde\x00\xff\xff\xfc\xde\0\0\0\x01z");
	from = 0;
	assert_int_equal(match_find(m, window, &from, false, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.start, 5);
	/* With a length of exactly the maximum, the match waits for data. */
	window = BYTES("\xde\x00\xff\xff\xfb\xde\0\0\0\x01z");
	from = 0;
	assert_int_equal(match_find(m, window, &from, false, &found, NULL),
			 MATCH_PARTIAL);
	assert_int_equal(from, 0);
	/* At the end of the stream no match waits for data. */
	assert_int_equal(match_find(m, window, &from, true, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.start, 5);
	match_set_max_length(m, 100);
	window = BYTES("\xde\0\0\0\x60\xde\0\0\0\x01z");
	from = 0;
	assert_int_equal(match_find(m, window, &from, false, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.start, 5);
	match_unref(m);
	m = make("n:u64le x:n y:n");
	window = BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0");
	from = 0;
	assert_int_equal(match_find(m, window, &from, true, &found, NULL),
			 MATCH_YES);
	assert_int_equal(found.start, 8);
	match_unref(m);
	m = make("n:i64be x:n");
	window = BYTES("\xff\xff\xff\xff\xff\xff\xff\xff");
	from = 0;
	assert_int_equal(match_find(m, window, &from, true, &found, NULL),
			 MATCH_NO);
	match_unref(m);
}

/* Most positions can begin a match, each with a checksum over 1 MiB. */
static void template_costly_sums_are_refused(void **state)
{
	enum { LEN = 4 << 20 };
	struct match *m = make("n:u24be x:n =crc32(all)");
	uint8_t *data = calloc(1, LEN);
	struct match_found found;
	size_t from = 0;
	struct err e;

	(void)state;
	assert_non_null(data);
	memset(data, 0x10, LEN);
	assert_int_equal(
	    match_find(m, bytes_of(data, LEN), &from, true, &found, &e),
	    MATCH_FAIL);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_non_null(strstr(e.text, "too costly"));
	match_unref(m);
	/* Without checksums every position is tried, and none takes long. */
	m = make("n:u24be x:n 'end'");
	from = 0;
	assert_int_equal(
	    match_find(m, bytes_of(data, LEN), &from, true, &found, &e),
	    MATCH_NO);
	match_unref(m);
	free(data);
}

static void template_searches_a_stream_once(void **state)
{
	enum { LEN = 32 << 20, PIECE = 64 << 10 };
	struct match *m = make("'abcd' n:u16be x:n crc:u32be=crc32(x)");
	uint8_t *data = malloc(LEN);
	struct match_found found;
	size_t from = 0;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < LEN; i++)
		data[i] = (uint8_t) "abcab"[i % 5];
	for (size_t len = PIECE; len < LEN; len += PIECE) {
		assert_int_not_equal(match_find(m, bytes_of(data, len), &from,
						false, &found, NULL),
				     MATCH_YES);
		assert_true(from + 5 > len);
	}
	memcpy(data + LEN - 20, "abcd\0\0\0\0\0\0", 10);
	assert_int_equal(
	    match_find(m, bytes_of(data, LEN), &from, true, &found, NULL),
	    MATCH_YES);
	assert_int_equal(found.start, LEN - 20);
	match_unref(m);
	free(data);
}

static void refused(const char *text, size_t at, const char *words)
{
	struct err e = {.kind = ERR_NONE};
	size_t bad = 999;
	struct template *t = template_parse(bytes_str(text), &bad, &e);
	struct match *m;

	assert_non_null(t);
	m = match_template(t, &lookup, &bad, &e);
	if (m || e.kind != ERR_USAGE || bad != at || !strstr(e.text, words))
		fail_msg("<%s>: at %zu: %s", text, bad, e.text);
	template_unref(t);
}

static void template_that_cannot_match_is_refused(void **state)
{
	(void)state;
	refused("x:*", 0, "match everywhere");
	refused("\"\"", 0, "match everywhere");
	refused("'' x:*", 0, "match everywhere");
	refused("de $unset", 3, "not set");
	refused("u8=$unset", 3, "not set");
	refused("de u8=$bin", 6, "is not a number");
	refused("x:unset", 2, "not a number named earlier");
	refused("x:much", 2, "$much: 16777217 bytes are too many");
}

static void template_match_prints_its_source(void **state)
{
	static const struct {
		const char *text, *printed;
	} all[] = {
	    {"de ad", "<de ad>"},
	    {"\n de,\n\tad \\\n x:u8 ", "<de, ad x:u8>"},
	    {"\"a  b\\n > $n\"", "<\"a  b\\n > $n\">"},
	    {"\"a\n\x01"
	     "b\\\"\"",
	     "<\"a\\n\\x01"
	     "b\\\"\">"},
	    {"'a\\' \"b\\\r\nc\" \"\\\nd\"", "<'a\\' \"bc\" \"d\">"},
	    {"\"\xe2\x80\xae\xc3\xa9\"", "<\"\\xe2\\x80\\xae\xc3\xa9\">"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct match *m = make(all[i].text);
		struct buf out;

		buf_init(&out, SIZE_MAX);
		match_print(m, &out);
		assert_string_equal(buf_cstr(&out), all[i].printed);
		buf_fini(&out);
		match_unref(m);
	}

	struct match *m = make("'ab' u8=1 x:2 'c'");

	assert_true(bytes_is(match_text(m), "ab\1"));
	match_unref(m);
}

static void template_finds_the_bytes_it_builds(void **state)
{
	static const char *const all[] = {
	    "de ad be ef",
	    "len:u16be=len(body) body:\"hello $n\" =crc32(all)",
	    "varint=len(body) body:$bin u16le=crc16(body) =adler32(body)",
	    "f32le=0.1 f64be=-1e300 i24be=-5 u64le=77 =sum8(all)",
	    "u32le=crc32(b) b:'xyz' u8=len(b) u8=len(all)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct template *t = template_parse(bytes_str(all[i]), NULL,
						    NULL);
		struct match *m = make(all[i]);
		struct match_found found;
		struct buf out;
		size_t from = 0, len;

		buf_init(&out, SIZE_MAX);
		buf_puts(&out, "junk");
		assert_int_equal(template_build(t, &lookup, &out, NULL, NULL),
				 0);
		len = buf_len(&out);
		buf_puts(&out, "junk");
		assert_int_equal(
		    match_find(m, buf_bytes(&out), &from, false, &found, NULL),
		    MATCH_YES);
		assert_int_equal(found.start, 4);
		assert_int_equal(found.end, len);
		buf_fini(&out);
		match_unref(m);
		template_unref(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(template_find_does_not_depend_on_cuts),
	    cmocka_unit_test(template_waits_only_for_possible_matches),
	    cmocka_unit_test(template_begins_reads_only_the_beginning),
	    cmocka_unit_test(template_skips_impossible_lengths),
	    cmocka_unit_test(template_costly_sums_are_refused),
	    cmocka_unit_test(template_searches_a_stream_once),
	    cmocka_unit_test(template_that_cannot_match_is_refused),
	    cmocka_unit_test(template_match_prints_its_source),
	    cmocka_unit_test(template_finds_the_bytes_it_builds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
