/* SPDX-License-Identifier: ISC */
/*
 * Units: the bytes and messages that links, rungs and sessions exchange, and
 *        their shapes. On this layer because net and ladder both need them and
 *        do not include each other.
 */
#ifndef RUNG_UNIT_H
#define RUNG_UNIT_H

#include "rung/bytes.h"

struct addr;

enum shape {
	SHAPE_BYTES,     /* a stream, without boundaries */
	SHAPE_DATAGRAMS, /* boundaries kept; may be lost or reordered */
	SHAPE_MESSAGES,  /* boundaries kept, in order */
};

/* Directions. Up: received; down: sent. The code uses no other words for them.
 */
enum dir { DIR_UP, DIR_DOWN };

#define UNIT_DATA 0u /* kind: payload; other kinds belong to a rung */
#define UNIT_RAW \
	1u /* bytes that no rung has read, or that enter below the top rung */

enum {
	UNIT_END = 1u << 0, /* no unit follows in this direction */
	UNIT_CUT = 1u << 1, /* the kernel cut the datagram */
	UNIT_CR = 1u << 2,  /* a line that had a CR before its LF */
};

struct unit { /* lent for the call */
	struct bytes data;
	unsigned kind;
	unsigned flags;
	const struct addr *peer; /* datagrams only, else NULL */
};

#endif
