/* SPDX-License-Identifier: ISC */
/*
 * Scripts as tests, in the Test Anything Protocol, version 13: each expect is a
 * test point, and so is the failure that ends a script. prove or another
 * harness runs the tests.
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
	struct buf report; /* context of the next failure */
	struct buf open;   /* last line of payload, not yet complete */
	uint64_t points, failed;
	bool reported; /* the next error already has a test point */
};

/* Redirects payload to comments until tap_fini(). */
void tap_init(struct tap *, struct hub *, struct out *);
void tap_fini(struct tap *);

#endif
