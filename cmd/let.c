/* SPDX-License-Identifier: ISC */
/*
 * `let`: sets a variable. shell/env.c and shell/entries.c keep the values.
 */
#include "rung/cmd.h"
#include "rung/integer.h"

static const char *const operators[] = {"+", "-", "*", "/", "%", NULL};

/* Without `=`, a text follows instead of A, OP and B. */
static unsigned leave_out_expression(const struct param *p, struct bytes word)
{
	(void)p;
	return bytes_is(word, "=") ? 0 : 3;
}

/* Without OP, B does not follow. */
static unsigned leave_out_right(const struct param *p, struct bytes word)
{
	(void)p;
	return !word.len;
}

static unsigned leave_out_text(const struct param *p, struct bytes word)
{
	(void)p;
	(void)word;
	return 1;
}

enum { NAME, EQUALS, LEFT, OPERATOR, RIGHT, TEXT, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED,
	      .brief = "letters, digits and _, no digit first; or NAME[KEY]"},
    [EQUALS] = {.name = "=",
		.kind = PARAM_MARK,
		.flags = PARAM_UNLISTED,
		.leaves_out = leave_out_expression},
    [LEFT] = {.name = "A",
	      .kind = PARAM_BYTES,
	      .flags = PARAM_REQUIRED | PARAM_UNLISTED,
	      .brief = "after =: a word or a <template>; with OP a whole "
		       "number"},
    [OPERATOR] = {.name = "OP",
		  .kind = PARAM_CHOICE,
		  .flags = PARAM_BARE | PARAM_UNLISTED,
		  .value = "OP",
		  .choices = operators,
		  .brief = "+, -, *, / or %",
		  .leaves_out = leave_out_right},
    [RIGHT] = {.name = "B",
	       .kind = PARAM_BYTES,
	       .flags = PARAM_REQUIRED | PARAM_UNLISTED,
	       .brief = "a whole number",
	       .leaves_out = leave_out_text},
    [TEXT] = {.name = "TEXT",
	      .kind = PARAM_TEXT,
	      .value = "TEXT|= A [OP B]",
	      .brief = "words, joined by one blank (default: empty)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_let = {
    .name = "let",
    .group = "shell",
    .brief = "set a variable",
    .help = "$NAME and ${NAME} expand to the value, which may contain any "
	    "bytes.\n"
	    "\n"
	    "    let greeting hello world\n"
	    "    let crlf \"\\r\\n\"\n"
	    "    echo $greeting\n"
	    "    let port[web] 80; let key web\n"
	    "    echo ${port[$key]} ${port[mail]:-none}\n"
	    "    let n = 7; let n = $n * 6; echo $n\n"
	    "\n"
	    "NAME[KEY] is one of several values of NAME. A KEY may contain any "
	    "bytes; quote it if it has blanks. 'help variables' lists all "
	    "forms of braces.\n"
	    "\n"
	    "After a bare =, the value is one word, or the result of OP on "
	    "whole numbers of 64 bits. A quotient is rounded towards 0. "
	    "Overflow and division by zero are errors.\n",
    .params = params,
    .run = run,
};

/* Computes A OP B into `text`. Result: 0 and *out, lent from `text`; -1 and
 * *e. */
static int compute(const struct args *args, char text[INTEGER_DIGITS],
		   struct bytes *out, struct err *e)
{
	char op = operators[args->arg[OPERATOR].at->number][0];
	int64_t a, b, result;
	if (integer_read_as(BYTES("A"), args_text(args, LEFT), &a, e) ||
	    integer_read_as(BYTES("B"), args_text(args, RIGHT), &b, e) ||
	    integer_compute(a, op, b, &result, e))
		return -1;
	*out = integer_print(result, text);
	return 0;
}

static enum cmd_status run(struct call *call)
{
	const struct args *args = &call->args;
	struct bytes value = args_text(args,
				       args_has(args, EQUALS) ? LEFT : TEXT);
	char text[INTEGER_DIGITS];
	struct err e;
	if ((args_has(args, OPERATOR) && compute(args, text, &value, &e)) ||
	    task_set_value(call->task, args->arg[NAME].at, value, &e))
		return call_fail(call, &e);
	return CMD_OK;
}
