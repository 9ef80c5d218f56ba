/* SPDX-License-Identifier: ISC */
/*
 * Tab completion: turns the candidates at the point into text to insert or a
 * list. The shell names the candidates; file names are read here.
 */
#ifndef RUNG_REPL_TAB_H
#define RUNG_REPL_TAB_H

#include "rung/console.h"

struct completion {
	size_t from;       /* replace the text from here to the point… */
	struct buf insert; /* …by this; empty: no change */
	struct buf list;   /* rows to print above the line, or empty */
};

/* Owns: both bufs of `out`, for completion_fini(). */
void completion_find(struct console *, struct bytes line, size_t point,
		     unsigned columns, struct completion *out);
void completion_fini(struct completion *);

#endif
