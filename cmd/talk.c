/* SPDX-License-Identifier: ISC */
/*
 * `talk`: sends each line typed after it to one session. shell/talk.c has the
 * lines.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session (default: the current session)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_talk = {
    .name = "talk",
    .group = "traffic",
    .brief = "send each typed line, until Ctrl-D or ~.",
    .help = "Send each line as typed, with the session's line ending, like the "
	    "command >.\n"
	    "\n"
	    "    talk\n"
	    "    GET / HTTP/1.0\n"
	    "    ~ info\n"
	    "    ~.\n"
	    "\n"
	    "End talk with Ctrl-D on an empty line, or with the line ~. as in "
	    "ssh. The line '~ CMD' runs a command on the session. If a line "
	    "begins with ~~, talk sends one ~ and the rest. While talk is on, "
	    "the prompt ends with ~ instead of >, and Tab inserts a tab.\n"
	    "\n"
	    "If the session or the peer's sending side ends, talk ends with a "
	    "notice. A half-typed line is then neither sent nor run as a "
	    "command; press Up to recall the line as > TEXT. Give talk again "
	    "to send more to a peer that has only shut down its side. Ctrl-C "
	    "discards the typed line, and cancels a send that waits.\n"
	    "\n"
	    "In talk, Up recalls lines of talk; at the prompt, commands. Lines "
	    "of talk are not written to the history file. The log and log "
	    "--script have the lines as sent data. In scripts, use > TEXT.\n",
    .params = params,
    .flags = CMD_TALKS,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct err e;
	if (call_talk(call, NAME, &e))
		return call_fail(call, &e);
	return CMD_OK;
}
