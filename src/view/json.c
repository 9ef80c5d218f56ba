/* SPDX-License-Identifier: ISC */
/*
 * The json view: JSON laid out in rows, anything else as in the text view.
 * codec/json.c finds the documents and prints the rows.
 */
#include "rung/codec/json.h"
#include "rows.h"
#include "view_table.h"

/* Maximum number of bytes to keep while the end of a document has not arrived.
 */
#define WAIT_MAX ((size_t)1 << 20)
/* Maximum length of a document laid out in rows: GROWTH_MIN plus GROWTH_MAX
 * times the document's length. A document that would exceed it is nested so
 * deep that its rows are too long to read, and is printed as text. */
#define GROWTH_MAX ((size_t)16)
#define GROWTH_MIN ((size_t)4096)

static void put_document(struct bytes document, struct text *out)
{
	size_t most = GROWTH_MIN + GROWTH_MAX * document.len;

	if (!json_lay_out(document, most, &out->buf))
		view_text.body(document, 0, true, out);
}

/* Prints the documents at the start of `in`. Result: the length of the
 * documents, including the blanks between them. *rest: kind of the data after
 * them; JSON_FOUND: there is none. */
static size_t put_documents(struct bytes in, bool final, struct text *out,
			    enum json_found *rest)
{
	size_t len = 0;

	for (;;) {
		struct bytes next = json_skip_blanks(bytes_skip(in, len));
		struct bytes document;

		if (!next.len) {
			*rest = len ? JSON_FOUND : JSON_NONE;
			return in.len;
		}
		*rest = json_find(next, final, &document);
		if (*rest != JSON_FOUND)
			return len;
		put_document(document, out);
		len = in.len - next.len + document.len;
	}
}

static size_t json_body(struct bytes data, uint64_t offset, bool final,
			struct text *out)
{
	size_t from = buf_len(&out->buf);
	enum json_found rest;
	size_t len = put_documents(data, final, out, &rest);

	if (rest == JSON_FOUND || (len && !final))
		return len;
	if (rest == JSON_PART && data.len < WAIT_MAX)
		return 0;
	buf_truncate(&out->buf, from);
	return view_text.body(data, offset, final, out);
}

const struct view_ops view_json = {
    .name = "json",
    .brief = "indented JSON; other data as text",
    .row = VIEW_WHOLE,
    .body = json_body,
};
