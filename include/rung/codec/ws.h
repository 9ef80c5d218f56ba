/* SPDX-License-Identifier: ISC */
/*
 * WebSocket frames: reading them with the rules of the standard, and printing
 * them with any value, also an illegal one. codec/ws_deflate.h compresses
 * messages.
 *
 * Limits: a reader holds one header and one control frame. Data leaves it in
 *         parts of at most WS_PART bytes.
 * Source: RFC 6455 §4.2.2 (handshake), §5 (frames), §7.4 (close codes), §8.1
 *         (UTF-8); RFC 7692 §6 (RSV1). docs/WEBSOCKET-RULES.md lists the rules.
 */
#ifndef RUNG_CODEC_WS_H
#define RUNG_CODEC_WS_H

#include "rung/err.h"
#include "rung/text.h"

#define WS_PART ((size_t)64 << 10)

enum { WS_HEADER_MAX = 14, WS_CONTROL_MAX = 125, WS_REASON_MAX = 123 };

enum ws_opcode {
	WS_CONTINUATION,
	WS_TEXT,
	WS_BINARY,
	WS_CLOSE = 8,
	WS_PING,
	WS_PONG,
};

/* Bits of ws_header.rsv. */
enum { WS_RSV1 = 4, WS_RSV2 = 2, WS_RSV3 = 1 };

/* The bytes that a length has in a header. */
enum ws_length { WS_LENGTH_SHORTEST, WS_LENGTH_7, WS_LENGTH_16, WS_LENGTH_64 };

struct ws_header {
	uint64_t len;   /* bytes of the payload */
	uint8_t opcode; /* 0 to 15 */
	uint8_t rsv;
	bool fin, masked;
	uint8_t mask[4];
	enum ws_length form;
};

/* Returns true for close, ping, pong and the reserved opcodes from 11 on. */
bool ws_is_control(unsigned opcode);
/* Returns "text", "ping"..., or "reserved"; static. */
const char *ws_opcode_name(unsigned opcode);
/* Prints a header with any values. A length that does not fit in `form` is cut
 * off at its high bits. Result: size of the header. */
size_t ws_header_print(const struct ws_header *, uint8_t out[WS_HEADER_MAX]);
/* Reads a header; checks no rule. Result: size of the header; 0: `in` has less.
 */
size_t ws_header_read(struct ws_header *, struct bytes in);
/* Applies a mask, or removes it. `at`: offset of the bytes in the payload. `to`
 * may be from.at. Source: RFC 6455 §5.3. */
void ws_mask(uint8_t *to, struct bytes from, const uint8_t mask[4],
	     uint64_t at);
/* Appends a header and the payload, masked if the header has a mask. The
 * header's length may differ from the payload's. Result: 0; -1: limit, with
 * nothing appended. */
int ws_frame_put(const struct ws_header *, struct bytes payload,
		 struct buf *out, struct err *e);

/* How a message is sent. */
struct ws_sending {
	uint8_t opcode;
	bool compressed; /* sets RSV1 in the first frame (RFC 7692 §6) */
	size_t fragment; /* bytes of a frame; 0: the message is one frame */
	/* Fills in a fresh mask for each frame (RFC 6455 §5.3). NULL: a server,
	 * which sends no masks. */
	void (*random)(void *context, void *mask, size_t len);
	void *context;
};
/* Appends the frames of a whole message. Result: 0; -1: limit, with nothing
 * appended. Source: RFC 6455 §5.4, §6.1. */
int ws_message_put(const struct ws_sending *, struct bytes payload,
		   struct buf *out, struct err *e);

/* ---- closing ---- */

enum ws_close_code {
	WS_CLOSE_NORMAL = 1000,
	WS_CLOSE_GOING_AWAY = 1001,
	WS_CLOSE_PROTOCOL = 1002,
	WS_CLOSE_NONE = 1005,     /* never sent: the frame has no code */
	WS_CLOSE_ABNORMAL = 1006, /* never sent: no frame came */
	WS_CLOSE_BAD_DATA = 1007,
	WS_CLOSE_TOO_BIG = 1009,
	WS_CLOSE_INTERNAL = 1011,
};

struct ws_close {
	unsigned code;
	struct bytes reason;
};

/* Returns true for a code that a close frame may have: those of RFC 6455 §7.4.1
 * and of IANA's registry up to 1014, and 3000 to 4999. */
