/* SPDX-License-Identifier: ISC */
/*
 * The rung that divides a stream into messages and frames what is sent.
 * src/codec reads and writes each kind of frame.
 *
 * A message that arrived in one unit is passed up without a copy, unless it has
 * to be decoded. An incomplete frame at the end of a unit is kept as a
 * copy, and completed with bytes of the next units.
 */
#include "rung/rungs.h"

#include "rung/codec/frame.h"
#include "rung/rio.h"
#include "rung/text.h"
#include "rung/words.h"

#include <stdio.h>
#include <stdlib.h>

/* How many bytes of the next unit are first added to a kept frame; each further
 * step doubles the number. */
#define PIECE_FIRST ((size_t)512)
/* The most memory that an idle buffer keeps. */
#define KEEP ((size_t)4 << 10)
/* Limit of the kept bytes between frames (runs of END in SLIP); the rest is
 * dropped. */
#define SKIPPED_MAX ((size_t)64 << 10)

/* Flag of a line that had a CR before its LF. */
#define FRAME_CR (UNIT_OWN & 0x100u)

struct frame_rung {
	struct rung rung;
	struct frame frame;
	struct rio_in in;   /* the incomplete frame */
	size_t seen;        /* bytes of the incomplete frame already searched */
	struct bytes rest;  /* unread bytes of the unit in up() */
	struct buf skipped; /* bytes between the last frame and the next */
	struct buf memo;    /* see frame_memo() */
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

/* Frees the received bytes after they were passed up raw. */
static void forget(struct frame_rung *f)
{
	rio_in_fini(&f->in);
	buf_fini(&f->skipped);
	buf_fini(&f->scratch);
	f->seen = 0;
}

/* Fails the rung: the kept bytes and f->rest begin with an invalid frame.
 * `wrong`: offset of the wrong byte in them. */
static void frame_fail(struct frame_rung *f, size_t wrong,
		       const struct err *why)
{
	struct err e;
	struct bytes rest = f->rest;
	uint64_t at = rung_received(&f->rung) - rio_peek(&f->in).len -
		      rest.len + wrong;
	f->rest = BYTES_NONE;
	err_set(&e, why->kind, why->code,
		"frame: %.120s, at offset %llu; the message and all later "
		"bytes are kept raw",
		why->text, (unsigned long long)at);
	rung_fail(&f->rung, rest, &e);
}

static void no_memory(struct frame_rung *f)
{
	struct err why;
	err_set(&why, ERR_LIMIT, 0, "no memory for a message");
	frame_fail(f, 0, &why);
}

/* Returns true for lines that end in LF, with or without a CR before it. */
static bool ends_either_way(const struct frame_rung *f)
{
	return f->frame.kind == FRAME_LINE && !f->frame.mark_len;
}

/*
 * Copies the frame, and the skipped bytes before it, to the memo, unless
 * frame_to_wire() can make the same bytes from the unit.
 */
static void make_memo(struct frame_rung *f, struct bytes frame,
		      struct bytes payload)
{
	size_t skipped = buf_len(&f->skipped);
	if (!skipped && !frame_has_forms(&f->frame))
		return;
	if (!frame_write(&f->frame, payload, &f->memo, NULL)) {
		struct bytes made = buf_bytes(&f->memo);
		bool same = made.len == skipped + frame.len &&
			    bytes_starts(made, buf_bytes(&f->skipped)) &&
			    bytes_equal(bytes_skip(made, skipped), frame);
		buf_clear(&f->memo);
		if (same)
			return;
	}
	(void)buf_put(&f->memo, buf_bytes(&f->skipped));
	(void)buf_put(&f->memo, frame);
}

/* Passes up the message that was read from `frame`. */
static void pass_message(struct frame_rung *f, struct bytes payload,
			 struct bytes frame)
{
	struct unit u = {.data = payload};
	if (ends_either_way(f) && frame.at[payload.len] == '\r')
		u.flags |= FRAME_CR;
	make_memo(f, frame, payload);
	buf_clear(&f->skipped);
	rung_consumed(&f->rung, rung_received(&f->rung) - f->rest.len);
	rung_pass_up(&f->rung, &u);
	buf_clear(&f->memo);
}

/* The result of reading one frame. */
struct reading {
	size_t took;
	struct bytes payload;
	struct err why; /* reason for FRAME_BAD */
};

/* Reads one frame from `in`. */
static enum frame_result read_one(struct frame_rung *f, struct bytes in,
				  struct reading *now)
{
	size_t room = SKIPPED_MAX - buf_len(&f->skipped);
	now->took = f->seen;
	now->payload = BYTES_NONE;
	f->seen = 0;
	enum frame_result r = frame_read(&f->frame, in, &now->took, &f->scratch,
					 &now->payload, &now->why);
	if (r == FRAME_MORE)
		f->seen = now->took;
	else if (r == FRAME_SKIP)
		(void)buf_put(&f->skipped,
			      bytes_head(bytes_head(in, now->took), room));
	return r;
}

/* Returns true unless the rung has ended. Passing up a message can end it,
 * because deliver() may send. */
static bool reads(const struct frame_rung *f)
{
	return f->rung.state != RUNG_ENDED;
}

/* Passes up the frame in the kept bytes; the bytes after it are in f->rest.
 * The buffer is detached meanwhile, so that leftover() does not find the frame
 * again. */
static void pass_kept(struct frame_rung *f, const struct reading *now)
{
	struct rio_in in = f->in;
	f->in.buf = (struct buf){.limit = in.buf.limit,
				 .account = in.buf.account};
	pass_message(f, now->payload, bytes_head(rio_peek(&in), now->took));
	rio_in_fini(&f->in);
	f->in = in;
}

/* Completes the kept frame with as many bytes of f->rest as it needs. */
static void complete(struct frame_rung *f)
{
	struct reading now;
	size_t step = PIECE_FIRST;
	while (reads(f) && f->rest.len && rio_peek(&f->in).len) {
		struct bytes rest = f->rest, piece = bytes_head(rest, step);
		if (rio_feed(&f->in, piece) != RIO_MORE) {
			no_memory(f);
			return;
		}
		struct bytes in = rio_peek(&f->in);
		f->rest = bytes_skip(rest, piece.len);
		enum frame_result r = read_one(f, in, &now);
		if (r == FRAME_BAD) {
			frame_fail(f, now.took, &now.why);
			return;
		}
		if (r == FRAME_MORE) {
			step = step < RIO_CHUNK ? step * 2 : step;
			continue;
		}
		/* The kept bytes held no complete frame, so any bytes after the
		 * frame belong to this piece. */
		f->rest = bytes_skip(rest, piece.len - (in.len - now.took));
		if (r == FRAME_OK)
			pass_kept(f, &now);
		rio_skip(&f->in, rio_peek(&f->in).len);
		buf_free_idle(&f->in.buf, KEEP);
	}
}

/* Passes up the complete frames of f->rest; an incomplete one stays in it. */
static void pass_whole(struct frame_rung *f)
{
	struct reading now;
	while (reads(f) && f->rest.len) {
		struct bytes in = f->rest;
		enum frame_result r = read_one(f, in, &now);
		if (r == FRAME_MORE)
			return;
		if (r == FRAME_BAD) {
			frame_fail(f, now.took, &now.why);
			return;
		}
		f->rest = bytes_skip(in, now.took);
		if (r == FRAME_OK)
			pass_message(f, now.payload, bytes_head(in, now.took));
	}
}

/* Handles the end of the stream: fails if it ended inside a frame. */
static void end_within(struct frame_rung *f)
{
	struct bytes kept = rio_peek(&f->in);
	size_t whole = frame_wire_len(&f->frame, kept);
	char size[32] = "";
	struct err e;
	if (!kept.len)
		return;
	if (whole)
		snprintf(size, sizeof size, " of %zu", whole);
	err_set(&e, ERR_FRAME, 0,
		"frame: stream ended %zu byte%s into a frame%s at offset %llu; "
		"the byte%s kept",
		kept.len, text_plural(kept.len), size,
		(unsigned long long)rung_received(&f->rung) - kept.len,
		kept.len == 1 ? " is" : "s are");
	rung_fail(&f->rung, BYTES_NONE, &e);
}

/* Sets the account of the buffers, before their first allocation. */
static void charge(struct frame_rung *f)
{
	struct account *account = rung_account(&f->rung);
	f->in.buf.account = f->scratch.account = account;
	f->skipped.account = f->memo.account = account;
}

static void up(struct rung *r, const struct unit *u)
{
	struct frame_rung *f = of(r);
	struct unit end = {.flags = UNIT_END};
	charge(f);
	f->rest = u->data;
	complete(f);
	pass_whole(f);
	if (reads(f) && f->rest.len && rio_feed(&f->in, f->rest) != RIO_MORE)
		no_memory(f);
	f->rest = BYTES_NONE;
	buf_free_idle(&f->scratch, KEEP);
	buf_free_idle(&f->memo, KEEP);
	if (u->flags & UNIT_END && reads(f))
		end_within(f);
	if (!reads(f))
		forget(f);
	if (u->flags & UNIT_END)
		rung_pass_up(r, &end);
}

/* Appends the frame to send. A `line` without a mark ends with the owner's line
 * ending. */
static int write_frame(const struct frame_rung *f, struct bytes payload,
		       struct buf *out, struct err *e)
{
	struct bytes eol = BYTES("\n");
	if (ends_either_way(f))
		(void)rung_fact(&f->rung, "eol", &eol);
	if (!eol.len || bytes_find_byte(eol, '\n', 0) + 1 != eol.len)
		return err_set(e, ERR_FRAME, 0,
			       "'eol' does not end a line; use 'eol lf', 'eol "
			       "crlf' or 'frame line:END'");
	if (frame_write(&f->frame, payload, out, e))
		return -1;
	if (!ends_either_way(f))
		return 0;
	buf_truncate(out, buf_len(out) - 1);
	return buf_put(out, eol) ? err_set(e, ERR_LIMIT, 0, "no memory") : 0;
}

static int down(struct rung *r, const struct unit *u, struct err *e)
{
	struct frame_rung *f = of(r);
	struct unit framed = *u;
	if (u->flags & UNIT_END && !u->data.len)
		return rung_pass_down(r, u, e);
	/* Detach f->out first: rung_pass_down() may re-enter down(). */
	struct buf out = f->out;
	buf_init(&f->out, out.limit);
	int status = write_frame(f, u->data, &out, e);
	framed.data = buf_bytes(&out);
	if (!status)
		status = rung_pass_down(r, &framed, e);
	buf_clear(&out);
	buf_free_idle(&out, KEEP);
	buf_fini(&f->out);
	f->out = out;
	return status;
}

static void put_frame(const struct frame *frame, struct attrs *facts)
{
	struct buf text = {.limit = BUF_SMALL};
	frame_describe(frame, &text);
	attrs_put(facts, "frame", buf_bytes(&text));
	buf_fini(&text);
}

static void frame_info(const struct rung *r, struct attrs *facts)
{
	const struct frame_rung *f = of_const(r);
	size_t held = rio_peek(&f->in).len;
	struct buf text = {.limit = BUF_SMALL};
	put_frame(&f->frame, facts);
	if (r->state == RUNG_ENDED)
		attrs_put(facts, "ended", BYTES("by an error"));
	buf_printf(&text, "%zu byte%s of a message", held, text_plural(held));
	if (held)
		attrs_put(facts, "held", buf_bytes(&text));
	buf_fini(&text);
}

static struct bytes frame_leftover(struct rung *r)
{
	struct frame_rung *f = of(r);
	if (!buf_len(&f->skipped) && !f->rest.len)
		return rio_peek(&f->in);
	f->skipped.limit = SIZE_MAX / 8;
	(void)buf_put(&f->skipped, rio_peek(&f->in));
	(void)buf_put(&f->skipped, f->rest);
	return buf_bytes(&f->skipped);
}

static struct bytes frame_memo(const struct rung *r)
{
	return buf_bytes(&of_const(r)->memo);
}

static void frame_to_wire(const struct rung *r, const struct unit *u,
			  struct bytes memo, struct buf *out)
{
	const struct frame_rung *f = of_const(r);
	size_t before = buf_len(out);
	if (memo.len) {
		buf_put(out, memo);
	} else if (ends_either_way(f)) {
		buf_put(out, u->data);
		buf_puts(out, u->flags & FRAME_CR ? "\r\n" : "\n");
	} else if (frame_write(&f->frame, u->data, out, NULL)) {
		buf_truncate(out, before);
		buf_put(out, u->data);
	}
}

static void frame_free(struct rung *r)
{
	struct frame_rung *f = of(r);
	rio_in_fini(&f->in);
	buf_fini(&f->skipped);
	buf_fini(&f->memo);
	buf_fini(&f->scratch);
	buf_fini(&f->out);
	free(f);
}

enum { KIND, MOST };
static const struct param frame_params[] = {
    [KIND] = {.name = "KIND", .kind = PARAM_WORD, .flags = PARAM_REQUIRED},
    [MOST] = {.name = "max=SIZE", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};

static int frame_prepare(struct rung_spec *spec, struct err *e)
{
	const struct args *args = &spec->args;
	struct bytes most = args_text(args, MOST), size = BYTES_NONE;
	if (!args_has(args, KIND))
		return err_usage(e, "frame needs a KIND");
	if (args_has(args, MOST)) {
		if (!bytes_starts(most, BYTES("max=")))
			return err_usage(
			    e, "'%.*s' is not valid; write max=SIZE after KIND",
			    (int)bytes_head(most, 32).len,
			    (const char *)most.at);
		size = bytes_skip(most, 4);
	}
	struct frame *frame = xalloc(sizeof *frame);
	if (frame_parse(args_text(args, KIND), args->arg[KIND].at->quoted, size,
			frame, e)) {
		free(frame);
		return -1;
	}
	spec->context = frame;
	return 0;
}

static void frame_spec_info(const struct rung_spec *spec, struct attrs *facts)
{
	put_frame(spec->context, facts);
}

static struct bytes frame_line_end(const struct rung_spec *spec)
{
	const struct frame *frame = spec->context;
	return bytes_of(frame->mark, frame->mark_len);
}

static void frame_discard(struct rung_spec *spec)
{
	free(spec->context);
	spec->context = NULL;
}

static struct rung *frame_make(const struct rung_spec *spec, struct err *e)
{
	struct frame_rung *f = xalloc(sizeof *f);
	(void)e;
	f->frame = *(const struct frame *)spec->context;
	size_t most = frame_wire_max(&f->frame);
	f->rung.max_message = frame_payload_max(&f->frame);
	rio_in_init(&f->in, most + RIO_CHUNK);
	buf_init(&f->skipped, SKIPPED_MAX);
	buf_init(&f->memo, SIZE_MAX / 8);
	buf_init(&f->scratch, most);
	buf_init(&f->out, SIZE_MAX / 8);
	return &f->rung;
}

static const char *const frame_facts[] = {"frame", NULL};

const struct rung_ops frame_rung = {
    .name = "frame",
    .brief = "messages in a stream",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .params = frame_params,
    .command = "frame",
    .prepare = frame_prepare,
    .discard = frame_discard,
    .make = frame_make,
    .up = up,
    .down = down,
    .info = frame_info,
    .spec_info = frame_spec_info,
    .line_end = frame_line_end,
    .facts = frame_facts,
    .forms = frame_kinds,
    .leftover = frame_leftover,
    .to_wire = frame_to_wire,
    .memo = frame_memo,
    .free = frame_free,
};
