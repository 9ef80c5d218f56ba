/* SPDX-License-Identifier: ISC */
/*
 * struct loop, and the functions that the files of this directory share.
 */
#ifndef RUNG_LOOP_OWN_H
#define RUNG_LOOP_OWN_H

#include "engine.h"

/* An entry of the heap of timers. The time is a copy, so that a comparison
 * follows no pointer. */
struct due {
	uint64_t at, order;
	struct timer *timer;
};

/* A binary heap from index 1, sorted by time, then by order of arming. */
struct timers {
	struct due *heap;
	size_t count, cap;
	uint64_t order; /* timers armed so far */
	uint64_t now;   /* lower bound of new due times while timers fire */
};

/* The traps, and the pipe that the signal handler writes to. */
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
	size_t interests;    /* watches with an interest */
	struct list touched; /* watches whose want() is due */
	struct list ready;   /* watches whose ready() is due */
	struct list hooks[PHASES];
	struct timers timers;
	struct signals signals;
	bool soon;
	struct first_try {
		struct watch *of; /* watch to try; NULL: none or several */
		bool asked;       /* loop_try_first() was called in this turn */
		unsigned row;     /* turns in a row without a poll */
		unsigned misses;  /* tries in a row that found nothing */
		unsigned pause;   /* turns left without a try */
	} first_try;
};

void timers_fini(struct timers *);
/* Returns true if a timer is armed; *due: the time of the first one. */
bool timers_next(const struct timers *, uint64_t *due);
/* Fires the timers that are due at `now` and were armed before the call. */
void timers_fire(struct timers *, uint64_t now);

void signals_init(struct signals *);
void signals_fini(struct loop *);

#endif
