/* SPDX-License-Identifier: ISC */
/*
 * The console with libedit, through its native interface: libedit's readline
 * emulation overruns a buffer on lines of some thousand characters.
 *
 * libedit edits and recalls the line. This file reads the keys, and passes only
 * whole keys to libedit, which would wait for the rest of a key. This file also
 * draws the line: libedit would draw the last rows of a line taller than the
 * screen, even if the cursor is above them.
 *
 * Long: only one file includes the header of libedit.
 */
#include "history_file.h"
#include "keys.h"
#include "line_draw.h"
#include "line_layout.h"
#include "paste.h"
#include "tab.h"
#include "tty_queue.h"

#include <histedit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Minimum number of printable characters in one read that count as a paste. */
#define RUN_LEAST 64

/* Maximum number of commands in a row that read no key, such as those of a
 * macro. If there are more, the terminal is gone and libedit does nothing. */
#define UNASKED_MAX 4096

/* Keys for functions that libedit's interface lacks. get_key() drops C1
 * controls from input, so the terminal cannot send these. */
#define FORGET     L'\237' /* discard the line and partial keys */
#define FORGET_KEY "\\237"
#define CANCEL     L'\236' /* discard partial keys */
#define CANCEL_KEY "\\236"
#define NONE       L'\235' /* no key is left */
#define NONE_KEY   "\\235"

struct libedit {
	EditLine *el;
	HistoryW *history;  /* commands */
	HistoryW *talk;     /* lines of `talk` */
	HistoryW *recalled; /* `history` or `talk` */
	struct buf keys;    /* keys read, not yet passed to libedit */
	struct buf begun;   /* keys passed to an unfinished command */
	struct paste paste;
	FILE *nowhere; /* libedit's output: /dev/null */
	char *prompt;
	struct line_draw drawn;
	wchar_t order;  /* a key such as CANCEL, to be read next; 0: none */
	int unasked;    /* commands run since libedit last asked for a key */
	size_t given;   /* bytes of `keys` that libedit may read */
	size_t again;   /* bytes of `keys` to read again */
	bool starved;   /* libedit asked for more keys than given */
	bool suspended; /* NONE ran as a command: a count may be pending */
	bool in_line, away;
};

static struct console *console_of(EditLine *el)
{
	void *c = NULL;

	el_get(el, EL_CLIENTDATA, &c);
	return c;
}

/* ---- the screen ---- */

/* Copies the line to `out`. Result: the cursor's offset in the line. */
static size_t get_line(const struct libedit *e, struct buf *out)
{
	const LineInfoW *line = el_wline(e->el);
	size_t point;

	buf_init(out, KEYS_MAX);
	key_narrow(line->buffer, line->cursor, out);
	point = buf_len(out);
	key_narrow(line->cursor, line->lastchar, out);
	return point;
}

static void draw(struct console *c)
{
	struct libedit *e = c->state;
	struct buf line, out;
	size_t point = get_line(e, &line);

	buf_init(&out, BUF_SMALL);
	line_draw_update(&e->drawn, &out, e->prompt, buf_bytes(&line), point);
	tty_queue_put(c->tty_queue, buf_bytes(&out));
	buf_fini(&out);
	buf_fini(&line);
}

static void draw_done(struct console *c, struct bytes line)
{
	struct libedit *e = c->state;
	struct buf out;

	buf_init(&out, BUF_SMALL);
	line_draw_finish(&e->drawn, &out, e->prompt, line);
	tty_queue_put(c->tty_queue, buf_bytes(&out));
	buf_fini(&out);
}

static void erase(struct console *c)
{
	struct libedit *e = c->state;
	struct buf out;

	buf_init(&out, BUF_SMALL);
	line_draw_erase(&e->drawn, &out);
	tty_queue_put(c->tty_queue, buf_bytes(&out));
	buf_fini(&out);
}

static void libedit_print_above(struct console *c, struct bytes text)
{
	erase(c);
	tty_queue_put(c->tty_queue, text);
	draw(c);
}

/* ---- keys ---- */

/*
 * Returns libedit's next character; never waits. If no key is left, returns
 * NONE once, and then the end of input. libedit runs NONE as a command, unless
 * another command is reading its next key: that command then consumes NONE.
 */
