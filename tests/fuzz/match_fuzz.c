/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes patterns: a match in a stream has the same position in pieces as in
 * one, and no byte past the end is read. Covers match.c only.
 *
 * Input: a byte for the kind and flags, one for the pattern's length, one for
 * the size of the pieces, then the pattern and the text.
 */
#include "rung/match.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 256, PATTERN_MAX = 48 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/*
 * Returns true if the position may depend on the cut: the pattern has \G or \K,
 * verbs or conditions, or parts that do not backtrack.
 */
static bool depends_on_cut(struct bytes source)
{
	static const char *const marks[] = {"(*",  "\\G", "(?>", "++",
					    "*+",  "?+",  "}+",  "\\K",
					    "(?(", "\\X", "\\R", NULL};

	for (size_t i = 0; marks[i]; i++)
		if (bytes_find(source, bytes_str(marks[i]), 0) !=
		    BYTES_NOT_FOUND)
			return true;
	return false;
}

static struct match *make(uint8_t kind, struct bytes source)
{
	char flags[5];
	size_t n = 0;

	if (kind & 1)
		return match_literal(source, NULL);
	for (size_t i = 0; i < 4; i++)
		if (kind >> (i + 1) & 1)
			flags[n++] = "imsx"[i];
	return match_regex(source, bytes_of(flags, n), NULL);
}

static void check_found(struct bytes window, const struct match_found *found)
{
	expect(found->start <= found->end && found->end <= window.len);
	for (size_t i = 0; i < MATCH_GROUPS; i++) {
		struct bytes group = found->group[i];

		if (group.at && window.at)
			expect(group.at >= window.at &&
			       group.at + group.len <= window.at + window.len);
	}
}

/* Returns the match's offset in the stream, or BYTES_NOT_FOUND. *failed: true
 * if the search returned MATCH_FAIL. */
static size_t search(struct match *m, struct bytes text, size_t piece,
		     bool *failed)
{
	size_t gone = 0, len = 0, from = 0;

	for (;;) {
		bool final = len == text.len - gone;
		/* Allocate exactly this size, so that a sanitizer finds a read
		 * past the end. */
		uint8_t *copy = malloc(len ? len : 1);
		struct match_found found;
		size_t before = from;

		expect(copy != NULL);
		if (len)
			memcpy(copy, text.at + gone, len);

		enum match_result r = match_find(m, bytes_of(copy, len), &from,
						 final, &found, NULL);

		if (r == MATCH_YES)
			check_found(bytes_of(copy, len), &found);
		free(copy);
		*failed = r == MATCH_FAIL;
		if (r == MATCH_YES)
			return gone + found.start;
		if (r == MATCH_FAIL)
			return BYTES_NOT_FOUND;
		expect(from >= before && from <= len);
		if (final) {
			expect(r == MATCH_NO);
			return BYTES_NOT_FOUND;
		}

		size_t keep = match_keep_from(m, from);

		expect(keep <= from);
		gone += keep;
		from -= keep;
		len -= keep;
		len += piece;
		if (len > text.len - gone)
			len = text.len - gone;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3)
		return 0;

	struct bytes rest = bytes_of(data + 3, size - 3);
	struct bytes source = bytes_head(rest, data[1] % (PATTERN_MAX + 1));
	struct bytes text = bytes_head(bytes_skip(rest, source.len), TEXT_MAX);
	size_t piece = data[2] % 16 + 1;
	bool failed_whole, failed;
	struct match *m = make(data[0], source);

	if (!m)
		return 0;

	size_t whole = search(m, text, TEXT_MAX, &failed_whole);
	size_t at = search(m, text, piece, &failed);
	struct buf out;

	if (!failed_whole && !failed &&
	    ((data[0] & 1) || !depends_on_cut(source)))
		expect(whole == at);
	buf_init(&out, SIZE_MAX);
	match_print(m, &out);
	buf_fini(&out);
	match_unref(m);
	return 0;
}
