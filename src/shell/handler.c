/* SPDX-License-Identifier: ISC */
/*
 * Handlers and servers as jobs: commands that run on events of a session, or
 * for each peer of a listener. dispatcher.c runs them.
 */
#include "handler_own.h"

#include <stdlib.h>

const char *const handler_event_names[] = {
    [ON_OPEN] = "open",   [ON_MESSAGE] = "message", [ON_EOF] = "eof",
    [ON_CLOSE] = "close", [ON_PEER] = "peer",       NULL,
};

struct handler *handler_of(struct job *j)
{
	return j->kind == JOB_HANDLER || j->kind == JOB_SERVER
		   ? list_entry(j, struct handler, job)
		   : NULL;
}

bool handler_handles(const struct handler *h, enum handler_event event)
{
	return h->job.kind == JOB_HANDLER && h->event == event;
}

struct handler *handler_next(struct shell *sh, const struct list *after,
			     const struct session *s)
{
	const struct list *at = after ? after->next : sh->jobs.next;
	for (; at != &sh->jobs; at = at->next) {
		struct handler *h = handler_of(list_entry(at, struct job, at));
		if (h &&
		    (session_is_same(h->target, s) || h->target == s->parent))
			return h;
	}
	return NULL;
}

bool handlers_serve(struct shell *sh, const struct session *s)
{
	struct handler *h = NULL;
	while ((h = handler_next(sh, h ? &h->job.at : NULL, s)) != NULL)
		if (h->job.kind == JOB_SERVER)
			return true;
	return false;
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
	h->last = of->last;
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

const struct session *job_session(const struct job *j)
{
	return j->kind == JOB_HANDLER
		   ? list_entry(j, const struct handler, job)->target
		   : NULL;
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
