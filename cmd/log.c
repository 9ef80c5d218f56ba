/* SPDX-License-Identifier: ISC */
/*
 * `log`: the last messages of all sessions, or of one. `show` shows one whole.
 */
#include "rung/cmd.h"
#include "rung/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COUNT, HEX, SCRIPT, PATTERN, END };
static const struct param params[] = {
    [COUNT] = {.name = "-n",
	       .kind = PARAM_NUMBER,
	       .value = "N",
	       .brief = "the last N; 20 unless told"},
    [HEX] = {.name = "-x", .kind = PARAM_FLAG, .brief = "as hex"},
    [SCRIPT] = {.name = "--script",
		.kind = PARAM_PATH,
		.value = "FILE",
		.brief =
		    "write what happened as a script to FILE instead; - is "
		    "standard output"},
    [PATTERN] = {.name = "PATTERN",
		 .kind = PARAM_PATTERN,
		 .brief = "only those in which it is found"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_log = {
    .name = "log",
    .group = "looking",
    .brief = "lists the last messages",
    .help = "Of all sessions, sent and received, in order; after @NAME only of "
	    "that one. Each has a number for show and resend. Long ones are "
	    "cut.\n"
	    "\n"
	    "With --script FILE the session becomes a test: connects and "
	    "listens as they were, sends (text, or where there are other bytes "
	    "templates), and an expect -1 for all that came, byte for byte; "
	    "against the same server it passes (rung FILE, or "
	    "prove with rung --tap). All since the start, or after @NAME what "
	    "is of that session; what our own echoes said is left out. FILE "
	    "is replaced, and only its owner can read it.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sendline hello\n"
	    "    expect hello\n"
	    "    log -n 5\n"
	    "    log -x /^hel+o/\n"
	    "    log --script -\n",
    .params = params,
    .run = run,
};

enum { COUNT_OTHERWISE = 20, ROWS = 16 };
/* Printed in pieces of about this much. */
#define PIECE ((size_t)64 << 10)

static int wanted(struct call *call, const struct entry *entry, bool *yes,
		  struct err *e)
{
	struct found found;
	size_t from = 0;
	*yes = !call->on || bytes_is(bytes_str(entry->session), call->on->name);
	if (!*yes || !args_has(&call->args, PATTERN))
		return 0;
	switch (match_find(call->args.arg[PATTERN].at->match, entry->data,
			   &from, true, &found, e)) {
	case MATCH_YES:
		return 0;
	case MATCH_NO:
	case MATCH_PART:
		*yes = false;
		return 0;
	case MATCH_FAIL:
		break;
	}
	return -1;
}

static const struct view_ops *view_for(const struct call *call,
				       const struct entry *entry)
{
	struct hub *hub = call->shell->hub;
	if (args_has(&call->args, HEX))
		return view_find(BYTES("hex"));
	const struct view_ops *view = call_log_view(
	    call, hub_find(hub, bytes_str(entry->session), NULL));
	/* Messages in a row need their headers. */
	return view->bare ? view_find(BYTES("line")) : view;
}

/* The number of the oldest message to show. */
static int find_start(struct call *call, uint64_t first, uint64_t last,
		      uint64_t *start, struct err *e)
{
	uint64_t left = args_number(&call->args, COUNT, COUNT_OTHERWISE);
	struct entry entry;
	bool yes;
	*start = last + 1;
	for (uint64_t at = last; left && at >= first; at--) {
		if (!log_find(call->shell->log, at, &entry))
			continue;
		if (wanted(call, &entry, &yes, e))
			return -1;
		if (yes) {
			*start = at;
			left--;
		}
	}
	return 0;
}

static int show_from(struct call *call, uint64_t start, uint64_t last,
		     struct text *out, struct err *e)
{
	const struct shell *shell = call->shell;
	struct view_style style = {
	    .time = shell->screen->time,
	    .began = shell->hub->began,
	    .wall = loop_wall(shell->loop) - loop_now(shell->loop),
	    .rows = ROWS,
	};
	struct entry entry;
	bool yes;
	for (uint64_t at = start; at <= last; at++) {
		if (!log_find(shell->log, at, &entry))
			continue;
		if (wanted(call, &entry, &yes, e))
			return -1;
		if (!yes)
			continue;
		view_message(view_for(call, &entry), &entry, &style, out);
		style.previous = entry.at;
		if (text_bytes(out).len >= PIECE) {
			call_text(call, out);
			buf_clear(&out->buf);
		}
	}
	return 0;
}

/* `stop`: see rio_writen_until(); a FIFO may take it slowly. */
static int write_file(struct bytes path, struct bytes text, int stop,
		      struct err *e)
{
	char *name = xstrndup(path);
	int fd = rio_create(name);
	struct stat it;
	bool failed = fd < 0 || fstat(fd, &it) ||
		      (S_ISREG(it.st_mode) && fchmod(fd, 0600)) ||
		      rio_writen_until(fd, text, stop);
	int code = errno;
	if (fd >= 0 && close(fd) && !failed) {
		failed = true;
		code = errno;
	}
	if (failed)
		err_set(e, ERR_IO, code, "%.200s: %s", name, err_words(code));
	free(name);
	return failed ? -1 : 0;
}

static enum cmd_status run_script(struct call *call)
{
	const struct shell *shell = call->shell;
	struct buf out = {.limit = SIZE_MAX};
	struct err e;
	if (args_has(&call->args, COUNT) || args_has(&call->args, HEX) ||
	    args_has(&call->args, PATTERN))
		return call_error(call, ERR_USAGE,
				  "--script writes all: no -n, -x or PATTERN");
	int failed = replay_script(shell->log, shell->chronicle,
				   call->on ? call->on->name : NULL, &out, &e);
	struct bytes path = args_text(&call->args, SCRIPT);
	if (!failed && call_is_output(path))
		call_quoted(call, buf_bytes(&out));
	else if (!failed)
		failed = write_file(path, buf_bytes(&out),
				    loop_signals(shell->loop), &e);
	buf_fini(&out);
	return failed ? call_fail(call, &e) : CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	if (args_has(&call->args, SCRIPT))
		return run_script(call);
	uint64_t first, last, start;
	struct err e;
	if (!log_range(call->shell->log, &first, &last))
		return CMD_OK;
	if (find_start(call, first, last, &start, &e))
		return call_fail(call, &e);
	struct text out;
	text_init(&out, (size_t)8 << 20, call->shell->out->colour);
	int failed = show_from(call, start, last, &out, &e);
	if (text_bytes(&out).len)
		call_text(call, &out);
	text_fini(&out);
	return failed ? call_fail(call, &e) : CMD_OK;
}
