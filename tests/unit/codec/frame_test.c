/* SPDX-License-Identifier: ISC */
/*
 * Tests frames: each kind's bytes in both directions, cut at each place, and
 * hostile input.
 *
 * Long: tests each family of frames, then all kinds together.
 */
#include "rung/codec/frame.h"

#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct frame parsed_max(const char *text, const char *max)
{
	struct frame f;
	struct err e;
	struct bytes limit = max ? bytes_str(max) : BYTES_NONE;
	if (frame_parse(bytes_str(text), false, limit, &f, &e))
		fail_msg("%s: %s", text, e.text);
	return f;
}

static struct frame parsed(const char *text)
{
	return parsed_max(text, NULL);
}

/* A minimal reader that, like the frame rung, keeps an incomplete frame. */
struct reader {
	struct frame frame;
	struct buf held, scratch;
	size_t seen;
	struct buf
	    got;     /* `[payload]` of each frame, `!OFFSET text` of an error */
	uint64_t at; /* stream offset of the first byte in `held` */
	bool broken;
	const char *want;
	size_t want_len;
	size_t most; /* maximum number of kept bytes */
};

static void begin(void *on)
{
	struct reader *r = on;
	size_t most = frame_wire_max(&r->frame);
	buf_init(&r->held, SIZE_MAX / 8);
	buf_init(&r->scratch, most);
	buf_init(&r->got, SIZE_MAX / 8);
	r->seen = r->most = 0;
	r->at = 0;
	r->broken = false;
}

static void drop(struct reader *r, size_t n)
{
	buf_drop(&r->held, n);
	r->at += n;
	r->seen = 0;
}

static bool next(struct reader *r)
{
	struct bytes payload;
	struct err e;
	size_t took = r->seen;
	switch (frame_read(&r->frame, buf_bytes(&r->held), &took, &r->scratch,
			   &payload, &e)) {
	case FRAME_OK:
		buf_putc(&r->got, '[');
		buf_put(&r->got, payload);
		buf_putc(&r->got, ']');
		assert_in_range(took, 1, buf_len(&r->held));
		drop(r, took);
		return true;
	case FRAME_SKIP:
		assert_in_range(took, 1, buf_len(&r->held));
		drop(r, took);
		return true;
	case FRAME_MORE:
		assert_true(buf_len(&r->held) < frame_wire_max(&r->frame));
		assert_true(took <= buf_len(&r->held));
		r->seen = took;
		return false;
	case FRAME_BAD:
		assert_int_equal(e.kind, ERR_FRAME);
		buf_printf(&r->got, "!%llu %s",
			   (unsigned long long)(r->at + took), e.text);
		r->broken = true;
		return false;
	}
	return false;
}

static void piece(void *on, struct bytes b)
{
	struct reader *r = on;
	if (r->broken)
		return;
	assert_int_equal(buf_put(&r->held, b), 0);
	while (buf_len(&r->held) && next(r))
		;
	if (buf_len(&r->held) > r->most)
		r->most = buf_len(&r->held);
}

static void done(void *on)
{
	struct reader *r = on;
	struct bytes got = buf_bytes(&r->got);
	if (!bytes_equal(got, bytes_of(r->want, r->want_len)))
		fail_msg("%s: got %.*s, not %s", feed_how(), (int)got.len,
			 (const char *)got.at, r->want);
	buf_fini(&r->held);
	buf_fini(&r->scratch);
	buf_fini(&r->got);
}

static const struct feed feed = {begin, piece, done};

static void reads_as(struct frame f, struct bytes wire, const char *want,
		     size_t want_len)
{
	struct reader r = {.frame = f, .want = want, .want_len = want_len};
	feed_every_split(&feed, &r, wire);
}

/* Takes literals, which may contain NULs. */
#define READS(frame, wire, want) \
	reads_as(frame, BYTES(wire), want, sizeof(want) - 1)

