/* SPDX-License-Identifier: ISC */
/*
 * `use`: selects the current session.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_REQUIRED | PARAM_AWAITED,
	      .brief = "the new current session"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_use = {
    .name = "use",
    .group = "sessions",
    .brief = "select the current session",
    .help =
	"Commands work on the current session unless they start with @NAME.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr as one\n"
	"    connect $echo.addr as two\n"
	"    use two\n"
	"    @one sendline hello\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, NAME, &e);
	if (!s)
		return call_fail(call, &e);
	task_use(call->task, s);
	return CMD_OK;
}
