/* SPDX-License-Identifier: ISC */
/*
 * Internals of this module: the sinks, functions that change a session, and
 * functions of the hub that make and end sessions.
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
/* Drops old data to make room for n bytes, if the session was displayed live.
 * Returns false if memory is still short: the caller must drop the n bytes,
 * which session->dropped already counts. */
bool session_yield(struct session *, size_t n);
/* Prints a notice the first, 10th, 100th... time that a session lacks memory.
 */
void session_note_starved(const struct session *);
/* Puts a unit into the inbox. Returns false if there is no room;
 * session->dropped then counts the unit. */
bool session_put(struct session *, const struct unit *);
/* Puts a unit, which was published earlier, into the inbox after it has passed
 * through a changed ladder; see session_climb(). */
void session_take_again(struct session *, const struct unit *);
/* Records the error of the top rung, and prints a notice. */
void session_breaks(struct session *, const struct err *);
/* Gives a new stream session its first frame; NULL: none. */
void session_begin_with(struct session *, const struct frame *);
/* Returns a copy that the caller must free; NULL for NULL. */
struct frame *frame_copy(const struct frame *);

/* Makes the session of an accepted peer. Result: the session's link. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* Queues a session to be closed, if still open, and to be freed once no code
 * needs the session any more. */
void hub_ends(struct session *);
/* Requests a check for ended sessions that can be freed. */
void hub_request_reap(struct hub *);

#endif
