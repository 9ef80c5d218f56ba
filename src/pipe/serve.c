/* SPDX-License-Identifier: ISC */
/*
 * The listener of a pipe: accepts or refuses peers, and starts their pairs.
 * pipe.c ends the pairs.
 */
#include "pipe_own.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

bool keeps_listening(const struct pipe *pipe)
{
	return pipe->o->listens && pipe->o->keep_open;
}

static struct pipe *pipe_of(const struct transport *t)
{
	return list_entry(t, struct pipe, listener);
}

static void print_endpoint(struct pipe *pipe)
{
	const struct pipe_options *o = pipe->o;
	struct addr at = transport_local(&pipe->listener);
	struct buf line;
	struct pipe_event event = {.kind = PIPE_LISTENS, .addr = &at};

	if (pipe_publish(pipe, &event) || o->quiet ||
	    (!o->verbose && !o->at.any && strcmp(o->at.port, "0") != 0))
		return;
	buf_init(&line, BUF_SMALL);
	buf_puts(&line, "listening on ");
	addr_print_url_escaped(&at, o->at.ops->scheme, &line);
	if (o->at.any)
		buf_puts(&line, ", reachable from every network");
	pipe_say(pipe, buf_cstr(&line));
	buf_fini(&line);
}

/* Prints the note of each rung of the listener, such as the pin of its
 * certificate. */
static void print_rungs(const struct pipe *pipe)
{
	const struct rung_plan *plan = pipe->o->at_rungs;

	for (unsigned i = 0; plan && i < plan->count; i++) {
		struct buf text = {.limit = BUF_SMALL};

		rung_plan_note(plan, i, &text);
		if (buf_len(&text))
			pipe_note(pipe, false, buf_cstr(&text));
		buf_fini(&text);
	}
}

/* Ends the pipe with the error: without a listener no peer can connect. */
static void cannot_listen(struct pipe *pipe, const struct err *why)
{
	struct pipe_event event = {.kind = PIPE_CANNOT_LISTEN, .why = why};

	if (!pipe_publish(pipe, &event))
		pipe_say(pipe, why->text);
	pipe_ends(pipe, err_exit_code(why->kind));
}

static void listener_state_changed(struct transport *t, const struct err *why)
{
	struct pipe *pipe = pipe_of(t);

	if (t->state == LINK_LISTENING)
		print_endpoint(pipe);
	if (t->state == LINK_CLOSED && why)
		cannot_listen(pipe, why);
}

static unsigned max_of(const struct pipe *pipe)
{
	const struct pipe_options *o = pipe->o;

	if (!o->keep_open)
		return 1;
	if (o->max_peers)
		return o->max_peers;
	return o->has_addr2 ? UINT32_MAX : 1;
}

static bool listener_wants_input(const struct transport *t)
{
	const struct pipe *pipe = pipe_of(t);

	return !pipe->done && (!t->ops->connects || pipe->o->reject_extra ||
			       pipe->count < max_of(pipe));
}

static void listener_note(struct transport *t, bool detail, const char *text)
{
	pipe_note(pipe_of(t), detail, text);
}

static void print_peer(struct pipe *pipe, const struct pair *pair,
		       const struct end *end)
{
	char line[256];
	struct pipe_event event = {.kind = PIPE_ACCEPTS,
				   .addr = &end->link.peer};

	if (pipe_publish(pipe, &event) || !pipe->o->verbose)
		return;
	snprintf(line, sizeof(line), "#%u: %s", pair->number, end->name);
	pipe_say(pipe, line);
}

/* Returns true if the peer may connect; else publishes the reason. */
static bool admit_peer(struct pipe *pipe, const struct addr *peer)
{
	const struct pipe_options *o = pipe->o;
	struct pipe_event event = {.kind = PIPE_DENIES, .addr = peer};

	if (o->guard && !o->guard->admits(o->guard, peer)) {
		pipe_publish(pipe, &event);
		return false;
	}
	if (pipe->count < max_of(pipe))
		return true;
	event.kind = PIPE_REFUSES;
	pipe_publish(pipe, &event);
	return false;
}

