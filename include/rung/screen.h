/* SPDX-License-Identifier: ISC */
/*
 * The screen: subscribes to the hub, and prints the messages of live sessions
 * and notices, with at most one paint a turn. src/repl has the prompt and the
 * terminal.
 */
#ifndef RUNG_SCREEN_H
#define RUNG_SCREEN_H

#include "rung/out.h"
#include "rung/view.h"

/* Limit of rows in a paint, for messages and notices; the rest is elided, and a
 * note gives its size. A long row counts as several. */
#define SCREEN_ROWS 1000
/* Default limits of one message: as many bytes as the log keeps, and rows. The
 * view raw has no limits. */
#define SCREEN_MESSAGE_MAX  LOG_MESSAGE_MAX
#define SCREEN_MESSAGE_ROWS ((size_t)100)
/* Additional rows for errors and for notices that report no state or detail, so
 * that a flood of messages does not hide them. */
#define SCREEN_SPARE 100

struct screen {
	struct subscriber sub;
	struct hook show;
	struct hub *hub;
	struct out *out;
	struct text text;            /* rows of the next paint */
	const struct view_ops *view; /* default view */
	enum time_mode time;
	uint64_t previous; /* time of the last message displayed */
	size_t rows;
	uint64_t elided, elided_bytes, elided_last; /* messages not displayed */
	uint64_t elided_notices;
	bool states; /* notices of states and ends are printed */
};

/* Starts to print events, until screen_fini(), which flushes the screen. */
void screen_init(struct screen *, struct hub *, struct out *,
		 const struct view_ops *view);
void screen_fini(struct screen *);
/* Prints the buffered rows, so that later output follows them. */
void screen_flush(struct screen *);

#endif
