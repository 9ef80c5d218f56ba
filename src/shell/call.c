/* SPDX-License-Identifier: ISC */
/*
 * The functions that commands call: waiting, notices, running bodies. payload.c
 * prints payload, task.c decides when a call runs.
 */
#include "shell_own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void call_notified(struct waiter *w)
{
	struct call *c = list_entry(w, struct call, waiter);
	c->notified = true;
	task_ready(c->task);
}

static void call_timed_out(struct timer *t)
{
	struct call *c = list_entry(t, struct call, deadline);
	c->timed_out = true;
	task_ready(c->task);
}

struct call *call_new(struct task *t, const struct cmd *cmd,
		      const struct command *command, struct run *r)
{
	struct call *c = t->spare;
	if (!c) {
		c = t->spare = xalloc(sizeof *c);
		args_init(&c->args);
		c->waiter.notify = call_notified;
		list_init(&c->waiter.at);
		list_init(&c->output_wait);
		buf_init(&c->rest.data, SIZE_MAX);
		c->deadline.fire = call_timed_out;
	}
	c->cmd = cmd;
	c->shell = t->shell;
	c->task = t;
	c->command = command;
	c->program = program_ref(r->program);
	c->began = loop_now(t->shell->loop);
	c->data = NULL;
	c->waiter.claims = NULL;
	c->waiter.wants = NULL;
	err_clear(&c->err);
	t->call = c;
	return c;
}

static void stop_awaiting(struct call *c)
{
	if (c->awaited && !task_is_driven(c->task))
		session_unhold(c->awaited);
	if (c->awaited)
		session_unpin(c->awaited);
	c->awaited = NULL;
}

static void call_await(struct call *c, struct session *s)
{
	session_pin(s);
	if (!task_is_driven(c->task))
		session_hold(s);
	c->awaited = s;
	session_await(s, &c->waiter);
}

struct program *call_parse(struct call *c, struct bytes text, struct err *e)
{
	return shell_parse(c->task, text, c->cmd->name, 1, e);
}

int call_pace(struct call *c, unsigned param, struct session *s, struct err *e)
{
	uint64_t bytes, period;
	if (!args_has(&c->args, param))
		return 0;
	if (parse_pace(args_text(&c->args, param), &bytes, &period, e))
		return -1;
	return session_pace(s, (size_t)bytes, period, e);
}

void call_stop_waiting(struct call *c)
{
	if (c->waiting) {
		session_unawait(&c->waiter);
		loop_disarm(c->shell->loop, &c->deadline);
	}
	stop_awaiting(c);
	c->waiting = false;
}

static void call_move(struct call *c, struct session *now)
{
	session_unawait(&c->waiter);
	stop_awaiting(c);
	call_await(c, now);
}

void calls_follow(struct session *now, struct session *old)
{
	list_each (link, &old->waiters) {
		struct waiter *w = list_entry(link, struct waiter, at);
		struct call *c = list_entry(w, struct call, waiter);
		if (w->notify != call_notified ||
		    !(c->cmd->flags & CMD_FOLLOWS))
			continue;
		call_notified(w);
		if (now != old)
			call_move(c, now);
	}
}

void call_end(struct call *c)
{
	if (c->cmd->cleanup)
		c->cmd->cleanup(c);
	out_end_command(c->shell->out);
	call_stop_waiting(c);
	if (c->target)
		session_unpin(c->target);
	list_remove(&c->output_wait);
	call_drop_rest(c);
	source_cancel(&c->source);
	program_unref(c->program);
	c->notified = c->timed_out = false;
	c->target = NULL;
	c->removed_id = 0;
	c->peer[0] = c->awaited_peer[0] = '\0';
	c->task->call = NULL;
}

void *call_scratch(struct call *c, size_t size)
{
	if (c->room_size < size) {
		c->scratch = xrealloc(c->scratch, size, 1);
		c->room_size = size;
	}
	memset(c->scratch, 0, size);
	c->data = c->scratch;
	return c->scratch;
}

void call_free_memory(struct call *c)
{
	args_fini(&c->args);
	free(c->scratch);
	free(c);
}

/* Returns the first line of a command as typed, without `@NAME` and `&`. */
static struct bytes first_line(const struct program *p, const struct command *c)
{
	struct bytes text = p->text;
	for (unsigned line = p->first; line < c->line; line++) {
		size_t end = bytes_find_byte(text, '\n', 0);
		text = bytes_skip(text,
				  end == BYTES_NOT_FOUND ? text.len : end + 1);
	}
	text = bytes_skip(text, c->col - 1);
	size_t end = bytes_find_byte(text, '\n', 0);
	if (c->end_line == c->line) {
		end = c->end_col - c->col;
		if (c->background)
			end--;
	}
	return bytes_trim(bytes_head(text, end));
}

