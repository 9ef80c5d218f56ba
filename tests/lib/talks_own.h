/* SPDX-License-Identifier: ISC */
/*
 * Internals of talks.h, shared by talks.c and talk_router.c.
 */
#ifndef TESTS_LIB_TALKS_OWN_H
#define TESTS_LIB_TALKS_OWN_H

#include "tests/lib/talks.h"

/* A carrier and the conversation or router that awaits it. */
struct tie {
	struct list at;
	struct waiter waiter;
	struct talk *talk; /* NULL: the carrier has not greeted */
	struct talk_router *router;
};

struct talk_router {
	struct router router;
	struct session *listener;
	struct rung_plan *above;
	struct timer work;
	struct list ties; /* carriers that have not greeted */
	struct list talks;
	unsigned last_id;
};

struct talk {
	struct list at;             /* link in its router's talks */
	struct talk_router *router; /* NULL: a client */
	struct session *session;
	struct endpoint to; /* client: the listener */
	struct timer work;
	struct list ties;
	struct tie *current; /* the carrier for sending; or NULL */
	struct list unacked;
	size_t queued;        /* bytes of `unacked` */
	uint64_t sent;        /* number of the newest message */
	uint64_t passed;      /* newest message that `current` took */
	uint64_t seen, acked; /* received; acknowledged to the peer */
	unsigned id;
	char id_text[16];
	bool full; /* CARRIER_FULL was returned */
	bool busy; /* inside talk_work() */
	bool over; /* the link is closed */
};

/* Returns the session of a carrier; NULL: no longer awaited. */
struct session *carrier_of(const struct tie *);
/* Sends `TYPE A B` on a carrier. Result: 0, or -1: no room, or closed. */
int put_line(const struct tie *, char type, uint64_t a, uint64_t b);
/* Reads `N M` or `N DATA`. Result: N; *rest: the text after the blank. */
uint64_t number_of(struct bytes text, struct bytes *rest);
/* Awaits a carrier. */
struct tie *tie_new(struct session *carrier);
void tie_free(struct tie *);
/* Gives a carrier to a conversation. */
void tie_to(struct tie *, struct talk *);
/* Makes a conversation without a session. */
struct talk *talk_new(void);
void talk_free(struct talk *);
void talk_set_number(struct talk *, unsigned id);
/* Lets the conversation act in this turn. */
void talk_mark(struct talk *);
/* Makes the carrier the current one, for the messages after `seen`. */
void make_current(struct talk *, struct tie *, uint64_t seen);
extern const struct carrier_ops talk_ops;
extern const struct transport_ops talk_row;

#endif
