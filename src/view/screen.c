/* SPDX-License-Identifier: ISC */
/*
 * The screen: turns hub events into rows, and prints them once a turn, or
 * earlier if other output would overtake them. The front end writes the rows.
 */
#include "rung/screen.h"
#include "rung/text.h"

#include "rows.h"

#include <inttypes.h>
#include <string.h>

/* Maximum length of a turn's text. Never reached, because the number of rows is
 * limited and a long row counts as several. */
#define TEXT_MAX ((size_t)64 << 20)
/* Maximum memory kept from one turn to the next. */
#define TEXT_KEEP ((size_t)1 << 20)

/* Minimum number of rows that a message needs. If fewer are left in the turn,
 * the message is counted instead of printed. */
enum { ROWS_LEAST = 4 };

/* Adds the rows of the text after offset `from` to the rows of this turn. */
static void charge_rows(struct screen *s, size_t from)
{
	s->rows += rows_count(bytes_skip(text_bytes(&s->text), from));
}

/* Ends an open row. Result: the length of the text so far. */
static size_t next_row(struct screen *s)
{
	struct bytes text = text_bytes(&s->text);

	s->text.colour = s->out->colour;
	if (text.len && text.at[text.len - 1] != '\n')
		text_puts(&s->text, "\n");
	return buf_len(&s->text.buf);
}

static void elide(struct screen *s, const struct event *ev)
{
	s->elided++;
	s->elided_bytes += ev->unit->data.len;
	s->elided_last = ev->number;
}

/* Sets the limits of a message: those that the user has chosen, or the
 * defaults. The bytes beyond SCREEN_MESSAGE_MAX are not in the log. */
static void limit_message(const struct display *display,
			  const struct view_ops *view, struct view_style *style,
			  struct log_entry *entry)
{
	if (display->max_chosen) {
		style->max = display->view_max;
		return;
	}
	if (view->no_header)
		return;
	entry->data = bytes_head(entry->data, SCREEN_MESSAGE_MAX);
	if (style->rows > SCREEN_MESSAGE_ROWS)
		style->rows = SCREEN_MESSAGE_ROWS;
}

static void show_message(struct screen *s, const struct view_ops *view,
			 const struct event *ev)
{
	struct loop *loop = s->hub->loop;
	const struct session *from = ev->session;
	struct view_style style = {
	    .time = s->time,
	    .began = s->hub->began,
	    .previous = s->previous,
	    .wall = loop_wall(loop) - loop_now(loop),
	    .rows = SCREEN_ROWS - s->rows,
	};
	struct log_entry entry = {
	    .number = ev->number,
	    .at = ev->at,
	    .offset = ev->offset,
	    .dir = ev->dir,
	    .flags = ev->unit->flags,
	    .attrs = ev->unit->attrs,
	    .kind = ev->unit->kind,
	    .len = ev->unit->data.len,
	    .data = ev->unit->data,
	};
	limit_message(&from->display, view, &style, &entry);
	/* Raw data is printed without newlines between its pieces. */
	size_t before = view->no_header ? buf_len(&s->text.buf) : next_row(s);

	memcpy(entry.session, from->name, sizeof(entry.session));
	view_message(view, &entry, &style, &s->text);
	charge_rows(s, before);
	s->previous = ev->at;
}

static void on_message(struct screen *s, const struct event *ev)
{
	const struct display *display = &ev->session->display;
	const struct view_ops *view = display->view ? display->view : s->view;

	if (!display->live || view->silent)
		return;
	if (s->rows + ROWS_LEAST > SCREEN_ROWS)
		elide(s, ev);
	else
		show_message(s, view, ev);
}

/* Returns true if this turn has rows left for a notice; else counts the notice
 * as elided. */
static bool notice_fits(struct screen *s, bool important)
{
	size_t most = SCREEN_ROWS + (important ? SCREEN_SPARE : 0);

	if (s->rows < most)
		return true;
	s->elided_notices++;
	return false;
}

