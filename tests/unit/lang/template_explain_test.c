/* SPDX-License-Identifier: ISC */
/*
 * Tests of the explanation after a failed search: for each kind of part the
 * place, the value expected and the value received.
 */
#include "rung/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	(void)e;
	return buf_puts(out, bytes_is(name, "n") ? "3" : "text");
}

static const struct lookup lookup = {.get = get_variable};

static struct match *make(const char *text)
{
	size_t bad = 0;
	struct err e;
	struct template *t = template_parse(bytes_str(text), &bad, &e);
	struct match *m = t ? match_template(t, &lookup, &bad, &e) : NULL;

	if (!m)
		assert_string_equal(e.text, text);
	template_unref(t);
	return m;
}

/* Prints the part, the offset (`-`: none) and the reason; "": none. */
static void explain(struct match *m, const struct match_data *data,
		    char out[256])
{
	uint64_t left = 1 << 20;
	struct match_miss miss;
	char at[24] = "-";

	out[0] = '\0';
	if (!match_explain(m, data, &left, &miss))
		return;
	assert_true(left < 1 << 20);
	if (miss.at != SIZE_MAX)
		snprintf(at, sizeof(at), "%zu", miss.at);
	snprintf(out, 256, "%s at %s: %s", miss.part, at, miss.reason);
}

enum how { STREAM, MESSAGE, BEGINS };

struct explanation {
	const char *template;
	struct bytes data;
	enum how how;
	const char *explained;
};

static void assert_explained(const struct explanation *x)
{
	struct match *m = make(x->template);
	struct match_data data = {.window = x->data,
				  .final = x->how == MESSAGE,
				  .begins = x->how == BEGINS};
	char explained[256];

	explain(m, &data, explained);
	assert_string_equal(explained, x->explained);
	match_unref(m);
}

/* clang-format off */
#define B(lit) {(const uint8_t *)(lit), sizeof(lit) - 1}
#define ALL(all) \
	for (size_t i = 0; i < sizeof(all) / sizeof(*(all)); i++) \
		assert_explained(&(all)[i])
/* clang-format on */

static void explain_names_the_byte_of_a_constant(void **state)
{
	static const struct explanation all[] = {
	    {"de ad", B("x\xde\xae"), STREAM,
	     "de ad at 2: expected ad, received ae"},
	    {"'OK' 0d 0a", B("OK\n"), STREAM,
	     "'OK' 0d 0a at 2: expected 0d, received 0a"},
	    {"x:'OK' n:u8", B("OX\1"), STREAM,
	     "x:'OK' at 1: expected 4b 'K', received 58 'X'"},
	    {"n:u8 $v", B("\1tent"), STREAM,
	     "$v at 3: expected 78 'x', received 6e 'n'"},
	    {"de:??:ad be ?2", B("\xde\0\xad\xbf"), STREAM,
	     "ad be at 3: expected be, received bf"},
	    {"'caf\xc3\xa9'", B("caf\xc3\xa8"), STREAM,
	     "'caf\xc3\xa9' at 4: expected a9, received a8"},
	    {"de ad", B("xyz"), STREAM, "de ad at -: not found"},
	    {"de ad", B("xyz"), BEGINS,
	     "de ad at 0: expected de, received 78 'x'"},
	    /* The start of the data only. */
	    {"de ad", B("x\xde\xae"), BEGINS,
	     "de ad at 0: expected de, received 78 'x'"},
	};

	(void)state;
	ALL(all);
}

