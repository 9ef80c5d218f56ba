/* SPDX-License-Identifier: ISC */
/*
 * Makes, names, finds and frees sessions, and publishes their events. session.c
 * sends and receives their data.
 */
#include "session_own.h"

#include "rung/keylog.h"
#include "rung/proxy.h"

#include "rung/suggest.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool may_go(const struct session *s)
{
	if (s->pins || !list_empty(&s->waiters))
		return false;
	if (s->released || s->role == ROLE_LISTENER)
		return true;
	/* A live or echo peer that no command accepted may be freed once its
	 * inbox is empty. */
	return s->role == ROLE_PEER && !s->accepted &&
	       inbox_len(&s->inbox) == 0 && (s->echo || s->display.live);
}

static void remember_ended(const struct session *s)
{
	struct hub *h = s->hub;
	struct ended_session *g =
	    &h->ended_sessions[h->ended_count++ % HUB_ENDED_KEPT];
	struct buf why;
	memset(g, 0, sizeof *g);
	memcpy(g->name, s->name, sizeof g->name);
	g->log_id = session_log_id(s);
	if (s->end_error)
		g->err = *s->end_error;
	buf_init(&why, BUF_SMALL);
	session_why(s, &why);
	struct bytes text = bytes_head(buf_bytes(&why), sizeof g->why - 1);
	memcpy(g->why, buf_cstr(&why), text.len);
	buf_fini(&why);
}

static void session_free(struct session *s)
{
	struct hub *h = s->hub;
	remember_ended(s);
	list_each (link, &s->accept_queue) {
		if (s->role == ROLE_LISTENER)
			list_remove(link);
	}
	list_remove(&s->accept_queue);
	list_remove(&s->at);
	list_remove(&s->ending);
	list_remove(&s->starved);
	if (s->role == ROLE_LISTENER)
		list_each (link, &h->sessions) {
			struct session *peer = list_entry(link, struct session,
							  at);
			if (peer->parent == s)
				peer->parent = NULL;
		}
	session_free_carriage(s);
	session_free_work(s);
	ladder_fini(&s->ladder);
	inbox_fini(&s->inbox);
	rio_out_fini(&s->link.out);
	free(s->end_error);
	free(s->rung_error);
	rung_plan_unref(s->plan);
	free(s->endpoint);
	session_free_client(s);
	free(s);
	h->count--;
}

/* Lets starved sessions read again after memory was freed. Notifies the
 * commands that wait on newly starved sessions; these commands then fail. */
static void resume_starved(struct hub *h)
{
	if (!h->hungry && !h->memory.freed)
		return;
	h->hungry = h->memory.freed = false;
	list_each (link, &h->starved) {
		struct session *s = list_entry(link, struct session, starved);
		if (session_may_read(s)) {
			list_remove(&s->starved);
			session_touch(s);
		} else if (s->hungry) {
			s->hungry = false;
			session_note_starved(s);
			session_poke(s);
		}
	}
}

static bool is_peer(const struct session *s)
{
	return s->role == ROLE_PEER && !is_carrier(s);
}

/* Frees ended sessions, between turns. Only reap() and hub_fini() free sessions
 * that hub_add() added. */
static void reap(struct hook *c)
{
	struct hub *h = list_entry(c, struct hub, reap);
	resume_starved(h);
	if (!h->reap_pending)
		return;
	h->reap_pending = false;
	size_t stay = 0;
	list_each (link, &h->ending) {
		struct session *s = list_entry(link, struct session, ending);
		if (s->link.state != LINK_CLOSED)
			session_close(s, CLOSE_NOW, NULL);
		session_end_inbox(s);
		if (may_go(s))
			session_free(s);
		else
			stay += is_peer(s);
	}
	list_each (link, &h->ending) {
		struct session *s = list_entry(link, struct session, ending);
		if (stay <= HUB_ENDED_MAX)
			break;
		if (!is_peer(s) || s->pins)
			continue;
		hub_notice(h, s, false,
			   "removed, because too many peers have ended; %zu "
			   "bytes were unread",
			   inbox_len(&s->inbox));
		session_free(s);
		stay--;
	}
}

