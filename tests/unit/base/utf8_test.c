/* SPDX-License-Identifier: ISC */
/*
 * Tests UTF-8 against RFC 3629. text_test.c tests how invalid bytes are shown.
 */
#include "rung/text.h"
#include "tests/lib/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void utf8_decodes_every_encoded_rune(void **state)
{
	uint8_t out[4];
	uint32_t back;

	(void)state;
	for (uint32_t r = 0; r <= 0x10FFFF; r++) {
		int n = utf8_put(r, out);

		if (r >= 0xD800 && r <= 0xDFFF) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(n, r < 0x80      ? 1
				    : r < 0x800   ? 2
				    : r < 0x10000 ? 3
						  : 4);
		assert_int_equal(utf8_next(bytes_of(out, (size_t)n), &back), n);
		assert_int_equal(back, r);
		for (int k = 1; k < n; k++)
			assert_int_equal(
			    utf8_next(bytes_of(out, (size_t)k), &back), -2);
	}
	assert_int_equal(utf8_put(0x110000, out), 0);
	assert_int_equal(utf8_put(UINT32_MAX, out), 0);
}

static void utf8_next_rejects_invalid_bytes(void **state)
{
	static const struct bytes bad[] = {
	    {(const uint8_t *)"\x80", 1},
	    {(const uint8_t *)"\xbf", 1},
	    {(const uint8_t *)"\xc0\x80", 2},         /* overlong NUL */
	    {(const uint8_t *)"\xc1\xbf", 2},         /* overlong DEL */
	    {(const uint8_t *)"\xe0\x9f\xbf", 3},     /* overlong */
	    {(const uint8_t *)"\xed\xa0\x80", 3},     /* surrogate */
	    {(const uint8_t *)"\xf0\x8f\xbf\xbf", 4}, /* overlong */
	    {(const uint8_t *)"\xf4\x90\x80\x80", 4}, /* past U+10FFFF */
	    {(const uint8_t *)"\xf5\x80\x80\x80", 4},
	    {(const uint8_t *)"\xff", 1},
	    {(const uint8_t *)"\xc3(", 2},
	    {(const uint8_t *)"\xe2\x82(", 3},
	    {(const uint8_t *)"\xe0\x80", 2}, /* invalid, not only incomplete */
	};
	uint32_t rune;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(utf8_next(bad[i], &rune), -1);
		assert_false(utf8_valid(bad[i]));
	}
	assert_int_equal(utf8_next(BYTES_NONE, &rune), 0);
}

static void utf8_valid_checks_every_byte(void **state)
{
	uint8_t text[64];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_true(utf8_valid(bytes_of(text, sizeof(text))));
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = 0x80;
		assert_false(utf8_valid(bytes_of(text, sizeof(text))));
		text[i] = 'a';
	}
	assert_true(utf8_valid(BYTES("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80")));
	assert_false(utf8_valid(BYTES("cut \xf0\x9f\x98")));
	assert_true(utf8_valid(BYTES_NONE));
}

static void utf8_complete_len_excludes_a_cut_character(void **state)
{
	/* Characters of one, two, three and four bytes, and invalid bytes. */
	const struct bytes all = BYTES("a\303\251\342\202\254\360\237\230"
				       "\200z\200\200\200\200\355\240\377");
	static const uint8_t whole[] = {0,  1,  1,  3,  3,  3,  6,  6,  6, 6,
					10, 11, 12, 13, 14, 15, 15, 17, 18};

	(void)state;
	for (size_t n = 0; n <= all.len; n++)
		assert_int_equal(utf8_complete_len(bytes_head(all, n)),
				 whole[n]);
	assert_int_equal(utf8_complete_len(BYTES("\360\237\230")), 0);
	assert_int_equal(utf8_complete_len(BYTES("\300")), 1);
	assert_int_equal(utf8_complete_len(BYTES("\365")), 1);
	assert_int_equal(utf8_complete_len(BYTES_NONE), 0);
}

