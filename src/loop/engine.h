/* SPDX-License-Identifier: ISC */
/*
 * What a way to wait must do for the loop. Private to this room: who may be
 * told of what, and when, is decided in loop.c for all engines alike.
 */
#ifndef RUNG_LOOP_ENGINE_H
#define RUNG_LOOP_ENGINE_H

#include "rung/loop.h"

/* When a wait ends: a time of the real monotonic clock, or one of these. */
#define ENGINE_NOW     ((uint64_t)0)
#define ENGINE_FOREVER UINT64_MAX

struct loop_engine {
	const char *name;
	/* Result: the engine's state, or NULL and errno. */
	void *(*start)(void);
	void (*stop)(void *state);
	/*
	 * From now on the watch wants `want`, which is not what it asked for
	 * so far; 0: nothing, not even errors. Cannot fail: a descriptor that
	 * the kernel does not poll is said to be ready each time. Sets
	 * w->asked.
	 */
	void (*want)(void *state, struct watch *w, short want);
	/* The watch wants something and its descriptor is about to be closed:
	 * forgets it without a word to the kernel, which forgets it too. */
	void (*forget)(void *state, struct watch *w);
	/*
	 * Waits until then, no less where nothing happens, and tells each
	 * watch that has something by loop_got().
	 * Result: how many were told, or -1 and errno (EINTR too).
	 */
	int (*wait)(void *state, struct loop *, uint64_t until);
	/* Where more than `few` watches want something, `beyond` waits from
	 * then on. NULL: this one does for any number. */
	const struct loop_engine *beyond;
	size_t few;
};

extern const struct loop_engine loop_poll, loop_epoll, loop_both;

/* The kernel says `got`: ready() is called later in this turn. */
void loop_got(struct loop *, struct watch *, short got);

#endif