static void writes_as(struct frame f, struct bytes payload, struct bytes want)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct err e;
	if (frame_write(&f, payload, &out, &e))
		fail_msg("%s", e.text);
	assert_int_equal(buf_len(&out), want.len);
	assert_memory_equal(buf_bytes(&out).at, want.at, want.len);
	buf_fini(&out);
}

#define WRITES(frame, payload, want) \
	writes_as(frame, BYTES(payload), BYTES(want))

static void refuses(struct frame f, struct bytes payload, const char *why)
{
	struct buf out = {.limit = 1 << 20};
	struct err e;
	buf_puts(&out, "before");
	assert_int_equal(frame_write(&f, payload, &out, &e), -1);
	assert_int_equal(e.kind, ERR_FRAME);
	assert_string_equal(e.text, why);
	assert_true(bytes_is(buf_bytes(&out), "before"));
	buf_fini(&out);
}

static void line_ends_in_lf_or_crlf(void **state)
{
	(void)state;
	READS(parsed("line"), "one\r\ntwo\n\n\r\nr\rs\nrest",
	      "[one][two][][][r\rs]");
	WRITES(parsed("line"), "hello", "hello\n");
	WRITES(parsed("line"), "", "\n");
	refuses(parsed("line"), BYTES("a\nb"),
		"line contains the line ending at byte 1");
	refuses(parsed("line"), BYTES("a\r"),
		"line ends in CR, which the receiver would strip with the line "
		"ending");
}

static void line_ends_in_the_given_mark(void **state)
{
	(void)state;
	READS(parsed("line:crlf"), "one\ntwo\r\n\rx\r\n", "[one\ntwo][\rx]");
	READS(parsed("line:lf"), "one\r\n\n", "[one\r][]");
	READS(parsed("line:nul"), "a\n\0b\0\0c", "[a\n][b][]");
	READS(parsed("line:END"), "xENENDEND.END", "[xEN][][.]");
	READS(parsed("line:abab"), "aabababab", "[a][]");
	WRITES(parsed("line:crlf"), "a\nb\r", "a\nb\r\r\n");
	WRITES(parsed("line:nul"), "x", "x\0");
	refuses(parsed("line:nul"), BYTES("a\0b"),
		"line contains the line ending at byte 1");
	/* In `xab` followed by its mark `abab`, the first `abab` is not the
	 * mark. */
	refuses(parsed("line:abab"), BYTES("xab"),
		"line contains the line ending at byte 1");
}

static void line_longer_than_max_is_bad(void **state)
{
	(void)state;
	READS(parsed_max("line", "4"), "1234\r\n1234\n12345\n",
	      "[1234][1234]!15 a message is longer than max=4");
	READS(parsed_max("line", "4"), "123456789012345678",
	      "!4 a message is longer than max=4");
	READS(parsed_max("line:crlf", "4"), "1234\r\n12345\r\n",
	      "[1234]!10 a message is longer than max=4");
	refuses(parsed_max("line", "4"), BYTES("12345"),
		"5 bytes exceed max=4");
}

static void fixed_has_a_constant_size(void **state)
{
	(void)state;
	READS(parsed("fixed:3"), "abcdefgh", "[abc][def]");
	WRITES(parsed("fixed:3"), "abc", "abc");
	refuses(parsed("fixed:3"), BYTES("ab"), "fixed size is 3 bytes, not 2");
	refuses(parsed("fixed:3"), BYTES("abcd"),
		"fixed size is 3 bytes, not 4");
}

