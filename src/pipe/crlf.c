/* SPDX-License-Identifier: ISC */
/*
 * LF to CRLF over a stream that comes in any pieces. A CR that is there is not
 * doubled; nothing else is touched.
 */
#include "pipe_own.h"

int crlf_turn(struct crlf *c, struct bytes in, struct buf *out)
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
