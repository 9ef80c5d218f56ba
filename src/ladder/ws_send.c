/* SPDX-License-Identifier: ISC */
/*
 * The WebSocket rung writes frames: messages, control frames, and frames with
 * any header.
 *
 * Source: RFC 6455 §5.4 (fragments), §5.5 (control frames), §6.1 (sending),
 *         §7.1.2 (starting to close).
 */
#include "ws_own.h"

#include <stdio.h>
#include <string.h>

static void fill_mask(void *context, void *mask, size_t len)
{
	struct ws_rung *w = context;
	rung_random(&w->rung, mask, len);
}

static int pass(struct ws_rung *w, struct buf *out, unsigned flags,
		struct err *e)
{
	struct unit u = {.data = buf_bytes(out), .flags = flags & UNIT_ONCE};
	int status = rung_pass_down(&w->rung, &u, e);
	buf_fini(out);
	return status;
}

/* Makes a header; a client's has a mask. */
static struct ws_header header_of(struct ws_rung *w, unsigned opcode, bool fin,
				  size_t len)
{
	struct ws_header h = {.len = len,
			      .opcode = (uint8_t)opcode,
			      .fin = fin,
			      .masked = !ws_is_server(w)};
	if (h.masked)
		rung_random(&w->rung, h.mask, sizeof h.mask);
	return h;
}

static int send_frame(struct ws_rung *w, const struct ws_header *h,
		      struct bytes data, unsigned flags, struct err *e)
{
	struct buf out = ws_new_buf(w);
	if (ws_frame_put(h, data, &out, e)) {
		buf_fini(&out);
		return -1;
	}
	return pass(w, &out, flags, e);
}

int ws_send_control(struct ws_rung *w, unsigned opcode, struct bytes data,
		    unsigned flags, struct err *e)
{
	if (data.len > WS_CONTROL_MAX)
		return err_usage(e,
				 "a control frame has at most %d bytes (RFC "
				 "6455 5.5)",
				 WS_CONTROL_MAX);
	struct ws_header h = header_of(w, opcode, true, data.len);
	return send_frame(w, &h, data, flags, e);
}

/* ---- messages ---- */

/* Returns the number in an attribute; `otherwise` if there is none. */
static uint64_t number_of(const struct unit *u, const char *name,
			  uint64_t otherwise)
{
	struct bytes text;
	uint64_t n = 0;
	if (!attrs_get(u->attrs, name, &text))
		return otherwise;
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] >= '0' && text.at[i] <= '9')
			n = n * 10 + (unsigned)(text.at[i] - '0');
	return n;
}

static bool is_text_unit(const struct unit *u)
{
	if (!u->kind)
		return !(u->flags & UNIT_BINARY);
	return u->kind->flags & KIND_TEXT;
}

/* Checks a part of a text message. `check`: the state before the part, and
 * after it. */
static int check_text(const struct unit *u, struct utf8_check *check,
		      struct err *e)
{
	size_t bad = utf8_check_next(check, u->data);
	bool cut = !(u->flags & UNIT_MORE) && check->left;
	if (bad == BYTES_NOT_FOUND && !cut)
		return 0;
	return err_usage(e,
			 "text is not UTF-8, at byte %zu; send it as binary "
			 "('send -b'), or a bad frame by 'ws frame'",
			 bad == BYTES_NOT_FOUND ? u->data.len : bad);
}

/* Sends a part of a message as a fragment. */
static int send_fragment(struct ws_rung *w, const struct unit *u, bool text,
			 struct err *e)
{
	bool more = u->flags & UNIT_MORE;
	unsigned opcode = w->sending.more ? WS_CONTINUATION
			  : text          ? WS_TEXT
					  : WS_BINARY;
	struct ws_header h = header_of(w, opcode, !more, u->data.len);
	if (send_frame(w, &h, u->data, u->flags, e))
		return -1;
	w->sending.more = more;
	w->sending.text = text;
	w->messages[DIR_DOWN] += !more;
	return 0;
}

