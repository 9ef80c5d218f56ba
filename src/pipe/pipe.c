/* SPDX-License-Identifier: ISC */
/*
 * The policy of `rung pipe`: who is served, what ends a pair and with which
 * exit code. Bytes are moved elsewhere.
 */
#include "pipe_own.h"

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

/* How long a peer whose command has ended is still read from, and how long what
 * a broken one had sent waits for an end that takes none of it. */
#define LINGER_NS NS_PER_S

/* ---- the end of a pair ---- */

void pipe_say(const struct pipe *pipe, const char *text)
{
	char line[520];

	snprintf(line, sizeof(line), "pipe: %s", text);
	pipe->sink->say(pipe->sink, line);
}

void pipe_note(const struct pipe *pipe, bool detail, const char *text)
{
	if (detail ? pipe->o->verbose : !pipe->o->quiet)
		pipe_say(pipe, text);
}

bool pipe_print(const struct pipe *pipe, const struct pipe_event *news)
{
	if (pipe->sink->news)
		pipe->sink->news(pipe->sink, news);
	return pipe->sink->news != NULL;
}

void pipe_ends(struct pipe *pipe, int status)
{
	if (pipe->done)
		return;
	pipe->done = true;
	pipe->status = status;
}

static void pair_close(struct pair *pair, bool reset)
{
	struct pipe *pipe = pair->pipe;
	struct loop *loop = loop_of(pair);

	pair->over = true;
	loop_disarm(loop, &pair->open_timer);
	loop_disarm(loop, &pair->quit);
	for (int i = 0; i < 2; i++)
		loop_disarm(loop, &pair->ways[i].resume);
	end_close(&pair->near, reset);
	end_close(&pair->far, reset);
	list_remove(&pair->at);
	list_append(&pipe->over, &pair->at);
	pipe->count--;
	transport_touch(&pipe->listener);
	if (pipe->fan)
		fan_touch(pipe->fan);
}

static void print_end(struct pair *pair, const struct err *why, bool ours)
{
	const struct pipe *pipe = pair->pipe;
	const struct end *end = pair->broken ? pair->broken : &pair->far;
	const struct addr *peer = &end->link.peer;
	struct pipe_event fails = {.kind = PIPE_FAILS,
				   .addr = peer->len ? peer : NULL,
				   .why = why,
				   .opened = pair->begun,
				   .ours = ours};
	struct pipe_event ends = {.kind = PIPE_ENDS,
				  .sent = pair->ways[DIR_DOWN].bytes,
				  .received = pair->ways[DIR_UP].bytes};

	if (why && !pipe_print(pipe, &fails))
		pipe_say(pipe, why->text);
	if (pair->begun)
		pipe_print(pipe, &ends);
}

/* What had come before it broke has been brought, as far as it will be. */
static const struct err *count_what_passed(struct pair *pair)
{
	const struct end *end = pair->broken;
	struct err *why = &pair->why;

	err_set(why, why->kind, why->code, "%s (%llu bytes went, %llu came)",
		why->text, (unsigned long long)end->writes->bytes,
		(unsigned long long)end->reads->bytes);
	return why;
}

/* A link's reset is passed on to the other one. What broke it before is why,
 * whatever it is that waits no longer. */
void pair_end(struct pair *pair, const struct err *why)
{
	struct pipe *pipe = pair->pipe;
	bool reset;

	if (pair->broken)
		why = count_what_passed(pair);
	reset = why && why->kind == ERR_RESET && pipe->o->has_addr2;
	print_end(pair, why, false);
	if (!serves_on(pipe))
		pipe_ends(pipe, why ? err_exit_code(why->kind) : 0);
	pair_close(pair, reset);
}

void pair_fail_all(struct pair *pair, const struct err *why)
{
	struct pipe *pipe = pair->pipe;

	print_end(pair, why, true);
	pipe->interrupted = serves_on(pipe);
	pipe_ends(pipe, err_exit_code(why->kind));
	pair_close(pair, false);
}

void pair_unread(struct pair *pair)
{
	if (pair->over)
		return;
	pair->pipe->interrupted = true;
	pipe_ends(pair->pipe, 128 + SIGPIPE);
	pair_close(pair, false);
}

