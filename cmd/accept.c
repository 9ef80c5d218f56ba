/* SPDX-License-Identifier: ISC */
/*
 * `accept`: makes a listener's next peer the current session; waits if no peer
 *           is queued.
 */
#include "rung/cmd.h"

enum { TIMEOUT, NAME, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail after D (default: the timeout setting)"},
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .brief = "the listener (default: the current session if "
		       "that is an open listener, else the newest open one)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_accept = {
    .name = "accept",
    .group = "sessions",
    .brief = "accept the next peer of a listener",
    .help = "The peer becomes the current session.\n"
	    "\n"
	    "    listen -a :0 as server\n"
	    "    connect -n $server.addr as client\n"
	    "    accept -t 2s server\n"
	    "    sendline hello\n"
	    "\n"
	    "Peers are accepted in the order of their arrival. With 'listen "
	    "-a' connections wait in the kernel until they are accepted.\n",
    .params = params,
    .run = run,
    .resume = resume,
};

static struct session *newest(const struct hub *hub)
{
	struct session *found = NULL;
	list_each (link, &hub->sessions) {
		struct session *s = list_entry(link, struct session, at);
		if (s->role == ROLE_LISTENER &&
		    session_state(s) != SESSION_CLOSED)
			found = s;
	}
	return found;
}

static struct session *which(struct call *call, struct err *e)
{
	struct session *s = task_current(call->task);
	if (args_has(&call->args, NAME) || call->target)
		s = call_session(call, NAME, e);
	else if (!s || s->role != ROLE_LISTENER)
		s = newest(call->shell->hub);
	else if (session_state(s) == SESSION_CLOSED)
		s = newest(call->shell->hub);
	if (!s && !args_has(&call->args, NAME) && !call->target)
		err_set(e, ERR_USAGE, 0,
			"no listener; create one with 'listen ADDR'");
	if (s && s->role != ROLE_LISTENER) {
		err_set(e, ERR_USAGE, 0,
			"%s is not a listener; 'sessions' lists them", s->name);
		return NULL;
	}
	return s;
}

static bool accept_take(struct call *call, struct session *listener)
{
	struct session *peer = session_accept(listener);
	if (!peer)
		return false;
	task_use(call->task, peer);
	return true;
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = which(call, &e);
	if (!s)
		return call_fail(call, &e);
	if (accept_take(call, s))
		return CMD_OK;
	if (session_state(s) == SESSION_CLOSED) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct session *s = call->awaited;
	struct err e;
	if (accept_take(call, s))
		return CMD_OK;
	if (session_state(s) == SESSION_CLOSED) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	if (wake != WAKE_TIMEOUT)
		return CMD_WAIT;
	struct buf within;
	buf_init(&within, BUF_SMALL);
	print_duration(call_timeout(call, TIMEOUT), &within);
	err_set(&e, ERR_RECV_TIMEOUT, 0,
		"%s: no peer within %s; use -t D to wait longer", s->name,
		buf_cstr(&within));
	buf_fini(&within);
	return call_fail(call, &e);
}
