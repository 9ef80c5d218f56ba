/* SPDX-License-Identifier: ISC */
/*
 * `climb`: puts a rung, or the rungs of a scheme, on top of a session's ladder.
 * src/ladder has the rungs, src/scheme the schemes, and session/climb.c changes
 * the ladder of an open session.
 */
#include "rung/cmd.h"
#include "rung/suggest.h"
#include "rung/text.h"

#include <stdlib.h>

enum { TIMEOUT, SERVER, CLIENT, NAME, ARG, RUNGS, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail if the rung is not open within D"},
    [SERVER] = {.name = "--server",
		.kind = PARAM_FLAG,
		.brief = "take the server's part (default: for peers)"},
    [CLIENT] = {.name = "--client",
		.kind = PARAM_FLAG,
		.brief = "take the client's part (default: for clients)"},
    [NAME] = {.name = "RUNG",
	      .kind = PARAM_WORD,
	      .flags = PARAM_REQUIRED,
	      .brief = "a rung (frame), or a scheme: put on those of its rungs "
		       "that the ladder lacks"},
    [ARG] = {.name = "ARG",
	     .kind = PARAM_WORD,
	     .flags = PARAM_REPEATED,
	     .brief = "arguments of the rung, or of the scheme's top rung"},
    [RUNGS] = {.name = "RUNG-OPTION", .kind = PARAM_RUNGS},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);

const struct cmd cmd_climb = {
    .name = "climb",
    .group = "looking",
    .brief = "put a rung on a session",
    .help = "Put a rung on top of the ladder of the current session, which may "
	    "be open or not yet open.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    climb frame u16be max=64k\n"
	    "    send hello; recv\n"
	    "    info\n"
	    "\n"
	    "Received data that was not consumed passes through the rung "
	    "first. On a listener, new peers get the rung. With the name of a "
	    "scheme, put all its rungs that are missing on the ladder.\n",
    .params = params,
    .flags = CMD_LISTENERS,
    .run = run,
    .resume = resume,
};

/* The rungs that a call adds: one, or those of a scheme. */
struct addition {
	const struct rung_ops *top;      /* gets the words of ARG */
	const struct scheme_row *scheme; /* NULL: `top` alone */
	unsigned skip; /* number of the scheme's rungs that are already there */
};

/* Reports that there is no rung or scheme of that name. Result: -1. */
static int unknown(const struct protocols *p, struct bytes name, struct err *e)
{
	size_t n = 0, room = 1;
	for (size_t i = 0; p->rungs[i]; i++)
		room++;
	for (size_t i = 0; p->schemes[i].name; i++)
		room++;
	const char **names = xalloc(room * sizeof *names);
	for (size_t i = 0; p->rungs[i]; i++)
		names[n++] = p->rungs[i]->name;
	for (size_t i = 0; p->schemes[i].name; i++)
		if (p->schemes[i].rungs)
			names[n++] = p->schemes[i].name;
	const char *near = suggest_name(name, names);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 40));
	err_usage(e, "no rung '%s'%s%s%s", buf_cstr(&shown.buf),
		  near ? "; did you mean '" : "", near ? near : "",
		  near ? "'?" : "");
	text_fini(&shown);
	free(names);
	return -1;
}

/* Finds what NAME adds to the session. Result: 0, or -1 and *e. */
static int find_addition(const struct call *call, const struct session *s,
			 struct addition *a, struct err *e)
{
	const struct protocols *p = call->shell->protocols;
	struct bytes name = args_text(&call->args, NAME);
	const struct rung_ops *have[LADDER_RUNGS_MAX];
	size_t n = session_rungs(s, have);
	*a = (struct addition){.scheme = protocols_scheme(p, name)};
	if (!a->scheme || !a->scheme->rungs) {
		a->scheme = NULL;
		a->top = protocols_rung(p, name);
		return a->top ? 0 : unknown(p, name, e);
	}
	a->top = scheme_top_rung(p, a->scheme);
	a->skip = scheme_rungs_present(a->scheme, have, n);
	if (n && a->skip && have[n - 1] == a->top && session_rung_is_over(s))
		return err_usage(e,
				 "%s: %s has ended; remove it with "
				 "'descend'",
				 s->name, a->top->name);
	if (n && a->skip && have[n - 1] == a->top)
		return err_usage(e, "%s already has all rungs of %s", s->name,
				 a->scheme->name);
	return 0;
}

/* The arguments of rungs: the options that were given, and the words of ARG
 * under the names of the top rung's operands. */
