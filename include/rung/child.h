/* SPDX-License-Identifier: ISC */
/*
 * The commands that exec links run. The net reaps each child when it exits,
 * even if the child outlives its link.
 */
#ifndef RUNG_CHILD_H
#define RUNG_CHILD_H

#include "rung/transport.h"

struct child;

struct child_sink {
	/*
	 * The child exited, or ignored the SIGTERM that followed
	 * child_detach(). `why`: class io, with the exit code or signal; NULL:
	 * code 0, or a signal that normally ends a detached child. The child is
	 * invalid after the call, unless child_keep_group() kept it.
	 */
	void (*ended)(struct child *, void *owner, const struct err *why);
	/* One line of its stderr, if capture_stderr was set. */
	void (*stderr_line)(struct child *, void *owner, const char *text);
};

/*
 * Takes the child from an exec link; the caller may then call
 * transport_release() on the link. Result: NULL: the link has no running child.
 */
struct child *transport_child(struct transport *, const struct child_sink *,
			      void *owner);
/*
 * Keeps the child after its exit, because the caller will call child_detach()
 * for the rest of the process group. Call only from within ended(). Result: the
 * child; NULL: the group is empty.
 */
struct child *child_keep_group(struct child *);
/* Replaces the sink. */
void child_set_sink(struct child *, const struct child_sink *, void *owner);
/*
 * Gives up a child whose socket `fd` (-1: none) is about to be closed.
 * `now`: the process group gets SIGTERM at once, unless the child ended its
 *        output and exited; ended() follows the exit, however late.
 *        `output_ended`, or the other end of `fd` is closed: the child ended
 *        its output itself; without `now` it gets no signal and may run on.
 *        With neither, the group gets SIGTERM if it still runs after a second;
 *        if the child still runs a second later, ended() reports that it does.
 */
void child_detach(struct child *, int fd, bool output_ended, bool now);
/* Removes the sinks of that owner's children. */
void children_drop_sink(struct net *, const void *owner);
/* Returns `exec:` and the command, shortened to 64 bytes; lent by the child. */
const char *child_name(const struct child *);

#endif
