/* SPDX-License-Identifier: ISC */
/*
 * The trace: units in blocks, the oldest block dropped first. A stream lies
 * between two rungs, or between a rung and the link; the serial of the lower
 * one identifies it. Each unit has its place in its stream and a span in the
 * stream below, so that trace_find() can follow a message down.
 */
#include "rung/trace.h"

#include <stdlib.h>
#include <string.h>

/* A unit; its bytes follow. */
struct traced {
	struct trace_mark mark;
	struct span place;
	size_t kept; /* bytes of it that are kept */
};

struct block {
	struct block *next;
	size_t used;
	_Alignas(struct traced) uint8_t data[(size_t)128 << 10];
};

struct trace {
	struct block *oldest, *newest;
	size_t limit;
	struct account account;
};

static size_t round_up(size_t n)
{
	size_t to = _Alignof(struct traced);
	return (n + to - 1) / to * to;
}

static void drop_oldest(struct trace *t)
{
	struct block *b = t->oldest;
	t->oldest = b->next;
	if (!t->oldest)
		t->newest = NULL;
	account_release(&t->account, sizeof *b);
	free(b);
}

struct trace *trace_new(struct budget *memory, size_t bytes)
{
	struct trace *t = xalloc(sizeof *t);
	t->limit = bytes;
	t->account.budget = memory;
	return t;
}

void trace_free(struct trace *t)
{
	while (t && t->oldest)
		drop_oldest(t);
	free(t);
}

void trace_limit(struct trace *t, size_t bytes)
{
	t->limit = bytes;
	while (t->oldest && t->account.used > bytes)
		drop_oldest(t);
}

size_t trace_limited(const struct trace *t)
{
	return t->limit;
}

size_t trace_memory(const struct trace *t)
{
	return t->account.used;
}

struct trace_mark trace_mark(unsigned session, const char *link,
			     const struct rung *r, enum dir dir)
{
	struct trace_mark m = {.link = link, .session = session, .dir = dir};
	if (!r)
		return m;
	m.rung = r->ops;
	m.serial = r->serial;
	m.below = r->below ? r->below->serial : 0;
	m.span = r->span[dir];
	return m;
}

/* Appends a block, and drops old ones for it. Result: false: no memory, or
 * nothing is to be traced. */
static bool add_block(struct trace *t)
{
	struct block *b;
	while (t->oldest && (t->account.used + sizeof *b > t->limit ||
			     !account_fits(&t->account, sizeof *b)))
		drop_oldest(t);
	if (sizeof *b > t->limit || !account_fits(&t->account, sizeof *b))
		return false;
	b = malloc(sizeof *b);
	if (!b)
		return false;
	b->next = NULL;
	b->used = 0;
	account_charge(&t->account, sizeof *b);
	*(t->newest ? &t->newest->next : &t->oldest) = b;
	t->newest = b;
	return true;
}

void trace_put(struct trace *t, const struct trace_mark *m, struct span place,
	       struct bytes data)
{
	struct bytes kept = bytes_head(data, TRACE_UNIT_MAX);
	size_t n = round_up(sizeof(struct traced) + kept.len);
	struct block *b = t->newest;
	if ((!b || sizeof b->data - b->used < n) && !add_block(t))
		return;
	b = t->newest;
	struct traced *u = (void *)(b->data + b->used);
	*u = (struct traced){.mark = *m, .place = place, .kept = kept.len};
	if (kept.len)
		memcpy(u + 1, kept.at, kept.len);
	b->used += n;
}

/* ---- search */

/* A position in the trace. */
struct cursor {
	const struct block *block;
	size_t at;
};

/* Returns the next unit of the stream above `serial`; NULL: no more. */
static const struct traced *
next(struct cursor *c, const struct trace_mark *message, uint16_t serial)
{
	while (c->block) {
		const struct traced *u = (const void *)(c->block->data + c->at);
		if (c->at == c->block->used) {
			*c = (struct cursor){c->block->next, 0};
			continue;
		}
		c->at += round_up(sizeof *u + u->kept);
		if (u->mark.session == message->session &&
		    u->mark.dir == message->dir && u->mark.serial == serial)
			return u;
	}
	return NULL;
}

/* Spans of one stream, in order. */
struct spans {
	struct span *at;
	size_t count, room;
	size_t first; /* first span that a later unit can overlap */
};

static bool overlap(struct span a, struct span b)
{
	return a.from < b.to && b.from < a.to;
}

/* Adds a span; several units may have come from the same bytes. */
static void add(struct spans *s, struct span one)
{
	struct span *last = s->count ? &s->at[s->count - 1] : NULL;
	if (one.from >= one.to)
		return;
	if (last && overlap(*last, one)) {
		last->from = last->from < one.from ? last->from : one.from;
		last->to = last->to > one.to ? last->to : one.to;
		return;
	}
	if (s->count == s->room) {
		s->room = s->room ? s->room * 2 : 16;
		s->at = xrealloc(s->at, s->room, sizeof *s->at);
	}
	s->at[s->count++] = one;
}

/* Called for the units in order. Returns the part of `place` from the first to
 * the last of the spans that overlap it; empty: none does. */
static struct span clip(struct spans *s, struct span place)
{
	struct span part = {0, 0};
	while (s->first < s->count && s->at[s->first].to <= place.from)
		s->first++;
	for (size_t i = s->first; i < s->count && s->at[i].from < place.to;
	     i++) {
		struct span one = s->at[i];
		if (!overlap(one, place))
			continue;
		if (part.from == part.to)
			part.from = one.from > place.from ? one.from
							  : place.from;
		part.to = one.to < place.to ? one.to : place.to;
	}
	return part;
}

