/* SPDX-License-Identifier: ISC */
/*
 * Dispatchers: the task that handles a session's events in order, one at a
 * time, or that serves one peer. Commands run in the dispatcher's task, never
 * inside an event callback. dispatch.c chooses the handlers of messages.
 */
#include "handler_own.h"

#include <stdlib.h>
#include <string.h>

static void dispatcher_free(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	/* A handler may have been kept only for this dispatcher: let
	 * handlers_reap() check. */
	sh->ended_some = true;
	loop_no_wait(sh->loop);
	list_remove(&d->at);
	loop_disarm(sh->loop, &d->linger);
	session_unawait(&d->waiter);
	task_fini(&d->task);
	session_unpin(d->session);
	free(d);
}

/* Updates waiter.consumes after a handler was added or removed. */
static void dispatcher_update_waiter(struct dispatcher *d)
{
	/* A server is a consumer even while its script does not read. */
	bool takes = d->serves || dispatcher_handles(d, false);
	if (takes == d->waiter.consumes)
		return;
	d->waiter.consumes = takes;
	session_touch(d->session);
}

void dispatcher_begin(struct dispatcher *d, struct handler *h)
{
	struct scope *old = d->task.scope;
	h->job.runs++;
	d->task.job = h->job.number;
	/* A server's task keeps its own scope; a handler runs in the scope that
	 * defined it. */
	if (!d->serves && old != h->job.scope) {
		d->task.scope = scope_ref(h->job.scope);
		scope_unref(old);
	}
	/* The handler before this one may have used another session. */
	task_use(&d->task, d->session);
	(void)task_push(&d->task, h->program, 1, NULL, NULL);
	task_ready(&d->task);
}

/* Starts the next handler of an event that occurs once. A handler defined after
 * the event gets the event too. Result: false: no handler is left. */
