/* SPDX-License-Identifier: ISC */
/*
 * Access lists: --allow, --deny and their files. As in ncat, an IPv4 rule has a
 * range for each octet, and an IPv6 rule has a prefix. Names are looked up when
 * the program starts.
 */
#include "nc_own.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RULES_MAX 100000u
#define FILE_MAX  ((size_t)4 << 20)

/* An IPv4 rule matches if each octet is within `low` and `high`. */
struct rule {
	bool allow;
	int family;
	uint8_t low[4], high[4];
	uint8_t prefix[16]; /* IPv6 */
	unsigned bits;
};

struct nc_hosts {
	struct pipe_acl guard;
	struct rule *rules;
	size_t count;
	bool closed; /* peers that no rule allows are rejected */
};

void hosts_free(struct nc_hosts *hosts)
{
	if (hosts)
		free(hosts->rules);
	free(hosts);
}

static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return !rest || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool in_octets(const struct rule *r, const uint8_t *ip)
{
	for (unsigned i = 0; i < 4; i++)
		if (ip[i] < r->low[i] || ip[i] > r->high[i])
			return false;
	return true;
}

static bool matches(const struct rule *r, const struct addr *peer)
{
	const struct in6_addr *six = &peer->u.in6.sin6_addr;
	const uint8_t *ip = (const uint8_t *)&peer->u.in.sin_addr;
	int family = peer->u.sa.sa_family;

	if (addr_is_mapped(peer)) {
		family = AF_INET;
		ip = six->s6_addr + 12;
	}
	if (family != r->family)
		return false;
	return family == AF_INET ? in_octets(r, ip)
				 : same_bits(six->s6_addr, r->prefix, r->bits);
}

/* Returns true if the rules admit the peer. A rule that denies takes
 * precedence. */
static bool admits(const struct pipe_acl *guard, const struct addr *peer)
{
	const struct nc_hosts *h = list_entry(guard, struct nc_hosts, guard);
	bool allowed = !h->closed;

	if (peer->u.sa.sa_family != AF_INET && peer->u.sa.sa_family != AF_INET6)
		return true;
	for (size_t i = 0; i < h->count; i++) {
		if (!matches(&h->rules[i], peer))
			continue;
		if (!h->rules[i].allow)
			return false;
		allowed = true;
	}
	return allowed;
}

struct nc_hosts *hosts_new(void)
{
	struct nc_hosts *hosts = xalloc(sizeof(*hosts));

	hosts->guard.admits = admits;
	return hosts;
}

void hosts_close(struct nc_hosts *hosts)
{
	hosts->closed = true;
}

const struct pipe_acl *hosts_guard(const struct nc_hosts *hosts)
{
	return &hosts->guard;
}

static int host_error(const char *text, const char *why, struct err *e)
{
	return nc_fails(NC_NCAT, ERR_USAGE, e,
			"error in host specification \"%.100s\": %s", text,
			why);
}

static int add_rule(struct nc_hosts *h, const struct rule *r, struct err *e)
{
	if (h->count == RULES_MAX)
		return host_error("...", "more than 100000 hosts", e);
	h->rules = xrealloc(h->rules, h->count + 1, sizeof(*h->rules));
	h->rules[h->count++] = *r;
	return 0;
}

/* Parses a number up to 255; without digits the value is `otherwise`. Result:
 * the end of the number; NULL: more than 255. */
static const char *read_octet(const char *at, unsigned otherwise, uint8_t *out)
{
	unsigned n = 0;

	if (!isdigit((unsigned char)*at)) {
		*out = (uint8_t)otherwise;
		return at;
	}
	while (isdigit((unsigned char)*at) && n <= 255)
		n = n * 10 + (unsigned)(*at++ - '0');
	*out = (uint8_t)n;
	return n <= 255 ? at : NULL;
}

/* Parses `10.0-3.*.7` or `192.168.1.-9`. Returns true if valid. */
static bool read_octets(const char *text, struct rule *r)
{
	r->family = AF_INET;
	for (unsigned i = 0; i < 4; i++) {
		const char *from;

		if (i && *text++ != '.')
			return false;
		if (*text == '*') {
			r->low[i] = 0;
			r->high[i] = 255;
			text++;
			continue;
		}
		from = text;
		text = read_octet(text, 0, &r->low[i]);
		if (!text)
			return false;
		r->high[i] = r->low[i];
		if (*text == '-')
			text = read_octet(text + 1, 255, &r->high[i]);
		if (!text || text == from || r->low[i] > r->high[i])
			return false;
	}
	return !*text;
}

/* Widens `low` and `high` to cover all addresses of the prefix. */
static void widen(struct rule *r)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned bits = r->bits > 8 * i ? r->bits - 8 * i : 0;
		uint8_t mask = (uint8_t)(bits >= 8 ? 0 : 0xff >> bits);

		r->low[i] &= (uint8_t)~mask;
		r->high[i] |= mask;
	}
}

