/* SPDX-License-Identifier: ISC */
/*
 * The screen: hears the hub and shows live sessions' messages and notices, at
 * most one paint a turn, however much came. Prompts and terminals are the
 * console's.
 */
#ifndef RUNG_SCREEN_H
#define RUNG_SCREEN_H

#include "rung/out.h"
#include "rung/view.h"

/* Rows shown a paint, messages and notices; the rest is elided and its size
 * said. A long row counts as many. */
#define SCREEN_ROWS 1000
/* So many more for failures: those are told in a flood, too. */
#define SCREEN_SPARE 100

struct screen {
	struct subscriber sub;
	struct hook show;
	struct hub *hub;
	struct out *out;
	struct text text;            /* this paint's */
	const struct view_ops *view; /* for sessions without one */
	enum time_mode time;
	uint64_t previous; /* when the last message shown came or went */
	size_t rows;
	uint64_t elided, elided_bytes, elided_last; /* this paint's messages */
	uint64_t elided_notices;
	bool states; /* tell states and ends (the notices) */
};

/* Shows until screen_fini(), which shows what is left of the turn. */
void screen_init(struct screen *, struct hub *, struct out *,
		 const struct view_ops *view);
void screen_fini(struct screen *);
/* Shows what has been gathered now: what is said next comes after it. */
void screen_flush(struct screen *);

#endif
