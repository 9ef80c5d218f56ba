/* SPDX-License-Identifier: ISC */
/*
 * Base64, for credentials. Private to codec.
 * Source: RFC 4648 §4.
 */
#ifndef RUNG_CODEC_BASE64_H
#define RUNG_CODEC_BASE64_H

#include "rung/bytes.h"

void base64_put(struct bytes in, struct buf *out);

#endif
