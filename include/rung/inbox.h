/* SPDX-License-Identifier: ISC */
/*
 * The inbox: what came and was not taken. A stream's bytes, or messages with
 * their boundaries; a rio_in, so that the takes of rio.h are the takes here.
 */
#ifndef RUNG_INBOX_H
#define RUNG_INBOX_H

#include "rung/rio.h"
#include "rung/unit.h"

/* Messages kept before no more are asked for, however short they are. */
#define INBOX_MESSAGES_MAX ((size_t)1 << 20)

struct inbox {
	struct rio_in in;
	enum shape shape;
	struct buf ends; /* messages: where each ends, uint64_t, counted over
			    all that ever came */
	uint64_t begin;  /* where the first began */
	size_t headroom; /* bytes besides a read's that may come at once: what
			 a rung keeps */
};

void inbox_init(struct inbox *, enum shape, size_t limit);
/* Counts its memory in that account, which outlives it. Before the first put.
 */
void inbox_charge(struct inbox *, struct account *);
void inbox_fini(struct inbox *);
/* Bytes of memory that it has, for what it holds and for more. */
size_t inbox_memory(const struct inbox *);
/* Result: false: full, nothing taken. */
bool inbox_put(struct inbox *, struct bytes);
/* Puts a mark on the message that was put last; of a stream there is none. */
void inbox_mark(struct inbox *);
bool inbox_is_marked(const struct inbox *, size_t nth);
/* Nothing will follow. */
void inbox_end(struct inbox *);
bool inbox_ended(const struct inbox *);
/* Whether n more bytes would fit. */
bool inbox_has_room(const struct inbox *, size_t n);
/* Whether it holds a stream, not messages. */
bool inbox_is_stream(const struct inbox *);
/* Bytes held. */
size_t inbox_len(const struct inbox *);
/* Messages held; for a stream 1 where there are bytes. */
size_t inbox_count(const struct inbox *);
/*
 * What the takes see now: the stream so far, or the first message.
 * `whole`: nothing will be added to it. Lends until the next change.
 * Result:  false where there is none (an empty message is one).
 */
bool inbox_front(const struct inbox *, struct bytes *window, bool *whole);
/* Nothing was taken of the first message yet. Streams have none: false. */
bool inbox_untouched(const struct inbox *);
/* The nth message behind the first (0: the first). For a stream only 0. */
bool inbox_message(const struct inbox *, size_t nth, struct bytes *out);
/* The reader for rio's takes; fenced at the first message's end. Call
 * inbox_sync() after taking from it. */
struct rio_in *inbox_reader(struct inbox *);
/* Keeps the boundaries in step with what a take took, and gives memory back
 * where nothing is left. */
void inbox_sync(struct inbox *);
/* Takes n bytes of the front (a message that is taken whole goes). */
void inbox_consume(struct inbox *, size_t n);
/* Takes the whole front message, an empty one too. For a stream: all. */
void inbox_pop(struct inbox *);

#endif
