/* SPDX-License-Identifier: ISC */
/*
 * The WebSocket rung: text and binary messages, on the stream of bytes that the
 * HTTP rung offers after the answer 101. ws_open.c has the options and the
 * opening handshake, ws_read.c and ws_send.c the frames.
 */
#include "ws_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Number of bytes of a payload that `show #N @ws` prints. */
enum { PAYLOAD_SHOWN = 64 };

const struct unit_kind ws_kinds[] = {
    [WS_KIND_TEXT] = {.rung = "ws",
		      .name = "text",
		      .brief = "a text message",
		      .flags = KIND_TEXT,
		      .code = WS_TEXT},
    [WS_KIND_BINARY] = {.rung = "ws",
			.name = "binary",
			.brief = "a binary message",
			.code = WS_BINARY},
    [WS_KIND_PING] = {.rung = "ws",
		      .name = "ping",
		      .brief = "a ping",
		      .flags = KIND_CONTROL,
		      .code = WS_PING},
    [WS_KIND_PONG] = {.rung = "ws",
		      .name = "pong",
		      .brief = "the answer to a ping",
		      .flags = KIND_CONTROL,
		      .code = WS_PONG},
    [WS_KIND_CLOSE] = {.rung = "ws",
		       .name = "close",
		       .brief = "a close frame, with a code and a reason",
		       .flags = KIND_CONTROL,
		       .code = WS_CLOSE},
    [WS_KIND_VIOLATION] = {.rung = "ws",
			   .name = "violation",
			   .brief = "the frame of the peer that broke a rule",
			   .flags = KIND_CONTROL},
    [WS_KIND_FRAME] = {.rung = "ws",
		       .name = "frame",
		       .brief = "a frame with any header",
		       .flags = KIND_SENT},
    [WS_KIND_AUTOPONG] = {.rung = "ws",
			  .name = "autopong",
			  .brief = "on or off: pings are answered",
			  .flags = KIND_CONTROL | KIND_SENT},
    {.name = NULL},
};

struct ws_rung *ws_of(struct rung *r)
{
	return list_entry(r, struct ws_rung, rung);
}

static const struct ws_rung *ws_of_const(const struct rung *r)
{
	return list_entry(r, const struct ws_rung, rung);
}

bool ws_is_server(const struct ws_rung *w)
{
	return w->rung.side == SIDE_SERVER;
}

struct buf ws_new_buf(const struct ws_rung *w)
{
	return (struct buf){.limit = SIZE_MAX / 8,
			    .account = rung_account(&w->rung)};
}

static void put_count(struct attrs *facts, const char *name, uint64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	attrs_put(facts, name, bytes_str(text));
}

static void info(const struct rung *r, struct attrs *facts)
{
	const struct ws_rung *w = ws_of_const(r);
	struct buf text = {.limit = BUF_SMALL};
	attrs_put(facts, "path", buf_bytes(&w->path));
	if (buf_len(&w->protocol))
		attrs_put(facts, "subprotocol", buf_bytes(&w->protocol));
	if (w->inflater)
		(void)ws_deflate_print(&w->agreed, &text);
	attrs_put(facts, "deflate",
		  w->inflater ? buf_bytes(&text) : BYTES("off"));
	put_count(facts, "messages-in", w->messages[DIR_UP]);
	put_count(facts, "messages-out", w->messages[DIR_DOWN]);
	buf_clear(&text);
	if (w->rtt)
		buf_printf(&text, "%.3fms", (double)w->rtt / 1e6);
	if (w->rtt)
		attrs_put(facts, "ping", buf_bytes(&text));
	buf_fini(&text);
}

static struct rung *make(const struct rung_spec *spec, struct err *e)
{
	struct ws_rung *w = xalloc(sizeof *w);
	(void)e;
	w->options = spec->context;
	rio_in_init(&w->in, SIZE_MAX / 8);
	buf_init(&w->text, SIZE_MAX / 8);
	buf_init(&w->path, SIZE_MAX / 8);
	buf_init(&w->protocol, BUF_SMALL);
	return &w->rung;
}

static void free_ws(struct rung *r)
{
	struct ws_rung *w = ws_of(r);
	ws_inflater_free(w->inflater);
	ws_deflater_free(w->deflater);
	rio_in_fini(&w->in);
	buf_fini(&w->text);
	buf_fini(&w->path);
	buf_fini(&w->protocol);
	free(w->pings);
	free(w);
}

static const char *const ws_facts[] = {"path",        "subprotocol",  "deflate",
				       "messages-in", "messages-out", "ping",
				       NULL};

/* Appends the first bytes of a payload. */
static void put_payload(struct bytes data, const struct ws_header *h,
			struct buf *out)
{
	uint8_t shown[PAYLOAD_SHOWN];
	struct bytes head = bytes_head(data, sizeof shown);
	struct text text;
	if (h->masked)
		ws_mask(shown, head, h->mask, 0);
	else if (head.len)
		memcpy(shown, head.at, head.len);
	text_init(&text, BUF_SMALL, false);
	text_escape(&text, bytes_of(shown, head.len));
	buf_printf(out, "  payload %s%s%s\n",
		   h->rsv & WS_RSV1 ? "(compressed) " : "", buf_cstr(&text.buf),
		   h->len > head.len ? "..." : "");
	text_fini(&text);
}

static void explain(struct bytes wire, struct buf *out)
{
	struct ws_header h;
	size_t size;
	while ((size = ws_header_read(&h, wire)) != 0) {
		struct bytes rest = bytes_skip(wire, size);
		buf_printf(out, "frame  fin %d  rsv %d%d%d  opcode %u (%s)  ",
			   h.fin, h.rsv >> 2 & 1, h.rsv >> 1 & 1, h.rsv & 1,
			   h.opcode, ws_opcode_name(h.opcode));
		if (h.masked)
			buf_printf(out, "mask %02x%02x%02x%02x  ", h.mask[0],
				   h.mask[1], h.mask[2], h.mask[3]);
		else
			buf_puts(out, "no mask  ");
		buf_printf(out, "length %llu\n", (unsigned long long)h.len);
		put_payload(bytes_head(rest, h.len < SIZE_MAX ? (size_t)h.len
							      : SIZE_MAX),
			    &h, out);
		if (h.len > rest.len)
			break;
		wire = bytes_skip(rest, (size_t)h.len);
	}
}

const struct rung_ops ws_rung = {
    .name = "ws",
    .brief = "WebSocket messages",
    .on = "http",
    .below = SHAPE_MESSAGES,
    .above = SHAPE_MESSAGES,
    .no_half_close = true,
    .params = ws_params,
    .kinds = ws_kinds,
    .prepare = ws_prepare,
    .discard = ws_discard,
    .make = make,
    .start = ws_start,
    .up = ws_up,
    .resume = ws_resume,
    .down = ws_down,
    .close = ws_close,
    .info = info,
    .explain = explain,
    .facts = ws_facts,
    .leftover = ws_leftover,
    .free = free_ws,
};
