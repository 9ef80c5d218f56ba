/* SPDX-License-Identifier: ISC */
/*
 * Expands words. Private to lang: other modules call word_expand().
 */
#ifndef RUNG_LANG_EXPAND_H
#define RUNG_LANG_EXPAND_H

#include "rung/words.h"

/* Does the same as word_expand(), and sets *bad to the piece that failed. */
int expand_word(const struct word *, const struct lookup *, struct buf *out,
		const struct piece **bad, struct err *e);

#endif
