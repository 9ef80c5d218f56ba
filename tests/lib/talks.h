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
 * Opens a conversation, with one carrier, to a listener of talk_serve().
 * `above`: rungs of the session, or NULL.
 * Result:  the session; the hub frees the session and the conversation.
 */
struct session *talk_open(struct hub *, const struct session *listener,
			  struct rung_plan *above);
/* Opens one more carrier, which replaces the others once the peer has answered
 * its greeting. */
struct session *talk_add_carrier(struct session *);
/* Sets the id that the next carrier greets with, instead of the right one. */
void talk_set_id(struct session *, unsigned id);
/* Gives a listener's connections to conversations, whose sessions become the
 * listener's peers. */
void talk_serve(struct session *listener, struct rung_plan *above);

#endif
