/* SPDX-License-Identifier: ISC */
/*
 * One direction of a pair. Reads a descriptor only after all earlier data was
 * written, so that a slow destination stops its source. pipe.c decides what
 * happens after the end of an input.
 */
#include "pipe_own.h"

#include <errno.h>

/* Maximum number of reads in one turn from a source that has much data. */
#define ROUNDS 8
/* Minimum size of a read after which another read is tried. A smaller read has
 * probably emptied the source. */
#define MUCH ((size_t)64 << 10)
/* Number of bytes in queued messages at which no more messages are read. */
#define PILE ((size_t)256 << 10)

static void resume_fires(struct timer *timer)
{
	flow_step(list_entry(timer, struct flow, resume), false);
}

void flow_init(struct flow *w, struct pair *pair, enum dir dir,
	       struct end *from, struct end *to)
{
	*w = (struct flow){.pair = pair, .from = from, .to = to, .dir = dir};
	w->kernel[0] = w->kernel[1] = -1;
	w->resume.fire = resume_fires;
	/* The limit is KERNEL_PIPE, because fall_back() in splice.c may add
	 * that many bytes. A CRLF-converted CHUNK, or PILE plus a message, is
	 * smaller. */
	buf_init(&w->held, KERNEL_PIPE);
	buf_init(&w->raw, CHUNK);
	from->reads = w;
	to->writes = w;
}

void flow_fini(struct flow *w)
{
	if (!w->pair)
		return;
	loop_disarm(w->pair->pipe->net->loop, &w->resume);
	splice_close(w);
	buf_fini(&w->held);
	buf_fini(&w->raw);
}

/* Returns the number of bytes held by the flow itself, without those in the
 * link's queue. */
static size_t held_here(const struct flow *w)
{
	return buf_len(&w->held) + w->in_kernel;
}

size_t flow_held(const struct flow *w)
{
	size_t n = held_here(w);

	if (w->to->linked)
		n += end_queued(w->to);
	return n;
}

void flow_touch(struct flow *w)
{
	struct loop *loop = w->pair->pipe->net->loop;

	if (w->from->linked) {
		end_unblock(w->from);
		transport_touch(w->from->reply_to);
	} else if (w->from->fed) {
		fan_touch(w->pair->pipe->fan);
	} else if (w->from->in_watch.ops) {
		loop_touch(loop, &w->from->in_watch);
	}
	if (!w->to->linked && w->to->out_watch.ops)
		loop_touch(loop, &w->to->out_watch);
}

static bool is_pausing(const struct flow *w)
{
	return loop_armed(&w->resume);
}

/* Returns true if the held bytes are the beginning of a line that is to become
 * a message. */
static bool holds_part(const struct flow *w)
{
	return w->divides && w->to->messages && !w->ended &&
	       bytes_find_byte(buf_bytes(&w->held), w->divider, 0) ==
		   BYTES_NOT_FOUND;
}

bool flow_wants_input(const struct flow *w)
{
	if (w->ended || w->pair->over || pipe_log_is_full(w->pair->pipe))
		return false;
	/* Queue up to PILE from a transport, because the kernel drops datagrams
	 * that are not read in time. */
	if (w->from->linked)
		return flow_held(w) < PILE;
	if (holds_part(w))
		return !is_pausing(w) && !end_queued(w->to);
	if (w->from->fed)
		return flow_held(w) < PILE && !is_pausing(w);
	return !w->blocked && !is_pausing(w) && !flow_held(w);
}

/* ---- writing ---- */

/* Returns the bytes to write now: all, or the next line, with its end. A line
 * whose end is missing is no message yet: the result is empty. */
static struct bytes next_piece(const struct flow *w)
{
	struct bytes all = buf_bytes(&w->held);
	size_t at;

	if (w->divides && w->to->messages) {
		if (holds_part(w))
			return BYTES_NONE;
		at = bytes_find_byte(all, w->divider, 0);
		return at == BYTES_NOT_FOUND ? all : bytes_head(all, at + 1);
	}
	if (!w->line_pause)
		return all;
	at = bytes_find_byte(all, '\n', 0);
	return at == BYTES_NOT_FOUND ? all : bytes_head(all, at + 1);
}

static void pause_after(struct flow *w, struct bytes piece)
{
	struct loop *loop = w->pair->pipe->net->loop;

	if (w->line_pause && piece.len && piece.at[piece.len - 1] == '\n')
		loop_arm(loop, &w->resume, loop_now(loop) + w->line_pause);
}

/* Handles a piece that the end refused. Result: RIO_MORE: the piece is dropped.
 */
