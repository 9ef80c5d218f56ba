/* SPDX-License-Identifier: ISC */
/*
 * Reads the clocks, real and fake. The loop advances the fake one.
 */
#include "rung/clock.h"

#include <time.h>

/* 2026-01-01T00:00:00Z */
#define FAKE_EPOCH (1767225600 * NS_PER_S)

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t clock_mono(const struct clock *c)
{
	return c->fake ? c->at : read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_wall(const struct clock *c)
{
	return c->fake ? FAKE_EPOCH + c->at : read_clock(CLOCK_REALTIME);
}
