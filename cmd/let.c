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
	       .brief = "its words are joined by one blank; none: empty"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_let = {
    .name = "let",
    .group = "shell",
    .brief = "sets a variable",
    .help =
	"The value is bytes, NUL included. $NAME and ${NAME} stand for it "
	"from then on. NAME[KEY] is one of many of that name, ${NAME[KEY]}; "
	"a KEY is any bytes, and quoted where it has blanks. 'help "
	"variables' says what else braces can do.\n"
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
	if (shell_set_value(call->shell, call->args.arg[NAME].at,
			    args_text(&call->args, VALUE), &e))
		return call_fail(call, &e);
	return CMD_OK;
}