/* -q is strict; of what a broken end had sent no byte that moves is cut off. */
static void quit_fires(struct timer *timer)
{
	struct pair *pair = list_entry(timer, struct pair, quit);
	struct loop *loop = loop_of(pair);

	if (pair->broken && !pair->pipe->o->has_quit_delay &&
	    loop_now(loop) - pair->busy < LINGER_NS)
		loop_arm(loop, timer, pair->busy + LINGER_NS);
	else
		pair_end(pair, NULL);
}

/* Whether the near one goes on when the far one has ended. Standard input may
 * never end, so that nobody waits for it unless asked to; a file does end, and
 * is not to be cut. */
static bool sends_on(const struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;

	return o->has_addr2 || (o->keep_open && !o->listens) ||
	       pair->near.in_kind == FD_FILE;
}

/* What lies in standard input already goes out, as far as it goes at once. */
static bool more_waits(const struct pair *pair)
{
	struct pollfd p = {.fd = pair->near.in, .events = POLLIN};

	return !pair->ways[DIR_DOWN].blocked && poll(&p, 1, 0) > 0 &&
	       !(p.revents & POLLNVAL);
}

/* A command has ended, its output was brought on, and the other end is told:
 * what that still sends is for nobody. Or an end is broken, and the other one,
 * whose own is for nobody either, may for that very reason take no more. */
static bool lingers(const struct pair *pair)
{
	return pair->broken || (pair->near.runs && pair->ways[DIR_DOWN].done) ||
	       (pair->far.runs && pair->ways[DIR_UP].done);
}

void pair_check(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	bool up = pair->ways[DIR_UP].done, down = pair->ways[DIR_DOWN].done;
	struct loop *loop = loop_of(pair);

	if (pair->over)
		return;
	if (pair->broken && pair->broken->reads->done) {
		pair_end(pair, &pair->why);
		return;
	}
	/* For the reader of standard output one waits. */
	if (pair->broken && !o->has_addr2)
		return;
	if (up && !down && !sends_on(pair) && !more_waits(pair)) {
		/* What was read is not to be lost: it goes out still. */
		pair->ways[DIR_DOWN].ended = true;
		down = !flow_held(&pair->ways[DIR_DOWN]);
	}
	if (up && down) {
		pair_end(pair, NULL);
		return;
	}
	if (o->has_quit_delay &&
	    ((down && (!o->no_stdin || o->discard_received)) ||
	     (up && o->has_addr2)) &&
	    !loop_armed(&pair->quit))
		loop_arm(loop, &pair->quit, loop_now(loop) + o->quit);
	if (lingers(pair) && !loop_armed(&pair->quit))
		loop_arm(loop, &pair->quit, loop_now(loop) + LINGER_NS);
}

/* All that holds the other end of a command's socket is gone: nothing comes
 * from there, and nothing is read. */
void pair_gone(struct end *end)
{
	struct flow *w = end->writes;

	end->gone = true;
	if (w->from->standard)
		flow_drop(w);
	else
		flow_discard(w);
}

/* ---- failures ---- */

static enum err_class pipe_kind_of(int code, enum err_class timeout)
{
	if (code == EPIPE)
		return ERR_RESET;
	if (code == ETIMEDOUT)
		return timeout;
	return err_of_errno(code);
}

/* The end is broken: what it sent before is still brought to the other. */
static void pair_breaks(struct end *end, const struct err *why)
{
	struct pair *pair = end->pair;

	if (!pair->broken) {
		pair->why = *why;
		pair->broken = end;
	}
	flow_drop(end->writes);
	pair_check(pair);
}

static void word_failure(struct end *end, int code, enum err_class timeout,
			 struct err *e)
{
	err_set(e, pipe_kind_of(code, timeout), code, "%.120s: %s", end->name,
		transport_strerror(code));
}

static void standard_failed(struct pair *pair, const char *which, int code)
{
	struct err why;

	err_set(&why, pipe_kind_of(code, ERR_IO), code, "standard %s: %s",
		which, err_strerror(code));
	pair_fail_all(pair, &why);
}