struct rung_args {
	struct param params[PARAMS_MAX + 1];
	struct arg arg[PARAMS_MAX];
	unsigned count;
	struct args args;
};

static void add_arg(struct rung_args *a, const struct param *param,
		    enum param_kind kind, struct arg arg)
{
	a->params[a->count] = *param;
	a->params[a->count].kind = kind;
	a->arg[a->count] = arg;
	a->params[++a->count].kind = PARAM_END;
}

/* Adds the words of ARG as operands of the top rung. Result: 0; -1 and *e:
 * there are too many. */
static int add_operands(struct rung_args *a, const struct rung_ops *top,
			const struct arg *words, struct err *e)
{
	size_t at = 0, most = 0;
	for (const struct param *p = top->params; p && p->kind; p++) {
		bool repeated = p->flags & PARAM_REPEATED;
		size_t n = repeated ? words->n - at : at < words->n;
		if (param_is_option(p))
			continue;
		if (n)
			add_arg(a, p, PARAM_WORD,
				(struct arg){n, words->at + at});
		at += n;
		most++;
	}
	if (at < words->n)
		return err_usage(e, "%s takes %zu argument%s", top->name, most,
				 text_plural(most));
	return 0;
}

static int read_args(struct rung_args *a, const struct args *given,
		     const struct rung_ops *top, struct err *e)
{
	*a = (struct rung_args){.params = {{.kind = PARAM_END}}};
	a->args = (struct args){.params = a->params, .arg = a->arg};
	for (unsigned i = 0; given->params[i].kind != PARAM_END; i++)
		if (given->params[i].flags & PARAM_OF_RUNG &&
		    args_has(given, i))
			add_arg(a, &given->params[i], given->params[i].kind,
				given->arg[i]);
	return add_operands(a, top, &given->arg[ARG], e);
}

static int add_rungs(const struct call *call, const struct session *s,
		     enum side side, struct rung_plan *plan, struct err *e)
{
	const struct protocols *p = call->shell->protocols;
	struct addition what;
	struct rung_args given;
	unsigned before = plan->count;
	int status;
	if (find_addition(call, s, &what, e) ||
	    read_args(&given, &call->args, what.top, e))
		return -1;
	if (what.scheme)
		status = scheme_add_rungs(p, what.scheme, what.skip, side,
					  &given.args, NULL, 0, plan, e);
	else
		status = rung_plan_add(plan, what.top, side, &given.args, NULL,
				       0, e);
	return status
		   ? status
		   : rung_options_check(p, &call->args, plan, before, NULL, e);
}

static int climb(struct call *call, struct session *s, struct err *e)
{
	const struct args *args = &call->args;
	bool listens = s->role == ROLE_LISTENER;
	enum side side = args_has(args, SERVER)   ? SIDE_SERVER
			 : args_has(args, CLIENT) ? SIDE_CLIENT
			 : s->role == ROLE_CLIENT ? SIDE_CLIENT
						  : SIDE_SERVER;
	struct rung_plan *plan = rung_plan_new();
	int status = -1;
	if (rung_plan_add_all(plan, listens ? session_plan(s) : NULL,
			      LADDER_RUNGS_MAX, e) == 0 &&
	    add_rungs(call, s, side, plan, e) == 0)
		status = listens ? session_set_plan(s, plan, e)
				 : session_climb(s, plan, e);
	if (!status && !listens)
		session_note_rungs(s, plan);
	rung_plan_unref(plan);
	return status;
}

/* Returns CMD_WAIT while a rung opens; fails if a rung failed to open. */
static enum cmd_status check(struct call *call, struct session *s)
{
	struct err e;
	enum session_state state = session_state(s);
	/* Wait only if the link is open: before that, the rung opens with the
	 * session. */
	if (state == SESSION_OPENING)
		return CMD_WAIT;
	if (session_opening_error(s, &e))
		return call_fail(call, &e);
	return CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	if (args_has(&call->args, SERVER) && args_has(&call->args, CLIENT))
		return call_error(call, ERR_USAGE,
				  "use either --server or --client");
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s || climb(call, s, &e))
		return call_fail(call, &e);
	if (s->role == ROLE_LISTENER)
		return CMD_OK;
	enum cmd_status status = check(call, s);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	struct session *s = call->awaited;
	struct err e;
	enum cmd_status status = check(call, s);
	if (status != CMD_WAIT || wake != WAKE_TIMEOUT)
		return status;
	session_timeout_error(s, call_timeout(call, TIMEOUT), &e);
	return call_fail(call, &e);
}
