/* SPDX-License-Identifier: ISC */
/*
 * `cancel`: ends a job. `close` ends sessions.
 */
#include "rung/cmd.h"
#include "rung/job.h"

enum { JOB, END };
static const struct param params[] = {
    [JOB] = {.name = "JOB",
	     .kind = PARAM_NUMBER,
	     .flags = PARAM_REQUIRED | PARAM_REPEATED | PARAM_OR_ALL,
	     .brief = "number of the job, see 'jobs'; *: all jobs"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_cancel = {
    .name = "cancel",
    .group = "tasks",
    .brief = "stop a job",
    .help = "Stop background commands, a timer, a handler or a server, with "
	    "the commands that it runs.\n"
	    "\n"
	    "    sleep 1h &\n"
	    "    cancel 1\n"
	    "    every 1m echo tick; sleep 1h &\n"
	    "    cancel *\n"
	    "\n"
	    "Sessions that the job opened stay open, and bytes that the job "
	    "queued are still sent. A server closes the peers whose commands "
	    "it stops. A handler can cancel itself: its commands then run to "
	    "their end.\n"
	    "\n"
	    "'cancel *' stops all jobs that were started in the same scope, at "
	    "the prompt or in the script, and not the job that runs it.\n",
    .params = params,
    .flags = CMD_PASSES,
    .run = run,
};

static enum cmd_status cancel_one(struct call *call, uint64_t number)
{
	struct job *j = number > call->shell->next_job
			    ? NULL
			    : job_find(call->shell, (unsigned)number);
	if (!j)
		return call_error(call, ERR_USAGE,
				  "no job %llu; 'jobs' lists them",
				  (unsigned long long)number);
	if (job_owns_task(j, call->task))
		return call_error(call, ERR_USAGE,
				  "[%u] cannot cancel itself; a job ends after "
				  "its last command",
				  j->number);
	job_cancel(j, call->task);
	return CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	const struct arg *arg = &call->args.arg[JOB];
	for (size_t i = 0; i < arg->n; i++)
		if (arg->at[i].glob)
			jobs_cancel(call->task);
		else if (cancel_one(call, arg->at[i].number) != CMD_OK)
			return CMD_FAIL;
	return CMD_OK;
}
