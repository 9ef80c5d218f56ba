/* SPDX-License-Identifier: ISC */
/*
 * The event loop. Each turn polls, calls ready(), fires timers and runs the
 * phases. The loop calls want() for each watch's interest; the owner sets no
 * mask. Level-triggered; one thread. Does not use rio.
 */
#ifndef RUNG_LOOP_H
#define RUNG_LOOP_H

#include "rung/clock.h"
#include "rung/err.h"
#include "rung/list.h"

struct loop;
struct watch;

struct watch_ops {
	/* Returns the events wanted now, of POLLIN|POLLOUT|POLLPRI, or 0.
	 * Called again after each ready() and each loop_touch(); must be cheap
	 * and change nothing. */
	short (*want)(struct watch *);
	/* Gets the raw revents of poll(2), errors and hang-up included. May
	 * watch, unwatch (itself too), arm and disarm. */
	void (*ready)(struct watch *, short got);
	/* Called after loop_try_first(); NULL if that is never called. Reads
	 * without waiting for an event, and may do all that ready() may.
	 * Returns true if there was anything to read. */
	bool (*try_read)(struct watch *);
	/* A thread of this process will write to this fd: a fake clock stands
	 * still while the fd is watched. */
	bool worked_on;
};

/*
 * Embedded in its owner, zeroed before its first use. The owner keeps the fd:
 * unwatch before closing. Two watches may share an fd.
 */
struct watch {
	const struct watch_ops *ops;
	struct list at, touched;
	int fd;
	/* Private to the loop and its engine: */
	short asked;         /* interest that the engine last set */
	short got;           /* revents for the next ready() */
	short always;        /* events of an fd that epoll refuses */
	size_t slot;         /* poll: index in the table, from 1 */
	struct watch *along; /* epoll: next watch of the same fd */
};

/* Zeroed before its first use. */
struct timer {
	uint64_t due; /* ns, monotonic */
	void (*fire)(struct timer *);
	size_t slot; /* index in the loop's heap; 0: not armed */
};

/* Hooks run in each turn after the timers, in the order of these phases. */
enum phase { PHASE_JOBS, PHASE_SHOW, PHASE_REAP, PHASES };

struct hook {
	struct list at;
	void (*run)(struct hook *);
};

/* A signal to catch. The loop calls caught() in a turn, never in a signal
 * handler. */
struct trap {
	struct list at;
	int signo;
	bool ignored; /* private to the loop: was ignored at start, stays so */
	void (*caught)(struct trap *);
};

/* A mechanism to wait for events, such as epoll. The const table `loop_engines`
 * is sorted best first and NULL-terminated. */
struct loop_engine;
extern const struct loop_engine *const loop_engines[];
const char *loop_engine_name(const struct loop_engine *);

/*
 * Owns:    the loop; the caller keeps `clock`, which must outlive it.
 * Result:  NULL and *e if the engine cannot start.
 */
struct loop *loop_new(const struct loop_engine *, struct clock *, struct err *);
/*
 * Starts the best engine available: on Linux poll, then epoll from the
 * seventeenth watch on. Two variables are for tests: RUNG_ENGINE names an
 * engine (both, poll, epoll), RUNG_CLOCK=fake selects a fake clock. Owns and
 * result: as loop_new().
 */
struct loop *loop_start(struct clock *, struct err *);
/* Frees the loop. All watches, timers and traps must have been removed. */
void loop_free(struct loop *);

/* Adds a watch; one added during a turn is first polled in the next turn. */
void loop_watch(struct loop *, struct watch *, int fd,
		const struct watch_ops *);
/* Removes a watch; does nothing if it is not watched (zeroed). */
void loop_unwatch(struct loop *, struct watch *);
/* Removes a watch and closes its fd, which must not be shared with another
 * process. Saves a system call. */
void loop_close(struct loop *, struct watch *);
/* Makes the loop call want() again, because the owner's state changed outside
 * of ready(). */
void loop_touch(struct loop *, struct watch *);
/*
 * Hints that input is expected soon: the next turn calls try_read() before it
 * polls, and again after sched_yield(). If that finds input, no poll follows;
 * request-and-reply traffic saves a third of its system calls.
 * The hint lasts one turn, and is ignored if several watches ask in the same
 * turn, if the watch was removed (zeroed), if recent tries found nothing, and
 * if other processes need the CPU. Other watches wait at most 128 turns.
 */
void loop_try_first(struct loop *, struct watch *);

/* Arms the timer; if it is armed already, changes its time. */
void loop_arm(struct loop *, struct timer *, uint64_t due);
void loop_disarm(struct loop *, struct timer *);
bool loop_armed(const struct timer *);

void loop_add_hook(struct loop *, enum phase, struct hook *);
/* Keeps the next turn from waiting, because a hook has more to do. */
void loop_no_wait(struct loop *);

/*
 * Catches a signal from now on, unless the process was started with it ignored
 * (nohup; a shell's background job). One trap a signal.
 * Result: 0, or -1 and *e.
 */
int loop_trap(struct loop *, struct trap *, struct err *);
/* Restores the signal's default action. */
void loop_untrap(struct loop *, struct trap *);
/* Returns a descriptor that is readable while a caught signal is undelivered;
 * for code that blocks outside the loop. -1: nothing was trapped. */
int loop_signals(const struct loop *);

/* Calls the traps of the signals that have arrived so far, without waiting for
 * the next turn. Needed before input is read, if a signal discards the input
 * typed before it. */
void loop_deliver_signals(struct loop *);

/* Returns the time at which this turn's events were fetched: ns, monotonic. */
uint64_t loop_now(const struct loop *);
uint64_t loop_wall(const struct loop *);
/*
 * Runs one turn: poll, ready, timers, JOBS, SHOW, REAP. Blocks until something
 * is due.
 * Result: 0, or -1 and *e if the wait itself failed.
 */
int loop_turn(struct loop *, struct err *);

#endif
