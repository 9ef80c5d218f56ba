/* SPDX-License-Identifier: ISC */
/*
 * A task: executes programs, one command at a time, until a command waits.
 * call.c has the functions that commands call; cmd/ has the commands.
 */
#include "rung/hints.h"
#include "shell_own.h"

#include <stdlib.h>
#include <string.h>

void task_init(struct task *t, struct shell *shell, struct scope *scope,
	       bool front)
{
	*t = (struct task){
	    .shell = shell,
	    .lookup = {.get = env_lookup, .find = env_find, .lacks = env_lacks},
	    .scope = scope_ref(scope),
	    .holds = true,
	};
	t->builtins.account = &shell->memory;
	t->locals = front ? scope->env : env_new(&shell->memory);
	list_init(&t->ready);
	list_init(&t->lines);
	list_init(&t->passing);
	list_init(&t->unread);
}

void task_ready(struct task *t)
{
	struct shell *sh = t->shell;
	if (!list_empty(&t->ready))
		return;
	list_append(&sh->ready, &t->ready);
	/* If this turn's JOBS phase is over, the loop must not wait before the
	 * next turn. */
	if (sh->ran == loop_now(sh->loop))
		loop_no_wait(sh->loop);
}

struct session *task_current(const struct task *t)
{
	return t->current;
}

static void set_current(struct task *t, struct session *s)
{
	struct session *before = t->current;
	if (s) {
		session_pin(s);
		if (t->holds)
			session_hold(s);
	}
	t->current = s;
	if (before && t->holds)
		session_unhold(before);
	if (before)
		session_unpin(before);
}

void task_use(struct task *t, struct session *s)
{
	set_current(t, s);
	shell_changed(t->shell);
}

static void pop(struct task *t)
{
	struct run *r = t->top;
	t->top = r->below;
	for (size_t i = r->each_at; i < r->each_count; i++)
		session_unpin(r->each[i]);
	free(r->each);
	if (r->target)
		session_unpin(r->target);
	free(r->peer);
	program_unref(r->program);
	free(r);
}

struct line *task_queue(struct task *t, struct program *p, unsigned talk)
{
	struct line *line = xalloc(sizeof *line);
	line->program = p;
	line->talk = talk;
	list_append(p && task_lets_pass(t, p) ? &t->passing : &t->lines,
		    &line->at);
	task_ready(t);
	return line;
}

void line_free(struct line *line)
{
	list_remove(&line->at);
	program_unref(line->program);
	free(line);
}

static void end_runs(struct task *t)
{
	if (t->call)
		call_end(t->call);
	while (t->top)
		pop(t);
	t->current_target = NULL;
}

static void drop_lines(struct list *lines)
{
	list_each (link, lines)
		line_free(list_entry(link, struct line, at));
}

void task_unwind(struct task *t, bool lines)
{
	end_runs(t);
	if (!lines)
		return;
	if (t->parked.call) {
		task_unpark(t);
		end_runs(t);
	}
	drop_lines(&t->lines);
	drop_lines(&t->passing);
}

void task_interrupt(struct task *t)
{
	if (!t->parked.call) {
		task_unwind(t, true);
		return;
	}
	end_runs(t);
	drop_lines(&t->passing);
	task_ready(t);
}

void task_fini(struct task *t)
{
	task_unwind(t, true);
	if (t->spare)
		call_free_memory(t->spare);
	t->spare = NULL;
	set_current(t, NULL);
	list_remove(&t->ready);
	list_remove(&t->unread);
	builtins_fini(&t->builtins);
	if (t->locals != t->scope->env)
		env_free(t->locals);
	scope_unref(t->scope);
}

bool task_idle(const struct task *t)
{
	return !t->call && !t->top && !t->parked.call && list_empty(&t->lines);
}

void task_put_job(const struct task *t, struct buf *out)
{
	if (t->job)
		buf_printf(out, "[%u] ", t->job);
}

bool task_tries(const struct task *t)
{
	for (const struct run *r = t->top; r; r = r->below)
		if (r->tries)
			return true;
	return false;
}

