/* SPDX-License-Identifier: ISC */
/*
 * The head of an HTTP/1 message: start line and fields; and what the head says
 * about the body. http_chunk.h reads the chunked coding of a body.
 *
 * Source: RFC 9112 §2.2 (line ends), §3 (request line), §4 (status line),
 *         §5 (fields), §6 (body); RFC 9110 §5.5, §5.6.2 (values, tokens).
 */
#ifndef RUNG_CODEC_HTTP_H
#define RUNG_CODEC_HTTP_H

#include "rung/err.h"

/* Limit of a head, with the empty lines before it. */
#define HTTP_HEAD_MAX ((size_t)256 << 10)

/* How to read messages. */
struct http_rules {
	bool responses; /* false: requests */
	/* Accepts a lone LF as a line end, folded fields, blanks before the
	 * colon; prefers Transfer-Encoding to Content-Length. */
	bool lenient;
};

/* A head; the parts are lent from the bytes that were read. */
struct http_head {
	struct bytes method, target; /* empty in a response */
	struct bytes reason;         /* empty in a request */
	struct bytes fields; /* field lines with their line ends; the empty line
				is not part of it */
	unsigned status;     /* 0: a request */
	unsigned minor;      /* version is HTTP/1.minor */
	size_t begin;        /* offset of the start line */
	size_t fields_at;    /* offset of the fields */
	size_t len;          /* offset of the body */
};

/* A field line. The value has no blanks around it. */
struct http_field {
	struct bytes name, value;
};

enum http_read {
	HTTP_MORE, /* no whole head yet */
	HTTP_OK,
	HTTP_BAD, /* *wrong and *e */
};

/*
 * Reads a head from the beginning of `in`. Each line is checked once it is
 * there, so that an error is found before the head is whole.
 * `seen`:  0 for the first call; else what the last call set, for the same
 *          bytes with more after them.
 * Errors:  http-proto: the broken rule with its section, and *wrong, the offset
 *          of the byte; limit: longer than HTTP_HEAD_MAX.
 */
enum http_read http_head_read(const struct http_rules *, struct bytes in,
			      size_t *seen, struct http_head *, size_t *wrong,
			      struct err *e);
/* Removes the next field line from *fields. Skips lines that are not valid.
 * Result: false: there is none. */
bool http_field_next(struct bytes *fields, struct http_field *);
/* Finds the value of the first field of that name, in any case. Result: false:
 * none, and *value is unchanged. */
bool http_field_get(struct bytes fields, const char *name, struct bytes *value);
/* Returns true if the token, in any case, is in a comma-separated list;
 * parameters after a semicolon do not count. */
bool http_list_has(struct bytes list, const char *token);
/* Returns true if the token, in any case, is in the list of a field:
 * `Connection: keep-alive, Upgrade`. RFC 9110 §5.6.1. */
bool http_field_has(struct bytes fields, const char *name, const char *token);
/* Returns true if the connection stays open after the message. RFC 9112 §9.3.
 */
bool http_keeps_alive(const struct http_head *);

enum http_framing {
	HTTP_NO_BODY,
	HTTP_LENGTH,  /* a body of `length` bytes, more than 0 */
	HTTP_CHUNKED, /* http_chunk.h */
	HTTP_TO_END,  /* up to the end of the connection */
};

struct http_body {
	enum http_framing framing;
	uint64_t length;
};

/*
 * Finds how the body of a message is delimited. RFC 9112 §6.3.
 * `method`: of the request that a response answers; empty: not known.
 * Result:  0; -1, *wrong (offset in the bytes that the head was read from) and
 *          *e, http-proto: both Content-Length and Transfer-Encoding, more than
 *          one Content-Length, a bad value, an unknown coding.
 */
int http_body_find(const struct http_rules *, const struct http_head *,
		   struct bytes method, struct http_body *, size_t *wrong,
		   struct err *e);
/* Checks the Host fields of a request. RFC 9112 §3.2. Result: as for
 * http_body_find(). */
int http_host_check(const struct http_head *, size_t *wrong, struct err *e);

/* Returns true if the bytes are a token. RFC 9110 §5.6.2. */
bool http_is_token(struct bytes);
/* Checks a field that rung is to send: the name is a token, and the value has
 * no line end and no other control byte. Result: 0, or -1 and *e (usage). */
int http_field_check(struct bytes name, struct bytes value, struct err *e);

#endif
