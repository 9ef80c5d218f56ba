/* SPDX-License-Identifier: ISC */
/*
 * Jobs: their numbers and results, and the two kinds that need no session:
 * background commands and timers. handler.c has handlers and servers.
 */
#include "job_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int job_check_limit(const struct shell *sh, struct err *e)
{
	size_t n = sh->job_count;
	/* Handlers of ended clients do not count. */
	if (n >= sh->jobs_max)
		list_each (link, &sh->jobs)
			n -= job_is_dormant(list_entry(link, struct job, at));
	if (n < sh->jobs_max)
		return 0;
	return err_set(e, ERR_LIMIT, 0,
		       "already %zu jobs; list them with 'jobs', end one with "
		       "'cancel' or raise 'set jobs'",
		       sh->job_count);
}

void job_begin(struct job *j, enum job_kind kind, struct scope *scope,
	       const char *text, void (*stop)(struct job *))
{
	struct shell *sh = scope->shell;
	sh->job_count++;
	j->kind = kind;
	j->shell = sh;
	j->scope = scope;
	j->number = ++sh->next_job;
	j->text = xstrdup(text);
	j->stop = stop;
	list_append(&sh->jobs, &j->at);
}

void jobs_notify(struct shell *sh)
{
	list_each (link, &sh->watchers) {
		struct waiter *w = list_entry(link, struct waiter, at);
		w->notify(w);
	}
}

void job_end(struct job *j, const struct err *why)
{
	struct shell *sh = j->shell;
	struct job_ending *slot = &sh->endings[j->number % JOB_ENDINGS];
	slot->number = j->number;
	err_clear(&slot->why);
	if (why)
		slot->why = *why;
	if (why && why->kind != ERR_INTERRUPTED)
		scope_failed(j->scope, j->number, why);
	sh->job_count--;
	list_remove(&j->at);
	free(j->text);
	j->stop(j);
	jobs_notify(sh);
}

void job_cancel(struct job *j, const struct task *by)
{
	struct err e;
	dispatchers_stop(j->shell, j->number, by);
	err_set(&e, ERR_INTERRUPTED, 0, "[%u] was cancelled", j->number);
	job_end(j, &e);
}

/* Returns the first job with a higher number that jobs_cancel() ends. */
static struct job *next_to_cancel(const struct task *t, unsigned after)
{
	list_each (link, &t->shell->jobs) {
		struct job *j = list_entry(link, struct job, at);
		const struct scope *scope = j->scope;
		while (scope && scope != t->scope)
			scope = scope->outer;
		if (j->number > after && scope && !job_owns_task(j, t))
			return j;
	}
	return NULL;
}

void jobs_cancel(const struct task *t)
{
	struct job *j;
	for (unsigned last = 0; (j = next_to_cancel(t, last)) != NULL;) {
		last = j->number;
		job_cancel(j, t);
	}
}

void jobs_review(struct shell *sh)
{
	sh->ended_some = true;
	loop_no_wait(sh->loop);
}

struct job *job_find(const struct shell *sh, unsigned number)
{
	list_each (link, &sh->jobs) {
		struct job *j = list_entry(link, struct job, at);
		if (j->number == number)
			return j;
	}
	return NULL;
}

bool job_result(const struct shell *sh, unsigned number, struct err *out)
{
	const struct job_ending *slot = &sh->endings[number % JOB_ENDINGS];
	if (slot->number != number || job_find(sh, number))
		return false;
	*out = slot->why;
	return true;
}

void jobs_end(struct shell *sh)
{
	while (!list_empty(&sh->jobs))
		job_cancel(list_entry(sh->jobs.next, struct job, at), NULL);
	handlers_end(sh);
}

void job_failure_reported(struct scope *scope, unsigned number)
{
	for (; scope; scope = scope->outer)
		if (scope->failed == number)
			scope->failed = 0;
}

/* ---- CMD & */

struct background {
	struct job job;
	struct task task;
};

struct timer_job {
	struct job job;
	struct task task;
	struct timer timer;
	struct program *program; /* reference */
	struct session *on; /* current session of each run; pinned, or NULL */
	uint64_t period;
	bool once;
};

static void background_stop(struct job *j)
{
	struct background *a = (struct background *)j;
	task_fini(&a->task);
	free(a);
}

static void background_ended(struct task *t)
{
	struct background *a = list_entry(t, struct background, task);
	struct err why = t->failed;
	job_end(&a->job, why.kind == ERR_NONE ? NULL : &why);
}

/* Initializes the task of a job that a task starts. */
static void job_task_init(struct task *t, const struct task *starter)
{
	task_init(t, starter->shell, starter->scope, false);
	t->holds = starter->holds;
}