static int get_key(EditLine *el, wchar_t *out)
{
	struct libedit *e = ((struct console *)console_of(el))->state;
	struct bytes b = bytes_head(buf_bytes(&e->keys), e->given);
	size_t n;
	bool drop;

	e->unasked = 0;
	if (e->order) {
		*out = e->order;
		e->order = 0;
		return 1;
	}
	for (; e->given; b = bytes_head(buf_bytes(&e->keys), e->given)) {
		n = key_char(b, out);
		/* Drop an incomplete character, and C1 controls. */
		drop = !n || (*out >= 0x80 && *out < 0xa0);
		n = n ? n : e->given;
		buf_put(&e->begun, bytes_head(b, n));
		buf_drop(&e->keys, n);
		e->given -= n;
		if (!drop)
			return 1;
	}
	if (e->starved)
		return 0;
	e->starved = true;
	*out = NONE;
	return 1;
}

/* Makes libedit run one command: the next one of a macro in progress, else that
 * of the next key. Returns false if no command ran. */
static bool call(struct libedit *e)
{
	int n;

	e->starved = e->suspended = false;
	e->unasked++;
	el_wgets(e->el, &n);
	return e->unasked < UNASKED_MAX;
}

static void give_order(struct libedit *e, wchar_t order)
{
	e->order = order;
	while (e->order && call(e))
		;
	e->order = 0;
	buf_clear(&e->begun);
}

/* Puts back the keys of a command that has consumed NONE, so that the command
 * runs again when more keys have come. */
static void take_back(struct libedit *e)
{
	const LineInfoW *line = el_wline(e->el);
	struct buf begun = e->begun;

	/* Delete the NONE that quoted insert has inserted. */
	while (line->cursor > line->buffer && line->cursor[-1] == NONE) {
		el_deletestr(e->el, 1);
		line = el_wline(e->el);
	}
	buf_init(&e->begun, KEYS_MAX);
	give_order(e, CANCEL);
	e->again = buf_len(&begun);
	buf_put(&begun, buf_bytes(&e->keys));
	buf_fini(&e->keys);
	e->keys = begun;
}

/* Runs the command of a key. `key`: length of the key in bytes; 0: continue a
 * macro. Returns false if no command can run without more keys. */
static bool run_command(struct libedit *e, size_t key)
{
	bool ran;

	e->given = key ? e->again + key : 0;
	if (key)
		e->again = 0;
	ran = call(e);
	e->given = 0;
	if (e->starved && !e->suspended)
		take_back(e);
	else if (!e->starved)
		buf_clear(&e->begun);
	return e->starved ? key > 0 : ran;
}

static void insert(struct libedit *e, struct bytes text)
{
	size_t count;
	wchar_t *wide = key_widen(text, &count);

	if (count)
		el_winsertstr(e->el, wide);
	free(wide);
}

/* Handles the next key or paste. `all`: the rest of a key did not come in time,
 * so handle the incomplete key. Returns false if more keys are needed. */
static bool take_key(struct console *c, bool all)
{
	struct libedit *e = c->state;
	struct bytes b = bytes_skip(buf_bytes(&e->keys), e->again);
	size_t run = key_run(b), key;

	if (e->again && bytes_starts(b, key_paste)) {
		buf_drop(&e->keys, e->again);
		e->again = 0;
	}
	if (e->paste.open || paste_begin(&e->paste, &e->keys)) {
		if (!paste_take(c, &e->paste, &e->keys))
			return false;
		insert(e, buf_bytes(&e->paste.text));
		buf_fini(&e->paste.text);
		return true;
	}
	if (run >= RUN_LEAST && !buf_len(&e->begun) && !e->again) {
		char *text = xstrndup(bytes_head(b, run));

		buf_drop(&e->keys, run);
		insert(e, bytes_str(text));
		free(text);
		return true;
	}
	key = all ? b.len : key_length(b);
	if (b.len && !key) {
		c->wait_ms = KEYS_WAIT_MS;
		return false;
	}
	return run_command(e, key);
}

/* Moves the cursor back into the line: a few commands of vi leave the cursor
 * before the first character. */
static void keep_cursor(struct libedit *e)
{
	const LineInfoW *line = el_wline(e->el);

	if (line->cursor < line->buffer)
		el_cursor(e->el, (int)(line->buffer - line->cursor));
}

static void run_keys(struct console *c, bool all)
{
	struct libedit *e = c->state;

	c->wait_ms = 0;
	while (!c->hung_up && !e->away && take_key(c, all))
		keep_cursor(e);
	keep_cursor(e);
	buf_free_idle(&e->keys, KEYS_READ);
	if (!c->hung_up && !e->away)
		draw(c);
}

