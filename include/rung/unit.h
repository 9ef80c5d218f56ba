/* SPDX-License-Identifier: ISC */
/*
 * What moves between links, rungs and sessions, and in which shape. On this
 * floor because net and ladder both need it and do not know each other.
 */
#ifndef RUNG_UNIT_H
#define RUNG_UNIT_H

#include "rung/bytes.h"

struct addr;

enum shape {
	SHAPE_BYTES,     /* a stream: boundaries mean nothing */
	SHAPE_DATAGRAMS, /* boundaries kept; may be lost or reordered */
	SHAPE_MESSAGES,  /* boundaries kept, in order */
};

/* Up is what came, down is what is sent; always these words. */
enum dir { DIR_UP, DIR_DOWN };

#define UNIT_DATA 0u /* kind: payload. Other kinds are the rung's own. */
#define UNIT_RAW  1u /* bytes as they come or go, past what a rung makes */

enum {
	UNIT_END = 1u << 0, /* nothing follows in this direction */
	UNIT_CUT = 1u << 1, /* the kernel cut the datagram */
	UNIT_CR = 1u << 2,  /* a line that a CR stood behind, before its LF */
};

struct unit { /* lent for the call */
	struct bytes data;
	unsigned kind;
	unsigned flags;
	const struct addr *peer; /* datagrams only, else NULL */
};

#endif
