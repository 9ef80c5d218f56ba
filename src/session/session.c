/* SPDX-License-Identifier: ISC */
/*
 * Sends and receives the data of a session, and handles the changes of its
 * link. hub.c makes, names and frees sessions; ending.c closes them.
 */
#include "session_own.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct session *session_of_link(const struct transport *t)
{
	return list_entry(t, struct session, link);
}

/* Returns the state of a session whose link is open. */
static enum session_state open_state(const struct session *s)
{
	if (s->closing || s->link.close_when_flushed ||
	    ladder_is_closing(&s->ladder))
		return SESSION_CLOSING;
	if (ladder_is_opening(&s->ladder))
		return SESSION_OPENING;
	if (session_peer_ended(s) || s->link.ended[DIR_DOWN])
		return SESSION_HALF_CLOSED;
	return SESSION_OPEN;
}

enum session_state session_state(const struct session *s)
{
	switch (s->link.state) {
	case LINK_NEW:
	case LINK_RESOLVING:
		return SESSION_RESOLVING;
	case LINK_CONNECTING:
		return SESSION_CONNECTING;
	case LINK_LISTENING:
		return SESSION_LISTENING;
	case LINK_OPEN:
		return open_state(s);
	case LINK_CLOSED:
		break;
	}
	return SESSION_CLOSED;
}

bool session_is_reopening(const struct session *s)
{
	return session_is_closed(s) && !s->released &&
	       (s->followed || session_retry(s));
}

enum session_state session_shown_state(const struct session *s)
{
	return session_is_reopening(s) ? SESSION_CONNECTING : session_state(s);
}

const char *session_state_name(enum session_state state)
{
	static const char *const names[] = {
	    [SESSION_RESOLVING] = "resolving",
	    [SESSION_CONNECTING] = "connecting",
	    [SESSION_OPENING] = "opening",
	    [SESSION_LISTENING] = "listening",
	    [SESSION_OPEN] = "open",
	    [SESSION_HALF_CLOSED] = "half-closed",
	    [SESSION_CLOSING] = "closing",
	    [SESSION_CLOSED] = "closed",
	};
	return names[state];
}

bool session_is_closed(const struct session *s)
{
	return s->link.state == LINK_CLOSED;
}

bool session_was_open(const struct session *s)
{
	return s->was_open;
}

bool session_peer_ended(const struct session *s)
{
	return s->link.ended[DIR_UP] || (s->ended_by && inbox_ended(&s->inbox));
}

/* Returns true if the link was reset after the peer's FIN: all data of the peer
 * was received in order. Not for commands, which have no FIN. */
static bool reset_after_fin(const struct session *s)
{
	return s->link.cause == CAUSE_RESET && s->link.ended[DIR_UP] &&
	       !s->ended_by && !s->link.ops->runs;
}

const struct err *session_error(const struct session *s)
{
	/* Hide the error until the inbox ends: after a rung has failed, raw
	 * bytes may still arrive. */
	if (!inbox_ended(&s->inbox) || reset_after_fin(s))
		return NULL;
	return s->end_error;
}

const struct err *session_rung_error(const struct session *s)
{
	return s->rung_error;
}

/* Keeps the first end: if a rung failed, its link only ends as a consequence.
 */
void session_set_outcome(struct session *s, const struct rung_ops *by,
			 const struct err *why)
{
	if (s->ended_by || s->end_error)
		return;
	s->ended_by = by;
	if (!why || why->kind == ERR_NONE)
		return;
	s->end_error = xalloc(sizeof *s->end_error);
	*s->end_error = *why;
}

void session_start_rungs(struct session *s)
{
	ladder_link_opened(&s->ladder);
	/* The timeout of the rungs starts after the connection is open. */
	ladder_start(&s->ladder, loop_now(s->hub->loop) + s->hub->open_timeout);
}

void session_poke(struct session *s)
{
	list_each (link, &s->waiters) {
		struct waiter *w = list_entry(link, struct waiter, at);
		w->notify(w);
	}
}

