/* SPDX-License-Identifier: ISC */
/*
 * Prints a script's results in the Test Anything Protocol, version 13 (--tap):
 * each expect is a test point, and so is the error that ends a script. prove or
 * another harness runs such scripts.
 */
#ifndef RUNG_TAP_H
#define RUNG_TAP_H

#include "rung/hub.h"
#include "rung/out.h"

struct tap {
	struct subscriber sub;
	struct redirect divert;
	struct hub *hub;
	struct out *out;
	struct buf report; /* context of the next error */
	struct buf open;   /* incomplete last line of payload */
	uint64_t points, failed;
	bool reported; /* the next error already has a test point */
};

/* Prints expects as test points, and payload as comments, until tap_fini(). */
void tap_init(struct tap *, struct hub *, struct out *);
void tap_fini(struct tap *);

#endif
