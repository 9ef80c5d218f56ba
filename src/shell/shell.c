/* SPDX-License-Identifier: ISC */
/*
 * The shell: parses lines, runs ready tasks in each turn, prints errors, and
 * keeps the current session. task.c runs the commands of a task.
 */
#include "job_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name or an alias of a command. */
struct command_name {
	struct hash_link link;
	struct bytes name;
	const struct cmd *cmd;
};

/* A command whose parameters are joined with the options of rungs. */
struct joined_params {
	const struct cmd *cmd; /* NULL: end of the list */
	struct param *params;
};

static void index_add(struct hashtable *index, struct bytes name,
		      const struct cmd *cmd)
{
	struct command_name *n = xalloc(sizeof *n);
	n->name = name;
	n->cmd = cmd;
	hashtable_add(index, &n->link, bytes_hash(name));
}

static void index_init(struct hashtable *index, const struct cmd *const *table)
{
	hashtable_init(index);
	for (; *table; table++) {
		index_add(index, bytes_str((*table)->name), *table);
		struct bytes left = bytes_str(
		    (*table)->aliases ? (*table)->aliases : "");
		while (left.len) {
			size_t end = bytes_find_byte(left, ' ', 0);
			struct bytes name = end == BYTES_NOT_FOUND
						? left
						: bytes_head(left, end);
			if (name.len)
				index_add(index, name, *table);
			left = bytes_skip(left, name.len + 1);
		}
	}
}

static void index_fini(struct hashtable *index)
{
	hashtable_each (it, index)
		free(list_entry(it, struct command_name, link));
	hashtable_fini(index);
}

const struct cmd *shell_cmd(const struct shell *sh, struct bytes name)
{
	hashtable_each_of (it, &sh->index, bytes_hash(name)) {
		struct command_name *n = list_entry(it, struct command_name,
						    link);
		if (bytes_equal(n->name, name))
			return n->cmd;
	}
	return NULL;
}

static struct joined_params *join_tables(const struct cmd *const *table,
					 const struct protocols *protocols)
{
	size_t n = 0, used = 0;
	while (table[n])
		n++;
	struct joined_params *joined = xalloc((n + 1) * sizeof *joined);
	for (size_t i = 0; i < n; i++) {
		joined[used] = (struct joined_params){
		    table[i], rung_options_join(table[i]->params, protocols)};
		used += joined[used].params != NULL;
	}
	joined[used].cmd = NULL;
	return joined;
}

static void free_tables(struct joined_params *joined)
{
	for (size_t i = 0; joined[i].cmd; i++)
		free(joined[i].params);
	free(joined);
}

const struct param *shell_params(const struct shell *sh, const struct cmd *cmd)
{
	for (const struct joined_params *j = sh->joined; j->cmd; j++)
		if (j->cmd == cmd)
			return j->params;
	return cmd->params;
}

static const struct param *grammar_params(const struct grammar *g,
					  struct bytes name, const void **verb)
{
	const struct shell *sh = list_entry(g, struct shell, grammar);
	const struct cmd *cmd = shell_cmd(sh, name);
	*verb = cmd;
	return cmd ? shell_params(sh, cmd) : NULL;
}

void shell_changed(struct shell *sh)
{
	if (sh->changed)
		sh->changed(sh);
}

/* Returns true for a new peer that neither --echo nor --serve answers. */
static bool is_offered(struct shell *sh, const struct session *s)
{
	return s->role == ROLE_PEER && !s->echo && !session_is_closed(s) &&
	       !handlers_serve(sh, s);
}

static void remember_endpoint(struct shell *sh, const struct session *s)
{
	struct buf b;
	/* A port chosen by the kernel differs next time. */
	if (s->role != ROLE_CLIENT || !s->endpoint || !sh->interactive ||
	    strcmp(s->endpoint->port, "0") == 0)
		return;
	buf_init(&b, BUF_SMALL);
	endpoint_print(s->endpoint, NULL, &b);
	shell_remember_address(sh, buf_bytes(&b));
	buf_fini(&b);
}

/* Queues new sessions for their handlers, requests a check for handlers that
 * must end, and may make a new peer the current session. */
