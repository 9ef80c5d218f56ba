/* SPDX-License-Identifier: ISC */
/*
 * Handlers and servers: commands that run on events of a session, or for each
 * peer of a listener. A session's dispatcher handles the session's events in
 * order, one at a time. Commands run in the dispatcher's task, never inside an
 * event callback.
 *
 * Long: handlers and dispatchers know each other's fields.
 */
#include "job_own.h"

#include <stdlib.h>
#include <string.h>

const char *const handler_event_names[] = {
    [ON_OPEN] = "open",   [ON_MESSAGE] = "message", [ON_EOF] = "eof",
    [ON_CLOSE] = "close", [ON_PEER] = "peer",       NULL,
};

/* The job of an `on` or of a `listen --serve`. */
struct handler {
	struct job job;
	struct session *target; /* pinned */
	enum handler_event event;
	const struct unit_kind *kind; /* NULL: messages of any kind */
	char *name;              /* attribute `name` of the units; NULL: any */
	struct match *match;     /* reference; NULL: any message */
	struct program *program; /* reference */
};

/* Runs the handlers of one session, or serves one peer. */
struct dispatcher {
	struct list at;          /* in shell->dispatchers */
	struct session *session; /* pinned */
	struct waiter waiter;
	struct task task;
	bool serves;
	struct timer linger; /* checks the progress of the last flush */
	size_t left;         /* bytes queued when linger was armed */
	bool timed_out;
	bool endless; /* a notice said that a message is too long */
	unsigned reported[ON_PEER + 1]; /* number of the last job that got the
					   event, for events that occur once */
	uint64_t control; /* number of the next control unit to handle */
	/* A search in a message, if it continues in the next turn. */
	struct {
		unsigned job;     /* number of the handler; 0: none */
		uint64_t message; /* stream offset of the message; for a control
				     unit, UINT64_MAX minus its number */
		size_t from;
		struct match_steps steps;
	} search;
};

/* Returns NULL if the job is neither a handler nor a server. */
static struct handler *handler_of(struct job *j)
{
	return j->kind == JOB_HANDLER || j->kind == JOB_SERVER
		   ? list_entry(j, struct handler, job)
		   : NULL;
}

/* Returns true for a handler of the event, false for a server. */
static bool handles(const struct handler *h, enum handler_event event)
{
	return h->job.kind == JOB_HANDLER && h->event == event;
}

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

/* Returns the next job that is a handler or server of the session or of its
 * listener; NULL: none. */
static struct handler *next_handler(struct shell *sh, const struct list *after,
				    const struct session *s)
{
	const struct list *at = after ? after->next : sh->jobs.next;
	for (; at != &sh->jobs; at = at->next) {
		struct handler *h = handler_of(list_entry(at, struct job, at));
		if (h && (h->target == s || h->target == s->parent))
			return h;
	}
	return NULL;
}

/* Returns true if a handler handles messages, or with `control`, control
 * units. */
