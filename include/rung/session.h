/* SPDX-License-Identifier: ISC */
/*
 * A session: a name, a link, a ladder on the link and an inbox on top.
 * Publishes its events through its hub.
 */
#ifndef RUNG_SESSION_H
#define RUNG_SESSION_H

#include "rung/inbox.h"
#include "rung/ladder.h"
#include "rung/transport.h"

struct frame;
struct hub;
struct value;
struct view_ops;

enum role { ROLE_CLIENT, ROLE_LISTENER, ROLE_PEER };

enum session_state {
	SESSION_RESOLVING,
	SESSION_CONNECTING,
	SESSION_LISTENING,
	SESSION_OPEN,
	SESSION_HALF_CLOSED, /* one direction is shut down */
	SESSION_CLOSED,
};

#define SESSION_CHOSEN_MAX 23 /* length limit of a name that a user chooses */
/* Size of a name with its NUL; a peer's name is its listener's, `.` and a
 * number. */
#define SESSION_NAME_MAX (SESSION_CHOSEN_MAX + 12)

/* How a session is displayed; copied from its hub or its listener. */
struct display {
	bool live;        /* display data on arrival, else when consumed */
	bool view_chosen; /* the user has chosen `view` */
	uint8_t eol_len;
	char eol[13];
	uint32_t view_max;           /* bytes displayed of a message; 0: all */
	const struct view_ops *view; /* lent; NULL: the front end's default */
};

/* Notified of any change of a session: data, state, an emptied queue. The
 * callback only marks the tasks that have to run. */
struct waiter {
	struct list at;
	struct session *session; /* NULL: none */
	bool consumes;    /* takes data and frame errors from the inbox */
	bool reports_end; /* the command prints why the session ended */
	void (*notify)(struct waiter *);
};

extern const char *const display_eols[]; /* lf, crlf, none; NULL-terminated */
/*
 * Sets the end of line: one of display_eols if typed bare, else any bytes.
 * Result:  0; -1 and *e.
 */
int display_set_eol(struct display *, const struct value *, struct err *e);
/* Appends the end of line as a user can type it: one of display_eols, or other
 * bytes quoted. */
void display_print_eol(const struct display *, struct buf *out);

/* Owned by its hub; freed between turns only. */
struct session {
	struct list at;           /* hub->sessions */
	struct list ending;       /* hub->ending, when closed */
	struct list accept_queue; /* listener: its unaccepted peers */
	struct list waiters;
	struct list starved;    /* hub->starved: not read, memory is short */
	struct account account; /* share of the hub's memory */
	struct hub *hub;
	struct session *parent; /* a peer's listener; or NULL */
	struct transport link;
	struct ladder ladder;
	struct inbox inbox;
	struct display display;
	struct err *end_error;   /* why it ended; NULL: orderly end. Owned */
	struct err *frame_error; /* why the top rung failed; or NULL. Owned */
	struct frame *frame;     /* listener: for its new peers. Owned */
	size_t raw; /* units in the inbox since the top rung failed */
	unsigned ladder_generation; /* a search restarts if it changed */
	struct endpoint *endpoint;  /* requested address; NULL: a peer. Owned */
	uint64_t opened, closed;    /* ns monotonic */
	uint64_t bytes[2], units[2];
	uint64_t dropped; /* bytes dropped from a full live inbox */
	size_t unsent_at_close;
	size_t unsent_reported; /* bytes that a send-timeout reported */
	unsigned id;            /* never reused */
	unsigned peers;         /* listener: all accepted so far */
	unsigned last_peer;     /* listener: number in the newest peer's name */
	unsigned open_peers;    /* listener: accepted and not closed */
	unsigned max_peers;
	unsigned pins; /* users that need the memory; freed only at 0 */
	unsigned held; /* users that need the peer: see session_hold() */
	enum role role;
	bool echo;      /* sends back what it receives */
	bool once;      /* listener: serves one peer */
	bool accepted;  /* peer: a command accepted it */
	bool released;  /* freed once closed */
	bool paused;    /* the link is not read */
	bool reframing; /* received data passes through the ladder again */
	bool frame_error_reported;
	bool hungry;  /* newly in hub->starved */
	bool crowded; /* listener: a notice said that connections wait */
	char name[SESSION_NAME_MAX];
};

enum session_state session_state(const struct session *);
/* Returns "connecting", "half-closed"...; static. */
const char *session_state_name(enum session_state);
struct session *session_of_link(const struct transport *);

/*
 * Sends a unit down the ladder and publishes it. UNIT_RAW bypasses the top
 * rung's framing.
 * Errors:  closed, limit (queue full, nothing sent), the link's own.
 */
