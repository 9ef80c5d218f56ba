/* SPDX-License-Identifier: ISC */
/*
 * A rung for tests: messages and control units as lines of text.
 */
#ifndef TESTS_LIB_CONTROL_RUNG_H
#define TESTS_LIB_CONTROL_RUNG_H

#include "rung/ladder.h"

/* Indices of probe_kinds. */
enum {
	PROBE_TEXT,  /* a message */
	PROBE_EVENT, /* a message with a name */
	PROBE_PING,  /* control */
	PROBE_PONG,  /* control */
	PROBE_ALERT, /* control, with a name */
};
extern const struct unit_kind probe_kinds[];

/*
 * The rung `probe`. A unit is a line on the wire: `KIND[,NAME=VALUE]... DATA`,
 * with the attributes, such as `event,name=chat,id=7 hello`. A `+` before KIND
 * marks a part of a message that goes on. Any other line is plain data.
 */
extern const struct rung_ops probe_rung;

#endif
