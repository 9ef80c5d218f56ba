/* SPDX-License-Identifier: ISC */
/*
 * Looks up names off the main thread: one getaddrinfo(3) per thread, whose
 * answer comes through a pipe. A lookup can be cancelled at any time.
 */
#ifndef RUNG_RESOLVE_H
#define RUNG_RESOLVE_H

#include "rung/addr.h"
#include "rung/loop.h"

struct resolve;

/* Limit of the addresses in an answer; more are dropped. */
#define RESOLVE_MAX 32

struct resolve_sink {
	/* Called once, from the loop, never from within resolve_start().
	 * `found` is lent for the call. n is 0 if the lookup failed; *why then
	 * has the class dns, or another class if the system ran out of a
	 * resource. The lookup is over: the pointer from resolve_start() is
	 * invalid. */
	void (*answer)(void *owner, const struct addr *found, size_t n,
		       const struct err *why);
};

/*
 * Starts a lookup.
 * Result: NULL and *e if the lookup cannot start. A numeric host needs no
 *         thread, but is still answered from the loop.
 * Limits: at most 64 lookups run at a time; further ones wait.
 */
struct resolve *resolve_start(struct loop *, const char *host, const char *port,
			      int family, int socktype, bool passive,
			      const struct resolve_sink *, void *owner,
			      struct err *e);
/* Cancels the lookup: answer() is not called. */
void resolve_cancel(struct resolve *);

#endif
