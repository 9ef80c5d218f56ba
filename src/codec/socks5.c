/* SPDX-License-Identifier: ISC */
/*
 * SOCKS 5: negotiates the method, authenticates, and requests the connection.
 * socks4.c has SOCKS 4.
 *
 * Source: RFC 1928; RFC 1929 (user and password).
 */
#include "step.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { VERSION = 5, AUTH_VERSION = 1 };
enum { OPEN_TO_ALL = 0, BY_PASSWORD = 2, NONE_FITS = 0xFF };
enum { ATYP_V4 = 1, ATYP_NAME = 3, ATYP_V6 = 4 };
enum { CONNECT = 1, LONGEST = 255 };

static enum step_result judge_method(struct handshake *, struct buf *,
				     struct err *);
static enum step_result judge_auth(struct handshake *, struct buf *,
				   struct err *);
static enum step_result judge_answer(struct handshake *, struct buf *,
				     struct err *);
static const struct handshake_step method = {judge_method};
static const struct handshake_step auth = {judge_auth};
static const struct handshake_step answer = {judge_answer};

/* Appends the target's host: an address or a name (RFC 1928 §5). */
static int put_host(struct bytes host, struct buf *out, struct err *e)
{
	struct bytes address = host;
	char text[INET6_ADDRSTRLEN] = "";
	int kind = ATYP_NAME;
	uint8_t ip[16];

	if (!host.len || host.len > LONGEST)
		return err_usage(e, "SOCKS 5 needs a name of 1 to 255 bytes");
	if (host.len < sizeof(text))
		memcpy(text, host.at, host.len);
	if (inet_pton(AF_INET, text, ip) == 1) {
		kind = ATYP_V4;
		address = bytes_of(ip, 4);
	} else if (inet_pton(AF_INET6, text, ip) == 1) {
		kind = ATYP_V6;
		address = bytes_of(ip, 16);
	} else if (bytes_find_byte(host, ':', 0) != BYTES_NOT_FOUND) {
		return err_usage(e, "SOCKS 5 cannot send an IPv6 zone");
	}
	buf_putc(out, kind);
	if (kind == ATYP_NAME)
		buf_putc(out, (int)host.len);
	return buf_put(out, address) ? step_no_memory(e) : 0;
}

/* Appends the user and the password (RFC 1929 §2). */
static int put_auth(const struct proxy_request *request, struct buf *out,
		    struct err *e)
{
	if (request->user.len > LONGEST || request->password.len > LONGEST ||
	    !request->password.len)
		return err_usage(e, "SOCKS 5 needs a user and a password of 1 "
				    "to 255 bytes each");
	buf_putc(out, AUTH_VERSION);
	buf_putc(out, (int)request->user.len);
	buf_put(out, request->user);
	buf_putc(out, (int)request->password.len);
	return buf_put(out, request->password) ? step_no_memory(e) : 0;
}

int socks5_start(struct handshake *h, const struct proxy_request *request,
		 struct buf *out, struct err *e)
{
	static const uint8_t start[3] = {VERSION, CONNECT, 0};
	uint8_t hello[4] = {VERSION, 1, OPEN_TO_ALL, BY_PASSWORD};

	buf_put(&h->request, bytes_of(start, sizeof(start)));
	if (put_host(request->host, &h->request, e))
		return -1;
	buf_putc(&h->request, (int)(request->port >> 8));
	if (buf_putc(&h->request, (int)(request->port & 0xFF)))
		return step_no_memory(e);
	if (h->named) {
		if (put_auth(request, &h->auth, e))
			return -1;
		hello[1] = 2;
	}
	h->step = &method;
	return buf_put(out, bytes_of(hello, 2u + hello[1])) ? step_no_memory(e)
							    : 0;
}

/* Appends the request `what` to `out`. `next` judges its reply. */
static enum step_result socks5_print(struct handshake *h, struct buf *what,
				     const struct handshake_step *next,
				     struct buf *out, struct err *e)
{
	if (buf_put(out, buf_bytes(what))) {
		step_no_memory(e);
		return STEP_BAD;
	}
	h->step = next;
	return STEP_NEXT;
}