int job_new_background(struct task *t, struct run *r, const struct command *c,
		       struct session *on, const char *peer, struct err *e)
{
	struct shell *sh = t->shell;
	if (job_check_limit(sh, e))
		return -1;
	struct background *a = xalloc(sizeof *a);
	char *text = command_typed(r->program, c);
	job_task_init(&a->task, t);
	task_use(&a->task, on ? on : t->current);
	a->task.ended = background_ended;
	if (task_push(&a->task, r->program, 1, NULL, e)) {
		task_fini(&a->task);
		free(a);
		free(text);
		return -1;
	}
	struct run *top = a->task.top;
	top->first = top->next = (size_t)(c - r->program->command);
	top->end = top->next + 1;
	top->background = true;
	top->peer = peer ? xstrdup(peer) : NULL;
	job_begin(&a->job, JOB_BACKGROUND, t->scope, text, background_stop);
	free(text);
	a->task.job = a->job.number;
	a->job.runs = 1;
	task_ready(&a->task);
	if (sh->interactive && !sh->out->quiet) {
		char line[32];
		snprintf(line, sizeof line, "[%u]", a->job.number);
		out_diag_line(sh->out, STYLE_NOTICE, line);
	}
	return 0;
}

/* ---- every, after */

static void timer_job_stop(struct job *j)
{
	struct timer_job *k = (struct timer_job *)j;
	loop_disarm(j->shell->loop, &k->timer);
	if (k->on)
		session_unpin(k->on);
	task_fini(&k->task);
	program_unref(k->program);
	free(k);
}

static void timer_job_ended(struct task *t)
{
	struct timer_job *k = list_entry(t, struct timer_job, task);
	struct err why = t->failed;
	/* A failed run ends the job; the next run would fail again. */
	if (k->once || why.kind != ERR_NONE)
		job_end(&k->job, why.kind == ERR_NONE ? NULL : &why);
}

static void timer_job_fires(struct timer *timer)
{
	struct timer_job *k = list_entry(timer, struct timer_job, timer);
	uint64_t now = loop_now(k->job.shell->loop);
	/* Skip runs that were missed, for example while the machine slept. */
	if (!k->once)
		loop_arm(k->job.shell->loop, timer,
			 timer->due +
			     ((now - timer->due) / k->period + 1) * k->period);
	if (!task_idle(&k->task))
		return;
	k->job.runs++;
	task_use(&k->task, k->on);
	(void)task_push(&k->task, k->program, 1, NULL, NULL);
	task_ready(&k->task);
}

struct job *job_new_timer(struct task *t, struct program *p, uint64_t period,
			  bool once, struct session *on, const char *text)
{
	struct loop *loop = t->shell->loop;
	struct timer_job *k = xalloc(sizeof *k);
	job_task_init(&k->task, t);
	k->on = on ? on : t->current;
	if (k->on)
		session_pin(k->on);
	k->task.ended = timer_job_ended;
	k->program = program_ref(p);
	k->period = period;
	k->once = once;
	k->timer.fire = timer_job_fires;
	job_begin(&k->job, JOB_TIMER, k->task.scope, text, timer_job_stop);
	k->task.job = k->job.number;
	loop_arm(loop, &k->timer, loop_now(loop) + period);
	return &k->job;
}

bool job_owns_task(const struct job *j, const struct task *t)
{
	switch (j->kind) {
	case JOB_BACKGROUND:
		return &((const struct background *)j)->task == t;
	case JOB_TIMER:
		return &((const struct timer_job *)j)->task == t;
	case JOB_HANDLER:
	case JOB_SERVER:
		break;
	}
	return false;
}

/* ---- reconnect */

void task_follow(struct task *t, struct session *now, const struct session *old)
{
	if (t->current == old)
		task_use(t, now);
}

static void timer_follow(struct timer_job *k, struct session *now,
			 const struct session *old)
{
	task_follow(&k->task, now, old);
	if (k->on != old)
		return;
	session_pin(now);
	session_unpin(k->on);
	k->on = now;
}

void jobs_follow(struct shell *sh, struct session *now, struct session *old)
{
	hub_follow(now, old);
	calls_follow(now, old);
	task_follow(&sh->foreground, now, old);
	list_each (link, &sh->jobs) {
		struct job *j = list_entry(link, struct job, at);
		if (j->kind == JOB_BACKGROUND)
			task_follow(&((struct background *)j)->task, now, old);
		if (j->kind == JOB_TIMER)
			timer_follow((struct timer_job *)j, now, old);
	}
	handlers_follow(sh, now, old);
	shell_changed(sh);
}
