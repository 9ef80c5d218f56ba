/* SPDX-License-Identifier: ISC */
/*
 * The interface between handshake.c and the protocols: their first request, and
 * a judge for each expected reply. Private to codec.
 */
#ifndef RUNG_CODEC_STEP_H
#define RUNG_CODEC_STEP_H

#include "rung/codec/handshake.h"

enum step_result {
	STEP_MORE, /* the reply is incomplete */
	STEP_NEXT, /* the reply is complete, and h->step judges the next one;
		      `out` may have a request */
	STEP_DONE,
	STEP_BAD,
};

/* One expected reply. */
struct handshake_step {
	/* Called after each byte added to h->reply. */
	enum step_result (*judge)(struct handshake *h, struct buf *out,
				  struct err *e);
};

/* Each function appends the first request to `out` and sets h->step. Result: 0,
 * or -1 and *e. */
int http_start(struct handshake *, const struct proxy_request *,
	       struct buf *out, struct err *e);
int socks4_start(struct handshake *, const struct proxy_request *,
		 struct buf *out, struct err *e);
int socks5_start(struct handshake *, const struct proxy_request *,
		 struct buf *out, struct err *e);

/* Sets *e. Result: STEP_BAD. */
enum step_result step_bad(struct err *e, enum err_class kind, const char *fmt,
			  ...) RUNG_PRINTF(3, 4);
/* Sets *e: the reply does not follow the protocol. Result: STEP_BAD. */
enum step_result step_alien(const struct handshake *, const char *protocol,
			    struct err *e);
/* Sets *e, class limit. Result: -1. */
int step_no_memory(struct err *e);

#endif
