/* SPDX-License-Identifier: ISC */
/*
 * The policy of `rung pipe`: who is served, what ends a pair and with which
 * exit code. Bytes are moved elsewhere.
 */
#include "own.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct loop *loop_of(const struct pair *pair)
{
	return pair->pipe->net->loop;
}

/* ---- the end of a pair ---- */

void pipe_say(const struct pipe *pipe, const char *text)
{
	char line[520];

	snprintf(line, sizeof(line), "pipe: %s", text);
	pipe->sink->say(line);
}

static void pipe_ends(struct pipe *pipe, int status)
{
	if (pipe->done)
		return;
	pipe->done = true;
	pipe->status = status;
	loop_soon(pipe->net->loop);
}

/* Whether it goes on when a pair is over. */
static bool serves_on(const struct pipe *pipe)
{
	return pipe->o->listens && pipe->o->keeps;
}

static void pair_close(struct pair *pair, bool reset)
{
	struct pipe *pipe = pair->pipe;
	struct loop *loop = loop_of(pair);

	pair->over = true;
	loop_cancel(loop, &pair->patience);
	loop_cancel(loop, &pair->quit);
	for (int i = 0; i < 2; i++)
		loop_cancel(loop, &pair->ways[i].resume);
	end_close(&pair->near, reset);
	end_close(&pair->far, reset);
	list_remove(&pair->at);
	list_append(&pipe->over, &pair->at);
	pipe->count--;
	loop_soon(loop);
	transport_touch(&pipe->listener);
}

/* A link's reset is passed on to the other one. */
static void pair_end(struct pair *pair, const struct err *why)
{
	struct pipe *pipe = pair->pipe;
	bool reset = why && why->kind == ERR_RESET && pipe->o->relays;

	if (why)
		pipe_say(pipe, why->text);
	if (!serves_on(pipe))
		pipe_ends(pipe, why ? err_exit(why->kind) : 0);
	pair_close(pair, reset);
}

void pair_unread(struct pair *pair)
{
	if (pair->over)
		return;
	pipe_ends(pair->pipe, 128 + SIGPIPE);
	pair_close(pair, false);
}

static void quit_fires(struct timer *timer)
{
	pair_end(list_entry(timer, struct pair, quit), NULL);
}

/* Whether the near one goes on when the far one has ended. Standard input may
 * never end, so that nobody waits for it unless asked to; a file does end, and
 * is not to be cut. */
static bool sends_on(const struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;

	return o->relays || (o->keeps && !o->listens) ||
	       pair->near.in_kind == FD_FILE;
}

/* What lies in standard input already goes out, as far as it goes at once. */
static bool more_waits(const struct pair *pair)
{
	struct pollfd p = {.fd = pair->near.in, .events = POLLIN};

	return !pair->ways[DIR_DOWN].blocked && poll(&p, 1, 0) > 0 &&
	       !(p.revents & POLLNVAL);
}

void pair_check(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	bool up = pair->ways[DIR_UP].done, down = pair->ways[DIR_DOWN].done;
	struct loop *loop = loop_of(pair);

	if (pair->over)
		return;
	if (pair->why.kind != ERR_NONE) {
		if (pair->broken->reads->done)
			pair_end(pair, &pair->why);
		return;
	}
	if (up && (down || (!sends_on(pair) && !more_waits(pair)))) {
		pair_end(pair, NULL);
		return;
	}
	if (o->quits && (down || (up && o->relays)) && !loop_armed(&pair->quit))
		loop_at(loop, &pair->quit, loop_now(loop) + o->quit);
}

/* ---- failures ---- */

static enum err_kind kind_of(int code, enum err_kind timeout)
{
	if (code == EPIPE)
		return ERR_RESET;
	if (code == ETIMEDOUT)
		return timeout;
	return err_of_errno(code);
}

static const char *words_of(int code)
{
	if (code == ECONNRESET)
		return "reset by the peer";
	if (code == EPIPE)
		return "closed by the peer, which takes no more";
	if (code == ETIMEDOUT)
		return "the peer acknowledges no more (timed out)";
	return err_words(code);
}

/* The end is broken: what it sent before is still brought to the other. */
static void pair_breaks(struct end *end, const struct err *why)
{
	struct pair *pair = end->pair;

	if (pair->why.kind == ERR_NONE) {
		pair->why = *why;
		pair->broken = end;
	}
	way_drop(end->writes);
	pair_check(pair);
}

