/* SPDX-License-Identifier: ISC */
/*
 * Tests of templates as bytes to send: the bytes of each part, errors and their
 * positions, and printing as the inverse of building. template_match_test.c
 * tests matching.
 */
#include "rung/template.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	if (bytes_is(name, "n"))
		return buf_puts(out, "513");
	if (bytes_is(name, "low"))
		return buf_puts(out, " -2 ");
	if (bytes_is(name, "f"))
		return buf_puts(out, "1.5");
	if (bytes_is(name, "bin"))
		return buf_put(out, BYTES("\0>\xff"));
	if (bytes_is(name, "c1.port"))
		return buf_puts(out, "80");
	if (bytes_is(name, "none"))
		return 0;
	return err_set(e, ERR_USAGE, 0, "$%.*s is not set", (int)name.len,
		       (const char *)name.at);
}

static const struct lookup lookup = {.get = get_variable};

/* Parses a copy of exactly the text's size, so that a sanitizer detects reads
 * past the end. */
static struct template *parse_bytes(struct bytes text, size_t *bad,
				    struct err *e)
{
	uint8_t *copy = malloc(text.len ? text.len : 1);
	struct template *t;

	assert_non_null(copy);
	if (text.len)
		memcpy(copy, text.at, text.len);
	t = template_parse(bytes_of(copy, text.len), bad, e);
	free(copy);
	return t;
}

static struct template *parse(const char *text)
{
	size_t bad;
	struct err e;
	struct template *t = parse_bytes(bytes_str(text), &bad, &e);

	if (!t)
		fail_msg("<%s>: at %zu: %s", text, bad, e.text);
	return t;
}

static void built(const char *text, struct bytes wanted)
{
	struct template *t = parse(text);
	struct buf out, hex;
	size_t bad;
	struct err e;

	buf_init(&out, SIZE_MAX);
	buf_init(&hex, SIZE_MAX);
	buf_puts(&out, "before");
	if (template_build(t, &lookup, &out, &bad, &e))
		fail_msg("<%s>: at %zu: %s", text, bad, e.text);
	buf_drop(&out, 6);
	template_print(buf_bytes(&out), &hex);
	if (!bytes_equal(buf_bytes(&out), wanted))
		fail_msg("<%s> builds %s", text, buf_cstr(&hex));
	buf_fini(&out);
	buf_fini(&hex);
	template_unref(t);
}

#define BUILT(text, wanted) built(text, BYTES(wanted))

static void wrong(const char *text, size_t at, const char *words)
{
	struct err e = {.kind = ERR_NONE};
	size_t bad = 12345;
	struct template *t = parse_bytes(bytes_str(text), &bad, &e);
	struct buf out;

	buf_init(&out, SIZE_MAX);
	if (t && !template_build(t, &lookup, &out, &bad, &e))
		fail_msg("<%s> is taken", text);
	assert_int_equal(buf_len(&out), 0);
	if (e.kind != ERR_USAGE || !strstr(e.text, words) || bad != at)
		fail_msg("<%s>: at %zu, not %zu: '%s', not '%s'", text, bad, at,
			 e.text, words);
	buf_fini(&out);
	template_unref(t);
}

static void template_reads_all_notations_of_bytes(void **state)
{
	(void)state;
	BUILT("de ad", "\xde\xad");
	BUILT("dead", "\xde\xad");
	BUILT("DEad", "\xde\xad");
	BUILT("de:ad", "\xde\xad");
	BUILT("de:ad:be:ef", "\xde\xad\xbe\xef");
	BUILT("0xde,0xad", "\xde\xad");
	BUILT("0xde, 0xad,\n\t0Xbe", "\xde\xad\xbe");
	BUILT("de,ad", "\xde\xad");
	BUILT("0xdead", "\xde\xad");
	BUILT("  00\tff\n01\r\n02 ", "\0\xff\x01\x02");
	BUILT("00 \\\n 01", "\0\x01");
	BUILT("10:20 30", "\x10\x20\x30");
}

