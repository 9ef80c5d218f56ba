/* SPDX-License-Identifier: ISC */
/*
 * TCP sockets: their options. stream.c moves the bytes.
 */
#include "net_own.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/*
 * Disables Nagle's algorithm (RFC 896), which would delay short lines. On Linux
 * accepted sockets inherit the option from the listener, which saves a system
 * call for each.
 */
static void tcp_prepare(int fd, int family, bool listens)
{
	int on = 1;

	(void)family;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (listens)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

const struct transport_kind kind_tcp = {
    .by_name = true,
    .halves = true,
    .resets = true,
    .list_command = "ss -ltn",
    .prepare = tcp_prepare,
    .receive = stream_receive,
    .send = stream_send,
    .flush = stream_flush,
};
