/* SPDX-License-Identifier: ISC */
/*
 * A client and a server that exchange their records through buffers, for tests
 * of the rungs tls and dtls. A function that cannot do its work fails the test.
 */
#ifndef TESTS_LIB_TLS_ENDS_H
#define TESTS_LIB_TLS_ENDS_H

#include "tests/lib/plans.h"
#include "tests/lib/rungs.h"

enum { CLIENT, SERVER };

struct ends {
	struct mock side[2];
	struct rung_plan *plan[2];
};

/* Makes a plan of the rung tls: see plan_with(). */
struct rung_plan *tls_try_plan(enum side, const char *const *options,
			       struct err *e);
/* The next two functions fail the test if an option is rejected. */
struct rung_plan *ends_plan(const char *rung, enum side,
			    const char *const *options);
struct rung_plan *tls_plan(enum side, const char *const *options);
/* Initializes a mock and puts the rungs of the plan on its ladder. */
void ends_push(struct mock *, struct rung_plan *);
/* Takes over both plans. */
void ends_init(struct ends *, struct rung_plan *client,
	       struct rung_plan *server);
void ends_fini(struct ends *);
void ends_start(struct ends *);
/* Takes what this side sent. The caller frees it. */
struct buf ends_take_sent(struct ends *, int side);
/* Passes what this side sent to the other, in pieces. Result: false: it sent
 * nothing. */
bool ends_carry(struct ends *, int from, size_t piece);
/* Carries until neither side sends more. */
void ends_settle(struct ends *, size_t piece);
/* Makes both sides, and opens them without a check of the certificate. */
void ends_open(struct ends *);
const char *ends_notes(struct ends *, int side);
/* The next four functions fail the test if the side has no such note, has
 * another value of the fact, cannot send the text, or has received other data.
 */
void ends_has_note(struct ends *, int side, const char *part);
void ends_has_fact(struct ends *, int side, const char *name, const char *want);
void ends_say(struct ends *, int side, const char *text);
void ends_got(struct ends *, int side, const char *data);

#endif
