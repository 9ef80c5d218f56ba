/* SPDX-License-Identifier: ISC */
/*
 * The inbox: received data not yet consumed, as a stream or as messages with
 * boundaries. Contains a rio_in, so that the functions of rio.h can consume
 * from it.
 */
#ifndef RUNG_INBOX_H
#define RUNG_INBOX_H

#include "rung/rio.h"
#include "rung/unit.h"

/* Limit of the number of messages, however short. */
#define INBOX_MESSAGES_MAX ((size_t)1 << 20)

struct inbox {
	struct rio_in in;
	enum shape shape;
	struct buf ends; /* messages: end offset of each, a uint64_t */
	uint64_t begin;  /* offset of the first message */
	size_t headroom; /* bytes allowed beyond one read, for a rung */
};

void inbox_init(struct inbox *, enum shape, size_t limit);
/* Charges the inbox's memory to an account that outlives the inbox. Call before
 * any put. */
void inbox_charge(struct inbox *, struct account *);
void inbox_fini(struct inbox *);
/* Returns the bytes of allocated memory. */
size_t inbox_memory(const struct inbox *);
/* Appends received bytes. Result: false: the inbox is full, nothing was added.
 */
bool inbox_put(struct inbox *, struct bytes);
/* Ends the newest message at the bytes put so far; does nothing for a stream.
 */
void inbox_mark(struct inbox *);
bool inbox_is_marked(const struct inbox *, size_t nth);
/* Records that no more data follows. */
void inbox_end(struct inbox *);
bool inbox_ended(const struct inbox *);
/* Returns true if n more bytes fit. */
bool inbox_has_room(const struct inbox *, size_t n);
bool inbox_is_stream(const struct inbox *);
/* Returns the bytes held. */
size_t inbox_len(const struct inbox *);
/* Returns the number of messages; for a stream 1 unless empty. */
size_t inbox_count(const struct inbox *);
/*
 * Returns the data to consume next: the stream, or the first message.
 * `whole`: nothing will be added to that data. Lends *window until the next
 *          change.
 * Result:  false: there is no data (an empty message counts as data).
 */
bool inbox_front(const struct inbox *, struct bytes *window, bool *whole);
/* Returns true if nothing of the first message was consumed; false for a
 * stream. */
bool inbox_untouched(const struct inbox *);
/* Returns the nth message (0: the first) in *out. A stream has only 0. */
bool inbox_message(const struct inbox *, size_t nth, struct bytes *out);
/* Returns the reader to consume with; fenced at the first message's end. Call
 * inbox_sync() afterwards. */
struct rio_in *inbox_reader(struct inbox *);
/* Updates the boundaries after consuming, and frees memory no longer used. */
void inbox_sync(struct inbox *);
/* Consumes n bytes at the front; after its last byte a message is removed. */
void inbox_consume(struct inbox *, size_t n);
/* Consumes the whole front message, even an empty one; all data of a stream. */
void inbox_pop(struct inbox *);

#endif
