/* SPDX-License-Identifier: ISC */
/*
 * Parses the names of variables after a `$`. expand.c and brace.c look up their
 * values.
 */
#include "variable.h"

#include <limits.h>

bool name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= '0' && c <= '9');
}

/* Returns the length of the name; a dot is part of it if a name byte follows.
 */
static size_t name_length(struct bytes in)
{
	size_t n = 0;

	if (!in.len)
		return 0;
	if (in.at[0] == '?' || (in.at[0] >= '0' && in.at[0] <= '9'))
		return 1;
	while (n < in.len && (name_byte(in.at[n]) ||
			      (n && in.at[n] == '.' && n + 1 < in.len &&
			       name_byte(in.at[n + 1]))))
		n++;
	return n;
}

int variable_read(struct bytes in, struct bytes *name, struct err *e)
{
	size_t len = name_length(in);

	if (!len)
		return err_set(
		    e, ERR_USAGE, 0,
		    "no name after the $; write \\$ for the character");
	if (len > INT_MAX)
		return err_set(e, ERR_USAGE, 0,
			       "variable name too long (%zu bytes)", len);
	*name = bytes_head(in, len);
	return (int)len;
}
