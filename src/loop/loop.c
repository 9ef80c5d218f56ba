/* SPDX-License-Identifier: ISC */
/*
 * The turn: collects interests, waits, calls ready(), fires timers, runs the
 * phases. poll.c and epoll.c wait for events, timer.c has the timers, signal.c
 * the signals.
 */
#include "loop_own.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A fake clock advances after this much real time without an event. */
#define FAKE_WAIT_MAX (50 * NS_PER_MS)

/* FIRST_TRIES_MAX: limit of turns in a row without a poll. MISSES_MAX: misses
 * in a row after which the pause stops growing. PAUSE_LONG: turns of pause
 * after a long yield. */
enum { FIRST_TRIES_MAX = 128, MISSES_MAX = 5, PAUSE_LONG = 1024 };
#define YIELD_LONG (NS_PER_MS / 2)

const struct loop_engine *const loop_engines[] = {
    &loop_both,
    &loop_epoll,
    &loop_poll,
    NULL,
};

const char *loop_engine_name(const struct loop_engine *engine)
{
	return engine->name;
}

struct loop *loop_new(const struct loop_engine *engine, struct clock *clock,
		      struct err *e)
{
	void *state = engine->start();

	if (!state) {
		int code = errno;

		err_set(e, err_of_errno(code), code, "cannot start %s: %s",
			engine->name, err_strerror(code));
		return NULL;
	}

	struct loop *loop = xalloc(sizeof(*loop));

	loop->engine = engine;
	loop->state = state;
	loop->clock = clock;
	loop->now = clock_mono(clock);
	list_init(&loop->watches);
	list_init(&loop->touched);
	list_init(&loop->ready);
	for (int i = 0; i < PHASES; i++)
		list_init(&loop->hooks[i]);
	signals_init(&loop->signals);
	return loop;
}

struct loop *loop_start(struct clock *clock, struct err *e)
{
	const char *engine = getenv("RUNG_ENGINE");
	const char *fake = getenv("RUNG_CLOCK");

	clock->fake = fake && strcmp(fake, "fake") == 0;
	if (engine && !*engine)
		engine = NULL;
	for (unsigned i = 0; loop_engines[i]; i++) {
		struct loop *loop;

		if (engine &&
		    strcmp(engine, loop_engine_name(loop_engines[i])) != 0)
			continue;
		loop = loop_new(loop_engines[i], clock, e);
		if (loop)
			return loop;
	}
	if (engine)
		err_set(e, ERR_USAGE, 0, "RUNG_ENGINE: unknown engine '%.40s'",
			engine);
	return NULL;
}

void loop_free(struct loop *loop)
{
	assert(list_empty(&loop->signals.traps));
	signals_fini(loop);
	assert(list_empty(&loop->watches));
	timers_fini(&loop->timers);
	loop->engine->stop(loop->state);
	free(loop);
}

static bool watched(const struct watch *w)
{
	return w->at.next != NULL;
}

void loop_watch(struct loop *loop, struct watch *w, int fd,
		const struct watch_ops *ops)
{
	assert(!watched(w) && fd >= 0);
	*w = (struct watch){.ops = ops, .fd = fd};
	list_append(&loop->watches, &w->at);
	list_append(&loop->touched, &w->touched);
}

/* Sets an interest that differs from the current one. */
static void set_interest(struct loop *loop, struct watch *w, short want)
{
	if (!w->asked)
		loop->interests++;
	else if (!want)
		loop->interests--;
	loop->engine->want(loop->state, w, want);
}

static void take_out(struct loop *loop, struct watch *w)
{
	list_remove(&w->at);
	list_remove(&w->touched);
	if (loop->first_try.of == w)
		loop->first_try.of = NULL;
	/* Keep w->fd: the owner may need it to close the descriptor. */
	w->at.next = NULL;
}

void loop_unwatch(struct loop *loop, struct watch *w)
{
	if (!watched(w))
		return;
	if (w->asked)
		set_interest(loop, w, 0);
	take_out(loop, w);
}

void loop_close(struct loop *loop, struct watch *w)
{
	if (watched(w)) {
		if (w->asked) {
			loop->engine->forget(loop->state, w);
			loop->interests--;
		}
		take_out(loop, w);
	}
	close(w->fd);
}

void loop_touch(struct loop *loop, struct watch *w)
{
	/* For a watch in the ready list, want() is called after ready() anyway.
	 */
	if (watched(w) && list_empty(&w->touched))
		list_append(&loop->touched, &w->touched);
}

void loop_add_ready(struct loop *loop, struct watch *w, short got)
{
	w->got = got;
	list_remove(&w->touched);
	list_append(&loop->ready, &w->touched);
}

void loop_add_hook(struct loop *loop, enum phase phase, struct hook *hook)
{
	list_append(&loop->hooks[phase], &hook->at);
}

void loop_no_wait(struct loop *loop)
{
	loop->soon = true;
}

uint64_t loop_now(const struct loop *loop)
{
	return loop->now;
}

uint64_t loop_wall(const struct loop *loop)
{
	return clock_wall(loop->clock);
}

/* Calls want() of the watches whose interest may have changed. */
static void update_interest(struct loop *loop)
{
	while (!list_empty(&loop->touched)) {
		struct list *first = loop->touched.next;
		struct watch *w = list_entry(first, struct watch, touched);
		short want = w->ops->want(w);

		list_remove(first);
		if (want != w->asked)
			set_interest(loop, w, want);
	}
}

