/* SPDX-License-Identifier: ISC */
/*
 * Waits for clients to open, and tries again. session/client.c makes the
 * sessions, net/dial.c tries the addresses of each.
 */
#include "rung/opening.h"

#define PAUSE_FIRST (100 * NS_PER_MS)
#define PAUSE_LIMIT (2 * NS_PER_S)
/* The last attempt has at least this much time. */
#define ATTEMPT_LEAST (100 * NS_PER_MS)

/* Returns true if a later attempt may succeed after such an error. */
static bool may_retry(enum err_class kind)
{
	return kind == ERR_REFUSED || kind == ERR_UNREACHABLE ||
	       kind == ERR_CONNECT_TIMEOUT || kind == ERR_RESET ||
	       kind == ERR_DNS;
}

static uint64_t time_left(const struct opening *o, const struct call *call)
{
	uint64_t now = loop_now(call->shell->loop);
	return o->until > now ? o->until - now : 0;
}

static enum cmd_status await(struct call *call, struct session *s,
			     uint64_t within)
{
	call_stop_waiting(call);
	call_wait(call, s, CALL_FOREVER);
	return call_set_deadline(call, within);
}

static enum cmd_status await_attempt(struct opening *o, struct call *call)
{
	uint64_t left = o->until ? time_left(o, call) : o->within;
	o->limit = left < o->within ? left : o->within;
	return await(call, o->session, o->limit);
}

/* Records when the next attempt begins, or has begun; 0: there is no next one.
 * The session that users see is the oldest of this name. */
static void set_retry(const struct opening *o, uint64_t at)
{
	struct session *shown = hub_find(o->session->hub,
					 bytes_str(o->session->name), NULL);
	session_set_retry(o->session, at);
	if (shown)
		session_set_retry(shown, at);
}

/* Pauses before the next attempt, or fails with the error of the last one. The
 * closed session keeps its name until then. */
static enum cmd_status opening_failed(struct opening *o, struct call *call,
				      const struct err *e)
{
	uint64_t left = o->until ? time_left(o, call) : 0;
	if (o->session)
		session_close(o->session, CLOSE_NOW, NULL);
	if (left <= ATTEMPT_LEAST || !may_retry(e->kind))
		return call_fail(call, e);
	uint64_t pause = left - ATTEMPT_LEAST;
	if (o->pause < pause)
		pause = o->pause;
	o->pause = o->pause < PAUSE_LIMIT / 2 ? o->pause * 2 : PAUSE_LIMIT;
	o->pausing = true;
	set_retry(o, loop_now(call->shell->loop) + pause);
	return await(call, NULL, pause);
}

static enum cmd_status check(struct opening *o, struct call *call)
{
	struct session *s = o->session;
	struct err e;
	/* A session that opened and closed in the same turn has succeeded: its
	 * data can be read. */
	if (session_was_open(s))
		return CMD_OK;
	if (session_state(s) < SESSION_CLOSING)
		return CMD_WAIT;
	if (session_error(s))
		e = *session_error(s);
	else
		session_end_error(s, &e);
	return opening_failed(o, call, &e);
}

enum cmd_status opening_closed(struct call *call, const struct session *s)
{
	return call_error(call, ERR_CLOSED,
			  "%s was removed by 'close'; use 'connect'", s->name);
}

/* Makes the session of the next attempt from the last one. */
static enum cmd_status try_again(struct opening *o, struct call *call)
{
	struct err e;
	struct session *last = o->session;
	o->pausing = false;
	if (last->released)
		return opening_closed(call, last);
	struct session *next = hub_reconnect(last, &e);
	if (!next)
		return opening_failed(o, call, &e);
	if (task_current(call->task) == last)
		task_use(call->task, next);
	session_release(last);
	calls_follow(next, last);
	session_unpin(last);
	session_pin(next);
	o->session = next;
	set_retry(o, loop_now(call->shell->loop));
	await_attempt(o, call);
	return check(o, call);
}

enum cmd_status opening_begin(struct opening *o, struct call *call,
			      struct session *s, uint64_t within,
			      uint64_t retry)
{
	uint64_t now = loop_now(call->shell->loop);
	*o = (struct opening){
	    .session = s,
	    .within = within,
	    .until = retry && retry < UINT64_MAX - now ? now + retry : 0,
	    .pause = PAUSE_FIRST,
	};
	session_pin(s);
	if (o->until)
		set_retry(o, now);
	enum cmd_status status = check(o, call);
	if (status != CMD_WAIT || o->pausing)
		return status;
	return await_attempt(o, call);
}

enum cmd_status opening_resume(struct opening *o, struct call *call,
			       enum wake wake)
{
	struct err e;
	if (o->pausing)
		return wake == WAKE_TIMEOUT ? try_again(o, call) : CMD_WAIT;
	enum cmd_status status = check(o, call);
	if (status != CMD_WAIT || o->pausing || wake != WAKE_TIMEOUT)
		return status;
	session_timeout_error(o->session, o->limit, &e);
	return opening_failed(o, call, &e);
}

void opening_end(struct opening *o)
{
	struct session *s = o->session;
	if (!s)
		return;
	set_retry(o, 0);
	o->session = NULL;
	if (!session_was_open(s)) {
		session_close(s, CLOSE_NOW, NULL);
		session_release_unopened(s);
		calls_follow(s, s);
	}
	session_unpin(s);
}
