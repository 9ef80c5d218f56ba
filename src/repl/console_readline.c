/* SPDX-License-Identifier: ISC */
/*
 * The console with GNU readline, which edits, recalls and draws the line. The
 * loop decides when to read and draw; no function here waits.
 *
 * readline draws the rows of a line taller than the screen over each other, so
 * show_part() passes only the visible part to readline.
 *
 * Long: only one file includes the header of readline.
 */
#include "history_file.h"
#include "keys.h"
#include "line_layout.h"
#include "paste.h"
#include "rung/text.h"
#include "tab.h"
#include "tty_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

/* The value of rl_editing_mode for vi; readline has no name for it. */
enum { VI = 0 };

/* Maximum number of nested commands that wait for a key, such as `d`, a count,
 * ESC. */
enum { STATES_MAX = 3 };

/* Maximum length of a displayed line: a byte takes up to twelve bytes. */
#define SHOWN_MAX (12 * KEYS_MAX)

/* Maximum number of reads in drain_keys(); readline cannot push back that many
 * keys. */
enum { PUT_BACK_MAX = 1024 };

/* Limit of the count for quoted insert. */
enum { QUOTES_MAX = 1000 };

/* Minimum screen size for readline. */
enum { ROWS_MIN = 2, COLUMNS_MIN = 4 };

#define ABORT_KEY ('G' & 037)
/* States of a command that waits for its next key. */
#define IN_COMMAND                                                   \
	(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG | \
	 RL_STATE_MULTIKEY | RL_STATE_VIMOTION | RL_STATE_CHARSEARCH)

struct readline {
	char *prompt;
	struct window shown;
	size_t marked;   /* hidden rows that the prompt reports; 0: none */
	struct buf keys; /* keys read, not yet passed to readline */
	size_t given;    /* bytes of `keys` that readline may read */
	struct paste paste;
	int quotes;   /* how often to insert the next character as it is */
	bool marks;   /* the user enabled bracketed paste */
	bool bell;    /* the user left the bell enabled */
	bool drains;  /* readline discards pushed-back keys */
	bool starved; /* readline asked for more keys than given */
	bool owed;    /* `prompt` is not yet set in readline */
	bool in_line; /* a line is being passed on; nothing is drawn */
	bool away;
	bool talk;           /* readline has the history of `talk` */
	HISTORY_STATE other; /* the history that readline does not have */
};

/* The console that uses readline; readline's callbacks have no context
 * argument. */
static struct console *theirs;

/* Returns true while readline displays the prompt of a search or of a count. */
static bool searching(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			  RL_STATE_NUMERICARG);
}

/* ---- the screen ---- */

static void set_prompt(struct readline *g)
{
	rl_set_prompt(g->prompt);
	g->marked = 0;
}

static void set_mark(struct readline *g, size_t rows)
{
	char mark[48];

	if (!rows) {
		set_prompt(g);
		return;
	}
	snprintf(mark, sizeof(mark), LAYOUT_MARK " ", rows);
	rl_set_prompt(mark);
	g->marked = rows;
}

static void find_window(const struct readline *g, struct window *w)
{
	struct bytes line = bytes_of(rl_line_buffer, (size_t)rl_end);
	const char *prompt = searching() ? rl_display_prompt : g->prompt;
	struct spot begin;
	int rows, columns;

	rl_get_screen_size(&rows, &columns);
	spot_init(&begin, (unsigned)columns);
	spot_text(&begin, bytes_str(prompt ? prompt : ""));
	layout_window(w, &begin, line, (size_t)rl_point, (size_t)rows);
}

/* Turns off three features: the bell, which readline writes to stderr and which
 * blocks while the terminal is stopped; horizontal scrolling, which is faulty;
 * and bracketed paste, which paste.c handles. */
static void set_variables(void)
{
	rl_variable_bind("bell-style", "none");
	rl_variable_bind("horizontal-scroll-mode", "off");
	rl_variable_bind("enable-bracketed-paste", "off");
}

/* Sets readline's screen size, with a minimum: on a smaller screen readline
 * scrolls horizontally, which in release 8.2 divides by zero or never ends. */
static void set_size(void)
{
	unsigned columns, rows;

	layout_terminal_size(&columns, &rows);
	rl_set_screen_size(
	    (int)(rows < ROWS_MIN ? ROWS_MIN : rows),
	    (int)(columns < COLUMNS_MIN ? COLUMNS_MIN : columns));
}

