/* SPDX-License-Identifier: ISC */
/*
 * The inbox: received data in a rio_in, and the records of its messages in a
 * buf.
 * room.c decides what happens when the inbox is full.
 */
#include "rung/inbox.h"

#include "rung/budget.h"

#include <stdlib.h>
#include <string.h>

/* Maximum memory of an empty inbox, in bytes. */
enum { INBOX_KEEP = 512 };
/* Memory in bytes above which an inbox shrinks, if less than a quarter of the
 * memory is in use. */
enum { INBOX_SMALL = 4096 };

/* Records, memos and attributes may use this much more than the data's limit.
 */
#define RECORDS_SPARE ((size_t)64 << 10)

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

/* Allocates the records. A stream has none, so that its session stays small. */
static void make_records(struct inbox *b)
{
	if (b->messages)
		return;
	b->messages = xalloc(sizeof *b->messages);
	buf_init(&b->messages->records, SIZE_MAX / 8);
	buf_init(&b->messages->memos, SIZE_MAX / 8);
	b->messages->records.account = b->in.buf.account;
	b->messages->memos.account = b->in.buf.account;
}

static void free_records(struct inbox *b)
{
	if (!b->messages)
		return;
	buf_fini(&b->messages->records);
	buf_fini(&b->messages->memos);
	free(b->messages);
	b->messages = NULL;
}

void inbox_init(struct inbox *b, enum shape shape, size_t limit)
{
	*b = (struct inbox){.shape = shape};
	rio_in_init(&b->in, limit);
	if (shape != SHAPE_BYTES)
		make_records(b);
}

void inbox_charge(struct inbox *b, struct account *account)
{
	b->in.buf.account = account;
	if (!b->messages)
		return;
	b->messages->records.account = account;
	b->messages->memos.account = account;
}

size_t inbox_memory(const struct inbox *b)
{
	const struct inbox_records *m = b->messages;
	return b->in.buf.cap +
	       (m ? m->records.cap + m->memos.cap + m->attrs : 0);
}

/* Value of `flags` in the record of a stream that follows the last message. */
#define STREAM_FOLLOWS UINT32_MAX

static size_t messages(const struct inbox *b)
{
	return b->messages ? buf_len(&b->messages->records) /
				 sizeof(struct inbox_message)
			   : 0;
}

static struct inbox_message record(const struct inbox *b, size_t nth)
{
	struct inbox_message m;
	memcpy(&m, buf_bytes(&b->messages->records).at + nth * sizeof m,
	       sizeof m);
	return m;
}

/* Adds a reference to the attributes of a new message, and counts their memory.
 */
static void hold_attrs(struct inbox *b, struct attrs *attrs)
{
	size_t n = attrs_size(attrs_ref(attrs));
	b->messages->attrs += n;
	account_charge(b->messages->records.account, n);
}

static void release_attrs(struct inbox *b, struct attrs *attrs)
{
	size_t n = attrs_size(attrs);
	if (!attrs)
		return;
	b->messages->attrs -= n;
	account_release(b->messages->records.account, n);
	attrs_unref(attrs);
}

static uint64_t end_of(const struct inbox *b, size_t nth)
{
	return record(b, nth).end;
}

void inbox_fini(struct inbox *b)
{
	for (size_t i = 0; i < messages(b); i++)
		release_attrs(b, record(b, i).attrs);
	rio_in_fini(&b->in);
	free_records(b);
}

bool inbox_record(const struct inbox *b, size_t nth, struct inbox_message *out)
{
	if (nth >= messages(b) || record(b, nth).flags == STREAM_FOLLOWS)
		return false;
	*out = record(b, nth);
	return true;
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
		rio_fence(&b->in, (size_t)(end_of(b, 0) - b->messages->begin));
	else
		rio_fence(&b->in, b->in.ended ? RIO_NO_FENCE : 0);
}

static void replace_last(struct inbox *b, const struct inbox_message *m)
{
	struct buf *records = &b->messages->records;
	size_t at = buf_len(records) - sizeof *m;
	memcpy(records->data + records->head + at, m, sizeof *m);
}

bool inbox_is_whole(const struct inbox *b, size_t nth)
{
	size_t n = messages(b);
	if (!n || nth + 1 != n)
		return true;
	uint32_t flags = record(b, nth).flags;
	return flags == STREAM_FOLLOWS || !(flags & UNIT_MORE);
}

/* Returns true if the unit is a part of the last message. If raw bytes come
 * instead, the rung has failed, and the last message becomes raw, too. */
static bool joins_last(struct inbox *b, const struct unit *u)
{
	size_t n = messages(b);
	if (inbox_is_whole(b, n - 1))
		return false;
	if (!(u->flags & UNIT_RAW))
		return true;
	struct inbox_message m = record(b, n - 1);
	m.flags = (m.flags & ~(uint32_t)UNIT_MORE) | UNIT_RAW;
	replace_last(b, &m);
	return false;
}

