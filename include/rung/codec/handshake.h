/* SPDX-License-Identifier: ISC */
/*
 * What is said to a proxy before a connection goes through it: requests to
 * bytes, and its answers to what follows from them. No I/O: who moves the bytes
 * is net's business.
 */
#ifndef RUNG_CODEC_HANDSHAKE_H
#define RUNG_CODEC_HANDSHAKE_H

#include "rung/err.h"

enum handshake_kind {
	HANDSHAKE_HTTP,    /* CONNECT, RFC 9110 §9.3.6; Basic, RFC 7617 */
	HANDSHAKE_SOCKS4,  /* Y.-D. Lee, "SOCKS: A protocol for TCP proxy" */
	HANDSHAKE_SOCKS4A, /* the same author's extension */
	HANDSHAKE_SOCKS5,  /* RFC 1928, RFC 1929 */
};

/* What is asked of it. Lent for the call. */
struct errand {
	enum handshake_kind kind;
	/* A name, or an address without brackets; SOCKS4: an address of IPv4.
	 */
	struct bytes host;
	unsigned port;
	struct bytes user, password; /* empty: none */
};

struct handshake_step;

/* Owns what it holds. Zeroed before its first use. */
struct handshake {
	const struct handshake_step *step; /* what is answered to next */
	struct buf said;                   /* of the answer at hand */
	struct buf request, auth;          /* what is said later; a secret */
	size_t heard;                      /* bytes taken so far */
	bool named;                        /* a user was or will be told */
};

enum handshake_result {
	HANDSHAKE_MORE, /* send what was put out, feed what comes */
	HANDSHAKE_DONE, /* it agreed; what follows is the target's */
	HANDSHAKE_BAD,  /* *e says why not */
};

/* An answer may be this long; an HTTP one with all that precedes it. */
#define HANDSHAKE_MOST ((size_t)16 << 10)

/*
 * Begins, and appends what is said first.
 * Result:  0, or -1 and *e (usage: what the protocol cannot carry; limit).
 */
int handshake_start(struct handshake *, const struct errand *, struct buf *out,
		    struct err *e);
/*
 * Takes what came: never more than belongs to the proxy's answers. May append
 * what is said next.
 * Result:  *took is how much was taken: all of it with MORE. On BAD *e has the
 *          class: refused, unreachable, connect-timeout; frame (no answer that
 *          the protocol knows), limit (one that is too long).
 */
enum handshake_result handshake_feed(struct handshake *, struct bytes in,
				     size_t *took, struct buf *out,
				     struct err *e);
/* Gives all back; what is secret is wiped. Harmless on a zeroed one. */
void handshake_fini(struct handshake *);

#endif