static void length_precedes_the_payload(void **state)
{
	(void)state;
	READS(parsed("u8"), "\3abc\0\1x", "[abc][][x]");
	READS(parsed("u16be"), "\0\3abc\0\0\0\1x\1", "[abc][][x]");
	READS(parsed("u16le"), "\3\0abc\0\0\1\0x", "[abc][][x]");
	READS(parsed("u32be"), "\0\0\0\3abc\0\0\0\0", "[abc][]");
	READS(parsed("u32le"), "\3\0\0\0abc\0\0\0\0", "[abc][]");
	WRITES(parsed("u8"), "abc", "\3abc");
	WRITES(parsed("u16be"), "abc", "\0\3abc");
	WRITES(parsed("u16le"), "abc", "\3\0abc");
	WRITES(parsed("u32be"), "abc", "\0\0\0\3abc");
	WRITES(parsed("u32le"), "abc", "\3\0\0\0abc");
	WRITES(parsed("u32le"), "", "\0\0\0\0");
}

static void length_may_count_more_than_the_payload(void **state)
{
	(void)state;
	READS(parsed("u16be+2"), "\0\5abc\0\2", "[abc][]");
	READS(parsed("varint+1"), "\4abc\1", "[abc][]");
	WRITES(parsed("u16be+2"), "abc", "\0\5abc");
	WRITES(parsed("u32be+4"), "", "\0\0\0\4");
	READS(parsed("u16be+2"), "\0\2\0\1x",
	      "[]!2 length 1 is too small; the minimum with +N is 2");
	READS(parsed("varint+1"), "\0",
	      "!0 length 0 is too small; the minimum with +N is 1");
}

/* A length over max is an error without further input or memory. */
static void length_over_max_is_bad_at_once(void **state)
{
	struct reader r = {.frame = parsed("u32be")};
	(void)state;
	READS(parsed("u32be"), "\0\0\0\1a\xff\xff\xff\xff",
	      "[a]!5 length 4294967295 exceeds max=1048576");
	READS(parsed_max("u8", "3"), "\3abc\4",
	      "[abc]!4 length 4 exceeds max=3");
	READS(parsed_max("u16be+2", "3"), "\0\5abc\0\6",
	      "[abc]!5 length 6 exceeds max=3");
	READS(parsed_max("varint", "3"), "\3abc\xff\xff\3",
	      "[abc]!4 length 65535 exceeds max=3");
	begin(&r);
	piece(&r, BYTES("\x7f\0\0\0"));
	assert_true(r.broken);
	assert_int_equal(buf_len(&r.scratch), 0);
	assert_true(r.scratch.cap == 0);
	buf_fini(&r.held);
	buf_fini(&r.got);
}

static void length_must_fit_its_field(void **state)
{
	static const uint8_t big[65536];
	(void)state;
	refuses(parsed("u8"), bytes_of(big, 256),
		"length 256 does not fit in 1 byte");
	refuses(parsed("u8+1"), bytes_of(big, 255),
		"length 256 does not fit in 1 byte");
	refuses(parsed("u16be"), bytes_of(big, 65536),
		"length 65536 does not fit in 2 bytes");
	refuses(parsed("u16le+2"), bytes_of(big, 65534),
		"length 65536 does not fit in 2 bytes");
}

static void longest_payload_fits_the_length_field(void **state)
{
	static const struct {
		const char *kind, *max;
		size_t want;
	} rows[] = {
	    {"u8", NULL, 255},
	    {"u8+2", NULL, 253},
	    {"u8", "100", 100},
	    {"u16be", NULL, 65535},
	    {"u16le", "1k", 1024},
	    {"u32be", NULL, FRAME_MAX_DEFAULT},
	    {"varint+3", NULL, 1 << 20},
	    {"fixed:7", NULL, 7},
	    {"line", "9", 9},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct frame f = parsed_max(rows[i].kind, rows[i].max);
		assert_int_equal(frame_payload_max(&f), rows[i].want);
	}
}