static void utf8_controls_are_not_printable(void **state)
{
	static const uint32_t odd[] = {
	    0x061C,
	    0x200E,
	    0x200F,
	    0x2028,
	    0x2029,
	    0xAD,
	    0x200B,
	    0x2060,
	    0xFEFF,
	    0xE0001,
	    0xE007F,
	    0xFFFB,
	    /* Blanks, variation selectors, marks over two characters. */
	    0xA0,
	    0x1680,
	    0x2000,
	    0x200A,
	    0x202F,
	    0x205F,
	    0x2800,
	    0x3000,
	    0x3164,
	    0xFFA0,
	    0x115F,
	    0x1160,
	    0xFE00,
	    0xFE0D,
	    0xE0100,
	    0xE01EF,
	    0x034F,
	    0x035C,
	    0x0361,
	    0x1DCD,
	    0xFE20,
	    0x0600,
	    0x110BD,
	};

	(void)state;
	for (uint32_t r = 0; r < 0x20; r++)
		assert_false(utf8_is_printable(r));
	for (uint32_t r = 0x7F; r < 0xA0; r++)
		assert_false(utf8_is_printable(r));
	for (uint32_t r = 0x202A; r <= 0x202E; r++)
		assert_false(utf8_is_printable(r));
	for (uint32_t r = 0x2066; r <= 0x2069; r++)
		assert_false(utf8_is_printable(r));
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_false(utf8_is_printable(odd[i]));
	assert_true(utf8_is_printable(' '));
	assert_true(utf8_is_printable('~'));
	assert_true(utf8_is_printable(0xA1));
	assert_true(utf8_is_printable(0x2027));
	assert_true(utf8_is_printable(0x2030));
	assert_true(utf8_is_printable(0xFE0F));
	assert_true(utf8_is_printable(0x200D));
	assert_true(utf8_is_printable(0xFFFD));
	assert_true(utf8_is_printable(0xE01F0));
	assert_true(utf8_is_printable(0x10FFFF));
}

static void utf8_shows_marks_after_visible_characters_only(void **state)
{
	unsigned marks = 0;

	(void)state;
	assert_false(utf8_shows(0x0338, &marks));
	assert_true(utf8_shows('e', &marks));
	for (unsigned i = 0; i < UTF8_MARKS_MAX; i++)
		assert_true(utf8_shows(0x0301, &marks));
	assert_false(utf8_shows(0x0301, &marks));
	assert_true(utf8_shows('e', &marks));
	assert_false(utf8_shows(0x1B, &marks));
	assert_false(utf8_shows(0x0301, &marks));
	assert_true(utf8_shows(' ', &marks));
	assert_false(utf8_shows(0xFE0F, &marks));
	assert_true(utf8_shows(0x2764, &marks));
	assert_true(utf8_shows(0xFE0F, &marks));
}

