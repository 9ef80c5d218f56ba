/* SPDX-License-Identifier: ISC */
/*
 * `descend`: takes the top rung off a session's ladder. session/climb.c keeps
 * the data that was not consumed.
 */
#include "rung/cmd.h"

static const struct param params[] = {{.kind = PARAM_END}};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_descend = {
    .name = "descend",
    .group = "looking",
    .brief = "take the top rung off a session",
    .help = "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    climb frame line\n"
	    "    send one; recv\n"
	    "    descend\n"
	    "    info\n"
	    "\n"
	    "Messages of a frame that were not consumed turn back into the "
	    "received bytes; messages of other rungs stay. On a listener, take "
	    "the top rung off the ladder of new peers.\n",
    .params = params,
    .run = run,
    .resume = resume,
};

/* Takes the top rung off the plan of a listener's new peers. */
static int descend_peers(struct session *s, struct err *e)
{
	struct rung_plan *old = session_plan(s);
	struct rung_plan *plan = rung_plan_new();
	int status = -1;
	if (!old)
		err_usage(e, "%s: new peers have no rung to remove", s->name);
	else if (rung_plan_add_all(plan, old, old->count - 1, e) == 0)
		status = session_set_plan(s, plan, e);
	rung_plan_unref(plan);
	return status;
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	if (s->role == ROLE_LISTENER ? descend_peers(s, &e)
				     : session_descend(s, NULL, &e))
		return call_fail(call, &e);
	if (!session_is_descending(s))
		return CMD_OK;
	return call_wait(call, s, s->hub->close_timeout + NS_PER_S);
}

/* Ignores the timeout of the call: 'set close-timeout' limits the wait. */
static enum cmd_status resume(struct call *call, enum wake wake)
{
	(void)wake;
	return session_is_descending(call->awaited) ? CMD_WAIT : CMD_OK;
}
