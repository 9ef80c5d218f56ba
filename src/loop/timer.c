/* SPDX-License-Identifier: ISC */
/*
 * Timers: a binary heap by due time, then by the order of arming. loop.c fires
 * the due ones in each turn.
 */
#include "loop_own.h"

#include <assert.h>
#include <stdlib.h>

static bool before(const struct due *a, const struct due *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void timer_place(struct timers *t, size_t slot, struct due due)
{
	t->heap[slot] = due;
	due.timer->slot = slot;
}

/* Puts `due` at `slot` or above, moving later ones down. */
static void sift_up(struct timers *t, size_t slot, struct due due)
{
	while (slot > 1 && before(&due, &t->heap[slot / 2])) {
		timer_place(t, slot, t->heap[slot / 2]);
		slot /= 2;
	}
	timer_place(t, slot, due);
}

/* Puts `due` at `slot` or below, moving earlier ones up. */
static void sift_down(struct timers *t, size_t slot, struct due due)
{
	for (;;) {
		size_t child = 2 * slot;

		if (child > t->count)
			break;
		if (child < t->count &&
		    before(&t->heap[child + 1], &t->heap[child]))
			child++;
		if (!before(&t->heap[child], &due))
			break;
		timer_place(t, slot, t->heap[child]);
		slot = child;
	}
	timer_place(t, slot, due);
}

static void take_out(struct timers *t, size_t slot)
{
	struct due last = t->heap[t->count--];

	t->heap[slot].timer->slot = 0;
	if (slot > t->count)
		return;
	if (slot > 1 && before(&last, &t->heap[slot / 2]))
		sift_up(t, slot, last);
	else
		sift_down(t, slot, last);
}

void timers_fini(struct timers *t)
{
	assert(!t->count);
	free(t->heap);
	t->heap = NULL;
	t->cap = 0;
}

bool timers_next(const struct timers *t, uint64_t *due)
{
	if (!t->count)
		return false;
	*due = t->heap[1].at;
	return true;
}

/*
 * Fires the timers that are due. A timer that a callback arms sorts after all
 * of these and ends the round, so a timer that re-arms itself cannot starve
 * others.
 */
void timers_fire(struct timers *t, uint64_t now)
{
	uint64_t order = t->order;

	t->now = now;
	while (t->count && t->heap[1].at <= now && t->heap[1].order < order) {
		struct timer *timer = t->heap[1].timer;

		take_out(t, 1);
		timer->fire(timer);
	}
	t->now = 0;
}

void loop_arm(struct loop *loop, struct timer *timer, uint64_t due)
{
	struct timers *t = &loop->timers;

	loop_disarm(loop, timer);
	if (t->count + 1 >= t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		t->heap = xrealloc(t->heap, t->cap, sizeof(*t->heap));
	}
	timer->due = due;
	if (due < t->now)
		due = t->now;
	t->count++;
	sift_up(t, t->count, (struct due){due, t->order++, timer});
}

void loop_disarm(struct loop *loop, struct timer *timer)
{
	if (timer->slot)
		take_out(&loop->timers, timer->slot);
}

bool loop_armed(const struct timer *timer)
{
	return timer->slot != 0;
}
