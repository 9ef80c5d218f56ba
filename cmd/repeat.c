/* SPDX-License-Identifier: ISC */
/*
 * `repeat`: runs commands several times. The commands are parsed once;
 *           shell/task.c runs them.
 */
#include "rung/cmd.h"

enum { TIMES, BODY, END };
static const struct param params[] = {
    [TIMES] = {.name = "N",
	       .kind = PARAM_NUMBER,
	       .flags = PARAM_REQUIRED,
	       .brief = "number of runs; 0: none"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one command, or several in one quoted word"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_repeat = {
    .name = "repeat",
    .group = "shell",
    .brief = "run commands N times",
    .help = "Variables are expanded at each run. The first failure ends the "
	    "command, and so does break.\n"
	    "\n"
	    "    repeat 3 echo knock\n"
	    "    let n 0\n"
	    "    repeat 3 'incr n; echo round $n'\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct program *body = call->args.arg[BODY].at->body;
	uint64_t times = args_number(&call->args, TIMES, 0);
	return body->commands ? call_run_loop(call, body, times) : CMD_OK;
}
