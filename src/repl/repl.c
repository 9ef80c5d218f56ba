/* SPDX-License-Identifier: ISC */
/*
 * Runs the prompt in the loop: decides when to read and paint, handles signals,
 * starts and ends. input.c handles the input, paint.c the output.
 */
#include "repl_own.h"

#include "keys.h"
#include "line_layout.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_lines(const struct repl *r)
{
	return !r->away && !r->held && !r->over && (r->editing || r->idle);
}

static short input_want(struct watch *w)
{
	return wants_lines(list_entry(w, struct repl, input)) ? POLLIN : 0;
}

static void input_ready(struct watch *w, short got)
{
	struct repl *r = list_entry(w, struct repl, input);

	r->got = got;
}

static short output_want(struct watch *w)
{
	const struct repl *r = list_entry(w, struct repl, output);

	return r->held && !r->away ? POLLOUT : 0;
}

static void output_ready(struct watch *w, short got)
{
	struct repl *r = list_entry(w, struct repl, output);

	(void)got;
	paint_resume(r);
	paint_flush(r);
}

static const struct watch_ops output_ops = {.want = output_want,
					    .ready = output_ready};

/* Lets the console read keys, or handle a partial key that timed out. */
static void use_keys(struct repl *r, void (*use)(struct console *))
{
	struct loop *loop = r->shell->loop;

	r->typing = true;
	use(&r->console);
	r->typing = false;
	loop_disarm(loop, &r->rest);
	if (r->console.wait_ms)
		loop_arm(loop, &r->rest,
			 loop_now(loop) + r->console.wait_ms * NS_PER_MS);
}

static void rest_is_late(struct timer *timer)
{
	struct repl *r = list_entry(timer, struct repl, rest);

	use_keys(r, r->console.ops->late);
}

/* Returns true if there is input to read. A signal may have discarded the input
 * since the poll; a read would then block. */
static bool has_input(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, 0) != 0;
}

static void read_input(struct repl *r)
{
	/* Keys are echoed: read none while the terminal is held. */
	bool held = r->got && paint_hold(r);
	short got = r->got;

	r->got = 0;
	if (!got || held || !wants_lines(r) || (r->prompting && !has_input()))
		return;
	if (r->editing && got & (POLLHUP | POLLERR | POLLNVAL)) {
		paint_hang_up(r, 128 + SIGHUP);
	} else {
		use_keys(r, r->console.ops->readable);
	}
	if (r->over || r->console.hung_up)
		loop_unwatch(r->shell->loop, &r->input);
}

static const struct watch_ops input_ops = {.want = input_want,
					   .ready = input_ready};

static bool typing(const struct shell *sh)
{
	const struct repl *r = sh->front_end;
	const struct console *c = &r->console;

	if (intake_is_open(&r->intake) || !r->prompting || r->away)
		return intake_is_open(&r->intake);
	return has_input() || !list_empty(&sh->foreground.lines) ||
	       (r->console_started && c->ops->is_typing(c));
}

static void history(struct shell *sh, struct buf *out)
{
	struct repl *r = sh->front_end;

	if (r->console_started)
		r->console.ops->history(&r->console, out);
}

static void changed(struct shell *sh)
{
	((struct repl *)sh->front_end)->stale = true;
}

/* ---- signals ---- */

/* Writes the queue before a child uses the terminal or the program ends. */
static void repl_finish(struct repl *r)
{
	if (r->prompting && !r->console.hung_up)
		(void)tty_queue_finish(&r->tty_queue);
}

static void lent(struct shell *sh, bool away)
{
	struct repl *r = sh->front_end;

	if (r->away == away)
		return;
	if (away)
		paint_last(r);
	r->away = away;
	r->stale = true;
	if (r->console_started && away) {
		r->console.ops->suspend(&r->console);
	} else if (r->console_started) {
		if (r->editing)
			layout_fresh_row(&r->console);
		r->console.ops->resume(&r->console);
	}
	if (away)
		repl_finish(r);
	else
		loop_no_wait(sh->loop); /* resume tasks that wait for output */
	loop_touch(sh->loop, &r->input);
}

