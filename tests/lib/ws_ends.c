/* SPDX-License-Identifier: ISC */
/*
 * Implements ws_ends.h.
 */
#include "tests/lib/ws_ends.h"

#include "rung/codec/ws.h"
#include "rung/param.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 8 };

static void note_unit(struct mock *m, const struct unit *u)
{
	static const char *const names[] = {"frames", "wire",  "cut",    "re",
					    "rtt",    "frame", "offset", "code",
					    "reason", "status"};
	struct bytes value;
	if (u->data.len > NOTE_MAX)
		buf_printf(&m->notes, " %zu", u->data.len);
	else if (u->data.len)
		buf_putc(&m->notes, ' ');
	if (u->data.len <= NOTE_MAX)
		buf_put(&m->notes, u->data);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!attrs_get(u->attrs, names[i], &value))
			continue;
		buf_printf(&m->notes, " %s=", names[i]);
		buf_put(&m->notes, value);
	}
	buf_putc(&m->notes, '\n');
}

static void note_delivered(struct mock *m, const struct unit *u)
{
	if (u->data.len || !(u->flags & UNIT_END)) {
		unit_kind_print(u->kind, u->flags, &m->notes);
		if (u->flags & UNIT_MORE)
			buf_putc(&m->notes, '+');
		note_unit(m, u);
	}
	if (u->flags & UNIT_END)
		buf_puts(&m->notes, "end\n");
}

static void note_control(struct mock *m, enum dir dir, const struct unit *u)
{
	buf_puts(&m->notes, dir == DIR_UP ? "< " : "> ");
	unit_kind_print(u->kind, 0, &m->notes);
	note_unit(m, u);
}

int ws_end_init(struct ws_end *w, enum side side, const char *const *options,
		struct err *e)
{
	struct named_value more[PAIRS_MAX];
	size_t n = 0;
	for (; options && options[0]; options += 2)
		more[n++] = (struct named_value){options[0],
						 bytes_str(options[1])};
	mock_init(&w->m);
	w->side = side;
	w->m.delivered = note_delivered;
	w->m.controlled = note_control;
	buf_init(&w->sent, SIZE_MAX / 8);
	struct rung_plan *plan = rung_plan_new();
	int status = rung_plan_add(plan, &http_rung, side, NULL, NULL, 0, e);
	if (!status)
		status = rung_plan_add(plan, &ws_rung, side, NULL, more, n, e);
	if (!status)
		status = rung_plan_push(plan, &w->m.ladder, e);
	rung_plan_unref(plan);
	return status;
}

void ws_end_fini(struct ws_end *w)
{
	mock_fini(&w->m);
	buf_fini(&w->sent);
}

void ws_end_answer(const struct ws_end *w, const char *fields, struct buf *out)
{
	char accept[WS_ACCEPT_SIZE] = "";
	(void)w;
	(void)ws_accept_print(BYTES(WS_MOCK_KEY), accept, NULL);
	buf_printf(out,
		   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n",
		   accept, fields);
}

void ws_end_open(struct ws_end *w, const char *fields)
{
	struct buf head = {.limit = SIZE_MAX / 8};
	ladder_start(&w->m.ladder, 0);
	ladder_link_opened(&w->m.ladder);
	if (w->side == SIDE_CLIENT)
		ws_end_answer(w, fields, &head);
	else
		buf_printf(&head, WS_REQUEST "%s\r\n", fields);
	mock_come(&w->m, buf_bytes(&head));
	buf_fini(&head);
	buf_clear(&w->m.notes);
	buf_clear(&w->m.down);
}

void ws_end_frame(const struct ws_end *w, unsigned first, struct bytes data,
		  struct buf *out)
{
	const struct ws_header h = {.len = data.len,
				    .opcode = first & 15,
				    .rsv = first >> 4 & 7,
				    .fin = first & END_FIN,
				    .masked = w->side == SIDE_SERVER,
				    .mask = {0x37, 0xfa, 0x21, 0x3d}};
	(void)ws_frame_put(&h, data, out, NULL);
}

void ws_end_come(struct ws_end *w, unsigned first, struct bytes data)
{
	struct buf frame = {.limit = SIZE_MAX / 8};
	ws_end_frame(w, first, data, &frame);
	mock_come(&w->m, buf_bytes(&frame));
	buf_fini(&frame);
}

int ws_end_send(struct ws_end *w, const char *kind, const char *const *attrs,
		struct bytes data, unsigned flags, struct err *e)
{
	struct unit u = {.data = data, .flags = flags};
	if (kind)
		u.kind = unit_kind_find(ws_rung.kinds, bytes_str(kind));
	if (attrs)
		u.attrs = attrs_new();
	for (; attrs && attrs[0]; attrs += 2)
		attrs_put(u.attrs, attrs[0], bytes_str(attrs[1]));
	int status = ladder_down(&w->m.ladder, &u, e);
	attrs_unref(u.attrs);
	return status;
}

/* Removes a frame from the front of m.down. Result: false: there is none. */
static bool take_frame(struct ws_end *w, struct ws_header *h, struct buf *data)
{
	struct bytes down = buf_bytes(&w->m.down);
	size_t head = ws_header_read(h, down);
	if (!head || h->len > down.len - head)
		return false;
	buf_clear(data);
	buf_put(data, bytes_head(bytes_skip(down, head), (size_t)h->len));
	if (h->masked && h->len) {
		struct buf plain = {.limit = SIZE_MAX / 8};
		uint8_t *to = xalloc((size_t)h->len);
		ws_mask(to, buf_bytes(data), h->mask, 0);
		buf_put(&plain, bytes_of(to, (size_t)h->len));
		buf_fini(data);
		*data = plain;
		free(to);
	}
	buf_drop(&w->m.down, head + (size_t)h->len);
	return true;
}

bool ws_end_take(struct ws_end *w, unsigned *first, struct buf *data)
{
	struct ws_header h;
	if (!take_frame(w, &h, data))
		return false;
	*first = (unsigned)h.fin << 7 | (unsigned)h.rsv << 4 | h.opcode;
	return true;
}

const char *ws_end_sent(struct ws_end *w)
{
	struct ws_header h;
	struct buf data = {.limit = SIZE_MAX / 8};
	buf_clear(&w->sent);
	while (take_frame(w, &h, &data)) {
		buf_printf(&w->sent, "%02x%s ",
			   (unsigned)h.fin << 7 | (unsigned)h.rsv << 4 |
			       h.opcode,
			   h.masked ? "m" : "");
		if (buf_len(&data) > NOTE_MAX)
			buf_printf(&w->sent, "%zu", buf_len(&data));
		else
			buf_put(&w->sent, buf_bytes(&data));
		buf_putc(&w->sent, '\n');
	}
	buf_fini(&data);
	buf_put(&w->sent, buf_bytes(&w->m.down));
	buf_clear(&w->m.down);
	return buf_cstr(&w->sent);
}
