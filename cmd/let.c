/* SPDX-License-Identifier: ISC */
/*
 * `let`: gives a variable a value. Where values live is the shell's affair.
 */
#include "rung/cmd.h"

enum { NAME, VALUE, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_NEEDED,
	      .brief = "letters, digits and _, no digit first"},
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
    .help = "The value is bytes, NUL included. $NAME and ${NAME} stand for it "
	    "from then on.\n"
	    "\n"
	    "    let greeting hello world\n"
	    "    let crlf \"\\r\\n\"\n"
	    "    echo $greeting\n",
    .params = params,
    .run = run,
};

static bool is_letter(uint8_t c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];
		if (!is_letter(c) && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return name.len > 0;
}

/* What rung itself sets: a value given here would never be seen. */
static bool is_ours(struct bytes name)
{
	static const char *const ours[] = {"error",  "session", "match",
					   "before", "last",    NULL};
	for (size_t i = 0; ours[i]; i++)
		if (bytes_is(name, ours[i]))
			return true;
	return false;
}

static enum cmd_status run(struct call *call)
{
	struct bytes name = args_text(&call->args, NAME);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 40));
	enum cmd_status status = CMD_OK;
	if (!is_name(name))
		status = call_error(call, ERR_USAGE,
				    "'%s' is no name for a variable: letters, "
				    "digits and _, no digit first",
				    buf_cstr(&shown.buf));
	else if (is_ours(name))
		status = call_error(call, ERR_USAGE,
				    "$%s is set by rung; take another name",
				    buf_cstr(&shown.buf));
	else
		shell_let(call->shell, name, args_text(&call->args, VALUE));
	text_fini(&shown);
	return status;
}
