/* SPDX-License-Identifier: ISC */
/*
 * `connect`: opens a client session and waits until it is open. net/dial.c
 * tries the addresses.
 */
#include "rung/cmd.h"
#include "rung/proxy.h"

#include <stdlib.h>

enum { TIMEOUT, NOWAIT, FROM, PROXY, AUTH, ENV, ADDR, AS, RUNGS, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "fail after D (default: the timeout setting)"},
    [NOWAIT] = {.name = "-n",
		.kind = PARAM_FLAG,
		.brief = "do not wait until the session is open"},
    [FROM] = {.name = "-b",
	      .kind = PARAM_ADDRESS,
	      .value = "ADDR",
	      .brief = "connect from this local address; port 0: any port"},
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
    [RUNGS] = {.name = "RUNG-OPTION", .kind = PARAM_RUNGS},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_connect = {
    .name = "connect",
    .foreign_names = "open telnet nc ncat netcat socat dial",
    .group = "sessions",
    .brief = "open a client session",
    .help =
	"Wait until the session is open. The session becomes the current one, "
	"and stays it if it does not open. All addresses of the host name are "
	"tried. Data sent "
	"before the session is open is queued.\n"
	"\n"
	"The proxy resolves the target's name; for socks4:// rung does. The "
	"password of USER is in $RUNG_PROXY_PASSWORD or in the file of "
	"--proxy-auth, never in the URL. If that file is a FIFO, -t limits the "
	"wait for it. 'set proxy' sets a proxy for all new sessions.\n"
	"\n"
	"exec: runs a command with the shell sh, and only if it is typed here: "
	"from a variable it is an error. A variable in the text of the command "
	"(\"exec:cat $f\") is dangerous: sh reads its value as part of the "
	"command. Pass values with --env, and quote them in the command.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    connect -t 2s localhost $echo.port as second\n"
	"    connect -b 127.0.0.1:0 -n $echo.addr\n"
	"    connect 'exec:tr a-z A-Z' as upper\n"
	"    let file /etc/hostname\n"
	"    connect --env F=$file 'exec:cat -- \"$F\"' as cat\n",
    .params = params,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

struct connecting {
	struct session *session;
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

static int read_addresses(const struct call *call, struct locator *where,
			  struct endpoint *from, struct err *e)
{
	const struct args *args = &call->args;
	if (args_has(args, AUTH) && (!args_has(args, PROXY) || is_direct(call)))
		return err_set(e, ERR_USAGE, 0, "--proxy-auth needs --proxy");
	if (call_locator(call, ADDR, where, e))
		return -1;
	if (args_has(args, FROM) && call_address(call, FROM, from, e))
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
	struct locator where;
	struct endpoint from;
	char **env;
	struct session *s = NULL;
	struct session_options plan = {
	    .endpoint = &where.at,
	};
	if (call_new_name(call, AS, &plan.name, e) ||
	    read_addresses(call, &where, &from, e) ||
	    read_env(call, &where.at, &env, e))
		return NULL;
	if (args_has(&call->args, FROM))
		plan.dial.from = &from;
	plan.dial.env = (const char *const *)env;
	plan.rungs = locator_plan(call->shell->protocols, &where, SIDE_CLIENT,
				  &call->args, e);
	if (plan.rungs &&
	    rung_options_check(call->shell->protocols, &call->args, plan.rungs,
			       0, NULL, e) == 0)
		s = connect_by(call, &plan, e);
	rung_plan_unref(plan.rungs);
	free_env(env);
	return s;
}

/* Closes and releases a session that has not opened, which frees its name. */
static void connect_give_up(struct connecting *c)
{
	struct session *s = c->session;
	if (!s)
		return;
	session_close(s, CLOSE_NOW, NULL);
	session_release(s);
	session_unpin(s);
	c->session = NULL;
}

static enum cmd_status connect_failed(struct call *call, struct session *s)
{
	struct err e;
	if (session_error(s))
		e = *session_error(s);
	else
		session_end_error(s, &e);
	connect_give_up(call->data);
	return call_fail(call, &e);
}

static enum cmd_status succeeded(struct call *call, struct session *s)
{
	struct buf where = {.limit = BUF_SMALL};
	struct locator typed;
	if (call_locator(call, ADDR, &typed, NULL) == 0 && typed.scheme->rungs)
		buf_put(&where, args_text(&call->args, ADDR));
	else
		endpoint_print(s->endpoint, &where);
	shell_remember_address(call->shell, buf_bytes(&where));
	buf_fini(&where);
	session_unpin(s);
	((struct connecting *)call->data)->session = NULL;
	return CMD_OK;
}

static enum cmd_status connect_check(struct call *call, struct session *s)
{
	switch (session_state(s)) {
	case SESSION_RESOLVING:
	case SESSION_CONNECTING:
	case SESSION_OPENING:
	case SESSION_LISTENING:
		return CMD_WAIT;
	case SESSION_OPEN:
	case SESSION_HALF_CLOSED:
		return succeeded(call, s);
	case SESSION_CLOSING:
	case SESSION_CLOSED:
		break;
	}
	/* A session that opened and closed in the same turn has succeeded: its
	 * data can be read. */
	return session_was_open(s) ? succeeded(call, s)
				   : connect_failed(call, s);
}

static enum cmd_status run(struct call *call)
{
	struct connecting *c = call_scratch(call, sizeof *c);
	struct err e;
	struct session *s = connect_begin(call, &e);
	if (!s)
		return call_fail(call, &e);
	task_use(call->task, s);
	if (args_has(&call->args, NOWAIT))
		return CMD_OK;
	session_pin(s);
	c->session = s;
	enum cmd_status status = connect_check(call, s);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status connect_too_late(struct call *call, struct session *s)
{
	struct err e;
	session_timeout_error(s, call_timeout(call, TIMEOUT), &e);
	connect_give_up(call->data);
	return call_fail(call, &e);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	const struct connecting *c = call->data;
	enum cmd_status status = connect_check(call, c->session);
	if (status == CMD_WAIT && wake == WAKE_TIMEOUT)
		return connect_too_late(call, c->session);
	return status;
}

static void cleanup(struct call *call)
{
	struct connecting *c = call->data;
	if (!c)
		return;
	connect_give_up(c);
	call->data = NULL;
}
