/* SPDX-License-Identifier: ISC */
/*
 * permessage-deflate: its negotiation in Sec-WebSocket-Extensions, and the
 * compression of messages. codec/ws.h reads and prints the frames.
 *
 * Source: RFC 7692 §7; RFC 6455 §9.1 (the field's grammar).
 */
#ifndef RUNG_CODEC_WS_DEFLATE_H
#define RUNG_CODEC_WS_DEFLATE_H

#include "rung/codec/deflate.h"

/* zlib has no raw window of 8 bits: a sender with that window sends its
 * messages uncompressed, which is always allowed. */
enum { WS_WINDOW_MIN = 8, WS_WINDOW_DEFLATE = 9, WS_WINDOW_MAX = 15 };

/* ---- negotiation ---- */

/* The parameters of an offer or an answer. A zeroed one has none. */
struct ws_deflate {
	bool server_no_context_takeover, client_no_context_takeover;
	uint8_t server_max_window_bits;  /* 0: absent */
	uint8_t client_max_window_bits;  /* 0: absent, or without a value */
	bool client_max_window_bits_any; /* offered without a value */
};

/* Reads the parameters of an offer without the extension's name, such as
 * "client_no_context_takeover; server_max_window_bits=10"; may be empty.
 * Errors: usage. */
int ws_deflate_read(struct bytes text, struct ws_deflate *, struct err *e);
/* Appends the extension with its parameters. Result: that of buf_puts(). */
int ws_deflate_print(const struct ws_deflate *, struct buf *out);

enum ws_agreement {
	WS_DECLINED, /* the extension is not used */
	WS_AGREED,
	WS_INVALID, /* *e: the connection must fail */
};

/*
 * Answers a client as its server: accepts the first offer that is valid and
 * that `ours` permits. `fields`: the values of the header fields, joined by
 * commas. `ours`: limits of the windows, and parameters to demand of the
 * client.
 * Result:  WS_AGREED and *agreed, which ws_deflate_print() prints as the
 *          answer. *e: the reason for a declined offer, or ERR_NONE.
 * Errors:  ws-proto: the field breaks the grammar.
 */
enum ws_agreement ws_deflate_accept(struct bytes fields,
				    const struct ws_deflate *ours,
				    struct ws_deflate *agreed, struct err *e);
/*
 * Checks the server's answer as the client that made an offer. `offer`: NULL if
 * the client offered no extension.
 * Result:  WS_AGREED and *agreed, with what the offer alone limits.
 * Errors:  ws-proto: the answer has an extension or a parameter that was not
 *          offered or is not allowed.
 */
enum ws_agreement ws_deflate_confirm(struct bytes fields,
				     const struct ws_deflate *offer,
				     struct ws_deflate *agreed, struct err *e);
/* Return the window of one side's messages, and if its messages may refer to
 * earlier ones. */
int ws_deflate_window(const struct ws_deflate *agreed, bool server);
bool ws_deflate_takes_over(const struct ws_deflate *agreed, bool server);

/* ---- messages ---- */

struct ws_inflater;
struct account;

/* Makes an inflater of the messages that the side `server` compresses. `limit`:
 * inflated bytes of a message. */
struct ws_inflater *ws_inflater_new(const struct ws_deflate *agreed,
				    bool server, uint64_t limit,
				    struct account *account);
void ws_inflater_free(struct ws_inflater *);
/*
 * Inflates up to INFLATE_PIECE bytes, appends them to `out` and removes what it
 * read from *in. `last`: the message ends with *in.
 * Result:  INFLATE_MORE; INFLATE_PART: call again; INFLATE_END: the message is
 *          complete; INFLATE_BAD: *e, and the message must be skipped.
 * Errors:  ws-proto: malformed data; limit.
 */
enum inflate_result ws_inflater_next(struct ws_inflater *, struct bytes *in,
				     bool last, struct buf *out, struct err *e);
/* Leaves the message, with an empty window for the next one. */
void ws_inflater_skip(struct ws_inflater *);
/* Frees memory between messages, if the next message needs no window. */
void ws_inflater_free_idle(struct ws_inflater *);

struct ws_deflater;

/* Makes a compressor of the messages of the side `server`. `level`, `memory` as
 * in deflater_new(). Result: NULL: the window has 8 bits, so messages are sent
 * uncompressed. */
struct ws_deflater *ws_deflater_new(const struct ws_deflate *agreed,
				    bool server, int level, int memory,
				    struct account *account);
void ws_deflater_free(struct ws_deflater *);
/* Compresses a part of a message and appends what is complete to `out`; with
 * `last` all of it. Errors: limit; `out` is then as before the call, and the
 * message is lost. */
int ws_deflater_put(struct ws_deflater *, struct bytes in, bool last,
		    struct buf *out, struct err *e);
/* Leaves the message, or the last one if it was not sent, with an empty window
 * for the next one. */
void ws_deflater_skip(struct ws_deflater *);
/* Frees memory between messages, if the next message needs no window. */
void ws_deflater_free_idle(struct ws_deflater *);

#endif
