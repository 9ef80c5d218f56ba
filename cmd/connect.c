/* SPDX-License-Identifier: ISC */
/*
 * `connect`: opens a client session and waits until it is open. net/dial.c
 * tries the addresses.
 */
#include "rung/opening.h"
#include "rung/proxy.h"

#include <stdlib.h>

enum {
	TIMEOUT,
	RETRY,
	NOWAIT,
	FROM,
	TO,
	PROXY,
	AUTH,
	ENV,
	ADDR,
	AS,
	RUNGS,
	END
};
static const struct param params[] = {
    [TIMEOUT] = OPENING_TIMEOUT,
    [RETRY] = OPENING_RETRY,
    [NOWAIT] = {.name = "-n",
		.kind = PARAM_FLAG,
		.brief = "do not wait until the session is open"},
    [FROM] = {.name = "-b",
	      .kind = PARAM_ADDRESS,
	      .value = "ADDR",
	      .brief = "connect from this local address; port 0: any port"},
    [TO] = {.name = "--to",
	    .kind = PARAM_ADDRESS,
	    .value = "HOST:PORT",
	    .brief = "connect to this address; the name in ADDR is only "
		     "verified and asked for"},
    [PROXY] = {.name = "--proxy",
	       .kind = PARAM_WORD,
	       .value = "URL",
	       .choices = proxy_schemes,
	       .brief = "connect through http://[USER@]HOST:PORT, socks5://…, "
			"socks4a://… or socks4://…; off: directly"},
    [AUTH] = {.name = "--proxy-auth",
	      .kind = PARAM_PATH,
	      .value = "FILE",
	      .brief = "file with the proxy's USER:PASSWORD in its first line"},
    [ENV] = {.name = "--env",
	     .kind = PARAM_WORD,
	     .flags = PARAM_REPEATED,
	     .value = "NAME=VALUE",
	     .brief = "set a variable in the environment of an exec: command"},
    [ADDR] = {.name = "ADDR",
	      .kind = PARAM_ADDRESS,
	      .flags = PARAM_REQUIRED,
	      .brief = "address: tcp://HOST:PORT, HOST PORT, :PORT, udp://…, "
		       "unix://PATH…, exec:CMD"},
    [AS] = {.name = "as",
	    .kind = PARAM_WORD,
	    .flags = PARAM_KEYWORD,
	    .value = "NAME",
	    .brief = "name of the session (default: c1, c2…)"},
    [RUNGS] = {.name = "RUNG-OPTION",
	       .kind = PARAM_RUNGS,
	       .flags = PARAM_OF_CLIENT},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_connect = {
    .name = "connect",
    .group = "sessions",
    .brief = "open a client session",
    .help = "Wait until the session is open, and make it the current one.\n"
	    "\n"
	    "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    connect -t 2s localhost $echo.port as second\n"
	    "    connect -b 127.0.0.1:0 -n $echo.addr\n"
	    "    connect 'exec:tr a-z A-Z' as upper\n"
	    "\n"
	    "All addresses of the host name are tried. Data sent before the "
	    "session is open is queued. If the session does not open, it stays "
	    "current. 'help addresses', 'help exec' and 'help proxies' have "
	    "more.\n"
	    "\n"
	    "With --retry, attempts are repeated without a message, after 100 "
	    "ms, then after pauses that double up to 2 s. -t limits each "
	    "attempt.\n",
    .params = params,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

/* Returns true if --proxy off overrides `set proxy`. */
static bool is_direct(const struct call *call)
{
	return args_is(&call->args, PROXY, "off");
}

/* Parses --proxy; without that option *proxy stays unchanged. Result: 0, or -1
 * and *e. */
static int read_proxy(const struct call *call, struct proxy *proxy,
		      struct err *e)
{
	const struct args *args = &call->args;
	static const char *const off[] = {"off", NULL};
	if (!args_has(args, PROXY) || is_direct(call))
		return 0;
	if (value_check_bare(args->arg[PROXY].at, off, e))
		return err_set(e, e->kind, e->code, "--proxy: %s", e->text);
	return args_has(args, AUTH)
		   ? proxy_parse_address(args_text(args, PROXY), proxy, e)
		   : proxy_parse(args_text(args, PROXY), NULL, proxy, e);
}

/* The addresses of a call. `to`: the address to dial. */
struct addresses {
	struct locator where;
	struct endpoint from, to;
};

/* Reads ADDR, and --to: the address to dial instead. */
static int read_target(const struct call *call, struct addresses *a,
		       struct err *e)
{
	if (!args_has(&call->args, TO)) {
		if (call_locator(call, ADDR, &a->where, e))
			return -1;
		a->to = a->where.at;
		return 0;
	}
	if (call_name_locator(call, ADDR, &a->where, e) ||
	    call_address(call, TO, &a->to, e))
		return err_set(e, e->kind, e->code, "--to: %s", e->text);
	return 0;
}

static int read_addresses(const struct call *call, struct addresses *a,
			  struct err *e)
{
	const struct args *args = &call->args;
	if (args_has(args, AUTH) && (!args_has(args, PROXY) || is_direct(call)))
		return err_set(e, ERR_USAGE, 0, "--proxy-auth needs --proxy");
	if (read_target(call, a, e))
		return -1;
	if (args_has(args, FROM) && call_address(call, FROM, &a->from, e))
		return err_set(e, e->kind, e->code, "-b: %s", e->text);
	return 0;
}

/* Checks for NAME=VALUE. The NAME must be typed: a peer must not choose it. */
static int check_env(const struct value *v, struct err *e)
{
	size_t name = bytes_find_byte(v->text, '=', 0);
	bool good = name != BYTES_NOT_FOUND && name > 0 && name < v->typed;
	for (size_t i = 0; good && i < name; i++) {
		uint8_t c = v->text.at[i], low = c | 0x20;
		good = (low >= 'a' && low <= 'z') || c == '_' ||
		       (i && c >= '0' && c <= '9');
	}
	/* Quote only the NAME: the VALUE may be secret. */
	struct bytes shown = bytes_head(v->text, name < 40 ? name : 40);
	if (!good)
		return err_set(
		    e, ERR_USAGE, 0,
		    "--env '%.*s' is not NAME=VALUE; NAME is letters, "
		    "digits and _, no digit first, and not from a variable",
		    (int)shown.len, (const char *)shown.at);
	if (bytes_find_byte(v->text, '\0', 0) != BYTES_NOT_FOUND)
		return err_set(
		    e, ERR_USAGE, 0, "--env %.*s: the value contains NUL",
		    (int)(name < 64 ? name : 64), (const char *)v->text.at);
	return 0;
}

static void free_env(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		free(env[i]);
	free(env);
}

/* Reads the --env options. Result: 0 and *out (NULL if there are none), or -1
 * and *e. */
static int read_env(const struct call *call, const struct endpoint *where,
		    char ***out, struct err *e)
{
	const struct arg *arg = &call->args.arg[ENV];
	*out = NULL;
	if (!arg->n)
		return 0;
	if (!where->ops->runs)
		return err_set(e, ERR_USAGE, 0, "--env needs an exec: address");
	for (size_t i = 0; i < arg->n; i++)
		if (check_env(&arg->at[i], e))
			return -1;
	*out = xalloc((arg->n + 1) * sizeof(**out));
	for (size_t i = 0; i < arg->n; i++)
		(*out)[i] = xstrndup(arg->at[i].text);
	return 0;
}

/* Adds the proxy of the call to the plan, and connects. */
static struct session *connect_by(struct call *call,
				  struct session_options *plan, struct err *e)
{
	struct proxy proxy;
	char *auth = NULL;
	if (read_proxy(call, &proxy, e))
		return NULL;
	plan->direct = is_direct(call);
	if (args_has(&call->args, PROXY) && !plan->direct)
		plan->dial.proxy = &proxy;
	if (args_has(&call->args, AUTH))
		auth = xstrndup(args_text(&call->args, AUTH));
	plan->dial.proxy_auth = auth;
	struct session *s = hub_connect(call->shell->hub, plan, e);
	if (plan->dial.proxy)
		proxy_fini(&proxy);
	free(auth);
	return s;
}

static struct session *connect_begin(struct call *call, struct err *e)
{
	struct addresses a;
	char **env;
	struct session *s = NULL;
	struct session_options plan = {
	    .endpoint = &a.to,
	};
	if (call_new_name(call, AS, &plan.name, e) ||
	    read_addresses(call, &a, e) || read_env(call, &a.to, &env, e))
		return NULL;
	if (args_has(&call->args, FROM))
		plan.dial.from = &a.from;
	plan.dial.env = (const char *const *)env;
	plan.rungs = locator_plan(call->shell->protocols, &a.where, SIDE_CLIENT,
				  &call->args, e);
	if (plan.rungs &&
	    rung_options_check(call->shell->protocols, &call->args, plan.rungs,
			       0, NULL, e) == 0)
		s = connect_by(call, &plan, e);
	rung_plan_unref(plan.rungs);
	free_env(env);
	return s;
}

static enum cmd_status finish(struct call *call, enum cmd_status status)
{
	const struct opening *o = call->data;
	struct buf where = {.limit = BUF_SMALL};
	struct locator typed;
	if (status != CMD_OK)
		return status;
	if (!args_has(&call->args, TO) &&
	    call_locator(call, ADDR, &typed, NULL) == 0 && typed.scheme->rungs)
		buf_put(&where, args_text(&call->args, ADDR));
	else
		endpoint_print(o->session->endpoint, NULL, &where);
	shell_remember_address(call->shell, buf_bytes(&where));
	buf_fini(&where);
	return CMD_OK;
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	if (args_has(&call->args, NOWAIT) && args_has(&call->args, RETRY))
		return call_error(call, ERR_USAGE,
				  "use either -n or --retry; to go on "
				  "meanwhile, add '&'");
	struct session *s = connect_begin(call, &e);
	if (!s)
		return call_fail(call, &e);
	task_use(call->task, s);
	if (args_has(&call->args, NOWAIT))
		return CMD_OK;
	struct opening *o = call_scratch(call, sizeof *o);
	return finish(call,
		      opening_begin(o, call, s, call_timeout(call, TIMEOUT),
				    args_number(&call->args, RETRY, 0)));
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	return finish(call, opening_resume(call->data, call, wake));
}

static void cleanup(struct call *call)
{
	if (call->data)
		opening_end(call->data);
	call->data = NULL;
}
