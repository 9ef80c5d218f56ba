/* SPDX-License-Identifier: ISC */
/*
 * Netstrings: a length in decimal, a colon, the payload, a comma. length.c
 * reads binary lengths.
 *
 * Source: D. J. Bernstein, "Netstrings", 1997, section 2.
 */
#include "family.h"

#include <stdio.h>

enum { DIGITS_MAX = 20 }; /* digits of a 64-bit number */

/* Reads `LEN:`. Result: OK, with the length of `LEN:` in *head and its value in
 * *len; else MORE or BAD. */
static enum frame_result read_head(const struct frame *f, struct bytes in,
				   size_t *head, size_t *len, size_t *took,
				   struct err *e)
{
	size_t i = 0;
	*head = *len = 0;
	for (; i < in.len && in.at[i] >= '0' && in.at[i] <= '9'; i++) {
		if (i == 1 && in.at[0] == '0')
			return frame_bad(0, took, e,
					 "netstring length begins with 0");
		/* max is at most 1 GiB: a 64-bit size_t does not overflow. */
		*len = *len * 10 + (size_t)(in.at[i] - '0');
		if (*len > f->max)
			return frame_bad(i, took, e,
					 "netstring longer than max=%zu",
					 f->max);
	}
	if (i == in.len)
		return FRAME_MORE;
	if (i == 0 || in.at[i] != ':')
		return frame_bad(
		    i, took, e,
		    "byte %02x instead of a digit%s of a netstring length",
		    in.at[i], i ? " or ':'" : "");
	*head = i + 1;
	return FRAME_OK;
}

static enum frame_result read_netstring(const struct frame *f, struct bytes in,
					size_t *took, struct buf *scratch,
					struct bytes *payload, struct err *e)
{
	size_t head, len;
	(void)scratch;
	*took = 0;
	enum frame_result r = read_head(f, in, &head, &len, took, e);
	if (r != FRAME_OK)
		return r;
	if (in.len - head <= len)
		return FRAME_MORE;
	if (in.at[head + len] != ',')
		return frame_bad(head + len, took, e,
				 "byte %02x instead of ',' at the end of a "
				 "netstring of %zu bytes",
				 in.at[head + len], len);
	*payload = bytes_head(bytes_skip(in, head), len);
	*took = head + len + 1;
	return FRAME_OK;
}

static size_t netstring_wire_max(const struct frame *f)
{
	return DIGITS_MAX + 2 + f->max;
}

static size_t netstring_wire_len(const struct frame *f, struct bytes in)
{
	size_t head, len, took;
	if (read_head(f, in, &head, &len, &took, NULL) != FRAME_OK)
		return 0;
	return head + len + 1;
}

static int write_netstring(const struct frame *f, struct bytes payload,
			   struct buf *out, struct err *e)
{
	char head[DIGITS_MAX + 2];
	int n = snprintf(head, sizeof head, "%zu:", payload.len);
	(void)f;
	return frame_put(out, bytes_of(head, (size_t)n), payload, BYTES(","),
			 e);
}

const struct frame_family frame_netstring = {
    .read = read_netstring,
    .write = write_netstring,
    .wire_max = netstring_wire_max,
    .wire_len = netstring_wire_len,
};
