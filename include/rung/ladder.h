/* SPDX-License-Identifier: ISC */
/*
 * The ladder: rungs stacked on a link. Units climb and step down through it; a
 * rung is called and passes on, never blocks and never sees an fd. Whose bytes
 * they are, and where they end up, is its owner's affair.
 */
#ifndef RUNG_LADDER_H
#define RUNG_LADDER_H

#include "rung/err.h"
#include "rung/list.h"
#include "rung/unit.h"

struct ladder;
struct rung;

enum rung_state {
	RUNG_NEW,
	RUNG_STARTING,
	RUNG_OPEN,
	RUNG_ENDED, /* it reads no more: what comes passes by it, UNIT_RAW */
};

/* A kind of rung. Each call returns 0, or -1 and *e. */
struct rung_ops {
	const char *name, *brief;
	enum shape below, above; /* what it stands on, what it offers */
	/* Everything below is open: speak first if you must. Call
	 * rung_opened() when units may pass, here or later. May be NULL: open
	 * at once. */
	int (*start)(struct rung *, struct err *);
	/* Takes all of the unit; passes any number on. Empty your outgoing
	 * buffer before you pass down: a reply may re-enter. */
	int (*up)(struct rung *, const struct unit *, struct err *);
	/* Only called once OPEN, and when ENDED. */
	int (*down)(struct rung *, const struct unit *, struct err *);
	/* Facts as `key value` lines. May be NULL. */
	void (*tell)(const struct rung *, struct buf *out);
	/* Called when it is popped or the ladder ends: bytes it took and did
	 * not pass on, which leave at the top. May be NULL. Lends. */
	struct bytes (*left)(const struct rung *);
	/* Appends the bytes below that a unit it passed up was made of, in the
	 * form that it writes where there are others. NULL: they are its
	 * data. */
	void (*undo)(const struct rung *, const struct unit *, struct buf *out);
	void (*free)(struct rung *);
};

/* Embedded first in its kind's struct; owned by its ladder. */
struct rung {
	const struct rung_ops *ops;
	struct ladder *ladder;
	struct rung *above, *below;
	enum rung_state state;
	uint64_t units[2], bytes[2]; /* passed on, by direction */
};

struct ladder_sink {
	/* What leaves at the top. Takes all of it. */
	void (*top)(struct ladder *, const struct unit *);
	/* What leaves at the bottom, for the link. Result: 0, or -1 and *e. */
	int (*bottom)(struct ladder *, const struct unit *, struct err *);
	/* Looks at each unit that a rung passes on. May be NULL. */
	void (*tap)(struct ladder *, const struct rung *, enum dir,
		    const struct unit *);
};

/* Embedded in its owner. Two words and a list while no rung is on it. */
struct ladder {
	const struct ladder_sink *sink;
	enum shape base; /* the link's */
	struct rung *top, *bottom;
	uint64_t bytes[2]; /* that came from the link and went to it */
	struct list held;  /* units given before the top rung was OPEN */
	size_t held_bytes;
};

/* Held units together; past it ladder_down() fails with class limit. */
#define LADDER_HELD_MAX  ((size_t)16 << 20)
#define LADDER_RUNGS_MAX 8

void ladder_init(struct ladder *, enum shape base, const struct ladder_sink *);
void ladder_fini(struct ladder *);
/* What the top offers. */
enum shape ladder_shape(const struct ladder *);
/*
 * Puts a rung on top and starts it.
 * Result:  0, the ladder owns it; -1 and *e (unlike shapes, too high, or its
 *          start failed), and the rung is still the caller's.
 */
int ladder_push(struct ladder *, struct rung *, struct err *e);
/* Takes the top one off and frees it; bytes it held back leave at the top: they
 * have come up through all that is below. Result: -1 and *e when there is none,
 * or when what was held cannot go down. */
int ladder_pop(struct ladder *, struct err *e);
/* From the link, upwards. */
int ladder_up(struct ladder *, const struct unit *, struct err *e);
/* What left at the top and was not taken, into the rung put there since: all
 * of it in one unit, before anything else comes. */
int ladder_enter(struct ladder *, const struct unit *, struct err *e);
/* From the owner, downwards; held until the top rung is OPEN. */
int ladder_down(struct ladder *, const struct unit *, struct err *e);

/* The only ways out of a rung, so that the tap is here, once, for all. */
int rung_pass_up(struct rung *, const struct unit *, struct err *e);
int rung_pass_down(struct rung *, const struct unit *, struct err *e);
/* Units may pass: what was held goes down. */
int rung_opened(struct rung *, struct err *e);

#endif
