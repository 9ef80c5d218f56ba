/* SPDX-License-Identifier: ISC */
/*
 * `frame`: sets how a session's stream is divided into messages. src/codec has
 * the kinds of frames, session/climb.c changes the ladder of an open session.
 */
#include "rung/cmd.h"
#include "rung/rungs.h"

/* Names for completion; 'help frames' has all forms. */
static const char *const kinds[] = {
    "none", "line",  "line:lf",   "line:crlf", "line:nul", "fixed:",
    "u8",   "u16be", "u16le",     "u32be",     "u32le",    "varint",
    "slip", "cobs",  "netstring", NULL,
};

enum { KIND, MOST, END };
static const struct param params[] = {
    [KIND] = {.name = "KIND|none",
	      .kind = PARAM_WORD,
	      .choices = kinds,
	      .brief = "see 'help frames' (default: print the frame)"},
    [MOST] = {.name = "max=SIZE",
	      .kind = PARAM_WORD,
	      .brief =
		  "longest message; a longer one is an error (default: 1M)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_frame = {
    .name = "frame",
    .group = "looking",
    .brief = "set how a stream is divided into messages",
    .help =
	"Divide the stream of the current session into messages. recv, expect, "
	"log and handlers then count messages, and send adds the framing (send "
	"-r does not). Received data that was not consumed is divided too; "
	"with none it becomes bytes again. On a listener the frame applies to "
	"new peers; without a session, to new sessions.\n"
	"\n"
	"A malformed, too long or truncated message is reported once, as the "
	"error frame, with its offset in the stream. All bytes from there on "
	"are raw until frame is given again.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    frame u16be max=64k\n"
	"    send hello; send \"two words\"\n"
	"    recv; expect -1 \"two words\"\n"
	"    frame line:crlf\n"
	"    send -r \"one\\r\\ntwo\\r\\n\"\n"
	"    recv; recv\n"
	"    frame none\n",
    .params = params,
    .run = run,
};

static void print_frame(struct call *call, const char *whose,
			const struct frame *f, const struct err *broken)
{
	struct buf words = {.limit = BUF_SMALL};
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	if (f)
		frame_describe(f, &words);
	else
		buf_puts(&words, "none");
	text_escape(&shown, buf_bytes(&words));
	call_print_state(call, !args_has(&call->args, KIND), "%s: frame %s%s%s",
			 whose, buf_cstr(&shown.buf), broken ? "; " : "",
			 broken ? broken->text : "");
	text_fini(&shown);
	buf_fini(&words);
}

static int usage(struct bytes word, struct err *e)
{
	return err_set(e, ERR_USAGE, 0,
		       "'%.*s' is not valid; use max=SIZE after KIND",
		       (int)bytes_head(word, 32).len, (const char *)word.at);
}

/* Parses the arguments. Result: 0, with *f or, if there is to be no frame,
 * *none; -1 and *e. */
static int read_frame(const struct args *args, struct frame *f, bool *none,
		      struct err *e)
{
	struct bytes kind = args_text(args, KIND);
	struct bytes most = args_text(args, MOST);
	*none = bytes_is(kind, "none");
	if (*none && args_has(args, MOST))
		return err_set(e, ERR_USAGE, 0, "none has no max=");
	if (*none)
		return 0;
	if (args_has(args, MOST) && !bytes_starts(most, BYTES("max=")))
		return usage(most, e);
	return frame_parse(kind, args->arg[KIND].at->quoted,
			   bytes_skip(most, 4), f, e);
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	bool given = args_has(&call->args, KIND), none = false;
	struct frame f;
	struct err e;
	if (given && read_frame(&call->args, &f, &none, &e))
		return call_fail(call, &e);
	if (!call->target && !task_current(call->task)) {
		if (given)
			hub_set_frame(shell->hub, none ? NULL : &f);
		print_frame(call, "new sessions", shell->hub->frame, NULL);
		return CMD_OK;
	}
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	if (!given)
		print_frame(call, s->name, session_frame(s), s->frame_error);
	else if (session_set_frame(s, none ? NULL : &f, &e))
		return call_fail(call, &e);
	return CMD_OK;
}
