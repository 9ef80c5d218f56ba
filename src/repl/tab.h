/* SPDX-License-Identifier: ISC */
/*
 * Tab completion: finds the text to insert at the cursor, or a list of
 * candidates to print. The shell supplies the candidates; tab.c reads file
 * names.
 */
#ifndef RUNG_REPL_TAB_H
#define RUNG_REPL_TAB_H

#include "rung/console.h"

struct completion {
	size_t from; /* start of the replaced text, which ends at the cursor */
	struct buf insert; /* replacement text; empty: no change */
	struct buf list;   /* rows to print above the line, or empty */
};

/* Completes the word before `point`. Owns: both bufs of `out`, for
 * completion_fini(). */
void completion_find(struct console *, struct bytes line, size_t point,
		     unsigned columns, struct completion *out);
void completion_fini(struct completion *);

#endif
