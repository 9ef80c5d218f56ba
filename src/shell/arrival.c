/* SPDX-License-Identifier: ISC */
/*
 * Lets a command wait for a peer of a listener that the command names before
 * the peer has come: by @NAME or as an operand. task.c starts the command once
 * the peer exists.
 */
#include "shell_own.h"

#include <stdio.h>
#include <string.h>

/* Returns the command's option -t; CALL_NO_PARAM: it has none. */
static unsigned timeout_param(const struct call *c)
{
	const struct param *p = c->cmd->params;
	for (unsigned i = 0; p && p[i].kind != PARAM_END; i++)
		if (p[i].kind == PARAM_DURATION && strcmp(p[i].name, "-t") == 0)
			return i;
	return CALL_NO_PARAM;
}

bool call_await_peer(struct call *c, struct bytes name, uint64_t within_ns)
{
	struct session *listener = hub_find_listener(c->shell->hub, name);
	if (!listener)
		return false;
	/* Another listener may have got the name of the awaited one. */
	if (c->awaited != listener)
		call_stop_waiting(c);
	call_wait(c, listener, within_ns);
	c->waiter.consumes = c->waiter.reports_end = false;
	snprintf(c->awaited_peer, sizeof c->awaited_peer, "%.*s", (int)name.len,
		 (const char *)name.at);
	return true;
}

static void set_late_error(struct call *c)
{
	unsigned timeout = timeout_param(c);
	struct buf within = {.limit = BUF_SMALL};
	print_duration(call_timeout(c, timeout), &within);
	call_error(c, ERR_RECV_TIMEOUT, "%s: no peer %s within %s; use %s",
		   c->awaited->name, c->awaited_peer, buf_cstr(&within),
		   timeout == CALL_NO_PARAM ? "'set timeout D' to wait longer"
					    : "-t D to wait longer");
	buf_fini(&within);
}

bool arrival_failed(struct call *c)
{
	const struct hub *hub = c->shell->hub;
	struct bytes name = bytes_str(c->awaited_peer);
	if (!name.len || hub_find(c->shell->hub, name, NULL))
		return false;
	if (!hub_find_listener(hub, name))
		session_end_error(c->awaited, &c->err);
	else if (c->timed_out)
		set_late_error(c);
	else
		return false;
	return true;
}

/* Makes the call wait for the session of that name, if it is a peer that may
 * still come. */
static bool awaits(struct call *c, struct bytes name)
{
	/* A command that runs past another one does not wait for a peer. */
	return !c->task->parked.call && !hub_find(c->shell->hub, name, NULL) &&
	       call_await_peer(c, name, call_timeout(c, timeout_param(c)));
}

bool target_was_removed(const struct shell *sh, const struct cmd *cmd,
			struct bytes name)
{
	return cmd && cmd->flags & CMD_REMOVED && hub_find_ended(sh->hub, name);
}

enum cmd_status arrival_of_target(struct call *c)
{
	struct bytes name = bytes_str(c->peer);
	unsigned col;
	struct err e;
	/* The command's -t limits the wait. Other words may need the session:
	 * errors are reported after the wait. */
	if (!c->awaited_peer[0])
		(void)args_bind(&c->args, shell_params(c->shell, c->cmd),
				c->command, &c->task->lookup, &col, &e);
	if (awaits(c, name))
		return CMD_WAIT;
	struct session *s = hub_find(c->shell->hub, name, &e);
	if (!s && target_was_removed(c->shell, c->cmd, name)) {
		c->removed_id = hub_find_ended(c->shell->hub, name)->log_id;
		return CMD_OK;
	}
	if (!s)
		return call_fail(c, &e);
	session_pin(s);
	c->target = s;
	c->task->current_target = s;
	c->peer[0] = '\0';
	return CMD_OK;
}

bool arrival_of_operand(struct call *c)
{
	const struct param *p = c->cmd->params;
	for (unsigned i = 0; p && p[i].kind != PARAM_END; i++)
		if (p[i].flags & PARAM_AWAITED && args_has(&c->args, i) &&
		    !c->args.arg[i].at->glob &&
		    awaits(c, args_text(&c->args, i)))
			return true;
	return false;
}

void arrival_finish(struct call *c)
{
	if (!c->awaited_peer[0])
		return;
	call_stop_waiting(c);
	c->timed_out = false;
	c->awaited_peer[0] = '\0';
	unsigned timeout = timeout_param(c);
	/* A -t limits both waits together. */
	if (timeout == CALL_NO_PARAM || !args_has(&c->args, timeout))
		c->began = loop_now(c->shell->loop);
}
