/* SPDX-License-Identifier: ISC */
/*
 * `eol`: sets the bytes that sendline appends.
 */
#include "rung/cmd.h"

enum { WHAT, END };
static const struct param params[] = {
    [WHAT] = {.name = "lf|crlf|none|\"...\"",
	      .kind = PARAM_WORD,
	      .choices = display_eols,
	      .brief =
		  "line ending, or quoted text (default: print the setting)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_eol = {
    .name = "eol",
    .group = "looking",
    .brief = "set what sendline appends",
    .help =
	"Set the line ending of the current session; without one, of new "
	"sessions. Quoted text and values of variables are used unchanged.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    eol crlf\n"
	"    sendline hello\n"
	"    expect \"hello\\r\\n\"\n"
	"    eol \"\\0\"\n",
    .params = params,
    .flags = CMD_LISTENERS,
    .run = run,
};

static void print_eol(struct call *call, const char *whose,
		      const struct display *m)
{
	struct buf shown = {.limit = BUF_SMALL};
	display_print_eol(m, &shown);
	call_print_state(call, !args_has(&call->args, WHAT), "%s: eol %s",
			 whose, buf_cstr(&shown));
	buf_fini(&shown);
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct display *m = &shell->hub->display;
	const char *whose = "new sessions";
	bool all = !call->target && !task_current(call->task);
	struct err e;
	if (!all) {
		struct session *s = call_session(call, CALL_NO_PARAM, &e);
		if (!s)
			return call_fail(call, &e);
		m = &s->display;
		whose = s->name;
	}
	if (args_has(&call->args, WHAT) &&
	    display_set_eol(m, call->args.arg[WHAT].at, &e))
		return call_fail(call, &e);
	if (all || !args_has(&call->args, WHAT))
		print_eol(call, whose, m);
	return CMD_OK;
}