int task_push(struct task *t, struct program *p, uint64_t times,
	      struct session *on, struct err *e)
{
	unsigned deep = 0;
	for (const struct run *r = t->top; r; r = r->below)
		deep++;
	if (deep >= RUNS_MAX)
		return err_set(e, ERR_LIMIT, 0,
			       "commands nested too deep (at most %d)",
			       RUNS_MAX);
	struct run *r = xalloc(sizeof *r);
	r->below = t->top;
	r->program = program_ref(p);
	r->end = p->commands;
	r->times = times;
	r->target = on;
	if (on)
		session_pin(on);
	t->top = r;
	return 0;
}

bool task_break(struct task *t)
{
	struct run *loop = t->top;
	while (loop && !loop->loops)
		loop = loop->below;
	if (!loop)
		return false;
	while (t->top != loop)
		pop(t);
	pop(t);
	return true;
}

bool task_next_line(struct task *t, struct list *lines)
{
	struct talk_state *talk = &t->shell->talk;
	/* A line that runs past the current one does not end it. */
	bool next = t == &t->shell->foreground && lines == &t->lines;
	do {
		if (next)
			talk_line_done(t->shell);
		if (list_empty(lines))
			return false;
		struct line *line = list_entry(lines->next, struct line, at);
		if (next)
			talk->due = line->begins;
		if (line->program)
			task_push(t, line->program, 1,
				  line->talk ? talk->session : NULL, NULL);
		else
			talk_stop(t->shell);
		line_free(line);
	} while (!t->top);
	return true;
}

/* Prints an error, and ends the runs up to the innermost `try`, or all runs if
 * there is none. */
static void task_failed(struct task *t, const struct program *p,
			const struct command *c, unsigned line, unsigned col,
			const struct err *why)
{
	struct shell *sh = t->shell;
	bool peer_left = task_ends_well(t, why);
	struct err *e = &t->error;
	*e = *why;
	hint_add(sh, c, e);
	shell_print_error_at(t, p, c, line, col, e);
	for (const struct run *r = t->top; r; r = r->below)
		if (r->tries) {
			while (t->top != r)
				pop(t);
			pop(t);
			return;
		}
	task_unwind(t, t->ended != NULL);
	if (t->ended && !peer_left)
		t->failed = *e;
	if (!t->ended && !sh->interactive)
		shell_quit(sh, err_exit_code(e->kind));
}

/* Reports a glob that matches no session; this is not an error. Prints a
 * notice, but not in jobs and handlers or with -q. */
static void no_match(struct task *t, const struct buf *name)
{
	struct out *out = t->shell->out;
	struct text line;
	err_clear(&t->error);
	if (t->ended || out->quiet)
		return;
	text_init(&line, BUF_SMALL, false);
	text_puts(&line, "no session matches '");
	text_escape(&line, bytes_head(buf_bytes(name), 60));
	text_puts(&line, "'");
	out_diag_line(out, STYLE_NOTICE, buf_cstr(&line.buf));
	text_fini(&line);
}

/* Runs `help NAME` for a command with -h or --help. Result: false: the command
 * does not ask for help, or too many bodies are nested. */
static bool begin_help(struct task *t, const struct command *c)
{
	struct buf line = {.limit = BUF_SMALL};
	struct err e;
	if (!param_asks_help(shell_params(t->shell, c->verb), c))
		return false;
	buf_puts(&line, "help ");
	words_quote_text(c->name, &line);
	struct program *p = shell_parse(t, buf_bytes(&line), "", 1, &e);
	int status = p ? task_push(t, p, 1, NULL, &e) : -1;
	program_unref(p);
	buf_fini(&line);
	return status == 0;
}

/* Ends a call that has failed. `f`: a word of its command is wrong, and the
 * command did not run; NULL: call->err is the reason. */
static void call_failed(struct task *t, struct call *call,
			const struct fault *f)
{
	const struct command *c = call->command;
	struct program *p = program_ref(call->program);
	struct fault own = {.line = c->line, .err = call->err};
	const struct fault *why = f ? f : &own;
	call_end(call);
	if (!f || !begin_help(t, c))
		task_failed(t, p, c, why->line, why->col, &why->err);
	program_unref(p);
}

