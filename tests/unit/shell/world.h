/* SPDX-License-Identifier: ISC */
/*
 * A shell with all commands, on a fake clock, and what it said: for the tests
 * of jobs and handlers. The front end's part is the tests'.
 */
#ifndef RUNG_TESTS_SHELL_WORLD_H
#define RUNG_TESTS_SHELL_WORLD_H

#include "rung/cmd.h"
#include "rung/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct world {
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct log *log;
	struct out out;
	struct screen screen;
	struct shell shell;
	struct buf payload, talk;
};

static void world_payload(struct out *o, struct bytes b)
{
	buf_put(&list_entry(o, struct world, out)->payload, b);
}

static void world_talk(struct out *o, struct bytes b)
{
	buf_put(&list_entry(o, struct world, out)->talk, b);
}

static inline int world_setup(void **state)
{
	static const struct out_ops ops = {world_payload, world_talk};
	struct world *w = xalloc(sizeof *w);
	w->clock.fake = true;
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	w->log = log_new(&w->hub, 1000);
	w->out.ops = &ops;
	w->out.quiet = true;
	buf_init(&w->payload, BUF_SMALL);
	buf_init(&w->talk, BUF_SMALL);
	screen_init(&w->screen, &w->hub, &w->out, view_find(BYTES("line")));
	w->screen.states = false;
	w->hub.manner.live = false;
	shell_init(&w->shell, &w->hub, w->log, &w->screen, &w->out, cmd_table);
	w->shell.interactive = true;
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;
	shell_fini(&w->shell);
	screen_fini(&w->screen);
	log_free(w->log);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->payload);
	buf_fini(&w->talk);
	free(w);
	return 0;
}

static inline void feed(struct world *w, const char *text)
{
	shell_feed(&w->shell, bytes_str(text), "", 1, true);
}

/* Feeds lines and turns until the front has run them. */
static inline void run(struct world *w, const char *text)
{
	feed(w, text);
	for (int i = 0; !shell_idle(&w->shell) && !w->shell.ended; i++) {
		assert_true(i < 100000);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

static inline void expect_said(struct world *w, const char *want)
{
	assert_string_equal(buf_cstr(&w->payload), want);
	buf_clear(&w->payload);
}

static inline size_t count_jobs(struct world *w)
{
	size_t n = 0;
	list_each (link, &w->shell.jobs)
		n++;
	return n;
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

#endif
