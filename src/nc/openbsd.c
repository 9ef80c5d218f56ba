/* SPDX-License-Identifier: ISC */
/*
 * Turns the arguments of OpenBSD's nc(1), as in Debian, into options. read.c
 * has parsed the command line.
 */
#include "nc_own.h"
#include "rung/clock.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SECS_MAX  2000000u
#define PORTS_MAX 1000000u

static int usage(struct err *e, const char *text)
{
	return nc_fails(NC_OPENBSD, ERR_USAGE, e, "%s", text);
}

/* Rejects options that cannot be combined. */
static int openbsd_check(const struct nc_args *a, struct err *e)
{
	const struct plan_rule rules[] = {
	    {a->keep && !a->listen, "must use -l with -k"},
	    {a->zero && a->listen, "cannot use -z and -l"},
	    {a->proxy && a->udp, "no proxy support for UDP mode"},
	    {a->proxy && a->listen, "no proxy support for listen"},
	    {a->proxy && a->path, "no proxy support for unix sockets"},
	    {a->proxy && a->source,
	     "no proxy support for local source address"},
	    {a->v4 && a->v6, "cannot use -4 and -6"},
	    {a->path && a->port, "cannot use -p and -U"},
	};

	return plan_check(NC_OPENBSD, rules, sizeof(rules) / sizeof(rules[0]),
			  e);
}

static int seconds(const struct nc_options *o, const char *what,
		   const char *text, uint64_t *ns, struct err *e)
{
	uint64_t n;

	if (!text)
		return 0;
	if (plan_number(o, what, text, 0, SECS_MAX, &n, e))
		return -1;
	*ns = n * NS_PER_S;
	return 0;
}

/* Parses -q; a negative time, the default, means no limit. */
static int read_quit(struct nc_options *o, const struct nc_args *a,
		     struct err *e)
{
	if (!a->quit ||
	    (a->quit[0] == '-' && a->quit[1] >= '1' && a->quit[1] <= '9'))
		return 0;
	o->pipe.has_quit_delay = true;
	return seconds(o, "quit timer", a->quit, &o->pipe.quit, e);
}

/* Parses -w, the limit of the time to connect and of the idle time. With 0, a
 * client exits as soon as everything is sent. */
static int read_wait(struct nc_options *o, const struct nc_args *a,
		     struct err *e)
{
	uint64_t wait = 0;

	if (seconds(o, "timeout", a->wait, &wait, e))
		return -1;
	if (a->listen || !a->wait)
		return 0;
	o->pipe.open_timeout = o->pipe.idle = wait;
	if (!wait)
		o->pipe.has_quit_delay = true;
	return 0;
}

/* ---- ports ---- */

static int port_number(const char *text, size_t len, bool udp, uint16_t *port,
		       struct err *e)
{
	struct bytes word = bytes_of(text, len);
	struct servent *service;
	char name[32];
	uint64_t n;

	if (parse_number(word, &n, NULL) == 0) {
		if (!n || n > 65535)
			return nc_fails(NC_OPENBSD, ERR_USAGE, e,
					"port number too %s: %.*s",
					n ? "large" : "small",
					len < 40 ? (int)len : 40, text);
		*port = (uint16_t)n;
		return 0;
	}
	service = plan_copy(name, sizeof(name), word)
		      ? getservbyname(name, udp ? "udp" : "tcp")
		      : NULL;
	if (!service)
		return nc_fails(NC_OPENBSD, ERR_USAGE, e,
				"port number invalid: %.*s",
				len < 40 ? (int)len : 40, text);
	*port = ntohs((uint16_t)service->s_port);
	return 0;
}

static void shuffle(uint16_t *ports, size_t n, uint64_t seed)
{
	for (; n > 1; n--) {
		size_t at;
		uint16_t other;

		/* Marsaglia's xorshift64: the order need not be secret. */
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		at = (size_t)(seed % n);
		other = ports[at];
		ports[at] = ports[n - 1];
		ports[n - 1] = other;
	}
}

/* Adds a port, or a range such as `20-30` or `30-20`. A dash may also be part
 * of a service's name. */
