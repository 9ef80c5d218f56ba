/* SPDX-License-Identifier: ISC */
/*
 * TCP_INFO of a connection (tcp(7)) as lines for `info`.
 */
#include "net_own.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static const char *const states[] = {
    "?",          "ESTABLISHED", "SYN-SENT",  "SYN-RECEIVED",
    "FIN-WAIT-1", "FIN-WAIT-2",  "TIME-WAIT", "CLOSED",
    "CLOSE-WAIT", "LAST-ACK",    "LISTEN",    "CLOSING",
};

static const char *state_name(unsigned state)
{
	return state < sizeof(states) / sizeof(states[0]) ? states[state] : "?";
}

/* Appends a time in ms; struct tcp_info has microseconds. */
static void put_ms(struct buf *out, const char *key, unsigned us)
{
	buf_printf(out, "%s %u.%02ums\n", key, us / 1000, us % 1000 / 10);
}

void tcpinfo_print(int fd, bool listens, struct buf *out)
{
	struct tcp_info i;
	socklen_t len = sizeof(i);

	memset(&i, 0, sizeof(i));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) < 0)
		return;
	buf_printf(out, "state %s\n", state_name(i.tcpi_state));
	if (listens) {
		buf_printf(out, "backlog %u of %u\n", i.tcpi_unacked,
			   i.tcpi_sacked);
		return;
	}
	put_ms(out, "rtt", i.tcpi_rtt);
	put_ms(out, "rttvar", i.tcpi_rttvar);
	put_ms(out, "rto", i.tcpi_rto);
	buf_printf(out, "cwnd %u\n", i.tcpi_snd_cwnd);
	buf_printf(out, "mss %u\n", i.tcpi_snd_mss);
	buf_printf(out, "pmtu %u\n", i.tcpi_pmtu);
	buf_printf(out, "unacked %u\n", i.tcpi_unacked);
	buf_printf(out, "retransmits %u\n", i.tcpi_total_retrans);
	buf_printf(out, "rcv_space %u\n", i.tcpi_rcv_space);
}