/* Sets readline's variables to the visible part of the line, escaped. */
static void show_part(struct buf *shown, const struct window *w)
{
	struct bytes line = bytes_of(rl_line_buffer, (size_t)rl_end);
	size_t point = (size_t)rl_point - w->from, len = w->to - w->from;
	size_t mark = (size_t)rl_mark < w->from ? 0 : (size_t)rl_mark - w->from;
	size_t *const places[] = {&point, &mark};

	if (mark > len)
		mark = len;
	layout_escape(shown, bytes_skip(bytes_head(line, w->to), w->from),
		      places, 2);
	rl_end = (int)buf_len(shown);
	rl_line_buffer = (char *)(uintptr_t)buf_cstr(shown);
	rl_point = (int)point;
	rl_mark = (int)mark;
}

/* Draws the visible part of the line; readline's redisplay function. */
static void draw(void)
{
	struct readline *g = theirs->state;
	struct window w;
	char *line = rl_line_buffer;
	int point = rl_point, end = rl_end, mark = rl_mark;
	struct buf shown;

	if (g->drains)
		return;
	/* The last key may have reloaded the user's inputrc, which may set
	 * these variables too. */
	set_variables();
	find_window(g, &w);
	if (w.above != g->shown.above ||
	    (w.above != g->marked && !searching())) {
		rl_clear_visible_line();
		rl_on_new_line();
		if (!searching())
			set_mark(g, w.above);
	}
	g->shown = w;
	buf_init(&shown, SHOWN_MAX);
	show_part(&shown, &w);
	rl_redisplay();
	rl_line_buffer = line;
	rl_point = point;
	rl_end = end;
	rl_mark = mark;
	buf_fini(&shown);
}

static void redraw(void)
{
	rl_on_new_line();
	draw();
}

/* Draws the finished line: first the hidden part, or a mark if that is too
 * long, then the visible part. */
static void draw_whole(struct console *c)
{
	struct readline *g = c->state;
	struct text t;

	rl_point = rl_end;
	draw();
	if (!g->shown.above)
		return;
	rl_clear_visible_line();
	text_init(&t, BUF_SMALL, false);
	if (g->shown.from <= LAYOUT_UNSEEN_MAX) {
		layout_prompt(&t.buf, g->prompt);
		text_escape_lines(&t, bytes_of(rl_line_buffer, g->shown.from));
	} else {
		text_printf(&t, LAYOUT_MARK, g->shown.above);
	}

	struct bytes b = text_bytes(&t);

	tty_queue_put(c->tty_queue, b);
	if (b.len && b.at[b.len - 1] != '\n')
		tty_queue_put(c->tty_queue, BYTES("\n"));
	text_fini(&t);
	rl_set_prompt("");
	redraw();
}

static int got_enter(int count, int key)
{
	const struct readline *g = theirs->state;

	/* A terminal that lost rows may have dropped the rows below the cursor:
	 * redraw the line. */
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
	struct readline *g = c->state;

	if (g->drains) {
		free(line);
		return;
	}
	g->in_line = true;
	if (line) {
		layout_split_lines(c, bytes_str(line));
	} else {
#if RL_READLINE_VERSION >= 0x0802
		/* readline has printed the newline of Ctrl-D; with the flag set
		 * it would print another. */
		rl_eof_found = 0;
#endif
		rl_clear_visible_line();
		c->sink->end(c);
	}
	free(line);
	g->in_line = false;
	if (g->owed && g->prompt)
		set_prompt(g);
	g->owed = false;
}

static void readline_print_above(struct console *c, struct bytes text)
{
	rl_clear_visible_line();
	tty_queue_put(c->tty_queue, text);
	redraw();
}

/* Replaces quoted insert. readline's own command turns the terminal's signals
 * off, and leaves them off if the command is abandoned. */
static int got_quote(int count, int key)
{
	struct readline *g = theirs->state;

	(void)key;
	g->quotes = count < 1 ? 1 : count > QUOTES_MAX ? QUOTES_MAX : count;
	g->given = 0;
	return 0;
}

/*
 * Replaces readline's abort command, which readline also runs for every unbound
 * key. The original jumps (longjmp) to the function in which readline began to
 * read a command. In release 8.2 that function may have returned, because one
 * rl_callback_read_char() may take two steps; the program then crashes.
 */
static int got_abort(int count, int key)
{
	(void)count;
	(void)key;
	rl_discard_argument();
	rl_clear_pending_input();
	/* Empty a running macro, so that the macro ends at its next key. */
	if (rl_executing_macro)
		memset(rl_executing_macro, 0, strlen(rl_executing_macro));
	rl_last_func = NULL;
	return 0;
}

