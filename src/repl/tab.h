/* SPDX-License-Identifier: ISC */
/*
 * Tab: from what could stand at the point to what is put into the line, or to
 * a list to choose from. What could stand there the shell says; file names are
 * looked up here.
 */
#ifndef RUNG_REPL_COMPLETE_H
#define RUNG_REPL_COMPLETE_H

#include "rung/console.h"

struct completion {
	size_t from;       /* the line from here to the point becomes… */
	struct buf insert; /* …this; empty: it stays as it is */
	struct buf list;   /* rows to show above it, or nothing */
};

/* Owns: out's two bufs, for completion_fini(). */
void completion_find(struct console *, struct bytes line, size_t point,
		     unsigned columns, struct completion *out);
void completion_fini(struct completion *);

#endif
