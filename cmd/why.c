/* SPDX-License-Identifier: ISC */
/*
 * `why`: prints how a session ended (or the state of an open one) and its last
 *        messages. Also works for a session that was removed.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session (default: the current one)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_why = {
    .name = "why",
    .group = "sessions",
    .brief = "print how a session ended",
    .help = "    listen --echo :0 as echo\n"
	    "    connect $echo.addr as c1\n"
	    "    sendline bye\n"
	    "    close c1\n"
	    "    why c1\n"
	    "\n"
	    "Print which side closed first and how, the number of unread and "
	    "unsent bytes, and the last messages. Closed sessions are "
	    "remembered.\n",
    .params = params,
    .flags = CMD_LISTENERS | CMD_PASSES | CMD_REMOVED,
    .run = run,
};

enum { LAST = 3, ROWS = 4 };

/* Finds the numbers of the session's last messages, oldest first. Result: how
 * many were found. */
static size_t last_of(const struct log *log, unsigned log_id,
		      uint64_t numbers[LAST])
{
	uint64_t first, at;
	size_t n = 0;
	struct log_entry entry;
	if (!log_range(log, &first, &at))
		return 0;
	for (; at >= first && n < LAST; at--) {
		if (!log_find(log, at, &entry) || entry.log_id != log_id)
			continue;
		for (size_t i = n; i > 0; i--)
			numbers[i] = numbers[i - 1];
		numbers[0] = at;
		n++;
	}
	return n;
}

static void put_messages(const struct call *call, unsigned log_id,
			 const struct session *s, struct text *out)
{
	const struct shell *shell = call->shell;
	uint64_t numbers[LAST];
	size_t n = last_of(shell->log, log_id, numbers);
	struct view_style style = {
	    .time = shell->screen->time,
	    .began = shell->hub->began,
	    .wall = loop_wall(shell->loop) - loop_now(shell->loop),
	    .rows = ROWS,
	};
	struct log_entry entry;
	for (size_t i = 0; i < n; i++)
		if (log_find(shell->log, numbers[i], &entry)) {
			view_message(call_log_view(call, s), &entry, &style,
				     out);
			style.previous = entry.at;
		}
}

static enum cmd_status run(struct call *call)
{
	struct hub *hub = call->shell->hub;
	struct bytes name = args_text(&call->args, NAME);
	struct session *s = NULL;
	const struct ended_session *ended = NULL;
	struct err e;
	if (!name.len)
		ended = call_removed(call);
	if (name.len && !hub_find(hub, name, NULL))
		ended = hub_find_ended(hub, name);
	if (!ended) {
		s = call_session(call, NAME, &e);
		if (!s)
			return call_fail(call, &e);
	}
	struct buf why;
	struct text out;
	buf_init(&why, BUF_SMALL);
	text_init(&out, (size_t)4 << 20, call->shell->out->colour);
	if (s)
		session_why(s, &why);
	else
		buf_puts(&why, ended->why);
	text_puts(&out, s ? s->name : ended->name);
	text_puts(&out, ": ");
	out_escape(&out, buf_bytes(&why));
	text_puts(&out, "\n");
	put_messages(call, s ? session_log_id(s) : ended->log_id, s, &out);
	out_diag(call->shell->out, &out);
	text_fini(&out);
	buf_fini(&why);
	return CMD_OK;
}
