/* SPDX-License-Identifier: ISC */
/*
 * Implements shells.h.
 */
#include "tests/lib/shells.h"

static void payload(struct out *o, struct bytes b)
{
	buf_put(&list_entry(o, struct world, out)->payload, b);
}

static void diag(struct out *o, struct bytes b)
{
	buf_put(&list_entry(o, struct world, out)->diag, b);
}

struct world *shells_new(const struct cmd *const *table,
			 const struct protocols *protocols)
{
	static const struct out_ops ops = {payload, diag};
	struct world *w = xalloc(sizeof *w);
	w->clock.fake = true;
	w->clock.at = NS_PER_S; /* 0 would mean never */
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	w->log = log_new(&w->hub, 1000);
	w->journal = journal_new(&w->hub);
	w->out.ops = &ops;
	w->out.quiet = true;
	buf_init(&w->payload, BUF_SMALL);
	buf_init(&w->diag, BUF_SMALL);
	screen_init(&w->screen, &w->hub, &w->out, view_find(BYTES("line")));
	shell_init(&w->shell, &w->hub, w->log, &w->screen, &w->out, table,
		   protocols);
	w->shell.journal = w->journal;
	w->shell.interactive = true;
	return w;
}

void shells_free(struct world *w)
{
	shell_fini(&w->shell);
	screen_fini(&w->screen);
	journal_free(w->journal);
	log_free(w->log);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->payload);
	buf_fini(&w->diag);
	free(w);
}

int shells_setup(void **state)
{
	struct world *w = shells_new(cmd_table, &protocols_all);
	w->screen.states = false;
	w->hub.display.live = false;
	*state = w;
	return 0;
}

int shells_teardown(void **state)
{
	shells_free(*state);
	return 0;
}

enum words_result feed(struct world *w, const char *text)
{
	/* The next turn must not wait: it runs the fed commands. */
	loop_no_wait(w->loop);
	return shell_feed(&w->shell, bytes_str(text), "", 1, true);
}

void run(struct world *w, const char *text)
{
	feed(w, text);
	for (int i = 0; !shell_idle(&w->shell) && !w->shell.ended; i++) {
		assert_true(i < 100000);
		assert_int_equal(loop_turn(w->loop, NULL), 0);
	}
}

void expect_stdout(struct world *w, const char *want)
{
	assert_string_equal(buf_cstr(&w->payload), want);
	buf_clear(&w->payload);
}

void expect_stderr(struct world *w, const char *want)
{
	assert_string_equal(buf_cstr(&w->diag), want);
	buf_clear(&w->diag);
}

void completes(struct world *w, const char *line, const char *want)
{
	struct completions c;
	struct buf got = {.limit = BUF_SMALL};
	shell_complete(&w->shell, bytes_str(line), strlen(line), &c);
	const char *at = (const char *)buf_bytes(&c.words).at;
	for (size_t i = 0; i < c.count; i++, at += strlen(at) + 1)
		buf_printf(&got, "%s ", at);
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
	buf_fini(&c.words);
}

size_t count_jobs(const struct world *w)
{
	size_t n = 0;
	list_each (link, &w->shell.jobs)
		n++;
	return n;
}