/* Maximum length of the text of command_typed(), in bytes. */
#define TYPED_MAX ((size_t)72)

char *command_typed(const struct program *p, const struct command *c)
{
	return xstrndup(bytes_trim(bytes_head(first_line(p, c), TYPED_MAX)));
}

/* Maximum length of the text of command_trace(), in bytes. */
#define TRACE_MAX ((size_t)1000)

void command_trace(const struct task *t, const struct program *p,
		   const struct command *c, const char *target)
{
	struct out *to = t->shell->out;
	struct buf out = {.limit = BUF_SMALL};
	if (!to->verbose || to->quiet || !p->source[0])
		return;
	struct bytes line = first_line(p, c);
	bool cut = line.len > TRACE_MAX || c->end_line > c->line;
	buf_printf(&out, "+ %s:%u: ", p->source, c->line);
	task_put_job(t, &out);
	if (c->target.line && target)
		buf_printf(&out, "@%s ", target);
	buf_put(&out, bytes_head(line, TRACE_MAX));
	buf_puts(&out, cut ? "..." : "");
	out_diag_line(to, STYLE_DIM, buf_cstr(&out));
	buf_fini(&out);
}

char *call_typed(const struct call *c)
{
	return command_typed(c->program, c->command);
}

static enum cmd_status begin_wait(struct call *c, uint64_t within_ns)
{
	c->waiting = true;
	if (within_ns != CALL_FOREVER)
		loop_arm(c->shell->loop, &c->deadline, c->began + within_ns);
	return CMD_WAIT;
}

enum cmd_status call_wait_jobs(struct call *c, uint64_t within_ns)
{
	if (c->waiting)
		return CMD_WAIT;
	list_append(&c->shell->watchers, &c->waiter.at);
	return begin_wait(c, within_ns);
}

enum cmd_status call_wait(struct call *c, struct session *s, uint64_t within_ns)
{
	if (s && !c->awaited) {
		c->waiter.consumes = (c->cmd->flags & CMD_CONSUMES) != 0;
		c->waiter.reports_end = true;
		call_await(c, s);
		transport_try_first(&s->link);
	}
	if (c->waiting)
		return CMD_WAIT; /* the deadline stays */
	return begin_wait(c, within_ns);
}

static bool output_is_blocked(const struct out *out)
{
	return out->blocked && out->blocked(out);
}

bool call_output_blocked(const struct call *c)
{
	return output_is_blocked(c->shell->out);
}

enum cmd_status call_wait_output(struct call *c)
{
	list_remove(&c->output_wait);
	list_append(&c->shell->output_waits, &c->output_wait);
	loop_no_wait(c->shell->loop);
	return CMD_WAIT;
}

enum cmd_status call_again(struct call *c)
{
	c->notified = true;
	task_ready(c->task);
	return CMD_WAIT;
}

void calls_resume_output(struct shell *sh)
{
	if (!list_empty(&sh->unread) && !sh->out->unread(sh->out))
		list_each (link, &sh->unread) {
			list_remove(link);
			task_ready(list_entry(link, struct task, unread));
		}
	if (list_empty(&sh->output_waits) || output_is_blocked(sh->out))
		return;
	list_each (link, &sh->output_waits) {
		struct call *c = list_entry(link, struct call, output_wait);
		list_remove(link);
		c->notified = true;
		task_ready(c->task);
	}
}

enum cmd_status call_set_deadline(struct call *c, uint64_t within_ns)
{
	c->timed_out = false;
	if (within_ns != CALL_FOREVER)
		loop_arm(c->shell->loop, &c->deadline,
			 loop_now(c->shell->loop) + within_ns);
	return CMD_WAIT;
}

enum cmd_status call_fail(struct call *c, const struct err *e)
{
	c->err = *e;
	if (e->code != EINTR)
		return CMD_FAIL;
	c->err.kind = ERR_INTERRUPTED;
	return c->shell->interactive ? CMD_FAIL
				     : call_wait(c, NULL, CALL_FOREVER);
}

enum cmd_status call_error(struct call *c, enum err_class kind, const char *fmt,
			   ...)
{
	va_list ap;
	va_start(ap, fmt);
	err_vset(&c->err, kind, 0, fmt, ap);
	va_end(ap);
	return CMD_FAIL;
}

static void call_print_text(struct call *c, bool asked, const char *fmt,
			    va_list ap)
{
	struct buf line = {.limit = BUF_SMALL};
	char text[1024];
	if (c->shell->out->quiet && !asked)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	task_put_job(c->task, &line);
	buf_puts(&line, text);
	out_diag_line(c->shell->out, STYLE_NOTICE, buf_cstr(&line));
	buf_fini(&line);
}

