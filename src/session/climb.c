/* SPDX-License-Identifier: ISC */
/*
 * Pushes rungs onto the ladder of a live session and removes them, without
 * losing, duplicating or reordering received data.
 *
 * Unconsumed data passes through the new rung, or is turned back into bytes,
 * without events: it was published, logged and displayed on arrival. If the
 * data ends with a partial message, that message is published once complete.
 * The session's bytes[DIR_UP] stays the inbox's offset plus the inbox's length
 * (see session_inbox_offset()).
 */
#include "session_own.h"

#include "rung/rungs.h"

#include <errno.h>
#include <stdlib.h>

struct frame *frame_copy(const struct frame *f)
{
	struct frame *copy = f ? xalloc(sizeof *copy) : NULL;
	if (f)
		*copy = *f;
	return copy;
}

void session_take_again(struct session *s, const struct unit *u)
{
	if (u->flags & UNIT_END) {
		inbox_end(&s->inbox);
		return;
	}
	if (session_put(s, u))
		s->bytes[DIR_UP] += u->data.len;
	else
		hub_notice(s->hub, s, false, "out of memory: dropped %zu bytes",
			   u->data.len);
}

void session_breaks(struct session *s, const struct err *why)
{
	if (!s->frame_error) {
		s->frame_error = xalloc(sizeof *s->frame_error);
		*s->frame_error = *why;
	}
	/* A command that consumes gets the error from
	 * session_take_frame_error(); the notice is then for -v only. */
	hub_notice(s->hub, s, session_has_consumer(s), "%s", why->text);
	session_poke(s);
}

bool session_is_raw(const struct session *s, size_t nth)
{
	struct inbox_message m;
	return inbox_record(&s->inbox, nth, &m) && m.flags & UNIT_RAW;
}

int session_take_frame_error(struct session *s, size_t nth, struct err *e)
{
	if (!s->frame_error || s->frame_error_reported ||
	    !session_is_raw(s, nth))
		return 0;
	s->frame_error_reported = true;
	return err_set(e, s->frame_error->kind, s->frame_error->code, "%s: %s",
		       s->name, s->frame_error->text);
}

static void clear_frame_error(struct session *s)
{
	free(s->frame_error);
	s->frame_error = NULL;
	s->frame_error_reported = false;
}

/* Replaces the inbox by an empty one of the given shape. Result: the old inbox.
 */
static struct inbox climb_begin(struct session *s, enum shape shape,
				size_t spare)
{
	struct inbox old = s->inbox;
	inbox_init(&s->inbox, shape, old.in.buf.limit);
	inbox_charge(&s->inbox, &s->account);
	/* All bytes already received must fit, even above the limit. */
	s->inbox.headroom = spare + inbox_len(&old);
	s->bytes[DIR_UP] -= inbox_len(&old);
	s->reframing = true;
	return old;
}

static void climb_finish(struct session *s, struct inbox *old, size_t spare)
{
	s->reframing = false;
	s->inbox.headroom = spare;
	s->ladder_generation++;
	inbox_fini(old);
	session_poke(s);
	session_touch(s);
}

/* Returns how many bytes of earlier reads the rung may keep. */
static size_t kept_max(const struct rung *r)
{
	const struct frame *f = frame_of(r);
	return f ? frame_wire_max(f) : 0;
}

/* Feeds the unconsumed stream, and its end if received, to the ladder. */
static void feed_stream(struct session *s, const struct inbox *old)
{
	struct unit unit = {.flags = 0};
	struct unit end = {.flags = UNIT_END};
	struct err e;
	bool whole;
	if (inbox_front(old, &unit.data, &whole) &&
	    ladder_feed(&s->ladder, &unit, &e))
		session_breaks(s, &e);
	if (inbox_ended(old) && ladder_feed(&s->ladder, &end, &e))
		session_breaks(s, &e);
}

