/* SPDX-License-Identifier: ISC */
/*
 * Compresses and inflates WebSocket messages. ws_extension.c negotiates it.
 * Source: RFC 7692 §7.2.
 */
#include "rung/codec/ws_deflate.h"

#include <stdlib.h>

/* The end of each flush, which is not sent. */
static const uint8_t tail[] = {0x00, 0x00, 0xFF, 0xFF};
enum { TAIL = sizeof tail };

/* ---- inflating ---- */

struct ws_inflater {
	struct inflater *i;
	size_t tail; /* bytes of the tail that were inflated */
	bool takes_over;
};

/* An old zlib uses a window of 9 bits if it is set to 8. */
struct ws_inflater *ws_inflater_new(const struct ws_deflate *agreed,
				    bool server, uint64_t limit,
				    struct account *account)
{
	struct ws_inflater *w = xalloc(sizeof *w);
	int bits = ws_deflate_window(agreed, server);

	w->i = inflater_new(INFLATE_BLOCKS,
			    bits < WS_WINDOW_DEFLATE ? WS_WINDOW_DEFLATE : bits,
			    limit, account);
	w->takes_over = ws_deflate_takes_over(agreed, server);
	return w;
}

void ws_inflater_free(struct ws_inflater *w)
{
	if (!w)
		return;
	inflater_free(w->i);
	free(w);
}

static enum inflate_result bad_message(const struct err *why, struct err *e)
{
	if (why->kind == ERR_LIMIT)
		err_copy(e, why);
	else
		err_set(e, ERR_WS_PROTO, 0,
			"%s, in a compressed message (RFC 7692 7.2.2)",
			why->text);
	return INFLATE_BAD;
}

static void start_next(struct ws_inflater *w)
{
	w->tail = 0;
	if (w->takes_over)
		inflater_next_message(w->i);
	else
		inflater_reset(w->i);
}

/* Adds the tail to a whole message and inflates it. */
static enum inflate_result end_message(struct ws_inflater *w, struct buf *out,
				       struct err *e)
{
	struct bytes rest = bytes_of(tail + w->tail, TAIL - w->tail);
	struct err why;

	/* Without a byte of the last block the tail would begin one. */
	if (!inflater_bytes_in(w->i)) {
		err_set(e, ERR_WS_PROTO, 0,
			"compressed message without data (RFC 7692 7.2.1)");
		return INFLATE_BAD;
	}

	enum inflate_result result = inflater_next(w->i, &rest, out, &why);

	w->tail = TAIL - rest.len;
	if (result == INFLATE_PART)
		return INFLATE_PART;
	if (result == INFLATE_BAD || inflater_finish(w->i, &why))
		return bad_message(&why, e);
	start_next(w);
	return INFLATE_END;
}

enum inflate_result ws_inflater_next(struct ws_inflater *w, struct bytes *in,
				     bool last, struct buf *out, struct err *e)
{
	struct err why;
	enum inflate_result result = inflater_next(w->i, in, out, &why);

	if (result == INFLATE_BAD)
		return bad_message(&why, e);
	if (result == INFLATE_PART || !last)
		return result;
	return end_message(w, out, e);
}

void ws_inflater_skip(struct ws_inflater *w)
{
	w->tail = 0;
	inflater_reset(w->i);
}

void ws_inflater_free_idle(struct ws_inflater *w)
{
	if (!w->takes_over && !inflater_bytes_in(w->i))
		inflater_free_idle(w->i);
}

/* ---- compressing ---- */

struct ws_deflater {
	struct deflater *d;
	bool takes_over;
	bool within; /* a message */
};

struct ws_deflater *ws_deflater_new(const struct ws_deflate *agreed,
				    bool server, int level, int memory,
				    struct account *account)
{
	int bits = ws_deflate_window(agreed, server);

	if (bits < WS_WINDOW_DEFLATE)
		return NULL;

	struct ws_deflater *w = xalloc(sizeof *w);

	w->d = deflater_new(bits, level, memory, account);
	w->takes_over = ws_deflate_takes_over(agreed, server);
	return w;
}

void ws_deflater_free(struct ws_deflater *w)
{
	if (!w)
		return;
	deflater_free(w->d);
	free(w);
}

int ws_deflater_put(struct ws_deflater *w, struct bytes in, bool last,
		    struct buf *out, struct err *e)
{
	if (!w->within && !in.len) {
		/* RFC 7692 §7.2.3.6: the header of an empty block. */
		if (last && buf_putc(out, 0))
			return err_set(e, ERR_LIMIT, 0,
				       "no room for deflated data");
		return 0;
	}
	w->within = true;
	if (deflater_put(w->d, in, last, out, e)) {
		w->within = false;
		return -1;
	}
	if (!last)
		return 0;
	w->within = false;
	if (!w->takes_over)
		deflater_reset(w->d);
	/* A flush makes the tail in the same call. */
	buf_truncate(out, buf_len(out) - TAIL);
	return 0;
}

void ws_deflater_skip(struct ws_deflater *w)
{
	w->within = false;
	deflater_reset(w->d);
}

void ws_deflater_free_idle(struct ws_deflater *w)
{
	if (!w->takes_over && !w->within)
		deflater_free_idle(w->d);
}