void call_notice(struct call *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	call_print_text(c, false, fmt, ap);
	va_end(ap);
}

void call_print_state(struct call *c, bool asked, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	call_print_text(c, asked, fmt, ap);
	va_end(ap);
}

void call_print_context(struct call *c, const struct text *t)
{
	struct hub *hub = c->shell->hub;
	if (hub->has_observers) {
		char *text = xstrndup(text_bytes(t));
		struct event ev = {.kind = EVENT_CONTEXT, .text = text};
		hub_publish(hub, &ev);
		free(text);
	}
	if (task_at_peer_eof(c->task))
		return;
	struct text all;
	text_init(&all, 2 * BUF_SMALL, t->colour);
	task_put_job(c->task, &all.buf);
	buf_put(&all.buf, text_bytes(t));
	out_diag(c->shell->out, &all);
	text_fini(&all);
}

bool call_expect_observed(const struct call *c)
{
	return c->shell->hub->has_observers;
}

void call_publish_expect(struct call *c, const struct session *s,
			 const char *awaited, struct bytes matched,
			 const struct err *e)
{
	struct unit unit = {.data = matched};
	struct event ev = {
	    .kind = EVENT_EXPECT,
	    .session = s,
	    .text = awaited,
	    .unit = e ? NULL : &unit,
	    .err = e,
	    .source = c->program->source,
	    .line = c->command->line,
	    .job = c->task->job,
	    .tried = task_tries(c->task),
	};
	hub_publish(c->shell->hub, &ev);
}

bool call_is_output(const struct value *path)
{
	char *name = xstrndup(path->text);
	bool same = value_is(path, "-") || rio_same(STDOUT_FILENO, name);
	free(name);
	return same;
}

const struct view_ops *call_view(const struct call *c, const struct session *s)
{
	if (s->display.view_chosen && s->display.view)
		return s->display.view;
	if (!c->shell->interactive || c->shell->out->divert)
		return NULL;
	return c->shell->screen->view;
}

const struct view_ops *call_log_view(const struct call *c,
				     const struct session *s)
{
	const struct view_ops *view = c->shell->screen->view;
	if (s && s->display.view)
		view = s->display.view;
	return view->silent ? view_find(BYTES("line")) : view;
}

enum cmd_status call_run_body(struct call *c, struct program *body)
{
	struct err e;
	if (task_push(c->task, body, 1, c->target, &e))
		return call_fail(c, &e);
	return CMD_OK;
}

enum cmd_status call_run_try(struct call *c, struct program *body)
{
	enum cmd_status status = call_run_body(c, body);
	if (status == CMD_OK)
		c->task->top->tries = true;
	return status;
}

enum cmd_status call_run_loop(struct call *c, struct program *body,
			      uint64_t times)
{
	enum cmd_status status;
	if (times == 0)
		return CMD_OK;
	status = call_run_body(c, body);
	if (status == CMD_OK) {
		c->task->top->times = times;
		c->task->top->loops = true;
	}
	return status;
}

enum cmd_status call_run_while(struct call *c, struct program *body)
{
	enum cmd_status status = call_run_loop(c, body, 1);
	if (status == CMD_OK)
		c->task->top->again = c->command;
	return status;
}

bool call_break(struct call *c)
{
	return task_break(c->task);
}

static void source_read(struct source *source)
{
	struct call *c = list_entry(source, struct call, source);
	call_notified(&c->waiter);
}

enum cmd_status call_parse_file(struct call *c, struct bytes path)
{
	source_start(&c->source, c->shell->loop, path, source_read);
	if (source_is_read(&c->source))
		call_notified(&c->waiter);
	return call_wait(c, NULL, CALL_FOREVER);
}

bool call_reads(const struct call *c)
{
	return c->source.path && !source_is_read(&c->source);
}

static struct program *parse_source(struct call *c, struct err *e)
{
	struct buf text;
	struct program *p = NULL;
	buf_init(&text, SOURCE_MAX);
	if (source_take(&c->source, &text, e) == 0)
		p = shell_parse(c->task, buf_bytes(&text), c->source.path, 1,
				e);
	buf_fini(&text);
	source_cancel(&c->source);
	return p;
}

struct program *call_program(struct call *c, struct err *e)
{
	struct program *p = parse_source(c, e);
	if (!p || !shell_check(c->task, p, e))
		return p;
	program_unref(p);
	return NULL;
}

enum cmd_status call_run_read(struct call *c)
{
	struct err e;
	if (call_reads(c))
		return CMD_WAIT;
	struct program *p = parse_source(c, &e);
	if (!p)
		return call_fail(c, &e);
	int status = task_push(c->task, p, 1, c->target, &e);
	program_unref(p);
	return status ? call_fail(c, &e) : CMD_OK;
}
