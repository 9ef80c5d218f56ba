/* SPDX-License-Identifier: ISC */
/*
 * Addresses: a struct endpoint is parsed from the text that a user writes; a
 * struct addr holds a socket address in the kernel's form. resolve.h looks up
 * names.
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

/* A parsed address. */
struct endpoint {
	const struct transport_ops *ops; /* scheme's row in transport_table */
	int family;                      /* AF_UNSPEC: any family */
	bool any;                        /* host `*`: every local address */
	char host[256];                  /* "": only a port was given */
	char port[32];                   /* number or services(5) name */
	char path[108]; /* Unix path; abstract: starts with NUL */
	size_t path_len;
	struct bytes command; /* command of `exec:`; lent by the parsed text */
};

/*
 * Parses one address in any form that the manual page lists in "ADDRESSES":
 * tcp://H:P, H:P, :P (loopback), udp://H:P, unix:///PATH, unix://@NAME, [v6]:P,
 * *:P, exec:CMD. Checks a port number (0 to 65535); does not look up names.
 * Result: 0, or -1 and *e (usage: which part is wrong and how to write it).
 */
int endpoint_parse(struct bytes text, struct endpoint *, struct err *e);
/* Returns true if the scheme is TCP; only TCP goes through a proxy. */
bool endpoint_is_tcp(const struct endpoint *);
/* Copies an endpoint and its command; the caller frees the copy with free(). */
struct endpoint *endpoint_copy(const struct endpoint *);
/* Parses an address given as two words, HOST and PORT. */
int endpoint_pair(struct bytes host, struct bytes port, struct endpoint *,
		  struct err *e);
/*
 * Appends the endpoint in a form that endpoint_parse() reads: `scheme://…` or
 * `exec:CMD`. A path or command is printed unescaped. The functions whose names
 * end in _escaped are for messages and screens: they escape unprintable bytes.
 * `scheme`: NULL: that of the transport.
 */
void endpoint_print(const struct endpoint *, const char *scheme,
		    struct buf *out);
void endpoint_print_escaped(const struct endpoint *, const char *scheme,
			    struct buf *out);
/* Appends `127.0.0.1:80`, `[::1]:80`, `/path`, `@name`, `(unnamed)`, or
 * `(none)` for an empty address. */
void addr_print(const struct addr *, struct buf *out);
void addr_print_escaped(const struct addr *, struct buf *out);
/* Appends the host without brackets: `127.0.0.1`, `::1`, `fe80::1%eth0`; for a
 * Unix socket, the same as addr_print(); nothing for an empty address. */
void addr_print_host(const struct addr *, struct buf *out);
/* Appends the address as a URL to connect to: `tcp://127.0.0.1:80`. */
void addr_print_url(const struct addr *, const char *scheme, struct buf *out);
void addr_print_url_escaped(const struct addr *, const char *scheme,
			    struct buf *out);
/* Returns true if the address is IPv4-mapped (::ffff:1.2.3.4): a dual-stack
 * socket has such addresses for its IPv4 peers. */
bool addr_is_mapped(const struct addr *);
bool addr_equal(const struct addr *, const struct addr *);
uint32_t addr_hash(const struct addr *);
/* Returns the port; 0 if the family has no ports. */
unsigned addr_port(const struct addr *);
/* Sets the port; does nothing if the family has no ports. */
void addr_set_port(struct addr *, uint16_t port);

#endif