static void length_may_fill_its_field(void **state)
{
	static const uint8_t big[65535];
	const struct {
		const char *kind;
		size_t len;
		struct bytes head;
	} rows[] = {
	    {"u8", 255, BYTES("\xff")},
	    {"u8+1", 254, BYTES("\xff")},
	    {"u16be", 65535, BYTES("\xff\xff")},
	    {"u16le+2", 65533, BYTES("\xff\xff")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct frame f = parsed(rows[i].kind);
		struct buf out = {.limit = 1 << 20};
		struct err e;

		assert_int_equal(
		    frame_write(&f, bytes_of(big, rows[i].len), &out, &e), 0);
		assert_true(bytes_starts(buf_bytes(&out), rows[i].head));
		assert_int_equal(buf_len(&out), rows[i].head.len + rows[i].len);
		buf_fini(&out);
	}
}

static void varint_has_seven_bits_a_byte(void **state)
{
	struct buf wire = {.limit = 1 << 20};
	char want[303];
	(void)state;
	/* The example of the Protocol Buffers specification: 300 is ac 02. */
	buf_put(&wire, BYTES("\xac\2"));
	for (int i = 0; i < 300; i++)
		buf_putc(&wire, 'x');
	snprintf(want, sizeof want, "[%.*s]", 300,
		 (const char *)buf_bytes(&wire).at + 2);
	reads_as(parsed("varint"), buf_bytes(&wire), want, 302);
	writes_as(parsed("varint"), bytes_skip(buf_bytes(&wire), 2),
		  buf_bytes(&wire));
	WRITES(parsed("varint"), "", "\0");
	/* An encoding longer than necessary is valid. */
	READS(parsed("varint"), "\x81\x80\x80\0x\x80\0", "[x][]");
	buf_fini(&wire);
}

static void varint_over_64_bits_is_bad(void **state)
{
	(void)state;
	READS(parsed("varint"), "\x80\x80\x80\x80\x80\x80\x80\x80\x80\2",
	      "!9 varint longer than 64 bits");
	READS(parsed("varint"), "\1a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0",
	      "[a]!11 varint longer than 64 bits");
	READS(parsed("varint"), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1",
	      "!0 length 18446744073709551615 exceeds max=1048576");
	READS(parsed("varint"), "\x81\x80\x80\x80\x80\x80\x80\x80\x80\0x",
	      "[x]");
}

static void netstring_begins_with_its_length(void **state)
{
	(void)state;
	READS(parsed("netstring"), "12:hello world!,0:,3:a,b,",
	      "[hello world!][][a,b]");
	WRITES(parsed("netstring"), "hello world!", "12:hello world!,");
	WRITES(parsed("netstring"), "", "0:,");
}

static void netstring_malformed_is_bad(void **state)
{
	(void)state;
	READS(parsed("netstring"), "0:,05:hello,",
	      "[]!3 netstring length begins with 0");
	READS(parsed("netstring"), "00:,", "!0 netstring length begins with 0");
	READS(parsed("netstring"), "5:hello;",
	      "!7 byte 3b instead of ',' at the end of a netstring of 5 bytes");
	READS(parsed("netstring"), "5x",
	      "!1 byte 78 instead of a digit or ':' of a netstring length");
	READS(parsed("netstring"), ":,",
	      "!0 byte 3a instead of a digit of a netstring length");
	READS(parsed("netstring"),
	      "-1:", "!0 byte 2d instead of a digit of a netstring length");
	READS(parsed_max("netstring", "3"), "3:abc,4:abcd,",
	      "[abc]!6 netstring longer than max=3");
	READS(parsed("netstring"),
	      "1048577:", "!6 netstring longer than max=1048576");
	READS(parsed("netstring"), "99999999999999999999999999999999:",
	      "!6 netstring longer than max=1048576");
}

static void slip_escapes_two_bytes(void **state)
{
	(void)state;
	READS(parsed("slip"), "\xc0hi\xc0\xc0\xc0x\xdb\xdcy\xdb\xddz\xc0q",
	      "[hi][x\xc0y\xdbz]");
	READS(parsed("slip"), "no end before\xc0", "[no end before]");
	WRITES(parsed("slip"), "x\xc0y\xdbz", "\xc0x\xdb\xdcy\xdb\xddz\xc0");
	WRITES(parsed("slip"), "\xc0", "\xc0\xdb\xdc\xc0");
	refuses(parsed("slip"), BYTES_NONE,
		"SLIP cannot send empty messages (RFC 1055 skips them)");
}

static void slip_malformed_is_bad(void **state)
{
	(void)state;
	READS(parsed("slip"),
	      "ok\xc0"
	      "ab\xdbz\xc0",
	      "[ok]!6 byte 7a after ESC; RFC 1055 allows dc and dd only");
	READS(parsed("slip"), "ab\xdb\xc0",
	      "!3 byte c0 after ESC; RFC 1055 allows dc and dd only");
	READS(parsed_max("slip", "2"),
	      "\xc0"
	      "ab\xc0\xdb\xdc\xdb\xdd\xc0"
	      "abc\xc0",
	      "[ab][\xc0\xdb]!11 a message is longer than max=2");
	READS(parsed_max("slip", "2"), "abcdefghijkl",
	      "!4 a message is longer than max=2");
}

static void slip_keeps_no_run_of_ends(void **state)
{
	struct reader r = {.frame = parsed("slip")};
	(void)state;
	begin(&r);
	for (int i = 0; i < 10000; i++)
		piece(&r, BYTES("\xc0"));
	assert_int_equal(r.most, 0);
	assert_int_equal(buf_len(&r.got), 0);
	buf_fini(&r.held);
}

/* The vectors are the usual examples of the COBS algorithm. */
static void cobs_removes_zeros(void **state)
{
	static const struct {
		struct bytes payload, wire;
	} rows[] = {
#define ROW(payload, wire)                                         \
	{                                                          \
		{(const uint8_t *)(payload), sizeof(payload) - 1}, \
		{                                                  \
			(const uint8_t *)(wire), sizeof(wire) - 1  \
		}                                                  \
	}
	    ROW("", "\1\0"),
	    ROW("\0", "\1\1\0"),
	    ROW("\0\0", "\1\1\1\0"),
	    ROW("\0\x11\0", "\1\2\x11\1\0"),
	    ROW("\x11\x22\0\x33", "\3\x11\x22\2\x33\0"),
	    ROW("\x11\x22\x33\x44", "\5\x11\x22\x33\x44\0"),
	    ROW("\x11\0\0\0", "\2\x11\1\1\1\0"),
#undef ROW
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf want = {.limit = 100};
		buf_putc(&want, '[');
		buf_put(&want, rows[i].payload);
		buf_putc(&want, ']');
		writes_as(parsed("cobs"), rows[i].payload, rows[i].wire);
		reads_as(parsed("cobs"), rows[i].wire,
			 (const char *)buf_bytes(&want).at, buf_len(&want));
		buf_fini(&want);
	}
	READS(parsed("cobs"), "\0\0\2a\0\0\2b\0\0", "[a][b]");
}

/* Fills `to` with n bytes that count up from `first`, modulo 256. */
static struct bytes count_up(uint8_t *to, unsigned first, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(first + i);
	return bytes_of(to, n);
}

static void cobs_blocks_of_254_have_no_zero(void **state)
{
	uint8_t data[300], want[300];
	(void)state;
	/* 01..fe -> ff 01..fe 00 */
	want[0] = 0xff;
	count_up(want + 1, 1, 254);
	want[255] = 0;
	writes_as(parsed("cobs"), count_up(data, 1, 254), bytes_of(want, 256));
	/* 01..ff -> ff 01..fe 02 ff 00 */
	memcpy(want + 255, "\2\xff\0", 3);
	writes_as(parsed("cobs"), count_up(data, 1, 255), bytes_of(want, 258));
	/* 02..ff 00 -> ff 02..ff 01 01 00 */
	count_up(want + 1, 2, 254);
	memcpy(want + 255, "\1\1\0", 3);
	writes_as(parsed("cobs"), count_up(data, 2, 255), bytes_of(want, 258));
	/* 03..ff 00 01 -> fe 03..ff 02 01 00 */
	want[0] = 0xfe;
	count_up(want + 1, 3, 253);
	memcpy(want + 254, "\2\1\0", 3);
	writes_as(parsed("cobs"), count_up(data, 3, 255), bytes_of(want, 257));
}

static void cobs_malformed_is_bad(void **state)
{
	(void)state;
	READS(
	    parsed("cobs"), "\2a\0\5\x11\x22\0",
	    "[a]!3 code 05 reaches past the end of the message (3 bytes left)");
	READS(parsed("cobs"), "\3ab\2\0",
	      "!3 code 02 reaches past the end of the message (1 bytes left)");
	READS(parsed_max("cobs", "3"), "\4abc\0\5abcd\0",
	      "[abc]!9 a message is longer than max=3");
	READS(parsed_max("cobs", "3"),
	      "\xff"
	      "abcdefgh",
	      "!4 a message is longer than max=3");
}

static uint32_t chance; /* xorshift state */

static uint32_t draw(uint32_t below)
{
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	return chance % below;
}

static const char *const kinds[] = {
    "line",    "line:lf",  "line:crlf", "line:nul", "line:ab",
    "fixed:7", "fixed:1",  "u8",        "u8+1",     "u16be",
    "u16le",   "u16be+2",  "u32be",     "u32le",    "u32le+4",
    "varint",  "varint+3", "netstring", "slip",     "cobs",
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Fills `to` with random bytes; about half of the calls use only bytes of
 * `odd`. Result: the payload's length. */
static size_t draw_payload(uint8_t *to, size_t most)
{
	static const char odd[] = "\0\xc0\xdb\xdc\xdd\n\rab,:05";
	size_t n = draw(4) ? draw(20) : draw((uint32_t)most);
	bool plain = draw(2);
	for (size_t i = 0; i < n; i++)
		to[i] = plain ? (uint8_t)draw(256)
			      : (uint8_t)odd[draw(sizeof odd - 1)];
	return n;
}

static void written_frames_are_read_back(void **state)
{
	uint8_t payload[600];
	(void)state;
	chance = 2463534242;
	for (unsigned round = 0; round < 20000; round++) {
		struct reader r = {.frame = parsed(kinds[round % KINDS])};
		struct buf wire = {.limit = 1 << 20};
		struct buf want = {.limit = 1 << 20};
		for (unsigned i = 0; i < 4; i++) {
			size_t n = draw_payload(payload, sizeof payload);
			struct bytes p = bytes_of(payload, n);
			if (frame_write(&r.frame, p, &wire, NULL))
				continue;
			buf_putc(&want, '[');
			buf_put(&want, p);
			buf_putc(&want, ']');
		}
		assert_true(buf_len(&wire) <= 4 * frame_wire_max(&r.frame));
		begin(&r);
		for (size_t at = 0; at < buf_len(&wire);) {
			size_t n = 1 + draw(100);
			struct bytes b = bytes_skip(buf_bytes(&wire), at);
			piece(&r, bytes_head(b, n));
			at += n;
		}
		assert_int_equal(buf_len(&r.held), 0);
		r.want = (const char *)buf_bytes(&want).at;
		r.want_len = buf_len(&want);
		done(&r);
		buf_fini(&wire);
		buf_fini(&want);
	}
}

static void random_input_reads_the_same_at_any_cut(void **state)
{
	uint8_t junk[64];
	(void)state;
	chance = 88675123;
	for (unsigned round = 0; round < 600; round++) {
		struct frame f = parsed_max(kinds[round % KINDS],
					    draw(2) ? "8" : NULL);
		struct bytes b = bytes_of(junk,
					  draw_payload(junk, sizeof junk));
		struct reader whole = {.frame = f};
		begin(&whole);
		piece(&whole, b);
		struct bytes got = buf_bytes(&whole.got);
		/* If the input comes in pieces, an excessive length may be
		 * found before another error. */
		if (!whole.broken)
			reads_as(f, b, (const char *)got.at, got.len);
		buf_fini(&whole.held);
		buf_fini(&whole.scratch);
		buf_fini(&whole.got);
	}
}

static void wire_length_is_known_from_the_header(void **state)
{
	struct frame f = parsed("u16be");
	(void)state;
	assert_int_equal(frame_wire_len(&f, BYTES("\0")), 0);
	assert_int_equal(frame_wire_len(&f, BYTES("\0\3a")), 5);
	f = parsed("netstring");
	assert_int_equal(frame_wire_len(&f, BYTES("12")), 0);
	assert_int_equal(frame_wire_len(&f, BYTES("12:h")), 16);
	f = parsed("varint+1");
	assert_int_equal(frame_wire_len(&f, BYTES("\4")), 4);
	f = parsed("fixed:9");
	assert_int_equal(frame_wire_len(&f, BYTES("a")), 9);
	f = parsed("line");
	assert_int_equal(frame_wire_len(&f, BYTES("a")), 0);
}

static void printed_kind_is_parsed_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct frame f = parsed(kinds[i]);
		struct buf out = {.limit = 100};
		frame_print(&f, &out);
		assert_string_equal(buf_cstr(&out), kinds[i]);
		buf_fini(&out);
	}
	struct frame f;
	struct buf out = {.limit = 100};
	assert_int_equal(
	    frame_parse(BYTES("line:\r\n.\r\n"), false, BYTES_NONE, &f, NULL),
	    0);
	frame_print(&f, &out);
	assert_string_equal(buf_cstr(&out), "line:\r\n.\r\n");
	buf_fini(&out);
	assert_int_equal(parsed_max("u8", "64k").max, 65536);
	assert_int_equal(parsed("u8").max, FRAME_MAX_DEFAULT);
	assert_int_equal(parsed("fixed:4M").max, 4 << 20);
	/* The maximum values are valid. */
	assert_int_equal(parsed("fixed:1G").size, 1 << 30);
	assert_int_equal(parsed_max("u8", "1G").max, 1 << 30);
	assert_int_equal(parsed("u16be+255").adjust, 255);
}