static int send_whole(struct ws_rung *w, const struct unit *u, bool text,
		      struct err *e)
{
	struct ws_sending how = {
	    .opcode = text ? WS_TEXT : WS_BINARY,
	    .compressed = w->deflater != NULL,
	    .fragment = (size_t)number_of(u, "fragment", 0),
	    .random = ws_is_server(w) ? NULL : fill_mask,
	    .context = w,
	};
	struct buf out = ws_new_buf(w), packed = ws_new_buf(w);
	struct bytes data = u->data;
	int status = 0;
	if (w->deflater) {
		status = ws_deflater_put(w->deflater, data, true, &packed, e);
		data = buf_bytes(&packed);
	}
	/* Compressing the data again would need the window before it. */
	unsigned flags = u->flags | (w->deflater ? UNIT_ONCE : 0);
	status = status || ws_message_put(&how, data, &out, e) ||
		 pass(w, &out, flags, e);
	buf_fini(&out);
	buf_fini(&packed);
	/* The peer's window does not have a message that was not sent. */
	if (w->deflater && status)
		ws_deflater_skip(w->deflater);
	if (w->deflater)
		ws_deflater_free_idle(w->deflater);
	if (status)
		return -1;
	w->messages[DIR_DOWN]++;
	return 0;
}

static int send_message(struct ws_rung *w, const struct unit *u, struct err *e)
{
	bool text = w->sending.more ? w->sending.text : is_text_unit(u);
	struct utf8_check check = w->sending.more ? w->sending.utf8
						  : (struct utf8_check){0};
	if (text && check_text(u, &check, e))
		return -1;
	if (!w->sending.more && !(u->flags & UNIT_MORE))
		return send_whole(w, u, text, e);
	if (send_fragment(w, u, text, e))
		return -1;
	/* A part that is refused is offered again. */
	w->sending.utf8 = check;
	return 0;
}

/* ---- control units of the owner ---- */

static void note_ping(struct ws_rung *w, const struct unit *u)
{
	struct bytes id = BYTES_NONE;
	if (!w->pings)
		w->pings = xalloc(WS_PINGS_MAX * sizeof *w->pings);
	struct ws_ping *p = &w->pings[w->next_ping];
	w->next_ping = (uint8_t)((w->next_ping + 1) % WS_PINGS_MAX);
	(void)attrs_get(u->attrs, "id", &id);
	id = bytes_head(id, sizeof p->id);
	p->waits = true;
	p->at = rung_now(&w->rung);
	p->len = (uint8_t)u->data.len;
	p->id_len = (uint8_t)id.len;
	if (u->data.len)
		memcpy(p->data, u->data.at, u->data.len);
	if (id.len)
		memcpy(p->id, id.at, id.len);
}

void ws_put_close(const struct ws_close *c, struct buf *out)
{
	if (c->code == WS_CLOSE_NONE)
		return;
	buf_printf(out, "%u%s", c->code, c->reason.len ? " " : "");
	buf_put(out, c->reason);
}

/* Sends a close frame with the code and the reason of a unit ws.close. The code
 * may be an illegal one. */
static int send_close_frame(struct ws_rung *w, const struct unit *u,
			    struct err *e)
{
	struct bytes word = bytes_head(u->data,
				       bytes_find_byte(u->data, ' ', 0));
	struct bytes reason = bytes_skip(u->data, word.len + 1);
	uint8_t payload[WS_CONTROL_MAX];
	uint64_t code = WS_CLOSE_NONE;
	size_t len = 0;
	if (w->close_sent)
		return err_set(e, ERR_CLOSED, 0,
			       "a close frame was already sent");
	if (word.len && (parse_number(word, &code, NULL) || code > UINT16_MAX))
		return err_usage(e, "a close frame needs a code up to 65535 "
				    "before the reason");
	if (reason.len > WS_REASON_MAX)
		return err_usage(e, "the reason has at most %d bytes",
				 WS_REASON_MAX);
	if (word.len) {
		payload[len++] = (uint8_t)(code >> 8);
		payload[len++] = (uint8_t)code;
		memcpy(payload + len, reason.at, reason.len);
		len += reason.len;
	}
	if (ws_send_control(w, WS_CLOSE, bytes_of(payload, len), u->flags, e))
		return -1;
	w->close_sent = true;
	w->sent_code = (unsigned)code;
	return 0;
}