static void ended(struct task *t, struct call *call, enum cmd_status status)
{
	bool keeps = call->cmd->flags & CMD_KEEPS_ERROR;
	if (status == CMD_FAIL) {
		call_failed(t, call, NULL);
		return;
	}
	call_end(call);
	if (!keeps)
		err_clear(&t->error);
}

/* Binds the words of the call's command, and checks the commands in them.
 * Result: 0, or -1 and *f. */
static int bind_call(struct task *t, struct call *call, struct fault *f)
{
	const struct command *c = call->command;
	f->col = c->col;
	if (args_bind(&call->args, shell_params(t->shell, call->cmd), c,
		      &t->lookup, &f->col, &f->err)) {
		f->line = call->args.line;
		return -1;
	}
	return call->cmd->flags & CMD_TRIES ? 0 : bodies_check(t->shell, c, f);
}

/* Runs the command of a new call; waits before that for a peer that the command
 * names. Called again after each change of the listener. */
static void task_start(struct task *t, struct call *call)
{
	const struct command *c = call->command;
	struct fault f = {.line = c->line, .col = c->col};
	enum cmd_status status = CMD_OK;
	if (arrival_failed(call))
		status = CMD_FAIL;
	else if (call->peer[0])
		status = arrival_of_target(call);
	if (status == CMD_OK && bind_call(t, call, &f)) {
		call_failed(t, call, &f);
		return;
	}
	if (status == CMD_OK && arrival_of_operand(call))
		status = CMD_WAIT;
	if (status == CMD_OK) {
		arrival_finish(call);
		status = call_settle(call, call->cmd->run(call));
	}
	if (status != CMD_WAIT)
		ended(t, call, status);
	else if (!t->ended)
		shell_changed(t->shell);
}

/* `peer`: name of the session on which the command is to run, a peer that has
 * not come; NULL: the command runs on `on`. */
static void task_begin(struct task *t, struct run *r, const struct command *c,
		       struct session *on, const char *peer)
{
	struct shell *sh = t->shell;
	struct fault f = {.line = c->line, .col = c->col};
	bool background = c->background && !r->background;
	t->current_target = on;
	char *send = c->verb ? NULL : task_send_hint(t, r->program, c, on);
	bool bad = command_available(sh, c, send, &f.err) ||
		   (background &&
		    (command_check(sh, c, &f) ||
		     job_new_background(t, r, c, on, peer, &f.err)));
	free(send);
	if (bad) {
		task_failed(t, r->program, c, f.line, f.col, &f.err);
		return;
	}
	if (background)
		return;
	command_trace(t, r->program, c, on ? on->name : peer);
	struct call *call = call_new(t, c->verb, c, r);
	if (on)
		session_pin(on);
	call->target = on;
	if (peer)
		memcpy(call->peer, peer, strlen(peer) + 1);
	task_start(t, call);
}

/* Starts a run of the command on the sessions that its @TARGET names. If there
 * are none, the command is checked nevertheless. */
static int resolve_target(struct task *t, struct run *r,
			  const struct command *c, struct fault *f)
{
	struct err *e = &f->err;
	struct hub *hub = t->shell->hub;
	struct buf name;
	struct session *s = NULL;
	struct run *each = NULL;
	int status = -1;
	buf_init(&name, BUF_SMALL);
	f->line = c->line;
	f->col = c->target.col;
	if (word_expand(&c->target, &t->lookup, &name, &f->col, e))
		goto out;
	bool glob = word_is_glob(&c->target, buf_bytes(&name));
	if (!glob && !(s = hub_find(hub, buf_bytes(&name), e))) {
		if (!hub_find_listener(hub, buf_bytes(&name)) &&
		    !target_was_removed(t->shell, c->verb, buf_bytes(&name)))
			goto out;
		task_begin(t, r, c, NULL, buf_cstr(&name));
		status = 0;
		goto out;
	}
	if (task_push(t, r->program, 1, NULL, e))
		goto out;
	each = t->top;
	each->next = (size_t)(c - r->program->command);
	size_t room = 0;
	while (glob ? (s = hub_match(hub, buf_bytes(&name), s)) != NULL
		    : each->each_count == 0) {
		if (each->each_count == room)
			each->each = xrealloc(each->each,
					      room = room ? room * 2 : 4,
					      sizeof *each->each);
		each->each[each->each_count++] = s;
		session_pin(s);
	}
	status = 0;
	if (each->each_count == 0) {
		pop(t);
		status = command_check(t->shell, c, f);
		if (!status)
			no_match(t, &name);
	}
out:
	buf_fini(&name);
	return status;
}

