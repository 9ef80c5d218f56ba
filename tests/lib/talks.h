/* SPDX-License-Identifier: ISC */
/*
 * A small protocol for tests of hosted links: a conversation whose carriers
 * come and go. Messages are numbered and acknowledged, so that none is lost
 * or doubled when a carrier breaks. Both sides are sessions of one hub.
 */
#ifndef TESTS_LIB_TALKS_H
#define TESTS_LIB_TALKS_H

#include "rung/hub.h"

struct talk;

/* Kinds of messages: UTF-8, and bytes. Other kinds are sent as bytes. */
extern const struct unit_kind talk_text, talk_binary;

/*
 * Opens a conversation with a listener that talk_serve() serves, and its first
 * carrier. `above`: rungs of the session, or NULL.
 * Result:  the session; freed by its hub, and the conversation with it.
 */
struct session *talk_open(struct hub *, const struct session *listener,
			  struct rung_plan *above);
/* Opens one more carrier; it replaces the others once the peer has greeted. */
struct session *talk_add_carrier(struct session *);
/* Sets the id that the next carrier greets with, instead of the right one. */
void talk_set_id(struct session *, unsigned id);
/* Makes conversations of a listener's connections; their sessions are its
 * peers. The listener frees the router. */
void talk_serve(struct session *listener, struct rung_plan *above);

#endif