int session_send(struct session *, const struct unit *, struct err *e);
/* Returns true if memory is left for n queued bytes. */
bool session_may_queue(const struct session *, size_t n);
/* Shuts down the sending side after the queue is flushed. */
int session_end(struct session *, struct err *e);
/* Closes the session now; with `reset` by RST. Received data can still be read.
 * Peers of a listener stay open, except datagram peers. */
void session_close(struct session *, bool reset);
/* Allows the session to be freed once it is closed. */
void session_release(struct session *);
/*
 * Accepts the oldest of the listener's peers that no command has accepted yet.
 * Result:  NULL: there is none.
 */
struct session *session_accept(struct session *listener);

/*
 * Puts a rung on top of the live session's ladder. Unconsumed data passes
 * through the rung first, in order, without being published again. The inbox
 * always has the shape of the ladder.
 * Result:  0, the session owns the rung; -1 and *e (wrong shape, a listener),
 *          the caller still owns it. If the rung fails on the received data,
 *          the call succeeds; the failure is reported like one on new data.
 */
int session_climb(struct session *, struct rung *, struct err *e);
/*
 * Removes the top rung. Unconsumed messages are turned back into their wire
 * form (a partly consumed one: the rest of it), followed by the bytes that the
 * rung kept. If a frame has more than one wire form (varint, slip, cobs), they
 * get the form that the rung itself sends.
 * Errors:  usage (no rung), limit (memory; nothing has changed).
 */
int session_descend(struct session *, struct err *e);
/*
 * Replaces the frame on top of the ladder; NULL: removes it. On a listener,
 * sets the frame of new peers.
 * Errors:  usage (not a byte stream).
 */
int session_set_frame(struct session *, const struct frame *, struct err *e);
/* Returns the frame on top of the ladder, or a listener's frame for new peers;
 * NULL: none. Lends it until the ladder changes. */
const struct frame *session_frame(const struct session *);
/* Returns true if the nth unconsumed message (0: the first) is raw bytes,
 * received after the top rung failed. */
bool session_is_raw(const struct session *, size_t nth);
/*
 * Returns -1 and *e if the nth unconsumed message (0: the first) is raw bytes
 * after the top rung failed, and the failure was not reported yet; else 0.
 * Consumes nothing; a second call returns 0, so that the raw bytes can be read.
 */
int session_take_frame_error(struct session *, size_t nth, struct err *e);

void session_pin(struct session *);
void session_unpin(struct session *);
/* Prevents a datagram listener's peer from being closed in favour of a new one,
 * while a command waits on the peer or the peer is a user's current session. */
void session_hold(struct session *);
void session_unhold(struct session *);
/* Applies a new hub->peers_max to a listener. */
void session_limit_peers(struct session *);
void session_await(struct session *, struct waiter *);
void session_unawait(struct waiter *);
/* Returns true if a command that consumes waits on the session: a full live
 * inbox then drops only the bytes that the command passes to session_evict(),
 * and the link reads only as much as fits. Call session_touch() after changing
 * waiter.consumes. */
bool session_has_consumer(const struct session *);
/* Returns true if a waiting command reports the session's end. */
bool session_end_is_reported(const struct session *);
/* Lets the link read again after data was consumed from the inbox. */
void session_touch(struct session *);
/* Returns true if the link can deliver more data to a waiting command: the
 * inbox is not full, and either memory is not short or the session holds next
 * to nothing. If false, the command has to consume data to make room. */
bool session_has_room(const struct session *);
/* Checks that there is room for more data. Result: 0; or -1 and *e (limit):
 * there is none, and `what` was not found in the received bytes. */
int session_full(const struct session *, const char *what, struct err *e);
/* Makes room for n bytes if they do not fit: drops the n oldest bytes, or as
 * many messages as needed, counts them, and prints a notice. */
void session_evict(struct session *, size_t n);

/* Returns the offset of the inbox's front in the received data. */
uint64_t session_inbox_offset(const struct session *);
/* Returns how many bytes are queued, or were when the session closed. */
size_t session_unsent(const struct session *);
/*
 * Sets *e to the reason why no more data can arrive, with the session's name:
 * class reset, closed, or the class of the error that ended the session.
 * Result: -1.
 */
int session_end_error(const struct session *, struct err *e);
/* Appends one line: the session's state or how the session ended, which side
 * closed first, and the numbers of unread and unsent bytes. */
void session_why(const struct session *, struct buf *out);

/* Appends the URL that a session listens on or is connected to, escaped for
 * notices; for a listener also whether the URL stands for every address. */
void session_print_address(const struct session *, struct buf *out);

/* A named fact (`port`, `state`, `bytes_in`...), from session_fields. */
struct session_field {
	const char *name, *brief;
	void (*print)(const struct session *, struct buf *out);
	bool words; /* the value is text, already escaped; else any bytes */
};
extern const struct session_field session_fields[]; /* ends with name NULL */
const struct session_field *session_field(struct bytes name);

#endif
