/* SPDX-License-Identifier: ISC */
/*
 * Writes the listing of a directory in HTML. webdir.c answers for files.
 */
#include "rung/codec/webdir.h"

#include "rung/percent.h"
#include "rung/text.h"

#include <stdlib.h>

/* Appends text for HTML. Bytes that are not UTF-8 and characters that are not
 * printable become U+FFFD. */
static int put_html(struct bytes in, struct buf *out)
{
	static const char *const entities[][2] = {{"&", "&amp;"},
						  {"<", "&lt;"},
						  {">", "&gt;"},
						  {"\"", "&quot;"},
						  {"'", "&#39;"}};
	int bad = 0;
	while (in.len && !bad) {
		uint32_t rune;
		int n = utf8_next(in, &rune);
		const char *entity = NULL;
		if (n <= 0 || !utf8_is_printable(rune))
			entity = "\xef\xbf\xbd";
		for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
			if (in.at[0] == (uint8_t)entities[i][0][0])
				entity = entities[i][1];
		size_t len = n > 0 ? (size_t)n : 1;
		bad = entity ? buf_puts(out, entity)
			     : buf_put(out, bytes_head(in, len));
		in = bytes_skip(in, len);
	}
	return bad;
}

/* Appends a name as a relative reference (RFC 3986 §4.2). */
static int put_reference(struct bytes name, struct buf *out)
{
	int bad = 0;
	for (size_t i = 0; i < name.len && !bad; i++)
		bad = percent_put(name.at[i], "-._~", out);
	return bad;
}

static int put_link(const struct webdir_name *name, struct buf *out)
{
	const char *slash = name->is_dir ? "/" : "";
	int bad = buf_puts(out, "<li><a href=\"");
	bad |= put_reference(name->name, out);
	bad |= buf_printf(out, "%s\">", slash);
	bad |= put_html(name->name, out);
	return bad | buf_printf(out, "%s</a>\n", slash);
}

static int compare_names(const void *one, const void *two)
{
	const struct webdir_name *a = one, *b = two;
	size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	if (a->is_dir != b->is_dir)
		return a->is_dir ? -1 : 1;
	int order = n ? memcmp(a->name.at, b->name.at, n) : 0;
	return order
		   ? order
		   : (a->name.len > b->name.len) - (a->name.len < b->name.len);
}

int webdir_put_listing(struct bytes path, struct webdir_name *names,
		       size_t count, struct buf *out)
{
	static const struct webdir_name above = {{(const uint8_t *)"..", 2},
						 true};
	size_t from = buf_len(out);
	if (count)
		qsort(names, count, sizeof *names, compare_names);
	int bad = buf_puts(out, "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n"
				"<title>/");
	bad |= put_html(path, out);
	bad |= buf_puts(out, "</title>\n<h1>/");
	bad |= put_html(path, out);
	bad |= buf_puts(out, "</h1>\n<ul>\n");
	if (path.len)
		bad |= put_link(&above, out);
	for (size_t i = 0; i < count && !bad; i++)
		bad = put_link(&names[i], out);
	bad |= buf_puts(out, "</ul>\n");
	if (bad)
		buf_truncate(out, from);
	return bad ? -1 : 0;
}
