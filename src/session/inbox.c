/* SPDX-License-Identifier: ISC */
/*
 * The inbox: received data in a rio_in, and the ends of its messages in a buf.
 * room.c decides what happens when the inbox is full.
 */
#include "rung/inbox.h"

#include <string.h>

/* Maximum memory of an empty inbox, in bytes. */
enum { INBOX_KEEP = 512 };
/* Memory in bytes above which an inbox shrinks, if less than a quarter of the
 * memory is in use. */
enum { INBOX_SMALL = 4096 };

/* Flag in the stored end of a message: the message is marked. No stream is long
 * enough to need this bit for its offsets. */
#define MARK ((uint64_t)1 << 63)

bool inbox_is_stream(const struct inbox *b)
{
	return b->shape == SHAPE_BYTES;
}

bool inbox_is_datagrams(const struct inbox *b)
{
	return b->shape == SHAPE_DATAGRAMS;
}

size_t inbox_limit(const struct inbox *b)
{
	return b->in.buf.limit;
}

void inbox_init(struct inbox *b, enum shape shape, size_t limit)
{
	*b = (struct inbox){.shape = shape};
	rio_in_init(&b->in, limit);
	buf_init(&b->ends, INBOX_MESSAGES_MAX * sizeof(uint64_t));
}

void inbox_charge(struct inbox *b, struct account *account)
{
	b->in.buf.account = account;
	b->ends.account = account;
}

size_t inbox_memory(const struct inbox *b)
{
	return b->in.buf.cap + b->ends.cap;
}

void inbox_fini(struct inbox *b)
{
	rio_in_fini(&b->in);
	buf_fini(&b->ends);
}

static size_t messages(const struct inbox *b)
{
	return buf_len(&b->ends) / sizeof(uint64_t);
}

static uint64_t marked_end_of(const struct inbox *b, size_t nth)
{
	uint64_t end;
	memcpy(&end, buf_bytes(&b->ends).at + nth * sizeof end, sizeof end);
	return end;
}

static uint64_t end_of(const struct inbox *b, size_t nth)
{
	return marked_end_of(b, nth) & ~MARK;
}

/* Converts a stream offset to an offset in the buffer. The fence is the end of
 * the first message, even if part of that message was consumed. */
static size_t buffer_offset(const struct inbox *b, uint64_t place)
{
	return b->in.fence + (size_t)(place - end_of(b, 0));
}

static void fence_first(struct inbox *b)
{
	if (messages(b))
		rio_fence(&b->in, (size_t)(end_of(b, 0) - b->begin));
	else
		rio_fence(&b->in, b->in.ended ? RIO_NO_FENCE : 0);
}

static bool inbox_append(struct inbox *b, struct bytes data)
{
	if (inbox_is_stream(b))
		return rio_feed(&b->in, data) == RIO_MORE;
	size_t n = messages(b);
	uint64_t end = (n ? end_of(b, n - 1) : b->begin) + data.len;
	if (buf_put(&b->ends, bytes_of(&end, sizeof end)))
		return false;
	if (data.len && rio_feed(&b->in, data) != RIO_MORE) {
		buf_truncate(&b->ends, n * sizeof end);
		return false;
	}
	if (n == 0)
		fence_first(b);
	return true;
}

bool inbox_put(struct inbox *b, struct bytes data)
{
	/* The link reads only if there is room, but may then exceed the limit:
	 * by one read, and by the bytes that a rung kept of earlier reads. */
	size_t limit = b->in.buf.limit;
	size_t over = RIO_CHUNK + b->headroom;
	b->in.buf.limit = limit + over;
	b->ends.limit = (INBOX_MESSAGES_MAX + over) * sizeof(uint64_t);
	bool took = inbox_append(b, data);
	b->in.buf.limit = limit;
	return took;
}

void inbox_mark(struct inbox *b)
{
	size_t n = messages(b);
	if (n == 0)
		return;
	uint64_t end = marked_end_of(b, n - 1) | MARK;
	buf_truncate(&b->ends, (n - 1) * sizeof end);
	buf_put(&b->ends, bytes_of(&end, sizeof end));
}

bool inbox_is_marked(const struct inbox *b, size_t nth)
{
	return nth < messages(b) && marked_end_of(b, nth) & MARK;
}

void inbox_end(struct inbox *b)
{
	rio_end(&b->in);
	if (!inbox_is_stream(b) && messages(b) == 0)
		fence_first(b);
}

bool inbox_ended(const struct inbox *b)
{
	return b->in.ended;
}

bool inbox_has_room(const struct inbox *b, size_t n)
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
	return inbox_is_stream(b) ? inbox_len(b) > 0 : messages(b);
}

bool inbox_front(const struct inbox *b, struct bytes *window, bool *whole)
{
	*whole = inbox_is_stream(b) ? b->in.ended : true;
	*window = rio_peek(&b->in);
	if (inbox_is_stream(b))
		return window->len > 0;
	if (messages(b) == 0)
		return false;
	*window = bytes_head(buf_bytes(&b->in.buf), b->in.fence);
	return true;
}

bool inbox_message(const struct inbox *b, size_t nth, struct bytes *out)
{
	bool whole;
	if (nth == 0 || inbox_is_stream(b))
		return nth == 0 && inbox_front(b, out, &whole);
	if (nth >= messages(b))
		return false;
	size_t from = buffer_offset(b, end_of(b, nth - 1));
	size_t to = buffer_offset(b, end_of(b, nth));
	*out = bytes_head(bytes_skip(buf_bytes(&b->in.buf), from), to - from);
	return true;
}

bool inbox_untouched(const struct inbox *b)
{
	return messages(b) && b->in.fence == end_of(b, 0) - b->begin;
}

struct rio_in *inbox_reader(struct inbox *b)
{
	return &b->in;
}

static void shrink_when_empty(struct inbox *b)
{
	if (buf_len(&b->in.buf) == 0)
		buf_free_idle(&b->in.buf, INBOX_KEEP);
	if (messages(b) == 0)
		buf_free_idle(&b->ends, 0);
	buf_compact(&b->in.buf, INBOX_SMALL);
	buf_compact(&b->ends, INBOX_SMALL);
}

static void next_message(struct inbox *b)
{
	b->begin = end_of(b, 0);
	buf_drop(&b->ends, sizeof(uint64_t));
	fence_first(b);
}

void inbox_sync(struct inbox *b)
{
	if (!inbox_is_stream(b) && messages(b) && b->in.fence == 0)
		next_message(b);
	shrink_when_empty(b);
}

void inbox_consume(struct inbox *b, size_t n)
{
	rio_skip(&b->in, n);
	inbox_sync(b);
}

void inbox_pop(struct inbox *b)
{
	if (inbox_is_stream(b))
		rio_skip(&b->in, inbox_len(b));
	else if (messages(b))
		rio_skip(&b->in, b->in.fence);
	inbox_sync(b);
}
