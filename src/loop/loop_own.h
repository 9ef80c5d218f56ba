/* SPDX-License-Identifier: ISC */
/*
 * The loop as its own files see it. Private to this room.
 */
#ifndef RUNG_LOOP_INSIDE_H
#define RUNG_LOOP_INSIDE_H

#include "engine.h"

/* A timer's place in the heap. Here, so that comparing follows no pointer. */
struct due {
	uint64_t at, order;
	struct timer *timer;
};

/* A binary heap from index 1: the earliest first, then the first armed. */
struct timers {
	struct due *heap;
	size_t count, cap;
	uint64_t order; /* how many were ever armed */
	uint64_t now;   /* while firing: no new one may be due before it */
};

/* Signals: the traps, and the pipe whose far end the handler has. */
struct signals {
	struct list traps;
	struct watch delivered;
	int pipe[2];
};

struct loop {
	const struct loop_engine *engine;
	void *state;
	struct clock *clock;
	uint64_t now;
	struct list watches;
	size_t interests;    /* watches that want something */
	struct list touched; /* to be asked what they want, next turn */
	struct list ready;   /* to be told what they got, this turn */
	struct list chores[PHASES];
	struct timers timers;
	struct signals signals;
	bool soon;
	struct first_try {
		struct watch *of; /* NULL: nothing is hoped, or too much */
		bool asked;       /* since the last turn */
		unsigned row; /* turns that were spared their wait, in a row */
		unsigned misses; /* hopes in a row */
		unsigned pause;  /* turns to go without */
	} first_try;
};

void timers_fini(struct timers *);
/* Result: false if none is armed. */
bool timers_next(const struct timers *, uint64_t *due);
/* Fires what is due at `now` and was armed before the call. */
void timers_fire(struct timers *, uint64_t now);

void signals_init(struct signals *);
void signals_fini(struct loop *);

#endif
