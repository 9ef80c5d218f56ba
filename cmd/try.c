/* SPDX-License-Identifier: ISC */
/*
 * `try`: runs commands and continues if they fail. The shell sets $error and
 * $?.
 */
#include "rung/cmd.h"

enum { BODY, END };
static const struct param params[] = {
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one command, or several in one quoted word"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_try = {
    .name = "try",
    .group = "shell",
    .brief = "run commands and continue if they fail",
    .help = "    try connect :1\n"
	    "    echo $error $?\n"
	    "\n"
	    "If CMDS fail, the error is printed as usual (by expect with the "
	    "received data), $error is set to the error's class and $? to its "
	    "exit code. If CMDS succeed, $error is none and $? is 0.\n",
    .params = params,
    .flags = CMD_TRIES,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	return call_run_try(call, call->args.arg[BODY].at->body);
}
