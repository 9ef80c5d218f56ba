/* SPDX-License-Identifier: ISC */
/*
 * The console with libedit, by its own interface: what it offers under
 * readline's names overruns its buffer on a line of some thousand characters.
 * It edits and recalls the line. When anything is read is the loop's affair:
 * the keys are read here and libedit is called once a whole one is there, for
 * else it would wait. And the line is drawn here: of one that is taller than
 * the screen libedit would draw the last rows, wherever the cursor is.
 */
#include "above.h"
#include "complete.h"
#include "drawn.h"
#include "keys.h"
#include "outlet.h"
#include "past.h"

#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So many characters at once were not typed one by one. */
#define RUN_LEAST 64

/* A key that makes libedit forget the line; it has no call for that. C1
 * controls are not typed, and are dropped where they come all the same. */
#define FORGET     L'\237'
#define FORGET_KEY "\\237"

struct edit {
	EditLine *el;
	HistoryW *history;
	struct buf keys;  /* read, and not yet libedit's */
	struct buf paste; /* a bracketed paste that has not ended */
	FILE *nowhere;    /* what libedit draws with */
	char *prompt;
	struct drawn drawn;
	bool forget, pasting, overlong, in_line, away;
};

static struct console *console_of(EditLine *el)
{
	void *c = NULL;

	el_get(el, EL_CLIENTDATA, &c);
	return c;
}

/* ---- the screen ---- */

/* The text, and the cursor's place in it. */
static size_t get_line(const struct edit *e, struct buf *out)
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
	struct edit *e = c->state;
	struct buf line, out;
	size_t point = get_line(e, &line);

	buf_init(&out, BUF_SMALL);
	drawn_line(&e->drawn, &out, e->prompt, buf_bytes(&line), point);
	outlet_put(c->outlet, buf_bytes(&out));
	buf_fini(&out);
	buf_fini(&line);
}

static void draw_done(struct console *c, struct bytes line)
{
	struct edit *e = c->state;
	struct buf out;

	buf_init(&out, BUF_SMALL);
	drawn_done(&e->drawn, &out, e->prompt, line);
	outlet_put(c->outlet, buf_bytes(&out));
	buf_fini(&out);
}

static void erase(struct console *c)
{
	struct edit *e = c->state;
	struct buf out;

	buf_init(&out, BUF_SMALL);
	drawn_erase(&e->drawn, &out);
	outlet_put(c->outlet, buf_bytes(&out));
	buf_fini(&out);
}

static void edit_above(struct console *c, struct bytes text)
{
	erase(c);
	outlet_put(c->outlet, text);
	draw(c);
}

/* ---- keys ---- */

/* libedit's source of characters. It asks for more than there is only in the
 * middle of a command of several keys. */
static int get_key(EditLine *el, wchar_t *out)
{
	struct console *c = console_of(el);
	struct edit *e = c->state;

	if (e->forget) {
		*out = FORGET;
		return 1;
	}
	for (;;) {
		size_t n = key_char(buf_bytes(&e->keys), out);

		if (!n) {
			struct pollfd more = {.fd = STDIN_FILENO,
					      .events = POLLIN};

			poll(&more, 1, -1);
			if (!key_read(c, &e->keys))
				return 0;
			continue;
		}
		buf_drop(&e->keys, n);
		if (!(*out >= 0x80 && *out < 0xa0))
			return 1;
	}
}

static void forget(struct edit *e)
{
	int n;

	e->forget = true;
	el_wgets(e->el, &n);
	e->forget = false;
}

static void insert(struct edit *e, struct bytes text)
{
	size_t count;
	wchar_t *wide = key_widen(text, &count);

	if (count)
		el_winsertstr(e->el, wide);
	free(wide);
}

/* Result: whether the paste has ended. */
static bool take_paste(struct console *c)
{
	struct edit *e = c->state;
	size_t held = buf_len(&e->paste), from = held > 5 ? held - 5 : 0;

	if (buf_put(&e->paste, buf_bytes(&e->keys)) < 0) {
		if (!e->overlong)
			c->sink->overlong(c);
		e->overlong = true;
		/* The mark may be cut in two. */
		buf_drop(&e->paste, from);
		buf_put(&e->paste, buf_bytes(&e->keys));
		from = 0;
	}
	buf_clear(&e->keys);

	size_t end = bytes_find(buf_bytes(&e->paste), key_paste_end, from);

	if (end == BYTES_NOWHERE)
		return false;
	buf_put(&e->keys,
		bytes_skip(buf_bytes(&e->paste), end + key_paste_end.len));
	buf_cut(&e->paste, end);
	for (size_t i = e->paste.head; i < e->paste.tail; i++)
		if (e->paste.data[i] == '\r')
			e->paste.data[i] = '\n';
	e->pasting = false;
	if (!e->overlong)
		insert(e, buf_bytes(&e->paste));
	e->overlong = false;
	buf_fini(&e->paste);
	return true;
}