void session_publish_state(struct session *s, enum event_kind kind)
{
	struct event ev = {.kind = kind, .session = s, .err = s->end_error};
	/* Subscribers do not know the session before EVENT_CREATED. */
	if (!s->id)
		return;
	if (is_carrier(s))
		carrier_publish(s, kind);
	else
		hub_publish(s->hub, &ev);
}

void session_publish_ladder(struct session *s)
{
	if (!is_carrier(s))
		session_publish_state(s, EVENT_LADDER);
}

struct trace_mark session_mark(const struct session *s, const struct rung *r,
			       enum dir dir)
{
	return trace_mark(s->id, s->link.ops->scheme, r, dir);
}

void session_publish_message(struct session *s, const struct rung *rung,
			     enum dir dir, const struct unit *u)
{
	bool control = unit_is_control(u->kind);
	struct event ev = {
	    .kind = control ? EVENT_CONTROL : EVENT_MESSAGE,
	    .dir = dir,
	    .session = s,
	    .unit = u,
	    .rung = rung,
	    .offset = ladder_shape(&s->ladder) == SHAPE_DATAGRAMS
			  ? 0
			  : s->bytes[dir],
	};
	if (!control) {
		s->units[dir]++;
		s->bytes[dir] += u->data.len;
	}
	/* The owner publishes the messages that its carriers carry. */
	if (is_carrier(s))
		return;
	if (!unit_is_step(u->kind))
		ev.number = ++s->hub->messages;
	hub_publish(s->hub, &ev);
}

/* Passes UNIT_END up after the link failed, so that a rung passes a partial
 * message up raw. */
static void end_stream(struct session *s)
{
	struct unit end = {.flags = UNIT_END};
	bool failed = s->rung_error;
	if (s->link.ended[DIR_UP])
		return;
	ladder_up(&s->ladder, &end);
	/* A waiting command reports the link's error instead of the rung's. */
	if (!failed && s->rung_error)
		s->rung_error_reported = true;
}

void session_end_inbox(struct session *s)
{
	if (s->link.state == LINK_CLOSED && !inbox_ended(&s->inbox) &&
	    !ladder_holds_input(&s->ladder)) {
		inbox_end(&s->inbox);
		session_poke(s);
	}
}

static void link_closed(struct session *s, const struct err *why)
{
	s->closing = false;
	if (why && why->kind != ERR_NONE) {
		session_set_outcome(s, NULL, why);
		end_stream(s);
	}
	session_end_inbox(s);
	s->unsent_at_close = session_unsent(s);
	if (s->parent) {
		s->parent->open_peers--;
		transport_touch(&s->parent->link);
	}
	if (s->link.cause == CAUSE_ROOM) {
		/* No command need accept a peer that was closed to make room.
		 */
		list_remove(&s->accept_queue);
		s->released = true;
	}
	hub_ends(s);
	session_carriage_closed(s);
	session_publish_state(s, EVENT_ENDED);
}

static void link_state_changed(struct transport *t, const struct err *why)
{
	struct session *s = session_of_link(t);
	if (t->state == LINK_CLOSED) {
		link_closed(s, why);
	} else {
		bool opens = t->state == LINK_OPEN && s->ladder.opening;
		if (t->state == LINK_OPEN && !ladder_is_opening(&s->ladder))
			s->was_open = true;
		session_publish_state(s, EVENT_STATE);
		if (opens)
			session_start_rungs(s);
	}
	session_poke(s);
}

static void link_received(struct transport *t, const struct unit *u)
{
	struct session *s = session_of_link(t);
	ladder_up(&s->ladder, u);
	session_pass_on(s);
	/* The link may have closed while a rung answered. */
	if (t->state == LINK_CLOSED)
		session_end_inbox(s);
}

static void link_drained(struct transport *t)
{
	struct session *s = session_of_link(t);
	ladder_resume(&s->ladder);
	if (s->closing)
		session_step(s);
	if (s->echo)
		session_touch(s);
	session_poke(s);
}

static void link_write_shut(struct transport *t)
{
	struct session *s = session_of_link(t);
	session_publish_state(s, EVENT_STATE);
	session_poke(s);
}

unsigned session_peers_max(const struct session *s)
{
	unsigned most = s->hub->peers_max;
	return s->max_peers && s->max_peers < most ? s->max_peers : most;
}

