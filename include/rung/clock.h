/* SPDX-License-Identifier: ISC */
/*
 * Time in ns: monotonic for deadlines, wall clock for display. A fake clock,
 * which tests use, stands still until the loop has nothing else to do; the loop
 * then moves the clock to the next timer.
 */
#ifndef RUNG_CLOCK_H
#define RUNG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_MS 1000000ULL
#define NS_PER_S  1000000000ULL

struct clock {
	bool fake;
	uint64_t at; /* monotonic time of a fake clock */
};

uint64_t clock_mono(const struct clock *);
/* Returns the wall time. The wall time of a fake clock starts at
 * 2026-01-01T00:00:00Z. */
uint64_t clock_wall(const struct clock *);

#endif
