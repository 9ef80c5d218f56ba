/* SPDX-License-Identifier: ISC */
/*
 * A session: a name, a link, a ladder on the link and an inbox on top of the
 * ladder. A session publishes its events through its hub.
 */
#ifndef RUNG_SESSION_H
#define RUNG_SESSION_H

#include "rung/hosted.h"
#include "rung/inbox.h"
#include "rung/plan.h"
#include "rung/transport.h"

struct carriage;
struct client_facts;
struct hub;
struct session_work;
struct value;
struct view_ops;

enum role { ROLE_CLIENT, ROLE_LISTENER, ROLE_PEER };

enum session_state {
	SESSION_RESOLVING,
	SESSION_CONNECTING,
	SESSION_OPENING, /* the link is open, a rung is not */
	SESSION_LISTENING,
	SESSION_OPEN,
	SESSION_HALF_CLOSED, /* one direction is shut down */
	SESSION_CLOSING, /* rungs send their closing messages, or the queue is
			    being flushed */
	SESSION_CLOSED,
};

enum close_mode {
	CLOSE_ORDERLY, /* wait for the goodbyes of rungs and their peers */
	CLOSE_NOW,     /* send the goodbyes, do not wait */
	CLOSE_RESET,   /* by RST, without goodbyes */
};

#define SESSION_CHOSEN_MAX 23 /* length limit of a name that a user chooses */
/* Length limit of a peer's name: its listener's name, `.` and a number. */
#define SESSION_PEER_NAME_MAX (SESSION_CHOSEN_MAX + 11)
/* Size of a name with its NUL; a carrier's name is its owner's name, `/` and a
 * number. */
#define SESSION_NAME_MAX (SESSION_PEER_NAME_MAX + 12)

/* Display settings of a session; copied from its hub or its listener. */
struct display {
	bool live;        /* data is displayed on arrival, else when consumed */
	bool view_chosen; /* the user has chosen `view` */
	bool max_chosen;  /* the user has chosen `view_max` */
	uint8_t eol_len;
	char eol[16];
	uint32_t view_max; /* limit of displayed bytes of a message; 0: none */
	const struct view_ops *view; /* static; NULL: the screen's view */
};

/* A command or handler that waits on a session. notify() is called after any
 * change: data, state, a flushed queue. notify() only marks the task to be run.
 */
struct waiter {
	struct list at;
	struct session *session; /* NULL: none */
	bool consumes;    /* data and frame errors are taken from the inbox */
	bool reports_end; /* the command reports why the session ended */
	void (*notify)(struct waiter *);
	/*
	 * Called for each received unit after it was published, before it
	 * enters the inbox. The first waiter that returns true has copied what
	 * it needs, and keeps the unit from the inbox. Must not send, close, or
	 * end a wait. NULL: claims nothing. `number`: in the log.
	 */
	bool (*claims)(struct waiter *, const struct unit *, uint64_t number);
	/* Returns true unless the waiter exceeds its limit by `over` bytes or
	 * more. While a waiter returns false, the link is not read; the
	 * waiter's owner calls session_touch() after it made room. NULL: no
	 * limit. */
	bool (*wants)(const struct waiter *, size_t over);
};

/* A received control unit that no command has consumed; lent until the session
 * changes. */
struct control_unit {
	uint64_t number; /* in the log */
	const struct unit_kind *kind;
	struct attrs *attrs;
	struct bytes data; /* the first CONTROL_DATA_MAX bytes */
};
#define CONTROLS_MAX     64 /* number of units kept; the oldest are dropped */
#define CONTROL_DATA_MAX ((size_t)4 << 10)

extern const char *const display_eols[]; /* lf, crlf, none; NULL-terminated */
/*
 * Sets the end of line. An unquoted lf, crlf or none is a keyword; any other
 * value is the end of line itself.
 * Result:  0; -1 and *e.
 */
int display_set_eol(struct display *, const struct value *, struct err *e);
/* Sets the end of line to the one that a rung of the plan adds to messages.
 * `plan` may be NULL. Result: false: the plan has none. */
