/* SPDX-License-Identifier: ISC */
/*
 * Parses proxies as users write them, and reads their passwords. proxy_dial.c
 * does the handshake, src/codec has the protocols.
 */
#include "net_own.h"

#include "rung/percent.h"
#include "rung/proxy.h"
#include "rung/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scheme {
	const char *name;
	enum proxy_kind kind;
	const char *port; /* default port */
};

/* The first name of each kind is the one that proxy_print() uses. */
static const struct scheme schemes[] = {
    {"http://", PROXY_HTTP, "3128"},       {"socks5://", PROXY_SOCKS5, "1080"},
    {"socks4a://", PROXY_SOCKS4A, "1080"}, {"socks4://", PROXY_SOCKS4, "1080"},
    {"socks5h://", PROXY_SOCKS5, "1080"},
};
enum { SCHEMES = sizeof(schemes) / sizeof(schemes[0]) };

const char *const proxy_schemes[] = {"http://", "socks5://", "socks4a://",
				     "socks4://", NULL};

static const struct scheme *find_scheme(struct bytes text)
{
	for (int i = 0; i < SCHEMES; i++)
		if (bytes_starts(text, bytes_str(schemes[i].name)))
			return &schemes[i];
	return NULL;
}

static int copy(char *to, size_t size, struct bytes from, const char *what,
		struct err *e)
{
	if (from.len >= size)
		return err_usage(
		    e, "proxy: the %s is too long: %zu bytes (limit %zu)", what,
		    from.len, size - 1);
	if (bytes_find_byte(from, '\0', 0) != BYTES_NOT_FOUND)
		return err_usage(e, "proxy: a %s cannot contain NUL", what);
	memcpy(to, from.at, from.len);
	to[from.len] = '\0';
	return 0;
}

/* Reads the user name; decodes %XX (RFC 3986 §2.1). */
static int read_user(struct bytes text, struct proxy *p, struct err *e)
{
	uint8_t plain[sizeof(p->user)];
	size_t n = 0;

	if (bytes_find_byte(text, ':', 0) != BYTES_NOT_FOUND)
		return err_usage(
		    e,
		    "proxy: every user of this machine can read a password on "
		    "a command line; write USER@ and put the password into "
		    "$%s, or USER:PASSWORD into a file for --proxy-auth",
		    PROXY_PASSWORD);
	for (size_t i = 0; i < text.len && n < sizeof(plain); i++) {
		int c = text.at[i];

		if (c == '%') {
			c = percent_value(bytes_skip(text, i));
			if (c < 0)
				return err_usage(e,
						 "proxy: '%%' in the user name "
						 "needs two hex digits");
			i += 2;
		}
		plain[n++] = (uint8_t)c;
	}
	return copy(p->user, sizeof(p->user), bytes_of(plain, n), "user", e);
}

/* Parses HOST:PORT, HOST, [V6]:PORT or [V6] by the rules of other addresses. */
static int read_at(struct bytes where, const struct scheme *scheme,
		   struct proxy *p, struct err *e)
{
	size_t from = bytes_find_byte(where, ']', 0);
	struct buf text;
	struct err why;
	int bad;

	if (!where.len)
		return err_usage(e, "proxy: the host is missing: %sHOST:PORT",
				 scheme->name);
	from = from == BYTES_NOT_FOUND ? 0 : from;
	buf_init(&text, BUF_SMALL);
	buf_puts(&text, "tcp://");
	buf_put(&text, where);
	if (bytes_find_byte(where, ':', from) == BYTES_NOT_FOUND)
		buf_printf(&text, ":%s", scheme->port);
	bad = endpoint_parse(buf_bytes(&text), &p->at, &why);
	buf_fini(&text);
	if (bad)
		return err_usage(e, "proxy: %s", why.text);
	if (p->at.any || !strcmp(p->at.port, "0"))
		return err_usage(e,
				 "proxy: a host and a port are needed: %s...",
				 scheme->name);
	return 0;
}

/* Reads until a newline, or `size` bytes. A pipe may deliver a line in pieces.
 * Result: the number of bytes; -1 and errno. */