static int add_range(struct nc_options *o, const char *text, bool udp,
		     struct err *e)
{
	const char *dash = strchr(text, '-');
	uint16_t from = 0, to;

	if (!dash || getservbyname(text, udp ? "udp" : "tcp"))
		dash = text + strlen(text);
	if (port_number(text, (size_t)(dash - text), udp, &from, e))
		return -1;
	to = from;
	if (*dash && port_number(dash + 1, strlen(dash + 1), udp, &to, e))
		return -1;
	if (from > to) {
		uint16_t low = to;

		to = from;
		from = low;
	}
	if (o->ports_count + to - from >= PORTS_MAX)
		return usage(e, "cannot scan more than a million ports");
	o->ports = xrealloc(o->ports, o->ports_count + to - from + 1u,
			    sizeof(*o->ports));
	for (unsigned port = from; port <= to; port++)
		o->ports[o->ports_count++] = (uint16_t)port;
	return 0;
}

static int read_ports(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	for (size_t i = 1; i < a->words_count; i++)
		if (add_range(o, a->words[i], a->udp, e))
			return -1;
	return 0;
}

/* ---- addresses ---- */

static int plan_client(struct nc_options *o, const struct nc_args *a,
		       struct err *e)
{
	char port[8];

	if (!a->words_count)
		return usage(e, "missing host and port; see 'nc -h'");
	if (a->words_count < 2)
		return usage(e, "missing port number");
	o->host = a->words[0];
	if (read_ports(o, a, e) || plan_source(o, a, e))
		return -1;
	snprintf(port, sizeof(port), "%u", o->ports[0]);
	return plan_inet(o, a, o->host, port, &o->pipe.at, e);
}

/* Sets the address to listen on. A host or a port that is given twice is an
 * error. */
static int plan_listener(struct nc_options *o, const struct nc_args *a,
			 struct err *e)
{
	const char *host = a->source, *port = a->port;
	struct nc_args family = *a;
	size_t n = a->words_count;

	if (n > 2 || (n == 2 && port))
		return usage(e, "cannot use -l with more than one port");
	if (n == 2 || (n == 1 && port)) {
		if (host)
			return usage(e, "cannot use -s and -l with a host");
		host = a->words[0];
	}
	if (n && !port)
		port = a->words[n - 1];
	if (!port)
		return usage(e, "missing port number");
	if (strchr(port, '-') && !getservbyname(port, a->udp ? "udp" : "tcp"))
		return usage(e, "cannot use -l with more than one port");
	/* nc listens on IPv4 if no host is given. */
	if (!host && !a->v6)
		family.v4 = true;
	return plan_inet(o, &family, host, port, &o->pipe.at, e);
}

static int path_alone(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	if (!a->words_count)
		return usage(e, "missing path of the Unix socket");
	if (a->words_count > 1)
		return usage(e, "cannot use port with -U");
	return plan_path(o, a, e);
}

static int plan_proxied(struct nc_options *o, const struct nc_args *a,
			struct err *e)
{
	const char *name = a->proxy_kind ? a->proxy_kind : "5";
	const char *password = getenv(PROXY_PASSWORD);
	struct proxy *proxy = &o->pipe.proxy;
	enum proxy_kind kind;

	if (strcasecmp(name, "connect") == 0)
		kind = PROXY_HTTP;
	else if (strcmp(name, "4") == 0)
		kind = PROXY_SOCKS4;
	else if (strcmp(name, "5") == 0)
		kind = PROXY_SOCKS5;
	else
		return usage(
		    e,
		    "unsupported proxy protocol; -X accepts 4, 5 or connect");
	if (!a->proxy)
		return 0;
	if (a->proxy_user &&
	    (!plan_copy(proxy->user, sizeof(proxy->user),
			bytes_str(a->proxy_user)) ||
	     (password && !plan_copy(proxy->password, sizeof(proxy->password),
				     bytes_str(password)))))
		return usage(e, "-P: user or password longer than 255 bytes");
	return plan_proxy(o, a, kind, e);
}

/* ---- socket options ---- */

