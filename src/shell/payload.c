/* SPDX-License-Identifier: ISC */
/*
 * Prints the payload of commands: one piece in each turn, so that a long
 * payload does not delay other tasks, and none while the reader of stdout is
 * behind. view/out.c escapes the payload, the front end writes it.
 */
#include "shell_own.h"

#include <assert.h>

/* Bytes in a piece: its formatted rows fit in the CPU cache. */
#define PIECE ((size_t)256 << 10)

static bool is_unread(const struct call *c)
{
	const struct out *out = c->shell->out;
	return out->unread && out->unread(out);
}

static void print_now(struct call *c, struct bytes b)
{
	c->task->printed = true;
	if (c->rest.quoted)
		out_raw(c->shell->out, b);
	else
		out_payload(c->shell->out, b);
}

static void print_or_keep(struct call *c, struct bytes b, bool quoted)
{
	struct payload_rest *rest = &c->rest;
	assert(!rest->view);
	assert(!buf_len(&rest->data) || rest->quoted == quoted);
	rest->quoted = quoted;
	if (!buf_len(&rest->data) && !is_unread(c)) {
		print_now(c, bytes_head(b, PIECE));
		b = bytes_skip(b, PIECE);
	}
	/* Without memory for a copy, print everything now. */
	if (b.len && buf_put(&rest->data, b) < 0)
		print_now(c, b);
}

void call_print(struct call *c, struct bytes b)
{
	print_or_keep(c, b, false);
}

void call_print_quoted(struct call *c, struct bytes b)
{
	print_or_keep(c, b, true);
}

void call_text(struct call *c, const struct text *t)
{
	print_or_keep(c, text_bytes(t), true);
}

size_t call_view_bytes(struct call *c, const struct view_ops *view,
		       struct bytes data, uint64_t offset, bool final,
		       struct text *rows)
{
	size_t done = 0, most = PIECE;
	c->task->printed = true;
	while (done < data.len) {
		struct bytes piece = bytes_head(bytes_skip(data, done), most);
		bool last = done + piece.len == data.len;
		size_t n = view->body(piece, offset + done, final && last,
				      rows);
		if (text_bytes(rows).len)
			out_text(c->shell->out, rows);
		buf_clear(&rows->buf);
		done += n;
		if (n == 0 && last)
			break;
		if (n == 0)
			most *= 2;
	}
	return done;
}

/* Prints the next rows of the rest. Result: number of bytes printed. */
static size_t print_rows(struct call *c)
{
	struct payload_rest *rest = &c->rest;
	const struct out *out = c->shell->out;
	struct bytes all = buf_bytes(&rest->data);
	size_t most = rest->view->row == VIEW_WHOLE ? all.len : PIECE, n;
	struct text rows;
	text_init(&rows, SIZE_MAX, out->colour && out->terminal);
	do {
		struct bytes piece = bytes_head(all, most);
		bool last = piece.len == all.len;
		n = call_view_bytes(c, rest->view, piece, rest->offset, last,
				    &rows);
		if (last)
			n = all.len;
		most *= 2; /* a row may be longer than a piece */
	} while (n == 0);
	text_fini(&rows);
	rest->offset += n;
	return n;
}

bool call_print_rest(struct call *c)
{
	struct payload_rest *rest = &c->rest;
	struct bytes piece = bytes_head(buf_bytes(&rest->data), PIECE);
	size_t n = piece.len;
	if (rest->view)
		n = print_rows(c);
	else
		print_now(c, piece);
	buf_drop(&rest->data, n);
	return buf_len(&rest->data) > 0;
}

void call_print_view(struct call *c, const struct view_ops *view,
		     struct bytes data, uint64_t offset)
{
	struct payload_rest *rest = &c->rest;
	assert(!buf_len(&rest->data));
	if (!data.len || buf_put(&rest->data, data) < 0)
		return;
	rest->view = view;
	rest->offset = offset;
	if (!is_unread(c))
		call_print_rest(c);
}

enum cmd_status call_settle(struct call *c, enum cmd_status status)
{
	if (!buf_len(&c->rest.data))
		return status;
	c->rest.finished = status != CMD_WAIT;
	c->rest.status = status;
	call_wait_output(c);
	return call_wait(c, NULL, CALL_FOREVER);
}

bool call_has_rest(const struct call *c)
{
	return buf_len(&c->rest.data) > 0;
}

void call_drop_rest(struct call *c)
{
	buf_fini(&c->rest.data);
	c->rest = (struct payload_rest){.view = NULL};
	buf_init(&c->rest.data, SIZE_MAX);
}
