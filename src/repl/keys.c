/* SPDX-License-Identifier: ISC */
/*
 * Keys and characters as a terminal sends them. What a key does is the editor's
 * affair.
 */
#include "keys.h"

#include "rung/text.h"

#include <stdlib.h>

/* Escape, ^V and ^X make one key with what follows them. */
static bool is_lead(uint8_t c)
{
	return c == 0x1b || c == 0x16 || c == 0x18;
}

/* Behind ESC and `[` or `O`: ECMA-48 §5.4, parameters and one final byte;
 * Linux's console has `[[A` besides. */
static size_t sequence_length(struct bytes b)
{
	size_t n = b.len > 1 && b.at[1] == '[' ? 2 : 1;

	while (n < b.len && b.at[n] >= 0x20 && b.at[n] < 0x40)
		n++;
	return n < b.len ? n + 1 : 0;
}

size_t key_length(struct bytes b)
{
	mbstate_t state = {0};
	size_t leads = 0, n;
	wchar_t c;

	while (leads < b.len && leads < 2 && is_lead(b.at[leads]))
		leads++;
	b = bytes_skip(b, leads);
	if (!b.len)
		return 0;
	if (leads && (b.at[0] == '[' || b.at[0] == 'O')) {
		n = sequence_length(b);
		return n ? leads + n : 0;
	}
	n = mbrtowc(&c, (const char *)b.at, b.len, &state);
	if (n == (size_t)-2)
		return 0;
	return leads + (n == (size_t)-1 || !n ? 1 : n);
}

size_t key_run(struct bytes b)
{
	size_t n = 0;

	while (n < b.len && b.at[n] >= 0x20 && b.at[n] != 0x7f)
		n++;
	/* The last character may lack its end. */
	return n < b.len ? n : utf8_whole(b);
}

wchar_t *key_widen(struct bytes b, size_t *count)
{
	wchar_t *wide = xrealloc(NULL, b.len + 1, sizeof(*wide));
	mbstate_t state = {0};
	size_t n = 0;

	while (b.len) {
		size_t took = mbrtowc(&wide[n], (const char *)b.at, b.len,
				      &state);
		bool bad = took == (size_t)-1 || took == (size_t)-2;

		if (bad)
			state = (mbstate_t){0};
		else if (took)
			n++;
		b = bytes_skip(b, bad || !took ? 1 : took);
	}
	wide[n] = 0;
	*count = n;
	return wide;
}

void key_narrow(const wchar_t *from, const wchar_t *to, struct buf *out)
{
	mbstate_t state = {0};

	for (; from < to; from++) {
		char text[32];
		size_t n = wcrtomb(text, *from, &state);

		if (n == (size_t)-1)
			state = (mbstate_t){0};
		else
			buf_put(out, bytes_of(text, n));
	}
}
