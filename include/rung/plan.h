/* SPDX-License-Identifier: ISC */
/*
 * Plans: the rungs that a ladder is to get, with their arguments. A plan is
 * made once by a command and shared: the hub's for new sessions, a listener's
 * for its peers, a session's own rungs.
 */
#ifndef RUNG_PLAN_H
#define RUNG_PLAN_H

#include "rung/ladder.h"
#include "rung/param.h"

/* One rung to be made. */
struct rung_spec {
	const struct rung_ops *ops;
	struct args args; /* values of ops->params; owned */
	enum side side;
	void *context; /* set by prepare(), freed by discard(): a parsed
			  argument, a key that all rungs of the plan share */
	struct rung_plan *owner; /* plan that owns the context, a reference;
				    NULL: this plan */
};

/* Rungs from the bottom to the top; immutable once shared. */
struct rung_plan {
	unsigned refs, count;
	/* Name of the scheme whose rungs are the lowest `scheme_count`, static;
	 * NULL: the address had no scheme with rungs. */
	const char *scheme;
	unsigned scheme_count;
	struct rung_spec spec[LADDER_RUNGS_MAX];
};

/* All kinds of rungs; NULL-terminated, like all tables of rungs. */
extern const struct rung_ops *const rung_table[];
/* Returns the kind of that name in the table; NULL: none. */
const struct rung_ops *rung_find(const struct rung_ops *const *table,
				 struct bytes name);

/* Makes an empty plan with one reference, which the caller owns. */
struct rung_plan *rung_plan_new(void);
/* Returns its argument with one more reference; NULL for NULL. */
struct rung_plan *rung_plan_ref(struct rung_plan *);
/* Removes a reference; the last one frees. NULL: does nothing. */
void rung_plan_unref(struct rung_plan *);
/*
 * Adds a rung on top and prepares it. `args`: values of any table; those whose
 * parameters have the names of ops->params are copied. NULL: none. `more`: n
 * texts for parameters that `args` does not have.
 * Result:  0; -1 and *e (usage, limit, or what prepare() reports), and the plan
 *          is unchanged.
 */
int rung_plan_add(struct rung_plan *, const struct rung_ops *, enum side,
		  const struct args *, const struct named_value *more, size_t n,
		  struct err *e);
/* Adds the lowest `count` rungs of another plan (NULL: none), as they were
 * prepared there. Result: as for rung_plan_add(), but after an error the plan
 * may have some of them. */
int rung_plan_add_all(struct rung_plan *, struct rung_plan *from,
		      unsigned count, struct err *e);
/* Takes the scheme of the plan that the lowest rungs come from, if all rungs of
 * the scheme are there. NULL: does nothing. */
void rung_plan_take_scheme(struct rung_plan *, const struct rung_plan *from);
/*
 * Makes the rungs and puts them on the ladder, without starting them.
 * Result:  0; -1 and *e, and the ladder is unchanged.
 */
int rung_plan_push(struct rung_plan *, struct ladder *, struct err *e);
/* Returns true if a datagram listener with this plan makes a session for the
 * sender: see rung_ops.admit. NULL: always. */
bool rung_plan_admits(const struct rung_plan *, struct bytes peer,
		      struct bytes first, uint64_t now, struct buf *answer);
/* Adds the facts that the specs decide. NULL: none. */
void rung_plan_info(const struct rung_plan *, struct attrs *facts);
/* Appends what the user has to know about the nth rung (0: the lowest), if it
 * was prepared for this plan. */
void rung_plan_note(const struct rung_plan *, unsigned nth, struct buf *out);
/* Appends the command that puts the rung on the ladder of a session of that
 * side: `frame line max=64k`. */
void rung_spec_print(const struct rung_spec *, enum side session,
		     struct buf *out);

#endif
