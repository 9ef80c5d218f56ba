/* SPDX-License-Identifier: ISC */
/*
 * `log`: prints the last messages of all sessions, or of one. `show` prints one
 *        message in full.
 */
#include "rung/cmd.h"
#include "rung/hints.h"
#include "rung/outfile.h"
#include "rung/replay.h"

#include <stdlib.h>

enum { COUNT, HEX, CONTROLS, SCRIPT, PATTERN, END };
static const struct param params[] = {
    [COUNT] = {.name = "-n",
	       .kind = PARAM_NUMBER,
	       .value = "N",
	       .brief = "print the last N messages (default: 20)"},
    [HEX] = {.name = "-x", .kind = PARAM_FLAG, .brief = "print as hex"},
    [CONTROLS] = {.name = "-v",
		  .kind = PARAM_FLAG,
		  .brief = "print control units (pings, alerts), too"},
    [SCRIPT] =
	{.name = "--script",
	 .kind = PARAM_PATH,
	 .value = "FILE",
	 .brief = "write the session to FILE as a script; -: standard output"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .brief = "print only messages that match"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_log = {
    .name = "log",
    .group = "looking",
    .brief = "print the last messages",
    .help = "Print sent and received messages of all sessions in order; with "
	    "@NAME, of that session only. Each message has a number for show "
	    "and resend.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello\n"
	    "    expect hello\n"
	    "    log -n 5\n"
	    "    log -x /^hel+o/\n"
	    "    log --script -\n"
	    "\n"
	    "With --script, write the session to FILE as a test: all sessions "
	    "since rung started, or with @NAME that session. The script "
	    "connects, listens and sends as before, and expects all received "
	    "data, byte for byte. Against the same server it passes (./FILE, "
	    "rung FILE, or prove with rung --tap).\n"
	    "\n"
	    "Dates, times, UUIDs, hex numbers of 16 digits or more, and ports "
	    "from 32768 in received data may have other values when the script "
	    "runs. A line with such a part is a pattern, after a comment that "
	    "names the part.\n"
	    "\n"
	    "Data that is not text is sent as a template. The options of "
	    "connect are kept; a proxy's password is not, and has to be in "
	    "$RUNG_PROXY_PASSWORD. The data of the peers of 'listen --echo' is "
	    "left out. FILE is replaced, and only its owner can read it. A new "
	    "FILE can be executed.\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

enum { COUNT_OTHERWISE = 20, ROWS = 16 };
/* Approximate size of the pieces in which the log is printed. */
#define PIECE ((size_t)64 << 10)

/* Progress of the command, which searches backwards and prints forwards. */
struct listing {
	uint64_t first, last; /* range of message numbers */
	uint64_t at;          /* number of the next message */
	uint64_t left;        /* number of messages still to find */
	uint64_t previous;    /* time of the last printed message */
	bool showing;
	size_t from; /* offset at which the search in the message continues */
	struct match_steps steps;
};

static enum match_result wanted(struct call *call,
				const struct log_entry *entry, struct err *e)
{
	struct listing *l = call->data;
	struct match_found found;
	unsigned id = call_log_id(call);
	if (id && entry->log_id != id)
		return MATCH_NO;
	if (unit_is_control(entry->kind) && !args_has(&call->args, CONTROLS))
		return MATCH_NO;
	if (!args_has(&call->args, PATTERN))
		return MATCH_YES;
	enum match_result result = match_find_on(
	    call->args.arg[PATTERN].at->match, entry->data, &l->from, true,
	    &l->steps, &found, e);
	if (result != MATCH_MORE)
		l->from = 0;
	return result;
}

static const struct view_ops *view_for(const struct call *call,
				       const struct log_entry *entry)
{
	struct hub *hub = call->shell->hub;
	if (args_has(&call->args, HEX))
		return view_find(BYTES("hex"));
	const struct view_ops *view = call_log_view(call,
						    log_session(hub, entry));
	/* In a list, each message needs its header. */
	return view->no_header ? view_find(BYTES("line")) : view;
}

/* Sets l->at to the first message to print. Result: NO: l->at is set; MORE:
 * continue in a later turn; FAIL and *e. */
static enum match_result find_start(struct call *call, struct err *e)
{
	struct listing *l = call->data;
	struct log_entry entry;
	for (; l->left && l->at >= l->first; l->at--) {
		if (!log_find(call->shell->log, l->at, &entry))
			continue;
		enum match_result r = wanted(call, &entry, e);
		if (r == MATCH_MORE || r == MATCH_FAIL)
			return r;
		if (r == MATCH_YES)
			l->left--;
	}
	l->at++;
	l->showing = true;
	return MATCH_NO;
}

/* Appends messages to *out. Result: MORE if messages are left, NO if none are,
 * or FAIL. */
static enum match_result print_piece(struct call *call, struct text *out,
				     struct err *e)
{
	const struct shell *shell = call->shell;
	struct listing *l = call->data;
	struct view_style style = {
	    .time = shell->screen->time,
	    .began = shell->hub->began,
	    .wall = loop_wall(shell->loop) - loop_now(shell->loop),
	    .rows = ROWS,
	    .previous = l->previous,
	};
	struct log_entry entry;
	for (; l->at <= l->last; l->at++) {
		if (text_bytes(out).len >= PIECE)
			return MATCH_MORE;
		if (!log_find(shell->log, l->at, &entry))
			continue;
		enum match_result r = wanted(call, &entry, e);
		if (r == MATCH_MORE || r == MATCH_FAIL)
			return r;
		if (r == MATCH_NO)
			continue;
		view_message(view_for(call, &entry), &entry, &style, out);
		l->previous = style.previous = entry.at;
	}
	return MATCH_NO;
}

static void note_written(struct call *call)
{
	struct text path;
	if (!call_is_typed(call))
		return;
	text_init(&path, BUF_SMALL, false);
	text_escape(&path, bytes_head(args_text(&call->args, SCRIPT), 200));
	call_notice(call, "log: wrote the script %s", buf_cstr(&path.buf));
	text_fini(&path);
}

static enum cmd_status written(struct call *call)
{
	struct err e;
	switch (outfile_state(call->data, &e)) {
	case OUTFILE_IDLE:
		note_written(call);
		return CMD_OK;
	case OUTFILE_BUSY:
		return call_wait(call, NULL, CALL_FOREVER);
	case OUTFILE_FAILED:
		break;
	}
	return call_fail(call, &e);
}

static enum cmd_status write_file(struct call *call, struct bytes path,
				  struct bytes text)
{
	struct outfile *to = call_scratch(call, sizeof *to);
	struct err e;
	outfile_open(to, call, path, 0700);
	if (outfile_put(to, text, &e))
		return call_fail(call, &e);
	outfile_end(to);
	return written(call);
}

static void cleanup(struct call *call)
{
	if (call->data && args_has(&call->args, SCRIPT))
		outfile_cancel(call->data);
	call->data = NULL;
}

static enum cmd_status run_script(struct call *call)
{
	const struct shell *shell = call->shell;
	struct buf out = {.limit = SIZE_MAX};
	struct err e;
	enum cmd_status status = CMD_OK;
	if (args_has(&call->args, COUNT) || args_has(&call->args, HEX) ||
	    args_has(&call->args, CONTROLS) || args_has(&call->args, PATTERN))
		return call_error(
		    call, ERR_USAGE,
		    "--script does not work with -n, -x, -v or PATTERN");
	struct bytes path = args_text(&call->args, SCRIPT);
	if (replay_script(shell->log, shell->journal, call_log_id(call), &out,
			  &e))
		status = call_fail(call, &e);
	else if (call_is_output(call->args.arg[SCRIPT].at))
		call_print_quoted(call, buf_bytes(&out));
	else
		status = write_file(call, path, buf_bytes(&out));
	buf_fini(&out);
	return status;
}

/* Prints a notice if nothing matched a typed PATTERN, which may have been meant
 * as a file. */
static void note_nothing_found(struct call *call)
{
	const struct listing *l = call->data;
	if (!l->previous && args_has(&call->args, PATTERN) &&
	    call_is_typed(call))
		call_notice(call, "log: no message matches; to write the "
				  "session to a file: log --script FILE");
}

static enum cmd_status go_on(struct call *call)
{
	struct listing *l = call->data;
	enum match_result r = MATCH_NO;
	struct err e;
	struct text out;
	if (!l->showing)
		r = find_start(call, &e);
	if (r == MATCH_MORE)
		return call_again(call);
	if (r == MATCH_FAIL)
		return call_fail(call, &e);
	text_init(&out, (size_t)8 << 20, call->shell->out->colour);
	r = print_piece(call, &out, &e);
	bool printed = text_bytes(&out).len > 0;
	if (printed)
		call_text(call, &out);
	text_fini(&out);
	if (r == MATCH_MORE)
		return printed ? call_wait_output(call) : call_again(call);
	if (r == MATCH_FAIL)
		return call_fail(call, &e);
	note_nothing_found(call);
	return CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	if (args_has(&call->args, SCRIPT))
		return run_script(call);
	/* The shell adds the hint. */
	if (hint_find(call->command))
		return call_error(call, ERR_USAGE,
				  "quote this text to search for it");
	struct listing *l = call_scratch(call, sizeof *l);
	if (!log_range(call->shell->log, &l->first, &l->last))
		return CMD_OK;
	l->steps.left = &call->shell->search_steps;
	l->at = l->last;
	l->left = args_number(&call->args, COUNT, COUNT_OTHERWISE);
	enum cmd_status status = go_on(call);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, NULL, CALL_FOREVER);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	(void)wake;
	return args_has(&call->args, SCRIPT) ? written(call) : go_on(call);
}
