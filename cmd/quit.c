/* SPDX-License-Identifier: ISC */
/*
 * `quit`: ends rung. shell/shell.c prints the names of the sessions it closes.
 */
#include "rung/cmd.h"

enum { CODE, END };
static const struct param params[] = {
    [CODE] = {.name = "CODE",
	      .kind = PARAM_NUMBER,
	      .brief = "exit code, 0 to 255 (default: 0, or that of a "
		       "failed job)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_quit = {
    .name = "quit",
    .aliases = "exit",
    .group = "shell",
    .brief = "quit rung",
    .help = "Close all sessions, print their names and exit. Ctrl-D on an "
	    "empty line does the same.\n"
	    "\n"
	    "    quit\n"
	    "    quit 3\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	uint64_t code = args_number(&call->args, CODE,
				    (uint64_t)shell_exit_code(call->shell));
	if (code > 255)
		return call_error(call, ERR_USAGE,
				  "CODE must be 0 to 255, not %llu",
				  (unsigned long long)code);
	shell_quit(call->shell, (int)code);
	return CMD_OK;
}
