/* SPDX-License-Identifier: ISC */
/*
 * The child processes of exec links. src/net/child.c reaps each one when it
 * exits, even if it outlives its link.
 */
#ifndef RUNG_CHILD_H
#define RUNG_CHILD_H

#include "rung/transport.h"

struct child;

struct child_sink {
	/*
	 * Called when the child has exited; or, if child_detach() delayed
	 * SIGTERM, when the child still runs a second after that signal. `why`:
	 * class io, with the exit code or signal; NULL: code 0, or a signal
	 * that normally ends a detached child. The child is invalid after the
	 * call, unless child_keep_group() kept it.
	 */
	void (*ended)(struct child *, void *owner, const struct err *why);
	/* Passes one line of the child's stderr, if capture_stderr was set. */
	void (*stderr_line)(struct child *, void *owner, const char *text);
};

/*
 * Takes the child from an exec link; the caller may then call
 * transport_release() on the link. Result: the child; NULL: the link has no
 * running child.
 */
struct child *transport_child(struct transport *, const struct child_sink *,
			      void *owner);
/*
 * Keeps the child after its exit, so that the caller can end the rest of the
 * process group with child_detach(). Call only from within ended(). Result: the
 * child; NULL: no other process of the group is alive.
 */
struct child *child_keep_group(struct child *);
void child_set_sink(struct child *, const struct child_sink *, void *owner);
/*
 * Gives up a child before its socket `fd` (-1: none) is closed. The child's
 * output counts as ended if `output_ended` is set, or if no process has the
 * other end of `fd` open.
 * `now`: sends SIGTERM to the process group at once, unless the child exited
 *        and its output ended; ended() follows the exit, however late.
 * Without `now`, a child whose output ended gets no signal and may run on. The
 * group of any other child gets SIGTERM if the group still runs after a second;
 * if the child still runs a second later, ended() reports that.
 */
void child_detach(struct child *, int fd, bool output_ended, bool now);
/* Removes all sinks that have this owner. */
void children_drop_sink(struct net *, const void *owner);
/* Returns `exec:` and the first 64 bytes of the command; lent by the child. */
const char *child_name(const struct child *);

#endif