bool display_take_eol(struct display *, const struct rung_plan *);
/* Sets the end of line to that of the rungs of a session or of its new peers.
 * Result: false: they have none. */
bool session_take_eol(const struct session *, struct display *);
/* Sets the session's end of line to that of `from`. */
void session_set_eol(struct session *, const struct display *from);
/* Appends the end of line as a user can type it: lf, crlf, none, or other bytes
 * in quotes. */
void display_print_eol(const struct display *, struct buf *out);

/* Owned by its hub; freed only in the REAP phase and by hub_fini(). */
struct session {
	struct list at;           /* link in hub->sessions */
	struct list ending;       /* link in hub->ending, if closed */
	struct list accept_queue; /* listener: peers to accept; peer: link */
	struct list waiters;
	struct list starved;    /* link in hub->starved, if memory is short */
	struct account account; /* share of the hub's memory */
	struct hub *hub;
	struct session *parent; /* listener of a peer; or NULL */
	struct transport link;
	struct ladder ladder;
	struct inbox inbox;
	struct display display;
	const struct rung_ops *ended_by; /* rung that ended it; or NULL */
	struct err *end_error;  /* why it ended; NULL: orderly end. Owned */
	struct err *rung_error; /* why the top rung failed; or NULL. Owned */
	/* Timers, control units and claims; NULL: not needed yet. Owned. */
	struct session_work *work;
	struct rung_plan *plan;    /* listener: for its new peers; or NULL */
	struct carriage *carriage; /* ties to carriers; or NULL. Owned */
	struct endpoint *endpoint; /* requested address; NULL: a peer. Owned */
	struct client_facts
	    *client; /* facts that `reconnect` needs; or NULL. Owned */
	uint64_t bytes[2], units[2];
	uint64_t dropped; /* bytes dropped from a full live inbox */
	size_t unsent_at_close;
	size_t unsent_reported;     /* bytes that a send-timeout reported */
	unsigned id;                /* never reused */
	unsigned ladder_generation; /* a search restarts if it changed */
	unsigned peers;             /* listener: number of peers so far */
	unsigned last_peer;  /* listener: number in the newest peer's name */
	unsigned open_peers; /* listener: number of open peers */
	unsigned max_peers;
	unsigned pins;   /* users that keep the session allocated */
	unsigned held;   /* users that keep the peer open: session_hold() */
	uint32_t passed; /* bytes that left the ladder in this turn */
	uint8_t role;    /* enum role */
	bool echo;       /* sends back what it receives */
	bool once;       /* listener: serves one peer */
	bool closing;    /* closed by the user, rungs say goodbye */
	bool was_open;   /* has been open, or has listened */
	bool accepted;   /* peer: a command accepted it */
	bool released;   /* freed once closed */
	bool paused;     /* the link is not read */
	bool reframing;  /* received data passes through the ladder again */
	bool rung_error_reported;
	bool hungry;    /* newly in hub->starved */
	bool cut_noted; /* a notice said that the prompt cuts typed text */
	bool crowded;   /* listener: a notice said that connections wait */
	bool followed;  /* another session opens, or has opened, instead */
	char name[SESSION_NAME_MAX];
};

/* The message from which a value was made; the pointers are valid as long as
 * the message is kept. */
struct origin {
	const struct unit_kind *kind;
	struct attrs *attrs;
	const char *rung; /* name of the rung that made the message; static */
	uint64_t number;  /* number in the log; 0: none, as for a stream */
	unsigned flags;   /* the unit's */
	unsigned log_id;  /* session_log_id() of the session that received it */
};

enum session_state session_state(const struct session *);
/* Returns "connecting", "half-closed"...; static. */
const char *session_state_name(enum session_state);
/* Returns true if the session is closed, and a command tries to open it again.
 */