static void shell_on_event(struct subscriber *sub, const struct event *ev)
{
	struct shell *sh = list_entry(sub, struct shell, sub);
	const struct session *s = ev->session;
	struct task *front = &sh->foreground;
	/* A new session is the last of the hub's list; a search by name could
	 * find another. */
	struct session *created = list_entry(sh->hub->sessions.prev,
					     struct session, at);
	if (ev->kind == EVENT_CREATED) {
		handlers_attach_later(sh, created);
		jobs_notify(sh);
	}
	if (ev->kind == EVENT_ENDED || ev->kind == EVENT_STATE) {
		/* A command of this turn may have closed the session, after
		 * handlers_reap(): start the next turn without a wait. */
		if (ev->kind == EVENT_ENDED && !list_empty(&sh->jobs)) {
			sh->ended_some = true;
			loop_no_wait(sh->loop);
		}
		if (s == front->current)
			shell_changed(sh);
		if (s == sh->talk.session)
			loop_no_wait(sh->loop);
	} else if (ev->kind == EVENT_CREATED && is_offered(sh, s)) {
		if (!front->current && !(sh->typing && sh->typing(sh)))
			task_use(front, created);
	} else if (ev->kind == EVENT_CREATED) {
		remember_endpoint(sh, s);
	}
}

static void run_task(struct task *t)
{
	bool more = task_run(t);
	if (more)
		task_ready(t);
	else if (t->ended && (task_idle(t) || t->failed.kind != ERR_NONE))
		t->ended(t);
}

/* Number of search steps that all tasks share in a turn; some milliseconds. */
#define SEARCH_STEPS ((uint64_t)1 << 20)

/* Moves a task that used up the steps of this turn to the end of the queue;
 * otherwise the searches of other tasks would never get the steps of a whole
 * turn. */
static void requeue_last(struct shell *sh, const struct list *greedy)
{
	list_each (link, &sh->ready)
		if (link == greedy) {
			list_remove(link);
			list_append(&sh->ready, link);
			return;
		}
}

/* Runs the tasks that are ready; tasks that become ready meanwhile run in the
 * next turn. */
static void work(struct hook *hook)
{
	struct shell *sh = list_entry(hook, struct shell, work);
	const struct list *greedy = NULL;
	struct list turn;
	sh->ran = loop_now(sh->loop);
	sh->search_steps = SEARCH_STEPS;
	handlers_reap(sh);
	talk_check(sh);
	calls_resume_output(sh);
	list_take(&turn, &sh->ready);
	while (!list_empty(&turn) && !sh->ended) {
		struct task *t = list_entry(turn.next, struct task, ready);
		list_remove(&t->ready);
		run_task(t);
		/* `t` may be freed; requeue_last() only compares the address.
		 */
		if (!greedy && !sh->search_steps)
			greedy = &t->ready;
	}
	requeue_last(sh, greedy);
	while (!list_empty(&turn))
		list_remove(turn.next);
}

void shell_init(struct shell *sh, struct hub *hub, struct log *log,
		struct screen *screen, struct out *out,
		const struct cmd *const *table,
		const struct protocols *protocols)
{
	*sh = (struct shell){
	    .hub = hub,
	    .loop = hub->loop,
	    .log = log,
	    .screen = screen,
	    .out = out,
	    .table = table,
	    .protocols = protocols,
	    .joined = join_tables(table, protocols),
	    .timeout = 10 * NS_PER_S,
	    .memory = {.budget = &hub->memory},
	    .entries_max = (size_t)16 << 20,
	    .jobs_max = 1000,
	    .grammar = {.params = grammar_params},
	    .work = {.run = work},
	    .sub = {.ignored = 1u << EVENT_MESSAGE | 1u << EVENT_CONTROL,
		    .on_event = shell_on_event},
	};
	index_init(&sh->index, table);
	list_init(&sh->ready);
	list_init(&sh->jobs);
	list_init(&sh->watchers);
	list_init(&sh->output_waits);
	list_init(&sh->unread);
	list_init(&sh->dispatchers);
	buf_init(&sh->new_sessions, SIZE_MAX);
	struct scope *scope = scope_new(sh);
	task_init(&sh->foreground, sh, scope, true);
	scope_unref(scope);
	loop_add_hook(sh->loop, PHASE_JOBS, &sh->work);
	hub_subscribe(hub, &sh->sub);
}

void shell_fini(struct shell *sh)
{
	jobs_end(sh);
	talk_stop(sh);
	task_fini(&sh->foreground);
	env_unshare(sh);
	hub_unsubscribe(&sh->sub);
	list_remove(&sh->work.at);
	for (size_t i = 0; i < sh->used_count; i++)
		free(sh->used[i]);
	index_fini(&sh->index);
	free_tables(sh->joined);
}

/* Prints the line of an error and a caret below the column. */
static void show_caret(struct shell *sh, struct bytes text, unsigned line,
		       unsigned col)
{
	struct text t;
	text_init(&t, BUF_SMALL, sh->out->colour);
	words_caret(text, line, col, &t.buf);
	out_diag(sh->out, &t);
	text_fini(&t);
}

