/* SPDX-License-Identifier: ISC */
/*
 * A session: a link with a ladder on it, an inbox on top, and a name. Who
 * speaks or looks is not its job: it tells the hub, and the hub tells.
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
	SESSION_HALF_CLOSED, /* one direction has ended */
	SESSION_CLOSED,
};

#define SESSION_CHOSEN_MAX 23 /* of a name that a user chose */
/* A peer's is its listener's, `.` and a number; and the NUL. */
#define SESSION_NAME_MAX (SESSION_CHOSEN_MAX + 12)

/* How a session shows and cuts; a new one has its hub's or its listener's. */
struct display {
	bool live;        /* shown as it comes; else held until taken */
	bool view_chosen; /* a view was asked for */
	uint8_t eol_len;
	char eol[13];
	uint32_t view_max;           /* cut longer ones; 0: never */
	const struct view_ops *view; /* lent; NULL: the front end's default */
};

/* Told when something happened on a session: bytes, state, queue written.
 * Looks only: marks what has to run, and nothing else. */
struct waiter {
	struct list at;
	struct session *session; /* what it waits on; NULL: nothing */
	bool consumes;           /* from the inbox, what ended a frame too */
	bool reports_end;        /* how the session ended, should it end */
	void (*notify)(struct waiter *);
};

extern const char *const display_eols[]; /* lf, crlf, none; NULL-ended */
/* One of these words, typed bare, or any bytes. Result: 0, or -1 and *e. */
int display_set_eol(struct display *, const struct value *, struct err *e);
/* Appends the same word, or other bytes quoted: it can be typed again. */
void display_print_eol(const struct display *, struct buf *out);

/* Owned by its hub; freed only between turns. */
struct session {
	struct list at;           /* hub->sessions */
	struct list ending;       /* hub->ending, once closed */
	struct list accept_queue; /* a peer not yet accepted; a listener's list
				     of those */
	struct list waiters;
	struct list starved; /* hub->starved: reads nothing, memory is short */
	struct account account; /* the hub's memory that it has */
	struct hub *hub;
	struct session *parent; /* its listener, or NULL */
	struct transport link;
	struct ladder ladder;
	struct inbox inbox;
	struct display display;
	struct err *end_error; /* what ended it; NULL: nothing wrong. Owned */
	struct err
	    *frame_error;    /* what ended its top rung; NULL: nothing. Owned */
	struct frame *frame; /* a listener's: its peers begin with it. Owned */
	size_t raw;          /* put into the inbox since the top rung ended */
	unsigned ladder_generation; /* changes of the ladder: what was searched
			    of the inbox was another one */
	struct endpoint
	    *endpoint; /* what was asked for; clients, listeners. Owned */
	uint64_t opened, closed; /* ns monotonic */
	uint64_t bytes[2], units[2];
	uint64_t dropped;       /* bytes let go from a full live inbox */
	size_t unsent_at_close; /* bytes that were still unsent at the close */
	size_t
	    unsent_reported; /* a command told of so many that nobody takes */
	unsigned id;         /* never reused */
	unsigned peers;      /* a listener's: accepted ever */
	unsigned last_peer;  /* a listener's: the number of its newest */
	unsigned open_peers; /* a listener's: accepted and not closed */
	unsigned max_peers;
	unsigned pins; /* while not 0 it is not freed */
	unsigned held; /* while not 0 it makes no room for another peer */
	enum role role;
	bool echo;      /* answers with its own bytes */
	bool once;      /* a listener that serves one peer */
	bool accepted;  /* a peer: was accepted by a command */
	bool released;  /* the user is done with it: free it once closed */
	bool paused;    /* reads nothing */
	bool reframing; /* what came is passing through its ladder again */
	bool frame_error_reported; /* somebody has been told of `broken` */
	bool hungry;  /* in hub->starved since the hub last looked */
	bool crowded; /* a listener's: a notice said that no more fit */
	char name[SESSION_NAME_MAX];
};

enum session_state session_state(const struct session *);
/* "connecting", "half-closed"…; static. */
const char *session_state_name(enum session_state);
struct session *session_of_link(const struct transport *);

/*
 * Sends a unit down the ladder; it is a message of the log. UNIT_RAW goes past
 * the top rung's framing.
 * Errors:  closed, limit (queue full, nothing taken), the link's own.
 */