/* A message on its way down. */
struct descent {
	const struct trace *trace;
	const struct trace_mark *message;
	const struct rung_ops *rung; /* NULL: the link */
	uint16_t below;
	struct spans spans; /* in the stream below the rung */
	void (*found)(void *, const struct trace_piece *);
	void *context;
};

static struct cursor begin(const struct descent *d)
{
	return (struct cursor){d->trace->oldest, 0};
}

/* Goes one rung down. Result: false: its units are not kept. */
static bool step_down(struct descent *d)
{
	struct spans below = {.at = NULL};
	struct cursor c = begin(d);
	const struct traced *u;
	uint16_t under = 0;
	while ((u = next(&c, d->message, d->below)) != NULL) {
		struct span part = clip(&d->spans, u->place);
		if (part.from == part.to)
			continue;
		add(&below, u->mark.span);
		d->rung = u->mark.rung;
		under = u->mark.below;
	}
	free(d->spans.at);
	d->spans = below;
	d->below = under;
	return below.count > 0;
}

/* Reports a part of the link's unit. */
static void report_part(const struct descent *d, const struct traced *u,
			struct span part)
{
	struct bytes kept = bytes_of((const uint8_t *)(u + 1), u->kept);
	size_t len = (size_t)(part.to - part.from);
	kept = bytes_skip(kept, (size_t)(part.from - u->place.from));
	struct trace_piece p = {part.from, len, bytes_head(kept, len)};
	d->found(d->context, &p);
}

static bool report_link(struct descent *d)
{
	struct cursor c = begin(d);
	const struct traced *u;
	bool any = false;
	while ((u = next(&c, d->message, 0)) != NULL) {
		struct span part = clip(&d->spans, u->place);
		if (part.from == part.to)
			continue;
		report_part(d, u, part);
		any = true;
	}
	return any;
}

/* Appends the unit's bytes that follow those in `out`, which begins at
 * `from`. */
static void join_units(struct buf *out, uint64_t from, const struct traced *u)
{
	uint64_t at = from + buf_len(out);
	struct bytes kept = bytes_of((const uint8_t *)(u + 1), u->kept);
	if (at >= u->place.from && at < u->place.from + u->kept)
		buf_put(out, bytes_skip(kept, (size_t)(at - u->place.from)));
}

/* Reports a span of the stream below the rung. `at`: its first unit, or one
 * before that; set to its last unit, which may be the next span's first. */
static bool report_span(const struct descent *d, struct span span,
			struct cursor *at)
{
	struct buf out = {.limit = (size_t)16 << 20};
	struct cursor c = *at, before = c;
	const struct traced *u;
	size_t len = (size_t)(span.to - span.from);
	while (buf_len(&out) < len &&
	       (u = next(&c, d->message, d->below)) != NULL &&
	       u->place.from < span.to) {
		join_units(&out, span.from, u);
		*at = before;
		before = c;
	}
	struct trace_piece p = {span.from, len,
				bytes_head(buf_bytes(&out), len)};
	bool any = p.data.len > 0;
	if (any)
		d->found(d->context, &p);
	buf_fini(&out);
	return any;
}

static bool report_rung(const struct descent *d)
{
	struct cursor at = begin(d);
	bool any = false;
	for (size_t i = 0; i < d->spans.count; i++)
		any |= report_span(d, d->spans.at[i], &at);
	return any;
}

static int not_kept(struct err *e)
{
	return err_set(e, ERR_LIMIT, 0,
		       "the bytes that carried this message are no longer "
		       "kept; raise 'set trace'");
}

/* Reports a name that is no rung of the message. `passed`: the rungs above the
 * link, each with a comma. */
static int not_passed(struct bytes name, const char *passed, const char *link,
		      struct err *e)
{
	if (!name.len)
		return err_set(
		    e, ERR_USAGE, 0,
		    "the name of a rung is missing after @; use %s@%s", passed,
		    link);
	return err_set(e, ERR_USAGE, 0,
		       "this message did not pass '%.*s'; it passed %s@%s",
		       (int)bytes_head(name, 32).len, (const char *)name.at,
		       passed, link);
}

/* Goes down to the rung of that name. Result: 0, or -1 and *e. */
static int descend(struct descent *d, struct bytes name, struct err *e)
{
	struct buf passed = {.limit = BUF_SMALL};
	int status = 0;
	while (d->rung && !bytes_is(name, d->rung->name)) {
		buf_printf(&passed, "@%s, ", d->rung->name);
		if (!d->below)
			d->rung = NULL;
		else if (!step_down(d)) {
			status = not_kept(e);
			break;
		}
	}
	if (!status && !d->rung && !bytes_is(name, d->message->link))
		status = not_passed(name, buf_cstr(&passed), d->message->link,
				    e);
	buf_fini(&passed);
	return status;
}

int trace_find(const struct trace *t, const struct trace_mark *message,
	       struct bytes name,
	       void (*found)(void *, const struct trace_piece *), void *context,
	       struct err *e)
{
	struct descent d = {.trace = t,
			    .message = message,
			    .rung = message->rung,
			    .below = message->below,
			    .found = found,
			    .context = context};
	int status = -1;
	add(&d.spans, message->span);
	if (!d.spans.count)
		status = err_set(
		    e, ERR_LIMIT, 0,
		    "the bytes that carried this message are not known");
	else if (!descend(&d, name, e))
		status = (d.rung ? report_rung(&d) : report_link(&d))
			     ? 0
			     : not_kept(e);
	free(d.spans.at);
	return status;
}