static bool report_once(struct dispatcher *d, enum handler_event event)
{
	struct handler *h = NULL;
	while ((h = handler_next(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (handler_handles(h, event) && h->over != d->session->id &&
		    h->job.number > d->reported[event]) {
			d->reported[event] = h->job.number;
			dispatcher_begin(d, h);
			return true;
		}
	return false;
}

static void linger_fires(struct timer *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, linger);
	struct shell *sh = d->task.shell;
	size_t left = transport_queued(&d->session->link);
	d->timed_out = left >= d->left;
	d->left = left;
	if (!d->timed_out)
		loop_arm(sh->loop, t, loop_now(sh->loop) + sh->timeout);
	task_ready(&d->task);
}

/* Requests that a peer's link close once the queue is flushed. Result: true:
 * the caller has to wait; false: nothing is left to wait for, or the peer has
 * read nothing for the default timeout. */
static bool lingers(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	bool begun = session_is_flushing(d->session);
	if (d->timed_out || !session_close_when_flushed(d->session))
		return false;
	if (!begun) {
		d->left = session_unsent(d->session);
		d->linger.fire = linger_fires;
		loop_arm(sh->loop, &d->linger,
			 loop_now(sh->loop) + sh->timeout);
	}
	return true;
}

/* Returns true if the handlers of a closed session stay, because `reconnect`
 * may open the session again. */
static bool may_reconnect(const struct session *s)
{
	return s->role == ROLE_CLIENT && !s->released;
}

/* Frees the dispatcher of a closed session, and ends the session's handlers
 * unless they stay. */
static void dispatcher_finish(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	const struct session *s = d->session;
	list_each (link, &sh->jobs) {
		struct handler *h = handler_of(
		    list_entry(link, struct job, at));
		if (h && session_is_same(h->target, s))
			h->over = s->id;
		if (h && h->target == s && !may_reconnect(s))
			job_end(&h->job, NULL);
	}
	dispatcher_free(d);
}

static void dispatcher_notified(struct waiter *w);

/* Returns the dispatcher that serves the session, or without `serves`, the one
 * that runs the session's handlers; NULL: none. */
static struct dispatcher *find_dispatcher(const struct shell *sh,
					  const struct session *s, bool serves)
{
	list_each (link, &s->waiters) {
		struct waiter *w = list_entry(link, struct waiter, at);
		struct dispatcher *d = list_entry(w, struct dispatcher, waiter);
		if (w->notify == dispatcher_notified && d->task.shell == sh &&
		    d->serves == serves)
			return d;
	}
	return NULL;
}

static bool has_close_handler(const struct dispatcher *d)
{
	struct handler *h = NULL;
	while ((h = handler_next(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (handler_handles(h, ON_CLOSE))
			return true;
	return false;
}

/* Returns true if the session is to be closed after the peer has shut down its
 * side: a peer, unless a server's script still runs, and a client that has a
 * handler for its end. */
static bool closes_at_eof(const struct dispatcher *d)
{
	const struct session *s = d->session;
	if (s->role == ROLE_PEER)
		return !find_dispatcher(d->task.shell, s, true);
	return has_close_handler(d);
}

/* Starts a handler of the next event, or frees the dispatcher of a closed
 * session. Called when the task is idle. */
static void dispatcher_step(struct task *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, task);
	struct session *s = d->session;
	/* A rung may still hold data of a closed session. */
	bool closed = session_is_closed(s) && inbox_ended(&s->inbox);
	if (t->failed.kind != ERR_NONE)
		scope_failed(t->scope, t->job, &t->failed);
	err_clear(&t->failed);
	dispatcher_update_waiter(d);
	if (s->role == ROLE_PEER && report_once(d, ON_PEER))
		return;
	if (session_was_open(s) && report_once(d, ON_OPEN))
		return;
	bool takes = d->waiter.consumes;
	if (dispatcher_dispatch(d))
		return;
	dispatcher_note_endless(d);
	if (inbox_ended(&s->inbox) && (!takes || !dispatcher_has_message(s))) {
		if (session_peer_ended(s) && !session_error(s) &&
		    report_once(d, ON_EOF))
			return;
		if (!closed && closes_at_eof(d)) {
			if (lingers(d))
				return;
			session_close(s, CLOSE_ORDERLY, NULL);
			closed = true;
		}
	}
	/* Release the peer now, because @s.* in a `close` handler must match
	 * only the other peers. */
	if (closed && s->role == ROLE_PEER)
		session_release(s);
	if (closed && report_once(d, ON_CLOSE))
		return;
	if (closed)
		dispatcher_finish(d);
}

/* Ends the jobs of a served peer's script, except handlers on that peer: they
 * still get the peer's close event. */
static void end_jobs(struct dispatcher *d)
{
	list_each (link, &d->task.shell->jobs) {
		struct job *j = list_entry(link, struct job, at);
		struct handler *h = handler_of(j);
		if (j->scope == d->task.scope &&
		    (!h || h->target != d->session))
			job_cancel(j, NULL);
	}
}

bool task_is_driven(const struct task *t)
{
	return t->dispatcher != NULL;
}

/* Returns true if the peer sent FIN or was closed to make room for another, and
 * neither an error nor unread data is left. */
static bool has_departed(const struct session *s)
{
	bool ended = session_peer_ended(s) || session_made_room(s);
	return ended && !session_error(s) && !inbox_count(&s->inbox);
}

bool task_at_peer_eof(const struct task *t)
{
	if (!t->dispatcher || !t->dispatcher->serves)
		return false;
	const struct session *s = t->dispatcher->session;
	return (t->current_target ? t->current_target : t->current) == s &&
	       has_departed(s);
}

bool task_ends_well(const struct task *t, const struct err *e)
{
	return (e->kind == ERR_EOF_EARLY || e->kind == ERR_CLOSED) &&
	       task_at_peer_eof(t);
}

static void server_ended(struct task *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, task);
	end_jobs(d);
	if (t->failed.kind != ERR_NONE)
		scope_failed(t->scope, t->job, &t->failed);
	else if (lingers(d))
		return;
	session_close(d->session, CLOSE_ORDERLY, NULL);
	session_release(d->session);
	dispatcher_free(d);
}

static void dispatcher_notified(struct waiter *w)
{
	struct dispatcher *d = list_entry(w, struct dispatcher, waiter);
	/* A running task checks for events when it becomes idle. */
	if ((!d->serves || session_is_flushing(d->session)) &&
	    task_idle(&d->task))
		task_ready(&d->task);
}

static struct dispatcher *dispatcher_new(struct shell *sh, struct session *s,
					 struct scope *scope, bool serves)
{
	struct dispatcher *d = xalloc(sizeof *d);
	session_pin(s);
	d->session = s;
	d->serves = serves;
	d->waiter.notify = dispatcher_notified;
	session_await(s, &d->waiter);
	task_init(&d->task, sh, scope, false);
	d->task.dispatcher = d;
	d->task.holds = false;
	dispatcher_update_waiter(d);
	d->task.ended = dispatcher_step;
	list_append(&sh->dispatchers, &d->at);
	task_ready(&d->task);
	/* `accept` must not get this peer. */
	if (s->role == ROLE_PEER) {
		list_remove(&s->accept_queue);
		s->accepted = true;
	}
	return d;
}

static void serve(struct shell *sh, struct session *s, struct handler *h)
{
	struct scope *scope = scope_new(sh);
	scope->outer = scope_ref(h->job.scope);
	struct dispatcher *d = dispatcher_new(sh, s, scope, true);
	scope_unref(scope);
	d->task.ended = server_ended;
	dispatcher_begin(d, h);
}

/* Creates the dispatchers of a session: one if it is served, one if it has
 * handlers. */
static void attach_handlers(struct shell *sh, struct session *s)
{
	struct handler *h = NULL;
	if (s->role == ROLE_LISTENER)
		return;
	while ((h = handler_next(sh, h ? &h->job.at : NULL, s)) != NULL) {
		bool serves = h->job.kind == JOB_SERVER;
		if (find_dispatcher(sh, s, serves))
			continue;
		if (serves)
			serve(sh, s, h);
		else
			dispatcher_new(sh, s, h->job.scope, false);
	}
}

void handlers_attach_later(struct shell *sh, struct session *created)
{
	if (!handler_next(sh, NULL, created))
		return;
	session_pin(created);
	buf_put(&sh->new_sessions, bytes_of(&created, sizeof created));
	loop_no_wait(sh->loop);
}

/* Returns true if no event can reach the handler: its target is closed, no peer
 * of the target is open, and none of these sessions has a dispatcher left. */
static bool is_over(const struct shell *sh, const struct handler *h)
{
	const struct session *s = h->target;
	if (!session_is_closed(s) || s->open_peers)
		return false;
	list_each (link, &sh->dispatchers) {
		const struct dispatcher *d = list_entry(link, struct dispatcher,
							at);
		if (!d->serves && (d->session == s || d->session->parent == s))
			return false;
	}
	return true;
}

void handlers_reap(struct shell *sh)
{
	while (buf_len(&sh->new_sessions)) {
		struct session *s;
		memcpy(&s, buf_bytes(&sh->new_sessions).at, sizeof s);
		buf_drop(&sh->new_sessions, sizeof s);
		attach_handlers(sh, s);
		session_unpin(s);
	}
	if (!sh->ended_some)
		return;
	sh->ended_some = false;
	list_each (link, &sh->jobs) {
		struct handler *h = handler_of(
		    list_entry(link, struct job, at));
		if (h && is_over(sh, h) && !may_reconnect(h->target))
			job_end(&h->job, NULL);
	}
	/* `wait` does not wait for the handlers that stay. */
	jobs_notify(sh);
}

bool job_is_dormant(const struct job *j)
{
	const struct handler *h = j->kind == JOB_HANDLER
				      ? list_entry(j, struct handler, job)
				      : NULL;
	return h && may_reconnect(h->target) && is_over(j->shell, h);
}

void handlers_follow(struct shell *sh, struct session *now,
		     const struct session *old)
{
	list_each (link, &sh->jobs) {
		struct handler *h = handler_of(
		    list_entry(link, struct job, at));
		if (!h || h->target != old)
			continue;
		session_unpin(h->target);
		session_pin(now);
		h->target = now;
	}
	attach_handlers(sh, now);
	list_each (link, &sh->dispatchers)
		task_follow(&list_entry(link, struct dispatcher, at)->task, now,
			    old);
}

void dispatchers_stop(struct shell *sh, unsigned job, const struct task *by)
{
	list_each (link, &sh->dispatchers) {
		struct task *t = &list_entry(link, struct dispatcher, at)->task;
		if (t->job != job || t == by || task_idle(t))
			continue;
		task_unwind(t, true);
		task_ready(t);
	}
}

void handlers_end(struct shell *sh)
{
	while (!list_empty(&sh->dispatchers))
		dispatcher_free(
		    list_entry(sh->dispatchers.next, struct dispatcher, at));
	while (buf_len(&sh->new_sessions)) {
		struct session *s;
		memcpy(&s, buf_bytes(&sh->new_sessions).at, sizeof s);
		buf_drop(&sh->new_sessions, sizeof s);
		session_unpin(s);
	}
	buf_fini(&sh->new_sessions);
}

/* Updates a session's dispatcher after a handler was added (`came`) or removed.
 */
static void dispatcher_refresh(struct shell *sh, struct session *s, bool came)
{
	struct dispatcher *d = find_dispatcher(sh, s, false);
	if (d)
		dispatcher_update_waiter(d);
	if (d && came)
		dispatcher_notified(&d->waiter);
	if (came)
		attach_handlers(sh, s);
}

void dispatchers_refresh(struct shell *sh, struct session *s, bool came)
{
	dispatcher_refresh(sh, s, came);
	for (struct session *peer = NULL;
	     s->role == ROLE_LISTENER &&
	     (peer = hub_match(sh->hub, BYTES("*"), peer)) != NULL;)
		if (peer->parent == s)
			dispatcher_refresh(sh, peer, came);
}
