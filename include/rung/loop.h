/* SPDX-License-Identifier: ISC */
/*
 * The event loop. Each turn polls, calls ready() of the watches with events,
 * fires timers and runs the hooks of each phase. An owner sets no event mask:
 * the loop calls want() to get it. Level-triggered; one thread. Does not use
 * rio.
 */
#ifndef RUNG_LOOP_H
#define RUNG_LOOP_H

#include "rung/clock.h"
#include "rung/err.h"
#include "rung/list.h"

struct loop;
struct watch;

struct watch_ops {
	/* Returns the events that the owner wants now: POLLIN, POLLOUT, POLLPRI
	 * or 0. Called after each ready() and loop_touch(); must be cheap and
	 * change nothing. */
	short (*want)(struct watch *);
	/* Handles events. `got`: the revents of poll(2), with errors and
	 * hang-up. May watch, unwatch (this watch too), arm and disarm. */
	void (*ready)(struct watch *, short got);
	/* Reads without waiting for an event; called after loop_try_first().
	 * May do all that ready() may. Returns true if there was anything to
	 * read. NULL if loop_try_first() is never called. */
	bool (*try_read)(struct watch *);
	/* A thread of this process will make this fd readable: while the fd is
	 * watched, a fake clock stands still. */
	bool worked_on;
};

/*
 * Embedded in its owner, zeroed before its first use. The owner opens the fd,
 * and closes it after removing the watch. Two watches may share an fd.
 */
struct watch {
	const struct watch_ops *ops;
	struct list at, touched;
	int fd;
	/* Private to the loop and its engine: */
	short asked;  /* events that the engine waits for */
	short got;    /* revents for the next ready() */
	short always; /* epoll: events of an fd that epoll_ctl() refused */
	size_t slot;  /* poll: index in the table, counted from 1 */
	struct watch *along; /* epoll: next watch of the same fd */
};

/* Zeroed before its first use. */
struct timer {
	uint64_t due; /* ns, monotonic */
	void (*fire)(struct timer *);
	size_t slot; /* index in the loop's heap; 0: not armed */
};

/* The phases of a turn: after the timers, the hooks run in this order. */
enum phase { PHASE_JOBS, PHASE_SHOW, PHASE_REAP, PHASES };

struct hook {
	struct list at;
	void (*run)(struct hook *);
};

/* A signal to catch. The loop calls caught() in a turn, never from a signal
 * handler. */
struct trap {
	struct list at;
	int signo;
	bool ignored; /* private to the loop: ignored at start, and so not
			 caught */
	void (*caught)(struct trap *);
};

/* A mechanism that waits for events, such as epoll. `loop_engines` is
 * NULL-terminated, with the best engine first. */
struct loop_engine;
extern const struct loop_engine *const loop_engines[];
const char *loop_engine_name(const struct loop_engine *);

/*
 * Makes a loop that runs on the engine and the clock.
 * Result:  NULL and *e if the engine cannot start.
 * Owns:    the caller owns the loop and the clock; the clock must outlive the
 *          loop.
 */
struct loop *loop_new(const struct loop_engine *, struct clock *, struct err *);
/*
 * Makes a loop that runs on poll, and with more than sixteen watches on epoll.
 * For tests, the variable RUNG_ENGINE names another engine (both, poll, epoll),
 * and RUNG_CLOCK=fake selects a fake clock.
 * Result:  as for loop_new().
 */
struct loop *loop_start(struct clock *, struct err *);
/* Frees the loop. All watches, timers and traps must have been removed. */
void loop_free(struct loop *);

/* Adds a watch; first polled in the next turn. */
void loop_watch(struct loop *, struct watch *, int fd,
		const struct watch_ops *);
/* Removes a watch; does nothing if the watch was not added, or was removed. */
void loop_unwatch(struct loop *, struct watch *);
/* Removes a watch and closes its fd, which no other process may share. Saves a
 * system call. */
void loop_close(struct loop *, struct watch *);
/* Makes the loop call want() again, because the owner's state changed outside
 * of ready(). */
void loop_touch(struct loop *, struct watch *);
/*
 * Hints that input is expected soon: the next turn calls try_read() before it
 * polls, and again after sched_yield(). If there is input, the turn does not
 * poll; request-and-reply traffic needs a third fewer system calls.
 * The hint lasts one turn. The loop ignores the hint if several watches have a
 * hint in the same turn, if the watch is removed, if recent tries found no
 * input, or if other processes need the CPU. Other watches wait at most 128
 * turns.
 */
void loop_try_first(struct loop *, struct watch *);

/* Arms the timer, or changes the time of an armed timer. */
void loop_arm(struct loop *, struct timer *, uint64_t due);
void loop_disarm(struct loop *, struct timer *);
bool loop_armed(const struct timer *);

void loop_add_hook(struct loop *, enum phase, struct hook *);
/* Prevents the next turn from waiting, because a hook has more to do. */
void loop_no_wait(struct loop *);

/*
 * Catches a signal from now on, unless the signal was ignored when the process
 * started (nohup; a shell's background job). A signal can have only one trap.
 * Result: 0, or -1 and *e.
 */
int loop_trap(struct loop *, struct trap *, struct err *);
/* Restores the signal's default action, unless the signal was ignored at the
 * start. */
void loop_untrap(struct loop *, struct trap *);
/* Returns a descriptor that is readable while a caught signal has not been
 * delivered, for code that blocks outside the loop. -1: no signal was ever
 * trapped. */
int loop_signals(const struct loop *);

/* Calls the traps of the signals that have arrived, without waiting for the
 * next turn. Needed before input is read if a signal discards older input. */
void loop_deliver_signals(struct loop *);

/* Returns the time of this turn, taken after its events were fetched: ns,
 * monotonic. */
uint64_t loop_now(const struct loop *);
uint64_t loop_wall(const struct loop *);
/*
 * Runs one turn: poll, ready, timers, JOBS, SHOW, REAP. Blocks until there is
 * an event, a due timer or a signal.
 * Result: 0, or -1 and *e if poll(2) or epoll_wait(2) failed.
 */
int loop_turn(struct loop *, struct err *);

#endif
