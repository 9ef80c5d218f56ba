/* SPDX-License-Identifier: ISC */
/*
 * The screen: subscribes to the hub and prints live sessions' messages and
 * notices, at most one paint a turn. src/repl has the prompt and the terminal.
 */
#ifndef RUNG_SCREEN_H
#define RUNG_SCREEN_H

#include "rung/out.h"
#include "rung/view.h"

/* Limit of rows a paint, for messages and notices; the rest is elided with a
 * note of its size. A long row counts as several. */
#define SCREEN_ROWS 1000
/* Additional rows for failures, which are printed even in a flood. */
#define SCREEN_SPARE 100

struct screen {
	struct subscriber sub;
	struct hook show;
	struct hub *hub;
	struct out *out;
	struct text text;            /* the paint being made */
	const struct view_ops *view; /* default view */
	enum time_mode time;
	uint64_t previous; /* time of the last message shown */
	size_t rows;
	uint64_t elided, elided_bytes, elided_last; /* messages not shown */
	uint64_t elided_notices;
	bool states; /* print notices of states and ends */
};

/* Starts to print events; screen_fini() flushes and ends this. */
void screen_init(struct screen *, struct hub *, struct out *,
		 const struct view_ops *view);
void screen_fini(struct screen *);
/* Prints what is buffered, so that later output follows it. */
void screen_flush(struct screen *);

#endif
