/* SPDX-License-Identifier: ISC */
/*
 * The inbox: a rio_in with message boundaries beside it. Who takes, and what
 * happens when it is full, is the session's affair.
 */
#include "rung/inbox.h"

#include <assert.h>
#include <string.h>

/* An inbox that has run empty keeps no more than this. */
enum { INBOX_KEEP = 512 };

static bool is_stream(const struct inbox *b)
{
	return b->shape == SHAPE_BYTES;
}

void inbox_init(struct inbox *b, enum shape shape, size_t limit)
{
	b->shape = shape;
	rio_in_init(&b->in, limit);
	buf_init(&b->lens, INBOX_MESSAGES_MAX * sizeof(uint32_t));
}

void inbox_fini(struct inbox *b)
{
	rio_in_fini(&b->in);
	buf_fini(&b->lens);
}

/* The first message's length is what its fence leaves of it. */
static size_t len_at(const struct inbox *b, size_t nth)
{
	uint32_t len;
	if (nth == 0)
		return b->in.fence;
	memcpy(&len, buf_bytes(&b->lens).at + nth * sizeof len, sizeof len);
	return len;
}

static size_t messages(const struct inbox *b)
{
	return buf_len(&b->lens) / sizeof(uint32_t);
}

static void fence_first(struct inbox *b)
{
	uint32_t len;
	if (messages(b) == 0) {
		rio_fence(&b->in, b->in.ended ? RIO_NO_FENCE : 0);
		return;
	}
	memcpy(&len, buf_bytes(&b->lens).at, sizeof len);
	rio_fence(&b->in, len);
}

static bool put(struct inbox *b, struct bytes data)
{
	if (is_stream(b))
		return rio_feed(&b->in, data) == RIO_MORE;
	assert(data.len <= UINT32_MAX);
	uint32_t len = (uint32_t)data.len;
	if (buf_put(&b->lens, bytes_of(&len, sizeof len)))
		return false;
	if (data.len && rio_feed(&b->in, data) != RIO_MORE) {
		buf_cut(&b->lens, buf_len(&b->lens) - sizeof len);
		return false;
	}
	if (messages(b) == 1)
		fence_first(b);
	return true;
}

bool inbox_put(struct inbox *b, struct bytes data)
{
	/* The link asks whether there is room before it reads, and may then
	 * bring more than that: one read's worth of it is taken. */
	size_t limit = b->in.buf.limit;
	b->in.buf.limit = limit + RIO_CHUNK;
	bool took = put(b, data);
	b->in.buf.limit = limit;
	return took;
}

void inbox_end(struct inbox *b)
{
	rio_end(&b->in);
	if (!is_stream(b) && messages(b) == 0)
		fence_first(b);
}

bool inbox_ended(const struct inbox *b)
{
	return b->in.ended;
}

bool inbox_fits(const struct inbox *b, size_t n)
{
	size_t held = buf_len(&b->in.buf);
	return held < b->in.buf.limit && n <= b->in.buf.limit - held &&
	       messages(b) < INBOX_MESSAGES_MAX;
}

size_t inbox_len(const struct inbox *b)
{
	return buf_len(&b->in.buf);
}

size_t inbox_count(const struct inbox *b)
{
	return is_stream(b) ? inbox_len(b) > 0 : messages(b);
}

bool inbox_front(const struct inbox *b, struct bytes *window, bool *whole)
{
	*whole = is_stream(b) ? b->in.ended : true;
	*window = rio_look(&b->in);
	if (is_stream(b))
		return window->len > 0;
	if (messages(b) == 0)
		return false;
	*window = bytes_head(buf_bytes(&b->in.buf), len_at(b, 0));
	return true;
}

bool inbox_message(const struct inbox *b, size_t nth, struct bytes *out)
{
	bool whole;
	if (nth == 0 || is_stream(b))
		return nth == 0 && inbox_front(b, out, &whole);
	if (nth >= messages(b))
		return false;
	size_t from = 0;
	for (size_t i = 0; i < nth; i++)
		from += len_at(b, i);
	*out = bytes_head(bytes_skip(buf_bytes(&b->in.buf), from),
			  len_at(b, nth));
	return true;
}

struct rio_in *inbox_reader(struct inbox *b)
{
	return &b->in;
}

static void relax(struct inbox *b)
{
	if (buf_len(&b->in.buf) == 0)
		buf_relax(&b->in.buf, INBOX_KEEP);
	if (messages(b) == 0)
		buf_relax(&b->lens, 0);
}

static void next_message(struct inbox *b)
{
	buf_drop(&b->lens, sizeof(uint32_t));
	fence_first(b);
}

void inbox_settle(struct inbox *b)
{
	if (!is_stream(b) && messages(b) && b->in.fence == 0)
		next_message(b);
	relax(b);
}

void inbox_skip(struct inbox *b, size_t n)
{
	rio_skip(&b->in, n);
	inbox_settle(b);
}

void inbox_drop(struct inbox *b)
{
	if (is_stream(b))
		rio_skip(&b->in, inbox_len(b));
	else if (messages(b))
		rio_skip(&b->in, b->in.fence);
	inbox_settle(b);
}
