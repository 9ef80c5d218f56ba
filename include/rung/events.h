/* SPDX-License-Identifier: ISC */
/*
 * Events for programs (--json): prints hub events and payload as JSON objects,
 * one per line, as in docs/events.schema.json.
 */
#ifndef RUNG_EVENTS_H
#define RUNG_EVENTS_H

#include "rung/hub.h"
#include "rung/out.h"

/* Limit of the bytes of a message in its event; a longer message is truncated,
 * and its event has the key `cut`. */
#define EVENTS_DATA_MAX ((size_t)64 << 10)

struct events {
	struct subscriber sub;
	struct redirect divert;
	struct hook release; /* ends hub_hold_input() */
	struct hub *hub;
	struct out *out;
	struct buf printed; /* payload not yet in an event */
	unsigned job;       /* job that printed it; 0: none */
	struct buf line;    /* the event being printed */
};

/* Prints hub events, and payload as events, until events_fini(), which prints
 * the payload that is left. */
void events_init(struct events *, struct hub *, struct out *);
void events_fini(struct events *);

#endif
