/* SPDX-License-Identifier: ISC */
/*
 * Formats rows of hex with SSSE3, 16 bytes at once: one shuffle looks up the
 * digits of all nibbles, another moves the digits to their columns. Contains no
 * code on other processors.
 */
#include "hex.h"

#if defined(HEX_X86)

#include <string.h>
#include <tmmintrin.h>

struct digits {
	__m128i low, high; /* digits of bytes 0 to 7 and 8 to 15 */
};

HEX_TARGET("ssse3") static inline struct digits digits_of(__m128i bytes)
{
	const __m128i table = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6',
					    '7', '8', '9', 'a', 'b', 'c', 'd',
					    'e', 'f');
	const __m128i nibble = _mm_set1_epi8(15);
	__m128i upper = _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble);
	__m128i lower = _mm_and_si128(bytes, nibble);

	upper = _mm_shuffle_epi8(table, upper);
	lower = _mm_shuffle_epi8(table, lower);
	return (struct digits){_mm_unpacklo_epi8(upper, lower),
			       _mm_unpackhi_epi8(upper, lower)};
}

/* Writes 16 digits as 8 pairs with a blank after each: 32 bytes, of which the
 * last 9 are blanks. */
HEX_TARGET("ssse3") static inline void put_eight(uint8_t *to, __m128i digits)
{
	const __m128i spread = _mm_setr_epi8(0, 1, -1, 2, 3, -1, 4, 5, -1, 6, 7,
					     -1, 8, 9, -1, 10);
	const __m128i rest = _mm_setr_epi8(11, -1, 12, 13, -1, 14, 15, -1, -1,
					   -1, -1, -1, -1, -1, -1, -1);
	const __m128i blank = _mm_setr_epi8(0, 0, ' ', 0, 0, ' ', 0, 0, ' ', 0,
					    0, ' ', 0, 0, ' ', 0);
	const __m128i blanks = _mm_setr_epi8(0, ' ', 0, 0, ' ', 0, 0, ' ', ' ',
					     ' ', ' ', ' ', ' ', ' ', ' ', ' ');
	__m128i a = _mm_or_si128(_mm_shuffle_epi8(digits, spread), blank);
	__m128i b = _mm_or_si128(_mm_shuffle_epi8(digits, rest), blanks);

	_mm_storeu_si128((__m128i *)(void *)to, a);
	_mm_storeu_si128((__m128i *)(void *)(to + 16), b);
}

/* Replaces unprintable bytes by dots. As signed numbers, bytes above 0x7f are
 * negative, so the comparison with 0x1F excludes them too. */
HEX_TARGET("ssse3") static inline __m128i characters(__m128i bytes)
{
	__m128i above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(0x1F));
	__m128i below = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x7F));
	__m128i prints = _mm_and_si128(above, below);

	return _mm_or_si128(_mm_and_si128(prints, bytes),
			    _mm_andnot_si128(prints, _mm_set1_epi8('.')));
}

/* Returns a shuffle that moves the last `digits` of 16 digits to the front. */
HEX_TARGET("ssse3") static inline __m128i front_of(unsigned digits)
{
	const __m128i order = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
					    11, 12, 13, 14, 15);

	return _mm_add_epi8(order, _mm_set1_epi8((char)(16 - digits)));
}

HEX_TARGET("ssse3")
static void ssse3_rows(uint8_t *to, const uint8_t *from, size_t count,
		       uint64_t offset, unsigned digits)
{
	const __m128i front = front_of(digits);

	for (; count; count--) {
		uint64_t big = __builtin_bswap64(offset);
		__m128i at = _mm_cvtsi64_si128((long long)big);
		__m128i row = _mm_loadu_si128(
		    (const __m128i *)(const void *)from);
		struct digits pairs = digits_of(row);
		uint8_t *col = to + digits;

		/* Each store may write beyond its columns; the next store
		 * overwrites the excess. */
		at = _mm_shuffle_epi8(digits_of(at).low, front);
		_mm_storeu_si128((__m128i *)(void *)to, at);
		memcpy(col, "  ", HEX_FIRST);
		put_eight(col + HEX_FIRST, pairs.low);
		put_eight(col + HEX_FIRST + 25, pairs.high);
		col += HEX_BAR;
		*col++ = '|';
		_mm_storeu_si128((__m128i *)(void *)col, characters(row));
		memcpy(col + HEX_ROW, "|\n", 2);

		to += digits + HEX_COLUMNS;
		from += HEX_ROW;
		offset += HEX_ROW;
	}
}

static bool ssse3_usable(void)
{
	return __builtin_cpu_supports("ssse3");
}

const struct hex_kernel hex_ssse3 = {
    .name = "ssse3",
    .usable = ssse3_usable,
    .rows = ssse3_rows,
};

#endif