static void set_v4(struct rule *r, const uint8_t *octets, unsigned bits)
{
	r->family = AF_INET;
	memcpy(r->low, octets, 4);
	memcpy(r->high, octets, 4);
	r->bits = bits > 32 ? 32 : bits;
	widen(r);
}

/* Sets an IPv6 rule. An IPv4-mapped address (RFC 4291 section 2.5.5.2) becomes
 * an IPv4 rule, because matches() treats such peers as IPv4. A prefix under 96
 * bits would cover other addresses too, and is an error. */
static int set_v6(struct rule *r, const struct in6_addr *six, unsigned bits,
		  const char *name, struct err *e)
{
	if (IN6_IS_ADDR_V4MAPPED(six) && bits < 96)
		return host_error(name,
				  "the prefix length of an IPv4-mapped address "
				  "must be 96 to 128",
				  e);
	if (IN6_IS_ADDR_V4MAPPED(six)) {
		set_v4(r, six->s6_addr + 12, bits - 96);
		return 0;
	}
	r->family = AF_INET6;
	memcpy(r->prefix, six, 16);
	r->bits = bits;
	return 0;
}

static int add_name(struct nc_hosts *h, struct rule *r, const char *name,
		    bool numeric, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = numeric ? AI_NUMERICHOST : 0};
	struct addrinfo *found;
	unsigned bits = r->bits;
	int bad = getaddrinfo(name, NULL, &hints, &found);

	if (bad)
		return host_error(name, gai_strerror(bad), e);
	for (struct addrinfo *at = found; at && !bad; at = at->ai_next) {
		const void *from = at->ai_addr;
		const struct sockaddr_in *in = from;
		const struct sockaddr_in6 *in6 = from;

		if (at->ai_family == AF_INET)
			set_v4(r, (const uint8_t *)&in->sin_addr, bits);
		else
			bad = set_v6(r, &in6->sin6_addr, bits, name, e);
		if (!bad)
			bad = add_rule(h, r, e);
	}
	freeaddrinfo(found);
	return bad;
}

int hosts_add(struct nc_hosts *h, bool allow, const char *text, bool numeric,
	      struct err *e)
{
	struct rule r = {.allow = allow, .bits = 128};
	const char *slash = strchr(text, '/');
	char host[300];
	uint64_t n = 128;

	if (!plan_copy(
		host, sizeof(host),
		bytes_of(text, slash ? (size_t)(slash - text) : strlen(text))))
		return host_error(text, "name too long", e);
	if (slash && (parse_number(bytes_str(slash + 1), &n, NULL) || n > 128))
		return host_error(
		    text, "the prefix length after '/' must be 0 to 128", e);
	r.bits = (unsigned)n;
	if (!read_octets(host, &r)) {
		/* getaddrinfo(3) would accept `10` as 0.0.0.10. */
		if (inet_aton(host, &(struct in_addr){0}))
			return host_error(text,
					  "an IPv4 address must have four "
					  "numbers, as in 10.0.0.0/8",
					  e);
		return add_name(h, &r, host, numeric, e);
	}
	if (slash && n > 32)
		return host_error(
		    text,
		    "the prefix length of an IPv4 address must be 0 to 32", e);
	if (slash)
		widen(&r);
	return add_rule(h, &r, e);
}

static int add_lines(struct nc_hosts *h, bool allow, char *text, bool numeric,
		     struct err *e)
{
	while (*text) {
		size_t n;
		char end;

		text += strspn(text, " \t\r\n,");
		if (*text == '#') {
			text += strcspn(text, "\n");
			continue;
		}
		n = strcspn(text, " \t\r\n,#");
		end = text[n];
		text[n] = '\0';
		if (n && hosts_add(h, allow, text, numeric, e))
			return -1;
		text[n] = end;
		text += n;
	}
	return 0;
}

/* Reads the whole file. Result: 0 or an errno. */
static int read_all(const char *path, struct rio_in *in)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum rio r;

	if (fd < 0)
		return errno;
	do
		r = rio_fill(in, fd);
	while (r == RIO_MORE);
	close(fd);
	if (r == RIO_END)
		return 0;
	return r == RIO_FULL ? EFBIG : in->error;
}

int hosts_add_file(struct nc_hosts *h, bool allow, const char *path,
		   bool numeric, struct err *e)
{
	struct rio_in in;
	struct bytes all;
	int code, bad;

	rio_in_init(&in, FILE_MAX);
	code = read_all(path, &in);
	all = rio_peek(&in);
	if (code) {
		bad = nc_fails(NC_NCAT, ERR_IO, e, "can't open %.120s: %s",
			       path, strerror(code));
	} else if (bytes_find_byte(all, 0, 0) != BYTES_NOT_FOUND) {
		bad = host_error(path,
				 "not a list of hosts: contains a NUL byte", e);
	} else {
		char *text = xstrndup(all);

		bad = add_lines(h, allow, text, numeric, e);
		free(text);
	}
	rio_in_fini(&in);
	return bad;
}
