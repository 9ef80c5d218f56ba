/* SPDX-License-Identifier: ISC */
/*
 * Addresses. An endpoint is parsed from the text that a user writes; a struct
 * addr holds a socket address in the kernel's form. resolve.h looks up names.
 */
#ifndef RUNG_ADDR_H
#define RUNG_ADDR_H

#include "rung/err.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A socket address of any family. len 0: no address. */
struct addr {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} u;
};

/* A parsed address as the user wrote it. A plain value. */
struct endpoint {
	const struct transport_ops *ops; /* scheme's row in transport_table */
	int family;                      /* AF_UNSPEC: any family */
	bool any;                        /* host `*`: every local address */
	char host[256];                  /* "": only a port given */
	char port[32];                   /* number or services(5) name */
	char path[108]; /* Unix path; abstract: starts with NUL */
	size_t path_len;
	struct bytes command; /* exec: lent by the parsed text */
};

/*
 * Parses one address in any form that the manual page lists in "ADDRESSES":
 * tcp://H:P, H:P, :P (loopback), udp…, unix:///PATH, unix://@NAME, [v6]:P, *:P,
 * exec:CMD.
 * Result: 0, or -1 and *e (usage: which part is wrong and how to write it). A
 *         port number is checked (0 to 65535); a name is not looked up.
 */
int endpoint_parse(struct bytes text, struct endpoint *, struct err *e);
/* Returns true for TCP, which a proxy can carry. */
bool endpoint_is_tcp(const struct endpoint *);
/* Copies the endpoint with its command; free() the copy. */
struct endpoint *endpoint_copy(const struct endpoint *);
/* Parses the two-word form `HOST PORT`. */
int endpoint_pair(struct bytes host, struct bytes port, struct endpoint *,
		  struct err *e);
/*
 * The functions *_print append an address as text that parses as the same
 * address; a path or a command in it may hold any byte. The functions
 * *_print_escaped are for messages and screens: they escape unprintable bytes.
 *
 * Appends `scheme://…`, as a user could write it.
 */
void endpoint_print(const struct endpoint *, struct buf *out);
void endpoint_print_escaped(const struct endpoint *, struct buf *out);
/* Appends `127.0.0.1:80`, `[::1]:80`, `/path`, `@name`, or `(unnamed)`. */
void addr_print(const struct addr *, struct buf *out);
void addr_print_escaped(const struct addr *, struct buf *out);
/* Appends the host without brackets: `127.0.0.1`, `::1`, `fe80::1%eth0`; the
 * path of a Unix socket; nothing for an empty address. */
void addr_print_host(const struct addr *, struct buf *out);
/* Appends the address as a URL to connect to: `tcp://127.0.0.1:80`. */
void addr_print_url(const struct addr *, const char *scheme, struct buf *out);
void addr_print_url_escaped(const struct addr *, const char *scheme,
			    struct buf *out);
/* Returns true for an IPv4-mapped address (::ffff:1.2.3.4): an IPv4 peer of a
 * dual-stack socket. */
bool addr_is_mapped(const struct addr *);
bool addr_equal(const struct addr *, const struct addr *);
uint32_t addr_hash(const struct addr *);
/* Returns the port; 0 if the family has no ports. */
unsigned addr_port(const struct addr *);
/* Sets the port; does nothing if the family has no ports. */
void addr_set_port(struct addr *, uint16_t port);

#endif
