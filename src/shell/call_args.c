/* SPDX-License-Identifier: ISC */
/*
 * Finds what a command's arguments name: sessions, addresses, messages of the
 * log, and the timeout.
 */
#include "shell_own.h"

/* Returns the newest session that listens, or NULL. */
static const struct session *newest_listener(struct hub *hub)
{
	const struct session *found = NULL;
	for (const struct session *s = NULL;
	     (s = hub_match(hub, BYTES("*"), s)) != NULL;)
		if (session_state(s) == SESSION_LISTENING)
			found = s;
	return found;
}

/* Sets *e if there is no current session. A listener never becomes current by
 * itself, so the hint names it. */
static void no_session(const struct call *c, struct err *e)
{
	const struct session *s = newest_listener(c->shell->hub);
	if (!s)
		err_set(e, ERR_USAGE, 0,
			"no current session; create one with 'connect' or "
			"'listen', or choose one with 'use NAME'");
	else if (c->cmd->flags & CMD_LISTENERS)
		err_set(e, ERR_USAGE, 0,
			"no current session; for the listener %.60s: @%.60s %s "
			"...",
			s->name, s->name, c->cmd->name);
	else
		err_set(e, ERR_USAGE, 0,
			"no current session; to wait for a peer of %.60s: "
			"accept %.60s",
			s->name, s->name);
}

struct session *call_session(struct call *c, unsigned param, struct err *e)
{
	if (c->cmd->params && param != CALL_NO_PARAM &&
	    args_has(&c->args, param))
		return hub_find(c->shell->hub, args_text(&c->args, param), e);
	if (c->removed_id)
		return hub_find(c->shell->hub, bytes_str(c->peer), e);
	if (c->target)
		return c->target;
	if (task_current(c->task))
		return task_current(c->task);
	no_session(c, e);
	return NULL;
}

const struct ended_session *call_removed(const struct call *c)
{
	return c->removed_id ? hub_find_ended(c->shell->hub, bytes_str(c->peer))
			     : NULL;
}

unsigned call_log_id(const struct call *c)
{
	return c->target ? session_log_id(c->target) : c->removed_id;
}

/* Rejects an `exec:` address that was not typed: the value of a variable may
 * come from a peer. */
static int check_typed(const struct value *address, struct err *e)
{
	struct bytes exec = BYTES("exec:");
	if (!bytes_starts(address->text, exec) || address->typed >= exec.len)
		return 0;
	return err_set(
	    e, ERR_USAGE, 0,
	    "exec: from a variable is not allowed: a peer could have sent it; "
	    "use 'connect exec:CMD', and pass values with its --env "
	    "NAME=VALUE");
}

int call_address(const struct call *c, unsigned param, struct endpoint *out,
		 struct err *e)
{
	const struct arg *arg = &c->args.arg[param];
	if (check_typed(&arg->at[0], e))
		return -1;
	if (arg->n == 2)
		return endpoint_pair(arg->at[0].text, arg->at[1].text, out, e);
	return endpoint_parse(args_text(&c->args, param), out, e);
}

int call_locator(const struct call *c, unsigned param, struct locator *out,
		 struct err *e)
{
	const struct protocols *protocols = c->shell->protocols;
	const struct arg *arg = &c->args.arg[param];
	if (check_typed(&arg->at[0], e))
		return -1;
	if (arg->n == 2)
		return locator_pair(protocols, arg->at[0].text, arg->at[1].text,
				    out, e);
	return locator_parse(protocols, arg->at[0].text, out, e);
}

int call_name_locator(const struct call *c, unsigned param, struct locator *out,
		      struct err *e)
{
	const struct arg *arg = &c->args.arg[param];
	if (check_typed(&arg->at[0], e))
		return -1;
	if (arg->n == 2)
		return call_locator(c, param, out, e);
	return locator_parse_name(c->shell->protocols, arg->at[0].text, out, e);
}

int call_new_name(const struct call *c, unsigned param, struct bytes *out,
		  struct err *e)
{
	*out = args_text(&c->args, param);
	if (args_has(&c->args, param) && !out->len)
		return err_set(e, ERR_USAGE, 0, "the name after 'as' is empty");
	return 0;
}

int call_message(const struct call *c, unsigned param, struct log_entry *out,
		 struct err *e)
{
	const struct log *log = c->shell->log;
	uint64_t number = args_number(&c->args, param, 0), first, last;
	if (log_find(log, number, out))
		return 0;
	if (!log_range(log, &first, &last))
		return err_set(e, ERR_USAGE, 0, "no messages yet");
	return err_set(e, ERR_USAGE, 0,
		       "no message #%llu; the log has #%llu to #%llu",
		       (unsigned long long)number, (unsigned long long)first,
		       (unsigned long long)last);
}

uint64_t call_timeout(const struct call *c, unsigned param)
{
	if (param == CALL_NO_PARAM)
		return c->shell->timeout;
	return args_number(&c->args, param, c->shell->timeout);
}
