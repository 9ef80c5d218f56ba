/* SPDX-License-Identifier: ISC */
/*
 * `show`: prints one message of the log in full, or the bytes of a lower rung
 * that carried it.
 */
#include "rung/cmd.h"
#include "rung/template.h"

enum { HEX, TEMPLATE, NUMBER, RUNG, END };
static const struct param params[] = {
    [HEX] = {.name = "-x", .kind = PARAM_FLAG, .brief = "print as hex"},
    [TEMPLATE] = {.name = "-t",
		  .kind = PARAM_FLAG,
		  .brief = "print as a template, which send can send"},
    [NUMBER] = {.name = "#N",
		.kind = PARAM_MESSAGE,
		.flags = PARAM_REQUIRED,
		.brief = "number of the message"},
    [RUNG] = {.name = "@RUNG",
	      .kind = PARAM_WORD,
	      .brief = "print the bytes that carried it below this rung"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_show = {
    .name = "show",
    .group = "looking",
    .brief = "print one message in full",
    .help = "Print one message, up to its first 64 KiB.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello\n"
	    "    show #1\n"
	    "    show -x #1\n"
	    "    show -t #1\n"
	    "    show #1 @tcp\n"
	    "\n"
	    "With @RUNG, print the bytes below that rung which carried the "
	    "message, with their offsets. @frame prints the frame, with its "
	    "length or line end. @tcp prints the bytes of each read or write. "
	    "'set trace' limits the bytes that are kept for this.\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
};

static const struct view_ops *view_for(const struct call *call,
				       const struct log_entry *entry)
{
	struct hub *hub = call->shell->hub;
	if (args_has(&call->args, HEX))
		return view_find(BYTES("hex"));
	return call_log_view(call, log_session(hub, entry));
}

/* A message whose pieces are printed as `show #N @RUNG`. */
struct pieces {
	struct call *call;
	const struct log_entry *entry;
	struct view_style style;
	struct text *out;
	struct buf all; /* the pieces, for rung_ops.explain */
};

static void put_piece(void *context, const struct trace_piece *piece)
{
	struct pieces *p = context;
	struct log_entry one = *p->entry;
	one.kind = NULL;
	one.attrs = NULL;
	one.offset = piece->offset;
	one.len = piece->len;
	one.data = piece->data;
	(void)buf_put(&p->all, piece->data);
	if (!args_has(&p->call->args, TEMPLATE)) {
		view_message(view_find(BYTES("hex")), &one, &p->style, p->out);
		return;
	}
	template_print(one.data, &p->out->buf);
	text_puts(p->out, "\n");
}

/* Prints the names of the fields in the pieces, if the rung knows them. */
static void explain(struct pieces *p)
{
	struct bytes name = bytes_skip(args_text(&p->call->args, RUNG), 1);
	const struct rung_ops *rung = protocols_rung(p->call->shell->protocols,
						     name);
	struct buf rows = {.limit = BUF_SMALL};
	if (!rung || !rung->explain || args_has(&p->call->args, TEMPLATE))
		return;
	rung->explain(buf_bytes(&p->all), &rows);
	text_puts(p->out, buf_cstr(&rows));
	buf_fini(&rows);
}

/* Prints the bytes that carried the message. */
static int show_pieces(struct pieces *p, struct err *e)
{
	const struct shell *shell = p->call->shell;
	struct bytes name = args_text(&p->call->args, RUNG);
	if (!bytes_starts(name, BYTES("@")))
		return err_usage(e, "expected @RUNG after the number, as in "
				    "'show #3 @tcp'");
	name = bytes_skip(name, 1);
	if (p->entry->mark.rung)
		return trace_find(shell->hub->trace, &p->entry->mark, name,
				  put_piece, p, e);
	/* The link carried the message as it is. */
	const struct scheme_row *link = protocols_scheme(shell->protocols,
							 name);
	const struct session *s = log_session(shell->hub, p->entry);
	if (!name.len)
		return err_set(e, ERR_USAGE, 0,
			       "the name of a rung is missing after @; use @%s",
			       s ? session_scheme(s) : "tcp");
	if (!link || link->rungs)
		return err_usage(e, "this message passed no rung");
	struct trace_piece whole = {p->entry->offset, p->entry->len,
				    p->entry->data};
	put_piece(p, &whole);
	return 0;
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
	bool pieces = args_has(&call->args, RUNG);
	if (args_has(&call->args, TEMPLATE) && !pieces)
		return show_template(call, &entry);
	struct view_style style = {
	    .time = shell->screen->time,
	    .began = shell->hub->began,
	    .wall = loop_wall(shell->loop) - loop_now(shell->loop),
	};
	struct text out;
	text_init(&out, (size_t)16 << 20, shell->out->colour);
	struct pieces p = {call, &entry, style, &out, {.limit = SIZE_MAX / 8}};
	int status = 0;
	if (pieces)
		status = show_pieces(&p, &e);
	else
		view_message(view_for(call, &entry), &entry, &style, &out);
	if (!status && pieces)
		explain(&p);
	if (!status)
		call_text(call, &out);
	buf_fini(&p.all);
	text_fini(&out);
	return status ? call_fail(call, &e) : CMD_OK;
}
