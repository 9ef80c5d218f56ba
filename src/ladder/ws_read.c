/* SPDX-License-Identifier: ISC */
/*
 * The WebSocket rung reads frames: messages and control frames. A message that
 * is longer than WS_PART is passed up in parts.
 *
 * Source: RFC 6455 §5.5 (control frames), §7.1 (closing), §7.2 (failing).
 */
#include "ws_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool may_read(const struct ws_rung *w)
{
	return w->rung.state == RUNG_OPEN || w->rung.state == RUNG_CLOSING;
}

void ws_begin(struct ws_rung *w)
{
	const struct ws_rules rules = {.server = ws_is_server(w),
				       .max = w->options->max,
				       .inflater = w->inflater};
	ws_reader_init(&w->reader, &rules);
	/* The span of the first message begins after the handshake. */
	rung_consumed(&w->rung, rung_received(&w->rung));
	w->text.account = rung_account(&w->rung);
}

static void put_size(struct attrs *attrs, const char *name, uint64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, n);
	attrs_put(attrs, name, bytes_str(text));
}

/* The attributes of a message: only what its data does not show. */
static struct attrs *message_attrs(const struct ws_message *m)
{
	if (m->frames < 2 && !m->compressed && !m->cut)
		return NULL;
	struct attrs *attrs = attrs_new();
	if (m->frames > 1)
		put_size(attrs, "frames", m->frames);
	if (m->compressed)
		put_size(attrs, "wire", m->wire);
	if (m->cut)
		attrs_put(attrs, "cut", BYTES("1"));
	return attrs;
}

/* Passes up what was read of the message. */
static void pass_text(struct ws_rung *w, bool more)
{
	const struct ws_message *m = &w->reader.message;
	struct buf text = w->text;
	struct unit u = {
	    .data = buf_bytes(&text),
	    .kind =
		&ws_kinds[m->opcode == WS_TEXT ? WS_KIND_TEXT : WS_KIND_BINARY],
	    .flags = more ? UNIT_MORE : 0};
	u.attrs = more ? NULL : message_attrs(m);
	w->text = ws_new_buf(w);
	w->parts = more;
	w->messages[DIR_UP] += !more;
	rung_consumed(&w->rung, rung_received(&w->rung) - w->rest.len);
	rung_pass_up(&w->rung, &u);
	attrs_unref(u.attrs);
	/* An idle rung keeps no memory. */
	buf_clear(&text);
	if (buf_len(&w->text) || !may_read(w))
		buf_fini(&text);
	else
		w->text = text;
	buf_free_idle(&w->text, 1024);
}

/* ---- control frames ---- */

/* Reports a control frame that was received. */
static void report_control(struct ws_rung *w, enum dir dir, unsigned kind,
			   struct bytes data, struct attrs *attrs)
{
	struct unit u = {.data = data, .kind = &ws_kinds[kind], .attrs = attrs};
	rung_consumed(&w->rung, rung_received(&w->rung) - w->rest.len);
	rung_control(&w->rung, dir, &u);
}

static void take_ping(struct ws_rung *w, struct bytes data)
{
	struct err e;
	report_control(w, DIR_UP, WS_KIND_PING, data, NULL);
	if (w->no_pong || w->close_sent)
		return;
	if (ws_send_control(w, WS_PONG, data, UNIT_ONCE, &e) == 0)
		report_control(w, DIR_DOWN, WS_KIND_PONG, data, NULL);
}

/* Finds the ping that a pong answers. A pong answers earlier pings, too (RFC
 * 6455 §5.5.3). */
static struct ws_ping *find_ping(struct ws_rung *w, struct bytes data)
{
	for (unsigned i = 0; w->pings && i < WS_PINGS_MAX; i++) {
		struct ws_ping *p =
		    &w->pings[(w->next_ping + i) % WS_PINGS_MAX];
		if (p->waits && bytes_equal(bytes_of(p->data, p->len), data))
			return p;
	}
	return NULL;
}

static void take_pong(struct ws_rung *w, struct bytes data)
{
	struct ws_ping *p = find_ping(w, data);
	struct attrs *attrs = NULL;
	char text[32];
	if (p) {
		attrs = attrs_new();
		w->rtt = rung_now(&w->rung) - p->at;
		snprintf(text, sizeof text, "%.3fms", (double)w->rtt / 1e6);
		if (p->id_len)
			attrs_put(attrs, "re", bytes_of(p->id, p->id_len));
		attrs_put(attrs, "rtt", bytes_str(text));
		p->waits = false;
	}
	report_control(w, DIR_UP, WS_KIND_PONG, data, attrs);
	attrs_unref(attrs);
}

