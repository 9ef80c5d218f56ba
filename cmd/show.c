/* SPDX-License-Identifier: ISC */
/*
 * `show`: prints one message of the log in full.
 */
#include "rung/cmd.h"
#include "rung/template.h"

enum { HEX, TEMPLATE, NUMBER, END };
static const struct param params[] = {
    [HEX] = {.name = "-x", .kind = PARAM_FLAG, .brief = "print as hex"},
    [TEMPLATE] = {.name = "-t",
		  .kind = PARAM_FLAG,
		  .brief = "print as a template, which send can send"},
    [NUMBER] = {.name = "#N",
		.kind = PARAM_MESSAGE,
		.flags = PARAM_REQUIRED,
		.brief = "number of the message"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_show = {
    .name = "show",
    .group = "looking",
    .brief = "print one message in full",
    .help = "Of a message longer than 64 KiB only the first 64 KiB are kept.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello\n"
	    "    show #1\n"
	    "    show -x #1\n"
	    "    show -t #1\n",
    .params = params,
    .run = run,
};

static const struct view_ops *view_for(const struct call *call,
				       const struct log_entry *entry)
{
	struct hub *hub = call->shell->hub;
	if (args_has(&call->args, HEX))
		return view_find(BYTES("hex"));
	return call_log_view(call,
			     hub_find(hub, bytes_str(entry->session), NULL));
}

static enum cmd_status show_template(struct call *call,
				     const struct log_entry *entry)
{
	struct buf out = {.limit = SIZE_MAX};
	if (entry->len > entry->data.len)
		return call_error(
		    call, ERR_LIMIT,
		    "only %zu of %zu bytes of this message are kept",
		    entry->data.len, entry->len);
	template_print(entry->data, &out);
	buf_putc(&out, '\n');
	call_print_quoted(call, buf_bytes(&out));
	buf_fini(&out);
	return CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	const struct shell *shell = call->shell;
	struct log_entry entry;
	struct err e;
	if (call_message(call, NUMBER, &entry, &e))
		return call_fail(call, &e);
	if (args_has(&call->args, TEMPLATE))
		return show_template(call, &entry);
	struct view_style style = {
	    .time = shell->screen->time,
	    .began = shell->hub->began,
	    .wall = loop_wall(shell->loop) - loop_now(shell->loop),
	};
	struct text out;
	text_init(&out, (size_t)16 << 20, shell->out->colour);
	view_message(view_for(call, &entry), &entry, &style, &out);
	call_text(call, &out);
	text_fini(&out);
	return CMD_OK;
}