static void libedit_readable(struct console *c)
{
	struct libedit *e = c->state;

	if (key_read(c, &e->keys))
		run_keys(c, false);
	else
		c->sink->end(c);
}

static void libedit_late(struct console *c)
{
	run_keys(c, true);
}

/* ---- libedit's commands ---- */

/* Returns CC_FATAL: libedit then empties the line and moves to the end of the
 * history. */
static unsigned char do_forget(EditLine *el, int key)
{
	(void)el;
	(void)key;
	return CC_FATAL;
}

/* Returns CC_NORM: libedit then resets a pending count and operator. */
static unsigned char do_cancel(EditLine *el, int key)
{
	(void)el;
	(void)key;
	return CC_NORM;
}

/* Returns CC_ARGHACK: libedit then keeps a pending count and operator. */
static unsigned char do_none(EditLine *el, int key)
{
	struct libedit *e = ((struct console *)console_of(el))->state;

	(void)key;
	e->suspended = true;
	return CC_ARGHACK;
}

static unsigned char do_accept(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct libedit *e = c->state;
	struct buf text;

	(void)key;
	(void)get_line(e, &text);
	draw_done(c, buf_bytes(&text));
	e->in_line = true;
	layout_split_lines(c, buf_bytes(&text));
	e->in_line = false;
	buf_fini(&text);
	return CC_FATAL;
}

static unsigned char do_clear(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct libedit *e = c->state;

	(void)key;
	tty_queue_put(c->tty_queue, BYTES("\033[H\033[J"));
	line_draw_forget(&e->drawn);
	return CC_NORM;
}

static unsigned char do_end(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct libedit *e = c->state;
	const LineInfoW *line = el_wline(el);

	(void)key;
	if (line->buffer == line->lastchar) {
		e->in_line = true;
		c->sink->end(c);
		e->in_line = false;
		return CC_FATAL;
	}
	if (line->cursor == line->lastchar)
		return CC_ERROR;
	el_cursor(el, 1);
	el_deletestr(el, 1);
	return CC_REFRESH;
}

static unsigned char do_interrupt(EditLine *el, int key)
{
	(void)el;
	raise(key == ('Z' & 037) ? SIGTSTP : SIGINT);
	return CC_NORM;
}

static unsigned char do_complete(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct completion found;
	struct buf text;
	unsigned columns, rows;
	size_t count, point;

	(void)key;
	point = get_line(c->state, &text);
	buf_truncate(&text, point);
	layout_terminal_size(&columns, &rows);
	completion_find(c, buf_bytes(&text), buf_len(&text), columns, &found);
	if (buf_len(&found.insert)) {
		free(key_widen(bytes_skip(buf_bytes(&text), found.from),
			       &count));
		el_deletestr(el, (int)count);

		wchar_t *wide = key_widen(buf_bytes(&found.insert), &count);

		el_winsertstr(el, wide);
		free(wide);
	} else if (buf_len(&found.list)) {
		libedit_print_above(c, buf_bytes(&found.list));
	} else {
		tty_queue_put(c->tty_queue, BYTES("\a"));
	}
	completion_fini(&found);
	buf_fini(&text);
	return CC_NORM;
}

static const struct {
	const wchar_t *name, *what;
	unsigned char (*run)(EditLine *, int);
} commands[] = {
    {L"rung-forget", L"discards the line", do_forget},
    {L"rung-cancel", L"discards partial keys", do_cancel},
    {L"rung-none", L"waits for a key", do_none},
    {L"rung-accept", L"ends the line", do_accept},
    {L"rung-end", L"quits, or deletes the next character", do_end},
    {L"rung-interrupt", L"sends the signal of the key", do_interrupt},
    {L"rung-complete", L"completes the word", do_complete},
    {L"rung-clear", L"clears the screen", do_clear},
};

/* libedit's incremental search is a loop of its own, which would block rung's
 * loop: ^R and ^S find lines that begin with the typed text instead. */