/* Judges the proxy's choice of a method (RFC 1928 §3). */
static enum step_result judge_method(struct handshake *h, struct buf *out,
				     struct err *e)
{
	struct bytes reply = buf_bytes(&h->reply);

	assert(reply.at);
	if (reply.at[0] != VERSION)
		return step_alien(h, "SOCKS 5", e);
	if (reply.len < 2)
		return STEP_MORE;
	if (reply.at[1] == OPEN_TO_ALL)
		return socks5_print(h, &h->request, &answer, out, e);
	if (reply.at[1] == BY_PASSWORD && h->named)
		return socks5_print(h, &h->auth, &auth, out, e);
	if (reply.at[1] != NONE_FITS)
		return step_bad(e, ERR_FRAME,
				"proxy chose method %u, which was not offered",
				reply.at[1]);
	if (h->named)
		return step_bad(e, ERR_REFUSED,
				"unsupported authentication; rung supports "
				"user and password");
	return step_bad(e, ERR_REFUSED,
			"authentication required; use socks5://USER@... with "
			"$RUNG_PROXY_PASSWORD, or --proxy-auth FILE");
}

/* Judges the reply to the user and password (RFC 1929 §2). The version is not
 * checked: some servers send 5 or 0. */
static enum step_result judge_auth(struct handshake *h, struct buf *out,
				   struct err *e)
{
	struct bytes reply = buf_bytes(&h->reply);

	assert(reply.at);
	if (reply.len < 2)
		return STEP_MORE;
	if (reply.at[1])
		return step_bad(e, ERR_REFUSED, "authentication failed");
	return socks5_print(h, &h->request, &answer, out, e);
}

struct socks5_meaning {
	enum err_class kind;
	const char *words;
};

/* The replies of RFC 1928 §6, from 1 on. */
static const struct socks5_meaning meanings[] = {
    {ERR_UNREACHABLE, "general failure (SOCKS reply 1)"},
    {ERR_REFUSED, "target forbidden by the proxy's rules (SOCKS reply 2)"},
    {ERR_UNREACHABLE, "network unreachable from the proxy (SOCKS reply 3)"},
    {ERR_UNREACHABLE, "host unreachable or unknown (SOCKS reply 4)"},
    {ERR_REFUSED, "target refused the connection (SOCKS reply 5)"},
    {ERR_UNREACHABLE, "TTL expired (SOCKS reply 6)"},
    {ERR_REFUSED, "CONNECT not supported (SOCKS reply 7)"},
    {ERR_REFUSED, "address type not supported (SOCKS reply 8)"},
};

/* Returns the reply's length; 0: not known yet. */
static size_t answer_len(struct bytes reply)
{
	if (reply.len < 5)
		return 0;
	switch (reply.at[3]) {
	case ATYP_V4:
		return 4 + 4 + 2;
	case ATYP_NAME:
		return 4 + 1 + (size_t)reply.at[4] + 2;
	case ATYP_V6:
		return 4 + 16 + 2;
	}
	return 0;
}

/* Judges the final reply. A rejection is complete with its code: the address
 * after the code has no meaning. */
static enum step_result judge_answer(struct handshake *h, struct buf *out,
				     struct err *e)
{
	struct bytes reply = buf_bytes(&h->reply);
	unsigned code = reply.len > 1 ? reply.at[1] : 0;

	(void)out;
	assert(reply.at);
	if (reply.at[0] != VERSION)
		return step_alien(h, "SOCKS 5", e);
	if (code && code <= sizeof(meanings) / sizeof(meanings[0]))
		return step_bad(e, meanings[code - 1].kind, "%s",
				meanings[code - 1].words);
	if (code)
		return step_bad(e, ERR_FRAME,
				"unknown reply %u (not defined by SOCKS 5)",
				code);
	if (reply.len == 4 && reply.at[3] != ATYP_V4 &&
	    reply.at[3] != ATYP_NAME && reply.at[3] != ATYP_V6)
		return step_bad(e, ERR_FRAME,
				"reply with unknown address type %u",
				reply.at[3]);
	return answer_len(reply) == reply.len ? STEP_DONE : STEP_MORE;
}
