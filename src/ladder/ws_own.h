/* SPDX-License-Identifier: ISC */
/*
 * The WebSocket rung, shared by ws_rung.c, ws_open.c (options and the opening
 * handshake), ws_read.c and ws_send.c.
 */
#ifndef RUNG_LADDER_WS_OWN_H
#define RUNG_LADDER_WS_OWN_H

#include "rung/codec/ws.h"
#include "rung/codec/ws_deflate.h"
#include "rung/plan.h"
#include "rung/rio.h"

enum {
	WS_KIND_TEXT,
	WS_KIND_BINARY,
	WS_KIND_PING,
	WS_KIND_PONG,
	WS_KIND_CLOSE,
	WS_KIND_VIOLATION,
	WS_KIND_FRAME,
	WS_KIND_AUTOPONG,
};
extern const struct unit_kind ws_kinds[];
extern const struct param ws_params[];

/* The arguments of a spec, read; `context` of the spec. */
struct ws_options {
	struct bytes path;   /* client: target of the request; server: the path
				to serve, empty: every one */
	struct bytes origin; /* empty: none */
	struct bytes protocols;    /* list, the best first; empty: none */
	const struct arg *headers; /* fields of the request */
	struct ws_deflate deflate;
	bool deflates;   /* offers, or accepts, permessage-deflate */
	bool bad_accept; /* server: sends a wrong Sec-WebSocket-Accept */
	uint64_t max;    /* bytes of a received message */
};

/* A ping that was sent, and waits for its pong. */
struct ws_ping {
	bool waits;
	uint64_t at; /* ns monotonic */
	uint8_t len, data[WS_CONTROL_MAX];
	uint8_t id_len;
	char id[24]; /* attribute `id` of the ping */
};
enum { WS_PINGS_MAX = 8 };

struct ws_rung {
	struct rung rung;
	const struct ws_options *options; /* lent by the plan */
	struct rio_in in;  /* received bytes that were not read */
	struct bytes rest; /* the bytes being read */
	struct buf text;   /* data of a message, not passed up yet */
	struct ws_reader reader;
	struct ws_deflate agreed;
	bool deflates; /* permessage-deflate was agreed */
	struct ws_inflater *inflater;
	struct ws_deflater *deflater;
	/* A ring of WS_PINGS_MAX, allocated with the first ping; the oldest is
	 * replaced. Owned. */
	struct ws_ping *pings;
	uint8_t next_ping;
	uint64_t rtt;              /* round-trip time in ns; 0: unknown */
	struct buf path, protocol; /* facts */
	uint64_t messages[2];
	char key[WS_KEY_SIZE]; /* client: Sec-WebSocket-Key */
	unsigned sent_code;    /* code of the close frame that was sent */
	bool close_sent;       /* a close frame was sent */
	bool parts;            /* parts of the message were passed up */
	bool refused;          /* client: the answer is not 101 */
	const char *refusal;   /* server: the broken rule, while it is
				  answered; else NULL */
	bool no_pong;          /* pings are not answered */
	bool end_sent;         /* the stream below was ended */
	struct {
		bool more; /* fragments of a message follow */
		bool text; /* the message is text */
		struct utf8_check utf8;
	} sending;
};

struct ws_rung *ws_of(struct rung *);
bool ws_is_server(const struct ws_rung *);
struct buf ws_new_buf(const struct ws_rung *);

/* ws_open.c: prepare() and discard(); the handshake. */
int ws_prepare(struct rung_spec *, struct err *);
void ws_discard(struct rung_spec *);
void ws_start(struct rung *);
/* Takes a unit of the rung below before this one is open. */
void ws_handshake(struct ws_rung *, const struct unit *);
/* Fails the handshake. */
void ws_fail(struct ws_rung *, enum err_class kind, const char *why);

/* ws_read.c: implement up, resume and leftover of rung_ops. */
void ws_up(struct rung *, const struct unit *);
void ws_resume(struct rung *);
struct bytes ws_leftover(struct rung *);
/* Begins to read frames. */
void ws_begin(struct ws_rung *);

/* ws_send.c: implement down and close of rung_ops. */
int ws_down(struct rung *, const struct unit *, struct err *);
void ws_close(struct rung *, const struct close_request *);
/* Sends a control frame. `flags`: of its unit. Result: 0, or -1 and *e. */
int ws_send_control(struct ws_rung *, unsigned opcode, struct bytes data,
		    unsigned flags, struct err *e);
/* Appends the data of a unit ws.close: `1001 going home`; nothing without a
 * code. */
void ws_put_close(const struct ws_close *, struct buf *out);
/* Sends a close frame, unless one was sent. */
void ws_send_close(struct ws_rung *, unsigned code, struct bytes reason);
/* Ends the stream below. */
void ws_send_end(struct ws_rung *);

#endif