/* Result: false: nothing can be done until there is more. */
static bool take_key(struct console *c)
{
	struct edit *e = c->state;
	struct bytes b = buf_bytes(&e->keys);
	size_t run = key_run(b);
	int n;

	if (e->pasting)
		return take_paste(c);
	if (bytes_starts(b, key_paste)) {
		buf_drop(&e->keys, key_paste.len);
		e->pasting = true;
		return true;
	}
	if (run >= RUN_LEAST) {
		char *text = xstrndup(bytes_head(b, run));

		buf_drop(&e->keys, run);
		insert(e, bytes_str(text));
		free(text);
		return true;
	}
	if (!key_length(b))
		return false;
	el_wgets(e->el, &n);
	return true;
}

static void edit_readable(struct console *c)
{
	struct edit *e = c->state;

	if (!key_read(c, &e->keys)) {
		c->sink->end(c);
		return;
	}
	while (!c->gone && !e->away && buf_len(&e->keys) && take_key(c))
		;
	buf_relax(&e->keys, KEYS_READ);
	if (!c->gone && !e->away)
		draw(c);
}

/* ---- libedit's commands ---- */

/* CC_FATAL: the line is empty, and history begins with the last one. */
static unsigned char do_forget(EditLine *el, int key)
{
	const struct edit *e = ((struct console *)console_of(el))->state;

	(void)key;
	return e->forget ? CC_FATAL : CC_NORM;
}

static unsigned char do_accept(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct edit *e = c->state;
	struct buf text;

	(void)key;
	(void)get_line(e, &text);
	draw_done(c, buf_bytes(&text));
	e->in_line = true;
	above_lines(c, buf_bytes(&text));
	e->in_line = false;
	buf_fini(&text);
	return CC_FATAL;
}

static unsigned char do_clear(EditLine *el, int key)
{
	struct console *c = console_of(el);
	struct edit *e = c->state;

	(void)key;
	outlet_put(c->outlet, BYTES("\033[H\033[J"));
	drawn_gone(&e->drawn);
	return CC_NORM;
}

