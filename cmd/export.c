/* SPDX-License-Identifier: ISC */
/*
 * `export`: prints an exchange as shell commands.
 */
#include "rung/cmd.h"
#include "rung/replay.h"

enum { NUMBER, END };
static const struct param params[] = {
    [NUMBER] = {.name = "#N",
		.kind = PARAM_MESSAGE,
		.brief = "a message of it; the last that was sent unless told"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_export = {
    .name = "export",
    .group = "looking",
    .brief = "prints an exchange as lines for a shell",
    .help =
	"Two lines for sh, quoted safely. The first runs rung: it connects, "
	"sends what was sent and expects the answer, or the first 1k of it. "
	"The second sends the same with printf and nc. The exchange is the "
	"last one of a client, after @NAME of that one, or the one that the "
	"message belongs to.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    sendline \"it's 100%\"\n"
	"    expect \"%\"\n"
	"    export\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct shell *shell = call->shell;
	struct buf out = {.limit = SIZE_MAX};
	struct err e;
	int failed = replay_lines(
	    shell->log, shell->journal, args_number(&call->args, NUMBER, 0),
	    call->target ? call->target->name : NULL, &out, &e);
	if (!failed)
		call_print_quoted(call, buf_bytes(&out));
	buf_fini(&out);
	return failed ? call_fail(call, &e) : CMD_OK;
}
