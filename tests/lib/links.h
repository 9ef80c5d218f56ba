/* SPDX-License-Identifier: ISC */
/*
 * A fixture for tests of links: a loop, a net, and ends that record all their
 * callbacks. The tests do the checks.
 */
#ifndef TESTS_LIB_LINKS_H
#define TESTS_LIB_LINKS_H

#include "rung/transport.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ENDS = 128 };

struct end {
	struct transport t;
	struct buf got;      /* all received bytes */
	struct buf cuts;     /* length of each unit: ` 5 3` */
	struct buf notes;    /* notices, each `-text\n`; details begin with + */
	unsigned units, cut; /* units received; units cut by the kernel */
	unsigned drains, halves;
	bool over;        /* received UNIT_END */
	struct buf moves; /* state changes, a letter each */
	struct err why;   /* error of the last change; ERR_NONE: none */
	size_t left;      /* bytes unsent at close */
	bool dry;         /* wants no input */
	bool sips;        /* wants no input after a unit */
	bool goes;        /* may be closed for another peer */
	unsigned asked;   /* number of calls of may_go() */
	bool echoes, refuses, closes_at_end;
	struct end *kids[ENDS]; /* peers that this listener accepted */
	unsigned kid_count;
};

/* The engine under test, set by main(); each test has its own fixture with
 * it. */
extern const struct loop_engine *engine;
extern struct loop *loop;
extern struct net net;
extern struct timer guard;
/* Callbacks of the transport of every end. */
extern const struct transport_sink sink;

struct end *new_end(void);
/* If one of these functions gets an error, the test fails. */
struct endpoint at(const char *text);
void listen_as(struct end *, const char *text, const struct listen_options *);
struct end *listen_on(const char *text);
struct end *dial_as(struct end *, const char *text);
struct end *dial(const char *text);
void say(struct end *, const char *text);
/* Sends data that must be rejected. Result: the error. */
struct err say_bad(struct end *, struct bytes data);
void has(const char *text, const char *words);

/* Returns the listener's address in a form that can be connected to, in a
 * static buffer. */
const char *where(const struct end *listener);
/* Connects to the listener and returns the client; *kid is the accepted end. */
struct end *meet(struct end *listener, struct end **kid);
/* Returns all received bytes as a string. */
const char *got(struct end *);

/* Returns `SCHEME://@` and a name that no other test run uses, in a static
 * buffer. */
const char *abstract_of(const char *scheme);

void turn(void);
/* Runs a few turns that do not wait, to handle all pending events. */
void settle(void);

/* Runs turns until the condition is true. The guard timer fails the test after
 * 10 s. */
#define until(so)                                                       \
	do {                                                            \
		loop_arm(loop, &guard, loop_now(loop) + 10 * NS_PER_S); \
		while (!(so))                                           \
			turn();                                         \
		loop_disarm(loop, &guard);                              \
	} while (0)

int world_setup(void **state);
int world_teardown(void **state);

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

#define RUN_OVER_ENGINES(tests)                                       \
	int failed = 0;                                               \
                                                                      \
	for (int i = 0; loop_engines[i]; i++) {                       \
		engine = loop_engines[i];                             \
		print_message("over %s\n", loop_engine_name(engine)); \
		failed += cmocka_run_group_tests(tests, NULL, NULL);  \
	}                                                             \
	return failed

#endif
