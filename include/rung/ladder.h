/* SPDX-License-Identifier: ISC */
/*
 * The ladder: rungs stacked on a link. Received units go up through the rungs,
 * sent units go down. A rung only reacts to calls and passes units on; it never
 * blocks, and uses neither a socket nor a clock of its own. The owner, which
 * embeds the ladder, supplies the link below and takes the units at the top.
 * plan.h makes rungs.
 */
#ifndef RUNG_LADDER_H
#define RUNG_LADDER_H

#include "rung/budget.h"
#include "rung/err.h"
#include "rung/list.h"
#include "rung/unit.h"

struct ladder;
struct ladder_work;
struct param;
struct rung;
struct rung_plan;
struct rung_spec;

enum side { SIDE_CLIENT, SIDE_SERVER };

enum rung_state {
	RUNG_NEW,
	RUNG_STARTING, /* start() was called, rung_opened() was not */
	RUNG_OPEN,
	RUNG_CLOSING, /* close() was called, rung_closed() was not */
	RUNG_CLOSED,  /* reads no more: units pass it as UNIT_RAW */
	RUNG_ENDED,   /* failed or ended by the peer; reads no more */
};

/* How to say goodbye. Lent for the call. */
struct close_request {
	unsigned code;       /* 0: the protocol's code for an orderly close */
	struct bytes reason; /* at most CLOSE_REASON_MAX bytes are kept */
	bool abrupt;         /* no goodbye: the peer sees a truncated stream */
};
/* RFC 6455 §5.5: the payload of a control frame, less the code. */
#define CLOSE_REASON_MAX 123

/*
 * A kind of rung. `start`, `up`, `resume`, `close` and `timer` return nothing:
 * a rung that cannot continue calls rung_fail(), once.
 *
 * A rung empties its output buffer before it passes a unit down, and detaches
 * its input buffer before it passes a unit up, because passing a unit can
 * re-enter the rung.
 */
