/* SPDX-License-Identifier: ISC */
/*
 * `echo`: prints words to stdout. view/out.c escapes them for a terminal.
 */
#include "rung/cmd.h"

enum { BARE, TEXT, END };
static const struct param params[] = {
    [BARE] = {.name = "-n", .kind = PARAM_FLAG, .brief = "print no newline"},
    [TEXT] = {.name = "TEXT",
	      .kind = PARAM_TEXT,
	      .brief = "words, joined by one blank"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_echo = {
    .name = "echo",
    .group = "shell",
    .brief = "print words",
    .help = "Print to standard output. On a terminal control characters are "
	    "escaped.\n"
	    "\n"
	    "    let who world\n"
	    "    echo hello $who\n"
	    "    echo 'a word   with blanks' \"and a\\ttab\"\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	call_print(call, args_text(&call->args, TEXT));
	if (!args_has(&call->args, BARE))
		call_print(call, BYTES("\n"));
	return CMD_OK;
}
