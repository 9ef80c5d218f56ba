/* SPDX-License-Identifier: ISC */
/*
 * Sets the socket options that a user gave. dial.c and listen.c call
 * socket_options_apply() for new sockets.
 */
#include "rung/sockopt.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct sockopt_row {
	bool wanted;
	int value;
	int level, name;   /* for IPv4; for IPv6 too if name6 is 0 */
	int level6, name6; /* IPv6; name6 0: `level` and `name` */
};

static int apply(const struct sockopt_row *row, int fd, int family)
{
	bool six = family == AF_INET6 && row->name6;
	int level = six ? row->level6 : row->level;
	int name = six ? row->name6 : row->name;

	if (setsockopt(fd, level, name, &row->value, sizeof(row->value)) < 0)
		return errno;
	return 0;
}

int socket_options_apply(const struct socket_options *t, int fd, int family)
{
	const struct sockopt_row rows[] = {
	    {t->broadcast, 1, SOL_SOCKET, SO_BROADCAST, 0, 0},
	    {t->debug, 1, SOL_SOCKET, SO_DEBUG, 0, 0},
	    {t->receive > 0, t->receive, SOL_SOCKET, SO_RCVBUF, 0, 0},
	    {t->send > 0, t->send, SOL_SOCKET, SO_SNDBUF, 0, 0},
	    {t->has_service, t->service, IPPROTO_IP, IP_TOS, IPPROTO_IPV6,
	     IPV6_TCLASS},
	    {t->ttl > 0, t->ttl, IPPROTO_IP, IP_TTL, IPPROTO_IPV6,
	     IPV6_UNICAST_HOPS},
	    {t->least_ttl > 0, t->least_ttl, IPPROTO_IP, IP_MINTTL,
	     IPPROTO_IPV6, IPV6_MINHOPCOUNT},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int code = rows[i].wanted ? apply(&rows[i], fd, family) : 0;

		if (code)
			return code;
	}
	return 0;
}
