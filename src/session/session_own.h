/* SPDX-License-Identifier: ISC */
/*
 * Internals of this module: the sinks, functions that change a session, and
 * functions of the hub that make and end sessions.
 */
#ifndef RUNG_SESSION_OWN_H
#define RUNG_SESSION_OWN_H

#include "rung/hub.h"

struct control_ring;

extern const struct ladder_sink session_ladder_sink;
extern const struct transport_sink session_link_sink;

/* Wakes the commands that wait on the session. */
void session_poke(struct session *);
/* Returns true if the link may be read now. */
bool session_may_read(const struct session *);
/* If memory is short, stops reading the link until memory is freed; hub.c then
 * touches the link. */
void session_starve(struct session *);
/* Drops old data to make room for n bytes, if the session was displayed live.
 * Returns false if memory is still short: the caller must drop the n bytes,
 * which session->dropped already counts. */
bool session_yield(struct session *, size_t n);
/* Ends the inbox of a closed session, unless a rung still holds input. */
void session_end_inbox(struct session *);
/* Prints a notice the first, 10th, 100th... time that a session lacks memory.
 */
void session_note_starved(const struct session *);
/* Returns true if the top rung may pass up more. The inbox may exceed its limit
 * by one read, so that a rung passes up all of a read. */
bool session_may_pass_up(const struct session *);
/* Called after units went up: the ladder, or the link, goes on in the next turn
 * if more may leave at the top. */
void session_pass_on(struct session *);
void session_publish_state(struct session *, enum event_kind);
void session_publish_ladder(struct session *);
/* Numbers and publishes a unit. `rung`: the one that passed it up or took it;
 * NULL: none. */
void session_publish_message(struct session *, const struct rung *, enum dir,
			     const struct unit *);
/* Returns the mark of the unit that the rung passed last. */
struct trace_mark session_mark(const struct session *, const struct rung *,
			       enum dir);
/* Returns the number of claimed bytes, which never entered the inbox. */
uint64_t session_claimed(const struct session *);
/* Returns true if each waiter holds less than `over` bytes more than its limit;
 * see waiter.wants(). */
bool session_waiters_want(const struct session *, size_t over);
/* Returns the kept control units; NULL: none yet. */
struct control_ring *session_control_ring(const struct session *);

/* ---- control.c */

/* Keeps a copy of the unit in the ring, which the first call allocates. */
void control_ring_put(struct control_ring **, struct account *,
		      const struct unit *, uint64_t number);
/* Frees the ring and its units; does nothing for NULL. */
void control_ring_free(struct control_ring *, struct account *);
/* The timers of a session, its control units and its claims. session_work()
 * allocates them when they are first needed. */
struct session_work {
	struct timer timer; /* timer of the ladder */
	struct timer step;  /* next step, outside the calls of rungs */
	struct timer late;  /* deadline of closing */
	struct session *session;
	struct control_ring *controls;
	uint64_t claimed;   /* bytes of claimed messages */
	uint64_t unshown;   /* while a rung is removed: bytes at the end of its
			       leftover that were not published */
	struct err *failed; /* a rung failed, and the session has to close;
			       owned */
	bool descending;    /* the top rung is to be removed once closed */
	struct buf exposed; /* see session_is_exposed() */
	bool sends_parts;   /* see session_sends_parts() */
};

/* Returns session->work; allocates it if it is NULL. */
struct session_work *session_work(struct session *);
/* Disarms the timers and frees the work. */
void session_free_work(struct session *);
/* Continues closing, descending or failing in the next turn. */
void session_step(struct session *);
/* Closes the session in the next turn, because a rung failed. */
void session_fail(struct session *, const struct err *);
/* Records how the session ended: by a rung (NULL: by the link), with an error
 * (NULL: in order). Only the first end is recorded. */
void session_set_outcome(struct session *, const struct rung_ops *by,
			 const struct err *);
/* Returns true if a rung that protects data is over: it was open, or the
 * session was to open with it. Data that follows is kept apart until the rung
 * is removed, or forged data would pass for data of the rung. */