static void word_failure(struct end *end, int code, enum err_kind timeout,
			 struct err *e)
{
	err_set(e, kind_of(code, timeout), code, "pipe",
		"%.120s: %s (%llu bytes went, %llu came)", end->name,
		words_of(code), (unsigned long long)end->writes->bytes,
		(unsigned long long)end->reads->bytes);
}

void pair_read_failed(struct way *w, int code)
{
	struct pair *pair = w->pair;
	struct err why;

	if (pair->over)
		return;
	/* It was closed before we began: nothing comes from it. */
	if (w->from->standard && code == EBADF) {
		way_end(w);
		return;
	}
	if (w->from->standard) {
		err_set(&why, kind_of(code, ERR_IO), code, "pipe",
			"standard input: %s", err_words(code));
		pair_end(pair, &why);
		return;
	}
	word_failure(w->from, code, ERR_RECV_TIMEOUT, &why);
	w->whole = true;
	w->ended = true;
	pair_breaks(w->from, &why);
	if (!pair->over)
		way_end(w);
}

void pair_write_failed(struct way *w, int code)
{
	struct pair *pair = w->pair;
	struct err why;

	if (pair->over)
		return;
	if (w->to->standard && code == EPIPE) {
		pair_unread(pair);
		return;
	}
	if (w->to->standard) {
		err_set(&why, kind_of(code, ERR_IO), code, "pipe",
			"standard output: %s", err_words(code));
		pair_end(pair, &why);
		return;
	}
	/* The peer had ended before: that was the end, not this. */
	if (pair->ways[DIR_UP].done && !sends_on(pair)) {
		pair_end(pair, NULL);
		return;
	}
	word_failure(w->to, code, ERR_SEND_TIMEOUT, &why);
	w->to->reads->whole = true;
	pair_breaks(w->to, &why);
}

void pair_lost(struct end *end, const struct err *why)
{
	struct pair *pair = end->pair;

	if (pair->over)
		return;
	if (!pair->begun) {
		pair_end(pair, why);
		return;
	}
	end->reads->whole = true;
	end->reads->ended = true;
	pair_breaks(end, why);
	if (!pair->over)
		way_end(end->reads);
}

void pair_log(struct way *w, struct bytes data)
{
	struct pair *pair = w->pair;
	struct pipe *pipe = pair->pipe;
	struct err e;

	if (!pipe->dump || pair->over)
		return;
	if (dump_write(pipe->dump, loop_wall(loop_of(pair)), w->dir,
		       serves_on(pipe) ? pair->number : 0, w->bytes, data, &e))
		pair_end(pair, &e);
}

static void not_open(struct pair *pair, struct err *e)
{
	const struct end *end = pair->far.opened ? &pair->near : &pair->far;
	struct buf text;

	buf_init(&text, BUF_SMALL);
	buf_printf(&text, "%.100s: no answer within ", end->name);
	buf_printf(&text, "%.3gs", (double)pair->pipe->o->patience / 1e9);
	if (end->link.dialing) {
		buf_puts(&text, " (tried ");
		transport_tried(&end->link, &text);
		buf_puts(&text, ")");
	}
	err_set(e, ERR_CONNECT_TIMEOUT, 0, "pipe", "%s", buf_cstr(&text));
	buf_fini(&text);
}

static void patience_fires(struct timer *timer)
{
	struct pair *pair = list_entry(timer, struct pair, patience);
	uint64_t patience = pair->pipe->o->patience;
	struct loop *loop = loop_of(pair);
	struct err e;

	if (pair->begun && loop_now(loop) - pair->busy < patience) {
		loop_at(loop, timer, pair->busy + patience);
		return;
	}
	if (pair->begun)
		err_set(&e, ERR_RECV_TIMEOUT, 0, "pipe",
			"%.120s: nothing came or went for %.3gs",
			pair->far.name, (double)patience / 1e9);
	else
		not_open(pair, &e);
	pair_end(pair, &e);
}

/* ---- the beginning of a pair ---- */

static struct pair *pair_new(struct pipe *pipe)
{
	struct pair *pair = xalloc(sizeof(*pair));

