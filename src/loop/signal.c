/* SPDX-License-Identifier: ISC */
/*
 * Signals, delivered by the loop: the handler writes a byte to a pipe that the
 * loop watches, and the loop calls the trap of the signal.
 */
#include "loop_own.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/*
 * The handler's end of the pipe; -1: no loop traps signals. Global because a
 * handler gets only the signal's number.
 */
static volatile sig_atomic_t write_end = -1;

static void handler(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;
	/* A full pipe holds thousands of signals; one more may be lost. */
	ssize_t n = write(write_end, &byte, 1);

	(void)n;
	errno = saved;
}

static struct trap *trap_of(struct signals *s, int signo)
{
	list_each (at, &s->traps) {
		struct trap *trap = list_entry(at, struct trap, at);

		if (trap->signo == signo)
			return trap;
	}
	return NULL;
}

static short signals_want(struct watch *w)
{
	(void)w;
	return POLLIN;
}

/* Calls each trap once, however often its signal came since the last turn. */
static void signals_ready(struct watch *w, short got)
{
	struct signals *s = list_entry(w, struct signals, delivered);
	bool came[UCHAR_MAX + 1] = {false};
	unsigned char bytes[256];
	ssize_t n;

	(void)got;
	while ((n = read(w->fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			came[bytes[i]] = true;

	for (int signo = 1; signo <= UCHAR_MAX; signo++) {
		struct trap *trap = came[signo] ? trap_of(s, signo) : NULL;

		if (trap)
			trap->caught(trap);
	}
}

static const struct watch_ops signals_ops = {.want = signals_want,
					     .ready = signals_ready};

void loop_deliver_signals(struct loop *loop)
{
	struct watch *w = &loop->signals.delivered;

	if (loop->signals.pipe[0] >= 0)
		signals_ready(w, POLLIN);
}

void signals_init(struct signals *s)
{
	list_init(&s->traps);
	s->pipe[0] = s->pipe[1] = -1;
}

void signals_fini(struct loop *loop)
{
	struct signals *s = &loop->signals;

	if (s->pipe[0] < 0)
		return;
	write_end = -1;
	loop_unwatch(loop, &s->delivered);
	close(s->pipe[0]);
	close(s->pipe[1]);
	s->pipe[0] = s->pipe[1] = -1;
}

static int signal_prepare(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Opens the pipe when the first trap is set. */
static int open_pipe(struct loop *loop, struct err *e)
{
	struct signals *s = &loop->signals;

	if (s->pipe[0] >= 0)
		return 0;
	if (write_end >= 0)
		return err_set(e, ERR_IO, EBUSY,
			       "another loop of this process traps signals");
	if (pipe(s->pipe) < 0) {
		int code = errno;

		s->pipe[0] = s->pipe[1] = -1;
		return err_set(e, err_of_errno(code), code,
			       "cannot create the signal pipe: %s",
			       err_strerror(code));
	}
	if (signal_prepare(s->pipe[0]) < 0 || signal_prepare(s->pipe[1]) < 0) {
		int code = errno;

		close(s->pipe[0]);
		close(s->pipe[1]);
		s->pipe[0] = s->pipe[1] = -1;
		return err_set(e, err_of_errno(code), code,
			       "cannot create the signal pipe: %s",
			       err_strerror(code));
	}
	write_end = s->pipe[1];
	loop_watch(loop, &s->delivered, s->pipe[0], &signals_ops);
	return 0;
}

int loop_trap(struct loop *loop, struct trap *trap, struct err *e)
{
	struct sigaction act = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct sigaction was;

	if (trap_of(&loop->signals, trap->signo))
		return err_set(e, ERR_IO, EBUSY, "signal %d already has a trap",
			       trap->signo);
	if (open_pipe(loop, e) < 0)
		return -1;
	sigemptyset(&act.sa_mask);
	trap->ignored = sigaction(trap->signo, NULL, &was) == 0 &&
			was.sa_handler == SIG_IGN;
	if (!trap->ignored && sigaction(trap->signo, &act, NULL) < 0) {
		int code = errno;

		return err_set(e, ERR_IO, code, "cannot trap signal %d: %s",
			       trap->signo, err_strerror(code));
	}
	list_append(&loop->signals.traps, &trap->at);
	return 0;
}

void loop_untrap(struct loop *loop, struct trap *trap)
{
	struct sigaction act = {.sa_handler = SIG_DFL};

	(void)loop;
	sigemptyset(&act.sa_mask);
	if (!trap->ignored)
		sigaction(trap->signo, &act, NULL);
	list_remove(&trap->at);
}

int loop_signals(const struct loop *loop)
{
	return loop->signals.pipe[0];
}