static void template_text_takes_escapes_and_variables(void **state)
{
	(void)state;
	BUILT("\"text\\r\\n\"", "text\r\n");
	BUILT("\"\\x00\\xff\\e\\0\\u{20ac}\\\"\\\\\\$\"",
	      "\0\xff\033\0\xe2\x82\xac\"\\$");
	BUILT("\"a > b < c\" '> $n \\x'", "a > b < c> $n \\x");
	BUILT("\"\"", "");
	BUILT("''", "");
	BUILT("$bin", "\0>\xff");
	BUILT("${bin}", "\0>\xff");
	BUILT("$none", "");
	BUILT("$c1.port", "80");
	BUILT("\"port $c1.port.\" \"${n}0\"", "port 80.5130");
	BUILT("x:\"a$n\" y:$n z:'b'", "a513513b");
	BUILT("\"a\r\nb\\\nc\\\r\nd\"", "a\nbcd");
	BUILT("'a\r\nb\rc'", "a\nb\rc");
	BUILT("de \"x\" ad", "\xdex\xad");
	BUILT("\"\xc3\xa9\"", "\xc3\xa9");
}

static void template_numbers_have_all_forms(void **state)
{
	(void)state;
	BUILT("u8=0 u8=255 u8=0x7f i8=-1 i8=-128 i8=127",
	      "\0\xff\x7f\xff\x80\x7f");
	BUILT("u16be=513 u16le=513 i16be=-2 i16le=-2",
	      "\x02\x01\x01\x02\xff\xfe\xfe\xff");
	BUILT("u24be=0x010203 u24le=0x010203 i24be=-8388608 i24le=8388607",
	      "\x01\x02\x03\x03\x02\x01\x80\0\0\xff\xff\x7f");
	BUILT("u32be=0xDEADBEEF u32le=0xdeadbeef i32be=-2147483648 i32le=1",
	      "\xde\xad\xbe\xef\xef\xbe\xad\xde\x80\0\0\0\x01\0\0\0");
	BUILT("u64be=18446744073709551615 u64le=1",
	      "\xff\xff\xff\xff\xff\xff\xff\xff\x01\0\0\0\0\0\0\0");
	BUILT("i64be=-9223372036854775808 i64le=9223372036854775807",
	      "\x80\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\x7f");
	BUILT("f32be=1.5 f32le=-2 f64be=1e3 f64le=.5",
	      "\x3f\xc0\0\0\0\0\0\xc0\x40\x8f\x40\0\0\0\0\0\0\0\0\0\0\0\xe0"
	      "\x3f");
	BUILT("f32be=inf f32be=-inf f32be=nan f32be=0.1",
	      "\x7f\x80\0\0\xff\x80\0\0\x7f\xc0\0\0\x3d\xcc\xcc\xcd");
	BUILT("varint=0 varint=127 varint=128 varint=300",
	      "\0\x7f\x80\x01\xac\x02");
	BUILT("varint=18446744073709551615",
	      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
	BUILT("u16be=$n i8=$low f32be=$f x:u16le=${n} f64be=$c1.port",
	      "\x02\x01\xfe\x3f\xc0\0\0\x01\x02\x40\x54\0\0\0\0\0\0");
	BUILT("u8=-0", "\0");
}

static void template_numbers_ignore_the_locale(void **state)
{
	(void)state;
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		skip();
	BUILT("f32be=1.5", "\x3f\xc0\0\0");
	wrong("f32be=1,5", 6, "not a number");
	setlocale(LC_ALL, "C");
}

static void template_values_are_computed(void **state)
{
	(void)state;
	BUILT("len:u16be=len(body) body:\"hello\"", "\0\x05hello");
	BUILT("body:\"hello\" u8=len(body)", "hello\x05");
	BUILT("u32le=len(body) body:$bin", "\x03\0\0\0\0>\xff");
	BUILT("varint=len(b) b:\"x$none\"", "\x01x");
	BUILT("de ad u8=len(all) u8=len(all)", "\xde\xad\x02\x03");
	BUILT("x:u32be=7 u8=len(x)", "\0\0\0\x07\x04");
	/* Lengths of computed values, in both orders. */
	BUILT("a:u16be=crc16(b) b:u8=len(a)", "\xc1\x81\x02");
	BUILT("b:u8=len(a) a:varint=len(c) c:\"xyz\"", "\x01\x03xyz");
	BUILT("i16be=len(x) x:''", "\0\0");
}

/* The CRCs of "123456789" are the check values in the CRC catalogue. */
static void template_sums_have_their_check_values(void **state)
{
	(void)state;
	BUILT("\"123456789\" =sum8(all)", "123456789\xdd");
	BUILT("\"123456789\" =crc16(all)", "123456789\xbb\x3d");
	BUILT("\"123456789\" =crc32(all)", "123456789\xcb\xf4\x39\x26");
	BUILT("\"123456789\" =adler32(all)", "123456789\x09\x1e\x01\xde");
	BUILT("b:\"123456789\" u32le=crc32(b)", "123456789\x26\x39\xf4\xcb");
	BUILT("u16le=crc16(b) b:\"123456789\"", "\x3d\xbb"
						"123456789");
	BUILT("u64be=adler32(b) b:\"123456789\"", "\0\0\0\0\x09\x1e\x01\xde"
						  "123456789");
	BUILT("varint=sum8(b) b:\"123456789\"", "\xdd\x01"
						"123456789");
	BUILT("x:'' =sum8(x) =crc16(x) =crc32(x) =adler32(x)",
	      "\0\0\0\0\0\0\0\0\0\0\x01");
	/* The checksum over several pieces equals that over one piece. */
	BUILT("31 x:\"234\" $none \"56\" 37 38 39 crc:u32be=crc32(all)",
	      "123456789\xcb\xf4\x39\x26");
}

static void template_adler32_of_long_data(void **state)
{
	struct buf text, out;
	struct template *t;

	(void)state;
	buf_init(&text, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	buf_puts(&text, "x:\"");
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "\\xff");
	buf_puts(&text, "\" u32be=adler32(x) u32be=crc32(x)");
	t = parse(buf_cstr(&text));
	assert_int_equal(template_build(t, NULL, &out, NULL, NULL), 0);
	/* The expected values are from zlib. */
	assert_memory_equal(out.data + 100000,
			    "\x14\x9a\x30\x2c\x68\xc6\xce\xc4", 8);
	template_unref(t);
	buf_fini(&text);
	buf_fini(&out);
}

static void template_malformed_parts_are_reported(void **state)
{
	(void)state;
	wrong("", 0, "empty template");
	wrong(" \n", 0, "empty template");
	wrong("de a", 3, "two hex digits, as in 0a");
	wrong("dea", 2, "two hex digits");
	wrong("0x", 0, "'0x' is not part");
	wrong("de,", 3, "after the ','");
	wrong("de, \"x\"", 4, "after the ','");
	wrong("de:ad:", 6, "after the ':'");
	wrong("de;ad", 2, "expected a blank between");
	wrong("hello", 0, "(\"hello\")");
	wrong("de hello", 3, "'hello' is not part");
	wrong("de \x01", 3, "'\\x01' cannot begin a part");
	wrong("de / ad", 3, "'/' cannot begin a part");
	wrong("\"a", 0, "unmatched \"");
	wrong("de 'a", 3, "unmatched '");
	wrong("\"a\\q\"", 2, "unknown escape \\q");
	wrong("\"a\\", 2, "lone backslash");
	wrong("\"a\"\"b\"", 3, "expected a blank between");
	wrong("\"a\"de", 3, "expected a blank between");
	wrong("$", 0, "no name after the $");
	wrong("de ${x", 3, "without }");
	wrong("de $unset", 3, "$unset is not set");
	wrong("\"ab $unset\"", 4, "$unset is not set");
	wrong("?", 0, "write ?? for any byte");
	wrong("?0", 0, "write ?? for any byte");
	wrong("?16777217", 0, "write ?? for any byte");
	wrong("?x", 0, "write ?? for any byte");
	wrong("de \\x", 3, "cannot begin a part");
	assert_null(parse_bytes(BYTES("de\0"), NULL, NULL));
}

static void template_invalid_numbers_are_reported(void **state)
{
	(void)state;
	wrong("u8=256", 3, "256 does not fit u8: 0 to 255");
	wrong("de u8=-1", 6, "-1 does not fit u8: 0 to 255");
	wrong("i8=128", 3, "128 does not fit i8: -128 to 127");
	wrong("i8=-129", 3, "-129 does not fit i8: -128 to 127");
	wrong("u16be=65536", 6, "0 to 65535");
	wrong("u24le=0x1000000", 6, "0 to 16777215");
	wrong("i24be=8388608", 6, "-8388608 to 8388607");
	wrong("u32be=4294967296", 6, "0 to 4294967295");
	wrong("u64be=18446744073709551616", 6, "0 to 18446744073709551615");
	wrong("i64be=9223372036854775808", 6,
	      "-9223372036854775808 to 9223372036854775807");
	wrong("varint=-1", 7, "0 to 18446744073709551615");
	wrong("f32be=1e39", 6, "up to +/-3.40");
	wrong("f64be=-1e999", 6, "up to +/-1.79");
	wrong("u8=", 3, "after the =");
	wrong("u8= 5", 3, "after the =");
	wrong("u8=x", 3, "'x' is not a number");
	wrong("u8=1.5", 3, "'1.5' is not a number");
	wrong("u8=0xg", 3, "is not a number");
	wrong("u8=-", 3, "is not a number");
	wrong("u8=\"5\"", 3, "is not a number");
	wrong("f32be=0x10", 6, "is not a number");
	wrong("f32be=1e", 6, "is not a number");
	wrong("u16=5", 0, "unknown type 'u16'; did you mean u16");
	wrong("x:u17be=5", 2, "did you mean u16be?");
	wrong("x:u17be", 2, "did you mean u16be?");
	wrong("x:f33", 2, "unknown type");
	wrong("u16be", 0, "u16be needs a value");
	wrong("u8=$bin", 3, "$bin: '\\x00>\\xff' is not a number");
	wrong("u8=$n", 3, "$n: 513 does not fit u8");
	wrong("u8=$none", 3, "$none: '' is not a number");
	wrong("u8=$unset", 3, "$unset is not set");
	wrong("u8=$", 3, "no name after the $");
	wrong("u8=len(x) x:'0123456789abcdef0123456789abcdef0123456789abcdef"
	      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	      "0123456789abcdef'",
	      7, "256 does not fit u8");
}

static void template_invalid_names_are_reported(void **state)
{
	(void)state;
	wrong("de:u8=5", 0, "'de' is hex bytes, not a name");
	wrong("face:4", 0, "'face' is hex bytes, not a name");
	wrong("de:4", 0, "'de' is hex bytes, not a name");
	wrong("de:", 0, "'de' is hex bytes, not a name");
	wrong("5x:4", 0, "begins with a letter");
	wrong("u8:4", 0, "'u8' is a type, not a name");
	wrong("all:'x'", 0, "give the part another name");
	wrong("x:", 2, "after the :");
	wrong("x: 4", 2, "after the :");
	wrong("x:?3", 2, "after the :");
	wrong("x:'a' x:'b'", 6, "two parts are named 'x'");
	wrong("u8=len(bdy) body:'x'", 7, "did you mean 'body'?");
	wrong("u8=len(q)", 7, "no part is named 'q'");
	wrong("u8=len", 6, "'len' needs a part: len(body) or len(all)");
	wrong("u8=len(", 7, "the name of a part");
	wrong("u8=len(x", 7, "the name of a part");
	wrong("u8=len()", 7, "the name of a part");
	wrong("u8=len(x y)", 7, "the name of a part");
	wrong("u8=md5(all)", 3, "'md5' is not one of len");
	wrong("=md5(all)", 1, "'md5' is not one of len");
	wrong("=", 1, "expected a sum after the =");
	wrong("= crc32(all)", 1, "expected a sum after the =");
	wrong("=len(all)", 0, "a length needs a type: u16be=len(all)");
	wrong("=crc32", 6, "needs a part: crc32(body)");
	wrong("u16be=crc32(all)", 0, "32 bits and does not fit u16be");
	wrong("x:i16be=crc16(all)", 0, "write u16be=crc16");
	wrong("f32be=len(all)", 0, "a length must be a whole number");
	wrong("x:u8=sum8(x)", 10, "computed from itself");
	wrong("x:varint=len(x)", 13, "computed from itself");
	wrong("x:u8=sum8(y) y:u8=sum8(x)", 10, "computed from itself");
	wrong("y:u8=sum8(z) x:u8=sum8(y) z:u8=sum8(all)", 10,
	      "computed from itself");
}

static void template_wildcards_cannot_be_sent(void **state)
{
	(void)state;
	wrong("de ??", 3, "cannot be sent");
	wrong("?3", 0, "cannot be sent");
	wrong("de??ad", 2, "cannot be sent");
	wrong("de x:4", 3, "x:\"text\" or x:$var");
	wrong("x:*", 0, "x:\"text\"");
	wrong("len:u8=5 x:len", 9, "x:\"text\"");
	wrong("len:u16be body:'x'", 0, "write len:u16be=5, =$var");
	wrong("len:u8=len(x) =crc32(x) x:4", 24, "x:\"text\"");
	wrong("x:0", 2, "not a number of bytes");
	wrong("x:16777217", 2, "not a number of bytes");
	wrong("x:4f", 2, "not a number of bytes");
	wrong("x:'a' y:x", 8, "'x' is not a whole number");
	wrong("x:f32be=1 y:x", 12, "'x' is not a whole number");
	wrong("y:x x:u8", 2, "must precede the bytes");
	wrong("y:y", 2, "not a whole number");
	wrong("x:* y:*", 4, "follow a part that takes the rest");
	wrong("n:u8 x:* y:n", 9, "follow a part that takes the rest");
	wrong("x:* y:varint", 4, "follow a part that takes the rest");
	wrong("x:n2", 2, "not a number named earlier, a variable or a type");
	wrong("x:bin", 2, "$bin: ");
}

static void template_limits_hold(void **state)
{
	struct buf text, out;
	struct template *t;
	size_t bad;
	struct err e;

	(void)state;
	buf_init(&text, SIZE_MAX);
	buf_init(&out, 10);
	for (int i = 0; i < 4096; i++)
		buf_printf(&text, "n%d:u8=1 ", i);
	t = parse(buf_cstr(&text));
	assert_int_equal(template_build(t, NULL, &out, &bad, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(buf_len(&out), 0);
	template_unref(t);
	buf_puts(&text, "u8=1");
	wrong(buf_cstr(&text), buf_len(&text) - 4, "at most 4096");
	/* Adjacent constants are one part. */
	buf_clear(&text);
	for (int i = 0; i < 200000; i++)
		buf_puts(&text, i % 2 ? "00 " : "'a' ");
	template_unref(parse(buf_cstr(&text)));
	while (buf_len(&text) <= 1 << 20)
		buf_puts(&text, "00 ");
	wrong(buf_cstr(&text), 1 << 20, "at most 1 MiB");
	buf_fini(&text);
	buf_fini(&out);
}

/* Each value depends on the next one: the worst order for the computation. */
static void template_long_chains_are_computed(void **state)
{
	struct buf text, out;
	struct template *t;

	(void)state;
	buf_init(&text, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	for (int i = 0; i < 2000; i++)
		buf_printf(&text, "n%d:u8=sum8(n%d) ", i, i + 1);
	buf_puts(&text, "n2000:07");
	wrong(buf_cstr(&text), buf_len(&text) - 2, "not a number of bytes");
	buf_truncate(&text, buf_len(&text) - 2);
	buf_puts(&text, "'\a'");
	t = parse(buf_cstr(&text));
	assert_int_equal(template_build(t, NULL, &out, NULL, NULL), 0);
	assert_int_equal(buf_len(&out), 2001);
	for (size_t i = 0; i < buf_len(&out); i++)
		assert_int_equal(out.data[i], 7);
	template_unref(t);
	buf_fini(&text);
	buf_fini(&out);
}

static void template_knows_if_it_is_constant(void **state)
{
	static const struct {
		const char *text;
		bool constant;
	} all[] = {
	    {"de u8=5 x:\"a\" =crc32(all) y:4 n:u8 z:n", true},
	    {"$n", false},
	    {"\"a $n\"", false},
	    {"u8=$n", false},
	    {"x:n", false},
	    {"\"a \\$n\" '$n'", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct template *t = parse(all[i].text);

		if (template_constant(t) != all[i].constant)
			fail_msg("<%s>", all[i].text);
		template_unref(t);
	}
}

static void template_references_are_counted(void **state)
{
	struct template *t = parse("de");

	(void)state;
	assert_ptr_equal(template_ref(t), t);
	template_unref(t);
	template_unref(t);
	template_unref(NULL);
}

static void printed(struct bytes in, const char *wanted)
{
	struct buf out;

	buf_init(&out, SIZE_MAX);
	template_print(in, &out);
	assert_string_equal(buf_cstr(&out), wanted);
	buf_fini(&out);
}

static void template_print_shows_text_as_text(void **state)
{
	(void)state;
	printed(BYTES_NONE, "<\"\">");
	printed(BYTES("GET / HTTP/1.1\r\n\0\xff"),
		"<\"GET / HTTP/1.1\\r\\n\" 00 ff>");
	printed(BYTES("\0\x05hello\0"), "<00 05 \"hello\" 00>");
	printed(BYTES("ok"), "<\"ok\">");
	printed(BYTES("\0ok\1"), "<00 6f 6b 01>");
	printed(BYTES("say \"$x\" \\ > <"), "<\"say \\\"\\$x\\\" \\\\ > <\">");
	printed(BYTES("\xc3\xa9t\xc3\xa9\xff"), "<\"\xc3\xa9t\xc3\xa9\" ff>");
	printed(BYTES("\xe2\x80\xae"
		      "abc"),
		"<e2 80 ae 61 62 63>");
	printed(BYTES("\033[31mred"), "<1b \"[31mred\">");
}

/* Fills `at` with arbitrary bytes (`kind` 0), with text of which one byte in
 * eight is arbitrary (1), or with text (2). */
static void fill(uint8_t *at, size_t len, unsigned kind)
{
	for (size_t i = 0; i < len; i++) {
		unsigned n = (unsigned)rand();

		if (kind == 0 || (kind == 1 && n % 8 == 0))
			at[i] = (uint8_t)(n >> 8);
		else
			at[i] =
			    (uint8_t) "abc \"$\\<>'\r\n\t\xc3\xa9#"[(n >> 8) %
								    17];
	}
}

static void template_print_can_be_read_back(void **state)
{
	(void)state;
	srand(20261122);
	for (unsigned round = 0; round < 3000; round++) {
		size_t len = (size_t)rand() % (round % 100 ? 60 : 3000);
		uint8_t *data = malloc(len + 1);
		struct buf text, out;
		struct template *t;

		assert_non_null(data);
		fill(data, len, round % 3);
		buf_init(&text, SIZE_MAX);
		buf_init(&out, SIZE_MAX);
		template_print(bytes_of(data, len), &text);
		assert_int_equal(text.data[0], '<');
		assert_int_equal(text.data[buf_len(&text) - 1], '>');
		buf_truncate(&text, buf_len(&text) - 1);
		t = parse(buf_cstr(&text) + 1);
		assert_int_equal(template_build(t, NULL, &out, NULL, NULL), 0);
		if (!bytes_equal(buf_bytes(&out), bytes_of(data, len)))
			fail_msg("%s> is something else", buf_cstr(&text));
		template_unref(t);
		buf_fini(&text);
		buf_fini(&out);
		free(data);
	}
}

/* template_print() promises a valid template for up to 256 KiB of data; this
 * data has the longest notation. */
static void template_print_of_256k_can_be_read(void **state)
{
	enum { LEN = 256 << 10 };
	uint8_t *data = malloc(LEN);
	struct buf text, out;
	struct template *t;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < LEN; i++)
		data[i] = (uint8_t)(i % 6 ? '\n' : 0);
	buf_init(&text, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	template_print(bytes_of(data, LEN), &text);
	buf_truncate(&text, buf_len(&text) - 1);
	t = parse(buf_cstr(&text) + 1);
	assert_int_equal(template_build(t, NULL, &out, NULL, NULL), 0);
	assert_true(bytes_equal(buf_bytes(&out), bytes_of(data, LEN)));
	template_unref(t);
	buf_fini(&text);
	buf_fini(&out);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(template_reads_all_notations_of_bytes),
	    cmocka_unit_test(template_text_takes_escapes_and_variables),
	    cmocka_unit_test(template_numbers_have_all_forms),
	    cmocka_unit_test(template_numbers_ignore_the_locale),
	    cmocka_unit_test(template_values_are_computed),
	    cmocka_unit_test(template_sums_have_their_check_values),
	    cmocka_unit_test(template_adler32_of_long_data),
	    cmocka_unit_test(template_malformed_parts_are_reported),
	    cmocka_unit_test(template_invalid_numbers_are_reported),
	    cmocka_unit_test(template_invalid_names_are_reported),
	    cmocka_unit_test(template_wildcards_cannot_be_sent),
	    cmocka_unit_test(template_limits_hold),
	    cmocka_unit_test(template_long_chains_are_computed),
	    cmocka_unit_test(template_knows_if_it_is_constant),
	    cmocka_unit_test(template_references_are_counted),
	    cmocka_unit_test(template_print_shows_text_as_text),
	    cmocka_unit_test(template_print_can_be_read_back),
	    cmocka_unit_test(template_print_of_256k_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
