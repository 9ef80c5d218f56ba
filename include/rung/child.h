/* SPDX-License-Identifier: ISC */
/*
 * Commands that run at the other end of an exec link. A child is reaped when it
 * ends, whoever holds it; until then it outlives its link, kept by the net.
 */
#ifndef RUNG_CHILD_H
#define RUNG_CHILD_H

#include "rung/transport.h"

struct child;

struct child_sink {
	/*
	 * It has ended. `why`: class io, in words, with its exit code or
	 * signal; NULL: code 0, or what a command ends with that is let go. Or
	 * it does not end when it is told to, and is left alone. The child is
	 * not to be used after the call, but for child_keep_group().
	 */
	void (*ended)(struct child *, void *owner, const struct err *why);
	/* A line of its stderr; only where dial_options asked for it. */
	void (*stderr_line)(struct child *, void *owner, const char *text);
};

/*
 * Takes the child of an exec link into the caller's hands, who then may
 * transport_release() the link. Result: NULL: it has none (any more).
 */
struct child *transport_child(struct transport *, const struct child_sink *,
			      void *owner);
/*
 * From within ended(): what it leaves behind in its process group is the
 * caller's to let go. Result: the child; NULL: nothing is left.
 */
struct child *child_keep_group(struct child *);
/* Another hears of it from now on. */
void child_set_sink(struct child *, const struct child_sink *, void *owner);
/*
 * Nobody talks to it any more: its socket `fd` (-1: there is none) is about to
 * be closed. `told`, or that the other end of it is closed: it ended its output
 * itself; then it may take its time. Else what of its process group still runs
 * a second later gets SIGTERM; with `now` at once. A second after that it is
 * left alone.
 */
void child_detach(struct child *, int fd, bool output_ended, bool now);
/* Nobody is told any more of the children of that owner. */
void children_drop_sink(struct net *, const void *owner);
/* `exec:` and the command, cut where it is long; lent by the child. */
const char *child_name(const struct child *);

#endif
