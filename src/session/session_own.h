/* SPDX-License-Identifier: ISC */
/*
 * What the files of this room share: the sinks, a session's changes from
 * within, and the hub's side of its birth and end. Private to this room.
 */
#ifndef RUNG_SESSION_OWN_H
#define RUNG_SESSION_OWN_H

#include "rung/hub.h"

extern const struct ladder_sink session_ladder_sink;
extern const struct transport_sink session_link_sink;

/* Wakes those who wait for something on it. */
void session_poke(struct session *);
/* Returns true if the link may be read now. */
bool session_may_read(const struct session *);
/* Stops reading the link until hub.c touches it, after memory was freed. */
void session_starve(struct session *);
/* Makes room for n bytes that are shown, in a session that drops what was
 * shown. Result: false: memory is short, and they are dropped too, counted and
 * noted. */
bool session_yield(struct session *, size_t n);
/* A notice, with the first, 10th, 100th... session that lacks memory. */
void session_note_starved(const struct session *);
/* Into the inbox. Result: false: no room, and it counts as dropped. */
bool session_put(struct session *, const struct unit *);
/* Something came up through its ladder once more: see session_climb(). */
void session_take_again(struct session *, const struct unit *);
/* Its top rung cannot go on. */
void session_breaks(struct session *, const struct err *);
/* A new session of that shape begins with this; NULL: with none. */
void session_begin_with(struct session *, const struct frame *);
/* A copy to own; NULL of NULL. */
struct frame *frame_copy(const struct frame *);

/* Makes the session of an accepted peer. Result: its link, or NULL: refused. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* The session's link is closed: it may be freed once nobody needs it. */
void hub_ends(struct session *);
/* Something changed that may let ended sessions go. */
void hub_request_reap(struct hub *);

#endif
