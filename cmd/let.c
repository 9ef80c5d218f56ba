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
	const struct value *where = call->args.arg[NAME].at;
	struct text shown;
	struct err e;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(where->text, 40));
	enum cmd_status status = CMD_OK;
	if (!is_name(where->text))
		status = call_error(call, ERR_USAGE,
				    "'%s' is no name for a variable: letters, "
				    "digits and _, no digit first",
				    buf_cstr(&shown.buf));
	else if (is_ours(where->text))
		status = call_error(call, ERR_USAGE,
				    "$%s is set by rung; take another name",
				    buf_cstr(&shown.buf));
	else if (shell_put(call->shell, where, args_text(&call->args, VALUE),
			   &e))
		status = call_fail(call, &e);
	text_fini(&shown);
	return status;
}
