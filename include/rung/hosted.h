/* SPDX-License-Identifier: ISC */
/*
 * Links without a socket. The owner of a hosted link carries its units over
 * other connections, its carriers. The link has the states, causes and sink of
 * any other; transport.h has the calls that all links share.
 */
#ifndef RUNG_HOSTED_H
#define RUNG_HOSTED_H

#include "rung/transport.h"

/* Returned by carrier_ops.send(): there is no room, and nothing was taken. */
enum { CARRIER_FULL = 1 };

/* send() returns CARRIER_FULL once this number of bytes is queued. While fewer
 * are queued, send() takes a unit of any length. */
#define CARRIER_QUEUE_MAX ((size_t)1 << 20)

/*
 * Callbacks to the owner of a hosted link. A transport_hosted_*() call may run
 * them, so all but close() only record what there is to do: the owner acts
 * later, from the loop.
 */
struct carrier_ops {
	/* Takes all of the unit, with its kind and attributes, also while the
	 * link is connecting. Result: 0; CARRIER_FULL (only while queued() is
	 * not 0), and transport_hosted_drained() follows; -1 and *e. */
	int (*send)(struct transport *, const struct unit *, struct err *e);
	/* Returns the number of bytes that send() took and that no peer has
	 * acknowledged. */
	size_t (*queued)(const struct transport *);
	/* Called if transport_hosted_wants() may have become true. */
	void (*touch)(struct transport *);
	/* Called once, when either side closes the link; transport_queued() is
	 * still valid. No other callback follows. */
	void (*close)(struct transport *, enum cause);
	/* Finds a fact for the rungs on the link. Result: false: unknown. NULL:
	 * there are none. */
	bool (*fact)(const struct transport *, const char *name,
		     struct bytes *value);
	/* Appends facts as `key value` lines. May be NULL. */
	void (*info)(const struct transport *, struct buf *out);
};

/* The kind of every row passed to transport_host(). */
extern const struct transport_kind kind_hosted;

/*
 * Makes a hosted link, in the state LINK_CONNECTING.
 * `row`: the link's scheme and shape, with kind_hosted; not in transport_table.
 * `context`: the result of transport_context().
 */
void transport_host(struct transport *, struct net *,
		    const struct transport_ops *row, const struct carrier_ops *,
		    void *context, const struct transport_sink *);
bool transport_is_hosted(const struct transport *);
/* Returns the owner's context; NULL once the link is closed. */
void *transport_context(const struct transport *);
/* Returns true if the link takes a unit now. The owner asks before each unit
 * and before the end, and keeps them while the result is false; touch()
 * follows. */
bool transport_hosted_wants(const struct transport *);
/* Sets LINK_OPEN and calls state_changed(). */
void transport_hosted_opened(struct transport *);
/*
 * Passes up a unit, which may be empty. UNIT_END ends both directions: the end
 * is passed up, then the link closes. The link must be open; it may be closed
 * on return.
 */
void transport_hosted_up(struct transport *, const struct unit *);
/* Reports that there is room after CARRIER_FULL, or that no byte is queued any
 * more. Closes the link if its close waited for the flush. */
void transport_hosted_drained(struct transport *);
/* Closes the link with an error: CAUSE_RESET for the class reset, else
 * CAUSE_FAILED. Does nothing if the link is closed. */
void transport_hosted_failed(struct transport *, const struct err *why);

#endif