/* Repeats the top run, or ends it. */
static void end_of_run(struct task *t)
{
	struct run *r = t->top;
	const struct command *again = r->again;
	struct session *on = r->target;
	if (r->times > 1 && r->first < r->end) {
		r->times--;
		r->next = r->first;
		return;
	}
	if (on)
		session_pin(on);
	pop(t);
	if (again)
		task_begin(t, t->top, again, on, NULL);
	if (on)
		session_unpin(on);
}

/* Runs the next command of the top run, or ends the run. */
static void step(struct task *t)
{
	struct run *r = t->top;
	if (r->each) {
		if (r->each_at == r->each_count) {
			pop(t);
			return;
		}
		struct session *on = r->each[r->each_at++];
		task_begin(t, r, &r->program->command[r->next], on, NULL);
		session_unpin(on);
		return;
	}
	if (r->next == r->end) {
		end_of_run(t);
		return;
	}
	const struct command *c = &r->program->command[r->next++];
	t->current_target = r->target;
	/* A background command already has the session that its @TARGET named,
	 * or the name of the peer. */
	if (!c->target.line || r->background) {
		task_begin(t, r, c, r->target, r->peer);
		return;
	}
	struct fault f;
	if (resolve_target(t, r, c, &f))
		task_failed(t, r->program, c, f.line, f.col, &f.err);
}

/* Resumes a waiting call that was notified. Result: true if the call has ended.
 */
static bool wake(struct task *t)
{
	struct call *call = t->call;
	if (!call->notified && !call->timed_out)
		return false;
	enum wake why = call->timed_out ? WAKE_TIMEOUT : WAKE_EVENT;
	enum cmd_status status;
	call->notified = false;
	if (call->awaited_peer[0]) {
		task_start(t, call);
		return !t->call;
	}
	if (call_has_rest(call) &&
	    (call_output_blocked(call) || call_print_rest(call))) {
		call_wait_output(call);
		return false;
	}
	if (call->rest.finished)
		status = call->rest.status;
	else
		status = call_settle(call, call->cmd->resume(call, why));
	if (status == CMD_WAIT)
		return false;
	ended(t, call, status);
	if (!t->ended)
		shell_changed(t->shell);
	return true;
}

/* Returns true if the task has to wait until stdout is read. */
static bool waits_for_reader(struct task *t)
{
	const struct out *out = t->shell->out;
	/* With --json each command may print events. */
	if (!t->printed && !out->divert)
		return false;
	t->printed = out->unread && out->unread(out);
	if (t->printed && list_empty(&t->unread))
		list_append(&t->shell->unread, &t->unread);
	return t->printed;
}

static bool run_commands(struct task *t)
{
	for (unsigned i = 0; i < TASK_BUDGET; i++) {
		if (t->shell->ended || t->failed.kind != ERR_NONE)
			return false;
		task_pass(t);
		if (t->call && !wake(t))
			return false;
		if (t->shell->ended)
			return false;
		/* A command that ran past the parked call has failed. */
		if (!t->top && t->parked.call)
			continue;
		if (!t->top && !task_next_line(t, &t->lines))
			return false;
		if (waits_for_reader(t))
			return false;
		step(t);
	}
	return true;
}

bool task_run(struct task *t)
{
	t->shell->out->job = t->job;
	bool more = run_commands(t);
	t->shell->out->job = 0;
	/* After the command nothing pins its target. */
	if (!t->call)
		t->current_target = NULL;
	return more;
}