/* Handles Ctrl-Z: stops the process with the default signal handling, and
 * returns when the process is continued (`fg`). */
static void stop_here(struct repl *r)
{
	const int both[] = {SIGTSTP, SIGCONT};
	struct sigaction usual = {.sa_handler = SIG_DFL}, ours[2];
	bool editing = r->console_started && !r->away;

	if (editing)
		r->console.ops->suspend(&r->console);
	repl_finish(r);
	for (int i = 0; i < 2; i++)
		sigaction(both[i], &usual, &ours[i]);
	raise(SIGTSTP);
	for (int i = 0; i < 2; i++)
		sigaction(both[i], &ours[i], NULL);
	if (editing)
		r->console.ops->resume(&r->console);
}

static void caught(struct trap *trap)
{
	struct repl *r = list_entry(trap, struct caught, trap)->repl;
	struct console *c = &r->console;
	bool here = r->console_started && !r->away;

	paint_release(r);
	repl_sync_size(r);
	switch (trap->signo) {
	case SIGINT:
		if (!r->away)
			input_interrupt(r);
		break;
	case SIGTSTP:
		stop_here(r);
		break;
	case SIGCONT:
		if (here)
			c->ops->resume(c);
		break;
	case SIGWINCH:
		repl_resized(r);
		break;
	default: /* SIGHUP, SIGTERM, SIGQUIT */
		streams_abandon(&r->streams);
		shell_quit(r->shell, 128 + trap->signo);
	}
}

static int set_traps(struct repl *r, struct err *e)
{
	static const int always[] = {SIGINT, SIGHUP, SIGTERM};
	static const int edited[] = {SIGTSTP, SIGCONT, SIGWINCH, SIGQUIT};

	for (size_t i = 0; i < 7; i++) {
		struct caught *at = &r->caught[r->trapped];

		if (i >= 3 && !r->editing)
			break;
		at->repl = r;
		at->trap.signo = i < 3 ? always[i] : edited[i - 3];
		at->trap.caught = caught;
		if (loop_trap(r->shell->loop, &at->trap, e) < 0)
			return -1;
		r->trapped++;
	}
	return 0;
}

/* ---- turns of the loop ---- */

static const struct console_ops *editor(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term ||
	    !*term || !strcmp(term, "dumb"))
		return &console_plain;
#if defined(RUNG_EDIT_READLINE)
	return &console_readline;
#elif defined(RUNG_EDIT_LIBEDIT)
	return &console_libedit;
#else
	return &console_plain;
#endif
}

/* Prints the first error of the history file. */
static void print_history_error(struct repl *r, const struct err *e)
{
	if (r->history_failed)
		return;
	r->history_failed = true;
	paint_notice(r, e->text);
}

static void history_moved(struct history *h, const struct err *e)
{
	struct repl *r = list_entry(h, struct repl, history);

	if (e)
		print_history_error(r, e);
	loop_no_wait(r->shell->loop);
}

static void open_console(struct repl *r)
{
	struct console *c = &r->console;
	struct err e;

	if (r->editing)
		paint_rows(r, true);
	repl_resized(r);
	r->console_started = true;
	if (c->ops->start(c, buf_bytes(&r->history.text), &e) < 0) {
		paint_notice(r, e.text);
		c->ops = &console_plain;
		r->editing = false;
		c->ops->start(c, BYTES_NONE, &e);
	}
	buf_fini(&r->history.text);
	loop_watch(r->shell->loop, &r->input, STDIN_FILENO, &input_ops);
	paint_prompt(r);
}

/* Queues the rc file before the other texts, once the file is read. A missing
 * file is not an error. */
static void take_rc(struct repl *r)
{
	struct err e;

	if (!r->rc.path || !source_is_read(&r->rc))
		return;
	if (intake_first(&r->intake, &r->rc, &e) && e.code != ENOENT &&
	    e.code != ENOTDIR)
		paint_notice(r, e.text);
	source_cancel(&r->rc);
}

/* Makes the next line a command again after a `talk` has ended, if no line of
 * the talk can follow. If the terminal edits the line, rung cannot see a
 * half-typed line, so one more line is rejected first. Other input has to end
 * the talk with `~.`. */
