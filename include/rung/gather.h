/* SPDX-License-Identifier: ISC */
/*
 * Keeps data that a command consumes, whole or in pieces, for $last and for a
 * variable that the command line names.
 */
#ifndef RUNG_GATHER_H
#define RUNG_GATHER_H

#include "rung/shell.h"

struct gather {
	struct task *task;
	const struct session *from;
	const struct value *variable; /* NULL: $last only */
	struct buf data;
	bool overflowed; /* $last stays empty: the data was too long */
};

/*
 * Limits:  with a variable the limit of the session's inbox, else 1 MiB; less
 *          if the memory for all variables is nearly used up.
 */
void gather_init(struct gather *, struct task *, const struct session *from,
		 const struct value *variable);
/* Appends a piece. Result: 0, or -1 and *e if the variable is full. */
int gather_add(struct gather *, struct bytes, struct err *e);
/* Sets the variable, and $last to the first 1 MiB. Without a variable, $last is
 * empty if the pieces did not fit. Result: 0, or -1 and *e: the variable could
 * not be set. */
int gather_store(struct gather *, struct err *e);
/* Does the same as gather_store() for data consumed at once; $last gets all of
 * it. */
int gather_store_all(struct gather *, struct bytes, struct err *e);
void gather_fini(struct gather *);

#endif
