/* SPDX-License-Identifier: ISC */
/*
 * Collects the data that a command consumes, whole or in pieces, for $last and
 * for a variable that the command line names.
 */
#ifndef RUNG_GATHER_H
#define RUNG_GATHER_H

#include "rung/shell.h"

struct gather {
	struct task *task;
	const struct session *from;
	const struct value *variable; /* NULL: $last only */
	struct buf data;
	struct origin origin; /* message of the last piece */
	bool begun;           /* gather_add() was called */
	bool overflowed;      /* the data was too long: $last stays empty */
};

/*
 * Prepares to collect data of the session `from`.
 * Limits:  with a variable, the limit of the session's inbox, or less if the
 *          memory for all variables is nearly used up; else 1 MiB.
 */
void gather_init(struct gather *, struct task *, const struct session *from,
		 const struct value *variable);
/* Appends a piece from the front of the inbox. Result: 0, or -1 and *e if the
 * variable is full. */
int gather_add(struct gather *, struct bytes, struct err *e);
/* Sets $last to the first 1 MiB of the data, and the variable to all of it.
 * Without a variable, $last is empty if the pieces exceeded the limit. Result:
 * 0, or -1 and *e: the variable could not be set. */
int gather_store(struct gather *, struct err *e);
/* Sets $last, and the variable if there is one, to data that was consumed at
 * once. Result: as for gather_store(). */
int gather_store_all(struct gather *, struct bytes, struct err *e);
/* Appends a piece; if it is the last one, also stores the collected data.
 * Result: as for gather_store(). */
int gather_piece(struct gather *, struct bytes, bool last, struct err *e);
void gather_fini(struct gather *);

#endif