int session_send(struct session *, const struct unit *, struct err *e);
/* Returns true if memory is there for n bytes that the kernel may not take. */
bool session_may_queue(const struct session *, size_t n);
/* Half-closes once what is queued has been written. */
int session_end(struct session *, struct err *e);
/* Closes now, or with `reset` by RST. What came stays readable. A listener's
 * peers go on, but for datagram ones. */
void session_close(struct session *, bool reset);
/* The user is done with it: it leaves the table when closed. */
void session_release(struct session *);
/* Takes the next peer of a listener that no command has taken.
 * Result: NULL: none yet. */
struct session *session_accept(struct session *listener);

/*
 * Puts a rung on the live session. What came and was not taken passes through
 * it first, in order; it has been told and logged as it came and is not again.
 * The inbox's shape is the ladder's, before and after.
 * Result:  0, the session owns the rung; -1 and *e (unlike shapes, a listener),
 *          it is still the caller's. What the rung cannot read of the bytes
 *          there are is no error here, but as of those to come.
 */
int session_climb(struct session *, struct rung *, struct err *e);
/*
 * Takes the top rung off. Messages not taken become the bytes they were made
 * of (of one taken in part, its rest), and what the rung kept follows them. A
 * kind of frame that can be written in more ways than one (varint, slip, cobs)
 * comes back as it is sent here.
 * Errors:  usage (there is none), limit (memory; nothing has changed).
 */
int session_descend(struct session *, struct err *e);
/*
 * Cuts it into these messages, in place of the frame on top; NULL: into none.
 * A listener's peers to come begin with it.
 * Errors:  usage (no stream of bytes).
 */
int session_set_frame(struct session *, const struct frame *, struct err *e);
/* The frame on top, or that a listener's peers begin with; NULL: none. Lends
 * until the ladder changes. */
const struct frame *session_frame(const struct session *);
/* The nth untaken message (0: the first) is none: bytes as they came, behind
 * what ended the top rung. */
bool session_is_raw(const struct session *, size_t nth);
/*
 * The nth untaken message (0: the first) stands behind what ended the top rung,
 * and nobody has been told of that: -1 and *e, once. Nothing is taken; when
 * asked again it is 0, and the bytes as they came can be taken.
 */
int session_take_frame_error(struct session *, size_t nth, struct err *e);

void session_pin(struct session *);
void session_unpin(struct session *);
/* A user's command waits on it, or it is a user's current session: while held,
 * a datagram listener's peer is not closed to make room for a new one. */
void session_hold(struct session *);
void session_unhold(struct session *);
/* A listener's bound has changed: hub->peers_max. */
void session_limit_peers(struct session *);
void session_await(struct session *, struct waiter *);
void session_unawait(struct waiter *);
/* While one takes, a live inbox that is full lets go of what that one gives
 * with session_evict(), and of nothing else: the link reads no more than
 * fits. Whoever changes waiter.takes calls session_touch(). */
bool session_has_consumer(const struct session *);
/* One tells how it ends: nobody else has to. */
bool session_end_is_reported(const struct session *);
/* The inbox was taken from: the link may read on. */
void session_touch(struct session *);
/* Returns true if the link may bring more to a command that waits for it: the
 * inbox is not full, and memory is not short or the session has next to
 * nothing. If false, only what is taken makes room. */
bool session_has_room(const struct session *);
/* Result: 0: it has room; -1 and *e (limit): it has none, and `what` is not in
 * the bytes that came. */
int session_full(const struct session *, const char *what, struct err *e);
/* Where n bytes do not fit, the oldest go, as many, or messages: they were
 * shown. They are counted, and a notice says so. */
void session_evict(struct session *, size_t n);

/* Where in what came the inbox begins: bytes told before it. */
uint64_t session_inbox_offset(const struct session *);
/* Bytes given to send and not in the kernel: not yet, or at the close. */
size_t session_unsent(const struct session *);
/*
 * Why a wait for more on it is in vain, as an error of class reset, closed or
 * what ended it, worded with its name. Result: -1, always.
 */
int session_end_error(const struct session *, struct err *e);
/* One line: how it ended or what state it is in, who closed first, bytes
 * unread and unsent. */
void session_why(const struct session *, struct buf *out);

/* A named fact (`port`, `state`, `bytes_in`…). The index is session_fields. */
struct session_field {
	const char *name, *brief;
	void (*print)(const struct session *, struct buf *out);
	bool words; /* ours, what is foreign in them escaped; else any bytes,
		       which whoever shows them escapes */
};
extern const struct session_field session_fields[]; /* name NULL ends it */
const struct session_field *session_field(struct bytes name);

#endif
