/* SPDX-License-Identifier: ISC */
/*
 * Frames of a known length: fixed, or given in binary before the payload.
 * netstring.c reads decimal lengths.
 */
#include "family.h"
#include "rung/text.h"

enum { VARINT_MAX = 10 };

/* A decoded header; `value` is the number in it. */
struct header {
	size_t len; /* length of the header itself */
	uint64_t value;
};

/* Reads the header. Result: FRAME_OK, or the result that frame_read() returns.
 */
typedef enum frame_result reader(const struct frame *, struct bytes in,
				 struct header *, size_t *took, struct err *e);

static enum frame_result read_number(const struct frame *f, struct bytes in,
				     struct header *h, size_t *took,
				     struct err *e)
{
	(void)took;
	(void)e;
	if (in.len < f->width)
		return FRAME_MORE;
	h->len = f->width;
	h->value = 0;
	for (unsigned i = 0; i < f->width; i++) {
		unsigned at = f->little ? f->width - 1u - i : i;
		h->value = h->value << 8 | in.at[at];
	}
	return FRAME_OK;
}

/*
 * Reads a number in groups of seven bits.
 * Source:  Protocol Buffers, "Encoding", base 128 varints.
 */
static enum frame_result read_groups(const struct frame *f, struct bytes in,
				     struct header *h, size_t *took,
				     struct err *e)
{
	(void)f;
	h->value = 0;
	for (unsigned i = 0; i < in.len; i++) {
		uint8_t byte = in.at[i];
		/* The tenth group may hold only the last of 64 bits. */
		if (i == VARINT_MAX - 1 && byte > 1)
			return frame_bad(i, took, e,
					 "varint longer than 64 bits");
		h->value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		h->len = i + 1;
		return FRAME_OK;
	}
	return FRAME_MORE;
}

/* Converts the header's number to the payload's length, and checks it. */
static enum frame_result length_check(const struct frame *f, struct header *h,
				      size_t *took, struct err *e)
{
	if (h->value < f->adjust)
		return frame_bad(
		    0, took, e,
		    "length %llu is too small; the minimum with +N is %u",
		    (unsigned long long)h->value, f->adjust);
	if (h->value - f->adjust > f->max)
		return frame_bad(0, took, e, "length %llu exceeds max=%zu",
				 (unsigned long long)h->value, f->max);
	h->value -= f->adjust;
	return FRAME_OK;
}

static enum frame_result read_with(reader *read, const struct frame *f,
				   struct bytes in, size_t *took,
				   struct bytes *payload, struct err *e)
{
	struct header h;
	*took = 0;
	enum frame_result r = read(f, in, &h, took, e);
	if (r == FRAME_OK)
		r = length_check(f, &h, took, e);
	if (r != FRAME_OK)
		return r;
	if (in.len - h.len < h.value)
		return FRAME_MORE;
	*payload = bytes_head(bytes_skip(in, h.len), (size_t)h.value);
	*took = h.len + payload->len;
	return FRAME_OK;
}

static size_t whole_with(reader *read, const struct frame *f, struct bytes in)
{
	struct header h;
	size_t took;
	if (read(f, in, &h, &took, NULL) != FRAME_OK ||
	    length_check(f, &h, &took, NULL) != FRAME_OK)
		return 0;
	return h.len + (size_t)h.value;
}

static enum frame_result read_length(const struct frame *f, struct bytes in,
				     size_t *took, struct buf *scratch,
				     struct bytes *payload, struct err *e)
{
	(void)scratch;
	return read_with(read_number, f, in, took, payload, e);
}

static size_t length_wire_max(const struct frame *f)
{
	return f->width + f->max;
}

static size_t whole_length(const struct frame *f, struct bytes in)
{
	return whole_with(read_number, f, in);
}

static int write_length(const struct frame *f, struct bytes payload,
			struct buf *out, struct err *e)
{
	uint64_t value = (uint64_t)payload.len + f->adjust;
	uint8_t head[4];
	if (value >> (8 * f->width))
		return err_set(
		    e, ERR_FRAME, 0, "length %llu does not fit in %u byte%s",
		    (unsigned long long)value, f->width, text_plural(f->width));
	for (unsigned i = 0; i < f->width; i++) {
		unsigned at = f->little ? i : f->width - 1u - i;
		head[at] = (uint8_t)(value >> (8 * i));
	}
	return frame_put(out, bytes_of(head, f->width), payload, BYTES_NONE, e);
}

static enum frame_result read_varint(const struct frame *f, struct bytes in,
				     size_t *took, struct buf *scratch,
				     struct bytes *payload, struct err *e)
{
	(void)scratch;
	return read_with(read_groups, f, in, took, payload, e);
}

static size_t varint_wire_max(const struct frame *f)
{
	return VARINT_MAX + f->max;
}

static size_t whole_varint(const struct frame *f, struct bytes in)
{
	return whole_with(read_groups, f, in);
}

static int write_varint(const struct frame *f, struct bytes payload,
			struct buf *out, struct err *e)
{
	uint64_t value = (uint64_t)payload.len + f->adjust;
	uint8_t head[VARINT_MAX];
	size_t n = 0;
	for (; value > 0x7f; value >>= 7)
		head[n++] = (uint8_t)(value | 0x80);
	head[n++] = (uint8_t)value;
	return frame_put(out, bytes_of(head, n), payload, BYTES_NONE, e);
}

static enum frame_result read_fixed(const struct frame *f, struct bytes in,
				    size_t *took, struct buf *scratch,
				    struct bytes *payload, struct err *e)
{
	(void)scratch;
	(void)e;
	*took = 0;
	if (in.len < f->size)
		return FRAME_MORE;
	*payload = bytes_head(in, f->size);
	*took = f->size;
	return FRAME_OK;
}

static size_t fixed_wire_max(const struct frame *f)
{
	return f->size;
}

static size_t whole_fixed(const struct frame *f, struct bytes in)
{
	(void)in;
	return f->size;
}

static int write_fixed(const struct frame *f, struct bytes payload,
		       struct buf *out, struct err *e)
{
	if (payload.len != f->size)
		return err_set(e, ERR_FRAME, 0,
			       "fixed size is %zu bytes, not %zu", f->size,
			       payload.len);
	return frame_put(out, BYTES_NONE, payload, BYTES_NONE, e);
}

const struct frame_family frame_length = {
    .read = read_length,
    .write = write_length,
    .wire_max = length_wire_max,
    .wire_len = whole_length,
};
const struct frame_family frame_varint = {
    .read = read_varint,
    .write = write_varint,
    .forms = true,
    .wire_max = varint_wire_max,
    .wire_len = whole_varint,
};
const struct frame_family frame_fixed = {
    .read = read_fixed,
    .write = write_fixed,
    .wire_max = fixed_wire_max,
    .wire_len = whole_fixed,
};
