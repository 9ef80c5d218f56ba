/* SPDX-License-Identifier: ISC */
/*
 * The cost of a search, counted in steps, and the bounds on it. Private to
 * lang; match.h sets the allowance.
 */
#ifndef RUNG_LANG_EFFORT_H
#define RUNG_LANG_EFFORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Steps of a match that begins at one place, because it cannot be interrupted;
 * and of all calls of one search. */
#define EFFORT_PLACE_MAX  ((uint64_t)8 << 20)
#define EFFORT_SEARCH_MAX ((uint64_t)128 << 20)
/* Bytes that are looked at in one step. */
#define EFFORT_BYTES 16
/* Bytes that may be looked at before the clock is, which asks the kernel. */
#define EFFORT_UNSEEN_MAX ((size_t)64 << 20)

/* One call of a search. */
struct effort {
	uint64_t steps; /* of the search, its earlier calls included */
	uint64_t stop;  /* from here on the call returns MORE */
	uint64_t place; /* steps when the match at this place began */
	bool forced;    /* the call has to finish at least one place */
	/* The processor's time is a second bound, because an expression can
	 * look at bytes without a step. */
	size_t unseen;   /* bytes that may have been looked at since `clock` */
	clock_t clock;   /* when last looked at; 0: never */
	uint64_t looked; /* steps then */
};

/* `steps`: of the earlier calls. Result: takes from the allowance. */
struct effort effort_begin(uint64_t steps);
/* Takes from the allowance what the call has cost. `before`: as for begin. */
void effort_end(const struct effort *, uint64_t before);
/* Reads the processor's clock, and counts the time as steps. */
void effort_look(struct effort *);

/* Counts steps, and bytes that may have been looked at without one. */
static inline void effort_add(struct effort *f, uint64_t steps, size_t unseen)
{
	f->steps += steps;
	f->unseen += unseen;
	if (f->unseen >= EFFORT_UNSEEN_MAX)
		effort_look(f);
}

/* Returns true if the search, or this place of it, is too costly. */
static inline bool effort_fails(const struct effort *f)
{
	return f->steps >= EFFORT_SEARCH_MAX ||
	       f->steps - f->place >= EFFORT_PLACE_MAX;
}

/* Returns true if the call has to return MORE before it begins at another
 * place, or the search is too costly. `began`: no place is finished yet. */
static inline bool effort_is_over(const struct effort *f, bool began)
{
	return f->steps >= EFFORT_SEARCH_MAX ||
	       (f->steps >= f->stop && !(began && f->forced));
}

#endif
