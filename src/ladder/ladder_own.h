/* SPDX-License-Identifier: ISC */
/*
 * Private to src/ladder: struct ladder_work, which is allocated when first
 * needed, so that a session without rungs stays small.
 */
#ifndef RUNG_LADDER_OWN_H
#define RUNG_LADDER_OWN_H

#include "rung/ladder.h"

/* Queued units, in order. */
struct unit_queue {
	struct list units;
	size_t bytes;
	size_t overhead; /* memory of the units beside their data */
};

struct ladder_work {
	struct account *account;
	struct unit_queue pending, outgoing;
	uint64_t start_due, close_due; /* deadlines; 0: none */
	const char *silent;   /* rung whose peer did not answer; NULL: none */
	uint64_t armed;       /* last argument of arm() */
	struct rung *through; /* last rung to close */
	struct close_request request;
	uint8_t reason[CLOSE_REASON_MAX];
	bool closing;
	bool stepping;        /* close_next() runs */
	bool resuming;        /* queued units are being sent */
	uint64_t unblock_due; /* time to resume blocked rungs; 0: none */
};

/* Returns the ladder's work; allocates it first if necessary. */
struct ladder_work *ladder_work(struct ladder *);
/* Discards all queued units. */
void ladder_discard_queues(struct ladder_work *);
/* Discards the units pending for a rung that is removed. Returns the number of
 * bytes. */
size_t ladder_discard_pending(struct ladder *, const struct rung *);
/* Passes the unit up to `r`; NULL: to the owner. */
void ladder_enter_up(struct ladder *, struct rung *r, const struct unit *);
/* Passes bytes from the rung to the owner; no rung above reads them. */
void ladder_pass_raw(struct rung *from, struct bytes data);
/* Passes up the bytes that the rung kept, as raw. Later calls do nothing. */
void ladder_drain(struct rung *);
/* Passes up the raw bytes in r->held, and the end that followed them. */
void ladder_release(struct rung *);
/* Marks that a unit is on its way up. Result: the previous mark, for
 * ladder_passed(). */
bool ladder_passing(struct ladder *);
/* Restores the mark. The outermost call first passes up an end that came
 * meanwhile. */
void ladder_passed(struct ladder *, bool was_passing);
/* Returns true if this rung or one above it is blocked. */
bool ladder_is_blocked_from(const struct rung *);
/* Resumes blocked rungs, from the top. */
void ladder_resume_rungs(struct ladder *);
/* Arms the owner's timer for the earliest time that the ladder waits for. */
void ladder_arm(struct ladder *);

#endif
