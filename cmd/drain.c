/* SPDX-License-Identifier: ISC */
/*
 * `drain`: discards received data that was not consumed. `recv` prints it.
 */
#include "rung/cmd.h"
#include "rung/text.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session (default: the current one)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_drain = {
    .name = "drain",
    .group = "traffic",
    .brief = "discard received data",
    .help = "The next expect or recv then gets only what comes later.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello; sendline bye\n"
	    "    expect hello\n"
	    "    drain\n"
	    "\n"
	    "drain does not wait for data; at a prompt it prints the amount. "
	    "The received part of an incomplete framed message stays. The "
	    "log still has the messages.\n",
    .params = params,
    .run = run,
};

static void print_unread(struct call *call, const struct session *s)
{
	size_t bytes = inbox_len(&s->inbox), messages = inbox_count(&s->inbox);
	if (inbox_is_stream(&s->inbox) || !messages)
		call_notice(call, "%s: %zu byte%s discarded", s->name, bytes,
			    text_plural(bytes));
	else
		call_notice(call, "%s: %zu message%s discarded, %zu byte%s",
			    s->name, messages, text_plural(messages), bytes,
			    text_plural(bytes));
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, NAME, &e);
	if (!s)
		return call_fail(call, &e);
	if (call->shell->interactive)
		print_unread(call, s);
	while (inbox_count(&s->inbox))
		inbox_pop(&s->inbox);
	session_take_controls(s, UINT64_MAX);
	session_touch(s);
	return CMD_OK;
}