bool session_is_reopening(const struct session *);
/* Sets the time of the next attempt to open the session; 0: none. */
void session_set_retry(struct session *, uint64_t at);
uint64_t session_retry(const struct session *);
/* Returns the state for users: connecting if session_is_reopening(). */
enum session_state session_shown_state(const struct session *);
struct session *session_of_link(const struct transport *);
bool session_is_closed(const struct session *);
/* Returns true if the session has been open, or has listened. */
bool session_was_open(const struct session *);
/* Returns true if the peer has shut down its direction. */
bool session_peer_ended(const struct session *);
/* Returns true unless an error or rung itself ended the received data. */
bool session_left_to_peer(const struct session *);
/* Returns true if the session was closed to make room for a new peer. */
bool session_made_room(const struct session *);
/* Returns true if the session carries the units of another one: see
 * hub_add_carrier(). */
bool session_is_carrier(const struct session *);
/* Returns the session whose units a carrier carries; NULL: no carrier, or its
 * owner was freed. */
const struct session *session_owner(const struct session *);
/* Returns the number of open carriers of an owner. */
unsigned session_open_carriers(const struct session *);
/* Returns the error that ended the received data; NULL: none, as after a reset
 * that followed the peer's FIN. Lends it until the session is freed. */
const struct err *session_error(const struct session *);
/* Returns the error that ended the top rung; NULL: none. Lends it until the
 * ladder changes. */
const struct err *session_rung_error(const struct session *);

/*
 * Sends a unit down the ladder and publishes it. A UNIT_RAW unit is not framed
 * by the top rung.
 * Errors:  closed, limit (the queue is full, and nothing was sent), or an error
 *          of the link.
 */
int session_send(struct session *, const struct unit *, struct err *e);
/* Returns true if there is memory for n more queued bytes. */
bool session_may_queue(const struct session *, size_t n);
/* Returns true while further parts of a sent message are missing: UNIT_MORE. */
bool session_sends_parts(const struct session *);
/* Shuts down the sending side after the queue is flushed. Errors: usage (the
 * link has no half-close), closed, limit. */
int session_end(struct session *, struct err *e);
/* Closes the session as `enum close_mode` says. Received data can still be
 * consumed. The peers of a listener stay open, except datagram peers. */
void session_close(struct session *, enum close_mode,
		   const struct close_request *);
/* Returns true if an open session has a rung that says goodbye. */
bool session_says_goodbye(const struct session *);
/* Returns true from session_close() to the end of the goodbyes. */
bool session_is_closing(const struct session *);
/* Closes the session once its queue is flushed. Result: true; false, and no
 * effect, if the link is not open or no bytes are queued. */
bool session_close_when_flushed(struct session *);
/* Returns true if session_close_when_flushed() took effect. */
bool session_is_flushing(const struct session *);
/* Returns true if one session was made from the other by hub_reconnect(), even
 * through others, and has opened; also if both are the same. */
bool session_is_same(const struct session *, const struct session *);
/* Returns the id with which the session's messages are logged: its own, or if
 * hub_reconnect() made it, that of the session which it replaces. */
unsigned session_log_id(const struct session *);
/* Allows the session to be freed once it is closed. */
void session_release(struct session *);
/* Releases a client that did not open: others may have its name, and while it
 * is pinned, hub_match() finds it. */
void session_release_unopened(struct session *);
/*
 * Accepts the oldest peer of a listener that no command has accepted yet.
 * Result:  NULL: there is none.
 */
struct session *session_accept(struct session *listener);

/*
 * Puts the plan's rungs on top of the session's ladder. Unconsumed data passes
 * through them first, in order; it is not published again if the new rungs only
 * divide the stream. The inbox always has the shape of the ladder.
 * Result:  0; -1 and *e (wrong shape, a listener, unread messages in front of a
 *          stream), and nothing has changed. If a rung fails on the received
 *          data, the call succeeds; the failure is reported like one on new
 *          data.
 */
int session_climb(struct session *, struct rung_plan *, struct err *e);
/*
 * Removes the top rung. If it divides the stream, unconsumed messages are
 * turned back into the very bytes that were received (a partly consumed one:
 * the rest of it), followed by the bytes that the rung kept. Otherwise messages
 * stay messages, in front of the data received later.
 * Errors:  usage (no rung), limit (memory; nothing has changed).
 */
int session_descend(struct session *, const struct close_request *,
		    struct err *e);
/* Returns true while the top rung says goodbye before it is removed. */
bool session_is_descending(const struct session *);
/*
 * Sets the rungs of a listener's new peers; NULL or an empty plan: none.
 * Errors:  usage (not a listener, or a rung needs another shape).
 */
