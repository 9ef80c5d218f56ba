/* SPDX-License-Identifier: ISC */
/*
 * `close`: closes sessions, shuts down their sending side or resets them.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { WRITE, RESET, ABRUPT, NAME, END };
static const struct param params[] = {
    [WRITE] = {.name = "-w",
	       .kind = PARAM_FLAG,
	       .brief = "shut down only the sending side (FIN); data can still "
			"be received"},
    [RESET] = {.name = "-R",
	       .kind = PARAM_FLAG,
	       .brief = "reset the connection (RST)"},
    [ABRUPT] =
	{.name = "--abrupt",
	 .kind = PARAM_FLAG,
	 .brief =
	     "send no closing message of a rung: the peer of a TLS session "
	     "gets no close_notify"},
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session, or a pattern of names (default: the "
		       "current session)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_close = {
    .name = "close",
    .group = "sessions",
    .brief = "close a session, or its sending side",
    .help = "Data that was not consumed is discarded: receive it first, or use "
	    "-w.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr as one\n"
	    "    connect $echo.addr as two\n"
	    "    close -w one\n"
	    "    close -R two\n"
	    "    close *\n"
	    "\n"
	    "If the session was current, no session is current afterwards. A "
	    "listener's peers stay open. A session that has already ended is "
	    "removed from the list.\n",
    .params = params,
    .flags = CMD_LISTENERS | CMD_PASSES,
    .run = run,
};

static int end_one(struct call *call, struct session *s, struct err *e)
{
	if (args_has(&call->args, WRITE))
		return session_end(s, e);
	struct close_request how = {.abrupt = args_has(&call->args, ABRUPT)};
	session_close(
	    s, args_has(&call->args, RESET) ? CLOSE_RESET : CLOSE_ORDERLY,
	    &how);
	session_release(s);
	jobs_review(call->shell);
	if (task_current(call->task) == s)
		task_use(call->task, NULL);
	return 0;
}

/* Pins all sessions first: closing one may close others (a datagram listener's
 * peers). */
static enum cmd_status end_all(struct call *call, struct bytes pattern)
{
	struct hub *hub = call->shell->hub;
	struct session **all = xalloc((hub->count + 1) * sizeof *all);
	size_t n = 0;
	for (struct session *s = NULL; (s = hub_match(hub, pattern, s));) {
		session_pin(s);
		all[n++] = s;
	}
	struct err e, first;
	err_clear(&first);
	for (size_t i = 0; i < n; i++) {
		if (end_one(call, all[i], &e) && first.kind == ERR_NONE)
			first = e;
		session_unpin(all[i]);
	}
	free(all);
	if (n == 0)
		return call_error(
		    call, ERR_USAGE,
		    "no session matches '%.*s'; 'sessions' lists them",
		    (int)bytes_head(pattern, 64).len, (const char *)pattern.at);
	return first.kind == ERR_NONE ? CMD_OK : call_fail(call, &first);
}

static enum cmd_status run(struct call *call)
{
	struct bytes name = args_text(&call->args, NAME);
	struct err e;
	if (args_has(&call->args, WRITE) + args_has(&call->args, RESET) +
		args_has(&call->args, ABRUPT) >
	    1)
		return call_error(call, ERR_USAGE,
				  "use only one of -w, -R and --abrupt");
	if (args_has(&call->args, NAME) && call->args.arg[NAME].at->glob)
		return end_all(call, name);
	struct session *s = call_session(call, NAME, &e);
	if (!s || end_one(call, s, &e))
		return call_fail(call, &e);
	return CMD_OK;
}
