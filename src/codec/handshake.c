/* SPDX-License-Identifier: ISC */
/*
 * The handshake with a proxy, for all protocols. Reads the replies byte by
 * byte, so that no byte sent by the target is consumed. http_connect.c,
 * socks4.c and socks5.c interpret the replies.
 */
#include "step.h"

#include "rung/text.h"

#include <stdarg.h>
#include <string.h>

enum { SHOWN = 24 };

enum step_result step_bad(struct err *e, enum err_class kind, const char *fmt,
			  ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(e, kind, 0, fmt, args);
	va_end(args);
	return STEP_BAD;
}

enum step_result step_alien(const struct handshake *h, const char *protocol,
			    struct err *e)
{
	struct text shown;

	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(buf_bytes(&h->reply), SHOWN));
	step_bad(e, ERR_FRAME,
		 "reply is not %s: '%s'; check the type of the proxy", protocol,
		 buf_cstr(&shown.buf));
	text_fini(&shown);
	return STEP_BAD;
}

int step_no_memory(struct err *e)
{
	return err_set(e, ERR_LIMIT, 0, "no memory");
}

int handshake_start(struct handshake *h, const struct proxy_request *request,
		    struct buf *out, struct err *e)
{
	buf_init(&h->reply, HANDSHAKE_MAX);
	buf_init(&h->request, BUF_SMALL);
	buf_init(&h->auth, BUF_SMALL);
	h->named = request->user.len > 0;
	switch (request->kind) {
	case HANDSHAKE_HTTP:
		return http_start(h, request, out, e);
	case HANDSHAKE_SOCKS4:
	case HANDSHAKE_SOCKS4A:
		return socks4_start(h, request, out, e);
	case HANDSHAKE_SOCKS5:
		return socks5_start(h, request, out, e);
	}
	return -1;
}

enum handshake_result handshake_feed(struct handshake *h, struct bytes in,
				     size_t *took, struct buf *out,
				     struct err *e)
{
	for (*took = 0; *took < in.len;) {
		enum step_result r;

		if (h->consumed == HANDSHAKE_MAX ||
		    buf_putc(&h->reply, in.at[*took])) {
			step_bad(e, ERR_LIMIT, "reply longer than %zu bytes",
				 HANDSHAKE_MAX);
			return HANDSHAKE_BAD;
		}
		h->consumed++;
		++*took;
		r = h->step->judge(h, out, e);
		if (r == STEP_BAD)
			return HANDSHAKE_BAD;
		if (r == STEP_DONE)
			return HANDSHAKE_DONE;
		if (r == STEP_NEXT)
			buf_clear(&h->reply);
	}
	return HANDSHAKE_MORE;
}

static void wipe(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_fini(b);
}

void handshake_fini(struct handshake *h)
{
	buf_fini(&h->reply);
	wipe(&h->request);
	wipe(&h->auth);
	h->step = NULL;
}
