/* SPDX-License-Identifier: ISC */
/*
 * Writes base64.
 */
#include "base64.h"

void base64_put(struct bytes in, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < in.len; i += 3) {
		uint32_t three = (uint32_t)in.at[i] << 16;

		if (i + 1 < in.len)
			three |= (uint32_t)in.at[i + 1] << 8;
		if (i + 2 < in.len)
			three |= in.at[i + 2];
		buf_putc(out, digits[three >> 18]);
		buf_putc(out, digits[three >> 12 & 63]);
		buf_putc(out, i + 1 < in.len ? digits[three >> 6 & 63] : '=');
		buf_putc(out, i + 2 < in.len ? digits[three & 63] : '=');
	}
}