bool session_is_exposed(const struct session *);
/* Starts the rungs of a session whose link has opened. */
void session_start_rungs(struct session *);
/* Removes the top rung at once, without a goodbye. Result: 0; -1 and *e. */
int session_pop_now(struct session *, struct err *e);
/* Calls session_pop_now(), and reports an error as a notice. */
void session_pop(struct session *);
/* Puts a unit into the inbox. Result: false: no memory; counted as dropped. */
bool session_put(struct session *, const struct unit *);
/* Puts a unit that was published earlier into the inbox, without publishing it
 * again. */
void session_take_again(struct session *, const struct unit *);
/* Records that a rung failed, and reports it. */
void session_rung_failed(struct session *, const struct err *);
/* Gives a new session its own rungs. Result: 0, or -1 and *e. */
int session_begin_rungs(struct session *, struct rung_plan *, struct err *e);
/* Gives a new session more rungs, if they fit; NULL: none. */
void session_begin_with(struct session *, struct rung_plan *);
/* Prefixes the error with the session's name, which lower layers do not know.
 * Result: -1. */
int session_add_name(const struct session *, struct err *);

/* Returns how many open peers a listener may have. */
unsigned session_peers_max(const struct session *);
/* Called when the session's link has closed: closes its carriers. */
void session_carriage_closed(struct session *);
/* Removes the session from its owner or its carriers, and frees
 * session->carriage. */
void session_free_carriage(struct session *);
/* Returns true if the listener's connections become carriers. */
bool session_has_router(const struct session *);
/* Returns true if a listener with a router may accept one more connection. */
bool session_may_accept_carrier(const struct session *);
/* Reports the creation, the state or the end of a carrier as a detail. */
void carrier_publish(const struct session *, enum event_kind);
/* Inline form of session_is_carrier(), because it runs for each message. */
static inline bool is_carrier(const struct session *s)
{
	return s->carriage && session_is_carrier(s);
}

/* Makes a session without a link, a name or an id. */
struct session *hub_make(struct hub *, enum role, enum shape);
/* Frees a session that hub_add() has not added. */
void hub_discard(struct session *);
/* Adds a session to the hub's list and publishes it. */
void hub_add(struct hub *, struct session *);
/* Finds a session by its name; if there is none, one of that name that is over.
 * Result: NULL: neither. */
struct session *hub_find_name(const struct hub *, struct bytes name);
/* Returns the reason why a listener gives this name to no peer; NULL: no
 * listener has such peers. Static. */
const char *hub_peer_hint(const struct hub *, struct bytes name);
/* Checks a name that a user chose; empty is valid. Result: 0, or -1 and *e. */
int hub_check_name(const struct hub *, struct bytes name, struct err *e);
/* Sets the session's name to `chosen`, or if that is empty, to the next unused
 * one of c1, c2... (clients) or s1, s2... (listeners). */
void hub_choose_name(struct hub *, struct session *, struct bytes chosen);
/* Returns the highest number N in session names of the form <name><mark>N; 0:
 * none. */
unsigned hub_last_number(const struct hub *, const char *name, char mark);
/* Makes the session a peer of the listener, and names it; hub_count_peer()
 * counts it. */
void hub_name_peer(struct session *, struct session *listener);
void hub_count_peer(struct session *);
/* Makes the carrier for an accepted connection. Result: the session's link. */
struct transport *hub_accept_carrier(struct session *listener, int fd,
				     const struct addr *peer);
/* Makes the session of an accepted peer. Result: the session's link. */
struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer);
/* Queues a session to be closed, if still open, and to be freed once no code
 * needs the session any more. */
void hub_ends(struct session *);
/* Requests a check for ended sessions that can be freed. */
void hub_request_reap(struct hub *);

/* Makes a session without a link and a name. Result: NULL and *e. */
struct session *hub_begin(struct hub *, enum role,
			  const struct session_options *, struct err *e);
/* Frees session->client. */
void session_free_client(struct session *);
/* Returns the options of `connect` that a client keeps, as session_dial_text()
 * writes them; lent until the session is freed. */
const char *session_dial_words(const struct session *);
/* Returns true if the session opens instead of one that is still listed. */
bool session_stands_in(const struct session *);
void session_set_unopened(struct session *, bool on);
/* Returns true after session_release_unopened(). */
bool session_is_unopened(const struct session *);
/* Returns the options of `connect`, each followed by a blank, without
 * passwords; the caller frees the text. `direct`: adds --proxy off. */
char *session_dial_text(const struct dial_options *, bool direct);

#endif