static const char *const bindings[][2] = {
    {FORGET_KEY, "rung-forget"},
    {CANCEL_KEY, "rung-cancel"},
    {NONE_KEY, "rung-none"},
    {"^M", "rung-accept"},
    {"^J", "rung-accept"},
    {"^D", "rung-end"},
    {"^C", "rung-interrupt"},
    {"^Z", "rung-interrupt"},
    {"^I", "rung-complete"},
    {"^L", "rung-clear"},
    {"^R", "ed-search-prev-history"},
    {"^S", "ed-search-next-history"},
    {"\\ex", "ed-unassigned"},
    {"\\eX", "ed-unassigned"},
    {"\\e[1~", "ed-move-to-beg"},
    {"\\e[7~", "ed-move-to-beg"},
    {"\\e[H", "ed-move-to-beg"},
    {"\\eOH", "ed-move-to-beg"},
    {"\\e[4~", "ed-move-to-end"},
    {"\\e[8~", "ed-move-to-end"},
    {"\\e[F", "ed-move-to-end"},
    {"\\eOF", "ed-move-to-end"},
    {"\\e[3~", "ed-delete-next-char"},
    {"\\e[1;5C", "em-next-word"},
    {"\\e[1;5D", "ed-prev-word"},
};

/* Bindings for vi's command mode. libedit's commands for `/`, `?` and `:` would
 * block rung's loop, and `v` would wait for an external editor. */
static const char *const vi_bindings[][2] = {
    {"/", "ed-search-prev-history"},
    {"?", "ed-search-next-history"},
    {":", "ed-unassigned"},
    {"v", "ed-unassigned"},
};

static bool is_vi(EditLine *el)
{
	const wchar_t *name = L"";

	return el_wget(el, EL_EDITOR, &name) == 0 && !wcscmp(name, L"vi");
}

static void bind(EditLine *el, bool vi, const char *key, const char *command)
{
	bool escape = key[0] == '\\' && key[1] == 'e';

	if (!vi || !escape)
		el_set(el, EL_BIND, key, command, NULL);
	/* In vi mode ESC alone is a key, and the rest of the sequence is bound
	 * in the command map, like libedit's own arrow keys. */
	else if (key[2] == '[' || key[2] == 'O')
		el_set(el, EL_BIND, "-a", key + 2, command, NULL);
	if (vi && !strncmp(command, "rung-", 5))
		el_set(el, EL_BIND, "-a", key, command, NULL);
}

static void bind_keys(EditLine *el)
{
	bool vi = is_vi(el);

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		el_wset(el, EL_ADDFN, commands[i].name, commands[i].what,
			commands[i].run);
	for (size_t i = 0; i < sizeof(bindings) / sizeof(*bindings); i++)
		bind(el, vi, bindings[i][0], bindings[i][1]);
	for (size_t i = 0; i < sizeof(vi_bindings) / sizeof(*vi_bindings); i++)
		if (vi)
			el_set(el, EL_BIND, "-a", vi_bindings[i][0],
			       vi_bindings[i][1], NULL);
}

/* ---- the console ---- */

static void libedit_record_line(struct console *c, struct bytes line)
{
	struct libedit *e = c->state;
	HistEventW event;
	size_t count;
	wchar_t *wide = key_widen(line, &count);

	history_w(e->recalled, &event, H_ENTER, wide);
	free(wide);
}

static void libedit_recall_talk(struct console *c, bool talk)
{
	struct libedit *e = c->state;

	e->recalled = talk ? e->talk : e->history;
	el_wset(e->el, EL_HIST, history_w, e->recalled);
	/* Move to the end of the history. At the end of a line CC_FATAL moves
	 * there. */
	if (!e->in_line)
		give_order(e, FORGET);
}

static void recall(void *ctx, struct bytes entry)
{
	libedit_record_line(ctx, entry);
}

static HistoryW *new_history(void)
{
	HistoryW *h = history_winit();
	HistEventW event;

	if (h) {
		history_w(h, &event, H_SETSIZE, HISTORY_MAX);
		history_w(h, &event, H_SETUNIQUE, 1);
	}
	return h;
}

static int libedit_start(struct console *c, struct bytes history,
			 struct err *err)
{
	struct libedit *e = xalloc(sizeof(*e));

