/* SPDX-License-Identifier: ISC */
/*
 * Names to addresses, off the main thread: one getaddrinfo(3) in a thread of
 * its own a lookup, its answer by pipe. A lookup can be let go at any time.
 */
#ifndef RUNG_RESOLVE_H
#define RUNG_RESOLVE_H

#include "rung/addr.h"
#include "rung/loop.h"

struct resolve;

/* More answers than this are dropped. */
#define RESOLVE_MAX 32

struct resolve_sink {
	/* Once, from the loop, never from within resolve_start(). `found` is
	 * lent for the call; n is 0 when *why says what failed (class dns, or
	 * what we lack for it). The lookup is over: the pointer from
	 * resolve_start() is dead. */
	void (*answer)(void *owner, const struct addr *found, size_t n,
		       const struct err *why);
};

/*
 * Starts a lookup.
 * Result:  NULL and *e where it cannot start. A host that is an address takes
 *          no thread, but is still answered from the loop.
 * Limits:  at most 64 lookups at one time are running; further ones wait.
 */
struct resolve *resolve_start(struct loop *, const char *host, const char *port,
			      int family, int socktype, bool passive,
			      const struct resolve_sink *, void *owner,
			      struct err *e);
/* Lets it go: no answer comes. */
void resolve_cancel(struct resolve *);

#endif