	pair->pipe = pipe;
	pair->number = ++pipe->number;
	list_init(&pair->also);
	pair->near.pair = pair->far.pair = pair;
	pair->near.in = pair->near.out = pair->near.reopened = -1;
	pair->far.in = pair->far.out = pair->far.reopened = -1;
	pair->patience.fire = patience_fires;
	pair->quit.fire = quit_fires;
	way_init(&pair->ways[DIR_DOWN], pair, DIR_DOWN, &pair->near,
		 &pair->far);
	way_init(&pair->ways[DIR_UP], pair, DIR_UP, &pair->far, &pair->near);
	list_init(&pair->at);
	list_append(&pipe->pairs, &pair->at);
	pipe->count++;
	if (pipe->o->patience)
		loop_at(pipe->net->loop, &pair->patience,
			loop_now(pipe->net->loop) + pipe->o->patience);
	return pair;
}

static void pair_free(struct pair *pair)
{
	way_fini(&pair->ways[DIR_DOWN]);
	way_fini(&pair->ways[DIR_UP]);
	end_free(&pair->near);
	end_free(&pair->far);
	list_remove(&pair->at);
	free(pair);
}

static void pair_begin(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	struct way *down = &pair->ways[DIR_DOWN], *up = &pair->ways[DIR_UP];

	if (pair->begun || pair->over || !pair->near.opened ||
	    !pair->far.opened)
		return;
	pair->begun = true;
	pair->busy = loop_now(loop_of(pair));
	down->whole = up->whole = o->whole;
	down->turns = o->crlf;
	down->rest = o->rest;
	if (pair->near.standard && pair->pipe->input_ended)
		down->ended = true;
	splice_choose(down);
	splice_choose(up);
	end_watch(&pair->near);
	end_watch(&pair->far);
	way_step(up, false);
	way_step(down, false);
}

void pair_opened(struct end *end)
{
	pair_begin(end->pair);
}

static int dial_both(struct pipe *pipe, struct err *e)
{
	struct pair *pair = pair_new(pipe);
	const struct pipe_options *o = pipe->o;

	if (!o->relays)
		end_standard(&pair->near);
	else if (end_dial(&pair->near, &o->at, e))
		return -1;
	return end_dial(&pair->far, o->relays ? &o->to : &o->at, e);
}

/* ---- listening ---- */

static struct pipe *pipe_of(const struct transport *t)
{
	return list_entry(t, struct pipe, listener);
}

static void tell_where(struct pipe *pipe)
{
	const struct pipe_options *o = pipe->o;
	struct addr at = transport_local(&pipe->listener);
	struct buf line;

	if (o->quiet ||
	    (!o->verbose && !o->at.any && strcmp(o->at.port, "0") != 0))
		return;
	buf_init(&line, BUF_SMALL);
	buf_puts(&line, "listening on ");
	addr_print_as(&at, o->at.ops->scheme, &line);
	if (o->at.any)
		buf_puts(&line, ", reachable from every network");
	pipe_say(pipe, buf_cstr(&line));
	buf_fini(&line);
}

static void listener_moved(struct transport *t, const struct err *why)
{
	struct pipe *pipe = pipe_of(t);

	if (t->link == LINK_LISTENING)
		tell_where(pipe);
	if (t->link != LINK_CLOSED || !why)
		return;
	pipe_say(pipe, why->text);
	pipe_ends(pipe, err_exit(why->kind));
}

static unsigned most_of(const struct pipe *pipe)
{
	const struct pipe_options *o = pipe->o;

	if (!o->keeps || !o->relays)
		return 1;
	return o->most ? o->most : UINT32_MAX;
}

static bool listener_thirsty(const struct transport *t)
{
	const struct pipe *pipe = pipe_of(t);

	return !pipe->done &&
	       (!t->ops->connects || pipe->count < most_of(pipe));
}

static void listener_note(struct transport *t, bool detail, const char *text)
{
	const struct pipe *pipe = pipe_of(t);

	if (detail ? pipe->o->verbose : !pipe->o->quiet)
		pipe_say(pipe, text);
}

static void tell_peer(struct pipe *pipe, const struct pair *pair,
		      const struct end *end)
{
	char line[256];

	if (!pipe->o->verbose)
		return;
	snprintf(line, sizeof(line), "#%u: %s", pair->number, end->name);
	pipe_say(pipe, line);
}

