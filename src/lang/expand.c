/* SPDX-License-Identifier: ISC */
/*
 * Expands words: joins their bytes and the values of their variables, which the
 * caller's lookup returns.
 */
#include "expand.h"

#include "brace.h"
#include "escape.h"

static int expand_variable(const struct piece *piece,
			   const struct lookup *lookup, struct buf *out,
			   struct err *e)
{
	char brief[ESCAPE_BRIEF];

	if (piece->brace)
		return brace_expand(piece->bytes, piece->brace, lookup, out, e);
	if (lookup)
		return lookup->get(lookup, piece->bytes, out, e);
	return err_set(e, ERR_USAGE, 0, "$%s is not set",
		       escape_brief(piece->bytes, brief));
}

int expand_word(const struct word *word, const struct lookup *lookup,
		struct buf *out, const struct piece **bad, struct err *e)
{
	for (size_t i = 0; i < word->pieces; i++) {
		const struct piece *piece = &word->piece[i];

		*bad = piece;
		if (piece->kind == PIECE_VARIABLE) {
			if (expand_variable(piece, lookup, out, e))
				return -1;
		} else if (buf_put(out, piece->bytes)) {
			return err_set(
			    e, ERR_LIMIT, 0,
			    "expanded words too long (limit %zu bytes)",
			    out->limit);
		}
	}
	return 0;
}

int word_expand(const struct word *word, const struct lookup *lookup,
		struct buf *out, unsigned *col, struct err *e)
{
	const struct piece *bad = NULL;
	int r = expand_word(word, lookup, out, &bad, e);

	if (r && col)
		*col = bad->col;
	return r;
}
