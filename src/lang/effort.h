/* SPDX-License-Identifier: ISC */
/*
 * The cost of a search, counted in steps, and its limits. Private to lang;
 * match.h has the steps that the searches of a turn share.
 */
#ifndef RUNG_LANG_EFFORT_H
#define RUNG_LANG_EFFORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* EFFORT_PLACE_MAX: step limit at one start position, because a search pauses
 * only between positions. EFFORT_SEARCH_MAX: step limit of all calls of one
 * search together. */
#define EFFORT_PLACE_MAX  ((uint64_t)8 << 20)
#define EFFORT_SEARCH_MAX ((uint64_t)128 << 20)
/* Bytes read in one step. */
#define EFFORT_BYTES 16
/* Bytes after which the processor time is read again, with a system call. */
#define EFFORT_UNSEEN_MAX ((size_t)64 << 20)

/* One call of a search. */
struct effort {
	uint64_t steps; /* steps of this and all earlier calls */
	uint64_t stop;  /* value of `steps` at which the call returns MORE */
	uint64_t place; /* `steps` at the start of the current position */
	bool forced;    /* the call must finish at least one position */
	/* Processor time is a second limit, because an expression can read
	 * bytes without a step. */
	size_t unseen;   /* bytes that may have been read since `clock` */
	clock_t clock;   /* processor time when last read; 0: never */
	uint64_t looked; /* value of `steps` when `clock` was read */
};

/* Starts a call. `steps`: steps of the earlier calls; `left`: steps that may
 * still be taken. */
struct effort effort_begin(uint64_t steps, uint64_t left);
/* Subtracts the call's steps from *left. `before`: the value given to
 * effort_begin() as `steps`. */
void effort_end(const struct effort *, uint64_t before, uint64_t *left);
/* Reads the processor's clock and counts the time as steps. */
void effort_look(struct effort *);

/* Counts steps, and bytes that may have been read without a step. */
static inline void effort_add(struct effort *f, uint64_t steps, size_t unseen)
{
	f->steps += steps;
	f->unseen += unseen;
	if (f->unseen >= EFFORT_UNSEEN_MAX)
		effort_look(f);
}

/* Returns true if the search, or its current position, is too costly. */
static inline bool effort_fails(const struct effort *f)
{
	return f->steps >= EFFORT_SEARCH_MAX ||
	       f->steps - f->place >= EFFORT_PLACE_MAX;
}

/* Returns true if the call must return MORE before the next position, or the
 * search is too costly. `began`: the call has not finished a position yet. */
static inline bool effort_is_over(const struct effort *f, bool began)
{
	return f->steps >= EFFORT_SEARCH_MAX ||
	       (f->steps >= f->stop && !(began && f->forced));
}

#endif
