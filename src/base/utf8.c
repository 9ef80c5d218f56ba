/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 as RFC 3629 §4 defines it: decoding, encoding, the runes that may be
 * sent to a terminal, and their width.
 */
#include "rung/text.h"

#include <string.h>

int utf8_next(struct bytes in, uint32_t *rune)
{
	if (!in.len)
		return 0;

	uint8_t lead = in.at[0];

	if (lead < 0x80) {
		*rune = lead;
		return 1;
	}
	if (lead < 0xC2 || lead > 0xF4)
		return -1;

	int len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
	/* The second byte's range excludes overlong forms, surrogates and
	 * values above U+10FFFF. */
	uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	uint32_t r = lead & (0x7Fu >> len);

	for (int i = 1; i < len; i++) {
		if ((size_t)i == in.len)
			return -2;

		uint8_t c = in.at[i];

		if (c < low || c > high)
			return -1;
		r = r << 6 | (c & 0x3Fu);
		low = 0x80;
		high = 0xBF;
	}
	*rune = r;
	return len;
}

int utf8_put(uint32_t rune, uint8_t out[4])
{
	if (rune < 0x80) {
		out[0] = (uint8_t)rune;
		return 1;
	}
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		return 0;

	int len = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;

	for (int i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (rune & 0x3F));
		rune >>= 6;
	}
	out[0] = (uint8_t)((0xF00u >> len & 0xFF) | rune);
	return len;
}

bool utf8_valid(struct bytes b)
{
	while (b.len) {
		uint64_t word;
		uint32_t rune;

		if (b.len >= sizeof(word)) {
			memcpy(&word, b.at, sizeof(word));
			if (!(word & 0x8080808080808080)) {
				b = bytes_skip(b, sizeof(word));
				continue;
			}
		}

		int n = utf8_next(b, &rune);

		if (n < 0)
			return false;
		b = bytes_skip(b, (size_t)n);
	}
	return true;
}

/* Begins a character. Result: false for a byte that begins none. */
static bool begin_rune(struct utf8_check *c, uint8_t lead)
{
	if (lead < 0xC2 || lead > 0xF4)
		return false;
	c->left = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
	/* As in utf8_next(). */
	c->low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
	c->high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
	return true;
}

/* Returns the number of ASCII bytes at the start of `b`, or less by up to 7. */
static size_t skip_ascii(struct bytes b)
{
	size_t i = 0;
	uint64_t word;

	for (; b.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, b.at + i, sizeof(word));
		if (word & 0x8080808080808080)
			break;
	}
	return i;
}

size_t utf8_check_next(struct utf8_check *c, struct bytes b)
{
	size_t i = 0;

	while (i < b.len) {
		uint8_t byte = b.at[i];
		bool valid = true;

		if (c->left) {
			valid = byte >= c->low && byte <= c->high;
			c->left--;
			c->low = 0x80;
			c->high = 0xBF;
		} else if (byte < 0x80) {
			i += skip_ascii(bytes_skip(b, i + 1));
		} else {
			valid = begin_rune(c, byte);
		}
		if (!valid) {
			c->left = 0;
			return i;
		}
		i++;
	}
	return BYTES_NOT_FOUND;
}

size_t utf8_complete_len(struct bytes b)
{
	for (size_t back = 1; back < 4 && back <= b.len; back++) {
		struct bytes last = bytes_skip(b, b.len - back);
		uint32_t rune;

		if (utf8_next(last, &rune) == -2)
			return b.len - back;
		if ((last.at[0] & 0xC0) != 0x80)
			break;
	}
	return b.len;
}