/* A quoted mark is never a keyword; a mark equal to a keyword is printed in
 * quotes. */
static void quoted_mark_is_no_keyword(void **state)
{
	static const char *const names[] = {"lf", "crlf", "nul"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf text = {.limit = 100}, want = {.limit = 100};
		struct buf described = {.limit = 100}, quoted = {.limit = 100};
		struct frame f;
		buf_printf(&text, "line:%s", names[i]);
		assert_int_equal(
		    frame_parse(buf_bytes(&text), true, BYTES_NONE, &f, NULL),
		    0);
		assert_true(bytes_is(bytes_of(f.mark, f.mark_len), names[i]));
		frame_describe(&f, &described);
		frame_quote(&f, &quoted);
		buf_printf(&want, "line:\"%s\"", names[i]);
		assert_string_equal(buf_cstr(&described), buf_cstr(&want));
		buf_clear(&want);
		buf_printf(&want, "\"line:%s\"", names[i]);
		assert_string_equal(buf_cstr(&quoted), buf_cstr(&want));
		buf_fini(&text);
		buf_fini(&want);
		buf_fini(&described);
		buf_fini(&quoted);
	}
}

static void listed_kinds_can_be_parsed(void **state)
{
	(void)state;
	for (size_t i = 0; frame_kinds[i]; i += 2) {
		assert_non_null(frame_kinds[i + 1]);
		if (strcmp(frame_kinds[i], "fixed:N") != 0)
			parsed(frame_kinds[i]);
	}
	assert_string_equal(frame_names[0], "none");
	for (const char *const *name = frame_names + 1; *name; name++)
		if (!strchr(*name, ':') || strlen(strchr(*name, ':')) > 1)
			parsed(*name);
}

