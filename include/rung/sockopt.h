/* SPDX-License-Identifier: ISC */
/*
 * Socket options that a user may set: buffer sizes, time to live, type of
 * service. net/tcp.c and net/udp.c set the options that rung itself needs on
 * sockets of their kind.
 */
#ifndef RUNG_SOCKOPT_H
#define RUNG_SOCKOPT_H

#include <stdbool.h>

/* A plain value; zeroed: no option is set. */
struct socket_options {
	bool broadcast, debug;
	bool has_service;
	int service;       /* IPv4 TOS, IPv6 traffic class: 0 to 255 */
	int ttl;           /* IPv4 TTL, IPv6 hop limit: 1 to 255 */
	int least_ttl;     /* TTL below which packets are dropped; 1 to 255 */
	int receive, send; /* buffer sizes, bytes */
};

/* Sets the options of a new socket. Result: 0, or an errno. */
int socket_options_apply(const struct socket_options *, int fd, int family);

#endif
