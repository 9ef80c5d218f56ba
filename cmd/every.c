/* SPDX-License-Identifier: ISC */
/*
 * `every` and `after`: run commands on a timer. shell/job.c runs them.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { TIME, BODY, END };
static const struct param params[] = {
    [TIME] = {.name = "D",
	      .kind = PARAM_DURATION,
	      .flags = PARAM_REQUIRED,
	      .brief = "how long from now, or between two runs"},
    [BODY] = {.name = "CMDS",
	      .kind = PARAM_BODY,
	      .flags = PARAM_REQUIRED,
	      .brief = "one quoted word, or the rest of the line"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run_every(struct call *);
static enum cmd_status run_after(struct call *);

const struct cmd cmd_every = {
    .name = "every",
    .group = "tasks",
    .brief = "runs commands again and again",
    .help = "The first run is D from now. A run that is still on when the next "
	    "is due lets that one go by; one that fails is the last. 'cancel' "
	    "ends it.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    every 10s sendline still there?\n"
	    "    jobs\n",
    .params = params,
    .run = run_every,
};

const struct cmd cmd_after = {
    .name = "after",
    .group = "tasks",
    .brief = "runs commands once, later",
    .help = "They run beside the prompt when D is over.\n"
	    "\n"
	    "    after 100ms echo later\n"
	    "    wait\n",
    .params = params,
    .run = run_after,
};

static enum cmd_status every_start(struct call *call, bool once)
{
	uint64_t period = args_number(&call->args, TIME, 0);
	if (period == 0 && !once)
		return call_error(call, ERR_USAGE,
				  "every 0 would leave no time for the rest");
	struct err e;
	if (job_check_limit(call->shell, &e))
		return call_fail(call, &e);
	char *typed = call_typed(call);
	job_new_timer(call->shell, call->args.arg[BODY].at->body, period, once,
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
