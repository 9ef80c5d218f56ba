/* SPDX-License-Identifier: ISC */
/*
 * Parsing that both dialects share: addresses, families and numbers. openbsd.c
 * and ncat.c have the parts that differ.
 */
#include "nc_own.h"

#include <netdb.h>
#include <string.h>

int plan_check(enum nc_dialect dialect, const struct plan_rule *rules, size_t n,
	       struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].violated)
			return nc_fails(dialect, ERR_USAGE, e, "%s",
					rules[i].text);
	return 0;
}

const char *plan_scheme(const struct nc_args *a)
{
	if (a->path)
		return a->udp ? "unix-dgram" : "unix";
	if (a->v4)
		return a->udp ? "udp4" : "tcp4";
	if (a->v6)
		return a->udp ? "udp6" : "tcp6";
	return a->udp ? "udp" : "tcp";
}

static int read_path(const struct nc_options *o, const struct nc_args *a,
		     const char *path, struct endpoint *ep, struct err *e)
{
	struct buf text;
	struct err why;
	int bad;

	buf_init(&text, BUF_SMALL);
	buf_printf(&text, "%s://", plan_scheme(a));
	buf_puts(&text, path);
	bad = endpoint_parse(buf_bytes(&text), ep, &why);
	buf_fini(&text);
	return bad ? nc_fails(o->dialect, ERR_USAGE, e, "%s", why.text) : 0;
}

static bool is_address(const char *host)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST}, *found;

	if (getaddrinfo(host, NULL, &hints, &found))
		return false;
	freeaddrinfo(found);
	return true;
}

/* Returns true if names must not be looked up. With a proxy, the proxy looks up
 * the target's name; -4, -6 and -n then apply to the proxy's own address. */
static bool is_numeric_only(const struct nc_options *o, const struct nc_args *a)
{
	if (a->proxy)
		return a->proxy_dns && strcmp(a->proxy_dns, "none") == 0;
	return o->numeric;
}

static int no_host(const struct nc_options *o, const char *host,
		   const char *why, struct err *e)
{
	return nc_fails(o->dialect, ERR_DNS, e,
			o->dialect == NC_NCAT
			    ? "Could not resolve hostname \"%.120s\": %s"
			    : "getaddrinfo for host \"%.120s\": %s",
			host, why);
}

static int lookup_forbidden(const struct nc_options *o, const char *host,
			    struct err *e)
{
	return no_host(o, host, "-n accepts numeric addresses only", e);
}

int plan_inet(const struct nc_options *o, const struct nc_args *a,
	      const char *host, const char *port, struct endpoint *ep,
	      struct err *e)
{
	struct buf text;
	struct err why;
	int bad;

	/* In rung's addresses an empty host means this machine; in nc and ncat
	 * it is an error. */
	if (host && !*host)
		return no_host(o, host, gai_strerror(EAI_NONAME), e);
	if (is_numeric_only(o, a) && host && !is_address(host))
		return lookup_forbidden(o, host, e);
	buf_init(&text, BUF_SMALL);
	buf_printf(&text, "%s://", a->proxy ? "tcp" : plan_scheme(a));
	buf_puts(&text, host ? host : "*");
	bad = endpoint_pair(buf_bytes(&text), bytes_str(port), ep, &why);
	buf_fini(&text);
	return bad ? nc_fails(o->dialect, ERR_USAGE, e, "%s", why.text) : 0;
}

/* Returns the family of the source address (-s): the one that -4 or -6 selects,
 * else that of a numeric target. */
static int source_family(const struct nc_args *a)
{
	const char *target = a->words_count && !a->proxy ? a->words[0] : "";

	if (a->v4 || a->v6)
		return a->v4 ? AF_INET : AF_INET6;
	if (!*target || !is_address(target))
		return AF_UNSPEC;
	return strchr(target, ':') ? AF_INET6 : AF_INET;
}