void hub_init(struct hub *h, struct loop *loop, struct net *net)
{
	*h = (struct hub){
	    .loop = loop,
	    .net = net,
	    .inbox_limit = (size_t)16 << 20,
	    .queue_limit = (size_t)64 << 20,
	    .open_timeout = 10 * NS_PER_S,
	    .close_timeout = 2 * NS_PER_S,
	    .peers_max = HUB_PEERS_MAX,
	    .memory = {.limit = HUB_MEMORY},
	    .began = loop_now(loop),
	    .display = {.eol = "\n", .eol_len = 1},
	    .reap = {.run = reap},
	};
	list_init(&h->sessions);
	list_init(&h->ending);
	list_init(&h->starved);
	list_init(&h->subs);
	net->budget = &h->memory;
	h->keylog = keylog_of_environment();
	h->trace = trace_new(&h->memory, TRACE_BYTES);
	h->ended_sessions = xalloc(HUB_ENDED_KEPT * sizeof *h->ended_sessions);
	loop_add_hook(loop, PHASE_REAP, &h->reap);
}

void hub_fini(struct hub *h)
{
	assert(list_empty(&h->subs));
	/* Close all sessions before freeing any: an owner needs its carrier,
	 * which may be older, to say goodbye. */
	list_each (link, &h->sessions)
		session_close(list_entry(link, struct session, at), CLOSE_NOW,
			      NULL);
	while (!list_empty(&h->sessions))
		session_free(list_entry(h->sessions.next, struct session, at));
	free(h->ended_sessions);
	trace_free(h->trace);
	rung_plan_unref(h->plan);
	hub_set_keylog(h, NULL);
	hub_set_proxy(h, NULL);
	list_remove(&h->reap.at);
	h->net->budget = NULL;
}

void hub_set_plan(struct hub *h, struct rung_plan *plan)
{
	struct rung_plan *old = h->plan;
	h->plan = plan && plan->count ? rung_plan_ref(plan) : NULL;
	display_take_eol(&h->display, plan);
	rung_plan_unref(old);
}

void hub_set_keylog(struct hub *h, struct keylog *keylog)
{
	keylog_free(h->keylog);
	h->keylog = keylog;
}

void hub_set_proxy(struct hub *h, const struct proxy *proxy)
{
	struct proxy *copy = NULL;
	if (proxy) {
		copy = xalloc(sizeof *copy);
		*copy = *proxy;
	}
	if (h->proxy)
		proxy_fini(h->proxy);
	free(h->proxy);
	h->proxy = copy;
}

void hub_request_reap(struct hub *h)
{
	h->reap_pending = true;
}

void hub_ends(struct session *s)
{
	list_remove(&s->ending);
	list_append(&s->hub->ending, &s->ending);
	hub_request_reap(s->hub);
}

static bool name_char(uint8_t c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && ((c >= '0' && c <= '9') || c == '-'));
}

/* Returns true if the session is released, and closed or closing: a new session
 * may have its name. */
static bool is_over(const struct session *s)
{
	return s->released &&
	       (s->link.state == LINK_CLOSED || session_is_closing(s));
}

struct session *hub_find_name(const struct hub *h, struct bytes name)
{
	struct session *over = NULL;
	if (!name.len)
		return NULL;
	list_each (link, &h->sessions) {
		struct session *s = list_entry(link, struct session, at);
		/* Compare the length first: cheaper than strlen() of each name.
		 */
		if (name.len >= sizeof s->name || s->name[name.len] ||
		    !bytes_is(name, s->name))
			continue;
		if (!is_over(s))
			return s;
		over = s;
	}
	return over;
}

/* Returns true if users see the session. */
static bool is_listed(const struct session *s)
{
	if (session_stands_in(s))
		return false;
	return !is_over(s) || (session_is_unopened(s) && s->pins &&
			       hub_find_name(s->hub, bytes_str(s->name)) == s);
}

int hub_check_name(const struct hub *h, struct bytes name, struct err *e)
{
	if (name.len > SESSION_CHOSEN_MAX)
		return err_set(e, ERR_USAGE, 0,
			       "a session name has at most %d characters",
			       SESSION_CHOSEN_MAX);
	for (size_t i = 0; i < name.len; i++)
		if (!name_char(name.at[i], i == 0))
			return err_set(
			    e, ERR_USAGE, 0,
			    "invalid session name; use letters, digits, _ and "
			    "-, starting with a letter or _");
	const struct session *other = hub_find_name(h, name);
	if (other && !is_over(other))
		return err_set(e, ERR_USAGE, 0, "session %.*s already exists",
			       (int)name.len, (const char *)name.at);
	return 0;
}

struct session *hub_make(struct hub *h, enum role role, enum shape shape)
{
	struct session *s = xalloc(sizeof *s);
	s->hub = h;
	s->role = (uint8_t)role;
	s->display = h->display;
	list_init(&s->at);
	list_init(&s->ending);
	list_init(&s->accept_queue);
	list_init(&s->waiters);
	list_init(&s->starved);
	s->account.budget = &h->memory;
	ladder_init(&s->ladder, shape, &session_ladder_sink);
	inbox_init(&s->inbox, shape, h->inbox_limit);
	inbox_charge(&s->inbox, &s->account);
	s->link.out.buf.limit = h->queue_limit;
	s->link.out.buf.account = &s->account;
	return s;
}

