/* SPDX-License-Identifier: ISC */
/*
 * A fixture for tests of sessions: a hub with real loopback sockets, and a
 * buffer for its events. Each test formats and checks the events itself.
 */
#ifndef TESTS_LIB_HUBS_H
#define TESTS_LIB_HUBS_H

#include "rung/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct subscriber sub;
	struct buf events;
	struct session *c, *p; /* sessions of the test */
};

struct world *hubs_new(void (*on_event)(struct subscriber *,
					const struct event *));
int hubs_teardown(void **state);
/* Finds a session; NULL: no session has this name. */
struct session *find(struct world *, const char *name);
/* Runs turns until the session `name` is in the given state. Fails the test
 * after 10000 turns. */
struct session *until(struct world *, const char *name, enum session_state);
struct session *listener_at(struct world *, const char *address, bool echo);
/* Connects and runs turns until the client is open. `name` may be empty: then
 * the hub names the session c1, c2… */
struct session *client_of(struct world *, const struct session *to,
			  const char *name);
/* Runs turns until the inbox of session `name` has at least n bytes. */
struct session *until_unread(struct world *, const char *name, size_t n);
/* Runs turns until session `name` is freed. */
void until_gone(struct world *, const char *name);
/* Inline: links.h has a function of this name for tests without a hub. */
static inline void turn(struct world *w)
{
	assert_int_equal(loop_turn(w->loop, NULL), 0);
}
void send_text(struct session *, const char *text);
/* Pass bytes, or an end, up as if the link had read them. */
void receive(struct session *, struct bytes);
void receive_end(struct session *);
/* Compares all events since the previous call. */
void expect_events(struct world *, const char *want);
/* Compares unconsumed data: `[message]` for each, or the stream's bytes. */
void expect_unread(struct session *, const char *want);
/* Fails unless the inbox's stream, or its first message, equals `want`. */
void expect_front(const struct session *, const char *want);

#endif
