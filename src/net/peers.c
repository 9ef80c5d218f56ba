/* SPDX-License-Identifier: ISC */
/*
 * Peers of a datagram listener: they share its fd, and each peer is a link of
 * its own. datagram.c reads the datagrams.
 */
#include "net_own.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/*
 * POLLOUT on an unconnected socket does not depend on a Unix peer's receive
 * buffer, so a timer retries a blocked send.
 */
#define RETRY_NS (2 * NS_PER_MS)

static struct transport *peers_find(const struct listening *l,
				    const struct addr *a)
{
	hashtable_each_of (it, &l->peers, addr_hash(a)) {
		struct peer *p = list_entry(it, struct peer, link);

		if (addr_equal(&p->t->peer, a))
			return p->t;
	}
	return NULL;
}

bool is_datagram_peer(const struct transport *t)
{
	return t->state == LINK_OPEN && t->watch.fd < 0 && t->extra &&
	       !t->ops->kind->touch;
}

void peers_add(struct transport *listener, struct transport *t)
{
	struct listening *l = listener->extra;
	struct peer *p = xalloc(sizeof(*p));

	p->t = t;
	p->listener = listener;
	list_init(&p->at);
	list_init(&p->order);
	list_append(&l->idle, &p->order);
	t->extra = p;
	hashtable_add(&l->peers, &p->link, addr_hash(&t->peer));
}

void peers_remove(struct transport *t)
{
	struct peer *p = t->extra;
	struct listening *l = p->listener->extra;

	list_remove(&p->at);
	list_remove(&p->order);
	hashtable_remove(&l->peers, &p->link);
}

void peers_used(struct transport *t)
{
	struct peer *p = t->extra;
	struct listening *l = p->listener->extra;

	list_remove(&p->order);
	list_append(&l->idle, &p->order);
}

/*
 * Closes the peer that has been idle longest and may go. Peers that may not go
 * stay in `busy` until peers_used() moves them back, so that may_go() is called
 * only once for each.
 * Result: false: no peer may go.
 */
static bool make_room(struct transport *listener)
{
	struct listening *l = listener->extra;

	while (listener->sink->may_go && !list_empty(&l->idle)) {
		struct peer *p = list_entry(l->idle.next, struct peer, order);

		if (!listener->sink->may_go(p->t)) {
			list_remove(&p->order);
			list_append(&l->busy, &p->order);
			continue;
		}
		link_finish(p->t, CAUSE_ROOM, NULL);
		if (is_worth_a_note(++l->gone))
			link_note(
			    listener, false,
			    "peer limit (%u) reached: closed the longest-idle "
			    "peer to accept a new one (%lu so far)",
			    l->max_peers, l->gone);
		return true;
	}
	return false;
}

static void refuse(struct transport *listener, const struct addr *from,
		   const char *why)
{
	struct listening *l = listener->extra;
	struct buf text;

	buf_init(&text, BUF_SMALL);
	buf_puts(&text, "from ");
	addr_print_escaped(from, &text);
	buf_printf(&text, ": %s", why);
	message_dropped(listener, &l->extra, buf_cstr(&text));
	buf_fini(&text);
}

/* Asks the owner about a sender without a link. An answer that the kernel does
 * not accept now is lost: the sender asks again. */
static bool is_admitted(struct transport *listener, const struct addr *from,
			struct bytes first)
{
	struct bytes peer = bytes_of(&from->u, from->len);
	struct buf answer;
	bool admitted;

	if (!listener->sink->admits)
		return true;
	buf_init(&answer, BUF_SMALL);
	admitted = listener->sink->admits(listener, peer, first, &answer);
	if (buf_len(&answer))
		(void)sendto(listener->watch.fd, buf_bytes(&answer).at,
			     buf_len(&answer), MSG_DONTWAIT | MSG_NOSIGNAL,
			     &from->u.sa, from->len);
	buf_fini(&answer);
	return admitted;
}

/* Returns the link of the peer with this address; creates a link for a new
 * peer. NULL: refused. */
static struct transport *peer_for(struct transport *listener,
				  const struct addr *from, struct bytes first)
{
	struct listening *l = listener->extra;
	struct transport *t = peers_find(l, from);

	if (t) {
		peers_used(t);
		return t;
	}
	if (!is_admitted(listener, from, first))
		return NULL;
	while (l->max_peers && l->peers.count >= l->max_peers)
		if (!make_room(listener)) {
			refuse(listener, from,
			       "peer limit reached, and no peer can be closed");
			return NULL;
		}
	t = listener->sink->accepted(listener, -1, from);
	if (!t && listener->state == LINK_LISTENING)
		refuse(listener, from, "no session was created");
	return t;
}

/* Returns the address that stands for all senders with an unbound Unix socket.
 */
static struct addr unnamed(void)
{
	struct addr a = {.len = sizeof(sa_family_t)};

	a.u.sa.sa_family = AF_UNIX;
	return a;
}

bool peers_can_answer(const struct transport *t)
{
	return t->peer.len > sizeof(sa_family_t);
}

/* Receives one datagram. Result: true: there may be more; *code: errno of a
 * failed read, or 0. */
static bool receive_one(struct transport *listener, int *code)
{
	struct unit unit;
	struct addr from;
	enum rio r = message_take(listener, &from, &unit);
	struct transport *t;

	*code = 0;
	if (r == RIO_FAIL)
		*code = listener->net->in.error;
	listener->net->in.error = 0;
	if (r != RIO_MORE)
		return false;
	if (!from.len)
		from = unnamed();
	t = peer_for(listener, &from, unit.data);
	if (!t || t->state != LINK_OPEN)
		return listener->state == LINK_LISTENING;
	if (!t->sink->wants_input(t)) {
		message_dropped(t, t->extra, "earlier data is still unread");
		return true;
	}
	unit.peer = &t->peer;
	link_up(t, &unit);
	return listener->state == LINK_LISTENING;
}

void peers_receive(struct transport *listener)
{
	int code = 0;

	for (unsigned i = 0; i < TURN_MAX; i++) {
		if (i && !listener->sink->wants_input(listener))
			return;
		if (!receive_one(listener, &code))
			break;
	}
	/* A send to one peer caused this error; the listener goes on. */
	if (code == ECONNREFUSED || code == EHOSTUNREACH ||
	    code == ENETUNREACH || is_passing(listener, code))
		return;
	if (code)
		link_failed(listener, code, NULL);
}

void peers_wait(struct transport *t)
{
	struct peer *p = t->extra;
	struct listening *l = p->listener->extra;
	struct loop *loop = t->net->loop;

	if (list_empty(&p->at))
		list_append(&l->blocked, &p->at);
	if (!loop_armed(&l->again))
		loop_arm(loop, &l->again, loop_now(loop) + RETRY_NS);
}

/* Retries each peer once. Peers that stay blocked return to l->blocked. */
void peers_retry(struct listening *l)
{
	struct list again;

	list_take(&again, &l->blocked);
	while (!list_empty(&again)) {
		struct peer *p = list_entry(again.next, struct peer, at);
		struct transport *t = p->t;

		list_remove(&p->at);
		if (!t->error && !link_flush(t))
			continue;
		if (t->error)
			link_failed(t, t->error, NULL);
		else if (rio_queued(&t->out))
			peers_wait(t);
		else
			peers_used(t);
	}
}

void peers_close(struct transport *listener)
{
	struct listening *l = listener->extra;

	while (l->peers.count) {
		struct list *any = list_empty(&l->idle) ? &l->busy : &l->idle;

		transport_close(list_entry(any->next, struct peer, order)->t,
				false);
	}
	hashtable_fini(&l->peers);
}
