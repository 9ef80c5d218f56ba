/* SPDX-License-Identifier: ISC */
/*
 * The interface between the loop and its engines (poll.c, epoll.c). Private to
 * src/loop. loop.c decides which watches are called and when.
 */
#ifndef RUNG_LOOP_ENGINE_H
#define RUNG_LOOP_ENGINE_H

#include "rung/loop.h"

/* Special values for `until` in wait(); any other value is a time of the real
 * monotonic clock. */
#define ENGINE_NOW     ((uint64_t)0)
#define ENGINE_FOREVER UINT64_MAX

struct loop_engine {
	const char *name;
	/* Starts the engine. Result: its state, or NULL and errno. */
	void *(*start)(void);
	void (*stop)(void *state);
	/*
	 * Sets the watch's interest to `want`, which differs from w->asked; 0:
	 * no events, not even errors. Sets w->asked. Cannot fail: a descriptor
	 * that the kernel does not poll is ready in each turn.
	 */
	void (*want)(void *state, struct watch *w, short want);
	/* Removes a watch that has an interest, before its descriptor is
	 * closed. Usually needs no system call, because the close also removes
	 * the kernel's entry. */
	void (*forget)(void *state, struct watch *w);
	/*
	 * Waits for an event, at most until `until`, and calls loop_add_ready()
	 * for each watch with events.
	 * Result: the number of such watches, or -1 and errno (EINTR too).
	 */
	int (*wait)(void *state, struct loop *, uint64_t until);
	/* The engine that takes over when more than `few` watches have an
	 * interest. NULL: this engine serves any number of watches. */
	const struct loop_engine *beyond;
	size_t few;
};

extern const struct loop_engine loop_poll, loop_epoll, loop_both;

/* Schedules ready(`got`) for later in this turn. */
void loop_add_ready(struct loop *, struct watch *, short got);

#endif