/* Adds a part to the last message. The attributes of the last part are those of
 * the message, because a trailer may follow the body. */
static bool put_part(struct inbox *b, const struct unit *u)
{
	size_t n = messages(b);
	struct inbox_message m = record(b, n - 1);
	if (u->data.len && rio_feed(&b->in, u->data) != RIO_MORE)
		return false;
	m.end += u->data.len;
	if (!(u->flags & UNIT_MORE))
		m.flags &= ~(uint32_t)UNIT_MORE;
	if (u->attrs && u->attrs != m.attrs) {
		hold_attrs(b, u->attrs);
		release_attrs(b, m.attrs);
		m.attrs = u->attrs;
	}
	replace_last(b, &m);
	if (n == 1)
		rio_fence(&b->in, b->in.fence + u->data.len);
	return true;
}

static bool put_message(struct inbox *b, const struct unit *u, uint64_t number,
			struct bytes memo)
{
	size_t n = messages(b), memos = buf_len(&b->messages->memos);
	struct inbox_message m = {
	    .end = (n ? end_of(b, n - 1) : b->messages->begin) + u->data.len,
	    .number = number,
	    .kind = u->kind,
	    .attrs = u->attrs,
	    .flags = u->flags,
	    .memo_len = (uint32_t)memo.len,
	};
	if (b->skips) {
		b->skips = u->flags & UNIT_MORE;
		return true;
	}
	if (joins_last(b, u))
		return put_part(b, u);
	if (memo.len > UINT32_MAX || buf_put(&b->messages->memos, memo))
		return false;
	if (buf_put(&b->messages->records, bytes_of(&m, sizeof m))) {
		buf_truncate(&b->messages->memos, memos);
		return false;
	}
	if (u->data.len && rio_feed(&b->in, u->data) != RIO_MORE) {
		buf_truncate(&b->messages->memos, memos);
		buf_truncate(&b->messages->records, n * sizeof m);
		return false;
	}
	hold_attrs(b, m.attrs);
	if (n == 0)
		fence_first(b);
	return true;
}

/* Appends bytes of the stream that follows the last messages. */
static bool put_behind(struct inbox *b, const struct unit *u)
{
	size_t n = messages(b);
	struct inbox_message last = record(b, n - 1);
	struct unit first = {.data = u->data, .flags = STREAM_FOLLOWS};
	if (last.flags != STREAM_FOLLOWS)
		return put_message(b, &first, 0, BYTES_NONE);
	if (rio_feed(&b->in, u->data) != RIO_MORE)
		return false;
	last.end += u->data.len;
	replace_last(b, &last);
	return true;
}

bool inbox_put(struct inbox *b, const struct unit *u, uint64_t number,
	       struct bytes memo)
{
	size_t limit = b->in.buf.limit;
	b->in.buf.limit = SIZE_MAX / 8;
	bool took = b->turning           ? put_behind(b, u)
		    : inbox_is_stream(b) ? rio_feed(&b->in, u->data) == RIO_MORE
					 : put_message(b, u, number, memo);
	b->in.buf.limit = limit;
	return took;
}

/* Turns the inbox into a stream after its messages were consumed. */
static void become_stream(struct inbox *b)
{
	b->turning = false;
	b->shape = SHAPE_BYTES;
	free_records(b);
	rio_fence(&b->in, RIO_NO_FENCE);
}

/* Turns the stream that follows the last message into a message. */
static void close_last(struct inbox *b)
{
	size_t n = messages(b);
	struct inbox_message last;
	if (!n || record(b, n - 1).flags != STREAM_FOLLOWS)
		return;
	last = record(b, n - 1);
	last.flags = 0;
	buf_truncate(&b->messages->records, (n - 1) * sizeof last);
	buf_put(&b->messages->records, bytes_of(&last, sizeof last));
}

void inbox_reshape(struct inbox *b, enum shape shape)
{
	struct unit rest = {.flags = 0};
	if (shape == SHAPE_BYTES && !inbox_is_stream(b)) {
		b->turning = true;
		b->skips = false;
		if (!inbox_is_whole(b, messages(b) - 1)) {
			/* No further part follows. */
			struct inbox_message m = record(b, messages(b) - 1);
			m.flags &= ~(uint32_t)UNIT_MORE;
			replace_last(b, &m);
		}
		if (messages(b) == 0)
			become_stream(b);
		return;
	}
	if (shape == SHAPE_BYTES || !inbox_is_stream(b)) {
		b->turning = false;
		b->shape = shape;
		close_last(b);
		return;
	}
	b->shape = shape;
	make_records(b);
	rest.data = buf_bytes(&b->in.buf);
	if (!rest.data.len) {
		fence_first(b);
		return;
	}
	struct inbox_message m = {.end = rest.data.len};
	buf_put(&b->messages->records, bytes_of(&m, sizeof m));
	fence_first(b);
}

