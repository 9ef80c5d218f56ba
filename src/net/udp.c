/* SPDX-License-Identifier: ISC */
/*
 * UDP sockets: their options and ICMP errors. datagram.c moves the datagrams,
 * peers.c has the peers of a listener.
 */
#include "net_own.h"

#include <stdio.h>
#include <sys/socket.h>

/* RFC 768 and 791: 65535 bytes minus headers of 8 and 20 bytes. RFC 8200: the
 * IPv6 header is not counted in the 65535. */
#define LONGEST  65507u
#define LONGEST6 65527u

static void udp_prepare(int fd, int family, bool listens)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	/* A listener could not determine which peer an error belongs to. */
	if (!listens)
		errqueue_on(fd, family);
}

static bool trouble(struct transport *t)
{
	char words[200], all[256];
	int code = errqueue_take(t->watch.fd, words, sizeof(words));

	if (!code)
		return true;
	snprintf(all, sizeof(all), "%s (%s)", net_strerror(code), words);
	link_failed(t, code, all);
	return false;
}

const struct transport_kind kind_udp = {
    .by_name = true,
    .longest = LONGEST,
    .longest6 = LONGEST6,
    .list_command = "ss -lun",
    .prepare = udp_prepare,
    .receive = message_receive,
    .send = message_send,
    .flush = message_flush,
    .trouble = trouble,
};
