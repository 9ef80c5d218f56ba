/* SPDX-License-Identifier: ISC */
/*
 * The HTTP rung decodes the bodies of responses that are coded with gzip or
 * deflate. The head is passed up as it was received.
 *
 * Source: RFC 9110 §8.4 (Content-Encoding), §8.4.1 (gzip, deflate), §15.3.7
 *         (a part of a coded body cannot be decoded by itself).
 */
#include "http_own.h"

#include "rung/codec/deflate.h"

#include <strings.h>

static bool is_coding(struct bytes value, const char *name)
{
	size_t n = bytes_str(name).len;
	return value.len == n && !strncasecmp((const char *)value.at, name, n);
}

/* Returns the coding of a body; empty: none, or several. */
static struct bytes only_coding(struct bytes fields)
{
	struct bytes coding = BYTES_NONE;
	struct http_field f;
	while (http_field_next(&fields, &f)) {
		if (!is_coding(f.name, "content-encoding"))
			continue;
		if (coding.len)
			return BYTES_NONE;
		coding = f.value;
	}
	return coding;
}

void http_decode_begin(struct http_rung *h, const struct http_head *head)
{
	const struct http_exchange *x = http_first(h);
	struct bytes coding = only_coding(head->fields);
	bool gzip = is_coding(coding, "gzip") || is_coding(coding, "x-gzip");
	if ((!gzip && !is_coding(coding, "deflate")) ||
	    unit_is_control(h->now.kind) || h->now.switches ||
	    head->status == 206 || (x && x->coded))
		return;
	if (h->reading == HTTP_READ_BODY && !h->now.left)
		return;
	h->now.inflater = inflater_new(gzip ? INFLATE_GZIP : INFLATE_DEFLATE,
				       15, UINT64_MAX, rung_account(&h->rung));
	attrs_put(h->now.attrs, "decoded",
		  gzip ? BYTES("gzip") : BYTES("deflate"));
}

/* Sets *e to the reason why a body cannot be decoded. */
static int cannot(const struct err *why, struct err *e)
{
	if (why->kind == ERR_LIMIT)
		return err_set(e, ERR_LIMIT, 0, "%s", why->text);
	return err_set(e, ERR_HTTP_PROTO, 0,
		       "the coded body: %.120s (RFC 9110 8.4.1); 'request "
		       "--no-decode' takes it as it is",
		       why->text);
}

int http_decode(struct http_rung *h, struct bytes data, struct err *e)
{
	struct err why;
	for (;;) {
		switch (
		    inflater_next(h->now.inflater, &data, &h->now.text, &why)) {
		case INFLATE_MORE:
		case INFLATE_END:
			return 0;
		case INFLATE_PART:
			break;
		case INFLATE_BAD:
			return cannot(&why, e);
		}
	}
}

int http_decode_end(struct http_rung *h, struct err *e)
{
	struct err why;
	if (!h->now.inflater || inflater_finish(h->now.inflater, &why) == 0)
		return 0;
	return cannot(&why, e);
}