void inbox_end(struct inbox *b)
{
	rio_end(&b->in);
	if (!inbox_is_stream(b) && messages(b) == 0)
		fence_first(b);
	else if (!inbox_is_whole(b, 0))
		inbox_sync(b);
}

void inbox_reopen(struct inbox *b)
{
	b->in.ended = false;
	if (!inbox_is_stream(b) && messages(b) == 0)
		fence_first(b);
}

bool inbox_ended(const struct inbox *b)
{
	return b->in.ended;
}

static size_t records_len(const struct inbox *b)
{
	const struct inbox_records *m = b->messages;
	return m ? buf_len(&m->records) + buf_len(&m->memos) + m->attrs : 0;
}

bool inbox_has_room(const struct inbox *b, size_t n)
{
	size_t held = buf_len(&b->in.buf), limit = b->in.buf.limit;
	size_t records = records_len(b);
	return held < limit && n <= limit - held &&
	       messages(b) < INBOX_MESSAGES_MAX &&
	       (records < RECORDS_SPARE || records - RECORDS_SPARE < limit);
}

bool inbox_has_room_above(const struct inbox *b, size_t over)
{
	size_t held = buf_len(&b->in.buf), limit = b->in.buf.limit;
	size_t spare = RECORDS_SPARE + over, records = records_len(b);
	return (held <= over || held - over < limit) &&
	       messages(b) < INBOX_MESSAGES_MAX + over &&
	       (records < spare || records - spare < limit);
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
	return inbox_is_whole(b, 0);
}

bool inbox_part(const struct inbox *b, struct bytes *window, bool *whole)
{
	if (inbox_front(b, window, whole))
		return true;
	*whole = false;
	return messages(b) && b->in.fence > 0;
}

bool inbox_message(const struct inbox *b, size_t nth, struct bytes *out)
{
	bool whole;
	if (inbox_is_stream(b))
		return nth == 0 && inbox_front(b, out, &whole);
	if (nth >= messages(b))
		return false;
	if (nth == 0) {
		*out = bytes_head(buf_bytes(&b->in.buf), b->in.fence);
		return true;
	}
	size_t from = buffer_offset(b, end_of(b, nth - 1));
	size_t to = buffer_offset(b, end_of(b, nth));
	*out = bytes_head(bytes_skip(buf_bytes(&b->in.buf), from), to - from);
	return true;
}

bool inbox_untouched(const struct inbox *b)
{
	return messages(b) && b->in.fence == end_of(b, 0) - b->messages->begin;
}

size_t inbox_taken(const struct inbox *b)
{
	if (!messages(b))
		return 0;
	return (size_t)(end_of(b, 0) - b->messages->begin) - b->in.fence;
}

struct rio_in *inbox_reader(struct inbox *b)
{
	return &b->in;
}

static void shrink_when_empty(struct inbox *b)
{
	if (buf_len(&b->in.buf) == 0)
		buf_free_idle(&b->in.buf, INBOX_KEEP);
	buf_compact(&b->in.buf, INBOX_SMALL);
	struct inbox_records *m = b->messages;
	if (!m)
		return;
	if (messages(b) == 0)
		buf_free_idle(&m->records, 0);
	if (buf_len(&m->memos) == 0)
		buf_free_idle(&m->memos, 0);
	buf_compact(&m->records, INBOX_SMALL);
	buf_compact(&m->memos, INBOX_SMALL);
}

static void next_message(struct inbox *b)
{
	struct inbox_message m = record(b, 0);
	b->messages->begin = m.end;
	release_attrs(b, m.attrs);
	buf_drop(&b->messages->memos, m.memo_len);
	buf_drop(&b->messages->records, sizeof m);
	if (b->turning &&
	    (messages(b) == 0 || record(b, 0).flags == STREAM_FOLLOWS))
		become_stream(b);
	else
		fence_first(b);
}

void inbox_sync(struct inbox *b)
{
	/* A partial message stays even if its bytes were consumed, unless the
	 * input has ended. */
	if (!inbox_is_stream(b) && messages(b) && b->in.fence == 0 &&
	    (inbox_is_whole(b, 0) || b->in.ended))
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
	bool whole = inbox_is_whole(b, 0);
	if (inbox_is_stream(b))
		rio_skip(&b->in, inbox_len(b));
	else if (messages(b))
		rio_skip(&b->in, b->in.fence);
	if (!whole && !b->in.ended) {
		b->skips = true;
		next_message(b);
	}
	inbox_sync(b);
}
