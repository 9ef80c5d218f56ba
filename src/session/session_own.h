/* SPDX-License-Identifier: ISC */
/*
 * Shared by the files of this module only: the sinks, how they change a
 * session, and the hub's side of its start and end.
 */
#ifndef RUNG_SESSION_OWN_H
#define RUNG_SESSION_OWN_H

#include "rung/hub.h"

extern const struct ladder_sink session_ladder_sink;
extern const struct transport_sink session_link_sink;

/* Wakes the commands that wait on it. */
void session_poke(struct session *);
/* Returns true if the link may be read now. */
bool session_may_read(const struct session *);
/* Stops reading the link until hub.c touches it, after memory was freed. */
void session_starve(struct session *);
/* Makes room for n bytes in a session that drops displayed data. Result: false:
 * memory is short, and the n bytes are dropped and counted too. */
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
/* Owns: the copy; NULL for NULL. */
struct frame *frame_copy(const struct frame *);

/* Makes the session of an accepted peer. Result: its link. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* Queues a closed session to be freed once no one needs it. Also closes a
 * listener that has served its one peer. */
void hub_ends(struct session *);
/* Requests a check whether ended sessions can be freed. */
void hub_request_reap(struct hub *);

#endif