struct rung_ops {
	const char *name, *brief;
	const char *on; /* rung needed below; NULL: any with the shape */
	enum shape below, above; /* shape needed below, shape offered above */
	bool no_half_close;      /* an end closes both directions */
	/* The rung protects received data. session_climb() refuses to put a
	 * client's rung on unread data, which could be taken for protected
	 * data. */
	bool protects;
	/* Parameters of the spec's args; NULL: none. */
	const struct param *params;
	/* The forms of its first parameter for help: name, brief, name...;
	 * NULL-terminated. NULL: none. */
	const char *const *forms;
	/* The command that puts the rung on a ladder, followed by params; NULL:
	 * `climb NAME`. */
	const char *command;
	/* Kinds of its units, ended by a row without a name; NULL: none. */
	const struct unit_kind *kinds;
	/* Called once for each plan: checks the spec's args, reads files, and
	 * may set spec->context. NULL: nothing to do. Result: 0, or -1 and *e.
	 */
	int (*prepare)(struct rung_spec *, struct err *);
	/* Frees spec->context. May be NULL. */
	void (*discard)(struct rung_spec *);
	/* Decides if a sender without a session gets one. Called for the lowest
	 * rung of a datagram listener. Stores nothing about the sender. `peer`:
	 * its address, in the form of the fact `peer`. `now`: monotonic time in
	 * ns. May append a datagram to `answer`. Result: true: it gets a
	 * session, which receives `first`. NULL: all senders do. */
	bool (*admit)(const struct rung_spec *, struct bytes peer,
		      struct bytes first, uint64_t now, struct buf *answer);
	/* Makes a rung from a spec, which outlives it. Result: NULL and *e. */
	struct rung *(*make)(const struct rung_spec *, struct err *);
	/* Called when everything below is open, the link too; may send a
	 * greeting. rung_opened() or rung_fail() has to follow, now or later.
	 * NULL: the rung is open at once, even before the link. */
	void (*start)(struct rung *);
	/* Takes all of the unit; passes on any number of units. */
	void (*up)(struct rung *, const struct unit *);
	/* Called when rung_may_pass_up() is true again. NULL: the rung never
	 * calls rung_may_pass_up(), because it passes up no more bytes than it
	 * gets. */
	void (*resume)(struct rung *);
	/* Takes all of the unit. Result: 0; -1 and *e: nothing was taken, and a
	 * pending unit is offered again later. Copies UNIT_ONCE to the units
	 * that it passes down. Also called in the state ENDED: a rung that
	 * protects sent data must then refuse. */
	int (*down)(struct rung *, const struct unit *, struct err *);
	/* Says goodbye. rung_closed() follows, now or later. NULL: closed at
	 * once. Also called in the state ENDED: the rung may still say
	 * goodbye, but it is closed when close() returns. */
	void (*close)(struct rung *, const struct close_request *);
	/* Called at the time of rung_timer(). */
	void (*timer)(struct rung *);
	/* Adds facts for `info` and $SESSION.NAME; the values may be any bytes.
	 * May be NULL. */
	void (*info)(const struct rung *, struct attrs *facts);
	/* Adds the facts that the spec alone decides, for `info` of a listener.
	 * May be NULL. */
	void (*spec_info)(const struct rung_spec *, struct attrs *facts);
	/* Appends what the user has to know about a prepared spec, for a
	 * notice. May be NULL. */
	void (*note)(const struct rung_spec *, struct buf *out);
	/* Appends the DER form of the nth certificate that the peer sent (0:
	 * its own). Result: false: there is none. May be NULL. */
	bool (*certificate)(const struct rung *, size_t nth, struct buf *der);
	/* Returns a word for the prompt if the rung protects less than it
	 * usually does, else NULL; static. May be NULL. */
	const char *(*warning)(const struct rung *);
	/* Appends rows that name the fields in bytes which carried a message,
	 * in the stream below the rung. May be NULL. */
	void (*explain)(struct bytes wire, struct buf *out);
	/* Lends the line ending that the rung adds to sent messages, as its
	 * spec sets it; BYTES_NONE or empty: none. NULL: none. */
	struct bytes (*line_end)(const struct rung_spec *);
	/* Names of the facts, for a session without such a rung;
	 * NULL-terminated. NULL: none. */
	const char *const *facts;
	/* Called once, when the rung ends, is closed or is popped: lends the
	 * bytes that the rung received and did not pass on; they leave at the
	 * top. May be NULL. */
	struct bytes (*leftover)(struct rung *);
	/* Appends the wire form of a message that the rung passed up: the very
	 * bytes from which the message was made. `memo`: the bytes that memo()
	 * lent for it. Only for rungs that divide a stream; NULL: messages stay
	 * messages when the rung is removed. */
	void (*to_wire)(const struct rung *, const struct unit *,
			struct bytes memo, struct buf *out);
	/* Called while the rung passes a message up: lends bytes that
	 * to_wire() needs beside the message, kept with it. May be NULL. */
	struct bytes (*memo)(const struct rung *);
	void (*free)(struct rung *);
};

/* A part of a stream, by offsets. */
struct span {
	uint64_t from, to;
};

/* First member of the rung's own struct; owned by its ladder. */
struct rung {
	const struct rung_ops *ops;
	struct ladder *ladder;
	struct rung *above, *below;
	struct rung_plan *plan; /* a reference, or NULL */
	/* The bytes that crossed the boundary above it, by direction. */
	uint64_t bytes[2];
	uint64_t received;    /* see rung_received() */
	uint64_t shown;       /* the owner has published the stream below up to
				 this offset; set by the owner */
	uint64_t due;         /* rung_timer(); 0: off */
	struct span span[2];  /* the last unit's, in the stream below */
	size_t max_message;   /* longest message it sends; 0: no limit */
	uint16_t serial;      /* number in the order of pushes; 0: the link */
	uint8_t state, shape; /* enum rung_state; shape offered above */
	uint8_t side, nth;    /* enum side; index of its spec in the plan */
	bool opened;          /* has been open */
	bool blocked;         /* keeps input until resume() */
	bool end_pending;     /* an end came while blocked */
	bool drained;         /* leftover() was called */
	bool held_end;        /* an end follows `held` */
	struct buf held;      /* raw bytes that came while blocked */
};

