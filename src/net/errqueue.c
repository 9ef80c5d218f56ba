/* SPDX-License-Identifier: ISC */
/*
 * ICMP errors of a datagram socket, from the error queue of Linux (ip(7),
 * IP_RECVERR).
 */
#include "net_own.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

void errqueue_on(int fd, int family)
{
	int on = 1;

	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	else
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
}

struct icmp_error {
	int family, type, code;
	const char *words;
};

/* Types and codes of RFC 792 and RFC 4443 §3. */
static const struct icmp_error icmp_errors[] = {
    {SO_EE_ORIGIN_ICMP, 3, 0, "network unreachable"},
    {SO_EE_ORIGIN_ICMP, 3, 1, "host unreachable"},
    {SO_EE_ORIGIN_ICMP, 3, 2, "protocol unreachable"},
    {SO_EE_ORIGIN_ICMP, 3, 3, "port unreachable"},
    {SO_EE_ORIGIN_ICMP, 3, 4, "fragmentation needed"},
    {SO_EE_ORIGIN_ICMP, 3, 13, "administratively prohibited"},
    {SO_EE_ORIGIN_ICMP, 11, 0, "time to live exceeded"},
    {SO_EE_ORIGIN_ICMP6, 1, 0, "no route"},
    {SO_EE_ORIGIN_ICMP6, 1, 1, "administratively prohibited"},
    {SO_EE_ORIGIN_ICMP6, 1, 3, "host unreachable"},
    {SO_EE_ORIGIN_ICMP6, 1, 4, "port unreachable"},
    {SO_EE_ORIGIN_ICMP6, 2, 0, "packet too big"},
    {SO_EE_ORIGIN_ICMP6, 3, 0, "hop limit exceeded"},
};

static const char *icmp_text(const struct sock_extended_err *ee)
{
	for (size_t i = 0; i < sizeof(icmp_errors) / sizeof(icmp_errors[0]);
	     i++)
		if (icmp_errors[i].family == ee->ee_origin &&
		    icmp_errors[i].type == ee->ee_type &&
		    icmp_errors[i].code == ee->ee_code)
			return icmp_errors[i].words;
	return "unreachable";
}

/* Appends the address of the host that sent the ICMP error, without a port:
 * ICMP has none. */
static void put_offender(const struct sock_extended_err *ee, struct buf *out)
{
	const struct sockaddr *sa = SO_EE_OFFENDER(ee);
	struct addr a = {.len = 0};

	if (sa->sa_family == AF_INET)
		a.len = sizeof(struct sockaddr_in);
	else if (sa->sa_family == AF_INET6)
		a.len = sizeof(struct sockaddr_in6);
	else
		return;
	memcpy(&a.u, sa, a.len);
	buf_puts(out, ", from ");
	addr_print(&a, out);
	/* remove ":0" */
	buf_truncate(out, buf_len(out) - 2);
}

static void put_icmp_error(const struct sock_extended_err *ee, char *words,
			   size_t size)
{
	struct buf text;

	buf_init(&text, BUF_SMALL);
	buf_printf(&text, "ICMP: %s", icmp_text(ee));
	put_offender(ee, &text);
	snprintf(words, size, "%s", buf_cstr(&text));
	buf_fini(&text);
}

static bool is_recverr(const struct cmsghdr *c)
{
	return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
	       (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
}

int errqueue_take(int fd, char *words, size_t size)
{
	union {
		struct cmsghdr align;
		char room[512];
	} control;
	int found = 0;

	for (;;) {
		char data[1];
		struct iovec iov = {.iov_base = data, .iov_len = sizeof(data)};
		struct msghdr msg = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = control.room,
				     .msg_controllen = sizeof(control.room)};
		struct cmsghdr *c;

		if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
			if (errno == EINTR)
				continue;
			return found;
		}
		for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
			const struct sock_extended_err *ee =
			    (const void *)CMSG_DATA(c);

			if (!is_recverr(c) || !ee->ee_errno ||
			    (ee->ee_origin != SO_EE_ORIGIN_ICMP &&
			     ee->ee_origin != SO_EE_ORIGIN_ICMP6))
				continue;
			found = (int)ee->ee_errno;
			put_icmp_error(ee, words, size);
		}
	}
}
