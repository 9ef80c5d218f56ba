/* SPDX-License-Identifier: ISC */
/*
 * The handshake with a proxy: encodes the requests and decodes the answers. No
 * I/O: net/proxy_dial.c moves the bytes.
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
	/* A name, or an address without brackets; SOCKS4: an IPv4 address. */
	struct bytes host;
	unsigned port;
	struct bytes user, password; /* empty: none */
};

struct handshake_step;

/* Owns its buffers. Zeroed before its first use. */
struct handshake {
	const struct handshake_step *step; /* expected reply */
	struct buf reply;                  /* bytes of that reply so far */
	struct buf request, auth; /* requests for later steps; secret */
	size_t consumed;          /* bytes taken so far */
	bool named;               /* a user name was or will be sent */
};

enum handshake_result {
	HANDSHAKE_MORE, /* send `out`, feed the next bytes */
	HANDSHAKE_DONE, /* accepted; all later bytes are the target's */
	HANDSHAKE_BAD,  /* rejected; *e has the reason */
};

/* Limit of an answer's length; for HTTP this includes interim answers. */
#define HANDSHAKE_MAX ((size_t)16 << 10)

/*
 * Begins a handshake and appends the first request.
 * Result:  0, or -1 and *e (usage: a value that the protocol cannot carry;
 *          limit).
 */
int handshake_start(struct handshake *, const struct proxy_request *,
		    struct buf *out, struct err *e);
/*
 * Takes received bytes, never more than belong to the proxy's answers. May
 * append the next request.
 * Result: *took is the number of bytes taken; with MORE, all of them. BAD: *e
 *         has the class refused, unreachable, connect-timeout; frame (not an
 *         answer of the protocol) or limit (too long).
 */
enum handshake_result handshake_feed(struct handshake *, struct bytes in,
				     size_t *took, struct buf *out,
				     struct err *e);
/* Wipes secrets and frees the memory. Harmless on a zeroed struct. */
void handshake_fini(struct handshake *);

#endif
