/* SPDX-License-Identifier: ISC */
/*
 * A world for the tests of shells: one on a fake clock, with all that it needs,
 * and what it said. The front end's part is the tests'.
 */
#ifndef TESTS_LIB_SHELLS_H
#define TESTS_LIB_SHELLS_H

#include "rung/cmd.h"
#include "rung/job.h"
#include "rung/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct log *log;
	struct journal *chronicle;
	struct out out;
	struct screen screen;
	struct shell shell;
	struct buf payload, talk;
};

/* With these commands. */
struct world *shells_new(const struct cmd *const *table);
void shells_free(struct world *);
/* With all commands; sessions are held, and their states not told. */
int shells_setup(void **state);
int shells_teardown(void **state);

enum words_result feed(struct world *, const char *text);
/* Feeds lines and turns until the front has run them. */
void run(struct world *, const char *text);
/* Just that was printed, or told, since it was asked last. */
void expect_said(struct world *, const char *want);
void expect_told(struct world *, const char *want);
size_t count_jobs(const struct world *);

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, shells_setup, shells_teardown)

#endif
