/* SPDX-License-Identifier: ISC */
/*
 * `every` and `after`: run commands on a timer. shell/job.c runs them.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { TIME, BODY, END };
static const struct param every_params[] = {
    [TIME] = {.name = "D",
	      .kind = PARAM_DURATION,
	      .flags = PARAM_REQUIRED,
	      .brief = "time until the first run and between runs"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one command, or several in one quoted word"},
    [END] = {.kind = PARAM_END},
};
static const struct param after_params[] = {
    [TIME] = {.name = "D",
	      .kind = PARAM_DURATION,
	      .flags = PARAM_REQUIRED,
	      .brief = "time until the run"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one command, or several in one quoted word"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run_every(struct call *);
static enum cmd_status run_after(struct call *);

const struct cmd cmd_every = {
    .name = "every",
    .group = "tasks",
    .brief = "run commands repeatedly",
    .help = "The first run is D from now. If a run has not finished when the "
	    "next is due, the next is skipped. A failed run ends the job. "
	    "'cancel' stops the job.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    every 10s sendline still there?\n"
	    "    jobs\n",
    .params = every_params,
    .run = run_every,
};

const struct cmd cmd_after = {
    .name = "after",
    .group = "tasks",
    .brief = "run commands once, later",
    .help = "The commands run as a job; the prompt does not wait for them.\n"
	    "\n"
	    "    after 100ms echo later\n"
	    "    wait\n",
    .params = after_params,
    .run = run_after,
};

static enum cmd_status every_start(struct call *call, bool once)
{
	uint64_t period = args_number(&call->args, TIME, 0);
	if (period == 0 && !once)
		return call_error(call, ERR_USAGE,
				  "the interval must be more than 0");
	struct err e;
	if (job_check_limit(call->shell, &e))
		return call_fail(call, &e);
	char *typed = call_typed(call);
	job_new_timer(call->task, call->args.arg[BODY].at->body, period, once,
		      call->target, typed);
	free(typed);
	return CMD_OK;
}

static enum cmd_status run_every(struct call *call)
{
	return every_start(call, false);
}

static enum cmd_status run_after(struct call *call)
{
	return every_start(call, true);
}