static unsigned char do_end(EditLine *el, int key)
{
	struct console *c = console_of(el);
	const LineInfoW *line = el_wline(el);

	(void)key;
	if (line->buffer == line->lastchar) {
		c->sink->end(c);
		return CC_NORM;
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
	buf_cut(&text, point);
	above_size(&columns, &rows);
	completion_find(c, buf_bytes(&text), buf_len(&text), columns, &found);
	if (buf_len(&found.insert)) {
		free(key_widen(bytes_skip(buf_bytes(&text), found.from),
			       &count));
		el_deletestr(el, (int)count);

		wchar_t *wide = key_widen(buf_bytes(&found.insert), &count);

		el_winsertstr(el, wide);
		free(wide);
	} else if (buf_len(&found.list)) {
		edit_above(c, buf_bytes(&found.list));
	} else {
		outlet_put(c->outlet, BYTES("\a"));
	}
	completion_fini(&found);
	buf_fini(&text);
	return CC_NORM;
}

static const struct {
	const wchar_t *name, *what;
	unsigned char (*run)(EditLine *, int);
} commands[] = {
    {L"rung-forget", L"lets go of the line", do_forget},
    {L"rung-accept", L"ends the line", do_accept},
    {L"rung-end", L"leaves, or deletes the next character", do_end},
    {L"rung-interrupt", L"as the signal of that key", do_interrupt},
    {L"rung-complete", L"completes the word", do_complete},
    {L"rung-clear", L"clears the screen", do_clear},
};

/* Searching as one types is libedit's own loop, in which nothing else would
 * go on: ^R and ^S find the lines that begin with what is typed instead. */
static const char *const bindings[][2] = {
    {FORGET_KEY, "rung-forget"},
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

/* The same of vi's other map, whose search and commands are such loops, too;
 * its `v` would wait for another editor. */
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
	/* There ESC alone is a key: what follows it is then of the other map,
	 * as libedit has the arrows. */
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

static void edit_remember(struct console *c, struct bytes line)
{
	struct edit *e = c->state;
	HistEventW event;
	size_t count;
	wchar_t *wide = key_widen(line, &count);

	history_w(e->history, &event, H_ENTER, wide);
	free(wide);
}

static void recall(void *ctx, struct bytes entry)
{
	edit_remember(ctx, entry);
}

static void mark_pastes(struct console *c, bool on)
{
	outlet_put(c->outlet, on ? BYTES("\033[?2004h") : BYTES("\033[?2004l"));
}

static int edit_start(struct console *c, const char *history_file,
		      struct err *err)
{
	struct edit *e = xalloc(sizeof(*e));
	HistEventW event;

	c->state = e;
	e->nowhere = fopen("/dev/null", "we");
	e->prompt = xstrdup("");
	buf_init(&e->keys, KEYS_MAX);
	buf_init(&e->paste, KEYS_MAX);
	if (e->nowhere)
		e->el = el_init_fd("rung", stdin, e->nowhere, e->nowhere,
				   STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
	e->history = history_winit();
	if (!e->el || !e->history) {
		c->ops->stop(c);
		return err_set(err, ERR_IO, 0,
			       "libedit cannot use this terminal");
	}
	history_w(e->history, &event, H_SETSIZE, PAST_MAX);
	history_w(e->history, &event, H_SETUNIQUE, 1);
	el_set(e->el, EL_CLIENTDATA, c);
	el_set(e->el, EL_SIGNAL, 0);
	el_set(e->el, EL_EDITOR, "emacs");
	el_wset(e->el, EL_HIST, history_w, e->history);
	el_wset(e->el, EL_GETCFN, get_key);
	el_source(e->el, NULL);
	bind_keys(e->el);
	if (history_file)
		(void)past_load(history_file, recall, c, NULL);
	el_set(e->el, EL_UNBUFFERED, 1);
	mark_pastes(c, true);
	return 0;
}

static void edit_prompt(struct console *c, struct bytes prompt)
{
	struct edit *e = c->state;

	free(e->prompt);
	e->prompt = xstrndup(prompt);
	if (!e->in_line && !e->away)
		draw(c);
}

static bool edit_abandon(struct console *c)
{
	struct edit *e = c->state;
	const LineInfoW *line = el_wline(e->el);
	bool held = line->buffer != line->lastchar || e->pasting;

	/* An open paste: its end may have been dropped with the signal. */
	e->pasting = e->overlong = false;
	buf_fini(&e->paste);
	buf_clear(&e->keys);
	if (!held)
		return false;
	el_cursor(e->el, (int)(line->lastchar - line->cursor));
	draw(c);
	outlet_put(c->outlet, BYTES("^C\r\n"));
	drawn_gone(&e->drawn);
	forget(e);
	draw(c);
	return true;
}

static void edit_resize(struct console *c)
{
	struct edit *e = c->state;
	struct buf line;
	size_t point;

	if (e->away)
		return;
	point = get_line(e, &line);
	drawn_resized(&e->drawn, e->prompt, buf_bytes(&line), point);
	buf_fini(&line);
	draw(c);
}

static void edit_suspend(struct console *c)
{
	struct edit *e = c->state;

	if (e->away)
		return;
	erase(c);
	mark_pastes(c, false);
	e->away = true;
	el_set(e->el, EL_PREP_TERM, 0);
}

static void edit_resume(struct console *c)
{
	struct edit *e = c->state;

	/* Stopped from outside, it had no time to give the terminal back; the
	 * cursor is where it was, or in a row of its own. */
	if (!e->away) {
		el_set(e->el, EL_PREP_TERM, 0);
		drawn_gone(&e->drawn);
	}
	e->away = false;
	el_set(e->el, EL_PREP_TERM, 1);
	mark_pastes(c, true);
	draw(c);
}

static void edit_history(struct console *c, struct buf *out)
{
	struct edit *e = c->state;
	HistEventW event;
	int r = history_w(e->history, &event, H_LAST);

	for (; r >= 0; r = history_w(e->history, &event, H_PREV)) {
		key_narrow(event.str, event.str + wcslen(event.str), out);
		buf_putc(out, '\n');
	}
}

static void edit_stop(struct console *c)
{
	struct edit *e = c->state;

	if (e->el && !e->away && !c->gone) {
		erase(c);
		mark_pastes(c, false);
	}
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_wend(e->history);
	if (e->nowhere)
		fclose(e->nowhere);
	buf_fini(&e->keys);
	buf_fini(&e->paste);
	free(e->prompt);
	free(e);
	c->state = NULL;
}

const struct console_ops console_edit = {
    .name = "libedit",
    .start = edit_start,
    .readable = edit_readable,
    .prompt = edit_prompt,
    .above = edit_above,
    .abandon = edit_abandon,
    .resize = edit_resize,
    .suspend = edit_suspend,
    .resume = edit_resume,
    .remember = edit_remember,
    .history = edit_history,
    .stop = edit_stop,
};
