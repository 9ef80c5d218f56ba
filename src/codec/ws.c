/* SPDX-License-Identifier: ISC */
/*
 * Prints WebSocket frames, and reads and prints what has no state: headers,
 * masks, close payloads, keys. ws_reader.c reads a stream of frames.
 * Source: RFC 6455.
 */
#include "rung/codec/ws.h"

#include "base64.h"
#include "digest.h"

#include <assert.h>

enum { FIN = 0x80, MASKED = 0x80, LEN_16 = 126, LEN_64 = 127 };

bool ws_is_control(unsigned opcode)
{
	return opcode >= WS_CLOSE;
}

const char *ws_opcode_name(unsigned opcode)
{
	static const char *const names[] = {
	    [WS_CONTINUATION] = "continuation",
	    [WS_TEXT] = "text",
	    [WS_BINARY] = "binary",
	    [WS_CLOSE] = "close",
	    [WS_PING] = "ping",
	    [WS_PONG] = "pong",
	};

	return opcode <= WS_PONG && names[opcode] ? names[opcode] : "reserved";
}

/* ---- frames ---- */

static enum ws_length shortest_form(uint64_t len)
{
	return len < LEN_16        ? WS_LENGTH_7
	       : len <= UINT16_MAX ? WS_LENGTH_16
				   : WS_LENGTH_64;
}

static size_t length_bytes(enum ws_length form)
{
	return form == WS_LENGTH_64 ? 8 : form == WS_LENGTH_16 ? 2 : 0;
}

size_t ws_header_print(const struct ws_header *h, uint8_t out[WS_HEADER_MAX])
{
	enum ws_length form = h->form ? h->form : shortest_form(h->len);
	size_t bytes = length_bytes(form), n = 2;
	unsigned first = form == WS_LENGTH_64   ? LEN_64
			 : form == WS_LENGTH_16 ? LEN_16
						: h->len & 0x7F;

	out[0] = (uint8_t)((h->fin ? FIN : 0) | (h->rsv & 7) << 4 |
			   (h->opcode & 15));
	out[1] = (uint8_t)((h->masked ? MASKED : 0) | first);
	for (size_t i = bytes; i-- > 0;)
		out[n++] = (uint8_t)(h->len >> 8 * i);
	if (h->masked) {
		memcpy(out + n, h->mask, sizeof(h->mask));
		n += sizeof(h->mask);
	}
	return n;
}

size_t ws_header_read(struct ws_header *h, struct bytes in)
{
	if (in.len < 2)
		return 0;

	uint8_t len = in.at[1] & 0x7F;

	*h = (struct ws_header){
	    .fin = in.at[0] & FIN,
	    .rsv = in.at[0] >> 4 & 7,
	    .opcode = in.at[0] & 15,
	    .masked = in.at[1] & MASKED,
	    .form = len == LEN_64   ? WS_LENGTH_64
		    : len == LEN_16 ? WS_LENGTH_16
				    : WS_LENGTH_7,
	};

	size_t bytes = length_bytes(h->form);
	size_t size = 2 + bytes + (h->masked ? sizeof(h->mask) : 0);

	if (in.len < size)
		return 0;
	h->len = bytes ? 0 : len;
	for (size_t i = 0; i < bytes; i++)
		h->len = h->len << 8 | in.at[2 + i];
	if (h->masked)
		memcpy(h->mask, in.at + 2 + bytes, sizeof(h->mask));
	return size;
}

void ws_mask(uint8_t *to, struct bytes from, const uint8_t mask[4], uint64_t at)
{
	uint8_t key[8];
	uint64_t word, keys;
	size_t i = 0;

	for (size_t k = 0; k < sizeof(key); k++)
		key[k] = mask[(at + k) % 4];
	memcpy(&keys, key, sizeof(keys));
	for (; from.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, from.at + i, sizeof(word));
		word ^= keys;
		memcpy(to + i, &word, sizeof(word));
	}
	for (; i < from.len; i++)
		to[i] = from.at[i] ^ key[i % 8];
}

int ws_frame_put(const struct ws_header *h, struct bytes payload,
		 struct buf *out, struct err *e)
{
	uint8_t head[WS_HEADER_MAX];
	size_t n = ws_header_print(h, head);
	uint8_t *to = payload.len < SIZE_MAX - n
			  ? buf_reserve(out, n + payload.len)
			  : NULL;

	if (!to)
		return err_set(e, ERR_LIMIT, 0,
			       "no room for a frame of %zu bytes", payload.len);
	memcpy(to, head, n);
	if (h->masked)
		ws_mask(to + n, payload, h->mask, 0);
	else if (payload.len)
		memcpy(to + n, payload.at, payload.len);
	buf_commit(out, n + payload.len);
	return 0;
}

int ws_message_put(const struct ws_sending *s, struct bytes payload,
		   struct buf *out, struct err *e)
{
	size_t before = buf_len(out);
	struct ws_header h = {
	    .opcode = s->opcode,
	    .rsv = s->compressed ? WS_RSV1 : 0,
	    .masked = s->random,
	};

