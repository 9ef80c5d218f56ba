/* SPDX-License-Identifier: ISC */
/*
 * A fixture for tests of shells: a shell on a fake clock, with all its parts,
 * and buffers for its output. There is no front end; the tests replace it.
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
	struct journal *journal;
	struct out out;
	struct screen screen;
	struct shell shell;
	struct buf payload, diag;
};

/* Creates a shell with the commands of `table`, and schemes and rungs. */
struct world *shells_new(const struct cmd *const *table,
			 const struct protocols *);
void shells_free(struct world *);
/* Creates a shell with all commands. Sessions are not live, and their states
 * are not printed. */
int shells_setup(void **state);
int shells_teardown(void **state);

enum words_result feed(struct world *, const char *text);
/* Feeds lines and runs turns until the foreground is idle. */
void run(struct world *, const char *text);
/* Compares the stdout since the previous call; expect_stderr() does this for
 * stderr. */
void expect_stdout(struct world *, const char *want);
void expect_stderr(struct world *, const char *want);
/* Compares the completions at the end of the line: each word, then a blank. */
void completes(struct world *, const char *line, const char *want);
size_t count_jobs(const struct world *);

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, shells_setup, shells_teardown)

#endif
