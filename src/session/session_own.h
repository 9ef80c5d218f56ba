/* SPDX-License-Identifier: ISC */
/*
 * Shared by the files of this module only: the sinks, how they change a
 * session, and the part of the hub in a session's start and end.
 */
#ifndef RUNG_SESSION_OWN_H
#define RUNG_SESSION_OWN_H

#include "rung/hub.h"

extern const struct ladder_sink session_ladder_sink;
extern const struct transport_sink session_link_sink;

/* Wakes the commands that wait on the session. */
void session_poke(struct session *);
/* Returns true if the link may be read now. */
bool session_may_read(const struct session *);
/* Stops reading the link until memory is freed; hub.c then touches the link. */
void session_starve(struct session *);
/* Makes room for n bytes if the session drops displayed data. Result: false:
 * memory is short; the n bytes must be dropped, and are already counted. */
bool session_yield(struct session *, size_t n);
/* Prints a notice for the first, 10th, 100th... session that lacks memory. */
void session_note_starved(const struct session *);
/* Puts a unit into the inbox. Result: false: no room; counted as dropped. */
bool session_put(struct session *, const struct unit *);
/* Receives a unit that passed through a changed ladder: see session_climb(). */
void session_take_again(struct session *, const struct unit *);
/* Records that the top rung failed, and reports it. */
void session_breaks(struct session *, const struct err *);
/* Gives a new stream session its first frame; NULL: none. */
void session_begin_with(struct session *, const struct frame *);
/* Owns: the copy, for the caller; NULL for NULL. */
struct frame *frame_copy(const struct frame *);

/* Makes the session of an accepted peer. Result: its link. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* Queues a closed session to be freed once nothing needs it any more. Also
 * closes a listener that has served its one peer. */
void hub_ends(struct session *);
/* Requests a check for ended sessions that can be freed. */
void hub_request_reap(struct hub *);

#endif
