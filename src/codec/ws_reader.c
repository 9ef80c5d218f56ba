/* SPDX-License-Identifier: ISC */
/*
 * Reads a stream of WebSocket frames: one state for each part of a frame, and a
 * table of the rules that a header can break. ws.c reads what has no state.
 * Source: RFC 6455 §5, §7.4, §8.1; RFC 7692 §6.
 */
#include "rung/codec/ws.h"

#include "rung/codec/ws_deflate.h"

#include <inttypes.h>

enum state {
	HEADER,
	RULES,
	START,
	PAYLOAD,
	BODY_END, /* end of a control frame */
	MESSAGE_END,
	ENDED,
	FAILED,
};

/* Compressed data is unmasked in pieces of this size. */
enum { UNMASK = 4096 };

void ws_reader_init(struct ws_reader *r, const struct ws_rules *rules)
{
	*r = (struct ws_reader){.rules = *rules};
}

/* ---- violations ---- */

/* Sets *e, the offset and the code. Result: WS_VIOLATION or WS_FAILED. */
static enum ws_event violation(struct ws_reader *r, unsigned code,
			       uint64_t bad_at, bool fatal)
{
	r->close_code = code;
	r->bad_at = bad_at;
	if (r->rules.lenient && !fatal)
		return WS_VIOLATION;
	r->state = FAILED;
	return WS_FAILED;
}

static enum ws_event frame_violation(struct ws_reader *r, const char *rule,
				     size_t byte, bool fatal, struct err *e)
{
	err_set(e, ERR_WS_PROTO, 0, "%s at byte %zu of frame %" PRIu64, rule,
		byte, r->frames);
	return violation(r, WS_CLOSE_PROTOCOL, r->frame_at + byte, fatal);
}

/* ---- rules of headers ---- */

static bool is_control(const struct ws_reader *r)
{
	return ws_is_control(r->header.opcode);
}

static bool has_rsv1(const struct ws_reader *r)
{
	return !r->rules.inflater && r->header.rsv & WS_RSV1;
}

static bool has_late_rsv1(const struct ws_reader *r)
{
	return r->rules.inflater && r->header.rsv & WS_RSV1 &&
	       (is_control(r) || r->header.opcode == WS_CONTINUATION);
}

static bool has_rsv2(const struct ws_reader *r)
{
	return r->header.rsv & WS_RSV2;
}

static bool has_rsv3(const struct ws_reader *r)
{
	return r->header.rsv & WS_RSV3;
}

static bool has_reserved_opcode(const struct ws_reader *r)
{
	uint8_t opcode = r->header.opcode;

	return (opcode > WS_BINARY && opcode < WS_CLOSE) || opcode > WS_PONG;
}

static bool is_cut_control(const struct ws_reader *r)
{
	return is_control(r) && !r->header.fin;
}

static bool continues_nothing(const struct ws_reader *r)
{
	return r->header.opcode == WS_CONTINUATION && !r->in_message;
}

static bool starts_within(const struct ws_reader *r)
{
	return r->header.opcode != WS_CONTINUATION && !is_control(r) &&
	       r->in_message;
}

static bool lacks_mask(const struct ws_reader *r)
{
	return r->rules.server && !r->header.masked;
}

static bool has_server_mask(const struct ws_reader *r)
{
	return !r->rules.server && r->header.masked;
}

static bool is_long_control(const struct ws_reader *r)
{
	return is_control(r) && r->header.len > WS_CONTROL_MAX;
}

static bool has_long_length(const struct ws_reader *r)
{
	return (r->header.form == WS_LENGTH_16 && r->header.len < 126) ||
	       (r->header.form == WS_LENGTH_64 && r->header.len <= UINT16_MAX);
}

static bool has_huge_length(const struct ws_reader *r)
{
	return r->header.len > INT64_MAX;
}

