/* SPDX-License-Identifier: ISC */
/*
 * The attributes of the HTTP rung's messages.
 */
#include "http_own.h"

#include <stdio.h>

void http_put_headers(struct attrs *attrs, const char *prefix,
		      struct bytes fields)
{
	struct http_field f;
	struct buf name = {.limit = HTTP_HEAD_MAX};
	while (http_field_next(&fields, &f)) {
		buf_clear(&name);
		buf_puts(&name, prefix);
		for (size_t i = 0; i < f.name.len; i++) {
			uint8_t c = f.name.at[i];
			buf_putc(&name, c >= 'A' && c <= 'Z' ? c + 32 : c);
		}
		/* A field that does not fit is still in the data of the
		 * message. */
		(void)attrs_put(attrs, buf_cstr(&name), f.value);
	}
	buf_fini(&name);
}

/* Returns the path of a target; of an absolute URL what follows the host. RFC
 * 9112 §3.2. */
static struct bytes target_path(struct bytes target)
{
	size_t scheme = bytes_find(target, BYTES("://"), 0);
	if (target.len && target.at[0] != '/' && scheme != BYTES_NOT_FOUND) {
		target = bytes_skip(target, scheme + 3);
		target = bytes_skip(target, bytes_before(target, "/?").len);
	}
	return target;
}

static void put_target(struct attrs *attrs, const struct http_head *head)
{
	struct bytes path = target_path(head->target);
	struct bytes query = bytes_skip(path, bytes_before(path, "?").len);
	path = bytes_before(path, "?");
	attrs_put(attrs, "method", head->method);
	attrs_put(attrs, "target", head->target);
	attrs_put(attrs, "path", path.len ? path : BYTES("/"));
	attrs_put(attrs, "query", bytes_skip(query, 1));
}

void http_put_number(struct attrs *attrs, const char *name, uint64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	attrs_put(attrs, name, bytes_str(text));
}

struct attrs *http_make_attrs(struct http_rung *h, const struct http_head *head)
{
	struct attrs *attrs = attrs_new();
	struct http_exchange *x = http_first(h);
	if (http_is_server(h)) {
		http_put_number(attrs, "id", h->count + 1);
		put_target(attrs, head);
	} else {
		if (x && buf_len(&x->id))
			attrs_put(attrs, "re", buf_bytes(&x->id));
		http_put_number(attrs, "status", head->status);
		attrs_put(attrs, "reason", head->reason);
	}
	attrs_put(attrs, "version", head->minor ? BYTES("1.1") : BYTES("1.0"));
	http_put_headers(attrs, "header.", head->fields);
	return attrs;
}
