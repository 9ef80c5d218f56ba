/* SPDX-License-Identifier: ISC */
/*
 * The console with GNU readline, which edits, recalls and draws the line. When
 * anything is read or drawn is the loop's affair: nothing here waits. Of a line
 * that is taller than the screen readline draws what does not fit over the last
 * row: it is shown a part of it.
 */
#include "above.h"
#include "complete.h"
#include "keys.h"
#include "outlet.h"
#include "past.h"
#include "rung/text.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

/* readline has no public name for it. */
enum { VI = 0 };

struct gnu {
	char *prompt;
	struct window shown;
	size_t marked; /* readline's prompt says: so many rows above; 0: ours */
	bool scrolls;  /* sideways: there is one row */
	struct buf keys; /* read, and not yet readline's */
	size_t searched; /* so much of an open paste */
	bool overlong;   /* that paste is let go */
	bool owed;       /* readline does not have the prompt yet */
	bool in_line; /* a line is being handed on: nothing is on the screen */
	bool away;
};

/* readline's callbacks carry no pointer of ours; one console has the
 * terminal. */
static struct console *theirs;

/* While a search is on, the prompt on the screen is the search's. */
static bool searching(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			  RL_STATE_NUMERICARG);
}

/* ---- the screen ---- */

static void set_prompt(struct gnu *g)
{
	rl_set_prompt(g->prompt);
	g->marked = 0;
}

static void set_mark(struct gnu *g, size_t rows)
{
	char mark[48];

	if (!rows) {
		set_prompt(g);
		return;
	}
	snprintf(mark, sizeof(mark), ABOVE_MARK " ", rows);
	rl_set_prompt(mark);
	g->marked = rows;
}

static void find_window(const struct gnu *g, struct window *w)
{
	struct bytes line = bytes_of(rl_line_buffer, (size_t)rl_end);
	const char *prompt = searching() ? rl_display_prompt : g->prompt;
	struct spot begin;
	int rows, columns;

	*w = (struct window){.to = line.len};
	if (g->scrolls)
		return;
	rl_get_screen_size(&rows, &columns);
	spot_init(&begin, (unsigned)columns);
	spot_text(&begin, bytes_str(prompt ? prompt : ""));
	above_window(w, &begin, line, (size_t)rl_point, (size_t)rows);
}

/* readline draws the line, and finds in its variables what is to be seen. */
static void draw(void)
{
	struct gnu *g = theirs->state;
	struct window w;
	char *line = rl_line_buffer;
	int point = rl_point, end = rl_end, mark = rl_mark;

	find_window(g, &w);
	if (w.above != g->shown.above ||
	    (w.above != g->marked && !searching())) {
		rl_clear_visible_line();
		rl_on_new_line();
		if (!searching())
			set_mark(g, w.above);
	}
	g->shown = w;
	rl_line_buffer += w.from;
	rl_end = (int)(w.to - w.from);
	rl_point -= (int)w.from;
	rl_mark -= (int)w.from;
	if (rl_mark < 0)
		rl_mark = 0;
	if (rl_mark > rl_end)
		rl_mark = rl_end;
	rl_redisplay();
	rl_line_buffer = line;
	rl_point = point;
	rl_end = end;
	rl_mark = mark;
}

static void redraw(void)
{
	rl_on_new_line();
	draw();
}

/* Above the last part of the line, the others: it is done. */
static void draw_whole(struct console *c)
{
	struct gnu *g = c->state;
	struct text t;

	rl_point = rl_end;
	draw();
	if (!g->shown.above)
		return;
	rl_clear_visible_line();
	text_init(&t, BUF_SMALL, false);
	if (g->shown.from <= ABOVE_UNSEEN_MAX) {
		above_prompt(&t.buf, g->prompt);
		text_safe(&t, bytes_of(rl_line_buffer, g->shown.from));
	} else {
		text_printf(&t, ABOVE_MARK, g->shown.above);
	}

	struct bytes b = text_bytes(&t);

	outlet_put(c->outlet, b);
	if (b.len && b.at[b.len - 1] != '\n')
		outlet_put(c->outlet, BYTES("\n"));
	text_fini(&t);
	rl_set_prompt("");
	redraw();
}

static int got_enter(int count, int key)
{
	const struct gnu *g = theirs->state;

	/* A terminal that became lower may have dropped the rows below the
	 * cursor. tmux does so before it sets the new size. */
	if (rl_point < rl_end) {
		rl_clear_visible_line();
		rl_on_new_line();
	}
	if (rl_point < rl_end || g->shown.above)
		draw_whole(theirs);
	return rl_newline(count, key);
}

static void got_line(char *line)
{
	struct console *c = theirs;
	struct gnu *g = c->state;

	g->in_line = true;
	if (line) {
		above_lines(c, bytes_str(line));
	} else {
#if RL_READLINE_VERSION >= 0x0802
		/* Its newline has come, and need not once more. */
		rl_eof_found = 0;
#endif
		c->sink->end(c);
	}
	free(line);
	g->in_line = false;
	if (g->owed && g->prompt)
		set_prompt(g);
	g->owed = false;
}

