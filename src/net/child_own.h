/* SPDX-License-Identifier: ISC */
/*
 * Children as the files of this room see them: child.c starts and reaps,
 * exec.c makes a link of one, pidfd.c waits for its end without a signal.
 */
#ifndef RUNG_CHILD_OWN_H
#define RUNG_CHILD_OWN_H

#include "net_own.h"

#include "rung/child.h"

#include <sys/types.h>

/* In net->children until it has ended, and no longer its group is held. */
struct child {
	struct list at;
	struct net *net;
	const struct child_sink *sink; /* NULL: nobody hears */
	void *owner;
	pid_t pid;          /* and its group's; 0: not ours to wait for or to
			     * signal */
	int code, signo;    /* once it is over: how it ended */
	bool over;          /* has ended, and was waited for */
	bool held;          /* over: its owner lets its group go */
	struct watch exits; /* a descriptor that tells its end, or -1 */
	struct watch stderr_in; /* its stderr, or -1: that is ours */
	struct timer look;      /* where no descriptor tells it */
	struct timer grace;     /* until it is told to end */
	uint64_t pause;         /* ns until the next look */
	bool detached;          /* nobody talks to it any more */
	bool output_ended;      /* it ended its output before */
	bool terminated;        /* it was told to end */
	struct buf line;        /* of its stderr, as yet without an end */
	char name[128];
};

/*
 * Starts /bin/sh -c COMMAND, in a process group of its own, with one end of a
 * socket pair for its stdin and stdout.
 * Result:  *fd is the other end, ours and non-blocking. NULL and *e.
 */
struct child *child_start(struct net *, struct bytes command,
			  const struct dial_options *, int *fd,
			  const struct child_sink *, void *owner,
			  struct err *e);
/* Reaps it if it has ended; told is nobody. Result: whether it had before or
 * has now. */
bool child_over(struct child *);
/* How it ended. Result: whether that is a failure, and *why. */
bool child_exit_error(const struct child *, struct err *why);
/* Reaps it if it has ended, and forgets it. */
void child_free(struct child *);
/* Gives the children that are left a moment to end; then they are told to. */
void children_fini(struct net *);

/* serving.c: our environment with what the options add. Owned: free() it. */
char **child_environ(const struct dial_options *);

/* pidfd.c: readable once the process has ended; -1: there is no such thing. */
int pidfd_of(pid_t pid);

#endif
