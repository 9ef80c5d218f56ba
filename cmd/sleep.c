/* SPDX-License-Identifier: ISC */
/*
 * `sleep`: waits for a time. Sessions continue.
 */
#include "rung/cmd.h"

enum { TIME, END };
static const struct param params[] = {
    [TIME] = {.name = "D",
	      .kind = PARAM_DURATION,
	      .flags = PARAM_REQUIRED,
	      .brief = "duration: 250ms, 2s, 1m; a bare number is seconds"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_sleep = {
    .name = "sleep",
    .group = "shell",
    .brief = "wait for a time",
    .help = "Sessions continue to receive and send. Ctrl-C ends the wait. To "
	    "wait for an answer, use expect or recv.\n"
	    "\n"
	    "    sleep 250ms\n"
	    "    sleep 1.5\n",
    .params = params,
    .run = run,
    .resume = resume,
};

static enum cmd_status run(struct call *call)
{
	uint64_t time = args_number(&call->args, TIME, 0);
	return time ? call_wait(call, NULL, time) : CMD_OK;
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	(void)call;
	return wake == WAKE_TIMEOUT ? CMD_OK : CMD_WAIT;
}