static void utf8_width_matches_a_terminal(void **state)
{
	static const struct {
		uint32_t rune;
		unsigned width;
	} cases[] = {
	    {'a', 1},    {' ', 1},     {0xE9, 1},     {0x0301, 0},
	    {0x200D, 0}, {0x20AC, 1},  {0x6F22, 2},   {0xAC00, 2},
	    {0xFF21, 2}, {0xFF71, 1},  {0x1F600, 2},  {0x20000, 2},
	    {0x2B50, 2}, {0x2705, 2},  {0x1F336, 1},  {0x1FAE0, 2},
	    {0x3248, 1}, {0x0E31, 0},  {0x05BF, 0},   {0x0939, 1},
	    {0x094D, 0}, {0xE0100, 0}, {0x10FFFF, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (utf8_width(cases[i].rune) != cases[i].width)
			fail_msg("U+%04X", (unsigned)cases[i].rune);
}

/* One check of UTF-8 in pieces. */
struct pieces {
	struct utf8_check check;
	size_t at, bad; /* bytes so far; offset of the first bad byte */
	size_t want_bad;
	bool want_whole;
};

static void pieces_begin(void *on)
{
	struct pieces *p = on;

	p->check = (struct utf8_check){0};
	p->at = 0;
	p->bad = BYTES_NOT_FOUND;
}

static void pieces_next(void *on, struct bytes b)
{
	struct pieces *p = on;

	if (p->bad != BYTES_NOT_FOUND)
		return;
	p->bad = utf8_check_next(&p->check, b);
	if (p->bad != BYTES_NOT_FOUND)
		p->bad += p->at;
	p->at += b.len;
}

static void pieces_done(void *on)
{
	struct pieces *p = on;

	assert_int_equal(p->bad, p->want_bad);
	assert_int_equal(!p->check.left, p->want_whole);
}

static void utf8_check_finds_the_bad_byte_at_every_split(void **state)
{
	const struct {
		struct bytes text;
		size_t bad;
		bool whole;
	} cases[] = {
	    {BYTES("plain text of more than a word"), SIZE_MAX, true},
	    {BYTES("\xCE\xBA\xE1\xBD\xB9\xF0\x90\x80\x80\xF4\x8F\xBF\xBFz"),
	     SIZE_MAX, true},
	    {BYTES("twelve bytes\xF0\x90\x80"), SIZE_MAX, false},
	    {BYTES("twelve bytes\x80"), 12, true},
	    {BYTES("\xC0\xAF"), 0, true},              /* overlong */
	    {BYTES("\xC1\xBF"), 0, true},              /* overlong */
	    {BYTES("\xE0\x9F\xBF"), 1, true},          /* overlong */
	    {BYTES("a\xF0\x8F\xBF\xBF"), 2, true},     /* overlong */
	    {BYTES("\xED\xA0\x80"), 1, true},          /* surrogate */
	    {BYTES("ab\xF4\x90\x80\x80"), 3, true},    /* U+110000 */
	    {BYTES("\xF5"), 0, true},                  /* no lead byte */
	    {BYTES("\xE2\x82word and word"), 2, true}, /* cut */
	    {BYTES("\xE2\x82\xC3\xA9"), 2, true},      /* cut */
	    {BYTES("\xF0\x9F\x98\x80\xF0\x9F"), SIZE_MAX, false},
	};
	const struct feed feed = {pieces_begin, pieces_next, pieces_done};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pieces p = {.want_bad = cases[i].bad,
				   .want_whole = cases[i].whole};

		feed_every_split(&feed, &p, cases[i].text);
	}
}

static void utf8_check_accepts_what_utf8_valid_accepts(void **state)
{
	(void)state;
	/* Texts of three bytes, after ASCII and after a lead byte. */
	for (uint32_t n = 0; n < 2 << 24; n += n % 5 + 1) {
		uint8_t text[4] = {n >> 24 ? 0xF0 : 'a', (uint8_t)(n >> 16),
				   (uint8_t)(n >> 8), (uint8_t)n};
		struct utf8_check c = {0};
		bool valid = utf8_check_next(&c, bytes_of(text, 4)) ==
				 BYTES_NOT_FOUND &&
			     !c.left;

		if (valid != utf8_valid(bytes_of(text, 4)))
			fail_msg("%08X", (unsigned)n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf8_decodes_every_encoded_rune),
	    cmocka_unit_test(utf8_next_rejects_invalid_bytes),
	    cmocka_unit_test(utf8_valid_checks_every_byte),
	    cmocka_unit_test(utf8_check_finds_the_bad_byte_at_every_split),
	    cmocka_unit_test(utf8_check_accepts_what_utf8_valid_accepts),
	    cmocka_unit_test(utf8_complete_len_excludes_a_cut_character),
	    cmocka_unit_test(utf8_controls_are_not_printable),
	    cmocka_unit_test(utf8_shows_marks_after_visible_characters_only),
	    cmocka_unit_test(utf8_width_matches_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