int session_set_plan(struct session *, struct rung_plan *, struct err *e);
/* Prints notices about the rungs that were prepared for the plan; NULL: none.
 * session_set_plan() and hub_listen() do so themselves. */
void session_note_rungs(const struct session *, const struct rung_plan *);
/* Returns the plan of a listener; NULL: none. */
struct rung_plan *session_plan(const struct session *);
/* Fills `out` with the kinds of the session's rungs, or of those of a
 * listener's new peers, from the bottom. Result: their number. */
size_t session_rungs(const struct session *,
		     const struct rung_ops *out[LADDER_RUNGS_MAX]);
/* Returns true if the session has a rung of that kind, or if a listener's new
 * peers get one. */
bool session_has_rung(const struct session *, const struct rung_ops *);
/* Appends the DER form of the nth certificate that the peer sent (0: its own).
 * Result: false: there is none. */
bool session_certificate(const struct session *, size_t nth, struct buf *der);
/* Returns a word about a rung that protects less than it usually does; NULL:
 * there is none. Static. */
const char *session_warning(const struct session *);
/* Returns the kind of the top rung; NULL: none. */
const struct rung_ops *session_top_rung(const struct session *);
/* Returns true if the top rung has failed, or its peer has ended it. */
bool session_rung_is_over(const struct session *);
/* Returns the shape of the units that session_send() takes; with `raw` of those
 * that bypass the top rung. */
enum shape session_shape(const struct session *, bool raw);
/* Returns the length of the longest message that the top rung sends; 0: no
 * limit. */
size_t session_message_max(const struct session *);
/* Appends the command for each rung on a line of its own, from the bottom; for
 * a listener, for each rung of its new peers. */
void session_print_rungs(const struct session *, struct buf *out);
/* Returns the facts that the rungs report, or for a listener those that its
 * plan decides; owned by the caller. */
struct attrs *session_facts(const struct session *);
/* Appends a fact by its name; `none` if the ladder lacks the rung that has this
 * fact. Result: false: no rung of the table has this fact. */
bool session_fact(const struct session *, const struct rung_ops *const *table,
		  struct bytes name, struct buf *out);
/* Finds the oldest kept control unit whose number is at least `from`. Result:
 * false: there is none. */
bool session_control(const struct session *, uint64_t from,
		     struct control_unit *out);
/* Consumes the control units up to this number. */
void session_take_controls(struct session *, uint64_t upto);
/*
 * Finds a kind by its name, as in `ws.ping`, among the session's rungs, those
 * of its plan, and those of the table.
 * Result:  1; 0: no rung has the name before the dot; -1 and *e: the rung has
 *          no such kind.
 */
int session_find_kind(const struct session *,
		      const struct rung_ops *const *table, struct bytes name,
		      const struct unit_kind **out, struct err *e);
/* Returns true if the nth unconsumed message (0: the first) is raw bytes,
 * received after the top rung failed. */
bool session_is_raw(const struct session *, size_t nth);
/*
 * Reports the failure of the top rung once: returns -1 and *e if message n of
 * the inbox (0: the first) was received raw after the failure, and no earlier
 * call has reported the failure; else 0. Consumes nothing, so that the raw
 * bytes can be read afterwards.
 */
int session_take_rung_error(struct session *, size_t nth, struct err *e);

void session_pin(struct session *);
void session_unpin(struct session *);
/* Keeps a datagram listener's peer from being closed in favour of a new one,
 * while a command waits on the peer or the peer is a user's current session. */
void session_hold(struct session *);
void session_unhold(struct session *);
/* Applies a new hub->peers_max to a listener. */
void session_limit_peers(struct session *);
void session_await(struct session *, struct waiter *);
void session_unawait(struct waiter *);
/* Returns true if a command that consumes data waits on the session. A full
 * live inbox then drops only the bytes that the command passes to
 * session_evict(), and the link reads only as much as fits. Call
 * session_touch() after changing waiter.consumes. */
