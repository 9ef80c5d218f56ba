/* SPDX-License-Identifier: ISC */
/*
 * Makes sessions on hosted links, and carriers. A carrier is a session that
 * carries the units of another session, its owner. hub.c makes the other
 * sessions, and frees all of them.
 */
#include "session_own.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* A listener with a router accepts at most this many carriers for each peer
 * that it may have. A client of a polling protocol needs two or three. */
#define CARRIERS_PER_PEER 4u

/* Extra fields of an owner, a carrier, or a listener with a router. */
struct carriage {
	struct list at; /* owner: its carriers; carrier: link in that list */
	struct session *session;
	struct session *owner; /* carrier: its owner; NULL: freed */
	struct router *router; /* listener: its router; NULL: none */
	unsigned last;         /* owner: number in the newest carrier's name */
	unsigned open;         /* owner: number of open carriers */
	bool carries;          /* the session is a carrier */
};

static struct carriage *carriage_of(struct session *s)
{
	if (!s->carriage) {
		s->carriage = xalloc(sizeof *s->carriage);
		s->carriage->session = s;
		list_init(&s->carriage->at);
	}
	return s->carriage;
}

bool session_is_carrier(const struct session *s)
{
	return s->carriage && s->carriage->carries;
}

const struct session *session_owner(const struct session *s)
{
	return session_is_carrier(s) ? s->carriage->owner : NULL;
}

unsigned session_open_carriers(const struct session *s)
{
	return s->carriage ? s->carriage->open : 0;
}

/* Removes a carrier from its owner's list. */
static void leave_owner(struct session *s)
{
	struct session *owner = s->carriage->owner;
	list_remove(&s->carriage->at);
	s->carriage->owner = NULL;
	if (!owner || session_is_closed(s))
		return;
	owner->carriage->open--;
	transport_touch(&owner->link);
}

void hub_add_carrier(struct session *carrier, struct session *owner)
{
	struct carriage *c = carriage_of(carrier), *o = carriage_of(owner);
	char old[SESSION_NAME_MAX];
	assert(carrier->hub == owner->hub && !carrier->parent);
	assert(!session_is_carrier(owner));
	/* Continue the numbers of the carriers of an earlier listener of this
	 * name; they may still exist. A peer's name is never used again. */
	if (!o->last && owner->role != ROLE_PEER)
		o->last = hub_last_number(owner->hub, owner->name, '/');
	leave_owner(carrier);
	c->owner = owner;
	c->carries = true;
	list_append(&o->at, &c->at);
	o->open += !session_is_closed(carrier);
	snprintf(old, sizeof old, "%s", carrier->name);
	snprintf(carrier->name, sizeof carrier->name, "%.*s/%u",
		 SESSION_PEER_NAME_MAX, owner->name, ++o->last);
	/* The owner awaits the carrier until all of its data is taken; only
	 * then is the carrier freed. */
	carrier->released = true;
	carrier->display.live = false;
	if (carrier->id)
		hub_notice(carrier->hub, carrier, true, "was %s", old);
	else
		hub_add(carrier->hub, carrier);
}

/* Closes the carriers of an owner. A listener's carriers stay open, because its
 * peers may use them; the router closes them. */
static void close_carriers(struct carriage *o)
{
	if (o->session->role == ROLE_LISTENER)
		return;
	list_each (link, &o->at)
		session_close(list_entry(link, struct carriage, at)->session,
			      CLOSE_NOW, NULL);
}

void session_carriage_closed(struct session *s)
{
	struct carriage *c = s->carriage;
	if (!c)
		return;
	if (!c->carries) {
		close_carriers(c);
	} else if (c->owner) {
		c->owner->carriage->open--;
		transport_touch(&c->owner->link);
	}
}

void session_free_carriage(struct session *s)
{
	struct carriage *c = s->carriage;
	if (!c)
		return;
	if (c->router)
		c->router->freed(c->router);
	if (c->carries)
		leave_owner(s);
	else
		list_each (link, &c->at)
			leave_owner(
			    list_entry(link, struct carriage, at)->session);
	free(c);
	s->carriage = NULL;
}

/* ---- events */

