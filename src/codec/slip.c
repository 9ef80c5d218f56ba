/* SPDX-License-Identifier: ISC */
/*
 * SLIP: payloads between END bytes; END and ESC within a payload are escaped.
 *
 * Source: RFC 1055. As the RFC suggests, citing Phil Karn, an END is also sent
 *         before each message; the empty messages that result are skipped.
 *
 * An undefined byte after ESC is an error: a debugger must not guess.
 */
#include "family.h"

#include <string.h>

enum { END = 0xc0, ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd };

static size_t slip_wire_max(const struct frame *f)
{
	return 2 * f->max + 1;
}

/* Removes the escapes. Result: OK or BAD; the payload is never longer than
 * `raw`. */
static enum frame_result decode(const struct frame *f, struct bytes raw,
				size_t *took, struct buf *out, struct err *e)
{
	uint8_t *to = buf_reserve(out, raw.len);
	size_t len = 0;
	if (!to)
		return frame_bad(0, took, e, "no memory for %zu bytes",
				 raw.len);
	for (size_t i = 0; i < raw.len;) {
		size_t esc = bytes_find_byte(raw, ESC, i);
		size_t run = (esc == BYTES_NOT_FOUND ? raw.len : esc) - i;
		memcpy(to + len, raw.at + i, run);
		len += run;
		i += run;
		if (i == raw.len)
			break;
		uint8_t code = i + 1 < raw.len ? raw.at[i + 1] : END;
		if (code != ESC_END && code != ESC_ESC)
			return frame_bad(i + 1, took, e,
					 "byte %02x after ESC; RFC 1055 allows "
					 "dc and dd only",
					 code);
		to[len++] = code == ESC_END ? END : ESC;
		i += 2;
	}
	if (len > f->max)
		return frame_too_long(f, raw.len, took, e);
	buf_commit(out, len);
	return FRAME_OK;
}

static enum frame_result read_slip(const struct frame *f, struct bytes in,
				   size_t *took, struct buf *scratch,
				   struct bytes *payload, struct err *e)
{
	size_t ends = 0;
	while (ends < in.len && in.at[ends] == END)
		ends++;
	if (ends) {
		*took = ends;
		return FRAME_SKIP;
	}
	size_t at = bytes_find_byte(bytes_head(in, slip_wire_max(f)), END,
				    *took);
	if (at == BYTES_NOT_FOUND) {
		if (in.len >= slip_wire_max(f))
			return frame_too_long(f, slip_wire_max(f) - 1, took, e);
		*took = in.len;
		return FRAME_MORE;
	}
	*payload = bytes_head(in, at);
	if (bytes_find_byte(*payload, ESC, 0) != BYTES_NOT_FOUND) {
		if (decode(f, *payload, took, scratch, e) != FRAME_OK)
			return FRAME_BAD;
		*payload = buf_bytes(scratch);
	}
	if (payload->len > f->max)
		return frame_too_long(f, f->max, took, e);
	*took = at + 1;
	return FRAME_OK;
}

static int write_slip(const struct frame *f, struct bytes payload,
		      struct buf *out, struct err *e)
{
	(void)f;
	if (!payload.len)
		return err_set(
		    e, ERR_FRAME, 0,
		    "SLIP cannot send empty messages (RFC 1055 skips them)");
	uint8_t *at = buf_reserve(out, 2 * payload.len + 2), *to = at;
	if (!at)
		return frame_no_memory(e);
	*to++ = END;
	for (size_t i = 0; i < payload.len; i++) {
		uint8_t byte = payload.at[i];
		if (byte != END && byte != ESC) {
			*to++ = byte;
			continue;
		}
		*to++ = ESC;
		*to++ = byte == END ? ESC_END : ESC_ESC;
	}
	*to++ = END;
	buf_commit(out, (size_t)(to - at));
	return 0;
}

const struct frame_family frame_slip = {
    .read = read_slip,
    .forms = true,
    .write = write_slip,
    .wire_max = slip_wire_max,
};
