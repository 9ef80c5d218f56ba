/* SPDX-License-Identifier: ISC */
/*
 * Looks up names with getaddrinfo(3), each in a thread. A lookup can be
 * cancelled at any time.
 */
#ifndef RUNG_RESOLVE_H
#define RUNG_RESOLVE_H

#include "rung/addr.h"
#include "rung/loop.h"

struct resolve;

/* Limit of the addresses in an answer; the rest are dropped. */
#define RESOLVE_MAX 32

struct resolve_sink {
	/* Called once for each lookup, from the loop, never from within
	 * resolve_start(). `found` is lent for the call. If the lookup failed,
	 * n is 0, and *why has the class dns, or another class if the system
	 * lacks a resource. The call ends the lookup, so that the pointer from
	 * resolve_start() is invalid. */
	void (*answer)(void *owner, const struct addr *found, size_t n,
		       const struct err *why);
};

/*
 * Starts a lookup; a numeric host needs no thread, but is also answered from
 * the loop.
 * Result: NULL and *e if the lookup cannot start.
 * Limits: at most 64 lookups run at a time; more are queued.
 */
struct resolve *resolve_start(struct loop *, const char *host, const char *port,
			      int family, int socktype, bool passive,
			      const struct resolve_sink *, void *owner,
			      struct err *e);
/* Cancels the lookup: answer() is not called. */
void resolve_cancel(struct resolve *);

#endif
