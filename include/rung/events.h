/* SPDX-License-Identifier: ISC */
/*
 * Events for programs: what the hub tells and what commands print, one JSON
 * object a line. docs/events.schema.json says which; writing them to stdout is
 * the front end's.
 */
#ifndef RUNG_EVENTS_H
#define RUNG_EVENTS_H

#include "rung/hub.h"
#include "rung/out.h"

/* Of a message, at most this much is told, and `cut`. */
#define EVENTS_DATA_MAX ((size_t)64 << 10)

struct events {
	struct subscriber sub;
	struct redirect divert;
	struct hub *hub;
	struct out *out;
	struct buf printed; /* payload that is not told yet */
	struct buf line;    /* the one at hand */
};

/* Diverts the out until events_fini(), which tells what was printed last. */
void events_init(struct events *, struct hub *, struct out *);
void events_fini(struct events *);

#endif
