/* SPDX-License-Identifier: ISC */
/*
 * DEFLATE: compressed data in pieces, for content codings of HTTP and for
 * compressed WebSocket messages. Only src/codec/deflate.c calls zlib.
 *
 * Limits: a call appends at most INFLATE_PIECE inflated bytes. zlib's memory
 *         (about 42 KiB to inflate, 260 KiB to deflate) is allocated with the
 *         first byte and charged to the account.
 * Source: RFC 1951 (DEFLATE), RFC 1950 (zlib), RFC 1952 (gzip).
 */
#ifndef RUNG_CODEC_DEFLATE_H
#define RUNG_CODEC_DEFLATE_H

#include "rung/err.h"

#define INFLATE_PIECE ((size_t)64 << 10)

enum inflate_format {
	INFLATE_RAW,     /* DEFLATE without a header */
	INFLATE_ZLIB,    /* with the header and the sum of RFC 1950 */
	INFLATE_GZIP,    /* one or more members of RFC 1952 */
	INFLATE_DEFLATE, /* HTTP's `deflate`: zlib; raw if the header is missing
			  */
	INFLATE_BLOCKS,  /* raw blocks of many messages: a block with BFINAL
			    ends no stream (RFC 7692 7.2.3.4) */
};

enum inflate_result {
	INFLATE_MORE, /* all input was read */
	INFLATE_PART, /* a whole piece was appended, or `out` is full; call
			 again */
	INFLATE_END,  /* all input was read, and the stream is complete */
	INFLATE_BAD,  /* *e; a later call returns INFLATE_BAD again */
};

struct inflater;
struct account;

/* `window_bits`: 8 to 15, for raw data and blocks. `limit`: inflated bytes of
 * the stream, or of one message. `account`: may be NULL; outlives the inflater.
 */
struct inflater *inflater_new(enum inflate_format, int window_bits,
			      uint64_t limit, struct account *account);
void inflater_free(struct inflater *);
/*
 * Inflates up to a piece, appends it to `out` and removes what it read from
 * *in.
 * Errors:  frame: the data is malformed, or other data follows its end; limit:
 *          of the inflater, of `out` or of memory. No byte over the limit is
 *          appended.
 */
enum inflate_result inflater_next(struct inflater *, struct bytes *in,
				  struct buf *out, struct err *e);
/* Checks that the input ended where the stream may end. Input of no byte at all
 * is complete. Result: 0; -1 and *e: the error of inflater_next(), or frame. */
int inflater_finish(struct inflater *, struct err *e);
/* Starts a stream with an empty window. */
void inflater_reset(struct inflater *);
/* Starts the next message of INFLATE_BLOCKS with the window of the messages so
 * far. */
void inflater_next_message(struct inflater *);
/* Frees zlib's memory, and with it the window. For an idle owner whose next
 * call is inflater_reset(). */
void inflater_free_idle(struct inflater *);
/* Return the bytes read and inflated since the stream or message began. */
uint64_t inflater_bytes_in(const struct inflater *);
uint64_t inflater_bytes_out(const struct inflater *);

struct deflater; /* raw DEFLATE */

enum { DEFLATE_LEVEL = 6, DEFLATE_MEMORY = 8 };

/* `window_bits`: 9 to 15; zlib has no raw window of 8. `level`: 0 (stored) to
 * 9. `memory`: 1 to 9, zlib's memLevel. `account` as above. */
struct deflater *deflater_new(int window_bits, int level, int memory,
			      struct account *account);
void deflater_free(struct deflater *);
/*
 * Compresses all of `in` and appends what is complete to `out`; with `flush`
 * everything, up to a byte boundary, with 00 00 FF FF at the end. Without new
 * input since the last flush, nothing is appended.
 * Errors:  limit: of `out` or of memory. `out` is then as before the call, and
 *          the next call starts with an empty window.
 */
int deflater_put(struct deflater *, struct bytes in, bool flush,
		 struct buf *out, struct err *e);
/* Starts with an empty window. */
void deflater_reset(struct deflater *);
/* Frees zlib's memory, and with it the window. */
void deflater_free_idle(struct deflater *);

#endif
