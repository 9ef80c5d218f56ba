/* SPDX-License-Identifier: ISC */
/*
 * Handles input at the prompt: lines, Tab, Ctrl-C and Ctrl-D. Passes lines to
 * the shell and commands to the history. The console files edit the line.
 */
#include "repl_own.h"
#include "rung/secret.h"

#include <signal.h>
#include <unistd.h>

/* Maximum length of the part that input_note_open() prints, in bytes. */
enum { EXCERPT_MAX = 32 };

static struct repl *repl_of(struct console *c)
{
	return c->owner;
}

/* Adds a command or a line of `talk` for recall, unless it begins with a
 * blank, has a secret, or equals the newest entry. `file`: adds it to the
 * history file, too. */
static void remember(struct repl *r, struct bytes b, bool file)
{
	struct secret s;

	if (!b.len || b.at[0] == ' ' || b.at[0] == '\t' ||
	    bytes_equal(b, buf_bytes(&r->newest)) || secret_next(b, 0, &s))
		return;
	r->console.ops->record_line(&r->console, b);
	if (file)
		history_file_add(&r->history.file, b);
	buf_clear(&r->newest);
	buf_put(&r->newest, b);
}

void input_sync_recall(struct repl *r)
{
	bool talk = shell_talks(r->shell) && !shell_talk_is_over(r->shell);

	if (r->recalls_talk == talk || !r->console_started)
		return;
	r->recalls_talk = talk;
	r->console.ops->recall_talk(&r->console, talk);
	buf_clear(&r->newest);
}

/* Adds the typed lines for recall. `talked`: they were typed in a `talk`. A
 * line that was refused can be recalled as the command that sends it. */
static void keep_line(struct repl *r, bool talked, bool over)
{
	struct bytes b = buf_bytes(&r->command);
	struct buf line;

	if (!over) {
		/* Do not recall the line that ended the `talk`. */
		if (!talked || shell_talks(r->shell))
			remember(r, b, !talked);
	} else if (shell_talk_is_over(r->shell) && b.len &&
		   bytes_find_byte(b, '\n', 0) == BYTES_NOT_FOUND) {
		buf_init(&line, SOURCE_MAX);
		buf_puts(&line, "> ");
		buf_put(&line, b);
		remember(r, buf_bytes(&line), false);
		buf_fini(&line);
	}
}

static void got_line(struct console *c, struct bytes line)
{
	struct repl *r = repl_of(c);
	bool was_open = intake_is_open(&r->intake);
	bool talked = shell_talks(r->shell);
	bool over = shell_talk_is_over(r->shell);

	if (was_open)
		buf_putc(&r->command, '\n');
	buf_put(&r->command, line);
	input_sync_recall(r);

	bool open = intake_line(&r->intake, line) == WORDS_MORE;

	if (!open) {
		r->open_noted = false;
		keep_line(r, talked, over);
		input_sync_recall(r);
		buf_clear(&r->command);
		buf_free_idle(&r->command, BUF_SMALL);
	}
	if (open != was_open || talked != shell_talks(r->shell))
		paint_prompt(r);
}

void input_note_open(struct repl *r)
{
	const struct shell *sh = r->shell;
	const struct intake *in = &r->intake;
	struct bytes text = buf_bytes(&r->command);
	struct text line;

	if (!intake_is_open(in) || r->open_noted || in->line - in->first < 3)
		return;
	r->open_noted = true;
	for (unsigned i = 1; i < sh->open_line; i++)
		text = bytes_skip(text, bytes_find_byte(text, '\n', 0) + 1);
	text = bytes_head(text, bytes_find_byte(text, '\n', 0));
	text = bytes_skip(text, sh->open_col - 1);
	/* A backslash is the user's own way to continue a line. */
	if (!text.len || text.at[0] == '\\')
		return;
	text_init(&line, BUF_SMALL, false);
	text_printf(&line, "unmatched %c in line %u, column %u: ", text.at[0],
		    sh->open_line, sh->open_col);
	text_escape(
	    &line,
	    bytes_head(text, utf8_complete_len(bytes_head(text, EXCERPT_MAX))));
	text_printf(&line, "%s; press Ctrl-C to discard the command",
		    text.len > EXCERPT_MAX ? "..." : "");
	paint_notice(r, buf_cstr(&line.buf));
	text_fini(&line);
}

static void drop_open(struct repl *r)
{
	intake_drop(&r->intake);
	r->open_noted = false;
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
	} else if (r->prompting && shell_talks(r->shell)) {
		shell_end_talk(r->shell);
		input_sync_recall(r);
		paint_prompt(r);
	} else if (r->editing) {
		shell_quit(r->shell, 0);
	} else {
		if (shell_talk_is_over(r->shell))
			shell_talk_release(r->shell);
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
	bool talked = shell_talks(r->shell);
	bool ran;

	source_cancel(&r->rc);
	intake_cancel(&r->intake);
	ran = shell_interrupt(r->shell);
	if (!r->console_started || (ran && !talked))
		return;
	if (!r->prompting) {
		streams_abandon(&r->streams);
		shell_quit(r->shell, 128 + SIGINT);
		return;
	}

	bool held = c->ops->discard_line(c);

	input_sync_recall(r);
	if (intake_is_open(&r->intake)) {
		drop_open(r);
	} else if (!held && !ran && talked) {
		paint_notice(r, "press Ctrl-D to end talk");
	} else if (!held && !ran && !r->hinted) {
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
	bool talks = shell_talks(r->shell) && !intake_is_open(&r->intake);
	struct buf all;

	if (talks && !bytes_starts(line, BYTES("~ "))) {
		out->tab = true;
		return;
	}
	buf_init(&all, SOURCE_MAX);
	if (intake_is_open(&r->intake)) {
		buf_put(&all, buf_bytes(&r->command));
		buf_putc(&all, '\n');
	}

	size_t above = buf_len(&all);

	if (talks)
		buf_puts(&all, "  ");
	buf_put(&all, bytes_skip(line, talks ? 2 : 0));
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
