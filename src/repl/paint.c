/* SPDX-License-Identifier: ISC */
/*
 * Gathers the output of the REPL, paints it above the half-typed line once a
 * turn, and sets the prompt. The console files draw the line.
 */
#include "repl_own.h"

#include "line_layout.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* After a paint of more than PACE_LEAST bytes, live output pauses for PACE plus
 * the paint's duration, but at most PACE plus PACE_MAX. */
#define PACE_LEAST ((size_t)16 << 10)
#define PACE       (100 * NS_PER_MS)
/* Maximum duration of a paint that counts for the pause: the program may have
 * been stopped during the paint. */
#define PACE_MAX (1000 * NS_PER_MS)
/* Number of kept bytes at which tasks that print have to wait, if there is no
 * prompt and a child has stdout. */
#define AWAY_MAX ((size_t)64 << 10)

void paint_hang_up(struct repl *r, int status)
{
	r->console.hung_up = true;
	r->shell->ended = true;
	r->shell->status = status;
	loop_no_wait(r->shell->loop);
}

bool paint_delayed(const struct out *out)
{
	const struct repl *r = list_entry(out, const struct repl, out);

	return r->held || loop_armed(&r->pace) || paint_unread(out);
}

bool paint_blocked(const struct out *out)
{
	const struct repl *r = list_entry(out, const struct repl, out);

	return r->prompting ? r->held && !r->away : streams_queued(&r->streams);
}

bool paint_unread(const struct out *out)
{
	const struct repl *r = list_entry(out, const struct repl, out);

	return !r->prompting && (streams_unread(&r->streams) ||
				 (r->away && buf_len(&r->text) >= AWAY_MAX));
}

/* ---- the terminal ---- */

static void touch(struct repl *r)
{
	loop_touch(r->shell->loop, &r->output);
	loop_touch(r->shell->loop, &r->input);
}

static void hold(struct repl *r)
{
	r->held = true;
	touch(r);
}

bool paint_hold(struct repl *r)
{
	if (!r->held && r->prompting && !r->away && !tty_queue_open())
		hold(r);
	return r->held;
}

void paint_resume(struct repl *r)
{
	r->held = r->tty_blocked = false;
	touch(r);
	loop_no_wait(r->shell->loop);
}

void paint_release(struct repl *r)
{
	if (!paint_hold(r))
		return;
	tty_queue_release();
	paint_resume(r);
}

static void paced(struct timer *timer)
{
	(void)timer; /* only wakes the loop */
}

/* Starts the pause after a large paint, so that the prompt stays visible. */
static void pace(struct repl *r)
{
	const struct clock real = {.fake = false};
	uint64_t took;

	if (!r->painting)
		return;
	took = clock_mono(&real) - r->painting;
	r->painting = 0;
	r->pace.fire = paced;
	loop_arm(r->shell->loop, &r->pace,
		 loop_now(r->shell->loop) + PACE +
		     (took < PACE_MAX ? took : PACE_MAX));
}

void paint_flush(struct repl *r)
{
	if (!r->prompting || r->held || r->away || r->console.hung_up)
		return;
	switch (tty_queue_drain(&r->tty_queue)) {
	case RIO_WAIT:
		hold(r);
		break;
	case RIO_FAIL:
		paint_hang_up(r, 128 + SIGHUP);
		break;
	case RIO_MORE:
	case RIO_END:
	case RIO_FULL:
		pace(r);
		break;
	}
}

void repl_resized(struct repl *r)
{
	layout_terminal_size(&r->columns, &r->rows);
	if (r->console_started && !r->away)
		r->console.ops->resize(&r->console);
}

void repl_sync_size(struct repl *r)
{
	unsigned columns, rows;

	if (!r->editing)
		return;
	layout_terminal_size(&columns, &rows);
	if (columns != r->columns || rows != r->rows)
		repl_resized(r);
}

/* ---- gathered output ---- */

static void paint_above(struct repl *r, struct bytes b)
{
	const struct clock real = {.fake = false};

	if (b.len > PACE_LEAST && !r->painting)
		r->painting = clock_mono(&real);
	if (r->console_started)
		r->console.ops->print_above(&r->console, b);
	else
		tty_queue_put(&r->tty_queue, b);
}

/* Ends the shell after a failed write to stdout; stderr may still work. */
static void stdout_failed(struct streams *streams, int code)
{
	struct repl *r = list_entry(streams, struct repl, streams);
	struct buf line;

	if (code == EIO || code == EPIPE) {
		paint_hang_up(r, 128 + (code == EIO ? SIGHUP : SIGPIPE));
		return;
	}
	paint_hang_up(r, err_exit_code(ERR_IO));
	buf_init(&line, BUF_SMALL);
	buf_printf(&line, "rung: stdout: %s\n", err_strerror(code));
	streams_put_error(streams, buf_bytes(&line));
	buf_fini(&line);
}

static void drained(struct streams *streams)
{
	streams_note_discarded(streams,
			       &list_entry(streams, struct repl, streams)->out);
}

void paint_init(struct repl *r)
{
	streams_init(&r->streams);
	r->streams.failed = stdout_failed;
	r->streams.drained = drained;
}