bool session_has_consumer(const struct session *);
/* Returns true if a waiting command will report the session's end, or if the
 * failure of a rung that ended the session was reported. */
bool session_end_is_reported(const struct session *);
/* Lets the link read again after data was consumed from the inbox. */
void session_touch(struct session *);
/* Returns true if the link can receive more data for a waiting command: the
 * inbox is not full, and there is memory (or the session uses at most 4 KiB).
 * If false, the command must consume data to make room. */
bool session_has_room(const struct session *);
/* Checks session_has_room(). Result: 0; or -1 and *e (limit): there is no room,
 * and `what` was not found in the received data. */
int session_full(const struct session *, const char *what, struct err *e);
/* Makes room for n bytes if they do not fit: drops the n oldest bytes of a
 * stream, or as many of the oldest messages as needed. Counts the dropped bytes
 * and prints a notice. */
void session_evict(struct session *, size_t n);

/* Returns the offset of the inbox's first byte in all received data. */
uint64_t session_inbox_offset(const struct session *);
/* Returns the offset that views print for the inbox's first byte: in all
 * received data, or in its datagram. */
uint64_t session_view_offset(const struct session *);
/* Sets the limit of the inbox, in bytes. */
void session_limit_inbox(struct session *, size_t bytes);
/* Returns the limit of the queue, in bytes. */
size_t session_queue_limit(const struct session *);
/* Makes the link send at most `bytes` in each period (ns); 0: at once again.
 * Result: 0; -1 and *e (usage): the link is no stream. */
int session_pace(struct session *, size_t bytes, uint64_t period,
		 struct err *e);
/* Returns how many bytes are queued, or were when the session closed. */
size_t session_unsent(const struct session *);
/*
 * Sets *e to the reason why no more data can arrive, with the session's name.
 * The class is reset, closed, or that of the error that ended the session.
 * Result: -1.
 */
int session_end_error(const struct session *, struct err *e);
/* Writes how the peer ended the data, as a clause: `peer shut down its side
 * (FIN)`, or which rung the peer ended. Result: `out`. */
const char *session_eof_clause(const struct session *, char out[64]);
/* Appends one line: the session's state, or how the session ended and which
 * side closed first, and the numbers of unread and unsent bytes. */
void session_why(const struct session *, struct buf *out);
/* Returns -1 and *e if a rung ended the session with an error, and marks that
 * error as reported; else returns 0. */
int session_opening_error(struct session *, struct err *e);
/* Sets *e for a client that did not open within `within` ns. Result: -1. */
int session_timeout_error(const struct session *, uint64_t within,
			  struct err *e);

/* Returns the scheme of the link, or "none" before it has one; static. */
const char *session_scheme(const struct session *);
/* Returns the name of the rung that reads received data, or the scheme if there
 * is none; static. */
const char *session_top(const struct session *);
/* Returns the name of the rung that made a unit: that of its kind, else the top
 * rung; for a raw unit the scheme. Static. */
const char *session_rung_of(const struct session *, const struct unit_kind *,
			    unsigned flags);
/* Describes the nth unconsumed message (0: the first), or a stream. */
struct origin session_origin(const struct session *, size_t nth);
/* Returns how many bytes of a partial message were published before the top
 * rung was put on. */
size_t session_shown_partial(const struct session *);
/* Appends the ladder from the bottom: `tcp > frame`. */
void session_print_ladder(const struct session *, struct buf *out);
/* Appends what the link reports, as `key value` lines. */
void session_link_info(const struct session *, struct buf *out);
/* Returns the times of the steps of the connection. */
const struct phases *session_phases(const struct session *);

/* Appends the URL that a session listens on or is connected to, escaped for
 * notices. Appends ` (every address)` for a listener that is bound to all local
 * addresses. */
void session_print_address(const struct session *, struct buf *out);

/* A named fact about a session, such as `port`, `state` or `bytes_in`. */
struct session_field {
	const char *name, *brief;
	void (*print)(const struct session *, struct buf *out);
	bool words; /* the value is text, already escaped; else any bytes */
};
extern const struct session_field session_fields[]; /* ends with name NULL */
const struct session_field *session_field(struct bytes name);

#endif