static void invalid_kind_is_an_error(void **state)
{
	static const struct {
		const char *text, *max, *why;
	} rows[] = {
	    {"lien", NULL,
	     "unknown frame 'lien': did you mean 'line'? ('help frames' lists "
	     "them)"},
	    {"cops", NULL,
	     "unknown frame 'cops': did you mean 'cobs'? ('help frames' lists "
	     "them)"},
	    {"", NULL, "unknown frame '' ('help frames' lists them)"},
	    {"u24", NULL, NULL},
	    {"line:", NULL, NULL},
	    {"line:12345678901234567", NULL,
	     "a line ending has 1 to 16 bytes, not 17; use line:lf, line:crlf, "
	     "line:nul or line:END"},
	    {"fixed", NULL, "fixed:N needs a size, as in fixed:16"},
	    {"fixed:0", NULL, "fixed:0: the size is 1 byte to 1 GiB"},
	    {"fixed:2G", NULL, "fixed:2G: the size is 1 byte to 1 GiB"},
	    {"fixed:x", NULL, NULL},
	    {"fixed:9", "8", "max=8 is less than the fixed size of 9 bytes"},
	    {"u16be+", NULL, NULL},
	    {"u16be+256", NULL,
	     "+256: a length can include at most 255 more bytes"},
	    {"u16be+x", NULL, NULL},
	    {"u16be:2", NULL, "':2' is not valid after u16be"},
	    {"slip+1", NULL, "'+1' is not valid after slip"},
	    {"u8", "0", "max=0: must be 1 byte to 1 GiB"},
	    {"u8", "2G", "max=2G: must be 1 byte to 1 GiB"},
	    {"u8", "many", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct frame f;
		struct err e;
		struct bytes max = rows[i].max ? bytes_str(rows[i].max)
					       : BYTES_NONE;
		if (!frame_parse(bytes_str(rows[i].text), false, max, &f, &e))
			fail_msg("%s was taken", rows[i].text);
		assert_int_equal(e.kind, ERR_USAGE);
		if (rows[i].why)
			assert_string_equal(e.text, rows[i].why);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_ends_in_lf_or_crlf),
	    cmocka_unit_test(line_ends_in_the_given_mark),
	    cmocka_unit_test(line_longer_than_max_is_bad),
	    cmocka_unit_test(fixed_has_a_constant_size),
	    cmocka_unit_test(length_precedes_the_payload),
	    cmocka_unit_test(length_may_count_more_than_the_payload),
	    cmocka_unit_test(length_over_max_is_bad_at_once),
	    cmocka_unit_test(length_must_fit_its_field),
	    cmocka_unit_test(length_may_fill_its_field),
	    cmocka_unit_test(longest_payload_fits_the_length_field),
	    cmocka_unit_test(varint_has_seven_bits_a_byte),
	    cmocka_unit_test(varint_over_64_bits_is_bad),
	    cmocka_unit_test(netstring_begins_with_its_length),
	    cmocka_unit_test(netstring_malformed_is_bad),
	    cmocka_unit_test(slip_escapes_two_bytes),
	    cmocka_unit_test(slip_malformed_is_bad),
	    cmocka_unit_test(slip_keeps_no_run_of_ends),
	    cmocka_unit_test(cobs_removes_zeros),
	    cmocka_unit_test(cobs_blocks_of_254_have_no_zero),
	    cmocka_unit_test(cobs_malformed_is_bad),
	    cmocka_unit_test(written_frames_are_read_back),
	    cmocka_unit_test(random_input_reads_the_same_at_any_cut),
	    cmocka_unit_test(wire_length_is_known_from_the_header),
	    cmocka_unit_test(printed_kind_is_parsed_back),
	    cmocka_unit_test(quoted_mark_is_no_keyword),
	    cmocka_unit_test(listed_kinds_can_be_parsed),
	    cmocka_unit_test(invalid_kind_is_an_error),
	};
	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
