/* SPDX-License-Identifier: ISC */
/*
 * Units are the bytes and messages that links, rungs and sessions exchange.
 * This header also has their shapes. net and ladder both need units, and do not
 * include each other.
 */
#ifndef RUNG_UNIT_H
#define RUNG_UNIT_H

#include "rung/attrs.h"
#include "rung/bytes.h"

struct addr;

enum shape {
	SHAPE_BYTES,     /* a stream, without boundaries */
	SHAPE_DATAGRAMS, /* boundaries kept; may be lost or reordered */
	SHAPE_MESSAGES,  /* boundaries kept, in order */
};

/* Up: received; down: sent. */
enum dir { DIR_UP, DIR_DOWN };

/* A kind of unit that a rung defines, in a table in the rung's file. */
struct unit_kind {
	const char *rung, *name, *brief; /* "ws", "ping", "a ping" */
	unsigned flags;                  /* KIND_* */
	unsigned code; /* the protocol's own: an opcode, a packet type */
};

enum {
	KIND_CONTROL = 1u << 0, /* an event, not a message: enters no inbox */
	KIND_TEXT = 1u << 1,    /* the data is UTF-8 */
	KIND_NAMED = 1u << 2,   /* the attribute `name` identifies the event */
	/* A control unit that is only shown with -v: it has no number, and
	 * neither the log nor a command gets it. */
	KIND_STEP = 1u << 3,
	KIND_SENT = 1u << 4, /* only sent: no command can wait for it */
	/* The data is lines, an empty line and a body, whose media type is the
	 * attribute `header.content-type`. */
	KIND_HEADED = 1u << 5,
};

enum {
	UNIT_END = 1u << 0, /* no unit follows in this direction */
	UNIT_CUT = 1u << 1, /* the kernel cut the datagram */
	UNIT_RAW = 1u << 2, /* up: a rung that reads no more passed it on; down:
			       it enters below the top rung */
	UNIT_ONCE = 1u << 3, /* down: queued while the link is full, because the
				rung cannot make it again */
	UNIT_MORE = 1u << 4, /* the message continues in the next unit */
	UNIT_BINARY = 1u << 5, /* down: not text */
	/* Continues the previous unit, which had UNIT_MORE; has no head. */
	UNIT_REST = 1u << 6,
	/* Bits for the rung that made the unit; kept with the message, and
	 * passed back to to_wire(). */
	UNIT_OWN = 0xff00u,
};

/* Returns true for a control unit. */
static inline bool unit_is_control(const struct unit_kind *kind)
{
	return kind && kind->flags & KIND_CONTROL;
}
/* Returns true for a control unit that is only shown. */
static inline bool unit_is_step(const struct unit_kind *kind)
{
	return kind && kind->flags & KIND_STEP;
}
/* Returns true if commands can wait for units of the kind. */
static inline bool unit_can_come(const struct unit_kind *kind)
{
	return !(kind->flags & (KIND_STEP | KIND_SENT));
}
/* Finds a kind in a table (NULL: an empty one). Result: NULL: none. */
const struct unit_kind *unit_kind_find(const struct unit_kind *table,
				       struct bytes name);
/* Splits `ws.ping` into the names of the rung and its kind. Result: false:
 * there is no dot. */
bool unit_kind_split(struct bytes text, struct bytes *rung, struct bytes *kind);
/* Returns the length of the lines and the empty line before the body; 0 if the
 * kind is not KIND_HEADED, all of the data if it has no empty line. */
size_t unit_head_len(const struct unit_kind *, struct bytes data);
/* Appends the kind as `RUNG.NAME`; without a kind `data`, or `raw` if the flags
 * have UNIT_RAW. */
void unit_kind_print(const struct unit_kind *, unsigned flags, struct buf *out);

/* A zeroed unit is plain data. */
struct unit { /* lent for the call */
	struct bytes data;
	const struct unit_kind *kind; /* NULL: plain data */
	struct attrs *attrs;          /* or NULL; to keep, take a reference */
	const struct addr *peer;      /* datagrams only, else NULL */
	unsigned flags;
};

#endif