static void publish_error(const struct task *t, const char *source,
			  unsigned line, unsigned col, const char *where,
			  const struct err *e)
{
	struct hub *hub = t->shell->hub;
	const struct session *at = t->current_target;
	/* `try` does not stop an interrupt. */
	bool tried = task_tries(t) && e->kind != ERR_INTERRUPTED;
	struct event ev = {
	    .kind = EVENT_ERROR,
	    .session = at ? at : t->current,
	    .err = e,
	    .command = where,
	    .source = source,
	    .line = line,
	    .col = col,
	    .job = t->job,
	    .tried = tried,
	};
	if (hub->has_observers)
		hub_publish(hub, &ev);
}

static void report_error(const struct task *t, const char *source,
			 unsigned line, unsigned col, const char *where,
			 const struct err *e)
{
	struct buf b;
	publish_error(t, source, line, col, where, e);
	buf_init(&b, BUF_SMALL);
	if (source[0] && col)
		buf_printf(&b, "%s:%u:%u: ", source, line, col);
	else if (source[0])
		buf_printf(&b, "%s:%u: ", source, line);
	task_put_job(t, &b);
	if (where)
		buf_printf(&b, "%s: ", where);
	buf_puts(&b, e->text);
	out_diag_line(t->shell->out, STYLE_ERROR, buf_cstr(&b));
	buf_fini(&b);
}

void shell_print_error(struct shell *sh, const char *where, const struct err *e)
{
	report_error(&sh->foreground, "", 0, 0, where, e);
}

void shell_print_error_at(struct task *t, const struct program *p,
			  const struct command *c, unsigned line, unsigned col,
			  const struct err *e)
{
	struct shell *sh = t->shell;
	char *name = xstrndup(c->name);
	const struct cmd *cmd = shell_cmd(sh, c->name);
	if (task_ends_well(t, e))
		publish_error(t, p->source, line, 0, cmd ? name : NULL, e);
	else
		report_error(t, p->source, line, e->kind == ERR_USAGE ? col : 0,
			     cmd ? name : NULL, e);
	if (e->kind == ERR_USAGE && col)
		show_caret(sh, p->text, line - p->first + 1, col);
	free(name);
}

/* Parses text; prints an error with its position. */
static enum words_result parse(struct task *t, struct bytes text,
			       const char *source, unsigned line, bool last,
			       struct program **out, struct err *e)
{
	struct shell *sh = t->shell;
	unsigned bad_line = line, bad_col = 0;
	enum words_result r = words_parse(text, source, line, last,
					  &sh->grammar, out, &bad_line,
					  &bad_col, e);
	if (r == WORDS_MORE) {
		sh->open_line = bad_line - line + 1;
		sh->open_col = bad_col;
	}
	if (r != WORDS_BAD)
		return r;
	report_error(t, source, bad_line, bad_col, NULL, e);
	show_caret(sh, text, bad_line - line + 1, bad_col);
	return r;
}

struct program *shell_parse(struct task *t, struct bytes text,
			    const char *source, unsigned line, struct err *e)
{
	struct program *p = NULL;
	if (parse(t, text, source, line, true, &p, e) == WORDS_OK)
		return p;
	err_set(e, ERR_USAGE, 0, "%s: cannot parse commands", source);
	return NULL;
}

int shell_check(struct task *t, struct program *p, struct err *e)
{
	struct shell *sh = t->shell;
	struct fault f;
	if (!program_check(sh, p, &f))
		return 0;
	report_error(t, p->source, f.line, f.col, NULL, &f.err);
	show_caret(sh, p->text, f.line - p->first + 1, f.col);
	return err_set(e, f.err.kind, 0, "%s: commands rejected", p->source);
}

enum words_result shell_feed(struct shell *sh, struct bytes text,
			     const char *source, unsigned line, bool last)
{
	bool typed = sh->interactive && !source[0];
	if (typed && shell_talks(sh))
		return talk_feed(sh, text, line, last);
	return shell_queue(sh, text, source, line, last, 0);
}

enum words_result shell_queue(struct shell *sh, struct bytes text,
			      const char *source, unsigned line, bool last,
			      unsigned talk)
{
	struct program *p = NULL;
	struct err e;
	struct task *front = &sh->foreground;
	enum words_result r = parse(front, text, source, line, last, &p, &e);
	if (r == WORDS_BAD) {
		front->error = e;
		if (!sh->interactive)
			shell_quit(sh, err_exit_code(e.kind));
		return r;
	}
	if (r == WORDS_MORE)
		return r;
	if (p->commands == 0) {
		program_unref(p);
		return r;
	}
	struct line *queued = task_queue(front, p, talk);
	if (sh->interactive && !source[0])
		queued->begins = talk_of_program(sh, p);
	return r;
}

bool shell_idle(const struct shell *sh)
{
	return task_idle(&sh->foreground);
}

/*
 * Returns the command that the task waits in, or else the next one; sets *p to
 * its program.
 * Result: NULL: there is none.
 */
