/* SPDX-License-Identifier: ISC */
/*
 * Message digests of libcrypto. Private to codec.
 */
#ifndef RUNG_CODEC_DIGEST_H
#define RUNG_CODEC_DIGEST_H

#include "rung/err.h"

enum { SHA1_SIZE = 20 };

/* Computes SHA-1 (RFC 3174), which WebSocket needs and which protects nothing.
 * Errors: io: libcrypto has no SHA-1. */
int digest_sha1(struct bytes, uint8_t out[SHA1_SIZE], struct err *e);

#endif
