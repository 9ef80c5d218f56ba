/* SPDX-License-Identifier: ISC */
/*
 * The loop: one turn after another of poll, ready, timers, phases. Interest is
 * asked for, never stored. Level-triggered; one thread. Knows no rio.
 */
#ifndef RUNG_LOOP_H
#define RUNG_LOOP_H

#include "rung/clock.h"
#include "rung/err.h"
#include "rung/list.h"

struct loop;
struct watch;

struct watch_ops {
	/* POLLIN|POLLOUT|POLLPRI wanted now, or 0. Asked again after each
	 * ready() and each loop_touch(); must be cheap and change nothing. */
	short (*want)(struct watch *);
	/* The raw revents of poll(2), errors and hang-up included. May
	 * watch, unwatch (itself too), arm and cancel. */
	void (*ready)(struct watch *, short got);
	/* For loop_try_first(); NULL where that is never called. Takes what
	 * there is to read, untold, and does as ready() may. Result: whether
	 * there was anything. */
	bool (*try_read)(struct watch *);
	/* A thread of ours works on what comes here: while it is watched a
	 * fake clock stands still. */
	bool worked_on;
};

/*
 * Embedded in its owner, zeroed before its first use. The fd stays the
 * owner's: unwatch before closing. Two watches may share an fd.
 */
struct watch {
	const struct watch_ops *ops;
	struct list at, touched;
	int fd;
	/* The loop's and its engine's: */
	short asked;         /* what the engine last told the kernel */
	short got;           /* what the kernel said, until ready() is told */
	short always;        /* not pollable: said each turn without asking */
	size_t slot;         /* poll: its place in the table, from 1 */
	struct watch *along; /* epoll: the next one of this fd */
};

/* Zeroed before its first use. */
struct timer {
	uint64_t due; /* ns, monotonic */
	void (*fire)(struct timer *);
	size_t slot; /* the loop's: its place in the heap, 0 when not armed */
};

/* What runs in each turn after the timers, in this order. */
enum phase { PHASE_JOBS, PHASE_SHOW, PHASE_REAP, PHASES };

struct hook {
	struct list at;
	void (*run)(struct hook *);
};

/* A signal, told from the loop and never from a handler. */
struct trap {
	struct list at;
	int signo;
	bool ignored; /* the loop's: it was, and stays so */
	void (*caught)(struct trap *);
};

/* One way to wait. The const table is `loop_engines`, best first, NULL-ended.
 */
struct loop_engine;
extern const struct loop_engine *const loop_engines[];
const char *loop_engine_name(const struct loop_engine *);

/*
 * Owns:    the loop; `clock` stays the caller's and outlives it.
 * Result:  NULL and *e when the engine cannot start.
 */
struct loop *loop_new(const struct loop_engine *, struct clock *, struct err *);
/*
 * The best engine that starts: on Linux poll, and epoll from the seventeenth
 * watch on. For tests: RUNG_ENGINE names one (both, poll, epoll),
 * RUNG_CLOCK=fake stops the time until nothing else happens. Owns and result:
 * as loop_new().
 */
struct loop *loop_start(struct clock *, struct err *);
/* Everything watched, armed or trapped must have been taken out. */
void loop_free(struct loop *);

/* Watches born in a turn are first asked in the next. */
void loop_watch(struct loop *, struct watch *, int fd,
		const struct watch_ops *);
/* Harmless on one that is not watched (zeroed). */
void loop_unwatch(struct loop *, struct watch *);
/* As loop_unwatch(), and closes the fd, which no other process may share: one
 * call of the kernel's less than the two. */
void loop_close(struct loop *, struct watch *);
/* The owner's state changed outside of ready(): ask want() again. */
void loop_touch(struct loop *, struct watch *);
/*
 * An answer is awaited here that may have come already: the next turn looks
 * before it asks the kernel who has something, and looks again when it has
 * given the processor away, which spares a dialogue a third of its calls. A
 * hint, for one turn: it is passed over where several watches hope at once, of
 * one that is not watched (zeroed), where answers have not come that soon
 * before, and where others need the processor. What others have to be told
 * waits for no more than 128 turns.
 */
void loop_try_first(struct loop *, struct watch *);

/* Arms, or moves an armed one. */
void loop_arm(struct loop *, struct timer *, uint64_t due);
void loop_disarm(struct loop *, struct timer *);
bool loop_armed(const struct timer *);

void loop_add_hook(struct loop *, enum phase, struct hook *);
/* The next turn does not wait: a chore has more to do. */
void loop_no_wait(struct loop *);

/*
 * Result: 0, or -1 and *e. One trap a signal; it is caught from now on, unless
 * the process was started with it ignored (nohup; a shell's background job).
 */
int loop_trap(struct loop *, struct trap *, struct err *);
/* The signal's action becomes the default one again. */
void loop_untrap(struct loop *, struct trap *);
/* A descriptor that is readable while a signal waits to be told, for whoever
 * blocks meanwhile. -1: nothing was trapped. */
int loop_signals(const struct loop *);

/* Notifies the traps of the signals that have come so far, in this turn: for
 * input from which a signal has dropped what came before. */
void loop_deliver_signals(struct loop *);

/* ns, monotonic: when this turn's events were fetched. */
uint64_t loop_now(const struct loop *);
uint64_t loop_wall(const struct loop *);
/*
 * poll, ready, timers, JOBS, SHOW, REAP. Waits for as long as nothing is due.
 * Result: 0, or -1 and *e when waiting itself failed.
 */
int loop_turn(struct loop *, struct err *);

#endif
