/* SPDX-License-Identifier: ISC */
/*
 * Time in ns: monotonic for deadlines, wall clock for display. A fake clock
 * stands still until the loop has nothing else to do and moves it to the next
 * timer; tests use it.
 */
#ifndef RUNG_CLOCK_H
#define RUNG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_MS 1000000ULL
#define NS_PER_S  1000000000ULL

struct clock {
	bool fake;
	uint64_t at; /* a fake clock's monotonic time */
};

uint64_t clock_mono(const struct clock *);
/* A fake clock's wall time starts at 2026-01-01T00:00:00Z. */
uint64_t clock_wall(const struct clock *);

#endif