int session_climb(struct session *s, struct rung *r, struct err *e)
{
	if (s->role == ROLE_LISTENER)
		return err_set(e, ERR_USAGE, 0,
			       "%s is a listener; use one of its peers (@%s.1)",
			       s->name, s->name);
	if (ladder_push(&s->ladder, r, e))
		return -1;
	struct inbox old = climb_begin(s, ladder_shape(&s->ladder),
				       kept_max(r));
	clear_frame_error(s);
	feed_stream(s, &old);
	climb_finish(s, &old, kept_max(r));
	return 0;
}

/* Collects the wire form of the unconsumed messages. */
static int climb_gather(const struct session *s, const struct rung *r,
			struct buf *run)
{
	const struct inbox *in = &s->inbox;
	struct unit u = {.flags = 0};
	struct inbox_message m;
	for (size_t i = 0; inbox_message(in, i, &u.data); i++) {
		bool made = !session_is_raw(s, i) && (i || inbox_untouched(in));
		size_t before = buf_len(run);
		u.flags = inbox_record(in, i, &m) ? m.flags : 0;
		if (made && r->ops->to_wire)
			r->ops->to_wire(r, &u, run);
		else
			buf_put(run, u.data);
		if (buf_len(run) - before < u.data.len)
			return -1;
	}
	return 0;
}

int session_descend(struct session *s, struct err *e)
{
	struct rung *r = s->ladder.top;
	struct buf run = {.limit = SIZE_MAX / 8};
	size_t unsent;
	if (!r)
		return ladder_pop(&s->ladder, &unsent, e);
	const char *name = r->ops->name;
	if (climb_gather(s, r, &run)) {
		buf_fini(&run);
		return err_set(e, ERR_LIMIT, ENOMEM,
			       "%s: out of memory for the received data",
			       s->name);
	}
	struct unit unit = {.data = buf_bytes(&run)};
	size_t spare = kept_max(r);
	struct inbox old = climb_begin(s, r->ops->below, spare + unit.data.len);
	clear_frame_error(s);
	if (unit.data.len)
		session_take_again(s, &unit);
	(void)ladder_pop(&s->ladder, &unsent, e);
	if (inbox_ended(&old))
		inbox_end(&s->inbox);
	climb_finish(s, &old, kept_max(s->ladder.top));
	buf_fini(&run);
	if (unsent)
		hub_notice(s->hub, s, false,
			   "discarded %zu byte%s queued for the %s rung",
			   unsent, unsent == 1 ? "" : "s", name);
	return 0;
}

void session_begin_with(struct session *s, const struct frame *f)
{
	struct rung *r;
	if (!f || s->ladder.base != SHAPE_BYTES)
		return;
	if (s->role == ROLE_LISTENER) {
		s->frame = frame_copy(f);
		return;
	}
	r = frame_rung(f);
	if (session_climb(s, r, NULL))
		r->ops->free(r);
}

static int set_peers_frame(struct session *s, const struct frame *f,
			   struct err *e)
{
	if (f && s->ladder.base != SHAPE_BYTES)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s: %s has message boundaries; frame needs a stream",
		    s->name, s->link.ops->scheme);
	struct frame *copy = frame_copy(f);
	free(s->frame);
	s->frame = copy;
	return 0;
}

int session_set_frame(struct session *s, const struct frame *f, struct err *e)
{
	struct rung *top = s->ladder.top;
	if (s->role == ROLE_LISTENER)
		return set_peers_frame(s, f, e);
	if (frame_of(top) && session_descend(s, e))
		return -1;
	if (!f)
		return 0;
	if (ladder_shape(&s->ladder) != SHAPE_BYTES)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s: %s has message boundaries; frame needs a stream",
		    s->name,
		    s->ladder.top ? s->ladder.top->ops->name
				  : s->link.ops->scheme);
	struct rung *r = frame_rung(f);
	if (session_climb(s, r, e) == 0)
		return 0;
	r->ops->free(r);
	return -1;
}

enum shape session_shape(const struct session *s, bool raw)
{
	const struct rung *top = s->ladder.top;
	return raw && top ? top->ops->below : ladder_shape(&s->ladder);
}

const struct frame *session_frame(const struct session *s)
{
	if (s->role == ROLE_LISTENER)
		return s->frame;
	return frame_of(s->ladder.top);
}
