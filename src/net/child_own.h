/* SPDX-License-Identifier: ISC */
/*
 * Children: child.c starts and reaps them, exec.c links to them, pidfd.c
 * watches for an exit without SIGCHLD.
 */
#ifndef RUNG_NET_CHILD_OWN_H
#define RUNG_NET_CHILD_OWN_H

#include "net_own.h"

#include "rung/child.h"

#include <sys/types.h>

/* A child stays in net->children until it is freed. */
struct child {
	struct list at;
	struct net *net;
	const struct child_sink *sink; /* NULL: the exit is not reported */
	void *owner;
	pid_t pid;              /* also the id of the group; 0: unknown */
	int code, signo;        /* exit code, signal; set if `over` */
	bool over;              /* exited and reaped */
	bool held;              /* the owner keeps the group after the exit */
	struct watch exits;     /* pidfd, or -1 */
	struct watch stderr_in; /* stderr, or -1: inherited */
	struct timer look;      /* polls for the exit if exits is -1 */
	struct timer grace;     /* time until SIGTERM, then until the report */
	uint64_t pause;         /* poll interval of `look`, ns */
	bool detached;          /* child_detach() was called */
	bool output_ended;      /* output ended before child_detach() */
	bool terminated;        /* SIGTERM was sent */
	struct buf line;        /* unfinished line of stderr */
	char name[128];
};

/*
 * Starts /bin/sh -c COMMAND in a new process group, with one end of a socket
 * pair as its stdin and stdout.
 * Result: the child, and *fd: the other end, non-blocking, for the caller. NULL
 *         and *e.
 */
struct child *child_start(struct net *, struct bytes command,
			  const struct dial_options *, int *fd,
			  const struct child_sink *, void *owner,
			  struct err *e);
/* Reaps the child if it has exited; does not call ended(). Result: true: the
 * child is reaped. */
bool child_over(struct child *);
/* Returns true if the exit is a failure; *why: the reason. */
bool child_exit_error(const struct child *, struct err *why);
/* Reaps the child if it has exited, and frees the struct. */
void child_free(struct child *);
/* Waits up to a second for the remaining children, sends SIGTERM to those that
 * still run and did not end their output before child_detach(), and frees all.
 */
void children_fini(struct net *);

/* Returns rung's environment with the entries that the options add; the caller
 * frees it. See serving.c. */
char **child_environ(const struct dial_options *);

/* Returns a descriptor that is readable after the process exited; -1: not
 * supported. See pidfd.c. */
int pidfd_of(pid_t pid);

#endif
