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
	/* Only called once OPEN, and when ENDED. Takes all of the unit or, with
	 * -1, none: a held one is then given again, as if for the first time.
	 */
	int (*down)(struct rung *, const struct unit *, struct err *);
	/* Facts as `key value` lines, foreign bytes in them escaped. A key that
	 * a session's field has is that field's. May be NULL. */
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
	uint64_t bytes[2]; /* passed on, by direction */
};

/* bottom(): nothing was taken, for the link has no room now. */
#define LADDER_FULL 1

struct ladder_sink {
	/* What leaves at the top. Takes all of it. */
	void (*top)(struct ladder *, const struct unit *);
	/* What leaves at the bottom, for the link. Result: 0; -1 and *e; or
	 * LADDER_FULL and *e, and ladder_resume() once there is room. */
	int (*bottom)(struct ladder *, const struct unit *, struct err *);
	/* A unit that waited was refused, and not for want of room: it stays,
	 * with all behind it. Told once of each. May be NULL. */
	void (*stuck)(struct ladder *, const struct unit *, const struct err *);
	/* Looks at each unit that a rung passes on. May be NULL. */
	void (*tap)(struct ladder *, const struct rung *, enum dir,
		    const struct unit *);
};

/* Units that wait, in order. */
struct waiting {
	struct list units;
	size_t bytes;
};

/*
 * Embedded in its owner. What is on its way down waits in one of two places,
 * and leaves neither before it has been taken below:
 *
 *  held  what the owner gave before the top rung was OPEN. It is for that rung
 *        and enters there, whatever has been put on top since. Once it may go
 *        down the link's want of room is no reason to hold it longer.
 *  made  what rungs made and the link had no room for, of what is not made
 *        twice: rung_pass_down_once(), and what was held. It goes first.
 *
 * While any of it waits for room, what the owner gives is refused.
 */
struct ladder {
	const struct ladder_sink *sink;
	enum shape base; /* the link's */
	struct rung *top, *bottom;
	uint64_t bytes[2]; /* that came from the link and went to it */
	struct waiting held, made;
	unsigned once; /* passes on their way whose units are kept */
	bool resuming;
};

/* Of what waits in one place; past it there is an error of class limit. */
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
/*
 * Takes the top one off and frees it; bytes it held back leave at the top: they
 * have come up through all that is below. What it was still to send goes down
 * first, if it is open. What then is still held for it is let go: nobody can
 * make of it what was to be sent, and as it is it may be a secret. An end is
 * not let go.
 * Result:  *unsent: bytes let go; -1 and *e: there is no rung.
 */
int ladder_pop(struct ladder *, size_t *unsent, struct err *e);
/* From the link, upwards. */
int ladder_up(struct ladder *, const struct unit *, struct err *e);
/* What left at the top and was not taken, into the rung put there since: all
 * of it in one unit, before anything else comes. */
int ladder_enter(struct ladder *, const struct unit *, struct err *e);
/*
 * From the owner, downwards; held until the top rung is OPEN. An end waits for
 * what is before it, and nothing follows it.
 * Errors:  limit (no room, in the link or here; nothing was taken), closed
 *          (the end was given), what a held unit was refused with, a rung's
 *          own, the link's own.
 */
int ladder_down(struct ladder *, const struct unit *, struct err *e);
/* The link has room again: what waits goes down. */
void ladder_resume(struct ladder *);
/* Bytes that were given and wait here. */
size_t ladder_waiting(const struct ladder *);

/* The only ways out of a rung, so that the tap is here, once, for all. */
int rung_pass_up(struct rung *, const struct unit *, struct err *e);
/* What can be made again: without room for it, it is refused, and down() may
 * return what this does. An end is taken always. */
int rung_pass_down(struct rung *, const struct unit *, struct err *e);
/*
 * What is made only once (a record under a cipher, a greeting, a reply): taken
 * even while the link has no room.
 * Errors:  limit (more than LADDER_HELD_MAX waits: the peer takes nothing; what
 *          follows cannot be read without it), the link's own.
 */
int rung_pass_down_once(struct rung *, const struct unit *, struct err *e);
/* Units may pass: what was held for it goes down, then the rung above starts.
 * Result: 0; -1 and *e: that failed to start. */
int rung_opened(struct rung *, struct err *e);

#endif
