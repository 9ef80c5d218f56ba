/* SPDX-License-Identifier: ISC */
/*
 * Turns the arguments of ncat(1), as of Nmap, into options. ncat_tls.c has
 * those of TLS; read.c has parsed the command line.
 */
#include "nc_own.h"

#include <stdlib.h>
#include <string.h>

#define PORT      "31337"
#define CONNS     100
#define CONNS_MAX 100000u
#define AUTH      "NCAT_PROXY_AUTH"

static int usage(struct err *e, const char *text)
{
	return nc_fails(NC_NCAT, ERR_USAGE, e, "%s", text);
}

/* Rejects options that cannot be combined. */
static int ncat_check(const struct nc_args *a, struct err *e)
{
	bool guards = a->allow.count || a->allow_file.count || a->deny.count ||
		      a->deny_file.count;
	const struct plan_rule rules[] = {
	    {a->keep && a->udp && !a->exec && !a->shell,
	     "UDP mode does not support the -k or --keep-open options, except "
	     "with --exec or --sh-exec"},
	    {a->max_peers && !a->listen,
	     "Invalid option combination: `--max-conns' with connect"},
	    {guards && !a->listen,
	     "Invalid option combination: allow/deny with connect"},
	    {a->zero && a->listen,
	     "Services designed for LISTENING can't be used with -z"},
	    {a->exec && a->shell,
	     "Only one of --exec and --sh-exec is allowed"},
	    {(a->exec || a->shell) && a->zero, "cannot use -e or -c with -z"},
	    {a->listen && a->proxy, "cannot use --proxy with -l"},
	    {a->listen && a->proxy_kind,
	     "no support for proxy servers; use tinyproxy"},
	    {a->proxy_kind && !a->proxy,
	     "Proxy type (--proxy-type) specified without proxy address "
	     "(--proxy)"},
	    {a->proxy && a->udp, "no proxy support for UDP"},
	    {a->proxy && a->path, "no proxy support for Unix sockets"},
	    {a->v4 && a->v6, "cannot use -4 and -6"},
	};

	return plan_check(NC_NCAT, rules, sizeof(rules) / sizeof(rules[0]), e);
}

/* Parses seconds, or a number with ms, s, m or h; 0 is an error. */
static int duration(const char *option, const char *text, uint64_t *ns,
		    struct err *e)
{
	struct err why;

	if (!text)
		return 0;
	if (parse_duration(bytes_str(text), ns, &why) == 0 && *ns)
		return 0;
	return nc_fails(NC_NCAT, ERR_USAGE, e,
			"Invalid %s \"%.60s\"; use a time above 0, such as "
			"500ms, 2s or 1m",
			option, text);
}

/* Parses -q, the time from the end of input to the exit. A negative time, the
 * default, means no limit. */
static int read_quit(struct pipe_options *p, const char *text, struct err *e)
{
	if (!text || (text[0] == '-' && text[1] >= '1' && text[1] <= '9'))
		return 0;
	p->has_quit_delay = true;
	if (parse_duration(bytes_str(text), &p->quit, NULL) == 0)
		return 0;
	return nc_fails(NC_NCAT, ERR_USAGE, e,
			"Invalid -q time \"%.60s\"; use a time such as 0, "
			"500ms, 2s or 1m",
			text);
}

static int plan_times(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	struct pipe_options *p = &o->pipe;

	return read_quit(p, a->quit, e) ||
		       duration("-w timeout", a->wait, &p->open_timeout, e) ||
		       duration("-i timeout", a->idle, &p->idle, e) ||
		       duration("-d delay", a->delay, &p->line_pause, e)
		   ? -1
		   : 0;
}

/* Checks a port number. `what`: name of the number in the error. */
static int check_port(const char *what, const char *port, struct err *e)
{
	uint64_t n;

	if (strspn(port, "0123456789") == strlen(port) &&
	    parse_number(bytes_str(port), &n, NULL) == 0 && n <= 65535)
		return 0;
	return nc_fails(NC_NCAT, ERR_USAGE, e, "Invalid %s number \"%.60s\"",
			what, port);
}

