/* SPDX-License-Identifier: ISC */
/*
 * `listen`: a server. Who accepts is the hub's job, or `accept`'s.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { ONCE, MOST, HOLD, ECHOES, SERVE, ADDR, AS, END };
static const struct param params[] = {
    [ONCE] = {.name = "-1",
	      .kind = PARAM_FLAG,
	      .brief = "serve one peer, then stop listening"},
    [MOST] = {.name = "-m",
	      .kind = PARAM_NUMBER,
	      .value = "MAX",
	      .brief = "at most MAX peers at a time"},
    [HOLD] = {.name = "-a",
	      .kind = PARAM_FLAG,
	      .brief = "hold connections until 'accept'"},
    [ECHOES] = {.name = "--echo",
		.kind = PARAM_FLAG,
		.brief = "answer each peer with its own bytes"},
    [SERVE] = {.name = "--serve",
	       .kind = PARAM_BODY,
	       .flags = PARAM_FILE,
	       .value = "CMDS|FILE",
	       .brief = "run commands for each peer, all side by side"},
    [ADDR] = {.name = "ADDR",
	      .kind = PARAM_ADDRESS,
	      .flags = PARAM_NEEDED,
	      .brief = "where: :PORT (loopback; 0 takes a free one), *:PORT "
		       "(every address), udp://…, unix://PATH…"},
    [AS] = {.name = "as",
	    .kind = PARAM_WORD,
	    .flags = PARAM_KEYWORD,
	    .value = "NAME",
	    .brief = "the session's name, instead of s1, s2…"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status woken(struct call *, enum wake);
static void drop(struct call *);

const struct cmd cmd_listen = {
    .name = "listen",
    .elsewhere = "serve server bind",
    .group = "sessions",
    .brief = "makes a server",
    .help =
	"Listens on loopback unless a host is given; port 0 takes a free port "
	"and says which. Each peer becomes a session of its own: s1.1, s1.2… "
	"A datagram listener makes one for each address that sends to it.\n"
	"\n"
	"--serve runs commands, quoted or in a file, for each peer: with the "
	"peer as the current session and variables of its own; it is closed "
	"when they end.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    listen -a -m 2 :0 as server\n"
	"    listen udp://:0\n"
	"    listen --serve 'recv -s who line; send hello $who' :0 as hello\n"
	"    connect $hello.addr as c; @c sendline you; @c expect \"hello "
	"you\"\n",
    .params = params,
    .run = run,
    .woken = woken,
    .drop = drop,
};

static int make_plan(const struct call *call, struct plan *plan,
		     struct endpoint *where, struct err *e)
{
	const struct args *args = &call->args;
	uint64_t most = args_number(args, MOST, 0);
	if (args_has(args, MOST) && (most == 0 || most > UINT32_MAX))
		return err_set(e, ERR_USAGE, 0, "-m MAX is 1 or more");
	if (args_has(args, ECHOES) && args_has(args, SERVE))
		return err_set(e, ERR_USAGE, 0,
			       "--echo or --serve: give one of them");
	*plan = (struct plan){
	    .where = where,
	    .name = args_text(args, AS),
	    .listen = {.max_peers = (unsigned)most},
	    .echo = args_has(args, ECHOES),
	    .once = args_has(args, ONCE),
	};
	if (call_address(call, ADDR, where, e))
		return -1;
	/* Datagrams come without connecting: there is nothing to hold. */
	plan->listen.hold = args_has(args, HOLD) && where->ops->connects;
	return 0;
}

/* Where the screen does not. */
static void say_where(struct call *call, const struct session *s)
{
	const struct shell *shell = call->shell;
	if (shell->screen->states || shell->out->verbose)
		return;
	struct addr addr = transport_local(&s->link);
	struct buf text;
	buf_init(&text, BUF_SMALL);
	addr_show_as(&addr, s->link.ops->scheme, &text);
	call_say(call, "%s: listening on %s%s", s->name, buf_cstr(&text),
		 s->where->any ? " (every address)" : "");
	buf_fini(&text);
}

static void give_up(struct call *call)
{
	struct session *s = call->data;
	if (!s)
		return;
	session_close(s, false);
	session_forget(s);
	session_unpin(s);
	call->data = NULL;
}

/* The commands of --serve; *out NULL where there are none. */
static int read_body(struct call *call, struct program **out, struct err *e)
{
	const struct arg *arg = &call->args.arg[SERVE];
	*out = NULL;
	if (!arg->n)
		return 0;
	if (job_may_begin(call->shell, e))
		return -1;
	if (arg->at->body)
		*out = program_hold(arg->at->body);
	else
		*out = call_read(call, arg->at->text, e);
	return *out ? 0 : -1;
}

static void serve(struct call *call, struct session *s, struct program *body)
{
	char *typed = call_typed(call);
	job_server(call->shell, s, body, typed);
	free(typed);
	program_drop(body);
}

static enum cmd_status run(struct call *call)
{
	struct endpoint where;
	struct plan plan;
	struct program *body;
	struct err e;
	if (make_plan(call, &plan, &where, &e) || read_body(call, &body, &e))
		return call_fail(call, &e);
	struct session *s = hub_listen(call->shell->hub, &plan, &e);
	if (!s) {
		program_drop(body);
		return call_fail(call, &e);
	}
	if (body)
		serve(call, s, body);
	if (session_state(s) == SESSION_LISTENING) {
		say_where(call, s);
		return CMD_OK;
	}
	session_pin(s);
	call->data = s;
	return call_wait(call, s, call_timeout(call, CALL_NO_PARAM));
}

static enum cmd_status woken(struct call *call, enum wake wake)
{
	struct session *s = call->data;
	struct err e;
	if (session_state(s) == SESSION_LISTENING) {
		say_where(call, s);
		session_unpin(s);
		call->data = NULL;
		return CMD_OK;
	}
	if (session_state(s) == SESSION_CLOSED) {
		if (s->last)
			e = *s->last;
		else
			session_gone(s, &e);
	} else if (wake == WAKE_TIMEOUT) {
		err_set(&e, ERR_DNS, 0, "%s: the name was not resolved in time",
			s->where->host);
	} else {
		return CMD_WAIT;
	}
	give_up(call);
	return call_fail(call, &e);
}

static void drop(struct call *call)
{
	give_up(call);
}
