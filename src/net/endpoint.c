/* SPDX-License-Identifier: ISC */
/*
 * Parses addresses as users write them, and reports what is wrong. Does not
 * look up names.
 */
#include "net_own.h"

#include "rung/suggest.h"
#include "rung/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define PORT_MAX 65535u

struct escaped_host {
	char text[96];
};

/* Returns user text for a message: escaped and shortened. */
static struct escaped_host show(struct bytes b)
{
	struct escaped_host s;
	struct text text;
	bool cut = b.len > 64;

	text_init(&text, sizeof(s.text) * 8, false);
	text_escape(&text, bytes_head(b, 64));
	snprintf(s.text, sizeof(s.text), "%.90s%s", buf_cstr(&text.buf),
		 cut ? "..." : "");
	text_fini(&text);
	return s;
}

static bool all_of(struct bytes b, const char *set)
{
	for (size_t i = 0; i < b.len; i++)
		if (!b.at[i] || !strchr(set, b.at[i]))
			return false;
	return b.len > 0;
}

static void copy(char *to, size_t size, struct bytes b)
{
	size_t n = b.len < size ? b.len : size - 1;

	if (n)
		memcpy(to, b.at, n);
	to[n] = '\0';
}

/* Parses an IPv6 address. Accepts any zone, because only the kernel knows the
 * valid ones. */
static bool read_v6(struct bytes host, struct in6_addr *ip)
{
	char text[INET6_ADDRSTRLEN];
	size_t zone = bytes_find_byte(host, '%', 0);

	if (zone != BYTES_NOT_FOUND) {
		if (zone + 1 == host.len)
			return false;
		host = bytes_head(host, zone);
	}
	if (host.len >= sizeof(text))
		return false;
	copy(text, sizeof(text), host);
	return inet_pton(AF_INET6, text, ip) == 1;
}

static bool is_v6(struct bytes host)
{
	struct in6_addr ip;

	return read_v6(host, &ip);
}

bool is_link_local(struct bytes host)
{
	struct in6_addr ip;

	return read_v6(host, &ip) &&
	       (IN6_IS_ADDR_LINKLOCAL(&ip) || IN6_IS_ADDR_MC_LINKLOCAL(&ip));
}

/* Returns true for an IPv4 address in any form of inet_aton(3) without hex,
 * such as 127.1. getaddrinfo(3) accepts these forms too. */
static bool is_v4(struct bytes host)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr ip;

	if (host.len >= sizeof(text) || !all_of(host, "0123456789."))
		return false;
	copy(text, sizeof(text), host);
	return inet_aton(text, &ip) == 1;
}

#define TRANSPORT(name, scheme, ...) scheme,
static const char *const schemes[] = {
#include "transport_table.h"
    NULL,
};
#undef TRANSPORT

static int unknown_scheme(struct bytes scheme, struct err *e)
{
	const char *near = suggest_name(scheme, schemes);
	char all[160] = "";

	for (size_t i = 0; schemes[i]; i++) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, " %s", schemes[i]);
	}
	if (near)
		return err_usage(
		    e, "%.40s://: no such scheme; did you mean %s://?",
		    show(scheme).text, near);
	return err_usage(e, "%.40s://: no such scheme; use one of%s",
			 show(scheme).text, all);
}

