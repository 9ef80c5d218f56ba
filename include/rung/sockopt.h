/* SPDX-License-Identifier: ISC */
/*
 * What a socket is set to where somebody asks for it: buffers, time to live,
 * type of service. What every socket of a kind is set to is the kind's.
 */
#ifndef RUNG_SOCKOPT_H
#define RUNG_SOCKOPT_H

#include <stdbool.h>

/* A plain value; zeroed: nothing is asked for. */
struct socket_options {
	bool broadcast, debug;
	bool has_service;
	int service;       /* IPv4 TOS, IPv6 traffic class: 0 to 255 */
	int ttl;           /* IPv4 TTL, IPv6 hop limit: 1 to 255 */
	int least_ttl;     /* what comes with less is dropped; 1 to 255 */
	int receive, send; /* bytes of buffer: SO_RCVBUF, SO_SNDBUF */
};

/* Of a fresh socket of that family. Result: 0, or an errno. */
int socket_options_apply(const struct socket_options *, int fd, int family);

#endif
