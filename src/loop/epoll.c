/* SPDX-License-Identifier: ISC */
/*
 * Linux's engine: epoll(7), told only of changes. Whom to ask for them is
 * loop.c's business. Elsewhere this file is empty.
 */
#include "engine.h"

#ifdef __linux__

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLPRI == POLLPRI &&
		  EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
	      "epoll speaks poll's bits");

/* More wait for the next turn; the kernel hands them out in rotation. */
enum { BATCH = 256 };

struct epoller {
	int fd;
	bool coarse; /* the kernel has no epoll_pwait2(2) */
	/* By fd, those that want something: one entry of the kernel's can
	 * stand for several watches. */
	struct watch **by_fd;
	size_t fds;
	struct watch *always; /* what it refuses and that wants something */
	struct epoll_event got[BATCH];
};

static void *epoll_start(void)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return NULL;

	struct epoller *e = xalloc(sizeof(*e));

	e->fd = fd;
	return e;
}

static void epoll_stop(void *state)
{
	struct epoller *e = state;

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
 * What is said each turn of a descriptor that epoll refuses. EPERM: regular
 * files and the like, which poll(2) calls ready. Else the owner learns that
 * something is wrong with it.
 */
static short said_always(int error)
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
	w->always = said_always(errno);
	leave(chain, w);
	join(&e->always, w);
}

/* Result: how many had something. */
static int tell_always(struct epoller *e, struct loop *loop)
{
	int told = 0;

	for (struct watch *w = e->always; w; w = w->along) {
		int got = w->always & (w->asked | POLLERR | POLLNVAL);

		if (!got)
			continue;
		loop_got(loop, w, (short)got);
		told++;
	}
	return told;
}

static int tell(struct epoller *e, struct loop *loop, int n)
{
	int told = 0;

	for (int i = 0; i < n; i++) {
		struct watch *w = *chain_of(e, e->got[i].data.fd);
		int said = (int)e->got[i].events;

		for (; w; w = w->along) {
			int got = said & (w->asked | POLLERR | POLLHUP);

			if (!got)
				continue;
			loop_got(loop, w, (short)got);
			told++;
		}
	}
	return told;
}

/*
 * By its number: the C library's epoll_pwait2() is younger than the kernel's
 * and would not link where it is missing.
 */
static int wait_ns(struct epoller *e, uint64_t within)
{
#ifdef SYS_epoll_pwait2
	if (!e->coarse && within && within != ENGINE_FOREVER) {
		struct {
			int64_t s, ns;
		} t = {(int64_t)(within / NS_PER_S),
		       (int64_t)(within % NS_PER_S)};
		long n = syscall(SYS_epoll_pwait2, e->fd, e->got, BATCH, &t,
				 NULL, (size_t)0);

		if (n >= 0 || (errno != ENOSYS && errno != EPERM))
			return (int)n;
		e->coarse = true;
	}
#endif
	return epoll_wait(e->fd, e->got, BATCH, engine_ms(within));
}

static int epoll_wait_turn(void *state, struct loop *loop, uint64_t within)
{
	struct epoller *e = state;
	int always = tell_always(e, loop);
	int n = wait_ns(e, always ? 0 : within);

	if (n < 0)
		return always ? always : -1;
	return always + tell(e, loop, n);
}

const struct loop_engine loop_epoll = {
    .name = "epoll",
    .start = epoll_start,
    .stop = epoll_stop,
    .want = epoll_want,
    .wait = epoll_wait_turn,
};

#endif
