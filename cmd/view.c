/* SPDX-License-Identifier: ISC */
/*
 * `view`: sets how a session's messages are shown. src/view has the views.
 */
#include "rung/cmd.h"

enum { KIND, MOST, END };
static const struct param params[] = {
    [KIND] = {.name = "hex|line|text|raw|json|off",
	      .kind = PARAM_WORD,
	      .brief = "format (default: print the view)"},
    [MOST] = {.name = "max=N",
	      .kind = PARAM_WORD,
	      .brief = "show at most N bytes of a message on arrival; 0: all "
		       "(default: 64K and 100 rows)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_view = {
    .name = "view",
    .group = "looking",
    .brief = "set how messages are shown",
    .help =
	"Set the view of the current session; without one, of new "
	"sessions.\n"
	"\n"
	"    view line max=4k\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    view hex\n"
	"    @echo view\n"
	"\n"
	"Without max=, at most 64 KiB and 100 rows of a message are printed "
	"on arrival, except in raw. A note counts the bytes left out; "
	"'show #N' prints them, but the log keeps only 64 KiB of a message. "
	"max=N replaces both limits.\n"
	"\n"
	"'help views' describes the formats.\n",
    .params = params,
    .run = run,
};

#define MAX_LIMIT ((uint64_t)1 << 30)

struct choice {
	const struct view_ops *view; /* NULL: unformatted */
	bool has_max;
	uint32_t max;
};

static int read_word(struct bytes word, struct choice *out, struct err *e)
{
	uint64_t n;
	bool is_max = bytes_starts(word, BYTES("max="));
	if (!is_max && out->view)
		return err_set(e, ERR_USAGE, 0,
			       "unexpected '%.*s'; give one view and one max=N",
			       (int)bytes_head(word, 32).len,
			       (const char *)word.at);
	if (!is_max) {
		out->view = view_parse(word, e);
		return out->view ? 0 : -1;
	}
	if (parse_size(bytes_skip(word, 4), &n, e))
		return -1;
	if (n > MAX_LIMIT)
		return err_set(e, ERR_USAGE, 0,
			       "max=%.*s is out of range; use 0 to 1G",
			       (int)bytes_head(bytes_skip(word, 4), 32).len,
			       (const char *)word.at + 4);
	out->has_max = true;
	out->max = (uint32_t)n;
	return 0;
}

static void print_view(struct call *call, const char *whose,
		       const struct display *m)
{
	const struct view_ops *view = m->view;
	struct buf max;
	buf_init(&max, BUF_SMALL);
	if (!view)
		view = call->shell->screen->view;
	if (m->max_chosen) {
		buf_puts(&max, " max=");
		print_size(m->view_max, &max);
	}
	call_print_state(call, !args_has(&call->args, KIND), "%s: view %s%s",
			 whose, view->name, buf_cstr(&max));
	buf_fini(&max);
}

static void change(struct display *m, const struct choice *choice)
{
	if (choice->view) {
		m->view = choice->view;
		m->view_chosen = true;
	}
	if (choice->has_max) {
		m->max_chosen = true;
		m->view_max = choice->max;
	}
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct choice choice = {.view = NULL};
	struct err e;
	for (unsigned i = KIND; i <= MOST; i++)
		if (args_has(&call->args, i) &&
		    read_word(args_text(&call->args, i), &choice, &e))
			return call_fail(call, &e);
	bool asks = !args_has(&call->args, KIND);
	if (!call->target && !task_current(call->task)) {
		change(&shell->hub->display, &choice);
		print_view(call, "new sessions", &shell->hub->display);
		return CMD_OK;
	}
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	change(&s->display, &choice);
	if (asks)
		print_view(call, s->name, &s->display);
	return CMD_OK;
}
