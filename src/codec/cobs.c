/* SPDX-License-Identifier: ISC */
/*
 * COBS: each payload is sent without zeros and ended by a zero; code bytes mark
 * where its zeros were.
 *
 * Source: S. Cheshire, M. Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM
 *         Transactions on Networking 7(2), 1999, section II.
 *
 * A zero with no data before it is skipped: some senders begin with one to
 * synchronize.
 */
#include "family.h"

#include <string.h>

enum { BLOCK = 254 }; /* limit of data bytes after a code byte */

static size_t cobs_coded_max(size_t len)
{
	return len + len / BLOCK + 1;
}

static size_t cobs_wire_max(const struct frame *f)
{
	return cobs_coded_max(f->max) + 1;
}

/* Decodes `raw`, which has no zero in it. Result: OK or BAD. */
static enum frame_result decode(const struct frame *f, struct bytes raw,
				size_t *took, struct buf *out, struct err *e)
{
	uint8_t *to = buf_reserve(out, raw.len);
	size_t len = 0, at = 0;
	if (!to)
		return frame_bad(0, took, e, "no memory for %zu bytes",
				 raw.len);
	while (at < raw.len) {
		uint8_t code = raw.at[at];
		if (code > raw.len - at)
			return frame_bad(at, took, e,
					 "code %02x reaches past the end of "
					 "the message (%zu bytes left)",
					 code, raw.len - at);
		memcpy(to + len, raw.at + at + 1, code - 1u);
		len += code - 1u;
		at += code;
		if (code <= BLOCK && at < raw.len)
			to[len++] = 0;
	}
	if (len > f->max)
		return frame_too_long(f, raw.len, took, e);
	buf_commit(out, len);
	return FRAME_OK;
}

static enum frame_result read_cobs(const struct frame *f, struct bytes in,
				   size_t *took, struct buf *scratch,
				   struct bytes *payload, struct err *e)
{
	size_t zeros = 0;
	while (zeros < in.len && in.at[zeros] == 0)
		zeros++;
	if (zeros) {
		*took = zeros;
		return FRAME_SKIP;
	}
	size_t at = bytes_find_byte(bytes_head(in, cobs_wire_max(f)), 0, *took);
	if (at == BYTES_NOT_FOUND) {
		if (in.len >= cobs_wire_max(f))
			return frame_too_long(f, cobs_wire_max(f) - 1, took, e);
		*took = in.len;
		return FRAME_MORE;
	}
	if (decode(f, bytes_head(in, at), took, scratch, e) != FRAME_OK)
		return FRAME_BAD;
	*payload = buf_bytes(scratch);
	*took = at + 1;
	return FRAME_OK;
}

static int write_cobs(const struct frame *f, struct bytes payload,
		      struct buf *out, struct err *e)
{
	uint8_t *at = buf_reserve(out, cobs_coded_max(payload.len) + 1),
		*to = at;
	bool more;
	(void)f;
	if (!at)
		return frame_no_memory(e);
	do {
		struct bytes block = bytes_head(payload, BLOCK);
		size_t zero = bytes_find_byte(block, 0, 0);
		bool found = zero != BYTES_NOT_FOUND;
		block = bytes_head(block, zero);
		*to++ = (uint8_t)(block.len + 1);
		if (block.len)
			memcpy(to, block.at, block.len);
		to += block.len;
		payload = bytes_skip(payload, block.len + found);
		more = found || payload.len;
	} while (more);
	*to++ = 0;
	buf_commit(out, (size_t)(to - at));
	return 0;
}

const struct frame_family frame_cobs = {
    .read = read_cobs,
    .forms = true,
    .write = write_cobs,
    .wire_max = cobs_wire_max,
};