	c->state = e;
	e->nowhere = fopen("/dev/null", "we");
	e->prompt = xstrdup("");
	buf_init(&e->keys, KEYS_MAX);
	buf_init(&e->begun, KEYS_MAX);
	paste_init(&e->paste);
	if (e->nowhere)
		e->el = el_init_fd("rung", stdin, e->nowhere, e->nowhere,
				   STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
	e->history = new_history();
	e->talk = new_history();
	if (!e->el || !e->history || !e->talk) {
		c->ops->stop(c);
		return err_set(err, ERR_IO, 0,
			       "libedit cannot use this terminal");
	}
	el_set(e->el, EL_CLIENTDATA, c);
	el_set(e->el, EL_SIGNAL, 0);
	el_set(e->el, EL_EDITOR, "emacs");
	e->recalled = e->history;
	el_wset(e->el, EL_HIST, history_w, e->recalled);
	el_wset(e->el, EL_GETCFN, get_key);
	el_source(e->el, NULL);
	bind_keys(e->el);
	history_file_each(history, recall, c);
	el_set(e->el, EL_UNBUFFERED, 1);
	/* On a tiny screen libedit overruns its buffer. */
	el_set(e->el, EL_SETTC, "li", "24", NULL);
	el_set(e->el, EL_SETTC, "co", "80", NULL);
	paste_mark(c, true);
	return 0;
}

static void libedit_prompt(struct console *c, struct bytes prompt)
{
	struct libedit *e = c->state;

	free(e->prompt);
	e->prompt = xstrndup(prompt);
	if (!e->in_line && !e->away)
		draw(c);
}

static bool libedit_is_typing(const struct console *c)
{
	const struct libedit *e = c->state;
	const LineInfoW *line = el_wline(e->el);

	return line->buffer != line->lastchar || e->paste.open ||
	       buf_len(&e->begun) || buf_len(&e->keys);
}

static bool libedit_discard_line(struct console *c)
{
	struct libedit *e = c->state;
	const LineInfoW *line = el_wline(e->el);
	bool held = libedit_is_typing(c);

	/* With Ctrl-C the terminal may have discarded the end of an open paste.
	 */
	paste_drop(&e->paste);
	buf_clear(&e->keys);
	e->again = 0;
	if (!held) {
		/* FORGET also leaves vi's command mode. */
		give_order(e, FORGET);
		return false;
	}
	el_cursor(e->el, (int)(line->lastchar - line->cursor));
	draw(c);
	tty_queue_put(c->tty_queue, BYTES("^C\r\n"));
	line_draw_forget(&e->drawn);
	give_order(e, FORGET);
	draw(c);
	return true;
}

static void libedit_resize(struct console *c)
{
	struct libedit *e = c->state;
	struct buf line;
	size_t point;

	if (e->away)
		return;
	point = get_line(e, &line);
	line_draw_resize(&e->drawn, e->prompt, buf_bytes(&line), point);
	buf_fini(&line);
	draw(c);
}

static void libedit_suspend(struct console *c)
{
	struct libedit *e = c->state;

	if (e->away)
		return;
	erase(c);
	paste_mark(c, false);
	e->away = true;
	el_set(e->el, EL_PREP_TERM, 0);
}

static void libedit_resume(struct console *c)
{
	struct libedit *e = c->state;

	/* If libedit_suspend() did not run before, SIGSTOP has stopped the
	 * process. Then the terminal was not restored, and the cursor has not
	 * moved or is in column 0 of a new row. */
	if (!e->away) {
		el_set(e->el, EL_PREP_TERM, 0);
		line_draw_forget(&e->drawn);
	}
	e->away = false;
	el_set(e->el, EL_PREP_TERM, 1);
	paste_mark(c, true);
	draw(c);
}

static void libedit_history(struct console *c, struct buf *out)
{
	struct libedit *e = c->state;
	HistEventW event;
	int r = history_w(e->history, &event, H_LAST);

	for (; r >= 0; r = history_w(e->history, &event, H_PREV)) {
		key_narrow(event.str, event.str + wcslen(event.str), out);
		buf_putc(out, '\n');
	}
}

static void libedit_stop(struct console *c)
{
	struct libedit *e = c->state;

	if (e->el && !e->away && !c->hung_up) {
		erase(c);
		paste_mark(c, false);
	}
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_wend(e->history);
	if (e->talk)
		history_wend(e->talk);
	if (e->nowhere)
		fclose(e->nowhere);
	buf_fini(&e->keys);
	buf_fini(&e->begun);
	paste_fini(&e->paste);
	free(e->prompt);
	free(e);
	c->state = NULL;
}

const struct console_ops console_libedit = {
    .name = "libedit",
    .start = libedit_start,
    .readable = libedit_readable,
    .late = libedit_late,
    .prompt = libedit_prompt,
    .print_above = libedit_print_above,
    .is_typing = libedit_is_typing,
    .discard_line = libedit_discard_line,
    .resize = libedit_resize,
    .suspend = libedit_suspend,
    .resume = libedit_resume,
    .recall_talk = libedit_recall_talk,
    .record_line = libedit_record_line,
    .history = libedit_history,
    .stop = libedit_stop,
};