/* Returned by transmit(): the link has no room now; nothing was taken. */
#define LADDER_FULL 1

enum ladder_change {
	LADDER_OPENED,   /* the top rung is open */
	LADDER_ENDED,    /* the peer ended the rung; err NULL: in order */
	LADDER_FAILED,   /* the rung and all above it failed with err */
	LADDER_RESHAPED, /* the rung offers another shape */
	LADDER_CLOSED,   /* ladder_close() is done; err: a peer did not answer
			    in time */
};

/* Callbacks to the owner. All but deliver() and transmit() may be NULL. */
struct ladder_sink {
	/* Receives each unit that leaves at the top, and takes all of it. */
	void (*deliver)(struct ladder *, const struct unit *);
	/* Receives each unit that leaves at the bottom, for the link. Result:
	 * 0; -1 and *e; or LADDER_FULL and *e: the owner calls ladder_resume()
	 * once there is room. */
	int (*transmit)(struct ladder *, const struct unit *, struct err *);
	/* Returns true if more may leave at the top now. */
	bool (*wants_input)(const struct ladder *);
	/* Receives a unit of KIND_CONTROL. Must not call the ladder. */
	void (*control)(struct ladder *, const struct rung *, enum dir,
			const struct unit *);
	/* Receives a line for a key log (keylog.h). Must not call the ladder.
	 */
	void (*secret)(struct ladder *, struct bytes line);
	/* Called after a change. Must not pop rungs, because the call may come
	 * from a rung. */
	void (*changed)(struct ladder *, enum ladder_change,
			const struct rung *, const struct err *);
	/* Called once for each queued unit that was refused for a reason other
	 * than lack of room: this unit and all later ones stay queued. */
	void (*undeliverable)(struct ladder *, const struct unit *,
			      const struct err *);
	/* Called for each unit that crosses the boundary above the rung, NULL:
	 * above the link, and was counted there; not without rungs. */
	void (*trace)(struct ladder *, const struct rung *, enum dir,
		      const struct unit *);
	/* Arms the ladder's one timer, which calls ladder_fire(). 0: off. */
	void (*arm)(struct ladder *, uint64_t due);
	uint64_t (*now)(const struct ladder *); /* ns monotonic */
	void (*random)(struct ladder *, void *, size_t);
	/* Returns true if the link is read now. */
	bool (*reads)(const struct ladder *);
	/* Finds a fact about the link. `eol`: the line ending of the session.
	 * `strict`: on or off, whether a rung checks what it receives.
	 * `host` and `port`, the address that a client connected to; `peer`,
	 * the peer's address in the kernel's form. Result: false: unknown. */
	bool (*fact)(const struct ladder *, const char *name,
		     struct bytes *value);
	/* Returns the account that queued units and the rungs' bytes are
	 * charged to. */
	struct account *(*account)(const struct ladder *);
};

/*
 * Embedded in its owner. A unit on its way down may wait in one of two queues,
 * and leaves the queue only after the layer below took it:
 *
 * pending: units that the owner sent before their rung was open. Each enters
 * the rung that it was sent to, even if other rungs were pushed on top since.
 * outgoing: units of UNIT_ONCE, and units from `pending`, that the link had no
 * room for. This queue is sent first.
 *
 * While units in either queue wait for room in the link, units from the owner
 * are refused.
 */
