/* SPDX-License-Identifier: ISC */
/*
 * Tests the texts for values from the kernel: TCP states, types of ICMP errors,
 * and the errnos of attempts to connect. This file replaces getsockopt(2) and
 * recvmsg(2), because few of these values occur on loopback.
 */
#include "src/net/dial.h"
#include "src/net/net_own.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static struct tcp_info info;

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	(void)fd;
	assert_int_equal(level, IPPROTO_TCP);
	assert_int_equal(name, TCP_INFO);
	assert_true(*len >= sizeof(info));
	memcpy(value, &info, sizeof(info));
	return 0;
}

/* The next ICMP error in the queue. type 0: the queue is empty. */
static struct {
	struct sock_extended_err ee;
	struct sockaddr_in from;
} icmp;

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	bool six = icmp.ee.ee_origin == SO_EE_ORIGIN_ICMP6;
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	(void)fd;
	assert_int_equal(flags, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (!icmp.ee.ee_type) {
		errno = EAGAIN;
		return -1;
	}
	c->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = six ? IPV6_RECVERR : IP_RECVERR;
	c->cmsg_len = CMSG_LEN(sizeof(icmp));
	memcpy(CMSG_DATA(c), &icmp, sizeof(icmp));
	msg->msg_controllen = CMSG_SPACE(sizeof(icmp));
	icmp.ee.ee_type = 0;
	return 0;
}

static const char *tcpinfo(bool listens)
{
	static char text[512];
	struct buf out;

	buf_init(&out, BUF_SMALL);
	tcpinfo_print(0, listens, &out);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	buf_fini(&out);
	return text;
}

static void tcp_states_are_named(void **state)
{
	static const struct {
		unsigned state;
		const char *wants;
	} rows[] = {
	    {0, "?"},
	    {TCP_ESTABLISHED, "ESTABLISHED"},
	    {TCP_SYN_SENT, "SYN-SENT"},
	    {TCP_SYN_RECV, "SYN-RECEIVED"},
	    {TCP_FIN_WAIT1, "FIN-WAIT-1"},
	    {TCP_FIN_WAIT2, "FIN-WAIT-2"},
	    {TCP_TIME_WAIT, "TIME-WAIT"},
	    {TCP_CLOSE, "CLOSED"},
	    {TCP_CLOSE_WAIT, "CLOSE-WAIT"},
	    {TCP_LAST_ACK, "LAST-ACK"},
	    {TCP_LISTEN, "LISTEN"},
	    {TCP_CLOSING, "CLOSING"},
	    {TCP_CLOSING + 1, "?"},
	    {255, "?"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char wants[64];

		info = (struct tcp_info){.tcpi_state = (uint8_t)rows[i].state};
		snprintf(wants, sizeof(wants), "state %s\nbacklog 0 of 0\n",
			 rows[i].wants);
		assert_string_equal(tcpinfo(true), wants);
	}
}

static void tcp_facts_are_printed_as_lines(void **state)
{
	(void)state;
	info = (struct tcp_info){.tcpi_state = TCP_ESTABLISHED,
				 .tcpi_rtt = 1234567,
				 .tcpi_rttvar = 89,
				 .tcpi_rto = 204000,
				 .tcpi_snd_cwnd = 10,
				 .tcpi_snd_mss = 1448,
				 .tcpi_pmtu = 1500,
				 .tcpi_unacked = 3,
				 .tcpi_sacked = 5,
				 .tcpi_total_retrans = 7,
				 .tcpi_rcv_space = 14600};
	assert_string_equal(tcpinfo(false), "state ESTABLISHED\n"
					    "rtt 1234.56ms\n"
					    "rttvar 0.08ms\n"
					    "rto 204.00ms\n"
					    "cwnd 10\n"
					    "mss 1448\n"
					    "pmtu 1500\n"
					    "unacked 3\n"
					    "retransmits 7\n"
					    "rcv_space 14600\n");
	assert_string_equal(tcpinfo(true), "state ESTABLISHED\n"
					   "backlog 3 of 5\n");
}

static void icmp_errors_are_named(void **state)
{
	enum { V4 = SO_EE_ORIGIN_ICMP, V6 = SO_EE_ORIGIN_ICMP6 };
	static const struct {
		uint8_t origin, type, code;
		const char *wants;
	} rows[] = {
	    {V4, 3, 0, "network unreachable"},
	    {V4, 3, 1, "host unreachable"},
	    {V4, 3, 2, "protocol unreachable"},
	    {V4, 3, 3, "port unreachable"},
	    {V4, 3, 4, "fragmentation needed"},
	    {V4, 3, 13, "administratively prohibited"},
	    {V4, 3, 14, "unreachable"},
	    {V4, 11, 0, "time to live exceeded"},
	    {V6, 1, 0, "no route"},
	    {V6, 1, 1, "administratively prohibited"},
	    {V6, 1, 3, "host unreachable"},
	    {V6, 1, 4, "port unreachable"},
	    {V6, 1, 5, "unreachable"},
	    {V6, 2, 0, "packet too big"},
	    {V6, 3, 0, "hop limit exceeded"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char words[128], wants[128];

		memset(&icmp, 0, sizeof(icmp));
		icmp.ee.ee_errno = EHOSTUNREACH;
		icmp.ee.ee_origin = rows[i].origin;
		icmp.ee.ee_type = rows[i].type;
		icmp.ee.ee_code = rows[i].code;
		icmp.from.sin_family = AF_INET;
		icmp.from.sin_addr.s_addr = htonl(0xc0000201);
		assert_int_equal(errqueue_take(0, words, sizeof(words)),
				 EHOSTUNREACH);
		snprintf(wants, sizeof(wants), "ICMP: %s, from 192.0.2.1",
			 rows[i].wants);
		assert_string_equal(words, wants);
	}
	assert_int_equal(errqueue_take(0, NULL, 0), 0);
}

/* If several attempts fail, the most significant failure is reported, in
 * whatever order they happen. */
static void error_is_the_highest_ranked_of_the_attempts(void **state)
{
	static const struct {
		int code;
		enum err_class kind;
	} rising[] = {
	    {EAFNOSUPPORT, ERR_IO},           {EHOSTUNREACH, ERR_UNREACHABLE},
	    {ETIMEDOUT, ERR_CONNECT_TIMEOUT}, {ECONNRESET, ERR_RESET},
	    {ECONNREFUSED, ERR_REFUSED},      {EACCES, ERR_IO},
	};
	struct endpoint to;
	struct err e;

	(void)state;
	assert_int_equal(endpoint_parse(BYTES("tcp://h.example:80"), &to, &e),
			 0);
	for (size_t i = 0; i + 1 < sizeof(rising) / sizeof(rising[0]); i++) {
		for (unsigned swap = 0; swap < 2; swap++) {
			struct attempt two[2] = {{.code = rising[i].code},
						 {.code = rising[i + 1].code}};
			struct attempt last = two[1];
			struct dialing d = {
			    .to = to, .attempts = two, .count = 2};
			struct buf out;
			int code;

			if (swap) {
				two[1] = two[0];
				two[0] = last;
			}
			two[0].dialing = two[1].dialing = &d;
			buf_init(&out, BUF_SMALL);
			assert_int_equal(dial_put_loss(&d, &code, &out),
					 rising[i + 1].kind);
			assert_int_equal(code, rising[i + 1].code);
			buf_fini(&out);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tcp_states_are_named),
	    cmocka_unit_test(tcp_facts_are_printed_as_lines),
	    cmocka_unit_test(icmp_errors_are_named),
	    cmocka_unit_test(error_is_the_highest_ranked_of_the_attempts),
	};

	return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