static enum rio refused(struct flow *w, const struct err *e)
{
	/* Rungs take the piece later, when the link has room. */
	if (w->to->rungs && e->kind == ERR_LIMIT && end_queued(w->to))
		return RIO_WAIT;
	if (w->to->rungs || e->kind != ERR_LIMIT) {
		pair_lost(w->to, e);
		return RIO_END;
	}
	pipe_say(w->pair->pipe, e->text);
	return RIO_MORE;
}

/* Sends a piece, as one message if the end has messages. The link queues it if
 * the kernel does not accept it. */
static enum rio push_unit(struct flow *w, struct bytes piece)
{
	struct unit unit = {.data = piece, .flags = UNIT_BINARY};
	struct err e;

	if (!w->to->reply_to)
		return RIO_WAIT;
	if (w->divides) {
		unit.flags = 0;
		if (piece.at[piece.len - 1] == w->divider)
			unit.data.len--;
	}
	if (!w->to->messages)
		unit.data = piece = bytes_head(piece, CHUNK);
	if (end_send(w->to, &unit, &e)) {
		enum rio r = refused(w, &e);

		if (r != RIO_MORE)
			return r;
	}
	pause_after(w, piece);
	buf_drop(&w->held, piece.len);
	return end_queued(w->to) ? RIO_WAIT : RIO_MORE;
}

static enum rio push_held(struct flow *w, int *code)
{
	while (buf_len(&w->held) && !is_pausing(w)) {
		struct bytes piece = next_piece(w);
		size_t n;
		enum rio r;

		if (!piece.len)
			break;
		if (w->to->linked) {
			r = push_unit(w, piece);
		} else {
			r = end_write(w->to, piece, &n, code);
			if (r == RIO_MORE) {
				if (n == piece.len)
					pause_after(w, piece);
				buf_drop(&w->held, n);
			}
		}
		if (r != RIO_MORE)
			return r;
	}
	return RIO_MORE;
}

static enum rio push(struct flow *w, int *code)
{
	enum rio r = RIO_MORE;

	if (w->in_kernel) {
		r = splice_push(w, code);
		if (r == RIO_FULL)
			r = RIO_MORE;
	}
	if (r == RIO_MORE && buf_len(&w->held))
		r = push_held(w, code);
	return r;
}

/* ---- reading ---- */

/* Logs and counts the bytes appended to `held` since `before`. */
static void account(struct flow *w, size_t before)
{
	struct bytes all = bytes_skip(buf_bytes(&w->held), before);

	pair_log(w, all);
	w->bytes += all.len;
	if (w->discards)
		buf_clear(&w->held);
}

static enum rio pull_copy(struct flow *w, int *code)
{
	struct buf *into = w->to_crlf ? &w->raw : &w->held;
	size_t most = w->to->messages ? end_longest(w->to) : CHUNK;
	size_t n, before = buf_len(&w->held);
	uint8_t *at = buf_reserve(into, w->to_crlf ? most / 2 : most);
	enum rio r;

	if (!at) {
		*code = w->divides ? EMSGSIZE : ENOMEM;
		return RIO_FAIL;
	}
	r = end_read(w->from, at, w->to_crlf ? most / 2 : most, &n, code);
	if (r != RIO_MORE)
		return r;
	buf_commit(into, n);
	if (w->to_crlf) {
		int bad = crlf_convert(&w->crlf, buf_bytes(&w->raw), &w->held);

		buf_clear(&w->raw);
		if (bad) {
			*code = ENOMEM;
			return RIO_FAIL;
		}
	}
	account(w, before);
	return RIO_MORE;
}

static enum rio pull(struct flow *w, int *code)
{
	if (w->by == BY_SENDFILE)
		return splice_file(w, code);
	if (w->by == BY_SPLICE)
		return splice_pull(w, code);
	return pull_copy(w, code);
}

/* ---- the step ---- */

static void flow_finish(struct flow *w)
{
	int code = 0;

	if (w->done || !w->ended || flow_held(w))
		return;
	w->done = true;
	if (!w->no_shutdown && w->to != w->pair->broken)
		code = end_half(w->to);
	if (code)
		pair_write_failed(w, code);
	else
		pair_check(w->pair);
}

/* Writes as much as possible. Returns true if more may be read. */
static bool push_out(struct flow *w)
{
	int code = 0;
	size_t before = held_here(w);
	enum rio r = push(w, &code);

	if (w->pair->over)
		return false;
	if (held_here(w) < before)
		pair_busy(w->pair);
	w->blocked = r == RIO_WAIT;
	if (r == RIO_FAIL)
		pair_write_failed(w, code);
	return r == RIO_MORE && !is_pausing(w) && !w->pair->over;
}

/* Handles an error of sendfile(2) that the destination caused. Returns false if
 * the source caused the error. */
