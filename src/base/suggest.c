/* SPDX-License-Identifier: ISC */
/*
 * Finds the name that a misspelt word may mean. The callers write the message.
 */
#include "rung/suggest.h"

#include <stdint.h>

enum { NAME_MAX_LEN = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool begins(struct bytes name, struct bytes word)
{
	if (word.len > name.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (lower(word.at[i]) != lower(name.at[i]))
			return false;
	return true;
}

/* Returns the number of edits between two words. A swap of neighbours is one
 * edit; case is ignored. */
static size_t distance(struct bytes a, struct bytes b)
{
	size_t rows[3][NAME_MAX_LEN + 1];
	size_t *two = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t cost = lower(a.at[i - 1]) != lower(b.at[j - 1]);

			row[j] = least(above[j] + 1, row[j - 1] + 1);
			row[j] = least(row[j], above[j - 1] + cost);
			if (i > 1 && j > 1 &&
			    lower(a.at[i - 1]) == lower(b.at[j - 2]) &&
			    lower(a.at[i - 2]) == lower(b.at[j - 1]))
				row[j] = least(row[j], two[j - 2] + 1);
		}

		size_t *free_row = two;

		two = above;
		above = row;
		row = free_row;
	}
	return above[b.len];
}

const char *suggest_name(struct bytes word, const char *const *names)
{
	const char *best = NULL;
	/* Words of less than 4 bytes may differ by one edit, others by two. */
	size_t best_edits = word.len < 4 ? 2 : 3, best_len = SIZE_MAX;
	bool prefix = false;

	if (!word.len || word.len > NAME_MAX_LEN)
		return NULL;
	for (; *names; names++) {
		struct bytes name = bytes_str(*names);
		size_t edits;

		if (name.len > NAME_MAX_LEN)
			continue;
		if (begins(name, word)) {
			if (!prefix || name.len < best_len)
				best = *names;
			best_len = prefix ? least(best_len, name.len)
					  : name.len;
			prefix = true;
			continue;
		}
		edits = distance(word, name);
		/* If every letter differs, the two words are unrelated. */
		if (prefix || edits >= best_edits || edits >= word.len)
			continue;
		best = *names;
		best_edits = edits;
	}
	return best;
}
