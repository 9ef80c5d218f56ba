/* SPDX-License-Identifier: ISC */
/*
 * The output of a front end: escapes bytes that must not reach a terminal, and
 * adds styles. The front end writes the result.
 */
#include "rung/screen.h"

#include "rows.h"

#include <string.h>

/* Limit of the escaped text of a piece of ROW_MAX bytes. Never reached, because
 * an escape takes at most four bytes for one byte. */
#define SAFE_MAX (8 * ROW_MAX)

static void flush_older(struct out *o)
{
	if (o->screen)
		screen_flush(o->screen);
}

static void payload_escaped(struct out *o, struct bytes data)
{
	struct text safe;

	text_init(&safe, SAFE_MAX, false);
	while (data.len) {
		size_t n = data.len;

		if (n > ROW_MAX)
			n = row_cut(data, ROW_MAX);
		text_escape_lines(&safe, bytes_head(data, n));
		o->ops->payload(o, text_bytes(&safe));
		buf_clear(&safe.buf);
		data = bytes_skip(data, n);
	}
	text_fini(&safe);
}

void out_payload(struct out *o, struct bytes data)
{
	if (!data.len)
		return;
	flush_older(o);
	if (o->divert)
		o->divert->payload(o->divert, data);
	else if (o->terminal)
		payload_escaped(o, data);
	else
		o->ops->payload(o, data);
}

void out_raw(struct out *o, struct bytes data)
{
	if (!data.len)
		return;
	flush_older(o);
	if (o->divert)
		o->divert->payload(o->divert, data);
	else
		o->ops->payload(o, data);
}

void out_end_command(struct out *o)
{
	if (o->divert)
		o->divert->settle(o->divert);
}

void out_text(struct out *o, const struct text *t)
{
	out_raw(o, text_bytes(t));
}

void out_escape(struct text *t, struct bytes words)
{
	while (words.len) {
		struct bytes run = bytes_head(words,
					      bytes_find_byte(words, '\\', 0));

		text_escape_lines(t, run);
		words = bytes_skip(words, run.len);
		if (words.len) {
			text_puts(t, "\\");
			words = bytes_skip(words, 1);
		}
	}
}

void out_diag_line(struct out *o, enum style style, const char *line)
{
	struct text t;

	text_init(&t, BUF_SMALL, o->colour);
	if (style != STYLE_PLAIN)
		text_style(&t, style);
	out_escape(&t, bytes_str(line));
	if (style != STYLE_PLAIN)
		text_style(&t, STYLE_PLAIN);
	text_puts(&t, "\n");
	out_diag(o, &t);
	text_fini(&t);
}

void out_diag(struct out *o, const struct text *t)
{
	struct bytes words = text_bytes(t);

	if (!words.len)
		return;
	flush_older(o);
	o->ops->diag(o, words);
}