/* Prints a line such as `c1: words`. Escapes the words, because they may quote
 * a peer. */
static void screen_print(struct screen *s, const struct event *ev,
			 enum style style, struct buf *words)
{
	size_t from = next_row(s);

	text_style(&s->text, style);
	if (ev->session)
		text_printf(&s->text, "%s: ", ev->session->name);
	out_escape(&s->text, buf_bytes(words));
	text_style(&s->text, STYLE_PLAIN);
	text_puts(&s->text, "\n");
	charge_rows(s, from);
}

static void print_text(struct screen *s, const struct event *ev,
		       enum style style)
{
	struct buf words;

	buf_init(&words, BUF_SMALL);
	buf_puts(&words, ev->text);
	screen_print(s, ev, style, &words);
	buf_fini(&words);
}

/* Describes the new state. Result: false: this state gets no notice. */
static bool describe_state(const struct event *ev, struct buf *words)
{
	const struct session *from = ev->session;

	switch (session_state(from)) {
	case SESSION_RESOLVING:
	case SESSION_CONNECTING:
	case SESSION_OPENING:
	case SESSION_CLOSING:
	case SESSION_CLOSED:
		return false;
	case SESSION_LISTENING:
		buf_puts(words, "listening on ");
		session_print_address(from, words);
		return true;
	case SESSION_OPEN:
		buf_puts(words, "open to ");
		session_print_address(from, words);
		return true;
	case SESSION_HALF_CLOSED:
		/* An echo session shuts down its sending side at once: wait for
		 * the notice of its end. */
		if (from->echo)
			return false;
		session_why(from, words);
		return true;
	}
	return false;
}

static void on_state(struct screen *s, const struct event *ev)
{
	struct buf words;

	buf_init(&words, BUF_SMALL);
	if (describe_state(ev, &words) && notice_fits(s, false))
		screen_print(s, ev, STYLE_DIM, &words);
	buf_fini(&words);
}

static void on_created(struct screen *s, const struct event *ev)
{
	struct buf words;

	if (ev->session->role != ROLE_PEER || !notice_fits(s, false))
		return;
	buf_init(&words, BUF_SMALL);
	buf_puts(&words, "accepted from ");
	session_print_address(ev->session, &words);
	screen_print(s, ev, STYLE_DIM, &words);
	buf_fini(&words);
}

static void on_end(struct screen *s, const struct event *ev)
{
	struct buf words;

	if (!notice_fits(s, ev->err != NULL))
		return;
	buf_init(&words, BUF_SMALL);
	session_why(ev->session, &words);
	screen_print(s, ev, ev->err ? STYLE_ERROR : STYLE_DIM, &words);
	buf_fini(&words);
}

/* Returns true if the session's end needs no notice, for example because a
 * waiting command reports the end. */
static bool end_is_reported(const struct screen *s, const struct event *ev)
{
	const struct session *ended = ev->session;
	bool states = s->states || s->out->verbose;

	if (session_end_is_reported(ended) &&
	    (!states || !session_was_open(ended)))
		return true;
	return !states && !ev->err;
}

/* Prints a control unit: its direction, kind, name and size. */
static void on_control(struct screen *s, const struct event *ev)
{
	const struct unit *u = ev->unit;
	struct bytes name = BYTES_NONE;
	struct buf words = {.limit = BUF_SMALL};

	if (!s->out->verbose || !notice_fits(s, false))
		return;
	buf_puts(&words, ev->dir == DIR_DOWN ? "> " : "< ");
	if (ev->number)
		buf_printf(&words, "#%" PRIu64 " ", ev->number);
	unit_kind_print(u->kind, u->flags, &words);
	if (u->attrs && attrs_get(u->attrs, "name", &name)) {
		buf_putc(&words, ' ');
		buf_put(&words, name);
	}
	buf_printf(&words, ", %zu byte%s", u->data.len,
		   text_plural(u->data.len));
	screen_print(s, ev, STYLE_DIM, &words);
	buf_fini(&words);
}

