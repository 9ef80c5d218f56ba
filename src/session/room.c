/* SPDX-License-Identifier: ISC */
/*
 * Decides whether a session may read more, and which data a live session drops
 * to make room. hub.c lets starved sessions read again; budget.h has the rule
 * that stops the largest sessions first.
 */
#include "session_own.h"

/* Number of unsent bytes at which an echo session stops reading. */
#define ECHO_QUEUE_MAX ((size_t)1 << 20)
/* Even if memory is short, a session that uses no more bytes than this still
 * reads if it is live or an echo, or if a command consumes from it. Small
 * replies therefore still arrive. */
#define SMALL ((size_t)4 << 10)

/* Number of bytes, with the records of the messages, that may leave the ladder
 * in one turn. One read fits. Rungs may make much more data than they read, and
 * a live session or a claim never fills its inbox. */
#define PASSED_MAX (4 * RIO_CHUNK)

static bool memory_fits(const struct session *s)
{
	return account_fits(&s->account, 1) || s->account.used <= SMALL;
}

bool session_has_room(const struct session *s)
{
	return inbox_has_room(&s->inbox, 1) && memory_fits(s);
}

bool session_may_queue(const struct session *s, size_t n)
{
	return account_fits(&s->account, n);
}

void session_limit_inbox(struct session *s, size_t bytes)
{
	s->inbox.in.buf.limit = bytes;
	session_touch(s);
}

int session_pace(struct session *s, size_t bytes, uint64_t period,
		 struct err *e)
{
	if (transport_is_hosted(&s->link) || !s->link.ops ||
	    s->link.ops->shape != SHAPE_BYTES)
		return err_usage(e, "%s: only a stream has a pace", s->name);
	transport_pace(&s->link, bytes, period);
	return 0;
}

size_t session_queue_limit(const struct session *s)
{
	return s->link.out.buf.limit;
}

int session_full(const struct session *s, const char *what, struct err *e)
{
	if (session_has_room(s))
		return 0;
	if (!inbox_has_room(&s->inbox, 1))
		return err_set(
		    e, ERR_LIMIT, 0,
		    "%s: inbox full (%zu bytes) without %s; raise 'set inbox'",
		    s->name, inbox_len(&s->inbox), what);
	return err_set(e, ERR_LIMIT, 0,
		       "%s: not enough memory (%zu of %zu bytes in use) for "
		       "%s; %zu bytes stay in the inbox; raise 'set memory'",
		       s->name, s->hub->memory.used, s->hub->memory.limit, what,
		       inbox_len(&s->inbox));
}

/* Returns true if a full session drops its oldest data, because that data was
 * displayed on arrival. */
static bool drops(const struct session *s)
{
	return s->display.live && !session_has_consumer(s);
}

bool session_waiters_want(const struct session *s, size_t over)
{
	list_each (link, &s->waiters) {
		const struct waiter *w = list_entry(link, struct waiter, at);
		if (w->wants && !w->wants(w, over))
			return false;
	}
	return true;
}

static bool exposed_has_room(const struct session *s)
{
	return !s->work || buf_len(&s->work->exposed) < inbox_limit(&s->inbox);
}

bool session_may_read(const struct session *s)
{
	size_t rest;
	if (!session_waiters_want(s, 0) || !exposed_has_room(s))
		return false;
	if (s->echo)
		return transport_queued(&s->link) < ECHO_QUEUE_MAX &&
		       memory_fits(s);
	if (!drops(s))
		return inbox_has_room(&s->inbox, 1) &&
		       (account_fits(&s->account, 1) ||
			(s->account.used <= SMALL && session_has_consumer(s)));
	/* New data may replace the data in the inbox, so only the session's
	 * other memory counts. */
	rest = s->account.used - inbox_memory(&s->inbox);
	return rest <= SMALL || budget_fits(&s->hub->memory, rest, 1);
}