static bool has_handler(struct dispatcher *d, bool control)
{
	struct handler *h = NULL;
	while ((h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (handles(h, ON_MESSAGE) &&
		    unit_is_control(h->kind) == control)
			return true;
	return false;
}

/* Updates waiter.consumes after a handler was added or removed. */
static void dispatcher_update_waiter(struct dispatcher *d)
{
	/* A server is a consumer even while its script does not read. */
	bool takes = d->serves || has_handler(d, false);
	if (takes == d->waiter.consumes)
		return;
	d->waiter.consumes = takes;
	session_touch(d->session);
}

static void handler_begin(struct dispatcher *d, struct handler *h)
{
	struct scope *old = d->task.scope;
	h->job.runs++;
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
	while ((h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		if (handles(h, event) && h->job.number > d->reported[event]) {
			d->reported[event] = h->job.number;
			handler_begin(d, h);
			return true;
		}
	return false;
}

/* The next unit for the handlers: the first message of the inbox, or a control
 * unit. */
struct occurrence {
	struct bytes data;
	struct origin from;
	bool control;
};

/* Finds the oldest unit that some handler may want. A stream's data has no
 * number and comes first. Result: false: there is none. */
static bool next_occurrence(struct dispatcher *d, struct occurrence *out)
{
	struct session *s = d->session;
	struct control_unit u;
	bool whole;
	bool message = d->waiter.consumes &&
		       inbox_front(&s->inbox, &out->data, &whole);
	bool control = has_handler(d, true) &&
		       session_control(s, d->control, &u);
	out->from = session_origin(s, 0);
	out->control = control && (!message || u.number < out->from.number);
	if (!out->control)
		return message;
	out->data = u.data;
	out->from = (struct origin){.kind = u.kind,
				    .attrs = u.attrs,
				    .rung = u.kind->rung,
				    .number = u.number};
	return true;
}

/* Consumes a message. A control unit stays for `expect`, but is not handled
 * again. */
static void occurrence_done(struct dispatcher *d, const struct occurrence *o)
{
	struct session *s = d->session;
	if (o->control) {
		d->control = o->from.number + 1;
		return;
	}
	if (session_take_rung_error(s, 0, NULL))
		hub_notice(s->hub, s, false, "%s", session_rung_error(s)->text);
	inbox_pop(&s->inbox);
	session_touch(s);
}

/* Returns true if the handler is for units like this one. */
static bool handles_unit(const struct handler *h, const struct occurrence *o)
{
	struct bytes name;
	if (!handles(h, ON_MESSAGE))
		return false;
	if (!h->kind)
		return !o->control;
	return h->kind == o->from.kind &&
	       (!h->name || (attrs_get(o->from.attrs, "name", &name) &&
			     bytes_is(name, h->name)));
}

static enum match_result matches(struct dispatcher *d, struct handler *h,
				 const struct occurrence *o)
{
	struct match_found found;
	struct err e;
	/* Earlier turns have tried the handlers before d->search.job. */
	if (!handles_unit(h, o) || h->job.number < d->search.job)
		return MATCH_NO;
	if (!h->match)
		return MATCH_YES;
	if (h->job.number != d->search.job)
		d->search.from = d->search.steps.taken = 0;
	d->search.job = h->job.number;
	d->search.steps.left = &d->task.shell->search_steps;
	enum match_result result = match_find_on(h->match, o->data,
						 &d->search.from, true,
						 &d->search.steps, &found, &e);
	if (result == MATCH_FAIL)
		hub_notice(d->session->hub, d->session, false, "[%u] %s",
			   h->job.number, e.text);
	if (result != MATCH_YES)
		return result;
	task_set_match(&d->task, &found, &o->from);
	return result;
}

/* Finds the first handler that matches a unit; sets *out to NULL if none does.
 * Result: false: the search continues in the next turn. */
static bool find_handler(struct dispatcher *d, const struct occurrence *o,
			 struct handler **out)
{
	struct handler *h = NULL;
	enum match_result result = MATCH_NO;
	uint64_t at = o->control ? UINT64_MAX - o->from.number
				 : session_inbox_offset(d->session);
	if (d->search.message != at)
		d->search.job = 0;
	d->search.message = at;
	while (result != MATCH_YES && result != MATCH_MORE &&
	       (h = next_handler(d->task.shell, h ? &h->job.at : NULL,
				 d->session)) != NULL)
		result = matches(d, h, o);
	*out = result == MATCH_YES ? h : NULL;
	if (result == MATCH_MORE)
		return false;
	d->search.job = 0;
	return true;
}

static void set_message(struct dispatcher *d, const struct occurrence *o)
{
	builtins_set(&d->task.builtins, BUILTIN_MESSAGE, o->data);
	builtins_came_from(&d->task.builtins, BUILTIN_MESSAGE, &o->from);
}

/* Starts the first handler that matches the next message or control unit.
 * Consumes messages that no handler matches; the log still has them. Result:
 * true if a handler was started, or the rest is left to the next turn. */
static bool dispatch(struct dispatcher *d)
{
	struct occurrence o;
	for (unsigned i = 0; next_occurrence(d, &o); i++) {
		struct handler *h = NULL;
		/* Raw bytes after a rung's error are not a message: no handler
		 * gets them. */
		bool raw = o.from.flags & UNIT_RAW;
		if (i == TASK_BUDGET || (!raw && !find_handler(d, &o, &h))) {
			task_ready(&d->task);
			return true;
		}
		if (h)
			set_message(d, &o);
		occurrence_done(d, &o);
		if (!h)
			continue;
		handler_begin(d, h);
		return true;
	}
	return false;
}

static bool has_message(const struct session *s)
{
	struct bytes front;
	bool whole;
	return inbox_front(&s->inbox, &front, &whole);
}

/* Prints a notice, once, if the first message cannot become whole because the
 * inbox is full. */
static void note_endless(struct dispatcher *d)
{
	const struct session *s = d->session;
	bool full = d->waiter.consumes && inbox_count(&s->inbox) &&
		    !has_message(s) && !session_has_room(s);
	if (full && !d->endless)
		hub_notice(s->hub, s, false,
			   "inbox full (%zu bytes) without a whole message; "
			   "raise 'set inbox' or use 'recv -o'",
			   inbox_len(&s->inbox));
	d->endless = full;
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

/* Frees the dispatcher of a closed session and ends the session's handlers. */
static void dispatcher_finish(struct dispatcher *d)
{
	struct shell *sh = d->task.shell;
	struct session *s = d->session;
	struct handler *h;
	while ((h = next_handler(sh, NULL, s)) != NULL && h->target == s)
		job_end(&h->job, NULL);
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

/* Starts a handler of the next event, or frees the dispatcher of a closed
 * session. Called when the task is idle. */
static void dispatcher_step(struct task *t)
{
	struct dispatcher *d = list_entry(t, struct dispatcher, task);
	struct session *s = d->session;
	/* A rung may still hold data of a closed session. */
	bool closed = session_is_closed(s) && inbox_ended(&s->inbox);
	err_clear(&t->failed);
	dispatcher_update_waiter(d);
	if (s->role == ROLE_PEER && report_once(d, ON_PEER))
		return;
	if (session_was_open(s) && report_once(d, ON_OPEN))
		return;
	bool takes = d->waiter.consumes;
	if (dispatch(d))
		return;
	note_endless(d);
	if (inbox_ended(&s->inbox) && (!takes || !has_message(s))) {
		if (session_peer_ended(s) && !session_error(s) &&
		    report_once(d, ON_EOF))
			return;
		/* Close a peer after its EOF, unless a server's script still
		 * runs. */
		if (!closed && s->role == ROLE_PEER &&
		    !find_dispatcher(d->task.shell, s, true)) {
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
			job_cancel(j);
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
	if (t->failed.kind == ERR_NONE && lingers(d))
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
	struct dispatcher *d = dispatcher_new(sh, s, scope, true);
	scope_unref(scope);
	d->task.ended = server_ended;
	handler_begin(d, h);
}

/* Creates the dispatchers of a session: one if it is served, one if it has
 * handlers. */
static void attach_handlers(struct shell *sh, struct session *s)
{
	struct handler *h = NULL;
	if (s->role == ROLE_LISTENER)
		return;
	while ((h = next_handler(sh, h ? &h->job.at : NULL, s)) != NULL) {
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
	if (!next_handler(sh, NULL, created))
		return;
	session_pin(created);
	buf_put(&sh->new_sessions, bytes_of(&created, sizeof created));
	loop_no_wait(sh->loop);
}

bool handlers_serve(struct shell *sh, const struct session *s)
{
	struct handler *h = NULL;
	while ((h = next_handler(sh, h ? &h->job.at : NULL, s)) != NULL)
		if (h->job.kind == JOB_SERVER)
			return true;
	return false;
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
		if (h && is_over(sh, h))
			job_end(&h->job, NULL);
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

/* Updates the dispatchers of a session, and if it is a listener, of its peers.
 */
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
	struct handler *h = handler_of(j);
	dispatchers_refresh(j->shell, h->target, false);
	session_unpin(h->target);
	scope_unref(j->scope);
	match_unref(h->match);
	free(h->name);
	program_unref(h->program);
	free(h);
}

static struct handler *handler_new(struct task *t, enum job_kind kind,
				   struct session *s, struct program *p,
				   const char *text)
{
	struct handler *h = xalloc(sizeof *h);
	session_pin(s);
	h->target = s;
	h->program = program_ref(p);
	job_begin(&h->job, kind, scope_ref(t->scope), text, handler_stop);
	return h;
}

struct job *job_new_handler(struct task *t, struct session *s,
			    const struct handler_filter *of, struct program *p,
			    const char *text)
{
	struct handler *h = handler_new(t, JOB_HANDLER, s, p, text);
	h->event = of->event;
	h->kind = of->kind;
	h->name = of->name.at ? xstrndup(of->name) : NULL;
	h->match = of->match ? match_ref(of->match) : NULL;
	dispatchers_refresh(t->shell, s, true);
	return &h->job;
}

struct job *job_new_server(struct task *t, struct session *listener,
			   struct program *p, const char *text)
{
	return &handler_new(t, JOB_SERVER, listener, p, text)->job;
}

bool job_involves_task(const struct job *j, const struct task *t)
{
	if (j->kind != JOB_HANDLER && j->kind != JOB_SERVER)
		return job_owns_task(j, t);
	if (!task_is_driven(t))
		return false;
	const struct handler *h = list_entry(j, struct handler, job);
	const struct session *s = t->dispatcher->session;
	return h->target == s || h->target == s->parent;
}
