/* SPDX-License-Identifier: ISC */
/*
 * The engine for many watches: epoll(7). A watch needs a system call only if
 * its interest changes. loop.c asks the watches for their interest.
 */
#include "engine.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLPRI == POLLPRI &&
		  EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
	      "epoll and poll differ in their event bits");

/* Limit of events fetched at once; the kernel reports the others in the next
 * turn. */
enum { BATCH = 256 };

struct epoller {
	int fd;
	int timer;      /* timerfd that ends a wait; see wait_until() */
	uint64_t alarm; /* time at which the timer fires; 0: unset */
	/* Chains of watches with interest, by fd: the kernel has one entry for
	 * all watches of an fd. */
	struct watch **by_fd;
	size_t fds;
	struct watch *always; /* watches with interest that epoll refused */
	struct epoll_event got[BATCH];
};

static void *epoll_start(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	/* Edge-triggered, so the timer need not be read. */
	struct epoll_event event = {.events = EPOLLIN | EPOLLET,
				    .data.fd = timer};

	if (fd < 0 || timer < 0 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, timer, &event) < 0) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		if (timer >= 0)
			close(timer);
		errno = code;
		return NULL;
	}

	struct epoller *e = xalloc(sizeof(*e));

	e->fd = fd;
	e->timer = timer;
	return e;
}

static void epoll_stop(void *state)
{
	struct epoller *e = state;

	close(e->timer);
	close(e->fd);
	free(e->by_fd);
	free(e);
}

static struct watch **chain_of(struct epoller *e, int fd)
{
	size_t at = (size_t)fd;

	if (at >= e->fds) {
		size_t fds = at < 32 ? 64 : 2 * at;

		e->by_fd = xrealloc(e->by_fd, fds, sizeof(*e->by_fd));
		memset(e->by_fd + e->fds, 0,
		       (fds - e->fds) * sizeof(*e->by_fd));
		e->fds = fds;
	}
	return &e->by_fd[at];
}

static void join(struct watch **chain, struct watch *w)
{
	w->along = *chain;
	*chain = w;
}

static void leave(struct watch **chain, struct watch *w)
{
	while (*chain != w)
		chain = &(*chain)->along;
	*chain = w->along;
	w->along = NULL;
}

static short wanted(const struct watch *chain)
{
	short all = 0;

	for (; chain; chain = chain->along)
		all = (short)(all | chain->asked);
	return all;
}

/*
 * Returns the events to report in each turn for a descriptor that epoll
 * refused. EPERM: a descriptor that poll(2) always reports as ready, such as a
 * regular file. Other errors are reported to the watch's owner.
 */
static short refused_events(int error)
{
	if (error == EPERM)
		return POLLIN | POLLOUT;
	return error == EBADF ? POLLNVAL : POLLERR;
}

static void epoll_want(void *state, struct watch *w, short want)
{
	struct epoller *e = state;

	if (w->always) {
		if (!want) {
			leave(&e->always, w);
			w->always = 0;
		}
		w->asked = want;
		return;
	}

	struct watch **chain = chain_of(e, w->fd);
	short before = wanted(*chain);

	if (!w->asked)
		join(chain, w);
	else if (!want)
		leave(chain, w);
	w->asked = want;

	short after = wanted(*chain);
	int op = !after   ? EPOLL_CTL_DEL
		 : before ? EPOLL_CTL_MOD
			  : EPOLL_CTL_ADD;
	struct epoll_event event = {.events = (uint32_t)after,
				    .data.fd = w->fd};

	if (after == before || !epoll_ctl(e->fd, op, w->fd, &event) || !want)
		return;
	w->always = refused_events(errno);
	leave(chain, w);
	join(&e->always, w);
}

static void epoll_remove(void *state, struct watch *w)
{
	struct epoller *e = state;
	struct watch **chain = chain_of(e, w->fd);

	/* epoll_want() removes the watch from its list, and updates the
	 * kernel's entry if other watches have the same descriptor. */
	if (w->always || *chain != w || w->along) {
		epoll_want(state, w, 0);
		return;
	}
	leave(chain, w);
	w->asked = 0;
}

/* Schedules the watches that epoll refused. Result: the number of watches with
 * events. */
static int notify_always(struct epoller *e, struct loop *loop)
{
	int count = 0;

	for (struct watch *w = e->always; w; w = w->along) {
		int got = w->always & (w->asked | POLLERR | POLLNVAL);

		if (!got)
			continue;
		loop_add_ready(loop, w, (short)got);
		count++;
	}
	return count;
}

static int notify_all(struct epoller *e, struct loop *loop, int n)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		int fd = e->got[i].data.fd, reply = (int)e->got[i].events;

		if (fd == e->timer) {
			e->alarm = 0;
			continue;
		}
		for (struct watch *w = *chain_of(e, fd); w; w = w->along) {
			int got = reply & (w->asked | POLLERR | POLLHUP);

			if (!got)
				continue;
			loop_add_ready(loop, w, (short)got);
			count++;
		}
	}
	return count;
}

/*
 * Waits with a timerfd: a timeout given to epoll_wait() costs time in each
 * call, a timerfd only when it is set. A timerfd that is already set is set
 * again only for an earlier deadline. The timerfd may therefore fire too early;
 * the caller then waits again.
 */
static int wait_until(struct epoller *e, uint64_t until)
{
	if (until != ENGINE_FOREVER && (!e->alarm || until < e->alarm)) {
		struct itimerspec at = {
		    .it_value = {.tv_sec = (time_t)(until / NS_PER_S),
				 .tv_nsec = (long)(until % NS_PER_S)}};

		if (timerfd_settime(e->timer, TFD_TIMER_ABSTIME, &at, NULL))
			return -1;
		e->alarm = until;
	}
	return epoll_wait(e->fd, e->got, BATCH, -1);
}

static int epoll_wait_turn(void *state, struct loop *loop, uint64_t until)
{
	static const struct clock real = {.fake = false};
	struct epoller *e = state;
	int count = notify_always(e, loop);

	if (count || until == ENGINE_NOW) {
		int n = epoll_wait(e->fd, e->got, BATCH, 0);

		return n < 0 && !count ? -1 : count + notify_all(e, loop, n);
	}

	bool early;

	do {
		int n = wait_until(e, until);

		if (n < 0)
			return -1;
		count = notify_all(e, loop, n);
		/* True if only the timer fired, and was set for an earlier
		 * deadline. */
		early = n == 1 && e->got[0].data.fd == e->timer &&
			clock_mono(&real) < until;
	} while (early);
	return count;
}

const struct loop_engine loop_epoll = {
    .name = "epoll",
    .start = epoll_start,
    .stop = epoll_stop,
    .want = epoll_want,
    .forget = epoll_remove,
    .wait = epoll_wait_turn,
};