struct serving serving_of(const struct transport *t, int fd,
			  const struct addr *peer)
{
	struct serving s = {.remote = *peer, .ops = t->ops};

	s.local.len = sizeof(s.local.u);
	if (fd < 0)
		s.local = transport_local(t);
	else if (getsockname(fd, &s.local.u.sa, &s.local.len) < 0)
		s.local.len = 0;
	return s;
}

/* Opens the other end for an accepted peer. `fd`: the peer's socket, or -1.
 * Result: 0, or -1 after the pair has ended. */
static int begin_other(struct pair *pair, int fd, const struct addr *peer)
{
	struct pipe *pipe = pair->pipe;
	const struct endpoint *to = &pipe->o->to;
	struct serving serves;
	struct err e;

	if (pipe->o->has_addr2) {
		if (to->ops->runs)
			serves = serving_of(&pipe->listener, fd, peer);
		if (end_dial(&pair->far, to, to->ops->runs ? &serves : NULL,
			     &e) == 0)
			return 0;
		pair_end(pair, &e);
		return -1;
	}
	if (pipe->fan)
		end_shared(&pair->near, fan_end(pipe->fan));
	else
		end_standard(&pair->near);
	return 0;
}

static struct transport *listener_accepted(struct transport *t, int fd,
					   const struct addr *peer)
{
	struct pipe *pipe = pipe_of(t);
	bool relays = pipe->o->has_addr2;
	bool joins = !t->ops->connects && !relays && pipe->count;
	struct transport *link;
	struct pair *pair;
	struct end *end;

	if (pipe->done)
		return NULL;
	if (joins &&
	    (!pipe->o->guard || pipe->o->guard->admits(pipe->o->guard, peer)))
		return end_extra_peer(
		    &list_entry(pipe->pairs.next, struct pair, at)->far, t,
		    peer);
	if (!admit_peer(pipe, peer))
		return NULL;
	pair = pair_new(pipe);
	end = relays ? &pair->near : &pair->far;
	if (begin_other(pair, fd, peer))
		return NULL;
	link = end_accept(end, t, fd, peer);
	print_peer(pipe, pair, end);
	if (!keeps_listening(pipe) && t->ops->connects)
		transport_close(t, false);
	pair_begin(pair);
	return link;
}

static const struct transport_sink listener_sink = {
    .state_changed = listener_state_changed,
    .accepted = listener_accepted,
    .wants_input = listener_wants_input,
    .note = listener_note,
};

static void caught(struct trap *trap)
{
	struct pipe *pipe = NULL;
	size_t i = trap->signo == SIGINT ? 0 : trap->signo == SIGTERM ? 1 : 2;

	pipe = list_entry(trap - i, struct pipe, traps);
	pipe->interrupted = true;
	pipe_ends(pipe, 128 + trap->signo);
}

int pipe_trap(struct pipe *pipe, struct err *e)
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

/* Returns true if peers share standard input (-k -m N). Without -m, peers are
 * served one after the other, so only one peer at a time uses standard input.
 */
static bool shares_input(const struct pipe_options *o)
{
	return o->keep_open && !o->has_addr2 && o->max_peers &&
	       o->at.ops->connects;
}

int serve_start(struct pipe *pipe, struct err *e)
{
	const struct pipe_options *o = pipe->o;
	struct listen_options how = {
	    .max_peers = o->keep_open ? o->max_peers : 1,
	    .socket_options = &o->socket_options,
	};

	if (shares_input(o))
		pipe->fan = fan_new(pipe);
	if (pipe_trap(pipe, e))
		return -1;
	if (transport_listen(&pipe->listener, pipe->net, &o->at, &how,
			     &listener_sink, e))
		cannot_listen(pipe, e);
	else if (pipe->listener.state == LINK_LISTENING)
		print_endpoint(pipe);
	if (!pipe->done)
		print_rungs(pipe);
	return 0;
}

void serve_stop(struct pipe *pipe)
{
	transport_close(&pipe->listener, false);
	fan_free(pipe->fan);
	pipe->fan = NULL;
	if (pipe->trapped)
		for (size_t i = 0; i < 3; i++)
			loop_untrap(pipe->net->loop, &pipe->traps[i]);
	pipe->trapped = false;
}