/* In the order of the bytes. */
static const struct {
	bool (*broken)(const struct ws_reader *);
	const char *text;
	uint8_t byte; /* offset in the header */
	bool fatal;   /* a lenient reader fails, too */
} header_rules[] = {
    {has_rsv1, "RSV1 is set without an extension (RFC 6455 5.2)", 0, false},
    {has_late_rsv1,
     "RSV1 is set on a frame that starts no message (RFC 7692 6)", 0, false},
    {has_rsv2, "RSV2 is set (RFC 6455 5.2)", 0, false},
    {has_rsv3, "RSV3 is set (RFC 6455 5.2)", 0, false},
    {has_reserved_opcode, "opcode is reserved (RFC 6455 5.2)", 0, false},
    {is_cut_control, "control frame is fragmented (RFC 6455 5.5)", 0, false},
    {continues_nothing, "continuation without a message (RFC 6455 5.4)", 0,
     false},
    {starts_within, "message starts inside another one (RFC 6455 5.4)", 0,
     false},
    {lacks_mask, "frame of a client is not masked (RFC 6455 5.1)", 1, false},
    {has_server_mask, "frame of a server is masked (RFC 6455 5.1)", 1, false},
    {is_long_control, "control frame exceeds 125 bytes (RFC 6455 5.5)", 1,
     false},
    {has_long_length, "length is not in its shortest form (RFC 6455 5.2)", 1,
     false},
    {has_huge_length, "length exceeds 63 bits (RFC 6455 5.2)", 2, true},
};
enum { RULE_COUNT = sizeof(header_rules) / sizeof(*header_rules) };

/* Checks the rules from r->rule on. Result: WS_MORE: none is broken. */
static enum ws_event check_rules(struct ws_reader *r, struct err *e)
{
	while (r->rule < RULE_COUNT) {
		uint8_t n = r->rule++;

		if (header_rules[n].broken(r))
			return frame_violation(r, header_rules[n].text,
					       header_rules[n].byte,
					       header_rules[n].fatal, e);
	}
	r->state = START;
	return WS_MORE;
}

/* ---- frames ---- */

static void consume(struct ws_reader *r, struct bytes *in, size_t n)
{
	*in = bytes_skip(*in, n);
	r->at += n;
}

/* Reads a header. Result: false: it is not complete. */
static bool read_header(struct ws_reader *r, struct bytes *in)
{
	struct bytes more = bytes_head(*in,
				       (size_t)WS_HEADER_MAX - r->head_len);

	if (!more.len)
		return false;
	if (!r->head_len)
		r->frame_at = r->at;
	memcpy(r->head + r->head_len, more.at, more.len);

	size_t held = r->head_len + more.len;
	size_t size = ws_header_read(&r->header, bytes_of(r->head, held));

	if (!size) {
		consume(r, in, more.len);
		r->head_len = (uint8_t)held;
		return false;
	}
	consume(r, in, size - r->head_len);
	r->head_len = (uint8_t)size;
	r->frames++;
	r->left = r->header.len;
	r->rule = 0;
	r->state = RULES;
	return true;
}

static void end_frame(struct ws_reader *r)
{
	r->head_len = 0;
	r->state = HEADER;
}

static enum ws_event too_big(struct ws_reader *r, struct err *e)
{
	err_set(e, ERR_LIMIT, 0, "message exceeds %" PRIu64 " bytes",
		r->rules.max);
	return violation(r, WS_CLOSE_TOO_BIG, r->frame_at, true);
}

/* Starts or continues a message. Result: WS_FRAME; WS_MESSAGE: the message
 * before was cut short, call again. */
static enum ws_event start_data(struct ws_reader *r, struct err *e)
{
	struct ws_message *m = &r->message;

	if (starts_within(r)) {
		m->cut = true;
		r->in_message = false;
		if (m->compressed)
			ws_inflater_skip(r->rules.inflater);
		return WS_MESSAGE;
	}
	if (!r->in_message) {
		*m = (struct ws_message){
		    .opcode = r->header.opcode ? r->header.opcode : WS_BINARY,
		    .compressed = r->rules.inflater &&
				  r->header.rsv & WS_RSV1 && r->header.opcode,
		};
		r->utf8 = (struct utf8_check){0};
		r->utf8_broken = false;
		r->in_message = true;
	}
	m->frames++;
	if (!m->compressed && r->left > r->rules.max - m->size)
		return too_big(r, e);
	r->state = PAYLOAD;
	return WS_FRAME;
}

