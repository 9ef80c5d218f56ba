/* SPDX-License-Identifier: ISC */
/*
 * Prints a message: a header, a body aligned under the header, and a note on
 * omitted data. Each view formats the bytes of the body.
 */
#include "rows.h"
#include "view_table.h"

#include "rung/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Maximum of `rows`, so that a sum of row counts cannot overflow. */
#define ROWS_MAX ((size_t)1 << 24)

/* A message being printed. */
struct sheet {
	const struct view_ops *ops;
	const struct log_entry *entry;
	struct text *out;
	size_t margin; /* width of the header and the blank after it */
	size_t rows;   /* limit; 0: none */
	size_t to;     /* end of the bytes that the next note counts */
	bool headed;   /* the header is printed, but not yet its line end */
};

static void put_clock(const struct log_entry *e, const struct view_style *style,
		      struct text *out)
{
	uint64_t wall = e->at + style->wall;
	uint64_t ms = wall % NS_PER_S / NS_PER_MS;
	time_t seconds = (time_t)(wall / NS_PER_S);
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	text_printf(out, "%02d:%02d:%02d.%03u", tm.tm_hour, tm.tm_min,
		    tm.tm_sec, (unsigned)ms);
}

static void put_since(const struct log_entry *e, uint64_t since,
		      struct text *out)
{
	uint64_t ms = e->at > since ? (e->at - since) / NS_PER_MS : 0;

	text_printf(out, "+%" PRIu64 ".%03u", ms / 1000, (unsigned)(ms % 1000));
}

static void put_time(const struct log_entry *e, const struct view_style *style,
		     struct text *out)
{
	switch (style->time) {
	case TIME_OFF:
		return;
	case TIME_REL:
		put_since(e, style->began, out);
		break;
	case TIME_ABS:
		put_clock(e, style, out);
		break;
	case TIME_DELTA:
		put_since(e,
			  style->previous > style->began ? style->previous
							 : style->began,
			  out);
		break;
	}
	text_puts(out, " ");
}

/* Prints the header without the blank after it, because the body may start on a
 * new row. */
static void put_header(struct sheet *s, const struct view_style *style)
{
	const struct log_entry *e = s->entry;
	size_t from = buf_len(&s->out->buf);
	bool sent = e->dir == DIR_DOWN;

	if (style->time != TIME_OFF) {
		text_style(s->out, STYLE_DIM);
		put_time(e, style, s->out);
	}
	text_style(s->out, sent ? STYLE_SENT : STYLE_RECEIVED);
	text_escape(s->out, bytes_of(e->session,
				     strnlen(e->session, SESSION_NAME_MAX)));
	text_puts(s->out, sent ? " >" : " <");
	text_style(s->out, STYLE_DIM);
	text_printf(s->out, " #%" PRIu64 " ", e->number);
	if (e->kind)
		text_printf(s->out, "%s.%s ", e->kind->rung, e->kind->name);
	view_size(e->len, s->out);
	text_style(s->out, STYLE_PLAIN);
	s->margin = text_width(bytes_skip(text_bytes(s->out), from)) + 1;
	s->headed = true;
}

/* Ends the header's row, so that the body begins on the next row, without an
 * indent. */
static void leave_header(struct sheet *s)
{
	if (s->headed)
		text_puts(s->out, "\n");
	if (s->headed && s->rows > 1)
		s->rows--;
	s->headed = false;
	s->margin = 0;
}

/* Returns true if the last row has no newline yet: raw bytes, or a piece of a
 * long row. */
static bool is_open(const struct sheet *s)
{
	struct bytes shown = text_bytes(s->out);

	return !s->headed && shown.len && shown.at[shown.len - 1] != '\n';
}

static void begin_row(struct sheet *s)
{
	static const char blanks[] = "                                ";
	size_t left = is_open(s) ? 0 : s->margin;

	if (s->headed) {
		text_puts(s->out, " ");
		s->headed = false;
		return;
	}
	while (left) {
		struct bytes some = bytes_head(bytes_str(blanks), left);

		buf_put(&s->out->buf, some);
		left -= some.len;
	}
}

static void put_bytes_of(uint64_t n, struct text *out)
{
	text_printf(out, "%" PRIu64 "%s", n, n == 1 ? " byte " : " bytes ");
}

/* Prints `… 41212 bytes more (show #42)`, after a header without a body or on a
 * row of its own. `kept`: the log has some of the bytes. */
static void put_note(struct sheet *s, size_t n, const char *what, bool kept)
{
	if (is_open(s))
		text_puts(s->out, "\n");
	begin_row(s);
	text_style(s->out, STYLE_DIM);
	text_puts(s->out, "… ");
	put_bytes_of(n, s->out);
	text_puts(s->out, what);
	if (kept)
		text_printf(s->out, " (show #%" PRIu64 "%s)", s->entry->number,
			    s->to > LOG_MESSAGE_MAX ? " prints the first 64 KiB"
						    : "");
	text_style(s->out, STYLE_PLAIN);
	text_puts(s->out, "\n");
}

