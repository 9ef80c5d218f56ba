/* SPDX-License-Identifier: ISC */
/*
 * The log: a ring of the last messages, with their bytes in blocks. Every
 * message of every session is logged, so bytes are never moved and blocks are
 * reused: moves and page faults would cost more than the one copy. src/view
 * displays messages.
 */
#include "rung/log.h"

#include "session_own.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Maximum number of entries, so that the slots stay in the processor's cache.
 */
enum { LOG_ENTRIES = 4096 };

/* Bytes of messages, oldest first; no message spans two blocks. */
struct log_block {
	struct log_block *next;
	size_t used, messages;
	uint8_t data[(size_t)128 << 10];
};
static_assert(sizeof((struct log_block *)0)->data >=
		  LOG_MESSAGE_MAX + SESSION_NAME_MAX +
		      sizeof(struct trace_mark),
	      "a message fits in a block");

struct slot {
	uint64_t at, offset;
	const uint8_t *bytes; /* session name, mark, then the kept bytes */
	size_t len;
	const struct unit_kind *kind;
	struct attrs *attrs; /* a reference */
	uint32_t kept;
	unsigned log_id; /* the session's */
	uint16_t flags;
	uint8_t dir, name; /* name: length of the session name */
	bool marked;       /* there is a mark; it needs no alignment */
};

struct log {
	struct subscriber sub;
	struct slot *slots;   /* slots[number & (room - 1)] */
	size_t room;          /* a power of two */
	size_t limit, held;   /* bytes of messages and attributes, no names */
	uint64_t first, last; /* message numbers; last 0: none */
	struct log_block *oldest, *newest, *spare;
	struct account account;
};

static void block_free(struct log *l, struct log_block *b)
{
	if (b)
		account_release(&l->account, sizeof *b);
	free(b);
}

/* Returns true if n more bytes need a new block and memory is short. */
static bool is_short_of(const struct log *l, size_t n)
{
	const struct log_block *b = l->newest;
	return b && sizeof b->data - b->used < n && !l->spare &&
	       b != l->oldest && !account_fits(&l->account, sizeof *b);
}

/* Allocates n bytes for a message; release_oldest() frees them. */
static uint8_t *allocate(struct log *l, size_t n)
{
	struct log_block *b = l->newest;
	if (!b || sizeof b->data - b->used < n) {
		b = l->spare;
		if (!b) {
			b = xalloc(sizeof *b);
			account_charge(&l->account, sizeof *b);
		}
		l->spare = NULL;
		b->next = NULL;
		b->used = b->messages = 0;
		*(l->newest ? &l->newest->next : &l->oldest) = b;
		l->newest = b;
	}
	uint8_t *at = b->data + b->used;
	b->used += n;
	b->messages++;
	return at;
}

/* Removes the oldest message from its block, which is reused once empty. */
static void release_oldest(struct log *l)
{
	struct log_block *b = l->oldest;
	if (--b->messages)
		return;
	if (b == l->newest) {
		b->used = 0;
		return;
	}
	l->oldest = b->next;
	block_free(l, l->spare);
	l->spare = b;
}

static void drop_oldest(struct log *l)
{
	struct slot *s = &l->slots[l->first++ & (l->room - 1)];
	l->held -= s->kept + attrs_size(s->attrs);
	attrs_unref(s->attrs);
	s->attrs = NULL;
	release_oldest(l);
}

static bool any(const struct log *l)
{
	return l->last && l->first <= l->last;
}

static size_t count(const struct log *l)
{
	return any(l) ? (size_t)(l->last - l->first + 1) : 0;
}

/* Doubles a full ring, and moves the entries whose slot changes. The ring
 * starts small, because an idle program needs few entries. */
static void log_grow(struct log *l)
{
	size_t had = l->room, room = had * 2;
	l->slots = xrealloc(l->slots, room, sizeof *l->slots);
	for (uint64_t n = l->first; n <= l->last; n++)
		if (n & had)
			l->slots[n & (room - 1)] = l->slots[n & (had - 1)];
	l->room = room;
}