static void gnu_above(struct console *c, struct bytes text)
{
	rl_clear_visible_line();
	outlet_put(c->outlet, text);
	redraw();
}

static int got_tab(int count, int key)
{
	struct console *c = theirs;
	struct completion found;
	unsigned columns, rows;

	(void)count;
	(void)key;
	above_size(&columns, &rows);
	completion_find(c, bytes_of(rl_line_buffer, (size_t)rl_end),
			(size_t)rl_point, columns, &found);
	if (buf_len(&found.insert)) {
		rl_begin_undo_group();
		rl_delete_text((int)found.from, rl_point);
		rl_point = (int)found.from;
		rl_insert_text(buf_cstr(&found.insert));
		rl_end_undo_group();
	} else if (buf_len(&found.list)) {
		gnu_above(c, buf_bytes(&found.list));
	} else {
		rl_ding();
	}
	completion_fini(&found);
	return 0;
}

/* Other keys of completion find nothing: their pager would wait for a key. */
static char **no_words(const char *text, int start, int end)
{
	(void)text;
	(void)start;
	(void)end;
	rl_attempted_completion_over = 1;
	return NULL;
}

static void recall(void *ctx, struct bytes entry)
{
	char *line = xstrndup(entry);

	(void)ctx;
	add_history(line);
	free(line);
}

static int wait_key(int within_ms)
{
	struct pollfd keys = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&keys, 1, within_ms) > 0;
}

/* Of an open paste that has become too long: its two ends, in case the mark is
 * cut in two. */
static void shorten(struct console *c)
{
	struct gnu *g = c->state;
	struct bytes b = buf_bytes(&g->keys);
	uint8_t tail[5];

	if (!g->overlong)
		c->sink->overlong(c);
	g->overlong = true;
	memcpy(tail, b.at + b.len - sizeof(tail), sizeof(tail));
	buf_clear(&g->keys);
	buf_put(&g->keys, key_paste);
	buf_put(&g->keys, bytes_of(tail, sizeof(tail)));
	g->searched = key_paste.len;
}

/* readline takes a paste for ended at a NUL, and its line for the last one. */
static void drop_nuls(struct buf *keys, size_t len)
{
	uint8_t *from = keys->data + keys->head, *to = from;
	size_t all = buf_len(keys);

	for (size_t i = 0; i < all; i++)
		if (i >= len || from[i])
			*to++ = from[i];
	keys->tail -= (size_t)(from + all - to);
}

/*
 * Whether there is a key for readline. Of a bracketed paste it takes all in one
 * piece, and while it waited for the end nothing else would go on: so it gets
 * none that is open.
 */
static bool key_is_whole(struct console *c)
{
	struct gnu *g = c->state;
	struct bytes b = buf_bytes(&g->keys);
	size_t end;

	if (b.len < 2 || !bytes_starts(b, bytes_head(key_paste, b.len)))
		return b.len > 0;
	if (b.len < key_paste.len)
		return false;
	end = bytes_find(b, key_paste_end, g->searched);
	if (end == BYTES_NOWHERE) {
		g->searched = b.len > 5 ? b.len - 5 : 0;
		if (b.len > KEYS_MAX - KEYS_READ)
			shorten(c);
		return false;
	}
	g->searched = 0;
	if (g->overlong) {
		g->overlong = false;
		buf_drop(&g->keys, end + key_paste_end.len);
		return buf_len(&g->keys) && key_is_whole(c);
	}
	drop_nuls(&g->keys, end);
	return true;
}

/* readline's source of keys: its own reads them one by one, and a paste is a
 * million of them. It asks for no more than there is. */
static int get_char(FILE *file)
{
	struct console *c = theirs;
	struct gnu *g = c->state;

	(void)file;
	while (!buf_len(&g->keys)) {
		wait_key(-1);
		if (!key_read(c, &g->keys))
			return EOF;
	}

	int key = g->keys.data[g->keys.head];

	buf_drop(&g->keys, 1);
	return key;
}

/* Whether a key follows, soon: it may be ESC's other half. */
static int more_keys(void)
{
	struct gnu *g = theirs->state;
	int within_us = rl_set_keyboard_input_timeout(-1);

	return buf_len(&g->keys) || wait_key(within_us / 1000);
}

