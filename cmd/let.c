/* SPDX-License-Identifier: ISC */
/*
 * `let`: sets a variable. shell/env.c and shell/entries.c keep the values.
 */
#include "rung/cmd.h"

enum { NAME, VALUE, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED,
	      .brief = "letters, digits and _, no digit first; or NAME[KEY]"},
    [VALUE] = {.name = "TEXT",
	       .kind = PARAM_TEXT,
	       .brief = "words, joined by one blank (default: empty)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_let = {
    .name = "let",
    .group = "shell",
    .brief = "set a variable",
    .help = "The value may contain any bytes, including NUL. $NAME and ${NAME} "
	    "expand to it. NAME[KEY] is one of several values of NAME: "
	    "${NAME[KEY]}. A KEY may contain any bytes; quote it if it has "
	    "blanks. 'help variables' lists all forms of braces.\n"
	    "\n"
	    "    let greeting hello world\n"
	    "    let crlf \"\\r\\n\"\n"
	    "    echo $greeting\n"
	    "    let port[web] 80; let key web\n"
	    "    echo ${port[$key]} ${port[mail]:-none}\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct err e;
	if (task_set_value(call->task, call->args.arg[NAME].at,
			   args_text(&call->args, VALUE), &e))
		return call_fail(call, &e);
	return CMD_OK;
}
