/* SPDX-License-Identifier: ISC */
/*
 * The rung that divides a stream into messages and frames what is sent.
 * src/codec reads and writes each kind of frame.
 *
 * Messages are lent as windows into the received bytes. Only an incomplete
 * frame at the end is copied, with the piece of the next unit that completes
 * it. A message that arrived in one piece is never copied or moved.
 */
#include "rung/rungs.h"

#include "rung/rio.h"

#include <stdio.h>
#include <stdlib.h>

/* How many bytes of the next unit are first added to a kept frame; each further
 * step doubles the number. */
#define PIECE_FIRST ((size_t)512)
/* The most memory that an idle buffer keeps. */
#define KEEP ((size_t)4 << 10)

/* Flag of a line that had a CR before its LF. */
#define FRAME_CR (UNIT_OWN & 0x100u)

struct frame_rung {
	struct rung rung;
	struct frame frame;
	struct rio_in in;   /* the incomplete frame */
	size_t seen;        /* bytes of it already searched */
	struct buf scratch; /* an unescaped payload */
	struct buf out;     /* a frame to send */
};

static struct frame_rung *of(struct rung *r)
{
	return list_entry(r, struct frame_rung, rung);
}

static const struct frame_rung *of_const(const struct rung *r)
{
	return list_entry(r, const struct frame_rung, rung);
}

/* Returns the offset in the stream of the last `n` received bytes. */
static uint64_t offset_of_last(const struct rung *r, size_t n)
{
	const struct rung *below = r->below;
	return (below ? below->bytes : r->ladder->bytes)[DIR_UP] - n;
}

static void forget(struct frame_rung *f)
{
	rio_in_fini(&f->in);
	buf_fini(&f->scratch);
	f->seen = 0;
}

/* Passes bytes up unchanged. Result: 0, or -1 and *e from a rung above. */
static int pass_raw(struct frame_rung *f, struct bytes data, struct err *e)
{
	struct unit raw = {.data = data, .flags = UNIT_RAW};
	return data.len ? rung_pass_up(&f->rung, &raw, e) : 0;
}

/* Ends the rung because the frame that begins with the kept bytes and `rest`
 * cannot be read. Result: -1. */
static int frame_rung_give_up(struct frame_rung *f, struct bytes rest,
			      size_t wrong, const struct err *why,
			      struct err *e)
{
	struct bytes kept = rio_peek(&f->in);
	uint64_t at = offset_of_last(&f->rung, kept.len + rest.len) + wrong;
	err_set(e, why->kind, why->code,
		"frame: %.120s, at offset %llu; the message and all later "
		"bytes are kept raw",
		why->text, (unsigned long long)at);
	f->rung.state = RUNG_ENDED;
	(void)pass_raw(f, kept, NULL);
	(void)pass_raw(f, rest, NULL);
	forget(f);
	return -1;
}

static int no_memory(struct frame_rung *f, struct bytes rest, struct err *e)
{
	struct err why;
	err_set(&why, ERR_LIMIT, 0, "no memory for a message");
	return frame_rung_give_up(f, rest, 0, &why, e);
}

/* Returns true for lines that end in LF, with or without a CR before it. */
static bool ends_either_way(const struct frame_rung *f)
{
	return f->frame.kind == FRAME_LINE && !f->frame.mark_len;
}

/* The result of reading one frame after another; *e is the first error from
 * above. */
struct reading {
	size_t took;
	struct err why; /* reason for FRAME_BAD */
	int status;     /* status from the rungs above */
	struct err *e;
};

/* Reads one frame from `in` and passes it up. */
static enum frame_result pass_one(struct frame_rung *f, struct bytes in,
				  struct reading *now)
{
	struct unit unit = {.flags = 0};
	now->took = f->seen;
	f->seen = 0;
	enum frame_result r = frame_read(&f->frame, in, &now->took, &f->scratch,
					 &unit.data, &now->why);
	if (r == FRAME_MORE)
		f->seen = now->took;
	if (r != FRAME_OK)
		return r;
	if (ends_either_way(f) && in.at[unit.data.len] == '\r')
		unit.flags |= FRAME_CR;
	if (rung_pass_up(&f->rung, &unit, now->status ? NULL : now->e))
		now->status = -1;
	return r;
}

/* Completes the kept frame with as many bytes of *rest as it needs. */
static int complete(struct frame_rung *f, struct bytes *rest, struct err *e)
{
	struct reading now = {.e = e};
	size_t step = PIECE_FIRST;
	while (rest->len && rio_peek(&f->in).len) {
		struct bytes piece = bytes_head(*rest, step);
		if (rio_feed(&f->in, piece) != RIO_MORE)
			return no_memory(f, *rest, e);
		struct bytes in = rio_peek(&f->in);
		switch (pass_one(f, in, &now)) {
		case FRAME_OK:
		case FRAME_SKIP:
			/* The kept bytes held no complete frame, so any bytes
			 * after the frame belong to this piece. */
			*rest = bytes_skip(*rest,
					   piece.len - (in.len - now.took));
			rio_skip(&f->in, in.len);
			buf_free_idle(&f->in.buf, KEEP);
			break;
		case FRAME_MORE:
			*rest = bytes_skip(*rest, piece.len);
			step = step < RIO_CHUNK ? step * 2 : step;
			break;
		case FRAME_BAD:
			*rest = bytes_skip(*rest, piece.len);
			return frame_rung_give_up(f, *rest, now.took, &now.why,
						  e);
		}
	}
	return now.status;
}

