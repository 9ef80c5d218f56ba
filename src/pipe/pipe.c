/* SPDX-License-Identifier: ISC */
/*
 * Ends the pairs of `rung pipe`, and sets the exit code. serve.c and
 * pipe_dial.c open pairs; flow.c and ends.c move the bytes.
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

/* Time for which a pair lingers after a command has ended, or after the data of
 * a failed link has stopped moving. */
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

bool pipe_publish(const struct pipe *pipe, const struct pipe_event *event)
{
	if (pipe->sink->on_event)
		pipe->sink->on_event(pipe->sink, event);
	return pipe->sink->on_event != NULL;
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
		loop_disarm(loop, &pair->flows[i].resume);
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
				  .sent = pair->flows[DIR_DOWN].bytes,
				  .received = pair->flows[DIR_UP].bytes};

	if (why && !pipe_publish(pipe, &fails))
		pipe_say(pipe, why->text);
	if (pair->begun)
		pipe_publish(pipe, &ends);
}

/* Adds the byte counts of the failed end to the error. */
static const struct err *add_byte_counts(struct pair *pair)
{
	const struct end *end = pair->broken;
	struct err *why = &pair->why;

	err_set(why, why->kind, why->code,
		"%s (%llu bytes sent, %llu received)", why->text,
		(unsigned long long)end->writes->bytes,
		(unsigned long long)end->reads->bytes);
	return why;
}

/* Ends the pair. If one link was reset, resets the other link too. Reports only
 * the first error. */
void pair_end(struct pair *pair, const struct err *why)
{
	struct pipe *pipe = pair->pipe;
	bool reset;

	if (pair->broken)
		why = add_byte_counts(pair);
	reset = why && why->kind == ERR_RESET && pipe->o->has_addr2;
	print_end(pair, why, false);
	if (!keeps_listening(pipe))
		pipe_ends(pipe, why ? err_exit_code(why->kind) : 0);
	pair_close(pair, reset);
}

