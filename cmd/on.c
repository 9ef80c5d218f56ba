/* SPDX-License-Identifier: ISC */
/*
 * `on`: runs commands on an event of a session. shell/handler.c waits for the
 *       event.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { EVENT, PATTERN, BODY, END };
static const struct param params[] = {
    [EVENT] = {.name = "EVENT",
	       .kind = PARAM_CHOICE,
	       .flags = PARAM_REQUIRED,
	       .choices = handler_event_names,
	       .brief = "event to wait for"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .brief = "handle only messages that match"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one quoted word, or the rest of the line"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_on = {
    .name = "on",
    .group = "tasks",
    .brief = "run commands on an event",
    .help = "Handle events of the current session, or of each peer of a "
	    "listener (@s1 on ...). open: the session is open. message: a "
	    "message was received (without a frame: a chunk of data); $message "
	    "is its text, $0 to $9 and named groups are the match. eof: the "
	    "peer has shut down its sending side. close: the session is "
	    "closed. peer: a listener has a new peer.\n"
	    "\n"
	    "Messages are handled one at a time. The first handler whose "
	    "pattern matches gets the message; it is consumed. Values are "
	    "data: nothing that a peer sends is run as a command. A listener's "
	    "peer is closed after it has shut down its sending side and all "
	    "its messages are handled.\n"
	    "\n"
	    "    listen :0 as s\n"
	    "    @s on message /^ping (\\w+)/ sendline pong $1\n"
	    "    connect $s.addr as c\n"
	    "    @c sendline ping me\n"
	    "    @c expect \"pong me\"\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	const struct arg *pattern = &call->args.arg[PATTERN];
	enum handler_event event = (enum handler_event)args_number(&call->args,
								   EVENT, 0);
	if (!s)
		return call_fail(call, &e);
	if (event == ON_PEER && s->role != ROLE_LISTENER)
		return call_error(call, ERR_USAGE,
				  "%s is not a listener and has no peers",
				  s->name);
	if (pattern->n && event != ON_MESSAGE)
		return call_error(call, ERR_USAGE,
				  "only message takes a pattern");
	if (session_is_closed(s)) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	if (job_check_limit(call->shell, &e))
		return call_fail(call, &e);
	char *typed = call_typed(call);
	job_new_handler(call->task, s, event,
			pattern->n ? pattern->at->match : NULL,
			call->args.arg[BODY].at->body, typed);
	free(typed);
	return CMD_OK;
}