/* Returns true if a listener may read its link. A datagram listener also
 * receives for its existing peers, so net/peers.c limits the number of its
 * peers. */
static bool may_accept(const struct session *s)
{
	if (session_has_router(s))
		return session_may_accept_carrier(s);
	return (!s->once || s->peers == 0) &&
	       (!s->link.ops->connects || s->open_peers < session_peers_max(s));
}

void session_limit_peers(struct session *s)
{
	if (s->role != ROLE_LISTENER)
		return;
	if (!s->link.ops->connects)
		transport_limit_peers(&s->link, session_peers_max(s));
	session_touch(s);
}

/* Publishes a notice that connections wait; publishes it again only after the
 * number of open peers fell to half of the limit. */
static void note_waiting_connections(struct session *s)
{
	if (s->open_peers <= s->hub->peers_max / 2)
		s->crowded = false;
	if (s->crowded || !s->link.ops->connects ||
	    s->open_peers < s->hub->peers_max)
		return;
	s->crowded = true;
	hub_notice(s->hub, s, false,
		   "peer limit reached (%u): connections wait until a peer "
		   "closes; raise 'set peers'",
		   s->open_peers);
}

static bool link_may_go(const struct transport *t)
{
	const struct session *s = session_of_link(t);
	bool shown = s->display.live && !session_has_consumer(s);
	return !s->held && !session_unsent(s) &&
	       (shown || inbox_count(&s->inbox) == 0);
}

static bool link_wants_input(const struct transport *t)
{
	const struct session *s = session_of_link(t);
	if (s->paused || s->hub->input_held || ladder_is_blocked(&s->ladder))
		return false;
	if (s->role == ROLE_LISTENER)
		return may_accept(s);
	if (session_may_read(s))
		return true;
	if (t->state == LINK_OPEN)
		session_starve(session_of_link(t));
	return false;
}

static void link_note(struct transport *t, bool detail, const char *text)
{
	struct session *s = session_of_link(t);
	hub_notice(s->hub, s, detail, "%s", text);
}

static bool link_admits(struct transport *listener, struct bytes peer,
			struct bytes first, struct buf *answer)
{
	const struct session *s = session_of_link(listener);
	return rung_plan_admits(s->plan, peer, first, loop_now(s->hub->loop),
				answer);
}

static struct transport *link_accepted(struct transport *listener, int fd,
				       const struct addr *peer)
{
	struct session *s = session_of_link(listener);
	/* A datagram listener that has its only peer may still receive from
	 * other senders. */
	if (s->once && s->peers)
		return NULL;
	if (session_has_router(s))
		return hub_accept_carrier(s, fd, peer);
	struct transport *t = hub_peer(s, fd, peer);
	note_waiting_connections(s);
	session_poke(s);
	return t;
}

const struct transport_sink session_link_sink = {
    .state_changed = link_state_changed,
    .received = link_received,
    .drained = link_drained,
    .write_shut = link_write_shut,
    .admits = link_admits,
    .accepted = link_accepted,
    .wants_input = link_wants_input,
    .may_go = link_may_go,
    .note = link_note,
};

int session_add_name(const struct session *s, struct err *e)
{
	/* A session that could not begin has no name. */
	if (!e || !s->name[0])
		return -1;
	struct err from = *e;
	return err_set(e, from.kind, from.code, "%s: %s", s->name, from.text);
}

int session_send(struct session *s, const struct unit *u, struct err *e)
{
	if (s->role == ROLE_LISTENER)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s is a listener; send to one of its peers (%s.1, @%s.*)",
		    s->name, s->name, s->name);
	if (s->link.state == LINK_CLOSED)
		return session_end_error(s, e);
	if (s->link.ended[DIR_DOWN] || s->link.shut_when_flushed)
		return err_set(e, ERR_CLOSED, 0,
			       "%s: sending side is shut down", s->name);
	const struct rung *into = ladder_target(&s->ladder, u);
	if (ladder_down(&s->ladder, u, e))
		return session_add_name(s, e);
	session_publish_message(s, into, DIR_DOWN, u);
	if (u->flags & UNIT_RAW)
		return 0;
	bool more = u->flags & UNIT_MORE, before = session_sends_parts(s);
	if (more != before)
		session_work(s)->sends_parts = more;
	if (before && !more)
		session_poke(s);
	return 0;
}

