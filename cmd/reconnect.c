/* SPDX-License-Identifier: ISC */
/*
 * `reconnect`: opens a client session again. session/client.c makes the new
 * session, shell/opening.c waits until it is open.
 */
#include "rung/job.h"
#include "rung/opening.h"

enum { TIMEOUT, RETRY, NAME, END };
static const struct param params[] = {
    [TIMEOUT] = OPENING_TIMEOUT,
    [RETRY] = OPENING_RETRY,
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .brief = "the client session (default: the current session)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_reconnect = {
    .name = "reconnect",
    .group = "sessions",
    .brief = "open an ended client session again",
    .help = "Open the session again with its name, address, options of "
	    "connect, rungs, settings and handlers.\n"
	    "\n"
	    "    listen :0 as s\n"
	    "    connect $s.addr as c\n"
	    "    @c on close reconnect --retry 1m\n"
	    "    close s.1\n"
	    "    @s.2 send hello again\n"
	    "\n"
	    "A session that is still open is closed first. Unread data is "
	    "discarded with a notice. If no attempt succeeds, the session "
	    "stays ended. See connect for --retry.\n"
	    "\n"
	    "A session that 'close' removed cannot be opened again; in a "
	    "handler, reconnect then does nothing.\n",
    .params = params,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

struct reconnecting {
	struct opening opening;
	struct session *old; /* pinned */
};

/* Replaces the old session by the new one, if that is open. */
static enum cmd_status finish(struct call *call, enum cmd_status status)
{
	struct reconnecting *r = call->data;
	struct session *old = r->old;
	if (status != CMD_OK)
		return status;
	size_t unread = inbox_len(&old->inbox);
	if (unread)
		call_notice(call,
			    "%s: %zu bytes of the ended session discarded",
			    old->name, unread);
	jobs_follow(call->shell, r->opening.session, old);
	session_unpin(old);
	r->old = NULL;
	return CMD_OK;
}

static enum cmd_status begin(struct call *call, struct session *old)
{
	struct reconnecting *r = call_scratch(call, sizeof *r);
	struct err e;
	session_pin(old);
	old->followed = true;
	r->old = old;
	struct session *s = hub_reconnect(old, &e);
	if (!s)
		return call_fail(call, &e);
	return finish(call, opening_begin(&r->opening, call, s,
					  call_timeout(call, TIMEOUT),
					  args_number(&call->args, RETRY, 0)));
}

/* Fails because there is no session. An error that is no usage error is that of
 * a removed session. */
static enum cmd_status no_session(struct call *call, const struct err *e)
{
	if (e->kind == ERR_USAGE)
		return call_fail(call, e);
	return call_error(call, e->kind,
			  "%s; a removed session cannot reconnect", e->text);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *old = call_session(call, NAME, &e);
	if (!old)
		return no_session(call, &e);
	/* A close handler has nothing to do if another command already
	 * reconnects the session, or `close` removed it. */
	if ((old->followed || old->released) && call->task->dispatcher)
		return CMD_OK;
	if (old->followed || session_retry(old))
		return call_error(call, ERR_USAGE,
				  "%s: another command reconnects already",
				  old->name);
	/* The name of a session that did not open is free for others. */
	const struct session *named = hub_find(call->shell->hub,
					       bytes_str(old->name), NULL);
	bool failed = !session_was_open(old) && (!named || named == old);
	if (old->released && !failed)
		return opening_closed(call, old);
	return begin(call, old);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct reconnecting *r = call->data;
	/* A session that did not open was released before. */
	if (r->old->released && session_was_open(r->old))
		return opening_closed(call, r->old);
	return finish(call, opening_resume(&r->opening, call, wake));
}

/* Without success, the old session keeps its name. */
static void cleanup(struct call *call)
{
	struct reconnecting *r = call->data;
	if (!r)
		return;
	/* The attempt may have become the current session. */
	if (r->old && r->opening.session &&
	    task_current(call->task) == r->opening.session)
		task_use(call->task, r->old);
	opening_end(&r->opening);
	if (r->old) {
		r->old->followed = false;
		session_set_retry(r->old, 0);
		calls_follow(r->old, r->old);
		session_unpin(r->old);
	}
	call->data = NULL;
}
