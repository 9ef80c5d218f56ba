/* SPDX-License-Identifier: ISC */
/*
 * The inbox: received data not yet consumed, a stream or messages with
 * boundaries. The data is in a rio_in, so that the functions of rio.h can
 * consume it.
 */
#ifndef RUNG_INBOX_H
#define RUNG_INBOX_H

#include "rung/rio.h"
#include "rung/unit.h"

/* Limit of the number of messages, however short. */
#define INBOX_MESSAGES_MAX ((size_t)1 << 20)

/* The facts about a message, beside its data. */
struct inbox_message {
	uint64_t end;    /* offset of its end in all received data */
	uint64_t number; /* number in the log; 0: none */
	const struct unit_kind *kind;
	struct attrs *attrs; /* a reference of the inbox */
	uint32_t flags;      /* the unit's */
	uint32_t memo_len;   /* length of its bytes in `memos` */
};

/* The records of an inbox of messages. */
struct inbox_records {
	struct buf records; /* a struct inbox_message for each message */
	struct buf memos;   /* bytes that rungs keep with messages, in order */
	uint64_t begin;     /* offset of the first message */
	size_t attrs;       /* bytes of the messages' attributes */
};

struct inbox {
	struct rio_in in;
	struct inbox_records *messages; /* owned; NULL: a stream */
	enum shape shape;
	bool turning; /* becomes a stream after its messages */
	bool skips; /* drops the rest of a message that was popped before it was
		       whole */
};

void inbox_init(struct inbox *, enum shape, size_t limit);
/* Charges the inbox's memory to an account, which must outlive the inbox. Call
 * before any inbox_put(). */
void inbox_charge(struct inbox *, struct account *);
void inbox_fini(struct inbox *);
/* Returns the number of bytes allocated. */
size_t inbox_memory(const struct inbox *);
/*
 * Appends a received unit: bytes to a stream, or a message. Units with
 * UNIT_MORE and the unit after them are one message, with the facts of the
 * first.
 * `number`: the message's number in the log.
 * `memo`:  bytes that the rung needs to restore the message's wire form.
 * Result:  false: no memory, nothing was added. The limit is not checked: units
 *          are received only while there is room.
 */
bool inbox_put(struct inbox *, const struct unit *, uint64_t number,
	       struct bytes memo);
/* Copies the record of the nth message (0: the first) to *out; its attributes
 * are lent. Result: false: no such message, or a stream. */
bool inbox_record(const struct inbox *, size_t nth, struct inbox_message *out);
/* Records that no more data follows. */
void inbox_end(struct inbox *);
bool inbox_ended(const struct inbox *);
/* Records that more data may follow after all. */
void inbox_reopen(struct inbox *);
/* Returns true if n more bytes fit. Records, memos and attributes together have
 * their own limit, which is 64 KiB higher than that of the data. */
bool inbox_has_room(const struct inbox *, size_t n);
/* Returns true if the inbox exceeds none of its limits by `over` or more. */
bool inbox_has_room_above(const struct inbox *, size_t over);
/*
 * Changes the shape. If the new shape is a stream, existing messages stay
 * messages until they are consumed. An existing stream becomes one message.
 */
void inbox_reshape(struct inbox *, enum shape);
bool inbox_is_stream(const struct inbox *);
/* Returns true if the messages are datagrams. */
bool inbox_is_datagrams(const struct inbox *);
/* Returns the limit in bytes. */
size_t inbox_limit(const struct inbox *);
/* Returns the bytes held. */
size_t inbox_len(const struct inbox *);
/* Returns the number of messages; for a stream 1, or 0 if it is empty. */
size_t inbox_count(const struct inbox *);
/*
 * Gets the data to consume next: the stream, or the rest of the first message
 * if that is whole. `whole`: nothing will be added to that data. Lends *window
 * until the inbox changes.
 * Result:  false: there is no data (an empty message counts as data).
 */
bool inbox_front(const struct inbox *, struct bytes *window, bool *whole);
/* Does the same as inbox_front(), but also gets the bytes of a first message
 * that is not whole yet. */
bool inbox_part(const struct inbox *, struct bytes *window, bool *whole);
/* Returns false for the last message as long as parts of it are missing. */
bool inbox_is_whole(const struct inbox *, size_t nth);
/* Returns true if no byte of the first message was consumed; false for a
 * stream. */
bool inbox_untouched(const struct inbox *);
/* Returns how many bytes of the first message were consumed; 0 for a stream. */
size_t inbox_taken(const struct inbox *);
/* Gets the nth message (0: the first), whole or not. A stream counts as one
 * message. Result: false: there is no such message. */
bool inbox_message(const struct inbox *, size_t nth, struct bytes *out);
/* Returns the rio_in that holds the data, fenced at the end of the first
 * message. The caller takes bytes from it, then calls inbox_sync(). */
struct rio_in *inbox_reader(struct inbox *);
/* Updates the message boundaries after bytes were taken, and frees unused
 * memory. */
void inbox_sync(struct inbox *);
/* Consumes n bytes of the stream or of the first message, which is removed with
 * its last byte. */
void inbox_consume(struct inbox *, size_t n);
/* Consumes the rest of the first message, which may be empty, or all data of a
 * stream. Parts of that message that arrive later are dropped. */
void inbox_pop(struct inbox *);

#endif
