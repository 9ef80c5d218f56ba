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
	     .flags = PARAM_REQUIRED | PARAM_REPEATED,
	     .brief = "number of the job, see 'jobs'"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_cancel = {
    .name = "cancel",
    .group = "tasks",
    .brief = "stop a job",
    .help = "Stop background commands, a timer, a handler or a server. "
	    "Sessions that the job opened stay open, and bytes that the job "
	    "queued are still sent.\n"
	    "\n"
	    "    sleep 1h &\n"
	    "    cancel 1\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct arg *arg = &call->args.arg[JOB];
	for (size_t i = 0; i < arg->n; i++) {
		uint64_t number = arg->at[i].number;
		struct job *j = number > call->shell->next_job
				    ? NULL
				    : job_find(call->shell, (unsigned)number);
		if (!j)
			return call_error(call, ERR_USAGE,
					  "no job %llu; 'jobs' lists them",
					  (unsigned long long)number);
		if (job_owns_task(j, call->task))
			return call_error(call, ERR_USAGE,
					  "[%u] cannot cancel itself; a job "
					  "ends after its last command",
					  j->number);
		job_cancel(j);
	}
	return CMD_OK;
}