void pair_read_failed(struct flow *w, int code)
{
	struct pair *pair = w->pair;
	struct err why;

	if (pair->over)
		return;
	/* It was closed before we began: nothing comes from it. */
	if (w->from->standard && code == EBADF) {
		flow_end(w);
		return;
	}
	if (w->from->standard) {
		standard_failed(pair, "input", code);
		return;
	}
	/* It did not read all of what it was sent: its own affair. */
	if (w->from->runs && code == ECONNRESET) {
		flow_end(w);
		return;
	}
	word_failure(w->from, code, ERR_RECV_TIMEOUT, &why);
	w->whole = true;
	w->ended = true;
	pair_breaks(w->from, &why);
	if (!pair->over)
		flow_end(w);
}

void pair_write_failed(struct flow *w, int code)
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
		standard_failed(pair, "output", code);
		return;
	}
	if (w->to->runs && (code == EPIPE || code == ECONNRESET)) {
		pair_gone(w->to);
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
		flow_end(end->reads);
}

static bool is_dialled(const struct end *end)
{
	return end->link.state == LINK_RESOLVING ||
	       end->link.state == LINK_CONNECTING;
}

/* One end may wait for the other. */
static void not_open(const struct pair *pair, struct err *e)
{
	const struct end *end = is_dialled(&pair->far) ? &pair->far
						       : &pair->near;

	transport_timeout_error(&end->link, end->name,
				pair->pipe->o->open_timeout, e);
}

void pair_busy(struct pair *pair)
{
	pair->busy = loop_now(loop_of(pair));
}

static void idles(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	struct buf time = {.limit = BUF_SMALL};
	struct err e;

	if (o->idle_is_ok && !pipe_log_is_full(pair->pipe)) {
		pair_end(pair, NULL);
		return;
	}
	print_duration(o->idle, &time);
	if (pipe_log_is_full(pair->pipe)) {
		/* All pairs wait for the reader of the log. */
		err_set(&e, ERR_SEND_TIMEOUT, 0, "log: not read for %s",
			buf_cstr(&time));
		pair_fail_all(pair, &e);
		pair->pipe->interrupted = true;
	} else {
		err_set(&e, ERR_RECV_TIMEOUT, 0,
			"%.120s: nothing came or went for %s", pair->far.name,
			buf_cstr(&time));
		pair_end(pair, &e);
	}
	buf_fini(&time);
}

static void open_timer_fires(struct timer *timer)
{
	struct pair *pair = list_entry(timer, struct pair, open_timer);
	uint64_t idle = pair->pipe->o->idle;
	struct loop *loop = loop_of(pair);
	struct err e;

	if (!pair->begun) {
		not_open(pair, &e);
		pair_end(pair, &e);
	} else if (loop_now(loop) - pair->busy < idle) {
		loop_arm(loop, timer, pair->busy + idle);
	} else if (loop_armed(&pair->ways[DIR_DOWN].resume) ||
		   loop_armed(&pair->ways[DIR_UP].resume)) {
		/* It rests because it was told to (-i). */
		loop_arm(loop, timer, loop_now(loop) + idle);
	} else {
		idles(pair);
	}
}

/* ---- the beginning of a pair ---- */

struct pair *pair_new(struct pipe *pipe)
{
	struct pair *pair = xalloc(sizeof(*pair));

	pair->pipe = pipe;
	pair->number = ++pipe->number;
	list_init(&pair->extra_peers);
	pair->near.pair = pair->far.pair = pair;
	pair->near.in = pair->near.out = pair->near.reopened = -1;
	pair->far.in = pair->far.out = pair->far.reopened = -1;
	pair->open_timer.fire = open_timer_fires;
	pair->quit.fire = quit_fires;
	flow_init(&pair->ways[DIR_DOWN], pair, DIR_DOWN, &pair->near,
		  &pair->far);
	flow_init(&pair->ways[DIR_UP], pair, DIR_UP, &pair->far, &pair->near);
	list_init(&pair->at);
	list_append(&pipe->pairs, &pair->at);
	pipe->count++;
	if (pipe->o->open_timeout)
		loop_arm(pipe->net->loop, &pair->open_timer,
			 loop_now(pipe->net->loop) + pipe->o->open_timeout);
	return pair;
}