static bool file_failed(struct flow *w, int code)
{
	if (w->by == BY_SENDFILE && (code == EPIPE || code == ECONNRESET ||
				     code == ETIMEDOUT || code == ENOTCONN)) {
		pair_write_failed(w, code);
		return true;
	}
	return false;
}

/* Reads once and writes. Returns true if another read is worthwhile. */
static bool flow_take(struct flow *w)
{
	uint64_t before = w->bytes;
	int code = 0;
	enum rio r = pull(w, &code);

	switch (r) {
	case RIO_MORE:
		pair_busy(w->pair);
		return push_out(w) && w->bytes - before >= MUCH;
	case RIO_FULL:
		return true;
	case RIO_WAIT:
		w->blocked = w->by == BY_SENDFILE;
		return false;
	case RIO_END:
		flow_end(w);
		return false;
	case RIO_FAIL:
		if (!file_failed(w, code))
			pair_read_failed(w, code);
		return false;
	}
	return false;
}

/* Returns how many reads to try before the next poll; 0 if a read could block,
 * or if the link or the fan passes its data to the flow. */
static int rounds(const struct flow *w, bool readable)
{
	const struct end *from = w->from;

	if (from->linked || from->fed)
		return 0;
	if (!from->standard || w->by != BY_COPY || from->in_kind == FD_FILE ||
	    from->in_kind == FD_SOCKET)
		return ROUNDS;
	return readable ? 1 : 0;
}

void flow_step(struct flow *w, bool readable)
{
	if (!w->pair->begun || w->pair->over)
		return;
	/* rounds() is evaluated for each read: after a fallback to copying, a
	 * read may block. */
	if (push_out(w))
		for (int i = 0; i < rounds(w, readable) && flow_wants_input(w);
		     i++)
			if (!flow_take(w))
				break;
	if (w->pair->over)
		return;
	flow_finish(w);
	/* If the other direction is done, the pair may have waited only for the
	 * bytes of this flow. */
	if (!w->done && w->pair->flows[DIR_UP].done)
		pair_check(w->pair);
	if (!w->pair->over)
		flow_touch(w);
}

/* Sends a message at once. */
static void send_message(struct flow *w, const struct unit *u)
{
	struct err e;

	if (!w->to->reply_to || end_send(w->to, u, &e) == 0)
		return;
	if (!w->to->rungs && (e.kind == ERR_LIMIT || e.kind == ERR_USAGE))
		pipe_say(w->pair->pipe, e.text);
	else
		pair_lost(w->to, &e);
}

/* Counts and logs received data. Result: true: it is passed on. */
static bool flow_takes(struct flow *w, struct bytes data)
{
	pair_busy(w->pair);
	pair_log(w, data);
	w->bytes += data.len;
	return !w->discards;
}

void flow_feed(struct flow *w, struct bytes data)
{
	struct unit unit = {.data = data, .flags = UNIT_BINARY};

	if (!flow_takes(w, data))
		return;
	if (w->to->messages && !w->divides)
		send_message(w, &unit);
	else if (buf_put(&w->held, data) < 0)
		pipe_say(w->pair->pipe, "out of memory; datagram dropped");
	else
		flow_step(w, false);
}

void flow_feed_message(struct flow *w, const struct unit *u)
{
	bool text = u->kind && u->kind->flags & KIND_TEXT;
	bool last = !(u->flags & UNIT_MORE);
	struct unit unit = {.data = u->data,
			    .flags = (u->flags & UNIT_MORE) |
				     (text ? 0 : UNIT_BINARY)};

	if (!flow_takes(w, u->data))
		return;
	if (w->to->messages) {
		send_message(w, &unit);
		return;
	}
	if (buf_put(&w->held, u->data) < 0 ||
	    (w->divides && last && buf_putc(&w->held, w->divider) < 0))
		pipe_say(w->pair->pipe, "out of memory; message dropped");
	else
		flow_step(w, false);
}

void flow_end(struct flow *w)
{
	w->ended = true;
	if (w->from->standard)
		w->pair->pipe->input_ended = true;
	if (w->from->runs)
		pair_gone(w->from);
	if (!w->pair->begun || w->pair->over)
		return;
	/* The last line may have no end. */
	if (w->divides && w->to->messages && buf_len(&w->held))
		flow_step(w, false);
	else
		flow_finish(w);
}

void flow_drop(struct flow *w)
{
	buf_clear(&w->held);
	splice_close(w);
	w->ended = w->done = true;
	w->blocked = false;
	flow_touch(w);
}

void flow_discard(struct flow *w)
{
	if (w->done)
		return;
	buf_clear(&w->held);
	splice_close(w);
	w->by = BY_COPY;
	w->discards = w->no_shutdown = true;
	w->blocked = false;
	flow_touch(w);
}
