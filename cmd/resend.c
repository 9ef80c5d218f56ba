/* SPDX-License-Identifier: ISC */
/*
 * `resend`: sends a message of the log again.
 */
#include "rung/cmd.h"

enum { NUMBER, END };
static const struct param params[] = {
    [NUMBER] = {.name = "#N",
		.kind = PARAM_MESSAGE,
		.flags = PARAM_REQUIRED,
		.brief = "number of the message"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_resend = {
    .name = "resend",
    .group = "looking",
    .brief = "send a message of the log again",
    .help = "Send the message on its session, or with @NAME, on that session.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello\n"
	    "    resend #1\n"
	    "\n"
	    "Received messages can be sent, too. If the peer is slow, the "
	    "message stays queued; resend does not wait. A message of a "
	    "session that has ended needs @NAME, also if the name is used "
	    "again.\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct shell *shell = call->shell;
	struct session *s = call->target;
	struct log_entry entry;
	struct err e;
	if (call_message(call, NUMBER, &entry, &e))
		return call_fail(call, &e);
	if (entry.len > entry.data.len)
		return call_error(
		    call, ERR_LIMIT,
		    "cannot send message #%llu: only %zu of %zu bytes are kept",
		    (unsigned long long)entry.number, entry.data.len,
		    entry.len);
	if (!s && !(s = hub_find(shell->hub, bytes_str(entry.session), &e)))
		return call_fail(call, &e);
	if (!call->target && session_log_id(s) != entry.log_id)
		return call_error(
		    call, ERR_CLOSED,
		    "the session %s of message #%llu has ended; to send it on "
		    "the new %s: @%s resend #%llu",
		    s->name, (unsigned long long)entry.number, s->name, s->name,
		    (unsigned long long)entry.number);
	/* Copy the entry: sending adds an entry to the log, which may remove
	 * this one. */
	struct buf copy = {.limit = LOG_MESSAGE_MAX};
	if (buf_put(&copy, entry.data))
		return call_error(call, ERR_LIMIT, "no memory");
	struct unit unit = {.data = buf_bytes(&copy),
			    .kind = entry.kind,
			    .attrs = attrs_ref(entry.attrs),
			    .flags = entry.flags & UNIT_RAW};
	int failed = session_send(s, &unit, &e);
	buf_fini(&copy);
	attrs_unref(unit.attrs);
	return failed ? call_fail(call, &e) : CMD_OK;
}