static void close_error(const struct ws_close *c, struct err *e)
{
	const char *name = ws_close_name(c->code);
	struct text reason;
	text_init(&reason, BUF_SMALL, false);
	text_escape(&reason, c->reason);
	err_set(e, ERR_WS_CLOSE, 0, "ws: the peer closed with %u%s%s%s%.100s",
		c->code, name ? " " : "", name ? name : "",
		c->reason.len ? ": " : "", buf_cstr(&reason.buf));
	text_fini(&reason);
}

/* Returns true for the codes of an end in order. */
static bool ends_in_order(unsigned code)
{
	return code == WS_CLOSE_NORMAL || code == WS_CLOSE_GOING_AWAY ||
	       code == WS_CLOSE_NONE;
}

static void take_close(struct ws_rung *w, struct bytes data)
{
	struct ws_close c = {.code = WS_CLOSE_NONE};
	struct attrs *attrs = attrs_new();
	struct buf text = ws_new_buf(w);
	size_t bad;
	unsigned code;
	struct err e;
	(void)ws_close_read(data, &c, &bad, &code, &e);
	put_size(attrs, "code", c.code);
	attrs_put(attrs, "reason", c.reason);
	ws_put_close(&c, &text);
	report_control(w, DIR_UP, WS_KIND_CLOSE, buf_bytes(&text), attrs);
	attrs_unref(attrs);
	buf_fini(&text);
	bool first = !w->close_sent;
	/* The answer to a close frame has its code. */
	bool in_order = ends_in_order(c.code) ||
			(!first && c.code == w->sent_code);
	ws_send_close(w, c.code, BYTES_NONE);
	/* RFC 6455 §7.1.1: the server ends the connection first. */
	if (ws_is_server(w))
		ws_send_end(w);
	if (!first && w->rung.state == RUNG_CLOSING) {
		rung_closed(&w->rung);
		return;
	}
	if (!in_order)
		close_error(&c, &e);
	rung_ended(&w->rung, in_order ? NULL : &e);
}

static void take_control(struct ws_rung *w)
{
	struct bytes data = bytes_of(w->reader.control, w->reader.control_len);
	uint8_t copy[WS_CONTROL_MAX];
	if (data.len)
		memcpy(copy, data.at, data.len);
	data.at = copy;
	switch (w->reader.header.opcode) {
	case WS_PING:
		take_ping(w, data);
		break;
	case WS_PONG:
		take_pong(w, data);
		break;
	case WS_CLOSE:
		take_close(w, data);
		break;
	default:
		break;
	}
}

/* ---- violations ---- */

/* Reports the header of the frame that broke a rule, and its meaning. */
static void report_violation(struct ws_rung *w, const struct err *why)
{
	const struct ws_reader *r = &w->reader;
	const struct ws_header *h = &r->header;
	struct buf text = ws_new_buf(w);
	struct attrs *attrs = attrs_new();
	for (size_t i = 0; i < r->head_len; i++)
		buf_printf(&text, "%02x ", r->head[i]);
	buf_printf(&text,
		   "fin %d, rsv %d%d%d, opcode %u (%s), mask %d, length "
		   "%" PRIu64 ": %s",
		   h->fin, h->rsv >> 2 & 1, h->rsv >> 1 & 1, h->rsv & 1,
		   h->opcode, ws_opcode_name(h->opcode), h->masked, h->len,
		   why->text);
	put_size(attrs, "frame", r->frames);
	put_size(attrs, "offset", r->bad_at);
	put_size(attrs, "code", r->close_code);
	report_control(w, DIR_UP, WS_KIND_VIOLATION, buf_bytes(&text), attrs);
	attrs_unref(attrs);
	buf_fini(&text);
}

/* Fails the connection. RFC 6455 §7.1.7. */
static void fail_reading(struct ws_rung *w, const struct err *why)
{
	struct bytes rest = w->rest;
	struct buf kept = w->text;
	struct err e;
	err_set(&e, why->kind, why->code, "ws: %.150s, at offset %" PRIu64,
		why->text, w->reader.bad_at);
	ws_send_close(w, w->reader.close_code,
		      bytes_head(bytes_str(why->text), WS_REASON_MAX));
	ws_send_end(w);
	w->text = ws_new_buf(w);
	w->rest = BYTES_NONE;
	if (buf_len(&kept) && buf_put(&kept, rest) == 0)
		rest = buf_bytes(&kept);
	rung_fail(&w->rung, rest, &e);
	buf_fini(&kept);
}

