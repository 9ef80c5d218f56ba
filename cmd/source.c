/* SPDX-License-Identifier: ISC */
/*
 * `source`: runs the commands of a file. shell/source.c reads the file.
 */
#include "rung/cmd.h"

enum { FILE_, END };
static const struct param params[] = {
    [FILE_] = {.name = "FILE",
	       .kind = PARAM_PATH,
	       .flags = PARAM_REQUIRED,
	       .brief = "file, relative to the current directory"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_source = {
    .name = "source",
    .group = "shell",
    .brief = "run the commands of a file",
    .help = "The commands use the variables, settings and sessions of the "
	    "caller.\n"
	    "\n"
	    "    source docs/examples/tour.rung\n"
	    "\n"
	    "An error is printed with its file and line; the rest of the file "
	    "is not run. If FILE is a FIFO, wait for its data: sessions "
	    "continue, and Ctrl-C ends the wait.\n",
    .params = params,
    .run = run,
    .resume = resume,
};

static enum cmd_status run(struct call *call)
{
	return call_parse_file(call, args_text(&call->args, FILE_));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	(void)wake;
	return call_run_read(call);
}