/* Switches to the engine for many watches; keeps this one if that fails. */
static void switch_engine(struct loop *loop)
{
	const struct loop_engine *few = loop->engine, *many = few->beyond;
	void *state = many->start();

	if (!state)
		return;
	list_each (link, &loop->watches) {
		struct watch *w = list_entry(link, struct watch, at);
		short asked = w->asked;

		if (!asked)
			continue;
		few->want(loop->state, w, 0);
		many->want(state, w, asked);
	}
	few->stop(loop->state);
	loop->engine = many;
	loop->state = state;
}

/* Calls ready() of each watch with events. The callback may unwatch any watch.
 */
static void notify_all(struct loop *loop)
{
	while (!list_empty(&loop->ready)) {
		struct list *first = loop->ready.next;
		struct watch *w = list_entry(first, struct watch, touched);

		list_remove(first);
		list_append(&loop->touched, first);
		w->ops->ready(w, w->got);
	}
}

static bool works(const struct loop *loop)
{
	list_each (at, &loop->watches)
		if (list_entry(at, struct watch, at)->ops->worked_on)
			return true;
	return false;
}

/* Returns the time at which the wait ends. *jump: the time to which a fake
 * clock is set after a wait without events; 0: not set. */
static uint64_t wait_deadline(struct loop *loop, uint64_t *jump)
{
	static const struct clock real = {.fake = false};
	uint64_t due;

	*jump = 0;
	if (loop->soon)
		return ENGINE_NOW;
	if (!timers_next(&loop->timers, &due))
		return ENGINE_FOREVER;
	if (!loop->clock->fake)
		return due;
	if (due <= loop->clock->at)
		return ENGINE_NOW;
	if (works(loop))
		return ENGINE_FOREVER;
	*jump = due;
	return clock_mono(&real) + FAKE_WAIT_MAX;
}

/*
 * Runs each hook once. A hook returns to its list before it runs, so that it
 * may remove itself or any other hook, or add hooks for the next turn.
 */
static void run_phase(struct list *hooks)
{
	struct list todo;

	list_take(&todo, hooks);
	while (!list_empty(&todo)) {
		struct list *first = todo.next;
		struct hook *hook = list_entry(first, struct hook, at);

		list_remove(first);
		list_append(hooks, first);
		hook->run(hook);
	}
}

void loop_try_first(struct loop *loop, struct watch *w)
{
	struct first_try *h = &loop->first_try;

	h->of = h->asked || !watched(w) ? NULL : w;
	h->asked = true;
}

/*
 * Yields the CPU: a peer on the same CPU may reply meanwhile, which saves a
 * sleep and a wake-up. If another process keeps the CPU for long, yields cost
 * more time than they save, so tries pause for PAUSE_LONG turns.
 */
static void yield(struct loop *loop)
{
	uint64_t before = loop->now;

	sched_yield();
	loop->now = clock_mono(loop->clock);
	if (loop->now - before > YIELD_LONG)
		loop->first_try.pause = PAUSE_LONG;
}

/*
 * Tries to read from the watch of loop_try_first(). A peer on the same CPU has
 * often run already; if not, yield() lets it run. A peer elsewhere replies too
 * late for a try, so each miss in a row doubles the number of turns without a
 * try. Returns true if there was input: the turn then needs no poll.
 */
static bool try_first(struct loop *loop)
{
	struct first_try *h = &loop->first_try;
	struct watch *w = h->of;
	bool due = w && w->asked & POLLIN && h->row < FIRST_TRIES_MAX;

	h->of = NULL;
	h->asked = false;
	if (due && h->pause) {
		h->pause--;
	} else if (due) {
		loop->now = clock_mono(loop->clock);

		bool come = w->ops->try_read(w);

		if (!come) {
			yield(loop);
			come = w->ops->try_read(w);
		}
		if (come) {
			h->row++;
			h->misses = 0;
			return true;
		}
		if (h->pause < 1u << h->misses)
			h->pause = 1u << h->misses;
		if (h->misses < MISSES_MAX)
			h->misses++;
	}
	h->row = 0;
	return false;
}

/* Waits for events and calls ready() of their watches. */
static int wait_and_notify(struct loop *loop, struct err *e)
{
	uint64_t jump;
	uint64_t until = wait_deadline(loop, &jump);

	loop->soon = false;

	int n = loop->engine->wait(loop->state, loop, until);

	if (n < 0 && errno != EINTR) {
		int code = errno;

		return err_set(e, err_of_errno(code), code, "%s: %s",
			       loop->engine->name, err_strerror(code));
	}
	if (!n && jump)
		loop->clock->at = jump;
	loop->now = clock_mono(loop->clock);
	notify_all(loop);
	return 0;
}

int loop_turn(struct loop *loop, struct err *e)
{
	update_interest(loop);
	if (loop->engine->beyond && loop->interests > loop->engine->few)
		switch_engine(loop);
	if (!try_first(loop) && wait_and_notify(loop, e))
		return -1;
	timers_fire(&loop->timers, loop->now);
	for (int i = 0; i < PHASES; i++)
		run_phase(&loop->hooks[i]);
	return 0;
}
