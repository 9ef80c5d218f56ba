/* SPDX-License-Identifier: ISC */
/*
 * The manners of a session that have a written form. What a view looks like is
 * the views' job.
 */
#include "rung/param.h"
#include "rung/session.h"
#include "rung/words.h"

#include <stdio.h>
#include <string.h>

const char *const manner_eols[] = {"lf", "crlf", "none", NULL};

static int no_eol(struct bytes word, struct err *e)
{
	const char *near = words_nearest(word, manner_eols);
	struct bytes shown = bytes_head(word, 40);
	char known[40] = "there are lf, crlf and none";
	if (near)
		snprintf(known, sizeof known, "did you mean '%s'?", near);
	return err_set(e, ERR_USAGE, 0,
		       "no end of line '%.*s'; %s (other text is quoted)",
		       (int)shown.len, (const char *)shown.at, known);
}

/* Result: false: no such word. */
static bool eol_named(struct bytes word, struct bytes *eol)
{
	if (bytes_is(word, "lf"))
		*eol = BYTES("\n");
	else if (bytes_is(word, "crlf"))
		*eol = BYTES("\r\n");
	else if (bytes_is(word, "none"))
		*eol = BYTES_NONE;
	else
		return false;
	return true;
}

int manner_set_eol(struct manner *m, const struct value *value, struct err *e)
{
	struct bytes eol = value->text;
	if (!value->quoted && !eol_named(value->text, &eol))
		return no_eol(value->text, e);
	if (eol.len > sizeof m->eol)
		return err_set(e, ERR_USAGE, 0,
			       "an end of line has at most %zu bytes; this has "
			       "%zu",
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
		words_quote_text(eol, out);
}
