/* SPDX-License-Identifier: ISC */
/*
 * `connect`: opens a client session and waits until it is open. How addresses
 * are tried is the transport's job.
 */
#include "rung/cmd.h"
#include "rung/proxy.h"

#include <stdlib.h>

enum { TIMEOUT, NOWAIT, FROM, PROXY, AUTH, ADDR, AS, END };
static const struct param params[] = {
    [TIMEOUT] = {.name = "-t",
		 .kind = PARAM_DURATION,
		 .value = "D",
		 .brief = "give up after D"},
    [NOWAIT] = {.name = "-n",
		.kind = PARAM_FLAG,
		.brief = "do not wait until it is open"},
    [FROM] = {.name = "-b",
	      .kind = PARAM_ADDRESS,
	      .value = "ADDR",
	      .brief =
		  "connect from this local address; with port 0 from any port"},
    [PROXY] = {.name = "--proxy",
	       .kind = PARAM_WORD,
	       .value = "URL",
	       .choices = proxy_schemes,
	       .brief = "by way of http://[USER@]HOST:PORT, socks5://…, "
			"socks4a://… or socks4://…; off: of nobody"},
    [AUTH] = {.name = "--proxy-auth",
	      .kind = PARAM_PATH,
	      .value = "FILE",
	      .brief = "the proxy's USER:PASSWORD is this file's first line"},
    [ADDR] = {.name = "ADDR",
	      .kind = PARAM_ADDRESS,
	      .flags = PARAM_NEEDED,
	      .brief = "where to: tcp://HOST:PORT, HOST PORT, :PORT, "
		       "udp://…, unix://PATH…, exec:CMD"},
    [AS] = {.name = "as",
	    .kind = PARAM_WORD,
	    .flags = PARAM_KEYWORD,
	    .value = "NAME",
	    .brief = "the session's name, instead of c1, c2…"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status woken(struct call *, enum wake);
static void drop(struct call *);

const struct cmd cmd_connect = {
    .name = "connect",
    .elsewhere = "open telnet nc ncat netcat socat dial",
    .group = "sessions",
    .brief = "opens a client session",
    .help =
	"Waits until the session is open; it becomes the current one if there "
	"is none. Every address that the name resolves to is tried. What is "
	"sent meanwhile is queued.\n"
	"\n"
	"By way of a proxy the target's name is the proxy's to look up. The "
	"password of its USER is in $RUNG_PROXY_PASSWORD or in the file of "
	"--proxy-auth, never in the URL. 'set proxy' is for all to come.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr\n"
	"    connect -t 2s localhost $echo.port as second\n"
	"    connect -b 127.0.0.1:0 -n $echo.addr\n"
	"    connect 'exec:tr a-z A-Z' as upper\n",
    .params = params,
    .run = run,
    .woken = woken,
    .drop = drop,
};

/* Against what `set proxy` says. */
static bool is_direct(const struct call *call)
{
	return bytes_is(args_text(&call->args, PROXY), "off");
}

/* Result: 0, or -1 and *e; without --proxy it stays as it is. */
static int read_proxy(const struct call *call, struct proxy *proxy,
		      struct err *e)
{
	const struct args *args = &call->args;
	char *auth = NULL;

	if (!args_has(args, PROXY) || is_direct(call))
		return args_has(args, AUTH)
			   ? err_set(e, ERR_USAGE, 0,
				     "--proxy-auth goes with --proxy")
			   : 0;
	if (args_has(args, AUTH))
		auth = xstrndup(args_text(args, AUTH));
	int bad = proxy_read(args_text(args, PROXY), auth, proxy, e);
	free(auth);
	return bad;
}

static struct session *begin(struct call *call, struct err *e)
{
	struct endpoint where, from;
	struct proxy proxy;
	struct plan plan = {
	    .where = &where,
	    .name = args_text(&call->args, AS),
	};
	if (call_address(call, ADDR, &where, e))
		return NULL;
	if (args_has(&call->args, FROM)) {
		if (call_address(call, FROM, &from, e)) {
			err_set(e, e->kind, e->code, "-b: %s", e->text);
			return NULL;
		}
		plan.dial.from = &from;
	}
	if (read_proxy(call, &proxy, e))
		return NULL;
	plan.direct = is_direct(call);
	if (args_has(&call->args, PROXY) && !plan.direct)
		plan.dial.proxy = &proxy;
	struct session *s = hub_connect(call->shell->hub, &plan, e);
	if (plan.dial.proxy)
		proxy_forget(&proxy);
	return s;
}

/* It never opened: its name is free again. */
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

static enum cmd_status failed(struct call *call, struct session *s)
{
	struct err e;
	if (s->last)
		e = *s->last;
	else
		session_gone(s, &e);
	give_up(call);
	return call_fail(call, &e);
}

static enum cmd_status succeeded(struct call *call, struct session *s)
{
	struct buf where = {.limit = BUF_SMALL};
	endpoint_print(s->where, &where);
	shell_used(call->shell, buf_bytes(&where));
	buf_fini(&where);
	session_unpin(s);
	call->data = NULL;
	return CMD_OK;
}

static enum cmd_status check(struct call *call, struct session *s)
{
	switch (session_state(s)) {
	case SESSION_RESOLVING:
	case SESSION_CONNECTING:
	case SESSION_LISTENING:
		return CMD_WAIT;
	case SESSION_OPEN:
	case SESSION_HALF_CLOSED:
		return succeeded(call, s);
	case SESSION_CLOSED:
		break;
	}
	/* Opened, and closed again in the same turn: what came can be read. */
	return s->opened ? succeeded(call, s) : failed(call, s);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = begin(call, &e);
	if (!s)
		return call_fail(call, &e);
	if (args_has(&call->args, NOWAIT))
		return CMD_OK;
	session_pin(s);
	call->data = s;
	enum cmd_status status = check(call, s);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, s, call_timeout(call, TIMEOUT));
}

static enum cmd_status too_late(struct call *call, struct session *s)
{
	struct buf where = {.limit = BUF_SMALL};
	struct err e;
	endpoint_show(s->where, &where);
	transport_late(&s->link, buf_cstr(&where), call_timeout(call, TIMEOUT),
		       &e);
	buf_fini(&where);
	give_up(call);
	return call_fail(call, &e);
}

static enum cmd_status woken(struct call *call, enum wake wake)
{
	struct session *s = call->data;
	enum cmd_status status = check(call, s);
	if (status == CMD_WAIT && wake == WAKE_TIMEOUT)
		return too_late(call, s);
	return status;
}

static void drop(struct call *call)
{
	give_up(call);
}