/* Passes up the complete frames of *rest; an incomplete one stays in it. */
static int pass_whole(struct frame_rung *f, struct bytes *rest, struct err *e)
{
	struct reading now = {.e = e};
	while (rest->len) {
		switch (pass_one(f, *rest, &now)) {
		case FRAME_OK:
		case FRAME_SKIP:
			*rest = bytes_skip(*rest, now.took);
			break;
		case FRAME_MORE:
			return now.status;
		case FRAME_BAD:
			return frame_rung_give_up(f, *rest, now.took, &now.why,
						  e);
		}
	}
	return now.status;
}

/* Handles the end of the stream. Result: 0, or -1 and *e if the stream ended
 * inside a frame. */
static int end_within(struct frame_rung *f, struct err *e)
{
	struct bytes kept = rio_peek(&f->in);
	size_t whole = frame_wire_len(&f->frame, kept);
	char size[32] = "";
	if (!kept.len)
		return 0;
	if (whole)
		snprintf(size, sizeof size, " of %zu", whole);
	err_set(e, ERR_FRAME, 0,
		"frame: stream ended %zu byte%s into a frame%s at offset %llu; "
		"%s kept",
		kept.len, kept.len == 1 ? "" : "s", size,
		(unsigned long long)offset_of_last(&f->rung, kept.len),
		kept.len == 1 ? "the byte is" : "the bytes are");
	f->rung.state = RUNG_ENDED;
	(void)pass_raw(f, kept, NULL);
	forget(f);
	return -1;
}

static int up(struct rung *r, const struct unit *u, struct err *e)
{
	struct frame_rung *f = of(r);
	struct bytes rest = u->data;
	struct unit end = {.flags = UNIT_END};
	int status = complete(f, &rest, e);
	if (r->state == RUNG_OPEN && rest.len)
		status |= pass_whole(f, &rest, e);
	if (r->state == RUNG_OPEN && rest.len &&
	    rio_feed(&f->in, rest) != RIO_MORE)
		status = no_memory(f, rest, e);
	buf_free_idle(&f->scratch, KEEP);
	if (!(u->flags & UNIT_END))
		return status;
	if (r->state == RUNG_OPEN)
		status |= end_within(f, e);
	return rung_pass_up(r, &end, status ? NULL : e) | status;
}

static int down(struct rung *r, const struct unit *u, struct err *e)
{
	struct frame_rung *f = of(r);
	struct unit framed = *u;
	if (u->flags & UNIT_RAW || (u->flags & UNIT_END && !u->data.len))
		return rung_pass_down(r, u, e);
	/* Detach f->out first: rung_pass_down() may re-enter down(). */
	struct buf out = f->out;
	buf_init(&f->out, out.limit);
	int status = frame_write(&f->frame, u->data, &out, e);
	framed.data = buf_bytes(&out);
	if (!status)
		status = rung_pass_down(r, &framed, e);
	buf_clear(&out);
	buf_free_idle(&out, KEEP);
	buf_fini(&f->out);
	f->out = out;
	return status;
}

static int frame_start(struct rung *r, struct err *e)
{
	struct frame_rung *f = of(r);
	f->in.buf.account = r->ladder->account;
	f->scratch.account = r->ladder->account;
	return rung_opened(r, e);
}

static void frame_info(const struct rung *r, struct buf *out)
{
	const struct frame_rung *f = of_const(r);
	size_t held = rio_peek(&f->in).len;
	/* The session prints the frame's kind. */
	if (r->state == RUNG_ENDED)
		buf_puts(out, "ended by an error\n");
	if (held)
		buf_printf(out, "held %zu byte%s of a message\n", held,
			   held == 1 ? "" : "s");
}

static struct bytes left(const struct rung *r)
{
	return rio_peek(&of_const(r)->in);
}

static void undo(const struct rung *r, const struct unit *u, struct buf *out)
{
	const struct frame_rung *f = of_const(r);
	size_t before = buf_len(out);
	if (ends_either_way(f)) {
		buf_put(out, u->data);
		buf_puts(out, u->flags & FRAME_CR ? "\r\n" : "\n");
		return;
	}
	if (!frame_write(&f->frame, u->data, out, NULL))
		return;
	buf_truncate(out, before);
	buf_put(out, u->data);
}

static void rung_free(struct rung *r)
{
	struct frame_rung *f = of(r);
	forget(f);
	buf_fini(&f->out);
	free(f);
}

static const struct rung_ops ops = {
    .name = "frame",
    .brief = "messages in a stream",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .start = frame_start,
    .up = up,
    .down = down,
    .info = frame_info,
    .leftover = left,
    .to_wire = undo,
    .free = rung_free,
};

struct rung *frame_rung(const struct frame *frame)
{
	struct frame_rung *f = xalloc(sizeof *f);
	size_t most = frame_wire_max(frame);
	f->rung.ops = &ops;
	f->frame = *frame;
	rio_in_init(&f->in, most + RIO_CHUNK);
	buf_init(&f->scratch, most);
	buf_init(&f->out, SIZE_MAX / 8);
	return &f->rung;
}

const struct frame *frame_of(const struct rung *r)
{
	return r && r->ops == &ops ? &of_const(r)->frame : NULL;
}
