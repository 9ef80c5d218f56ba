/* SPDX-License-Identifier: ISC */
/*
 * Reads the chunked coding of HTTP/1.1 bodies, piece by piece.
 *
 * Limits: a line of a chunk's size has at most HTTP_CHUNK_LINE_MAX bytes; the
 *         trailer section has at most HTTP_TRAILER_MAX bytes.
 * Source: RFC 9112 §7.1 (chunked), §2.2 (line ends), §5 (field lines).
 */
#ifndef RUNG_CODEC_HTTP_CHUNK_H
#define RUNG_CODEC_HTTP_CHUNK_H

#include "rung/err.h"

#define HTTP_CHUNK_LINE_MAX ((size_t)4096)
#define HTTP_TRAILER_MAX    ((size_t)64 << 10)

struct http_chunked {
	struct buf trailer; /* field lines as received, with their line ends */
	uint64_t left;      /* size of the chunk, or what is left of it */
	uint64_t offset;    /* bytes read since the body began */
	size_t line;        /* bytes of the size line so far */
	uint8_t state;
	bool lenient;
};

enum http_chunk {
	HTTP_CHUNK_MORE, /* all input was read */
	HTTP_CHUNK_DATA, /* a part of the body */
	HTTP_CHUNK_END,  /* the body is complete; *in has the data after it */
	HTTP_CHUNK_BAD,  /* the first byte of *in breaks a rule */
};

/* `lenient`: accepts a lone LF as a line end, and forbidden bytes in extensions
 * and trailers. */
void http_chunked_init(struct http_chunked *, bool lenient);
void http_chunked_fini(struct http_chunked *);
/*
 * Reads up to the next part of the body, and removes what it read from *in.
 * Lends:   *data, part of *in; set for HTTP_CHUNK_DATA.
 * Errors:  http-proto: the broken rule, its section and the offset in the body;
 *          limit. A later call returns HTTP_CHUNK_BAD again.
 */
enum http_chunk http_chunked_next(struct http_chunked *, struct bytes *in,
				  struct bytes *data, struct err *e);

#endif