static enum ws_event start_frame(struct ws_reader *r, struct err *e)
{
	if (!is_control(r))
		return start_data(r, e);
	r->control_len = 0;
	r->state = r->left ? PAYLOAD : BODY_END;
	return WS_FRAME;
}

/* ---- control frames ---- */

static void unmask(const struct ws_reader *r, uint8_t *to, struct bytes from)
{
	if (r->header.masked)
		ws_mask(to, from, r->header.mask, r->header.len - r->left);
	else if (from.len)
		memcpy(to, from.at, from.len);
}

static void read_control(struct ws_reader *r, struct bytes *in)
{
	size_t n = r->left < in->len ? (size_t)r->left : in->len;
	size_t room = WS_CONTROL_MAX - r->control_len;
	struct bytes kept = bytes_head(*in, n < room ? n : room);

	unmask(r, r->control + r->control_len, kept);
	r->control_len = (uint8_t)(r->control_len + kept.len);
	r->left -= n;
	consume(r, in, n);
	if (!r->left)
		r->state = BODY_END;
}

static enum ws_event end_control(struct ws_reader *r, struct err *e)
{
	struct bytes body = bytes_of(r->control, r->control_len);
	struct ws_close close;
	struct err why;
	unsigned code;
	size_t bad;

	if (r->header.opcode != WS_CLOSE) {
		end_frame(r);
		return WS_CONTROL;
	}
	/* r->rule is true after the payload was checked. */
	if (r->rule && ws_close_read(body, &close, &bad, &code, &why)) {
		enum ws_event found;

		r->rule = 0;
		found = frame_violation(r, why.text, r->head_len + bad, false,
					e);
		r->close_code = code;
		return found;
	}
	r->state = ENDED;
	return WS_CONTROL;
}

/* ---- data ---- */

/* Checks the text that was appended to `out` from `from` on. Result: WS_MORE:
 * no new violation. */
static enum ws_event check_text(struct ws_reader *r, const struct buf *out,
				size_t from, struct err *e)
{
	struct bytes added = bytes_skip(buf_bytes(out), from);
	uint64_t start = r->message.size;

	r->message.size += added.len;
	if (r->message.opcode != WS_TEXT || r->utf8_broken)
		return WS_MORE;

	size_t bad = utf8_check_next(&r->utf8, added);

	if (bad == BYTES_NOT_FOUND)
		return WS_MORE;
	r->utf8_broken = true;
	err_set(e, ERR_WS_PROTO, 0,
		"text is not UTF-8 (RFC 6455 8.1) at byte %" PRIu64
		" of the message",
		start + bad);
	return violation(r, WS_CLOSE_BAD_DATA,
			 r->message.compressed ? r->frame_at
					       : r->at - added.len + bad,
			 false);
}

static enum ws_event read_plain(struct ws_reader *r, struct bytes *in,
				struct buf *out, struct err *e)
{
	size_t before = buf_len(out);
	size_t room = out->limit > before ? out->limit - before : 0;
	size_t n = r->left < in->len ? (size_t)r->left : in->len;

	if (n > room)
		n = room;
	if (n > WS_PART)
		n = WS_PART;
	if (n) {
		uint8_t *to = buf_reserve(out, n);

		if (!to) {
			err_set(e, ERR_LIMIT, 0, "no memory for a message");
			return violation(r, WS_CLOSE_INTERNAL, r->at, true);
		}
		unmask(r, to, bytes_head(*in, n));
		buf_commit(out, n);
		r->left -= n;
		r->message.wire += n;
		consume(r, in, n);
	}
	if (!r->left)
		r->state = MESSAGE_END;

	enum ws_event found = check_text(r, out, before, e);

	return found == WS_MORE && r->left && in->len ? WS_DATA : found;
}

/* Leaves a message that does not inflate; a lenient reader skips the rest. */
static enum ws_event inflate_failed(struct ws_reader *r, const struct err *e)
{
	bool limit = e->kind == ERR_LIMIT;

