/* SPDX-License-Identifier: ISC */
/*
 * A world for the tests of links: a loop, a net, and ends that note all they
 * are told. What is right is the tests' business.
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
	struct buf got;      /* all that came */
	struct buf cuts;     /* the length of each unit, ` 5 3` */
	struct buf notes;    /* `-text\n`; details with a + */
	unsigned units, cut; /* that came; that the kernel had cut */
	unsigned drains, halves;
	bool over;        /* UNIT_END came */
	struct buf moves; /* a letter for each state */
	struct err why;   /* of the last move; kind ERR_NONE: none */
	size_t left;      /* unsent when it closed */
	bool dry;         /* not thirsty */
	bool goes;        /* may make room for another peer */
	unsigned asked;   /* whether it may, so many times */
	bool echoes, refuses, closes_at_end;
	struct end *kids[ENDS]; /* that this listener accepted */
	unsigned kid_count;
};

/* The engine's turn in main(); each test has a world of its own over it. */
extern const struct loop_engine *engine;
extern struct loop *loop;
extern struct net net;
extern struct timer guard;
/* What every end's transport is told by. */
extern const struct transport_sink sink;

struct end *new_end(void);
/* These fail the test where they cannot do it. */
struct endpoint at(const char *text);
void listen_as(struct end *, const char *text, const struct listen_options *);
struct end *listen_on(const char *text);
struct end *dial_as(struct end *, const char *text);
struct end *dial(const char *text);
void say(struct end *, const char *text);
/* Result: the error that sending that gives. */
struct err say_bad(struct end *, struct bytes data);
void has(const char *text, const char *words);

/* Where the listener is, as one connects to it; static. */
const char *where(const struct end *listener);
/* A client and the listener's end of its connection. */
struct end *meet(struct end *listener, struct end **kid);
/* All that came, as a string. */
const char *got(struct end *);

/* `SCHEME://@` and a name that no other run of the tests has; static. */
const char *abstract_of(const char *scheme);

void turn(void);
/* A few turns that wait for nothing: what could happen at once has. */
void settle(void);

/* Turns until it is so; the guard fails the test where it never is. */
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
