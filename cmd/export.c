/* SPDX-License-Identifier: ISC */
/*
 * `export`: prints an exchange as shell commands.
 */
#include "rung/cmd.h"
#include "rung/replay.h"

enum { NUMBER, END };
static const struct param params[] = {
    [NUMBER] = {.name = "#N",
		.kind = PARAM_MESSAGE,
		.brief =
		    "a message of the exchange (default: the last one sent)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_export = {
    .name = "export",
    .group = "looking",
    .brief = "print an exchange as shell commands",
    .help = "Print two lines for sh, safely quoted: one runs rung, the other "
	    "printf and nc. For an HTTP request, print a command line of curl, "
	    "too, for bash.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline \"it's 100%\"\n"
	    "    expect \"%\"\n"
	    "    export\n"
	    "\n"
	    "The first line connects, sends the same data and expects the "
	    "answer, or its first 1 KiB. The second sends the same data. The "
	    "exchange is the last one of a client (with @NAME, of that "
	    "client), or the one that contains the message.\n",
    .params = params,
    .flags = CMD_REMOVED,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct shell *shell = call->shell;
	struct buf out = {.limit = SIZE_MAX};
	struct err e;
	int failed = replay_lines(shell->log, shell->journal,
				  args_number(&call->args, NUMBER, 0),
				  call_log_id(call), &out, &e);
	if (!failed)
		call_print_quoted(call, buf_bytes(&out));
	buf_fini(&out);
	return failed ? call_fail(call, &e) : CMD_OK;
}
