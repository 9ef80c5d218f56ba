/* SPDX-License-Identifier: ISC */
/*
 * The HTTP rung, shared by http_rung.c, http_read.c, which reads messages, and
 * http_send.c, which writes them.
 */
#ifndef RUNG_LADDER_HTTP_OWN_H
#define RUNG_LADDER_HTTP_OWN_H

#include "rung/codec/http.h"
#include "rung/codec/http_chunk.h"
#include "rung/ladder.h"
#include "rung/rio.h"

enum {
	HTTP_KIND_REQUEST,
	HTTP_KIND_RESPONSE,
	HTTP_KIND_INTERIM,
	HTTP_KIND_REFUSAL,
};
extern const struct unit_kind http_kinds[];

/* A request that was sent, or received, and is not answered yet. */
struct http_exchange {
	struct list at;
	bool head;     /* HEAD: the answer has no body */
	bool connect;  /* CONNECT: a stream of bytes follows the answer */
	bool old;      /* server: the request is of HTTP/1.0 */
	bool closes;   /* the connection ends after the answer */
	bool switches; /* server: a stream of bytes follows the answer */
	bool answered; /* server: `answer` is whole */
	bool coded;    /* client: the body of the answer is not decoded */
	bool begun;    /* server: a part of the answer was taken */
	/* Client: the `id` of the request; server: its number, in decimal. */
	struct buf id;
	struct buf answer; /* server: bytes that wait for earlier answers */
};

/* How to send the body of the message whose parts the owner passes down. */
struct http_sending {
	bool more;           /* parts follow */
	bool chunked;        /* each part becomes a chunk */
	bool drops;          /* the answer to a HEAD has no body on the wire */
	struct attrs *attrs; /* attributes of all parts; a reference */
	struct http_exchange *to; /* server: the answered request */
};

/* Client: a body that waits for `100 Continue`. */
struct http_waiting {
	bool waits;
	struct buf body;
};

/* Times of the last exchange; ns monotonic, 0: not yet. */
struct http_times {
	uint64_t begun; /* client: the sending began */
	uint64_t sent;  /* client: the last part was passed down */
	uint64_t first_byte, complete;
};

enum http_reading {
	HTTP_READ_HEAD,
	HTTP_READ_BODY,
	HTTP_READ_CHUNKS,
	HTTP_READ_TO_END,
	HTTP_READ_BYTES,   /* after 101 or CONNECT: not HTTP */
	HTTP_READ_NOTHING, /* the last message was read */
};

/* A message that is being received. */
struct http_incoming {
	struct buf text;     /* head and body, as far as not passed up */
	struct attrs *attrs; /* a reference */
	const struct unit_kind *kind;
	struct http_chunked chunked;
	struct inflater *inflater; /* the body is decoded; or NULL */
	uint64_t left;             /* READ_BODY: bytes that are missing */
	uint64_t size;             /* bytes of the body so far */
	bool passed;               /* a part was passed up */
	bool last;                 /* no message follows on the connection */
	bool streams;              /* parts are passed up as they come */
	bool switches;             /* a stream of bytes follows */
};

struct http_rung {
	struct rung rung;
	struct http_rules rules; /* rules for the current message */
	enum http_reading reading;
	struct rio_in in;  /* received bytes that were not read */
	struct bytes rest; /* the bytes being read */
	size_t seen;       /* see http_head_read() */
	struct http_incoming now;
	struct list exchanges; /* requests without an answer, oldest first */
	unsigned waiting;      /* number of them */
	uint64_t count;        /* requests received or sent */
	struct http_sending sending;
	struct http_waiting held;
	struct http_times times;
	bool upgrading; /* server: an upgrade waits for its answer */
	bool ending;    /* server: nothing more is sent */
};

struct http_rung *http_of(struct rung *);
bool http_is_server(const struct http_rung *);
struct buf http_new_buf(const struct http_rung *);
/* Appends an exchange, or removes it. */
struct http_exchange *http_exchange_new(struct http_rung *, struct bytes id);
void http_exchange_end(struct http_rung *, struct http_exchange *);
/* Returns the oldest exchange; NULL: none. */
struct http_exchange *http_first(const struct http_rung *);
/* Ends the sending of parts. */
void http_sending_end(struct http_rung *);
/* Begins to pass bytes in both directions. */
void http_switch(struct http_rung *);
/* Implement up, resume and leftover of rung_ops. */
void http_up(struct rung *, const struct unit *);
void http_resume(struct rung *);
struct bytes http_leftover(struct rung *);
/* Frees the message that is being received. */
void http_message_end(struct http_rung *);
/* Limit of the bytes that are decoded at once. DEFLATE has at most 1032 bytes
 * for one, so a decoded part has less than 600 KiB. */
#define HTTP_DECODE_MAX ((size_t)512)
/* Begins to decode the body of a response, if its coding is known and the
 * request did not forbid it. */
void http_decode_begin(struct http_rung *, const struct http_head *);
/* Decodes bytes of the body, at most HTTP_DECODE_MAX, and adds them to the
 * message. Errors: http-proto, limit. */
int http_decode(struct http_rung *, struct bytes, struct err *);
/* Checks that the coding of the body is complete. Errors: http-proto. */
int http_decode_end(struct http_rung *, struct err *);
/* Adds an attribute with a decimal value. */
void http_put_number(struct attrs *, const char *name, uint64_t);
/* Adds the fields of a head or a trailer, with lower-case names after `prefix`.
 */
void http_put_headers(struct attrs *, const char *prefix, struct bytes fields);
/* Makes the attributes of a message that is received; the caller owns them. */
struct attrs *http_make_attrs(struct http_rung *, const struct http_head *);
/* Goes on with reading, after an answer was sent. */
void http_read_on(struct http_rung *);
/* Implements rung_ops.down. */
int http_down(struct rung *, const struct unit *, struct err *);
/* Client: sends the body that waits for `100 Continue`. */
void http_continue(struct http_rung *);
/* Server: answers a request that cannot be read, if no answer is due before.
 */
void http_refuse(struct http_rung *, unsigned status, const char *why);

#endif