/* Resolves the name in -s; prefers IPv4 if both are possible. */
static int resolve_source(const struct nc_options *o, const struct nc_args *a,
			  char *out, size_t size, struct err *e)
{
	struct addrinfo hints = {.ai_family = source_family(a),
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *found, *at;
	int bad;

	if (o->numeric)
		return lookup_forbidden(o, a->source, e);
	bad = getaddrinfo(a->source, NULL, &hints, &found);
	if (bad && o->dialect == NC_OPENBSD)
		return nc_fails(NC_OPENBSD, ERR_DNS, e, "getaddrinfo: %s",
				gai_strerror(bad));
	if (bad)
		return nc_fails(
		    NC_NCAT, ERR_DNS, e,
		    "Could not resolve source address \"%.120s\": %s",
		    a->source, gai_strerror(bad));
	for (at = found; at && at->ai_family != AF_INET;)
		at = at->ai_next;
	if (!at)
		at = found;
	bad = getnameinfo(at->ai_addr, at->ai_addrlen, out, (socklen_t)size,
			  NULL, 0, NI_NUMERICHOST);
	freeaddrinfo(found);
	return bad ? nc_fails(o->dialect, ERR_DNS, e, "%.120s: %s", a->source,
			      gai_strerror(bad))
		   : 0;
}

int plan_source(struct nc_options *o, const struct nc_args *a, struct err *e)
{
	const char *scheme = plan_scheme(a), *host = a->source;
	const char *port = a->port ? a->port : "0";
	char address[64];
	struct buf text;
	struct err why;
	int bad;

	if (!a->source && !a->port)
		return 0;
	if (a->path)
		return read_path(o, a, host ? host : port, &o->source, e);
	if (host && !is_address(host)) {
		if (resolve_source(o, a, address, sizeof(address), e))
			return -1;
		host = address;
	}
	buf_init(&text, BUF_SMALL);
	buf_printf(&text, "%s://%s", scheme, host ? host : "");
	bad = endpoint_pair(buf_bytes(&text), bytes_str(port), &o->source,
			    &why);
	buf_fini(&text);
	return bad ? nc_fails(o->dialect, ERR_USAGE, e, "%s", why.text) : 0;
}

int plan_path(struct nc_options *o, const struct nc_args *a, struct err *e)
{
	o->host = a->words[0];
	if (!a->listen && plan_source(o, a, e))
		return -1;
	return read_path(o, a, o->host, &o->pipe.at, e);
}

/* Parses `HOST`, `HOST:PORT`, `[V6]:PORT` or `V6`. */
int plan_proxy(struct nc_options *o, const struct nc_args *a,
	       enum proxy_kind kind, struct err *e)
{
	struct proxy *proxy = &o->pipe.proxy;
	const char *port = kind == PROXY_HTTP ? "3128" : "1080";
	const char *text = a->proxy, *colon = strrchr(text, ':');
	struct bytes host = bytes_str(text);
	struct buf at;
	struct err why;
	int bad;

	if (colon && (strchr(text, ':') == colon || colon[-1] == ']')) {
		host = bytes_of(text, (size_t)(colon - text));
		port = colon + 1;
	}
	if (!host.len)
		return no_host(o, text, gai_strerror(EAI_NONAME), e);
	proxy->kind = kind;
	o->pipe.proxied = true;
	buf_init(&at, BUF_SMALL);
	buf_printf(&at, "%s://", plan_scheme(a));
	buf_put(&at, host);
	bad = endpoint_pair(buf_bytes(&at), bytes_str(port), &proxy->at,
			    &why) ||
	      proxy_check(proxy, &why);
	buf_fini(&at);
	if (bad)
		return nc_fails(o->dialect, ERR_USAGE, e, "proxy %.60s: %s",
				text, why.text);
	if (o->numeric && !is_address(proxy->at.host))
		return lookup_forbidden(o, proxy->at.host, e);
	return 0;
}

bool plan_copy(char *to, size_t size, struct bytes from)
{
	if (from.len >= size || bytes_find_byte(from, 0, 0) != BYTES_NOT_FOUND)
		return false;
	memcpy(to, from.at, from.len);
	to[from.len] = '\0';
	return true;
}

int plan_number(const struct nc_options *o, const char *what, const char *text,
		uint64_t least, uint64_t most, uint64_t *n, struct err *e)
{
	struct err why;

	if (parse_number(bytes_str(text), n, &why) == 0 && *n >= least &&
	    *n <= most)
		return 0;
	return nc_fails(o->dialect, ERR_USAGE, e,
			"%s invalid: %.60s; must be %llu to %llu", what, text,
			(unsigned long long)least, (unsigned long long)most);
}
