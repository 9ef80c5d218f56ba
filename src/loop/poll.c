/* SPDX-License-Identifier: ISC */
/*
 * The engine that is everywhere: poll(2) over a table of those watches that
 * want something. Whom to ask for that is loop.c's business.
 */
#include "engine.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>

/* Two tables with the same slots, from 0: the kernel's, and whose it is. */
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

static void add(struct poller *p, struct watch *w)
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

/* Out of the table, or the kernel would report its errors for ever. */
static void drop(struct poller *p, struct watch *w)
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
		drop(p, w);
		return;
	}
	if (!w->slot)
		add(p, w);
	p->fds[w->slot - 1].events = want;
}

static void poll_forget(void *state, struct watch *w)
{
	poll_want(state, w, 0);
}

/* Until then, in ms: rounded up, for a timer must not be early. */
static int ms_until(uint64_t until)
{
	static const struct clock real = {.fake = false};

	if (until == ENGINE_NOW)
		return 0;
	if (until == ENGINE_FOREVER)
		return -1;

	uint64_t now = clock_mono(&real);
	uint64_t ms = until <= now ? 0 : (until - now - 1) / NS_PER_MS + 1;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static int poll_wait(void *state, struct loop *loop, uint64_t until)
{
	struct poller *p = state;
	int n = poll(p->fds, (nfds_t)p->count, ms_until(until));

	for (size_t i = 0, left = n > 0 ? (size_t)n : 0; left; i++) {
		if (!p->fds[i].revents)
			continue;
		left--;
		loop_got(loop, p->whose[i], p->fds[i].revents);
	}
	return n;
}

const struct loop_engine loop_poll = {
    .name = "poll",
    .start = poll_start,
    .stop = poll_stop,
    .want = poll_want,
    .forget = poll_forget,
    .wait = poll_wait,
};