static void paint(struct repl *r, bool all)
{
	struct bytes b = buf_bytes(&r->text);
	size_t n = b.len;

	if (r->away || (r->typing && r->prompting) || r->console.hung_up || !n)
		return;
	while (!all && n && b.at[n - 1] != '\n')
		n--;
	if (!n)
		return;
	if (all && r->prompting && b.at[n - 1] != '\n') {
		buf_putc(&r->text, '\n');
		b = buf_bytes(&r->text);
		n = b.len;
	}
	if (r->prompting)
		paint_above(r, bytes_head(b, n));
	else
		streams_put(&r->streams, bytes_head(b, n));
	buf_drop(&r->text, n);
	buf_free_idle(&r->text, PAINT_MAX);
}

void paint_rows(struct repl *r, bool all)
{
	if (!paint_hold(r))
		paint(r, all);
}

void paint_last(struct repl *r)
{
	paint_release(r);
	paint(r, true);
}

/*
 * Makes room for more output of a command: waits as long as the terminal
 * accepts data. Returns true if there is room again.
 */
static bool wait_for_room(struct repl *r)
{
	if (!r->prompting || r->tty_blocked || r->away || r->typing ||
	    r->console.hung_up)
		return false;
	/* tty_queue_finish() succeeds for an empty queue even if the terminal
	 * is stopped, so ask tty_queue_await() too. */
	if (tty_queue_finish(&r->tty_queue) != RIO_MORE ||
	    !tty_queue_await(&r->tty_queue)) {
		hold(r);
		r->tty_blocked = true;
		return false;
	}
	paint_resume(r);
	paint(r, false);
	if (buf_len(&r->text) >= HOLD_MAX / 2)
		paint(r, true);
	return true;
}

static void paint_gather(struct repl *r, struct bytes b)
{
	while (b.len) {
		struct bytes piece = bytes_head(b, PAINT_MAX);

		if (buf_put(&r->text, piece) < 0 &&
		    !(wait_for_room(r) && buf_put(&r->text, piece) == 0))
			r->unshown += piece.len;
		b = bytes_skip(b, piece.len);
		if (buf_len(&r->text) >= PAINT_MAX) {
			paint_rows(r, buf_len(&r->text) >= HOLD_MAX / 2);
			paint_flush(r);
		}
	}
}

static void put_text(struct out *out, struct bytes b)
{
	paint_gather(list_entry(out, struct repl, out), b);
}

/* Prints a diagnostic. If stdout is reserved for programs (--json, --tap) and
 * there is no editor, the diagnostic goes to stderr. */
static void put_diag(struct out *out, struct bytes b)
{
	struct repl *r = list_entry(out, struct repl, out);
	bool diverted = out->divert && !r->editing;

	if (diverted || (!r->prompting && !r->away)) {
		if (!r->prompting)
			paint_rows(r, true); /* keeps the order */
		streams_put_diag(&r->streams, b);
	} else {
		paint_gather(r, b);
	}
}

const struct out_ops paint_ops = {put_text, put_diag};

void paint_notice(struct repl *r, const char *line)
{
	if (!r->out.quiet)
		out_diag_line(&r->out, STYLE_NOTICE, line);
}

void paint_unshown(struct repl *r)
{
	char line[80];

	if (!r->unshown || r->away || r->held)
		return;
	snprintf(line, sizeof(line), "%llu bytes of output discarded",
		 (unsigned long long)r->unshown);
	r->unshown = 0;
	paint_notice(r, line);
}

static void put_style(struct repl *r, enum style style, struct buf *out)
{
	struct text t;

	text_init(&t, BUF_SMALL, r->out.colour && r->editing);
	text_style(&t, style);
	if (buf_len(&t.buf)) {
		buf_putc(out, '\1'); /* readline's mark: no width */
		buf_put(out, text_bytes(&t));
		buf_putc(out, '\2');
	}
	text_fini(&t);
}

static void make_prompt(struct repl *r, struct buf *out)
{
	struct buf plain;

	if (intake_is_open(&r->intake)) {
		buf_puts(out, "... ");
		return;
	}
	buf_init(&plain, BUF_SMALL);
	shell_prompt(r->shell, &plain);

	struct bytes b = buf_bytes(&plain);
	size_t tail = b.len > 2 ? b.len - 2 : 0; /* "> " is not bold */

	put_style(r, STYLE_BOLD, out);
	for (size_t i = 0; i < b.len; i++) {
		if (i == tail)
			put_style(r, STYLE_PLAIN, out);
		buf_putc(out,
			 b.at[i] < 0x20 || b.at[i] == 0x7f ? '?' : b.at[i]);
	}
	buf_fini(&plain);
}

void paint_prompt(struct repl *r)
{
	struct buf fresh;

	buf_init(&fresh, BUF_SMALL);
	make_prompt(r, &fresh);
	r->stale = false;
	if (r->prompting)
		prompt_rate_painted(&r->rate, r->shell->loop,
				    shell_unread_level(r->shell));
	if (bytes_equal(buf_bytes(&fresh), buf_bytes(&r->prompt))) {
		buf_fini(&fresh);
		return;
	}
	buf_fini(&r->prompt);
	r->prompt = fresh;
	r->console.ops->prompt(&r->console, buf_bytes(&r->prompt));
}