/* ---- the loop ---- */

/* Reads the next frame or part. Result: false: more bytes are needed. */
static bool read_frame(struct ws_rung *w)
{
	struct bytes strict = BYTES("on");
	struct err e;
	(void)rung_fact(&w->rung, "strict", &strict);
	w->reader.rules.lenient = bytes_is(strict, "off");
	switch (ws_reader_next(&w->reader, &w->rest, &w->text, &e)) {
	case WS_MORE:
		if (buf_len(&w->text) >= WS_PART)
			pass_text(w, true);
		return false;
	case WS_FRAME:
		return true;
	case WS_DATA:
		if (buf_len(&w->text) >= WS_PART)
			pass_text(w, true);
		return true;
	case WS_MESSAGE:
		pass_text(w, false);
		return true;
	case WS_CONTROL:
		take_control(w);
		return true;
	case WS_VIOLATION:
		report_violation(w, &e);
		return true;
	case WS_FAILED:
		report_violation(w, &e);
		fail_reading(w, &e);
		return true;
	case WS_ENDED:
		break;
	}
	return false;
}

/* Reads until more may not be passed up, or more bytes are needed. The input is
 * detached meanwhile. */
static void read_frames(struct ws_rung *w, struct bytes unit)
{
	struct rio_in in = w->in;
	struct bytes kept = rio_peek(&in);
	rio_in_init(&w->in, in.buf.limit);
	w->in.buf.account = in.buf.account;
	w->rest = kept.len ? kept : unit;
	while (may_read(w) && rung_may_pass_up(&w->rung) && read_frame(w))
		;
	struct bytes rest = w->rest;
	w->rest = BYTES_NONE;
	rio_in_fini(&w->in);
	w->in = in;
	if (kept.len)
		rio_skip(&w->in, kept.len - rest.len);
	else if (rest.len && may_read(w))
		(void)rio_feed(&w->in, rest);
	if (!may_read(w))
		rio_in_fini(&w->in);
	buf_free_idle(&w->in.buf, 0);
}

/* Handles an end of the stream without a close frame. */
static void end_early(struct ws_rung *w)
{
	struct err e;
	if (!may_read(w))
		return;
	/* After our close frame the peer may just end the connection. */
	if (w->close_sent) {
		rung_closed(&w->rung);
		rung_ended(&w->rung, NULL);
		return;
	}
	err_set(&e, ERR_WS_CLOSE, 0,
		"ws: the stream ended without a close frame (1006, RFC 6455 "
		"7.1.5)");
	rung_ended(&w->rung, &e);
}

void ws_up(struct rung *r, const struct unit *u)
{
	struct ws_rung *w = ws_of(r);
	struct unit end = {.flags = UNIT_END};
	if (u->kind && r->state == RUNG_STARTING) {
		ws_handshake(w, u);
		return;
	}
	w->in.buf.account = rung_account(r);
	if (rio_peek(&w->in).len && u->data.len)
		(void)rio_feed(&w->in, u->data);
	if (may_read(w) && u->data.len)
		read_frames(w, u->data);
	if (!(u->flags & UNIT_END))
		return;
	/* The answer that refuses a request ends the connection. */
	if (r->state == RUNG_STARTING && w->refusal)
		ws_fail(w, ERR_WS_PROTO, w->refusal);
	else if (r->state == RUNG_STARTING)
		ws_fail(w, ERR_CLOSED,
			"the stream ended before the handshake was done");
	end_early(w);
	rung_pass_up(r, &end);
}

void ws_resume(struct rung *r)
{
	struct ws_rung *w = ws_of(r);
	if (may_read(w))
		read_frames(w, BYTES_NONE);
}

struct bytes ws_leftover(struct rung *r)
{
	struct ws_rung *w = ws_of(r);
	struct bytes rest = w->rest.len ? w->rest : rio_peek(&w->in);
	if (!buf_len(&w->text))
		return rest;
	(void)buf_put(&w->text, rest);
	return buf_bytes(&w->text);
}