static int got_tab(int count, int key)
{
	struct console *c = theirs;
	const struct readline *g = c->state;
	struct completion found;
	unsigned columns, rows;

	(void)count;
	(void)key;
	layout_terminal_size(&columns, &rows);
	completion_find(c, bytes_of(rl_line_buffer, (size_t)rl_end),
			(size_t)rl_point, columns, &found);
	if (buf_len(&found.insert)) {
		rl_begin_undo_group();
		rl_delete_text((int)found.from, rl_point);
		rl_point = (int)found.from;
		rl_insert_text(buf_cstr(&found.insert));
		rl_end_undo_group();
	} else if (buf_len(&found.list)) {
		readline_print_above(c, buf_bytes(&found.list));
	} else if (g->bell) {
		tty_queue_put(c->tty_queue, BYTES("\a"));
	}
	completion_fini(&found);
	return 0;
}

/* Makes readline's other completion commands find nothing: their pager would
 * wait for a key. */
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

/* Returns the user's keyseq-timeout in ms. */
static unsigned sequence_wait(void)
{
	const char *value = rl_variable_value("keyseq-timeout");
	long ms = value ? strtol(value, NULL, 10) : KEYS_WAIT_MS;

	return ms < 1                  ? 1
	       : ms > KEYS_WAIT_MAX_MS ? KEYS_WAIT_MAX_MS
				       : (unsigned)ms;
}

/* Ends nested commands that wait for a key. */
static void end_commands(void)
{
	if (RL_ISSTATE(RL_STATE_NUMERICARG)) {
		rl_restore_prompt();
		rl_clear_message();
	}
	for (int i = 0; i < STATES_MAX; i++)
		rl_callback_sigcleanup();
}

/* Inserts a paste. readline's own function would wait for the end of the paste,
 * and crashes if keys of other commands look like the end mark. */
static void insert_paste(struct readline *g)
{
	struct buf *text = &g->paste.text;

	end_commands();
	rl_insert_text(buf_cstr(text));
	buf_fini(text);
	draw();
}

/* Inserts the next character for quoted insert. Returns false if the character
 * has not arrived yet. */
static bool insert_quoted(struct readline *g)
{
	char *text;
	wchar_t c;
	size_t n = key_char(buf_bytes(&g->keys), &c);

	if (!n)
		return false;
	text = xstrndup(bytes_head(buf_bytes(&g->keys), n));
	buf_drop(&g->keys, n);
	rl_begin_undo_group();
	for (; g->quotes > 0; g->quotes--)
		rl_insert_text(text);
	rl_end_undo_group();
	free(text);
	draw();
	return true;
}

/*
 * Lets readline read whole keys only, because some of its commands would wait
 * for the rest of a key. `all`: the rest of a key did not come in time, so pass
 * on the incomplete key. Returns false if more keys are needed.
 */
static bool give_keys(struct console *c, bool all)
{
	struct readline *g = c->state;
	struct bytes b;

	c->wait_ms = 0;
	while (g->paste.open || paste_begin(&g->paste, &g->keys)) {
		if (!paste_take(c, &g->paste, &g->keys))
			return false;
		insert_paste(g);
	}
	if (g->quotes && !insert_quoted(g))
		return false;
	b = buf_bytes(&g->keys);
	g->given = key_run(b);
	if (!g->given)
		g->given = all ? b.len : key_length(b);
	if (!g->given && b.len)
		c->wait_ms = sequence_wait();
	/* End a search first. The search would push the keys back, and if they
	 * are bound to no command, readline jumps to a function that has
	 * returned. */
	if (g->given > 1 && b.at[0] < ' ' && RL_ISSTATE(RL_STATE_ISEARCH))
		end_commands();
	return g->given > 0;
}

/* Returns readline's next key. If no key is left, returns EOF to a command that
 * reads more keys, which abandons the command. Between commands EOF would end
 * the program, so returns ABORT_KEY. */
static int get_char(FILE *file)
{
	struct readline *g = theirs->state;
	int key;

	(void)file;
	if (!g->given) {
		g->starved = true;
		return RL_ISSTATE(RL_STATE_READCMD) ? ABORT_KEY : EOF;
	}
	key = g->keys.data[g->keys.head];
	buf_drop(&g->keys, 1);
	g->given--;
	return key;
}

/* Returns true if a key follows, so that ESC begins a sequence. */
static int more_keys(void)
{
	const struct readline *g = theirs->state;

	return g->given > 0;
}

static bool is_on(const char *variable)
{
	const char *value = rl_variable_value(variable);

	return value && !strcmp(value, "on");
}

static void rebind_in(Keymap map, rl_command_func_t *from,
		      rl_command_func_t *to)
{
	char **keys = rl_invoking_keyseqs_in_map(from, map);

	for (char **key = keys; key && *key; key++) {
		rl_bind_keyseq_in_map(*key, to, map);
		free(*key);
	}
	free(keys);
}

