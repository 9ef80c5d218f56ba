/* SPDX-License-Identifier: ISC */
/*
 * `jobs`: lists the jobs. `cancel` ends one, `wait` waits for one.
 */
#include "rung/cmd.h"
#include "rung/job.h"

enum { END };
static const struct param params[] = {[END] = {.kind = PARAM_END}};

static enum cmd_status run(struct call *);

const struct cmd cmd_jobs = {
    .name = "jobs",
    .group = "tasks",
    .brief = "list background jobs",
    .help = "Jobs are commands with &, timers (every, after), handlers (on) "
	    "and servers (listen --serve).\n"
	    "\n"
	    "    sleep 1h &\n"
	    "    every 1m echo tick\n"
	    "    jobs\n"
	    "\n"
	    "Each line shows the job's number, its number of runs, and its "
	    "command line, which begins with @NAME for a handler on the "
	    "session NAME. Errors and notices of a job's commands begin with "
	    "the job's number, as in '[3] expect: ...'; in a script, the "
	    "number follows FILE:LINE.\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct text out;
	text_init(&out, BUF_SMALL, false);
	list_each (link, &call->shell->jobs) {
		const struct job *j = list_entry(link, struct job, at);
		text_printf(&out, "[%u]  %llu  ", j->number,
			    (unsigned long long)j->runs);
		const struct session *on = job_session(j);
		if (on)
			text_printf(&out, "@%s ", on->name);
		out_escape(&out, bytes_str(j->text));
		text_puts(&out, "\n");
	}
	out_diag(call->shell->out, &out);
	text_fini(&out);
	return CMD_OK;
}
