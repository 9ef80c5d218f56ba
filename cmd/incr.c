/* SPDX-License-Identifier: ISC */
/*
 * `incr`: adds to a variable that holds an integer.
 */
#include "rung/cmd.h"
#include "rung/integer.h"

enum { NAME, BY, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED,
	      .brief = "a variable that is set, or NAME[KEY]"},
    [BY] = {.name = "BY",
	    .kind = PARAM_WORD,
	    .brief = "number to add, may be negative (default: 1)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_incr = {
    .name = "incr",
    .group = "shell",
    .brief = "add to a number in a variable",
    .help = "Numbers are signed decimal integers of 64 bits.\n"
	    "\n"
	    "    let n 41\n"
	    "    incr n\n"
	    "    incr n -2\n"
	    "    echo $n\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct value *where = call->args.arg[NAME].at;
	struct bytes name = where->text, value;
	char text[INTEGER_DIGITS];
	int64_t n, by = 1;
	struct err e;
	if (!task_value(call->task, where, &value))
		/* The name is unescaped: lang/param.c has checked that it is
		 * printable. */
		return call_error(call, ERR_USAGE,
				  "$%.*s is not set; 'let' sets it",
				  (int)(name.len < 40 ? name.len : 40),
				  (const char *)name.at);
	if ((args_has(&call->args, BY) &&
	     integer_read_as(BYTES("BY"), args_text(&call->args, BY), &by,
			     &e)) ||
	    integer_read_as(name, value, &n, &e) ||
	    integer_compute(n, '+', by, &n, &e) ||
	    task_set_value(call->task, where, integer_print(n, text), &e))
		return call_fail(call, &e);
	return CMD_OK;
}
