/* SPDX-License-Identifier: ISC */
/*
 * Formats messages with a head and a body: the head in lines, and the body by
 * its media type.
 */
#include "rows.h"
#include "rung/codec/json.h"
#include "view_table.h"

#include <string.h>
#include <strings.h>

/* Number of bytes of a body that decide whether it is text. */
#define LOOK_MAX ((size_t)4096)

static bool same_letters(struct bytes a, const char *b)
{
	return a.len == strlen(b) && !strncasecmp((const char *)a.at, b, a.len);
}

/* Returns the value of the line `Content-Type: ...` in a head. */
static struct bytes type_line(struct bytes head)
{
	while (head.len) {
		struct bytes row = bytes_head(head, row_next(head, true));
		size_t colon = bytes_find_byte(row, ':', 0);

		head = bytes_skip(head, row.len);
		if (colon != BYTES_NOT_FOUND &&
		    same_letters(bytes_head(row, colon), "content-type"))
			return bytes_skip(row, colon + 1);
	}
	return BYTES_NONE;
}

/* Returns the media type without its parameters; empty: not known. RFC 9110
 * §8.3.1. */
static struct bytes media_type(const struct log_entry *e, struct bytes head)
{
	struct bytes type;
	size_t n = 0;

	if (!attrs_get(e->attrs, "header.content-type", &type))
		type = type_line(head);
	while (type.len && (type.at[0] == ' ' || type.at[0] == '\t'))
		type = bytes_skip(type, 1);
	while (n < type.len && type.at[n] > ' ' && type.at[n] != ';')
		n++;
	return bytes_head(type, n);
}

static bool ends_with(struct bytes type, const char *end)
{
	size_t n = strlen(end);

	return type.len > n &&
	       same_letters(bytes_skip(type, type.len - n), end);
}

static bool is_json(struct bytes type)
{
	return same_letters(type, "application/json") ||
	       same_letters(type, "text/json") || ends_with(type, "+json");
}

/* Returns true for types whose data is text. A body without a type is text if
 * it looks like text. */
static bool is_text_type(struct bytes type)
{
	static const char *const types[] = {
	    "application/xml",
	    "application/javascript",
	    "application/ecmascript",
	    "application/x-ndjson",
	    "application/x-www-form-urlencoded",
	    "application/sql",
	    "application/yaml",
	    NULL,
	};

	if (!type.len || same_letters(bytes_head(type, 5), "text/") ||
	    same_letters(bytes_head(type, 10), "multipart/") ||
	    same_letters(bytes_head(type, 8), "message/") || is_json(type) ||
	    ends_with(type, "+xml"))
		return true;
	for (size_t i = 0; types[i]; i++)
		if (same_letters(type, types[i]))
			return true;
	return false;
}

/* Returns false if the data has control characters that text does not have: a
 * compressed body, for example, whose type is that of the text in it. */
static bool looks_like_text(struct bytes body)
{
	body = bytes_head(body, LOOK_MAX);
	for (size_t i = 0; i < body.len; i++) {
		uint8_t c = body.at[i];

		if (c == 0x7F ||
		    (c < ' ' && (c < '\t' || c > '\r') && c != 0x1B))
			return false;
	}
	return true;
}

/* Prints the lines of a head without CR LF, which ends each line. Any other
 * line end is printed by the view. The empty line is printed if `body`. */
static void put_head_rows(const struct view_ops *ops, struct bytes head,
			  bool body, struct text *out)
{
	while (head.len) {
		struct bytes row = bytes_head(head, row_next(head, true));
		size_t end = row_end(row);

		head = bytes_skip(head, row.len);
		if (end == 2)
			row.len -= 2;
		if (row.len && !(end == 1 && row.len == 1 && !body))
			ops->body(row, 0, true, out);
		else if (head.len || body)
			text_puts(out, "\n");
	}
}

bool view_headed(const struct view_ops *ops, const struct log_entry *e,
		 struct bytes data, struct text *out)
{
	bool rest = e->flags & UNIT_REST;
	size_t head_len = rest ? 0 : unit_head_len(e->kind, data);
	struct bytes head = bytes_head(data, head_len);
	struct bytes body = bytes_skip(data, head_len);
	struct bytes type = media_type(e, head), document;

	put_head_rows(ops, head, body.len != 0, out);
	if (!body.len)
		return false;
	if (!is_text_type(type) || !looks_like_text(body)) {
		view_hex.body(body, e->offset + head_len, true, out);
		return true;
	}
	if (is_json(type) &&
	    json_find(json_skip_blanks(body), true, &document) == JSON_FOUND)
		view_json.body(body, 0, true, out);
	else
		ops->body(body, 0, true, out);
	return false;
}
