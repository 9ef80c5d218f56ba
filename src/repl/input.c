/* SPDX-License-Identifier: ISC */
/*
 * Handles input at the prompt: lines, Tab, Ctrl-C and Ctrl-D. Passes lines to
 * the shell and commands to the history. The console files edit the line.
 */
#include "repl_own.h"

#include <signal.h>
#include <unistd.h>

static struct repl *repl_of(struct console *c)
{
	return c->owner;
}

/* Adds a whole command to the history, unless it begins with a blank or equals
 * the newest entry. */
static void remember(struct repl *r)
{
	struct bytes b = buf_bytes(&r->command);

	if (!b.len || b.at[0] == ' ' || b.at[0] == '\t' ||
	    bytes_equal(b, buf_bytes(&r->newest)))
		return;
	r->console.ops->record_line(&r->console, b);
	history_file_add(&r->history.file, b);
	buf_clear(&r->newest);
	buf_put(&r->newest, b);
}

static void got_line(struct console *c, struct bytes line)
{
	struct repl *r = repl_of(c);
	bool was_open = intake_is_open(&r->intake);

	if (was_open)
		buf_putc(&r->command, '\n');
	buf_put(&r->command, line);

	bool open = intake_line(&r->intake, line) == WORDS_MORE;

	if (!open) {
		remember(r);
		buf_clear(&r->command);
		buf_free_idle(&r->command, BUF_SMALL);
	}
	if (open != was_open)
		paint_prompt(r);
}

static void drop_open(struct repl *r)
{
	intake_drop(&r->intake);
	buf_clear(&r->command);
	r->stale = true;
}

static void got_end(struct console *c)
{
	struct repl *r = repl_of(c);

	if (r->editing && (c->hung_up || !isatty(STDIN_FILENO))) {
		paint_hang_up(r, 128 + SIGHUP);
	} else if (r->editing && intake_is_open(&r->intake)) {
		intake_end(&r->intake);
		drop_open(r);
	} else if (r->editing) {
		shell_quit(r->shell, 0);
	} else {
		intake_end(&r->intake);
		r->over = true;
	}
}

static void got_failed(struct console *c, int code)
{
	struct repl *r = repl_of(c);
	struct err e;

	intake_end(&r->intake);
	err_set(&e, ERR_IO, code, "stdin: %s", err_strerror(code));
	shell_print_error(r->shell, "rung", &e);
	r->over = true;
	r->status = err_exit_code(ERR_IO);
}

void input_interrupt(struct repl *r)
{
	struct console *c = &r->console;

	source_cancel(&r->rc);
	intake_cancel(&r->intake);
	if (shell_interrupt(r->shell) || !r->console_started)
		return;
	if (!r->prompting) {
		streams_abandon(&r->streams);
		shell_quit(r->shell, 128 + SIGINT);
		return;
	}

	bool held = c->ops->discard_line(c);

	if (intake_is_open(&r->intake)) {
		drop_open(r);
	} else if (!held && !r->hinted) {
		r->hinted = true;
		paint_notice(r, "press Ctrl-D to quit");
	}
}

static void got_signals(struct console *c)
{
	loop_deliver_signals(repl_of(c)->shell->loop);
}

static void got_overlong(struct console *c)
{
	paint_notice(repl_of(c), "line longer than 16 MiB discarded");
}

/* Completes a line. The shell gets the previous lines of the same command too.
 */
static void got_complete(struct console *c, struct bytes line, size_t point,
			 struct completions *out)
{
	struct repl *r = repl_of(c);
	struct buf all;

	buf_init(&all, SOURCE_MAX);
	if (intake_is_open(&r->intake)) {
		buf_put(&all, buf_bytes(&r->command));
		buf_putc(&all, '\n');
	}

	size_t above = buf_len(&all);

	buf_put(&all, line);
	shell_complete(r->shell, buf_bytes(&all), above + point, out);
	if (out->from < above) {
		out->count = 0;
		out->files = false;
	}
	out->from = out->from < above ? point : out->from - above;
	buf_fini(&all);
}

const struct console_sink input_sink = {
    .line = got_line,
    .end = got_end,
    .failed = got_failed,
    .signals = got_signals,
    .complete = got_complete,
    .line_too_long = got_overlong,
};