static int gnu_start(struct console *c, const char *history_file, struct err *e)
{
	FILE *pen = outlet_pen(c->outlet);
	const char *scrolls;
	struct gnu *g;

	if (!pen)
		return err_set(e, ERR_LIMIT, 0, "no memory for an editor");
	g = xalloc(sizeof(*g));
	c->state = g;
	theirs = c;
	rl_outstream = pen;
	rl_readline_name = "rung";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_attempted_completion_function = no_words;
	using_history();
	stifle_history(PAST_MAX);
	if (history_file)
		(void)past_load(history_file, recall, c, NULL);
	rl_getc_function = get_char;
	rl_input_available_hook = more_keys;
	rl_initialize();
	/* Not before: readline would not ask what the terminal can do. */
	rl_redisplay_function = draw;
	rl_bind_key('\t', got_tab);
	for (const char *key = "\r\n"; *key; key++) {
		const char keys[] = {*key, '\0'};

		if (rl_function_of_keyseq(keys, NULL, NULL) == rl_newline)
			rl_bind_key(*key, got_enter);
	}
	scrolls = rl_variable_value("horizontal-scroll-mode");
	g->scrolls = scrolls && !strcmp(scrolls, "on");
	g->prompt = xstrdup("");
	buf_init(&g->keys, KEYS_MAX);
	rl_callback_handler_install(g->prompt, got_line);
	return 0;
}

static void gnu_readable(struct console *c)
{
	struct gnu *g = c->state;

	if (!key_read(c, &g->keys)) {
		c->sink->end(c);
		return;
	}
	while (!c->gone && key_is_whole(c))
		rl_callback_read_char();
	buf_relax(&g->keys, KEYS_READ);
	if (g->owed && !searching()) {
		g->owed = false;
		rl_clear_visible_line();
		set_prompt(g);
		redraw();
	}
}

static void gnu_prompt(struct console *c, struct bytes prompt)
{
	struct gnu *g = c->state;

	free(g->prompt);
	g->prompt = xstrndup(prompt);
	g->owed = g->in_line || g->away || searching();
	if (g->owed)
		return;
	rl_clear_visible_line();
	set_prompt(g);
	redraw();
}

static bool gnu_abandon(struct console *c)
{
	struct gnu *g = c->state;
	bool held = rl_end > 0 || searching() || buf_len(&g->keys);

	/* An open paste: its end may have been dropped with the signal. */
	buf_clear(&g->keys);
	g->searched = 0;
	g->overlong = false;
	if (!held)
		return false;
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_point = rl_end;
	draw();
	fputs("^C", rl_outstream);
	rl_crlf();
	rl_replace_line("", 1);
	using_history();
	if (rl_editing_mode == VI)
		rl_vi_insertion_mode(1, 'i');
	/* A search that was on has kept it waiting. */
	if (g->owed) {
		set_prompt(g);
		g->owed = false;
	}
	redraw();
	return true;
}

/*
 * A terminal that has become narrower or wider has most likely wrapped the line
 * anew: it is found and drawn as the new width has it.
 */
static void gnu_resize(struct console *c)
{
	struct gnu *g = c->state;
	struct buf erase;
	struct spot at;
	unsigned columns, rows;

	if (g->away)
		return;
	above_size(&columns, &rows);
	spot_init(&at, columns);
	spot_text(&at, bytes_str(rl_display_prompt ? rl_display_prompt : ""));
	spot_text(&at, bytes_of(rl_line_buffer + g->shown.from,
				(size_t)rl_point - g->shown.from));
	buf_init(&erase, BUF_SMALL);
	above_erase(&erase, at.row);
	outlet_put(c->outlet, buf_bytes(&erase));
	buf_fini(&erase);
	rl_reset_screen_size();
	redraw();
}

static void gnu_suspend(struct console *c)
{
	struct gnu *g = c->state;

	if (g->away)
		return;
	g->away = true;
	rl_clear_visible_line();
	rl_deprep_terminal();
}

static void gnu_resume(struct console *c)
{
	struct gnu *g = c->state;

	/* Stopped from outside, it had no time to give the terminal back; the
	 * cursor is where it was, or in a row of its own. */
	if (!g->away) {
		rl_deprep_terminal();
		above_erase_row(c);
	}
	g->away = false;
	rl_prep_terminal(1);
	rl_reset_screen_size();
	if (g->owed && !searching()) {
		set_prompt(g);
		g->owed = false;
	}
	redraw();
}

static void gnu_remember(struct console *c, struct bytes line)
{
	recall(c, line);
	using_history();
}

static void gnu_history(struct console *c, struct buf *out)
{
	HIST_ENTRY **entries = history_list();

	(void)c;
	for (; entries && *entries; entries++) {
		buf_puts(out, (*entries)->line);
		buf_putc(out, '\n');
	}
}

static void gnu_stop(struct console *c)
{
	struct gnu *g = c->state;

	if (!g->away && !c->gone)
		rl_clear_visible_line();
	rl_callback_handler_remove();
	rl_redisplay_function = rl_redisplay;
	clear_history();
	buf_fini(&g->keys);
	free(g->prompt);
	free(g);
	c->state = NULL;
}

const struct console_ops console_gnu = {
    .name = "readline",
    .start = gnu_start,
    .readable = gnu_readable,
    .prompt = gnu_prompt,
    .above = gnu_above,
    .abandon = gnu_abandon,
    .resize = gnu_resize,
    .suspend = gnu_suspend,
    .resume = gnu_resume,
    .remember = gnu_remember,
    .history = gnu_history,
    .stop = gnu_stop,
};
