/* SPDX-License-Identifier: ISC */
/*
 * Reads hexadecimal digits, reads and writes percent-encoding.
 */
#include "rung/percent.h"

int hex_value(uint8_t c)
{
	uint8_t low = c | 0x20;
	if (c >= '0' && c <= '9')
		return c - '0';
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int percent_value(struct bytes in)
{
	if (in.len < 3 || in.at[0] != '%' || hex_value(in.at[1]) < 0 ||
	    hex_value(in.at[2]) < 0)
		return -1;
	return hex_value(in.at[1]) << 4 | hex_value(in.at[2]);
}

int percent_put(uint8_t c, const char *kept, struct buf *out)
{
	uint8_t low = c | 0x20;
	bool stays = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
		     (c && strchr(kept, c));
	return stays ? buf_putc(out, c) : buf_printf(out, "%%%02X", c);
}
