/* SPDX-License-Identifier: ISC */
/*
 * `climb`: puts a rung on top of a session's ladder. src/ladder has the rungs
 * and session/climb.c changes the ladder of an open session.
 */
#include "rung/cmd.h"
#include "rung/words.h"

enum { SERVER, CLIENT, NAME, ARG, END };
static const struct param params[] = {
    [SERVER] = {.name = "--server",
		.kind = PARAM_FLAG,
		.flags = PARAM_ANYWHERE,
		.brief = "take the server's part (default: for peers)"},
    [CLIENT] = {.name = "--client",
		.kind = PARAM_FLAG,
		.flags = PARAM_ANYWHERE,
		.brief = "take the client's part (default: for clients)"},
    [NAME] = {.name = "RUNG",
	      .kind = PARAM_WORD,
	      .flags = PARAM_REQUIRED,
	      .brief = "kind of rung"},
    [ARG] = {.name = "ARG",
	     .kind = PARAM_WORD,
	     .flags = PARAM_REPEATED,
	     .brief = "arguments of the rung"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_climb = {
    .name = "climb",
    .group = "looking",
    .brief = "put a rung on a session",
    .help = "Put a rung on top of the ladder of the current session, while it "
	    "is open or before. Received data that was not consumed passes "
	    "through the rung first. On a listener, new peers get the rung.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    climb frame u16be max=64k\n"
	    "    send hello; recv\n"
	    "    info\n",
    .params = params,
    .run = run,
};

static const struct rung_ops *find_rung(struct bytes name, struct err *e)
{
	const struct rung_ops *ops = rung_find(name);
	const char *names[16] = {NULL};
	for (size_t i = 0; rung_table[i] && i + 1 < 16; i++)
		names[i] = rung_table[i]->name;
	if (ops)
		return ops;
	const char *near = words_suggest(name, names);
	err_usage(e, "no rung '%.*s'%s%s%s", (int)bytes_head(name, 40).len,
		  (const char *)name.at, near ? "; did you mean '" : "",
		  near ? near : "", near ? "'?" : "");
	return NULL;
}

/* Adds the rung to the plan; its arguments have the order of its parameters. */
static int add_rung(struct rung_plan *plan, const struct rung_ops *ops,
		    const struct args *given, enum side side, struct err *e)
{
	const struct arg *words = &given->arg[ARG];
	struct arg arg[LADDER_RUNGS_MAX] = {{.n = 0}};
	struct args args = {.params = ops->params, .arg = arg};
	size_t n = 0;
	for (; ops->params && ops->params[n].kind != PARAM_END; n++)
		if (n < words->n)
			arg[n] = (struct arg){.n = 1, .at = &words->at[n]};
	if (words->n > n)
		return err_usage(e, "%s takes %zu argument%s", ops->name, n,
				 n == 1 ? "" : "s");
	return rung_plan_add(plan, ops, side, &args, NULL, 0, e);
}

static int climb(struct call *call, struct session *s,
		 const struct rung_ops *ops, struct err *e)
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
	    add_rung(plan, ops, args, side, e) == 0)
		status = listens ? session_set_plan(s, plan, e)
				 : session_climb(s, plan, e);
	rung_plan_unref(plan);
	return status;
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	const struct rung_ops *ops = find_rung(args_text(&call->args, NAME),
					       &e);
	struct session *s = ops ? call_session(call, CALL_NO_PARAM, &e) : NULL;
	if (args_has(&call->args, SERVER) && args_has(&call->args, CLIENT))
		return call_error(call, ERR_USAGE,
				  "use either --server or --client");
	if (!s || climb(call, s, ops, &e))
		return call_fail(call, &e);
	return CMD_OK;
}
