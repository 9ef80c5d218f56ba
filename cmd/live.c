/* SPDX-License-Identifier: ISC */
/*
 * `live`: sets whether received data is shown on arrival or when consumed.
 */
#include "rung/cmd.h"

static const char *const states[] = {"on", "off", NULL};

enum { STATE, END };
static const struct param params[] = {
    [STATE] = {.name = "on|off",
	       .kind = PARAM_CHOICE,
	       .choices = states,
	       .brief =
		   "show on arrival, or hold (default: print the setting)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_live = {
    .name = "live",
    .group = "looking",
    .brief = "show received data on arrival, or hold it",
    .help = "Change the current session; without one, new sessions.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    live off\n"
	    "    sendline hello\n"
	    "    recv line\n"
	    "\n"
	    "On (default at a prompt): received data is shown at once. Off "
	    "(default in scripts): data is shown when recv consumes it. Either "
	    "way data stays in the inbox until it is consumed. When the inbox "
	    "is full, a live session drops the oldest bytes; otherwise the "
	    "peer has to wait.\n",
    .params = params,
    .flags = CMD_LISTENERS,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	bool given = args_has(&call->args, STATE);
	bool on = bytes_is(args_text(&call->args, STATE), "on");
	struct err e;
	if (!call->target && !task_current(call->task)) {
		struct display *m = &shell->hub->display;
		if (given)
			m->live = on;
		call_print_state(call, !given, "new sessions: live %s",
				 m->live ? "on" : "off");
		return CMD_OK;
	}
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	if (given) {
		s->display.live = on;
		session_touch(s);
	} else {
		call_print_state(call, true, "%s: live %s", s->name,
				 s->display.live ? "on" : "off");
	}
	return CMD_OK;
}
