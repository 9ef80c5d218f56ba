/* SPDX-License-Identifier: ISC */
/*
 * What the REPL is told: gathered, and painted above the line that is being
 * typed once a turn; and its prompt. Drawing is the console's job.
 */
#include "own.h"

#include "above.h"
#include "rung/rio.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* After this much the next paint waits for so long. */
#define PACE_LEAST ((size_t)16 << 10)
#define PACE       (100 * NS_PER_MS)
/* It may have been stopped in the middle, for any time. */
#define PACE_MOST (1000 * NS_PER_MS)

void told_vanish(struct repl *r, int status)
{
	r->console.gone = true;
	r->shell->ended = true;
	r->shell->status = status;
	loop_soon(r->shell->loop);
}

bool told_busy(const struct out *out)
{
	const struct repl *r = list_entry(out, const struct repl, out);

	return r->held || loop_armed(&r->pace);
}

bool told_full(const struct out *out)
{
	return list_entry(out, struct repl, out)->held;
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

bool told_held(struct repl *r)
{
	if (!r->held && r->prompting && !r->away && !outlet_open())
		hold(r);
	return r->held;
}

void told_let_go(struct repl *r)
{
	r->held = r->stuck = false;
	touch(r);
	loop_soon(r->shell->loop);
}

void told_release(struct repl *r)
{
	if (!told_held(r))
		return;
	outlet_release();
	told_let_go(r);
}

static void paced(struct timer *timer)
{
	(void)timer; /* it makes a turn: that is all */
}

/* As long as a large paint took, and a moment, the prompt is to be seen. */
static void pace(struct repl *r)
{
	const struct clock real = {.fake = false};
	uint64_t took;

	if (!r->painting)
		return;
	took = clock_mono(&real) - r->painting;
	r->painting = 0;
	r->pace.fire = paced;
	loop_at(r->shell->loop, &r->pace,
		loop_now(r->shell->loop) + PACE +
		    (took < PACE_MOST ? took : PACE_MOST));
}

void told_drain(struct repl *r)
{
	if (!r->prompting || r->held || r->away || r->console.gone)
		return;
	switch (outlet_drain(&r->outlet)) {
	case RIO_WAIT:
		hold(r);
		break;
	case RIO_FAIL:
		told_vanish(r, 128 + SIGHUP);
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
	above_size(&r->columns, &r->rows);
	if (r->talking && !r->away)
		r->console.ops->resize(&r->console);
}

void repl_sync_size(struct repl *r)
{
	unsigned columns, rows;

	if (!r->editing)
		return;
	above_size(&columns, &rows);
	if (columns != r->columns || rows != r->rows)
		repl_resized(r);
}

/* ---- what is gathered ---- */

static void paint_above(struct repl *r, struct bytes b)
{
	const struct clock real = {.fake = false};

	if (b.len > PACE_LEAST && !r->painting)
		r->painting = clock_mono(&real);
	if (r->talking)
		r->console.ops->above(&r->console, b);
	else
		outlet_put(&r->outlet, b);
}

/* Nothing can be written to what is no terminal; stderr may still do. */
static void fail(struct repl *r, int code)
{
	struct buf line;

	told_vanish(r, err_exit(ERR_IO));
	buf_init(&line, BUF_SMALL);
	buf_printf(&line, "rung: stdout: %s\n", err_words(code));
	(void)rio_writen(STDERR_FILENO, buf_bytes(&line));
	buf_fini(&line);
}

/* A pipe that nobody reads holds us up until a signal comes. */
static void write_out(struct repl *r, struct bytes b)
{
	int stop = loop_signals(r->shell->loop);

	r->cut = false;
	if (rio_writen_until(STDOUT_FILENO, b, stop) == 0)
		return;
	if (errno == EINTR)
		r->cut = true;
	else if (errno == EIO)
		told_vanish(r, 128 + SIGHUP);
	else if (errno == EPIPE)
		told_vanish(r, 128 + SIGPIPE);
	else
		fail(r, errno);
}

static void paint(struct repl *r, bool all)
{
	struct bytes b = buf_bytes(&r->text);
	size_t n = b.len;

	if (r->away || r->typing || r->console.gone || !n)
		return;
	/* It took nothing before we were told to end: nor will it now. */
	if (r->cut && r->shell->ended)
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
		write_out(r, bytes_head(b, n));
	buf_drop(&r->text, n);
	buf_relax(&r->text, PAINT_MAX);
}

void told_paint(struct repl *r, bool all)
{
	if (!told_held(r))
		paint(r, all);
}

void told_last(struct repl *r)
{
	told_release(r);
	paint(r, true);
}

/*
 * A command says more than can be kept: it waits for the terminal as long as
 * that goes on taking something. Result: whether there is room again.
 */
static bool wait_for_room(struct repl *r)
{
	if (!r->prompting || r->stuck || r->away || r->typing ||
	    r->console.gone)
		return false;
	/* With nothing queued all is written, even to one that is stopped. */
	if (outlet_finish(&r->outlet) != RIO_MORE ||
	    !outlet_await(&r->outlet)) {
		hold(r);
		r->stuck = true;
		return false;
	}
	told_let_go(r);
	paint(r, false);
	if (buf_len(&r->text) >= HOLD_MAX / 2)
		paint(r, true);
	return true;
}

static void gather(struct repl *r, struct bytes b)
{
	while (b.len) {
		struct bytes piece = bytes_head(b, PAINT_MAX);

		if (buf_put(&r->text, piece) < 0 &&
		    !(wait_for_room(r) && buf_put(&r->text, piece) == 0))
			r->unshown += piece.len;
		b = bytes_skip(b, piece.len);
		if (buf_len(&r->text) >= PAINT_MAX) {
			told_paint(r, buf_len(&r->text) >= HOLD_MAX / 2);
			told_drain(r);
		}
	}
}

static void put_text(struct out *out, struct bytes b)
{
	gather(list_entry(out, struct repl, out), b);
}

/* As write_out(); but one that took nothing when a signal came holds us up no
 * more, for how we end is said there, too. */
static void write_talk(struct repl *r, struct bytes b)
{
	struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
	int stop = r->started ? loop_signals(r->shell->loop) : -1;

	if (r->unheard && poll(&room, 1, 0) == 0)
		return;
	r->unheard = rio_writen_until(STDERR_FILENO, b, stop) < 0 &&
		     errno == EINTR;
}

/* A program that reads stdout finds there what is diverted to it alone. */
static void put_talk(struct out *out, struct bytes b)
{
	struct repl *r = list_entry(out, struct repl, out);

	if (out->divert && !r->editing)
		write_talk(r, b);
	else
		gather(r, b);
}

const struct out_ops told_ops = {put_text, put_talk};

void told_note(struct repl *r, const char *line)
{
	if (!r->out.quiet)
		out_say(&r->out, STYLE_NOTE, line);
}

void told_unshown(struct repl *r)
{
	char line[80];

	if (!r->unshown || r->away || r->held)
		return;
	snprintf(line, sizeof(line), "%llu bytes were not shown",
		 (unsigned long long)r->unshown);
	r->unshown = 0;
	told_note(r, line);
}

static void put_style(struct repl *r, enum style style, struct buf *out)
{
	struct text t;

	text_init(&t, BUF_SMALL, r->out.colour && r->editing);
	text_style(&t, style);
	if (buf_len(&t.buf)) {
		buf_putc(out, '\1'); /* readline's marks: takes no room */
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
	size_t tail = b.len > 2 ? b.len - 2 : 0; /* "> " stays plain */

	put_style(r, STYLE_BOLD, out);
	for (size_t i = 0; i < b.len; i++) {
		if (i == tail)
			put_style(r, STYLE_PLAIN, out);
		buf_putc(out,
			 b.at[i] < 0x20 || b.at[i] == 0x7f ? '?' : b.at[i]);
	}
	buf_fini(&plain);
}

void told_prompt(struct repl *r)
{
	struct buf fresh;

	buf_init(&fresh, BUF_SMALL);
	make_prompt(r, &fresh);
	r->stale = false;
	if (bytes_equal(buf_bytes(&fresh), buf_bytes(&r->prompt))) {
		buf_fini(&fresh);
		return;
	}
	buf_fini(&r->prompt);
	r->prompt = fresh;
	r->console.ops->prompt(&r->console, buf_bytes(&r->prompt));
}
