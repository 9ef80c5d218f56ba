/* SPDX-License-Identifier: ISC */
/*
 * `frame`: sets how a session's stream is divided into messages. src/codec has
 * the kinds of frames, session/climb.c changes the ladder of an open session.
 */
#include "rung/codec/frame.h"
#include "rung/cmd.h"
#include "rung/rungs.h"

enum { KIND, MOST, END };
static const struct param params[] = {
    [KIND] = {.name = "KIND",
	      .kind = PARAM_WORD,
	      .choices = frame_names,
	      .brief = "see 'help frames', or none (default: print the frame)"},
    [MOST] = {.name = "max=SIZE",
	      .kind = PARAM_WORD,
	      .brief =
		  "longest message; a longer one is an error (default: 1 MiB)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_frame = {
    .name = "frame",
    .group = "looking",
    .brief = "set how a stream is divided into messages",
    .help = "Divide the stream of the current session into messages, in both "
	    "directions. recv, expect, log and handlers then count messages, "
	    "and send adds the framing. 'help frames' lists the kinds.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    frame u16be max=64k\n"
	    "    send hello; send \"two words\"\n"
	    "    recv; expect -1 \"two words\"\n"
	    "    frame line:crlf\n"
	    "    send -r \"one\\r\\ntwo\\r\\n\"\n"
	    "    recv; recv\n"
	    "    frame none\n"
	    "\n"
	    "Received data that was not consumed is divided, too; with 'frame "
	    "none' it becomes a stream again. 'send -r' adds no framing. On a "
	    "listener the frame applies to new peers; without a session, to "
	    "new sessions.\n"
	    "\n"
	    "A malformed, too long or truncated message is reported once, with "
	    "the error class frame and its offset in the stream. All bytes "
	    "from there on are raw until frame is given again.\n",
    .params = params,
    .flags = CMD_LISTENERS,
    .run = run,
};

/* Prints the frame, as the rung describes it. */
static void print_frame(struct call *call, const char *whose,
			struct bytes frame, const struct err *broken)
{
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, frame);
	call_print_state(call, !args_has(&call->args, KIND), "%s: frame %s%s%s",
			 whose, buf_cstr(&shown.buf), broken ? "; " : "",
			 broken ? broken->text : "");
	text_fini(&shown);
}

/* Prints the frame of the plan that new sessions get. */
static void print_plan(struct call *call, const char *whose,
		       const struct rung_plan *plan)
{
	struct attrs *facts = attrs_new();
	struct bytes frame = BYTES("none");
	rung_plan_info(plan, facts);
	attrs_get(facts, "frame", &frame);
	print_frame(call, whose, frame, NULL);
	attrs_unref(facts);
}

static void print_session(struct call *call, const struct session *s)
{
	struct buf words = {.limit = BUF_SMALL};
	session_fact(s, call->shell->protocols->rungs, BYTES("frame"), &words);
	print_frame(call, s->name, buf_bytes(&words), session_rung_error(s));
	buf_fini(&words);
}

/*
 * Makes the new plan: the rungs of the old one except a frame on top, then the
 * given frame unless `none`.
 * Result: a plan that the caller owns; NULL and *e.
 */
static struct rung_plan *new_plan(const struct args *args,
				  struct rung_plan *old, bool none,
				  struct err *e)
{
	struct rung_plan *plan = rung_plan_new();
	unsigned keep = old ? old->count : 0;
	if (keep && old->spec[keep - 1].ops == &frame_rung)
		keep--;
	if (rung_plan_add_all(plan, old, keep, e) == 0 &&
	    (none || rung_plan_add(plan, &frame_rung, SIDE_CLIENT, args, NULL,
				   0, e) == 0))
		return plan;
	rung_plan_unref(plan);
	return NULL;
}

static int set_frame(struct session *s, const struct args *args, bool none,
		     struct err *e)
{
	bool listens = s->role == ROLE_LISTENER;
	struct rung_plan *plan = new_plan(
	    args, listens ? session_plan(s) : NULL, none, e);
	if (!plan)
		return -1;
	int status = 0;
	if (listens)
		status = session_set_plan(s, plan, e);
	else if (session_top_rung(s) == &frame_rung)
		status = session_descend(s, NULL, e);
	if (!listens && !status && !none)
		status = session_climb(s, plan, e);
	rung_plan_unref(plan);
	return status;
}

static int set_hub(struct hub *h, const struct args *args, bool none,
		   struct err *e)
{
	struct rung_plan *plan = new_plan(args, h->plan, none, e);
	if (!plan)
		return -1;
	hub_set_plan(h, plan);
	rung_plan_unref(plan);
	return 0;
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	const struct args *args = &call->args;
	bool given = args_has(args, KIND);
	bool none = given && bytes_is(args_text(args, KIND), "none");
	struct err e;
	if (none && args_has(args, MOST))
		return call_error(call, ERR_USAGE, "frame none takes no max=");
	if (!call->target && !task_current(call->task)) {
		if (given && set_hub(shell->hub, args, none, &e))
			return call_fail(call, &e);
		print_plan(call, "new sessions", shell->hub->plan);
		return CMD_OK;
	}
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	if (given)
		return set_frame(s, args, none, &e) ? call_fail(call, &e)
						    : CMD_OK;
	if (s->role == ROLE_LISTENER)
		print_plan(call, s->name, session_plan(s));
	else
		print_session(call, s);
	return CMD_OK;
}
