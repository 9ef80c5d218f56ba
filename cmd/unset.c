/* SPDX-License-Identifier: ISC */
/*
 * `unset`: removes variables, or single entries. shell/env.c and
 * shell/entries.c keep them.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED | PARAM_REPEATED,
	      .brief = "a variable and all its entries, or NAME[KEY]"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_unset = {
    .name = "unset",
    .group = "shell",
    .brief = "remove variables",
    .help = "Names without a value are ignored.\n"
	    "\n"
	    "    let port[web] 80; let port[mail] 25\n"
	    "    unset port[web]\n"
	    "    echo ${port[web]:-none} ${port[mail]}\n"
	    "    unset port\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct arg *names = &call->args.arg[NAME];
	for (size_t i = 0; i < names->n; i++)
		task_unset(call->task, &names->at[i]);
	return CMD_OK;
}