/* Binds the keys of readline's command `from` to `to`, in each mode. */
static void rebind(rl_command_func_t *from, rl_command_func_t *to)
{
	rebind_in(emacs_standard_keymap, from, to);
	rebind_in(vi_movement_keymap, from, to);
	rebind_in(vi_insertion_keymap, from, to);
}

/* Binds got_abort() to the keys that have no command. */
static void bind_unbound(Keymap map)
{
	for (int key = 0; key < KEYMAP_SIZE - 1; key++) {
		if (map[key].type == ISKMAP)
			bind_unbound((Keymap)(uintptr_t)map[key].function);
		else if (map[key].type == ISFUNC && !map[key].function &&
			 !map[ANYOTHERKEY].function)
			map[key].function = got_abort;
	}
}

static int readline_start(struct console *c, struct bytes history,
			  struct err *e)
{
	FILE *pen = tty_queue_draw_stream(c->tty_queue);
	struct readline *g;

	if (!pen)
		return err_set(e, ERR_LIMIT, 0,
			       "not enough memory for the line editor");
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
	stifle_history(HISTORY_MAX);
	history_file_each(history, recall, c);
	rl_getc_function = get_char;
	rl_input_available_hook = more_keys;
	rl_initialize();
	/* Unbind vi's completion commands: they would find nothing, and may
	 * never return. */
	for (const char *key = "*=\\"; *key; key++)
		rl_unbind_key_in_map(*key, vi_movement_keymap);
	/* Set only after rl_initialize(), which would otherwise not query the
	 * terminal. */
	rl_redisplay_function = draw;
	rl_bind_key('\t', got_tab);
	rebind(rl_newline, got_enter);
	rebind(rl_quoted_insert, got_quote);
	rebind(rl_abort, got_abort);
	bind_unbound(emacs_standard_keymap);
	bind_unbound(vi_movement_keymap);
	bind_unbound(vi_insertion_keymap);
	g->marks = is_on("enable-bracketed-paste");
	g->bell = strcmp(rl_variable_value("bell-style"), "none") != 0;
	set_variables();
	set_size();
	g->prompt = xstrdup("");
	buf_init(&g->keys, KEYS_MAX);
	paste_init(&g->paste);
	if (g->marks)
		paste_mark(c, true);
	rl_callback_handler_install(g->prompt, got_line);
	return 0;
}

/* Returns true if readline has keys of its own: from a macro, or one that was
 * put back. Clears a NUL that was put back, because readline would lose the NUL
 * and leave RL_STATE_INPUTPENDING set. */
static bool has_keys(void)
{
	if (!rl_pending_input)
		rl_clear_pending_input();
	return rl_pending_input || RL_ISSTATE(RL_STATE_MACROINPUT);
}

static void run_keys(struct console *c, bool all)
{
	struct readline *g = c->state;

	while (!c->hung_up && give_keys(c, all))
		while (!c->hung_up && (g->given || has_keys()))
			rl_callback_read_char();
	buf_free_idle(&g->keys, KEYS_READ);
	if (g->owed && !searching()) {
		g->owed = false;
		rl_clear_visible_line();
		set_prompt(g);
		redraw();
	}
}

static void readline_readable(struct console *c)
{
	struct readline *g = c->state;

	if (key_read(c, &g->keys))
		run_keys(c, false);
	else
		c->sink->end(c);
}

static void readline_late(struct console *c)
{
	const struct readline *g = c->state;

	if (!g->away)
		run_keys(c, true);
}

static void readline_prompt(struct console *c, struct bytes prompt)
{
	struct readline *g = c->state;

	free(g->prompt);
	g->prompt = xstrndup(prompt);
	g->owed = g->in_line || g->away || searching();
	if (g->owed)
		return;
	rl_clear_visible_line();
	set_prompt(g);
	redraw();
}

/* Makes readline consume the keys that it has pushed back; otherwise these keys
 * would get into the next line. */
static void drain_keys(struct readline *g)
{
	g->drains = true;
	g->starved = false;
	for (int i = 0; i < PUT_BACK_MAX && !g->starved; i++)
		rl_callback_read_char();
	g->drains = false;
	end_commands();
}

static bool readline_is_typing(const struct console *c)
{
	const struct readline *g = c->state;

	return rl_end > 0 || RL_ISSTATE(IN_COMMAND) || buf_len(&g->keys) ||
	       g->paste.open;
}

