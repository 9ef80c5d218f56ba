/* SPDX-License-Identifier: ISC */
/*
 * The log: a ring of the last messages and a queue of their bytes. How they are
 * shown is the views' job.
 */
#include "rung/log.h"

#include <stdlib.h>
#include <string.h>

/* Entries kept at most, however short the messages. */
enum { LOG_ENTRIES = 16384 };

struct slot {
	uint64_t at, offset;
	size_t len, kept;
	uint64_t place; /* of its bytes, counted over all that ever came */
	enum dir dir;
	unsigned kind;
	char session[SESSION_NAME_MAX];
};

struct log {
	struct sub sub;
	struct slot *slots; /* slots[number & (room - 1)] */
	size_t room;        /* a power of two */
	size_t limit;
	uint64_t first, last; /* numbers; last 0: none */
	struct buf bytes;
	uint64_t gone; /* bytes dropped at the queue's head, ever */
};

static void drop_oldest(struct log *l)
{
	const struct slot *s = &l->slots[l->first & (l->room - 1)];
	buf_drop(&l->bytes, s->kept);
	l->gone += s->kept;
	l->first++;
}

static bool any(const struct log *l)
{
	return l->last && l->first <= l->last;
}

static size_t count(const struct log *l)
{
	return any(l) ? (size_t)(l->last - l->first + 1) : 0;
}

/* Doubles the ring: an idle program pays for few entries. */
static void grow(struct log *l)
{
	size_t room = l->room * 2;
	struct slot *slots = xalloc(room * sizeof *slots);
	for (uint64_t n = l->first; any(l) && n <= l->last; n++)
		slots[n & (room - 1)] = l->slots[n & (l->room - 1)];
	free(l->slots);
	l->slots = slots;
	l->room = room;
}

static void hear(struct sub *sub, const struct event *ev)
{
	struct log *l = list_entry(sub, struct log, sub);
	if (ev->kind != EVENT_MESSAGE)
		return;
	struct bytes data = bytes_head(ev->unit->data, LOG_MESSAGE_MAX);
	data = bytes_head(data, l->limit);
	while (any(l) && buf_len(&l->bytes) + data.len > l->limit)
		drop_oldest(l);
	if (count(l) == l->room) {
		if (l->room < LOG_ENTRIES)
			grow(l);
		else
			drop_oldest(l);
	}
	if (!any(l))
		l->first = ev->number;
	struct slot *s = &l->slots[ev->number & (l->room - 1)];
	*s = (struct slot){
	    .at = ev->at,
	    .offset = ev->offset,
	    .len = ev->unit->data.len,
	    .place = l->gone + buf_len(&l->bytes),
	    .dir = ev->dir,
	    .kind = ev->unit->kind,
	};
	if (buf_put(&l->bytes, data) == 0)
		s->kept = data.len;
	memcpy(s->session, ev->session->name, sizeof s->session);
	l->last = ev->number;
}

struct log *log_new(struct hub *h, size_t bytes)
{
	struct log *l = xalloc(sizeof *l);
	l->room = 64;
	l->slots = xalloc(l->room * sizeof *l->slots);
	l->limit = bytes;
	buf_init(&l->bytes, SIZE_MAX);
	l->sub.hear = hear;
	hub_hear(h, &l->sub);
	return l;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	hub_unhear(&l->sub);
	buf_fini(&l->bytes);
	free(l->slots);
	free(l);
}

void log_limit(struct log *l, size_t bytes)
{
	l->limit = bytes;
	while (any(l) && buf_len(&l->bytes) > bytes)
		drop_oldest(l);
}

size_t log_limited(const struct log *l)
{
	return l->limit;
}

bool log_find(const struct log *l, uint64_t number, struct entry *out)
{
	if (!any(l) || number < l->first || number > l->last)
		return false;
	const struct slot *s = &l->slots[number & (l->room - 1)];
	*out = (struct entry){
	    .number = number,
	    .at = s->at,
	    .offset = s->offset,
	    .dir = s->dir,
	    .kind = s->kind,
	    .len = s->len,
	};
	memcpy(out->session, s->session, sizeof out->session);
	struct bytes all = buf_bytes(&l->bytes);
	out->data = bytes_head(bytes_skip(all, (size_t)(s->place - l->gone)),
			       s->kept);
	return true;
}

bool log_range(const struct log *l, uint64_t *first, uint64_t *last)
{
	if (!any(l))
		return false;
	*first = l->first;
	*last = l->last;
	return true;
}