/* Sends a frame whose header the attributes have. */
static int send_any_frame(struct ws_rung *w, const struct unit *u,
			  struct err *e)
{
	struct ws_header h = header_of(
	    w, (unsigned)number_of(u, "opcode", 1) & 15,
	    number_of(u, "fin", 1) != 0, u->data.len);
	uint64_t mask = number_of(u, "mask", UINT64_MAX);
	h.rsv = number_of(u, "rsv", 0) & 7;
	h.len = number_of(u, "len", u->data.len);
	if (number_of(u, "no-mask", 0))
		h.masked = false;
	if (mask != UINT64_MAX) {
		h.masked = true;
		for (unsigned i = 0; i < 4; i++)
			h.mask[i] = (uint8_t)(mask >> (24 - 8 * i));
	}
	return send_frame(w, &h, u->data, u->flags, e);
}

static int send_kind(struct ws_rung *w, const struct unit *u, struct err *e)
{
	ptrdiff_t kind = u->kind - ws_kinds;
	switch (kind) {
	case WS_KIND_PING:
	case WS_KIND_PONG:
		if (ws_send_control(w, u->kind->code, u->data, u->flags, e))
			return -1;
		if (kind == WS_KIND_PING)
			note_ping(w, u);
		return 0;
	case WS_KIND_CLOSE:
		return send_close_frame(w, u, e);
	case WS_KIND_FRAME:
		return send_any_frame(w, u, e);
	case WS_KIND_AUTOPONG:
		w->no_pong = bytes_is(u->data, "off");
		return 0;
	default:
		return send_message(w, u, e);
	}
}

int ws_down(struct rung *r, const struct unit *u, struct err *e)
{
	struct ws_rung *w = ws_of(r);
	bool own = u->kind && strcmp(u->kind->rung, "ws") == 0;
	/* A WebSocket has no half-close: the peer answers the close frame, and
	 * that ends both directions. */
	if (u->flags & UNIT_END && !u->data.len) {
		ws_send_close(w, WS_CLOSE_NORMAL, BYTES_NONE);
		return 0;
	}
	if (r->state == RUNG_ENDED || w->end_sent)
		return err_set(e, ERR_CLOSED, 0, "ws: the WebSocket has ended");
	if (w->close_sent && !(own && u->kind == &ws_kinds[WS_KIND_FRAME]))
		return err_set(e, ERR_CLOSED, 0,
			       "ws: nothing follows the close frame (RFC 6455 "
			       "5.5.1)");
	return own ? send_kind(w, u, e) : send_message(w, u, e);
}

/* ---- the end ---- */

void ws_send_close(struct ws_rung *w, unsigned code, struct bytes reason)
{
	struct ws_close c = {.code = code, .reason = reason};
	uint8_t payload[WS_CONTROL_MAX];
	size_t len = 0;
	struct err e;
	if (w->close_sent)
		return;
	if (ws_close_print(&c, payload, &len, &e)) {
		c = (struct ws_close){.code = WS_CLOSE_PROTOCOL};
		(void)ws_close_print(&c, payload, &len, &e);
	}
	w->close_sent = true;
	w->sent_code = c.code;
	struct buf text = ws_new_buf(w);
	ws_put_close(&c, &text);
	struct unit u = {.data = buf_bytes(&text),
			 .kind = &ws_kinds[WS_KIND_CLOSE]};
	if (ws_send_control(w, WS_CLOSE, bytes_of(payload, len), UNIT_ONCE,
			    &e) == 0)
		rung_control(&w->rung, DIR_DOWN, &u);
	buf_fini(&text);
}

void ws_send_end(struct ws_rung *w)
{
	struct unit end = {.flags = UNIT_END};
	if (w->end_sent)
		return;
	w->end_sent = true;
	(void)rung_pass_down(&w->rung, &end, NULL);
}

void ws_close(struct rung *r, const struct close_request *request)
{
	struct ws_rung *w = ws_of(r);
	if (request->abrupt) {
		rung_closed(r);
		return;
	}
	ws_send_close(w, request->code ? request->code : WS_CLOSE_NORMAL,
		      request->reason);
	/* The peer has ended the WebSocket, or has sent its close frame. */
	if (r->state == RUNG_ENDED)
		rung_closed(r);
}
