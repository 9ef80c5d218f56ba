/* SPDX-License-Identifier: ISC */
/*
 * The handshake with a proxy: encodes the requests and decodes the replies,
 * without I/O. net/proxy_dial.c sends and receives the bytes.
 */
#ifndef RUNG_CODEC_HANDSHAKE_H
#define RUNG_CODEC_HANDSHAKE_H

#include "rung/err.h"

enum handshake_kind {
	HANDSHAKE_HTTP,    /* CONNECT, RFC 9110 §9.3.6; Basic, RFC 7617 */
	HANDSHAKE_SOCKS4,  /* Y.-D. Lee, "SOCKS: A protocol for TCP proxy" */
	HANDSHAKE_SOCKS4A, /* extension by the same author */
	HANDSHAKE_SOCKS5,  /* RFC 1928, RFC 1929 */
};

/* The request to the proxy. Lent for the call. */
struct proxy_request {
	enum handshake_kind kind;
	/* name, or address without brackets; an IPv4 address for SOCKS4 */
	struct bytes host;
	unsigned port;
	struct bytes user, password; /* empty: none */
};

struct handshake_step;

/* Owns its buffers. Zeroed before its first use. */
struct handshake {
	const struct handshake_step *step; /* expected reply */
	struct buf reply;                  /* bytes received of that reply */
	struct buf request, auth; /* secret: later requests, HTTP credentials */
	size_t consumed;          /* number of bytes received */
	bool named;               /* the request has a user name */
};

enum handshake_result {
	HANDSHAKE_MORE, /* send `out`, then feed the next bytes */
	HANDSHAKE_DONE, /* accepted; all later bytes are from the target */
	HANDSHAKE_BAD,  /* failed; *e has the reason */
};

/* Limit of the bytes of all replies in a handshake, including interim responses
 * of HTTP. */
#define HANDSHAKE_MAX ((size_t)16 << 10)

/*
 * Begins a handshake and appends the first request.
 * Result:  0, or -1 and *e (usage: a value that the protocol cannot carry;
 *          limit).
 */
int handshake_start(struct handshake *, const struct proxy_request *,
		    struct buf *out, struct err *e);
/*
 * Takes received bytes, but none after the proxy's last reply. May append the
 * next request to `out`.
 * Result: *took: number of bytes taken; with MORE, all of them. BAD: *e has the
 *         class refused, unreachable, connect-timeout, frame (not a reply of
 *         the protocol) or limit (too long).
 */
enum handshake_result handshake_feed(struct handshake *, struct bytes in,
				     size_t *took, struct buf *out,
				     struct err *e);
/* Wipes the secrets and frees the memory. Does nothing to a zeroed struct. */
void handshake_fini(struct handshake *);

#endif
