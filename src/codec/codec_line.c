/* SPDX-License-Identifier: ISC */
/*
 * Lines: frames that end with a mark. struct frame has the mark and the maximum
 * length.
 */
#include "family.h"

#include <assert.h>
#include <string.h>

static struct bytes mark_of(const struct frame *f)
{
	return f->mark_len ? bytes_of(f->mark, f->mark_len) : BYTES("\n");
}

/* Returns the length of the longest line with its end; the default end may be
 * CR LF. */
static size_t line_wire_max(const struct frame *f)
{
	return f->max + (f->mark_len ? f->mark_len : 2);
}

/* Finds the mark by its last byte, because memchr() is faster than memmem(). */
static size_t codec_line_find(struct bytes in, struct bytes mark, size_t from)
{
	size_t last = mark.len - 1;
	size_t at = from + last;
	while ((at = bytes_find_byte(in, mark.at[last], at)) !=
	       BYTES_NOT_FOUND) {
		assert(in.at);
		if (memcmp(in.at + at - last, mark.at, last) == 0)
			return at - last;
		at++;
	}
	return BYTES_NOT_FOUND;
}

static enum frame_result read_line(const struct frame *f, struct bytes in,
				   size_t *took, struct buf *scratch,
				   struct bytes *payload, struct err *e)
{
	struct bytes mark = mark_of(f);
	struct bytes within = bytes_head(in, line_wire_max(f));
	size_t at = codec_line_find(within, mark, *took);
	(void)scratch;
	if (at == BYTES_NOT_FOUND) {
		if (in.len >= line_wire_max(f))
			return frame_too_long(f, f->max, took, e);
		/* The last bytes may be the beginning of a mark. */
		*took = in.len < mark.len ? 0 : in.len - mark.len + 1;
		return FRAME_MORE;
	}
	*payload = bytes_head(in, at);
	if (!f->mark_len && at && in.at[at - 1] == '\r')
		payload->len--;
	if (payload->len > f->max)
		return frame_too_long(f, f->max, took, e);
	*took = at + mark.len;
	return FRAME_OK;
}

static int write_line(const struct frame *f, struct bytes payload,
		      struct buf *out, struct err *e)
{
	struct bytes mark = mark_of(f);
	size_t before = buf_len(out);
	if (!f->mark_len && payload.len && payload.at[payload.len - 1] == '\r')
		return err_set(e, ERR_FRAME, 0,
			       "line ends in CR, which the receiver would "
			       "strip with the line ending");
	if (frame_put(out, payload, mark, BYTES_NONE, e))
		return -1;
	/* The line's last bytes and the beginning of its mark may together form
	 * a mark, which would end the line too early. */
	size_t at = codec_line_find(bytes_skip(buf_bytes(out), before), mark,
				    0);
	if (at == payload.len)
		return 0;
	buf_truncate(out, before);
	return err_set(e, ERR_FRAME, 0,
		       "line contains the line ending at byte %zu", at);
}

const struct frame_family frame_line = {
    .read = read_line,
    .write = write_line,
    .wire_max = line_wire_max,
};
