/* SPDX-License-Identifier: ISC */
/*
 * `set`: prints and changes settings. shell/settings.c has their table.
 */
#include "rung/cmd.h"
#include "rung/suggest.h"

#include <stdlib.h>
#include <string.h>

enum { NAME, VALUE, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SETTING,
	      .brief = "the setting (default: list all)"},
    [VALUE] = {.name = "VALUE",
	       .kind = PARAM_TEXT,
	       .brief = "the new value (default: print it)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_set = {
    .name = "set",
    .group = "shell",
    .brief = "print or change a setting",
    .help = "'help settings' explains the settings. A change lasts until rung "
	    "ends; put permanent settings into ~/.config/rung/rc.\n"
	    "\n"
	    "    set\n"
	    "    set timeout 5s\n"
	    "    set time rel\n",
    .params = params,
    .run = run,
};

static const struct setting *set_find(struct bytes name)
{
	for (const struct setting *s = shell_settings; s->param.name; s++)
		if (bytes_is(name, s->param.name))
			return s;
	return NULL;
}

static enum cmd_status set_unknown(struct call *call, struct bytes name)
{
	size_t n = 0;
	for (const struct setting *s = shell_settings; s->param.name; s++)
		n++;
	const char **names = xrealloc(NULL, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = shell_settings[i].param.name;
	names[n] = NULL;
	const char *near = suggest_name(name, names);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 40));
	enum cmd_status status = call_error(
	    call, ERR_USAGE, "no setting '%s'; %s%s%s", buf_cstr(&shown.buf),
	    near ? "did you mean '" : "'set' lists them", near ? near : "",
	    near ? "'?" : "");
	text_fini(&shown);
	free(names);
	return status;
}

/* Prints the name and value of a setting. Escapes the value, which may contain
 * a user's bytes. */
static void row(struct text *out, const struct setting *s, size_t width,
		const struct shell *shell)
{
	struct buf value = {.limit = BUF_SMALL};
	s->print(shell, &value);
	text_printf(out, "%-*s ", (int)width, s->param.name);
	text_style(out, STYLE_BOLD);
	out_escape(out, buf_bytes(&value));
	text_style(out, STYLE_PLAIN);
	text_puts(out, "\n");
	buf_fini(&value);
}

/* Reports a bad value with the name of the setting, unless the parser's error
 * already begins with that name. */
static enum cmd_status bad_value(struct call *call, const struct setting *s,
				 const struct err *e)
{
	const char *name = s->param.name;
	size_t len = strlen(name);
	if (strncmp(e->text, name, len) == 0 && e->text[len] == ':')
		return call_fail(call, e);
	return call_error(call, e->kind, "%s: %s", name, e->text);
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct bytes name = args_text(&call->args, NAME);
	bool all = !args_has(&call->args, NAME);
	const struct setting *one = all ? NULL : set_find(name);
	if (!all && !one)
		return set_unknown(call, name);
	if (one && args_has(&call->args, VALUE)) {
		struct err e;
		if (one->set(shell, call->args.arg[VALUE].at, &e))
			return bad_value(call, one, &e);
		return CMD_OK;
	}
	size_t width = one ? strlen(one->param.name) : 0;
	for (const struct setting *s = shell_settings; all && s->param.name;
	     s++)
		width = strlen(s->param.name) > width ? strlen(s->param.name)
						      : width;
	struct text out;
	text_init(&out, BUF_SMALL, shell->out->colour);
	if (one)
		row(&out, one, width, shell);
	for (const struct setting *s = shell_settings; all && s->param.name;
	     s++)
		row(&out, s, width, shell);
	out_diag(shell->out, &out);
	text_fini(&out);
	return CMD_OK;
}