static bool readline_discard_line(struct console *c)
{
	struct readline *g = c->state;
	bool held = readline_is_typing(c);

	/* With Ctrl-C the terminal may have discarded the end of an open paste.
	 */
	paste_drop(&g->paste);
	buf_clear(&g->keys);
	g->given = 0;
	g->quotes = 0;
	rl_free_line_state();
	rl_clear_pending_input();
	end_commands();
	rl_point = rl_end;
	if (held) {
		draw();
		fputs("^C", rl_outstream);
		rl_crlf();
	}
	drain_keys(g);
	rl_replace_line("", 1);
	using_history();
	if (rl_editing_mode == VI)
		rl_vi_insertion_mode(1, 'i');
	/* A search has its own prompt, and may have delayed a new prompt. */
	set_prompt(g);
	g->owed = false;
	redraw();
	return held;
}

/*
 * Redraws the line after a resize. A terminal with a new width has most likely
 * rewrapped the line, so the cursor's new row is computed first.
 */
static void readline_resize(struct console *c)
{
	struct readline *g = c->state;
	struct buf erase;
	struct spot at;
	unsigned columns, rows;
	/* A search may have changed the line since it was drawn. */
	size_t from = g->shown.from;

	if (from > (size_t)rl_point)
		from = (size_t)rl_point;
	if (g->away)
		return;
	layout_terminal_size(&columns, &rows);
	spot_init(&at, columns);
	spot_text(&at, bytes_str(rl_display_prompt ? rl_display_prompt : ""));
	spot_text(&at,
		  bytes_of(rl_line_buffer + from, (size_t)rl_point - from));
	buf_init(&erase, BUF_SMALL);
	layout_erase(&erase, at.row);
	tty_queue_put(c->tty_queue, buf_bytes(&erase));
	buf_fini(&erase);
	set_size();
	redraw();
}

static void readline_suspend(struct console *c)
{
	struct readline *g = c->state;

	if (g->away)
		return;
	g->away = true;
	rl_clear_visible_line();
	rl_deprep_terminal();
	if (g->marks)
		paste_mark(c, false);
}

static void readline_resume(struct console *c)
{
	struct readline *g = c->state;

	/* If readline_suspend() did not run before, SIGSTOP has stopped the
	 * process. Then the terminal was not restored, and the cursor has not
	 * moved or is in column 0 of a new row. */
	if (!g->away) {
		rl_deprep_terminal();
		layout_erase_row(c);
	}
	g->away = false;
	rl_prep_terminal(1);
	if (g->marks)
		paste_mark(c, true);
	set_size();
	if (g->owed && !searching()) {
		set_prompt(g);
		g->owed = false;
	}
	redraw();
}

static void swap_history(struct readline *g)
{
	HISTORY_STATE *now = history_get_history_state();

	history_set_history_state(&g->other);
	g->other = *now;
	free(now);
	stifle_history(HISTORY_MAX);
	using_history();
	g->talk = !g->talk;
}

static void readline_recall_talk(struct console *c, bool talk)
{
	struct readline *g = c->state;

	if (g->talk == talk)
		return;
	/* The undo list of the line may belong to an entry of the history. At
	 * the end of a line readline has freed that list. */
	if (!g->in_line)
		rl_free_line_state();
	swap_history(g);
}

static void readline_record_line(struct console *c, struct bytes line)
{
	recall(c, line);
	using_history();
}

static void readline_history(struct console *c, struct buf *out)
{
	const struct readline *g = c->state;
	HIST_ENTRY **entries = g->talk ? g->other.entries : history_list();

	for (; entries && *entries; entries++) {
		buf_puts(out, (*entries)->line);
		buf_putc(out, '\n');
	}
}

static void readline_stop(struct console *c)
{
	struct readline *g = c->state;

	if (!g->away && !c->hung_up)
		rl_clear_visible_line();
	if (!g->away && !c->hung_up && g->marks)
		paste_mark(c, false);
	rl_callback_handler_remove();
	rl_redisplay_function = rl_redisplay;
	clear_history();
	swap_history(g);
	clear_history();
	buf_fini(&g->keys);
	paste_fini(&g->paste);
	free(g->prompt);
	free(g);
	c->state = NULL;
}

const struct console_ops console_readline = {
    .name = "readline",
    .start = readline_start,
    .readable = readline_readable,
    .late = readline_late,
    .prompt = readline_prompt,
    .print_above = readline_print_above,
    .is_typing = readline_is_typing,
    .discard_line = readline_discard_line,
    .resize = readline_resize,
    .suspend = readline_suspend,
    .resume = readline_resume,
    .recall_talk = readline_recall_talk,
    .record_line = readline_record_line,
    .history = readline_history,
    .stop = readline_stop,
};
