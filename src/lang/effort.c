/* SPDX-License-Identifier: ISC */
/*
 * Limits the cost of searches, so that no search delays other sessions. regex.c
 * and template_match.c count the steps.
 */
#include "effort.h"

/* Processor time that counts as one step. */
#define NS_PER_STEP 20
#define CLOCK_NS    (1000000000 / CLOCKS_PER_SEC)
/* Steps that each call may take even if none are left, so that a small search
 * does not wait for a large one. */
#define STEPS_LEAST 4096

struct effort effort_begin(uint64_t steps, uint64_t left)
{
	uint64_t most = left ? left : STEPS_LEAST;

	return (struct effort){
	    .steps = steps,
	    .place = steps,
	    .stop = most < UINT64_MAX - steps ? steps + most : UINT64_MAX,
	    .forced = left != 0,
	};
}

void effort_end(const struct effort *f, uint64_t before, uint64_t *left)
{
	uint64_t taken = f->steps - before;

	*left -= taken < *left ? taken : *left;
}

void effort_look(struct effort *f)
{
	clock_t now = clock();

	if (f->clock) {
		uint64_t ns = (uint64_t)(now - f->clock) * CLOCK_NS;
		uint64_t steps = f->looked + ns / NS_PER_STEP;

		if (steps > f->steps)
			f->steps = steps;
	}
	f->clock = now;
	f->looked = f->steps;
	f->unseen = 0;
}
