/* SPDX-License-Identifier: ISC */
/*
 * The manners of a session that have a written form. What a view looks like is
 * the views' job.
 */
#include "rung/session.h"

#include <string.h>

int manner_set_eol(struct manner *m, struct bytes text, struct err *e)
{
	struct bytes eol = text;
	if (bytes_is(text, "lf"))
		eol = BYTES("\n");
	else if (bytes_is(text, "crlf"))
		eol = BYTES("\r\n");
	else if (bytes_is(text, "none"))
		eol = BYTES_NONE;
	if (eol.len > sizeof m->eol)
		return err_set(e, ERR_USAGE, 0,
			       "an end of line has at most %zu bytes; this has "
			       "%zu (lf, crlf, none or the bytes themselves)",
			       sizeof m->eol, eol.len);
	if (eol.len)
		memcpy(m->eol, eol.at, eol.len);
	m->eol_len = (uint8_t)eol.len;
	return 0;
}

void manner_print_eol(const struct manner *m, struct buf *out)
{
	struct bytes eol = bytes_of(m->eol, m->eol_len);
	if (eol.len == 0)
		buf_puts(out, "none");
	else if (bytes_is(eol, "\n"))
		buf_puts(out, "lf");
	else if (bytes_is(eol, "\r\n"))
		buf_puts(out, "crlf");
	else
		for (size_t i = 0; i < eol.len; i++)
			buf_printf(out, "\\x%02x", eol.at[i]);
}