bool session_may_pass_up(const struct session *s)
{
	if (s->hub->input_held || s->passed >= PASSED_MAX ||
	    !session_waiters_want(s, RIO_CHUNK))
		return false;
	if (s->echo)
		return transport_queued(&s->link) < 2 * ECHO_QUEUE_MAX;
	return drops(s) || (inbox_has_room_above(&s->inbox, RIO_CHUNK) &&
			    (account_fits(&s->account, 1) ||
			     (s->account.used <= SMALL + RIO_CHUNK &&
			      session_has_consumer(s))));
}

void session_pass_on(struct session *s)
{
	s->passed = 0;
	if (s->ladder.top)
		session_touch(s);
}

void session_starve(struct session *s)
{
	/* If memory is left, the session stopped because its inbox or queue is
	 * full. */
	if (!list_empty(&s->starved) || account_fits(&s->account, 1))
		return;
	list_append(&s->hub->starved, &s->starved);
	s->hungry = s->hub->hungry = true;
	/* hub.c must check this session in the next turn, but the loop may be
	 * about to wait. */
	loop_no_wait(s->hub->loop);
}

void session_note_starved(const struct session *s)
{
	unsigned long times = ++s->hub->starvings;
	while (times >= 10 && times % 10 == 0)
		times /= 10;
	if (times != 1)
		return;
	hub_notice(s->hub, s, false,
		   "not enough memory (%zu of %zu bytes in use): reading "
		   "paused; raise 'set memory' (paused %lu times so far)",
		   s->hub->memory.used, s->hub->memory.limit,
		   s->hub->starvings);
}

/* Prints a notice for the first drop, and each time the total passes a power of
 * two. */
static void note_dropped(const struct session *s, uint64_t before, bool memory)
{
	if (s->dropped == before || (before && (before ^ s->dropped) <= before))
		return;
	hub_notice(s->hub, s, false,
		   "%s: oldest data dropped, %llu bytes so far; raise 'set %s'",
		   memory ? "not enough memory" : "inbox full",
		   (unsigned long long)s->dropped, memory ? "memory" : "inbox");
}

static bool fits(const struct session *s, size_t n)
{
	return inbox_has_room(&s->inbox, n) && account_fits(&s->account, n);
}

void session_evict(struct session *s, size_t n)
{
	uint64_t before = s->dropped;
	bool memory = inbox_has_room(&s->inbox, n);
	while (!fits(s, n) && inbox_count(&s->inbox)) {
		struct bytes front;
		bool whole;
		if (!inbox_part(&s->inbox, &front, &whole))
			break;
		if (s->inbox.shape != SHAPE_BYTES) {
			s->dropped += front.len;
			inbox_pop(&s->inbox);
			continue;
		}
		size_t go = n < front.len ? n : front.len;
		s->dropped += go;
		inbox_consume(&s->inbox, go);
		break;
	}
	note_dropped(s, before, memory);
}

/*
 * Drops the oldest data, so that with n more bytes the inbox fills at most half
 * of its buffer. The buffer then need not grow.
 */
static void drop_older_half(struct session *s, size_t n)
{
	size_t half = s->inbox.in.buf.cap / 2;
	size_t stay = half > n ? half - n : 0;
	if (stay > inbox_len(&s->inbox) / 2)
		stay = inbox_len(&s->inbox) / 2;
	while (inbox_count(&s->inbox) && inbox_len(&s->inbox) > stay) {
		size_t go = inbox_len(&s->inbox) - stay;
		struct bytes front;
		bool whole;
		if (!inbox_part(&s->inbox, &front, &whole))
			return;
		if (s->inbox.shape != SHAPE_BYTES)
			go = front.len;
		s->dropped += go;
		if (s->inbox.shape == SHAPE_BYTES)
			inbox_consume(&s->inbox, go);
		else
			inbox_pop(&s->inbox);
	}
}

bool session_yield(struct session *s, size_t n)
{
	uint64_t before = s->dropped;
	if (!drops(s))
		return true;
	if (account_fits(&s->account, n)) {
		session_evict(s, n);
		return true;
	}
	drop_older_half(s, n);
	bool kept = n <= s->inbox.in.buf.cap - inbox_len(&s->inbox) ||
		    account_fits(&s->account, n);
	if (!kept)
		s->dropped += n;
	note_dropped(s, before, true);
	return kept;
}