static void release_talk(struct repl *r)
{
	struct shell *sh = r->shell;
	const struct console *c = &r->console;

	if (!shell_talk_is_over(sh) || !r->prompting || !r->console_started ||
	    r->away || has_input() || !list_empty(&sh->foreground.lines))
		return;
	if (r->editing ? c->ops->is_typing(c) : !sh->talk.refused)
		return;
	shell_talk_release(sh);
	input_sync_recall(r);
}

static void run_next(struct hook *hook)
{
	struct repl *r = list_entry(hook, struct repl, next);
	struct shell *sh = r->shell;

	repl_sync_size(r);
	if (!sh->ended) {
		release_talk(r);
		read_input(r);
		release_talk(r);
		if (r->prompting && !r->away && !has_input())
			input_note_open(r);
	}
	take_rc(r);
	if (r->rc.path)
		return;
	while (!sh->ended && shell_idle(sh) && intake_next(&r->intake))
		;
	if (!sh->ended && r->over && shell_idle(sh))
		shell_quit(sh, r->status);
}

/*
 * Returns true if the prompt shows too little or too much unread data. Without
 * an editor a new prompt would overwrite the line that the terminal edits: an
 * increase is then shown only with other output, which overwrites that line
 * anyway.
 */
static bool unread_changed(const struct repl *r)
{
	uint64_t level;

	if (!r->prompting)
		return false;
	level = shell_unread_level(r->shell);
	if (r->editing)
		return prompt_rate_is_due(&r->rate, level);
	return level < r->rate.painted ||
	       (level > r->rate.painted && buf_len(&r->text));
}

static void show_prompt(struct repl *r)
{
	if (!r->console_started || r->away || r->shell->ended)
		return;
	if ((r->stale || unread_changed(r)) && !paint_hold(r))
		paint_prompt(r);
}

static void run_show(struct hook *hook)
{
	struct repl *r = list_entry(hook, struct repl, show);
	struct shell *sh = r->shell;
	bool idle = shell_idle(sh);

	repl_sync_size(r);
	paint_unshown(r);
	show_prompt(r);
	/* At the end repl_stop() paints the rest. */
	if (!sh->ended || !r->prompting)
		paint_rows(r, true);
	if (!r->console_started && !sh->ended && idle && !r->rc.path &&
	    list_empty(&r->intake.parts) && (!r->editing || r->history.loaded))
		open_console(r);
	paint_flush(r);
	history_save(&r->history, sh->loop);
	if (idle != r->idle) {
		r->idle = idle;
		loop_touch(sh->loop, &r->input);
	}
}

/* ---- the front end ---- */

struct repl *repl_new(void)
{
	struct repl *r = xalloc(sizeof(*r));

	r->out.ops = &paint_ops;
	r->out.delayed = paint_delayed;
	r->out.blocked = paint_blocked;
	r->out.unread = paint_unread;
	r->out.terminal = isatty(STDOUT_FILENO);
	intake_init(&r->intake, "");
	buf_init(&r->text, HOLD_MAX);
	buf_init(&r->prompt, BUF_SMALL);
	buf_init(&r->command, SOURCE_MAX);
	buf_init(&r->newest, SOURCE_MAX);
	history_init(&r->history);
	r->history.done = history_moved;
	paint_init(r);
	prompt_rate_init(&r->rate);
	return r;
}

void repl_free(struct repl *r)
{
	if (!r)
		return;
	intake_fini(&r->intake);
	history_fini(&r->history);
	buf_fini(&r->text);
	buf_fini(&r->prompt);
	buf_fini(&r->command);
	buf_fini(&r->newest);
	streams_fini(&r->streams);
	free(r);
}

struct out *repl_out(struct repl *r)
{
	return &r->out;
}

int repl_text(struct repl *r, struct bytes text, const char *source,
	      struct err *e)
{
	return intake_text(&r->intake, text, source, e);
}

int repl_file(struct repl *r, const char *path, struct err *e)
{
	return intake_file(&r->intake, path, e);
}

