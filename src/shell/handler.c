/* SPDX-License-Identifier: ISC */
/*
 * Handlers and servers: commands that run when something happens on a session,
 * or for each peer of a listener. What happens is asked of the session, in
 * order and one at a time; nothing runs while it is told.
 */
#include "job_own.h"

#include <stdlib.h>
#include <string.h>

const char *const handler_event_names[] = {
    [ON_OPEN] = "open",   [ON_MESSAGE] = "message", [ON_EOF] = "eof",
    [ON_CLOSE] = "close", [ON_PEER] = "peer",       NULL,
};

/* One `on`, or one `--serve`. */
struct handler {
	struct job job;
	struct session *target; /* pinned */
	enum handler_event event;
	bool serves;
	struct match *match;     /* held; NULL: any */
	struct program *program; /* held */
};

/* What drives the handlers of one session, or serves it. */
struct dispatcher {
	struct list at;          /* shell->drivers */
	struct session *session; /* pinned */
	struct waiter waiter;
	struct task task;
	bool serves;
	struct timer linger; /* for what is queued, at its end */
	size_t left;         /* so much was, when the time began */
	bool late;
	unsigned reported[ON_PEER + 1]; /* of what happens once: the last job
				       that has been told */
	/* A search in a message that goes on in the next turn. */
	struct {
		unsigned job;     /* the handler's number; 0: none */
		uint64_t message; /* the message's offset in what came */
		size_t from;
		uint64_t steps;
	} search;
};

static void handler_stop(struct job *);
static void served(struct task *);

static void driver_free(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	/* Handlers may have been kept for it alone. */
	sh->ended_some = true;
	loop_no_wait(sh->loop);
	list_remove(&d->at);
	loop_disarm(sh->loop, &d->linger);
	session_unawait(&d->waiter);
	task_fini(&d->task);
	session_unpin(d->session);
	free(d);
}

/* Of all jobs, the handlers for a session: its own and its listener's. */
static struct handler *next_handler(struct shell *sh, const struct list *after,
				    const struct session *s)
{
	const struct list *at = after ? after->next : sh->jobs.next;
	for (; at != &sh->jobs; at = at->next) {
		struct job *j = list_entry(at, struct job, at);
		struct handler *h = (struct handler *)j;
		if (j->stop == handler_stop &&
		    (h->target == s || h->target == s->parent))
			return h;
	}
	return NULL;
}