bool utf8_is_printable(uint32_t r)
{
	/* Characters that control the direction of text or the ends of lines,
	 * invisible ones, blanks other than the space, and marks that also
	 * change the next character: all could hide received data or alter an
	 * escape. The joiners U+200C and U+200D shape letters and are not
	 * listed, nor are the variation selectors U+FE0E and U+FE0F. */
	static const struct {
		uint32_t first, last;
	} hidden[] = {
	    {0x034F, 0x034F},   /* combining grapheme joiner */
	    {0x035C, 0x0362},   /* marks over two characters */
	    {0x0600, 0x0605},   /* Arabic signs around the next digits */
	    {0x061C, 0x061C},   /* Arabic letter mark */
	    {0x06DD, 0x06DD},   /* end of ayah, around the next digits */
	    {0x070F, 0x070F},   /* Syriac abbreviation mark */
	    {0x08E2, 0x08E2},   /* disputed end of ayah */
	    {0x115F, 0x1160},   /* Hangul fillers */
	    {0x1680, 0x1680},   /* Ogham space */
	    {0x17B4, 0x17B5},   /* Khmer inherent vowels */
	    {0x180B, 0x180F},   /* Mongolian selectors and separator */
	    {0x1DCD, 0x1DCD},   /* mark over two characters */
	    {0x1DFC, 0x1DFC},   /* mark under two characters */
	    {0x2000, 0x200B},   /* spaces, zero width space */
	    {0x200E, 0x200F},   /* left-to-right, right-to-left mark */
	    {0x2028, 0x202F},   /* separators, embeddings, overrides */
	    {0x205F, 0x206F},   /* a space, invisible operators, isolates */
	    {0x2800, 0x2800},   /* blank Braille pattern */
	    {0x3000, 0x3000},   /* ideographic space */
	    {0x3164, 0x3164},   /* Hangul filler */
	    {0xFE00, 0xFE0D},   /* variation selectors */
	    {0xFE20, 0xFE2F},   /* halves of marks over two characters */
	    {0xFEFF, 0xFEFF},   /* byte order mark */
	    {0xFFA0, 0xFFA0},   /* Hangul filler */
	    {0xFFF9, 0xFFFB},   /* interlinear annotation */
	    {0x110BD, 0x110BD}, /* Kaithi signs around the next digits */
	    {0x110CD, 0x110CD},
	    {0xE0000, 0xE01EF}, /* tags, variation selectors */
	};

	if (r < 0x20 || (r >= 0x7F && r <= 0xA0) || r == 0xAD)
		return false;
	if (r < hidden[0].first)
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (r <= hidden[i].last)
			return r < hidden[i].first;
	return true;
}

struct range {
	uint32_t from, to;
};

/* Runes that take two columns: East_Asian_Width W and F (UAX #11). An
 * unassigned gap has the width of its neighbours. */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},
    {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3},   {0x26F5, 0x26F5},   {0x26FA, 0x26FA},
    {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x3247},   {0x3250, 0x4DBF},   {0x4E00, 0xA4C6},
    {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE10, 0xFE6B},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x16FE0, 0x1B2FB}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF},
    {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393},
    {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0},
    {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440},
    {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596},
    {0x1F5A4, 0x1F5A4}, {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5},
    {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2}, {0x1F6D5, 0x1F6DF},
    {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7F0},
    {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};
/* Runes that take no column: combining and zero-width characters of common
 * scripts. */
static const struct range none[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x05BF, 0x05BF},
    {0x05C1, 0x05C2}, {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A},
    {0x064B, 0x065F}, {0x0670, 0x0670}, {0x06D6, 0x06DC}, {0x06DF, 0x06E4},
    {0x06E7, 0x06E8}, {0x06EA, 0x06ED}, {0x093A, 0x093A}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0951, 0x0957}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1160, 0x11FF}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};

static bool within(uint32_t rune, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rune >= ranges[i].from && rune <= ranges[i].to)
			return true;
	return false;
}

unsigned utf8_width(uint32_t rune)
{
	if (rune < none[0].from)
		return 1;
	if (within(rune, none, sizeof(none) / sizeof(*none)))
		return 0;
	return within(rune, wide, sizeof(wide) / sizeof(*wide)) ? 2 : 1;
}

bool utf8_shows(uint32_t rune, unsigned *marks)
{
	if (!utf8_is_printable(rune)) {
		*marks = 0;
		return false;
	}
	if (utf8_width(rune)) {
		*marks = rune == ' ' ? 0 : UTF8_MARKS_MAX;
		return true;
	}
	if (!*marks)
		return false;
	--*marks;
	return true;
}
