/* SPDX-License-Identifier: ISC */
/*
 * The engine for few watches: poll(2) over a table of the watches with an
 * interest. loop.c asks the watches for their interest.
 */
#include "engine.h"

#include <poll.h>
#include <stdlib.h>

/* Two tables with the same indices: the kernel's entries, and the watch of
 * each. */
struct poller {
	struct pollfd *fds;
	struct watch **whose;
	size_t count, cap;
};

static void *poll_start(void)
{
	return xalloc(sizeof(struct poller));
}

static void poll_stop(void *state)
{
	struct poller *p = state;

	free(p->fds);
	free(p->whose);
	free(p);
}

static void poll_add(struct poller *p, struct watch *w)
{
	if (p->count == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->fds = xrealloc(p->fds, p->cap, sizeof(*p->fds));
		p->whose = xrealloc(p->whose, p->cap, sizeof(*p->whose));
	}
	p->fds[p->count] = (struct pollfd){.fd = w->fd};
	p->whose[p->count] = w;
	w->slot = ++p->count;
}

/* Removes the watch: events = 0 would still report errors, in every turn. */
static void poll_drop(struct poller *p, struct watch *w)
{
	size_t hole = w->slot - 1, last = --p->count;

	p->fds[hole] = p->fds[last];
	p->whose[hole] = p->whose[last];
	p->whose[hole]->slot = hole + 1;
	w->slot = 0;
}

static void poll_want(void *state, struct watch *w, short want)
{
	struct poller *p = state;

	w->asked = want;
	if (!want) {
		poll_drop(p, w);
		return;
	}
	if (!w->slot)
		poll_add(p, w);
	p->fds[w->slot - 1].events = want;
}

static void poll_remove(void *state, struct watch *w)
{
	poll_want(state, w, 0);
}

/* Returns the ns that remain before `until`; 0: none. */
static uint64_t time_left(uint64_t until)
{
	static const struct clock real = {.fake = false};
	uint64_t now = until == ENGINE_NOW ? 0 : clock_mono(&real);

	return until <= now ? 0 : until - now;
}

static int wait_until(struct poller *p, uint64_t until)
{
	uint64_t ns = until == ENGINE_FOREVER ? 0 : time_left(until);
	struct timespec within = {.tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S)};

	return ppoll(p->fds, (nfds_t)p->count,
		     until == ENGINE_FOREVER ? NULL : &within, NULL);
}

static int poll_wait(void *state, struct loop *loop, uint64_t until)
{
	struct poller *p = state;
	int n = wait_until(p, until);

	for (size_t i = 0, left = n > 0 ? (size_t)n : 0; left; i++) {
		if (!p->fds[i].revents)
			continue;
		left--;
		loop_add_ready(loop, p->whose[i], p->fds[i].revents);
	}
	return n;
}

#define BY_POLL                                                    \
	.start = poll_start, .stop = poll_stop, .want = poll_want, \
	.forget = poll_remove, .wait = poll_wait

const struct loop_engine loop_poll = {.name = "poll", BY_POLL};

/*
 * For few watches poll(2) costs less than epoll: adding or removing a watch
 * needs no system call.
 */
const struct loop_engine loop_both = {
    .name = "both",
    BY_POLL,
    .beyond = &loop_epoll,
    .few = 16,
};