void pair_fail_all(struct pair *pair, const struct err *why)
{
	struct pipe *pipe = pair->pipe;

	print_end(pair, why, true);
	pipe->interrupted = keeps_listening(pipe);
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

/* Ends the pair after the time of -q or LINGER_NS. Without -q, the data of a
 * failed link is forwarded as long as bytes move. */
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

/* Returns true if the near end continues to send after the far end has ended.
 * Standard input may never end, so the pair waits for the end of input only
 * with -k, or if standard input is a file. */
static bool sends_on(const struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;

	return o->has_addr2 || (o->keep_open && !o->listens) ||
	       pair->near.in_kind == FD_FILE;
}

/* Returns true if standard input has data to read that can be sent now. */
static bool has_input_ready(const struct pair *pair)
{
	struct pollfd p = {.fd = pair->near.in, .events = POLLIN};

	return !pair->flows[DIR_DOWN].blocked && poll(&p, 1, 0) > 0 &&
	       !(p.revents & POLLNVAL);
}

/* Returns true if an end failed, or if a command ended and its output was
 * forwarded. */
static bool lingers(const struct pair *pair)
{
	return pair->broken ||
	       (pair->near.runs && pair->flows[DIR_DOWN].done) ||
	       (pair->far.runs && pair->flows[DIR_UP].done);
}

void pair_check(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	bool up = pair->flows[DIR_UP].done, down = pair->flows[DIR_DOWN].done;
	struct loop *loop = loop_of(pair);

	if (pair->over)
		return;
	if (pair->broken && pair->broken->reads->done) {
		pair_end(pair, &pair->why);
		return;
	}
	/* Standard output may be slow, so the forwarding has no time limit. */
	if (pair->broken && !o->has_addr2)
		return;
	if (up && !down && !sends_on(pair) && !has_input_ready(pair)) {
		/* Stop only the reading; bytes already read are still sent. */
		pair->flows[DIR_DOWN].ended = true;
		down = !flow_held(&pair->flows[DIR_DOWN]);
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

/* Records the failure of an end. Data already received from this end is still
 * forwarded. */
static void pair_end_failed(struct end *end, const struct err *why)
{
	struct pair *pair = end->pair;

	if (!pair->broken) {
		pair->why = *why;
		pair->broken = end;
	}
	flow_drop(end->writes);
	pair_check(pair);
}

static void set_failure(struct end *end, int code, enum err_class timeout,
			struct err *e)
{
	err_set(e, err_of_link_errno(code, timeout), code, "%.120s: %s",
		end->name, transport_strerror(code));
}

static void standard_failed(struct pair *pair, const char *which, int code)
{
	struct err why;

	err_set(&why, err_of_link_errno(code, ERR_IO), code, "standard %s: %s",
		which, err_strerror(code));
	pair_fail_all(pair, &why);
}

void pair_read_failed(struct flow *w, int code)
{
	struct pair *pair = w->pair;
	struct err why;

	if (pair->over)
		return;
	/* Standard input was closed before rung started: treat it as empty. */
	if (w->from->standard && code == EBADF) {
		flow_end(w);
		return;
	}
	if (w->from->standard) {
		standard_failed(pair, "input", code);
		return;
	}
	/* The command left some of its input unread, which is not an error. */
	if (w->from->runs && code == ECONNRESET) {
		flow_end(w);
		return;
	}
	set_failure(w->from, code, ERR_RECV_TIMEOUT, &why);
	w->no_shutdown = true;
	w->ended = true;
	pair_end_failed(w->from, &why);
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
	/* The peer had already shut down its side: the pair ends without an
	 * error. */
	if (pair->flows[DIR_UP].done && !sends_on(pair)) {
		pair_end(pair, NULL);
		return;
	}
	set_failure(w->to, code, ERR_SEND_TIMEOUT, &why);
	w->to->reads->no_shutdown = true;
	pair_end_failed(w->to, &why);
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
	end->reads->no_shutdown = true;
	end->reads->ended = true;
	pair_end_failed(end, why);
	if (!pair->over)
		flow_end(end->reads);
}

static bool is_connecting(const struct end *end)
{
	return end->link.state == LINK_RESOLVING ||
	       end->link.state == LINK_CONNECTING ||
	       (end->link.state == LINK_OPEN && !end->opened);
}

/* Sets *e to the error of an expired -w. The error names an end that is still
 * connecting. */
static void open_timeout_error(const struct pair *pair, struct err *e)
{
	const struct end *end = is_connecting(&pair->far) ? &pair->far
							  : &pair->near;

	end_timeout_error(end, pair->pipe->o->open_timeout, e);
}

void pair_busy(struct pair *pair)
{
	pair->busy = loop_now(loop_of(pair));
}

static void idle_expired(struct pair *pair)
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
		/* All pairs stop while the log is full. */
		err_set(&e, ERR_SEND_TIMEOUT, 0,
			"log: write timed out after %s", buf_cstr(&time));
		pair_fail_all(pair, &e);
		pair->pipe->interrupted = true;
	} else {
		err_set(&e, ERR_RECV_TIMEOUT, 0,
			"%.120s: no data in either direction for %s",
			pair->far.name, buf_cstr(&time));
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
		open_timeout_error(pair, &e);
		pair_end(pair, &e);
	} else if (loop_now(loop) - pair->busy < idle) {
		loop_arm(loop, timer, pair->busy + idle);
	} else if (loop_armed(&pair->flows[DIR_DOWN].resume) ||
		   loop_armed(&pair->flows[DIR_UP].resume)) {
		/* A pause of -i does not count as idle time. */
		loop_arm(loop, timer, loop_now(loop) + idle);
	} else {
		idle_expired(pair);
	}
}

/* ---- the start of a pair ---- */

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
	flow_init(&pair->flows[DIR_DOWN], pair, DIR_DOWN, &pair->near,
		  &pair->far);
	flow_init(&pair->flows[DIR_UP], pair, DIR_UP, &pair->far, &pair->near);
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
	flow_fini(&pair->flows[DIR_DOWN]);
	flow_fini(&pair->flows[DIR_UP]);
	end_free(&pair->near);
	end_free(&pair->far);
	list_remove(&pair->at);
	free(pair);
}

/* Sets up the conversion (-C) and the pauses (-i) of input from standard input
 * or a command. The fan has already converted its input. */
static void set_input(struct flow *w)
{
	const struct pipe_options *o = w->pair->pipe->o;
	const struct end *from = w->from;

	if (!from->standard && !from->runs)
		return;
	w->to_crlf = o->crlf && !from->fed;
	w->line_pause = o->line_pause;
}

static void begin_flows(struct pair *pair)
{
	const struct pipe_options *o = pair->pipe->o;
	struct flow *down = &pair->flows[DIR_DOWN], *up = &pair->flows[DIR_UP];

	down->no_shutdown = o->no_shutdown;
	up->no_shutdown = o->no_shutdown && !pair->near.standard;
	set_input(down);
	set_input(up);
	up->discards = o->discard_received;
	if (pair->near.standard && o->no_stdin)
		down->no_shutdown = down->ended = true;
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
		pipe_publish(pair->pipe, &opens);
	begin_flows(pair);
	end_watch(&pair->near);
	end_watch(&pair->far);
	flow_step(&pair->flows[DIR_UP], false);
	flow_step(&pair->flows[DIR_DOWN], false);
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

/* ---- a pipe ---- */

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
	pipe->keylog = keylog_of_environment();
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
	if (!pipe->status && pipe->failed && !keeps_listening(pipe))
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
	keylog_free(pipe->keylog);
	dump_free(pipe->dump);
	dump_free(pipe->transcript);
	free(pipe);
}
