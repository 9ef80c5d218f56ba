/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses: printing, comparing, hashing. endpoint.c parses the
 * addresses that a user writes.
 */
#include "net_own.h"

#include "rung/sip.h"
#include "rung/text.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

/* Limit of an escaped address; fits any Unix path with each byte escaped. */
#define SHOWN_LIMIT ((size_t)1024)

static size_t un_path_at(void)
{
	return offsetof(struct sockaddr_un, sun_path);
}

/* Returns the bytes of a Unix name, without the NUL that ends a path. */
static struct bytes un_name(const struct addr *a)
{
	const char *at = a->u.un.sun_path;

	if (a->len <= un_path_at())
		return BYTES_NONE;

	size_t len = a->len - un_path_at();

	return bytes_of(at, *at ? strnlen(at, len) : len);
}

void put_escaped(struct buf *out, struct bytes b)
{
	struct text text;

	text_init(&text, SHOWN_LIMIT, false);
	text_escape(&text, b);
	buf_put(out, text_bytes(&text));
	text_fini(&text);
}

static void un_print(const struct addr *a, struct buf *out)
{
	struct bytes name = un_name(a);

	if (!name.len) {
		buf_puts(out, "(unnamed)");
		return;
	}
	if (!name.at[0]) {
		buf_putc(out, '@');
		name = bytes_skip(name, 1);
	} else if (name.at[0] == '@') {
		/* Without ./ the path would be parsed as an abstract name. */
		buf_puts(out, "./");
	}
	buf_put(out, name);
}

static void in_print_host(const void *ip, struct buf *out)
{
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, ip, text, sizeof(text));
	buf_puts(out, text);
}

bool addr_is_mapped(const struct addr *a)
{
	return a->u.sa.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_V4MAPPED(&a->u.in6.sin6_addr);
}

static void in6_print_host(const struct sockaddr_in6 *in6, struct buf *out)
{
	char text[INET6_ADDRSTRLEN], zone[IF_NAMESIZE];

	inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
	buf_puts(out, text);
	if (in6->sin6_scope_id && if_indextoname(in6->sin6_scope_id, zone))
		buf_printf(out, "%%%s", zone);
	else if (in6->sin6_scope_id)
		buf_printf(out, "%%%u", (unsigned)in6->sin6_scope_id);
}

void addr_print_host(const struct addr *a, struct buf *out)
{
	if (!a->len)
		return;
	if (a->u.sa.sa_family == AF_UNIX)
		un_print(a, out);
	else if (addr_is_mapped(a))
		in_print_host(a->u.in6.sin6_addr.s6_addr + 12, out);
	else if (a->u.sa.sa_family == AF_INET6)
		in6_print_host(&a->u.in6, out);
	else if (a->u.sa.sa_family == AF_INET)
		in_print_host(&a->u.in.sin_addr, out);
	else
		buf_printf(out, "(family %d)", (int)a->u.sa.sa_family);
}

void addr_print(const struct addr *a, struct buf *out)
{
	bool six = a->len && a->u.sa.sa_family == AF_INET6 &&
		   !addr_is_mapped(a);

	if (!a->len)
		buf_puts(out, "(none)");
	if (six)
		buf_putc(out, '[');
	addr_print_host(a, out);
	if (six)
		buf_putc(out, ']');
	if (a->len &&
	    (a->u.sa.sa_family == AF_INET6 || a->u.sa.sa_family == AF_INET))
		buf_printf(out, ":%u", addr_port(a));
}

void addr_print_url(const struct addr *a, const char *scheme, struct buf *out)
{
	buf_printf(out, "%s://", scheme);
	addr_print(a, out);
}

void addr_print_escaped(const struct addr *a, struct buf *out)
{
	struct buf printed = {.limit = BUF_SMALL};

	addr_print(a, &printed);
	put_escaped(out, buf_bytes(&printed));
	buf_fini(&printed);
}

void addr_print_url_escaped(const struct addr *a, const char *scheme,
			    struct buf *out)
{
	buf_printf(out, "%s://", scheme);
	addr_print_escaped(a, out);
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (!a->len || !b->len)
		return a->len == b->len;
	if (a->u.sa.sa_family != b->u.sa.sa_family)
		return false;

	const struct sockaddr_in6 *x = &a->u.in6, *y = &b->u.in6;

	switch (a->u.sa.sa_family) {
	case AF_INET:
		return a->u.in.sin_port == b->u.in.sin_port &&
		       a->u.in.sin_addr.s_addr == b->u.in.sin_addr.s_addr;
	case AF_INET6:
		return x->sin6_port == y->sin6_port &&
		       x->sin6_scope_id == y->sin6_scope_id &&
		       !memcmp(&x->sin6_addr, &y->sin6_addr, 16);
	case AF_UNIX:
		return bytes_equal(un_name(a), un_name(b));
	}
	return a->len == b->len && !memcmp(&a->u, &b->u, a->len);
}

/* Size of the longest IP address with its port. */
#define INET_MAX (sizeof(in_port_t) + sizeof(struct in6_addr))

static struct bytes join(uint8_t out[INET_MAX], in_port_t port, const void *ip,
			 size_t len)
{
	memcpy(out, &port, sizeof(port));
	memcpy(out + sizeof(port), ip, len);
	return bytes_of(out, sizeof(port) + len);
}

/* Uses a keyed hash: peers choose their addresses, and could choose ones that
 * collide. */
uint32_t addr_hash(const struct addr *a)
{
	static uint8_t key[SIP_KEY];
	static bool has_key;
	int family = a->len ? a->u.sa.sa_family : AF_UNSPEC;
	struct bytes what = BYTES_NONE;
	uint8_t room[INET_MAX];

	if (!has_key)
		sip_key(key);
	has_key = true;
	if (family == AF_INET)
		what = join(room, a->u.in.sin_port, &a->u.in.sin_addr,
			    sizeof(a->u.in.sin_addr));
	else if (family == AF_INET6)
		what = join(room, a->u.in6.sin6_port, &a->u.in6.sin6_addr,
			    sizeof(a->u.in6.sin6_addr));
	else if (family == AF_UNIX)
		what = un_name(a);
	return (uint32_t)sip_hash(key, what);
}

unsigned addr_port(const struct addr *a)
{
	if (a->len && a->u.sa.sa_family == AF_INET)
		return ntohs(a->u.in.sin_port);
	if (a->len && a->u.sa.sa_family == AF_INET6)
		return ntohs(a->u.in6.sin6_port);
	return 0;
}

void addr_set_port(struct addr *a, uint16_t port)
{
	if (a->len && a->u.sa.sa_family == AF_INET)
		a->u.in.sin_port = htons(port);
	if (a->len && a->u.sa.sa_family == AF_INET6)
		a->u.in6.sin6_port = htons(port);
}
