/* SPDX-License-Identifier: ISC */
/*
 * An end of a WebSocket: a ladder with the http and the ws rung, on arrays
 * instead of a link. The test is the peer. For unit tests and fuzz targets.
 */
#ifndef TESTS_LIB_WS_ENDS_H
#define TESTS_LIB_WS_ENDS_H

#include "tests/lib/rungs.h"

extern const struct rung_ops http_rung, ws_rung;

/*
 * m.notes gets a line for each change, each unit that leaves at the top and
 * each control unit, in their order:
 *
 *     opened ws
 *     ws.text hello frames=2      + after the kind: parts follow
 *     raw abc                     data of more than NOTE_MAX bytes: its size
 *     end
 *     < ws.ping data              > one that was sent
 */
struct ws_end {
	struct mock m;
	enum side side;
	struct buf sent; /* see ws_end_sent() */
};
enum { NOTE_MAX = 200 };

/* The first byte of a frame, as in RFC 6455 §5.2. */
enum {
	END_FIN = 0x80,
	END_TEXT = 0x81,
	END_BINARY = 0x82,
	END_CLOSE = 0x88,
	END_PING = 0x89,
	END_PONG = 0x8A,
};

/* Request of a client, with the key of RFC 6455 §1.3; the client's own fields
 * and an empty line follow. */
#define WS_REQUEST                                        \
	"GET /chat?x=1 HTTP/1.1\r\nHost: h\r\n"           \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
	"Sec-WebSocket-Version: 13\r\n"
/* The answer to it. */
#define WS_ANSWER                                       \
	"HTTP/1.1 101 Switching Protocols\r\n"          \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
/* The key of a client on a new mock, and its accept value. */
#define WS_MOCK_KEY "AQIDBAUGBwgJCgsMDQ4PEA=="

/* Makes an end and starts it. `options`: pairs of an option of the ws rung and
 * its value, ended by NULL; NULL: none. Result: 0, or -1 and *e. */
int ws_end_init(struct ws_end *, enum side, const char *const *options,
		struct err *e);
void ws_end_fini(struct ws_end *);
/* Passes up the peer's part of the handshake, with these fields, and clears
 * m.notes and m.down. */
void ws_end_open(struct ws_end *, const char *fields);
/* Appends the answer 101 to the request of this client. */
void ws_end_answer(const struct ws_end *, const char *fields, struct buf *out);
/* Appends a frame of the peer; `first`: the first byte. */
void ws_end_frame(const struct ws_end *, unsigned first, struct bytes data,
		  struct buf *out);
/* Passes up a frame of the peer. */
void ws_end_come(struct ws_end *, unsigned first, struct bytes data);
/* Passes down a unit. `kind`: of the ws rung; NULL: plain data. `attrs`: pairs
 * of a name and a value, ended by NULL; NULL: none. Result: that of
 * ladder_down(). */
int ws_end_send(struct ws_end *, const char *kind, const char *const *attrs,
		struct bytes data, unsigned flags, struct err *e);
/* Removes the sent frames, and prints each as a line: the first byte in hex,
 * the letter m for a mask, and the data; a line `.` for an end. Lends the text
 * up to the next call. */
const char *ws_end_sent(struct ws_end *);
/* Removes the next sent frame from m.down, without its mask. Result: false:
 * there is none. */
bool ws_end_take(struct ws_end *, unsigned *first, struct buf *data);

#endif
