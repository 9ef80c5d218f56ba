/* SPDX-License-Identifier: ISC */
/*
 * Parses and prints a session's line ending, as users write it. src/view
 * displays messages.
 */
#include "rung/param.h"
#include "rung/suggest.h"
#include "rung/words.h"
#include "session_own.h"

#include <stdio.h>
#include <string.h>

const char *const display_eols[] = {"lf", "crlf", "none", NULL};
static const char *const eols[] = {"\n", "\r\n", ""};

static int no_eol(struct bytes word, struct err *e)
{
	const char *near = suggest_name(word, display_eols);
	struct bytes shown = bytes_head(word, 40);
	char known[40] = "use lf, crlf or none";
	if (near)
		snprintf(known, sizeof known, "did you mean '%s'?", near);
	return err_set(e, ERR_USAGE, 0,
		       "invalid line ending '%.*s'; %s (quote other text)",
		       (int)shown.len, (const char *)shown.at, known);
}

/* Finds the line end with the given name. Result: false if there is none. */
static bool eol_named(struct bytes word, struct bytes *eol)
{
	for (size_t i = 0; display_eols[i]; i++)
		if (bytes_is(word, display_eols[i])) {
			*eol = bytes_str(eols[i]);
			return true;
		}
	return false;
}

int display_set_eol(struct display *m, const struct value *value, struct err *e)
{
	struct bytes eol = value->text;
	if (!value->quoted && !eol_named(value->text, &eol))
		return no_eol(value->text, e);
	if (eol.len > sizeof m->eol)
		return err_set(e, ERR_USAGE, 0,
			       "a line ending has at most %zu bytes, not %zu",
			       sizeof m->eol, eol.len);
	if (eol.len)
		memcpy(m->eol, eol.at, eol.len);
	m->eol_len = (uint8_t)eol.len;
	return 0;
}

bool display_take_eol(struct display *m, const struct rung_plan *plan)
{
	bool taken = false;
	for (unsigned i = 0; plan && i < plan->count; i++) {
		const struct rung_spec *spec = &plan->spec[i];
		struct bytes eol = BYTES_NONE;
		if (spec->ops->line_end)
			eol = spec->ops->line_end(spec);
		if (!eol.len || eol.len > sizeof m->eol)
			continue;
		memcpy(m->eol, eol.at, eol.len);
		m->eol_len = (uint8_t)eol.len;
		taken = true;
	}
	return taken;
}

bool session_take_eol(const struct session *s, struct display *m)
{
	bool taken = display_take_eol(m, s->plan);
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		taken = display_take_eol(m, r->plan) || taken;
	return taken;
}

void session_set_eol(struct session *s, const struct display *from)
{
	memcpy(s->display.eol, from->eol, sizeof from->eol);
	s->display.eol_len = from->eol_len;
	session_publish_ladder(s);
}

void display_print_eol(const struct display *m, struct buf *out)
{
	struct bytes eol = bytes_of(m->eol, m->eol_len);
	for (size_t i = 0; display_eols[i]; i++)
		if (bytes_is(eol, eols[i])) {
			buf_puts(out, display_eols[i]);
			return;
		}
	words_quote_text(eol, out);
}