static struct transport *listener_accepted(struct transport *t, int fd,
					   const struct addr *peer)
{
	struct pipe *pipe = pipe_of(t);
	const struct pipe_options *o = pipe->o;
	struct transport *link;
	struct pair *pair;
	struct end *end;
	struct err e;

	if (!t->ops->connects && !o->relays && pipe->count)
		return end_also(
		    &list_entry(pipe->pairs.next, struct pair, at)->far, t,
		    peer);
	if (pipe->done || pipe->count >= most_of(pipe))
		return NULL;
	pair = pair_new(pipe);
	end = o->relays ? &pair->near : &pair->far;
	if (!o->relays) {
		end_standard(&pair->near);
	} else if (end_dial(&pair->far, &o->to, &e)) {
		pair_end(pair, &e);
		return NULL;
	}
	link = end_accept(end, t, fd, peer);
	tell_peer(pipe, pair, end);
	if (!serves_on(pipe) && t->ops->connects)
		transport_close(t, false);
	pair_begin(pair);
	return link;
}

static const struct transport_sink listener_sink = {
    .moved = listener_moved,
    .accepted = listener_accepted,
    .thirsty = listener_thirsty,
    .note = listener_note,
};

/* A signal would leave a Unix socket's path behind. */
static void caught(struct trap *trap)
{
	struct pipe *pipe = NULL;
	size_t i = trap->signo == SIGINT ? 0 : trap->signo == SIGTERM ? 1 : 2;

	pipe = list_entry(trap - i, struct pipe, traps);
	pipe_ends(pipe, 128 + trap->signo);
}

static int trap_signals(struct pipe *pipe, struct err *e)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	pipe->trapped = true;
	for (size_t i = 0; i < 3; i++) {
		pipe->traps[i].signo = signals[i];
		pipe->traps[i].caught = caught;
		list_init(&pipe->traps[i].at);
	}
	for (size_t i = 0; i < 3; i++)
		if (loop_trap(pipe->net->loop, &pipe->traps[i], e))
			return -1;
	return 0;
}

static int begin_listening(struct pipe *pipe, struct err *e)
{
	const struct pipe_options *o = pipe->o;
	struct listen_options how = {.max_peers = 0};

	if (!o->keeps)
		how.max_peers = 1;
	else if (o->relays)
		how.max_peers = o->most;
	if (trap_signals(pipe, e) ||
	    transport_listen(&pipe->listener, pipe->net, &o->at, &how,
			     &listener_sink, e))
		return -1;
	if (pipe->listener.link == LINK_LISTENING)
		tell_where(pipe);
	return 0;
}

/* ---- the whole ---- */

static void reap(struct chore *chore)
{
	struct pipe *pipe = list_entry(chore, struct pipe, reap);

	while (!list_empty(&pipe->over))
		pair_free(list_entry(pipe->over.next, struct pair, at));
}

struct pipe *pipe_start(struct net *net, const struct pipe_options *o,
			const struct pipe_sink *sink, struct err *e)
{
	struct pipe *pipe = xalloc(sizeof(*pipe));
	const char *no = getenv("RUNG_NO_SPLICE");

	pipe->o = o;
	pipe->sink = sink;
	pipe->net = net;
	pipe->splices = !no || !*no || strcmp(no, "0") == 0;
	list_init(&pipe->pairs);
	list_init(&pipe->over);
	pipe->reap.run = reap;
	list_init(&pipe->reap.at);
	loop_each(net->loop, PHASE_REAP, &pipe->reap);
	if (o->log) {
		pipe->dump = dump_open(o->log, e);
		if (!pipe->dump)
			goto fail;
	}
	if (o->listens ? begin_listening(pipe, e) : dial_both(pipe, e))
		goto fail;
	return pipe;
fail:
	pipe_free(pipe);
	return NULL;
}

bool pipe_done(const struct pipe *pipe)
{
	return pipe->done;
}

int pipe_status(const struct pipe *pipe)
{
	return pipe->status;
}

void pipe_free(struct pipe *pipe)
{
	if (!pipe)
		return;
	pipe->done = true;
	while (!list_empty(&pipe->pairs))
		pair_close(list_entry(pipe->pairs.next, struct pair, at),
			   false);
	transport_close(&pipe->listener, false);
	reap(&pipe->reap);
	list_remove(&pipe->reap.at);
	if (pipe->trapped)
		for (size_t i = 0; i < 3; i++)
			loop_untrap(pipe->net->loop, &pipe->traps[i]);
	dump_free(pipe->dump);
	free(pipe);
}