static int many_ports(struct err *e)
{
	return usage(e, "Got more than one port specification; write HOST "
			"PORT");
}

static int plan_listener(struct nc_options *o, const struct nc_args *a,
			 struct err *e)
{
	const char *host = NULL, *port = a->port;
	size_t n = a->words_count;
	bool digits = n == 1 &&
		      strspn(a->words[0], "0123456789") == strlen(a->words[0]);

	if (n > 2 || (port && (n == 2 || digits)))
		return many_ports(e);
	if (n == 2 || (n == 1 && !digits))
		host = a->words[0];
	if (n == 2 || digits)
		port = a->words[n - 1];
	if (!port)
		port = PORT;
	if (check_port("port", port, e))
		return -1;
	return plan_inet(o, a, host, port, &o->pipe.at, e);
}

static int plan_client(struct nc_options *o, const struct nc_args *a,
		       struct err *e)
{
	const char *port = a->words_count > 1 ? a->words[1] : PORT;
	uint64_t n;

	if (!a->words_count)
		return usage(e, "You must specify a host to connect to");
	if (a->words_count > 2)
		return many_ports(e);
	o->host = a->words[0];
	if (check_port("port", port, e) || plan_source(o, a, e) ||
	    parse_number(bytes_str(port), &n, e))
		return -1;
	o->ports = xrealloc(NULL, 1, sizeof(*o->ports));
	o->ports[o->ports_count++] = (uint16_t)n;
	return plan_inet(o, a, o->host, port, &o->pipe.at, e);
}

static int path_alone(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	if (a->words_count != 1)
		return usage(e, "You must specify exactly one socket path");
	return plan_path(o, a, e);
}

static int read_auth(struct proxy *proxy, const char *auth, struct err *e)
{
	const char *colon = strchr(auth, ':');
	size_t n = colon ? (size_t)(colon - auth) : strlen(auth);

	if (!plan_copy(proxy->user, sizeof(proxy->user), bytes_of(auth, n)) ||
	    (colon && !plan_copy(proxy->password, sizeof(proxy->password),
				 bytes_str(colon + 1))))
		return usage(
		    e, "--proxy-auth: user or password longer than 255 bytes");
	return 0;
}

static int plan_proxied(struct nc_options *o, const struct nc_args *a,
			struct err *e)
{
	const char *name = a->proxy_kind ? a->proxy_kind : "http";
	const char *auth = a->proxy_user ? a->proxy_user : getenv(AUTH);
	const char *dns = a->proxy_dns ? a->proxy_dns : "remote";
	enum proxy_kind kind;

	if (strcmp(name, "http") == 0)
		kind = PROXY_HTTP;
	else if (strcmp(name, "socks4") == 0)
		kind = PROXY_SOCKS4A;
	else if (strcmp(name, "socks5") == 0)
		kind = PROXY_SOCKS5;
	else
		return nc_fails(
		    NC_NCAT, ERR_USAGE, e,
		    "Invalid proxy type \"%.40s\"; use http, socks4 "
		    "or socks5",
		    name);
	if (strcmp(dns, "none") != 0 && strcmp(dns, "remote") != 0)
		return nc_fails(NC_NCAT, ERR_USAGE, e,
				"--proxy-dns %.40s: use remote or none", dns);
	if (!a->proxy)
		return 0;
	if (auth && *auth && read_auth(&o->pipe.proxy, auth, e))
		return -1;
	if (plan_proxy(o, a, kind, e))
		return -1;
	return check_port("proxy port", o->pipe.proxy.at.port, e);
}

static int add_list(struct nc_options *o, bool allow, const char *text,
		    struct err *e)
{
	char one[300];
	size_t n;

	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		if (!plan_copy(one, sizeof(one), bytes_of(text, n)))
			return usage(e,
				     "a host in --allow or --deny is too long");
		if (n && hosts_add(o->hosts, allow, one, o->numeric, e))
			return -1;
	}
	return 0;
}