void carrier_publish(const struct session *s, enum event_kind kind)
{
	struct buf words = {.limit = BUF_SMALL};
	if (kind == EVENT_CREATED) {
		buf_printf(&words, "carries %s", s->carriage->owner->name);
	} else if (session_state(s) == SESSION_OPEN) {
		buf_puts(&words, "open to ");
		session_print_address(s, &words);
	} else {
		session_why(s, &words);
	}
	hub_notice(s->hub, s, true, "%s", buf_cstr(&words));
	buf_fini(&words);
}

/* ---- a listener's connections */

int hub_route(struct session *listener, struct router *router, struct err *e)
{
	if (listener->role != ROLE_LISTENER || !listener->link.ops->connects)
		return err_set(e, ERR_USAGE, 0,
			       "%s does not accept connections",
			       listener->name);
	if (listener->once)
		return err_set(e, ERR_USAGE, 0,
			       "%s accepts one connection only, and a "
			       "conversation may need several",
			       listener->name);
	carriage_of(listener)->router = router;
	session_touch(listener);
	return 0;
}

bool session_has_router(const struct session *s)
{
	return s->carriage && s->carriage->router;
}

bool session_may_accept_carrier(const struct session *s)
{
	return s->carriage->open / CARRIERS_PER_PEER < session_peers_max(s);
}

/* Publishes a notice that connections wait; publishes it again only after the
 * number of open carriers fell to half of the limit. */
static void note_waiting_carriers(struct session *listener)
{
	unsigned open = listener->carriage->open;
	if (open <= CARRIERS_PER_PEER * session_peers_max(listener) / 2)
		listener->crowded = false;
	if (listener->crowded || session_may_accept_carrier(listener))
		return;
	listener->crowded = true;
	hub_notice(listener->hub, listener, false,
		   "%u connections are open: others wait until one closes; "
		   "raise 'set peers'",
		   open);
}

struct transport *hub_accept_carrier(struct session *listener, int fd,
				     const struct addr *peer)
{
	struct router *router = listener->carriage->router;
	struct session *s = hub_make(listener->hub, ROLE_PEER,
				     listener->link.ops->shape);
	transport_adopt(&s->link, &listener->link, fd, peer,
			&session_link_sink);
	s->was_open = true;
	session_begin_with(s, listener->plan);
	hub_add_carrier(s, listener);
	note_waiting_carriers(listener);
	router->accepted(router, s);
	return &s->link;
}

/* ---- sessions on hosted links */

/* Checks that the listener may have one more peer. Result: 0, or -1 and *e. */
static int check_listener(const struct session *listener, struct err *e)
{
	if (session_is_closed(listener))
		return session_end_error(listener, e);
	if (listener->open_peers >= session_peers_max(listener))
		return err_set(e, ERR_LIMIT, 0,
			       "%s: peer limit reached (%u); raise 'set peers'",
			       listener->name, listener->open_peers);
	return 0;
}

/* Makes the session, without its link. */
static struct session *make_hosted(struct hub *h, const struct host_options *o,
				   struct err *e)
{
	struct session *s = hub_make(h, o->parent ? ROLE_PEER : ROLE_CLIENT,
				     o->row->shape);
	if (o->endpoint)
		s->endpoint = endpoint_copy(o->endpoint);
	if (o->parent)
		hub_name_peer(s, o->parent);
	else
		hub_choose_name(h, s, o->name);
	s->ladder.opening = true;
	if (o->plan && o->plan->count && session_climb(s, o->plan, e)) {
		hub_discard(s);
		return NULL;
	}
	return s;
}

struct session *hub_host(struct hub *h, const struct host_options *o,
			 struct err *e)
{
	if (o->parent ? check_listener(o->parent, e)
		      : hub_check_name(h, o->name, e))
		return NULL;
	struct session *s = make_hosted(h, o, e);
	if (!s)
		return NULL;
	transport_host(&s->link, h->net, o->row, o->carrier, o->context,
		       &session_link_sink);
	if (o->peer)
		s->link.peer = *o->peer;
	if (!o->parent) {
		hub_add(h, s);
		return s;
	}
	hub_count_peer(s);
	transport_hosted_opened(&s->link);
	hub_add(h, s);
	session_poke(o->parent);
	return s;
}