bool ws_close_code_is_legal(unsigned code);
/* Returns the meaning of a code, such as "going away"; NULL if it has none;
 * static. */
const char *ws_close_name(unsigned code);
/* Prints the payload of a close frame. A code of WS_CLOSE_NONE without a reason
 * is an empty payload. Errors: usage: an illegal code, a reason that is too
 * long or not UTF-8. */
int ws_close_print(const struct ws_close *, uint8_t out[WS_CONTROL_MAX],
		   size_t *len, struct err *e);
/*
 * Reads the payload of a close frame. The reason is lent from it.
 * Result:  0; -1: a rule is broken, at byte *bad of the payload; *code is the
 *          close code to answer with. *close is filled in as far as possible.
 * Errors:  ws-proto.
 */
int ws_close_read(struct bytes payload, struct ws_close *close, size_t *bad,
		  unsigned *code, struct err *e);

/* ---- opening ---- */

enum { WS_NONCE_SIZE = 16, WS_KEY_SIZE = 25, WS_ACCEPT_SIZE = 29 };

/* Prints Sec-WebSocket-Key (RFC 6455 §4.1) with a NUL. */
void ws_key_print(const uint8_t nonce[WS_NONCE_SIZE], char out[WS_KEY_SIZE]);
/* Returns true for 16 bytes in base64 (RFC 6455 §4.2.1). */
bool ws_key_is_legal(struct bytes key);
/* Prints Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2) with a NUL. Result:
 * 0; -1: libcrypto has no SHA-1 (io). */
int ws_accept_print(struct bytes key, char out[WS_ACCEPT_SIZE], struct err *e);

/* ---- reading ---- */

struct ws_inflater; /* codec/ws_deflate.h */

struct ws_rules {
	bool server;  /* reads the frames of a client */
	bool lenient; /* goes on after a violation, if that is possible */
	uint64_t max; /* bytes of a message, inflated */
	/* Inflates messages with RSV1; lent. NULL: RSV1 is reserved. */
	struct ws_inflater *inflater;
};

struct ws_message {
	uint64_t wire; /* bytes of payload so far, as received */
	uint64_t size; /* bytes so far, inflated */
	uint32_t frames;
	uint8_t opcode;
	bool compressed;
	bool cut; /* a violation cut it short (lenient) */
};

enum ws_event {
	WS_MORE,      /* all input was read */
	WS_FRAME,     /* a header was read: `header` */
	WS_DATA,      /* `out` has a part of the message; remove it, call again
		       */
	WS_MESSAGE,   /* the message is complete: `message` */
	WS_CONTROL,   /* a control frame is complete: `header`, `control` */
	WS_VIOLATION, /* *e; a lenient reader goes on */
	WS_FAILED,    /* *e; a later call returns WS_FAILED again */
	WS_ENDED,     /* a close frame was read; *in is what follows it */
};

struct ws_reader {
	struct ws_rules rules;
	struct ws_header header; /* the last frame */
	struct ws_message message;
	uint64_t at;       /* bytes read */
	uint64_t frames;   /* number of the frame, from 1 */
	uint64_t frame_at; /* offset of the frame */
	uint64_t left;     /* bytes of its payload to come */
	/* After a violation: the offset of the byte that breaks the rule, or
	 * of the frame if that byte is compressed; the code to close with. */
	uint64_t bad_at;
	unsigned close_code;
	struct utf8_check utf8;
	uint8_t head[WS_HEADER_MAX]; /* the header as received */
	uint8_t head_len;
	/* Unmasked payload of a control frame, of header.len bytes; a lenient
	 * reader keeps the first WS_CONTROL_MAX. */
	uint8_t control[WS_CONTROL_MAX], control_len;
	uint8_t state, rule;
	bool in_message, utf8_broken;
};

void ws_reader_init(struct ws_reader *, const struct ws_rules *);
/*
 * Reads up to the next event, and removes what it read from *in. `out` collects
 * the data of a message and must have room; the caller removes a message after
 * WS_MESSAGE, and a part at any time.
 * Errors:  ws-proto: the broken rule, its section and the byte; limit: a
 *          message over `max`, or no memory.
 */
enum ws_event ws_reader_next(struct ws_reader *, struct bytes *in,
			     struct buf *out, struct err *e);

#endif