struct ladder {
	const struct ladder_sink *sink;
	struct rung *top, *bottom;
	struct ladder_work *work; /* allocated when first needed */
	uint64_t bytes[2];        /* received from the link, passed to it */
	uint16_t pushed;          /* private: serial of the last rung */
	uint8_t base;             /* enum shape: the link's */
	bool opening;   /* the link is not open yet; set by the owner */
	bool passing;   /* private: a unit is on its way up */
	bool end_waits; /* private: an end came while `passing`, and is passed
			   up next */
	bool sent_end;  /* private: the owner sent an end */
};

/* Limit of the data in each queue, and of the queue's other memory, in bytes;
 * more is an error of class limit. */
#define LADDER_HELD_MAX  ((size_t)16 << 20)
#define LADDER_RUNGS_MAX 8

void ladder_init(struct ladder *, enum shape base, const struct ladder_sink *);
void ladder_fini(struct ladder *);
/* Returns the shape that the top rung offers, or the link's. */
enum shape ladder_shape(const struct ladder *);
/*
 * Puts a rung on top, without starting it: ladder_start() follows.
 * Result:  0, the ladder owns it; -1 and *e (shapes that do not fit, another
 *          rung needed below, a rung below that reads no more, too many rungs),
 *          and the rung still belongs to the caller.
 */
int ladder_push(struct ladder *, struct rung *, struct err *e);
/*
 * Starts the new rungs, from the bottom, each when all below is open.
 * `deadline`: the time at which the lowest rung that has not opened fails with
 *          connect-timeout; 0: none.
 */
void ladder_start(struct ladder *, uint64_t deadline);
/* Starts the rungs that waited for the link, which is open now. */
void ladder_link_opened(struct ladder *);
/*
 * Closes the rungs from the top down to `through` (NULL: all), each when the
 * one above is closed; LADDER_CLOSED follows, at the latest at the deadline,
 * and before the return if no rung says goodbye. Until then received units
 * still go up, and the owner's units are refused.
 */
void ladder_close(struct ladder *, struct rung *through,
		  const struct close_request *, uint64_t deadline);
/*
 * Removes the top rung and frees it. Bytes that the rung kept leave at the top,
 * because they have already passed all rungs below. If the rung is open, its
 * queued units go down first. Units still pending for it are discarded, because
 * only this rung could encode them, and they may be secret. An end (UNIT_END)
 * is never discarded.
 * Result:  *unsent: bytes discarded; -1 and *e: there is no rung.
 */
int ladder_pop(struct ladder *, size_t *unsent, struct err *e);
/* Returns the lowest rung that is new or starting; NULL: none. */
const struct rung *ladder_opening_rung(const struct ladder *);
/* Returns true if a rung is new or starting. */
bool ladder_is_opening(const struct ladder *);
/* Returns true from ladder_close() to LADDER_CLOSED. */
bool ladder_is_closing(const struct ladder *);
/* Returns true if a rung keeps input: the link must not be read. */
bool ladder_is_blocked(const struct ladder *);
/* Returns true if more leaves at the top without more from the link: a rung
 * keeps input, or a unit is on its way up. */
bool ladder_holds_input(const struct ladder *);
/* Resumes blocked rungs in the next turn. Call when wants_input() has become
 * true. */
void ladder_unblock(struct ladder *);
/* Resumes blocked rungs and runs timers that are due. Call at the time that was
 * passed to arm(). */
void ladder_fire(struct ladder *);
/* Passes a unit from the link to the bottom rung. An end that comes while
 * another unit is on its way up (a rung answered, and the link failed) follows
 * that unit. */
void ladder_up(struct ladder *, const struct unit *);
/* Moves the offsets of a new rung back by `n`: the bytes that ladder_feed()
 * will pass to it. */
void ladder_rewind(struct rung *, uint64_t n);
/* Passes a unit of unconsumed data, which left at the top earlier, to a rung
 * that was pushed since. Call before any new unit arrives. */
