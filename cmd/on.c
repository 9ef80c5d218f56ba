/* SPDX-License-Identifier: ISC */
/*
 * `on`: runs commands on an event of a session. shell/handler.c waits for the
 *       event.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

/* Leaves out NAME, except after a kind whose units have names. */
static unsigned leave_out_name(const struct param *event, struct bytes word)
{
	const struct protocols *p = event->context;
	struct bytes rung, name;
	if (!p || !unit_kind_split(word, &rung, &name))
		return 1;
	const struct rung_ops *ops = protocols_rung(p, rung);
	const struct unit_kind *kind = ops ? unit_kind_find(ops->kinds, name)
					   : NULL;
	return !(kind && kind->flags & KIND_NAMED);
}

enum { EVENT, NAME, PATTERN, BODY, END };
static const struct param params[] = {
    [EVENT] = {.name = "EVENT",
	       .kind = PARAM_CHOICE,
	       .flags = PARAM_REQUIRED | PARAM_OR_KIND,
	       .choices = handler_event_names,
	       .brief = "event to wait for, or a kind, such as ws.ping",
	       .leaves_out = leave_out_name},
    [NAME] = {.name = "NAME",
	      .kind = PARAM_WORD,
	      .brief = "name to match, after a kind with names (sio.event)"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .brief = "handle only messages that match"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one command, or several in one quoted word"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_on = {
    .name = "on",
    .group = "tasks",
    .brief = "run commands on an event",
    .help = "Handle events of the current session, or of each peer of a "
	    "listener.\n"
	    "\n"
	    "    listen :0 as s\n"
	    "    @s on message /^ping (\\w+)/ sendline pong $1\n"
	    "    connect $s.addr as c\n"
	    "    @c sendline ping me\n"
	    "    @c expect \"pong me\"\n"
	    "\n"
	    "open: the session is open. message: a message was received "
	    "(without a frame: a chunk of data). eof: the peer has shut down "
	    "its sending side. close: the session has ended, in any way. peer: "
	    "a listener has a new peer. For a kind, see 'help kinds'.\n"
	    "\n"
	    "The first handler whose pattern matches gets a message: $message "
	    "is its text, $0 to $9 and named groups are the match. Each "
	    "message is consumed, even if no pattern matches.\n"
	    "\n"
	    "A listener's peer without a --serve script, and a client with a "
	    "close handler, is closed after the other side has shut down its "
	    "sending side and all messages are handled. The end of a session "
	    "stops no commands; those that use the session fail. 'cancel' "
	    "stops a handler and its commands.\n"
	    "\n"
	    "Handlers of a client stay after its end, for reconnect, until "
	    "close removes the session; wait does not wait for them.\n",
    .params = params,
    .flags = CMD_LISTENERS,
    .run = run,
};

/* Reads the event, or the kind and its name. Result: 0, or -1 and *e. */
static int read_event(struct call *call, const struct session *s,
		      struct handler_filter *of, struct err *e)
{
	const struct value *event = call->args.arg[EVENT].at;
	const char *const *known = handler_event_names;
	of->event = (enum handler_event)event->number;
	if (args_has(&call->args, NAME))
		of->name = args_text(&call->args, NAME);
	while (*known)
		known++;
	if (event->number < (uint64_t)(known - handler_event_names))
		return 0;
	of->event = ON_MESSAGE;
	int found = session_find_kind(s, call->shell->protocols->rungs,
				      event->text, &of->kind, e);
	if (found)
		return found < 0 ? -1 : 0;
	return err_set(e, ERR_USAGE, 0, "'%.*s': no rung has this kind",
		       (int)bytes_head(event->text, 60).len,
		       (const char *)event->text.at);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	const struct arg *pattern = &call->args.arg[PATTERN];
	struct handler_filter of = {.match = pattern->n ? pattern->at->match
							: NULL};
	if (!s || read_event(call, s, &of, &e))
		return call_fail(call, &e);
	if (of.event == ON_PEER && s->role != ROLE_LISTENER)
		return call_error(call, ERR_USAGE,
				  "%s is not a listener and has no peers",
				  s->name);
	if (pattern->n && of.event != ON_MESSAGE)
		return call_error(call, ERR_USAGE,
				  "only message and kinds, such as ws.ping, "
				  "take a pattern");
	/* A client may reconnect; an end is reported to new handlers, too. */
	bool may_run = s->role == ROLE_CLIENT ||
		       (s->role == ROLE_PEER && of.event == ON_CLOSE);
	if (session_is_closed(s) && !may_run) {
		session_end_error(s, &e);
		return call_fail(call, &e);
	}
	if (job_check_limit(call->shell, &e))
		return call_fail(call, &e);
	char *typed = call_typed(call);
	job_new_handler(call->task, s, &of, call->args.arg[BODY].at->body,
			typed);
	free(typed);
	return CMD_OK;
}