static const struct {
	const char *name;
	int value;
} services[] = {
    {"critical", 0xa0},    {"inetcontrol", 0xc0}, {"lowcost", 0x02},
    {"lowdelay", 0x10},    {"netcontrol", 0xe0},  {"throughput", 0x08},
    {"reliability", 0x04}, {"ef", 0xb8},
};

/* Parses -T: cs0 to cs7 (RFC 2474), af11 to af43 (RFC 2597), a name in
 * `services`, or a number. */
static int read_service(const char *text, struct socket_options *t,
			struct err *e)
{
	size_t len = strlen(text);
	uint64_t n = 256;

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcasecmp(text, services[i].name) == 0)
			n = (uint64_t)services[i].value;
	if (len == 3 && strncasecmp(text, "cs", 2) == 0 && text[2] >= '0' &&
	    text[2] <= '7')
		n = (uint64_t)(text[2] - '0') << 5;
	if (len == 4 && strncasecmp(text, "af", 2) == 0 && text[2] >= '1' &&
	    text[2] <= '4' && text[3] >= '1' && text[3] <= '3')
		n = (uint64_t)(text[2] - '0') << 5 | (uint64_t)(text[3] - '0')
							 << 3;
	if (n > 255)
		parse_number(bytes_str(text), &n, NULL);
	if (n > 255)
		return nc_fails(NC_OPENBSD, ERR_USAGE, e,
				"illegal tos value %.40s", text);
	t->has_service = true;
	t->service = (int)n;
	return 0;
}

static int plan_socket_options(struct nc_options *o, const struct nc_args *a,
			       struct err *e)
{
	struct socket_options *t = &o->pipe.socket_options;
	const struct {
		const char *text, *what;
		uint64_t least, most;
		int *out;
	} all[] = {
	    {a->ttl, "ttl", 1, 255, &t->ttl},
	    {a->least_ttl, "minttl", 0, 255, &t->least_ttl},
	    {a->receive, "TCP receive window", 1, 1 << 30, &t->receive},
	    {a->send, "TCP send window", 1, 1 << 30, &t->send},
	};
	uint64_t n;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!all[i].text)
			continue;
		if (plan_number(o, all[i].what, all[i].text, all[i].least,
				all[i].most, &n, e))
			return -1;
		*all[i].out = (int)n;
	}
	t->broadcast = a->broadcast;
	t->debug = a->debug;
	return a->tos ? read_service(a->tos, t, e) : 0;
}

static int plan_times(struct nc_options *o, const struct nc_args *a,
		      struct err *e)
{
	if (read_quit(o, a, e) || read_wait(o, a, e) ||
	    seconds(o, "interval", a->delay, &o->pause, e))
		return -1;
	o->pipe.line_pause = o->pause;
	o->pipe.idle_is_ok = true;
	o->pipe.no_shutdown = !a->shutdown &&
			      !(o->pipe.has_quit_delay && a->quit);
	return 0;
}

/* Returns true if a client keeps sending after the peer's FIN. At a terminal
 * the user sees that the peer has closed, but a program may have more to send.
 */
static bool sends_on(const struct nc_args *a)
{
	return !a->no_stdin && isatty(STDIN_FILENO) != 1;
}

int openbsd_plan(const struct nc_args *a, struct nc_options *o, struct err *e)
{
	struct pipe_options *p = &o->pipe;

	if (openbsd_check(a, e) || plan_times(o, a, e) ||
	    plan_proxied(o, a, e) || plan_socket_options(o, a, e))
		return -1;
	if (a->path     ? path_alone(o, a, e)
	    : a->listen ? plan_listener(o, a, e)
			: plan_client(o, a, e))
		return -1;
	p->listens = a->listen;
	p->crlf = a->crlf;
	p->no_stdin = a->no_stdin;
	p->keep_open = a->listen ? a->keep : o->ports_count < 2 && sends_on(a);
	o->scans = a->zero;
	o->random = a->random;
	if (a->random)
		shuffle(o->ports, o->ports_count,
			(uint64_t)getpid() << 20 | 0x9e37u);
	return 0;
}