bool session_sends_parts(const struct session *s)
{
	return s->work && s->work->sends_parts;
}

int session_end(struct session *s, struct err *e)
{
	struct unit end = {.flags = UNIT_END};
	if (s->link.state == LINK_CLOSED)
		return session_end_error(s, e);
	for (const struct rung *r = s->ladder.top; r; r = r->below)
		if (r->ops->no_half_close)
			return err_set(e, ERR_USAGE, 0,
				       "%s: %s cannot close one direction; use "
				       "'close'",
				       s->name, r->ops->name);
	/* Ask the link first: a rung might queue an end that the link then
	 * refuses. */
	if (transport_check_shut_write(&s->link, e) ||
	    ladder_down(&s->ladder, &end, e))
		return session_add_name(s, e);
	return 0;
}

void session_release(struct session *s)
{
	s->released = true;
	session_set_unopened(s, false);
	hub_request_reap(s->hub);
}

void session_release_unopened(struct session *s)
{
	session_release(s);
	session_set_unopened(s, true);
}

struct session *session_accept(struct session *listener)
{
	if (listener->role != ROLE_LISTENER)
		return NULL;
	if (list_empty(&listener->accept_queue))
		(void)transport_accept(&listener->link);
	if (list_empty(&listener->accept_queue))
		return NULL;
	struct session *s = list_entry(listener->accept_queue.next,
				       struct session, accept_queue);
	list_remove(&s->accept_queue);
	s->accepted = true;
	return s;
}

void session_pin(struct session *s)
{
	s->pins++;
}

void session_unpin(struct session *s)
{
	assert(s->pins > 0);
	if (--s->pins == 0)
		hub_request_reap(s->hub);
}

void session_hold(struct session *s)
{
	s->held++;
}

void session_unhold(struct session *s)
{
	assert(s->held > 0);
	if (--s->held == 0)
		session_touch(s);
}

void session_await(struct session *s, struct waiter *w)
{
	w->session = s;
	list_append(&s->waiters, &w->at);
	/* A starved session may read again if this command consumes. */
	if (!list_empty(&s->starved))
		session_touch(s);
}

void session_unawait(struct waiter *w)
{
	list_remove(&w->at);
	if (w->session)
		session_touch(w->session);
	w->session = NULL;
}

bool session_has_consumer(const struct session *s)
{
	list_each (link, &s->waiters)
		if (list_entry(link, struct waiter, at)->consumes)
			return true;
	return false;
}

/* Returns true if the session ended with the failure of a rung, which was
 * reported when the rung failed. */
static bool failure_is_reported(const struct session *s)
{
	return s->rung_error && s->end_error &&
	       !transport_is_hosted(&s->link) &&
	       strcmp(s->rung_error->text, s->end_error->text) == 0;
}

bool session_end_is_reported(const struct session *s)
{
	if (failure_is_reported(s))
		return true;
	list_each (link, &s->waiters)
		if (list_entry(link, struct waiter, at)->reports_end)
			return true;
	return false;
}

void session_touch(struct session *s)
{
	transport_touch(&s->link);
	if (ladder_is_blocked(&s->ladder) && session_may_pass_up(s))
		ladder_unblock(&s->ladder);
	if (s->link.state == LINK_CLOSED)
		hub_request_reap(s->hub);
}

uint64_t session_inbox_offset(const struct session *s)
{
	return s->bytes[DIR_UP] - session_claimed(s) - inbox_len(&s->inbox);
}

uint64_t session_view_offset(const struct session *s)
{
	return inbox_is_datagrams(&s->inbox) ? inbox_taken(&s->inbox)
					     : session_inbox_offset(s);
}

size_t session_unsent(const struct session *s)
{
	if (s->unsent_at_close)
		return s->unsent_at_close;
	return transport_queued(&s->link) + ladder_queued(&s->ladder);
}