static bool handles(struct dispatcher *d, enum handler_event event)
{
	struct handler *h = NULL;
	while ((h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (!h->serves && h->event == event)
			return true;
	return false;
}

/* Its handlers may be others now. */
static void dispatcher_handles(struct dispatcher *d)
{
	/* What serves it takes all that comes, whatever it does meanwhile. */
	bool takes = d->serves || handles(d, ON_MESSAGE);
	if (takes == d->waiter.consumes)
		return;
	d->waiter.consumes = takes;
	session_touch(d->session);
}

/* `on`: what all in it works on; NULL: its scope's current session. */
static void handler_begin(struct dispatcher *d, struct handler *h,
			  struct session *on)
{
	struct scope *old = d->task.scope;
	h->job.runs++;
	/* A server's script has one of its own; a handler has its words mean
	 * what they did where it was set up. */
	if (!d->serves && old != h->job.scope) {
		d->task.scope = scope_ref(h->job.scope);
		scope_unref(old);
	}
	(void)task_push(&d->task, h->program, 1, on, NULL);
	task_ready(&d->task);
}

/* The next handler of what happens once, one that came later too. Result:
 * whether there was one. */
static bool report_once(struct dispatcher *d, enum handler_event event)
{
	struct handler *h = NULL;
	while ((h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (!h->serves && h->event == event &&
		    h->job.number > d->reported[event]) {
			d->reported[event] = h->job.number;
			handler_begin(d, h, d->session);
			return true;
		}
	return false;
}

static enum match_result matches(struct dispatcher *d, struct handler *h,
				 struct bytes data)
{
	struct match_found found;
	struct err e;
	if (h->serves || h->event != ON_MESSAGE)
		return MATCH_NO;
	/* An earlier turn has tried the handlers before d->search.job. */
	if (h->job.number < d->search.job)
		return MATCH_NO;
	if (!h->match)
		return MATCH_YES;
	if (h->job.number != d->search.job)
		d->search.from = d->search.steps = 0;
	d->search.job = h->job.number;
	enum match_result result = match_find_on(h->match, data,
						 &d->search.from, true,
						 &d->search.steps, &found, &e);
	if (result == MATCH_FAIL)
		hub_notice(d->session->hub, d->session, false, "[%u] %s",
			   h->job.number, e.text);
	if (result != MATCH_YES)
		return result;
	d->task.shell->running = &d->task;
	shell_set_match(d->task.shell, &found);
	d->task.shell->running = NULL;
	return result;
}

/* Finds the handler of a message. Result: false if the search goes on. */
static bool find_handler(struct dispatcher *d, struct bytes data,
			 struct handler **out)
{
	struct handler *h = NULL;
	enum match_result result = MATCH_NO;
	uint64_t at = session_inbox_offset(d->session);
	if (d->search.message != at)
		d->search.job = 0;
	d->search.message = at;
	while (result != MATCH_YES && result != MATCH_MORE &&
	       (h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		result = matches(d, h, data);
	*out = result == MATCH_YES ? h : NULL;
	if (result == MATCH_MORE)
		return false;
	d->search.job = 0;
	return true;
}

/* The next message goes to the first handler that wants it. Result: whether
 * there is more to do; messages that none wants are taken too: they stay in the
 * log. */
static bool dispatch_message(struct dispatcher *d)
{
	struct session *s = d->session;
	struct bytes front;
	bool whole;
	for (unsigned i = 0; inbox_front(&s->inbox, &front, &whole); i++) {
		struct handler *h = NULL;
		/* Never half a message as if it were one. */
		bool raw = session_is_raw(s, 0);
		if (i == TASK_BUDGET || (!raw && !find_handler(d, front, &h))) {
			task_ready(&d->task);
			return true;
		}
		if (session_take_frame_error(s, 0, NULL))
			hub_notice(s->hub, s, false, "%s",
				   s->frame_error->text);
		if (h)
			captured_set(&d->task.builtins, CAPTURED_MESSAGE,
				     front);
		inbox_pop(&s->inbox);
		session_touch(s);
		if (!h)
			continue;
		handler_begin(d, h, s);
		return true;
	}
	return false;
}

static void linger_over(struct timer *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, linger);
	struct shell *sh = d->task.shell;
	size_t left = transport_queued(&d->session->link);
	d->late = left >= d->left;
	d->left = left;
	if (!d->late)
		loop_arm(sh->loop, t, loop_now(sh->loop) + sh->timeout);
	task_ready(&d->task);
}

/* Its peer is to go, but has not taken all yet: the link closes when it has, or
 * is given up when it takes nothing for the default timeout. */
static bool lingers(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	struct transport *link = &d->session->link;
	if (link->state != LINK_OPEN || d->late || !transport_queued(link))
		return false;
	if (!link->close_when_flushed) {
		link->close_when_flushed = true;
		d->left = transport_queued(link);
		d->linger.fire = linger_over;
		loop_arm(sh->loop, &d->linger,
			 loop_now(sh->loop) + sh->timeout);
	}
	return true;
}

static bool has_opened(const struct session *s)
{
	return s->link.state == LINK_OPEN || s->opened;
}

/* Closed, and nobody will hear more of it. */
static void dispatcher_finish(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	struct session *s = d->session;
	struct handler *h;
	while ((h = next_handler(sh, NULL, s)) != NULL && h->target == s)
		job_end(&h->job, NULL);
	driver_free(d);
}

static void poked(struct waiter *w);

/* What handles a session, or what serves it. */
static struct dispatcher *find_driver(const struct shell *sh,
				      const struct session *s, bool serves)
{
	list_each (link, &s->waiters) {
		struct waiter *w = list_entry(link, struct waiter, at);
		struct dispatcher *d = list_entry(w, struct dispatcher, waiter);
		if (w->notify == poked && d->task.shell == sh &&
		    d->serves == serves)
			return d;
	}
	return NULL;
}

/* The task is idle: what has happened since? */
static void dispatcher_step(struct task *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, task);
	struct session *s = d->session;
	bool closed = s->link.state == LINK_CLOSED;
	err_clear(&t->failed);
	dispatcher_handles(d);
	if (s->role == ROLE_PEER && report_once(d, ON_PEER))
		return;
	if (has_opened(s) && report_once(d, ON_OPEN))
		return;
	bool takes = d->waiter.consumes;
	if (takes && dispatch_message(d))
		return;
	if (inbox_ended(&s->inbox) && (!takes || !inbox_count(&s->inbox))) {
		if (s->link.ended[DIR_UP] && !s->end_error &&
		    report_once(d, ON_EOF))
			return;
		/* A peer that has nothing more to say is not kept, but by what
		 * serves it. */
		if (!closed && s->role == ROLE_PEER &&
		    !find_driver(d->task.shell, s, true)) {
			if (lingers(d))
				return;
			session_close(s, false);
			closed = true;
		}
	}
	/* @s.* in their `close` handlers is those that are left. */
	if (closed && s->role == ROLE_PEER)
		session_release(s);
	if (closed && report_once(d, ON_CLOSE))
		return;
	if (closed)
		dispatcher_finish(d);
}

/* What a server's script began ends with it, but what handles its peer: that is
 * told of the end. */
static void end_jobs(struct dispatcher *d)
{
	list_each (link, &d->task.shell->jobs) {
		struct job *j = list_entry(link, struct job, at);
		struct handler *h = (struct handler *)j;
		if (j->scope == d->task.scope &&
		    (j->stop != handler_stop || h->target != d->session))
			job_cancel(j);
	}
}

bool task_is_driven(const struct task *t)
{
	return t->ended == dispatcher_step || t->ended == served;
}

/* Returns true if the peer has sent the end, or made room for another one. */
static bool has_departed(const struct session *s)
{
	bool ended = s->link.ended[DIR_UP] || s->link.cause == CAUSE_ROOM;
	return ended && !s->end_error && !inbox_count(&s->inbox);
}

bool task_at_peer_eof(const struct task *t)
{
	if (t->ended != served)
		return false;
	const struct dispatcher *d = list_entry(t, struct dispatcher, task);
	const struct session *s = d->session;
	return (t->current_target ? t->current_target : t->scope->current) ==
		   s &&
	       has_departed(s);
}

bool task_ends_well(const struct task *t, const struct err *e)
{
	return (e->kind == ERR_EOF_EARLY || e->kind == ERR_CLOSED) &&
	       task_at_peer_eof(t);
}

static void served(struct task *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, task);
	end_jobs(d);
	if (t->failed.kind == ERR_NONE && lingers(d))
		return;
	session_close(d->session, false);
	session_release(d->session);
	driver_free(d);
}

static void poked(struct waiter *w)
{
	struct dispatcher *d = list_entry(w, struct dispatcher, waiter);
	/* While it runs, it looks when it is done. */
	if ((!d->serves || d->session->link.close_when_flushed) &&
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
	d->waiter.notify = poked;
	session_await(s, &d->waiter);
	task_init(&d->task, sh, scope, false);
	task_aim(&d->task, s);
	dispatcher_handles(d);
	d->task.ended = dispatcher_step;
	list_append(&sh->dispatchers, &d->at);
	task_ready(&d->task);
	/* It is spoken for: no `accept` has it. */
	if (s->role == ROLE_PEER) {
		list_remove(&s->accept_queue);
		s->accepted = true;
	}
	return d;
}

static void serve(struct shell *sh, struct session *s, struct handler *h)
{
	struct scope *scope = scope_new(sh);
	scope->serves = true;
	scope_use(scope, s);
	struct dispatcher *d = dispatcher_new(sh, s, scope, true);
	scope_unref(scope);
	d->task.ended = served;
	/* It is its scope's current one, until the script uses another. */
	handler_begin(d, h, NULL);
}

/* A session meets what there is for it. */
static void attach_handlers(struct shell *sh, struct session *s)
{
	struct handler *h = NULL;
	if (s->role == ROLE_LISTENER)
		return;
	while ((h = next_handler(sh, h ? &h->job.at : NULL, s)) != NULL) {
		if (find_driver(sh, s, h->serves))
			continue;
		if (h->serves)
			serve(sh, s, h);
		else
			dispatcher_new(sh, s, h->job.scope, false);
	}
}

void handlers_attach_later(struct shell *sh, struct session *created)
{
	if (!next_handler(sh, NULL, created))
		return;
	session_pin(created);
	buf_put(&sh->new_sessions, bytes_of(&created, sizeof created));
	loop_no_wait(sh->loop);
}

/* Nothing will happen any more of which it is not about to be told. */
static bool is_over(const struct shell *sh, const struct handler *h)
{
	const struct session *s = h->target;
	if (s->link.state != LINK_CLOSED || s->open_peers)
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
		struct job *j = list_entry(link, struct job, at);
		struct handler *h = (struct handler *)j;
		if (j->stop == handler_stop && is_over(sh, h))
			job_end(j, NULL);
	}
}

void handlers_end(struct shell *sh)
{
	while (!list_empty(&sh->dispatchers))
		driver_free(
		    list_entry(sh->dispatchers.next, struct dispatcher, at));
	while (buf_len(&sh->new_sessions)) {
		struct session *s;
		memcpy(&s, buf_bytes(&sh->new_sessions).at, sizeof s);
		buf_drop(&sh->new_sessions, sizeof s);
		session_unpin(s);
	}
	buf_fini(&sh->new_sessions);
}

/* A handler for it came or went. */
static void dispatcher_refresh(struct shell *sh, struct session *s, bool came)
{
	struct dispatcher *d = find_driver(sh, s, false);
	if (d)
		dispatcher_handles(d);
	if (d && came)
		poked(&d->waiter);
	if (came)
		attach_handlers(sh, s);
}

/* Its own, or those of each peer there is. */
static void dispatchers_refresh(struct shell *sh, struct session *s, bool came)
{
	dispatcher_refresh(sh, s, came);
	for (struct session *peer = NULL;
	     s->role == ROLE_LISTENER &&
	     (peer = hub_match(sh->hub, BYTES("*"), peer)) != NULL;)
		if (peer->parent == s)
			dispatcher_refresh(sh, peer, came);
}

static void handler_stop(struct job *j)
{
	struct handler *h = (struct handler *)j;
	dispatchers_refresh(j->shell, h->target, false);
	session_unpin(h->target);
	scope_unref(j->scope);
	match_unref(h->match);
	program_unref(h->program);
	free(h);
}

static struct handler *handler_new(struct shell *sh, struct session *s,
				   struct program *p, const char *text)
{
	struct handler *h = xalloc(sizeof *h);
	session_pin(s);
	h->target = s;
	h->program = program_ref(p);
	job_begin(&h->job, scope_ref(shell_task(sh)->scope), text,
		  handler_stop);
	return h;
}

struct job *job_new_handler(struct shell *sh, struct session *s,
			    enum handler_event event, struct match *match,
			    struct program *p, const char *text)
{
	struct handler *h = handler_new(sh, s, p, text);
	h->event = event;
	h->match = match ? match_ref(match) : NULL;
	dispatchers_refresh(sh, s, true);
	return &h->job;
}

struct job *job_new_server(struct shell *sh, struct session *listener,
			   struct program *p, const char *text)
{
	struct handler *h = handler_new(sh, listener, p, text);
	h->serves = true;
	return &h->job;
}

bool job_involves_task(const struct job *j, const struct task *t)
{
	const struct handler *h = (const struct handler *)j;
	if (j->stop != handler_stop)
		return job_owns_task(j, t);
	if (!task_is_driven(t))
		return false;
	const struct dispatcher *d = list_entry(t, struct dispatcher, task);
	return h->target == d->session || h->target == d->session->parent;
}