static void log_on_event(struct subscriber *sub, const struct event *ev)
{
	struct log *l = list_entry(sub, struct log, sub);
	if ((ev->kind != EVENT_MESSAGE && ev->kind != EVENT_CONTROL) ||
	    !ev->number)
		return;
	struct bytes data = bytes_head(ev->unit->data, LOG_MESSAGE_MAX);
	struct bytes name = bytes_str(ev->session->name);
	data = bytes_head(data, l->limit);
	size_t mark = ev->rung ? sizeof(struct trace_mark) : 0;
	size_t room = name.len + mark + data.len;
	size_t kept = data.len + attrs_size(ev->unit->attrs);
	while (any(l) && (l->held + kept > l->limit || is_short_of(l, room)))
		drop_oldest(l);
	if (count(l) == l->room) {
		if (l->room < LOG_ENTRIES)
			log_grow(l);
		else
			drop_oldest(l);
	}
	if (!any(l))
		l->first = ev->number;
	uint8_t *bytes = allocate(l, room);
	memcpy(bytes, name.at, name.len);
	if (mark) {
		struct trace_mark m = session_mark(ev->session, ev->rung,
						   ev->dir);
		memcpy(bytes + name.len, &m, mark);
	}
	if (data.len)
		memcpy(bytes + name.len + mark, data.at, data.len);
	l->slots[ev->number & (l->room - 1)] = (struct slot){
	    .at = ev->at,
	    .offset = ev->offset,
	    .bytes = bytes,
	    .len = ev->unit->data.len,
	    .kept = (uint32_t)data.len,
	    .log_id = session_log_id(ev->session),
	    .kind = ev->unit->kind,
	    .attrs = attrs_ref(ev->unit->attrs),
	    .flags = (uint16_t)ev->unit->flags,
	    .dir = (uint8_t)ev->dir,
	    .name = (uint8_t)name.len,
	    .marked = mark > 0,
	};
	l->held += kept;
	l->last = ev->number;
}

struct log *log_new(struct hub *h, size_t bytes)
{
	struct log *l = xalloc(sizeof *l);
	l->room = 64;
	l->slots = xalloc(l->room * sizeof *l->slots);
	l->limit = bytes;
	l->account.budget = &h->memory;
	l->sub.on_event = log_on_event;
	hub_subscribe(h, &l->sub);
	return l;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	hub_unsubscribe(&l->sub);
	while (any(l))
		drop_oldest(l);
	block_free(l, l->oldest);
	block_free(l, l->spare);
	free(l->slots);
	free(l);
}

void log_limit(struct log *l, size_t bytes)
{
	l->limit = bytes;
	while (any(l) && l->held > bytes)
		drop_oldest(l);
}

size_t log_memory(const struct log *l)
{
	return l->account.used;
}

size_t log_limited(const struct log *l)
{
	return l->limit;
}

bool log_find(const struct log *l, uint64_t number, struct log_entry *out)
{
	if (!any(l) || number < l->first || number > l->last)
		return false;
	const struct slot *s = &l->slots[number & (l->room - 1)];
	*out = (struct log_entry){
	    .number = number,
	    .at = s->at,
	    .offset = s->offset,
	    .dir = (enum dir)s->dir,
	    .kind = s->kind,
	    .attrs = s->attrs,
	    .flags = s->flags,
	    .log_id = s->log_id,
	    .len = s->len,
	};
	const uint8_t *at = s->bytes + s->name;
	memcpy(out->session, s->bytes, s->name);
	if (s->marked) {
		memcpy(&out->mark, at, sizeof out->mark);
		at += sizeof out->mark;
	}
	out->data = bytes_of(at, s->kept);
	return true;
}

struct session *log_session(struct hub *h, const struct log_entry *entry)
{
	struct session *s = hub_find(h, bytes_str(entry->session), NULL);
	return s && session_log_id(s) == entry->log_id ? s : NULL;
}

bool log_range(const struct log *l, uint64_t *first, uint64_t *last)
{
	if (!any(l))
		return false;
	*first = l->first;
	*last = l->last;
	return true;
}
