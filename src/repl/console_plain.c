/* SPDX-License-Identifier: ISC */
/*
 * The console without an editor: reads lines from fd 0 and writes text to fd 1.
 * If both are a terminal, prints a prompt, and prints text above the prompt if
 * possible. The terminal's driver edits the line.
 */
#include "line_layout.h"
#include "tty_queue.h"

#include <stdlib.h>
#include <unistd.h>

#define LINE_MAX_BYTES ((size_t)16 << 20)
#define HISTORY_BYTES  ((size_t)1 << 20)

struct plain {
	struct rio_in in;
	struct buf prompt, history;
	bool terminal, skipping, ended;
	size_t old; /* number of bytes in `in` before the last read */
	bool reading;
	bool in_line; /* lines are being passed on; the prompt follows */
	bool talk;    /* lines of `talk` are not recorded */
};

static void show_prompt(struct console *c)
{
	struct plain *p = c->state;

	if (p->terminal)
		tty_queue_put(c->tty_queue, buf_bytes(&p->prompt));
}

static int plain_start(struct console *c, struct bytes history, struct err *e)
{
	struct plain *p = xalloc(sizeof(*p));

	(void)history;
	(void)e;
	rio_in_init(&p->in, LINE_MAX_BYTES);
	buf_init(&p->prompt, BUF_SMALL);
	buf_init(&p->history, HISTORY_BYTES);
	p->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	c->state = p;
	return 0;
}

/* Passes a line on, or skips the rest of a line that exceeded the limit. */
static void plain_take(struct console *c, struct bytes line)
{
	struct plain *p = c->state;
	bool whole = line.len && line.at[line.len - 1] == '\n';
	bool skip = p->skipping;

	if (!whole && !rio_ended(&p->in)) {
		if (!skip)
			c->sink->line_too_long(c);
		p->skipping = true;
		return;
	}
	p->skipping = false;
	if (!skip)
		c->sink->line(c, bytes_head(line, line.len - whole));
}

/* Lets the terminal be read again after Ctrl-D. */
static void reopen_input(struct plain *p)
{
	rio_in_fini(&p->in);
	rio_in_init(&p->in, LINE_MAX_BYTES);
}

static void plain_readable(struct console *c)
{
	struct plain *p = c->state;
	bool failed;
	struct bytes line;
	enum rio r;

	p->old = buf_len(&p->in.buf);
	p->reading = true;
	r = rio_fill(&p->in, c->input);
	failed = r == RIO_FAIL && !p->terminal;
	c->sink->signals(c);
	p->reading = false;
	if (r == RIO_FAIL) {
		rio_end(&p->in);
		c->hung_up = p->terminal;
		r = RIO_END;
	}
	p->in_line = true;
	while (rio_line(&p->in, &line))
		plain_take(c, line);
	p->in_line = false;
	if (r == RIO_END && !p->ended) {
		p->ended = !p->terminal || c->hung_up;
		if (failed)
			c->sink->failed(c, p->in.error);
		else
			c->sink->end(c);
		if (!p->ended)
			reopen_input(p);
	} else if (r == RIO_MORE) {
		show_prompt(c);
	}
}

/* Overwrites the prompt with blanks: the terminal may have no sequence to clear
 * a row. */
static void blank_prompt(struct console *c)
{
	struct plain *p = c->state;
	struct spot at;
	struct buf b;

	spot_init(&at, 10000);
	spot_text(&at, buf_bytes(&p->prompt));
	buf_init(&b, BUF_SMALL);
	buf_printf(&b, "\r%*s\r", (int)at.col, "");
	tty_queue_put(c->tty_queue, buf_bytes(&b));
	buf_fini(&b);
}

static void plain_prompt(struct console *c, struct bytes prompt)
{
	struct plain *p = c->state;

	if (p->terminal && !p->in_line)
		blank_prompt(c);
	buf_clear(&p->prompt);
	buf_put(&p->prompt, prompt);
	if (!p->in_line)
		show_prompt(c);
}

static void plain_print_above(struct console *c, struct bytes text)
{
	struct plain *p = c->state;

	if (p->terminal)
		blank_prompt(c);
	tty_queue_put(c->tty_queue, text);
	show_prompt(c);
}

static bool plain_is_typing(const struct console *c)
{
	const struct plain *p = c->state;

	return p->terminal;
}

/* Discards the part of a line that was already read: Ctrl-D passes on an
 * incomplete line. The terminal has discarded the rest. */
static bool plain_discard_line(struct console *c)
{
	struct plain *p = c->state;

	if (p->terminal) {
		rio_skip(&p->in, p->reading ? p->old : buf_len(&p->in.buf));
		p->old = 0;
		p->skipping = false;
		tty_queue_put(c->tty_queue, BYTES("\n"));
		if (!p->reading)
			show_prompt(c);
	}
	return false;
}

static void plain_nothing(struct console *c)
{
	(void)c;
}

static void plain_recall_talk(struct console *c, bool talk)
{
	((struct plain *)c->state)->talk = talk;
}

static void plain_record_line(struct console *c, struct bytes line)
{
	struct plain *p = c->state;

	if (p->talk || line.len > HISTORY_BYTES / 2)
		return;
	while (buf_len(&p->history) + line.len + 1 > HISTORY_BYTES) {
		size_t end = bytes_find_byte(buf_bytes(&p->history), '\n', 0);

		buf_drop(&p->history, end + 1);
	}
	buf_put(&p->history, line);
	buf_putc(&p->history, '\n');
}

static void plain_history(struct console *c, struct buf *out)
{
	struct plain *p = c->state;

	buf_put(out, buf_bytes(&p->history));
}

static void plain_stop(struct console *c)
{
	struct plain *p = c->state;

	if (p->terminal)
		blank_prompt(c);
	rio_in_fini(&p->in);
	buf_fini(&p->prompt);
	buf_fini(&p->history);
	free(p);
	c->state = NULL;
}

const struct console_ops console_plain = {
    .name = "plain",
    .start = plain_start,
    .readable = plain_readable,
    .prompt = plain_prompt,
    .print_above = plain_print_above,
    .is_typing = plain_is_typing,
    .discard_line = plain_discard_line,
    .resize = plain_nothing,
    .suspend = plain_nothing,
    .resume = plain_nothing,
    .recall_talk = plain_recall_talk,
    .record_line = plain_record_line,
    .history = plain_history,
    .stop = plain_stop,
};
