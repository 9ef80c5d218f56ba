/* SPDX-License-Identifier: ISC */
/*
 * The way to the terminal: what is drawn is queued here until the terminal
 * takes it, so that one that takes nothing (Ctrl-S), or little, holds nothing
 * else up. What is drawn, and when, is for the consoles and the REPL to say.
 */
#ifndef RUNG_REPL_OUTLET_H
#define RUNG_REPL_OUTLET_H

#include "rung/rio.h"

#include <stdbool.h>
#include <stdio.h>

/* A terminal that takes nothing for so long is not waited for. */
#define TTY_QUEUE_WAIT_MS 1000

struct tty_queue {
	struct rio_out queue;
	/* The terminal opened anew, non-blocking: the flags of fd 1 are others'
	 * too. -1: there is only that. */
	int own;
	int signals;       /* readable while a signal waits to be told */
	FILE *draw_stream; /* what an editor draws with, into memory */
	char *drawn;       /* with it, and not yet queued */
	size_t room;
};

/* For the terminal that is fd 1. */
void tty_queue_init(struct tty_queue *, int signals);
/* What is still queued is let go. */
void tty_queue_fini(struct tty_queue *);
/* Lends: what an editor has for its terminal; NULL: no memory. */
FILE *tty_queue_draw_stream(struct tty_queue *);

/* Queues, behind what the pen has drawn. More than a terminal is given at one
 * time waits here until it has taken the rest. */
void tty_queue_put(struct tty_queue *, struct bytes);
/* Writes what was drawn and queued. Result: as rio_drain(). */
enum rio tty_queue_drain(struct tty_queue *);
/*
 * The same, and waits for the terminal as long as it goes on taking something
 * and no signal comes.
 * Result:  MORE (all written), WAIT (the rest stays queued), FAIL.
 */
enum rio tty_queue_finish(struct tty_queue *);

/* Whether the terminal takes anything now. */
bool tty_queue_open(void);
/* The same, and waits for it as tty_queue_finish(). */
bool tty_queue_await(const struct tty_queue *);
/* Lets a terminal go on that was stopped, as Ctrl-Q does. */
void tty_queue_release(void);

#endif
