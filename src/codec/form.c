/* SPDX-License-Identifier: ISC */
/*
 * Writes the bodies of HTML forms. curl_send.c makes them from the options of
 * curl.
 */
#include "rung/codec/form.h"
#include "rung/percent.h"

int form_put_escaped(struct bytes in, const char *kept, struct buf *out)
{
	int bad = 0;
	for (size_t i = 0; i < in.len && !bad; i++) {
		uint8_t c = in.at[i];
		bad = c == ' ' ? buf_putc(out, '+') : percent_put(c, kept, out);
	}
	return bad;
}

int form_put_boundary(const uint8_t random[FORM_RANDOM], struct buf *out)
{
	int bad = buf_puts(out, "------------------------");
	for (size_t i = 0; i < FORM_RANDOM && !bad; i++)
		bad = buf_printf(out, "%02x", random[i]);
	return bad;
}

static int put_quoted(const char *key, struct bytes text, struct buf *out)
{
	int bad = buf_printf(out, "; %s=\"", key);
	for (size_t i = 0; i < text.len && !bad; i++) {
		uint8_t c = text.at[i];
		if (c == '"' || c == '\r' || c == '\n')
			bad = buf_printf(out, "%%%02X", c);
		else
			bad = buf_putc(out, c);
	}
	return bad ? bad : buf_putc(out, '"');
}

static int put_delimiter(struct bytes boundary, const char *after,
			 struct buf *out)
{
	return buf_puts(out, "--") || buf_put(out, boundary) ||
		       buf_puts(out, after)
		   ? -1
		   : 0;
}

int form_put_part(const struct form_part *part, struct bytes boundary,
		  struct buf *out)
{
	int bad = put_delimiter(boundary, "\r\nContent-Disposition: form-data",
				out);
	bad |= put_quoted("name", part->name, out);
	if (part->filename.at)
		bad |= put_quoted("filename", part->filename, out);
	if (part->type.len) {
		bad |= buf_puts(out, "\r\nContent-Type: ");
		bad |= buf_put(out, part->type);
	}
	bad |= buf_puts(out, "\r\n\r\n");
	bad |= buf_put(out, part->data);
	bad |= buf_puts(out, "\r\n");
	return bad ? -1 : 0;
}

int form_put_end(struct bytes boundary, struct buf *out)
{
	return put_delimiter(boundary, "--\r\n", out);
}