static ssize_t read_some(int fd, char *line, size_t size)
{
	size_t len = 0;

	while (len < size && !memchr(line, '\n', len)) {
		ssize_t n = read(fd, line + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Reads the file's first line, and possibly more. Result: number of bytes in
 * `line`; -1 and *e. */
static ssize_t read_file(const char *path, char *line, size_t size,
			 struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t n = fd < 0 ? -1 : read_some(fd, line, size);
	int code = errno;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return err_set(e, err_of_errno(code), code, "proxy: %.160s: %s",
			       path, err_strerror(code));
	return n;
}

/* Takes the password, and the user if none is set, from the first line of a
 * file. */
static int take_auth(struct bytes text, const char *path, struct proxy *p,
		     struct err *e)
{
	size_t end = bytes_find_byte(text, '\n', 0);
	struct bytes line = bytes_head(text, end);

	if (end == BYTES_NOT_FOUND && text.len >= PROXY_AUTH_MAX)
		return err_usage(e,
				 "proxy: %.160s: first line too long for a "
				 "user and a password",
				 path);
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;

	size_t colon = bytes_find_byte(line, ':', 0);
	struct bytes password = line;

	if (!*p->user) {
		if (colon == BYTES_NOT_FOUND)
			return err_usage(
			    e,
			    "proxy: %.120s: first line must be USER:PASSWORD, "
			    "because the address has no USER@",
			    path);
		if (copy(p->user, sizeof(p->user), bytes_head(line, colon),
			 "user", e))
			return -1;
		password = bytes_skip(line, colon + 1);
	} else if (colon == strlen(p->user) &&
		   bytes_is(bytes_head(line, colon), p->user)) {
		password = bytes_skip(line, colon + 1);
	}
	return copy(p->password, sizeof(p->password), password, "password", e);
}

static int take_environment(struct proxy *p, struct err *e)
{
	const char *known = getenv(PROXY_PASSWORD);

	if (!*p->user || !known || p->kind == PROXY_SOCKS4 ||
	    p->kind == PROXY_SOCKS4A)
		return 0;
	return copy(p->password, sizeof(p->password), bytes_str(known),
		    "password", e);
}

int proxy_check(const struct proxy *p, struct err *e)
{
	switch (p->kind) {
	case PROXY_HTTP:
		/* RFC 7617 §2 */
		if (strchr(p->user, ':'))
			return err_usage(e, "proxy: HTTP Basic cannot send a "
					    "user name with ':'");
		return 0;
	case PROXY_SOCKS4:
	case PROXY_SOCKS4A:
		if (*p->password)
			return err_usage(
			    e,
			    "proxy: SOCKS 4 has no passwords; use socks5://");
		return 0;
	case PROXY_SOCKS5:
		/* RFC 1929 §2: user and password have 1 to 255 bytes each */
		if (*p->password && !*p->user)
			return err_usage(e, "proxy: a password needs a user: "
					    "socks5://USER@...");
		if (*p->user && !*p->password)
			return err_usage(
			    e,
			    "proxy: the user's password is missing: "
			    "put it into $%s, or USER:PASSWORD into a "
			    "file for --proxy-auth",
			    PROXY_PASSWORD);
		return 0;
	}
	return 0;
}

bool proxy_auth_is_whole(struct bytes text)
{
	return text.len >= PROXY_AUTH_MAX ||
	       bytes_find_byte(text, '\n', 0) != BYTES_NOT_FOUND;
}

/* Reports an unknown scheme. Quotes only the text after the last '@', because a
 * password may stand before it. */
static int no_scheme(struct bytes text, struct err *e)
{
	struct text shown;

	for (size_t i = text.len; i; i--)
		if (text.at[i - 1] == '@') {
			text = bytes_skip(text, i);
			break;
		}
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(text, 40));
	err_usage(e,
		  "proxy: '%s' has no known scheme; write http://HOST:PORT, "
		  "socks5://HOST:PORT, socks4a://HOST:PORT or "
		  "socks4://HOST:PORT",
		  buf_cstr(&shown.buf));
	text_fini(&shown);
	return -1;
}

int proxy_parse_address(struct bytes text, struct proxy *p, struct err *e)
{
	const struct scheme *scheme = find_scheme(text);
	size_t at = BYTES_NOT_FOUND;
	struct bytes rest;

	memset(p, 0, sizeof(*p));
	if (!scheme)
		return no_scheme(text, e);
	p->kind = scheme->kind;
	rest = bytes_skip(text, strlen(scheme->name));
	if (rest.len && rest.at[rest.len - 1] == '/')
		rest.len--;
	for (size_t i = 0; i < rest.len; i++)
		if (rest.at[i] == '@')
			at = i;
	if (at != BYTES_NOT_FOUND) {
		if (read_user(bytes_head(rest, at), p, e))
			return -1;
		rest = bytes_skip(rest, at + 1);
	}
	return read_at(rest, scheme, p, e);
}

int proxy_take_auth(struct proxy *p, const struct proxy_auth *auth,
		    struct err *e)
{
	if (take_auth(auth->text, auth->path, p, e) == 0 &&
	    proxy_check(p, e) == 0)
		return 0;
	proxy_fini(p);
	return -1;
}

int proxy_parse(struct bytes text, const struct proxy_auth *auth,
		struct proxy *p, struct err *e)
{
	if (proxy_parse_address(text, p, e) < 0)
		return -1;
	if (auth)
		return proxy_take_auth(p, auth, e);
	if (take_environment(p, e) == 0 && proxy_check(p, e) == 0)
		return 0;
	proxy_fini(p);
	return -1;
}

int proxy_parse_with_file(struct bytes text, const char *path, struct proxy *p,
			  struct err *e)
{
	char line[PROXY_AUTH_MAX];
	struct proxy_auth auth = {.path = path};
	ssize_t n;
	int bad;

	if (!path)
		return proxy_parse(text, NULL, p, e);
	n = read_file(path, line, sizeof(line), e);
	if (n < 0)
		return -1;
	auth.text = bytes_of(line, (size_t)n);
	bad = proxy_parse(text, &auth, p, e);
	explicit_bzero(line, sizeof(line));
	return bad;
}

/* Appends the user and an @; writes bytes as %XX, except the unreserved ones
 * (RFC 3986 §2.3). */
static void print_user(const char *user, struct buf *out)
{
	for (; *user; user++) {
		uint8_t c = (uint8_t)*user;
		bool plain = (c >= '0' && c <= '9') ||
			     ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
			     strchr("-._~", c);

		buf_printf(out, plain ? "%c" : "%%%02X", c);
	}
	buf_putc(out, '@');
}

static void print(const struct proxy *p, bool with_user, struct buf *out)
{
	for (int i = 0; i < SCHEMES; i++)
		if (schemes[i].kind == p->kind) {
			buf_puts(out, schemes[i].name);
			break;
		}
	if (with_user && *p->user)
		print_user(p->user, out);
	if (strchr(p->at.host, ':'))
		buf_printf(out, "[%s]", p->at.host);
	else
		buf_puts(out, p->at.host);
	buf_printf(out, ":%s", p->at.port);
}

void proxy_print(const struct proxy *p, struct buf *out)
{
	print(p, false, out);
}

void proxy_print_url(const struct proxy *p, struct buf *out)
{
	print(p, true, out);
}

void proxy_fini(struct proxy *p)
{
	explicit_bzero(p->password, sizeof(p->password));
}