	do {
		struct bytes part = bytes_head(
		    payload, s->fragment ? s->fragment : SIZE_MAX);

		payload = bytes_skip(payload, part.len);
		h.len = part.len;
		h.fin = !payload.len;
		if (s->random)
			s->random(s->context, h.mask, sizeof(h.mask));
		if (ws_frame_put(&h, part, out, e)) {
			buf_truncate(out, before);
			return -1;
		}
		h.opcode = WS_CONTINUATION;
		h.rsv = 0;
	} while (payload.len);
	return 0;
}

/* ---- closing ---- */

bool ws_close_code_is_legal(unsigned code)
{
	return (code >= 1000 && code <= 1003) ||
	       (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

const char *ws_close_name(unsigned code)
{
	static const char *const names[] = {
	    "normal",
	    "going away",
	    "protocol error",
	    "unsupported data",
	    NULL,
	    "no code",
	    "no close frame",
	    "invalid data",
	    "policy violation",
	    "message too big",
	    "extension missing",
	    "internal error",
	    "service restart",
	    "try again later",
	    "bad gateway",
	    "TLS handshake failed",
	};
	enum { COUNT = sizeof(names) / sizeof(*names) };

	return code >= 1000 && code < 1000 + COUNT ? names[code - 1000] : NULL;
}

int ws_close_print(const struct ws_close *close, uint8_t out[WS_CONTROL_MAX],
		   size_t *len, struct err *e)
{
	*len = 0;
	if (close->code == WS_CLOSE_NONE && !close->reason.len)
		return 0;
	if (!ws_close_code_is_legal(close->code))
		return err_usage(e,
				 "close code %u is never sent; use 1000 to "
				 "1003, 1007 to 1014 or 3000 to 4999",
				 close->code);
	if (close->reason.len > WS_REASON_MAX)
		return err_usage(e, "close reason exceeds %d bytes",
				 WS_REASON_MAX);
	if (!utf8_valid(close->reason))
		return err_usage(e, "close reason is not UTF-8");
	out[0] = (uint8_t)(close->code >> 8);
	out[1] = (uint8_t)close->code;
	if (close->reason.len)
		memcpy(out + 2, close->reason.at, close->reason.len);
	*len = 2 + close->reason.len;
	return 0;
}

/* Checks the reason. Result: -1 and *bad, an offset in the reason. */
static int check_reason(struct bytes reason, size_t *bad, struct err *e)
{
	struct utf8_check check = {0};

	*bad = utf8_check_next(&check, reason);
	if (*bad == BYTES_NOT_FOUND && !check.left)
		return 0;
	if (*bad == BYTES_NOT_FOUND)
		*bad = reason.len;
	return err_set(e, ERR_WS_PROTO, 0,
		       "close reason is not UTF-8 (RFC 6455 5.5.1)");
}

int ws_close_read(struct bytes payload, struct ws_close *close, size_t *bad,
		  unsigned *code, struct err *e)
{
	*close = (struct ws_close){.code = WS_CLOSE_NONE};
	*bad = 0;
	*code = WS_CLOSE_PROTOCOL;
	if (!payload.len)
		return 0;
	if (payload.len == 1)
		return err_set(e, ERR_WS_PROTO, 0,
			       "close payload of one byte (RFC 6455 5.5.1)");
	close->code = (unsigned)payload.at[0] << 8 | payload.at[1];
	close->reason = bytes_skip(payload, 2);
	if (!ws_close_code_is_legal(close->code))
		return err_set(
		    e, ERR_WS_PROTO, 0,
		    "close code %u is reserved (RFC 6455 %s)", close->code,
		    close->code >= 1000 && close->code <= 1015 ? "7.4.1"
							       : "7.4.2");
	if (check_reason(close->reason, bad, e)) {
		*bad += 2;
		*code = WS_CLOSE_BAD_DATA;
		return -1;
	}
	return 0;
}

/* ---- opening ---- */

static void print_base64(struct bytes in, char *out, size_t size)
{
	struct buf text = {.limit = size};

	base64_put(in, &text);
	assert(buf_len(&text) == size - 1);
	memcpy(out, buf_cstr(&text), size);
	buf_fini(&text);
}

void ws_key_print(const uint8_t nonce[WS_NONCE_SIZE], char out[WS_KEY_SIZE])
{
	print_base64(bytes_of(nonce, WS_NONCE_SIZE), out, WS_KEY_SIZE);
}

bool ws_key_is_legal(struct bytes key)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	enum { DIGITS = 22 };

	if (key.len != WS_KEY_SIZE - 1 || key.at[DIGITS] != '=' ||
	    key.at[DIGITS + 1] != '=')
		return false;
	for (size_t i = 0; i < DIGITS; i++)
		if (!key.at[i] || !strchr(digits, key.at[i]))
			return false;
	/* The last digit has two bits of the nonce. */
	return strchr("AQgw", key.at[DIGITS - 1]);
}

int ws_accept_print(struct bytes key, char out[WS_ACCEPT_SIZE], struct err *e)
{
	struct buf text = {.limit = BUF_SMALL};
	uint8_t sum[SHA1_SIZE];
	int result = -1;

	if (buf_put(&text, key) ||
	    buf_puts(&text, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		err_set(e, ERR_LIMIT, 0, "Sec-WebSocket-Key is too long");
	else
		result = digest_sha1(buf_bytes(&text), sum, e);
	if (!result)
		print_base64(bytes_of(sum, SHA1_SIZE), out, WS_ACCEPT_SIZE);
	buf_fini(&text);
	return result;
}