	ws_inflater_skip(r->rules.inflater);
	r->message.cut = true;
	return violation(r, limit ? WS_CLOSE_TOO_BIG : WS_CLOSE_BAD_DATA,
			 r->frame_at, limit);
}

static void skip_payload(struct ws_reader *r, struct bytes *in)
{
	size_t n = r->left < in->len ? (size_t)r->left : in->len;

	r->left -= n;
	r->message.wire += n;
	consume(r, in, n);
	if (!r->left)
		r->state = MESSAGE_END;
}

static enum ws_event read_compressed(struct ws_reader *r, struct bytes *in,
				     struct buf *out, struct err *e)
{
	uint8_t plain[UNMASK];
	size_t before = buf_len(out);
	size_t n = r->left < in->len ? (size_t)r->left : in->len;

	if (n > UNMASK)
		n = UNMASK;
	unmask(r, plain, bytes_head(*in, n));

	struct bytes piece = bytes_of(plain, n);
	struct err why;
	enum inflate_result result = ws_inflater_next(
	    r->rules.inflater, &piece, r->header.fin && n == r->left, out,
	    &why);

	r->left -= n - piece.len;
	r->message.wire += n - piece.len;
	consume(r, in, n - piece.len);
	if (result == INFLATE_END ||
	    (result == INFLATE_MORE && !r->left && !r->header.fin))
		r->state = MESSAGE_END;

	enum ws_event found = check_text(r, out, before, e);

	if (found != WS_MORE)
		return found;
	if (result == INFLATE_BAD) {
		err_copy(e, &why);
		return inflate_failed(r, &why);
	}
	return result == INFLATE_PART ? WS_DATA : WS_MORE;
}

/* Ends the frame, and the message after its last one. Result: WS_MORE: the
 * message goes on. */
static enum ws_event end_data(struct ws_reader *r, struct err *e)
{
	if (r->header.fin && r->message.opcode == WS_TEXT && !r->utf8_broken &&
	    !r->message.cut && r->utf8.left) {
		r->utf8_broken = true;
		err_set(e, ERR_WS_PROTO, 0,
			"text ends inside a character (RFC 6455 8.1) at "
			"byte %" PRIu64 " of the message",
			r->message.size);
		return violation(r, WS_CLOSE_BAD_DATA,
				 r->message.compressed ? r->frame_at : r->at,
				 false);
	}
	r->in_message = !r->header.fin;
	end_frame(r);
	return r->in_message ? WS_MORE : WS_MESSAGE;
}

static enum ws_event read_payload(struct ws_reader *r, struct bytes *in,
				  struct buf *out, struct err *e)
{
	if (is_control(r))
		read_control(r, in);
	else if (r->message.cut)
		skip_payload(r, in);
	else if (r->message.compressed)
		return read_compressed(r, in, out, e);
	else
		return read_plain(r, in, out, e);
	return WS_MORE;
}

/* Takes one step. Result: WS_MORE without an event. */
static enum ws_event take_step(struct ws_reader *r, struct bytes *in,
			       struct buf *out, struct err *e)
{
	switch ((enum state)r->state) {
	case HEADER:
		read_header(r, in);
		return WS_MORE;
	case RULES:
		return check_rules(r, e);
	case START:
		return start_frame(r, e);
	case PAYLOAD:
		return read_payload(r, in, out, e);
	case BODY_END:
		return end_control(r, e);
	case MESSAGE_END:
		return end_data(r, e);
	case ENDED:
		return WS_ENDED;
	case FAILED:
		break;
	}
	err_set(e, ERR_WS_PROTO, 0, "already failed at byte %" PRIu64,
		r->bad_at);
	return WS_FAILED;
}

enum ws_event ws_reader_next(struct ws_reader *r, struct bytes *in,
			     struct buf *out, struct err *e)
{
	enum ws_event found;
	uint8_t state;
	size_t len;

	do {
		state = r->state;
		len = in->len;
		found = take_step(r, in, out, e);
	} while (found == WS_MORE && (r->state != state || in->len != len));
	return found;
}
