/* SPDX-License-Identifier: ISC */
/*
 * A world for the tests of sessions: a hub with real loopback sockets, and a
 * place to note what it tells. What is noted is the tests' business.
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
	struct buf heard;
	struct session *c, *p; /* the tests' own */
};

struct world *hubs_new(void (*hear)(struct subscriber *, const struct event *));
int hubs_teardown(void **state);
/* Result: NULL: there is none. */
struct session *find(struct world *, const char *name);
/* Turns until `name` is in that state, or has gone where it is asked for. */
struct session *until(struct world *, const char *name, enum session_state);
struct session *listener_at(struct world *, const char *address, bool echo);
/* Until it is open. `name` empty: c1, c2… */
struct session *client_of(struct world *, const struct session *to,
			  const char *name);
/* Runs the loop until that session's inbox holds at least n bytes. */
struct session *until_unread(struct world *, const char *name, size_t n);
/* Runs the loop until that session has been freed. */
void until_gone(struct world *, const char *name);
void send_text(struct session *, const char *text);
/* Fails unless the inbox's stream, or its first message, is `want`. */
void expect_front(const struct session *, const char *want);

#endif
