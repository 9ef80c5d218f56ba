/* SPDX-License-Identifier: ISC */
/*
 * `eol`: sets the bytes that sendline appends.
 */
#include "rung/cmd.h"

#include <string.h>

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
    .help = "Set the line ending of the current session; without one, of new "
	    "sessions.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    eol crlf\n"
	    "    sendline hello\n"
	    "    expect \"hello\\r\\n\"\n"
	    "    eol \"\\0\"\n"
	    "\n"
	    "'frame line' sends the line ending, too; 'frame line:crlf' sets "
	    "it. 'show #N @frame' prints the bytes of a framed message. Quoted "
	    "text and "
	    "values of variables are used unchanged.\n",
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

/* Sets the line ending, unless a frame of the session, or of new sessions if
 * `s` is NULL, sets another one. */
static int set_eol(struct call *call, struct session *s, struct err *e)
{
	struct hub *hub = call->shell->hub;
	struct display wanted = s ? s->display : hub->display, framed;
	if (display_set_eol(&wanted, call->args.arg[WHAT].at, e))
		return -1;
	framed = wanted;
	if (s)
		session_take_eol(s, &framed);
	else
		display_take_eol(&framed, hub->plan);
	if (framed.eol_len != wanted.eol_len ||
	    memcmp(framed.eol, wanted.eol, wanted.eol_len) != 0)
		return err_usage(e, "the frame has its own line ending; use "
				    "'frame line' to send the eol");
	if (s)
		session_set_eol(s, &wanted);
	else
		hub->display = wanted;
	return 0;
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	const struct display *m = &shell->hub->display;
	const char *whose = "new sessions";
	bool all = !call->target && !task_current(call->task);
	struct session *s = NULL;
	struct err e;
	if (!all) {
		s = call_session(call, CALL_NO_PARAM, &e);
		if (!s)
			return call_fail(call, &e);
		m = &s->display;
		whose = s->name;
	}
	if (args_has(&call->args, WHAT) && set_eol(call, s, &e))
		return call_fail(call, &e);
	if (all || !args_has(&call->args, WHAT))
		print_eol(call, whose, m);
	return CMD_OK;
}