void hub_add(struct hub *h, struct session *s)
{
	s->id = ++h->next_id;
	list_append(&h->sessions, &s->at);
	h->count++;
	session_publish_state(s, EVENT_CREATED);
}

void hub_choose_name(struct hub *h, struct session *s, struct bytes chosen)
{
	bool client = s->role == ROLE_CLIENT;
	unsigned *next = client ? &h->clients : &h->listeners;
	if (chosen.len) {
		snprintf(s->name, sizeof s->name, "%.*s", (int)chosen.len,
			 (const char *)chosen.at);
		return;
	}
	do
		snprintf(s->name, sizeof s->name, "%c%u", client ? 'c' : 's',
			 ++*next);
	while (hub_find_name(h, bytes_str(s->name)));
}

void hub_discard(struct session *s)
{
	session_free_work(s);
	ladder_fini(&s->ladder);
	inbox_fini(&s->inbox);
	rio_out_fini(&s->link.out);
	rung_plan_unref(s->plan);
	free(s->endpoint);
	session_free_client(s);
	free(s);
}

struct session *hub_begin(struct hub *h, enum role role,
			  const struct session_options *plan, struct err *e)
{
	if (hub_check_name(h, plan->name, e))
		return NULL;
	struct session *s = hub_make(h, role, plan->endpoint->ops->shape);
	s->endpoint = endpoint_copy(plan->endpoint);
	s->echo = plan->echo;
	/* An echo session's data would be displayed twice, as received and as
	 * sent, so live display is off until the user sets `live on`. */
	s->display.live = s->display.live && !plan->echo;
	s->ladder.opening = role == ROLE_CLIENT;
	if (session_begin_rungs(s, plan->rungs, e)) {
		hub_discard(s);
		return NULL;
	}
	if (!plan->echo && !plan->owner && !plan->instead)
		session_begin_with(s, h->plan);
	s->once = plan->once;
	s->max_peers = plan->listen.max_peers;
	return s;
}

unsigned hub_last_number(const struct hub *h, const char *name, char mark)
{
	size_t len = strlen(name);
	unsigned last = 0;
	list_each (link, &h->sessions) {
		const struct session *s = list_entry(link, struct session, at);
		if (strncmp(s->name, name, len) != 0 || s->name[len] != mark)
			continue;
		unsigned n = (unsigned)strtoul(s->name + len + 1, NULL, 10);
		last = n > last ? n : last;
	}
	return last;
}

struct session *hub_listen(struct hub *h, const struct session_options *plan,
			   struct err *e)
{
	struct session *s = hub_begin(h, ROLE_LISTENER, plan, e);
	if (!s)
		return NULL;
	if (transport_listen(&s->link, h->net, plan->endpoint, &plan->listen,
			     &session_link_sink, e)) {
		hub_discard(s);
		return NULL;
	}
	hub_choose_name(h, s, plan->name);
	session_limit_peers(s);
	/* Continue the numbers of the peers of an earlier listener of this
	 * name; they may still exist. */
	s->last_peer = hub_last_number(h, s->name, '.');
	hub_add(h, s);
	if (s->link.state == LINK_LISTENING) {
		struct event ev = {.kind = EVENT_STATE, .session = s};
		s->was_open = true;
		hub_publish(h, &ev);
	}
	session_note_rungs(s, s->plan);
	return s;
}

void hub_name_peer(struct session *s, struct session *listener)
{
	s->parent = listener;
	s->display = listener->display;
	s->echo = listener->echo;
	snprintf(s->name, sizeof s->name, "%.*s.%u", SESSION_CHOSEN_MAX,
		 listener->name, ++listener->last_peer);
}

void hub_count_peer(struct session *s)
{
	s->parent->peers++;
	s->parent->open_peers++;
	if (!s->echo)
		list_append(&s->parent->accept_queue, &s->accept_queue);
}

struct transport *hub_peer(struct session *listener, int fd,
			   const struct addr *peer)
{
	struct hub *h = listener->hub;
	struct session *s = hub_make(h, ROLE_PEER, listener->link.ops->shape);
	hub_name_peer(s, listener);
	hub_count_peer(s);
	transport_adopt(&s->link, &listener->link, fd, peer,
			&session_link_sink);
	session_begin_with(s, listener->plan);
	s->was_open = !ladder_is_opening(&s->ladder);
	hub_add(h, s);
	if (listener->once)
		hub_ends(listener);
	return &s->link;
}