static const struct command *active_command(const struct task *t,
					    const struct program **p)
{
	const struct run *r = t->top;
	if (t->call) {
		*p = t->call->program;
		return t->call->command;
	}
	while (r && !r->end)
		r = r->below;
	if (!r)
		return NULL;
	*p = r->program;
	/* A run at its end is about to repeat or return: take its last command.
	 */
	return &r->program->command[r->next < r->end ? r->next : r->end - 1];
}

bool shell_interrupt(struct shell *sh)
{
	const struct program *p;
	const struct command *c = active_command(&sh->foreground, &p);
	struct err e;
	if (task_idle(&sh->foreground))
		return false;
	err_set(&e, ERR_INTERRUPTED, 0, "interrupted");
	if (c)
		shell_print_error_at(&sh->foreground, p, c, c->line, 0, &e);
	else
		shell_print_error(sh, NULL, &e);
	bool all = !sh->foreground.parked.call;
	task_interrupt(&sh->foreground);
	if (all)
		talk_interrupted(sh);
	/* The next command must not wait for the reader of this output. */
	sh->foreground.printed = false;
	sh->foreground.error = e;
	shell_changed(sh);
	if (!sh->interactive)
		shell_quit(sh, err_exit_code(ERR_INTERRUPTED));
	return true;
}

void shell_signalled(struct shell *sh, int signo)
{
	const struct program *p;
	const struct command *c = active_command(&sh->foreground, &p);
	const struct cmd *cmd = c ? c->verb : NULL;
	struct err e;
	if (sh->ended)
		return;
	err_set(&e, ERR_INTERRUPTED, 0, "ended by signal %d", signo);
	publish_error(&sh->foreground, c ? p->source : "", c ? c->line : 0, 0,
		      cmd ? cmd->name : NULL, &e);
	shell_quit(sh, 128 + signo);
}

/* Returns the session that the prompt shows; NULL: none. */
static const struct session *prompt_session(const struct shell *sh)
{
	const struct session *talk = talk_shown(sh);
	return talk ? talk : sh->foreground.current;
}

uint64_t shell_unread_level(const struct shell *sh)
{
	const struct session *s = prompt_session(sh);
	if (!s)
		return 0;
	size_t unread = inbox_is_stream(&s->inbox) ? inbox_len(&s->inbox)
						   : inbox_count(&s->inbox);
	return unread + s->dropped;
}

/* Appends the amount of unread data: ` +14`, ` +12k`, or with message
 * boundaries ` +2m`. */
static void put_unread(const struct session *s, struct buf *out)
{
	size_t n = inbox_count(&s->inbox), bytes = inbox_len(&s->inbox);
	if (!n)
		return;
	if (!inbox_is_stream(&s->inbox))
		buf_printf(out, " +%zum", n);
	else if (bytes < 10000)
		buf_printf(out, " +%zu", bytes);
	else if (bytes >> 10 < 10000)
		buf_printf(out, " +%zuk", bytes >> 10);
	else
		buf_printf(out, " +%zuM", bytes >> 20);
}

void shell_prompt(const struct shell *sh, struct buf *out)
{
	const struct session *s = prompt_session(sh);
	const struct call *call = sh->foreground.call;
	const char *warning = s ? session_warning(s) : NULL;
	if (!call || !call->waiting)
		call = sh->foreground.parked.call;
	buf_puts(out, s ? s->name : "rung");
	if (warning)
		buf_printf(out, " (%s)", warning);
	if (s && session_state(s) != SESSION_OPEN)
		buf_printf(out, " (%s)",
			   session_state_name(session_shown_state(s)));
	if (s)
		put_unread(s, out);
	if (call && call->waiting)
		buf_printf(out, " [%s]", call->cmd->name);
	buf_puts(out, shell_talks(sh) ? "~ " : "> ");
}

/* Prints the names of the first 8 sessions that quitting closes, and the number
 * of the others. */
static void print_closing(struct shell *sh)
{
	struct buf b;
	size_t n = 0;
	buf_init(&b, BUF_SMALL);
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		if (session_is_closed(s))
			continue;
		if (n++ < 8)
			buf_printf(&b, "%s%s", n > 1 ? ", " : "", s->name);
	}
	if (n > 8)
		buf_printf(&b, " and %zu more", n - 8);
	if (n) {
		struct text t;
		text_init(&t, BUF_SMALL, false);
		text_printf(&t, "closing %s", buf_cstr(&b));
		out_diag_line(sh->out, STYLE_NOTICE, buf_cstr(&t.buf));
		text_fini(&t);
	}
	buf_fini(&b);
}

void shell_quit(struct shell *sh, int status)
{
	if (sh->ended)
		return;
	if (sh->interactive && !sh->out->quiet)
		print_closing(sh);
	sh->ended = true;
	sh->status = status;
	loop_no_wait(sh->loop);
}