static void rc_read(struct source *rc)
{
	loop_no_wait(list_entry(rc, struct repl, rc)->shell->loop);
}

static void start_rc(struct repl *r)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path;

	buf_init(&path, BUF_SMALL);
	if (config && config[0] == '/')
		buf_printf(&path, "%s/rung/rc", config);
	else if (home && home[0] == '/')
		buf_printf(&path, "%s/.config/rung/rc", home);
	if (buf_len(&path))
		source_start(&r->rc, r->shell->loop, buf_bytes(&path), rc_read);
	buf_fini(&path);
}

int repl_start(struct repl *r, struct shell *sh, const char *banner,
	       struct err *e)
{
	const char *locale;

	/* The editor needs the widths of characters. In the C locale use
	 * C.UTF-8: terminals display UTF-8 in any locale, and libedit drops
	 * characters unknown to the locale. (readline uses the environment's
	 * locale, whatever is set here.) */
	setlocale(LC_CTYPE, "");
	locale = setlocale(LC_CTYPE, NULL);
	if (locale && (!strcmp(locale, "C") || !strcmp(locale, "POSIX")))
		setlocale(LC_CTYPE, "C.UTF-8");

	r->shell = r->intake.shell = sh;
	r->console = (struct console){.ops = editor(),
				      .sink = &input_sink,
				      .owner = r,
				      .input = STDIN_FILENO,
				      .colour = r->out.colour};
	r->editing = r->console.ops != &console_plain;
	if (set_traps(r, e) < 0)
		return -1;
	r->prompting = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (r->prompting) {
		tty_queue_init(&r->tty_queue, loop_signals(sh->loop));
		r->console.tty_queue = &r->tty_queue;
		r->console.input = keys_open();
		loop_watch(sh->loop, &r->output, STDOUT_FILENO, &output_ops);
	}
	/* Unless payload is diverted (--json), all output is one stream. */
	if (!r->out.divert)
		r->streams.same = true;
	streams_start(&r->streams, sh->loop);
	sh->out = &r->out;
	sh->interactive = true;
	sh->front_end = r;
	sh->changed = changed;
	sh->typing = typing;
	sh->history = history;
	sh->lent = lent;
	r->rest.fire = rest_is_late;
	r->next.run = run_next;
	r->show.run = run_show;
	loop_add_hook(sh->loop, PHASE_JOBS, &r->next);
	loop_add_hook(sh->loop, PHASE_SHOW, &r->show);
	r->started = true;
	if (banner && r->prompting)
		out_diag_line(&r->out, STYLE_PLAIN, banner);
	start_rc(r);
	if (r->editing)
		history_load(&r->history, sh->loop);
	loop_no_wait(sh->loop);
	return 0;
}

void repl_stop(struct repl *r)
{
	struct loop *loop;
	struct err e;

	if (!r->shell) {
		(void)rio_writen(STDOUT_FILENO, buf_bytes(&r->text));
		return;
	}
	loop = r->shell->loop;
	source_cancel(&r->rc);
	if (r->started) {
		loop_unwatch(loop, &r->input);
		loop_unwatch(loop, &r->output);
		list_remove(&r->next.at);
		list_remove(&r->show.at);
	}
	if (r->out.screen)
		screen_flush(r->out.screen);
	loop_disarm(loop, &r->pace);
	loop_disarm(loop, &r->rest);
	prompt_rate_fini(&r->rate, loop);
	paint_release(r);
	if (r->console_started)
		r->console.ops->stop(&r->console);
	r->console_started = r->started = false;
	if (r->editing && history_finish(&r->history, loop, &e) < 0)
		print_history_error(r, &e);
	if (r->away)
		lent(r->shell, false);
	paint_last(r);
	repl_finish(r);
	streams_finish(&r->streams, &r->out);
	if (r->streams.interrupted && !r->shell->status)
		r->shell->status = err_exit_code(ERR_INTERRUPTED);
	if (r->prompting) {
		tty_queue_fini(&r->tty_queue);
		keys_close(r->console.input);
	}
	while (r->trapped > 0)
		loop_untrap(loop, &r->caught[--r->trapped].trap);
}
