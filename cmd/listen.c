/* SPDX-License-Identifier: ISC */
/*
 * `listen`: creates a listener. session/hub.c or `accept` accepts its peers.
 */
#include "rung/cmd.h"
#include "rung/job.h"

#include <stdlib.h>

enum { ONCE, MOST, HOLD, ECHOES, SERVE, SERVE_DIR, LIST, ADDR, AS, RUNGS, END };
static const struct param params[] = {
    [ONCE] = {.name = "-1",
	      .kind = PARAM_FLAG,
	      .brief =
		  "accept one peer, then stop listening; the peer stays open"},
    [MOST] = {.name = "-m",
	      .kind = PARAM_NUMBER,
	      .value = "MAX",
	      .brief = "serve at most MAX peers at a time"},
    [HOLD] = {.name = "-a",
	      .kind = PARAM_FLAG,
	      .brief = "hold connections until 'accept'"},
    [ECHOES] = {.name = "--echo",
		.kind = PARAM_FLAG,
		.brief = "send back what each peer sends"},
    [SERVE] = {.name = "--serve",
	       .kind = PARAM_BODY,
	       .flags = PARAM_FILE,
	       .value = "CMDS|FILE",
	       .brief = "run commands for each peer, in parallel"},
    [SERVE_DIR] = {.name = "--serve-dir",
		   .kind = PARAM_PATH,
		   .value = "DIR",
		   .brief = "HTTP: answer each request that no handler takes "
			    "with a file of DIR"},
    [LIST] = {.name = "--list",
	      .kind = PARAM_FLAG,
	      .brief = "with --serve-dir: list directories without index.html"},
    [ADDR] = {.name = "ADDR",
	      .kind = PARAM_ADDRESS,
	      .flags = PARAM_REQUIRED,
	      .brief = "address: :PORT (loopback; 0: a free port), *:PORT "
		       "(every address), udp://…, unix://PATH…"},
    [AS] = {.name = "as",
	    .kind = PARAM_WORD,
	    .flags = PARAM_KEYWORD,
	    .value = "NAME",
	    .brief = "name of the session (default: s1, s2…)"},
    [RUNGS] = {.name = "RUNG-OPTION",
	       .kind = PARAM_RUNGS,
	       .flags = PARAM_OF_SERVER},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_listen = {
    .name = "listen",
    .group = "sessions",
    .brief = "create a listener",
    .help =
	"Each peer becomes a session: s1.1, s1.2…\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    listen -a -m 2 :0 as server\n"
	"    listen udp://:0\n"
	"    listen --serve 'recv -s who line; send hi $who' :0 as greet\n"
	"    connect $greet.addr as c; @c sendline you; @c expect \"hi you\"\n"
	"\n"
	"Without a host, listen on loopback. Port 0 chooses a free port, "
	"which is printed. A datagram listener creates one session for "
	"each source address. At the limit (MAX or 'set peers'), new "
	"connections wait, and a new datagram peer replaces the "
	"longest-idle one.\n"
	"\n"
	"With --serve, run commands, quoted or in a file, for each peer. "
	"The peer is the current session of its commands, which have their "
	"own variables. When the commands end, the peer is closed.\n",
    .params = params,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

/* Reads all options but those of rungs: rungs are made later, because they may
 * read files. */
static int make_plan(const struct call *call, struct session_options *plan,
		     struct locator *where, struct err *e)
{
	const struct args *args = &call->args;
	uint64_t most = args_number(args, MOST, 0);
	if (args_has(args, MOST) && (most == 0 || most > UINT32_MAX))
		return err_set(e, ERR_USAGE, 0, "-m MAX must be 1 to %u",
			       UINT32_MAX);
	if (args_has(args, ECHOES) && args_has(args, SERVE))
		return err_set(e, ERR_USAGE, 0, "use either --echo or --serve");
	if (args_has(args, SERVE_DIR) &&
	    (args_has(args, ECHOES) || args_has(args, SERVE)))
		return err_usage(e, "use one of --echo, --serve and "
				    "--serve-dir");
	if (args_has(args, LIST) && !args_has(args, SERVE_DIR))
		return err_usage(e, "--list needs --serve-dir");
	*plan = (struct session_options){
	    .endpoint = &where->at,
	    .listen = {.max_peers = (unsigned)most},
	    .echo = args_has(args, ECHOES),
	    .once = args_has(args, ONCE),
	};
	if (call_new_name(call, AS, &plan->name, e) ||
	    call_locator(call, ADDR, where, e))
		return -1;
	/* Datagram peers do not connect: there is no connection to hold. */
	plan->listen.hold = args_has(args, HOLD) && where->at.ops->connects;
	return 0;
}

/* Prints the listener's address, unless the screen prints it. */
static void print_address(struct call *call, const struct session *s)
{
	const struct shell *shell = call->shell;
	if (shell->screen->states || shell->out->verbose)
		return;
	struct buf text;
	buf_init(&text, BUF_SMALL);
	session_print_address(s, &text);
	call_notice(call, "%s: listening on %s", s->name, buf_cstr(&text));
	buf_fini(&text);
}

static void listen_give_up(struct call *call)
{
	struct session *s = call->data;
	if (!s)
		return;
	session_close(s, CLOSE_NOW, NULL);
	session_release(s);
	session_unpin(s);
	call->data = NULL;
}

static void serve(struct call *call, struct session *s, struct program *body)
{
	char *typed = call_typed(call);
	job_new_server(call->task, s, body, typed);
	free(typed);
	program_unref(body);
}

/* Adds a handler for the requests that no other handler takes. Result: 0, or -1
 * and *e. */
static int serve_dir(struct call *call, struct session *s, struct err *e)
{
	const struct rung_ops *rung = protocols_rung(call->shell->protocols,
						     BYTES("http"));
	struct handler_filter filter = {.event = ON_MESSAGE, .last = true};
	struct buf text = {.limit = BUF_SMALL};
	char *typed = call_typed(call);
	if (!session_has_rung(s, rung)) {
		free(typed);
		return err_usage(e, "--serve-dir is for http:// and https://");
	}
	filter.kind = unit_kind_find(rung->kinds, BYTES("request"));
	buf_puts(&text, args_has(&call->args, LIST) ? "respond --list --dir "
						    : "respond --dir ");
	words_quote_text(args_text(&call->args, SERVE_DIR), &text);
	struct program *body = call_parse(call, buf_bytes(&text), e);
	if (body)
		job_new_handler(call->task, s, &filter, body, typed);
	program_unref(body);
	buf_fini(&text);
	free(typed);
	return body ? 0 : -1;
}

/* Creates the listener. `body`: the commands of --serve, or NULL; released
 * here. */
static enum cmd_status start_server(struct call *call, struct program *body)
{
	struct locator where;
	struct session_options plan = {.rungs = NULL};
	struct err e;
	struct session *s = NULL;
	if (!make_plan(call, &plan, &where, &e))
		plan.rungs = locator_plan(call->shell->protocols, &where,
					  SIDE_SERVER, &call->args, &e);
	if (plan.rungs &&
	    rung_options_check(call->shell->protocols, &call->args, plan.rungs,
			       0, NULL, &e) == 0)
		s = hub_listen(call->shell->hub, &plan, &e);
	rung_plan_unref(plan.rungs);
	if (!s) {
		program_unref(body);
		return call_fail(call, &e);
	}
	if (body)
		serve(call, s, body);
	if (args_has(&call->args, SERVE_DIR) && serve_dir(call, s, &e)) {
		session_close(s, CLOSE_NOW, NULL);
		session_release(s);
		return call_fail(call, &e);
	}
	if (session_state(s) == SESSION_LISTENING) {
		print_address(call, s);
		return CMD_OK;
	}
	session_pin(s);
	call->data = s;
	call_wait(call, s, CALL_FOREVER);
	return call_set_deadline(call, call_timeout(call, CALL_NO_PARAM));
}

static enum cmd_status run(struct call *call)
{
	const struct arg *serves = &call->args.arg[SERVE];
	struct locator where;
	struct session_options plan;
	struct err e;
	if (make_plan(call, &plan, &where, &e) ||
	    ((serves->n || args_has(&call->args, SERVE_DIR)) &&
	     job_check_limit(call->shell, &e)))
		return call_fail(call, &e);
	if (serves->n && !serves->at->body)
		return call_parse_file(call, serves->at->text);
	return start_server(call,
			    serves->n ? program_ref(serves->at->body) : NULL);
}

/* Starts the server after the file of --serve was read. */
static enum cmd_status begin_read(struct call *call)
{
	struct err e;
	struct program *body = call_program(call, &e);
	if (!body)
		return call_fail(call, &e);
	if (job_check_limit(call->shell, &e)) {
		program_unref(body);
		return call_fail(call, &e);
	}
	return start_server(call, body);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct session *s = call->data;
	struct err e;
	if (call_reads(call))
		return CMD_WAIT;
	if (!s)
		return begin_read(call);
	if (session_state(s) == SESSION_LISTENING) {
		print_address(call, s);
		session_unpin(s);
		call->data = NULL;
		return CMD_OK;
	}
	if (session_state(s) == SESSION_CLOSED) {
		if (session_error(s))
			e = *session_error(s);
		else
			session_end_error(s, &e);
	} else if (wake == WAKE_TIMEOUT) {
		err_set(&e, ERR_DNS, 0, "%s: timed out resolving the name",
			s->endpoint->host);
	} else {
		return CMD_WAIT;
	}
	listen_give_up(call);
	return call_fail(call, &e);
}

static void cleanup(struct call *call)
{
	listen_give_up(call);
}