/* Prints one row. `made`: the view has already formatted the row. */
static void message_view_put_row(struct sheet *s, struct bytes row, bool made)
{
	size_t from = buf_len(&s->out->buf);

	begin_row(s);

	size_t begun = buf_len(&s->out->buf);

	if (made)
		buf_put(&s->out->buf, row);
	else
		s->ops->body(row, 0, true, s->out);
	/* An empty row gets no indent, because the indent would be trailing
	 * blanks. */
	if (buf_len(&s->out->buf) == begun + 1 && row_end(row)) {
		buf_truncate(&s->out->buf, from);
		text_puts(s->out, "\n");
	}
}

static void put_rows(struct sheet *s, struct bytes data, bool made)
{
	while (data.len) {
		struct bytes row = bytes_head(data, row_next(data, true));

		message_view_put_row(s, row, made);
		data = bytes_skip(data, row.len);
	}
}

/* A body with too many rows: its start and its end are printed, with a note
 * between them that takes one row. */
struct division {
	size_t head, tail; /* length of the start; offset of the end */
};

static size_t rows_of_head(size_t rows)
{
	return rows / 2;
}

static size_t rows_of_tail(size_t rows)
{
	return rows - rows_of_head(rows) - 1;
}

static struct division divide_lines(struct bytes data, size_t rows)
{
	struct division d = {data.len, data.len};

	if (!rows || rows_head(data, rows) == data.len)
		return d;
	d.head = rows_head(data, rows_of_head(rows));
	d.tail = rows_tail(data, rows_of_tail(rows));
	if (d.tail < d.head)
		d.tail = d.head;
	return d;
}

static struct division divide_hex_rows(struct bytes data, size_t rows)
{
	size_t all = (data.len + 15) / 16;

	if (!rows || all <= rows)
		return (struct division){data.len, data.len};
	return (struct division){rows_of_head(rows) * 16,
				 (all - rows_of_tail(rows)) * 16};
}

static void show_lines(struct sheet *s, struct bytes data)
{
	struct division d = divide_lines(data, s->rows);

	put_rows(s, bytes_head(data, d.head), false);
	if (d.tail > d.head)
		put_note(s, d.tail - d.head, "elided", true);
	put_rows(s, bytes_skip(data, d.tail), false);
}

static void show_hex_rows(struct sheet *s, struct bytes data)
{
	uint64_t offset = s->entry->offset;

	leave_header(s);

	struct division d = divide_hex_rows(data, s->rows);

	s->ops->body(bytes_head(data, d.head), offset, true, s->out);
	if (d.tail > d.head)
		put_note(s, d.tail - d.head, "elided", true);
	s->ops->body(bytes_skip(data, d.tail), offset + d.tail, true, s->out);
}

/* Returns true for JSON of several rows, which starts on a row of its own. Any
 * other body from show_whole() begins on the header's row. */
static bool stands_apart(struct bytes made)
{
	return made.len && (made.at[0] == '{' || made.at[0] == '[') &&
	       bytes_find_byte(made, '\n', 0) + 1 < made.len;
}

/* Prints rows that a view has formatted. */
static void put_made(struct sheet *s, struct bytes all)
{
	struct division d = divide_lines(all, s->rows);

	put_rows(s, bytes_head(all, d.head), true);
	if (d.tail > d.head)
		put_note(s, d.tail - d.head, "of rows elided", true);
	put_rows(s, bytes_skip(all, d.tail), true);
}

/* Formats the whole body before its rows are counted. */
static void show_whole(struct sheet *s, struct bytes data)
{
	struct text made;

	text_init(&made, s->out->buf.limit, s->out->colour);
	s->ops->body(data, s->entry->offset, true, &made);

	struct bytes all = text_bytes(&made);

	if (stands_apart(all))
		leave_header(s);

	put_made(s, all);
	text_fini(&made);
}

/* Prints a message with a head. Hex rows need the width of the screen. */
static void show_headed(struct sheet *s, struct bytes data)
{
	struct text made;

	text_init(&made, s->out->buf.limit, s->out->colour);
	if (view_headed(s->ops, s->entry, data, &made))
		leave_header(s);
	put_made(s, text_bytes(&made));
	text_fini(&made);
}

static void show_body(struct sheet *s, struct bytes data)
{
	const struct unit_kind *kind = s->entry->kind;

	if (s->ops->by_type && kind && kind->flags & KIND_HEADED) {
		show_headed(s, data);
		return;
	}
	switch (s->ops->row) {
	case VIEW_LINE:
		show_lines(s, data);
		return;
	case VIEW_HEX_ROW:
		show_hex_rows(s, data);
		return;
	case VIEW_WHOLE:
		show_whole(s, data);
		return;
	}
}

void view_message(const struct view_ops *ops, const struct log_entry *e,
		  const struct view_style *style, struct text *out)
{
	struct sheet s = {.ops = ops, .entry = e, .out = out};
	struct bytes data = e->data;

	if (ops->silent)
		return;
	if (style->max)
		data = bytes_head(data, style->max);
	if (style->rows)
		s.rows = style->rows < ROWS_MAX ? style->rows : ROWS_MAX;
	if (!ops->no_header)
		put_header(&s, style);
	s.to = data.len;
	if (data.len)
		show_body(&s, data);
	s.to = e->len;
	if (data.len < e->data.len && data.len < LOG_MESSAGE_MAX)
		put_note(&s, e->len - data.len, "more", true);
	else if (data.len < e->len && !ops->no_header)
		put_note(&s, e->len - data.len, "more, not kept", false);
	if (s.headed)
		leave_header(&s);
}
