/* SPDX-License-Identifier: ISC */
/*
 * Scripts as tests: each expect is a test point of the Test Anything Protocol,
 * version 13, and so is the failure that ends a script. Running tests is
 * prove's job, and its like.
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
	struct buf report; /* of the failure that follows */
	struct buf open;   /* payload: a line that has no end yet */
	uint64_t points, failed;
	bool reported; /* the error that follows is a test point already */
};

/* Diverts the out until tap_fini(): payload becomes comments. */
void tap_init(struct tap *, struct hub *, struct out *);
void tap_fini(struct tap *);

#endif
