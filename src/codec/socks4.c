/* SPDX-License-Identifier: ISC */
/*
 * SOCKS 4 and 4a: one request, one reply of eight bytes. socks5.c has SOCKS 5.
 *
 * Source: Y.-D. Lee, "SOCKS: A protocol for TCP proxy across firewalls" and
 *         "SOCKS 4A: A Simple Extension to SOCKS 4 Protocol".
 */
#include "step.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { ANSWER = 8, GRANTED = 90 };

static enum step_result judge(struct handshake *, struct buf *, struct err *);
static const struct handshake_step answer = {judge};

/* Returns true if `host` is an IPv4 address, which is then in *ip, in network
 * order. */
static bool read_v4(struct bytes host, struct in_addr *ip)
{
	char text[INET_ADDRSTRLEN];

	if (host.len >= sizeof(text))
		return false;
	memcpy(text, host.at, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, ip) == 1;
}

int socks4_start(struct handshake *h, const struct proxy_request *request,
		 struct buf *out, struct err *e)
{
	/* 0.0.0.x means that a name follows. */
	static const uint8_t follows[4] = {0, 0, 0, 1};
	struct in_addr ip;
	bool v4 = read_v4(request->host, &ip);
	uint8_t start[4] = {4, 1, (uint8_t)(request->port >> 8),
			    (uint8_t)request->port};

	if (!v4 && request->kind == HANDSHAKE_SOCKS4)
		return err_usage(e, "SOCKS 4 supports IPv4 addresses only");
	if (!v4 && bytes_find_byte(request->host, ':', 0) != BYTES_NOT_FOUND)
		return err_usage(
		    e, "SOCKS 4a does not support IPv6; socks5:// does");
	if (bytes_find_byte(request->host, '\0', 0) != BYTES_NOT_FOUND ||
	    bytes_find_byte(request->user, '\0', 0) != BYTES_NOT_FOUND)
		return err_usage(e, "SOCKS 4 cannot send a name with a NUL");
	h->step = &answer;
	buf_put(out, bytes_of(start, sizeof(start)));
	buf_put(out, v4 ? bytes_of(&ip, sizeof(ip))
			: bytes_of(follows, sizeof(follows)));
	buf_put(out, request->user);
	if (buf_putc(out, 0))
		return step_no_memory(e);
	if (v4)
		return 0;
	buf_put(out, request->host);
	return buf_putc(out, 0) ? step_no_memory(e) : 0;
}

static enum step_result judge(struct handshake *h, struct buf *out,
			      struct err *e)
{
	struct bytes reply = buf_bytes(&h->reply);

	(void)out;
	assert(reply.at);
	/* The reply's version is 0; some servers send 4. */
	if (reply.at[0] != 0 && reply.at[0] != 4)
		return step_alien(h, "SOCKS 4", e);
	if (reply.len < ANSWER)
		return STEP_MORE;
	switch (reply.at[1]) {
	case GRANTED:
		return STEP_DONE;
	case 91:
		return step_bad(
		    e, ERR_REFUSED,
		    "rejected by the proxy or the target (SOCKS reply 91)");
	case 92:
		return step_bad(e, ERR_REFUSED,
				"proxy could not reach identd on this machine "
				"(SOCKS reply 92)");
	case 93:
		return step_bad(e, ERR_REFUSED,
				"identd on this machine reported another user "
				"(SOCKS reply 93)");
	}
	return step_bad(e, ERR_FRAME,
			"unknown reply %u (not defined by SOCKS 4)",
			reply.at[1]);
}
