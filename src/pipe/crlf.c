/* SPDX-License-Identifier: ISC */
/*
 * Converts LF to CRLF in a stream of pieces. A CR before the LF is not doubled;
 * nothing else changes.
 */
#include "pipe_own.h"

int crlf_convert(struct crlf *c, struct bytes in, struct buf *out)
{
	while (in.len) {
		size_t at = bytes_find_byte(in, '\n', 0);
		size_t n = at == BYTES_NOT_FOUND ? in.len : at;

		if (buf_put(out, bytes_head(in, n)) < 0)
			return -1;
		if (n)
			c->after_cr = in.at[n - 1] == '\r';
		if (at == BYTES_NOT_FOUND)
			return 0;
		if (buf_puts(out, c->after_cr ? "\n" : "\r\n") < 0)
			return -1;
		c->after_cr = false;
		in = bytes_skip(in, n + 1);
	}
	return 0;
}
