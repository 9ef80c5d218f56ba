/* SPDX-License-Identifier: ISC */
/*
 * Addresses: the text a user writes (an endpoint) and the socket address the
 * kernel takes. Resolving names is resolve.h's job.
 */
#ifndef RUNG_ADDR_H
#define RUNG_ADDR_H

#include "rung/err.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A socket address of any family; len 0: none. */
struct addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} u;
};

/* An address as it was written, taken apart. A plain value. */
struct endpoint {
	const struct transport_ops *ops; /* the scheme's row */
	int family;                      /* AF_UNSPEC: whichever resolves */
	bool any;                        /* host `*`: every local address */
	char host[256];                  /* "" where only a port was given */
	char port[32];                   /* number or services(5) name */
	char path[108]; /* Unix; abstract: NUL first, see len */
	size_t path_len;
	struct bytes command; /* exec: lent by the text that was read */
};

/*
 * Reads one address: the forms of the manual page, "ADDRESSES": tcp://H:P, H:P,
 * :P (loopback), udp…, unix:///PATH, unix://@NAME, [v6]:P, *:P, exec:CMD.
 * Result:  0, or -1 and *e (usage: which part is wrong and how to write it).
 *          A port number is checked here (0 to 65535), a name is not looked up.
 */
int endpoint_parse(struct bytes text, struct endpoint *, struct err *e);
/* Whether TCP connects there, which a proxy can do instead. */
bool endpoint_is_tcp(const struct endpoint *);
/* A copy that holds all it needs; free() it. */
struct endpoint *endpoint_copy(const struct endpoint *);
/* The two-word form `HOST PORT`. */
int endpoint_pair(struct bytes host, struct bytes port, struct endpoint *,
		  struct err *e);
/*
 * What is printed is a value: the bytes themselves, of a path or a command any,
 * which read back as the same. What is shown is for words and screens: all that
 * does not print is escaped, once.
 *
 * Appends it as `scheme://…`, as a user could write it again.
 */
void endpoint_print(const struct endpoint *, struct buf *out);
void endpoint_print_escaped(const struct endpoint *, struct buf *out);
/* Appends `127.0.0.1:80`, `[::1]:80`, `/path`, `@name`, or `(unnamed)`. */
void addr_print(const struct addr *, struct buf *out);
void addr_print_escaped(const struct addr *, struct buf *out);
/* Its host alone, without brackets: `127.0.0.1`, `::1`, `fe80::1%eth0`; of a
 * Unix socket its path; nothing where there is none. */
void addr_print_host(const struct addr *, struct buf *out);
/* The same as a user could write it to connect there: `tcp://127.0.0.1:80`. */
void addr_print_url(const struct addr *, const char *scheme, struct buf *out);
void addr_print_url_escaped(const struct addr *, const char *scheme,
			    struct buf *out);
/* What a socket of both families calls ::ffff:1.2.3.4 came by IPv4. */
bool addr_is_mapped(const struct addr *);
bool addr_equal(const struct addr *, const struct addr *);
uint32_t addr_hash(const struct addr *);
/* 0 where the family has none. */
unsigned addr_port(const struct addr *);
/* Harmless where the family has none. */
void addr_set_port(struct addr *, uint16_t port);

#endif