static void explain_compares_numbers(void **state)
{
	static const struct explanation all[] = {
	    {"de u16be=513", B("\xde\x02\x02"), STREAM,
	     "u16be=513 at 1: expected 513, received 514"},
	    {"de i8=-2 00", B("\xde\x05\x00"), STREAM,
	     "i8=-2 at 1: expected -2, received 5"},
	    {"de n:u8=$n", B("\xde\x04"), STREAM,
	     "n:u8=$n at 1: expected 3, received 4"},
	    {"de varint=300", B("\xde\xac\x03"), STREAM,
	     "varint=300 at 1: expected 300, received 428"},
	    {"de varint=300", B("\xde\x05"), STREAM,
	     "varint=300 at 1: expected 300, received 5"},
	    /* Not all bytes of the number have arrived. */
	    {"de u32be=5", B("\xde\x00\x01"), STREAM,
	     "u32be=5 at 2: expected 00, received 01"},
	    {"de x:varint",
	     B("\xde\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), STREAM,
	     "x:varint at 1: not a varint of at most 64 bits"},
	};

	(void)state;
	ALL(all);
}

static void explain_prints_both_sums(void **state)
{
	static const struct explanation all[] = {
	    {"b:9 =crc32(b)", B("123456789\xcb\xf4\x39\x27"), BEGINS,
	     "=crc32(b) at 9: expected cbf43926, received cbf43927"},
	    {"s:u32le=crc32(b) b:9",
	     B("\0\0\0\0"
	       "123456789"),
	     BEGINS,
	     "s:u32le=crc32(b) at 0: expected cbf43926, received 00000000"},
	    {"'ab' =sum8(all)", B("ab\0"), STREAM,
	     "=sum8(all) at 2: expected c3, received 00"},
	    {"t:u8 x:* =crc16(all)", B("\x01\x02\x03\x04"), MESSAGE,
	     "=crc16(all) at 2: expected 5180, received 0304"},
	};

	(void)state;
	ALL(all);
}

static void explain_prints_both_lengths(void **state)
{
	static const struct explanation all[] = {
	    {"len:u16be=len(b) b:'hi'", B("\0\x03hi"), BEGINS,
	     "len:u16be=len(b) at 0: expected 2, received 3"},
	    {"n:u8 b:n '.' u8=len(b)", B("\x01x.\x02"), BEGINS,
	     "u8=len(b) at 3: expected 1, received 2"},
	    {"u8=len(b) n:u8 b:n", B("\x05\x02xy"), BEGINS,
	     "u8=len(b) at 0: expected 2, received 5"},
	    {"n:u8 b:n u8=len(all)", B("\x01x\x07"), BEGINS,
	     "u8=len(all) at 2: expected 2, received 7"},
	    {"n:u8 b:n varint=len(b)", B("\x01x\x81\0"), BEGINS,
	     "varint=len(b) at 2: expected the shortest form of 1, received 2 "
	     "bytes"},
	    {"n:i8 b:n", B("\xff"), BEGINS,
	     "b:n at 1: the length -1 is negative"},
	    {"n:u32be b:n", B("\xff\xff\xff\xff"), BEGINS,
	     "b:n at 4: the length 4294967295 is more than 16777212"},
	};

	(void)state;
	ALL(all);
}

static void explain_counts_missing_bytes(void **state)
{
	static const struct explanation all[] = {
	    {"de ad be", B("x\xde\xad"), STREAM,
	     "de ad be at 3: missing 1 of 3 bytes"},
	    {"de u32be=5", B("\xde\0\0"), STREAM,
	     "u32be=5 at 3: missing 2 of 4 bytes"},
	    {"de n:u8", B("\xde"), STREAM, "n:u8 at 1: missing 1 of 1 byte"},
	    {"de n:u32be", B("\xde\0\0"), STREAM,
	     "n:u32be at 3: missing 2 of 4 bytes"},
	    {"de n:varint", B("\xde\x80\x80"), STREAM,
	     "n:varint at 3: missing at least 1 byte"},
	    {"de ?3 'x'", B("\xde\0"), STREAM, "?3 at 2: missing 2 of 3 bytes"},
	    {"len:u16be body:len", B("\0\x0ahel"), STREAM,
	     "body:len at 5: missing 7 of 10 bytes"},
	    {"len:u16be body:len", B("\0\x0ahel"), BEGINS,
	     "body:len at 5: missing 7 of 10 bytes"},
	    {"x:n", B("ab"), STREAM, "x:n at 2: missing 1 of 3 bytes"},
	    {"de x:*", B("\xdexy"), STREAM,
	     "x:* at 3: ends only with the stream"},
	    {"de x:* y:2 z:2", B("\xdexy"), MESSAGE,
	     "x:* at 3: missing 2 of 4 bytes after it"},
	};

	(void)state;
	ALL(all);
}

static void explain_takes_the_try_that_came_furthest(void **state)
{
	static const struct explanation all[] = {
	    /* A wrong sum, then other positions that fail earlier. */
	    {"de len:u8 b:len =sum8(b)", B("\xde\x01x\0\xde\x05z"), STREAM,
	     "=sum8(b) at 3: expected 78, received 00"},
	    /* Two tries fail in the same part: more bytes win, then the
	     * earlier position. */
	    {"'abcd' n:u8", B("abx abcy"), STREAM,
	     "'abcd' at 7: expected 64 'd', received 79 'y'"},
	    {"'abcd' n:u8", B("abcx abcy"), STREAM,
	     "'abcd' at 3: expected 64 'd', received 78 'x'"},
	    /* A search never tries a position after one that may match. */
	    {"n:u8 b:n 'x'",
	     B("\x09\x01"
	       "ay"),
	     STREAM, "b:n at 4: missing 6 of 9 bytes"},
	    {"n:u8 b:n 'x'",
	     B("\x09\x01"
	       "ay"),
	     MESSAGE, "'x' at 3: expected 78 'x', received 79 'y'"},
	    /* The data matches. */
	    {"de ad", B("x\xde\xad"), STREAM, ""},
	};

	(void)state;
	ALL(all);
}

static void explain_shortens_a_long_part(void **state)
{
	static const struct explanation long_part = {
	    "'012345678901234567890123456789012345678901234567890123456\xc3"
	    "\xa9\xc3\xa9'",
	    B("01x"), STREAM,
	    "'012345678901234567890123456789012345678901234567890123456\xc3"
	    "\xa9... at 2: expected 32 '2', received 78 'x'"};

	(void)state;
	assert_explained(&long_part);
}

/* The steps bound the positions that are tried, so an early miss is reported.
 */
static void explain_takes_no_more_than_the_steps_left(void **state)
{
	static uint8_t zeros[1 << 20];
	struct match *m = make("00 01 02");
	struct match_data data = {.window = bytes_of(zeros, sizeof(zeros))};
	uint64_t left = 10000;
	struct match_miss miss;

	(void)state;
	memset(zeros, 0, sizeof(zeros));
	zeros[sizeof(zeros) - 2] = 1;
	assert_true(match_explain(m, &data, &left, &miss));
	assert_int_equal(left, 0);
	assert_int_equal(miss.at, 1);
	/* Without steps left, some positions are still tried. */
	assert_true(match_explain(m, &data, &left, &miss));
	assert_int_equal(miss.at, 1);
	left = UINT64_MAX;
	assert_true(match_explain(m, &data, &left, &miss));
	assert_int_equal(miss.at, sizeof(zeros) - 1);
	match_unref(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(explain_names_the_byte_of_a_constant),
	    cmocka_unit_test(explain_compares_numbers),
	    cmocka_unit_test(explain_prints_both_sums),
	    cmocka_unit_test(explain_prints_both_lengths),
	    cmocka_unit_test(explain_counts_missing_bytes),
	    cmocka_unit_test(explain_takes_the_try_that_came_furthest),
	    cmocka_unit_test(explain_shortens_a_long_part),
	    cmocka_unit_test(explain_takes_no_more_than_the_steps_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
