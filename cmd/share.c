/* SPDX-License-Identifier: ISC */
/*
 * `share`: makes variables common to all tasks, those of served peers included.
 * shell/env.c keeps them.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED | PARAM_REPEATED,
	      .brief = "a variable with all its entries, set or not"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_share = {
    .name = "share",
    .group = "shell",
    .brief = "share variables among all peers",
    .help = "Each peer of 'listen --serve' has its own variables. 'share' "
	    "makes NAME one variable for the prompt, all jobs and all "
	    "peers.\n"
	    "\n"
	    "    share visits; let visits 0\n"
	    "    listen --serve 'incr visits; send $visits' :0 as s\n"
	    "    connect $s.addr as a; @a expect 1; @a expect eof\n"
	    "    connect $s.addr as b; @b expect 2\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct arg *names = &call->args.arg[NAME];
	for (size_t i = 0; i < names->n; i++)
		if (names->at[i].key.at)
			return call_error(
			    call, ERR_USAGE,
			    "%.*s can only be shared as a whole, not by key",
			    (int)names->at[i].text.len,
			    (const char *)names->at[i].text.at);
	for (size_t i = 0; i < names->n; i++)
		task_share(call->task, names->at[i].text);
	return CMD_OK;
}
