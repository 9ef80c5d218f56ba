/* SPDX-License-Identifier: ISC */
/*
 * Borrowed bytes: compares, trims and searches them. Allocates nothing and
 * depends on no encoding. buf.c has owned bytes.
 */
#include "rung/bytes.h"

#include <string.h>
#include <strings.h>

bool bytes_starts(struct bytes a, struct bytes prefix)
{
	return a.len >= prefix.len &&
	       bytes_equal(bytes_head(a, prefix.len), prefix);
}

bool bytes_starts_caseless(struct bytes a, const char *prefix)
{
	size_t n = strlen(prefix);
	return a.len >= n &&
	       (!n || strncasecmp((const char *)a.at, prefix, n) == 0);
}

bool bytes_equal_caseless(struct bytes a, struct bytes b)
{
	return a.len == b.len &&
	       (!a.len || strncasecmp((const char *)a.at, (const char *)b.at,
				      a.len) == 0);
}

bool bytes_is_caseless(struct bytes a, const char *s)
{
	return a.len == strlen(s) && bytes_starts_caseless(a, s);
}

uint32_t bytes_hash(struct bytes a)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < a.len; i++)
		hash = (hash ^ a.at[i]) * 16777619u;
	return hash;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

size_t bytes_common(struct bytes a, struct bytes b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.at[n] == b.at[n])
		n++;
	return n;
}

struct bytes bytes_trim(struct bytes a)
{
	while (a.len && blank(a.at[a.len - 1]))
		a.len--;
	while (a.len && blank(a.at[0]))
		a = bytes_skip(a, 1);
	return a;
}

size_t bytes_find(struct bytes hay, struct bytes needle, size_t from)
{
	if (needle.len == 1)
		return bytes_find_byte(hay, needle.at[0], from);
	if (from > hay.len)
		return BYTES_NOT_FOUND;
	if (!needle.len)
		return from;
	if (hay.len - from < needle.len)
		return BYTES_NOT_FOUND;

	const uint8_t *at = memmem(hay.at + from, hay.len - from, needle.at,
				   needle.len);

	return at ? (size_t)(at - hay.at) : BYTES_NOT_FOUND;
}

size_t bytes_find_byte(struct bytes hay, uint8_t byte, size_t from)
{
	if (from >= hay.len)
		return BYTES_NOT_FOUND;

	const uint8_t *at = memchr(hay.at + from, byte, hay.len - from);

	return at ? (size_t)(at - hay.at) : BYTES_NOT_FOUND;
}

struct bytes bytes_before(struct bytes a, const char *set)
{
	size_t n = 0;
	while (n < a.len && !(a.at[n] && strchr(set, a.at[n])))
		n++;
	return bytes_head(a, n);
}

/*
 * Backtracks to the last star only, which then matches one byte more: the match
 * of an earlier star never needs to change. The cost is therefore at most the
 * product of the two lengths, for any pattern.
 */
bool bytes_glob(struct bytes pattern, struct bytes text)
{
	size_t p = 0, t = 0;
	size_t star = BYTES_NOT_FOUND, retry = 0;

	while (t < text.len) {
		uint8_t c = p < pattern.len ? pattern.at[p] : 0;

		if (p < pattern.len && c == '*') {
			star = p++;
			retry = t;
		} else if (p < pattern.len && (c == '?' || c == text.at[t])) {
			p++;
			t++;
		} else if (star != BYTES_NOT_FOUND) {
			p = star + 1;
			t = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.at[p] == '*')
		p++;
	return p == pattern.len;
}

size_t bytes_wildcards(struct bytes text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.at[i] == '*' || text.at[i] == '?';
	return n;
}
