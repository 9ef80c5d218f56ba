/* SPDX-License-Identifier: ISC */
/*
 * What session.c and hub.c share: the sinks, and the hub's side of a session's
 * birth and end. Private to this room.
 */
#ifndef RUNG_SESSION_OWN_H
#define RUNG_SESSION_OWN_H

#include "rung/hub.h"

extern const struct ladder_sink session_ladder_sink;
extern const struct transport_sink session_link_sink;

/* Makes the session of an accepted peer. Result: its link, or NULL: refused. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* The session's link is closed: it may be freed once nobody needs it. */
void hub_ends(struct session *);
/* Something changed that may let ended sessions go. */
void hub_stir(struct hub *);

#endif