static int plan_hosts(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	const struct {
		const struct string_list *list;
		bool allow, file;
	} all[] = {
	    {&a->allow, true, false},
	    {&a->allow_file, true, true},
	    {&a->deny, false, false},
	    {&a->deny_file, false, true},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (size_t k = 0; k < all[i].list->count; k++) {
			const char *text = all[i].list->at[k];

			if (!o->hosts)
				o->hosts = hosts_new();
			if (all[i].allow)
				hosts_close(o->hosts);
			if (all[i].file ? hosts_add_file(o->hosts, all[i].allow,
							 text, o->numeric, e)
					: add_list(o, all[i].allow, text, e))
				return -1;
		}
	o->pipe.guard = o->hosts ? hosts_guard(o->hosts) : NULL;
	return 0;
}

static int plan_peers(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	uint64_t n = CONNS;

	if (a->max_peers &&
	    plan_number(o, "--max-conns", a->max_peers, 1, CONNS_MAX, &n, e))
		return -1;
	if (!a->keep || !a->listen)
		return 0;
	o->pipe.max_peers = (unsigned)n;
	o->pipe.reject_extra = true;
	return 0;
}

/* Splits a command at unescaped blanks, as ncat does, and quotes each word so
 * that sh leaves it unchanged. */
static void quote_words(const char *text, struct buf *out)
{
	buf_puts(out, "exec");
	for (;;) {
		text += strspn(text, " \t");
		if (!*text)
			return;
		buf_puts(out, " '");
		for (; *text && *text != ' ' && *text != '\t'; text++) {
			if (*text == '\\' && text[1])
				text++;
			if (*text == '\'')
				buf_puts(out, "'\\''");
			else
				buf_putc(out, *text);
		}
		buf_puts(out, "'");
	}
}

static int plan_command(struct nc_options *o, const struct nc_args *a,
			struct err *e)
{
	struct buf text;
	struct err why;
	int bad;

	if (!a->exec && !a->shell)
		return 0;
	buf_init(&text, BUF_SMALL);
	buf_puts(&text, "exec:");
	if (a->shell)
		buf_puts(&text, a->shell);
	else if (a->exec[strspn(a->exec, " \t")])
		quote_words(a->exec, &text);
	o->command = xstrndup(buf_bytes(&text));
	buf_fini(&text);
	bad = endpoint_parse(bytes_str(o->command), &o->pipe.to, &why);
	if (bad)
		return usage(e, why.text);
	o->pipe.has_addr2 = true;
	return 0;
}

static void plan_input(struct nc_options *o, const struct nc_args *a)
{
	struct pipe_options *p = &o->pipe;
	bool runs = a->exec || a->shell;

	p->crlf = a->crlf;
	/* With a command, rung's standard input and output are not used. */
	p->no_stdin = a->recv_only && !runs;
	p->discard_received = a->send_only && !runs;
	p->no_shutdown = a->no_shutdown;
	p->has_quit_delay |= p->discard_received || (a->udp && !a->listen);
	p->keep_open = a->keep;
	p->log = a->hex;
	p->transcript = a->output;
	p->appends = a->append;
}

int ncat_plan(const struct nc_args *a, struct nc_options *o, struct err *e)
{
	if (ncat_check(a, e) || plan_times(o, a, e) || plan_proxied(o, a, e) ||
	    plan_hosts(o, a, e) || plan_peers(o, a, e))
		return -1;
	if (a->path     ? path_alone(o, a, e)
	    : a->listen ? plan_listener(o, a, e)
			: plan_client(o, a, e))
		return -1;
	o->pipe.listens = a->listen;
	o->pipe.socket_options.broadcast = a->udp && !a->path;
	o->scans = a->zero;
	plan_input(o, a);
	return plan_command(o, a, e) || ncat_plan_tls(a, o, e) ? -1 : 0;
}