static void on_notice(struct screen *s, const struct event *ev)
{
	bool states = s->states || s->out->verbose;

	switch (ev->kind) {
	case EVENT_CREATED:
		if (states)
			on_created(s, ev);
		break;
	case EVENT_STATE:
		if (states)
			on_state(s, ev);
		break;
	case EVENT_NOTICE:
		if (notice_fits(s, true))
			print_text(s, ev, STYLE_NOTICE);
		break;
	case EVENT_DETAIL:
		if (s->out->verbose && notice_fits(s, false))
			print_text(s, ev, STYLE_DIM);
		break;
	case EVENT_ENDED:
		if (!end_is_reported(s, ev))
			on_end(s, ev);
		break;
	case EVENT_CONTROL:
		on_control(s, ev);
		break;
	case EVENT_MESSAGE:
	case EVENT_LADDER:
	case EVENT_EXPECT:
	case EVENT_CONTEXT:
	case EVENT_ERROR:
	case EVENT_EXIT:
		break;
	}
}

static void screen_on_event(struct subscriber *sub, const struct event *ev)
{
	struct screen *s = list_entry(sub, struct screen, sub);

	if (ev->kind == EVENT_MESSAGE)
		on_message(s, ev);
	else if (!s->out->quiet)
		on_notice(s, ev);
}

/* Prints `… 41212 bytes in 17 messages elided (log -n 17, show #42)`. */
static void print_elided(struct screen *s)
{
	struct text *t = &s->text;

	if (s->elided) {
		next_row(s);
		text_style(t, STYLE_DIM);
		text_puts(t, "… ");
		text_printf(
		    t, "%" PRIu64 " byte%s in %" PRIu64 " message%s elided (",
		    s->elided_bytes, text_plural(s->elided_bytes), s->elided,
		    text_plural(s->elided));
		if (s->elided > 1)
			text_printf(t, "log -n %" PRIu64 ", ", s->elided);
		text_printf(t, "show #%" PRIu64 ")", s->elided_last);
		text_style(t, STYLE_PLAIN);
	}
	if (s->elided_notices) {
		next_row(s);
		text_style(t, STYLE_DIM);
		text_puts(t, "… ");
		text_printf(t, "%" PRIu64 " notice%s elided", s->elided_notices,
			    text_plural(s->elided_notices));
		text_style(t, STYLE_PLAIN);
	}
}

void screen_flush(struct screen *s)
{
	if (!buf_len(&s->text.buf) && !s->elided && !s->elided_notices)
		return;
	print_elided(s);
	next_row(s);
	s->out->ops->diag(s->out, text_bytes(&s->text));
	buf_clear(&s->text.buf);
	buf_free_idle(&s->text.buf, TEXT_KEEP);
	s->rows = 0;
	s->elided = s->elided_bytes = s->elided_notices = 0;
}

static void show(struct hook *hook)
{
	struct screen *s = list_entry(hook, struct screen, show);

	if (!s->out->delayed || !s->out->delayed(s->out))
		screen_flush(s);
}

void screen_init(struct screen *s, struct hub *hub, struct out *out,
		 const struct view_ops *view)
{
	*s = (struct screen){
	    .sub = {.on_event = screen_on_event},
	    .show = {.run = show},
	    .hub = hub,
	    .out = out,
	    .view = view,
	    .states = true,
	};
	text_init(&s->text, TEXT_MAX, out->colour);
	out->screen = s;
	hub_subscribe(hub, &s->sub);
	loop_add_hook(hub->loop, PHASE_SHOW, &s->show);
}

void screen_fini(struct screen *s)
{
	screen_flush(s);
	s->out->screen = NULL;
	hub_unsubscribe(&s->sub);
	list_remove(&s->show.at);
	text_fini(&s->text);
}
