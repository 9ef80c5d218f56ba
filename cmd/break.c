/* SPDX-License-Identifier: ISC */
/*
 * `break`: ends a loop. shell/task.c keeps the runs.
 */
#include "rung/cmd.h"

static enum cmd_status run(struct call *);

const struct cmd cmd_break = {
    .name = "break",
    .group = "shell",
    .brief = "end the innermost repeat or while",
    .help = "Leave the variables, $error and $? as they are.\n"
	    "\n"
	    "    let n 0\n"
	    "    repeat 9 'incr n; if $n > 3 break; echo $n'\n",
    .flags = CMD_KEEPS_ERROR,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	if (call_break(call))
		return CMD_OK;
	return call_error(call, ERR_USAGE, "no repeat or while to end");
}