static void pair_free(struct pair *pair)
{
	flow_fini(&pair->ways[DIR_DOWN]);
	flow_fini(&pair->ways[DIR_UP]);
	end_free(&pair->near);
	end_free(&pair->far);
	list_remove(&pair->at);
	free(pair);
}

/* -C and -i are for bytes that standard input or a command sends. The fan has
 * converted its input already. */
static void set_input(struct flow *w)
{
	const struct pipe_options *o = w->pair->pipe->o;
	const struct end *from = w->from;

	if (!from->standard && !from->runs)
		return;
	w->to_crlf = o->crlf && !from->fed;
	w->rest = o->line_pause;
}

static void begin_ways(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	struct flow *down = &pair->ways[DIR_DOWN], *up = &pair->ways[DIR_UP];

	down->whole = o->no_shutdown;
	up->whole = o->no_shutdown && !pair->near.standard;
	set_input(down);
	set_input(up);
	up->discards = o->discard_received;
	if (pair->near.standard && o->no_stdin)
		down->whole = down->ended = true;
	if (pair->near.standard && pair->pipe->input_ended)
		down->ended = true;
	splice_choose(down);
	splice_choose(up);
}

void pair_begin(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	const struct end *peer = o->has_addr2 ? &pair->near : &pair->far;
	struct pipe_event opens = {.kind = PIPE_OPENS,
				   .addr = &peer->link.peer};
	struct loop *loop = loop_of(pair);

	if (pair->begun || pair->over || !pair->near.opened ||
	    !pair->far.opened)
		return;
	pair->begun = true;
	pair_busy(pair);
	loop_disarm(loop, &pair->open_timer);
	if (o->idle)
		loop_arm(loop, &pair->open_timer, pair->busy + o->idle);
	if (!o->listens)
		pipe_print(pair->pipe, &opens);
	begin_ways(pair);
	end_watch(&pair->near);
	end_watch(&pair->far);
	flow_step(&pair->ways[DIR_UP], false);
	flow_step(&pair->ways[DIR_DOWN], false);
	if (pair->pipe->fan)
		fan_touch(pair->pipe->fan);
}

/* ---- commands that outlive their pairs ---- */

void pipe_child_ended(struct pipe *pipe, const struct err *why)
{
	pipe->children--;
	if (!why)
		return;
	pipe->failed = true;
	pipe_say(pipe, why->text);
}

/* ---- the whole ---- */

static void reap(struct hook *hook)
{
	struct pipe *pipe = list_entry(hook, struct pipe, reap);

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
	splice_init(pipe);
	list_init(&pipe->pairs);
	list_init(&pipe->over);
	pipe->reap.run = reap;
	list_init(&pipe->reap.at);
	loop_add_hook(net->loop, PHASE_REAP, &pipe->reap);
	if (o->log) {
		pipe->dump = dump_open(pipe, o->log, false, e);
		if (!pipe->dump)
			goto fail;
	}
	if (o->transcript) {
		pipe->transcript = dump_open(pipe, o->transcript, true, e);
		if (!pipe->transcript)
			goto fail;
	}
	if (o->listens ? serve_start(pipe, e) : pipe_dial(pipe, e))
		goto fail;
	return pipe;
fail:
	pipe_free(pipe);
	return NULL;
}

bool pipe_done(const struct pipe *pipe)
{
	if (!pipe->done || pipe->interrupted)
		return pipe->done;
	return !pipe->children && dump_is_written(pipe->dump) &&
	       dump_is_written(pipe->transcript);
}

int pipe_status(const struct pipe *pipe)
{
	if (!pipe->status && pipe->failed && !serves_on(pipe))
		return err_exit_code(ERR_IO);
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
	serve_stop(pipe);
	children_drop_sink(pipe->net, pipe);
	reap(&pipe->reap);
	list_remove(&pipe->reap.at);
	splice_fini(pipe);
	dump_free(pipe->dump);
	dump_free(pipe->transcript);
	free(pipe);
}