static int read_port(struct bytes port, struct endpoint *ep, struct err *e)
{
	struct bytes digits = port;
	unsigned long n = 0;

	if (!port.len)
		return err_usage(e, "no port after the last ':'; "
				    "write HOST:PORT, as in localhost:80");
	if (port.at[0] == '-' || port.at[0] == '+')
		digits = bytes_skip(port, 1);
	if (all_of(digits, "0123456789")) {
		for (size_t i = 0; i < digits.len && n <= PORT_MAX; i++)
			n = n * 10 + (digits.at[i] - (unsigned)'0');
		if (digits.len != port.len || n > PORT_MAX)
			return err_usage(e, "port %.40s: not in 0..65535",
					 show(port).text);
		snprintf(ep->port, sizeof(ep->port), "%lu", n);
		return 0;
	}
	if (port.len >= sizeof(ep->port) ||
	    !all_of(port, "abcdefghijklmnopqrstuvwxyz"
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+"))
		return err_usage(e, "port '%s': not a number or a service name",
				 show(port).text);
	copy(ep->port, sizeof(ep->port), port);
	return 0;
}

static int family_fits(struct bytes host, struct endpoint *ep, struct err *e)
{
	if (ep->family == AF_INET6 && is_v4(host))
		return err_usage(e, "%s:// takes IPv6 addresses; %s is IPv4",
				 ep->ops->scheme, show(host).text);
	if (ep->family == AF_INET && is_v6(host))
		return err_usage(e, "%s:// takes IPv4 addresses; %s is IPv6",
				 ep->ops->scheme, show(host).text);
	return 0;
}

static int read_host(struct bytes host, struct endpoint *ep, struct err *e)
{
	if (bytes_is(host, "*")) {
		ep->any = true;
		return 0;
	}
	if (host.len && host.at[0] == '[') {
		if (host.at[host.len - 1] != ']')
			return err_usage(e, "%s: the ']' is missing",
					 show(host).text);
		host = bytes_of(host.at + 1, host.len - 2);
		if (!is_v6(host))
			return err_usage(e, "[%s]: not an IPv6 address",
					 show(host).text);
	}
	if (host.len >= sizeof(ep->host))
		return err_usage(e, "host name too long: %zu bytes (limit %zu)",
				 host.len, sizeof(ep->host) - 1);
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || host.at[i] == 0x7F ||
		    strchr("/?#@[]\"\\", host.at[i]))
			return err_usage(e, "host '%s': invalid character '%s'",
					 show(host).text,
					 show(bytes_of(host.at + i, 1)).text);
	if (all_of(host, "0123456789.") && !is_v4(host))
		return err_usage(e, "%s: not an IPv4 address", show(host).text);
	if (is_link_local(host) &&
	    bytes_find_byte(host, '%', 0) == BYTES_NOT_FOUND)
		return err_usage(e,
				 "%s: a link-local address needs an interface, "
				 "as in [%s%%eth0]:%s; try 'ip -6 address'",
				 show(host).text, show(host).text, ep->port);
	copy(ep->host, sizeof(ep->host), host);
	return family_fits(host, ep, e);
}

/* Parses `HOST:PORT`, after a scheme or without one. */
static int read_host_port(struct bytes text, struct endpoint *ep, struct err *e)
{
	size_t from = 0;

	if (text.len && text.at[0] == '[') {
		from = bytes_find_byte(text, ']', 0);
		if (from == BYTES_NOT_FOUND)
			return err_usage(e, "%s: the ']' is missing",
					 show(text).text);
		from++;
		if (from < text.len && text.at[from] != ':')
			return err_usage(
			    e, "%s: expected ':' and a port after ']'",
			    show(text).text);
	}

	size_t colon = bytes_find_byte(text, ':', from);

	if (colon == BYTES_NOT_FOUND && all_of(text, "0123456789"))
		return err_usage(e, "%s is only a port; write :%s or HOST:%s",
				 show(text).text, show(text).text,
				 show(text).text);
	if (!text.len)
		return err_usage(e,
				 "%s://: the host and the port are missing; "
				 "write %s://HOST:PORT",
				 ep->ops->scheme, ep->ops->scheme);
	if (colon == BYTES_NOT_FOUND)
		return err_usage(e,
				 "%s: the port is missing; write HOST:PORT, "
				 "as in localhost:80",
				 show(text).text);
	if (bytes_find_byte(text, ':', colon + 1) != BYTES_NOT_FOUND)
		return err_usage(e,
				 "%s: more than one ':'; write an IPv6 address "
				 "in brackets, as in [::1]:80",
				 show(text).text);
	if (read_port(bytes_skip(text, colon + 1), ep, e) < 0)
		return -1;
	return read_host(bytes_head(text, colon), ep, e);
}

static int read_path(struct bytes path, struct endpoint *ep, struct err *e)
{
	size_t most = sizeof(ep->path) - 1;

	if (!path.len)
		return err_usage(
		    e,
		    "%s://: the path is missing; write %s:///PATH, "
		    "or %s://@NAME",
		    ep->ops->scheme, ep->ops->scheme, ep->ops->scheme);
	if (path.len == 1 && path.at[0] == '@')
		return err_usage(e, "%s://@: the name after '@' is missing",
				 ep->ops->scheme);
	if (path.at[0] == '@') {
		path = bytes_skip(path, 1);
		ep->path_len = 1;
	} else if (bytes_find_byte(path, '\0', 0) != BYTES_NOT_FOUND) {
		return err_usage(e, "%s: a path cannot contain NUL",
				 show(path).text);
	}
	if (path.len > most)
		return err_usage(e,
				 "%.60s: path too long for a Unix socket: %zu "
				 "bytes (limit %zu)",
				 show(path).text, path.len, most);
	memcpy(ep->path + ep->path_len, path.at, path.len);
	ep->path_len += path.len;
	return 0;
}

/*
 * Splits `scheme://` off the text; the default is tcp.
 * Result: 0 and *rest, or -1 and *e.
 */
static int read_scheme(struct bytes text, struct endpoint *ep,
		       struct bytes *rest, struct err *e)
{
	size_t mark = bytes_find(text, BYTES("://"), 0);
	struct bytes scheme = BYTES("tcp");

	memset(ep, 0, sizeof(*ep));
	*rest = text;
	if (mark != BYTES_NOT_FOUND) {
		scheme = bytes_head(text, mark);
		*rest = bytes_skip(text, mark + 3);
	}
	ep->ops = transport_find(scheme);
	if (!ep->ops)
		return unknown_scheme(scheme, e);
	ep->family = ep->ops->family;
	return 0;
}

/* Reports a likely mistake in a text without `://` that is not HOST:PORT. */
static int hint(struct bytes text, struct err *e)
{
	size_t colon = bytes_find_byte(text, ':', 0);

	if (!text.len)
		return err_usage(e, "an address is missing: HOST:PORT, :PORT, "
				    "unix:///PATH or another scheme://");
	if (bytes_find_byte(text, '/', 0) == 0 ||
	    bytes_starts(text, BYTES("./")))
		return err_usage(e, "%s is a path; write unix://%s",
				 show(text).text, show(text).text);
	if (text.at[0] == '@')
		return err_usage(e, "%s: write unix://%s", show(text).text,
				 show(text).text);
	if (colon == BYTES_NOT_FOUND || colon + 1 >= text.len)
		return 0;

	uint8_t next = text.at[colon + 1];

	if (transport_find(bytes_head(text, colon)) &&
	    (next == '/' || next == '@' || next == '[' ||
	     bytes_find_byte(text, ':', colon + 1) != BYTES_NOT_FOUND))
		return err_usage(e, "%s: write '://' after the scheme",
				 show(text).text);
	return 0;
}

/* Takes the rest of the text as the command for sh. */
static int read_command(struct bytes command, struct endpoint *ep,
			struct err *e)
{
	memset(ep, 0, sizeof(*ep));
	ep->ops = transport_find(BYTES("exec"));
	ep->family = ep->ops->family;
	if (!bytes_trim(command).len)
		return err_usage(e, "exec: the command is missing; write "
				    "exec:CMD, or 'exec:CMD ARG...' in quotes");
	if (bytes_find_byte(command, '\0', 0) != BYTES_NOT_FOUND)
		return err_usage(e, "exec: a command cannot contain NUL");
	ep->command = command;
	return 0;
}

int endpoint_parse(struct bytes text, struct endpoint *ep, struct err *e)
{
	struct bytes rest;

	if (bytes_starts(text, BYTES("exec:")))
		return read_command(bytes_skip(text, 5), ep, e);
	if (read_scheme(text, ep, &rest, e) < 0)
		return -1;
	if (ep->family == AF_UNIX)
		return read_path(rest, ep, e);
	if (rest.at == text.at && hint(text, e) < 0)
		return -1;
	return read_host_port(rest, ep, e);
}

int endpoint_pair(struct bytes host, struct bytes port, struct endpoint *ep,
		  struct err *e)
{
	struct bytes rest;

	if (bytes_starts(host, BYTES("exec:")))
		return err_usage(e, "exec: put the command in quotes: '%s %s'",
				 show(host).text, show(port).text);
	if (read_scheme(host, ep, &rest, e) < 0)
		return -1;
	if (ep->family == AF_UNIX)
		return err_usage(e, "%s:// takes a path, not a port",
				 ep->ops->scheme);
	if (read_port(port, ep, e) < 0)
		return -1;
	/* An IPv6 address without a port needs no brackets. */
	if (bytes_find_byte(rest, ':', 0) != BYTES_NOT_FOUND && !is_v6(rest) &&
	    rest.at[0] != '[')
		return err_usage(
		    e, "%s: not an IPv6 address; write HOST:PORT or HOST PORT",
		    show(rest).text);
	return read_host(rest, ep, e);
}

void endpoint_print(const struct endpoint *ep, const char *scheme,
		    struct buf *out)
{
	struct addr a;

	if (!scheme)
		scheme = ep->ops->scheme;
	if (ep->ops->runs) {
		buf_puts(out, "exec:");
		buf_put(out, ep->command);
		return;
	}
	if (ep->family == AF_UNIX) {
		a = endpoint_unix(ep);
		addr_print_url(&a, scheme, out);
		return;
	}
	buf_printf(out, "%s://", scheme);
	if (ep->any)
		buf_putc(out, '*');
	else if (strchr(ep->host, ':'))
		buf_printf(out, "[%s]", ep->host);
	else
		buf_puts(out, ep->host);
	buf_printf(out, ":%s", ep->port);
}

void endpoint_print_escaped(const struct endpoint *ep, const char *scheme,
			    struct buf *out)
{
	struct buf printed = {.limit = BUF_SMALL};

	endpoint_print(ep, scheme, &printed);
	put_escaped(out, buf_bytes(&printed));
	buf_fini(&printed);
}

bool endpoint_is_tcp(const struct endpoint *ep)
{
	return ep->ops->connects && ep->ops->family != AF_UNIX;
}

struct endpoint *endpoint_copy(const struct endpoint *ep)
{
	struct endpoint *copy = xalloc(sizeof(*copy) + ep->command.len);

	*copy = *ep;
	if (ep->command.len) {
		memcpy(copy + 1, ep->command.at, ep->command.len);
		copy->command.at = (const uint8_t *)(copy + 1);
	}
	return copy;
}

struct addr endpoint_unix(const struct endpoint *ep)
{
	struct addr a = {.len = 0};
	bool is_path = ep->path[0] != '\0';

	a.u.un.sun_family = AF_UNIX;
	memcpy(a.u.un.sun_path, ep->path, ep->path_len);
	a.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			    ep->path_len + (is_path ? 1 : 0));
	return a;
}