/* Returns a hint if the name is a pattern or an option that was not typed bare,
 * else NULL. */
static const char *untyped_hint(struct bytes name)
{
	if (bytes_wildcards(name))
		return "* and ? are wildcards only if typed bare, without "
		       "quotes or variables";
	if (name.len && name.at[0] == '-')
		return "an option counts only if typed bare, without quotes or "
		       "variables";
	return NULL;
}

/* Reports that no such session exists. Result: NULL. */
static struct session *hub_unknown(const struct hub *h, struct bytes name,
				   struct err *e)
{
	const char **names = xalloc((h->count + 1) * sizeof *names);
	int len = (int)bytes_head(name, 40).len;
	const char *text = (const char *)name.at;
	size_t n = 0;
	list_each (link, &h->sessions) {
		const struct session *s = list_entry(link, struct session, at);
		if (is_listed(s) && n < h->count)
			names[n++] = s->name;
	}
	const char *near = suggest_name(name, names);
	const char *hint = untyped_hint(name);
	if (!hint)
		hint = hub_peer_hint(h, name);
	if (hint)
		err_set(e, ERR_USAGE, 0, "no session '%.*s'; %s", len, text,
			hint);
	else if (!n)
		err_set(
		    e, ERR_USAGE, 0,
		    "no session '%.*s'; create one with 'connect' or 'listen'",
		    len, text);
	else if (near)
		err_set(e, ERR_USAGE, 0,
			"no session '%.*s'; did you mean '%s'?", len, text,
			near);
	else
		err_set(e, ERR_USAGE, 0,
			"no session '%.*s'; 'sessions' lists them", len, text);
	free(names);
	return NULL;
}

struct session *hub_find(struct hub *h, struct bytes name, struct err *e)
{
	struct session *s = hub_find_name(h, name);
	if (s)
		return s;
	const struct ended_session *g = hub_find_ended(h, name);
	if (g && g->err.kind != ERR_NONE) {
		err_set(e, g->err.kind, g->err.code, "%s has ended: %s",
			g->name, g->why);
		return NULL;
	}
	if (g) {
		err_set(e, ERR_CLOSED, 0, "%s has ended: %s", g->name, g->why);
		return NULL;
	}
	return hub_unknown(h, name, e);
}

struct session *hub_match(struct hub *h, struct bytes pattern,
			  const struct session *after)
{
	const struct list *at = after ? after->at.next : h->sessions.next;
	bool carriers = bytes_find_byte(pattern, '/', 0) != BYTES_NOT_FOUND;
	for (; at != &h->sessions; at = at->next) {
		struct session *s = list_entry(at, struct session, at);
		if (is_listed(s) && (carriers || !is_carrier(s)) &&
		    bytes_glob(pattern, bytes_str(s->name)))
			return s;
	}
	return NULL;
}

const struct ended_session *hub_find_ended(const struct hub *h,
					   struct bytes name)
{
	unsigned n = h->ended_count < HUB_ENDED_KEPT ? h->ended_count
						     : HUB_ENDED_KEPT;
	for (unsigned i = 1; i <= n; i++) {
		const struct ended_session *g =
		    &h->ended_sessions[(h->ended_count - i) % HUB_ENDED_KEPT];
		if (bytes_is(name, g->name))
			return g;
	}
	return NULL;
}

void hub_hold_input(struct hub *h, bool hold)
{
	if (h->input_held == hold)
		return;
	h->input_held = hold;
	list_each (link, &h->sessions)
		session_touch(list_entry(link, struct session, at));
}

void hub_subscribe(struct hub *h, struct subscriber *subscriber)
{
	list_append(&h->subs, &subscriber->at);
}

void hub_unsubscribe(struct subscriber *subscriber)
{
	list_remove(&subscriber->at);
}

void hub_publish(struct hub *h, struct event *ev)
{
	ev->at = loop_now(h->loop);
	list_each (link, &h->subs) {
		struct subscriber *subscriber = list_entry(
		    link, struct subscriber, at);
		if (!(subscriber->ignored >> ev->kind & 1))
			subscriber->on_event(subscriber, ev);
	}
}

void hub_notice(struct hub *h, const struct session *s, bool detail,
		const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (s && is_carrier(s))
		detail = true;
	struct event ev = {
	    .kind = detail ? EVENT_DETAIL : EVENT_NOTICE,
	    .session = s,
	    .text = text,
	};
	hub_publish(h, &ev);
}
