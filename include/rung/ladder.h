/* SPDX-License-Identifier: ISC */
/*
 * The ladder: rungs stacked on a link. Received units go up through the rungs,
 * sent units go down; a rung only reacts to calls and passes units on, never
 * blocks and never sees an fd. The owner, which embeds the ladder, supplies the
 * link below and takes the units at the top.
 */
#ifndef RUNG_LADDER_H
#define RUNG_LADDER_H

#include "rung/budget.h"
#include "rung/err.h"
#include "rung/list.h"
#include "rung/unit.h"

struct ladder;
struct rung;

enum rung_state {
	RUNG_NEW,
	RUNG_STARTING,
	RUNG_OPEN,
	RUNG_ENDED, /* reads no more: units pass it as UNIT_RAW */
};

/* A kind of rung. Each call returns 0, or -1 and *e. */
struct rung_ops {
	const char *name, *brief;
	enum shape below, above; /* shape needed below, shape offered above */
	/* Called when everything below is open; may send a greeting.
	 * rung_opened() has to follow, now or later, before units pass. NULL:
	 * the rung is open at once. */
	int (*start)(struct rung *, struct err *);
	/* Takes all of the unit; passes on any number of units. The rung
	 * empties its outgoing buffer before it passes down, because a reply
	 * may re-enter. */
	int (*up)(struct rung *, const struct unit *, struct err *);
	/* Called only in the states OPEN and ENDED. Takes all of the unit, or,
	 * with -1, none of it; if the unit was pending, it is offered again
	 * later as if for the first time. */
	int (*down)(struct rung *, const struct unit *, struct err *);
	/* Appends facts as `key value` lines, with foreign bytes escaped. If a
	 * session has a field with the same key, the session's field wins. May
	 * be NULL. */
	void (*info)(const struct rung *, struct buf *out);
	/* Called when the rung is popped or the ladder ends: lends the bytes
	 * that the rung took and did not pass on; they leave at the top. May be
	 * NULL. */
	struct bytes (*leftover)(const struct rung *);
	/* Appends the wire form of a unit that the rung passed up: the bytes
	 * that it was made from. If several forms are possible, appends the one
	 * that the rung itself sends. NULL: the wire form is the unit's data.
	 */
	void (*to_wire)(const struct rung *, const struct unit *,
			struct buf *out);
	void (*free)(struct rung *);
};

/* First member of the rung's own struct; owned by its ladder. */
struct rung {
	const struct rung_ops *ops;
	struct ladder *ladder;
	struct rung *above, *below;
	enum rung_state state;
	uint64_t bytes[2]; /* passed on, by direction */
};

/* Returned by transmit(): the link has no room now; nothing was taken. */
#define LADDER_FULL 1

struct ladder_sink {
	/* Receives each unit that leaves at the top, and takes all of it. */
	void (*deliver)(struct ladder *, const struct unit *);
	/* Receives each unit that leaves at the bottom, for the link. Result:
	 * 0; -1 and *e; or LADDER_FULL and *e, and ladder_resume() once there
	 * is room. */
	int (*transmit)(struct ladder *, const struct unit *, struct err *);
	/* Called once for each queued unit that was refused for a reason other
	 * than lack of room: this unit and all later ones stay queued. May be
	 * NULL. */
	void (*undeliverable)(struct ladder *, const struct unit *,
			      const struct err *);
	/* Called for each unit that a rung passes on. May be NULL. */
	void (*trace)(struct ladder *, const struct rung *, enum dir,
		      const struct unit *);
};

/* Queued units, in order. */
struct unit_queue {
	struct list units;
	size_t bytes;
};

/*
 * Embedded in its owner. A unit on its way down may wait in one of two queues,
 * and leaves the queue only after the layer below took it:
 *
 * pending: units that the owner sent before the top rung was OPEN. Each enters
 * the rung that it was sent to, even if others were pushed on top since. Lack
 * of room in the link is not a reason to keep them longer.
 * outgoing: units that rungs cannot make again (rung_pass_down_once()), and
 * units from `pending` that the link had no room for. This queue is sent first.
 *
 * While units in either queue wait for room, units from the owner are refused.
 */
struct ladder {
	const struct ladder_sink *sink;
	enum shape base; /* the link's shape */
	struct rung *top, *bottom;
	uint64_t bytes[2]; /* received from the link, sent to it */
	struct unit_queue pending, outgoing;
	struct account *account; /* counts queued units and the rungs' bytes;
				  * set by the owner before the first push, or
				  * NULL */
	unsigned once; /* calls in progress of rung_pass_down_once() */
	bool resuming;
};

/* The most bytes in one queue; more is an error of class limit. */
#define LADDER_HELD_MAX  ((size_t)16 << 20)
#define LADDER_RUNGS_MAX 8

void ladder_init(struct ladder *, enum shape base, const struct ladder_sink *);
void ladder_fini(struct ladder *);
/* Returns the shape that the top rung offers, or the link's. */
enum shape ladder_shape(const struct ladder *);
/*
 * Puts a rung on top and starts it.
 * Result:  0, the ladder owns it; -1 and *e (shapes that do not fit, too many
 *          rungs, or a failed start), and the rung still belongs to the caller.
 */
int ladder_push(struct ladder *, struct rung *, struct err *e);
/*
 * Removes the top rung and frees it. Bytes that it kept leave at the top,
 * because they have already passed all rungs below. If the rung is open, its
 * queued units go down first; units still pending for it are then discarded,
 * since no other rung could encode them, and sent in the clear they might
 * reveal a secret. An end (UNIT_END) is never discarded.
 * Result:  *unsent: bytes discarded; -1 and *e: there is no rung.
 */
int ladder_pop(struct ladder *, size_t *unsent, struct err *e);
/* Passes a unit from the link to the bottom rung. */
int ladder_up(struct ladder *, const struct unit *, struct err *e);
/* Passes bytes that left at the top and are not consumed to the rung that was
 * pushed since: all in one unit, before any other unit arrives. */
int ladder_feed(struct ladder *, const struct unit *, struct err *e);
/*
 * Passes a unit from the owner to the top rung; queues the unit until that rung
 * is OPEN. An end waits for the units before it, and nothing follows it.
 * Errors:  limit (no room in the link or in the ladder; nothing was taken),
 *          closed (after an end), the error of a refused pending unit, a rung's
 *          own, the link's own.
 */
int ladder_down(struct ladder *, const struct unit *, struct err *e);
/* Sends queued units on, because the link has room again. */
void ladder_resume(struct ladder *);
/* Returns the number of bytes queued in the ladder. */
size_t ladder_queued(const struct ladder *);

/* Passes up a unit. Units leave a rung only by this function and the next two,
 * so that trace() sees all of them. */
int rung_pass_up(struct rung *, const struct unit *, struct err *e);
/* Passes down a unit that the rung can make again: without room the unit is
 * refused, and down() may return this function's result. An end is always
 * taken. */
int rung_pass_down(struct rung *, const struct unit *, struct err *e);
/*
 * Passes down a unit that can be made only once (an encrypted record, a
 * greeting, a reply): taken even if the link has no room.
 * Errors:  limit (more than LADDER_HELD_MAX bytes wait: the peer reads nothing,
 *          and later units are useless without this one), the link's own.
 */
int rung_pass_down_once(struct rung *, const struct unit *, struct err *e);
/*
 * Marks the rung open: pending units go down, then the rung above starts.
 * Result: 0; -1 and *e: the rung above failed to start.
 */
int rung_opened(struct rung *, struct err *e);

#endif
