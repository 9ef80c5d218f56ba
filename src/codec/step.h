/* SPDX-License-Identifier: ISC */
/*
 * What each protocol gives to handshake.c: its first words, and for each answer
 * that is awaited who judges it.
 */
#ifndef RUNG_CODEC_STEP_H
#define RUNG_CODEC_STEP_H

#include "rung/codec/handshake.h"

enum step_result {
	STEP_MORE, /* the answer is not whole yet */
	STEP_NEXT, /* h->step is the next one; `out` may have grown */
	STEP_DONE,
	STEP_BAD,
};

/* One answer that is awaited. */
struct handshake_step {
	/* Asked after each byte of h->said. */
	enum step_result (*judge)(struct handshake *h, struct buf *out,
				  struct err *e);
};

/* Each appends its first words to `out` and sets h->step. 0, or -1 and *e. */
int http_start(struct handshake *, const struct errand *, struct buf *out,
	       struct err *e);
int socks4_start(struct handshake *, const struct errand *, struct buf *out,
		 struct err *e);
int socks5_start(struct handshake *, const struct errand *, struct buf *out,
		 struct err *e);

/* Result of the two: STEP_BAD. */
enum step_result step_bad(struct err *e, enum err_kind kind, const char *fmt,
			  ...) RUNG_PRINTF(3, 4);
/* The answer begins with what the protocol has not. */
enum step_result step_alien(const struct handshake *, const char *protocol,
			    struct err *e);
/* Result: -1. */
int step_no_memory(struct err *e);

#endif