void ladder_feed(struct ladder *, struct rung *into, const struct unit *);
/*
 * Passes a unit from the owner down: to the topmost rung of kind->rung; below
 * the top rung if the unit is raw; else to the top rung. Queues the unit until
 * that rung is open. An end waits for the units before it, and nothing follows
 * it.
 * Errors:  limit (no room in the link or in the ladder; nothing was taken),
 *          closed (after an end, or once the ladder or the rung begins to
 *          close; an end passes closed rungs), the error of a refused pending
 *          unit, a rung's own, the link's own.
 */
int ladder_down(struct ladder *, const struct unit *, struct err *e);
/* Returns the rung that ladder_down() would give the unit to; NULL: the link.
 */
const struct rung *ladder_target(const struct ladder *, const struct unit *);
/* Sends queued units on, because the link has room again. */
void ladder_resume(struct ladder *);
/* Returns the number of bytes queued in the ladder. */
size_t ladder_queued(const struct ladder *);

/* ---- functions for rungs ---- */

/* Passes up a unit. Units leave a rung only by this function and the next, so
 * that trace() sees all of them. */
void rung_pass_up(struct rung *, const struct unit *);
/*
 * Passes down a unit. Without room in the link, the unit is refused, and down()
 * may return this function's result; but an end, and a unit of UNIT_ONCE (an
 * encrypted record, a greeting, a reply), are queued.
 * Errors:  limit (no room, or more than LADDER_HELD_MAX bytes are queued), the
 *          link's own.
 */
int rung_pass_down(struct rung *, const struct unit *, struct err *e);
/* Returns true if a unit may be passed up. If false, the rung keeps its input
 * unread and returns; resume() follows. */
bool rung_may_pass_up(struct rung *);
/* Makes the ladder stop reading the link, because the rung keeps its input
 * until it has sent something. resume() is called after rung_resume_later(),
 * perhaps before. */
void rung_hold(struct rung *);
/* Makes the ladder call resume() in the next turn: the rung may read the input
 * that it keeps. */
void rung_resume_later(struct rung *);
/* Returns the offset, in the stream below, of the end of the received bytes. */
uint64_t rung_received(const struct rung *);
/* Sets the span of the units passed up next: from the end of the last span to
 * `upto`, an offset in the stream below. */
void rung_consumed(struct rung *, uint64_t upto);
/* Reports a control unit to the owner. */
void rung_control(struct rung *, enum dir, const struct unit *);
/* Reports a line for a key log to the owner. */
void rung_secret(struct rung *, struct bytes line);
/* Marks a starting rung open: its pending units go down, then the rung above
 * starts. Ignored if the rung was closed or failed meanwhile. */
void rung_opened(struct rung *);
/* Reports that close() is done. Ignored in other states than CLOSING. */
void rung_closed(struct rung *);
/* Ends the rung because the peer ended its layer, and passes the end up. The
 * bytes that the rung kept, and later ones, pass as raw. `how`: an error, or
 * NULL for an end in order. If the rung is not open yet, it fails. */
void rung_ended(struct rung *, const struct err *how);
/*
 * Ends the rung and all above it with an error. The bytes that they keep, from
 * the top rung down, and then `rest` leave at the top as raw; so do all later
 * ones.
 */
void rung_fail(struct rung *, struct bytes rest, const struct err *why);
/* Changes the shape that the rung offers. */
void rung_reshape(struct rung *, enum shape);
/* Makes the ladder call timer() once, at that time. 0: off. A rung that is
 * closed or ended has no timer. */
void rung_timer(struct rung *, uint64_t due);
/* Returns the time, ns monotonic. */
uint64_t rung_now(const struct rung *);
/* Fills the memory with n bytes that a peer cannot predict. */
void rung_random(struct rung *, void *, size_t n);
/* Returns true if the link is read now. If false, an answer of the peer may
 * wait in the kernel. */
bool rung_reads(const struct rung *);
/* Finds a fact about the link, such as `sid`. Result: false: unknown. */
bool rung_fact(const struct rung *, const char *name, struct bytes *value);
/* Returns the account to which the rung charges its buffers; or NULL. */
struct account *rung_account(const struct rung *);

#endif
