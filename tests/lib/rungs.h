/* SPDX-License-Identifier: ISC */
/*
 * Small rungs that behave unlike each other, and an owner for them that records
 * what the ladder does. For tests and fuzz targets: nothing here fails a test.
 */
#ifndef TESTS_LIB_RUNGS_H
#define TESTS_LIB_RUNGS_H

#include "rung/plan.h"

/* Passes up each byte GROWTH times, and only while rung_may_pass_up(); keeps
 * the rest. */
extern const struct rung_ops grow_rung;
enum { GROWTH = 40 };
/* Opens when a `!` has come, and removes all bytes up to it. Fails if
 * the end comes before. */
extern const struct rung_ops late_rung;
extern size_t late_removed; /* number of bytes that all `late` rungs removed */
/* To close, sends `<bye>` and waits for a `.`. */
extern const struct rung_ops slow_rung;
/* Passes up units that end in `;`, and fails at an `X`. */
extern const struct rung_ops bad_rung;
/* Offers lines as messages up to the line UPGRADE, then bytes. */
extern const struct rung_ops turn_rung;
/* Changes nothing. */
extern const struct rung_ops pass_rung;
/* Changes no message. */
extern const struct rung_ops relay_rung;

/* Finds a rung by name: one of those above, else one in the table of rungs;
 * NULL: none. */
const struct rung_ops *test_rung(struct bytes name);
/* Returns a plan of rungs, from the bottom: `late grow frame=line`. NULL and
 * *e: they do not fit. The caller owns the plan. */
struct rung_plan *plan_of_rungs(const char *words, struct err *e);

/* An owner of a ladder, with buffers instead of a link. */
struct mock {
	struct ladder ladder;
	struct buf top;   /* units: [data], raw {data}, . for an end */
	struct buf data;  /* data of the units, without marks */
	struct buf down;  /* units sent: data, . for an end */
	struct buf notes; /* `failed NAME TEXT`, `opened NAME`... */
	size_t room;      /* free space of the link, in bytes */
	size_t unread;    /* bytes delivered and not consumed */
	size_t limit;     /* number of unread bytes that blocks input */
	uint64_t now, armed;
	unsigned arms, ends, raws, failures;
	unsigned sent_ends; /* number of ends in `down` */
	uint8_t random;     /* the last byte that random() returned; the next
			       one is larger by 1 */
	/* Pairs of a fact about the link and its value, ended by NULL; NULL:
	 * none. */
	const char *const *facts;
	/* Called by deliver(); may be NULL. */
	void (*delivered)(struct mock *, const struct unit *);
	/* Called by control() instead of the note; may be NULL. */
	void (*controlled)(struct mock *, enum dir, const struct unit *);
};

void mock_init(struct mock *);
void mock_fini(struct mock *);
/* Puts these rungs on the ladder and starts them. Result: 0, or -1 and *e. */
int mock_push(struct mock *, const char *words, struct err *e);
/* Passes up bytes from the link. */
void mock_come(struct mock *, struct bytes);
void mock_end(struct mock *);
/* Sends a unit of the owner. Result: that of ladder_down(). */
int mock_send(struct mock *, struct bytes, unsigned flags, struct err *e);
/* Consumes n delivered bytes, and lets blocked rungs go on. */
void mock_consume(struct mock *, size_t n);
/* Sets the clock, and fires the ladder's timer if its time has come. */
void mock_at(struct mock *, uint64_t now);

#endif
